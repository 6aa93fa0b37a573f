// tsodyks_synapse with parameters and weight that belong to the model.
#pragma once
#include "models/tsodyks_dynamics.h"

namespace ranvier {

struct tsodyks_synapse_hom {
    static constexpr char name[] = "tsodyks_synapse_hom";
    static constexpr char summary[] =
        "Short-term depression and facilitation, all parameters and the weight shared";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = true;

    using common = tsodyks_parameters;
    using params = nothing;
    using state = tsodyks_state;
    template <class Real> using rule = tsodyks_rule<Real>;
    template <class Real> RANVIER_FN static rule<Real> derive(params const&, common const& c, double h) {
        return rule<Real>::of(c, h);
    }
    static double largest_factor(params const&, state const& s) { return largest_tsodyks_factor(s); }
};

}  // namespace ranvier
