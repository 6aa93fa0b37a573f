// Spike generators: lists of times, and what they emit in a slice. Also plays what others have drawn.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/parameter.h"
#include "kernels/views.h"

namespace ranvier {

/// All spike generators of a network (devices.md, 2).
class spike_sources {
  public:
    explicit spike_sources(double h);
    void add(std::int32_t id);
    void remove(std::int32_t id);

    /// Any of spike_times (ms, relative to origin), spike_weights, spike_multiplicities, allow_offgrid_times,
    /// shift_now_spikes, precise_times (only false), origin, start, stop (ms); now: step. Checks all before
    /// changing anything: unknown_parameter, wrong_type, wrong_size, bad_time, out_of_range.
    void set(std::int32_t id, dictionary const& values, std::int64_t now);
    /// Instead of what set() has given: spikes with these stamps (steps, ascending), of which those in
    /// (after, until] are emitted.
    void play(std::int32_t id, std::vector<std::int64_t> stamps, std::vector<std::int32_t> multiplicities,
              std::int64_t after, std::int64_t until);
    /// Times as gridded, ms.
    std::vector<double> get(std::int32_t id, std::string_view name) const;

    /// Sets events to those emitted in the steps [t, t + steps), stamps (t, t + steps], by step, then id,
    /// then as listed; begin: [steps + 1]. Past spikes are skipped, not made up for.
    void collect(std::int64_t t, int steps, std::vector<spike_event>& events,
                 std::vector<std::int64_t>& begin);

    /// Largest sum of |spike_weight| * multiplicity of spikes with the same time, at least 1.
    double largest_factor(std::int32_t id) const;

  private:
    static constexpr std::int64_t never = INT64_MAX;
    struct source {
        std::int32_t id = 0;
        std::vector<std::int64_t> stamps;  // relative to origin, not descending
        std::vector<double> weights;       // empty or one for each stamp
        std::vector<std::int32_t> multiplicities;
        bool allow_offgrid = false, shift_now = false;
        std::int64_t origin = 0, start = 0, stop = never;  // steps
        std::size_t position = 0;                          // of the next spike
        double largest_factor = 1;
        std::int64_t next_stamp() const {
            return position < stamps.size() ? origin + stamps[position] : never;
        }
    };
    struct emitted {
        std::int64_t step;  // of the slice
        spike_event event;
    };
    std::size_t index(std::int32_t id) const;
    double ms(std::int64_t steps) const;
    std::int64_t on_grid(std::string_view name, double ms) const;
    void set_window(source& s, dictionary const& values) const;
    bool set_options(source& s, dictionary const& values) const;
    void set_times(source& s, parameter const& times, std::int64_t now) const;
    void set_weights(source& s, parameter const& weights) const;
    void set_multiplicities(source& s, parameter const& multiplicities) const;

    double h_;
    std::int64_t tics_per_step_;
    std::vector<source> sources_;     // by id
    std::vector<std::int64_t> next_;  // [source] stamp of its next spike
    std::vector<emitted> emitted_;
};

}  // namespace ranvier
