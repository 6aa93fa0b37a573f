// A network whose spikes do not depend on what synapses do.
#pragma once
#include "tests/network_for_tests.h"

namespace ranvier::test {

/// Relays, and targets that fire whatever arrives: what happens to one connection is nothing to the others.
struct unmoved {
    network net;
    nodes sources, targets;
    connection_table all;

    explicit unmoved(std::string const& model, parameter const& delay = 1.5,
                     options const& o = {.seed = 5, .threads = 2, .partitions = 2})
        : net(o) {
        give_transmitter(net);
        sources = net.create("parrot_neuron", 6);
        net.connect(net.create("poisson_generator", 1, {{"rate", 60.0}}), sources, all_to_all(),
                    {.delay = 0.2});
        targets = net.create("ignore_and_fire", 7, {{"rate", uniform(20, 90)}, {"phase", uniform(0.1, 1)}});
        net.connect(targets.slice(0, 3), all_of_model(net, "volume_transmitter"));
        synapse s{.model = model, .delay = delay};
        auto const& m = find(model);
        if (!m.common_weight) s.weight = 20.0;
        // Some pairs twice, but where draws are a pair's first, second, ...
        net.connect(sources, targets,
                    m.stochastic ? fixed_indegree(4).without_multapses() : fixed_indegree(9), s);
        list();
    }
    static synapse_model const& find(std::string_view name) {
        auto const& models = synapse_models();
        return *std::find_if(models.begin(), models.end(), [&](auto const& m) { return m.name == name; });
    }
    void list() { all = net.connections(sources, targets); }
    /// Of the handles, all that can be read.
    std::vector<std::vector<std::uint64_t>> values(std::vector<std::uint64_t> const& handles,
                                                   synapse_model const& m) {
        std::vector<std::vector<std::uint64_t>> columns;
        auto add = [&](std::string const& name) {
            columns.push_back(bits(net.connection_values(handles, name)));
        };
        for (auto const* name : {"weight", "delay", "receptor"}) add(name);
        for (auto const& f : m.state.fields) add(f.name);
        for (auto const& f : m.params.fields) add(f.name);
        return columns;
    }
};

}  // namespace ranvier::test
