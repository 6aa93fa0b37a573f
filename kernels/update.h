// All steps of a slice for the neurons of a partition.
#pragma once
#include "kernels/elements.h"
#include "kernels/fixed_point.h"
#include "kernels/parts.h"
#include "kernels/random.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Constants of all neurons, where they lie: a shared_record is a copy, which stores cannot change.
template <class Team, class R> struct shared_in_place {
    R const* value;
    RANVIER_FN R const& load(std::int64_t) const { return *anew<Team>(value); }
};

/// What a step may ask for beside its input. Draws: uniform numbers in [0, 1), numbered, per neuron and step.
template <bool Draws> struct step_context {
    static constexpr bool has_draws = Draws;
    key draws_key;
    std::uint32_t id;
    std::int64_t step;
    RANVIER_FN double uniform(std::uint32_t draw = 0) const {
        if constexpr (Draws) {
            auto const w = philox(draws_key, id, std::uint64_t(step), draw);
            return uniform_53(w.w[0], w.w[1]);
        } else {
            return 1;  // never below a probability
        }
    }
};

/// What neurons do in step k of a slice that begins at step t. Driven: whether currents may be other than 0.
template <class M, bool Draws, bool Driven> struct neuron_step {
    neuron_view<M> v;  // a copy of its own, so that stores cannot change it
    std::int64_t t;
    static constexpr int n_ports = M::n_ports;  // the fixed ones
    using input = inputs<M::n_ports, M::n_currents>;

    RANVIER_FN input fetch(std::int64_t i, int k) const {
        input in;
        auto* const slot = v.inbox.row(t + k, 0) + i;
        for (int port = 0; port < M::n_ports; ++port)
            in.spikes[port] = from_fixed(slot[port * v.inbox.n], v.inbox.unit);
        auto const* const current = v.current + k * v.current_stride + i;
        for (int r = 0; r < M::n_currents; ++r) in.currents[r] = Driven ? current[r * std::int64_t(v.n)] : 0;
        return in;
    }
    RANVIER_FN void clear(std::int64_t i, int k) const {
        auto* const slot = v.inbox.row(t + k, 0) + i;
        for (int port = 0; port < M::n_ports; ++port) slot[port * v.inbox.n] = 0;
    }
    /// How many spikes. sums: what elements have left, if the model has any.
    template <class... Sums> RANVIER_FN int operator()(std::int64_t i, int k, marching_neuron<M>& r,
                                                       typename M::derived const& d, input const& in,
                                                       Sums const&... sums) const {
        auto const spikes = M::step(d, r.state, in, context(i, k), sums...);
        r.fired |= std::uint64_t(spikes > 0) << k;
        if constexpr (M::multiple) v.multiplicity[k * v.multiplicity_stride + i] = std::int32_t(spikes);
        return spikes;
    }
    static constexpr bool has_aftermath = ranvier::has_aftermath<M, step_context<Draws>>;
    /// Of a neuron that has fired, or may; how many spikes.
    RANVIER_FN int aftermath(std::int64_t i, int k, marching_neuron<M>& r,
                             typename M::derived const& d) const {
        int const spikes = M::spike(d, r.state, context(i, k));
        r.fired &= ~(std::uint64_t(spikes == 0) << k);
        if constexpr (M::multiple) v.multiplicity[k * v.multiplicity_stride + i] = std::int32_t(spikes);
        return spikes;
    }

  private:
    RANVIER_FN step_context<Draws> context(std::int64_t i, int k) const {
        return {v.draws_key, std::uint32_t(v.first_id + i), t + k};
    }
};

/// Steps [t + k0, t + k1) of a slice that begins at step t.
template <class M, bool Draws, bool Driven = true, class Team, class Constants>
RANVIER_FN void march_neurons(Team& team, neuron_view<M> const& p, Constants const& constants, std::int64_t t,
                              int k0, int k1) {
    neuron_step<M, Draws, Driven> const step{p, t};
    if constexpr (lists_of<M>::size > 0)
        march_with_elements<M>(team, step, constants, k0, k1);
    else if constexpr (in_parts<M>)
        march_in_parts<M>(team, step, constants, k0, k1);
    else
        team.template march<Draws ? 1 : 3>(
            marching_neurons<M>{step.v.state, step.v.fired}, constants, step.v.n, k0, k1,
            [=](std::int64_t i, int k) RANVIER_INLINE_LAMBDA { return step.fetch(i, k); },
            [=](std::int64_t i, int k, marching_neuron<M>& r, typename M::derived const& d, auto const& in)
                RANVIER_INLINE_LAMBDA { step(i, k, r, d, in); },
            [=](std::int64_t i, int k) RANVIER_INLINE_LAMBDA { step.clear(i, k); });
}

/// Whether neurons without currents have a loop of their own, which does not read zeros: where that pays.
template <class M, class Team>
concept knows_zeros = Team::one_lane &&(M::n_currents > 0) && !in_parts<M> && lists_of<M>::size == 0;

template <class M, class Team>
RANVIER_FN void march_any(Team& team, neuron_view<M> const& p, std::int64_t t, int k0, int k1) {
    auto with = [&]<bool Draws>() {
        using derived = typename M::derived;
        if (p.own.base)
            march_neurons<M, Draws>(team, p, p.own, t, k0, k1);
        else if (knows_zeros<M, Team> && p.current_stride == 0)
            march_neurons<M, Draws, !knows_zeros<M, Team>>(team, p, shared_record<derived>{p.shared}, t, k0,
                                                           k1);
        else if constexpr (Team::one_lane || !in_parts<M>)
            march_neurons<M, Draws>(team, p, shared_record<derived>{p.shared}, t, k0, k1);
        else
            march_neurons<M, Draws>(team, p, shared_in_place<Team, derived>{&p.shared}, t, k0, k1);
    };
    if constexpr (may_draw<M>)
        if (!p.draws) return with.template operator()<false>();
    with.template operator()<M::stochastic>();
}

/// Copies the sampled columns at stamp s.
template <class M, class Team>
RANVIER_FN void sample(Team& team, neuron_view<M> const& p, sampler_view const& r) {
    auto* const out = r.values + std::int64_t(*r.count) * r.n_columns * r.n;
    for (int c = 0; c < r.n_columns; ++c) {
        auto const* const in =
            reinterpret_cast<double const*>(p.state.base + r.columns[c] * p.state.capacity);
        team.for_each(r.n, [&](std::int64_t j) { out[c * std::int64_t(r.n) + j] = in[r.neurons[j]]; });
    }
    team.sync();
    team.single([&] { ++*r.count; });
}

/// Reports the first neuron, if any, with a member of these columns that is not finite.
template <class R, class M, class Team>
RANVIER_FN void check_finite(Team& team, neuron_view<M> const& p, columns<R> const& state, std::int64_t t) {
    R::fields::for_each([&]<auto Member>() {
        if constexpr (std::is_same_v<plain_type<Member>, double>) {
            auto const* const x = state.template column<Member>();
            if (team.any(p.n, [=](std::int64_t i) { return !(x[i] - x[i] == 0); }))
                team.single([&] {
                    std::int32_t i = 0;
                    while (x[i] - x[i] == 0) ++i;
                    if (p.first_fault->what == fault::none) *p.first_fault = {fault::not_finite, i, 0, 1, t};
                });
            team.sync();
        }
    });
}

/// Models whose loops are compiled for AVX-512 as well: those that take little time to compile.
template <class M, class Team>
concept has_wide_loops =
    RANVIER_HAS_WIDE && !in_parts<M> && lists_of<M>::size == 0 && requires(Team const& t) {
    t.wide();
};

/// Whether state that is not finite, and stays so, is looked for after the slice [t, t + steps) of a run that
/// goes on to step `end`: where a multiple of so many steps is passed, and in the end.
RANVIER_FN bool check_is_due(std::int64_t t, std::int64_t steps, std::int64_t end) {
    constexpr std::int64_t unchecked = 16;
    return t / unchecked != (t + steps) / unchecked || t + steps >= end;
}

/// Steps [t, t + steps) of a run that goes on to step `end`: input is taken from the inbox, spikes are left
/// in the masks. Recorded values are copied at the steps where they are due; between these the neurons
/// advance undisturbed.
template <class M> struct advance {
    template <class Team> RANVIER_FN void operator()(Team& team, neuron_view<M> const& p, std::int64_t t,
                                                     int steps, std::int64_t end) const {
        if constexpr (has_wide_loops<M, Team>)
            if (team.wide()) return advance_wide(team, p, t, steps, end);
        advance_slice(team, p, t, steps, end);
    }

  private:
    template <class Team> RANVIER_WIDE static void advance_wide(Team& team, neuron_view<M> const& p,
                                                                std::int64_t t, int steps, std::int64_t end) {
        advance_slice(team, p, t, steps, end);
    }
    template <class Team> RANVIER_FN static void advance_slice(Team& team, neuron_view<M> const& p,
                                                               std::int64_t t, int steps, std::int64_t end) {
        for (int k = 0; k < steps;) {
            std::int64_t until = t + steps;
            for (int r = 0; r < p.n_samplers; ++r) {
                auto const due = p.samplers[r].next(t + k);
                until = due < until ? due : until;
            }
            march_any<M>(team, p, t, k, int(until - t));
            team.sync();
            for (int r = 0; r < p.n_samplers; ++r)
                if (p.samplers[r].next(until - 1) == until) sample(team, p, p.samplers[r]);
            k = int(until - t);
        }
        if (!check_is_due(t, steps, end) && p.n_samplers == 0) return;
        check_finite(team, p, p.state, t);
        lists_of<M>::for_each([&]<int L, class E>() {
            for (std::int64_t j = 0; j < p.lengths[L]; ++j)
                check_finite(team, p, element_state<L, E>(p, j), t);
        });
    }
};

}  // namespace ranvier
