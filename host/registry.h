// All models, as tables made by the build from models/registry.h.
#pragma once
#include "host/cpu_device.h"
#include "host/engine/engine.h"

namespace ranvier {

/// Neurons, then devices; ids are positions.
std::vector<node_model> const& node_models();
/// Every synapse model with double, then with float weights.
std::vector<synapse_model> const& synapse_models();
block_factory<cpu_device> cpu_blocks();

}  // namespace ranvier
