// Hodgkin-Huxley neuron of Traub & Miles with exponential synaptic conductances (Traub & Miles 1991, Neuronal
// Networks of the Hippocampus; Brette et al. 2007, J Comput Neurosci 23:349).
#pragma once
#include "models/hodgkin_huxley.h"

namespace ranvier {

struct hh_cond_exp_traub {
    static constexpr char name[] = "hh_cond_exp_traub";
    static constexpr char summary[] =
        "Hodgkin-Huxley neuron of Traub and Miles with exponential synaptic conductances";
    static constexpr char reference[] = "Brette et al. 2007, J Comput Neurosci 23:349";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign_magnitude(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        nS g_Na = 20000, g_K = 6000, g_L = 10;
        pF C_m = 200;
        mV E_Na = 50, E_K = -90, E_L = -60, V_T = -63, E_ex = 0, E_in = -80;
        ms tau_syn_ex = 5, tau_syn_in = 10, t_ref = 2;
        pA I_e = 0;
        using fields = field_list<&params::g_Na, &params::g_K, &params::g_L, &params::C_m, &params::E_Na,
                                  &params::E_K, &params::E_L, &params::V_T, &params::E_ex, &params::E_in,
                                  &params::tau_syn_ex, &params::tau_syn_in, &params::t_ref, &params::I_e>;
        using checks = check_list<positive<&params::C_m>, positive<&params::tau_syn_ex>,
                                  positive<&params::tau_syn_in>, non_negative<&params::t_ref>>;
    };
    struct state {
        mV V_m = -60;
        real Act_m = 9.8955630967465849252e-9, Inact_h = 0.9999999991063960113,
             Act_n = 2.5515770516025513773e-7;  // at rest with V - V_T = -60 mV
        nS g_ex = 0, g_in = 0;
        mV V_before = -60;  // a step ago
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::Act_m, &state::Inact_h, &state::Act_n, &state::g_ex,
                                  &state::g_in, &state::V_before, &state::refractory>;
        using checks = check_list<non_negative<&state::Act_m>, non_negative<&state::Inact_h>,
                                  non_negative<&state::Act_n>>;
    };
    using settable = field_list<&state::V_m, &state::Act_m, &state::Inact_h, &state::Act_n>;
    using recordables =
        field_list<&state::V_m, &state::g_ex, &state::g_in, &state::Act_m, &state::Inact_h, &state::Act_n>;
    using relative = relative_list<>;

    struct tag_ex {};
    struct tag_in {};
    using decay_ex = hodgkin_huxley::decay<tag_ex>;
    using decay_in = hodgkin_huxley::decay<tag_in>;
    struct derived : hodgkin_huxley::channels, decay_ex, decay_in {
        double rate_ex, rate_in, end_ex, end_in;  // exp(-h / tau)
        double V_T, E_ex, E_in;
        std::int64_t refractory_steps;
        using own = field_list<&derived::rate_ex, &derived::rate_in, &derived::end_ex, &derived::end_in,
                               &derived::V_T, &derived::E_ex, &derived::E_in, &derived::refractory_steps>;
        using fields = joined<channels::fields, decay_ex::fields, decay_in::fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        static_cast<hodgkin_huxley::channels&>(d).set(p, h);
        static_cast<decay_ex&>(d).set(h / p.tau_syn_ex), static_cast<decay_in&>(d).set(h / p.tau_syn_in);
        d.rate_ex = h / p.tau_syn_ex, d.rate_in = h / p.tau_syn_in;
        d.end_ex = math::exp(-h / p.tau_syn_ex), d.end_in = math::exp(-h / p.tau_syn_in);
        d.V_T = p.V_T, d.E_ex = p.E_ex, d.E_in = p.E_in;
        d.refractory_steps = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory_steps + 1; }

    /// v: V - V_T (mV).
    template <int N> RANVIER_FN static hodgkin_huxley::rates<N> rates_at(double v) {
        using namespace power_series;
        v = hodgkin_huxley::bounded(v);
        auto const u = math::exp(v * (-1.0 / 40)), u2 = u * u, u4 = u2 * u2, u8 = u4 * u4;
        constexpr double e_3 = 20.085536923187667741, e_3_25 = 25.790339917193062089,
                         e_8 = 2980.9579870417282747, alpha_h_0 = 0.3291372076528678107,  // 0.128 e^(17/18)
            beta_n_0 = 0.64201270834387074204;                                            // 0.5 e^(1/4)
        auto const w = e_8 * u8;                                                          // e^((40 - v) / 5)
        auto beta_m = linoid<N>(1.4, 0.2, (v - 40) * 0.2, w), beta_h = logistic<N>(1 / (1 + w), 0.2);
        beta_m[0] *= w, beta_m[1] -= 1.4 * 0.2;  // x / (e^x - 1) = x / (1 - e^-x) - x
        unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA { beta_h[k] *= 4; });
        return {linoid<N>(1.28, 0.25, (v - 13) * 0.25, e_3_25 * (u8 * u2)),
                beta_m,
                exponential<N>(alpha_h_0 * math::exp(v * (-1.0 / 18)), -1.0 / 18),
                beta_h,
                linoid<N>(0.16, 0.2, (v - 15) * 0.2, e_3 * u8),
                exponential<N>(beta_n_0 * u, -1.0 / 40)};
    }

    /// Conductances as they are where the solution begins.
    template <int N> RANVIER_FN static hodgkin_huxley::solution<N> solve(derived const& d, state const& s,
                                                                         double I, double g_ex, double g_in) {
        auto const ex = power_series::exponential<N>(g_ex, -d.rate_ex),
                   in = power_series::exponential<N>(g_in, -d.rate_in);
        values<N> g, current;
        unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
            g[k] = ex[k] + in[k], current[k] = std::fma(d.E_ex, ex[k], d.E_in * in[k]);
        });
        g[0] += d.g_L, current[0] += d.g_L * d.E_L + (d.I_e + I);
        auto const v = s.V_m - d.V_T;
        return hodgkin_huxley::solve(d, s, rates_at<N>(v), v > -150, g, current);
    }
    RANVIER_FN static double whole(derived const& d, state& s, inputs<n_ports, n_currents> const& input) {
        return take_whole(s, solve<hodgkin_huxley::low>(d, s, input.currents[0], s.g_ex, s.g_in));
    }
    RANVIER_FN static double part(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                                  double left) {
        auto const x = 1 - left;
        return take_part(s,
                         solve<hodgkin_huxley::high>(d, s, input.currents[0], s.g_ex * d.decay_ex::at(x),
                                                     s.g_in * d.decay_in::at(x)),
                         left);
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        s.g_ex = s.g_ex * d.end_ex + input[ex], s.g_in = s.g_in * d.end_in + input[in];
        return hodgkin_huxley::fire(s, d.V_T + 30, d.refractory_steps);
    }
};

}  // namespace ranvier
