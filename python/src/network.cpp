// A network, used by one Python thread at a time; it runs without Python's lock.
#include "core.h"

namespace ranvier::python {

namespace {

using ids = std::vector<std::int32_t>;

nodes to_nodes(ids const& list) { return nodes(list); }

/// A front end's handle of nodes: (first, n), or an array of ids.
nodes nodes_of(nb::handle value) {
    if (PyTuple_CheckExact(value.ptr()) && PyTuple_GET_SIZE(value.ptr()) == 2) {
        auto const pair = nb::cast<std::pair<std::int64_t, std::int64_t>>(value);
        if (pair.second == 0) return {};
        if (pair.first < 1 || pair.first > INT32_MAX)
            throw unknown_node({"nodes", "id", fmt::format("{}", pair.first), "1 ... 2^31 - 2",
                                "use what create has returned"});
        return nodes(std::int32_t(pair.first), pair.second);
    }
    return to_nodes(to_ids(value));
}

/// value: a number, or degrees of each target or source as an array or distribution.
rule to_rule(std::string const& name, nb::handle value, bool autapses, bool multapses, bool symmetric) {
    auto const given = to_parameter(value, name, "value");
    auto const* const real = given.get<double>();
    auto const* const whole = given.get<std::int64_t>();
    auto how = rule::named(name, real ? *real : whole ? double(*whole) : 0);
    if (!real && !whole) {
        if (how.kind != rule_kind::fixed_indegree && how.kind != rule_kind::fixed_outdegree)
            throw wrong_type({name, "value", given.text(), "a number", "it was given as " + given.type()});
        how.degrees = given;
    }
    how = how.with(autapses, multapses);
    return symmetric ? how.symmetric() : how;
}

synapse to_synapse(std::string const& model, nb::object const& weight, nb::object const& delay, int receptor,
                   nb::dict const& params) {
    synapse s;
    s.model = model;
    if (!weight.is_none()) s.weight = to_parameter(weight, model, "weight");
    if (!delay.is_none()) s.delay = to_parameter(delay, model, "delay");
    s.receptor = receptor;
    s.params = to_dictionary(params, model);
    return s;
}

nb::dict to_dict(connection_table t) {
    nb::dict d;
    d["source"] = to_array(std::move(t.source));
    d["target"] = to_array(std::move(t.target));
    d["weight"] = to_array(std::move(t.weight));
    d["delay"] = to_array(std::move(t.delay));
    d["model"] = to_array(std::move(t.synapse_model));
    d["Kplus"] = to_array(std::move(t.Kplus));
    d["handle"] = to_array(std::move(t.handle));
    return d;
}

nb::dict to_dict(statistics const& s) {
    nb::dict d;
    d["build_seconds"] = s.build_seconds;
    d["simulate_seconds"] = s.simulate_seconds;
    d["update_seconds"] = s.update_seconds;
    d["drive_seconds"] = s.drive_seconds;
    d["gather_seconds"] = s.gather_seconds;
    d["deliver_seconds"] = s.deliver_seconds;
    d["plastic_seconds"] = s.plastic_seconds;
    d["record_seconds"] = s.record_seconds;
    d["neurons"] = s.neurons;
    d["connections"] = s.connections;
    d["plastic_connections"] = s.plastic_connections;
    d["spikes"] = s.spikes;
    d["synaptic_events"] = s.synaptic_events;
    d["plastic_events"] = s.plastic_events;
    d["connection_bytes"] = s.connection_bytes;
    d["plastic_bytes"] = s.plastic_bytes;
    d["static_bytes"] = s.static_bytes;
    d["neuron_bytes"] = s.neuron_bytes;
    d["device_bytes"] = s.device_bytes;
    return d;
}

std::vector<std::uint64_t> to_handles(
    nb::ndarray<std::uint64_t const, nb::ndim<1>, nb::c_contig, nb::device::cpu> const& a) {
    return {a.data(), a.data() + a.size()};
}

void bind_nodes(nb::class_<core>& c) {
    c.def(
         "create",
         [](core& n, std::string const& model, std::int64_t count, nb::dict values) {
             auto const given = to_dictionary(values, model);
             auto const made = n.use([&](network& net) { return net.create(model, count, given); });
             return std::pair(made.front(), made.size());
         },
         nb::arg("model"), nb::arg("n"), nb::arg("values"))
        .def(
            "copy_model",
            [](core& n, std::string const& existing, std::string const& name, nb::dict defaults) {
                auto const given = to_dictionary(defaults, name);
                n.use([&](network& net) { net.copy_model(existing, name, given); });
            },
            nb::arg("existing"), nb::arg("name"), nb::arg("defaults"))
        .def(
            "set_defaults",
            [](core& n, std::string const& model, nb::dict defaults) {
                auto const given = to_dictionary(defaults, model);
                n.use([&](network& net) { net.set_defaults(model, given); });
            },
            nb::arg("model"), nb::arg("defaults"))
        .def(
            "defaults",
            [](core& n, std::string const& model) {
                return from_dictionary(n.use([&](network& net) { return net.defaults(model); }));
            },
            nb::arg("model"))
        .def(
            "readable",
            [](core& n, std::string const& model) {
                return n.use([&](network& net) { return net.readable_names(model); });
            },
            nb::arg("model"))
        .def(
            "set",
            [](core& n, nb::object which, nb::dict values) {
                auto const given = to_dictionary(values, "set");
                auto const chosen = nodes_of(which);
                n.use([&](network& net) { net.set(chosen, given); });
            },
            nb::arg("nodes"), nb::arg("values"))
        .def(
            "get",
            [](core& n, nb::object which, std::string const& name) {
                auto const chosen = nodes_of(which);
                return to_array(n.use([&](network& net) { return net.get(chosen, name); }));
            },
            nb::arg("nodes"), nb::arg("name"))
        .def(
            "value",
            [](core& n, std::int32_t node, std::string const& name) {
                return from_parameter(n.use([&](network& net) { return net.look_up(node, name); }));
            },
            nb::arg("node"), nb::arg("name"))
        .def(
            "model",
            [](core& n, std::int32_t id) {
                return n.use([&](network& net) { return std::string(net.model(id)); });
            },
            nb::arg("node"))
        .def("size", [](core& n) { return n.use([](network& net) { return net.size(); }); });
}

void bind_connections(nb::class_<core>& c) {
    c.def(
         "connect",
         [](core& n, nb::object pre, nb::object post, std::string const& rule, nb::object value,
            bool autapses, bool multapses, bool symmetric, std::string const& model, nb::object weight,
            nb::object delay, int receptor, nb::dict params) {
             auto const from = nodes_of(pre), to = nodes_of(post);
             auto const how = to_rule(rule, value, autapses, multapses, symmetric);
             auto const with = to_synapse(model, weight, delay, receptor, params);
             n.use([&](network& net) { net.connect(from, to, how, with); });
         },
         nb::arg("pre"), nb::arg("post"), nb::arg("rule"), nb::arg("value"), nb::arg("allow_autapses"),
         nb::arg("allow_multapses"), nb::arg("symmetric"), nb::arg("model"), nb::arg("weight").none(),
         nb::arg("delay").none(), nb::arg("receptor"), nb::arg("params"))
        .def(
            "connect_edges",
            [](core& n, nb::object source, nb::object target, std::string const& model, nb::object weight,
               nb::object delay, int receptor, nb::dict params) {
                auto const from = to_ids(source), to = to_ids(target);
                auto const with = to_synapse(model, weight, delay, receptor, params);
                n.use([&](network& net) { net.connect(edge_list{from, to}, with); });
            },
            nb::arg("source"), nb::arg("target"), nb::arg("model"), nb::arg("weight").none(),
            nb::arg("delay").none(), nb::arg("receptor"), nb::arg("params"))
        .def(
            "draw",
            [](core& n, nb::object pre, nb::object post, std::string const& rule, nb::object value,
               bool autapses, bool multapses, bool symmetric) {
                auto const from = nodes_of(pre), to = nodes_of(post);
                auto const how = to_rule(rule, value, autapses, multapses, symmetric);
                auto pairs = n.use([&](network& net) { return net.draw(from, to, how); });
                return std::pair(to_array(std::move(pairs.first)), to_array(std::move(pairs.second)));
            },
            nb::arg("pre"), nb::arg("post"), nb::arg("rule"), nb::arg("value"), nb::arg("allow_autapses"),
            nb::arg("allow_multapses"), nb::arg("symmetric"))
        .def(
            "connections",
            [](core& n, nb::object source, nb::object target, std::string const& model) {
                auto const from = nodes_of(source), to = nodes_of(target);
                return to_dict(n.work([&](network& net) { return net.connections(from, to, model); }));
            },
            nb::arg("source"), nb::arg("target"), nb::arg("model"))
        .def(
            "synapse_name",
            [](core& n, std::int32_t i) {
                return n.use([&](network& net) { return std::string(net.synapse_name(i)); });
            },
            nb::arg("index"))
        .def(
            "connection_values",
            [](core& n, nb::ndarray<std::uint64_t const, nb::ndim<1>, nb::c_contig, nb::device::cpu> handles,
               std::string const& name, std::int32_t first, std::int32_t last) {
                auto const which = to_handles(handles);
                return to_array(
                    n.work([&](network& net) { return net.connection_values(which, name, first, last); }));
            },
            nb::arg("handles"), nb::arg("name"), nb::arg("first") = 1, nb::arg("last") = INT32_MAX - 1)
        .def(
            "set_connection_values",
            [](core& n, nb::ndarray<std::uint64_t const, nb::ndim<1>, nb::c_contig, nb::device::cpu> handles,
               nb::dict values) {
                auto const which = to_handles(handles);
                named_values given;
                for (auto const& [key, column] : values) {
                    auto const name = nb::cast<std::string>(key);
                    given.emplace_back(name, to_reals(column, "connections", name));
                }
                n.work([&](network& net) { net.set_connection_values(which, given); });
            },
            nb::arg("handles"), nb::arg("values"))
        .def(
            "disconnect",
            [](core& n,
               nb::ndarray<std::uint64_t const, nb::ndim<1>, nb::c_contig, nb::device::cpu> handles) {
                auto const which = to_handles(handles);
                n.work([&](network& net) { net.disconnect(which); });
            },
            nb::arg("handles"))
        .def(
            "weight_summary",
            [](core& n, std::string const& model) {
                auto const s = n.work([&](network& net) { return net.summarise_weights(model); });
                nb::dict d;
                d["mean"] = s.mean;
                d["std"] = s.std;
                d["min"] = s.min;
                d["max"] = s.max;
                d["n"] = s.n;
                return d;
            },
            nb::arg("model"))
        .def(
            "weight_histogram",
            [](core& n, std::string const& model, double low, double high, int bins) {
                return to_array(
                    n.work([&](network& net) { return net.weight_histogram(model, low, high, bins); }));
            },
            nb::arg("model"), nb::arg("low"), nb::arg("high"), nb::arg("bins"))
        .def("delays", [](core& n) { return n.use([](network& net) { return net.delays(); }); });
}

void bind_runs(nb::class_<core>& c) {
    c.def("prepare", [](core& n) { n.work([](network& net) { net.prepare(); }); })
        .def(
            "simulate", [](core& n, double ms) { n.work([&](network& net) { net.simulate(ms); }); },
            nb::arg("ms"))
        .def("interrupt", &core::interrupt)
        .def(
            "set_seed",
            [](core& n, std::int64_t seed) {
                auto const checked = core::checked_seed(seed);
                n.use([&](network& net) { net.set_seed(checked); });
            },
            nb::arg("seed"))
        .def("set_progress", &core::set_progress, nb::arg("callback").none())
        .def(
            "set_output",
            [](core& n, std::string const& path, std::string const& prefix, bool overwrite,
               std::string const& version) {
                n.use([&](network& net) { net.set_output({path, prefix, overwrite, version}); });
            },
            nb::arg("data_path"), nb::arg("data_prefix"), nb::arg("overwrite_files"), nb::arg("version") = "")
        .def("time", [](core& n) { return n.use([](network& net) { return net.time(); }); })
        .def("steps", [](core& n) { return n.use([](network& net) { return net.steps(); }); })
        .def("resolution", [](core& n) { return n.use([](network& net) { return net.resolution(); }); })
        .def("threads", [](core& n) { return n.use([](network& net) { return net.threads(); }); })
        .def("backend",
             [](core& n) { return n.use([](network& net) { return std::string(net.backend()); }); })
        .def("device_name", [](core& n) { return n.use([](network& net) { return net.device_name(); }); })
        .def("stats", [](core& n) { return to_dict(n.use([](network& net) { return net.stats(); })); })
        .def("hash",
             [](core& n) {
                 auto const h = n.work([](network& net) { return net.hash(); });
                 return nb::make_tuple(h.spikes, h.weights, h.state);
             })
        .def(
            "spikes",
            [](core& n, nb::object recorder) {
                auto const which = nodes_of(recorder);
                auto s = n.use([&](network& net) { return net.spikes(which); });
                return nb::make_tuple(to_array(std::move(s.senders)), to_array(std::move(s.steps)),
                                      to_array(std::move(s.times)));
            },
            nb::arg("recorder"))
        .def(
            "samples",
            [](core& n, nb::object meter) {
                auto const which = nodes_of(meter);
                auto s = n.use([&](network& net) { return net.samples(which); });
                nb::dict values;
                for (std::size_t k = 0; k < s.names.size(); ++k)
                    values[s.names[k].c_str()] = to_array(std::move(s.values[k]));
                return nb::make_tuple(to_array(std::move(s.senders)), to_array(std::move(s.steps)),
                                      to_array(std::move(s.times)), values);
            },
            nb::arg("multimeter"));
}

// A progress callback may hold what holds the network.
int traverse(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    if (nb::inst_ready(self)) Py_VISIT(nb::inst_ptr<core>(self)->callback().ptr());
    return 0;
}
int clear(PyObject* self) {
    nb::inst_ptr<core>(self)->callback().reset();
    return 0;
}

}  // namespace

void bind_network(nb::module_& m) {
    static PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                                  {Py_tp_clear, reinterpret_cast<void*>(clear)},
                                  {0, nullptr}};
    nb::class_<core> c(m, "Network", "The library's network; use ranvier.Network.", nb::type_slots(slots));
    c.def(nb::init<double, std::int64_t, int, std::string const&, int, bool, int, std::int64_t>(),
          nb::arg("resolution"), nb::arg("seed"), nb::arg("threads"), nb::arg("backend"), nb::arg("device"),
          nb::arg("profile"), nb::arg("partitions"), nb::arg("memory_limit"));
    bind_nodes(c);
    bind_connections(c);
    bind_runs(c);
}

}  // namespace ranvier::python
