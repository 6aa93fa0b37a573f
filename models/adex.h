// The membrane of adaptive exponential integrate-and-fire neurons (Brette & Gerstner 2005, J Neurophysiol 94:3637), whose
// exponential current is bounded, for every kind of synapse:
//   C_m V' = A(t) - G(t) V - w + I_exp(V),  I_exp = min(g_L Delta_T exp((min(V, V_peak) - V_th) / Delta_T), I_exp_max)
//   tau_w w' = a (V - E_L) - w
// A, G: leak, input and synapses. A step of the simulation is two sub-steps of h/2; each may hold one spike, after which
// the rest of it is integrated from V_reset, or V clamped there. The upswing is singular in V but smooth in
// z = exp(-(V - V_th) / Delta_T), which falls to about 0: C_m Delta_T z' = -z (A - G V - w) - g_L Delta_T. So a sub-step is
// taken in V, by RK4, and kept if it stays below the upswing; else in z (aeif_strong_inhibition.md). Here z is in units of
// its value at the start, z = V - V0 = ln(z) Delta_T below. Where the current moves V by more than about Delta_T within the
// sub-step, RK4 in z is not stable and the solution for constant A - G V - w, taken at the middle, replaces it.
//
// All of it is evaluated whatever the state, and the result selected: the work is fixed and loops over neurons vectorise.
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

/// Elementary functions of the integrator; a test counts them.
struct adex_functions {
    RANVIER_FN static double exp(double x) { return math::exp(x); }
    RANVIER_FN static double log(double x) { return math::log_normal(x); }
};

/// What all models with this membrane have in common. The exponential current is I_0 exp(x) with x = (V - V_th) / Delta_T,
/// at most I_bound, from V_bound <= V_spike on. Without one (Delta_T = 0) I_0 = 0.
struct adex_constants {
    double a, b, E_L, V_reset, V_th, V_peak, V_spike;
    double per_C, per_tau_w;
    double Delta, per_Delta, I_0, x_bound, exp_bound, V_bound, exp_reset;
    double V_try, V_keep;  // in V: from below V_try to below V_keep
    std::int64_t refractory;
    using fields =
        field_list<&adex_constants::a, &adex_constants::b, &adex_constants::E_L, &adex_constants::V_reset,
                   &adex_constants::V_th, &adex_constants::V_peak, &adex_constants::V_spike,
                   &adex_constants::per_C, &adex_constants::per_tau_w, &adex_constants::Delta,
                   &adex_constants::per_Delta, &adex_constants::I_0, &adex_constants::x_bound,
                   &adex_constants::exp_bound, &adex_constants::V_bound, &adex_constants::exp_reset,
                   &adex_constants::V_try, &adex_constants::V_keep, &adex_constants::refractory>;

    template <class Params> static adex_constants from(Params const& p, double h) {
        constexpr auto inf = std::numeric_limits<double>::infinity();
        adex_constants c{};
        c.a = p.a, c.b = p.b, c.E_L = p.E_L, c.V_reset = p.V_reset, c.V_th = p.V_th, c.V_peak = p.V_peak;
        c.per_C = 1 / p.C_m, c.per_tau_w = 1 / p.tau_w;
        c.refractory = duration_steps(p.t_ref, h);
        if (p.Delta_T > 0) {
            c.Delta = p.Delta_T, c.per_Delta = 1 / p.Delta_T, c.I_0 = p.g_L * p.Delta_T;
            auto const x_peak = (p.V_peak - p.V_th) / p.Delta_T;
            auto const x_limit = c.I_0 > 0 ? math::log(p.I_exp_max / c.I_0) : inf;
            c.x_bound = smaller(x_peak, x_limit);
            c.V_spike = p.V_peak;
            c.V_bound = select(x_peak <= x_limit, p.V_peak, p.V_th + p.Delta_T * x_limit);
        } else {
            c.V_spike = c.V_bound = p.V_th;
        }
        bool const upswing = c.I_0 > 0;
        c.V_try = upswing ? c.V_th + c.Delta : inf;
        c.V_keep = upswing ? smaller(c.V_th + 6 * c.Delta, c.V_bound) : inf;
        c.exp_bound = math::exp(c.x_bound);
        c.exp_reset = math::exp(smaller((c.V_reset - c.V_th) * c.per_Delta, c.x_bound));
        return c;
    }
};

/// Delta_T such that the exponential current stays a finite number up to V_peak: ln(DBL_MAX / 1e20), as the reference.
template <auto M> struct peak_within_range {
    static constexpr auto member = M;
    static constexpr char range[] = "> (V_peak - V_th) / 663.7 (the exponential would overflow), or 0";
    template <class R> static constexpr bool ok(R const& r) {
        return r.*M == 0 || (r.V_peak - r.V_th) / r.*M < 663.7310110335031;
    }
};

namespace adex {

struct drive {
    double A, G;  // pA, nS
};
/// Drive at the beginning, middle and end of a sub-step.
struct drives {
    drive begin, middle, end;
};
struct membrane {
    double V, w;
};
struct outcome {
    membrane end;      // if there was no crossing
    bool spike;        // at t after the beginning, w including b
    double t, w_after;
};

RANVIER_FN double rk4(double y, double dt, double k1, double k2, double k3, double k4) {
    return y + dt * (1.0 / 6) * (k1 + 2 * (k2 + k3) + k4);
}

/// One attempt: values at both ends and their slopes.
struct attempt {
    double y0, y1, slope0, slope1;
    double w1, w_slope1;
};

template <class Functions> struct substep {
    adex_constants const& c;
    drives d;
    double dt;

    RANVIER_FN double rest(drive const& at, double V, double w) const { return at.A - at.G * V - w; }
    RANVIER_FN double w_slope(double V, double w) const { return (c.a * (V - c.E_L) - w) * c.per_tau_w; }
    RANVIER_FN double exponential(double V) const {
        return Functions::exp(smaller((V - c.V_th) * c.per_Delta, c.x_bound));
    }
    RANVIER_FN double V_slope(drive const& at, double V, double e, double w) const {
        return (rest(at, smaller(V, c.V_peak), w) + c.I_0 * e) * c.per_C;
    }

    /// RK4 in V; V does not move if clamped. e1: exponential at the beginning.
    RANVIER_FN attempt in_V(membrane m, double e1, bool clamped) const {
        auto const half = 0.5 * dt;
        auto slope = [&](drive const& at, double V, double e, double w) {
            return select(clamped, 0.0, V_slope(at, V, e, w));
        };
        auto const k1 = slope(d.begin, m.V, e1, m.w), l1 = w_slope(smaller(m.V, c.V_peak), m.w);
        auto const V2 = m.V + half * k1, w2 = m.w + half * l1;
        auto const k2 = slope(d.middle, V2, exponential(V2), w2), l2 = w_slope(smaller(V2, c.V_peak), w2);
        auto const V3 = m.V + half * k2, w3 = m.w + half * l2;
        auto const k3 = slope(d.middle, V3, exponential(V3), w3), l3 = w_slope(smaller(V3, c.V_peak), w3);
        auto const V4 = m.V + dt * k3, w4 = m.w + dt * l3;
        auto const k4 = slope(d.end, V4, exponential(V4), w4), l4 = w_slope(smaller(V4, c.V_peak), w4);
        auto const V = rk4(m.V, dt, k1, k2, k3, k4), w = rk4(m.w, dt, l1, l2, l3, l4);
        // Where the slope at the end matters V has reached V_spike, where the exponential is at its bound.
        return {m.V, V, k1, V_slope(d.end, V, c.exp_bound, w), w, w_slope(smaller(V, c.V_peak), w)};
    }

    /// V where z is 1 - x of what it was at V0, at most V_bound. Only the leak sees it, and z times that: a series will do.
    RANVIER_FN double V_of_z(double V0, double x) const {
        auto const y = smaller(larger(x, -1.0), 1.0);
        auto const series = 1 + y * (1.0 / 2 + y * (1.0 / 3 + y * (1.0 / 4 + y * (1.0 / 5 + y * (1.0 / 6)))));
        return smaller(V0 + c.Delta * y * series, c.V_bound);
    }

    /// RK4 in z, from 1.
    RANVIER_FN attempt in_z(membrane m, double e1) const {
        auto const half = 0.5 * dt, per_CDelta = c.per_C * c.per_Delta, fall = c.I_0 * per_CDelta * e1;
        auto slope = [&](drive const& at, double V, double z, double w) {
            return -z * rest(at, V, w) * per_CDelta - fall;
        };
        auto const k1 = slope(d.begin, m.V, 1.0, m.w), l1 = w_slope(m.V, m.w);
        auto const z2 = 1 + half * k1, w2 = m.w + half * l1, V2 = V_of_z(m.V, 1 - z2);
        auto const k2 = slope(d.middle, V2, z2, w2), l2 = w_slope(V2, w2);
        auto const z3 = 1 + half * k2, w3 = m.w + half * l2, V3 = V_of_z(m.V, 1 - z3);
        auto const k3 = slope(d.middle, V3, z3, w3), l3 = w_slope(V3, w3);
        auto const z4 = 1 + dt * k3, w4 = m.w + dt * l3, V4 = V_of_z(m.V, 1 - z4);
        auto const k4 = slope(d.end, V4, z4, w4), l4 = w_slope(V4, w4);
        auto const z = rk4(1.0, dt, k1, k2, k3, k4), w = rk4(m.w, dt, l1, l2, l3, l4);
        // The same for the slopes at the end.
        return {1.0, z, k1, slope(d.end, c.V_bound, z, w), w, w_slope(c.V_bound, w)};
    }

    /// x, or the nearer end of [0, 1]; 0 if it is not a number.
    RANVIER_FN static double within(double x) { return smaller(select(x > 0, x, 0.0), 1.0); }
    /// Where in [0, 1] the cubic through both ends of an attempt takes a value that lies between them.
    RANVIER_FN double crossing(attempt const& y, double target) const {
        auto const m0 = dt * y.slope0, m1 = dt * y.slope1, rise = y.y1 - y.y0;
        auto const c2 = 3 * rise - 2 * m0 - m1, c3 = m0 + m1 - 2 * rise;
        auto x = within((target - y.y0) / rise);
        for (int i = 0; i < 3; ++i) {  // Newton; the chord is a good guess already
            auto const f = y.y0 - target + x * (m0 + x * (c2 + x * c3));
            x = within(x - f / (m0 + x * (2 * c2 + x * 3 * c3)));
        }
        return x;
    }

    /// active: false if dt = 0 and nothing shall happen.
    RANVIER_FN outcome take(membrane m, bool clamped, bool active) const {
        auto const e1 = exponential(m.V), z_bound = e1 * (1 / c.exp_bound);
        auto const v = in_V(m, e1, clamped);
        auto const z = in_z(m, e1);
        
        // z = (1 + q) exp(-s t) - q, if A - G V - w were constant; s dt = move.
        auto const per_CDelta = c.per_C * c.per_Delta, to_bound = c.x_bound - (m.V - c.V_th) * c.per_Delta;
        auto const V_guess = smaller(m.V + 0.5 * dt * rest(d.begin, m.V, m.w) * c.per_C, c.V_bound);
        auto const s = rest(d.middle, V_guess, m.w) * per_CDelta, move = s * dt;
        bool const strong = std::fabs(move) > 0.5;
        bool const keep = clamped | !active | ((m.V < c.V_try) & (v.y1 < c.V_keep)) | (m.V >= c.V_bound);
        auto const q = c.I_0 * per_CDelta * e1 / s;
        auto const growth = Functions::exp(smaller(move, 700.0)), B = 1 + q - q * growth;  // z / exp(-s t)
        bool const tiny = std::fabs(z_bound + q) < 1e-290, far = tiny & (move >= to_bound);
        bool const strong_crosses = (B <= z_bound * growth) | far;

        auto const ratio = (1 + q) / (z_bound + q);
        auto const logarithm = Functions::log(select(strong, select(strong_crosses, ratio, B), z.y1));
        bool const z_crosses = (!strong & (z.y1 <= z_bound)) | (strong & strong_crosses);

        // Strong
        auto const V_m = V_of_z(m.V + 0.5 * c.Delta * move, q * (math::sqrt(growth) - 1));
        auto const V_e = smaller(m.V + c.Delta * (move - logarithm), c.V_bound);
        auto const a0 = rest(d.begin, m.V, m.w), am = rest(d.middle, V_m, m.w + 0.5 * dt * w_slope(m.V, m.w)), ae = rest(d.end, V_e, m.w + dt * w_slope(m.V, m.w));
        auto const moved = dt * per_CDelta * (1.0 / 6) * (a0 + 4 * am + ae);
        auto const V_z = m.V - c.Delta * (logarithm - select(strong, moved, 0.0));
        auto const l1 = w_slope(m.V, m.w), l2 = w_slope(V_m, m.w + 0.5 * dt * l1), l3 = w_slope(V_m, m.w + 0.5 * dt * l2), l4 = w_slope(V_e, m.w + dt * l3);
        auto const w_strong = rk4(m.w, dt, l1, l2, l3, l4);

        attempt const y{select(keep, v.y0, z.y0), select(keep, v.y1, z.y1), select(keep, v.slope0, z.slope0),
                        select(keep, v.slope1, z.slope1), select(keep, v.w1, select(strong, w_strong, z.w1)), select(keep, v.w_slope1, z.w_slope1)};
        auto const x_smooth = crossing(y, select(keep, c.V_spike, z_bound));
        auto const distance_log = select(tiny, to_bound, logarithm);
        auto const x1 = within(distance_log / move);
        drive const at2{d.begin.A + 0.5 * x1 * (4 * d.middle.A - 3 * d.begin.A - d.end.A + x1 * (d.begin.A + d.end.A - 2 * d.middle.A)), d.middle.G};
        auto const s2 = rest(at2, smaller(m.V + 0.5 * c.Delta * move * x1, c.V_bound), m.w) * per_CDelta;
        auto const x2 = distance_log / (s2 * dt), strong_x = select((x2 >= 0) & (x2 <= 1), x2, x1);
        auto const x = select(m.V >= c.V_spike, 0.0, select(strong & !keep, strong_x, x_smooth));
        auto const t = x * dt;

        // w there, and the line on to V_spike.
        auto const w0_slope = w_slope(smaller(m.V, c.V_peak), m.w), dw = y.w1 - m.w;
        auto const w_t = m.w + x * (dt * w0_slope + x * ((3 * dw - dt * (2 * w0_slope + y.w_slope1)) +
                                                         x * (dt * (w0_slope + y.w_slope1) - 2 * dw)));
        drive const at{d.begin.A + x * (d.end.A - d.begin.A), d.begin.G + x * (d.end.G - d.begin.G)};
        auto const line = V_slope(at, c.V_bound, c.exp_bound, w_t), distance = c.V_spike - c.V_bound;
        auto const later = select(keep | !(distance > 0), 0.0, distance / line);
        bool const v_crosses = (v.y1 >= c.V_spike) | (m.V >= c.V_spike);
        bool const crosses = active & !clamped & select_bool(keep, v_crosses, z_crosses);
        bool const spike = crosses & (later >= 0) & (t + later <= dt);

        auto const V_line = smaller(c.V_bound + line * (dt - t), c.V_spike);
        auto const V_end = select(keep, select(clamped, m.V, smaller(v.y1, c.V_spike)), select(z_crosses, V_line, V_z));
        auto const w_later = w_t + later * w_slope(0.5 * (c.V_bound + c.V_spike), w_t);
        return {{V_end, y.w1}, spike, t + later, w_later + c.b};
    }
    RANVIER_FN static bool select_bool(bool which, bool a, bool b) { return (which & a) | (!which & b); }
};

RANVIER_FN drive choose(bool first, drive const& x, drive const& y) {
    return {select(first, x.A, y.A), select(first, x.G, y.G)};
}
RANVIER_FN drives choose(bool first, drives const& x, drives const& y) {
    return {choose(first, x.begin, y.begin), choose(first, x.middle, y.middle), choose(first, x.end, y.end)};
}
RANVIER_FN membrane choose(bool first, membrane const& x, membrane const& y) {
    return {select(first, x.V, y.V), select(first, x.w, y.w)};
}

/// Of exp and log.
constexpr int evaluations_per_step = 18;

/// A step of h ms, state: V_m, w and refractory; how many spikes. rest_of(of_first, t): drives from t (after the beginning
/// of the step) to the end of the first or second sub-step.
///
/// Three attempts are made: the first sub-step; if it held a spike its rest, else the second sub-step; whatever is left,
/// which is the second sub-step or its rest. With a spike in both sub-steps the rest of the second is one Euler step.
template <class Functions, class State, class Synapses>
RANVIER_FN int step(adex_constants const& c, double h, State& s, drives const& first, drives const& second,
                    Synapses const& synapses) {
    auto const half = 0.5 * h;
    bool const refractory = s.refractory > 0, pause = c.refractory > 0;
    membrane const start{select(refractory, c.V_reset, s.V_m), s.w};
    auto const A = substep<Functions>{c, first, half}.take(start, refractory, true);

    // After a spike in A the rest of the first sub-step, else the second.
    auto const t_B = select(A.spike, A.t, half);
    auto const drives_B = choose(A.spike, synapses.template rest_of<Functions>(true, t_B), second);
    auto const length_B = select(A.spike, half - A.t, half);
    membrane const reset_A{c.V_reset, A.w_after};
    auto const B = substep<Functions>{c, drives_B, length_B}.take(choose(A.spike, reset_A, A.end),
                                                                  refractory | (A.spike & pause), length_B > 0);
    bool const spike_B = B.spike & !A.spike;

    // After a spike in A the second sub-step, after one in B the rest of it, else nothing.
    auto const t_C = select(A.spike, half, select(spike_B, half + B.t, h)), length_C = h - t_C;
    auto const drives_C = choose(A.spike, second, synapses.template rest_of<Functions>(false, t_C));
    membrane const wait_B{c.V_spike, B.end.w}, reset_B{c.V_reset, B.w_after};
    auto const from_B = choose(spike_B, reset_B, choose(B.spike, wait_B, B.end));
    auto const C = substep<Functions>{c, drives_C, length_C}.take(
        from_B, refractory | ((A.spike | spike_B) & pause), length_C > 0);
    bool const spike_C = C.spike & A.spike;

    auto const left = length_C - C.t;
    auto const slope = (second.end.A - second.end.G * c.V_reset - C.w_after + c.I_0 * c.exp_reset) * c.per_C;
    membrane const reset_C{smaller(c.V_reset + left * slope, c.V_spike), C.w_after}, wait_C{c.V_spike, C.end.w};
    auto const end = choose(spike_C, reset_C, choose(C.spike, wait_C, C.end));
    s.V_m = end.V;
    s.w = end.w;
    bool const spiked = A.spike | spike_B | spike_C;
    s.refractory = select(spiked, c.refractory, s.refractory - std::int64_t(refractory));
    return int(A.spike) + int(spike_B) + int(spike_C);
}

}  // namespace adex
}  // namespace ranvier
