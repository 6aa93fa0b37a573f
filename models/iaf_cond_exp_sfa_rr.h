// Leaky integrate-and-fire neuron with exponential synaptic conductances, spike-frequency adaptation and a
// relative refractory mechanism (Dayan & Abbott 2001; Muller et al. 2007, Neural Comput 19:2958). The
// integrator is that of models/conductance.h.
#pragma once
#include "models/conductance.h"

namespace ranvier {

struct iaf_cond_exp_sfa_rr {
    static constexpr char name[] = "iaf_cond_exp_sfa_rr";
    static constexpr char summary[] =
        "Leaky integrate-and-fire neuron with exponential synaptic conductances, spike-frequency adaptation "
        "and "
        "relative refractoriness";
    static constexpr char reference[] = "Dayan & Abbott 2001; Muller et al. 2007, Neural Comput 19:2958";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        mV V_th = -57, V_reset = -70;
        ms t_ref = 0.5;
        nS g_L = 28.95;
        pF C_m = 289.5;
        mV E_L = -70, E_ex = 0, E_in = -75;
        ms tau_syn_ex = 1.5, tau_syn_in = 10;
        ms tau_sfa = 110, tau_rr = 1.97;
        mV E_sfa = -70, E_rr = -70;
        nS q_sfa = 14.48, q_rr = 3214;
        pA I_e = 0;
        using fields = field_list<&params::V_th, &params::V_reset, &params::t_ref, &params::g_L, &params::C_m,
                                  &params::E_L, &params::E_ex, &params::E_in, &params::tau_syn_ex,
                                  &params::tau_syn_in, &params::tau_sfa, &params::tau_rr, &params::E_sfa,
                                  &params::E_rr, &params::q_sfa, &params::q_rr, &params::I_e>;
        using checks =
            check_list<less<&params::V_reset, &params::V_th>, non_negative<&params::t_ref>,
                       positive<&params::C_m>, positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>,
                       positive<&params::tau_sfa>, positive<&params::tau_rr>>;
    };
    struct state {
        mV V_m = -70;
        nS g_ex = 0, g_in = 0, g_sfa = 0, g_rr = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::g_sfa, &state::g_rr,
                                  &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::g_sfa, &state::g_rr>;
    using recordables = field_list<&state::V_m, &state::g_ex, &state::g_in, &state::g_sfa, &state::g_rr>;
    using relative = relative_list<>;

    struct derived : conductance::membrane<4> {
        double decay_ex, decay_in, decay_sfa, decay_rr, q_sfa, q_rr, I_e, V_th, V_reset;
        std::int64_t refractory;
        using own = field_list<&derived::decay_ex, &derived::decay_in, &derived::decay_sfa,
                               &derived::decay_rr, &derived::q_sfa, &derived::q_rr, &derived::I_e,
                               &derived::V_th, &derived::V_reset, &derived::refractory>;
        using fields = joined<membrane_fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_membrane(p.g_L, p.E_L, p.C_m, h);
        auto decay = [](double tau) { return [tau](double t) { return math::exp(-t / tau); }; };
        auto channel = [&](auto& amplitude, double E, double tau) {
            amplitude.set(h, p.C_m, E - p.E_L, tau, decay(tau));
        };
        channel(static_cast<conductance::amplitude<0>&>(d), p.E_ex, p.tau_syn_ex);
        channel(static_cast<conductance::amplitude<1>&>(d), p.E_in, p.tau_syn_in);
        channel(static_cast<conductance::amplitude<2>&>(d), p.E_sfa, p.tau_sfa);
        channel(static_cast<conductance::amplitude<3>&>(d), p.E_rr, p.tau_rr);
        d.decay_ex = decay(p.tau_syn_ex)(h), d.decay_in = decay(p.tau_syn_in)(h);
        d.decay_sfa = decay(p.tau_sfa)(h), d.decay_rr = decay(p.tau_rr)(h);
        d.q_sfa = p.q_sfa, d.q_rr = p.q_rr;
        d.I_e = p.I_e, d.V_th = p.V_th, d.V_reset = p.V_reset;
        d.refractory = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        auto const V = d.advance(s.V_m, d.I_e + input.currents[0], {{s.g_ex, s.g_in, s.g_sfa, s.g_rr}});
        s.g_ex = s.g_ex * d.decay_ex + input[ex];
        s.g_in = s.g_in * d.decay_in + input[in];
        bool const fires = conductance::fire(d, s, V);
        s.g_sfa = s.g_sfa * d.decay_sfa + select(fires, d.q_sfa, 0.0);
        s.g_rr = s.g_rr * d.decay_rr + select(fires, d.q_rr, 0.0);
        return fires;
    }
};

}  // namespace ranvier
