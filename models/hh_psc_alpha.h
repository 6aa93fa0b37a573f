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
        double end_ex, end_in, peak_ex, peak_in;  // exp(-h / tau); dI per weight, so that I peaks at it
        std::int64_t refractory_steps;
        using own = field_list<&derived::end_ex, &derived::end_in, &derived::peak_ex, &derived::peak_in,
                               &derived::refractory_steps>;
        using fields = joined<channels::fields, decay_ex::fields, decay_in::fields, own>;
    };
    static derived derive(params const& p, double h) {
        derived d{};
        static_cast<hodgkin_huxley::channels&>(d).set(p, h);
        static_cast<decay_ex&>(d).set(h / p.tau_syn_ex), static_cast<decay_in&>(d).set(h / p.tau_syn_in);
        d.end_ex = math::exp(-h / p.tau_syn_ex), d.end_in = math::exp(-h / p.tau_syn_in);
        d.peak_ex = std::numbers::e / p.tau_syn_ex, d.peak_in = std::numbers::e / p.tau_syn_in;
        d.refractory_steps = duration_steps(p.t_ref, h);
        return d;
    }
    static bool draws(params const&) { return false; }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory_steps + 1; }

    RANVIER_FN static hodgkin_huxley::rates rates_at(double V) {
        using hodgkin_huxley::linoid;
        auto const v = hodgkin_huxley::bounded(V + 65);
        auto const u = math::exp(v * (-1.0 / 80)), u2 = u * u, u4 = u2 * u2, u8 = u4 * u4;
        constexpr double e = std::numbers::e, e_2_5 = 12.182493960703473438, e_3 = 20.085536923187667741;
        return {linoid((v - 25) * 0.1, e_2_5 * u8),
                4 * math::exp(v * (-1.0 / 18)),
                0.07 * u4,
                1 / (1 + e_3 * u8),
                0.1 * linoid((v - 10) * 0.1, e * u8),
                0.125 * u};
    }

    RANVIER_FN static double part(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                                  double left) {
        double const I = d.I_e + input.currents[0];
        return hodgkin_huxley::advance_part(
            s, d, left, [&](values<4> const& y, double x) RANVIER_INLINE_LAMBDA {
                auto const t = x * d.h;
                auto const I_ex = (s.I_syn_ex + t * s.dI_syn_ex) * d.decay_ex::at(x),
                           I_in = (s.I_syn_in + t * s.dI_syn_in) * d.decay_in::at(x);
                return slopes_at(d, y, rates_at(y[0]), 0, I + (I_ex + I_in));
            });
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
