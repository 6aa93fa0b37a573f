// Leaky integrate-and-fire neuron, exponential synaptic currents, exact integration (Rotter & Diesmann 1999,
// Biol Cybern 81:381).
#pragma once
#include "models/propagators.h"

namespace ranvier {

struct iaf_psc_exp {
    static constexpr char name[] = "iaf_psc_exp";
    static constexpr char summary[] = "Leaky integrate-and-fire neuron with exponential synaptic currents";
    static constexpr char reference[] = "Rotter & Diesmann 1999, Biol Cybern 81:381";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 2;  // receptor 0: into V_m; 1: filtered with tau_syn_ex
    static constexpr routing routes[] = {by_sign(ex, in)};
    static constexpr bool multiple = false;   // more than one spike per step
    static constexpr bool stochastic = true;  // step may ask for random numbers
    static constexpr bool archives = true;    // can be the target of plastic synapses

    struct params {
        mV E_L = -70;
        pF C_m = 250;
        ms tau_m = 10, t_ref = 2;
        mV V_th = -55, V_reset = -70;
        ms tau_syn_ex = 2, tau_syn_in = 2;
        pA I_e = 0;
        Hz rho = 0.01;
        mV delta = 0;
        flag reset_by_subtraction = 0;
        using fields = field_list<&params::E_L, &params::C_m, &params::tau_m, &params::t_ref, &params::V_th,
                                  &params::V_reset, &params::tau_syn_ex, &params::tau_syn_in, &params::I_e,
                                  &params::rho, &params::delta, &params::reset_by_subtraction>;
        using checks = check_list<positive<&params::C_m>, positive<&params::tau_m>,
                                  non_negative<&params::t_ref>, less<&params::V_reset, &params::V_th>,
                                  positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>,
                                  non_negative<&params::rho>, non_negative<&params::delta>>;
    };
    struct state {
        mV V_m = -70;
        pA I_syn_ex = 0, I_syn_in = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in>;
    using recordables = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in>;
    using relative = relative_list<relative_to<&state::V_m, &params::E_L>>;

    struct derived {
        double P11ex, P11in, P20, P21ex, P21in, P22, drive, theta, U_reset, jump, rho_h, delta;
        std::int64_t refractory;
        using fields =
            field_list<&derived::P11ex, &derived::P11in, &derived::P20, &derived::P21ex, &derived::P21in,
                       &derived::P22, &derived::drive, &derived::theta, &derived::U_reset, &derived::jump,
                       &derived::rho_h, &derived::delta, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        return {.P11ex = math::exp(-h / p.tau_syn_ex),
                .P11in = math::exp(-h / p.tau_syn_in),
                .P20 = propagator_constant(p.tau_m, p.C_m, h),
                .P21ex = propagator_exp(p.tau_syn_ex, p.tau_m, p.C_m, h),
                .P21in = propagator_exp(p.tau_syn_in, p.tau_m, p.C_m, h),
                .P22 = math::exp(-h / p.tau_m),
                .drive = p.I_e,
                .theta = p.V_th - p.E_L,
                .U_reset = p.V_reset - p.E_L,
                .jump = reset_jump(p),
                .rho_h = p.rho * h * 1e-3,
                .delta = p.delta,
                .refractory = duration_steps(p.t_ref, h)};
    }
    /// Whether a neuron with these parameters draws random numbers.
    static bool draws(params const& p) { return p.delta > 1e-10; }
    /// Steps between two spikes, at least, unless V_m is set from outside; stochastic ones heed no
    /// refractoriness.
    static std::int64_t least_interval(derived const& d) { return d.delta < 1e-10 ? d.refractory + 1 : 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const& context) {
        bool const free = s.refractory == 0;
        auto const v = s.V_m * d.P22 + s.I_syn_ex * d.P21ex + s.I_syn_in * d.P21in +
                       (d.drive + input.currents[0]) * d.P20;
        auto const V = select(free, v, s.V_m);
        s.I_syn_ex = s.I_syn_ex * d.P11ex + (1 - d.P11ex) * input.currents[1] + input[ex];
        s.I_syn_in = s.I_syn_in * d.P11in + input[in];
        bool fire = (d.delta < 1e-10) & crosses(V, d, free);
        if constexpr (std::remove_cvref_t<decltype(context)>::has_draws)
            fire |= (d.delta > 1e-10) & (context.uniform() < d.rho_h * math::exp((V - d.theta) / d.delta));
        s.V_m = select(fire, after_reset(V, d), V);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
