// Generalised leaky integrate-and-fire neuron (Teeter et al. 2018, Nat Commun 9:709), five variants: with or
// without spike-dependent threshold, after-spike currents and threshold that follows the potential;
// alpha-shaped synaptic currents, exact integration.
#pragma once
#include <numbers>

#include "models/propagators.h"

namespace ranvier {

struct glif_psc {
    static constexpr char name[] = "glif_psc";
    static constexpr char summary[] =
        "Generalised leaky integrate-and-fire neuron with alpha-shaped synaptic currents";
    static constexpr char reference[] = "Teeter et al. 2018, Nat Commun 9:709";
    enum port { n_ports };
    static constexpr int n_currents = 1;
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    /// Combinations of mechanisms that are a variant of the model.
    template <auto M> struct valid_variant {
        static constexpr auto member = M;
        static constexpr char range[] =
            "one of the variants of spike_dependent_threshold, after_spike_currents, adapting_threshold: all "
            "off, either of the first two, both, or all on";
        template <class R> static constexpr bool ok(R const& r) {
            return !r.adapting_threshold || (r.spike_dependent_threshold && r.after_spike_currents);
        }
    };
    /// Checks that hold with a mechanism.
    template <auto M, auto Mechanism> struct positive_with {
        static constexpr auto member = M, other = Mechanism;
        static constexpr char range[] = "> 0 with ";
        template <class R> static constexpr bool ok(R const& r) { return !(r.*Mechanism) || r.*M > 0; }
    };
    template <auto M, auto Mechanism> struct fraction_with {
        static constexpr auto member = M, other = Mechanism;
        static constexpr char range[] = "in [0, 1] with ";
        template <class R> static constexpr bool ok(R const& r) {
            return !(r.*Mechanism) || (r.*M >= 0 && r.*M <= 1);
        }
    };
    template <auto M> struct fraction {
        static constexpr auto member = M;
        static constexpr char range[] = "in [0, 1]";
        template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= 1; }
    };

    struct params {
        nS g = 9.43;
        mV E_L = -78.85, V_th = -51.68, V_reset = -78.85;
        pF C_m = 58.72;
        ms t_ref = 3.75;
        mV th_spike_add = 0.37;
        per_ms th_spike_decay = 0.009;
        real voltage_reset_fraction = 0.2;
        mV voltage_reset_add = 18.51;
        per_ms th_voltage_index = 0.005, th_voltage_decay = 0.09;
        flag spike_dependent_threshold = 0, after_spike_currents = 0, adapting_threshold = 0;
        using fields =
            field_list<&params::g, &params::E_L, &params::V_th, &params::V_reset, &params::C_m,
                       &params::t_ref, &params::th_spike_add, &params::th_spike_decay,
                       &params::voltage_reset_fraction, &params::voltage_reset_add, &params::th_voltage_index,
                       &params::th_voltage_decay, &params::spike_dependent_threshold,
                       &params::after_spike_currents, &params::adapting_threshold>;
        using checks =
            check_list<positive<&params::g>, less<&params::V_reset, &params::V_th>, positive<&params::C_m>,
                       non_negative<&params::t_ref>,
                       positive_with<&params::th_spike_decay, &params::spike_dependent_threshold>,
                       fraction_with<&params::voltage_reset_fraction, &params::spike_dependent_threshold>,
                       positive_with<&params::th_voltage_decay, &params::adapting_threshold>,
                       valid_variant<&params::adapting_threshold>>;
    };
    struct state {
        mV V_m = -78.85, threshold = -51.68;  // threshold: of all components
        mV threshold_spike = 0, threshold_voltage = 0;
        pA ASCurrents_sum = 0, I = 0, I_syn = 0;  // I: from current sources
        steps refractory = 0;
        using fields =
            field_list<&state::V_m, &state::threshold, &state::threshold_spike, &state::threshold_voltage,
                       &state::ASCurrents_sum, &state::I, &state::I_syn, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::threshold_spike, &state::threshold_voltage>;
    using recordables = field_list<&state::V_m, &state::ASCurrents_sum, &state::I, &state::I_syn,
                                   &state::threshold, &state::threshold_spike, &state::threshold_voltage>;
    using relative =
        relative_list<relative_to<&state::V_m, &params::E_L>, relative_to<&state::threshold, &params::E_L>>;

    struct derived {
        double P30, P33, theta, U_reset;
        double spike_decay, spike_add, spike_pause;     // of threshold_spike; pause: in the refractory time
        double kept, reset_add;                         // U after a spike: U_reset, or kept U + reset_add
        double voltage_decay, per_g, response, steady;  // of threshold_voltage
        std::int64_t resets_partly, refractory;
        using fields =
            field_list<&derived::P30, &derived::P33, &derived::theta, &derived::U_reset,
                       &derived::spike_decay, &derived::spike_add, &derived::spike_pause, &derived::kept,
                       &derived::reset_add, &derived::voltage_decay, &derived::per_g, &derived::response,
                       &derived::steady, &derived::resets_partly, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        auto const tau_m = p.C_m / p.g;
        derived d{.P30 = propagator_constant(tau_m, p.C_m, h),
                  .P33 = math::exp(-h / tau_m),
                  .theta = p.V_th - p.E_L,
                  .U_reset = p.V_reset - p.E_L,
                  .spike_decay = 1,
                  .spike_add = 0,
                  .spike_pause = 1,
                  .kept = 0,
                  .reset_add = 0,
                  .voltage_decay = 1,
                  .per_g = 1 / p.g,
                  .response = 0,
                  .steady = 0,
                  .resets_partly = p.spike_dependent_threshold,
                  .refractory = duration_steps(p.t_ref, h)};
        if (p.spike_dependent_threshold) {
            d.spike_decay = math::exp(-p.th_spike_decay * h);
            d.spike_add = p.th_spike_add;
            d.spike_pause = math::exp(-p.th_spike_decay * p.t_ref);
            d.kept = p.voltage_reset_fraction;
            d.reset_add = p.voltage_reset_add;
        }
        if (p.adapting_threshold) {
            d.voltage_decay = math::exp(-p.th_voltage_decay * h);
            d.response = p.th_voltage_index / (p.th_voltage_decay - p.g / p.C_m);
            d.steady = p.th_voltage_index / p.th_voltage_decay;
        }
        return d;
    }
    /// Steps between two spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    struct sums {
        double rise = 0, I_syn = 0, after_spike = 0;  // mV by the receptors, pA, pA
        using fields = field_list<&sums::rise, &sums::I_syn, &sums::after_spike>;
    };
    struct receptor {
        static constexpr char count[] = "n_receptors";
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
        using recordables = field_list<>;
        struct derived {
            double decay, P21, P31, P32,
                peak;  // peak: dI per weight, so that the current peaks at the weight
            using fields =
                field_list<&derived::decay, &derived::P21, &derived::P31, &derived::P32, &derived::peak>;
        };
        static derived derive(glif_psc::params const& p, params const& own, double h) {
            auto const decay = math::exp(-h / own.tau_syn), tau_m = p.C_m / p.g;
            return {decay, h * decay, propagator_alpha(own.tau_syn, tau_m, p.C_m, h),
                    propagator_exp(own.tau_syn, tau_m, p.C_m, h), std::numbers::e / own.tau_syn};
        }
        RANVIER_FN static void advance(derived const& d, state& s, double input, auto const&, sums& sum) {
            sum.rise += d.P31 * s.dI_syn + d.P32 * s.I_syn;
            sum.I_syn += s.I_syn;
            s.I_syn = d.P21 * s.dI_syn + d.decay * s.I_syn;
            s.dI_syn = s.dI_syn * d.decay + d.peak * input;
        }
    };
    struct after_spike_current {
        static constexpr char count[] = "";
        static constexpr int initial = 2;
        static constexpr bool receptors = false, negative_weights = true;
        struct params {
            pA asc_init = 0;
            per_ms asc_decay = 0.003;
            pA asc_amps = -9.18;
            real asc_r = 1;
            using fields =
                field_list<&params::asc_init, &params::asc_decay, &params::asc_amps, &params::asc_r>;
            using checks = check_list<positive<&params::asc_decay>, fraction<&params::asc_r>>;
        };
        /// Of a new neuron.
        static params initial_params(int i) { return i == 0 ? params{} : params{0, 0.1, -198.94, 1}; }
        struct state {
            pA ASCurrents = 0;
            using fields = field_list<&state::ASCurrents>;
            using checks = check_list<>;
        };
        using settable = field_list<&state::ASCurrents>;
        using recordables = field_list<>;
        struct derived {
            double mean, decay, kept, amplitude;  // mean of the current in a step; kept after a spike
            using fields = field_list<&derived::mean, &derived::decay, &derived::kept, &derived::amplitude>;
        };
        static derived derive(glif_psc::params const& p, params const& own, double h) {
            if (!p.after_spike_currents) return {};
            auto const x = own.asc_decay * h;
            return {-math::expm1(-x) / x, math::exp(-x), own.asc_r * math::exp(-own.asc_decay * p.t_ref),
                    own.asc_amps};
        }
        /// Frozen in the refractory time.
        RANVIER_FN static void advance(derived const& d, state& s, double, glif_psc::state const& neuron,
                                       sums& sum) {
            sum.after_spike += d.mean * s.ASCurrents;
            s.ASCurrents = select(neuron.refractory == 0, s.ASCurrents * d.decay, s.ASCurrents);
        }
        RANVIER_FN static void spike(derived const& d, state& s, int) {
            s.ASCurrents = d.amplitude + s.ASCurrents * d.kept;
        }
    };
    using lists = element_lists<receptor, after_spike_current>;

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&, sums const& sum) {
        bool const free = s.refractory == 0;
        double const before = s.V_m, I = input.currents[0] + sum.after_spike;
        auto const U = before * d.P33 + I * d.P30 + sum.rise;
        auto const theta_spike = s.threshold_spike * d.spike_decay;
        auto const beta = I * d.per_g, phi = d.response * (before - beta), steady = d.steady * beta;
        auto const theta_voltage =
            phi * d.P33 + d.voltage_decay * (s.threshold_voltage - phi - steady) + steady;
        bool const fire = free & (U > theta_spike + theta_voltage + d.theta);

        auto const reset = select(d.resets_partly != 0, before * d.kept + d.reset_add, d.U_reset);
        s.V_m = select(fire, reset, select(free, U, before));
        s.threshold_spike = select(fire, theta_spike * d.spike_pause + d.spike_add,
                                   select(free, theta_spike, s.threshold_spike));
        s.threshold_voltage = select(free, theta_voltage, s.threshold_voltage);
        s.threshold = s.threshold_spike + s.threshold_voltage + d.theta;
        s.ASCurrents_sum = select(free, sum.after_spike, s.ASCurrents_sum);
        s.I = input.currents[0];
        s.I_syn = select(free, sum.I_syn, s.I_syn);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
