// Synapses that share one constant weight.
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct static_synapse_hom_w {
    static constexpr char name[] = "static_synapse_hom_w";
    static constexpr char summary[] = "Synapse with a constant weight that belongs to the model";
    static constexpr double weight = 1;
    static constexpr auto kind = synapse_kind::fixed;
    static constexpr bool common_weight = true;
    using common = nothing;
    using params = nothing;
    using state = nothing;
};

}  // namespace ranvier
