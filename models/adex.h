// The membrane of adaptive exponential integrate-and-fire neurons (Brette & Gerstner 2005, J Neurophysiol
// 94:3637), with a bounded exponential current and any kind of synapse:
//   C_m V' = A(t) - G(t) V - w + I_exp(V),  I_exp = min(g_L Delta_T exp((min(V, V_peak) - V_th) / Delta_T),
//   I_exp_max)
//   tau_w w' = a (V - E_L) - w
// A, G: leak, input and synapses. All but I_exp is linear, and the model solves it: V_L, the path without
// I_exp, is given at the nodes of a step, 0 <= t <= 1. With K(t), what is left after t of a jump of V, the
// deviation u = (V - V_L) / Delta_T from that path obeys
//   u(t) = int_0^t K(t - s) r(s) exp(u(s)) ds,  r = g_L / C_m exp((V_L - V_th) / Delta_T).
// K is nearly 1, and for K = 1 the solution is u = -ln(1 - int r). But for the little that passes through w
// and back, K(t - s) is K(1 - s) / K(1 - t); then q(t) = K(1 - t) u(t) obeys, with rho = K(1 - t) r,
//   q(t) = -ln(1 - int_0^t rho exp((1 / K(1 - s) - 1) q(s)) ds),
// where the last factor is about 1 + 0.01 q, so that a first guess of q is good enough in it. At the end of
// the step u = q. This is exact for small u, goes to infinity at a finite time, as it must, and is nowhere
// stiff.
//
// rho = exp(s t) p(t), where s is the rise of V_L / Delta_T in the step if that is much, else 0, and p is
// taken to be a polynomial: int rho = exp(s t) Q(t) - Q(0) with Q' + s Q = p. Currents may move V by many
// Delta_T in a step.
//
// V reaches V_bound, where the bound on I_exp begins to act, when exp(-u) = r / r(V_bound), and goes on to
// V_peak on a line. What is left of the step after a spike begins at V_reset: its linear path differs from
// V_L by the response to a jump of V and w.
//
// A step is first taken to be calm (models/adex_calm.h); neurons for which it is not take it by what is here.
// In either all is evaluated whatever the state, and the result selected: there are steps of two kinds, each
// of which takes the same work always, and loops over neurons vectorise.
#pragma once
#include "models/adex_calm.h"

namespace ranvier {

namespace adex {

/// -ln(1 - x) by a series, cut where it would go to infinity: only the leak is seen through it.
RANVIER_FN double gain(double x) {
    auto const y = within(-1, x, 1);
    return y * math::detail::horner(y, 1.0, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8);
}

/// What the exponential current does along a linear path of `length` steps.
template <int N> struct excitation {
    double s, per_s;  // s: rise of the path in units of Delta_T
    bool steep;
    values<N> p;          // coefficients of K r exp(-s t), without the factor if not steep
    values<N + 1> Q;      // of its integral
    values<N> R, rho, q;  // at the nodes; R: integral of rho
    double total;         // 1 - exp(-q) at the end

    /// K: of the time from a node to the end.
    template <class Functions> RANVIER_FN static excitation along(adex_constants const& c, values<N> const& V,
                                                                  values<N> const& K, double length) {
        using collocation::through;
        constexpr auto at = collocation::nodes<N>;
        constexpr int last = N - 1;
        excitation e;
        e.s = within(-600, (V[last] - V[0]) * c.per_Delta, 600), e.per_s = 1 / e.s;
        e.steep = std::fabs(e.s) > 0.5;
        auto const s = select(e.steep, e.s, 0.0), rate = c.rate * length;
        auto const exp_s = Functions::exp(e.s), growth = select(e.steep, exp_s, 1.0);
        values<N> grown, p;  // grown: exp(s t) at the nodes, which lie symmetrically
        grown[0] = 1, grown[last] = growth;
        if constexpr (N % 2) grown[N / 2] = math::sqrt(growth);
        unroll<N / 2 - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            grown[i + 1] = Functions::exp(s * at[i + 1]), grown[last - 1 - i] = growth / grown[i + 1];
        });
        unroll<last>([&](auto i) RANVIER_INLINE_LAMBDA {
            p[i] = rate * Functions::exp(least((V[i] - c.V_th) * c.per_Delta - s * at[i], 600));
        });
        p[last] = p[0] * select(e.steep, 1.0, exp_s);
        unroll<N>([&](auto i) RANVIER_INLINE_LAMBDA { p[i] *= K[i], e.rho[i] = p[i] * grown[i]; });
        e.p = through(p);
        e.integrate();

        values<N> moment, corrected;  // moment: int_0^1 t^k exp(s t) dt
        moment[0] = select(e.steep, (growth - 1) * e.per_s, 1.0);
        unroll<last>([&](auto k) RANVIER_INLINE_LAMBDA {
            moment[k + 1] = select(e.steep, (growth - (k + 1) * moment[k]) * e.per_s, 1.0 / (k + 2));
        });
        e.R[0] = 0, e.q[0] = 0, corrected[0] = p[0];
        auto const first = excess(1 - K[0]);
        unroll<last>([&](auto j) RANVIER_INLINE_LAMBDA {
            constexpr int i = j + 1;
            auto const R = e.R[i] = grown[i] * polynomial(e.Q, at[i]) - e.Q[0];
            auto const factor = excess(1 - K[i]);
            // The factor's share in the integral as it is for constant rho.
            e.q[i] = gain(R + R * R * (1 + R * (1.0 / 3)) * (first + 2 * factor) * (1.0 / 6));
            auto const x = factor * e.q[i];
            corrected[i] = p[i] * (1 + x * (1 + 0.5 * x));
        });
        auto const coefficients = through(corrected);
        double total = 0;
        unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA { total = std::fma(moment[k], coefficients[k], total); });
        // Where p is no polynomial at all the result may be anything.
        e.total = select((c.rate > 0) & !(total > 0), 0.0, total);
        return e;
    }

    /// Q from p: Q' + s Q = p.
    RANVIER_FN void integrate() {
        values<N + 1> steep;
        steep[N] = 0;
        unroll<N>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr int k = N - 1 - i;
            steep[k] = (p[k] - (k + 1) * steep[k + 1]) * per_s;
        });
        Q[0] = select(this->steep, steep[0], 0.0);
        unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
            Q[k + 1] = select(this->steep, steep[k + 1], p[k] * (1.0 / (k + 1)));
        });
    }
    /// In Delta_T at the end; 0 if it is infinite.
    template <class Functions> RANVIER_FN double deviation() const {
        return -Functions::log(select(infinite(), 1.0, 1 - total));
    }
    RANVIER_FN bool infinite() const { return !(total < 1); }
};

/// Evaluations of exp and log by excitation<N>.
constexpr int evaluations(int N) { return N + N / 2; }
constexpr int newton_steps = 2;
/// By a step that is not calm, which is found by trying that first.
constexpr int evaluations_per_step =
    evaluations_when_calm + evaluations(nodes) + evaluations(nodes_after) + newton_steps + 1;

/// On the way to infinity, which u reaches at x, with r ~ exp(s t): what the leak takes from int r there is
/// this times leak x, and the mean of u is about 4 times this. A fit, exact to first order in s.
RANVIER_FN double climb(double s, double x) {
    auto const y = within(-2, s * x, 20);
    return 1 / (4 + y * (1.11 + 0.19 * y));
}

/// Where V falls by many Delta_T in the step, what the exponential current does it does in its beginning, and
/// along a path that bends meanwhile the polynomial through the nodes of the step knows little of that. So
/// the nodes are those of the beginning, `length` steps long, in which the current falls to 1e-7 of what it
/// was.
struct window {
    double length;
    values<nodes> V, K;  // at its nodes; K: to the end of the step

    /// V: coefficients of the linear path, V_at, K_at: at the nodes of the step.
    RANVIER_FN static window of(adex_constants const& c, values<nodes> const& V, values<nodes> const& V_at,
                                values<nodes> const& K_at) {
        constexpr double fall = 16;  // Delta_T
        auto const rise = V[1] * c.per_Delta;
        bool const falls = rise < -fall;
        auto const K = collocation::through(K_at);
        window w{select(falls, -fall / rise, 1.0), V_at, K_at};
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            auto const t = w.length * collocation::nodes<nodes>[i + 1];
            w.V[i + 1] = select(falls, polynomial(V, t), V_at[i + 1]);
            w.K[i + 1] = select(falls, polynomial(K, t), K_at[i + 1]);
        });
        return w;
    }
    /// q at the nodes of the step, such that its integral is right.
    RANVIER_FN values<nodes> in_step(values<nodes> const& q) const {
        constexpr double first = collocation::weight<nodes>(0);
        auto const last = q[nodes - 1];
        double mean = 0;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr double weight = collocation::weight<nodes>(i);
            mean += weight * q[i];
        });
        bool const whole = length == 1;
        values<nodes> result;
        result[0] = select(whole, q[0], last + length * (mean - last) * (1 / first));
        unroll<nodes - 1>([&](auto i)
                              RANVIER_INLINE_LAMBDA { result[i + 1] = select(whole, q[i + 1], last); });
        return result;
    }
};

/// Where in the window, of [0, 1], V reaches V_bound, if it does: exp(s x) P(x) = goal(x) with
/// P = Q + bound_time p and goal = K(1 - x) + Q(0), less what the leak takes, by `leak` in the window.
/// Without exponential current, where V_L does.
template <class Functions>
RANVIER_FN double crossing(adex_constants const& c, double leak, excitation<nodes> const& e,
                           values<nodes> const& V, values<nodes> const& V_at_nodes, values<nodes> const& K) {
    constexpr auto at = collocation::nodes<nodes>;
    bool const upswing = c.rate > 0;
    values<nodes> f;  // negative before
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
        f[i] = select(upswing, e.R[i] + c.bound_time * e.rho[i] - K[i], V_at_nodes[i] - c.V_spike);
    });
    double low = 0, f_low = f[0], high = 1, f_high = f[nodes - 1];
    bool before = true;
    unroll<nodes - 2>([&](auto i) RANVIER_INLINE_LAMBDA {
        constexpr int up = i + 1, down = nodes - 2 - i;
        before &= f[up] < 0;
        low = select(before, at[up], low), f_low = select(before, f[up], f_low);
        bool const after = f[down] >= 0;
        high = select(after, at[down], high), f_high = select(after, f[down], f_high);
    });
    auto x = low + (high - low) * within(0, f_low / (f_low - f_high), 1);

    values<nodes + 1> P = e.Q;
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA { P[i] += c.bound_time * e.p[i]; });
    auto const s = select(e.steep, e.s, 0.0), lost = K[nodes - 1] - K[0];
    auto const goal_slope = lost - leak * climb(e.s, x), goal_0 = K[nodes - 1] - lost + e.Q[0];
    unroll<newton_steps>([&](auto) RANVIER_INLINE_LAMBDA {  // the logarithm is the straighter function
        auto const goal = goal_0 + goal_slope * x, P_x = polynomial(P, x), both = goal * P_x;
        auto const curved = (s * x - Functions::log(goal / P_x)) * both;
        auto const slope = s * both + polynomial_slope(P, x) * goal - goal_slope * P_x;
        auto const step = select(upswing, curved, polynomial(V, x) - c.V_spike) /
                          select(upswing, slope, polynomial_slope(V, x));
        x = within(low, x - step, high);
    });
    return x;
}

/// What follows a spike within the step: V and w at its end, and whether there is another spike.
struct remainder {
    double V, w;
    bool spike;
};
/// L: its length. V: coefficients of the linear path of the whole step; dV, dw: what reset and spike add to
/// it.
template <class Functions, class Response>
RANVIER_FN remainder after_spike(adex_constants const& c, Response const& response, path const& p,
                                 values<nodes> const& V, double L, double dV, double dw) {
    constexpr int N = nodes_after, last = N - 1;
    constexpr auto at = collocation::nodes<N>;
    values<N> V_at, K;
    V_at[0] = polynomial(V, 1 - L) + dV, K[last] = 1;
    unroll<last>([&](auto j) RANVIER_INLINE_LAMBDA {
        constexpr int i = j + 1;
        auto const t = L * at[i];
        double const linear = i == last ? p.V[nodes - 1] : polynomial(V, 1 - L + t);
        auto const leg = response.template after<Functions>(1 - L, t);
        K[last - i] = leg.to_end;
        V_at[i] = linear + leg.V_to_V * dV + leg.w_to_V * dw;
    });
    auto const e = excitation<N>::template along<Functions>(c, V_at, K, L);
    bool const above = c.V_reset >= c.V_bound;
    auto const V_end =
        V_at[last] + select(above, c.bound_rise * L, c.Delta * e.template deviation<Functions>());
    double mean = 0;  // of q
    unroll<N>([&](auto i) RANVIER_INLINE_LAMBDA {
        constexpr double weight = collocation::weight<N>(i);
        mean += weight * e.q[i];
    });
    auto const w_end =
        p.w_end + response.V_to_w(L) * dV + response.w_to_w(L) * dw + c.a_rate * c.Delta * L * mean;
    bool const spike = choose(above, V_end >= c.V_spike, e.infinite() | (V_end >= c.V_bound));
    // Then the rest is an Euler step; a neuron that would fire again in it waits at V_spike for the next.
    auto const x =
        within(0, select(above, c.V_spike - c.V_reset, 1.0) / select(above, V_end - c.V_reset, e.total), 1);
    auto const rise = polynomial_slope(V, 1) + response.leak() * (p.V[nodes - 1] - c.V_reset) + c.reset_rise;
    auto const V_euler = c.V_reset + (1 - x) * L * relaxed(response.leak() * (1 - x) * L) * rise;
    return {least(select(spike, V_euler, V_end), c.V_spike), w_end + select(spike, c.b, 0.0), spike};
}

/// Any step of a neuron that is not refractory, from the state s along the linear path.
template <class Functions, class Response, class State>
RANVIER_FN void any_step(adex_constants const& c, Response const& response, State& s, path const& p) {
    bool const pause = c.refractory > 0;
    auto const V_begin = p.V[0], V_linear = p.V[nodes - 1];
    auto const V = collocation::through(p.V);
    auto const acting = window::of(c, V, p.V, response.at_nodes());
    auto const e = excitation<nodes>::template along<Functions>(c, acting.V, acting.K, acting.length);
    auto const V_curved = V_linear + c.Delta * e.template deviation<Functions>();
    bool const above = V_begin >= c.V_bound;
    bool crosses = e.infinite() | (V_curved >= c.V_bound);
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA { crosses |= p.V[i] >= c.V_bound; });

    // From x on V is on a line, but for the leak, up to V_spike.
    auto const leak = response.leak();
    auto const crossed =
        select(above, 0.0, crossing<Functions>(c, leak * acting.length, e, V, acting.V, acting.K));
    auto const x = crossed * acting.length, from = select(above, V_begin, c.V_bound), V_x = polynomial(V, x);
    auto const rise = polynomial_slope(V, x) - leak * (from - V_x) + c.bound_rise;
    auto const straight = (c.V_spike - from) / rise, bend = leak * straight;
    auto const later = select(c.V_spike > from, straight * (1 + bend * (0.5 + bend * (1.0 / 3))), 0.0);
    bool const bent = (from < c.V_spike) & (bend >= 1);  // V would not get there
    bool const spike = crosses & !bent & (later >= 0) & (x + later <= 1);
    auto const acts = (1 - x) * relaxed(leak * (1 - x));
    auto const V_line = least(select(above, V_linear + c.bound_rise * acts, from + rise * acts), c.V_spike);

    auto const x_spike = select(spike, x + later, 1.0);
    auto const w_line =
        (select(spike, later, 1 - x) * (0.5 * (from + select(spike, c.V_spike, V_line)) - V_x) +
         4 * climb(e.s, crossed) * x * c.Delta) *
        c.a_rate;
    double w_curved = 0;
    auto const w_weights = response.w_weights(), q = acting.in_step(e.q);
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA { w_curved += w_weights[i] * q[i]; });
    auto const w_rise = c.a_rate * (V_begin - c.E_L) - c.w_rate * p.w_begin;
    auto const w_spike =
        p.w_begin + x_spike * (w_rise + x_spike * (p.w_end - p.w_begin - w_rise)) + w_line + c.b;

    auto const L = 1 - x_spike;
    auto const dV = select(spike, c.V_reset - polynomial(V, x_spike), 0.0),
               dw = select(spike, w_line + c.b, 0.0);
    auto const rest = after_spike<Functions>(c, response, p, V, L, dV, dw);
    bool const clamped = spike & pause;
    auto const w_clamped = c.w_reset + (w_spike - c.w_reset) * Functions::exp(-L * c.w_rate);

    auto const V_end = select(spike, rest.V, select(crosses, V_line, least(V_curved, c.V_spike)));
    auto const w_end = select(spike, rest.w, p.w_end + select(crosses, w_line, w_curved));
    s.V_m = select(clamped, c.V_reset, V_end);
    s.w = select(clamped, w_clamped, w_end);
    s.refractory = -(std::int64_t(spike) + std::int64_t(spike & !pause & rest.spike));
}

}  // namespace adex
}  // namespace ranvier
