// Edges into rows: counted, then filled, by every rule. Edges of a row come in no order on teams of several
// lanes; as sets they are those of the rule, whatever the partitions.
#include "kernels/build.h"

#include <tuple>

#include "kernels/sort_rows.h"
#include "models/stdp_synapse.h"
#include "tests/edges_for_tests.h"
#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

struct built_edge {
    std::int32_t source, target, delay;
    double weight, lambda;
    auto operator<=>(built_edge const&) const = default;
};

constexpr double h = 0.1;

/// Two projections, the second from the same sources, into one partition.
struct build_data {
    std::int32_t first_id = 1, first_source = 1, sources = 0;
    std::int32_t delay_width = 1;
    bool own = true;
    std::vector<edge_source> projections;
    std::vector<value_spec> params;
    std::vector<std::uint32_t> begin, cursor;
    std::vector<std::uint16_t> target;
    std::vector<float> weight;
    std::vector<std::byte> delay;
    std::vector<double> drawn;  // [param][edge]

    build_data(edge_rule const& rule, std::int32_t begin_target, std::int32_t end_target,
               std::int64_t longest = INT32_MAX) {
        value_spec constant;
        constant.a = 0.3;
        value_spec uniform{value_kind::uniform, 0.5, 1.5};
        params.assign(std::size_t(stdp_synapse::params::fields::size), constant);
        params[1] = uniform;  // lambda
        for (std::uint32_t ordinal : {1u, 2u}) {
            edge_source s{};
            s.rule = rule;
            s.edges_key = key_of(ordinal);
            s.weight_key = make_key(42, stream_kind::edge_value, ordinal, weight_slot);
            s.delay_key = make_key(42, stream_kind::edge_value, ordinal, delay_slot);
            s.weight = {value_kind::normal, 2, 0.5};
            s.delay = {value_kind::uniform, 0.5, 6.5};
            s.begin = begin_target, s.end = end_target;
            s.first_id = rule.post[begin_target];
            s.shortest = longest == INT32_MAX ? 1 : 20, s.longest = longest;
            s.steps_per_ms = 1 / h;
            s.seed = 42, s.ordinal = ordinal;
            projections.push_back(s);
        }
        first_id = rule.post[begin_target];
        first_source = rule.pre[0];
        sources = rule.pre[rule.pre.n - 1] - first_source + 1;
        begin.assign(std::size_t(sources) + 1, 0);
    }
    void make_room() {
        auto const n = begin.back();
        cursor = begin;
        target.assign(n, 0), weight.assign(n, 0), delay.assign(4 * std::size_t(n), std::byte{}),
            drawn.assign(params.size() * n, 0);
    }
    std::vector<built_edge> edges() const {
        std::vector<built_edge> list;
        for (std::int32_t r = 0; r < sources; ++r)
            for (auto e = begin[std::size_t(r)]; e < begin[std::size_t(r) + 1]; ++e)
                list.push_back({first_source + r, first_id + target[e],
                                delay_view{delay.data(), delay_width, 0}(e), double(weight[e]),
                                drawn[target.size() + e]});
        return list;
    }
    bits result() const {
        auto list = edges();
        std::sort(list.begin(), list.end());
        bits b;
        for (auto const& e : list)
            b.add(std::vector{e.source, e.target, e.delay}).add(std::vector{e.weight, e.lambda});
        return b.add(begin).add(std::vector(cursor.begin(), cursor.end() - 1));
    }
};
struct build {
    template <class Team> void operator()(Team& team, build_data& d) const {
        for (auto const& s : d.projections) count_edges{}(team, s, d.first_source, d.begin.data() + 1);
        team.sync();
        team.single([&] {
            for (std::size_t r = 1; r < d.begin.size(); ++r) d.begin[r] += d.begin[r - 1];
            d.make_room();
        });
        team.sync();
        auto const n = std::int64_t(d.target.size());
        edge_columns const to{d.target.data(),
                              d.weight.data(),
                              4,
                              d.delay_width,
                              d.delay.data(),
                              d.own ? d.drawn.data() : nullptr,
                              n};
        for (auto s : d.projections) {
            s.params = d.params.data(), s.n_params = std::int32_t(d.params.size());
            fill_edges{}(team, s, d.first_source, d.cursor.data(), to);
        }
    }
};

/// The rule's own edges with the values that their counters give.
std::vector<built_edge> plain(build_data const& d) {
    std::vector<built_edge> list;
    for (auto const& s : d.projections)
        for (auto const& e : all_of(s.rule, s.edges_key)) {
            auto const i = e.i, j = e.j;
            auto const k = std::uint64_t(e.k);
            if (i < s.begin || i >= s.end) continue;
            auto drawn = [&](value_spec const& spec, key of) {
                return value(spec, of, value_row(s.rule, i, j), k).value;
            };
            auto const steps = std::int32_t(std::floor(drawn(s.delay, s.delay_key) / h + 0.5));
            if (steps < s.shortest || steps > s.longest) continue;
            auto const of_lambda = make_key(42, stream_kind::edge_value, s.ordinal, first_other_slot + 1);
            list.push_back({s.rule.pre[j], s.rule.post[i], steps,
                            double(float(drawn(s.weight, s.weight_key))),
                            d.own ? drawn(d.params[1], of_lambda) : 0});
        }
    return list;
}

std::vector<edge_rule> rules() {
    std::vector<edge_rule> all;
    for (auto const kind :
         {rule_kind::all_to_all, rule_kind::fixed_indegree, rule_kind::pairwise_bernoulli,
          rule_kind::pairwise_poisson, rule_kind::fixed_outdegree, rule_kind::fixed_total_number}) {
        auto r = rule_of(kind, 50, 70, kind == rule_kind::fixed_total_number ? 900 : 17, 31);
        r.p = 0.3;
        all.push_back(r);
        r.autapses = false;
        all.push_back(r);
    }
    all.push_back(rule_of(rule_kind::one_to_one, 70, 70, 0, 31));
    auto distinct = rule_of(rule_kind::fixed_indegree, 50, 70, 17, 31);
    distinct.multapses = false;
    all.push_back(distinct);
    return all;
}
edge_rule listed_rule() {
    static std::vector<std::int32_t> const pre{4, 9, 10, 33, 70}, post{2, 9, 11, 12, 40, 41, 77};
    edge_rule r;
    r.kind = rule_kind::fixed_indegree;
    r.pre = {1, pre.data(), 5}, r.post = {1, post.data(), 7};
    r.count = 6;
    return r;
}

void expect_rule_edges(build_data const& d) {
    expect_same_on_all_teams(d, build{});
    auto built = d;
    run_serial([&](auto& team) { build{}(team, built); });
    auto found = built.edges();
    for (std::size_t r = 1; r < built.begin.size(); ++r) EXPECT_EQ(built.cursor[r - 1], built.begin[r]);
    auto expected = plain(d);
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(found, expected);
    EXPECT_FALSE(found.empty());
}

TEST(kernels_build, every_rule_on_all_teams) {
    auto all = rules();
    all.push_back(listed_rule());
    for (auto const& rule : all)
        for (bool const own : {true, false}) {
            SCOPED_TRACE(::testing::Message()
                         << "rule " << int(rule.kind) << ", autapses " << rule.autapses << ", multapses "
                         << rule.multapses << ", own parameters " << own);
            build_data d(rule, 0, rule.post.n);
            d.own = own;
            expect_rule_edges(d);
        }
}

TEST(kernels_build, partitions_and_bands_of_delays_share_the_edges) {
    for (auto const& rule : rules()) {
        SCOPED_TRACE(int(rule.kind));
        std::vector<built_edge> parts;
        for (auto const& [begin, end] : {std::pair{0, 23}, {23, 60}, {60, 70}}) {
            build_data d(rule, begin, end);
            d.delay_width = 2;
            expect_rule_edges(d);
            run_serial([&](auto& team) { build{}(team, d); });
            for (auto const& e : d.edges()) parts.push_back(e);
        }
        build_data whole(rule, 0, 70);
        auto expected = plain(whole);
        std::sort(parts.begin(), parts.end());
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(parts, expected);

        build_data band(rule, 0, 70, 40);
        band.delay_width = 4;
        expect_rule_edges(band);
    }
}

TEST(kernels_build, serial_rows_are_in_order_of_targets) {
    // One projection at a time: rules that are drawn target by target.
    for (auto const& rule : rules()) {
        if (!is_target_driven(rule)) continue;
        build_data d(rule, 0, 70);
        d.projections.pop_back();
        run_serial([&](auto& team) { build{}(team, d); });
        for (std::size_t r = 1; r < d.begin.size(); ++r)
            EXPECT_TRUE(std::is_sorted(d.target.begin() + d.begin[r - 1], d.target.begin() + d.begin[r]));
    }
}

TEST(kernels_build, shifted_counter_is_caught) {
    build_data d(rules()[2], 0, 70);
    auto shifted = d;
    for (auto& s : shifted.projections) s.weight_key.stream += 1;
    EXPECT_NE(on_serial(shifted, build{}), on_serial(d, build{}));
    auto other = d;
    for (auto& s : other.projections) s.edges_key.stream += 2;
    EXPECT_NE(on_serial(other, build{}), on_serial(d, build{}));
}

/// Rows with targets in any order, several of them the same; `made` says how they stood.
struct sort_data {
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint16_t> target;
    std::vector<std::uint8_t> delay;
    std::vector<float> weight;
    std::vector<std::int64_t> made;

    sort_data() {
        generator r(10);
        for (std::int64_t const m : {0, 1, 2, 700, 3, 128, 0, 1000}) {
            for (std::int64_t e = 0; e < m; ++e) {
                target.push_back(std::uint16_t(m == 128 ? e : r.below(300)));
                delay.push_back(std::uint8_t(r.below(200)));
                weight.push_back(float(r.uniform(0, 1)));
                made.push_back(e);
            }
            begin.push_back(std::uint32_t(target.size()));
        }
    }
    bits result() const { return bits{}.add(target).add(delay).add(weight).add(made); }
};
/// Edges of a pair as they were made, or by delay first.
template <bool By_delay> struct sort_all {
    template <class Team> void operator()(Team& team, sort_data& d) const {
        row_view const rows{1, std::int32_t(d.begin.size()) - 1, d.begin.data()};
        edge_column const delay{d.delay.data(), 1}, made{d.made.data(), 8}, weight{d.weight.data(), 4};
        edge_column const columns[] = {By_delay ? delay : made, By_delay ? made : delay, weight};
        sort_rows{}(team, rows, d.target.data(), columns, 3);
    }
};

template <bool By_delay> void expect_sorted() {
    sort_data const before;
    expect_same_on_all_teams(before, sort_all<By_delay>{});
    auto after = before;
    run_serial([&](auto& team) { sort_all<By_delay>{}(team, after); });
    for (std::size_t r = 1; r < before.begin.size(); ++r) {
        using edge = std::tuple<std::uint16_t, std::int64_t, std::uint8_t, float>;
        auto row = [&](sort_data const& d) {
            std::vector<edge> edges;
            for (std::size_t e = d.begin[r - 1]; e < d.begin[r]; ++e)
                edges.push_back({d.target[e], d.made[e], d.delay[e], d.weight[e]});
            return edges;
        };
        auto expected = row(before);
        std::stable_sort(expected.begin(), expected.end(), [](edge const& a, edge const& b) {
            auto const key = [](edge const& e) {
                return std::pair(std::get<0>(e), By_delay ? std::get<2>(e) : 0);
            };
            return key(a) < key(b);
        });
        EXPECT_EQ(row(after), expected);
    }
}
TEST(kernels_build, rows_are_sorted_stably_on_all_teams) { expect_sorted<false>(); }
TEST(kernels_build, edges_of_a_pair_are_sorted_by_what_they_hold) { expect_sorted<true>(); }

}  // namespace
}  // namespace ranvier::test
