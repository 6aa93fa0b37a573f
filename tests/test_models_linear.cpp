// Linear models against closed forms, and what Ranvier adds to the reference: reset by subtraction, no leak.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "models/iaf_psc_alpha.h"
#include "models/iaf_psc_delta.h"
#include "models/iaf_psc_exp.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

constexpr double h = 0.1, inf = std::numeric_limits<double>::infinity();
using stamps = std::vector<std::int64_t>;

template <class M> double V(single_neuron<M> const& n) { return n.state.V_m; }

template <class M> class linear : public testing::Test {};
using models = testing::Types<iaf_psc_exp, iaf_psc_alpha, iaf_psc_delta>;
struct names {
    template <class M> static std::string GetName(int) { return M::name; }
};
TYPED_TEST_SUITE(linear, models, names);

TYPED_TEST(linear, constant_current_gives_the_known_intervals) {
    for (double const t_ref : {0.0, 0.05, 0.1, 2.0, 1.237})
        for (double const current : {380.0, 500.0, 2000.0, 4e4}) {
            typename TypeParam::params p;
            p.t_ref = t_ref, p.I_e = current;
            single_neuron<TypeParam> n(h, p);
            auto const rise = std::ceil(p.tau_m * std::log(1 / (1 - 15 / (current * p.tau_m / p.C_m))) / h);
            auto const refractory = std::ceil(t_ref / h);
            auto const spikes = n.run(2000);
            ASSERT_GT(spikes.size(), 3u);
            for (std::size_t i = 0; i < spikes.size(); ++i)
                EXPECT_EQ(spikes[i], rise + double(i) * (rise + refractory)) << t_ref << " " << current;
            EXPECT_LE(TypeParam::least_interval(n.derived), rise + refractory);
        }
}

TYPED_TEST(linear, rests_at_the_reset_potential_while_refractory) {
    typename TypeParam::params p;
    p.I_e = 1000, p.V_reset = -63.5, p.t_ref = 0.7;
    single_neuron<TypeParam> n(h, p);
    std::int64_t last = -1000;
    for (int i = 0; i < 500; ++i) {
        if (n.step()) last = n.now();
        EXPECT_EQ(n.V_m() == -63.5, n.now() <= last + 7) << n.now();
        EXPECT_LT(n.V_m(), -55);
    }
    EXPECT_GT(last, 0);
}

TYPED_TEST(linear, fires_in_every_step_without_refractoriness) {
    typename TypeParam::params p;
    p.t_ref = 0, p.I_e = 1e6;
    single_neuron<TypeParam> n(h, p);
    EXPECT_EQ(n.run(20).size(), 20u);
    EXPECT_EQ(TypeParam::least_interval(n.derived), 1);
}

TYPED_TEST(linear, a_potential_set_above_threshold_fires_even_if_refractory) {
    single_neuron<TypeParam> n(h);
    n.template set<&TypeParam::state::V_m>(-50);
    EXPECT_EQ(n.run(1).size(), 1u);
    n.run(3);
    n.template set<&TypeParam::state::V_m>(-55);
    EXPECT_EQ(n.run(1).size(), 1u);
    EXPECT_EQ(n.V_m(), -70);
}

TYPED_TEST(linear, checks_refuse_what_has_no_meaning) {
    typename TypeParam::params p;
    EXPECT_TRUE(valid(p));
    auto refused = [&](auto member, std::initializer_list<double> values) {
        for (double const x : values) {
            auto q = p;
            q.*member = x;
            EXPECT_FALSE(valid(q)) << x;
        }
    };
    using P = typename TypeParam::params;
    refused(&P::C_m, {0, -1, std::nan("")});
    refused(&P::tau_m, {0, -1, std::nan("")});
    refused(&P::t_ref, {-0.1, std::nan("")});
    refused(&P::V_reset, {-55, -10, std::nan("")});
    p.tau_m = inf, p.t_ref = inf;
    EXPECT_TRUE(valid(p));
    p.I_e = 1000;
    EXPECT_EQ(single_neuron<TypeParam>(h, p).run(3000).size(), 1u);  // refractory for ever
}

TYPED_TEST(linear, without_leak_current_is_integrated_exactly) {
    typename TypeParam::params p;
    p.tau_m = inf, p.C_m = 256, p.V_th = 1e6;
    single_neuron<TypeParam> n(0.125, p);
    n.current(0, 4000, 64);
    n.run(4000);
    EXPECT_EQ(V(n), 4000 * 0.125 * 64 / 256);
    n.run(4000);
    EXPECT_EQ(V(n), 125);
}

TYPED_TEST(linear, no_leak_is_the_limit_of_little_leak) {
    auto after = [](double tau_m) {
        typename TypeParam::params p;
        p.tau_m = tau_m, p.V_th = 0;
        single_neuron<TypeParam> n(h, p);
        n.current(0, 300, 37);
        for (int k = 0; k < 300; k += 7) n.spike(k, k % 2 ? 5 : -3);
        n.run(400);
        return V(n);
    };
    auto const limit = after(inf);
    for (double tau_m = 1e4; tau_m < 1e16; tau_m *= 10)
        EXPECT_NEAR(after(tau_m), limit, 60 / tau_m * std::fabs(limit) + 1e-9) << tau_m;
    EXPECT_NEAR(after(1e300), limit, 1e-9);
}

/// Constant input of a thresholds per step: floor(a T) spikes after T steps, and nothing is lost
/// (ann_to_snn.md).
TYPED_TEST(linear, subtraction_keeps_the_overshoot) {
    for (double const a : {0.125, 0.375, 0.8125, 1.0}) {
        typename TypeParam::params p;
        p.E_L = 0, p.V_th = 1, p.V_reset = 0, p.t_ref = 0, p.tau_m = inf, p.C_m = 1,
        p.reset_by_subtraction = 1;
        p.I_e = a;
        single_neuron<TypeParam> n(1.0, p);
        n.state.V_m = 0;
        for (std::int64_t T = 1, count = 0; T <= 1000; ++T) {
            count += n.step();
            ASSERT_EQ(count, std::int64_t(a * double(T))) << a;
            ASSERT_EQ(double(count) + V(n), a * double(T));
        }
    }
}

TYPED_TEST(linear, subtraction_fires_once_a_step_and_waits_while_refractory) {
    typename TypeParam::params p;
    p.reset_by_subtraction = 1, p.tau_m = inf;
    for (auto const& [t_ref, expected] : {std::pair{0.0, stamps{1, 2, 3, 4}}, {0.3, {1, 5, 9, 13}}}) {
        p.t_ref = t_ref;
        single_neuron<TypeParam> n(h, p);
        n.template set<&TypeParam::state::V_m>(-70 + 4.5 * 15);
        EXPECT_EQ(n.run(100), expected);
        EXPECT_EQ(n.V_m(), -62.5);
    }
}

// Potential t ms after a spike of weight w: differences of exponentials, in long double.
long double psp_exp(long double t, long double w, long double C, long double tau_s, long double tau_m) {
    auto const a = 1 / tau_s, b = 1 / tau_m;
    return w / C * std::exp(-b * t) * (a == b ? t : -std::expm1(-(a - b) * t) / (a - b));
}
long double psp_alpha(long double t, long double w, long double C, long double tau_s, long double tau_m) {
    auto const a = 1 / tau_s, b = 1 / tau_m, x = (a - b) * t;
    auto const f = std::fabs(x) < 1e-3L  // (1 - (1 + x) exp(-x)) / x^2
                       ? 0.5L - x / 3 + x * x / 8 - x * x * x / 30 + x * x * x * x / 144
                       : (-std::expm1(-x) - x * std::exp(-x)) / (x * x);
    return w * std::numbers::e_v<long double> / tau_s / C * std::exp(-b * t) * t * t * f;
}

/// Largest deviation, in units of the largest potential, of the response to one spike of 100 pA.
template <class M> double psp_error(double tau_s, double tau_m, bool inhibitory) {
    typename M::params p;
    p.tau_m = tau_m, p.V_th = 1e6, p.tau_syn_ex = inhibitory ? 3 : tau_s,
    p.tau_syn_in = inhibitory ? tau_s : 3;
    single_neuron<M> n(h, p);
    double const w = inhibitory ? -100 : 100;
    n.spike(0, w);
    double worst = 0, top = 0;
    n.run(600, [&](std::int64_t stamp) {
        auto const t = h * (double(stamp) - 1);
        auto const exact =
            double((std::is_same_v<M, iaf_psc_exp> ? psp_exp : psp_alpha)(t, w, 250, tau_s, tau_m));
        worst = std::max(worst, std::fabs(V(n) - exact));
        top = std::max(top, std::fabs(exact));
    });
    return worst / top;
}

TEST(synaptic_currents, response_to_one_spike) {
    for (double const tau_m : {4.0, 10.0, 31.0, 1e5, 3e8, inf})
        for (double const tau_s : {0.2, 2.0, 7.0, 40.0})
            for (bool const inhibitory : {false, true}) {
                EXPECT_LT(psp_error<iaf_psc_exp>(tau_s, tau_m, inhibitory), 2e-13) << tau_s << " " << tau_m;
                EXPECT_LT(psp_error<iaf_psc_alpha>(tau_s, tau_m, inhibitory), 1e-11) << tau_s << " " << tau_m;
            }
}

TEST(synaptic_currents, nothing_happens_where_the_time_constants_meet) {
    for (double near = 1e-2; near > 1e-17; near /= 3)
        for (double const sign : {-1, 0, 1}) {
            EXPECT_LT(psp_error<iaf_psc_exp>(10 * (1 + sign * near), 10, true), 1e-12) << sign * near;
            EXPECT_LT(psp_error<iaf_psc_alpha>(10 * (1 + sign * near), 10, false), 1e-7) << sign * near;
        }
}

TEST(synaptic_currents, peak_is_the_weight) {
    single_neuron<iaf_psc_alpha> alpha(h);
    alpha.spike(0, 30);
    double top = 0;
    std::int64_t when = 0;
    alpha.run(100, [&](std::int64_t stamp) {
        if (alpha.recorded("I_syn_ex") > top) top = alpha.recorded("I_syn_ex"), when = stamp;
    });
    EXPECT_NEAR(top, 30, 1e-12);
    EXPECT_EQ(when, 1 + 20);  // tau_syn_ex after arrival
    single_neuron<iaf_psc_exp> exponential(h);
    exponential.spike(0, -30);
    exponential.run(1);
    EXPECT_EQ(exponential.recorded("I_syn_in"), -30);
    EXPECT_EQ(exponential.V_m(), -70);
    exponential.run(20);
    EXPECT_NEAR(exponential.recorded("I_syn_in"), -30 / std::numbers::e, 1e-13);
}

TEST(synaptic_currents, receptor_1_of_iaf_psc_exp_is_filtered) {
    iaf_psc_exp::params p;
    p.V_th = 0;
    single_neuron<iaf_psc_exp> n(h, p);
    n.current(0, 2000, 50, 1);
    for (int k = 1; k <= 2000; ++k) {
        n.step();
        EXPECT_NEAR(n.recorded("I_syn_ex"), 50 * (1 - std::exp(-h * k / 2)), 1e-11);
    }
    EXPECT_NEAR(V(n), 50 * n.derived.P21ex / (1 - n.derived.P22), 1e-8);  // it decays within every step
}

TEST(lower_bound, holds_in_free_steps) {
    iaf_psc_alpha::params p;
    p.V_min = -75, p.I_e = -1000;
    single_neuron<iaf_psc_alpha> alpha(h, p);
    iaf_psc_delta::params q;
    q.V_min = -75;
    single_neuron<iaf_psc_delta> delta(h, q);
    delta.spike(5, -30);
    alpha.run(300, [&](std::int64_t) { EXPECT_GE(alpha.V_m(), -75); });
    EXPECT_EQ(alpha.V_m(), -75);
    delta.run(6);
    EXPECT_EQ(delta.V_m(), -75);
}

TEST(iaf_psc_delta, jumps_and_decays) {
    single_neuron<iaf_psc_delta> n(h);
    n.spike(3, 4), n.spike(3, -1.5), n.spike(10, 2, 0, 3);
    n.run(20, [&](std::int64_t stamp) {
        auto const t = h * double(stamp);
        double const first = stamp >= 4 ? 2.5 * std::exp(-(t - 0.4) / 10) : 0;
        EXPECT_NEAR(V(n), first + (stamp >= 11 ? 6 * std::exp(-(t - 1.1) / 10) : 0), 1e-13);
    });
}

TEST(iaf_psc_delta, refractory_input_is_kept_and_decays) {
    for (bool const kept : {false, true}) {
        iaf_psc_delta::params p;
        p.refractory_input = kept, p.t_ref = 1;
        single_neuron<iaf_psc_delta> n(h, p);
        n.spike(0, 100);                   // fires: stamp 1, refractory in steps 1 ... 10
        n.spike(1, 3), n.spike(10, 0.25);  // the first and the last of them
        n.spike(11, 0.5);
        EXPECT_EQ(n.run(11), stamps{1});
        EXPECT_EQ(V(n), 0);
        n.step();
        EXPECT_NEAR(V(n), 0.5 + (kept ? 3 * std::exp(-0.1) + 0.25 * std::exp(-0.01) : 0), 1e-14);
        auto const before = V(n);
        n.step();
        EXPECT_NEAR(V(n), before * std::exp(-0.01), 1e-14);
    }
}

TEST(iaf_psc_delta, ignore_and_spike_follows_its_own_clock) {
    iaf_psc_delta::params p;
    p.ignore_and_spike = 1, p.ignore_and_spike_offset = 0.5, p.ignore_and_spike_interval = 1.2, p.I_e = 1e5;
    single_neuron<iaf_psc_delta> n(h, p);
    EXPECT_EQ(n.run(40), (stamps{5, 17, 29}));
    EXPECT_TRUE(initialises<iaf_psc_delta>);
    iaf_psc_delta::initialise(n.params, h, n.state);
    EXPECT_EQ(n.run(20), (stamps{45, 57}));
}

TEST(iaf_psc_exp, stochastic_threshold) {
    iaf_psc_exp::params p;
    p.delta = 2, p.rho = 40, p.t_ref = 50;
    single_neuron<iaf_psc_exp> n(h, p);
    EXPECT_TRUE(iaf_psc_exp::draws(p));
    EXPECT_EQ(iaf_psc_exp::least_interval(n.derived), 1);
    auto const probability = 40 * 1e-4 * std::exp(-15 / 2.0);  // of a spike in a step, at rest
    EXPECT_EQ(n.step(constant_draws{probability * (1 + 1e-12)}), 0);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(n.step(constant_draws{probability * (1 - 1e-12)}), 1);  // refractory too
    p.delta = 1e-10;  // neither stochastic nor deterministic
    single_neuron<iaf_psc_exp> never(h, p);
    never.set<&iaf_psc_exp::state::V_m>(0);
    EXPECT_EQ(never.step(constant_draws{0}) + never.step(), 0);
    p.delta = 0;  // in a population some of whose neurons are stochastic
    single_neuron<iaf_psc_exp> sharp(h, p);
    EXPECT_FALSE(iaf_psc_exp::draws(p));
    EXPECT_EQ(sharp.step(constant_draws{0}), 0);
    sharp.set<&iaf_psc_exp::state::V_m>(-50);
    EXPECT_EQ(sharp.step(constant_draws{0.999}), 1);
}

}  // namespace
}  // namespace ranvier::test
