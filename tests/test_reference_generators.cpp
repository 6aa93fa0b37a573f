// Generators that targets draw from, against the reference simulator: tests/data/reference_generators.json.
#include <algorithm>

#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

std::vector<json> cases(std::string const& kind) {
    std::vector<json> all;
    auto const data = reference("generators");
    for (auto const& c : data["cases"])
        if (c["kind"] == kind) all.push_back(c);
    EXPECT_FALSE(all.empty());
    return all;
}

nodes integrator(network& net, double tau_m, std::int64_t n = 1) {
    return net.create("iaf_psc_delta", n, {{"tau_m", tau_m}, {"E_L", 0.0}, {"V_m", 0.0}, {"V_th", 1e6}});
}
nodes voltmeter_of(network& net, nodes const& neuron, std::int64_t interval = 1) {
    auto const meter = net.create("voltmeter", 1, {{"interval", to_ms(interval, net.resolution())}});
    net.connect(meter, neuron);
    return meter;
}

/// Over the whole of its course: the reference turns an oscillator step by step, and loses its last digits.
TEST(ReferenceGenerators, CurrentsHaveTheirCourse) {
    std::map<std::string, double> worst;
    for (auto const& c : cases("current")) {
        network net({.resolution = c["h"], .threads = 1});
        auto const neuron = integrator(net, 20), source = net.create(c["model"].get<std::string>());
        net.connect(source, neuron, all_to_all(),
                    {.weight = 1.5, .delay = to_ms(c["delay"].get<int>(), c["h"])});
        auto const meter = voltmeter_of(net, neuron);
        for (auto const& run : c["runs"]) {
            net.set(source, to_dictionary(run["params"]));
            simulate_steps(net, run["steps"]);
        }
        auto const V = net.samples(meter).values[0];
        auto const expected = c["V_m"].get<reals>();
        ASSERT_GE(V.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            auto const d = deviation(V[i], expected[i], 1);
            worst[c["model"]] = std::max(worst[c["model"]], d);
            ASSERT_LT(d, 1e-9) << c << " at stamp " << i + 1;
        }
    }
    for (auto const& [model, d] : worst) report(model, d);
}

/// Stamps of events whose current is another than that of the event before; the same for all edges, but for a
/// chance of 2^-52 each.
TEST(ReferenceGenerators, NoiseChangesAtItsTimes) {
    for (auto const& c : cases("noise_changes")) {
        double const h = c["h"];
        network net({.resolution = h, .threads = 1});
        auto const neuron = integrator(net, 1e9, 2);
        auto d = window({{"h", h}, {"origin", 0}, {"start", c["start"]}, {"stop", c["stop"]}});
        d.emplace_back("std", 10.0);
        d.emplace_back("dt", to_ms(c["dt"].get<int>(), h));
        net.connect(net.create("noise_generator", 1, d), neuron, all_to_all(), {.delay = h});
        auto const meter = voltmeter_of(net, neuron);
        for (auto const& steps : c["runs"]) simulate_steps(net, steps);
        simulate_steps(net, 3);
        auto const V = net.samples(meter).values[0];
        for (std::size_t which : {0u, 1u}) {
            stamps changed;
            double before = 0;
            // An event with stamp s flows until s + 2, where V differs from V before by its current.
            for (std::size_t s = 2; 2 * s + which < V.size(); ++s) {
                auto const current = V[2 * s + which] - V[2 * (s - 1) + which];
                if (std::fabs(current - before) > 1e-7 && std::int64_t(s) - 1 <= c["recorded"])
                    changed.push_back(std::int64_t(s) - 1);
                before = current;
            }
            EXPECT_EQ(changed, c["stamps"].get<stamps>()) << c;
        }
    }
}

/// All stamps at which something has been emitted, at 100 spikes a step: one without has probability
/// exp(-100). Through a parrot over several delays, and into a recorder.
TEST(ReferenceGenerators, SpikesComeInTheirWindow) {
    for (auto const& c : cases("spike_window"))
        for (int const delay : {1, 3}) {
            network net({.resolution = c["h"], .threads = 1});
            auto d = window(c);
            for (auto const& v : to_dictionary(c["params"])) d.push_back(v);
            auto const source = net.create(c["model"].get<std::string>(), 1, d);
            auto const parrot = net.create("parrot_neuron"), recorders = net.create("spike_recorder", 2);
            net.connect(source, parrot, all_to_all(), {.delay = to_ms(delay, c["h"])});
            net.connect(parrot, recorders.slice(0, 1));
            net.connect(source, recorders.slice(1, 2));
            simulate_steps(net, c["simulated"].get<int>() - 1);
            simulate_steps(net, 1);
            auto direct = net.spikes(recorders.slice(1, 2)).steps;
            simulate_steps(net, delay);
            auto relayed = net.spikes(recorders.slice(0, 1)).steps;
            for (auto* s : {&direct, &relayed}) s->erase(std::unique(s->begin(), s->end()), s->end());
            for (auto& s : relayed) s -= delay;
            EXPECT_EQ(relayed, c["stamps"].get<stamps>()) << c;
            EXPECT_EQ(direct, c["stamps"].get<stamps>()) << c;
        }
}

TEST(ReferenceGenerators, ListsOfRates) {
    for (auto const& c : cases("rate_list")) {
        network net({.resolution = c["h"], .threads = 1});
        auto const source = net.create("inhomogeneous_poisson_generator");
        auto const parrot = net.create("parrot_neuron"), recorder = net.create("spike_recorder");
        net.connect(source, parrot, all_to_all(), {.delay = c["h"].get<double>()});
        net.connect(parrot, recorder);
        simulate_steps(net, c["before"]);
        auto const values = to_dictionary(c["params"]);
        if (c.contains("error")) {
            EXPECT_THROW(net.set(source, values), error) << c;
            EXPECT_TRUE(net.list(source.front(), "rate_times").empty());
        } else {
            net.set(source, values);
        }
        simulate_steps(net, c["simulated"].get<int>() + 1 - c["before"].get<int>());
        auto s = net.spikes(recorder).steps;
        s.erase(std::unique(s.begin(), s.end()), s.end());
        for (auto& x : s) --x;
        EXPECT_EQ(s, c.contains("error") ? stamps{} : c["stamps"].get<stamps>()) << c;
    }
}

}  // namespace
}  // namespace ranvier::test
