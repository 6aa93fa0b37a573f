// Pair-based STDP with soft or hard bounds (Guetig et al. 2003, J Neurosci 23:3697).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct stdp_synapse {
    static constexpr char name[] = "stdp_synapse";
    static constexpr char summary[] = "Spike-timing dependent plasticity with soft, hard or power-law bounds";
    static constexpr char reference[] = "Guetig et al. 2003, J Neurosci 23:3697";
    static constexpr double weight = 1;
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        ms tau_plus = 20;
        real lambda = 0.01, alpha = 1, mu_plus = 1, mu_minus = 1, Wmax = 100;
        using fields = field_list<&params::tau_plus, &params::lambda, &params::alpha, &params::mu_plus,
                                  &params::mu_minus, &params::Wmax>;
        using checks = check_list<>;
    };
    using state = plastic_state;
    /// Applied wherever a parameter other than weight and delay is given (synapses.md, 1).
    static constexpr char weight_range[] = "of the sign of Wmax";
    static bool weight_ok(params const& p, double w) { return (w < 0) == (p.Wmax < 0); }

    template <class Real> struct rule {
        using value_type = Real;
        Real lambda, lambda_alpha, mu_plus, mu_minus, Wmax, decay;
        using fields = field_list<&rule::lambda, &rule::lambda_alpha, &rule::mu_plus, &rule::mu_minus,
                                  &rule::Wmax, &rule::decay>;
        RANVIER_FN Real facilitate(Real w, Real k) const {
            auto const n = w / Wmax;
            auto const more = n + lambda * math::pow(1 - n, mu_plus) * k;
            return more < 1 ? more * Wmax : Wmax;
        }
        RANVIER_FN Real depress(Real w, Real k) const {
            auto const n = w / Wmax;
            auto const less = n - lambda_alpha * math::pow(n, mu_minus) * k;
            return less > 0 ? less * Wmax : Real(0);
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        return {Real(p.lambda), Real(p.alpha * p.lambda), Real(p.mu_plus), Real(p.mu_minus),
                Real(p.Wmax),   Real(h / p.tau_plus)};
    }
};

}  // namespace ranvier
