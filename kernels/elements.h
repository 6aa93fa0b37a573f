// Steps of neurons with lists of elements (models/model.h).
#pragma once
#include "kernels/fixed_point.h"
#include "kernels/parts.h"

namespace ranvier {

/// Whether a model says what a neuron does beside when it has fired.
template <class M, class Context>
concept has_aftermath = requires(typename M::derived const& d, typename M::state& s, Context const& c) {
    M::spike(d, s, c);
};

namespace elements {

constexpr int tile = 256;  // neurons that one lane takes through a step together

template <class E, class S>
concept reacts = requires(typename E::derived const& d, S& s) {
    E::spike(d, s, 1);
};

/// Element j of a list takes neuron i's input of step k, and advances.
template <int L, class E, class Step, class Constants, class State, class Sums>
RANVIER_FN void advance_element(Step const& step, Constants const& constants, std::int64_t i, int k, int j,
                                State const& neuron, Sums& sums) {
    auto const& v = step.v;
    auto const state = element_state<L, E>(v, j);
    auto e = state.load(i);
    double input = 0;
    if constexpr (E::receptors)
        input = from_fixed(v.inbox.row(step.t + k, Step::n_ports + j)[i], v.inbox.unit);
    E::advance(element_constants<L, E>(v, constants, j).load(i), e, input, neuron, sums);
    state.store(i, e);
}
template <int L, class E, class Step, class Constants>
RANVIER_FN void spike_element(Step const& step, Constants const& constants, std::int64_t i, int j,
                              int spikes) {
    auto const state = element_state<L, E>(step.v, j);
    auto e = state.load(i);
    E::spike(element_constants<L, E>(step.v, constants, j).load(i), e, spikes);
    state.store(i, e);
}

}  // namespace elements

/// Steps [t + k0, t + k1). In each, first the elements, then the neurons, then the elements of those that
/// have fired. A team of one lane takes a tile of neurons through each of these, so that its loops vectorise.
template <class M, class Step, class Team, class Constants>
RANVIER_FN void march_with_elements(Team& team, Step const& step, Constants const& constants, int k0,
                                    int k1) {
    using namespace elements;
    using sums = typename M::sums;
    using record = marching_neuron<M>;
    auto const& v = step.v;
    marching_neurons<M> const neurons{v.state, v.fired};
    if constexpr (!Team::one_lane) {
        team.template march<1>(
            neurons, constants, v.n, k0, k1, [=](std::int64_t i, int k) { return step.fetch(i, k); },
            [=](std::int64_t i, int k, record& r, typename M::derived const& d, auto const& in) {
                sums s{};
                lists_of<M>::for_each([&]<int L, class E>() {
                    RANVIER_ROLLED for (int j = 0; j < step.v.lengths[L]; ++j)
                        advance_element<L, E>(step, constants, i, k, j, r.state, s);
                });
                integrate<M>([&]() -> decltype(auto) { return constants.load(anew<Team>(i)); }, r.state, in,
                             s);
                auto spikes = step(i, k, r, d, in, s);
                if (spikes == 0) return;
                if constexpr (Step::has_aftermath) spikes = step.aftermath(i, k, r, d);
                if (spikes == 0) return;
                lists_of<M>::for_each([&]<int L, class E>() {
                    if constexpr (reacts<E, typename E::state>) {
                        RANVIER_ROLLED for (int j = 0; j < step.v.lengths[L]; ++j)
                            spike_element<L, E>(step, constants, i, j, spikes);
                    }
                });
            },
            [=](std::int64_t i, int k) {
                step.clear(i, k);
                for (int port = M::n_ports; port < step.v.inbox.ports; ++port)
                    step.v.inbox.row(step.t + k, port)[i] = 0;
            });
    } else {
        auto const mark = team.mark();
        constexpr std::int64_t apart = tile + 8;  // sums of one kind from the next
        columns<sums> const sum{team.template scratch<std::byte>(std::int64_t(columns<sums>::bytes(apart))),
                                apart};
        auto* const spikes = team.template scratch<std::int32_t>(tile);
        std::conditional_t<in_parts<M>, parts_of_tile<M>, no_parts> const parts(team, tile);
        for (std::int64_t first = 0; first < v.n; first += tile) {
            auto const n = v.n - first < tile ? v.n - first : tile;
            for (int k = k0; k < k1; ++k) {
                team.for_each(n, [=](std::int64_t i) { sum.store(i, sums{}); });
                lists_of<M>::for_each([&]<int L, class E>() {
                    for (int j = 0; j < v.lengths[L]; ++j)
                        team.for_each(n, [=](std::int64_t i) RANVIER_INLINE_LAMBDA {
                            auto s = sum.load(i);
                            advance_element<L, E>(step, constants, first + i, k, j,
                                                  step.v.state.load(first + i), s);
                            sum.store(i, s);
                        });
                });
                if constexpr (in_parts<M>)
                    parts.integrate(team, step, constants, first, n, k,
                                    [=](std::int64_t i) RANVIER_INLINE_LAMBDA { return sum.load(i); });
                team.for_each(n, [=](std::int64_t i) RANVIER_INLINE_LAMBDA {
                    auto const at = first + i;
                    auto r = neurons.load(at, k);
                    spikes[i] = step(at, k, r, constants.load(at), step.fetch(at, k), sum.load(i));
                    step.clear(at, k);
                    neurons.store(at, r);
                });
                for (int port = M::n_ports; port < v.inbox.ports; ++port) {
                    auto* const slots = v.inbox.row(step.t + k, port) + first;
                    team.for_each(n, [=](std::int64_t i) RANVIER_INLINE_LAMBDA { slots[i] = 0; });
                }
                if (!team.any(n, [=](std::int64_t i) { return spikes[i] != 0; })) continue;
                if constexpr (Step::has_aftermath)
                    team.scatter(n, [=](std::int64_t i) {
                        if (spikes[i] == 0) return;
                        auto const at = first + i;
                        auto r = neurons.load(at);
                        spikes[i] = step.aftermath(at, k, r, constants.load(at));
                        neurons.store(at, r);
                    });
                lists_of<M>::for_each([&]<int L, class E>() {
                    if constexpr (reacts<E, typename E::state>)
                        for (int j = 0; j < v.lengths[L]; ++j)
                            team.scatter(n, [=](std::int64_t i) {
                                if (spikes[i] != 0)
                                    spike_element<L, E>(step, constants, first + i, j, spikes[i]);
                            });
                });
            }
        }
        team.release(mark);
    }
}

}  // namespace ranvier
