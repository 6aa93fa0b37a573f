// Pair-based STDP: the same bits on every team, in passes and one edge at a time, with and without catch-up,
// and the weights of a plain evaluation of all pairs.
#include <cmath>

#include "models/stdp_pl_synapse_hom.h"
#include "models/stdp_synapse.h"
#include "models/stdp_synapse_hom.h"
#include "models/stdp_triplet_synapse.h"
#include "models/vogels_sprekeler_synapse.h"

#include "tests/plasticity_for_tests.h"

namespace ranvier::test {
namespace {

template <class S, class Real> struct plastic {
    using data = plasticity_data<S, Real>;
    static constexpr auto name = S::name;
    using real = Real;
};
template <class T> class kernels_plasticity : public ::testing::Test {};
using models = ::testing::Types<plastic<stdp_synapse, double>, plastic<stdp_synapse, float>,
                                plastic<stdp_pl_synapse_hom, double>, plastic<stdp_pl_synapse_hom, float>,
                                plastic<stdp_synapse_hom, float>, plastic<vogels_sprekeler_synapse, double>,
                                plastic<vogels_sprekeler_synapse, float>,
                                plastic<stdp_triplet_synapse, double>, plastic<stdp_triplet_synapse, float>>;
TYPED_TEST_SUITE(kernels_plasticity, models);

/// The same data with a constant delay, with a column of equal delays, and with parameters per edge.
template <class Data> void expect_passes_agree_with_single_edges(Data const& constant) {
    auto const in_passes = expect_same_on_all_teams(constant, deliver_slices{});
    auto ahead = constant;
    ahead.look_ahead();
    EXPECT_EQ(expect_same_on_all_teams(ahead, deliver_slices{}), in_passes);
    auto column = constant;
    std::fill(column.edges.delays.begin(), column.edges.delays.end(), constant.edges.delays[0]);
    column.edges.set_width(1);
    EXPECT_EQ(expect_same_on_all_teams(column, deliver_slices{}), in_passes);

    auto weights = [](Data d) {
        run_serial([&](auto& team) { deliver_slices{}(team, d); });
        return bits{}.add(d.edges.weight).add(d.inbox.slots);
    };
    auto own = constant;
    own.give_own_params();
    expect_same_on_all_teams(own, deliver_slices{});
    EXPECT_EQ(weights(own), weights(constant));
    EXPECT_NE(weights(constant), bits{}.add(constant.edges.weight).add(constant.inbox.slots));
}

/// With nothing else changed; the last weight that an edge has sent is the one that it has.
TYPED_TEST(kernels_plasticity, what_is_sent_is_recorded) {
    for (bool const own : {false, true}) {
        typename TypeParam::data d{{.multiple = true}};
        if (own) d.give_own_params();
        auto const unrecorded = expect_same_on_all_teams(d, deliver_slices{});
        auto ahead = d;
        ahead.look_ahead();
        d.record(), ahead.record();
        auto const sent = [](auto const& x) {
            bits all;
            for (auto const& s : x.sent) all.add(s.weight);
            return all;
        };
        auto const run = [](auto x) {
            run_lanes({}, [&](auto& team) { deliver_slices{}(team, x); });
            return x;
        };
        auto serial = d;
        run_serial([&](auto& team) { deliver_slices{}(team, serial); });
        EXPECT_EQ(serial.result(), unrecorded);
        EXPECT_NE(sent(serial), sent(d));
        for (auto const& x : {run(d), run(ahead)}) {
            EXPECT_EQ(x.result(), unrecorded);
            EXPECT_EQ(sent(x), sent(serial));
        }
        std::vector<double> last(d.edges.weight.begin(), d.edges.weight.end());
        for (std::size_t s = 0; s < d.spikes.size(); ++s)
            for (std::size_t i = 0; i < d.spikes[s].events.size(); ++i) {
                auto const& e = d.spikes[s].events[i];
                auto const r =
                    row_view{d.edges.first_source, d.edges.rows(), d.edges.begin.data()}.edges(e.source);
                for (auto k = r.begin; k < r.end; ++k)
                    last[k] =
                        serial.sent[s].of(std::int64_t(i), e.multiplicity - 1, r.end - r.begin)[k - r.begin];
            }
        EXPECT_TRUE(std::equal(last.begin(), last.end(), serial.edges.weight.begin()));
    }
}

TYPED_TEST(kernels_plasticity, passes_agree_with_single_edges) {
    expect_passes_agree_with_single_edges(typename TypeParam::data{{}});
}
TYPED_TEST(kernels_plasticity, passes_agree_with_single_edges_several_spikes_a_step) {
    expect_passes_agree_with_single_edges(typename TypeParam::data{{.multiple = true, .own_decay = true}});
}
TYPED_TEST(kernels_plasticity, passes_agree_with_single_edges_rows_longer_than_a_chunk) {
    expect_passes_agree_with_single_edges(typename TypeParam::data{
        {.targets = 300, .sources = 4, .slices = 12, .degree = 1800, .target_rate = 0.1, .eager = false}});
}
TYPED_TEST(kernels_plasticity, nothing_arrives_at_receptors_that_ignore_input) {
    for (int const width : {0, 1}) {
        typename TypeParam::data d{{}};
        d.edges.route = ignored();
        d.edges.set_width(width);
        run_serial([&](auto& team) { deliver_slices{}(team, d); });
        EXPECT_TRUE(std::all_of(d.inbox.slots.begin(), d.inbox.slots.end(), [](auto q) { return q == 0; }));
    }
}

/// All pairs, one edge after the other, with the formulas of the rule but traces from the spike times.
template <class Data> std::vector<double> all_pairs(Data d) {
    auto const rule = d.shared();
    std::vector<double> w(d.edges.weight.begin(), d.edges.weight.end());
    auto const v = d.edges.view();
    auto times_of = [&](std::int32_t j) {
        std::vector<std::int64_t> u;
        for (std::int64_t t = 0; t < d.o.slices * d.steps; ++t)
            if (d.fired[std::size_t(t / d.steps * d.o.targets + j)] >> t % d.steps & 1) u.push_back(t + 1);
        return u;
    };
    for (std::int32_t r = 0; r < d.edges.rows(); ++r)
        for (std::size_t e = d.edges.begin[std::size_t(r)]; e < d.edges.begin[std::size_t(r) + 1]; ++e) {
            auto const post = times_of(v.target[e]);
            auto const D = d.edges.delay(e);
            double k_plus = 0, r_plus = 0;
            std::int64_t last = 0;
            for (auto const& s : d.spikes)
                for (int k = 0; k < d.steps; ++k)
                    for (auto i = s.begin[std::size_t(k)]; i < s.begin[std::size_t(k) + 1]; ++i) {
                        if (s.events[std::size_t(i)].source != d.edges.first_source + r) continue;
                        auto const t = s.t + k + 1;
                        double k_minus = 0;
                        for (auto const u : post) {
                            if (u > last - D && u <= t - D) {
                                auto const k = k_plus * std::exp(-double(u + D - last) * rule.decay);
                                if constexpr (of_triplets<typename Data::rule>) {
                                    double y = 0;
                                    for (auto const before : post)
                                        if (before < u) y += std::exp(-double(u - before) * 0.1 / 90);
                                    w[e] = rule.facilitate(w[e], k, y);
                                } else {
                                    w[e] = rule.facilitate(w[e], k);
                                }
                            }
                            if (u < t - D) k_minus += std::exp(-double(t - D - u) * 0.1 / 20);
                        }
                        if constexpr (of_triplets<typename Data::rule>) {
                            auto const r = r_plus * std::exp(-double(t - last) * rule.decay_triplet);
                            w[e] = rule.depress(w[e], k_minus, r);
                            r_plus = r + 1;
                        } else {
                            w[e] = rule.depress(w[e], k_minus);
                        }
                        k_plus = k_plus * std::exp(-double(t - last) * rule.decay) + 1;
                        last = t;
                    }
        }
    return w;
}

TYPED_TEST(kernels_plasticity, different_delays_agree_with_all_pairs) {
    for (int const width : {0, 1, 2, 4}) {
        typename TypeParam::data d{{.slices = 20, .degree = 30, .seed = 3}};
        d.edges.set_width(width);
        expect_same_on_all_teams(d, deliver_slices{});
        if constexpr (std::is_same_v<typename TypeParam::real, double>) {
            auto const expected = all_pairs(d);
            run_serial([&](auto& team) { deliver_slices{}(team, d); });
            for (std::size_t e = 0; e < expected.size(); ++e)
                ASSERT_NEAR(d.edges.weight[e], expected[e], 1e-12 * (1 + std::abs(expected[e])))
                    << "edge " << e;
        }
    }
}

/// After each source has fired once more, weights are those without catch-up; so is what has been delivered.
TYPED_TEST(kernels_plasticity, catch_up_changes_nothing) {
    for (int const kind : {0, 1, 2}) {
        typename TypeParam::data deep{{.slices = 40, .seed = 4, .source_rate = 0.004, .multiple = kind == 1}};
        deep.edges.set_width(kind);
        if (kind == 2) deep.give_own_params();
        end_with_all_sources(deep);
        auto const shallow = with_short_history(deep);
        auto const expected = expect_same_on_all_teams(deep, deliver_slices{});
        EXPECT_EQ(expect_same_on_all_teams(shallow, deliver_slices{}), expected);

        EXPECT_NE(on_serial(shallow, deliver_slices_with<false>{}), expected) << "the broken twin";
    }
}

TYPED_TEST(kernels_plasticity, archive_keeps_latest_spikes_first) {
    typename TypeParam::data d{{.source_rate = 0, .own_decay = true}};
    d.archives[5] = 0;
    expect_same_on_all_teams(d, deliver_slices{});
    run_serial([&](auto& team) { deliver_slices{}(team, d); });
    auto const n = std::size_t(d.o.targets);
    for (std::size_t j = 0; j < n; ++j) {
        std::vector<std::int64_t> stamps;
        for (std::int64_t t = d.o.slices * d.steps; t-- > 0;)
            if (d.fired[std::size_t(t) / d.steps * n + j] >> t % d.steps & 1) stamps.push_back(t + 1);
        ASSERT_EQ(d.last_spike[j], stamps.empty() ? -1 : stamps[0]);
        for (std::size_t r = 0; r < stamps.size(); ++r) {
            ASSERT_EQ(d.history_step[r * n + j], j == 5 ? history_view::never : stamps[r]);
            double k = 0;
            for (auto s = r; s < stamps.size(); ++s)
                k += std::exp(-double(stamps[r] - stamps[s]) * d.decay[j]);
            ASSERT_NEAR(d.k_minus[r * n + j], j == 5 ? 0 : k, 1e-12 * k);
        }
    }
}

TYPED_TEST(kernels_plasticity, weight_that_does_not_fit_the_inbox_is_reported) {
    for (int const width : {0, 1}) {
        typename TypeParam::data d{{}};
        d.edges.set_width(width);
        auto const source =
            d.spikes[0].events.empty() ? d.spikes[1].events[0].source : d.spikes[0].events[0].source;
        auto const row = std::size_t(std::max(source - d.edges.first_source, 0));
        d.edges.weight[d.edges.begin[row]] = typename TypeParam::real(1e9);
        if constexpr (requires { &TypeParam::data::rule::Wmax; }) continue;  // it is bounded
        run_lanes({}, [&](auto& team) { deliver_slices{}(team, d); });
        EXPECT_EQ(d.first_fault.what, fault::weight_too_large);
        EXPECT_EQ(d.first_fault.neuron, d.edges.target[d.edges.begin[row]]);
        EXPECT_EQ(d.first_fault.source, d.edges.first_source + std::int32_t(row));
    }
}

TYPED_TEST(kernels_plasticity, broken_twins_are_caught) {
    typename TypeParam::data d{{.slices = 12}};
    auto padded = d;  // lists that have not been written may point anywhere in a chunk
    padded.edges.target.resize(d.edges.target.size() + 1024);
    padded.edges.weight.resize(d.edges.weight.size() + 1024);
    expect_caught<defect::forgets_sync>(padded, deliver_slices{});
    expect_caught<defect::adds_in_float>(d, deliver_slices{});
    d.edges.set_width(1);
    expect_caught<defect::forgets_sync>(d, deliver_slices{});
    expect_caught<defect::adds_in_float>(d, deliver_slices{});
}

}  // namespace
}  // namespace ranvier::test
