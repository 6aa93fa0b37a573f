// Leaky integrate-and-fire neuron with any number of receptors, alpha-shaped synaptic currents, exact
// integration (Rotter & Diesmann 1999, Biol Cybern 81:381).
#pragma once
#include <limits>
#include <numbers>

#include "models/propagators.h"

namespace ranvier {

struct iaf_psc_alpha_multisynapse {
    static constexpr char name[] = "iaf_psc_alpha_multisynapse";
    static constexpr char summary[] =
        "Leaky integrate-and-fire neuron with alpha-shaped synaptic currents of several time constants";
    static constexpr char reference[] = "Rotter & Diesmann 1999, Biol Cybern 81:381";
    enum port { n_ports };
    static constexpr int n_currents = 1;
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        mV E_L = -70;
        pF C_m = 250;
        ms tau_m = 10, t_ref = 2;
        mV V_th = -55, V_reset = -70;
        pA I_e = 0;
        mV V_min = -std::numeric_limits<double>::infinity();
        using fields = field_list<&params::E_L, &params::C_m, &params::tau_m, &params::t_ref, &params::V_th,
                                  &params::V_reset, &params::I_e, &params::V_min>;
        using checks = check_list<positive<&params::C_m>, positive<&params::tau_m>,
                                  non_negative<&params::t_ref>, less<&params::V_reset, &params::V_th>>;
    };
    struct state {
        mV V_m = -70;
        pA I_syn = 0;  // of all receptors
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::I_syn, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m>;
    using recordables = field_list<&state::V_m, &state::I_syn>;
    using relative = relative_list<relative_to<&state::V_m, &params::E_L>>;

    struct derived {
        double P30, P33, drive, theta, U_reset, U_min;
        std::int64_t refractory;
        using fields = field_list<&derived::P30, &derived::P33, &derived::drive, &derived::theta,
                                  &derived::U_reset, &derived::U_min, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        return {.P30 = propagator_constant(p.tau_m, p.C_m, h),
                .P33 = math::exp(-h / p.tau_m),
                .drive = p.I_e,
                .theta = p.V_th - p.E_L,
                .U_reset = p.V_reset - p.E_L,
                .U_min = p.V_min - p.E_L,
                .refractory = duration_steps(p.t_ref, h)};
    }
    /// Steps between two spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    /// What the receptors do to V_m in the step, and their current at its end.
    struct sums {
        double rise = 0, I_syn = 0;  // mV, pA
        using fields = field_list<&sums::rise, &sums::I_syn>;
    };
    struct receptor {
        static constexpr char count[] = "n_synapses";
        static constexpr int initial = 1;
        static constexpr bool receptors = true, negative_weights = true;
        struct params {
            ms tau_syn = 2;
            using fields = field_list<&params::tau_syn>;
            using checks = check_list<positive<&params::tau_syn>>;
        };
        struct state {
            pA_per_ms dI_syn = 0;
            pA I_syn = 0;
            using fields = field_list<&state::dI_syn, &state::I_syn>;
            using checks = check_list<>;
        };
        using settable = field_list<>;
        using recordables = field_list<&state::I_syn>;
        struct derived {
            double decay, P21, P31, P32,
                peak;  // peak: dI per weight, so that the current peaks at the weight
            using fields =
                field_list<&derived::decay, &derived::P21, &derived::P31, &derived::P32, &derived::peak>;
        };
        static derived derive(iaf_psc_alpha_multisynapse::params const& p, params const& own, double h) {
            auto const decay = math::exp(-h / own.tau_syn);
            return {decay, h * decay, propagator_alpha(own.tau_syn, p.tau_m, p.C_m, h),
                    propagator_exp(own.tau_syn, p.tau_m, p.C_m, h), std::numbers::e / own.tau_syn};
        }
        RANVIER_FN static void advance(derived const& d, state& s, double input, auto const&, sums& sum) {
            sum.rise += d.P31 * s.dI_syn + d.P32 * s.I_syn;
            s.I_syn = d.P21 * s.dI_syn + d.decay * s.I_syn;
            s.dI_syn = s.dI_syn * d.decay + d.peak * input;
            sum.I_syn += s.I_syn;
        }
    };
    using lists = element_lists<receptor>;

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&, sums const& receptors) {
        bool const free = s.refractory == 0;
        auto const v = d.P30 * (input.currents[0] + d.drive) + d.P33 * s.V_m + receptors.rise;
        auto const V = select(free, larger(v, d.U_min), s.V_m);
        bool const fire = V >= d.theta;
        s.I_syn = receptors.I_syn;
        s.V_m = select(fire, d.U_reset, V);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
