// What the Hodgkin-Huxley neurons share. A step is integrated in parts by models/runge_kutta.h: one of at
// most 0.1 ms between spikes, up to ten in their upstroke. How long a part is follows from the slopes at its
// beginning, which the method needs anyway; so the same state and input always take the same parts.
//
// Lengths chosen so that a step of 0.1 ms brings an error below 3e-7 mV on random parameters and inputs,
// through spikes too (tests/reference/hodgkin_huxley.py makes what tests compare with).
#pragma once
#include "models/runge_kutta.h"

namespace ranvier::hodgkin_huxley {

/// 1/ms, opening and closing.
struct rates {
    double alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n;
};

/// x / (1 - exp(-x)), with e = exp(-x), finite at 0. Near it by its series, where the quotient loses digits.
RANVIER_FN double linoid(double x, double e) {
    constexpr values<6> c{{1, 1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160}};
    auto const series = polynomial(c, x * x) + 0.5 * x;
    return select(std::fabs(x) < 0.3, series, x / (1 - e));
}
/// The potential (mV) that rates are taken at: they change no more 150 mV below where their curves have their
/// origin, where the fastest gate follows in less than a microsecond, so that parts of a step stay few.
RANVIER_FN double bounded(double v) { return larger(v, -150.0); }

/// exp(-t / tau) in a step, x = t / h: the 16th power of a polynomial, so never negative. Within 1e-11 for
/// h = tau / 2, 1e-9 for h = 5 tau, 1e-5 for h = 20 tau.
template <class Tag> struct decay : cells<Tag, 7> {
    void set(double steps) {  // h / tau
        constexpr values<7> points{{0, 0.066987298107780676618, 0.25, 0.5, 0.75, 0.93301270189221932338, 1}};
        constexpr auto basis = collocation::interpolation<7>(points);
        values<7> c{};
        for (int k = 0; k < 7; ++k)
            for (int i = 0; i < 7; ++i) c[k] += basis.at[k][i] * math::exp(-points[i] * (steps / 16));
        cells<Tag, 7>::set(c);
    }
    RANVIER_FN double at(double x) const {
        auto p = polynomial(cells<Tag, 7>::get(), x);
        p *= p, p *= p, p *= p;
        return p * p;
    }
};

/// Constants of the membrane and its sodium, potassium and leak conductances.
struct channels {
    double g_Na, g_K, g_L, E_Na, E_K, E_L, I_e, per_C, h, longest;  // longest: part, in steps
    using fields =
        field_list<&channels::g_Na, &channels::g_K, &channels::g_L, &channels::E_Na, &channels::E_K,
                   &channels::E_L, &channels::I_e, &channels::per_C, &channels::h, &channels::longest>;
    template <class Params> void set(Params const& p, double resolution) {
        g_Na = p.g_Na, g_K = p.g_K, g_L = p.g_L, E_Na = p.E_Na, E_K = p.E_K, E_L = p.E_L, I_e = p.I_e;
        per_C = 1 / p.C_m, h = resolution, longest = smaller(0.1 / resolution, 1.0);
    }
};

/// Slopes (per step) of V, m, h, n, and what they say about the length of a part.
struct slopes {
    values<4> of;
    double conductance;  // of the membrane, per step: what attenuates V
    double gate_rate;    // of the fastest gate, per step
};
/// g, gE: further conductances (nS), and the current that they and others bring at 0 mV (pA).
RANVIER_FN slopes slopes_at(channels const& d, values<4> const& y, rates const& r, double g, double gE) {
    auto const [V, m, h, n] = y.x;
    auto const Na = d.g_Na * (m * m * m * h), n2 = n * n, K = d.g_K * (n2 * n2);
    auto const I = Na * (d.E_Na - V) + K * (d.E_K - V) + d.g_L * (d.E_L - V) + (gE - g * V);
    auto gate = [&](double x, double alpha, double beta) { return d.h * (alpha - (alpha + beta) * x); };
    auto const per_step = d.h * d.per_C;
    return {{{per_step * I, gate(m, r.alpha_m, r.beta_m), gate(h, r.alpha_h, r.beta_h),
              gate(n, r.alpha_n, r.beta_n)}},
            per_step * (Na + K + d.g_L + g),
            d.h * larger(r.alpha_m + r.beta_m, r.alpha_h + r.beta_h)};
}

/// How long a part may be that begins with these slopes, `left` before the end of a step; both in steps.
RANVIER_FN double part_length(slopes const& s, double longest, double left) {
    constexpr double upstroke = 1.3, downstroke = 12, most = 7, stable = 4;  // mV, mV, 1, 1
    auto const rise = s.of[0] * longest;
    auto const needed = s.conductance * longest + smaller(larger(rise, 0.0) * (1 / upstroke), most) +
                        larger(-rise, 0.0) * (1 / downstroke);
    auto const parts = std::ceil(larger(larger(needed, s.gate_rate * longest * (1 / stable)), 1.0));
    return left / smaller(larger(std::ceil(left * parts / longest - 1e-9), 1.0), 4096.0);
}

/// Advances V and the gates of `s` by a part; returns what is left of the step. slope(y, x): slopes at x of
/// the step.
template <class State, class Slope>
RANVIER_FN double advance_part(State& s, channels const& d, double left, Slope slope) {
    auto const begin = 1 - left;
    values<4> const y{{s.V_m, s.Act_m, s.Inact_h, s.Act_n}};
    auto const first = slope(y, begin);
    auto const length = part_length(first, d.longest, left);
    auto const z = dormand_prince::advance(y, first.of, length,
                                           [&](values<4> const& at, double x) RANVIER_INLINE_LAMBDA {
                                               return slope(at, begin + x * length).of;
                                           });
    // A slope that is not a number ends the step, and V is reported as it is.
    bool const moves = length > 0;
    s.V_before = select(left == 1, s.V_m, s.V_before);
    s.V_m = select(moves, z[0], y[0]), s.Act_m = select(moves, z[1], y[1]);
    s.Inact_h = select(moves, z[2], y[2]), s.Act_n = select(moves, z[3], y[3]);
    return select(moves, left - length, 0.0);
}

/// Whether a neuron that is not refractory fires after a step: above `threshold`, and V is falling.
template <class State> RANVIER_FN bool fire(State& s, double threshold, std::int64_t refractory) {
    double const V = s.V_m, before = s.V_before;
    bool const free = s.refractory == 0, fires = free & (V >= threshold) & (before > V);
    s.refractory = select(fires, refractory, s.refractory - std::int64_t(!free));
    return fires;
}

}  // namespace ranvier::hodgkin_huxley
