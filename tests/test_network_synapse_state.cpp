// State of connections as users see it, and which random numbers connections draw.
#include "kernels/sending.h"

#include "tests/errors_for_tests.h"
#include "tests/naive_stdp.h"

namespace ranvier::test {
namespace {

/// Parrots that repeat a train, and neurons whose potential is the sum of what they got.
struct adding_up {
    network net;
    nodes relays, sums;

    explicit adding_up(options const& o = {.seed = 11, .threads = 1}, std::int64_t n = 40) : net(o) {
        relays = net.create("parrot_neuron", 3);
        sums =
            net.create("iaf_psc_delta", n,
                       {{"tau_m", infinity()}, {"E_L", 0.0}, {"V_m", 0.0}, {"V_reset", 0.0}, {"V_th", 1e9}});
        auto const train = net.create("spike_generator", 1,
                                      {{"spike_times", std::vector<double>{1.0, 2.5, 2.6, 40.0, 99.9}},
                                       {"spike_multiplicities", std::vector<std::int64_t>{1, 3, 1, 2, 1}}});
        net.connect(train, relays);
    }
    static double infinity() { return std::numeric_limits<double>::infinity(); }
    /// Stamps of the relays' spikes, in steps; a spike's number among those of its step.
    static std::vector<std::pair<std::int64_t, std::int32_t>> spikes() {
        return {{20, 0}, {35, 0}, {35, 1}, {35, 2}, {36, 0}, {410, 0}, {410, 1}, {1009, 0}};
    }
};

/// Sends iff the first number of (connect, target, source, step; rank, number among a step's spikes) is below
/// p: exactly, however the network is run.
TEST(draws_of_connections, are_those_of_their_keys) {
    std::vector<double> first;
    for (auto const& [threads, partitions, pieces] :
         {std::tuple{1, 1, 1}, {2, 3, 1}, {3, 16, 1}, {1, 2, 37}, {3, 5, 113}}) {
        adding_up n({.seed = 11, .threads = threads, .partitions = partitions});
        // Connect 1: all pairs twice in one connect. Connect 2: the same pairs again, long delays among them.
        std::vector<std::int32_t> from, to;
        std::vector<double> delay;
        for (int copy = 0; copy < 2; ++copy)
            for (auto const i :
                 n.relays.list().empty() ? std::vector<std::int32_t>{1, 2, 3} : n.relays.list())
                for (std::int64_t j = 0; j < n.sums.size(); ++j) {
                    from.push_back(i), to.push_back(n.sums[j]);
                    delay.push_back(copy ? 105.0 : 1.0 + 0.1 * double(j % 7));
                }
        synapse s{.model = "bernoulli_synapse", .weight = 1.0, .params = {{"p_transmit", 0.4}}};
        s.delay = 1.5;
        n.net.connect({from, to}, s);
        s.weight = 1024.0;
        s.delay = delay;
        n.net.connect({from, to}, s);
        for (int i = 0; i < pieces; ++i)
            n.net.simulate(0.1 * double(3000 * (i + 1) / pieces - 3000 * i / pieces));
        auto const V = n.net.get(n.sums, "V_m");
        if (first.empty()) {
            first = V;
            for (std::int64_t j = 0; j < n.sums.size(); ++j) {
                double sum = 0;
                for (auto const source : {1, 2, 3})
                    for (auto const& [t, nth] : adding_up::spikes())
                        for (std::int64_t const copy : {0, 1})
                            for (std::uint32_t const connect : {1u, 2u}) {
                                // Of the second connect, one of two equals is in the next band: the only
                                // there.
                                bool const far = connect == 2 && copy == 1;
                                draws_of_edge const d{make_key(11, stream_kind::synapse, connect),
                                                      far ? 1 : 0, t - 1, source, nth};
                                auto random = d.of(n.sums[j], connect == 1 ? copy : 0);
                                if (random.uniform() < 0.4) sum += connect == 1 ? 1 : 1024;
                            }
                EXPECT_EQ(V[std::size_t(j)], sum) << "neuron " << j;
            }
        }
        EXPECT_EQ(V, first) << threads << " threads, " << partitions << " partitions, " << pieces
                            << " pieces";
    }
    EXPECT_GT(*std::max_element(first.begin(), first.end()), 1024);
}

TEST(state_of_connections, is_read_and_set) {
    adding_up n;
    n.net.connect(n.relays, n.sums, all_to_all(),
                  {.model = "tsodyks2_synapse",
                   .weight = 2.0,
                   .delay = 1.0,
                   .params = {{"x", 0.5}, {"u", spread(0.4, 120)}, {"U", 0.25}}});
    n.net.connect(n.relays, n.sums, all_to_all(),
                  {.model = "quantal_stp_synapse", .params = {{"a", std::int64_t{3}}}});
    auto const t = n.net.connections({}, {}, "tsodyks2_synapse"),
               q = n.net.connections({}, {}, "quantal_stp_synapse");
    ASSERT_EQ(t.handle.size(), 120u);
    auto const u = n.net.connection_values(t.handle, "u"), x = n.net.connection_values(t.handle, "x");
    auto const given = spread(0.4, 120);  // [target][source]
    for (std::size_t i = 0; i < t.handle.size(); ++i) {
        EXPECT_EQ(u[i],
                  given[std::size_t(n.sums.position(t.target[i]) * 3 + n.relays.position(t.source[i]))]);
        EXPECT_EQ(x[i], 0.5);
    }
    EXPECT_EQ(n.net.connection_values(t.handle, "weight"), t.weight);
    EXPECT_EQ(n.net.connection_values(t.handle, "delay"), t.delay);
    EXPECT_EQ(n.net.connection_values(q.handle, "a"), std::vector<double>(120, 3));

    auto const before = n.net.hash();
    std::vector<std::uint64_t> const some{t.handle[7], t.handle[50]};
    n.net.set_connection_values(some, "x", {1.0, 0.125});
    EXPECT_NE(n.net.hash().weights, before.weights);
    EXPECT_EQ(n.net.connection_values(some, "x"), (std::vector<double>{1, 0.125}));
    EXPECT_EQ(n.net.connection_values({t.handle[8]}, "x"), std::vector<double>{0.5});
    n.net.set_connection_values({q.handle[1]}, "a", {0});
    EXPECT_EQ(n.net.connection_values({q.handle[0], q.handle[1]}, "a"), (std::vector<double>{3, 0}));
    n.net.set_connection_values({t.handle[0]}, "weight", {8});
    EXPECT_EQ(n.net.connections({}, {}, "tsodyks2_synapse").weight[0], 8);
    n.net.simulate(200);
    for (auto const v : n.net.connection_values(t.handle, "x")) EXPECT_LT(v, 1);
}

TEST(state_of_connections, of_sources_comes_with_connect) {
    network net({.seed = 1, .threads = 1});
    auto const a = net.create("parrot_neuron", 4);
    net.connect(a, a, all_to_all(),
                {.model = "stdp_triplet_synapse", .params = {{"Kplus", 0.5}, {"Kplus_triplet", 2.5}}});
    net.connect(a, a, all_to_all(),
                {.model = "stdp_triplet_synapse", .params = {{"Kplus", 1.5}, {"tau_plus", spread(10, 16)}}});
    auto const t = net.connections();
    auto const k = net.connection_values(t.handle, "Kplus"),
               r = net.connection_values(t.handle, "Kplus_triplet");
    EXPECT_EQ(k, t.Kplus);
    for (std::size_t i = 0; i < k.size(); ++i) EXPECT_EQ(r[i], k[i] == 0.5 ? 2.5 : 0);
    EXPECT_EQ(std::count(k.begin(), k.end(), 0.5), 16);
}

TEST_F(errors, values_of_connections) {
    auto const t = net.connections({}, {}, "tsodyks_synapse"),
               q = net.connections({}, {}, "quantal_stp_synapse"),
               p = net.connections({}, {}, "stdp_synapse");
    auto set = [&](std::uint64_t handle, char const* name, double x) {
        return [this, handle, name, x] { net.set_connection_values({handle}, name, {x}); };
    };
    rejects<unknown_parameter>("tsodyks_synapse", "Kplus", "1", set(t.handle[0], "Kplus", 1));
    rejects<out_of_range>("tsodyks_synapse", "U", "1.5", set(t.handle[0], "U", 1.5));
    rejects<out_of_range>("tsodyks_synapse", "u", "1.5", set(t.handle[0], "u", 1.5));
    rejects<out_of_range>("tsodyks_synapse", "x", "1.25", set(t.handle[0], "x", 1.25));
    rejects<out_of_range>("tsodyks_synapse", "x", "nan", set(t.handle[0], "x", std::nan("")));
    rejects<wrong_type>("quantal_stp_synapse", "a", "1.5", set(q.handle[0], "a", 1.5));
    rejects<wrong_type>("quantal_stp_synapse", "a", "inf", set(q.handle[0], "a", INFINITY));
    rejects<out_of_range>("quantal_stp_synapse", "a", "-1", set(q.handle[0], "a", -1));
    rejects<out_of_range>("stdp_synapse", "Kplus", "-1", set(p.handle[0], "Kplus", -1));
    rejects<out_of_range>("set_connection_values", "handle", "", set(~std::uint64_t{0}, "x", 1));
    rejects<wrong_size>("set_connection_values", "x", "2 values", [&] {
        net.set_connection_values({t.handle[0]}, "x", {0.5, 0.5});
    });
    rejects<unknown_parameter>("tsodyks_synapse", "Kplus", "",
                               [&] { net.connection_values({t.handle[0]}, "Kplus"); });
    rejects<out_of_range>("connection_values", "handle", "",
                          [&] { net.connection_values({~std::uint64_t{0}}, "x"); });
}

TEST_F(errors, what_belongs_to_the_model) {
    int found = 0;
    for (auto const& m : synapse_models()) {
        for (auto const& f : m.common.fields) {
            ++found;
            rejects<illegal_connection>(m.name, f.name, fmt::format("{}", f.default_value), [&] {
                net.connect(a, a, all_to_all(), {.model = m.name, .params = {{f.name, f.default_value}}});
            });
        }
        if (m.common_weight)
            rejects<illegal_connection>(m.name, "weight", "2", [&] {
                net.connect(a, a, all_to_all(), {.model = m.name, .weight = 2.0});
            });
    }
    EXPECT_EQ(found, 3 * (4 + 6 + 4 + 8));
}

TEST_F(errors, numbers_of_sites) {
    auto with = [&](parameter const& n) {
        return [this, n] {
            net.connect(a, a, all_to_all(), {.model = "quantal_stp_synapse", .params = {{"n", n}}});
        };
    };
    rejects<wrong_type>("quantal_stp_synapse", "n", "2.5", with(2.5));
    rejects<wrong_type>("quantal_stp_synapse", "n", "", with(std::vector<double>{1, 2, 3, 2.5}));
    rejects<wrong_type>("quantal_stp_synapse", "n", "uniform", with(uniform(1, 5)));
    rejects<out_of_range>("quantal_stp_synapse", "n", "-1", with(std::int64_t{-1}));
    rejects<out_of_range>("quantal_stp_synapse", "n", "65536", with(std::int64_t{65536}));
}

TEST(labels, say_nothing_to_the_simulation) {
    std::vector<hash_text> hashes;
    for (bool const labelled : {false, true}) {
        network net({.seed = 5, .threads = 1, .partitions = 3});
        auto const a = net.create("iaf_psc_exp", 20, {{"I_e", spread(400, 20)}});
        net.connect(a, give_transmitter(net));
        for (auto const& m : synapse_models()) {
            if (m.single || m.name.ends_with("_lbl")) continue;
            synapse s{.model = m.name + (labelled ? "_lbl" : "")};
            if (!m.common_weight) s.weight = 1.0;
            net.connect(a, a, fixed_indegree(3), s);
            if (labelled) s.params = {{"synapse_label", std::int64_t{4}}};
            net.connect(a, a, fixed_indegree(2), s);
        }
        net.simulate(50);
        hashes.push_back(hash_of(net));
    }
    EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(labels, are_those_given) {
    network net({.seed = 5, .threads = 1, .partitions = 3});
    auto const a = net.create("parrot_neuron", 9);
    auto label = [&](std::string const& model, std::int32_t target) {
        auto const t = net.connections({}, {target, 1}, model);
        auto const all = net.connection_values(t.handle, "synapse_label");
        EXPECT_EQ(std::count(all.begin(), all.end(), all[0]), std::int64_t(all.size()));
        return all[0];
    };
    net.copy_model("stdp_synapse_lbl", "mine", {{"synapse_label", std::int64_t{11}}, {"lambda", 0.1}});
    net.copy_model("mine", "heir");
    for (std::int32_t i = 1; i <= 9; ++i) {
        synapse s{.model = i % 2 ? "static_synapse_lbl" : "tsodyks_synapse_lbl"};
        s.params = {{"synapse_label", std::int64_t{100 + i}}};
        net.connect(a, {i, 1}, all_to_all(), s);
        net.connect(a, {i, 1}, all_to_all(), {.model = "stdp_triplet_synapse_lbl"});
        net.connect(a, {i, 1}, all_to_all(), {.model = i % 2 ? "mine" : "heir"});
        if (i == 5) net.prepare();  // groups are made in two goes
        if (i == 7) net.set_defaults("stdp_triplet_synapse_lbl", {{"synapse_label", std::int64_t{3}}});
    }
    for (std::int32_t i = 1; i <= 9; ++i) {
        EXPECT_EQ(label(i % 2 ? "static_synapse_lbl" : "tsodyks_synapse_lbl", i), 100 + i);
        EXPECT_EQ(label("stdp_triplet_synapse_lbl", i), i > 7 ? 3 : -1);
        EXPECT_EQ(label(i % 2 ? "mine" : "heir", i), 11);
    }
    auto const some = net.connections({3, 1}, {4, 1}, "tsodyks_synapse_lbl").handle;
    net.set_connection_values(some, "synapse_label", {5});
    auto const t = net.connections({}, {4, 1}, "tsodyks_synapse_lbl");
    auto const all = net.connection_values(t.handle, "synapse_label");
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], t.source[i] == 3 ? 5 : 104);
}

TEST_F(errors, labels) {
    auto with = [&](std::string const& model, parameter const& label) {
        return [this, model, label] {
            net.connect(a, a, all_to_all(), {.model = model, .params = {{"synapse_label", label}}});
        };
    };
    std::string const m = "static_synapse_lbl";
    rejects<out_of_range>(m, "synapse_label", "-1", with(m, std::int64_t{-1}));
    rejects<wrong_type>(m, "synapse_label", "2", with(m, 2.0));
    rejects<unknown_parameter>("static_synapse", "synapse_label", "2",
                               with("static_synapse", std::int64_t{2}));
    for (auto const* what : {"set_defaults", "copy_model"})
        rejects<out_of_range>(m, "synapse_label", "-7", [&, what] {
            dictionary const d{{"weight", 3.0}, {"synapse_label", std::int64_t{-7}}};
            std::string(what) == "copy_model" ? net.copy_model(m, m + "_copy", d) : net.set_defaults(m, d);
        });
    auto const handle = net.connections({}, {}, m).handle[0];
    rejects<out_of_range>(m, "synapse_label", "-1",
                          [&] { net.set_connection_values({handle}, "synapse_label", {-1}); });
    rejects<wrong_type>(m, "synapse_label", "1.5",
                        [&] { net.set_connection_values({handle}, "synapse_label", {1.5}); });
}

/// Each connection by itself is right, though their extremes together would not be.
TEST(state_of_connections, arrays_are_checked_one_by_one) {
    network net({.seed = 1, .threads = 1});
    auto const a = net.create("parrot_neuron", 2);
    using numbers = std::vector<double>;
    synapse s{.model = "tsodyks_synapse", .params = {{"x", numbers{1, 0.25}}, {"y", numbers{0, 0.75}}}};
    net.connect(a, a, one_to_one(), s);
    s.params[1].second = numbers{0, 0.76};
    EXPECT_THROW(net.connect(a, a, one_to_one(), s), out_of_range);
    synapse w{.model = "stdp_synapse", .weight = numbers{1, -1}, .params = {{"Wmax", numbers{2, -2}}}};
    net.connect(a, a, one_to_one(), w);
    w.weight = numbers{1, 1};
    EXPECT_THROW(net.connect(a, a, one_to_one(), w), out_of_range);
}

/// Second traces of targets begin with their first plastic connection, though it is not one of triplets.
TEST(state_of_connections, triplets_made_late) {
    network net({.seed = 1, .threads = 1, .partitions = 2});
    auto const pre = net.create("parrot_neuron", 2), post = net.create("parrot_neuron", 3),
               r = net.create("spike_recorder");
    std::vector<double> early, late;
    for (int k = 0; k < 9; ++k) early.push_back(2.0 + 4.1 * k), late.push_back(3.0 + 6.3 * k);
    for (auto const& [times, to] : {std::pair{early, post}, {late, pre}})
        net.connect(net.create("spike_generator", 1, {{"spike_times", times}}), to);
    net.connect(pre + post, r);
    net.set(post.slice(0, 1), {{"tau_minus_triplet", 33.0}});
    auto with = [](char const* model) {
        synapse s{.model = model, .weight = 50.0, .delay = 1.5, .receptor = 1};
        return s;
    };
    net.connect(pre, post, all_to_all(), with("stdp_synapse"));
    net.simulate(25);
    auto s = with("stdp_triplet_synapse");
    s.params = {{"Aplus_triplet", 0.5}, {"Aminus_triplet", 0.25}, {"Aplus", 0.125}};
    net.connect(pre, post, all_to_all(), s);
    auto const start = net.connections();
    net.simulate(75);
    auto spikes = trains_of(net.spikes(r));
    naive_comparison compare{start};
    compare.describe = [](std::size_t, naive_synapse& n) {
        if (!n.rule.triplet) n.weight = 50, n.Kplus = 0;  // from the beginning
        if (n.rule.triplet) n.made_at = 250, n.rule.Aplus_triplet = 0.5, n.rule.Aminus_triplet = 0.25;
        if (n.rule.triplet) n.rule.Aplus = 0.125, n.rule.Aminus = 7e-3;
    };
    EXPECT_EQ(compare(net, spikes), 12);
    EXPECT_NE(net.connections({}, {}, "stdp_triplet_synapse").weight[0], 50);
}

}  // namespace
}  // namespace ranvier::test
