// Unreliable transmission (Lefort, Tomm, Sarria & Petersen 2009, Neuron 61:301).
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct bernoulli_synapse {
    static constexpr char name[] = "bernoulli_synapse";
    static constexpr char summary[] = "Synapse with a constant weight that transmits with some probability";
    static constexpr auto kind = synapse_kind::sending;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;

    using common = nothing;
    struct params {
        real p_transmit = 1;
        using fields = field_list<&params::p_transmit>;
        using checks = check_list<in_closed_0_1<&params::p_transmit>>;
    };
    using state = nothing;

    template <class Real> struct rule {
        using value_type = Real;
        static constexpr bool stochastic = true, no_spike = false;
        double p_transmit;
        using fields = field_list<&rule::p_transmit>;
        struct interval {};
        RANVIER_FN interval after(std::int64_t) const { return {}; }
        template <class Draws> RANVIER_FN transmission send(interval const&, state&, Draws& draws) const {
            return {1, draws.uniform() < p_transmit};
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const& p, common const&, double) {
        return {p.p_transmit};
    }
};

}  // namespace ranvier
