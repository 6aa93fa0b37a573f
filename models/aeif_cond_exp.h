// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// exponential synaptic conductances. The integrator is that of models/adex.h and models/adex_shunt.h.
#pragma once
#include "models/adex_shunt.h"

namespace ranvier {

struct aeif_cond_exp : adex_shunt_neuron<aeif_cond_exp> {
    static constexpr char name[] = "aeif_cond_exp";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with exponential synaptic conductances";
    enum port { ex, in, n_ports };
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};

    struct params {
        pF C_m = 281;
        ms t_ref = 0;
        mV V_reset = -60, V_peak = 0, V_th = -50.4;
        nS g_L = 30;
        mV E_L = -70.6, Delta_T = 2;
        ms tau_w = 144;
        nS a = 4;
        pA b = 80.5, I_e = 0, I_exp_max = 2e6;
        real gsl_error_tol = 1e-6;  // of the reference's adaptive solver; not used
        ms tau_syn_ex = 0.2, tau_syn_in = 2;
        mV E_ex = 0, E_in = -85;
        using fields =
            joined<adex::membrane_fields<params>,
                   field_list<&params::tau_syn_ex, &params::tau_syn_in, &params::E_ex, &params::E_in>>;
        using checks =
            adex::membrane_checks<params, positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70.6;
        pA w = 0;
        nS g_ex = 0, g_in = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::w, &state::g_ex, &state::g_in, &state::refractory>;
        using checks = check_list<non_negative<&state::g_ex>, non_negative<&state::g_in>>;
    };
    using settable = field_list<&state::V_m, &state::w, &state::g_ex, &state::g_in>;
    using recordables = field_list<&state::V_m, &state::w, &state::g_ex, &state::g_in>;

    struct derived : adex_shunt, adex::channel<0>, adex::channel<1> {
        double E_ex, E_in, decay_ex, decay_in;  // E: from E_L; decay of the conductances in a step
        using excitatory = adex::channel<0>;
        using inhibitory = adex::channel<1>;
        using own = field_list<&derived::E_ex, &derived::E_in, &derived::decay_ex, &derived::decay_in>;
        using fields = joined<adex_shunt::fields, excitatory::fields, inhibitory::fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_shunt(p, h);
        auto decays = [](double tau) { return [=](double t) { return math::exp(-t / tau); }; };
        d.excitatory::set(h, p.C_m, p.tau_syn_ex, decays(p.tau_syn_ex));
        d.inhibitory::set(h, p.C_m, p.tau_syn_in, decays(p.tau_syn_in));
        d.E_ex = p.E_ex - p.E_L, d.E_in = p.E_in - p.E_L;
        d.decay_ex = math::exp(-h / p.tau_syn_ex), d.decay_in = math::exp(-h / p.tau_syn_in);
        return d;
    }
    RANVIER_FN static adex::shunt open(derived const& d, state const& s) {
        auto open = d.alone();
        d.derived::excitatory::add(s.g_ex, d.E_ex, open);
        d.derived::inhibitory::add(s.g_in, d.E_in, open);
        return open;
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        s.g_ex = s.g_ex * d.decay_ex + input[ex], s.g_in = s.g_in * d.decay_in + input[in];
        return adex::spikes_of(d, s);
    }
};

}  // namespace ranvier
