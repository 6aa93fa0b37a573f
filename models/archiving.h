// What every neuron has that can be the target of plastic synapses (time_and_events.md, 6).
#pragma once
#include "models/model.h"

namespace ranvier {

struct archiving {
    ms tau_minus = 20;  // of the trace K-
    using fields = field_list<&archiving::tau_minus>;
    using checks = check_list<positive<&archiving::tau_minus>>;
};

}  // namespace ranvier
