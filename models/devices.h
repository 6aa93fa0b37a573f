// Generators of spikes that the host lists or draws, recorders, and the list of all devices.
#pragma once
#include "models/generators.h"

namespace ranvier {

template <auto M> struct few_spikes {
    static constexpr auto member = M;
    static constexpr char range[] = "0 ... 1000000000";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= 1'000'000'000; }
};
/// So that times are within the range of the clock.
template <auto M> struct short_spread {
    static constexpr auto member = M;
    static constexpr char range[] = ">= 0 and <= 1e9";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= 1e9; }
};

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

/// Each packet: `activity` spikes at pulse_times[i] + sdev times a standard normal number (devices.md, 2).
struct pulsepacket_generator {
    static constexpr char name[] = "pulsepacket_generator";
    static constexpr char summary[] =
        "Packets of `activity` spikes each, normally distributed around pulse_times (ms) with standard "
        "deviation sdev, the same for all targets; a spike comes at the end of the step after its time";
    static constexpr char reference[] = "Diesmann, Gewaltig, Aertsen: Nature 402:529, 1999";
    static constexpr auto role = node_role::packet_source;
    struct params {
        integer activity = 0;
        ms sdev = 0;
        using fields = field_list<&params::activity, &params::sdev>;
        using checks = check_list<few_spikes<&params::activity>, short_spread<&params::sdev>>;
    };
};

struct spike_recorder {
    static constexpr char name[] = "spike_recorder";
    static constexpr char summary[] =
        "Records times and senders of spikes, in memory, in files or on the screen";
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

/// Aertsen, Gerstein, Habib, Palm: J. Neurophysiol. 61:900, 1989.
struct correlation_detector {
    static constexpr char name[] = "correlation_detector";
    static constexpr char summary[] =
        "Cross-correlogram of the spikes on receptors 0 and 1: histogram (sum of products of weights), "
        "count_histogram (pairs) of the times of spikes on 1 minus those on 0, in bins of delta_tau from "
        "-tau_max to tau_max, for spikes from Tstart to Tstop with earlier ones; n_events of each receptor";
    static constexpr char reference[] = "Aertsen, Gerstein, Habib, Palm: J. Neurophysiol. 61:900, 1989";
    static constexpr auto role = node_role::correlation_detector;
    struct params {
        ms delta_tau = 0.5, tau_max = 5, Tstart = 0, Tstop = std::numeric_limits<double>::infinity();
        using fields = field_list<&params::delta_tau, &params::tau_max, &params::Tstart, &params::Tstop>;
        using checks = check_list<positive<&params::delta_tau>, non_negative<&params::tau_max>,
                                  at_least<&params::Tstop, &params::Tstart>>;
    };
};

/// Of a synapse model (set_defaults, copy_model), not of connections.
struct weight_recorder {
    static constexpr char name[] = "weight_recorder";
    static constexpr char summary[] =
        "Records each spike that neurons send through the synapses of the models whose weight_recorder it "
        "is: "
        "weights, as sent, targets, receptors and ports (numbers among the model's connections in order of "
        "their sources); senders and targets, if given, are the only ones";
    static constexpr auto role = node_role::weight_recorder;
    using params = spike_recorder::params;
};

/// Of a synapse model (set_defaults, copy_model).
struct volume_transmitter {
    static constexpr char name[] = "volume_transmitter";
    static constexpr char summary[] =
        "Spikes of the neurons that are connected to it modulate the synapses of the models whose "
        "volume_transmitter it is, from the delay of the connection on; deliver_interval changes nothing, as "
        "what they do is always up to date";
    static constexpr char reference[] = "Potjans, Morrison & Diesmann 2010, Front Comput Neurosci 4:141";
    static constexpr auto role = node_role::volume_transmitter;
    struct params {
        integer deliver_interval = 1;
        using fields = field_list<&params::deliver_interval>;
        using checks = check_list<positive<&params::deliver_interval>>;
    };
};

/// All devices, in order of their ids and of the documentation.
template <class... D> struct device_list {
    template <class F> static void for_each(F f) { (f.template operator()<D>(), ...); }
};
using all_devices =
    device_list<poisson_generator, inhomogeneous_poisson_generator, sinusoidal_poisson_generator,
                mip_generator, gamma_sup_generator, ppd_sup_generator, dc_generator, ac_generator,
                step_current_generator, noise_generator, spike_generator, pulsepacket_generator,
                spike_recorder, multimeter, voltmeter, correlation_detector, weight_recorder,
                volume_transmitter>;

}  // namespace ranvier
