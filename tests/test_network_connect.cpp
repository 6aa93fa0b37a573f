// Connections through the interface: rules on subsets, values in all shapes, listing, weights.
#include <set>

#include "tests/network_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;

struct degrees {
    std::map<std::int32_t, int> in, out;
    bool autapses = false, multapses = false;
    std::size_t n = 0;
};
degrees degrees_of(connection_table const& t) {
    degrees d;
    std::set<std::pair<int, int>> pairs;
    for (std::size_t i = 0; i < t.source.size(); ++i) {
        ++d.in[t.target[i]], ++d.out[t.source[i]];
        d.autapses |= t.source[i] == t.target[i];
        d.multapses |= !pairs.insert({t.source[i], t.target[i]}).second;
    }
    d.n = t.source.size();
    return d;
}
void all_equal(std::map<std::int32_t, int> const& d, nodes const& who, int k) {
    EXPECT_EQ(std::int64_t(d.size()), who.size());
    for (auto const& [id, n] : d) {
        EXPECT_EQ(n, k) << id;
        EXPECT_EQ(who[who.position(id)], id);
    }
}

class connecting : public testing::TestWithParam<int> {
  protected:
    network net{{.seed = 11, .threads = 2, .partitions = GetParam()}};
    nodes a = net.create("iaf_psc_alpha", 50), b = net.create("iaf_psc_exp", 40);
    nodes some{ids{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71}};
    degrees made(nodes const& pre, nodes const& post, rule const& how, synapse const& with = {}) {
        net.connect(pre, post, how, with);
        return degrees_of(net.connections());
    }
};
INSTANTIATE_TEST_SUITE_P(partitions, connecting, testing::Values(1, 4));

TEST_P(connecting, all_to_all_and_one_to_one) {
    EXPECT_EQ(made(some, some, all_to_all()).n, 400u);
    EXPECT_EQ(made(some, some, all_to_all().without_autapses()).n, 780u);
    EXPECT_EQ(made(a.slice(0, 40), b, one_to_one()).n, 820u);
    EXPECT_EQ(made(some, some, one_to_one().without_autapses()).n, 820u);
    net.connect(a.slice(3, 13), nodes(ids{51, 53, 55, 57, 59, 60, 61, 62, 63, 90}), one_to_one(),
                {.model = "static_synapse_hpc"});
    auto const t = net.connections({}, {}, "static_synapse_hpc");
    EXPECT_EQ(t.source, (ids{4, 5, 6, 7, 8, 9, 10, 11, 12, 13}));
    EXPECT_EQ(t.target, (ids{51, 53, 55, 57, 59, 60, 61, 62, 63, 90}));
}

TEST_P(connecting, fixed_indegree) {
    auto d = made(a + b, some, fixed_indegree(30));
    all_equal(d.in, some, 30);
    EXPECT_EQ(d.n, 600u);
    EXPECT_TRUE(d.multapses);  // probability of none below 1e-50
}
TEST_P(connecting, fixed_indegree_of_distinct_others) {
    auto d = made(some, some, fixed_indegree(19).with(false, false));
    all_equal(d.in, some, 19);
    EXPECT_FALSE(d.autapses);
    EXPECT_FALSE(d.multapses);
    all_equal(d.out, some, 19);  // everybody but oneself
}
TEST_P(connecting, fixed_outdegree) {
    auto d = made(some, a + b, fixed_outdegree(30));
    all_equal(d.out, some, 30);
    EXPECT_EQ(d.n, 600u);
}
TEST_P(connecting, fixed_outdegree_of_distinct_others) {
    auto d = made(some, some, fixed_outdegree(19).with(false, false));
    all_equal(d.out, some, 19);
    all_equal(d.in, some, 19);
    EXPECT_FALSE(d.autapses);
    EXPECT_FALSE(d.multapses);
}
TEST_P(connecting, fixed_total_number) {
    auto d = made(some, some, fixed_total_number(5000).without_autapses());
    EXPECT_EQ(d.n, 5000u);
    EXPECT_FALSE(d.autapses);
    // Degrees are binomial: beyond 6 standard deviations of 15.4 once in 10^7 runs.
    for (auto const& [id, n] : d.in) EXPECT_NEAR(n, 250, 93) << id;
    for (auto const& [id, n] : d.out) EXPECT_NEAR(n, 250, 93) << id;
}
TEST_P(connecting, pairwise_bernoulli) {
    auto d = made(a + b, a + b, pairwise_bernoulli(0.3).without_autapses());
    EXPECT_FALSE(d.autapses);
    EXPECT_FALSE(d.multapses);
    // 8010 pairs: 2403 +- 41; beyond 6 standard deviations twice in 10^9 runs.
    EXPECT_NEAR(double(d.n), 2403, 246);
    EXPECT_EQ(made(some, some, pairwise_bernoulli(0)).n, d.n);
    EXPECT_EQ(made(some, some, pairwise_bernoulli(1)).n, d.n + 400);
}
TEST_P(connecting, degrees_of_each_node) {
    std::vector<std::int64_t> wanted;
    for (int i = 0; i < 40; ++i) wanted.push_back(i % 7);
    net.connect(a, b, fixed_indegree(wanted).without_multapses());
    auto d = degrees_of(net.connections({}, b));
    for (int i = 0; i < 40; ++i) EXPECT_EQ(d.in[b[i]], i % 7) << i;
    EXPECT_FALSE(d.multapses);
    net.connect(b, a, fixed_outdegree(wanted));
    d = degrees_of(net.connections(b));
    for (int i = 0; i < 40; ++i) EXPECT_EQ(d.out[b[i]], i % 7) << i;
    net.connect(b, some, fixed_indegree(uniform(0.6, 3.4)), {.model = "static_synapse_hpc", .weight = 2.5});
    d = degrees_of(net.connections({}, {}, "static_synapse_hpc"));
    EXPECT_EQ(std::int64_t(d.in.size()), some.size());
    std::set<int> seen;
    for (auto const& [id, n] : d.in) seen.insert(n);
    EXPECT_EQ(seen, (std::set{1, 2, 3}));
    using list = std::vector<std::int64_t>;
    auto refused = [&](rule const& r) {
        EXPECT_THROW(net.connect(a, b, r), impossible_connectivity) << r.degrees->text();
    };
    refused(fixed_indegree(list(40, -1)));
    refused(fixed_indegree(normal(0, 1)));
    refused(fixed_indegree(list(40, 51)).without_multapses());
    EXPECT_THROW(net.connect(a, b, fixed_indegree(list{1, 2})), wrong_size);
    EXPECT_THROW(net.connect(a, b, fixed_indegree("five")), wrong_type);
    EXPECT_THROW(net.connect(a, b, fixed_indegree(wanted), {.weight = numbers(120, 1)}), wrong_type);
}

TEST_P(connecting, pairwise_poisson) {
    net.connect(a, b, pairwise_poisson(0.5));
    auto const d = degrees_of(net.connections());
    EXPECT_NEAR(double(d.n), 1000, 5 * std::sqrt(1000.0));  // a false alarm in 10^6
    EXPECT_TRUE(d.multapses);
    EXPECT_THROW(net.connect(a, b, pairwise_poisson(-1)), impossible_connectivity);
}

TEST_P(connecting, symmetric_one_to_one) {
    numbers w, d;
    for (int i = 0; i < 40; ++i) w.push_back(i), d.push_back(1 + i % 3);
    net.connect(a.slice(0, 40), b, one_to_one().symmetric(), {.weight = w, .delay = d});
    auto const forth = net.connections(a), back = net.connections(b);
    ASSERT_EQ(forth.source.size(), 40u);
    ASSERT_EQ(back.source.size(), 40u);
    EXPECT_EQ(forth.source, back.target);
    EXPECT_EQ(forth.target, back.source);
    EXPECT_EQ(forth.weight, w);
    EXPECT_EQ(back.weight, w);
    EXPECT_EQ(forth.delay, back.delay);
    auto const one = one_to_one().symmetric();
    EXPECT_THROW(net.connect(b, b, one, {.weight = normal(1, 1)}), impossible_connectivity);
    EXPECT_THROW(net.connect(b, b, all_to_all().symmetric()), impossible_connectivity);
    auto const g = net.create("spike_generator", 40);
    EXPECT_THROW(net.connect(g, b, one), illegal_connection);
    EXPECT_EQ(net.connections().source.size(), 80u);
}

TEST_P(connecting, symmetric_pairwise_bernoulli) {
    constexpr double p = 0.2;
    auto pairs_of = [&](connection_table const& t) {
        std::multiset<std::pair<int, int>> all;
        for (std::size_t i = 0; i < t.source.size(); ++i) all.insert({t.source[i], t.target[i]});
        return all;
    };
    net.connect(a, b, symmetric_pairwise_bernoulli(p),
                {.weight = uniform(1, 2), .delay = 1.0 + uniform_int(3)});
    auto const forth = net.connections(a), back = net.connections(b);
    auto turned = back;
    std::swap(turned.source, turned.target);
    EXPECT_EQ(pairs_of(forth), pairs_of(turned));
    auto const n = double(forth.source.size());
    EXPECT_NEAR(n, 2000 * p, 5 * std::sqrt(2000 * p * (1 - p)));
    EXPECT_FALSE(degrees_of(forth).multapses);
    EXPECT_NE(std::set(forth.weight.begin(), forth.weight.end()),
              std::set(back.weight.begin(), back.weight.end()));
    net.connect(some, some, symmetric_pairwise_bernoulli(0.5),
                {.model = "static_synapse_hpc", .weight = 2.5});
    auto const among = net.connections({}, {}, "static_synapse_hpc");
    turned = among;
    std::swap(turned.source, turned.target);
    EXPECT_EQ(pairs_of(among), pairs_of(turned));
    EXPECT_FALSE(degrees_of(among).autapses);
    EXPECT_TRUE(degrees_of(among).multapses);
    EXPECT_NEAR(double(among.source.size()), 2 * 0.5 * 400, 2 * 5 * std::sqrt(400 * 0.25));
    net.connect(b, b, symmetric_pairwise_bernoulli(0), {.model = "stdp_synapse"});
    EXPECT_EQ(net.connections({}, {}, "stdp_synapse").source.size(), 0u);
    EXPECT_THROW(net.connect(a, b, symmetric_pairwise_bernoulli(1)), impossible_connectivity);
    EXPECT_THROW(net.connect(a, b, symmetric_pairwise_bernoulli(0.1).without_multapses()),
                 impossible_connectivity);
    net.simulate(5);
}

TEST_P(connecting, by_name) {
    EXPECT_EQ(made(a, b, rule::named("fixed_indegree", 3)).n, 120u);
    EXPECT_EQ(made(a, b, rule::named("fixed_outdegree", 3)).n, 270u);
    EXPECT_EQ(made(a, b, rule::named("fixed_total_number", 3)).n, 273u);
    EXPECT_EQ(made(a, b, rule::named("all_to_all")).n, 2273u);
    EXPECT_EQ(made(some, some, rule::named("one_to_one")).n, 2293u);
    EXPECT_EQ(made(some, some, rule::named("pairwise_bernoulli", 1)).n, 2693u);
}

TEST_P(connecting, arrays_in_each_rules_shape) {
    // connectivity.md, 3: all_to_all [targets][sources], one_to_one [n], fixed_indegree [targets][indegree],
    // fixed_outdegree [sources][outdegree], fixed_total_number [N]; rows may be dealt within themselves at
    // random.
    auto values = [](std::size_t n) {
        numbers v(n);
        std::iota(v.begin(), v.end(), 1000.0);
        return v;
    };
    auto const pre = nodes(ids{2, 5, 60}), post = nodes(ids{3, 5, 55, 80});
    auto list = [&](char const* copy, rule const& how, std::size_t n) {
        net.copy_model("static_synapse", copy);
        net.connect(pre, post, how, {.model = copy, .weight = values(n), .delay = values(n)});
        auto t = net.connections({}, {}, copy);
        EXPECT_EQ(t.weight.size(), n - (how.allow_autapses ? 0 : 1)) << copy;
        for (std::size_t i = 0; i < t.weight.size(); ++i) EXPECT_NEAR(t.weight[i], t.delay[i], 1e-9) << copy;
        return t;
    };
    auto const full = list("full", all_to_all(), 12);
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_EQ(full.weight[i],
                  1000 + double(post.position(full.target[i]) * 3 + pre.position(full.source[i])));
    auto const holed =
        list("holed", all_to_all().without_autapses(), 12);  // 5 -> 5 is skipped, its value too
    for (std::size_t i = 0; i < holed.weight.size(); ++i)
        EXPECT_EQ(holed.weight[i],
                  1000 + double(post.position(holed.target[i]) * 3 + pre.position(holed.source[i])));
    auto const in = list("in", fixed_indegree(5), 20);
    for (std::size_t i = 0; i < 20; ++i)
        EXPECT_EQ(std::int64_t(in.weight[i] - 1000) / 5, post.position(in.target[i]));
    auto const out = list("out", fixed_outdegree(5), 15);
    for (std::size_t i = 0; i < 15; ++i)
        EXPECT_EQ(std::int64_t(out.weight[i] - 1000) / 5, pre.position(out.source[i]));
    auto total = list("total", fixed_total_number(40), 40).weight;
    std::sort(total.begin(), total.end());
    EXPECT_EQ(total, values(40));
    net.connect(pre, post.slice(1, 4), one_to_one(), {.model = "stdp_synapse", .weight = values(3)});
    auto const one = net.connections({}, {}, "stdp_synapse");
    EXPECT_EQ(one.source, (ids{2, 5, 60}));
    EXPECT_EQ(one.target, (ids{5, 55, 80}));
    EXPECT_EQ(one.weight, values(3));
}

TEST_P(connecting, explicit_edges) {
    ids const from{7, 90, 7, 1, 7}, to{3, 51, 3, 90, 1};
    net.connect({from, to}, {.weight = numbers{1, 2, 3, 4, 5}, .delay = numbers{1, 2, 0.1, 4, 300}});
    auto const t = net.connections();
    EXPECT_EQ(t.source, (ids{1, 7, 7, 7, 90}));
    EXPECT_EQ(t.target, (ids{90, 1, 3, 3, 51}));
    EXPECT_EQ(t.weight, (numbers{4, 5, 3, 1, 2}));
    EXPECT_EQ(bits(t.delay), bits({4, 300, 0.1, 1, 2}));
    auto const g = net.create("spike_generator"), p = net.create("poisson_generator", 2, {{"rate", 1e5}});
    net.connect({ids{g[0], 3}, ids{5, 6}}, {.weight = 1.5});
    net.connect({ids{p[0], p[1], p[1]}, ids{50, 49, 49}}, {.weight = numbers{-2, 0.5, 0.5}});
    EXPECT_EQ(net.connections(g).target, ids{5});
    net.simulate(5);
    EXPECT_LT(net.get({50, 1}, "V_m")[0], -71);
    EXPECT_GT(net.get({49, 1}, "V_m")[0], -69);
}

TEST_P(connecting, values_from_distributions) {
    auto const n = 20000.0;
    net.connect(a, b, fixed_total_number(20000),
                {.model = "static_synapse_hpc", .weight = normal(20, 3), .delay = uniform(1, 3)});
    net.connect(a, b, fixed_indegree(500),
                {.model = "stdp_synapse",
                 .weight = lognormal(1, 0.5).redraw(1, 6),
                 .delay = exponential(2).redraw(0.5, 40)});
    auto mean = [](numbers const& x) { return std::accumulate(x.begin(), x.end(), 0.0) / double(x.size()); };
    auto const t = net.connections({}, {}, "static_synapse_hpc"), u = net.connections({}, {}, "stdp_synapse");
    // Means within 5 standard errors: a false alarm in 10^6 for each of four.
    EXPECT_NEAR(mean(t.weight), 20, 5 * 3 / std::sqrt(n));
    EXPECT_NEAR(mean(t.delay), 2, 5 * 2 / std::sqrt(12 * n));
    EXPECT_NEAR(mean(u.delay), 2.5, 5 * 2 / std::sqrt(n));
    for (auto const d : t.delay) EXPECT_TRUE(d > 0.99 && d < 3.01) << d;
    for (auto const w : u.weight) EXPECT_TRUE(w >= 1 && w <= 6) << w;
    for (auto const d : u.delay) EXPECT_TRUE(d > 0.49 && d < 40.01) << d;
    auto const s = net.summarise_weights("static_synapse_hpc");
    EXPECT_EQ(s.n, 20000);
    EXPECT_NEAR(s.mean, mean(t.weight), 1e-9);
    EXPECT_NEAR(s.std, 3, 5 * 3 / std::sqrt(2 * n));
    EXPECT_EQ(s.min, *std::min_element(t.weight.begin(), t.weight.end()));
    EXPECT_EQ(s.max, *std::max_element(t.weight.begin(), t.weight.end()));
    auto const counts = net.weight_histogram("stdp_synapse", 1, 7, 12);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}), 20000);
    EXPECT_EQ(counts[10] + counts[11], 0);
}

TEST_P(connecting, listing_of_subsets) {
    net.connect(a + b, a + b, fixed_indegree(10), {.weight = uniform(0, 1), .delay = uniform(0.1, 200)});
    net.connect(a + b, b, fixed_indegree(10), {.model = "stdp_synapse"});
    auto const all = net.connections();
    EXPECT_EQ(all.source.size(), 1300u);
    EXPECT_TRUE(std::is_sorted(all.source.begin(), all.source.end()));
    nodes const from = nodes(ids{1, 8, 60, 61, 62}), to = b.slice(3, 30);
    auto count = [&](nodes const* s, nodes const* t, char const* model) {
        std::size_t n = 0;
        auto in = [](nodes const* set, std::int32_t id) {
            return !set || (set->position(id) < set->size() && (*set)[set->position(id)] == id);
        };
        for (std::size_t i = 0; i < all.source.size(); ++i)
            n += in(s, all.source[i]) && in(t, all.target[i]) &&
                 (!model || net.synapse_name(all.synapse_model[i]) == model);
        return n;
    };
    EXPECT_EQ(net.connections(from).source.size(), count(&from, nullptr, nullptr));
    EXPECT_EQ(net.connections({}, to).source.size(), count(nullptr, &to, nullptr));
    EXPECT_EQ(net.connections(from, to).source.size(), count(&from, &to, nullptr));
    EXPECT_EQ(net.connections(to, from, "stdp_synapse").source.size(), count(&to, &from, "stdp_synapse"));
    EXPECT_EQ(net.connections({}, {}, "stdp_synapse").source.size(), 400u);
    EXPECT_EQ(net.connections({}, {}, "stdp_synapse_hpc").source.size(), 0u);
    for (auto const k : net.connections({}, {}, "static_synapse").Kplus) EXPECT_TRUE(std::isnan(k));
    for (auto const k : net.connections({}, {}, "stdp_synapse").Kplus) EXPECT_EQ(k, 0);
}

TEST_P(connecting, weights_are_set) {
    net.connect(a, b, fixed_indegree(10), {.weight = 2.0});  // one weight for all
    net.connect(a, b, fixed_indegree(10), {.model = "static_synapse_hpc", .weight = uniform(0, 1)});
    net.connect(a, b, fixed_indegree(10), {.model = "stdp_pl_synapse_hom_hpc", .weight = 2.0});
    auto before = net.connections();
    auto expected = before.weight;
    std::vector<std::uint64_t> handles;
    numbers values;
    for (std::size_t i = 0; i < expected.size(); i += 3) {
        handles.push_back(before.handle[i]);
        values.push_back(expected[i] = 0.25 * double(i));
    }
    net.set_weights(handles, values);
    EXPECT_EQ(net.connections().weight, expected);
    net.simulate(2);
    EXPECT_EQ(net.connections().weight, expected);
    // They act: a weight of one connection that is made heavy.
    auto const g = net.create("spike_generator", 1, {{"spike_times", numbers{3.0}}});
    net.connect(g, b.slice(0, 2), all_to_all(), {.weight = 0.0, .delay = 1.0});
    auto const t = net.connections(g, b.slice(1, 2));
    net.set_weights(t.handle, {1e5});
    net.simulate(5);
    EXPECT_EQ(net.get(b.slice(0, 1), "t_spike")[0], -1);
    EXPECT_GT(net.get(b.slice(1, 2), "t_spike")[0], 4);
}

TEST_P(connecting, weights_grow_beyond_all_that_was_before) {
    // Fixed-point scales follow: sums stay right to a part in a million.
    net.copy_model("static_synapse_hom_w", "shared", {{"weight", 1e-3}});
    auto const g = net.create("spike_generator", 1, {{"spike_times", numbers{1.0, 11.0, 21.0, 31.0}}});
    auto const n = net.create("iaf_psc_exp", 3, {{"tau_syn_ex", 0.02}, {"V_th", 1e300}});
    net.connect(g, n.slice(0, 1), all_to_all(), {.model = "shared", .delay = 1.0});
    net.connect(g, n.slice(1, 2), all_to_all(), {.weight = 1e-3, .delay = 1.0});
    auto const other = net.create("spike_generator", 1, {{"spike_times", numbers{1.0, 11.0, 21.0, 31.0}}});
    net.connect(other, n.slice(2, 3), all_to_all(), {.weight = 1e-3, .delay = 1.0});
    auto current = [&](std::int64_t i) { return net.get(n.slice(i, i + 1), "I_syn_ex")[0]; };
    net.simulate(2);
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(current(i), 1e-3, 1e-8) << i;
    for (double const w : {1e3, 1e9, 1e15}) {
        net.set_defaults("shared", {{"weight", w}});
        net.set_weights(net.connections({}, n.slice(1, 2)).handle, {w});
        net.set(other, {{"spike_weights", numbers(4, w * 1e3)}});
        net.simulate(10);
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(current(i) / w, 1, 1e-6) << i << " " << w;
    }
}

TEST_P(connecting, input_on_its_way_is_lost_beside_weights_beyond_measure) {
    auto const g = net.create("spike_generator", 1, {{"spike_times", numbers{1.0}}});
    auto const n = net.create("iaf_psc_exp", 2, {{"V_th", 1e300}});
    net.connect(g, n.slice(0, 1), all_to_all(), {.weight = 1.0, .delay = 10.0});
    net.simulate(5);
    net.connect(g, n.slice(1, 2), all_to_all(), {.weight = std::ldexp(1.0, 770)});
    net.simulate(10);
    EXPECT_EQ(net.get(n.slice(0, 1), "I_syn_ex")[0], 0);
}

TEST_P(connecting, between_runs) {
    auto const g = net.create("spike_generator", 1, {{"spike_times", numbers{5.0, 25.0}}});
    auto const p = net.create("parrot_neuron", 3);
    auto const r = net.create("spike_recorder");
    net.connect(p, r);
    net.connect(g, p.slice(0, 1), all_to_all(), {.delay = 2.0});
    net.simulate(6);
    net.connect(g, p.slice(1, 2), all_to_all(), {.delay = 0.1});
    net.connect(g, p.slice(2, 3), all_to_all(), {.delay = 300.0});
    net.simulate(400);
    auto const s = net.spikes(r);
    EXPECT_EQ(s.senders, (ids{p[0], p[1], p[0], p[2]}));
    EXPECT_EQ(s.steps, (std::vector<std::int64_t>{70, 251, 270, 3250}));
    // Spikes from before a connection was made are none of its own, even if others with long delays keep
    // them.
    net.set(g, {{"spike_times", numbers{500, 700}}});
    net.simulate(200);  // 606 ms
    net.connect(g, p.slice(0, 1), all_to_all(), {.delay = 250.0});
    net.simulate(400);
    auto const late = net.spikes(r);
    EXPECT_EQ(std::vector<std::int64_t>(late.steps.begin() + 4, late.steps.end()),
              (std::vector<std::int64_t>{5001, 5020, 7001, 7020, 8000, 9500, 10000}));
}

}  // namespace
}  // namespace ranvier::test
