// Recorders of weights and correlations, pulse packets, and the screen: on every backend, for any number of
// threads, partitions and runs.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <tuple>

#include "tests/errors_for_tests.h"
#include "tests/files_for_tests.h"

namespace ranvier::test {
namespace {

using reals = std::vector<double>;
using integers = std::vector<std::int64_t>;

/// Neurons that fire by noise, recurrent plastic synapses of a model, one recorder. Simulated 60 ms.
struct plastic_net {
    network net;
    nodes neurons, recorder;
    plastic_net(std::string const& model, variation const& v, bool recorded = true, double delay = 1.5)
        : net({.seed = v.seed, .threads = v.threads, .partitions = v.partitions}) {
        neurons = net.create("iaf_psc_alpha", 40);
        recorder = net.create("weight_recorder");
        auto const relays = net.create("parrot_neuron", 5);
        net.connect(noise(net, 9000), neurons, all_to_all(), {.weight = 40.0});
        net.connect(noise(net, 3000), relays);  // often several spikes in a step
        if (recorded) net.set_defaults(model, {{"weight_recorder", recorder.front()}});
        net.connect(neurons + relays, neurons, fixed_indegree(9), {.model = model, .delay = delay});
        net.connect(neurons, neurons, fixed_indegree(4), {.model = model, .delay = uniform(0.5, 4)});
        // What generators send is not recorded.
        auto const generator =
            net.create("spike_generator", 1,
                       {{"spike_times", reals{5, 17, 17, 40}}, {"spike_weights", reals{2, 1, 3, 1}}});
        net.connect(generator, neurons, all_to_all(), {.model = model, .delay = delay});
        auto const pieces = v.pieces.empty() ? std::vector<std::int64_t>{600} : v.pieces;
        for (std::size_t i = 0; net.steps() < 600; ++i)
            net.simulate(0.1 * double(std::min(pieces[i % pieces.size()], 600 - net.steps())));
    }
    std::vector<std::tuple<std::int64_t, std::int32_t, std::vector<std::uint64_t>>> sent() const {
        std::vector<std::tuple<std::int64_t, std::int32_t, std::vector<std::uint64_t>>> all;
        auto const d = net.samples(recorder);
        for (std::size_t i = 0; i < d.steps.size(); ++i) {
            std::vector<std::uint64_t> row;
            for (auto const& column : d.values) row.push_back(bits(column[i]));
            all.emplace_back(d.steps[i], d.senders[i], row);
        }
        return all;
    }
};

constexpr char const* recorded_models[] = {"static_synapse",       "stdp_synapse",    "stdp_synapse_hpc",
                                           "stdp_triplet_synapse", "tsodyks_synapse", "bernoulli_synapse"};

TEST(WeightRecorder, RecordsTheSameHoweverTheNetworkIsRun) {
    for (auto const* model : recorded_models) {
        SCOPED_TRACE(model);
        plastic_net const one(model, {});
        auto const expected = one.sent();
        EXPECT_GT(expected.size(), 3000u);
        for (auto const& v : {variation{2, 3, {7, 31, 1}}, variation{1, 2, {100}}})
            EXPECT_TRUE(plastic_net(model, v).sent() == expected) << text(v);
        EXPECT_FALSE(plastic_net(model, {.seed = 8}).sent() == expected);
    }
}

TEST(WeightRecorder, ChangesNothing) {
    for (auto const* model : recorded_models) {
        plastic_net with(model, {}), without(model, {}, false);
        EXPECT_EQ(hash_of(with.net), hash_of(without.net)) << model;
        EXPECT_TRUE(without.sent().empty());
    }
}

/// The last weight recorded of each connection is the one that it has.
TEST(WeightRecorder, AgreesWithTheConnections) {
    plastic_net p("stdp_synapse", {});
    auto const t = p.net.connections({}, {}, "stdp_synapse");
    auto const d = p.net.samples(p.recorder);
    std::map<std::size_t, double> last;  // by port
    for (std::size_t i = 0; i < d.steps.size(); ++i) {
        auto const port = std::size_t(d.values[3][i]);
        ASSERT_LT(port, t.source.size());
        EXPECT_EQ(t.source[port], d.senders[i]);
        EXPECT_EQ(t.target[port], std::int32_t(d.values[1][i]));
        EXPECT_EQ(d.values[2][i], 0);
        last[port] = d.values[0][i];
    }
    EXPECT_GT(last.size(), 400u);
    for (auto const& [port, weight] : last) EXPECT_EQ(t.weight[port], weight);
}

/// Twice as many sent spikes as come to the targets would be seen; half of them fail.
TEST(WeightRecorder, RecordsOnlyWhatIsSent) {
    network net({.threads = 1});
    auto const source = net.create("spike_generator"), relay = net.create("parrot_neuron"),
               targets = net.create("parrot_neuron", 200), weights = net.create("weight_recorder"),
               spikes = net.create("spike_recorder");
    net.set(source, {{"spike_times", reals{1, 2, 3, 3, 4}}});
    net.connect(source, relay);
    net.copy_model("bernoulli_synapse", "recorded",
                   {{"weight_recorder", weights.front()}, {"p_transmit", 0.5}});
    net.connect(relay, targets, all_to_all(), {.model = "recorded", .delay = 1.0});
    net.connect(targets, spikes);
    net.simulate(10);
    auto const d = net.samples(weights);
    auto const came = net.spikes(spikes);
    EXPECT_GT(d.steps.size(), 350u);
    EXPECT_LT(d.steps.size(), 650u);
    std::vector<std::pair<std::int64_t, std::int32_t>> sent, received;
    for (std::size_t i = 0; i < d.steps.size(); ++i)
        sent.emplace_back(d.steps[i] + 10, std::int32_t(d.values[1][i]));
    for (std::size_t i = 0; i < came.steps.size(); ++i) received.emplace_back(came.steps[i], came.senders[i]);
    std::sort(sent.begin(), sent.end());
    std::sort(received.begin(), received.end());
    EXPECT_EQ(sent, received);
}

/// With delays that do not fit the inbox, transmissions are known when they are delivered.
TEST(WeightRecorder, TakesLongDelays) {
    for (auto const* model : {"static_synapse", "stdp_synapse"})
        for (double const delay : {1.0, 150.0}) {
            network net({.threads = 1});
            auto const source = net.create("spike_generator", 1, {{"spike_times", reals{1, 2, 30, 31}}});
            auto const pre = net.create("parrot_neuron"), post = net.create("iaf_psc_alpha", 2),
                       recorder = net.create("weight_recorder");
            net.connect(source, pre);
            net.copy_model(model, "recorded", {{"weight_recorder", recorder.front()}, {"weight", 2.0}});
            net.connect(pre, post, all_to_all(), {.model = "recorded", .delay = delay});
            net.simulate(15);
            net.simulate(200);
            auto const d = net.samples(recorder);
            EXPECT_EQ(d.steps, (integers{20, 20, 30, 30, 310, 310, 320, 320})) << model << delay;
            EXPECT_EQ(d.values[0], reals(8, 2.0)) << model << delay;
        }
}

TEST(WeightRecorder, FiltersAndEnds) {
    network net({.threads = 1});
    auto const source = net.create("spike_generator", 1, {{"spike_times", reals{1, 2, 3, 4, 5}}});
    auto const pre = net.create("parrot_neuron", 3), post = net.create("parrot_neuron", 3);
    auto const recorder = net.create("weight_recorder", 1, {{"start", 2.0}, {"stop", 5.0}});
    auto const of = [](nodes const& n, std::int64_t i) { return std::int64_t{n[i]}; };
    net.set(recorder, {{"senders", integers{of(pre, 2), of(pre, 0)}}, {"targets", integers{of(post, 1)}}});
    EXPECT_EQ(*net.look_up(recorder.front(), "senders").get<integers>(), (integers{of(pre, 0), of(pre, 2)}));
    net.connect(source, pre);
    net.connect(source, post);  // neither from nor to devices
    net.set_defaults("static_synapse", {{"weight_recorder", recorder.front()}});
    net.connect(pre, post, all_to_all(), {.weight = 3.0});
    net.simulate(4);
    net.set(recorder, {{"targets", integers{}}});
    net.simulate(1);
    net.set_defaults("static_synapse", {{"weight_recorder", integers{}}});
    net.simulate(10);
    auto const d = net.samples(recorder);
    // Relays are one step of delay, 1 ms, later: stamps 3 ... 5 ms are in the window; of the first to the
    // targets 0 and 2 nothing is recorded.
    EXPECT_EQ(d.steps, (integers{30, 30, 40, 40, 50, 50, 50, 50, 50, 50}));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(d.values[1][i], of(post, 1));
    EXPECT_EQ(d.values[3][0], 1);  // port: the generators' connections are not counted
    EXPECT_EQ(d.values[3][1], 7);
    EXPECT_EQ(std::count(d.senders.begin(), d.senders.end(), pre[1]), 0);
    EXPECT_EQ(net.get(recorder, "n_events")[0], 10);
    net.set(recorder, {{"n_events", 0}});
    EXPECT_TRUE(net.samples(recorder).steps.empty());
}

TEST(WeightRecorder, FollowsSetWeights) {
    network net({.threads = 1});
    auto const source = net.create("spike_generator", 1, {{"spike_times", reals{1, 2, 3, 4}}});
    auto const pre = net.create("parrot_neuron"), post = net.create("parrot_neuron"),
               recorder = net.create("weight_recorder");
    net.connect(source, pre);
    net.copy_model("static_synapse_hom_w", "hom", {{"weight_recorder", recorder.front()}});
    net.copy_model("static_synapse", "own", {{"weight_recorder", recorder.front()}});
    net.connect(pre, post, all_to_all(), {.model = "hom"});
    net.connect(pre, post, all_to_all(), {.model = "own", .weight = 2.0});
    net.simulate(2);
    net.set_defaults("hom", {{"weight", 5.0}});
    auto const own = net.connections({}, {}, "own");
    net.set_weights(own.handle, {7.0});
    net.simulate(1);
    EXPECT_EQ(net.samples(recorder).values[0], (reals{1, 2, 5, 7}));
}

TEST(WeightRecorder, WritesFilesAndTheScreen) {
    temporary_directory const dir;
    network net({.threads = 1});
    net.set_output({.data_path = dir.path().string()});
    auto const source = net.create("spike_generator", 1, {{"spike_times", reals{1, 2}}});
    auto const pre = net.create("parrot_neuron"), post = net.create("parrot_neuron", 2);
    auto const to = std::vector<std::string>{"ascii", "screen", "memory"};
    auto const recorder = net.create("weight_recorder", 1, {{"record_to", to}, {"precision", 2}});
    auto const spikes = net.create("spike_recorder", 1, {{"record_to", "screen"}, {"time_in_steps", true}});
    net.connect(source, pre);
    net.connect(pre, spikes);
    net.copy_model("stdp_synapse", "recorded", {{"weight_recorder", recorder.front()}});
    net.connect(pre, post, all_to_all(), {.model = "recorded", .weight = 2.25});
    testing::internal::CaptureStdout();
    net.simulate(5);
    std::string const first = "2\t2.00\t2.25\t3\t0\t0\n2\t2.00\t2.25\t4\t0\t1\n",
                      second = "2\t3.00\t2.25\t3\t0\t0\n2\t3.00\t2.25\t4\t0\t1\n";
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "2\t20\t0.000\n" + first + "2\t30\t0.000\n" + second);
    auto const text = text_of(dir.path() / "weight_recorder-5-0.dat");
    auto const header = std::string("sender\ttime_ms\tweights\ttargets\treceptors\tports\n");
    EXPECT_EQ(text.substr(text.find("sender")), header + first + second);
    EXPECT_EQ(net.samples(recorder).steps, (integers{20, 20, 30, 30}));
    EXPECT_EQ(net.get(spikes, "n_events")[0], 2);
    EXPECT_TRUE(net.spikes(spikes).steps.empty());  // not in memory
}

TEST(Screen, SaysIfItTakesNoText) {
    network net({.threads = 1});
    auto const neuron = net.create("iaf_psc_alpha", 1, {{"I_e", 1000.0}});
    auto const recorder = net.create("spike_recorder", 1, {{"record_to", "screen"}});
    net.connect(neuron, recorder);
    std::fflush(stdout);
    auto const before = ::dup(1), full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(::dup2(full, 1), 0);
    EXPECT_THROW(net.simulate(50), file_error);
    ::dup2(before, 1);
    ::close(before);
    ::close(full);
    net.set(recorder, {{"record_to", "memory"}});
    net.simulate(50);
    EXPECT_FALSE(net.spikes(recorder).steps.empty());
}

TEST(WeightRecorder, IsGivenToModels) {
    auto const recorder_of = [](network& net) {
        auto const d = net.defaults("stdp_synapse");
        return *std::find_if(d.begin(), d.end(), [](auto const& v) {
                    return v.first == "weight_recorder";
                })->second.get<std::int64_t>();
    };
    network net({.threads = 1});
    auto const recorder = net.create("weight_recorder"), neurons = net.create("iaf_psc_alpha", 2);
    EXPECT_EQ(recorder_of(net), 0);
    net.set_defaults("stdp_synapse", {{"weight_recorder", recorder.front()}});
    EXPECT_EQ(recorder_of(net), recorder.front());
    auto const rejects = [&](auto error, parameter const& value, std::string const& shown) {
        using E = typename decltype(error)::type;
        auto const m = error_of<E>([&] {
            net.set_defaults("stdp_synapse", {{"weight", 9.0}, {"weight_recorder", value}});
        });
        expect_complete(m, "stdp_synapse", "weight_recorder", shown);
        EXPECT_EQ(recorder_of(net), recorder.front());
    };
    rejects(std::type_identity<illegal_connection>{}, neurons.front(), "2");
    rejects(std::type_identity<unknown_node>{}, 99, "99");
    rejects(std::type_identity<unknown_node>{}, -1, "-1");
    rejects(std::type_identity<wrong_type>{}, 1.0, "1");
    rejects(std::type_identity<wrong_size>{}, integers{1, 1}, "1");
    EXPECT_THROW(net.connect(neurons, recorder), illegal_connection);
    EXPECT_THROW(net.connect(recorder, neurons), illegal_connection);
    std::vector<std::int32_t> const a{neurons.front()}, b{recorder.front()};
    EXPECT_THROW(net.connect({a, b}), illegal_connection);
    EXPECT_THROW(net.connect({b, a}), illegal_connection);
    EXPECT_THROW(net.connect(neurons, neurons, all_to_all(),
                             {.model = "stdp_synapse", .params = {{"weight_recorder", recorder.front()}}}),
                 illegal_connection);
    EXPECT_THROW(net.set(recorder, {{"senders", integers{99}}}), unknown_node);
    EXPECT_THROW(net.set(recorder, {{"targets", 1.5}}), wrong_type);
    EXPECT_THROW(net.spikes(recorder), unknown_node);
}

}  // namespace
}  // namespace ranvier::test
