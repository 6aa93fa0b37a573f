// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// alpha-shaped synaptic currents. The integrator is that of models/adex.h; the linear part is exact.
#pragma once
#include <numbers>

#include "models/adex_response.h"

namespace ranvier {

struct aeif_psc_alpha {
    static constexpr char name[] = "aeif_psc_alpha";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with alpha-shaped synaptic currents";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = true;  // without refractoriness there can be two spikes in a step
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

    /// Of the linear system: V - E_L, w, the synaptic currents and their derivatives, the current from
    /// outside.
    static constexpr int n_linear = 7;
    /// Row: V at a node but the first less V at the first, or the same for w at the end.
    template <int Row> using row = cells<std::integral_constant<int, Row>, n_linear>;
    static constexpr int w_row = adex::nodes - 1;

    struct derived : adex_constants, adex_response, row<0>, row<1>, row<2>, row<3>, row<w_row> {
        double I_e, h, decay_ex, decay_in;  // decay of the synaptic currents in a step
        double peak_ex, peak_in;            // dI per weight, so that the current peaks at the weight
        using own = field_list<&derived::I_e, &derived::h, &derived::decay_ex, &derived::decay_in,
                               &derived::peak_ex, &derived::peak_in>;
        using fields = joined<adex_constants::fields, adex_response::fields, row<0>::fields, row<1>::fields,
                              row<2>::fields, row<3>::fields, row<w_row>::fields, own>;
    };
    static derived derive(params const& p, double h) {
        enum { V, w, I_ex, dI_ex, I_in, dI_in, I };
        // Time constants below h 1e-9 act as that.
        auto const rate = [h](double tau) { return smaller(h / tau, 1e9); };
        auto const per_C = h / p.C_m, ex = rate(p.tau_syn_ex), in = rate(p.tau_syn_in),
                   w_rate = rate(p.tau_w);
        square_matrix<n_linear> M{};
        M.at[V][V] = -p.g_L * per_C, M.at[V][w] = -per_C;
        M.at[V][I_ex] = per_C, M.at[V][I_in] = -per_C, M.at[V][I] = per_C;
        M.at[w][V] = p.a * w_rate, M.at[w][w] = -w_rate;
        M.at[I_ex][I_ex] = M.at[dI_ex][dI_ex] = -ex, M.at[I_ex][dI_ex] = h;
        M.at[I_in][I_in] = M.at[dI_in][dI_in] = -in, M.at[I_in][dI_in] = h;
        propagator<n_linear> const system(M);

        derived d{};
        static_cast<adex_constants&>(d) = adex_constants::from(p, h);
        static_cast<adex_response&>(d).set(d, system, p.g_L * per_C);
        unroll<w_row + 1>([&](auto i) {
            bool const of_w = i == w_row;
            auto const E = system(of_w ? 1 : collocation::nodes<adex::nodes>[i + 1]);
            values<n_linear> coefficients;
            for (int k = 0; k < n_linear; ++k) coefficients[k] = E.at[of_w ? w : V][k];
            static_cast<row<i>&>(d).set(coefficients);
        });
        d.I_e = p.I_e, d.h = h;
        d.decay_ex = math::exp(-h / p.tau_syn_ex), d.decay_in = math::exp(-h / p.tau_syn_in);
        d.peak_ex = std::numbers::e / p.tau_syn_ex, d.peak_in = std::numbers::e / p.tau_syn_in;
        return d;
    }
    static bool draws(params const&) { return false; }
    /// Steps between two with spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    /// Evaluations of exp and log that a step takes, whatever the state.
    static constexpr int evaluations_per_step = adex::evaluations_per_step;

    template <class Functions = adex_functions>
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        double const V = select(s.refractory > 0, d.V_reset, s.V_m), w = s.w;
        values<n_linear> const now{
            {V - d.E_L, w, s.I_syn_ex, s.dI_syn_ex, s.I_syn_in, s.dI_syn_in, d.I_e + input.currents[0]}};
        auto change = [&](auto i) RANVIER_INLINE_LAMBDA {
            auto const coefficients = static_cast<row<i> const&>(d).get();
            double sum = 0;
            unroll<n_linear>([&](auto k)
                                 RANVIER_INLINE_LAMBDA { sum = std::fma(coefficients[k], now[k], sum); });
            return sum;
        };
        adex::path path;
        path.V[0] = V, path.w_begin = w;
        unroll<w_row>([&](auto i) RANVIER_INLINE_LAMBDA { path.V[i + 1] = V + change(i); });
        path.w_end = w + change(std::integral_constant<int, w_row>{});
        auto const spikes = adex::step<Functions>(d, d, s, path);

        s.I_syn_ex = (s.I_syn_ex + s.dI_syn_ex * d.h) * d.decay_ex;
        s.dI_syn_ex = s.dI_syn_ex * d.decay_ex + d.peak_ex * input[ex];
        s.I_syn_in = (s.I_syn_in + s.dI_syn_in * d.h) * d.decay_in;
        s.dI_syn_in = s.dI_syn_in * d.decay_in + d.peak_in * input[in];
        return spikes;
    }
};

}  // namespace ranvier
