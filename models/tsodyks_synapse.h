// Short-term plasticity with resources that also recover through the active state.
#pragma once
#include "models/tsodyks_dynamics.h"

namespace ranvier {

struct tsodyks_synapse {
    static constexpr char name[] = "tsodyks_synapse";
    static constexpr char summary[] = "Short-term depression and facilitation, three pools of resources";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    using params = tsodyks_parameters;
    using state = tsodyks_state;
    template <class Real> using rule = tsodyks_rule<Real>;
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        return rule<Real>::of(p, h);
    }
    static double largest_factor(params const&, state const& s) { return largest_tsodyks_factor(s); }
};

}  // namespace ranvier
