// Generators that targets draw from: kernels/drive.h. Spikes in devices.md, 2; currents in 3.
#pragma once
#include "models/device.h"

namespace ranvier {

constexpr char own_trains[] = "individual_spike_trains";

/// Each target receives a Poisson train of its own.
struct poisson_generator {
    static constexpr char name[] = "poisson_generator";
    static constexpr char summary[] =
        "Independent Poisson spike trains, one for each connection, or, if the model's "
        "individual_spike_trains is false, one for all";
    static constexpr auto role = node_role::spike_drive;
    static constexpr char const* individual = own_trains;
    struct params {
        Hz rate = 0;
        using fields = field_list<&params::rate>;
        using checks = check_list<non_negative<&params::rate>>;
    };
    static signal emit(params const& p, double, double h) {
        return {.what = signal::kind::counts, .value = {1}, .mean = p.rate * h * 1e-3};
    }
};

struct inhomogeneous_poisson_generator {
    static constexpr char name[] = "inhomogeneous_poisson_generator";
    static constexpr char summary[] =
        "Independent Poisson spike trains, one for each connection, or, if the model's "
        "individual_spike_trains is false, one for all, whose rate is rate_values[i] from rate_times[i] on";
    static constexpr auto role = node_role::spike_drive;
    static constexpr char const* individual = own_trains;
    static constexpr value_list list{"rate_times", "rate_values", "1/s", true};
    struct params {
        flag allow_offgrid_times = 0;
        using fields = field_list<&params::allow_offgrid_times>;
        using checks = check_list<>;
    };
    static signal emit(params const&, double rate, double h) {
        return {.what = signal::kind::counts, .value = {1}, .mean = larger(rate, 0) * h * 1e-3};
    }
};

struct sinusoidal_poisson_generator {
    static constexpr char name[] = "sinusoidal_poisson_generator";
    static constexpr char summary[] =
        "Poisson spike trains of rate + amplitude sin(2 pi frequency t + phase), where that is positive; one "
        "for each connection, or, if the model's individual_spike_trains is false, one for all";
    static constexpr auto role = node_role::spike_drive;
    static constexpr char const* individual = own_trains;
    static constexpr bool early = true;
    static constexpr char recordable[] = "rate";
    struct params {
        Hz rate = 0, amplitude = 0, frequency = 0;
        deg phase = 0;
        using fields = field_list<&params::rate, &params::amplitude, &params::frequency, &params::phase>;
        using checks = check_list<>;
    };
    /// Spikes of the highest rate are thinned (Lewis and Shedler, Nav. Res. Logist. Q. 26:403, 1979).
    static signal emit(params const& p, double, double h) {
        double const amplitude = p.amplitude, highest = p.rate + (amplitude < 0 ? -amplitude : amplitude);
        if (!(highest > 0)) return nothing_sent(signal::kind::counts);
        return {.what = signal::kind::counts,
                .value = oscillation(p.rate / highest, amplitude / highest, p.frequency, p.phase, h),
                .mean = highest * h * 1e-3};
    }
};

/// Correlated trains (Kuhn, Aertsen, Rotter: Neural Comput. 15:67, 2003).
struct mip_generator {
    static constexpr char name[] = "mip_generator";
    static constexpr char summary[] =
        "Spikes of one Poisson train, of which each connection receives each with probability p_copy";
    static constexpr char reference[] = "Kuhn, Aertsen, Rotter: Neural Comput. 15:67, 2003";
    static constexpr auto role = node_role::spike_drive;
    struct params {
        Hz rate = 0;
        real p_copy = 1;
        using fields = field_list<&params::rate, &params::p_copy>;
        using checks = check_list<non_negative<&params::rate>, in_closed_0_1<&params::p_copy>>;
    };
    static signal emit(params const& p, double, double h) {
        return {.what = signal::kind::counts,
                .common = 1,
                .value = {double(p.p_copy)},
                .mean = p.rate * h * 1e-3};
    }
};

/// Members of superposed processes; spikes of a step are counted in 32 bits.
template <auto M> struct at_least_one_process {
    static constexpr auto member = M;
    static constexpr char range[] = "1 ... 1000000000";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 1 && r.*M <= 1'000'000'000; }
};
template <auto M> struct few_stages {
    static constexpr auto member = M;
    static constexpr char range[] = "1 ... 1000";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 1 && r.*M <= 1000; }
};

/// Deger, Helias, Boucsein, Rotter: J. Comput. Neurosci. 32:443, 2012.
struct gamma_sup_generator {
    static constexpr char name[] = "gamma_sup_generator";
    static constexpr char summary[] =
        "Superpositions of n_proc gamma processes of order gamma_shape and rate each, one for each "
        "connection, or, if the model's individual_spike_trains is false, one for all";
    static constexpr char reference[] = "Deger, Helias, Boucsein, Rotter: J. Comput. Neurosci. 32:443, 2012";
    static constexpr auto role = node_role::spike_drive;
    static constexpr char const* individual = own_trains;
    struct params {
        integer gamma_shape = 1;
        Hz rate = 0;
        integer n_proc = 1;
        using fields = field_list<&params::gamma_shape, &params::rate, &params::n_proc>;
        using checks = check_list<few_stages<&params::gamma_shape>, non_negative<&params::rate>,
                                  at_least_one_process<&params::n_proc>>;
    };
    static signal emit(params const& p, double, double h) {
        std::int64_t const shape = p.gamma_shape, n = p.n_proc;
        return {.what = signal::kind::stages,
                .value = {smaller(p.rate * double(shape) * h * 1e-3, 1)},
                .rows = shape,
                .each = n / shape,
                .n_proc = n};
    }
};

template <auto M, auto DeadTime> struct leaves_dead_time {
    static constexpr auto member = M, other = DeadTime;
    static constexpr char range[] = "< 1000 / ";
    template <class R> static constexpr bool ok(R const& r) { return r.*M * r.*DeadTime < 1000; }
};
template <auto M> struct short_dead_time {
    static constexpr auto member = M;
    static constexpr char range[] = ">= 0 and <= 1000";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= 1000; }
};

struct ppd_sup_generator {
    static constexpr char name[] = "ppd_sup_generator";
    static constexpr char summary[] =
        "Superpositions of n_proc Poisson processes with dead time and a mean rate each, one for each "
        "connection, or, if the model's individual_spike_trains is false, one for all, with an optional "
        "modulation of the hazard";
    static constexpr char reference[] = "Deger, Helias, Boucsein, Rotter: J. Comput. Neurosci. 32:443, 2012";
    static constexpr auto role = node_role::spike_drive;
    static constexpr char const* individual = own_trains;
    struct params {
        ms dead_time = 0;
        Hz rate = 0;
        integer n_proc = 1;
        Hz frequency = 0;
        real relative_amplitude = 0;
        using fields = field_list<&params::dead_time, &params::rate, &params::n_proc, &params::frequency,
                                  &params::relative_amplitude>;
        using checks =
            check_list<short_dead_time<&params::dead_time>, non_negative<&params::rate>,
                       leaves_dead_time<&params::rate, &params::dead_time>,
                       at_least_one_process<&params::n_proc>, in_closed_0_1<&params::relative_amplitude>>;
    };
    static signal emit(params const& p, double, double h) {
        auto s = nothing_sent(signal::kind::dead_time);
        s.n_proc = p.n_proc;
        s.rows = std::int64_t(p.dead_time / h) + 1;
        if (!(p.rate > 0)) return s;
        auto const hazard = h / (1000 / p.rate - p.dead_time);
        bool const modulated = p.frequency != 0 && p.relative_amplitude != 0;
        s.value = oscillation(hazard, modulated ? hazard * p.relative_amplitude : 0, p.frequency, 0, h);
        s.value.phase = -s.value.frequency;  // the step's beginning counts, not its end
        s.each = std::int64_t(p.rate / 1000 * double(p.n_proc) * h);
        return s;
    }
};

struct dc_generator {
    static constexpr char name[] = "dc_generator";
    static constexpr char summary[] = "Constant current";
    static constexpr auto role = node_role::current_drive;
    static constexpr char recordable[] = "I";
    struct params {
        pA amplitude = 0;
        using fields = field_list<&params::amplitude>;
        using checks = check_list<>;
    };
    static signal emit(params const& p, double, double) { return {.value = {double(p.amplitude)}}; }
};

struct ac_generator {
    static constexpr char name[] = "ac_generator";
    static constexpr char summary[] = "Current offset + amplitude sin(2 pi frequency t + phase)";
    static constexpr auto role = node_role::current_drive;
    static constexpr char recordable[] = "I";
    struct params {
        pA amplitude = 0, offset = 0;
        Hz frequency = 0;
        deg phase = 0;
        using fields = field_list<&params::amplitude, &params::offset, &params::frequency, &params::phase>;
        using checks = check_list<>;
    };
    static signal emit(params const& p, double, double h) {
        return {.value = oscillation(p.offset, p.amplitude, p.frequency, p.phase, h)};
    }
};

struct step_current_generator {
    static constexpr char name[] = "step_current_generator";
    static constexpr char summary[] = "Current amplitude_values[i] from amplitude_times[i] on";
    static constexpr auto role = node_role::current_drive;
    static constexpr char recordable[] = "I";
    static constexpr value_list list{"amplitude_times", "amplitude_values", "pA", false};
    struct params {
        flag allow_offgrid_times = 0;
        using fields = field_list<&params::allow_offgrid_times>;
        using checks = check_list<>;
    };
    static signal emit(params const&, double value, double) { return {.value = {value}}; }
};

struct noise_generator {
    static constexpr char name[] = "noise_generator";
    static constexpr char summary[] =
        "Normal current of each connection, drawn anew every dt, of standard deviation sqrt(std^2 + "
        "std_mod^2 "
        "sin(2 pi frequency t + phase))";
    static constexpr auto role = node_role::current_drive;
    struct params {
        pA mean = 0, std = 0, std_mod = 0;
        ms dt = 1;
        Hz frequency = 0;
        deg phase = 0;
        using fields = field_list<&params::mean, &params::std, &params::std_mod, &params::dt,
                                  &params::frequency, &params::phase>;
        using checks = check_list<non_negative<&params::std>, non_negative<&params::std_mod>,
                                  at_least<&params::std, &params::std_mod>, positive<&params::dt>>;
    };
    using on_grid = field_list<&params::dt>;
    static signal emit(params const& p, double, double h) {
        return {.what = signal::kind::noise,
                .value = oscillation(p.std * p.std, p.std_mod * p.std_mod, p.frequency, p.phase, h),
                .mean = p.mean,
                .every = whole_steps(p.dt, h)};
    }
};

}  // namespace ranvier
