// The membrane of adaptive exponential integrate-and-fire neurons (Brette & Gerstner 2005, J Neurophysiol
// 94:3637), with a bounded exponential current and any kind of synapse:
//   C_m V' = A(t) - G(t) V - w + I_exp(V),  I_exp = min(g_L Delta_T exp((min(V, V_peak) - V_th) / Delta_T),
//   I_exp_max) tau_w w' = a (V - E_L) - w
// A, G: leak, input and synapses. A step of the simulation is two sub-steps of h/2, each of which may hold a
// spike; then the rest of it is integrated from V_reset, or V rests there.
//
// A sub-step of length L is taken in V by RK4, and that is kept if V begins below V_th + Delta_T and ends
// below V_th + 6 Delta_T. The upswing is singular in V but smooth in z = exp(-(V - V_th) / Delta_T), which
// falls to about 0:
//   z' = -s(t) z - r,  s = (A - G V - w) / (C_m Delta_T),  r = g_L / C_m.
// s hardly depends on z, so z(L) = exp(-S) (z(0) - r int_0^L exp(int_0^t s) dt) with S = int_0^L s: S by
// Simpson's rule, the other integral for constant s with the first-order correction for its change. Unlike
// Runge-Kutta steps in z this is stable however strong the current is (aeif_strong_inhibition.md; z is in
// units of z(0) below). If z passes the value at which the bound on I_exp acts, V goes on from there on a
// line to V_peak.
//
// All of it is evaluated whatever the state, and the result selected: a step takes the same work always, and
// loops over neurons vectorise.
#pragma once
#include <cmath>
#include <limits>

#include "models/model.h"

namespace ranvier {

template <class A, class B> struct joined_lists;
template <auto... A, auto... B> struct joined_lists<field_list<A...>, field_list<B...>> {
    using type = field_list<A..., B...>;
};
/// Members of A, then those of B.
template <class A, class B> using joined = typename joined_lists<A, B>::type;

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

/// What all models with this membrane have in common. The exponential current is I_0 exp(x) with x = (V -
/// V_th) / Delta_T, at most I_bound, from V_bound <= V_spike on. Without one (Delta_T = 0) I_0 = 0.
struct adex_constants {
    double a, b, E_L, V_reset, V_th, V_peak, V_spike;
    double per_C, per_tau_w;
    double Delta, per_Delta, I_0, x_bound, exp_bound, z_bound, V_bound, exp_reset;  // z_bound: 1 / exp_bound
    double V_try, V_keep;  // in V: from below V_try to below V_keep
    std::int64_t refractory;
    using fields = field_list<&adex_constants::a, &adex_constants::b, &adex_constants::E_L,
                              &adex_constants::V_reset, &adex_constants::V_th, &adex_constants::V_peak,
                              &adex_constants::V_spike, &adex_constants::per_C, &adex_constants::per_tau_w,
                              &adex_constants::Delta, &adex_constants::per_Delta, &adex_constants::I_0,
                              &adex_constants::x_bound, &adex_constants::exp_bound, &adex_constants::z_bound,
                              &adex_constants::V_bound, &adex_constants::exp_reset, &adex_constants::V_try,
                              &adex_constants::V_keep, &adex_constants::refractory>;

    template <class Params> static adex_constants from(Params const& p, double h) {
        constexpr auto inf = std::numeric_limits<double>::infinity();
        adex_constants c{};
        c.a = p.a, c.b = p.b, c.E_L = p.E_L, c.V_reset = p.V_reset, c.V_th = p.V_th, c.V_peak = p.V_peak;
        c.per_C = 1 / p.C_m, c.per_tau_w = 1 / p.tau_w;
        c.refractory = duration_steps(p.t_ref, h);
        if (p.Delta_T > 0) {
            c.Delta = p.Delta_T, c.per_Delta = 1 / p.Delta_T, c.I_0 = p.g_L * p.Delta_T;
            auto const x_peak = (p.V_peak - p.V_th) / p.Delta_T;
            auto const x_limit = c.I_0 > 0 ? larger(math::log(p.I_exp_max / c.I_0), -600.0) : inf;
            c.x_bound = smaller(x_peak, x_limit);
            c.V_spike = p.V_peak;
            c.V_bound = select(x_peak <= x_limit, p.V_peak, p.V_th + p.Delta_T * x_limit);
        } else {
            c.V_spike = c.V_bound = p.V_th;
        }
        bool const upswing = c.I_0 > 0;
        c.V_try = upswing ? c.V_th + c.Delta : inf;
        c.V_keep = upswing ? smaller(c.V_th + 6 * c.Delta, c.V_bound) : inf;
        c.exp_bound = math::exp(c.x_bound), c.z_bound = 1 / c.exp_bound;
        c.exp_reset = math::exp(smaller((c.V_reset - c.V_th) * c.per_Delta, c.x_bound));
        return c;
    }
};

namespace adex {

struct drive {
    double A, G;  // pA, nS
};
/// At the beginning, middle and end of a sub-step.
struct drives {
    drive begin, middle, end;
};
struct membrane {
    double V, w;
};
/// Of a sub-step. spike: at t ms after its beginning, with w_after, b included; else it ends at `end`.
struct outcome {
    membrane end;
    bool spike;
    double t, w_after;
};

RANVIER_FN bool choose(bool first, bool x, bool y) { return (first & x) | (!first & y); }
RANVIER_FN drive choose(bool first, drive x, drive y) {
    return {select(first, x.A, y.A), select(first, x.G, y.G)};
}
RANVIER_FN drives choose(bool first, drives x, drives y) {
    return {choose(first, x.begin, y.begin), choose(first, x.middle, y.middle), choose(first, x.end, y.end)};
}
RANVIER_FN membrane choose(bool first, membrane x, membrane y) {
    return {select(first, x.V, y.V), select(first, x.w, y.w)};
}

/// The smaller one, without a branch.
RANVIER_FN double least(double a, double b) { return select(b < a, b, a); }
/// x, or the nearer end of [0, 1]; 0 if x is not a number.
RANVIER_FN double within(double x) { return least(select(x > 0, x, 0.0), 1.0); }
RANVIER_FN double mean(double begin, double middle, double end) {  // Simpson
    return (begin + 4 * middle + end) * (1.0 / 6);
}

template <class Functions> struct substep {
    adex_constants const& c;
    drives d;
    double L;
    membrane m;
    double e0, p, move_w, w_middle,
        w_end;  // at the beginning: exp(x), L / tau_w, L w'; w predicted from w' and w''

    RANVIER_FN substep(adex_constants const& c, drives const& d, double L, membrane m)
        : c(c),
          d(d),
          L(L),
          m(m),
          e0(exponential(m.V)),
          p(least(L * c.per_tau_w, 1.0)),
          move_w((c.a * (least(m.V, c.V_peak) - c.E_L) - m.w) * p) {
        auto const curve = 0.5 * p * (c.a * c.per_C * L * rest(d.begin, m.V, m.w) - move_w);
        w_middle = m.w + 0.5 * (move_w + 0.5 * curve);
        w_end = m.w + move_w + curve;
    }

    RANVIER_FN double exponential(double V) const {
        return Functions::exp(least((V - c.V_th) * c.per_Delta, c.x_bound));
    }
    RANVIER_FN static double rest(drive at, double V, double w) { return at.A - at.G * V - w; }
    RANVIER_FN double slope(drive at, double V, double e, double w) const {
        return (rest(at, least(V, c.V_peak), w) + c.I_0 * e) * c.per_C;
    }

    /// RK4 in V, which does not move if clamped.
    struct in_V {
        double middle, end, slope_begin, slope_end;
    };
    RANVIER_FN in_V take_V(bool clamped) const {
        auto const length = select(clamped, 0.0, L), half = 0.5 * length;
        auto const k1 = slope(d.begin, m.V, e0, m.w), V2 = m.V + half * k1;
        auto const k2 = slope(d.middle, V2, exponential(V2), w_middle), V3 = m.V + half * k2;
        auto const k3 = slope(d.middle, V3, exponential(V3), w_middle), V4 = m.V + length * k3;
        auto const k4 = slope(d.end, V4, exponential(V4), w_end);
        auto const V = m.V + length * (1.0 / 6) * (k1 + 2 * (k2 + k3) + k4);
        // Where the slope at the end matters V has reached V_spike, where the exponential is at its bound.
        return {0.5 * (m.V + V) + length * 0.125 * (k1 - k4), V, k1, slope(d.end, V, c.exp_bound, w_end)};
    }

    /// Where in [0, 1] the cubic through both ends takes the value V_spike between them.
    RANVIER_FN double crossing_V(in_V const& v) const {
        auto const m0 = L * v.slope_begin, m1 = L * v.slope_end, rise = v.end - m.V,
                   missing = m.V - c.V_spike;
        auto const c2 = 3 * rise - 2 * m0 - m1, c3 = m0 + m1 - 2 * rise;
        auto const x = within(-missing / rise);
        // Two Newton steps, the second with the slope of the first.
        auto value = [&](double x) { return missing + x * (m0 + x * (c2 + x * c3)); };
        auto const inverse = 1 / (m0 + x * (2 * c2 + x * 3 * c3)), y = within(x - value(x) * inverse);
        return select(missing < 0, within(y - value(y) * inverse), 0.0);
    }

    /// In z. crossing: where in [0, 1] z passes its bound, if it does.
    struct in_z {
        double middle, end;  // V
        bool crosses;
        double crossing;
    };
    /// -ln(1 - x), at most of 1, by a series: only the leak is to be seen through it.
    RANVIER_FN static double gain(double x) {
        auto const y = least(x, 1.0);
        return y * (1 + y * (1.0 / 2 + y * (1.0 / 3 + y * (1.0 / 4 + y * (1.0 / 5 + y * (1.0 / 6))))));
    }
    RANVIER_FN in_z take_z() const {
        // For constant s, that of the middle.
        auto const scale = L * c.per_C * c.per_Delta, r = scale * c.I_0 * e0;  // r L
        auto const s0 = scale * rest(d.begin, m.V, m.w);                       // s L
        auto const s = scale * rest(d.middle, least(m.V + 0.5 * c.Delta * s0, c.V_bound), w_middle);
        auto const growth = Functions::exp(least(s, 700.0)), root = math::sqrt(growth);
        auto const phi = select(std::fabs(s) < 1e-5, 1 + 0.5 * s, (growth - 1) / s);  // int_0^1 exp(s t) dt
        auto const loss = r * phi;  // z(L) = exp(-s) (1 - loss)
        // Then with the leak along that path.
        auto const V_middle = least(m.V + c.Delta * (0.25 * (s0 + s) + gain(loss / (1 + root))), c.V_bound);
        auto const V_end = least(m.V + c.Delta * (s + gain(loss)), c.V_bound);
        auto const s1 = scale * rest(d.middle, V_middle, w_middle), s2 = scale * rest(d.end, V_end, w_end);
        auto const S = mean(s0, s1, s2);
        auto const correction = root * (0.5 * (s1 - s) - (1.0 / 12) * (s2 - s0));  // of phi
        auto const left = 1 - r * (phi + correction);

        // z = (1 + r/s) exp(-s t) - r/s passes its bound at t = ln((s + r) / (s z_bound + r)) / s. h: that s
        // halfway.
        auto const z_bound = c.z_bound * e0, to_bound = c.x_bound - (m.V - c.V_th) * c.per_Delta;
        auto const guess = 0.5 * within((1 - z_bound) / (r + 0.5 * s * (1 + z_bound)));  // half of t
        drive const at{d.begin.A + guess * (4 * d.middle.A - 3 * d.begin.A - d.end.A +
                                            2 * guess * (d.begin.A - 2 * d.middle.A + d.end.A)),
                       d.begin.G + guess * (d.end.G - d.begin.G)};
        auto const h =
            scale * rest(at, least(m.V + c.Delta * (guess * s + gain(guess * r)), c.V_bound), w_middle);
        auto const bottom = h * z_bound + r, linear = (1 - z_bound) / bottom, y = linear * h;
        bool const tiny = std::fabs(bottom) < 1e-290;  // straight to the bound, without exponential current
        bool const crosses = choose(tiny, s >= to_bound, left <= z_bound * growth);
        auto const logarithm = Functions::log(select(crosses, 1 + y, left));
        auto const curved = select(tiny, to_bound, logarithm) / h;
        auto const crossing = select(!tiny & (std::fabs(y) < 1e-5), linear * (1 - 0.5 * y), curved);
        return {V_middle, m.V + c.Delta * (S - logarithm), crosses, within(crossing)};
    }

    /// active: false if L = 0 and nothing shall happen.
    RANVIER_FN outcome take(bool clamped, bool active) const {
        auto const v = take_V(clamped);
        auto const z = take_z();
        bool const still = clamped | !active, above = m.V >= c.V_bound;
        bool const keep = still | above | ((m.V < c.V_try) & (v.end < c.V_keep));
        bool const crosses = !still & choose(keep, (v.end >= c.V_spike) | (m.V >= c.V_spike), z.crosses);
        auto const x = select(keep, crossing_V(v), z.crossing), t = x * L;
        // w' = (u - w) / tau_w with the mean of u; decay is 1 - exp(-p).
        auto const V_middle = select(keep, v.middle, z.middle);
        auto const V_end = select(keep, select(still, m.V, v.end), select(crosses, c.V_bound, z.end));
        auto const V0 = least(m.V, c.V_peak), V1 = least(V_end, c.V_peak);
        auto const u = c.a * (mean(V0, least(V_middle, c.V_peak), V1) - c.E_L);
        auto const decay = p * (1 - p * (1.0 / 2 - p * (1.0 / 6 - p * (1.0 / 24))));
        auto const w = m.w + (u - m.w) * decay + c.a * (V1 - V0) * p * p * (1.0 / 12);
        auto const w_t = m.w + x * (move_w + x * (w - m.w - move_w));
        // The line from V_bound on.
        drive const at{d.begin.A + x * (d.end.A - d.begin.A), d.begin.G + x * (d.end.G - d.begin.G)};
        auto const line = slope(at, c.V_bound, c.exp_bound, w_t),
                   distance = select(keep, 0.0, c.V_spike - c.V_bound);
        auto const later = select(distance > 0, distance / line, 0.0);
        bool const spike = crosses & (later >= 0) & (t + later <= L);
        auto const V_line = select(crosses & !keep, c.V_bound + line * (L - t), V_end);
        auto const w_line = c.a * (0.5 * (c.V_bound + c.V_spike) - c.E_L) - w_t;
        auto const w_spike = w_t + w_line * least(later * c.per_tau_w, 1.0);
        return {{select(still, V_line, least(V_line, c.V_spike)), w}, spike, t + later, w_spike + c.b};
    }
};

/// Of exp and log, beside those of Synapses::rest_of.
constexpr int evaluations_per_step = 18;

/// A step of h ms, state: V_m, w and refractory; how many spikes. first, second: drives of the sub-steps;
/// synapses.rest_of(is_first, t): drives from t (after the beginning of the step) to the end of the first or
/// second.
///
/// Three attempts are made: A, the first sub-step; B, its rest if it held a spike, else the second; C, what
/// is left of the second, all of it or what follows a spike or nothing. With a spike in both, the rest of the
/// second is one Euler step. A neuron that would fire again in the rest of a sub-step waits at V_spike for
/// the next.
template <class Functions, class State, class Synapses>
RANVIER_FN int step(adex_constants const& c, double h, State& s, drives const& first, drives const& second,
                    Synapses const& synapses) {
    auto const half = 0.5 * h;
    bool const refractory = s.refractory > 0, pause = c.refractory > 0;
    membrane const start{select(refractory, c.V_reset, s.V_m), s.w};
    auto const A = substep<Functions>(c, first, half, start).take(refractory, true);

    auto const L_B = select(A.spike, half - A.t, half);
    auto const drives_B = choose(A.spike, synapses.template rest_of<Functions>(true, A.t), second);
    auto const start_B = choose(A.spike, membrane{c.V_reset, A.w_after}, A.end);
    auto const B =
        substep<Functions>(c, drives_B, L_B, start_B).take(refractory | (A.spike & pause), L_B > 0);
    bool const spike_B = B.spike & !A.spike, wait_B = B.spike & A.spike;

    auto const t_C = select(A.spike, half, select(spike_B, half + B.t, h)), L_C = h - t_C;
    auto const drives_C = choose(A.spike, second, synapses.template rest_of<Functions>(false, t_C));
    auto const start_C = choose(spike_B, membrane{c.V_reset, B.w_after},
                                membrane{select(wait_B, c.V_spike, B.end.V), B.end.w});
    auto const C = substep<Functions>(c, drives_C, L_C, start_C)
                       .take(refractory | ((A.spike | spike_B) & pause), L_C > 0);
    bool const spike_C = C.spike & A.spike, wait_C = C.spike & !A.spike;

    auto const slope = (second.end.A - second.end.G * c.V_reset - C.w_after + c.I_0 * c.exp_reset) * c.per_C;
    auto const V_euler = least(c.V_reset + (L_C - C.t) * slope, c.V_spike);
    s.V_m = select(spike_C, V_euler, select(wait_C, c.V_spike, C.end.V));
    s.w = select(spike_C, C.w_after, C.end.w);
    s.refractory = select(A.spike | spike_B, c.refractory, s.refractory - std::int64_t(refractory));
    return int(A.spike) + int(spike_B) + int(spike_C);
}

}  // namespace adex
}  // namespace ranvier
