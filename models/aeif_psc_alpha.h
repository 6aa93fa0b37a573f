// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// alpha-shaped synaptic currents. The integrator is that of models/adex.h: two sub-steps a step, synaptic
// currents exact.
#pragma once
#include <numbers>

#include "models/adex.h"

namespace ranvier {

struct aeif_psc_alpha {
    static constexpr char name[] = "aeif_psc_alpha";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with alpha-shaped synaptic currents";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = true;  // without refractoriness there can be a spike in each sub-step
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

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
        using fields = field_list<&params::C_m, &params::t_ref, &params::V_reset, &params::V_peak,
                                  &params::V_th, &params::g_L, &params::E_L, &params::Delta_T, &params::tau_w,
                                  &params::a, &params::b, &params::I_e, &params::I_exp_max,
                                  &params::gsl_error_tol, &params::tau_syn_ex, &params::tau_syn_in>;
        using checks = check_list<
            positive<&params::C_m>, non_negative<&params::t_ref>, less<&params::V_reset, &params::V_peak>,
            at_least<&params::V_peak, &params::V_th>, non_negative<&params::Delta_T>,
            peak_within_range<&params::Delta_T>, positive<&params::tau_w>, positive<&params::I_exp_max>,
            positive<&params::gsl_error_tol>, positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>>;
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
    using relative = relative_list<>;

    /// A synaptic current, as its values I and dI at the beginning times these, at the middle and end of a
    /// sub-step as RK4 needs it for the exact charge and its exact first moment; for slow currents these are
    /// its values there.
    struct node_weights {
        double middle_I, middle_dI, end_I, end_dI;
        node_weights(double dt, double tau) {
            auto const u = dt / tau, e = math::exp(-u);
            middle_I = math::exp(-0.5 * u), middle_dI = 0.5 * dt * middle_I, end_I = e, end_dI = dt * e;
            if (u < 0.02) return;
            middle_I = (6 * (u - 1 + e) / (u * u) - 1) / 2, end_I = 6 * (1 - e) / u - 1 - 4 * middle_I;
            middle_dI = dt * 3 * (u - 2 + e * (u + 2)) / (u * u * u);
            end_dI = dt * 6 * (1 - e * (1 + u)) / (u * u) - 4 * middle_dI;
        }
    };
    struct derived : adex_constants {
        double g_L, I_leak, h, per_tau_ex, per_tau_in;  // I_leak: g_L E_L + I_e
        double half_ex, half_in;                        // decay of the synaptic currents in h/2
        double middle_ex, middle_dex, end_ex, end_dex;  // see node_weights
        double middle_in, middle_din, end_in, end_din;
        double peak_ex, peak_in;  // dI per weight, so that the current peaks at the weight
        using own = field_list<&derived::g_L, &derived::I_leak, &derived::h, &derived::per_tau_ex,
                               &derived::per_tau_in, &derived::half_ex, &derived::half_in,
                               &derived::middle_ex, &derived::middle_dex, &derived::end_ex, &derived::end_dex,
                               &derived::middle_in, &derived::middle_din, &derived::end_in, &derived::end_din,
                               &derived::peak_ex, &derived::peak_in>;
        using fields = joined<adex_constants::fields, own>;
    };
    static derived derive(params const& p, double h) {
        node_weights const ex(0.5 * h, p.tau_syn_ex), in(0.5 * h, p.tau_syn_in);
        return {adex_constants::from(p, h),
                p.g_L,
                p.g_L * p.E_L + p.I_e,
                h,
                1 / p.tau_syn_ex,
                1 / p.tau_syn_in,
                math::exp(-0.5 * h / p.tau_syn_ex),
                math::exp(-0.5 * h / p.tau_syn_in),
                ex.middle_I,
                ex.middle_dI,
                ex.end_I,
                ex.end_dI,
                in.middle_I,
                in.middle_dI,
                in.end_I,
                in.end_dI,
                std::numbers::e / p.tau_syn_ex,
                std::numbers::e / p.tau_syn_in};
    }
    static bool draws(params const&) { return false; }
    /// Steps between two with spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    /// Evaluations of exp and log that a step takes, whatever the state.
    static constexpr int evaluations_per_step = adex::evaluations_per_step + 4;

    /// The synaptic currents in one step.
    struct synapses {
        double I, g_L, h, I_ex, dI_ex, I_in, dI_in, per_tau_ex, per_tau_in, half_ex, half_in;
        /// Drive at t ms after the beginning of the step, until when the currents decay by the factors given.
        RANVIER_FN adex::drive at(double t, double decay_ex, double decay_in) const {
            return {I + (I_ex + dI_ex * t) * decay_ex - (I_in + dI_in * t) * decay_in, g_L};
        }
        /// In the first or second sub-step from t on.
        template <class Functions> RANVIER_FN adex::drives rest_of(bool first, double t) const {
            auto const ex = Functions::exp(-t * per_tau_ex), in = Functions::exp(-t * per_tau_in);
            auto const end_ex = select(first, half_ex, half_ex * half_ex),
                       end_in = select(first, half_in, half_in * half_in);
            auto const t_end = select(first, 0.5 * h, h);
            return {at(t, ex, in), at(0.5 * (t + t_end), math::sqrt(ex * end_ex), math::sqrt(in * end_in)),
                    at(t_end, end_ex, end_in)};
        }
    };
    /// A sub-step, from the synaptic currents at its beginning.
    RANVIER_FN static adex::drives whole(derived const& d, double I, double I_ex, double dI_ex, double I_in,
                                         double dI_in) {
        auto const middle_ex = d.middle_ex * I_ex + d.middle_dex * dI_ex,
                   middle_in = d.middle_in * I_in + d.middle_din * dI_in;
        auto const end_ex = d.end_ex * I_ex + d.end_dex * dI_ex, end_in = d.end_in * I_in + d.end_din * dI_in;
        return {{I + I_ex - I_in, d.g_L}, {I + middle_ex - middle_in, d.g_L}, {I + end_ex - end_in, d.g_L}};
    }

    template <class Functions = adex_functions>
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        auto const I = d.I_leak + input.currents[0], half = 0.5 * d.h;
        auto const step_ex = d.half_ex * d.half_ex, step_in = d.half_in * d.half_in;
        synapses const synapses{I,           d.g_L,        d.h,          s.I_syn_ex, s.dI_syn_ex, s.I_syn_in,
                                s.dI_syn_in, d.per_tau_ex, d.per_tau_in, d.half_ex,  d.half_in};
        auto const first = whole(d, I, s.I_syn_ex, s.dI_syn_ex, s.I_syn_in, s.dI_syn_in);
        auto const second =
            whole(d, I, (s.I_syn_ex + half * s.dI_syn_ex) * d.half_ex, s.dI_syn_ex * d.half_ex,
                  (s.I_syn_in + half * s.dI_syn_in) * d.half_in, s.dI_syn_in * d.half_in);
        auto const spikes = adex::step<Functions>(d, d.h, s, first, second, synapses);

        s.I_syn_ex = (s.I_syn_ex + s.dI_syn_ex * d.h) * step_ex;
        s.dI_syn_ex = s.dI_syn_ex * step_ex + d.peak_ex * input[ex];
        s.I_syn_in = (s.I_syn_in + s.dI_syn_in * d.h) * step_in;
        s.dI_syn_in = s.dI_syn_in * step_in + d.peak_in * input[in];
        return spikes;
    }
};

}  // namespace ranvier
