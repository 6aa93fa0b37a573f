// Synapses that dopamine modulates, in networks: laws, changes between runs, long runs, mistakes.
#include "tests/errors_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
std::string const dopamine = "stdp_dopamine_synapse";

/// A parrot that spikes at given times (ms): a generator emits a delay before.
nodes relay(network& net, numbers times) {
    for (auto& t : times) t -= 1;
    auto const parrot = net.create("parrot_neuron");
    net.connect(net.create("spike_generator", 1, {{"spike_times", times}}), parrot);
    return parrot;
}

/// A synapse with eligibility and dopamine of its own, and nothing that happens; h = 0.1 ms.
struct quiet {
    network net;
    nodes pre, post, transmitter;
    explicit quiet(dictionary const& common = {}, dictionary const& params = {{"c", 2.0}, {"n", 0.5}},
                   int threads = 1)
        : net({.threads = threads}) {
        pre = relay(net, {}), post = relay(net, {});
        transmitter = give_transmitter(net);
        net.set_defaults(dopamine, common);
        net.connect(pre, post, all_to_all(),
                    {.model = dopamine, .weight = 50.0, .delay = 1.0, .params = params});
    }
    double value(char const* name) {
        return net.connection_values(net.connections({}, {}, dopamine).handle, name).at(0);
    }
};

/// w' = c (n - b), c and n decay.
double integral(double c, double n, double b, double t, double tau_c = 1000, double tau_n = 200) {
    auto const s = 1 / tau_c + 1 / tau_n;
    return -c * (n / s * std::expm1(-s * t) - b * tau_c * std::expm1(-t / tau_c));
}

TEST(dopamine_law, weights_follow_eligibility_and_dopamine) {
    for (double const b : {0.0, 0.01, -0.02}) {
        quiet q({{"b", b}, {"Wmax", 1000.0}});
        double t = 0;
        for (double const ms : {0.1, 3.0, 20.0, 400.0, 1000.0}) {
            q.net.simulate(ms);
            t += ms;
            EXPECT_NEAR(q.value("weight"), 50 + integral(2, 0.5, b, t), 1e-11) << t;
            EXPECT_NEAR(q.value("c"), 2 * std::exp(-t / 1000), 1e-14);
            EXPECT_NEAR(q.value("n"), 0.5 * std::exp(-t / 200), 1e-14);
        }
    }
}

/// The bound holds where the weight turns back.
TEST(dopamine_law, bounds_hold_on_the_way) {
    quiet q({{"b", 0.1}, {"Wmax", 60.0}});
    auto const turn = 200 * std::log(5.0);  // n = b, in the step that ends at 321.9 ms
    q.net.simulate(321.8);
    EXPECT_EQ(q.value("weight"), 60);
    q.net.simulate(378.2);
    auto const c = 2 * std::exp(-321.9 / 1000), n = 0.5 * std::exp(-321.9 / 200);
    EXPECT_NEAR(q.value("weight"), 60 + integral(c, n, 0.1, 700 - 321.9), 1e-11);
    EXPECT_LT(turn, 321.9);
    EXPECT_GT(turn, 321.8);
}

TEST(dopamine_law, spikes_arrive_after_their_delay_as_often_as_they_are) {
    network net;
    auto const pre = relay(net, {}), post = relay(net, {}), many = net.create("parrot_neuron", 3);
    net.connect(
        net.create("spike_generator", 1,
                   {{"spike_times", numbers{4}}, {"spike_multiplicities", std::vector<std::int64_t>{2}}}),
        many);
    auto const transmitter = give_transmitter(net), other = net.create("volume_transmitter");
    net.connect(many, transmitter, all_to_all(), {.delay = 2.5});
    net.connect(many.slice(0, 1), transmitter, all_to_all(), {.delay = 7.0});
    net.connect(many, other, all_to_all(), {.delay = 1.0});
    net.connect(pre, post, all_to_all(), {.model = dopamine});
    auto n = [&] { return net.connection_values(net.connections({}, {}, dopamine).handle, "n").at(0); };
    net.simulate(7.4);
    EXPECT_EQ(n(), 0);
    net.simulate(0.1);
    EXPECT_NEAR(n(), 6.0 / 200, 1e-16);
    net.simulate(4.4);
    EXPECT_NEAR(n(), 0.03 * std::exp(-4.4 / 200), 1e-16);
    net.simulate(0.1);
    EXPECT_NEAR(n(), 0.03 * std::exp(-4.5 / 200) + 0.01, 1e-16);
}

/// Reading changes no bit; a connection that is set goes on from there, and others as they would have.
TEST(dopamine_in_networks, what_is_read_is_as_of_now) {
    auto build = [](network& net) {
        build_modulated(net);
        net.simulate(31.3);
    };
    network read({.seed = 3, .threads = 2, .partitions = 3}), left({.seed = 3, .threads = 1});
    build(read), build(left);
    for (int i = 0; i < 20; ++i) {
        read.connections({}, {}, dopamine);
        read.summarise_weights(dopamine);
        read.connection_values(read.connections({5, 9}, {}, dopamine).handle, "n");
        read.simulate(0.7);
    }
    left.simulate(14);
    EXPECT_EQ(hash_of(read), hash_of(left));
    auto const all = left.connections({}, {}, dopamine);
    auto const mean = std::accumulate(all.weight.begin(), all.weight.end(), 0.0) / double(all.weight.size());
    EXPECT_NEAR(left.summarise_weights(dopamine).mean, mean, 1e-9);
    EXPECT_EQ(all.weight, left.connection_values(all.handle, "weight"));
}

TEST(dopamine_in_networks, what_is_set_holds_from_then_on) {
    quiet q, plain;
    for (auto* const x : {&q, &plain}) x->net.simulate(10);
    auto const handle = q.net.connections({}, {}, dopamine).handle;
    auto const c = q.value("c"), n = q.value("n"), w = q.value("weight");
    q.net.set_connection_values(handle, "c", {-1.5});
    EXPECT_EQ(q.value("c"), -1.5);
    EXPECT_EQ(q.value("n"), n);
    EXPECT_EQ(q.value("weight"), w);
    q.net.simulate(10);
    EXPECT_NEAR(q.value("weight"), w + integral(-1.5, n, 0, 10), 1e-11);
    q.net.set_weights(handle, {20});
    q.net.set_connection_values(handle, "n", {0.25});
    EXPECT_EQ(q.value("weight"), 20);
    auto const c20 = q.value("c");
    q.net.simulate(10);
    EXPECT_NEAR(q.value("weight"), 20 + integral(c20, 0.25, 0, 10), 1e-11);
    // The model's properties, too.
    plain.net.set_defaults(dopamine, {{"tau_c", 50.0}, {"b", 0.3}});
    EXPECT_EQ(plain.value("weight"), w);
    plain.net.simulate(10);
    EXPECT_NEAR(plain.value("weight"), w + integral(c, n, 0.3, 10, 50), 1e-11);
}

/// Arrivals of the transmitter that the model has at that time.
TEST(dopamine_in_networks, the_transmitter_may_change) {
    network net;
    auto const pre = relay(net, {}), post = relay(net, {}), first = relay(net, {5, 15}),
               second = relay(net, {6, 16});
    auto const a = give_transmitter(net), b = net.create("volume_transmitter");
    net.connect(first, a), net.connect(second, b);
    net.connect(pre, post, all_to_all(), {.model = dopamine});
    auto n = [&] { return net.connection_values(net.connections({}, {}, dopamine).handle, "n").at(0); };
    net.simulate(10);
    EXPECT_NEAR(n(), std::exp(-4.0 / 200) / 200, 1e-16);
    net.set_defaults(dopamine, {{"volume_transmitter", b.front()}});
    net.simulate(10);
    EXPECT_NEAR(n(), (std::exp(-14.0 / 200) + std::exp(-3.0 / 200)) / 200, 1e-16);
}

/// What is given with a connection holds from when it is made.
TEST(dopamine_in_networks, connections_may_come_later) {
    quiet q;
    q.net.simulate(33);
    q.net.connect(q.post, q.pre, all_to_all(),
                  {.model = dopamine, .weight = 7.0, .params = {{"Kplus", 3.0}, {"c", -1.0}, {"n", 0.25}}});
    q.net.simulate(12);
    auto const t = q.net.connections(q.post, q.pre, dopamine);
    EXPECT_NEAR(t.weight.at(0), 7 + integral(-1, 0.25, 0, 12), 1e-12);
    EXPECT_NEAR(t.Kplus.at(0), 3 * std::exp(-12.0 / 20), 1e-15);
    EXPECT_NEAR(q.net.connection_values(t.handle, "n").at(0), 0.25 * std::exp(-12.0 / 200), 1e-16);
    EXPECT_NEAR(q.value("weight"), 50 + integral(2, 0.5, 0, 45), 1e-11);
}

/// More arrivals and postsynaptic spikes than are kept, while the source is silent.
TEST(dopamine_in_networks, memory_of_long_runs_is_bounded) {
    std::vector<hash_text> hashes;
    std::int64_t bytes = 0;
    for (auto const& [threads, partitions, pieces] : {std::tuple{1, 1, 1}, {2, 3, 7}, {1, 2, 40}}) {
        network net({.seed = 3, .threads = threads, .partitions = partitions});
        auto const pre = relay(net, {3, 500, 1290}),
                   post = net.create("ignore_and_fire", 4, {{"rate", 400.0}}),
                   busy =
                       net.create("ignore_and_fire", 3, {{"rate", 300.0}, {"phase", numbers{0.3, 0.6, 0.9}}});
        net.connect(busy, give_transmitter(net), all_to_all(), {.delay = 0.4});
        net.connect(pre, post, all_to_all(), {.model = dopamine, .weight = 9.0, .delay = uniform(0.3, 4)});
        for (int i = 0; i < pieces; ++i) {
            net.simulate(0.1 * double(13000 * (i + 1) / pieces - 13000 * i / pieces));
            if (i == 0) bytes = net.stats().neuron_bytes;
        }
        EXPECT_EQ(net.stats().neuron_bytes, bytes);
        EXPECT_GT(net.stats().spikes, 2500);
        hashes.push_back(hash_of(net));
        for (auto const n : net.connection_values(net.connections({}, {}, dopamine).handle, "n"))
            EXPECT_NEAR(n, 0.9, 0.05);  // 0.9 spikes / ms, each of 1 / 200 that lasts 200 ms
    }
    EXPECT_EQ(hashes[0], hashes[1]);
    EXPECT_EQ(hashes[0], hashes[2]);
}

TEST(dopamine_in_networks, needs_a_transmitter) {
    network net;
    auto const a = net.create("parrot_neuron", 3), v = net.create("volume_transmitter", 2);
    for (auto const* model :
         {"stdp_dopamine_synapse", "stdp_dopamine_synapse_hpc", "stdp_dopamine_synapse_lbl"}) {
        auto const m = error_of<out_of_range>([&] { net.connect(a, a, all_to_all(), {.model = model}); });
        expect_complete(m, model, "volume_transmitter", "none");
        EXPECT_NE(m.allowed.find("No volume transmitter has been assigned to the dopamine synapse."),
                  std::string::npos);
    }
    EXPECT_EQ(net.connections().source.size(), 0u);
    net.copy_model(dopamine, "mine", {{"volume_transmitter", v.front()}});
    EXPECT_THROW(net.connect(a, a, all_to_all(), {.model = dopamine}), out_of_range);
    net.connect(a, a, all_to_all(), {.model = "mine"});
    EXPECT_EQ(net.connections().source.size(), 9u);
    auto const all = net.defaults("mine");
    auto const found =
        std::find_if(all.begin(), all.end(), [](auto const& d) { return d.first == "volume_transmitter"; });
    ASSERT_NE(found, all.end());
    EXPECT_EQ(*found->second.get<std::int64_t>(), v.front());
}

TEST_F(errors, transmitters) {
    auto const v = first("volume_transmitter");
    auto set = [&](parameter const& value) {
        return [&, value] { net.set_defaults(dopamine, {{"b", 0.5}, {"volume_transmitter", value}}); };
    };
    rejects<illegal_connection>(dopamine, "volume_transmitter", "", set(a.front()));
    rejects<unknown_node>(dopamine, "volume_transmitter", "99999", set(std::int64_t{99999}));
    rejects<wrong_size>(dopamine, "volume_transmitter", "", set(std::vector<std::int64_t>{v[0], v[1]}));
    rejects<out_of_range>(dopamine, "volume_transmitter", "0", set(std::int64_t{0}));
    rejects<out_of_range>(dopamine, "volume_transmitter", "", set(std::vector<std::int64_t>{}));
    rejects<wrong_type>(dopamine, "volume_transmitter", "", set(1.5));
    rejects<unknown_parameter>("stdp_synapse", "volume_transmitter", "", [&] {
        net.set_defaults("stdp_synapse", {{"volume_transmitter", v.front()}});
    });
    rejects<illegal_connection>(dopamine, "volume_transmitter", "", [&] {
        net.connect(a, a, all_to_all(), {.model = dopamine, .params = {{"volume_transmitter", v.front()}}});
    });
    for (auto const& from : {poisson, clock, current})
        rejects<illegal_connection>("volume_transmitter", "source", "", [&] { net.connect(from, v); });
    rejects<illegal_connection>(dopamine, "target", "transmitter",
                                [&] { net.connect(a, v, all_to_all(), {.model = dopamine}); });
    rejects<illegal_connection>("volume_transmitter", "receptor", "1",
                                [&] { net.connect(a, v, all_to_all(), {.receptor = 1}); });
    rejects<illegal_connection>("volume_transmitter", "rule", "random",
                                [&] { net.connect(a, v, fixed_indegree(1)); });
    rejects<bad_delay>("static_synapse", "delay", "0.04",
                       [&] { net.connect(a, v, all_to_all(), {.delay = 0.04}); });
    for (auto const& to : {a, parrot})
        rejects<illegal_connection>("connect", "direction", "volume_transmitter",
                                    [&] { net.connect(v, to); });
    rejects<illegal_connection>("spike_recorder", "source", "volume_transmitter",
                                [&] { net.connect(v, recorder); });
    rejects<illegal_connection>("volume_transmitter", "source", "volume_transmitter",
                                [&] { net.connect(v, v); });
    rejects<illegal_connection>("connect", "target", "", [&] {
        net.connect(edge_list{std::vector{a[0]}, std::vector{v[0]}});
    });
    rejects<unknown_parameter>("volume_transmitter", "start", "", [&] { net.set(v, {{"start", 1.0}}); });
    rejects<unknown_parameter>("volume_transmitter", "stop", "", [&] { net.get(v, "stop"); });
    rejects<wrong_type>("volume_transmitter", "deliver_interval", "2.5", [&] {
        net.set(v, {{"deliver_interval", 2.5}});
    });
    rejects<out_of_range>("volume_transmitter", "deliver_interval", "0", [&] {
        net.create("volume_transmitter", 1, {{"deliver_interval", std::int64_t{0}}});
    });
    auto const handle = net.connections({}, {}, dopamine).handle[0];
    rejects<illegal_connection>(dopamine, "Kplus", "1",
                                [&] { net.set_connection_values({handle}, "Kplus", {1}); });
    rejects<out_of_range>(dopamine, "c", "nan",
                          [&] { net.set_connection_values({handle}, "c", {std::nan("")}); });
    rejects<wrong_type>(dopamine, "c", "", [&] {
        net.connect(a, a, all_to_all(), {.model = dopamine, .params = {{"c", uniform(0, 1)}}});
    });
}

TEST(volume_transmitters, say_what_they_were_given) {
    network net;
    auto const v = net.create("volume_transmitter", 2, {{"deliver_interval", std::int64_t{3}}});
    EXPECT_EQ(net.get(v, "deliver_interval"), (numbers{3, 3}));
    net.set(v.slice(1, 2), {{"deliver_interval", std::int64_t{7}}});
    EXPECT_EQ(net.get(v, "deliver_interval"), (numbers{3, 7}));
    net.copy_model("volume_transmitter", "slow", {{"deliver_interval", std::int64_t{5}}});
    EXPECT_EQ(net.get(net.create("slow"), "deliver_interval"), numbers{5});
}

}  // namespace
}  // namespace ranvier::test
