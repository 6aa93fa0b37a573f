// Calm steps of the membrane in models/adex.h, which most are: V moves by no more than Delta_T along the
// linear path, and the exponential current adds less than half of that. Then its integral is that of the
// polynomial through the nodes, and the logarithm a polynomial: an exponential a node.
#pragma once
#include "models/adex_constants.h"

namespace ranvier::adex {

constexpr double calm_rise = 1, calm_gain = 0.4;
/// -ln(1 - x), to 2e-10 x for 0 <= x <= calm_gain (tests/reference/math_reference.py).
RANVIER_FN double small_gain(double x) {
    return x * math::detail::horner(x, 0x1.fffffffe3c8cdp-1, 0x1.0000034d85a58p-1, 0x1.55534b563112ep-2,
                                    0x1.003e499eb880bp-2, 0x1.921939196d254p-3, 0x1.970ef080115afp-3,
                                    -0x1.9f2ef1a28cd9bp-6, 0x1.4ec978d582687p-1, -0x1.aa645aadc18e3p-1,
                                    0x1.c7fa1378e2a9cp-1);
}
/// Exponentials.
constexpr int evaluations_when_calm = nodes;

/// 1 / (1 - lost) - 1, right to lost^4.
RANVIER_FN double excess(double lost) { return lost * (1 + lost * (1 + lost)); }

/// A step from the state s along the linear path, if it is calm and `may_be`, or if the neuron is refractory;
/// else s stays. Whether it was taken.
template <class Functions, class Response, class State>
RANVIER_FN bool calm_step(adex_constants const& c, Response const& response, State& s, path const& p,
                          bool may_be = true) {
    bool const refractory = s.refractory > 0;
    bool calm = may_be;
    auto const K = response.at_nodes(), w_weights = response.w_weights();
    values<nodes> rho;
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
        rho[i] = c.rate * K[i] * Functions::exp((p.V[i] - c.V_th) * c.per_Delta);
        calm &= std::fabs(p.V[i] - p.V[0]) * c.per_Delta <= calm_rise;
        calm &= p.V[i] < c.V_bound;
    });
    auto const first = excess(1 - K[0]);
    double total = 0, w_end = p.w_end;
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
        auto const R = collocation::integral_to<i>(rho, 0);
        // As in models/adex.h.
        auto const factor = excess(1 - K[i]);
        auto const q = small_gain(R + R * R * (1 + R * (1.0 / 3)) * (first + 2 * factor) * (1.0 / 6));
        auto const x = factor * q;
        constexpr double weight = collocation::weight<nodes>(i);
        total = std::fma(weight * rho[i], 1 + x * (1 + 0.5 * x), total);
        w_end = std::fma(w_weights[i], q, w_end);
    });
    auto const V_end = p.V[nodes - 1] + c.Delta * small_gain(total);
    calm &= (total < calm_gain) & (V_end < c.V_bound);
    bool const taken = refractory | calm;
    s.V_m = select(refractory, c.V_reset, select(calm, V_end, s.V_m));
    s.w = select(refractory, c.w_reset + (p.w_begin - c.w_reset) * c.w_kept, select(calm, w_end, s.w));
    return taken;
}

}  // namespace ranvier::adex
