// Generalised integrate-and-fire neuron (Mensi et al. 2012, J Neurophysiol 107:1756) with exponential
// synaptic currents, exact integration.
#pragma once
#include "models/conductance.h"
#include "models/gif.h"

namespace ranvier {

struct gif_cond_exp {
    static constexpr char name[] = "gif_cond_exp";
    static constexpr char summary[] =
        "Generalised integrate-and-fire neuron with exponential synaptic conductances and escape noise";
    static constexpr char reference[] = "Mensi et al. 2012, J Neurophysiol 107:1756";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = true;
    static constexpr bool archives = true;

    struct params {
        nS g_L = 4;
        mV E_L = -70, V_reset = -55, Delta_V = 0.5, V_T_star = -35;
        Hz lambda_0 = 1;
        ms t_ref = 4;
        pF C_m = 80;
        mV E_ex = 0, E_in = -85;
        ms tau_syn_ex = 2, tau_syn_in = 2;
        pA I_e = 0;
        real gsl_error_tol = 1e-3;  // of the reference's adaptive solver; not used
        using fields =
            field_list<&params::g_L, &params::E_L, &params::V_reset, &params::Delta_V, &params::V_T_star,
                       &params::lambda_0, &params::t_ref, &params::C_m, &params::E_ex, &params::E_in,
                       &params::tau_syn_ex, &params::tau_syn_in, &params::I_e, &params::gsl_error_tol>;
        using checks =
            check_list<positive<&params::g_L>, positive<&params::Delta_V>, non_negative<&params::lambda_0>,
                       non_negative<&params::t_ref>, positive<&params::C_m>, positive<&params::tau_syn_ex>,
                       positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70;
        mV E_sfa = 0;  // threshold: V_T_star and what spikes have added
        pA I_stc = 0;  // all spike-triggered currents
        nS g_ex = 0, g_in = 0;
        steps refractory = 0;
        real until_spike = escape::not_drawn;
        using fields = field_list<&state::V_m, &state::E_sfa, &state::I_stc, &state::g_ex, &state::g_in,
                                  &state::refractory, &state::until_spike>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::g_ex, &state::g_in>;
    using recordables = field_list<&state::V_m, &state::E_sfa, &state::I_stc, &state::g_ex, &state::g_in>;
    using relative = relative_list<>;

    struct derived : conductance::membrane<2> {
        double decay_ex, decay_in, I_e, V_reset, V_T_star, per_Delta_V, lambda_h;
        std::int64_t refractory;
        using own =
            field_list<&derived::decay_ex, &derived::decay_in, &derived::I_e, &derived::V_reset,
                       &derived::V_T_star, &derived::per_Delta_V, &derived::lambda_h, &derived::refractory>;
        using fields = joined<membrane_fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_membrane(p.g_L, p.E_L, p.C_m, h);
        conductance::set_exponentials(d, p, h);
        d.decay_ex = math::exp(-h / p.tau_syn_ex), d.decay_in = math::exp(-h / p.tau_syn_in);
        d.I_e = p.I_e, d.V_reset = p.V_reset, d.V_T_star = p.V_T_star;
        d.per_Delta_V = 1 / p.Delta_V, d.lambda_h = p.lambda_0 * 1e-3 * h;
        d.refractory = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    using sums = gif::sums;
    using lists = gif::lists;

    /// V_m is at V_reset in the refractory steps that follow the spike's; without any it is never reset.
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&, sums const& triggered) {
        bool const free = s.refractory == 0;
        s.I_stc = triggered.I_stc;
        s.E_sfa = d.V_T_star + triggered.E_sfa;
        auto const V = d.advance(s.V_m, d.I_e + input.currents[0] - s.I_stc, {{s.g_ex, s.g_in}});
        s.g_ex = s.g_ex * d.decay_ex + input[ex];
        s.g_in = s.g_in * d.decay_in + input[in];
        s.V_m = select(free, V, d.V_reset);
        return gif::end(d, s, free);
    }
    RANVIER_CALL static int spike(derived const& d, state& s, auto const& context) {
        return gif::spike(d, s, context);
    }
};

}  // namespace ranvier
