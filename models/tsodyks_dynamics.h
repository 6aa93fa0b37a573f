// Short-term depression and facilitation with three pools of resources: recovered x, active y, inactive
// z = 1 - x - y (Tsodyks, Uziel & Markram 2000, J Neurosci 20:RC50, eq. 2, 3).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct tsodyks_state {
    real x = 1, y = 0, u = 0;
    using fields = field_list<&tsodyks_state::x, &tsodyks_state::y, &tsodyks_state::u>;
    using checks =
        check_list<sum_at_most_1<&tsodyks_state::x, &tsodyks_state::y>, in_closed_0_1<&tsodyks_state::u>>;
};

struct tsodyks_parameters {
    real U = 0.5;
    ms tau_psc = 3, tau_rec = 800, tau_fac = 0;
    using fields = field_list<&tsodyks_parameters::U, &tsodyks_parameters::tau_psc,
                              &tsodyks_parameters::tau_rec, &tsodyks_parameters::tau_fac>;
    using checks =
        check_list<in_closed_0_1<&tsodyks_parameters::U>, positive<&tsodyks_parameters::tau_psc>,
                   positive<&tsodyks_parameters::tau_rec>, non_negative<&tsodyks_parameters::tau_fac>>;
};

template <class Real> struct tsodyks_rule {
    using value_type = Real;
    static constexpr bool stochastic = false, no_spike = false;
    double U, rate_psc, rate_rec, from_rec, from_psc;
    double rate_fac, left_fac;
    using fields = field_list<&tsodyks_rule::U, &tsodyks_rule::rate_psc, &tsodyks_rule::rate_rec,
                              &tsodyks_rule::from_rec, &tsodyks_rule::from_psc, &tsodyks_rule::rate_fac,
                              &tsodyks_rule::left_fac>;

    /// of: propagator minus one of z (to x) and y; of y to x; of u.
    struct interval {
        double z, y, y_to_x, u;
    };
    RANVIER_FN interval after(std::int64_t steps) const {
        auto const t = double(steps);
        auto const z = math::expm1(-t * rate_rec), y = math::expm1(-t * rate_psc);
        // Equal time constants: the limit of the difference quotient (see derive).
        auto const y_to_x = from_rec == 0 ? -z - t * rate_rec * (1 + z) : z * from_rec - y * from_psc;
        return {z, y, y_to_x, decay_or_nothing{rate_fac, left_fac}.after(steps)};
    }
    template <class Draws> RANVIER_FN transmission send(interval const& i, tsodyks_state& s, Draws&) const {
        double const z = 1 - s.x - s.y;
        double x = s.x + i.y_to_x * s.y - i.z * z;
        double y = s.y * (1 + i.y);
        double u = s.u * i.u;
        u += U * (1 - u);
        auto const released = u * x;
        s.x = x - released;
        s.y = y + released;
        s.u = u;
        return {released};
    }
    /// Where time constants differ by less than 1e-6, both are their mean: the error is 1e-13, that of the
    /// quotient would be 1e-10.
    RANVIER_FN static tsodyks_rule of(tsodyks_parameters const& p, double h) {
        double const rec = p.tau_rec, psc = p.tau_psc, difference = psc - rec;
        auto const fac = decay_or_nothing::of(p.tau_fac, h);
        bool const equal = difference < 1e-6 * rec && -difference < 1e-6 * rec;
        auto const mean = 0.5 * (rec + psc);
        return {p.U,
                h / (equal ? mean : psc),
                h / (equal ? mean : rec),
                equal ? 0 : rec / difference,
                equal ? 0 : psc / difference,
                fac.rate,
                fac.left};
    }
};

/// Resources that are not conserved may be more than one.
RANVIER_FN double largest_tsodyks_factor(tsodyks_state const& s) {
    double const all = std::fabs(s.x) + std::fabs(s.y);
    return all <= 1 ? 1 : 1 + all;
}

}  // namespace ranvier
