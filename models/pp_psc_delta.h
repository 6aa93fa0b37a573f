// Point process neuron: leaky integration of delta-shaped currents, stochastic firing with an adapting
// threshold (Deger et al. 2014, PLoS Comput Biol 10:e1003811).
#pragma once
#include "models/escape.h"
#include "models/propagators.h"

namespace ranvier {

struct pp_psc_delta {
    static constexpr char name[] = "pp_psc_delta";
    static constexpr char summary[] =
        "Point process neuron with leaky integration of delta-shaped input and an adapting threshold";
    static constexpr char reference[] = "Deger et al. 2014, PLoS Comput Biol 10:e1003811";
    enum port { spikes, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {to_port(spikes)};
    static constexpr bool multiple = true;  // without dead time
    static constexpr bool stochastic = true;
    static constexpr bool archives = true;

    struct params {
        ms tau_m = 10;
        pF C_m = 250;
        ms dead_time = 1;
        flag dead_time_random = 0;
        integer dead_time_shape = 1;
        flag with_reset = 1;
        Hz_per_mV c_1 = 0;
        Hz c_2 = 1.238;
        per_mV c_3 = 0.25;
        pA I_e = 0;
        ms t_ref_remaining = 0;
        using fields = field_list<&params::tau_m, &params::C_m, &params::dead_time, &params::dead_time_random,
                                  &params::dead_time_shape, &params::with_reset, &params::c_1, &params::c_2,
                                  &params::c_3, &params::I_e, &params::t_ref_remaining>;
        using checks = check_list<positive<&params::tau_m>, positive<&params::C_m>,
                                  non_negative<&params::dead_time>, positive<&params::dead_time_shape>,
                                  non_negative<&params::c_3>, non_negative<&params::t_ref_remaining>>;
    };
    struct state {
        mV V_m = 0;  // relative to rest
        mV E_sfa = 0;
        steps refractory = 0;
        real until_spike = escape::not_drawn;
        using fields = field_list<&state::V_m, &state::E_sfa, &state::refractory, &state::until_spike>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::E_sfa>;
    using recordables = field_list<&state::V_m, &state::E_sfa>;
    using relative = relative_list<>;
    using initialised_by = field_list<&params::t_ref_remaining>;
    static void initialise(params const& p, double h, state& s) {
        s.refractory = duration_steps(p.t_ref_remaining, h);
    }

    struct derived {
        double P30, P33, drive, kept, c_1, c_2, c_3, h, stage;  // kept: part of V_m after a spike
        std::int64_t stages;  // of the random dead time, each `stage` ms on average; 0: not random
        std::int64_t dead;
        using fields = field_list<&derived::P30, &derived::P33, &derived::drive, &derived::kept,
                                  &derived::c_1, &derived::c_2, &derived::c_3, &derived::h, &derived::stage,
                                  &derived::stages, &derived::dead>;
    };
    static derived derive(params const& p, double h) {
        auto const dead = p.dead_time > 0 ? larger(p.dead_time, h) : 0.0;
        return {.P30 = propagator_constant(p.tau_m, p.C_m, h),
                .P33 = math::exp(-h / p.tau_m),
                .drive = p.I_e,
                .kept = p.with_reset ? 0.0 : 1.0,
                .c_1 = p.c_1 * 1e-3 * h,
                .c_2 = p.c_2 * 1e-3 * h,
                .c_3 = p.c_3,
                .h = h,
                .stage = dead / double(p.dead_time_shape),
                .stages = select(p.dead_time_random != 0 && dead > 0, p.dead_time_shape, 0),
                .dead = duration_steps(dead, h)};
    }
    /// Steps between two with spikes, at least.
    static std::int64_t least_interval(derived const& d) { return d.stages > 0 ? 1 : d.dead + 1; }

    struct sums {
        double E_sfa = 0;
        using fields = field_list<&sums::E_sfa>;
    };
    struct adaptation {
        static constexpr char count[] = "";
        static constexpr int initial = 0;
        static constexpr bool receptors = false, negative_weights = true;
        struct params {
            ms tau_sfa = 34;
            mV q_sfa = 0;
            using fields = field_list<&params::tau_sfa, &params::q_sfa>;
            using checks = check_list<positive<&params::tau_sfa>>;
        };
        struct state {
            mV q = 0;
            using fields = field_list<&state::q>;
            using checks = check_list<>;
        };
        using settable = field_list<>;
        using recordables = field_list<>;
        struct derived {
            double decay, jump;
            using fields = field_list<&derived::decay, &derived::jump>;
        };
        static derived derive(pp_psc_delta::params const&, params const& own, double h) {
            return {math::exp(-h / own.tau_sfa), own.q_sfa};
        }
        RANVIER_FN static void advance(derived const& d, state& s, double, auto const&, sums& sum) {
            s.q = s.q * d.decay;
            sum.E_sfa += s.q;
        }
        RANVIER_FN static void spike(derived const& d, state& s, int n) { s.q = s.q + d.jump * n; }
    };
    using lists = element_lists<adaptation>;

    /// Spikes expected in a step.
    RANVIER_FN static double expected(derived const& d, state const& s) {
        double const V = s.V_m - s.E_sfa;
        return d.c_1 * V + d.c_2 * math::exp(d.c_3 * V);
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&, sums const& triggered) {
        bool const free = s.refractory == 0;
        s.V_m = d.P30 * (input.currents[0] + d.drive) + d.P33 * s.V_m + input[spikes];
        s.E_sfa = triggered.E_sfa;
        s.refractory = s.refractory - std::int64_t(!free);
        return escape::due(s.until_spike, select(free, expected(d, s), 0.0));
    }
    /// Reset and dead time of a neuron that may fire; how many times it does.
    RANVIER_CALL static int spike(derived const& d, state& s, auto const& context) {
        constexpr int most = 2048;  // above what the engine accepts
        if (!escape::fires(s.until_spike, expected(d, s), context)) return 0;
        int n = 1;
        if (d.dead == 0)
            n = escape::count(s.until_spike, most, context);
        else
            escape::fire(s.until_spike, context);
        s.V_m = s.V_m * d.kept;
        s.refractory = d.dead;
        if (d.stages > 0) {
            double sum = 0;
            for (std::int64_t i = 0; i < d.stages; ++i)
                sum -= math::log(1 - context.uniform(2 + std::uint32_t(i)));
            s.refractory = duration_steps(sum * d.stage, d.h);
        }
        return n;
    }
};

}  // namespace ranvier
