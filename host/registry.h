// All models, as tables made by the build from models/registry.h.
#pragma once
#include <vector>

#include "host/reflect.h"

namespace ranvier {

/// Neurons, then devices; ids are positions.
std::vector<node_model> const& node_models();
/// Every synapse model with double, then with float weights.
std::vector<synapse_model> const& synapse_models();

}  // namespace ranvier
