// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// alpha-shaped synaptic currents. The integrator is that of models/adex.h; the linear part is exact.
#pragma once
#include <numbers>

#include "models/adex_linear.h"

namespace ranvier {

struct aeif_psc_alpha : adex_linear_neuron<aeif_psc_alpha> {
    static constexpr char name[] = "aeif_psc_alpha";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with alpha-shaped synaptic currents";
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
        using fields =
            joined<adex::membrane_fields<params>, field_list<&params::tau_syn_ex, &params::tau_syn_in>>;
        using checks =
            adex::membrane_checks<params, positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70.6;
        pA w = 0;
        pA_per_ms dI_syn_ex = 0, dI_syn_in = 0;
        pA I_syn_ex = 0, I_syn_in = 0;  // magnitudes
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::w, &state::dI_syn_ex, &state::dI_syn_in,
                                  &state::I_syn_ex, &state::I_syn_in, &state::refractory>;
        using checks = check_list<non_negative<&state::I_syn_ex>, non_negative<&state::I_syn_in>>;
    };
    using settable = field_list<&state::V_m, &state::w, &state::dI_syn_ex, &state::dI_syn_in,
                                &state::I_syn_ex, &state::I_syn_in>;
    using recordables = field_list<&state::V_m, &state::w, &state::I_syn_ex, &state::I_syn_in>;

    /// Of the linear system: V - E_L, w, the synaptic currents and their derivatives, the current from
    /// outside.
    static constexpr int n_linear = 7;
    struct derived : adex_linear<n_linear> {
        double I_e, h, decay_ex, decay_in;  // decay of the synaptic currents in a step
        double peak_ex, peak_in;            // dI per weight, so that the current peaks at the weight
        using own = field_list<&derived::I_e, &derived::h, &derived::decay_ex, &derived::decay_in,
                               &derived::peak_ex, &derived::peak_in>;
        using fields = joined<linear_fields, own>;
    };
    static derived derive(params const& p, double h) {
        enum { V, w, I_ex, dI_ex, I_in, dI_in, I };
        derived d{};
        auto const per_C = h / p.C_m, ex = d.rate(p.tau_syn_ex, h), in = d.rate(p.tau_syn_in, h);
        auto M = d.membrane(p, h);
        M.at[V][I_ex] = per_C, M.at[V][I_in] = -per_C;
        M.at[I_ex][I_ex] = M.at[dI_ex][dI_ex] = -ex, M.at[I_ex][dI_ex] = h;
        M.at[I_in][I_in] = M.at[dI_in][dI_in] = -in, M.at[I_in][dI_in] = h;
        d.set_linear(p, M, h);
        d.I_e = p.I_e, d.h = h;
        d.decay_ex = math::exp(-h / p.tau_syn_ex), d.decay_in = math::exp(-h / p.tau_syn_in);
        d.peak_ex = std::numbers::e / p.tau_syn_ex, d.peak_in = std::numbers::e / p.tau_syn_in;
        return d;
    }
    RANVIER_FN static values<n_linear> now(derived const& d, state const& s,
                                           inputs<n_ports, n_currents> const& input) {
        return {{adex::V_of(d, s), s.w, s.I_syn_ex, s.dI_syn_ex, s.I_syn_in, s.dI_syn_in,
                 d.I_e + input.currents[0]}};
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        s.I_syn_ex = (s.I_syn_ex + s.dI_syn_ex * d.h) * d.decay_ex;
        s.dI_syn_ex = s.dI_syn_ex * d.decay_ex + d.peak_ex * input[ex];
        s.I_syn_in = (s.I_syn_in + s.dI_syn_in * d.h) * d.decay_in;
        s.dI_syn_in = s.dI_syn_in * d.decay_in + d.peak_in * input[in];
        return adex::spikes_of(d, s);
    }
};

}  // namespace ranvier
