// Leaky integrate-and-fire neuron with exponential synaptic conductances (Meffin, Burkitt & Grayden 2004, J
// Comput Neurosci 16:159). The integrator is that of models/conductance.h.
#pragma once
#include "models/conductance.h"

namespace ranvier {

struct iaf_cond_exp {
    static constexpr char name[] = "iaf_cond_exp";
    static constexpr char summary[] =
        "Leaky integrate-and-fire neuron with exponential synaptic conductances";
    static constexpr char reference[] = "Meffin, Burkitt & Grayden 2004, J Comput Neurosci 16:159";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        mV V_th = -55, V_reset = -60;
        ms t_ref = 2;
        nS g_L = 16.6667;
        pF C_m = 250;
        mV E_L = -70, E_ex = 0, E_in = -85;
        ms tau_syn_ex = 0.2, tau_syn_in = 2;
        pA I_e = 0;
        using fields = field_list<&params::V_th, &params::V_reset, &params::t_ref, &params::g_L, &params::C_m,
                                  &params::E_L, &params::E_ex, &params::E_in, &params::tau_syn_ex,
                                  &params::tau_syn_in, &params::I_e>;
        using checks =
            check_list<less<&params::V_reset, &params::V_th>, non_negative<&params::t_ref>,
                       positive<&params::C_m>, positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70;
        nS g_ex = 0, g_in = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::g_ex, &state::g_in>;
    using recordables = field_list<&state::V_m, &state::g_ex, &state::g_in>;
    using relative = relative_list<>;

    struct derived : conductance::membrane<2> {
        double decay_ex, decay_in, I_e, V_th, V_reset;
        std::int64_t refractory;
        using own = field_list<&derived::decay_ex, &derived::decay_in, &derived::I_e, &derived::V_th,
                               &derived::V_reset, &derived::refractory>;
        using fields = joined<membrane_fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_membrane(p.g_L, p.E_L, p.C_m, h);
        conductance::set_exponentials(d, p, h);
        d.decay_ex = math::exp(-h / p.tau_syn_ex), d.decay_in = math::exp(-h / p.tau_syn_in);
        d.I_e = p.I_e, d.V_th = p.V_th, d.V_reset = p.V_reset;
        d.refractory = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        auto const V = d.advance(s.V_m, d.I_e + input.currents[0], {{s.g_ex, s.g_in}});
        s.g_ex = s.g_ex * d.decay_ex + input[ex];
        s.g_in = s.g_in * d.decay_in + input[in];
        return conductance::fire(d, s, V);
    }
};

}  // namespace ranvier
