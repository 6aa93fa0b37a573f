// Neurons whose steps are integrated in parts, as many as the state asks for.
#pragma once
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// A neuron on its way through a slice.
template <class M> struct marching_neuron {
    typename M::state state;
    std::uint64_t fired;
};
template <class M> struct marching_neurons {
    columns<typename M::state> state;
    std::uint64_t* fired;
    /// Once stored in this slice.
    RANVIER_FN marching_neuron<M> load(std::int64_t i) const { return {state.load(i), fired[i]}; }
    /// Before step k of the slice: what was fired in an earlier one is gone.
    RANVIER_FN marching_neuron<M> load(std::int64_t i, int k) const {
        return {state.load(i), fired[i] & ((std::uint64_t{1} << k) - 1)};
    }
    RANVIER_FN void store(std::int64_t i, marching_neuron<M> const& r) const {
        state.store(i, r.state);
        fired[i] = r.fired;
    }
};

/// A model whose steps may be integrated in parts: whole(derived, state&, inputs) takes a whole step at once,
/// or changes nothing in the way of a part; part(derived, state&, inputs, left) takes a part of a step that
/// is in (0, 1] of it away from its end. Both return how far it is then. step() ends the step. Where the
/// model has lists of elements, their sums are one more argument of both.
template <class M, class... Sums>
concept in_parts_with = requires(typename M::derived const& d, typename M::state& s,
                                 inputs<M::n_ports, M::n_currents> const& in, Sums const&... sums) {
    M::whole(d, s, in, sums...);
    M::part(d, s, in, 1.0, sums...);
};
template <class M> constexpr bool in_parts = in_parts_with<M>;
template <class M>
requires requires { typename M::sums; }
constexpr bool in_parts<M> = in_parts_with<M, typename M::sums>;

/// What comes before step(). constants(): the neuron's, which are asked for by each part.
template <class M, class Constants, class... Sums>
RANVIER_FN void integrate(Constants const& constants, typename M::state& s,
                          inputs<M::n_ports, M::n_currents> const& in, Sums const&... sums) {
    if constexpr (in_parts<M>) {
        double left = M::whole(constants(), s, in, sums...);
        while (left > 0) left = M::part(constants(), s, in, left, sums...);
    }
}

/// The same for up to `capacity` neurons at once, by a team of one lane: a part of all, then one of those
/// that have not come to its end, until there are none. Loops vectorise.
template <class M> class parts_of_tile {
  public:
    template <class Team> RANVIER_FN parts_of_tile(Team& team, std::int64_t capacity)
        : moved_{team.template scratch<std::byte>((capacity + vector) * columns<state>::width),
                 capacity + vector},
          left_(team.template scratch<double>(capacity + vector)),
          who_(team.template scratch<std::int64_t>(capacity + vector)) {}

    /// Neurons [first, first + n) in step k. sums: nothing, or what returns the sums of neuron first + i.
    template <class Step, class Team, class Constants, class... Sums>
    RANVIER_FN void integrate(Team& team, Step const& step, Constants const& constants, std::int64_t first,
                              std::int64_t n, int k, Sums... sums) const {
        auto const all = step.v.state;
        auto const moved = moved_;
        auto* const left = left_;
        auto* const who = who_;
        team.for_each(n, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
            auto const i = first + j;
            auto s = all.load(i);
            left[j] = M::whole(constants.load(i), s, step.fetch(i, k), sums(j)...);
            all.store(i, s);
        });
        auto remain = [=](std::int64_t m) { return left[m] > 0; };
        auto m = team.compact(n, remain,
                              [=](std::int64_t to, std::int64_t j) { who[to] = j, left[to] = left[j]; });
        while (m > 0) {
            // The last one stands for what lacks: a loop over whole vectors is compiled once, not twice.
            auto const whole = (m + (vector - 1)) & ~(vector - 1);
            for (auto j = m; j < whole; ++j) who[j] = who[m - 1], left[j] = left[m - 1];
            team.for_each(whole, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                auto const i = first + who[j];
                auto s = all.load(i);
                left[j] = M::part(constants.load(i), s, step.fetch(i, k), left[j], sums(who[j])...);
                moved.store(j, s);
            });
            team.scatter(m, [=](std::int64_t j) { all.store(first + who[j], moved.load(j)); });
            m = team.compact(m, remain,
                             [=](std::int64_t to, std::int64_t j) { who[to] = who[j], left[to] = left[j]; });
        }
    }

  private:
    static constexpr std::int64_t vector = 8;
    using state = typename M::state;
    columns<state> moved_;
    double* left_;
    std::int64_t* who_;
};

struct no_parts {
    template <class Team> RANVIER_FN no_parts(Team&, std::int64_t) {}
};

/// Steps [t + k0, t + k1).
template <class M, class Step, class Team, class Constants>
RANVIER_FN void march_in_parts(Team& team, Step const& step, Constants const& constants, int k0, int k1) {
    auto const& v = step.v;
    marching_neurons<M> const neurons{v.state, v.fired};
    if constexpr (!Team::one_lane) {
        team.for_each(v.n, [=](std::int64_t i) {
            auto r = neurons.load(i, k0);
            // More than there are registers.
            auto const own = [&]() -> decltype(auto) { return constants.load(anew<Team>(i)); };
            for (int k = k0; k < k1; ++k) {
                auto const in = step.fetch(i, k);
                integrate<M>(own, r.state, in);
                step(i, k, r, own(), in);
                step.clear(i, k);
            }
            neurons.store(i, r);
        });
    } else {
        constexpr std::int64_t together = 1024;
        auto const mark = team.mark();
        parts_of_tile<M> const parts(team, together);
        for (std::int64_t first = 0; first < v.n; first += together) {
            auto const n = v.n - first < together ? v.n - first : together;
            for (int k = k0; k < k1; ++k) {
                parts.integrate(team, step, constants, first, n, k);
                team.for_each(n, [=](std::int64_t j) RANVIER_INLINE_LAMBDA {
                    auto const i = first + j;
                    auto r = neurons.load(i, k);
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
