// Connectivity as a text table: source, target, weight, delay; compressed if the name ends in .gz.
#pragma once
#include <string>

#include "host/network.h"

namespace ranvier::bench {

/// All connections among the nodes of a subset, a few thousand sources at a time.
void write_connectivity(network& net, std::string const& path, nodes const& among);

/// "A:B", ids A to B, both included; "" is all of `population`. out_of_range with the text otherwise.
nodes parse_nodes(std::string const& text, nodes const& population);

}  // namespace ranvier::bench
