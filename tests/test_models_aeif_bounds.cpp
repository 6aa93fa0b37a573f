// AdEx neurons: bounded work and state whatever the input, spikes within a step, refractoriness, checks.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "models/aeif_cond_alpha.h"
#include "models/aeif_cond_alpha_multisynapse.h"
#include "models/aeif_cond_beta_multisynapse.h"
#include "models/aeif_cond_exp.h"
#include "models/aeif_psc_alpha.h"
#include "models/aeif_psc_delta.h"
#include "models/aeif_psc_exp.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

using model = aeif_psc_alpha;
using stamps = std::vector<std::int64_t>;
constexpr double h = 0.1, inf = std::numeric_limits<double>::infinity();

struct counted : adex_functions {
    static inline long evaluations = 0;
    static double exp(double x) { return ++evaluations, adex_functions::exp(x); }
    static double log(double x) { return ++evaluations, adex_functions::log(x); }
};

template <class M> typename M::params wild_params(std::mt19937_64& random) {
    auto pick = [&](std::initializer_list<double> x) { return *(x.begin() + random() % x.size()); };
    typename M::params p;
    p.Delta_T = pick({0, 0.1, 0.5, 2, 10}), p.I_exp_max = pick({1e-300, 1, 500, 2e6, 1e9, inf});
    p.V_peak = pick({0, 20, -50.4, -50, -45}), p.V_reset = pick({-60, -51, -1e3});
    p.t_ref = pick({0, 0, 0.1, 2}), p.tau_w = pick({1e-3, 5, 144, inf}), p.a = pick({-10, 0, 4, 100});
    p.I_e = pick({-1e4, 0, 700, 1e6});
    if constexpr (requires { p.tau_syn_ex; })
        p.tau_syn_ex = pick({1e-3, 0.2, 50}), p.tau_syn_in = pick({1e-3, 2, 50});
    return p;
}

/// A step; how many spikes. Its work is one of two amounts.
template <class M, class... Sums>
int counted_step(single_neuron<M>& n, inputs<M::n_ports, 1> const& input, Sums const&... sums) {
    counted::evaluations = 0;
    auto const left = M::template whole<counted>(n.derived, n.state, input, sums...);
    EXPECT_EQ(counted::evaluations, M::evaluations_when_calm);
    if (left > 0) {
        EXPECT_EQ(M::template part<counted>(n.derived, n.state, input, left, sums...), 0);
        EXPECT_EQ(counted::evaluations, M::evaluations_per_step);
    }
    return M::step(n.derived, n.state, input, no_draws{}, sums...);
}

/// The receptors of a neuron that has a list of them; nothing for others.
template <class M> struct receptors {
    receptors(typename M::params const&, std::mt19937_64&) {}
    int step(single_neuron<M>& n, inputs<M::n_ports, 1> const& input, auto) { return counted_step(n, input); }
};
template <class M>
requires requires { typename M::sums; }
struct receptors<M> {
    using element = typename M::receptor;
    std::vector<typename element::derived> constants;
    std::vector<typename element::state> states;

    receptors(typename M::params const& p, std::mt19937_64& random) : states(3) {
        auto pick = [&](std::initializer_list<double> x) { return *(x.begin() + random() % x.size()); };
        for (int i = 0; i < 3; ++i) {
            typename element::params own;
            own.E_rev = pick({-1e3, -85, 0, 20});
            auto const tau = pick({1e-3, 0.2, 2, 50});
            if constexpr (requires { own.tau_syn; })
                own.tau_syn = tau;
            else
                own.tau_decay = tau, own.tau_rise = tau * pick({0.01, 0.9, 1});
            EXPECT_TRUE(valid(own));
            constants.push_back(element::derive(p, own, h));
        }
    }
    int step(single_neuron<M>& n, inputs<M::n_ports, 1> const& input, auto spike) {
        typename M::sums sums{};
        for (std::size_t i = 0; i < states.size(); ++i)
            element::advance(constants[i], states[i], spike(), n.state, sums);
        return counted_step(n, input, sums);
    }
};

template <class M> class aeif_bounds : public testing::Test {};
using aeif_models =
    testing::Types<aeif_psc_alpha, aeif_psc_exp, aeif_psc_delta, aeif_cond_exp, aeif_cond_alpha,
                   aeif_cond_alpha_multisynapse, aeif_cond_beta_multisynapse>;
struct aeif_name {
    template <class M> static std::string GetName(int) { return M::name; }
};
TYPED_TEST_SUITE(aeif_bounds, aeif_models, aeif_name);

TYPED_TEST(aeif_bounds, work_and_state_are_bounded_for_wild_input) {
    using M = TypeParam;
    constexpr bool jumps = M::n_ports == 1;
    std::mt19937_64 random(7);
    auto up_to = [&](double x) {
        return std::exp(std::uniform_real_distribution(-5.0, std::log(x))(random));
    };
    auto any = [&](double x) { return random() % 2 ? up_to(x) : -up_to(x); };
    for (int trial = 0; trial < 400; ++trial) {
        auto p = wild_params<M>(random);
        while (!valid(p)) p = wild_params<M>(random);
        single_neuron<M> n(h, p);
        receptors<M> more(p, random);
        n.state.V_m = any(1e5), n.state.w = any(1e6);
        for (int k = 0; k < 200; ++k) {
            inputs<M::n_ports, 1> input{};
            auto spike = [&] { return random() % 9 ? 0 : jumps ? any(1e4) : up_to(1e6); };
            if constexpr (M::n_ports > 0)
                for (auto& x : input.spikes) x = spike();
            input.currents[0] = random() % 5 ? 0 : any(1e6);
            auto const refractory = n.state.refractory;
            auto const spikes = more.step(n, input, spike);
            ASSERT_FALSE(testing::Test::HasFailure()) << trial << " " << k;
            ASSERT_TRUE(std::isfinite(n.state.V_m) && std::isfinite(n.state.w)) << trial << " " << k;
            ASSERT_LE(n.state.V_m, std::max<double>(n.derived.V_spike, p.V_reset)) << trial << " " << k;
            ASSERT_LE(spikes, refractory ? 0 : p.t_ref > 0 ? 1 : jumps ? 3 : 2);
            ASSERT_TRUE(spikes == 0 || p.t_ref == 0 || n.state.V_m == p.V_reset);
        }
    }
}

TEST(aeif_psc_alpha, strong_inhibition_is_no_error) {
    model::params p;
    p.g_L = 12, p.C_m = 200, p.a = 0, p.b = 0, p.tau_w = 300;
    single_neuron<model> n(h, p);
    n.current(0, 20000, -42880);
    n.run(20000);
    EXPECT_NEAR(n.V_m(), -70.6 - 42880 / 12.0, 1e-8);
}

/// Without exponential current and adaptation: leaky integrate-and-fire with reset at the crossing, not at
/// the step's end.
TEST(aeif_psc_alpha, reset_is_at_the_time_of_the_crossing) {
    model::params p;
    p.Delta_T = 0, p.a = 0, p.b = 0, p.I_e = 2000;
    single_neuron<model> n(h, p);
    n.state.V_m = p.V_reset;
    auto const tau = p.C_m / p.g_L, target = p.E_L + p.I_e / p.g_L;
    auto const interval = tau * std::log((target - p.V_reset) / (target - p.V_th));
    auto const spikes = n.run(10000);
    ASSERT_NEAR(double(spikes.size()), 1000 / interval, 1);
    for (std::size_t i = 0; i < spikes.size(); ++i)
        EXPECT_NEAR(double(spikes[i]), double(i + 1) * interval / h + 0.5, 0.5 + 1e-4) << i;
}

TEST(aeif_psc_alpha, two_spikes_in_a_step) {
    model::params p;
    p.I_e = 1e6, p.b = 0;  // 17 us from V_reset to V_peak
    single_neuron<model> n(h, p);
    n.run(5);
    for (int k = 0; k < 20; ++k) EXPECT_EQ(n.step(), 2);
    n.params.t_ref = 0.05;
    n.derived = model::derive(n.params, h);
    EXPECT_EQ(n.step(), 1);
    EXPECT_EQ(n.step(), 0);
    EXPECT_EQ(n.step(), 1);
}

TEST(aeif_psc_alpha, refractoriness) {
    model::params p;
    p.t_ref = 1, p.I_e = 1500;
    single_neuron<model> n(h, p);
    EXPECT_EQ(model::least_interval(n.derived), 11);
    stamps const spikes = n.run(300);
    ASSERT_GT(spikes.size(), 2u);
    single_neuron<model> again(h, p);
    again.run(spikes[0]);
    auto const w_inf = p.a * (p.V_reset - p.E_L);
    auto const w = double(again.state.w);
    for (int k = 0; k <= 10; ++k) {
        EXPECT_EQ(again.V_m(), p.V_reset) << k;
        EXPECT_NEAR(again.state.w, w_inf + (w - w_inf) * std::exp(-k * h / 144), 1e-12);
        again.run(1);
    }
    EXPECT_GT(again.V_m(), p.V_reset);
    again.state.refractory = 3, again.state.V_m = -20;  // V is clamped whatever was set
    EXPECT_TRUE(again.run(3).empty());
    EXPECT_EQ(again.V_m(), p.V_reset);
}

TEST(aeif_psc_alpha, potentials_set_above_the_peak_fire_at_once) {
    for (double const V : {0.0, 1.0, 1e5}) {
        single_neuron<model> n(h);
        n.state.V_m = V;
        EXPECT_EQ(n.run(3), stamps{1});
        EXPECT_NEAR(n.state.w, 80.5, 2);
    }
}

TEST(aeif_psc_alpha, checks) {
    using P = model::params;
    EXPECT_TRUE(valid(P{}));
    auto refused = [](auto member, std::initializer_list<double> values) {
        for (double const x : values) {
            P p;
            p.*member = x;
            EXPECT_FALSE(valid(p)) << x;
        }
    };
    refused(&P::C_m, {0, -1}), refused(&P::t_ref, {-1}), refused(&P::V_reset, {0, 5}),
        refused(&P::V_peak, {-51});
    refused(&P::Delta_T, {-1, 0.07, std::nan("")}), refused(&P::tau_w, {0}), refused(&P::I_exp_max, {0, -1});
    refused(&P::tau_syn_ex, {0}), refused(&P::tau_syn_in, {-2}), refused(&P::gsl_error_tol, {0});
    P p;
    p.Delta_T = 0, p.I_exp_max = inf;
    EXPECT_TRUE(valid(p));
    model::state s;
    EXPECT_TRUE(valid(s));
    s.I_syn_in = -1;
    EXPECT_FALSE(valid(s));
}

}  // namespace
}  // namespace ranvier::test
