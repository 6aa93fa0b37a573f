// Hodgkin-Huxley neuron with alpha-shaped synaptic currents (Hodgkin & Huxley 1952, J Physiol 117:500;
// Gerstner & Kistler 2002, Spiking Neuron Models, 2.2).
#pragma once
#include <numbers>

#include "models/hodgkin_huxley.h"

namespace ranvier {

struct hh_psc_alpha {
    static constexpr char name[] = "hh_psc_alpha";
    static constexpr char summary[] = "Hodgkin-Huxley neuron with alpha-shaped synaptic currents";
    static constexpr char reference[] = "Hodgkin & Huxley 1952, J Physiol 117:500";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        ms t_ref = 2;
        nS g_Na = 12000, g_K = 3600, g_L = 30;
        pF C_m = 100;
        mV E_Na = 50, E_K = -77, E_L = -54.402;
        ms tau_syn_ex = 0.2, tau_syn_in = 2;
        pA I_e = 0;
        using fields =
            field_list<&params::t_ref, &params::g_Na, &params::g_K, &params::g_L, &params::C_m, &params::E_Na,
                       &params::E_K, &params::E_L, &params::tau_syn_ex, &params::tau_syn_in, &params::I_e>;
        using checks =
            check_list<non_negative<&params::t_ref>, non_negative<&params::g_Na>, non_negative<&params::g_K>,
                       non_negative<&params::g_L>, positive<&params::C_m>, positive<&params::tau_syn_ex>,
                       positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -65;
        real Act_m = 0.052932485257249574965, Inact_h = 0.59612075350846024184,
             Act_n = 0.31767691406069738999;  // at rest at -65 mV
        pA_per_ms dI_syn_ex = 0, dI_syn_in = 0;
        pA I_syn_ex = 0, I_syn_in = 0;
        mV V_before = -65;  // a step ago
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::Act_m, &state::Inact_h, &state::Act_n,
                                  &state::dI_syn_ex, &state::dI_syn_in, &state::I_syn_ex, &state::I_syn_in,
                                  &state::V_before, &state::refractory>;
        using checks = check_list<non_negative<&state::Act_m>, non_negative<&state::Inact_h>,
                                  non_negative<&state::Act_n>>;
    };
    using settable = field_list<&state::V_m, &state::Act_m, &state::Inact_h, &state::Act_n, &state::dI_syn_ex,
                                &state::dI_syn_in, &state::I_syn_ex, &state::I_syn_in>;
    using recordables = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in, &state::Act_m,
                                   &state::Inact_h, &state::Act_n>;
    using relative = relative_list<>;

    struct tag_ex {};
    struct tag_in {};
    using decay_ex = hodgkin_huxley::decay<tag_ex>;
    using decay_in = hodgkin_huxley::decay<tag_in>;
    struct derived : hodgkin_huxley::channels, decay_ex, decay_in {
        double rate_ex, rate_in, end_ex, end_in, peak_ex,
            peak_in;  // exp(-h / tau); dI per weight, so that I peaks at it
        std::int64_t refractory_steps;
        using own = field_list<&derived::rate_ex, &derived::rate_in, &derived::end_ex, &derived::end_in,
                               &derived::peak_ex, &derived::peak_in, &derived::refractory_steps>;
        using fields = joined<channels::fields, decay_ex::fields, decay_in::fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        static_cast<hodgkin_huxley::channels&>(d).set(p, h);
        static_cast<decay_ex&>(d).set(h / p.tau_syn_ex), static_cast<decay_in&>(d).set(h / p.tau_syn_in);
        d.rate_ex = h / p.tau_syn_ex, d.rate_in = h / p.tau_syn_in;
        d.end_ex = math::exp(-h / p.tau_syn_ex), d.end_in = math::exp(-h / p.tau_syn_in);
        d.peak_ex = std::numbers::e / p.tau_syn_ex, d.peak_in = std::numbers::e / p.tau_syn_in;
        d.refractory_steps = duration_steps(p.t_ref, h);
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory_steps + 1; }

    template <int N> RANVIER_FN static hodgkin_huxley::rates<N> rates_at(double V) {
        using namespace power_series;
        auto const v = hodgkin_huxley::bounded(V + 65);
        auto const u = math::exp(v * (-1.0 / 80)), u2 = u * u, u4 = u2 * u2, u8 = u4 * u4;
        constexpr double e = std::numbers::e, e_2_5 = 12.182493960703473438, e_3 = 20.085536923187667741;
        return {linoid<N>(1, 0.1, (v - 25) * 0.1, e_2_5 * u8),
                exponential<N>(4 * math::exp(v * (-1.0 / 18)), -1.0 / 18),
                exponential<N>(0.07 * u4, -1.0 / 20),
                logistic<N>(1 / (1 + e_3 * u8), 0.1),
                linoid<N>(0.1, 0.1, (v - 10) * 0.1, e * u8),
                exponential<N>(0.125 * u, -1.0 / 80)};
    }

    /// Currents I and their slopes dI (per step) as they are where the solution begins.
    template <int N> RANVIER_FN static hodgkin_huxley::solution<N> solve(derived const& d, state const& s,
                                                                         double I, double I_ex, double dI_ex,
                                                                         double I_in, double dI_in) {
        using namespace power_series;
        auto const ex = exponential<N>(1, -d.rate_ex), in = exponential<N>(1, -d.rate_in);
        values<N> g{}, current;
        g[0] = d.g_L;
        current[0] = d.g_L * d.E_L + (d.I_e + I) + (I_ex + I_in);
        unroll<N - 1>([&](auto k) RANVIER_INLINE_LAMBDA {
            current[k + 1] =
                std::fma(ex[k + 1], I_ex, ex[k] * dI_ex) + std::fma(in[k + 1], I_in, in[k] * dI_in);
        });
        return hodgkin_huxley::solve(d, s, rates_at<N>(s.V_m), s.V_m + 65 > -150, g, current);
    }
    RANVIER_FN static double whole(derived const& d, state& s, inputs<n_ports, n_currents> const& input) {
        return take_whole(s, solve<hodgkin_huxley::low>(d, s, input.currents[0], s.I_syn_ex,
                                                        d.h * s.dI_syn_ex, s.I_syn_in, d.h * s.dI_syn_in));
    }
    RANVIER_FN static double part(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                                  double left) {
        auto const x = 1 - left, ex = d.decay_ex::at(x), in = d.decay_in::at(x);
        auto const dI_ex = d.h * s.dI_syn_ex, dI_in = d.h * s.dI_syn_in;
        return take_part(s,
                         solve<hodgkin_huxley::high>(d, s, input.currents[0], ex * (s.I_syn_ex + x * dI_ex),
                                                     ex * dI_ex, in * (s.I_syn_in + x * dI_in), in * dI_in),
                         left);
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        s.I_syn_ex = (s.I_syn_ex + d.h * s.dI_syn_ex) * d.end_ex;
        s.I_syn_in = (s.I_syn_in + d.h * s.dI_syn_in) * d.end_in;
        s.dI_syn_ex = s.dI_syn_ex * d.end_ex + d.peak_ex * input[ex];
        s.dI_syn_in = s.dI_syn_in * d.end_in + d.peak_in * input[in];
        return hodgkin_huxley::fire(s, 0, d.refractory_steps);
    }
};

}  // namespace ranvier
