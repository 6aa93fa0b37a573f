// Neuron updates per second on one core, for every model of the registry, as networks measure them: no input
// but a constant current, delays of one or 15 steps of 0.1 ms. "spikes" is spikes per update: resets cost
// too.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "host/network.h"
#include "host/registry.h"

namespace {
using namespace ranvier;

constexpr double resolution = 0.1, settling = 49.5;  // ms

/// pA: 30 to 60 spikes/s of neurons with default parameters.
double current_of(std::string_view model) {
    constexpr std::pair<std::string_view, double> currents[]{
        {"aeif", 1000},    {"gif", 200},    {"hh_cond", 150}, {"hh_psc", 700}, {"iaf_cond_exp_sfa_rr", 1000},
        {"iaf_cond", 280}, {"iaf_psc", 430}};
    for (auto const& [name, pA] : currents)
        if (model.starts_with(name)) return pA;
    return 500;
}
/// Two elements in each list.
dictionary driven(node_model const& m) {
    dictionary values;
    if (m.params.find("I_e")) values.push_back({"I_e", current_of(m.name)});
    for (auto const& list : m.lists)
        for (auto const& f : list.params.fields)
            values.push_back({f.name, std::vector<double>(2, f.default_value)});
    return values;
}

/// Apart, so that neurons do not fire together.
void spread(network& net, node_model const& m, nodes const& neurons) {
    auto const n = neurons.size();
    if (auto const* E_L = m.params.find("E_L"); E_L && m.state.find("V_m"))
        net.set(neurons, {{"V_m", uniform(E_L->default_value, E_L->default_value + 15)}});
    if (m.params.find("phase")) {
        std::vector<double> phase;
        for (std::int64_t i = 0; i < n; ++i) phase.push_back(0.01 + 0.99 * double(i) / double(n));
        net.set(neurons, {{"phase", phase}});
    }
}

void update(benchmark::State& run, node_model const& m) {
    auto const n = run.range(0), slice = run.range(1);
    network net({.resolution = resolution, .threads = 1, .backend = "cpu"});
    spread(net, m, net.create(m.name, n, driven(m)));
    // Two more neurons, whose delay makes the slices.
    auto const pair = net.create("parrot_neuron", 2);
    net.connect(pair.slice(0, 1), pair.slice(1, 2), one_to_one(), {.delay = double(slice) * resolution});
    std::int64_t const steps = slice * std::max<std::int64_t>(1, 1'000'000 / (n * slice));
    net.simulate(settling);
    auto const before = net.stats();
    auto seconds = before.update_seconds;
    for (auto _ : run) {
        net.simulate(double(steps) * resolution);
        auto const now = net.stats().update_seconds;
        run.SetIterationTime(now - seconds);
        seconds = now;
    }
    auto const updates = run.iterations() * steps * n;
    run.SetItemsProcessed(updates);
    run.counters["I_e"] = current_of(m.name);
    run.counters["spikes"] = double(net.stats().spikes - before.spikes) / double(updates);
}

[[maybe_unused]] bool const registered = [] {
    for (auto const& m : node_models())
        if (m.role == node_role::neuron)
            benchmark::RegisterBenchmark(m.name.c_str(), update, m)
                ->ArgNames({"neurons", "slice"})
                ->ArgsProduct({{1000, 11250, 60000}, {15, 1}})
                ->UseManualTime();
    return true;
}();

}  // namespace
