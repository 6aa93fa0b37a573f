// All models, as tables made by the build from models/registry.h.
#pragma once
#include <vector>

#include "host/reflect.h"

namespace ranvier {

/// Neurons, then devices; ids are positions.
std::vector<node_model> const& node_models();
/// Every synapse model with double, then with float weights, then with labels.
std::vector<synapse_model> const& synapse_models();

/// Models whose connections have a synapse_label, which says nothing to the simulation.
constexpr std::string_view label_suffix = "_lbl";
inline bool has_label(synapse_model const& m) { return m.name.ends_with(label_suffix); }

}  // namespace ranvier
