// Symmetric rule with constant depression, for inhibitory synapses that balance excitation (Vogels,
// Sprekeler, Zenke, Clopath & Gerstner 2011, Science 334:1569).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct vogels_sprekeler_synapse {
    static constexpr char name[] = "vogels_sprekeler_synapse";
    static constexpr char summary[] = "Symmetric spike-timing dependent plasticity with constant depression";
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr double weight = 0.5;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        ms tau = 20;
        real alpha = 0.12, eta = 0.001, Wmax = 1;
        using fields = field_list<&params::tau, &params::alpha, &params::eta, &params::Wmax>;
        using checks = check_list<>;
    };
    using state = plastic_state;
    /// Applied wherever a parameter other than weight and delay is given (synapses.md, 1).
    static constexpr char weight_range[] = "0, or of the sign of Wmax";
    static bool weight_ok(params const& p, double w) {
        return w == 0 || std::signbit(w) == std::signbit(p.Wmax);
    }

    template <class Real> struct rule {
        using value_type = Real;
        Real eta, alpha_eta, Wmax, decay;
        using fields = field_list<&rule::eta, &rule::alpha_eta, &rule::Wmax, &rule::decay>;
        RANVIER_FN Real facilitate(Real w, Real k) const {
            auto const m = std::fabs(w) + eta * k, most = std::fabs(Wmax);
            return std::copysign(m < most ? m : most, Wmax);
        }
        RANVIER_FN Real depress(Real w, Real k) const {
            auto const m = std::fabs(facilitate(w, k)) - alpha_eta;
            return std::copysign(m > 0 ? m : Real(0), Wmax);
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        return {Real(p.eta), Real(p.alpha * p.eta), Real(p.Wmax), Real(h / p.tau)};
    }
};

}  // namespace ranvier
