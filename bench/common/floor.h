// The time that moving the data must take: bytes of the model in docs/benchmarks.md at bandwidths measured
// here.
#pragma once
#include <cstdint>

namespace ranvier::bench {

/// Bytes that one event or update moves: from memory (rows of synapses, read once), and in the cache (inbox,
/// traces).
struct traffic {
    double memory, cache;
};
constexpr traffic plastic_event{2 + 4 + 4, 8 + 8 + 4 + 4};  // target, weight twice; slot twice, age, trace
constexpr traffic static_event{2, 8 + 8};                   // target; slot twice
constexpr traffic neuron_step{0, 2 * (8 + 8) + 8 + 8};      // two ports read and cleared, one drive added

struct bandwidth {
    double memory = 0, cache = 0;  // bytes/s of all threads together
};
/// A second's measurement with as many threads as the run had.
bandwidth measure_bandwidth(int threads);

/// Seconds, memory and cache traffic overlapping perfectly.
double floor_seconds(bandwidth const& b, double plastic_events, double static_events, double neuron_steps);

}  // namespace ranvier::bench
