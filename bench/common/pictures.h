// The pictures that the benchmark programs draw.
#pragma once
#include <string>
#include <vector>

#include "bench/common/spikes.h"

namespace ranvier::bench {

struct caption {
    std::string title, subtitle;
};

/// Spikes of all recordings, one dot each, excitatory below inhibitory; below it the rate of each population.
/// Times in ms; what lies before `measured_from` is shaded.
void draw_raster(std::string const& path, caption const& words, std::vector<recording> const& recordings,
                 double end, double measured_from);

/// Numbers of weights in equal bins of [low, high), before and after.
struct weight_histograms {
    double low = 0, high = 1;  // pA
    std::vector<std::int64_t> before, after;
};
void draw_weights(std::string const& path, caption const& words, weight_histograms const& h);

/// Connections between nodes as a matrix, one pixel or more a pair; colour by sign of the weight.
void draw_matrix(std::string const& path, caption const& words, nodes const& which,
                 connection_table const& table);

}  // namespace ranvier::bench
