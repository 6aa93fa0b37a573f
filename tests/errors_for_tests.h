// What tests of errors have in common: all that a user can see of a network, and the parts of a message.
#pragma once
#include <utility>

#include "tests/network_scenarios.h"

namespace ranvier::test {

/// Names that get() knows for nodes of a model.
inline std::vector<std::string> readable(node_model const& m) {
    std::vector<std::string> names;
    for (auto const* r : {&m.params, &m.state})
        for (auto const& f : r->fields)
            if (m.role != node_role::spike_source || r == &m.state) names.push_back(f.name);
    if (m.role == node_role::neuron) names.insert(names.end(), {"t_spike"});
    if (m.archives) names.insert(names.end(), {"tau_minus"});
    for (auto const& e : m.lists)
        if (!e.count.empty()) names.push_back(e.count);
    for (auto const& r : m.recordables) names.push_back(r.name);
    if (m.role == node_role::spike_recorder || m.role == node_role::multimeter ||
        m.role == node_role::weight_recorder)
        names.push_back("n_events");
    return names;
}

/// The nodes of each create of a model, two at most at a time.
inline std::vector<nodes> of_model(network const& net, std::string const& model) {
    std::vector<nodes> all;
    for (std::int32_t id = 1; id <= net.size(); ++id) {
        if (net.model(id) != model) continue;
        if (!all.empty() && all.back().back() == id - 1 && all.back().size() == 1)
            all.back() = nodes(id - 1, 2);
        else
            all.push_back(nodes(id, 1));
    }
    return all;
}

/// All that can be seen of a network whose nodes are of registered models, as lines.
inline std::vector<std::string> seen(network& net) {
    std::vector<std::string> lines{hash_of(net).text,
                                   fmt::format("{} nodes, {} steps", net.size(), net.steps())};
    for (std::int32_t id = 1; id <= net.size(); ++id) {
        auto const& m = model_of(net.model(id));
        std::string line = fmt::format("{} {}", id, m.name);
        for (auto const& name : readable(m)) line += fmt::format(" {:016x}", bits(net.get({id, 1}, name)[0]));
        for (auto const& e : m.lists)
            for (auto const* r : {&e.params, &e.state})
                for (auto const& f : r->fields)
                    for (auto const x : net.list(id, f.name)) line += fmt::format(" {:016x}", bits(x));
        if (m.role == node_role::spike_source)
            for (auto const* name : {"spike_times", "spike_weights", "spike_multiplicities", "origin"})
                for (auto const x : net.list(id, name)) line += fmt::format(" {}", x);
        if (m.role == node_role::weight_recorder)
            for (auto const& column : net.samples({id, 1}).values)
                for (auto const x : column) line += fmt::format(" {:016x}", bits(x));
        if (m.role == node_role::correlation_detector)
            for (auto const* name : {"histogram", "n_events"})
                for (auto const x : net.list(id, name)) line += fmt::format(" {:016x}", bits(x));
        if (m.role == node_role::packet_source)
            for (auto const x : net.list(id, "pulse_times")) line += fmt::format(" {}", x);
        if (m.role == node_role::spike_recorder)
            for (auto const step : net.spikes({id, 1}).steps) line += fmt::format(" {}", step);
        lines.push_back(line);
    }
    auto const t = net.connections();
    for (auto const& r : rows(t))
        lines.push_back(fmt::format("{} -> {} {} {} {:016x} {:016x}", r.source, r.target,
                                    net.synapse_name(r.model), r.delay, r.weight, r.Kplus));
    return lines;
}

/// Values with which a generator emits something.
inline dictionary lively(node_model const& m) {
    using numbers = std::vector<double>;
    if (m.list) return {{m.list->times, numbers{0.5, 2, 5}}, {m.list->values, numbers{300, 100, 200}}};
    if (m.params.find("rate")) return {{"rate", 300.0}};
    return {{m.params.fields[0].name, 100.0}};
}

/// Two nodes of each neuron model, twice; all generators and recorders; all synapse models. It has run.
inline void build_everything(network& net) {
    std::vector<nodes> populations;
    for (int twice = 0; twice < 2; ++twice)
        for (auto const& m : node_models())
            if (m.role == node_role::neuron) populations.push_back(net.create(m.name, 2));
    auto const drive = noise(net, 9000), recorder = net.create("spike_recorder", 2);
    auto const clock =
        net.create("spike_generator", 2, {{"spike_times", std::vector<double>{1.0, 2.5, 30.0}}});
    for (auto const& m : node_models())
        if (m.role == node_role::multimeter) net.create(m.name);  // they are not connected
    auto const current = net.create("dc_generator", 2, {{"amplitude", 100.0}});
    auto const meter = net.create("multimeter", 1, {{"record_from", "V_m"}});
    for (auto const& m : node_models()) {
        bool const sampler = m.role == node_role::multimeter && m.name != "multimeter";
        if (!sampler && !of_model(net, m.name).empty()) continue;
        auto const made = net.create(m.name, 2, m.generates() ? lively(m) : dictionary{});
        auto const some = of_model(net, "iaf_psc_alpha")[0];
        if (m.role == node_role::weight_recorder)
            net.set_defaults("stdp_synapse", {{"weight_recorder", made.front()}});
        else if (m.role == node_role::volume_transmitter) {
            net.connect(some, made);
            for (auto const& s : synapse_models())
                if (!s.modulator.empty()) net.set_defaults(s.name, {{s.modulator, made.front()}});
        } else if (m.role == node_role::correlation_detector)
            net.connect(some, made, all_to_all(), {.receptor = 1});
        else if (sampler)
            net.connect(made, some);
        else
            net.connect(made, some, all_to_all(), {.weight = 2.0});
    }
    net.connect(drive, recorder);
    net.connect(clock, recorder);
    for (auto const& p : populations) {
        auto const& m = model_of(net.model(p.front()));
        net.connect(p, recorder);
        net.connect(drive, p, all_to_all(),
                    {.weight = unit_weight(m.name), .delay = 0.3, .receptor = spike_receptor(m.name)});
        net.connect(clock, p, all_to_all(),
                    {.weight = unit_weight(m.name), .receptor = spike_receptor(m.name)});
        if (m.n_currents > 0) net.connect(current, p);
        if (!m.recordables.empty()) net.connect(meter, p);
        if (m.name == "parrot_neuron") continue;  // a loop of parrots would repeat spikes for ever
        // All synapse models onto two populations, one model onto each of the others.
        auto const& all = synapse_models();
        auto const i = std::size_t(&p - populations.data());
        for (std::size_t k = 0; k < all.size(); ++k)
            if (m.name == "iaf_psc_alpha" || k == i % all.size())
                net.connect(i == 0 ? p : populations[0] + p, p, all_to_all().without_autapses(),
                            {.model = all[k].name, .receptor = spike_receptor(m.name)});
    }
    net.simulate(5);
}

/// A network and its twin, to which nothing is done.
class unharmed {
  public:
    explicit unharmed(std::function<void(network&)> const& build = build_everything) {
        build(net);
        build(twin_);
        before_ = seen(net);
        EXPECT_EQ(before_, seen(twin_));
    }
    ~unharmed() { look(); }
    unharmed(unharmed const&) = delete;
    /// After something that has thrown. All is looked at after every tenth, which takes a hundred times as
    /// long.
    void check(std::string const& what) {
        since_ += (since_.empty() ? "" : ", or ") + what;
        if (++thrown_ % 10 == 0) look();
    }
    /// Both go on, and what is made from now on is the same.
    void check_future(std::function<void(network&)> const& more = [](network&) {}) {
        look();
        more(net);
        more(twin_);
        net.simulate(3);
        twin_.simulate(3);
        EXPECT_EQ(seen(net), seen(twin_));
    }
    network net{{.seed = 3, .threads = 1}};

  private:
    void look() {
        if (since_.empty()) return;
        auto const now = seen(net);
        auto const what = std::exchange(since_, "");
        if (now == before_) return;
        for (std::size_t i = 0; i < std::max(now.size(), before_.size()); ++i) {
            auto line = [&](auto const& all) { return i < all.size() ? all[i] : "nothing"; };
            ASSERT_EQ(line(before_), line(now)) << what << " has changed the network";
        }
    }

    network twin_{{.seed = 3, .threads = 1}};
    std::vector<std::string> before_;
    std::string since_;  // the last look: what has thrown
    int thrown_ = 0;
};

/// That the parts of a message are all there, whatever the sign of a zero.
inline void expect_complete(mistake const& m, std::string const& object, std::string const& parameter,
                            std::string const& value) {
    std::string const text = error(m).what();
    EXPECT_NE(m.object.find(object), std::string::npos) << text;
    EXPECT_NE(m.parameter.find(parameter), std::string::npos) << text << ": should name " << parameter;
    EXPECT_NE(m.value.find(value), std::string::npos) << text << ": should name " << value;
    EXPECT_FALSE(m.allowed.empty()) << text;
    EXPECT_FALSE(m.remedy.empty()) << text;
    for (auto const& part : {m.object, m.parameter, m.value, m.allowed, m.remedy})
        EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// A network of everything in which nothing changes.
class errors : public testing::Test {
  protected:
    template <class E, class F>
    void rejects(std::string const& object, std::string const& parameter, std::string const& value, F f) {
        auto const what = object + ": " + parameter + " = " + value;
        SCOPED_TRACE(what);
        auto const m = error_of<E>(f);
        expect_complete(m, object, parameter, value);
        n.check(what);
    }
    nodes first(char const* model) { return of_model(net, model)[0]; }
    void TearDown() override {
        n.check_future([&](network& later) {
            auto const more = later.create("iaf_psc_exp", 4);
            later.connect(a + more, more, fixed_indegree(3), {.weight = 20.0});
        });
    }
    unharmed n;
    network& net = n.net;
    nodes a = first("iaf_psc_alpha"), parrot = first("parrot_neuron"), recorder = first("spike_recorder"),
          poisson = first("poisson_generator"), clock = first("spike_generator"),
          current = first("dc_generator"), free_meter = of_model(net, "multimeter")[0],
          meter = of_model(net, "multimeter")[1];
};

}  // namespace ranvier::test
