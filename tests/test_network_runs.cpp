// Runs through the interface: generators and recorders between runs, files, progress, interruption,
// statistics.
#include <thread>

#include "tests/files_for_tests.h"
#include "tests/network_scenarios.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;
using steps = std::vector<std::int64_t>;

/// Files in a directory that goes away.
class files : public testing::Test {
  protected:
    std::vector<std::string> lines(std::string const& name) const {
        std::ifstream file(path / name);
        std::vector<std::string> all;
        for (std::string line; std::getline(file, line);)
            if (line.empty() || line[0] != '#') all.push_back(line);
        return all;
    }
    temporary_directory const directory;
    std::filesystem::path const path = directory.path();
};

TEST(generators, rates_act_after_the_delay) {
    // A mean of 100 spikes a step: no step without any (probability 4e-44 each).
    network net({.threads = 1});
    auto const g = net.create("poisson_generator", 1, {{"rate", 0.0}});
    auto const p = net.create("parrot_neuron", 2), r = net.create("spike_recorder");
    net.connect(g, p.slice(0, 1), all_to_all(), {.delay = 0.1});
    net.connect(g, p.slice(1, 2), all_to_all(), {.delay = 30.0});
    net.connect(p, r);
    net.simulate(50);
    net.set(g, {{"rate", 1e6}});
    net.simulate(20);
    net.set(g, {{"rate", 0.0}});
    net.simulate(5);
    net.set(g, {{"rate", 5e5}});
    net.simulate(5);
    net.set(g, {{"stop", 60.0}});  // in the past: what has been emitted arrives
    net.simulate(60);
    auto const s = net.spikes(r);
    std::map<std::int32_t, std::map<std::int64_t, int>> counts;
    for (std::size_t i = 0; i < s.steps.size(); ++i) ++counts[s.senders[i]][s.steps[i]];
    for (int k = 0; k < 2; ++k) {
        auto const late = k ? 300 : 1;
        for (std::int64_t stamp = 1; stamp <= 1400; ++stamp) {
            auto const e = stamp - 1 - late;  // emission step
            auto const mean = e >= 500 && e < 700 ? 100 : e >= 750 && e < 800 ? 50 : 0;
            auto const n = counts[p[k]].contains(stamp) ? counts[p[k]][stamp] : 0;
            EXPECT_NEAR(n, mean, 8 * std::sqrt(mean)) << "parrot " << k << " at " << stamp;
        }
    }
}

TEST(generators, currents_act_after_the_delay) {
    network net({.threads = 1});
    auto const g = net.create("dc_generator", 1, {{"amplitude", 0.0}});
    auto const n = net.create("iaf_psc_delta", 2,
                              {{"tau_m", 1e9}, {"C_m", 1.0}, {"V_th", 1e9}, {"E_L", 0.0}, {"V_m", 0.0}});
    net.connect(g, n.slice(0, 1), all_to_all(), {.delay = 0.1});
    net.connect(g, n.slice(1, 2), all_to_all(), {.weight = 2.0, .delay = 30.0});
    net.simulate(20);
    net.set(g, {{"amplitude", 10.0}});
    net.simulate(10);
    net.set(g, {{"amplitude", -20.0}});
    net.simulate(10);
    net.set(g, {{"stop", 35.0}});  // in the past
    net.simulate(100);
    // 1 pF: 1 pA for 1 ms is 1 mV.
    EXPECT_NEAR(net.get(n, "V_m")[0], 10 * 10 - 20 * 10, 1e-4);
    EXPECT_NEAR(net.get(n, "V_m")[1], 2 * (10 * 10 - 20 * 10), 1e-4);
}

TEST(generators, windows) {
    network net({.threads = 1});
    auto const g =
        net.create("poisson_generator", 1, {{"rate", 1e6}, {"origin", 1.0}, {"start", 2.0}, {"stop", 4.0}});
    auto const p = net.create("parrot_neuron", 1), r = net.create("spike_recorder");
    net.connect(g, p, all_to_all(), {.delay = 0.1});
    net.connect(p, r);
    net.simulate(10);
    // time_and_events.md, 4: emitted stamps t_min + 2 ... t_max + 1; one step of delay, and the parrot's own.
    EXPECT_EQ(net.spikes(r).steps.front(), 33);
    EXPECT_EQ(net.spikes(r).steps.back(), 52);
    net.set(g, {{"start", 12.0}, {"stop", 13.0}});
    net.simulate(10);
    EXPECT_EQ(net.spikes(r).steps.back(), 142);
}

TEST(generators, spike_times_between_runs) {
    network net({.threads = 1});
    auto const g = net.create(
        "spike_generator", 1,
        {{"spike_times", numbers{1, 5, 30}}, {"spike_multiplicities", std::vector<std::int64_t>{1, 2, 1}}});
    auto const p = net.create("parrot_neuron"), r = net.create("spike_recorder", 2);
    net.connect(g, p, all_to_all(), {.delay = 2.0});
    net.connect(p, r.slice(0, 1));
    net.connect(g, r.slice(1, 2));
    net.simulate(10);
    net.set(g, {{"spike_times", numbers{2, 12, 13}}, {"spike_multiplicities", std::vector<std::int64_t>{}}});
    net.simulate(30);
    EXPECT_EQ(net.spikes(r.slice(0, 1)).steps, (steps{30, 70, 70, 140, 150}));
    EXPECT_EQ(net.spikes(r.slice(1, 2)).steps, (steps{10, 50, 50, 120, 130}));
}

TEST(recorders, several_at_once) {
    network net({.threads = 2, .partitions = 3});
    auto const n =
        net.create("ignore_and_fire", 4, {{"rate", 100.0}, {"phase", numbers{0.1, 0.2, 0.3, 0.4}}});
    auto const r = net.create("spike_recorder", 3);
    net.connect(n, r.slice(0, 1));
    net.connect(n.slice(1, 3), r.slice(1, 2));
    net.connect(n.slice(2, 4), r.slice(1, 3));
    net.connect(n.slice(3, 4), r.slice(2, 3), one_to_one());
    net.set(r.slice(0, 1), {{"start", 10.0}, {"stop", 20.0}});
    net.simulate(30);
    EXPECT_EQ(net.spikes(r.slice(0, 1)).senders, (ids{1, 2, 3, 4}));
    EXPECT_EQ(net.spikes(r.slice(0, 1)).steps, (steps{111, 121, 131, 141}));
    EXPECT_EQ(net.spikes(r.slice(1, 2)).senders, (ids{2, 3, 3, 4, 2, 3, 3, 4, 2, 3, 3, 4}));
    EXPECT_EQ(net.spikes(r.slice(2, 3)).senders, (ids{3, 4, 4, 3, 4, 4, 3, 4, 4}));
    EXPECT_EQ(net.get(r, "n_events"), (numbers{4, 12, 9}));
    net.set(r.slice(1, 2), {{"n_events", 0}});
    EXPECT_EQ(net.get(r, "n_events"), (numbers{4, 0, 9}));
    EXPECT_TRUE(net.spikes(r.slice(1, 2)).times.empty());
    net.set(r.slice(2, 3), {{"record_to", std::vector<std::string>{}}});
    net.simulate(10);
    EXPECT_EQ(net.get(r, "n_events"), (numbers{4, 4, 12}));
    EXPECT_EQ(net.spikes(r.slice(2, 3)).senders.size(), 9u);
    for (auto const t : net.spikes(r.slice(0, 1)).times) EXPECT_EQ(t, 0.001 * std::round(t * 1000));
}

TEST(recorders, meters) {
    network net({.threads = 1, .partitions = 2});
    auto const n = net.create("iaf_psc_alpha", 4, {{"V_m", numbers{-60, -61, -62, -63}}});
    auto const m = net.create(
        "multimeter", 1,
        {{"record_from", std::vector<std::string>{"V_m", "I_syn_ex"}}, {"interval", 0.3}, {"offset", 0.5}});
    net.connect(m, nodes(ids{2, 4}));
    auto const one = net.create("multimeter", 2, {{"record_from", std::vector<std::string>{"V_m"}}});
    net.connect(one, n.slice(0, 2), one_to_one());
    net.simulate(0.6);
    net.connect(m, nodes(ids{1, 3}));
    net.simulate(1.6);
    auto const s = net.samples(m);
    EXPECT_EQ(s.names, (std::vector<std::string>{"V_m", "I_syn_ex"}));
    EXPECT_EQ(s.steps,
              (steps{5, 5, 8, 8, 8, 8, 11, 11, 11, 11, 14, 14, 14, 14, 17, 17, 17, 17, 20, 20, 20, 20}));
    EXPECT_EQ(ids(s.senders.begin(), s.senders.begin() + 6), (ids{2, 4, 1, 2, 3, 4}));
    for (std::size_t i = 0; i < s.steps.size(); ++i)
        EXPECT_NEAR(s.values[0][i], -70 + (11 - s.senders[i]) * std::exp(-0.01 * double(s.steps[i])), 1e-9);
    EXPECT_EQ(net.samples(one.slice(0, 1)).senders, (ids{1, 1}));
    EXPECT_EQ(net.samples(one.slice(1, 2)).senders, (ids{2, 2}));
}

TEST_F(files, of_recorders) {
    network net({.threads = 2, .partitions = 3});
    net.set_output({.data_path = path.string(), .data_prefix = "run-"});
    auto const n = net.create("ignore_and_fire", 9, {{"rate", 100.0}, {"phase", 0.1}});
    auto const v = net.create("iaf_psc_exp", 2, {{"V_m", numbers{-60, -61}}});
    auto const r = net.create(
        "spike_recorder", 1,
        {{"record_to", std::vector<std::string>{"ascii", "memory"}}, {"label", "spikes"}, {"precision", 2}});
    auto const m = net.create(
        "multimeter", 1,
        {{"record_to", "ascii"}, {"record_from", "V_m"}, {"interval", 0.5}, {"time_in_steps", true}});
    net.connect(n.slice(0, 2), r);
    net.connect(m, v);
    net.simulate(1);
    net.simulate(19);
    EXPECT_EQ(lines("run-spikes-12-0.dat"),
              (std::vector<std::string>{"sender\ttime_ms", "1\t1.10", "2\t1.10", "1\t11.10", "2\t11.10"}));
    auto const samples = lines("run-multimeter-13-0.dat");
    ASSERT_EQ(samples.size(), 1u + 2 * 40);
    EXPECT_EQ(samples[0], "sender\ttime_step\ttime_offset\tV_m");
    EXPECT_EQ(samples[1].substr(0, 10), "10\t5\t0.000");
    EXPECT_EQ(samples[2].substr(0, 10), "11\t5\t0.000");
    EXPECT_EQ(net.spikes(r).senders, (ids{1, 2, 1, 2}));
    EXPECT_TRUE(net.samples(m).senders.empty());
}

TEST(runs, progress) {
    network net({.seed = 7, .threads = 1});
    std::vector<std::pair<std::string, std::int64_t>> seen;
    net.on_progress([&](progress const& p) {
        EXPECT_GE(p.done, 0);
        EXPECT_LE(p.done, p.total);
        EXPECT_GT(p.total, 0);
        if (!seen.empty() && seen.back().first == p.task) { EXPECT_GE(p.done, seen.back().second); }
        seen.emplace_back(p.task, p.done);
    });
    build_plasticity(net);
    auto const connections = net.connections().source.size();
    net.simulate(20);
    ASSERT_GE(seen.size(), 2u);
    EXPECT_EQ(seen.front().first, "build");
    EXPECT_EQ(seen.back(), (std::pair<std::string, std::int64_t>{"simulate", 200}));
    for (auto const& [task, done] : seen)
        EXPECT_LE(done, std::int64_t(task == "build" ? 2 * connections : 200));
    // What it throws reaches the caller, and the network can go on.
    net.on_progress([&](progress const&) { throw std::runtime_error("enough"); });
    EXPECT_THROW(net.simulate(20), std::runtime_error);
    net.on_progress({});
    net.simulate(double(400 - net.steps()) * 0.1);
    EXPECT_EQ(hash_of(net), run({"whole", build_plasticity, 40}, {}).hash);
}

TEST(runs, interrupted_by_the_progress_callback) {
    network net({.seed = 7, .threads = 2, .partitions = 2});
    build_plasticity(net);
    net.on_progress([&](progress const& p) {
        if (p.task == "simulate") net.interrupt();
    });
    net.prepare();
    std::this_thread::sleep_for(std::chrono::milliseconds(150));  // so that the first slice is reported
    auto const m = error_of<interrupted>([&] { net.simulate(40); });
    EXPECT_EQ(m.object, "simulate");
    EXPECT_LT(net.steps(), 400);
    EXPECT_GT(net.steps(), 0);
    EXPECT_EQ(m.value, fmt::format("{} ms", double(net.steps()) * 0.1));
    net.on_progress({});
    net.simulate(double(400 - net.steps()) * 0.1);
    EXPECT_EQ(hash_of(net), run({"whole", build_plasticity, 40}, {}).hash);
}

TEST(runs, interrupted_by_another_thread) {
    network net({.seed = 7, .threads = 2, .partitions = 2});
    build_long_slices(net);
    auto const recorder = net.create("spike_recorder");
    net.connect(nodes(1, 104), recorder);
    std::atomic<bool> done = false;
    std::thread other([&] {
        while (!done) {
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
            net.interrupt();
        }
    });
    int interruptions = 0;
    while (net.steps() < 20000) {
        try {
            net.simulate(double(20000 - net.steps()) * 0.1);
        } catch (interrupted const&) { ++interruptions; }
    }
    done = true;
    other.join();
    EXPECT_GT(interruptions, 3);
    auto const spikes = net.spikes(recorder).steps;
    auto const whole = run({"whole", build_long_slices, 2000}, {.recorded = true});
    EXPECT_EQ(hash_of(net), whole.hash);
    EXPECT_EQ(spikes, whole.spike_steps);
}

TEST(runs, statistics_of_a_run) {
    network net({.threads = 1, .profile = true, .partitions = 2});
    auto const n = net.create("ignore_and_fire", 10, {{"rate", 100.0}});
    auto const g = net.create(
        "spike_generator", 1,
        {{"spike_times", numbers{1, 2}}, {"spike_multiplicities", std::vector<std::int64_t>{1, 3}}});
    auto const p = net.create("poisson_generator", 1, {{"rate", 1000.0}});
    net.connect(n, n, fixed_indegree(5), {.model = "stdp_synapse"});
    net.connect(n.slice(0, 3), n, all_to_all());
    net.connect(g, n, all_to_all());
    net.connect(p, n, all_to_all());
    net.simulate(100.5);
    auto const s = net.stats();
    EXPECT_EQ(s.neurons, 10);
    EXPECT_EQ(s.connections, 50 + 30 + 10);
    EXPECT_EQ(s.plastic_connections, 50);
    EXPECT_EQ(s.spikes, 100);
    EXPECT_EQ(s.plastic_events, 10 * 50);
    EXPECT_EQ(s.synaptic_events, 10 * 50 + 10 * 30 + 4 * 10);
    EXPECT_EQ(s.connection_bytes, s.plastic_bytes + s.static_bytes);
    EXPECT_GT(s.plastic_bytes, 50 * 10);
    EXPECT_GT(s.neuron_bytes, 10 * 8);
    for (auto const seconds :
         {s.build_seconds, s.simulate_seconds, s.update_seconds, s.deliver_seconds, s.plastic_seconds})
        EXPECT_GT(seconds, 0);
    EXPECT_LE(s.update_seconds + s.drive_seconds + s.gather_seconds + s.deliver_seconds + s.plastic_seconds,
              1.1 * s.simulate_seconds + 0.01);
}

TEST(runs, time) {
    network net({.resolution = 0.1, .threads = 1});
    EXPECT_EQ(net.resolution(), 0.1);
    if (auto const* chosen = std::getenv("RANVIER_BACKEND")) { EXPECT_EQ(net.backend(), chosen); }
    if (net.backend() == "cpu") { EXPECT_EQ(net.threads(), 1); }
    for (int k = 0; k < 7; ++k) net.simulate(0.1);
    EXPECT_EQ(net.steps(), 7);
    EXPECT_EQ(net.time(), 0.7000000000000001);  // 0.001 * tics, as the reference has it
    net.simulate(0);
    net.simulate(0.30000000000000004);
    EXPECT_EQ(net.steps(), 10);
}

}  // namespace
}  // namespace ranvier::test
