// Generalised integrate-and-fire neuron (Mensi et al. 2012, J Neurophysiol 107:1756) with exponential
// synaptic currents, exact integration.
#pragma once
#include "models/gif.h"
#include "models/propagators.h"

namespace ranvier {

struct gif_psc_exp {
    static constexpr char name[] = "gif_psc_exp";
    static constexpr char summary[] =
        "Generalised integrate-and-fire neuron with exponential synaptic currents and escape noise";
    static constexpr char reference[] = "Mensi et al. 2012, J Neurophysiol 107:1756";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = true;
    static constexpr bool archives = true;

    struct params {
        nS g_L = 4;
        mV E_L = -70, V_reset = -55, Delta_V = 0.5, V_T_star = -35;
        Hz lambda_0 = 1;
        ms t_ref = 4;
        pF C_m = 80;
        ms tau_syn_ex = 2, tau_syn_in = 2;
        pA I_e = 0;
        using fields = field_list<&params::g_L, &params::E_L, &params::V_reset, &params::Delta_V,
                                  &params::V_T_star, &params::lambda_0, &params::t_ref, &params::C_m,
                                  &params::tau_syn_ex, &params::tau_syn_in, &params::I_e>;
        using checks =
            check_list<positive<&params::g_L>, positive<&params::Delta_V>, non_negative<&params::lambda_0>,
                       non_negative<&params::t_ref>, positive<&params::C_m>, positive<&params::tau_syn_ex>,
                       positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70;
        mV E_sfa = 0;  // threshold: V_T_star and what spikes have added
        pA I_stc = 0;  // all spike-triggered currents
        pA I_syn_ex = 0, I_syn_in = 0;
        steps refractory = 0;
        real until_spike = escape::not_drawn;
        using fields = field_list<&state::V_m, &state::E_sfa, &state::I_stc, &state::I_syn_ex,
                                  &state::I_syn_in, &state::refractory, &state::until_spike>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in>;
    using recordables =
        field_list<&state::V_m, &state::E_sfa, &state::I_stc, &state::I_syn_ex, &state::I_syn_in>;
    using relative = relative_list<>;

    struct derived {
        double P30, P31_E_L, P33, P11ex, P11in, P21ex, P21in, drive, V_reset, V_T_star, per_Delta_V, lambda_h;
        std::int64_t refractory;
        using fields =
            field_list<&derived::P30, &derived::P31_E_L, &derived::P33, &derived::P11ex, &derived::P11in,
                       &derived::P21ex, &derived::P21in, &derived::drive, &derived::V_reset,
                       &derived::V_T_star, &derived::per_Delta_V, &derived::lambda_h, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        auto const tau_m = p.C_m / p.g_L;
        return {.P30 = propagator_constant(tau_m, p.C_m, h),
                .P31_E_L = -math::expm1(-h / tau_m) * p.E_L,
                .P33 = math::exp(-h / tau_m),
                .P11ex = math::exp(-h / p.tau_syn_ex),
                .P11in = math::exp(-h / p.tau_syn_in),
                .P21ex = propagator_exp(p.tau_syn_ex, tau_m, p.C_m, h),
                .P21in = propagator_exp(p.tau_syn_in, tau_m, p.C_m, h),
                .drive = p.I_e,
                .V_reset = p.V_reset,
                .V_T_star = p.V_T_star,
                .per_Delta_V = 1 / p.Delta_V,
                .lambda_h = p.lambda_0 * 1e-3 * h,
                .refractory = duration_steps(p.t_ref, h)};
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
        s.I_syn_ex = s.I_syn_ex * d.P11ex + input[ex];
        s.I_syn_in = s.I_syn_in * d.P11in + input[in];
        auto const V = d.P30 * (input.currents[0] + d.drive - s.I_stc) + d.P33 * s.V_m + d.P31_E_L +
                       s.I_syn_ex * d.P21ex + s.I_syn_in * d.P21in;
        s.V_m = select(free, V, d.V_reset);
        return gif::end(d, s, free);
    }
    RANVIER_CALL static int spike(derived const& d, state& s, auto const& context) {
        return gif::spike(d, s, context);
    }
};

}  // namespace ranvier
