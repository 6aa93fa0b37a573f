// Calm steps of the membrane in models/adex.h, which most are: V moves by no more than half of Delta_T along
// the linear path, and the exponential current adds less than a tenth. Then its integral is that of the
// polynomial through the nodes, and the logarithm a series: an exponential a node.
#pragma once
#include "models/adex_constants.h"

namespace ranvier::adex {

/// -ln(1 - x), to 3e-11 of Delta_T where |x| is below `calm_gain`.
RANVIER_FN double small_gain(double x) {
    return x * math::detail::horner(x, 1.0, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8,
                                    1.0 / 9);
}
constexpr double calm_rise = 0.5, calm_gain = 0.1;
/// Exponentials.
constexpr int evaluations_when_calm = nodes;

/// 1 / (1 - lost) - 1, right to lost^4.
RANVIER_FN double excess(double lost) { return lost * (1 + lost * (1 + lost)); }

/// A step from the state s along the linear path, if it is calm and `may_be`, or if the neuron is refractory;
/// else s stays. Whether it was taken.
template <class Functions, class Response, class State>
RANVIER_FN bool calm_step(adex_constants const& c, Response const& response, State& s, path const& p,
                          bool may_be = true) {
    constexpr auto const& integrals = collocation::integrals<nodes>;
    bool const refractory = s.refractory > 0;
    bool calm = may_be;
    auto const K = response.at_nodes(), w_weights = response.w_weights();
    values<nodes> rho;
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
        rho[i] = c.rate * K[i] * Functions::exp((p.V[i] - c.V_th) * c.per_Delta);
        calm &= (std::fabs(p.V[i] - p.V[0]) * c.per_Delta <= calm_rise) & (p.V[i] < c.V_bound);
    });
    auto const first = excess(1 - K[0]);
    double total = 0, w_end = p.w_end;
    unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
        double R = 0;
        unroll<nodes>([&](auto k) RANVIER_INLINE_LAMBDA {
            constexpr double m = integrals.at[i][k];
            if constexpr (m != 0) R = std::fma(m, rho[k], R);
        });
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
