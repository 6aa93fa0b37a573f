// Pulse packets, correlation detectors and weight recorders against the reference simulator:
// tests/data/reference_recorders.json.
#include <algorithm>
#include <numeric>
#include <tuple>

#include "tests/reference_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier::test {
namespace {

std::vector<json> cases(std::string const& kind) {
    std::vector<json> all;
    auto const data = reference("recorders");
    for (auto const& c : data["cases"])
        if (c["kind"] == kind) all.push_back(c);
    EXPECT_FALSE(all.empty());
    return all;
}

stamps repeated(stamps const& s, stamps const& counts, std::int64_t later = 0) {
    stamps all;
    for (std::size_t i = 0; i < s.size(); ++i) all.insert(all.end(), std::size_t(counts[i]), s[i] + later);
    return all;
}

/// Recorded directly, and by way of a parrot.
TEST(ReferenceRecorders, PacketsComeInTheirWindow) {
    for (auto const& c : cases("packet_window")) {
        double const h = c["h"];
        network net({.resolution = h, .threads = 1});
        reals times;
        for (int i = 0; i < 50; ++i) times.push_back(to_ms(i, h));
        auto values = window(c);
        values.emplace_back("pulse_times", times);
        values.emplace_back("activity", 3);
        auto const source = net.create("pulsepacket_generator", 1, values);
        auto const parrot = net.create("parrot_neuron"), recorders = net.create("spike_recorder", 2);
        net.connect(source, recorders.slice(0, 1));
        net.connect(source, parrot, all_to_all(), {.delay = to_ms(4, h)});
        net.connect(parrot, recorders.slice(1, 2));
        simulate_steps(net, 13);
        simulate_steps(net, 51);
        auto const expected = c["stamps"].get<stamps>(), counts = c["counts"].get<stamps>();
        EXPECT_EQ(net.spikes(recorders.slice(0, 1)).steps, repeated(expected, counts)) << c;
        EXPECT_EQ(net.spikes(recorders.slice(1, 2)).steps, repeated(expected, counts, 4)) << c;
    }
}

TEST(ReferenceRecorders, PacketsComeAtTheEndOfTheStepAfterTheirTime) {
    for (auto const& c : cases("packet_times")) {
        network net({.resolution = c["h"], .threads = 1});
        auto const source = net.create("pulsepacket_generator", 1,
                                       {{"pulse_times", c["pulse_times"].get<reals>()}, {"activity", 2}});
        auto const recorder = net.create("spike_recorder");
        net.connect(source, recorder);
        net.simulate(5);
        EXPECT_EQ(net.spikes(recorder).steps, c["stamps"].get<stamps>()) << c;
    }
}

/// A spike with stamp s has a time in ((s - 2) h, (s - 1) h], to within half a microsecond.
TEST(ReferenceRecorders, PacketsAreNormallyDistributed) {
    auto const c = cases("packet_spread").at(0);
    double const h = c["h"], centre = c["centre"], sdev = c["sdev"], activity = c["activity"];
    network net({.resolution = h, .threads = 1});
    auto const source =
        net.create("pulsepacket_generator", 1,
                   {{"pulse_times", reals{centre}}, {"activity", c["activity"].get<int>()}, {"sdev", sdev}});
    auto const recorder = net.create("spike_recorder");
    net.connect(source, recorder);
    net.simulate(40);
    reals ours(400), theirs(400), expected(400), twin(400);
    for (auto const s : net.spikes(recorder).steps) ++ours[std::size_t(s)];
    for (std::size_t i = 0; i < c["stamps"].size(); ++i)
        theirs[c["stamps"][i].get<std::size_t>()] = c["counts"][i];
    auto const fill = [&](reals& cells, double shift) {
        auto const below = [&](double s) {
            return normal_cdf(((s - 1 + shift) * h + 0.0005 - centre) / sdev);
        };
        for (std::size_t s = 0; s < cells.size(); ++s)
            cells[s] = activity * (below(double(s)) - below(double(s) - 1));
    };
    fill(expected, 0);
    fill(twin, 1);
    EXPECT_EQ(std::accumulate(ours.begin(), ours.end(), 0.0), activity);
    for (auto const& observed : {ours, theirs}) {
        auto const good = chi_square(observed, expected), bad = chi_square(observed, twin);
        EXPECT_TRUE(good.good()) << good.text();
        EXPECT_FALSE(bad.good()) << "a step off, and nobody sees it";
    }
}

/// Sums to the last bits: the reference adds spikes of one step in the order in which it updates nodes.
TEST(ReferenceRecorders, CorrelogramsAreTheSame) {
    for (auto const& c : cases("correlation"))
        for (bool const pieces : {false, true}) {
            network net({.resolution = c["h"], .threads = 1});
            auto const detector = net.create("correlation_detector", 1, to_dictionary(c["params"]));
            for (std::size_t i = 0; i < c["trains"].size(); ++i) {
                auto source = net.create("spike_generator", 1, to_dictionary(c["trains"][i]));
                if (c["relayed"]) {
                    auto const relay = net.create("parrot_neuron");
                    net.connect(source, relay, all_to_all(), {.delay = 0.1});
                    source = relay;
                }
                auto const& with = c["connections"][i];
                net.connect(source, detector, all_to_all(),
                            {.weight = with[1].get<double>(), .delay = 0.7, .receptor = with[0]});
            }
            std::int64_t const steps = c["simulated"];
            for (std::int64_t done = 0; done < steps; done += pieces ? 8 : steps)
                simulate_steps(net, pieces ? 8 : steps);
            auto const id = detector.front();
            EXPECT_EQ(net.list(id, "count_histogram"), c["count_histogram"].get<reals>()) << c["params"];
            EXPECT_EQ(net.list(id, "n_events"), c["n_events"].get<reals>()) << c["params"];
            EXPECT_EQ(net.list(id, "histogram"), c["histogram"].get<reals>()) << c["params"];
            EXPECT_EQ(net.list(id, "histogram_correction"), c["histogram_correction"].get<reals>());
        }
}

struct sent {
    std::int64_t step;
    double sender, port, target, receptor, weight;
};
std::vector<sent> rows_of(sample_data const& d) {
    std::vector<sent> all;
    for (std::size_t i = 0; i < d.steps.size(); ++i)
        all.push_back({d.steps[i], double(d.senders[i]), d.values[3][i], d.values[1][i], d.values[2][i],
                       d.values[0][i]});
    std::stable_sort(all.begin(), all.end(), [](sent const& a, sent const& b) {
        return std::tuple(a.step, a.sender, a.port) < std::tuple(b.step, b.sender, b.port);
    });
    return all;
}

TEST(ReferenceRecorders, WeightsAreThoseThatAreSent) {
    for (auto const& c : cases("weights"))
        for (int const partitions : {1, 2}) {
            SCOPED_TRACE(fmt::format("{} {}", c["model"].get<std::string>(), c["delay"].get<double>()));
            network net({.resolution = c["h"], .threads = 1, .partitions = partitions});
            auto const pre = net.create("parrot_neuron", 3), post = net.create("parrot_neuron", 2);
            for (std::int32_t i = 0; i < 5; ++i) {
                auto const source =
                    net.create("spike_generator", 1, to_dictionary(c["trains"][std::size_t(i)]));
                net.connect(source, {1 + i, 1}, all_to_all(), {.delay = 0.1});
            }
            auto const recorder = net.create("weight_recorder");
            std::string const model = c["model"];
            net.set_defaults(model, {{"weight_recorder", recorder.front()}});
            synapse with{.model = model, .delay = c["delay"].get<double>(), .receptor = 1};
            for (auto const& [name, value] : c["params"].items()) {
                if (name == "weight")
                    with.weight = value.get<double>();
                else
                    with.params.emplace_back(name, value.get<double>());
            }
            net.connect(pre, post, all_to_all(), with);
            simulate_steps(net, 333);
            simulate_steps(net, c["simulated"].get<std::int64_t>() - 333);
            auto const found = rows_of(net.samples(recorder));
            // The reference has not delivered what has been sent in its last slice.
            auto const& expected = c["rows"];
            ASSERT_GE(found.size(), expected.size());
            double worst = 0;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                auto const& e = expected[i];
                EXPECT_EQ(found[i].step, e[0].get<std::int64_t>());
                EXPECT_EQ(found[i].sender, e[1].get<double>());
                EXPECT_EQ(found[i].port, e[2].get<double>());
                EXPECT_EQ(found[i].target, e[3].get<double>());
                EXPECT_EQ(found[i].receptor, e[4].get<double>());
                auto const w = e[5].get<double>();
                worst = std::max(worst, std::fabs(found[i].weight - w) / std::fabs(w));
            }
            EXPECT_LT(worst, 1e-12);
            for (std::size_t i = expected.size(); i < found.size(); ++i)
                EXPECT_GE(found[i].step, expected.back()[0].get<std::int64_t>());
        }
}

}  // namespace
}  // namespace ranvier::test
