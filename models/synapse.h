// What a synapse model is made of. A synapse model is a struct with
//   name, summary       text
//   weight              default weight
//   common_weight       whether the weight belongs to the model, not to each connection
//   common, common::checks    parameters of the (named) model, nothing if none
//   params, params::checks    parameters of each connection beside weight and delay, nothing if none
//   and, where the weight depends on pairs of spikes,
//   rule<Real>          constants and formulas: facilitate, depress, tau_plus in `decay` (resolution /
//   tau_plus) derive<Real>(params, common, h)   host and device: edges with parameters of their own are
//   derived where they are built
// Every model exists twice: `name` with double weights, `name_hpc` with float weights.
#pragma once
#include "models/model.h"

namespace ranvier {

/// State of a pair-based plastic connection that users see.
struct plastic_state {
    real Kplus = 0;
    using fields = field_list<&plastic_state::Kplus>;
    using checks = check_list<non_negative<&plastic_state::Kplus>>;
};

}  // namespace ranvier
