// Synapses whose weight does not change.
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct static_synapse {
    static constexpr char name[] = "static_synapse";
    static constexpr char summary[] = "Synapse with a constant weight";
    static constexpr double weight = 1;
    static constexpr auto kind = synapse_kind::fixed;
    static constexpr bool common_weight = false;
    using common = nothing;
    using params = nothing;
    using state = nothing;
};

}  // namespace ranvier
