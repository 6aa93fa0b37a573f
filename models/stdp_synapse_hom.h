// stdp_synapse with parameters that belong to the model.
#pragma once
#include "models/stdp_synapse.h"

namespace ranvier {

struct stdp_synapse_hom {
    static constexpr char name[] = "stdp_synapse_hom";
    static constexpr char summary[] =
        "Spike-timing dependent plasticity as stdp_synapse, all parameters shared";
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = stdp_synapse::params;
    using params = nothing;
    struct state {
        real Kplus = 0;
        using fields = field_list<&state::Kplus>;
    };

    template <class Real> using rule = stdp_synapse::rule<Real>;
    template <class Real> RANVIER_FN static rule<Real> derive(params const&, common const& c, double h) {
        return stdp_synapse::derive<Real>(c, {}, h);
    }
};

}  // namespace ranvier
