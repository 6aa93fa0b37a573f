// Non-resetting leaky integrate-and-fire neuron with a multi-timescale adaptive threshold (Kobayashi, Tsubo &
// Shinomoto 2009, Front Comput Neurosci 3:9), exponential synaptic currents, exact integration.
#pragma once
#include "models/propagators.h"

namespace ranvier {

struct mat2_psc_exp {
    static constexpr char name[] = "mat2_psc_exp";
    static constexpr char summary[] =
        "Non-resetting leaky integrator with exponential synaptic currents and an adaptive threshold of two "
        "timescales";
    static constexpr char reference[] = "Kobayashi, Tsubo & Shinomoto 2009, Front Comput Neurosci 3:9";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        ms tau_m = 5;
        pF C_m = 100;
        ms t_ref = 2;
        mV E_L = -70;
        pA I_e = 0;
        ms tau_syn_ex = 1, tau_syn_in = 3, tau_1 = 10, tau_2 = 200;
        mV alpha_1 = 37, alpha_2 = 2, omega = -51;
        using fields = field_list<&params::tau_m, &params::C_m, &params::t_ref, &params::E_L, &params::I_e,
                                  &params::tau_syn_ex, &params::tau_syn_in, &params::tau_1, &params::tau_2,
                                  &params::alpha_1, &params::alpha_2, &params::omega>;
        using checks =
            check_list<positive<&params::C_m>, positive<&params::tau_m>, positive<&params::tau_syn_ex>,
                       positive<&params::tau_syn_in>, positive<&params::tau_1>, positive<&params::tau_2>,
                       non_negative<&params::t_ref>, differs<&params::tau_syn_ex, &params::tau_m>,
                       differs<&params::tau_syn_in, &params::tau_m>>;
    };
    struct state {
        mV V_m = -70;
        mV V_th_alpha_1 = 0, V_th_alpha_2 = 0;
        mV V_th = -51;  // omega + V_th_alpha_1 + V_th_alpha_2
        pA I_syn_ex = 0, I_syn_in = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::V_th_alpha_1, &state::V_th_alpha_2, &state::V_th,
                                  &state::I_syn_ex, &state::I_syn_in, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::V_th_alpha_1, &state::V_th_alpha_2, &state::I_syn_ex,
                                &state::I_syn_in>;
    using recordables = field_list<&state::V_m, &state::V_th>;
    using relative =
        relative_list<relative_to<&state::V_m, &params::E_L>, relative_to<&state::V_th, &params::E_L>>;

    struct derived {
        double P11ex, P11in, P20, P21ex, P21in, leak, decay_1, decay_2, alpha_1, alpha_2, drive, omega;
        std::int64_t refractory;
        using fields =
            field_list<&derived::P11ex, &derived::P11in, &derived::P20, &derived::P21ex, &derived::P21in,
                       &derived::leak, &derived::decay_1, &derived::decay_2, &derived::alpha_1,
                       &derived::alpha_2, &derived::drive, &derived::omega, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        return {.P11ex = math::exp(-h / p.tau_syn_ex),
                .P11in = math::exp(-h / p.tau_syn_in),
                .P20 = propagator_constant(p.tau_m, p.C_m, h),
                .P21ex = propagator_exp(p.tau_syn_ex, p.tau_m, p.C_m, h),
                .P21in = propagator_exp(p.tau_syn_in, p.tau_m, p.C_m, h),
                .leak = math::expm1(-h / p.tau_m),
                .decay_1 = math::exp(-h / p.tau_1),
                .decay_2 = math::exp(-h / p.tau_2),
                .alpha_1 = p.alpha_1,
                .alpha_2 = p.alpha_2,
                .drive = p.I_e,
                .omega = p.omega - p.E_L,
                .refractory = duration_steps(p.t_ref, h)};
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    /// V_m is neither reset nor clamped.
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        bool const free = s.refractory == 0;
        s.V_m = s.V_m * d.leak + s.V_m + s.I_syn_ex * d.P21ex + s.I_syn_in * d.P21in +
                (d.drive + input.currents[0]) * d.P20;
        auto const theta_1 = s.V_th_alpha_1 * d.decay_1, theta_2 = s.V_th_alpha_2 * d.decay_2;
        s.I_syn_ex = s.I_syn_ex * d.P11ex + input[ex];
        s.I_syn_in = s.I_syn_in * d.P11in + input[in];
        bool const fire = free & (s.V_m >= d.omega + theta_2 + theta_1);
        s.V_th_alpha_1 = theta_1 + select(fire, d.alpha_1, 0.0);
        s.V_th_alpha_2 = theta_2 + select(fire, d.alpha_2, 0.0);
        s.V_th = d.omega + s.V_th_alpha_1 + s.V_th_alpha_2;
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
