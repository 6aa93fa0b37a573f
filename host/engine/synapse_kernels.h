// Kernels' entry points for the synapse groups of one model: derive, deliver, hash, catch up.
#pragma once
#include "host/engine/synapse_block.h"
#include "kernels/sort_rows.h"

namespace ranvier {

template <class S> constexpr bool is_pairs = S::kind == synapse_kind::pairs;
template <class S> constexpr bool is_sending = S::kind == synapse_kind::sending;
template <class S> constexpr bool has_rule = S::kind != synapse_kind::fixed;
template <class S> constexpr bool is_modulated = requires { S::modulator; };

/// A group's view, by the kind of the model.
template <class S, class Real> struct group_view_of { using type = edge_view<Real>; };
template <class S, class Real>
requires is_pairs<S>
struct group_view_of<S, Real> {
    using type = pair_stdp_view<typename S::template rule<Real>>;
};
template <class S, class Real>
requires is_sending<S>
struct group_view_of<S, Real> {
    using type = sending_view<typename S::template rule<Real>, typename S::state>;
};
template <class Real> RANVIER_FN edge_view<Real> const& edges_of(edge_view<Real> const& v) { return v; }
template <class View> RANVIER_FN auto const& edges_of(View const& v) { return v.edges; }

/// Rule columns of groups with parameters per edge; nothing for static synapses.
template <class S, class Real> struct rule_of { using type = nothing; };
template <class S, class Real>
requires has_rule<S>
struct rule_of<S, Real> {
    using type = typename S::template rule<Real>;
};

/// What each edge keeps in a column, where its state is its own.
template <class S, class Real> struct kept_of { using type = typename S::state; };
template <class S, class Real>
requires is_modulated<S>
struct kept_of<S, Real> {
    using type = typename rule_of<S, Real>::type::traces;
};

/// f(member of a state record, the same of what edges keep): its members after the first, the source's trace.
template <class State, class Kept, class F> void for_each_kept(State& state, Kept& kept, F f) {
    static_assert(State::fields::size == Kept::fields::size + 1);
    std::size_t i = 0;
    State::fields::for_each([&]<auto M>() {
        std::size_t j = 1;
        Kept::fields::for_each([&]<auto N>() {
            if (i == j++) f(state.*M, kept.*N);
        });
        ++i;
    });
}

/// Parameters of edges, as they were drawn, into rules.
template <class S, class Real> struct derive_group {
    using rule = typename rule_of<S, Real>::type;
    struct argument {
        double const* params;  // [param][room]
        std::int64_t n, room;
        columns<rule> own;
        double h;
        typename S::common common;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const a = arguments[index];
        team.for_each(a.n, [=](std::int64_t e) {
            typename S::params p;
            auto const* value = a.params + e;
            S::params::fields::for_each([&]<auto M>() {
                p.*M = plain_type<M>(*value);
                value += a.room;
            });
            a.own.store(e, S::template derive<Real>(p, a.common, a.h));
        });
    }
};

/// First states of edges, alike or as they were drawn.
template <class Record> struct start_group {
    using record = Record;
    struct argument {
        double const* drawn;  // [member][room], or null
        std::int64_t n, room;
        columns<record> state;
        record first;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const a = arguments[index];
        team.for_each(a.n, [=](std::int64_t e) {
            auto s = a.first;
            if (auto const* value = a.drawn ? a.drawn + e : nullptr)
                record::fields::for_each([&]<auto M>() {
                    s.*M = plain_type<M>(*value);
                    value += a.room;
                });
            a.state.store(e, s);
        });
    }
};

template <class View> struct deliver_group {
    struct argument {
        group_range groups;
        inbox_view inbox;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments,
                                                     View const* views, spike_list const* lists,
                                                     spike_list const* generators) const {
        auto const& a = arguments[index];
        for (auto g = a.groups.begin; g < a.groups.end; ++g) {
            auto const band = edges_of(views[g]).band;
            RANVIER_ROLLED for (int generated = 0; generated < 2; ++generated) one(
                team, a.inbox, views[g], during((generated ? generators : lists)[band], edges_of(views[g])));
        }
    }
    /// Of a list the spikes that the edges have been there for: where delays are long, lists are older than
    /// connections may be, and connections that have been taken away still have some to come.
    template <class Edges> RANVIER_FN static spike_list during(spike_list const& s, Edges const& edges) {
        auto const skip = step_in(s, edges.made_at), end = step_in(s, edges.until);
        return {s.events, s.begin + skip, s.t + skip, end - skip};
    }
    RANVIER_FN static std::int32_t step_in(spike_list const& s, std::int64_t step) {
        return std::int32_t(step <= s.t ? 0 : step < s.t + s.steps ? step - s.t : s.steps);
    }
    template <class Team, class Real> RANVIER_FN static void one(Team& team, inbox_view const& inbox,
                                                                 edge_view<Real> const& v,
                                                                 spike_list const& s) {
        deliver<Real>{}(team, inbox, v, s);
    }
    template <class Team, class Rule> RANVIER_FN static void one(Team& team, inbox_view const& inbox,
                                                                 pair_stdp_view<Rule> const& v,
                                                                 spike_list const& s) {
        deliver_pair_stdp{}(team, inbox, v, s);
    }
    template <class Team, class Rule, class State>
    RANVIER_FN static void one(Team& team, inbox_view const& inbox, sending_view<Rule, State> const& v,
                               spike_list const& s) {
        deliver_sending{}(team, inbox, v, s);
    }
};

/// For each view and each step of a slice, up to `most`.
template <class View> struct look_back_group {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, View const* views, int most,
                                                     spike_list const* lists) const {
        auto const& v = views[index / most];
        auto const& list = lists[v.edges.band];
        if (index % most < list.steps) look_back_ahead{}(team, v, list.t + index % most);
    }
};

template <class View> struct hash_group {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, View const* views,
                                                     std::int32_t const* first_ids,
                                                     std::uint64_t* sums) const {
        using Real = std::remove_pointer_t<decltype(edges_of(views[0]).weight)>;
        hash_weights<Real>{}(team, edges_of(views[index]), first_ids[index], sums + index);
        if constexpr (requires { views[0].state; })
            hash_states{}(team, edges_of(views[index]), views[index].state, first_ids[index], sums + index);
        if constexpr (requires { views[0].modulated.traces; })
            hash_states{}(team, edges_of(views[index]), views[index].modulated.traces, first_ids[index],
                          sums + index);
    }
};

template <class View> struct catch_up_group {
    struct argument {
        group_range groups;
        std::int32_t partition;
        std::int32_t const* neurons;
        std::int64_t const* drop;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments,
                                                     View const* views, std::int64_t const* chosen) const {
        auto const& a = arguments[index];
        auto const n = chosen[a.partition];
        if (n == 0) return;
        for (auto g = a.groups.begin; g < a.groups.end; ++g)
            catch_up_pair_stdp{}(team, views[g], a.neurons, n, a.drop);
    }
};

/// Groups whose edges are modulated.
template <class Rule> struct advance_group {
    struct argument {
        std::int32_t view;
        advance_modulated<Rule> how;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments,
                                                     pair_stdp_view<Rule> const* views) const {
        auto const& a = arguments[index];
        a.how(team, views[a.view]);
    }
};

}  // namespace ranvier
