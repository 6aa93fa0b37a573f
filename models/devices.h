// Generators of listed spikes, recorders, and the list of all devices.
#pragma once
#include "models/generators.h"

namespace ranvier {

/// Emits listed spikes to all its targets.
struct spike_generator {
    static constexpr char name[] = "spike_generator";
    static constexpr char summary[] = "Spikes at given times";
    static constexpr auto role = node_role::spike_source;
    struct params {
        flag allow_offgrid_times = 0, shift_now_spikes = 0;
        using fields = field_list<&params::allow_offgrid_times, &params::shift_now_spikes>;
        using checks = check_list<>;
    };
};

struct spike_recorder {
    static constexpr char name[] = "spike_recorder";
    static constexpr char summary[] = "Records times and senders of spikes, in memory or in files";
    static constexpr auto role = node_role::spike_recorder;
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
    static constexpr auto role = node_role::multimeter;
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

struct voltmeter {
    static constexpr char name[] = "voltmeter";
    static constexpr char summary[] = "A multimeter that records V_m, if not told otherwise";
    static constexpr auto role = node_role::multimeter;
    static constexpr char record_from[] = "V_m";
    using params = multimeter::params;
};

/// All devices, in order of their ids and of the documentation.
template <class... D> struct device_list {
    template <class F> static void for_each(F f) { (f.template operator()<D>(), ...); }
};
using all_devices = device_list<poisson_generator, inhomogeneous_poisson_generator,
                                sinusoidal_poisson_generator, mip_generator, gamma_sup_generator,
                                ppd_sup_generator, dc_generator, ac_generator, step_current_generator,
                                noise_generator, spike_generator, spike_recorder, multimeter, voltmeter>;

}  // namespace ranvier
