// Constants of the membrane in models/adex.h, and what its integrators have in common.
#pragma once
#include <cmath>
#include <limits>

#include "models/collocation.h"

namespace ranvier {

/// Delta_T such that the exponential stays a finite number up to V_peak: below ln(DBL_MAX / 1e20), as the
/// reference.
template <auto M> struct peak_within_range {
    static constexpr auto member = M;
    static constexpr char range[] = "0 or > (V_peak - V_th) / 663.7 (else the exponential overflows)";
    template <class R> static constexpr bool ok(R const& r) {
        return r.*M == 0 || (r.V_peak - r.V_th) / r.*M < 663.7310110335031;
    }
};

/// Elementary functions of the integrator; a test counts them.
struct adex_functions {
    RANVIER_FN static double exp(double x) { return math::exp(x); }
    RANVIER_FN static double log(double x) { return math::log(x); }
};

namespace adex {
/// Nodes of a step, and of what is left of it after a spike.
constexpr int nodes = 5, nodes_after = 4;
}  // namespace adex

/// What all models with this membrane have in common. Time is in steps: rates are per step. Without
/// exponential current (Delta_T = 0) rate = 0, and V_bound = V_spike = V_th.
struct adex_constants {
    double a_rate, b, E_L, w_rate, w_kept;            // a h / tau_w (pA/mV), h / tau_w, exp(-h / tau_w)
    double V_reset, V_th, V_spike, V_bound, w_reset;  // w_reset: where w goes while V = V_reset
    double Delta, per_Delta;
    double rate;        // of u at V_th: g_L h / C_m
    double bound_time;  // 1 / the rate of u at V_bound
    double bound_rise;  // of V, by the exponential current at its bound, mV
    double reset_rise;  // the same at V_reset
    std::int64_t refractory;
    using fields = field_list<&adex_constants::a_rate, &adex_constants::b, &adex_constants::E_L,
                              &adex_constants::w_rate, &adex_constants::w_kept, &adex_constants::V_reset,
                              &adex_constants::V_th, &adex_constants::V_spike, &adex_constants::V_bound,
                              &adex_constants::w_reset, &adex_constants::Delta, &adex_constants::per_Delta,
                              &adex_constants::rate, &adex_constants::bound_time, &adex_constants::bound_rise,
                              &adex_constants::reset_rise, &adex_constants::refractory>;

    template <class Params> static adex_constants from(Params const& p, double h) {
        constexpr auto inf = std::numeric_limits<double>::infinity();
        adex_constants c{};
        c.w_rate = h / p.tau_w, c.w_kept = math::exp(-c.w_rate), c.a_rate = p.a * c.w_rate, c.b = p.b,
        c.E_L = p.E_L;
        c.V_reset = p.V_reset, c.V_th = c.V_spike = c.V_bound = p.V_th;
        c.w_reset = p.a * (p.V_reset - p.E_L);
        c.refractory = duration_steps(p.t_ref, h);
        if (p.Delta_T > 0) {
            auto const I_0 = p.g_L * p.Delta_T, x_peak = (p.V_peak - p.V_th) / p.Delta_T;
            auto const x_limit = I_0 > 0 ? larger(math::log(p.I_exp_max / I_0), -600.0) : inf;
            auto const x_bound = smaller(x_peak, x_limit), at_bound = math::exp(x_bound);
            c.Delta = p.Delta_T, c.per_Delta = 1 / p.Delta_T;
            c.V_spike = p.V_peak;
            c.V_bound = select(x_peak <= x_limit, p.V_peak, p.V_th + p.Delta_T * x_limit);
            c.rate = p.g_L * h / p.C_m;
            c.bound_time = c.rate > 0 ? 1 / (c.rate * at_bound) : 0;
            c.bound_rise = c.Delta * c.rate * at_bound;
            c.reset_rise = c.Delta * c.rate * math::exp(smaller((p.V_reset - p.V_th) / p.Delta_T, x_bound));
        }
        return c;
    }
};

namespace adex {

/// The linear path of a step: V at the nodes, w at both ends.
struct path {
    values<nodes> V;
    double w_begin, w_end;
};

/// What is left of a jump of V or w, by 1, after a while (V_to_V, w_to_V), and at the end of the step of a
/// jump of V made that long before it (to_end).
struct leg {
    double V_to_V, w_to_V, to_end;
};
/// (1 - exp(-x)) / x for x >= 0: right to x^4 / 720, and between 0 and 1 for any.
RANVIER_FN double relaxed(double x) { return 1 / (1 + x * (0.5 + x * (1.0 / 12))); }

RANVIER_FN bool choose(bool first, bool x, bool y) { return (first & x) | (!first & y); }
/// The smaller one, without a branch.
RANVIER_FN double least(double a, double b) { return select(b < a, b, a); }
/// x, or the nearer limit; low if x is not a number.
RANVIER_FN double within(double low, double x, double high) { return least(select(x > low, x, low), high); }

/// V where a step begins.
template <class State> RANVIER_FN double V_of(adex_constants const& c, State const& s) {
    return select(s.refractory > 0, c.V_reset, s.V_m);
}
/// While a step is integrated, refractory = -n says that the neuron has fired n times in it. What is left to
/// do at its end; how many spikes.
template <class State> RANVIER_FN int spikes_of(adex_constants const& c, State& s) {
    bool const fired = s.refractory < 0;
    auto const spikes = int(select(fired, -s.refractory, std::int64_t(0)));
    s.refractory = select(fired, c.refractory, s.refractory - std::int64_t(s.refractory > 0));
    return spikes;
}

}  // namespace adex
}  // namespace ranvier
