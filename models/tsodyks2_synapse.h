// Short-term plasticity with two variables (Markram, Wang & Tsodyks 1998, PNAS 95:5323; Fuhrmann, Segev,
// Markram & Tsodyks 2002, J Neurophysiol 87:140).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct tsodyks2_synapse {
    static constexpr char name[] = "tsodyks2_synapse";
    static constexpr char summary[] = "Short-term depression and facilitation, two variables";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        real U = 0.5;
        ms tau_rec = 800, tau_fac = 0;
        using fields = field_list<&params::U, &params::tau_rec, &params::tau_fac>;
        using checks =
            check_list<in_closed_0_1<&params::U>, positive<&params::tau_rec>, non_negative<&params::tau_fac>>;
    };
    struct state {
        real x = 1, u = 0.5;
        using fields = field_list<&state::x, &state::u>;
        using checks = check_list<in_closed_0_1<&state::u>>;
    };

    template <class Real> struct rule {
        using value_type = Real;
        static constexpr bool stochastic = false, no_spike = true;
        double U, rate_rec, rate_fac, left_fac;
        using fields = field_list<&rule::U, &rule::rate_rec, &rule::rate_fac, &rule::left_fac>;
        struct interval {
            double x, u;
            bool none;
        };
        RANVIER_FN interval after(std::int64_t steps) const {
            return {math::exp(-double(steps) * rate_rec), decay_or_nothing{rate_fac, left_fac}.after(steps),
                    steps < 0};
        }
        template <class Draws> RANVIER_FN transmission send(interval const& i, state& s, Draws&) const {
            auto const x = 1 + (s.x - s.x * s.u - 1) * i.x, u = U + s.u * (1 - U) * i.u;
            s.x = i.none ? double(s.x) : x;
            s.u = i.none ? double(s.u) : u;
            return {s.x * s.u};
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        auto const fac = decay_or_nothing::of(p.tau_fac, h);
        return {p.U, h / p.tau_rec, fac.rate, fac.left};
    }
    static double largest_factor(params const&, state const& s) {
        double const x = std::fabs(s.x);
        return x < 1 ? 1 : x;
    }
};

}  // namespace ranvier
