// Rule of triplets of spikes (Pfister & Gerstner 2006, J Neurosci 26:9673), additive with hard bounds.
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct stdp_triplet_synapse {
    static constexpr char name[] = "stdp_triplet_synapse";
    static constexpr char summary[] = "Plasticity that depends on triplets of spikes";
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        ms tau_plus = 16.8, tau_plus_triplet = 101;
        real Aplus = 5e-10, Aminus = 7e-3, Aplus_triplet = 6.2e-3, Aminus_triplet = 2.3e-4, Wmax = 100;
        using fields =
            field_list<&params::tau_plus, &params::tau_plus_triplet, &params::Aplus, &params::Aminus,
                       &params::Aplus_triplet, &params::Aminus_triplet, &params::Wmax>;
        using checks = check_list<>;
    };
    struct state {
        real Kplus = 0, Kplus_triplet = 0;
        using fields = field_list<&state::Kplus, &state::Kplus_triplet>;
        using checks = check_list<non_negative<&state::Kplus>, non_negative<&state::Kplus_triplet>>;
    };
    /// Applied wherever a parameter other than weight and delay is given (synapses.md, 1).
    static constexpr char weight_range[] = "of the sign of Wmax";
    static bool weight_ok(params const& p, double w) { return (w < 0) == (p.Wmax < 0); }

    /// Depression takes most of a weight away at once: of float weights, only what is kept is rounded.
    template <class Real> struct rule {
        using value_type = Real;
        using working_type = double;
        double Aplus, Aminus, Aplus_triplet, Aminus_triplet, Wmax, decay, decay_triplet;
        using fields = field_list<&rule::Aplus, &rule::Aminus, &rule::Aplus_triplet, &rule::Aminus_triplet,
                                  &rule::Wmax, &rule::decay, &rule::decay_triplet>;
        RANVIER_FN Real facilitate(double w, double k, double y) const {
            auto const m = std::fabs(w) + k * (Aplus + Aplus_triplet * y), most = std::fabs(Wmax);
            return Real(std::copysign(m < most ? m : most, Wmax));
        }
        RANVIER_FN Real depress(double w, double k, double r) const {
            auto const m = std::fabs(w) - k * (Aminus + Aminus_triplet * r);
            return Real(std::copysign(m > 0 ? m : 0, Wmax));
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        return {p.Aplus, p.Aminus,       p.Aplus_triplet,       p.Aminus_triplet,
                p.Wmax,  h / p.tau_plus, h / p.tau_plus_triplet};
    }
};

}  // namespace ranvier
