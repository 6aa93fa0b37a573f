// Leaky integrate-and-fire neuron with any number of receptors, exponential synaptic currents, exact
// integration (Rotter & Diesmann 1999, Biol Cybern 81:381).
#pragma once
#include "models/propagators.h"

namespace ranvier {

struct iaf_psc_exp_multisynapse {
    static constexpr char name[] = "iaf_psc_exp_multisynapse";
    static constexpr char summary[] =
        "Leaky integrate-and-fire neuron with exponential synaptic currents of several time constants";
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
        using fields = field_list<&params::E_L, &params::C_m, &params::tau_m, &params::t_ref, &params::V_th,
                                  &params::V_reset, &params::I_e>;
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
        double P20, P22, drive, theta, U_reset;
        std::int64_t refractory;
        using fields = field_list<&derived::P20, &derived::P22, &derived::drive, &derived::theta,
                                  &derived::U_reset, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        return {.P20 = propagator_constant(p.tau_m, p.C_m, h),
                .P22 = math::exp(-h / p.tau_m),
                .drive = p.I_e,
                .theta = p.V_th - p.E_L,
                .U_reset = p.V_reset - p.E_L,
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
            pA I_syn = 0;
            using fields = field_list<&state::I_syn>;
            using checks = check_list<>;
        };
        using settable = field_list<>;
        using recordables = field_list<&state::I_syn>;
        struct derived {
            double decay, rise;
            using fields = field_list<&derived::decay, &derived::rise>;
        };
        static derived derive(iaf_psc_exp_multisynapse::params const& p, params const& own, double h) {
            return {math::exp(-h / own.tau_syn), propagator_exp(own.tau_syn, p.tau_m, p.C_m, h)};
        }
        static constexpr char compatible_range[] = "other than tau_m";
        static bool compatible(iaf_psc_exp_multisynapse::params const& p, params const& own) {
            return own.tau_syn != p.tau_m;
        }
        RANVIER_FN static void advance(derived const& d, state& s, double input, auto const&, sums& sum) {
            sum.rise += d.rise * s.I_syn;
            s.I_syn = s.I_syn * d.decay + input;
            sum.I_syn += s.I_syn;
        }
    };
    using lists = element_lists<receptor>;

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&, sums const& receptors) {
        bool const free = s.refractory == 0;
        auto const v = s.V_m * d.P22 + (d.drive + input.currents[0]) * d.P20 + receptors.rise;
        auto const V = select(free, v, s.V_m);
        bool const fire = V >= d.theta;
        s.I_syn = receptors.I_syn;
        s.V_m = select(fire, d.U_reset, V);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
