// Poisson generators that are recorded: an independent train for each connection (devices.md, 2).
#include "tests/files_for_tests.h"
#include "tests/network_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;
using steps = std::vector<std::int64_t>;

/// Two generators and three recorders; rates and windows that change.
outcome recorded(variation const& v) {
    scenario const s{"trains",
                     [](network& net) {
                         auto const g = net.create("poisson_generator", 2, {{"rate", 2000.0}});
                         auto const n = net.create("iaf_psc_exp", 10), r = net.create("spike_recorder", 3);
                         net.connect(g, n, all_to_all(), {.weight = 100.0, .delay = 1.5});
                         net.connect(g, r.slice(0, 2));
                         net.connect(g, r.slice(1, 3), one_to_one(), {.delay = 7.0});
                         net.connect(n, r.slice(2, 3));
                     },
                     200,
                     {{50,
                       [](network& net) {
                           net.set(nodes(1, 1), {{"rate", 30000.0}});
                       }},
                      {90,
                       [](network& net) {
                           net.set(nodes(2, 1), {{"start", 100.0}, {"stop", 130.0}});
                       }},
                      {120,
                       [](network& net) {
                           net.set(nodes(13, 1), {{"stop", 150.0}});
                       }},
                      {150, [](network& net) {
                           net.set(nodes(1, 1), {{"rate", 0.0}});
                       }}}};
    stepper one(s, v);
    while (!one.done()) one.advance();
    auto o = one.result();
    for (std::int32_t r = 13; r <= 15; ++r) {
        auto const data = one.net.spikes({r, 1});
        o.spike_steps.insert(o.spike_steps.end(), data.steps.begin(), data.steps.end());
        o.spike_senders.insert(o.spike_senders.end(), data.senders.begin(), data.senders.end());
    }
    return o;
}

TEST(recorded_trains, are_the_same_however_they_are_run) {
    auto const whole = recorded({});
    EXPECT_GT(whole.spike_steps.size(), 2000u);
    for (variation const& v : {variation{.threads = 3, .partitions = 4},
                               {.pieces = {1}},
                               {.pieces = {7, 64, 3}},
                               {.threads = 2, .partitions = 2, .pieces = {100, 1}}}) {
        auto const other = recorded(v);
        expect_same(whole, other, text(v));
        EXPECT_TRUE(other.spike_steps == whole.spike_steps && other.spike_senders == whole.spike_senders)
            << text(v);
    }
    EXPECT_NE(recorded({.seed = 8}).spike_steps, whole.spike_steps);
}

/// Numbers of spikes by step, of one sender.
std::vector<int> counts(spike_data const& s, std::int32_t sender, std::int64_t n) {
    std::vector<int> c(std::size_t(n) + 1);
    for (std::size_t i = 0; i < s.steps.size(); ++i)
        if (s.senders[i] == sender) ++c[std::size_t(s.steps[i])];
    return c;
}

TEST(recorded_trains, are_poisson_and_independent) {
    constexpr std::int64_t n = 100000;
    constexpr double mean = 0.8;  // a step
    network net({.seed = 2, .threads = 1});
    auto const g = net.create("poisson_generator", 2, {{"rate", mean * 1e4}});
    auto const r = net.create("spike_recorder", 2), parrot = net.create("parrot_neuron"),
               relayed = net.create("spike_recorder");
    net.connect(g, r);
    net.connect(g.slice(0, 1), parrot, all_to_all(), {.delay = 0.1});
    net.connect(parrot, relayed);
    net.simulate(double(n) * 0.1);
    std::vector<std::vector<int>> trains;
    for (int i = 0; i < 2; ++i)
        for (auto const sender : ids{g[0], g[1]})
            trains.push_back(counts(net.spikes(r.slice(i, i + 1)), sender, n));
    trains.push_back(counts(net.spikes(relayed), parrot[0], n));
    trains.back().erase(trains.back().begin());  // the parrot is a step late
    trains.back().push_back(0);
    // Sums, sums of squares and products within 5 standard deviations: a false alarm in 10^6 for each of 20.
    for (std::size_t i = 0; i < trains.size(); ++i) {
        double sum = 0, squares = 0;
        for (auto const x : trains[i]) sum += x, squares += (x - mean) * (x - mean);
        EXPECT_NEAR(sum / n, mean, 5 * std::sqrt(mean / n)) << i;
        EXPECT_NEAR(squares / n, mean, 5 * std::sqrt((mean + 2 * mean * mean) / n)) << i;
        for (std::size_t j = 0; j < i; ++j) {
            double product = 0;
            for (std::size_t k = 0; k < trains[i].size(); ++k)
                product += (trains[i][k] - mean) * (trains[j][k] - mean);
            EXPECT_NEAR(product / n, 0, 5 * mean / std::sqrt(double(n))) << i << " " << j;
        }
    }
}

TEST(recorded_trains, keep_windows_and_stamps) {
    // A mean of 100 a step: no step without any (probability 4e-44 each).
    network net({.threads = 1});
    auto const g =
        net.create("poisson_generator", 1, {{"rate", 1e6}, {"origin", 1.0}, {"start", 2.0}, {"stop", 4.0}});
    auto const r = net.create("spike_recorder", 2);
    net.set(r.slice(1, 2), {{"start", 3.5}, {"stop", 4.5}});
    net.connect(g, r, all_to_all(), {.delay = 2.0});  // recorders ignore it
    net.simulate(10);
    auto stamps = [&](int i) {
        auto s = net.spikes(r.slice(i, i + 1)).steps;
        s.erase(std::unique(s.begin(), s.end()), s.end());
        return s;
    };
    auto range = [](std::int64_t from, std::int64_t to) {
        steps s(std::size_t(to - from + 1));
        std::iota(s.begin(), s.end(), from);
        return s;
    };
    EXPECT_EQ(stamps(0), range(32, 51));  // t_min + 2 ... t_max + 1 (time_and_events.md, 4)
    EXPECT_EQ(stamps(1), range(36, 45));
    EXPECT_NEAR(double(net.spikes(r.slice(0, 1)).steps.size()), 2000, 6 * std::sqrt(2000.0));
    for (auto const id : net.spikes(r.slice(0, 1)).senders) EXPECT_EQ(id, g[0]);
    EXPECT_EQ(net.get(r.slice(0, 1), "n_events")[0], double(net.spikes(r.slice(0, 1)).steps.size()));
    net.set(g, {{"start", 12.0}, {"stop", 13.0}});
    net.simulate(10);
    EXPECT_EQ(stamps(0).size(), 30u);
    EXPECT_EQ(stamps(0).back(), 141);
    net.set(g, {{"start", 0.0}, {"stop", 1e3}, {"rate", 0.0}});
    net.simulate(5);
    EXPECT_EQ(stamps(0).back(), 141);
    net.set(g, {{"rate", 1e6}});
    net.simulate(5);
    EXPECT_EQ(stamps(0).size(), 80u);
    EXPECT_EQ(stamps(0)[30], 251);  // emitted in the first step
}

TEST(recorded_trains, change_nothing_else) {
    auto hashes = [](bool recorded) {
        network net({.threads = 1});
        auto const g = net.create("poisson_generator", 2, {{"rate", 9000.0}});
        auto const n = net.create("iaf_psc_exp", 20), r = net.create("spike_recorder");
        if (recorded) net.connect(g, r);
        net.connect(g, n, all_to_all(), {.weight = 60.0});
        net.connect(n, n, fixed_indegree(5), {.model = "stdp_synapse", .weight = uniform(1, 20)});
        net.simulate(100);
        EXPECT_EQ(net.spikes(r).steps.size() > 1000, recorded);
        return hash_of(net);
    };
    EXPECT_EQ(hashes(true), hashes(false));
}

TEST(recorded_trains, are_written_to_files) {
    temporary_directory const directory;
    auto const& folder = directory.path();
    network net({.threads = 1});
    net.set_output({.data_path = folder.string()});
    auto const g = net.create("poisson_generator", 3, {{"rate", 1e4}});
    auto const r = net.create("spike_recorder", 1,
                              {{"record_to", std::vector<std::string>{"memory", "ascii"}}, {"label", "x"}});
    net.connect(g, r);
    net.simulate(20);
    auto const s = net.spikes(r);
    std::ifstream file(folder / "x-4-0.dat");
    std::size_t i = 0;
    for (std::string line; std::getline(file, line);)
        if (std::isdigit(line[0])) {
            ASSERT_LT(i, s.times.size());
            EXPECT_EQ(line, fmt::format("{}\t{:.3f}", s.senders[i], s.times[i]));
            ++i;
        }
    EXPECT_EQ(i, s.times.size());
    EXPECT_GT(i, 500u);
}

}  // namespace
}  // namespace ranvier::test
