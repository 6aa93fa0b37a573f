// Leaky integrate-and-fire neuron with alpha-shaped synaptic conductances (Meffin, Burkitt & Grayden 2004, J
// Comput Neurosci 16:159). The integrator is that of models/conductance.h.
#pragma once
#include "models/conductance.h"

namespace ranvier {

struct iaf_cond_alpha {
    static constexpr char name[] = "iaf_cond_alpha";
    static constexpr char summary[] =
        "Leaky integrate-and-fire neuron with alpha-shaped synaptic conductances";
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
        nS_per_ms dg_ex = 0, dg_in = 0;
        ms t_ref_remaining = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::dg_ex, &state::dg_in,
                                  &state::t_ref_remaining, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::dg_ex, &state::dg_in>;
    using recordables = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::t_ref_remaining>;
    using relative = relative_list<>;

    struct derived : conductance::membrane<4>, conductance::two_channels {
        double I_e, V_th, V_reset, h;
        std::int64_t refractory;
        using own =
            field_list<&derived::I_e, &derived::V_th, &derived::V_reset, &derived::h, &derived::refractory>;
        using fields = joined<membrane_fields, two_channels::fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_membrane(p.g_L, p.E_L, p.C_m, h);
        conductance::two_exponentials const ex_kernel{p.tau_syn_ex, p.tau_syn_ex},
            in_kernel{p.tau_syn_in, p.tau_syn_in};
        set_channels(d, p, ex_kernel, in_kernel, h);
        d.I_e = p.I_e, d.V_th = p.V_th, d.V_reset = p.V_reset, d.h = h;
        d.refractory = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        auto const V = d.advance(s.V_m, d.I_e + input.currents[0], {{s.g_ex, s.dg_ex, s.g_in, s.dg_in}});
        d.decay(s, input[ex], input[in]);
        bool const fires = conductance::fire(d, s, V);
        s.t_ref_remaining = d.h * to_double(s.refractory);
        return fires;
    }
};

}  // namespace ranvier
