// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with jumps
// of V_m as synaptic input. The integrator is that of models/adex.h; the linear part is exact. Input arrives
// at the end of the step, before V_m is compared with the peak once more, as in iaf_psc_delta; what arrives
// in the step of a spike that is followed by refractoriness is lost. (The reference adds it after the first
// of its solver's own steps.)
#pragma once
#include "models/adex_linear.h"

namespace ranvier {

struct aeif_psc_delta : adex_linear_neuron<aeif_psc_delta> {
    static constexpr char name[] = "aeif_psc_delta";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with voltage jumps as synaptic input";
    enum port { spikes, n_ports };
    static constexpr routing routes[] = {to_port(spikes)};

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
        flag refractory_input = 0;
        using fields = joined<adex::membrane_fields<params>, field_list<&params::refractory_input>>;
        using checks = adex::membrane_checks<params>;
    };
    struct state {
        mV V_m = -70.6;
        pA w = 0;
        mV held = 0;  // jumps that arrived while refractory, decayed to the end of the refractory time
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::w, &state::held, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::w>;
    using recordables = field_list<&state::V_m, &state::w>;

    /// Of the linear system: V - E_L, w, the current from outside.
    static constexpr int n_linear = 3;
    struct derived : adex_linear<n_linear> {
        double I_e, decay;  // of what is held back, in a step
        std::int64_t hold;  // refractory_input
        using own = field_list<&derived::I_e, &derived::decay, &derived::hold>;
        using fields = joined<linear_fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_linear(p, d.membrane(p, h), h);
        d.I_e = p.I_e, d.decay = math::exp(-h * p.g_L / p.C_m), d.hold = p.refractory_input;
        return d;
    }
    RANVIER_FN static values<n_linear> now(derived const& d, state const& s,
                                           inputs<n_ports, n_currents> const& input) {
        return {{adex::V_of(d, s), s.w, d.I_e + input.currents[0]}};
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        bool const refractory = s.refractory > 0, free = !refractory, hold = d.hold != 0;
        auto const fired = adex::spikes_of(d, s);
        bool const takes = free & ((fired == 0) | (d.refractory == 0));
        auto const jumped = s.V_m + input[spikes] + select(hold, s.held, 0.0);
        bool const fires = takes & (jumped >= d.V_spike);
        s.held = select(hold & refractory, (s.held + input[spikes]) * d.decay, select(takes, 0.0, s.held));
        s.V_m = select(fires, d.V_reset, select(takes, jumped, s.V_m));
        s.w = s.w + select(fires, d.b, 0.0);
        s.refractory = select(fires, d.refractory, s.refractory);
        return fired + int(fires);
    }
};

}  // namespace ranvier
