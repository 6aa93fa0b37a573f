// Generators and recorders: parameters. What they do is in kernels/drive.h and host/.
#pragma once
#include <limits>

#include "models/model.h"

namespace ranvier {

/// When a device is active (time_and_events.md, 4). Times on the grid or infinite.
struct device_window {
    ms origin = 0, start = 0, stop = std::numeric_limits<double>::infinity();
    using fields = field_list<&device_window::origin, &device_window::start, &device_window::stop>;
    using checks = check_list<at_least<&device_window::stop, &device_window::start>>;
};

/// Each target receives a Poisson train of its own.
struct poisson_generator {
    static constexpr char name[] = "poisson_generator";
    static constexpr char summary[] = "Independent Poisson spike trains, one for each connection";
    struct params {
        Hz rate = 0;
        using fields = field_list<&params::rate>;
        using checks = check_list<non_negative<&params::rate>>;
    };
};

struct dc_generator {
    static constexpr char name[] = "dc_generator";
    static constexpr char summary[] = "Constant current";
    struct params {
        pA amplitude = 0;
        using fields = field_list<&params::amplitude>;
        using checks = check_list<>;
    };
};

/// Emits listed spikes to all its targets.
struct spike_generator {
    static constexpr char name[] = "spike_generator";
    static constexpr char summary[] = "Spikes at given times";
    struct params {
        flag allow_offgrid_times = 0, shift_now_spikes = 0;
        using fields = field_list<&params::allow_offgrid_times, &params::shift_now_spikes>;
        using checks = check_list<>;
    };
};

struct spike_recorder {
    static constexpr char name[] = "spike_recorder";
    static constexpr char summary[] = "Records times and senders of spikes, in memory or in files";
    struct params {
        flag time_in_steps = 0;
        integer precision = 3;  // digits of times in files
        using fields = field_list<&params::time_in_steps, &params::precision>;
        using checks = check_list<non_negative<&params::precision>>;
    };
};

struct multimeter {
    static constexpr char name[] = "multimeter";
    static constexpr char summary[] = "Records state variables of neurons at intervals";
    struct params {
        ms interval = 1, offset = 0;
        flag time_in_steps = 0;
        integer precision = 3;
        using fields =
            field_list<&params::interval, &params::offset, &params::time_in_steps, &params::precision>;
        using checks = check_list<positive<&params::interval>, non_negative<&params::offset>,
                                  non_negative<&params::precision>>;
    };
};

}  // namespace ranvier
