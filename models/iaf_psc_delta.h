// Leaky integrate-and-fire neuron whose potential jumps with every input spike, exact integration (Rotter &
// Diesmann 1999, Biol Cybern 81:381).
#pragma once
#include <limits>

#include "models/propagators.h"

namespace ranvier {

struct iaf_psc_delta {
    static constexpr char name[] = "iaf_psc_delta";
    static constexpr char summary[] = "Leaky integrate-and-fire neuron with voltage jumps as synaptic input";
    static constexpr char reference[] = "Rotter & Diesmann 1999, Biol Cybern 81:381";
    enum port { spikes, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {to_port(spikes)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        mV E_L = -70;
        pF C_m = 250;
        ms tau_m = 10, t_ref = 2;
        mV V_th = -55, V_reset = -70;
        pA I_e = 0;
        mV V_min = std::numeric_limits<double>::lowest();
        flag refractory_input = 0, reset_by_subtraction = 0, ignore_and_spike = 0;
        ms ignore_and_spike_offset = 1, ignore_and_spike_interval = 100;
        using fields = field_list<&params::E_L, &params::C_m, &params::tau_m, &params::t_ref, &params::V_th,
                                  &params::V_reset, &params::I_e, &params::V_min, &params::refractory_input,
                                  &params::reset_by_subtraction, &params::ignore_and_spike,
                                  &params::ignore_and_spike_offset, &params::ignore_and_spike_interval>;
        using checks =
            check_list<positive<&params::C_m>, positive<&params::tau_m>, non_negative<&params::t_ref>,
                       less<&params::V_reset, &params::V_th>, positive<&params::ignore_and_spike_offset>,
                       positive<&params::ignore_and_spike_interval>>;
    };
    struct state {
        mV V_m = -70;
        mV held = 0;  // jumps that arrived while refractory, decayed to the end of the refractory time
        steps refractory = 0,
              countdown = 0;  // to the end of refractoriness; to the next ignore_and_spike spike
        using fields = field_list<&state::V_m, &state::held, &state::refractory, &state::countdown>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m>;
    using recordables = field_list<&state::V_m>;
    using relative = relative_list<relative_to<&state::V_m, &params::E_L>>;

    using initialised_by = field_list<&params::ignore_and_spike_offset>;
    static void initialise(params const& p, double h, state& s) {
        s.countdown = whole_steps(p.ignore_and_spike_offset, h);
    }

    struct derived {
        double P30, P33, drive, theta, U_reset, jump, U_min;
        std::int64_t refractory, interval;  // interval of ignore_and_spike, or 0
        std::int64_t hold;                  // refractory_input
        using fields = field_list<&derived::P30, &derived::P33, &derived::drive, &derived::theta,
                                  &derived::U_reset, &derived::jump, &derived::U_min, &derived::refractory,
                                  &derived::interval, &derived::hold>;
    };
    static derived derive(params const& p, double h) {
        return {.P30 = propagator_constant(p.tau_m, p.C_m, h),
                .P33 = math::exp(-h / p.tau_m),
                .drive = p.I_e,
                .theta = p.V_th - p.E_L,
                .U_reset = p.V_reset - p.E_L,
                .jump = reset_jump(p),
                .U_min = p.V_min - p.E_L,
                .refractory = duration_steps(p.t_ref, h),
                .interval = p.ignore_and_spike ? whole_steps(p.ignore_and_spike_interval, h) : 0,
                .hold = p.refractory_input};
    }
    /// Steps between two spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(derived const& d) { return d.interval > 0 ? 1 : d.refractory + 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        bool const free = s.refractory == 0, hold = d.hold != 0;
        auto const v = d.P30 * (input.currents[0] + d.drive) + d.P33 * s.V_m + input[spikes];
        auto const V = select(free, larger(v + select(hold, s.held, 0.0), d.U_min), s.V_m);
        s.held = select(hold, select(free, 0.0, (s.held + input[spikes]) * d.P33), s.held);
        bool const scheduled = d.interval > 0;
        auto const left = s.countdown - std::int64_t(scheduled);
        bool const fire = (scheduled & (left == 0)) | (!scheduled & crosses(V, d, free));
        s.countdown = select(scheduled & fire, d.interval, left);
        s.V_m = select(fire, after_reset(V, d), V);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
