// Neurons whose steps are integrated in parts, as many as the state asks for.
#pragma once
#include "kernels/elements.h"

namespace ranvier {

/// A model whose steps may be integrated in parts: whole(derived, state&, inputs) takes a whole step at once,
/// or changes nothing in the way of a part; part(derived, state&, inputs, left) takes a part of a step that
/// is in (0, 1] of it away from its end. Both return how far it is then. step() ends the step.
template <class M>
concept in_parts = requires(typename M::derived const& d, typename M::state& s,
                            inputs<M::n_ports, M::n_currents> const& in) {
    M::whole(d, s, in);
    M::part(d, s, in, 1.0);
};

/// What comes before step().
template <class M> RANVIER_FN void integrate(typename M::derived const& d, typename M::state& s,
                                             inputs<M::n_ports, M::n_currents> const& in) {
    if constexpr (in_parts<M>)
        for (double left = M::whole(d, s, in); left > 0;) left = M::part(d, s, in, left);
}

/// Neurons that a team of one lane takes through a step together: a part of all, then one of those that have
/// not come to its end, until there are none. Loops vectorise.
constexpr int together = 1024;

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
        using state = columns<typename M::state>;
        state const moved{team.template scratch<std::byte>(together * state::width), together};
        auto* const left = team.template scratch<double>(together);
        auto* const who = team.template scratch<std::int64_t>(together + 1);
        for (std::int64_t first = 0; first < v.n; first += together) {
            auto const n = v.n - first < together ? v.n - first : together;
            for (int k = k0; k < k1; ++k) {
                team.for_each(n, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                    auto const i = first + j;
                    auto s = v.state.load(i);
                    left[j] = M::whole(constants.load(i), s, step.fetch(i, k));
                    v.state.store(i, s);
                });
                auto remain = [=](std::int64_t m) { return left[m] > 0; };
                auto m = team.compact(n, remain, [=](std::int64_t to, std::int64_t j) {
                    who[to] = first + j, left[to] = left[j];
                });
                while (m > 0) {
                    team.for_each(m, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                        auto const i = who[j];
                        auto s = v.state.load(i);
                        left[j] = M::part(constants.load(i), s, step.fetch(i, k), left[j]);
                        moved.store(j, s);
                    });
                    team.scatter(m, [=](std::int64_t j) { v.state.store(who[j], moved.load(j)); });
                    m = team.compact(m, remain, [=](std::int64_t to, std::int64_t j) {
                        who[to] = who[j], left[to] = left[j];
                    });
                }
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
