// STDP that spikes of a third party modulate: the same bits on every team, whatever is caught up or passed
// beforehand, and what a plain evaluation says that goes step by step.
#include <cmath>

#include "models/stdp_dopamine_synapse.h"

#include "tests/plasticity_for_tests.h"

namespace ranvier::test {
namespace {

template <class Real> using data_of = plasticity_data<stdp_dopamine_synapse, Real>;
template <class Real> class kernels_modulation : public testing::Test {};
using reals = testing::Types<double, float>;
TYPED_TEST_SUITE(kernels_modulation, reals);

/// Slices, before each of which all edges pass what has happened; arrivals of then are forgotten.
template <bool passes> struct deliver_and_forget {
    template <class Team, class Data> void operator()(Team& team, Data& d) const {
        for (std::int32_t s = 0; s < d.o.slices; ++s) {
            auto const t = std::int64_t{s} * d.steps;
            auto const v = d.view(std::size_t(s));
            if (passes)
                advance_modulated<typename Data::rule>{t,
                                                       false,
                                                       0,
                                                       v.edges.rows.n,
                                                       -1,
                                                       0,
                                                       v.edges.weight,
                                                       v.modulated.traces,
                                                       v.modulated.as_of}(
                    team, d.view(std::size_t(s > 0 ? s - 1 : 0)));
            archive_spikes{}(team, v.history, d.everyone.data(), v.history.n,
                             d.fired.data() + std::int64_t{s} * d.o.targets,
                             d.o.multiple ? d.multiplicity.data() + t * d.o.targets : nullptr, d.o.targets, t,
                             d.steps);
            team.sync();
            deliver_pair_stdp{}(team, d.inbox.view(), v, d.spikes[std::size_t(s)].view());
        }
    }
};

TYPED_TEST(kernels_modulation, nothing_depends_on_what_is_passed_beforehand) {
    for (int const width : {0, 1}) {
        data_of<TypeParam> d{{.source_rate = 0.02, .multiple = width == 1}};
        d.edges.set_width(width);
        end_with_all_sources(d);
        auto const expected = expect_same_on_all_teams(d, deliver_slices{});
        EXPECT_EQ(expect_same_on_all_teams(d, deliver_and_forget<true>{}), expected);
        auto forgetful = d;
        for (std::int32_t s = 1; s < d.o.slices; ++s)
            forgetful.arrivals.push_back(d.arrivals[0]->after(std::int64_t{s} * d.steps));
        EXPECT_EQ(expect_same_on_all_teams(forgetful, deliver_and_forget<true>{}), expected);
        EXPECT_NE(on_serial(forgetful, deliver_and_forget<false>{}), expected) << "the broken twin";
    }
}

TYPED_TEST(kernels_modulation, catch_up_changes_nothing) {
    data_of<TypeParam> deep{{.slices = 40, .seed = 4, .source_rate = 0.004}};
    deep.edges.set_width(1);
    end_with_all_sources(deep);
    auto const shallow = with_short_history(deep);
    auto const expected = expect_same_on_all_teams(deep, deliver_slices{});
    EXPECT_EQ(expect_same_on_all_teams(shallow, deliver_slices{}), expected);
    EXPECT_NE(on_serial(shallow, deliver_slices_with<false>{}), expected) << "the broken twin";
}

struct state {
    double w, c, n;
};
/// Edge e of row r at the end, one step after the other; at the bounds in every one.
template <class Data> state step_by_step(Data& d, std::int32_t r, std::int64_t e) {
    auto const rule = d.shared();
    auto const edges = d.edges.view();
    auto const j = std::size_t(edges.target[e]);
    std::int64_t const delay = edges.delay(e), end = d.o.slices * d.steps;
    auto fires = [&](std::int64_t u) {
        return u > 0 && (d.fired[std::size_t((u - 1) / d.steps * d.o.targets) + j] >> (u - 1) % d.steps & 1);
    };
    state x{double(edges.weight[e]), 0, 0};
    double k_plus = 0, k_minus = 0, s = rule.decay_c + rule.decay_n;
    for (std::int64_t t = 1; t <= end; ++t) {
        x.w -= x.c * rule.h * (x.n / s * std::expm1(-s) - rule.b / rule.decay_c * std::expm1(-rule.decay_c));
        x.w = std::min(std::max(x.w, rule.Wmin), rule.Wmax);
        x.c *= std::exp(-rule.decay_c), x.n *= std::exp(-rule.decay_n);
        k_plus *= std::exp(-rule.decay), k_minus *= std::exp(-0.1 / 20);
        auto const& a = *d.arrivals[0];
        for (std::size_t i = 0; i < a.stamp.size(); ++i)
            if (a.stamp[i] == t) x.n += double(a.multiplicity[i]) * rule.jump;
        if (fires(t - delay)) x.c += rule.A_plus * k_plus;
        auto const& spikes = d.spikes[std::size_t((t - 1) / d.steps)];
        auto const k = std::size_t((t - 1) % d.steps);
        for (auto i = spikes.begin[k]; i < spikes.begin[k + 1]; ++i)
            if (spikes.events[std::size_t(i)].source == d.edges.first_source + r) {
                x.c -= rule.A_minus * k_minus;
                k_plus += 1;
            }
        if (fires(t - delay)) k_minus += 1;
    }
    return x;
}

TEST(kernels_modulation_in_order, agrees_with_steps) {
    using rule = data_of<double>::rule;
    for (int const width : {0, 1, 2, 4}) {
        data_of<double> d{{.targets = 20, .sources = 12, .degree = 15, .seed = 3, .source_rate = 0.03}};
        d.edges.set_width(width);
        for (auto& w : d.edges.weight) w = 0.2 + 0.2 * std::fabs(w);  // some are outside of the bounds
        auto end = d;
        run_serial([&](auto& team) { deliver_slices{}(team, end); });
        auto const n = std::int64_t(d.edges.target.size());
        std::vector<double> weight(d.edges.weight.size());
        std::vector<std::byte> traces(d.traces.size());
        columns<rule::traces> const shown{traces.data(), d.capacity()};
        auto const as_of = end.as_of;
        auto const present = [&](auto& team) {
            advance_modulated<rule>{d.o.slices * d.steps, true, 0, d.edges.rows(), -1, 0,
                                    weight.data(),        shown}(team, end.view());
        };
        run_serial(present);
        EXPECT_EQ(end.as_of, as_of);
        int inside = 0;
        for (std::int32_t r = 0; r < d.edges.rows(); ++r)
            for (std::int64_t e = d.edges.begin[std::size_t(r)]; e < d.edges.begin[std::size_t(r) + 1]; ++e) {
                auto const x = step_by_step(d, r, e);
                ASSERT_NEAR(weight[std::size_t(e)], x.w, 1e-11) << e;
                ASSERT_NEAR(shown.load(e).c, x.c, 1e-11) << e;
                ASSERT_NEAR(shown.load(e).n, x.n, 1e-11) << e;
                inside += d.shared().Wmin < x.w && x.w < d.shared().Wmax;
                double w = 0;
                std::vector<std::byte> one(columns<rule::traces>::bytes(1));
                run_serial([&](auto& team) {
                    advance_modulated<rule>{d.o.slices * d.steps, true, 0, 0, e, e, &w, {one.data(), 1}}(
                        team, end.view());
                });
                ASSERT_EQ(w, weight[std::size_t(e)]);
            }
        EXPECT_GT(inside, n / 10);
        EXPECT_LT(inside, n);
    }
}

TYPED_TEST(kernels_modulation, broken_twins_are_caught) {
    data_of<TypeParam> d{{.slices = 12}};
    expect_caught<defect::forgets_sync>(d, deliver_slices{});
    expect_caught<defect::adds_in_float>(d, deliver_slices{});
}

}  // namespace
}  // namespace ranvier::test
