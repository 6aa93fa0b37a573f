// What the Hodgkin-Huxley neurons share: V and the gates as Taylor polynomials of time (Stewart & Bair 2009,
// J Comput Neurosci 27:115; Jorba & Zou 2005, Exp Math 14:99). The rates of the gates are expanded in V; all
// else is sums and products, so that each coefficient follows from those before it. A step is taken at once
// if a low order is enough, as it is between spikes, else in parts of a high order, as long as their last
// coefficients allow: the same state and input always take the same parts.
#pragma once
#include "models/power_series.h"

namespace ranvier::hodgkin_huxley {

/// Orders: of a step taken at once, and of a part.
constexpr int low = 6, high = 9;

/// 1/ms, opening and closing, as power series of V about where it is.
template <int N> struct rates { values<N> alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n; };
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
    double g_Na, g_K, g_L, E_Na, E_K, E_L, I_e, per_C, h;
    using fields = field_list<&channels::g_Na, &channels::g_K, &channels::g_L, &channels::E_Na,
                              &channels::E_K, &channels::E_L, &channels::I_e, &channels::per_C, &channels::h>;
    template <class Params> void set(Params const& p, double resolution) {
        g_Na = p.g_Na, g_K = p.g_K, g_L = p.g_L, E_Na = p.E_Na, E_K = p.E_K, E_L = p.E_L, I_e = p.I_e;
        per_C = 1 / p.C_m, h = resolution;
    }
};

/// V (mV) and the gates, of time in steps.
template <int N> struct solution {
    values<N + 1> V, m, h, n;
    double rise;     // of V at the beginning, mV/ms
    double error_m;  // mV that an error of m becomes in V, per error, before it decays

    /// What term k of all brings to V in a step, or later: h and n decay slowly. mV.
    template <int k> RANVIER_FN double term() const {
        constexpr double error_h_n = 50;
        return std::fabs(V[k]) + error_m * std::fabs(m[k]) + error_h_n * (std::fabs(h[k]) + std::fabs(n[k]));
    }
    /// Whether a step may be taken at once, if the last term then stands for all that follow, each to the one
    /// before it as V's last two are: the first of these may be off by as much as the last term would have
    /// been, and by a tenth.
    RANVIER_FN bool reaches(double tolerance) const {
        constexpr double nothing = 1e-12, much = 1e-6;  // mV
        auto const last = term<N>(), square = V[N - 1] * V[N - 1];
        auto const off = std::fabs(V[N] * V[N - 2] - square) + 0.1 * square;
        return (last < nothing) | ((last < much) & (last * last * off < tolerance * term<N - 1>() * square));
    }
    RANVIER_FN void extrapolate(bool condition) {
        bool const decreases = std::fabs(V[N]) < 0.5 * std::fabs(V[N - 1]);
        auto const sum = select(condition & decreases, V[N - 1] / (V[N - 1] - V[N]), 1.0);
        V[N] *= sum, m[N] *= sum, h[N] *= sum, n[N] *= sum;
    }
    template <class State> RANVIER_FN void store(State& s, double t) const {
        s.V_m = polynomial(V, t), s.Act_m = polynomial(m, t);
        s.Inact_h = polynomial(h, t), s.Act_n = polynomial(n, t);
    }
};

/// From the state s. follows: whether rates change with V. g, I: conductances (nS) beside those of Na and K,
/// and the current (pA) that all but these bring at 0 mV, of time in steps.
template <int N, class State> RANVIER_FN solution<N> solve(channels const& d, State const& s,
                                                           rates<N> const& r, bool follows,
                                                           values<N> const& g, values<N> const& I) {
    using power_series::product, power_series::square;
    solution<N> y;
    y.V[0] = s.V_m, y.m[0] = s.Act_m, y.h[0] = s.Inact_h, y.n[0] = s.Act_n;
    values<N> power[N];  // of V - V[0]; number j begins with coefficient j
    values<N> sum_m, sum_h, sum_n, m2, mh, n2, G;
    double const change = follows ? 1 : 0;
    unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
        if constexpr (k > 0) power[1][k] = change * y.V[k];
        unroll<k - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr int j = i + 2;
            double sum = power[1][1] * power[j - 1][k - 1];
            unroll<k - j>([&](auto l) RANVIER_INLINE_LAMBDA {
                sum = std::fma(power[1][l + 2], power[j - 1][k - 2 - l], sum);
            });
            power[j][k] = sum;
        });
        auto of_V = [&](values<N> const& f) RANVIER_INLINE_LAMBDA {
            double sum = k > 0 ? f[k] * power[k][k] : f[0];
            unroll<k - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
                constexpr int j = k - 1 - i;
                sum = std::fma(f[j], power[j][k], sum);
            });
            return sum;
        };
        auto gate = [&](values<N + 1>& x, values<N>& sum, values<N> const& alpha, values<N> const& beta)
                        RANVIER_INLINE_LAMBDA {
                            auto const opening = of_V(alpha);
                            sum[k] = opening + of_V(beta);
                            x[k + 1] = d.h * (1.0 / (k + 1)) * (opening - product<k>(sum, x));
                        };
        m2[k] = square<k>(y.m), mh[k] = product<k>(y.m, y.h), n2[k] = square<k>(y.n);
        auto const Na = product<k>(m2, mh), K = square<k>(n2);
        G[k] = std::fma(d.g_Na, Na, std::fma(d.g_K, K, g[k]));
        auto const source = std::fma(d.g_Na * d.E_Na, Na, std::fma(d.g_K * d.E_K, K, I[k]));
        auto const current = source - product<k>(G, y.V);
        if constexpr (k == 0) y.rise = d.per_C * current;
        y.V[k + 1] = d.h * d.per_C * (1.0 / (k + 1)) * current;
        gate(y.m, sum_m, r.alpha_m, r.beta_m);
        gate(y.h, sum_h, r.alpha_h, r.beta_h);
        gate(y.n, sum_n, r.alpha_n, r.beta_n);
    });
    // At least so much that m cannot become unstable unseen while it is next to nothing.
    y.error_m = 0.1 + 3 * d.per_C * m2[0] * y.h[0] * std::fabs(d.g_Na * (d.E_Na - y.V[0])) / sum_m[0];
    return y;
}

/// A whole step, if a low order is enough; returns what is left of it, 0 or 1.
template <int N, class State> RANVIER_FN double take_whole(State& s, solution<N> y) {
    bool const enough = y.reaches(2e-9);  // mV
    y.extrapolate(true);
    auto after = s;
    y.store(after, 1);
    s.V_before = s.V_m;
    s.V_m = select(enough, after.V_m, s.V_m), s.Act_m = select(enough, after.Act_m, s.Act_m);
    s.Inact_h = select(enough, after.Inact_h, s.Inact_h), s.Act_n = select(enough, after.Act_n, s.Act_n);
    return select(enough, 0.0, 1.0);
}

/// x^(1 / N) or up to 7 % less, 0 <= x < inf: bits are nearly a linear function of the logarithm.
template <int N> RANVIER_FN double root(double x) {
    constexpr double one = 1023 * 0x1p40, less = 0.0861 * 0x1p40;  // bits without the lowest twelve
    auto const y = to_double(std::int64_t(math::detail::bits(x) >> 12)) * (1.0 / N);
    return math::detail::from_bits(math::detail::bits(y + (0x1p52 + (one - one / N - less))) << 12);
}
/// A part of a step, as long as its last terms allow, or all of it; returns what is left of the step then. An
/// upstroke multiplies what has been before it; later errors decay.
template <int N, class State> RANVIER_FN double take_part(State& s, solution<N> y, double left) {
    constexpr double tolerance = 2e-9, rising = 5e-10, falling = 3e-9;  // mV; mV per mV/ms
    auto const allowed = tolerance + select(y.rise > 0, rising, -falling) * y.rise;
    auto const error = y.template term<N>() + 0.3 * y.template term<N - 1>();
    auto const parts = larger(std::ceil(left / root<N>(allowed / error) - 1e-9), 1.0);
    bool const whole = (left == 1) & y.reaches(tolerance);
    // What is not a finite number ends the step, and is reported then.
    auto const length = select(whole | !(error < 1e300), left, left / smaller(parts, 4096.0));
    y.extrapolate(whole);
    y.store(s, length);
    return left - length;
}

/// Whether a neuron that is not refractory fires after a step: above `threshold`, and V is falling.
template <class State> RANVIER_FN bool fire(State& s, double threshold, std::int64_t refractory) {
    double const V = s.V_m, before = s.V_before;
    bool const free = s.refractory == 0, fires = free & (V >= threshold) & (before > V);
    s.refractory = select(fires, refractory, s.refractory - std::int64_t(!free));
    return fires;
}

}  // namespace ranvier::hodgkin_huxley
