// What a generator or recorder is made of. A device is a struct with
//   name, summary          text
//   role                   a node_role; all but volume transmitters have a device_window
//   params                 record with checks, as of neurons
//   list                   value_list, optional: two lists, times and what holds from them on. Of a generator
//                          params has a flag allow_offgrid_times then
//   on_grid                field_list, optional: durations that must be multiples of the resolution; where
//   the
//                          default is none it is ten steps
//   individual             optional: name of a flag of the model (set_defaults, copy_model), which says
//                          whether each connection has spikes of its own; if not, all targets get the same,
//                          as from a neuron
//   early                  optional: its window is that of currents, see device_window
//   recordable             optional: what multimeters record of a generator: its current (pA), 0 while it is
//   not
//                          active, or its rate (1/s), active or not
// A generator whose input is drawn at the target also has
//   emit(params, value, h) what it emits, as long as neither parameters nor the list's value change; h in ms,
//                          host only
#pragma once
#include <limits>
#include <numbers>

#include "models/model.h"

namespace ranvier {

/// What a node is for. Drives are generators whose output is drawn by each target for itself; the spikes of
/// sources are delivered. train_source: one train of what would be a spike_drive. packet_source: a
/// spike_source whose spikes are drawn.
enum class node_role {
    neuron,
    spike_drive,
    current_drive,
    train_source,
    spike_source,
    packet_source,
    spike_recorder,
    multimeter,
    correlation_detector,
    weight_recorder,
    volume_transmitter
};

/// When a device is active, t = origin + start to origin + stop (time_and_events.md, 4): recorders and
/// spike_generator for stamps in (t], Poisson generators for stamps in (t + h], or in (t] where all targets
/// get the same, currents for stamps in [t - h). Times on the grid or infinite.
struct device_window {
    ms origin = 0, start = 0, stop = std::numeric_limits<double>::infinity();
    using fields = field_list<&device_window::origin, &device_window::start, &device_window::stop>;
    using checks = check_list<at_least<&device_window::stop, &device_window::start>>;
};

/// Value i holds for events with stamps from time i on.
struct value_list {
    char const *times, *values, *unit;
    bool future_only;  // whether times that are past are a mistake, or skipped
};

/// base + amplitude sin(frequency s + phase) at stamp s: a function of the absolute step, so that no error
/// adds up.
struct wave {
    double base = 0, amplitude = 0, frequency = 0, phase = 0;  // frequency: per step; phase: rad
    RANVIER_FN double at(std::int64_t stamp) const {
        if (amplitude == 0) return base;
        return base + amplitude * math::sin(frequency * double(stamp) + phase);
    }
};
/// A wave of a frequency in Hz and a phase in degrees.
inline wave oscillation(double base, double amplitude, double frequency, double phase, double h) {
    constexpr auto turn = 2 * std::numbers::pi;
    return {base, amplitude, turn * frequency / 1000 * h, phase * turn / 360};
}

/// What a generator emits in each step.
struct signal {
    enum class kind : std::int32_t {
        current,   // value, pA
        noise,     // mean + sqrt(value) * a normal number of each connection, anew after `every` steps; pA
        counts,    // a Poisson number of `mean`, each connection's or common to all, of which each spike is
                   // kept with probability value
        stages,    // of n_proc members each moves on to the next of `rows` stages with probability value;
                   // those that leave the last are the spikes
        dead_time  // of those members that have not fired in the last rows - 1 steps each fires with
                   // probability value
    };
    kind what = kind::current;
    std::int32_t common = 0;
    wave value;
    double mean = 0;
    std::int64_t every = 1;
    // stages, dead_time: n_proc members in `rows` groups, `each` in all but the last at first.
    std::int64_t rows = 0, each = 0, n_proc = 0;

    RANVIER_FN bool superposed() const { return what == kind::stages || what == kind::dead_time; }
    bool has_value() const { return value.base != 0 || value.amplitude != 0; }
    /// Nothing but zeros.
    bool silent() const {
        return what == kind::noise    ? mean == 0 && !has_value()
               : what == kind::counts ? !(mean > 0) || !has_value()
                                      : !has_value();
    }
    /// Mean number of spikes in a step, at most.
    double most_spikes() const {
        if (what == kind::counts) return mean;
        if (!superposed()) return 0;
        auto const p = smaller(value.base + (value.amplitude < 0 ? -value.amplitude : value.amplitude), 1);
        return double(n_proc) * p;
    }
};

inline signal nothing_sent(signal::kind what) {
    signal s;
    s.what = what;
    return s;
}

}  // namespace ranvier
