// Pulse packets and correlation detectors: on every backend, for any number of threads, partitions and runs.
#include "tests/errors_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier::test {
namespace {

using reals = std::vector<double>;
using integers = std::vector<std::int64_t>;
using steps = std::vector<std::int64_t>;

dictionary packet() { return {{"pulse_times", reals{30, 5, 12}}, {"activity", 40}, {"sdev", 2.0}}; }

TEST(PulsePackets, AreTheSameForAllTargetsHoweverTheNetworkIsRun) {
    auto const run = [](variation const& v) {
        network net({.seed = v.seed, .threads = v.threads, .partitions = v.partitions});
        auto const source = net.create("pulsepacket_generator", 2, packet());
        auto const parrots = net.create("parrot_neuron", 4), recorders = net.create("spike_recorder", 3);
        net.connect(source.slice(0, 1), parrots, all_to_all(), {.delay = 1.0});
        net.connect(source.slice(0, 1), recorders.slice(0, 1));
        net.connect(source.slice(1, 2), recorders.slice(1, 2));
        net.connect(parrots, recorders.slice(2, 3));
        auto const pieces = v.pieces.empty() ? steps{500} : v.pieces;
        for (std::size_t i = 0; net.steps() < 500; ++i)
            net.simulate(0.1 * double(std::min(pieces[i % pieces.size()], 500 - net.steps())));
        std::vector<steps> all;
        for (int i = 0; i < 2; ++i) all.push_back(net.spikes(recorders.slice(i, i + 1)).steps);
        auto const relayed = net.spikes(recorders.slice(2, 3));
        for (auto const id : {parrots[0], parrots[3]}) {
            auto& s = all.emplace_back();
            for (std::size_t i = 0; i < relayed.steps.size(); ++i)
                if (relayed.senders[i] == id) s.push_back(relayed.steps[i] - 10);
        }
        return all;
    };
    auto const one = run({});
    EXPECT_GT(one[0].size(), 110u);  // a few come before 0
    EXPECT_LE(one[0].size(), 120u);
    EXPECT_EQ(one[0], one[2]);
    EXPECT_EQ(one[0], one[3]);
    EXPECT_NE(one[0], one[1]);  // each generator draws its own
    EXPECT_EQ(run({2, 3, {7, 31, 1}}), one);
    EXPECT_NE(run({.seed = 8}), one);
}

/// What is past stays; what is to come is as it is set now.
TEST(PulsePackets, CanBeSetBetweenRuns) {
    auto const run = [](std::function<void(network&, nodes const&)> const& change) {
        network net({.threads = 1});
        auto const source = net.create("pulsepacket_generator", 1, packet());
        auto const recorder = net.create("spike_recorder");
        net.connect(source, recorder);
        net.simulate(12);
        change(net, source);
        net.simulate(30);
        return net.spikes(recorder).steps;
    };
    auto const before = run([](network&, nodes const&) {});
    EXPECT_EQ(run([](network& net, nodes const& s) { net.set(s, packet()); }), before);
    auto const stopped = run([](network& net, nodes const& s) { net.set(s, {{"activity", 0}}); });
    auto const end = std::upper_bound(before.begin(), before.end(), 120);
    EXPECT_EQ(stopped, steps(before.begin(), end));
    EXPECT_GT(end - before.begin(), 30);
    auto const moved = run([](network& net, nodes const& s) {
        net.set(s, {{"pulse_times", reals{3, 20}}, {"sdev", 0.0}});
    });
    EXPECT_EQ(moved.size(), stopped.size() + 40);
    EXPECT_EQ(moved.back(), 201);
}

TEST(PulsePackets, RejectMistakes) {
    network net({.threads = 1});
    auto const g = net.create("pulsepacket_generator", 1, packet());
    auto const rejects = [&](auto error, dictionary const& values, char const* name, char const* shown) {
        using E = typename decltype(error)::type;
        auto with = values;
        with.insert(with.begin(), {"activity", 3});
        expect_complete(error_of<E>([&] { net.set(g, with); }), "pulsepacket_generator", name, shown);
        EXPECT_EQ(net.get(g, "activity")[0], 40);
        EXPECT_EQ(net.list(g.front(), "pulse_times"), (reals{5, 12, 30}));
    };
    constexpr std::type_identity<out_of_range> range;
    constexpr std::type_identity<wrong_type> type;
    rejects(range, {{"activity", -1}}, "activity", "-1");
    rejects(type, {{"activity", 1.5}}, "activity", "1.5");
    rejects(range, {{"activity", 1000000000}}, "activity", "1000000000");  // in three packets
    rejects(range, {{"sdev", -1.0}}, "sdev", "-1");
    rejects(range, {{"sdev", double(NAN)}}, "sdev", "nan");
    rejects(type, {{"pulse_times", 1.0}}, "pulse_times", "1");
    rejects(std::type_identity<bad_time>{}, {{"pulse_times", reals{1, double(NAN)}}}, "pulse_times", "nan");
    rejects(std::type_identity<bad_time>{}, {{"start", 0.05}}, "start", "0.05");
    rejects(std::type_identity<unknown_parameter>{}, {{"rate", 1.0}}, "rate", "1");
}

TEST(CorrelationDetector, CountsTheSameHoweverTheNetworkIsRun) {
    auto const run = [](variation const& v) {
        network net({.seed = v.seed, .threads = v.threads, .partitions = v.partitions});
        auto const drive = noise(net, 800);
        auto const parrots = net.create("parrot_neuron", 6);
        auto const detector = net.create("correlation_detector", 1, {{"delta_tau", 1.0}, {"tau_max", 10.0}});
        net.connect(drive, parrots, all_to_all(), {.delay = 2.0});
        net.connect(parrots.slice(0, 3), parrots.slice(3, 6), one_to_one(), {.delay = 3.0});
        net.connect(parrots.slice(0, 3), detector, all_to_all(), {.weight = reals{1, 2, -1}, .receptor = 0});
        net.connect(parrots.slice(3, 6), detector, all_to_all(), {.delay = 2.0, .receptor = 1});
        auto const pieces = v.pieces.empty() ? steps{2000} : v.pieces;
        for (std::size_t i = 0; net.steps() < 2000; ++i)
            net.simulate(0.1 * double(std::min(pieces[i % pieces.size()], 2000 - net.steps())));
        std::vector<reals> all;
        for (auto const* name : {"histogram", "histogram_correction", "count_histogram", "n_events"})
            all.push_back(net.list(detector.front(), name));
        return all;
    };
    auto const one = run({});
    ASSERT_EQ(one[2].size(), 21u);
    // 3 ms after each spike of the first comes the copy.
    EXPECT_EQ(std::max_element(one[2].begin(), one[2].end()) - one[2].begin(), 13);
    EXPECT_GT(one[3][0], 300);
    EXPECT_EQ(run({2, 3, {7, 31, 1}}), one);
    EXPECT_NE(run({.seed = 8}), one);
}

/// A generator sends a detector a train of its own, as it does to recorders: counts of independent trains are
/// Poisson numbers about rate^2 T delta_tau, each with weight 2 * 3.
TEST(CorrelationDetector, TakesGenerators) {
    network net({.threads = 1});
    auto const drive = noise(net, 2000);
    auto const detector = net.create("correlation_detector", 1, {{"delta_tau", 2.0}, {"tau_max", 20.0}});
    net.connect(drive, detector, all_to_all(), {.weight = 2.0, .receptor = 0});
    net.connect(drive, detector, all_to_all(), {.weight = 3.0, .receptor = 1});
    net.simulate(5000);
    auto const pairs = net.list(detector.front(), "histogram");
    double statistic = 0;
    for (auto const sum : pairs) {
        auto const mean = 2.0 * 2.0 * 5000 * 2.0, n = sum / 6;
        // Pairs share spikes: the variance is mean (1 + 2 * rate * delta_tau).
        statistic += (n - mean) * (n - mean) / (mean * (1 + 2 * 2.0 * 2.0));
    }
    EXPECT_LT(statistic, 2 * chi_square_limit(double(pairs.size())));
    EXPECT_LT(*std::max_element(pairs.begin(), pairs.end()), 1.1 * 6 * 40000);  // no train is the other
}

TEST(CorrelationDetector, BeginsAnewWhenItsBinsChange) {
    network net({.threads = 1});
    auto const source = net.create("spike_generator", 1, {{"spike_times", reals{1, 2, 3, 4, 5, 6}}});
    auto const detector = net.create("correlation_detector");
    net.connect(source, detector);
    net.connect(source, detector, all_to_all(), {.receptor = 1});
    auto const events = [&] { return net.list(detector.front(), "n_events"); };
    net.simulate(3);
    EXPECT_EQ(events(), (reals{3, 3}));
    net.set(detector, {{"stop", 4.0}});
    EXPECT_EQ(events(), (reals{3, 3}));
    net.set(detector, {{"delta_tau", 0.3}, {"tau_max", 3.0}});
    EXPECT_EQ(events(), (reals{0, 0}));
    EXPECT_EQ(net.list(detector.front(), "histogram"), reals(21));
    net.simulate(7);
    EXPECT_EQ(events(), (reals{1, 1}));  // of 4 ms; what was before has been forgotten
    EXPECT_EQ(net.list(detector.front(), "count_histogram")[10], 1);
    net.set(detector, {{"n_events", integers{0, 0}}});
    EXPECT_EQ(events(), (reals{0, 0}));
    EXPECT_EQ(*net.look_up(detector.front(), "n_events").get<integers>(), (integers{0, 0}));
}

TEST(CorrelationDetector, RejectsMistakes) {
    network net({.threads = 1});
    auto const d = net.create("correlation_detector");
    auto const rejects = [&](auto error, dictionary const& values, char const* name, char const* shown) {
        using E = typename decltype(error)::type;
        auto with = values;
        with.insert(with.begin(), {"Tstop", 3.0});
        expect_complete(error_of<E>([&] { net.set(d, with); }), "correlation_detector", name, shown);
        EXPECT_EQ(net.get(d, "Tstop")[0], INFINITY);
    };
    constexpr std::type_identity<bad_time> time;
    constexpr std::type_identity<out_of_range> range;
    rejects(time, {{"delta_tau", 0.15}}, "delta_tau", "0.15");
    rejects(range, {{"delta_tau", 0.0}}, "delta_tau", "0");
    rejects(time, {{"delta_tau", 0.3}}, "tau_max", "5");
    rejects(time, {{"tau_max", 1.3}}, "tau_max", "1.3");
    rejects(range, {{"tau_max", -5.0}}, "tau_max", "-5");
    rejects(range, {{"tau_max", 1e9}}, "tau_max", "1000000000");
    rejects(range, {{"Tstart", 5.0}}, "Tstop", "3");
    rejects(range, {{"n_events", integers{1, 0}}}, "n_events", "1");
    rejects(std::type_identity<wrong_type>{}, {{"Tstart", "now"}}, "Tstart", "now");
    rejects(std::type_identity<unknown_parameter>{}, {{"label", "a"}}, "label", "a");
    auto const neuron = net.create("iaf_psc_alpha"), current = net.create("dc_generator");
    EXPECT_THROW(net.connect(neuron, d, all_to_all(), {.receptor = 2}), illegal_connection);
    EXPECT_THROW(net.connect(neuron, d, fixed_indegree(1)), illegal_connection);
    EXPECT_THROW(net.connect(neuron, d, all_to_all(), {.model = "stdp_synapse"}), illegal_connection);
    EXPECT_THROW(net.connect(neuron, d, all_to_all(), {.weight = uniform(0, 1)}), wrong_type);
    EXPECT_THROW(net.connect(d, neuron), illegal_connection);
    EXPECT_THROW(net.connect(current, d), illegal_connection);
    EXPECT_THROW(net.get(d, "histogram"), wrong_type);
}

}  // namespace
}  // namespace ranvier::test
