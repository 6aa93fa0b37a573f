// Power-law STDP, all parameters shared (Morrison, Aertsen & Diesmann 2007, Neural Comput 19:1437).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct stdp_pl_synapse_hom {
    static constexpr char name[] = "stdp_pl_synapse_hom";
    static constexpr char summary[] = "Spike-timing dependent plasticity with power-law potentiation";
    static constexpr char reference[] = "Morrison, Aertsen & Diesmann 2007, Neural Comput 19:1437";
    static constexpr double weight = 1;
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr bool common_weight = false;

    struct common {
        ms tau_plus = 20;
        real lambda = 0.1, alpha = 1, mu = 0.4;
        using fields = field_list<&common::tau_plus, &common::lambda, &common::alpha, &common::mu>;
        using checks = check_list<positive<&common::tau_plus>>;
    };
    using params = nothing;
    using state = plastic_state;

    template <class Real> struct rule {
        using value_type = Real;
        Real lambda, mu, lambda_alpha, decay;
        using fields = field_list<&rule::lambda, &rule::mu, &rule::lambda_alpha, &rule::decay>;
        RANVIER_FN Real facilitate(Real w, Real k) const { return w + lambda * math::pow(w, mu) * k; }
        RANVIER_FN Real depress(Real w, Real k) const {
            auto const less = w - lambda_alpha * w * k;
            return less > 0 ? less : Real(0);
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const&, common const& c, double h) {
        return {Real(c.lambda), Real(c.mu), Real(c.lambda * c.alpha), Real(h / c.tau_plus)};
    }
};

}  // namespace ranvier
