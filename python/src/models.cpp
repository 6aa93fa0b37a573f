// The registry as Python dictionaries.
#include "binding.h"
#include "host/registry.h"
#include "models/archiving.h"
#include "models/devices.h"

namespace ranvier::python {

namespace {

char const* name_of(node_role r) {
    switch (r) {
        case node_role::neuron:
            return "neuron";
        case node_role::spike_recorder:
        case node_role::multimeter:
        case node_role::correlation_detector:
        case node_role::weight_recorder:
        case node_role::volume_transmitter:
            return "recorder";
        default:
            return "generator";
    }
}

nb::object typed(field_info const& f, double x) {
    if (f.type == field_type::flag) return nb::cast(x != 0);
    if (f.type == field_type::integer) return nb::cast(std::int64_t(x));
    return nb::cast(x);
}
char const* type_name(field_type t) {
    switch (t) {
        case field_type::real:
            return "float";
        case field_type::integer:
            return "int";
        case field_type::flag:
            return "bool";
        case field_type::list:
            return "list";
        default:
            return "str";
    }
}

nb::dict to_dict(field_info const& f, nb::object const& default_value) {
    nb::dict d;
    d["name"] = f.name;
    d["unit"] = f.unit;
    d["type"] = type_name(f.type);
    d["default"] = default_value;
    d["allowed"] = f.range;
    return d;
}
nb::list fields(record_info const& r) {
    nb::list all;
    for (auto const& f : r.fields) all.append(to_dict(f, typed(f, f.default_value)));
    return all;
}
nb::list recordables(std::vector<recordable_info> const& list) {
    nb::list all;
    for (auto const& r : list) all.append(nb::make_tuple(r.name, r.unit));
    return all;
}

nb::dict to_dict(element_info const& e) {
    nb::list params, state;
    for (auto const& f : e.params.fields) {
        nb::list defaults;
        for (int j = 0; j < e.initial; ++j) {
            std::vector<std::byte> record(e.params.size);
            e.make(record.data(), j);
            defaults.append(typed(f, read_field(f, record.data())));
        }
        params.append(to_dict(f, defaults));
    }
    for (auto const& f : e.state.fields) {
        nb::list zeros;
        for (int j = 0; j < e.initial; ++j) zeros.append(0.0);
        state.append(to_dict(f, zeros));
    }
    nb::dict d;
    d["count"] = e.count;
    d["receptors"] = e.receptors;
    d["params"] = params;
    d["state"] = state;
    d["recordables"] = recordables(e.recordables);
    return d;
}

nb::dict to_dict(node_model const& m) {
    bool const neuron = m.role == node_role::neuron;
    nb::list lists;
    for (auto const& e : m.lists) lists.append(to_dict(e));
    nb::dict d;
    d["name"] = m.name;
    d["summary"] = m.summary;
    d["reference"] = m.reference;
    d["kind"] = name_of(m.role);
    d["records"] = m.role == node_role::spike_recorder    ? "spikes"
                   : m.role == node_role::multimeter      ? "samples"
                   : m.role == node_role::weight_recorder ? "weights"
                                                          : "";
    d["sends_through_synapses"] =
        neuron || m.role == node_role::spike_source || m.role == node_role::packet_source;
    d["individual"] = m.individual;
    d["params"] = fields(m.params);
    d["state"] = neuron ? fields(m.state) : nb::list();
    d["archive"] = m.archives ? fields(describe_record<archiving>()) : nb::list();
    d["window"] = neuron ? nb::list() : fields(m.state);
    d["lists"] = lists;
    auto recorded = recordables(m.recordables);
    if (!m.emitted.empty()) recorded.append(nb::make_tuple(m.emitted, m.emitted_unit()));
    d["recordables"] = recorded;
    d["receptors"] = m.routes.size();
    d["current_receptors"] = m.n_currents;
    d["lists_receptors"] = m.has_receptor_list();
    return d;
}

nb::dict to_dict(synapse_model const& m) {
    field_info const weight{"weight", "", field_type::real, m.weight, m.common_weight ? "of the model" : "",
                            0},
        delay{"delay", "ms", field_type::real, 1, "a step or more", 0};
    nb::list params;
    params.append(to_dict(weight, nb::cast(m.weight)));
    params.append(to_dict(delay, nb::cast(1.0)));
    for (nb::handle f : fields(m.params)) params.append(f);
    nb::dict d;
    d["name"] = m.name;
    d["summary"] = m.summary;
    d["reference"] = m.reference;
    d["kind"] = "synapse";
    d["params"] = params;
    d["state"] = fields(m.state);
    d["common"] = fields(m.common);
    d["modulator"] = m.modulator;
    d["common_weight"] = m.common_weight;
    d["plastic"] = m.plastic;
    d["pairs"] = m.pairs;
    d["labels"] = has_label(m);
    d["single_precision"] = m.single;
    return d;
}

}  // namespace

void bind_models(nb::module_& m) {
    m.def(
        "models",
        [] {
            nb::list all;
            for (auto const& n : node_models()) all.append(to_dict(n));
            for (auto const& s : synapse_models()) all.append(to_dict(s));
            return all;
        },
        "All models as they are declared: names, kinds, parameters with units, defaults and what is "
        "allowed.");
}

}  // namespace ranvier::python
