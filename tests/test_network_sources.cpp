// Generators with one train for all their targets: they are sources as neurons are, of plastic synapses too.
#include <map>

#include "tests/errors_for_tests.h"
#include "tests/network_for_tests.h"

namespace ranvier::test {
namespace {

using reals = std::vector<double>;

/// Steps of spikes by sender, of a recorder.
std::map<std::int32_t, std::vector<std::int64_t>> trains_by_sender(network const& net,
                                                                   nodes const& recorder) {
    std::map<std::int32_t, std::vector<std::int64_t>> all;
    auto const s = net.spikes(recorder);
    for (std::size_t i = 0; i < s.steps.size(); ++i) all[s.senders[i]].push_back(s.steps[i]);
    return all;
}

TEST(sources, one_train_for_all_targets_in_the_documented_window) {
    struct kind {
        char const* model;
        dictionary params;
        double rate;  // 1/s
    };
    for (auto const& k : {kind{"poisson_generator", {{"rate", 1e5}}, 1e5},
                          kind{"inhomogeneous_poisson_generator",
                               {{"rate_times", reals{0.1}}, {"rate_values", reals{1e5}}},
                               1e5},
                          kind{"gamma_sup_generator", {{"rate", 50.0}, {"n_proc", 2000}}, 1e5},
                          kind{"ppd_sup_generator", {{"rate", 50.0}, {"n_proc", 2000}}, 1e5}}) {
        SCOPED_TRACE(k.model);
        network net({.seed = 3, .threads = 2});
        net.copy_model(k.model, "shared", {{"individual_spike_trains", false}});
        auto const generators = net.create("shared", 2, k.params);
        auto const relays = net.create("parrot_neuron", 4), direct = net.create("spike_recorder"),
                   relayed = net.create("spike_recorder");
        net.set(generators, {{"start", 2.0}, {"stop", 202.0}});
        net.connect(generators.slice(0, 1), relays.slice(0, 2), all_to_all(), {.delay = 0.1});
        net.connect(generators.slice(1, 2), relays.slice(2, 4), all_to_all(), {.delay = 0.1});
        net.connect(generators, direct);
        net.connect(relays, relayed);
        net.simulate(150);
        net.simulate(100);
        auto const sent = trains_by_sender(net, direct), received = trains_by_sender(net, relayed);
        ASSERT_EQ(sent.size(), 2u);
        EXPECT_NE(sent.at(generators[0]), sent.at(generators[1]));
        for (std::int64_t i = 0; i < 4; ++i) {
            auto expected = sent.at(generators[i / 2]);
            for (auto& step : expected) ++step;
            EXPECT_EQ(received.at(relays[i]), expected);
        }
        for (auto const& [id, steps] : sent) {
            // Ten in a step: there are some in the first and in the last one.
            EXPECT_EQ(steps.front(), 21);
            EXPECT_EQ(steps.back(), 2020);
            EXPECT_NEAR(double(steps.size()), k.rate * 0.2, 5 * std::sqrt(k.rate * 0.2));
        }
    }
}

TEST(sources, rates_change_from_the_step_on_in_which_they_are_set) {
    network net({.threads = 1});
    net.set_defaults("poisson_generator", {{"individual_spike_trains", false}});
    auto const g = net.create("poisson_generator"), recorder = net.create("spike_recorder");
    net.connect(g, recorder);
    net.simulate(5);
    net.set(g, {{"rate", 1e6}});  // never none in a step
    net.simulate(5);
    net.set(g, {{"rate", 0.0}});
    net.simulate(5);
    auto const steps = net.spikes(recorder).steps;
    ASSERT_FALSE(steps.empty());
    EXPECT_EQ(steps.front(), 51);
    EXPECT_EQ(steps.back(), 100);
}

/// The same spikes from generators, and from relays that get them a step earlier.
struct pair_of_nets {
    network net;
    nodes sources, targets, meter, recorder;
    pair_of_nets(bool relayed, std::string const& model, parameter const& delay, variation const& v)
        : net({.seed = v.seed, .threads = v.threads, .partitions = v.partitions}) {
        reals times;
        std::vector<std::int64_t> multiplicities;
        for (int i = 0; i < 150; ++i) {
            times.push_back(0.1 * double(7 + 9 * i + i % 4 - (relayed ? 1 : 0)));
            multiplicities.push_back(1 + i % 3);
        }
        auto const generators = net.create(
            "spike_generator", 4, {{"spike_times", times}, {"spike_multiplicities", multiplicities}});
        auto const relays = net.create("parrot_neuron", 4);
        targets = net.create("iaf_psc_exp", 30, {{"I_e", 420.0}});
        meter = net.create("voltmeter", 1, {{"interval", 0.1}});
        net.connect(generators, relays, one_to_one(), {.delay = 0.1});
        sources = relayed ? relays : generators;
        std::vector<std::int32_t> pre, post;
        for (std::int32_t s = 0; s < 4; ++s)
            for (std::int32_t t = s; t < 30; t += s + 2) {
                pre.push_back(sources[s]);
                post.push_back(targets[t]);
            }
        net.connect(targets, give_transmitter(net), all_to_all(), {.delay = 1.5});
        net.connect(edge_list{pre, post}, {.model = model, .weight = 30.0, .delay = delay});
        net.connect(targets, targets, fixed_indegree(5), {.model = model, .weight = 20.0, .delay = 1.5});
        net.connect(meter, targets);
        recorder = net.create("spike_recorder");
        net.connect(targets, recorder);
        auto const pieces = v.pieces.empty() ? std::vector<std::int64_t>{1500} : v.pieces;
        for (std::size_t i = 0; net.steps() < 1500; ++i)
            net.simulate(0.1 * double(std::min(pieces[i % pieces.size()], 1500 - net.steps())));
    }
    std::vector<std::uint64_t> weights() { return bits(net.connections(sources, targets).weight); }
    reals potentials() const { return net.samples(meter).values[0]; }
    std::vector<std::int64_t> fired() const { return net.spikes(recorder).steps; }
};

TEST(sources, plastic_synapses_do_with_generators_what_they_do_with_relays) {
    for (auto const& s : synapse_models()) {
        if (!s.plastic || s.stochastic || s.common_weight) continue;
        for (double const ms : {0.5, 104.0}) {
            if (s.single && ms > 1) continue;
            parameter const delay(ms);
            SCOPED_TRACE(s.name + " " + delay.text());
            pair_of_nets direct(false, s.name, delay, {}), relayed(true, s.name, delay, {});
            EXPECT_EQ(direct.weights(), relayed.weights());
            EXPECT_EQ(direct.fired(), relayed.fired());
            // Relays may send more spikes in a step, so that input has coarser units.
            auto const a = direct.potentials(), b = relayed.potentials();
            ASSERT_EQ(a.size(), b.size());
            for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-7);
            if (s.single) continue;
            pair_of_nets const other(false, s.name, delay, {2, 3, {7, 31, 1}});
            EXPECT_EQ(bits(a), bits(other.potentials()));
        }
    }
}

TEST(sources, spike_weights_multiply_those_of_plastic_synapses) {
    for (auto const* model :
         {"static_synapse", "stdp_synapse", "stdp_triplet_synapse", "bernoulli_synapse"}) {
        SCOPED_TRACE(model);
        network net({.threads = 1});
        auto const g = net.create("spike_generator", 1,
                                  {{"spike_times", reals{1, 2, 3}}, {"spike_weights", reals{2.5, -1, 0}}});
        auto const neuron = net.create("iaf_psc_delta", 1, {{"tau_m", 1e15}});
        net.connect(g, neuron, all_to_all(), {.model = model, .weight = 0.5, .delay = 1.0});
        reals found;
        for (int k = 0; k < 5; ++k) {
            found.push_back(net.get(neuron, "V_m")[0]);
            net.simulate(1);
        }
        // Nothing has fired but the source: stdp_synapse keeps its weight.
        EXPECT_EQ(found, (reals{-70, -70, -68.75, -69.25, -69.25}));
    }
}

/// A weight that has grown 2000 times goes with a spike's own weight of 1, not with one of 1000.
TEST(sources, contributions_that_are_too_large_are_an_error) {
    for (auto const& weights : {reals{1000, 1}, reals{1, 1000}}) {
        network net({.threads = 1});
        auto const g =
            net.create("spike_generator", 1, {{"spike_times", reals{1, 20}}, {"spike_weights", weights}});
        auto const neuron = net.create("iaf_psc_delta", 1, {{"I_e", 900.0}});
        net.copy_model("stdp_synapse", "growing",
                       {{"lambda", 1.0}, {"mu_plus", 0.0}, {"alpha", 0.0}, {"Wmax", 2000.0}});
        net.connect(g, neuron, all_to_all(), {.model = "growing", .weight = 1.0, .delay = 1.0});
        net.simulate(15);
        if (weights[1] > 1) {
            EXPECT_EQ(error_of<overflow>([&] { net.simulate(10); }).object, "plastic synapse");
        } else {
            net.simulate(10);
            EXPECT_EQ(net.connections(g).weight[0], 2000);
        }
    }
}

TEST(sources, targets_that_draw_for_themselves_have_plastic_synapses_behind_relays_only) {
    network net({.threads = 1});
    auto const neuron = net.create("iaf_psc_alpha");
    for (auto const* model : {"poisson_generator", "mip_generator", "dc_generator"}) {
        auto const m = error_of<illegal_connection>(
            [&] { net.connect(net.create(model), neuron, all_to_all(), {.model = "stdp_synapse"}); });
        EXPECT_EQ(m.object, "stdp_synapse") << model;
        EXPECT_NE(m.remedy.find("parrot_neuron"), std::string::npos);
    }
}

}  // namespace
}  // namespace ranvier::test
