// Short-term plasticity of one release site that is recovered or not (Fuhrmann, Segev, Markram & Tsodyks
// 2002, J Neurophysiol 87:140).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct stochastic_stp_synapse {
    static constexpr char name[] = "stochastic_stp_synapse";
    static constexpr char summary[] = "Short-term plasticity of a site that recovers and releases at random";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        real U = 0.5;
        ms tau_rec = 800, tau_fac = 10;
        using fields = field_list<&params::U, &params::tau_rec, &params::tau_fac>;
        using checks =
            check_list<in_closed_0_1<&params::U>, positive<&params::tau_rec>, non_negative<&params::tau_fac>>;
    };
    /// R: 1 recovered, 0 not. Where it is 0, it was so at the source's last spike.
    struct state {
        real u = 0;
        real R = 1;
        using fields = field_list<&state::u, &state::R>;
        using checks = check_list<in_closed_0_1<&state::u>, in_closed_0_1<&state::R>>;
    };

    template <class Real> struct rule {
        using value_type = Real;
        static constexpr bool stochastic = true, no_spike = false;
        double U, rate_rec, rate_fac, left_fac;
        using fields = field_list<&rule::U, &rule::rate_rec, &rule::rate_fac, &rule::left_fac>;
        struct interval {
            double survival, u;
        };
        RANVIER_FN interval after(std::int64_t steps) const {
            return {math::exp(-double(steps) * rate_rec), decay_or_nothing{rate_fac, left_fac}.after(steps)};
        }
        /// The first draw is that of recovery, asked or not.
        template <class Draws> RANVIER_FN transmission send(interval const& i, state& s, Draws& draws) const {
            auto const u = s.u * i.u;
            s.u = u + U * (1 - u);
            auto const for_recovery = draws.uniform(), for_release = draws.uniform();
            bool const recovered = s.R != 0 || !(for_recovery < i.survival);
            bool const released = recovered && for_release < s.u;
            s.R = recovered && !released ? 1.0 : 0.0;
            return {1, released};
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double h) {
        auto const fac = decay_or_nothing::of(p.tau_fac, h, 1e-10);
        return {p.U, h / p.tau_rec, fac.rate, fac.left};
    }
};

}  // namespace ranvier
