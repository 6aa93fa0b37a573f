// Neurons whose steps are integrated in parts, as many as the state asks for.
#pragma once
#include "kernels/elements.h"

namespace ranvier {

/// A model with part(derived, state&, inputs, left): advances the state by a part of a step that is in [0, 1]
/// of it away from its end; returns how far it is then. With 0 it must change nothing. step() ends the step.
template <class M>
concept in_parts = requires(typename M::derived const& d, typename M::state& s,
                            inputs<M::n_ports, M::n_currents> const& in) {
    M::part(d, s, in, 1.0);
};

/// What comes before step().
template <class M> RANVIER_FN void integrate(typename M::derived const& d, typename M::state& s,
                                             inputs<M::n_ports, M::n_currents> const& in) {
    if constexpr (in_parts<M>)
        for (double left = 1; left > 0;) left = M::part(d, s, in, left);
}

/// Neurons that a team of one lane takes through their parts side by side, so that loops vectorise.
constexpr int side_by_side = 8;

/// Steps [t + k0, t + k1).
template <class M, class Step, class Team, class Constants>
RANVIER_FN void march_in_parts(Team& team, Step const& step, Constants const& constants, int k0, int k1) {
    auto const& v = step.v;
    marching_neurons<M> const neurons{v.state, v.fired};
    if constexpr (!Team::one_lane) {
        team.for_each(v.n, [=](std::int64_t i) {
            auto r = neurons.load(i);
            auto const& d = constants.load(i);
            for (int k = k0; k < k1; ++k) {
                auto const in = step.fetch(i, k);
                integrate<M>(d, r.state, in);
                step(i, k, r, d, in);
                step.clear(i, k);
            }
            neurons.store(i, r);
        });
    } else {
        auto const mark = team.mark();
        auto* const left = team.template scratch<double>(side_by_side);
        for (std::int64_t first = 0; first < v.n; first += side_by_side) {
            auto const n = v.n - first < side_by_side ? v.n - first : side_by_side;
            for (int k = k0; k < k1; ++k) {
                team.for_each(n, [=](std::int64_t j) { left[j] = 1; });
                do {
                    team.for_each(n, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                        auto const i = first + j;
                        auto r = neurons.load(i);
                        left[j] = M::part(constants.load(i), r.state, step.fetch(i, k), left[j]);
                        neurons.store(i, r);
                    });
                } while (team.any(n, [=](std::int64_t j) { return left[j] > 0; }));
                team.for_each(n, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                    auto const i = first + j;
                    auto r = neurons.load(i);
                    step(i, k, r, constants.load(i), step.fetch(i, k));
                    step.clear(i, k);
                    neurons.store(i, r);
                });
            }
        }
        team.release(mark);
    }
}

}  // namespace ranvier
