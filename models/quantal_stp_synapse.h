// Release of quanta from n sites (Fuhrmann, Segev, Markram & Tsodyks 2002, J Neurophysiol 87:140; Loebel et
// al. 2009, Front Comput Neurosci 3:27).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct quantal_stp_synapse {
    static constexpr char name[] = "quantal_stp_synapse";
    static constexpr char summary[] = "Short-term plasticity of n release sites that release at random";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        real U = 0.5;
        ms tau_rec = 800, tau_fac = 0;
        integer n = 1;
        using fields = field_list<&params::U, &params::tau_rec, &params::tau_fac, &params::n>;
        using checks = check_list<in_closed_0_1<&params::U>, positive<&params::tau_rec>,
                                  non_negative<&params::tau_fac>, countable<&params::n>>;
    };
    struct state {
        real u = 0.5;
        integer a = 1;  // sites that are not depleted
        using fields = field_list<&state::u, &state::a>;
        using checks = check_list<in_closed_0_1<&state::u>, countable<&state::a>>;
    };

    template <class Real> struct rule {
        using value_type = Real;
        static constexpr bool stochastic = true, no_spike = true;
        double U, rate_rec, rate_fac, left_fac, n;
        using fields = field_list<&rule::U, &rule::rate_rec, &rule::rate_fac, &rule::left_fac, &rule::n>;
        struct interval {
            double recovery, u;
            bool none;
        };
        RANVIER_FN interval after(std::int64_t steps) const {
            return {1 - math::exp(-double(steps) * rate_rec),
                    decay_or_nothing{rate_fac, left_fac}.after(steps), steps < 0};
        }
        template <class Draws> RANVIER_FN transmission send(interval const& i, state& s, Draws& draws) const {
            std::int64_t a = s.a;
            if (!i.none) {
                s.u = U + s.u * (1 - U) * i.u;
                RANVIER_ROLLED for (auto depleted = std::int64_t(n) - a; depleted > 0; --depleted) a +=
                    draws.uniform() < i.recovery ? 1 : 0;
            }
            std::int64_t released = 0;
            RANVIER_ROLLED for (auto site = a; site > 0; --site) released += draws.uniform() < s.u ? 1 : 0;
            s.a = a - released;
            return {double(released), released > 0};
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        auto const fac = decay_or_nothing::of(p.tau_fac, h, 1e-10);
        return {p.U, h / p.tau_rec, fac.rate, fac.left, double(p.n)};
    }
    static double largest_factor(params const& p, state const& s) {
        auto const most = p.n < s.a ? double(s.a) : double(p.n);
        return most < 1 ? 1 : most;
    }
};

}  // namespace ranvier
