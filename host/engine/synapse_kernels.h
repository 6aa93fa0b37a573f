// Kernels' entry points for the synapse groups of one model: fill, sort, deliver, hash, catch up.
#pragma once
#include "host/engine/synapse_block.h"
#include "kernels/sort_rows.h"

namespace ranvier {

/// A group's view, static or plastic.
template <class S, class Real> struct group_view_of { using type = edge_view<Real>; };
template <class S, class Real>
requires S::plastic struct group_view_of<S, Real> {
    using type = pair_stdp_view<typename S::template rule<Real>>;
};
template <class Real> RANVIER_FN edge_view<Real> const& edges_of(edge_view<Real> const& v) { return v; }
template <class Rule> RANVIER_FN auto const& edges_of(pair_stdp_view<Rule> const& v) { return v.edges; }

/// Rule columns of groups with parameters per edge; nothing for static synapses.
template <class S, class Real> struct rule_of { using type = nothing; };
template <class S, class Real>
requires S::plastic struct rule_of<S, Real> {
    using type = typename S::template rule<Real>;
};

template <class S, class Real> struct fill_group {
    struct argument {
        edge_source const* sources;
        std::int32_t n_sources, first_source;
        std::uint32_t* cursor;
        edge_columns<Real, typename S::params> to;
        Real* same_weight;  // [n], to be filled with `weight`, or null
        Real weight;
        std::int64_t n;
        columns<typename rule_of<S, Real>::type> own;
        double h;
        typename S::common common;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const& a = arguments[index];
        if (a.same_weight) team.for_each(a.n, [=](std::int64_t e) { a.same_weight[e] = a.weight; });
        for (std::int32_t s = 0; s < a.n_sources; ++s)
            fill_edges<Real, typename S::params>{}(team, a.sources[s], a.first_source, a.cursor, a.to,
                                                   [&](std::int64_t e, typename S::params const& p) {
                                                       if constexpr (S::plastic)
                                                           a.own.store(
                                                               e, S::template derive<Real>(p, a.common, a.h));
                                                   });
    }
};

/// Counts plastic edges at their targets, which keep a history from now on. The counts belong to the
/// partition, so one team has all its groups.
struct count_plastic_inputs {
    struct group {
        std::uint16_t const* target;
        std::int64_t n;  // edges
    };
    struct argument {
        group_range groups;
        std::uint32_t* archives;  // [neuron of the partition]
    };
    template <class Team>
    RANVIER_FN void operator()(Team& team, int index, argument const* arguments, group const* groups) const {
        auto const& a = arguments[index];
        for (auto g = a.groups.begin; g < a.groups.end; ++g) {
            auto const* const target = groups[g].target;
            team.scatter(groups[g].n, [&](std::int64_t e) { team.add(a.archives[target[e]], 1u); });
            team.sync();
        }
    }
};

/// Rows of a plastic group by target, as catching up needs them.
template <class S, class Real> struct sort_group {
    struct argument {
        row_view rows;
        std::uint16_t* target;
        Real* weight;
        void* delay;
        std::int32_t delay_width;
        columns<typename rule_of<S, Real>::type> own;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const& a = arguments[index];
        sort_rows{}(
            team, a.rows, a.target,
            [&](std::int64_t first, std::int64_t m, std::uint64_t const* order, std::uint64_t* room) {
                auto one = [&](auto* column) { sort_rows::permute_column(column, first, m, order, room); };
                one(a.weight);
                if (a.delay_width == 1) one(static_cast<std::uint8_t*>(a.delay));
                if (a.delay_width == 2) one(static_cast<std::uint16_t*>(a.delay));
                if (a.delay_width == 4) one(static_cast<std::int32_t*>(a.delay));
                if (!a.own.base) return;
                rule_of<S, Real>::type::fields::for_each([&]<auto M>() { one(a.own.template column<M>()); });
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
            one(team, a.inbox, views[g], since(lists[band], edges_of(views[g]).made_at));
            one(team, a.inbox, views[g], since(generators[band], edges_of(views[g]).made_at));
        }
    }
    /// Without the spikes of before a step: where delays are long, lists are older than the connections may
    /// be.
    RANVIER_FN static spike_list since(spike_list const& s, std::int64_t step) {
        auto const skip = std::int32_t(step <= s.t ? 0 : step < s.t + s.steps ? step - s.t : s.steps);
        return {s.events, s.begin + skip, s.t + skip, s.steps - skip};
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
};

template <class View> struct hash_group {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, View const* views,
                                                     std::int32_t const* first_ids,
                                                     std::uint64_t* sums) const {
        using Real = std::remove_pointer_t<decltype(edges_of(views[0]).weight)>;
        hash_weights<Real>{}(team, edges_of(views[index]), first_ids[index], sums + index);
    }
};

template <class View> struct catch_up_group {
    struct argument {
        group_range groups;
        std::int32_t const* neurons;
        std::int64_t n;
        std::int64_t const* drop;
    };
    template <class Team>
    RANVIER_FN void operator()(Team& team, int index, argument const* arguments, View const* views) const {
        auto const& a = arguments[index];
        if (a.n == 0) return;
        for (auto g = a.groups.begin; g < a.groups.end; ++g)
            catch_up_pair_stdp{}(team, views[g], a.neurons, a.n, a.drop);
    }
};

}  // namespace ranvier
