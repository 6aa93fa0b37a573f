// What every neuron has that can be the target of plastic synapses (time_and_events.md, 6).
#pragma once
#include "models/model.h"

namespace ranvier {

struct archiving {
    ms tau_minus = 20;           // of the trace K-
    ms tau_minus_triplet = 110;  // of the second trace, which triplets need
    using fields = field_list<&archiving::tau_minus, &archiving::tau_minus_triplet>;
    using checks = check_list<positive<&archiving::tau_minus>, positive<&archiving::tau_minus_triplet>>;
};

}  // namespace ranvier
