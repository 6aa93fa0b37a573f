// Edges of projections into the rows of a synapse group: count, then fill. Both walk the partition's targets
// in order and draw the same edges again, so nothing is kept in between.
#pragma once
#include "kernels/edges.h"
#include "kernels/synapse_views.h"
#include "kernels/team.h"
#include "kernels/values.h"

namespace ranvier {

/// What one projection gives to one group. Delays are drawn in ms and rounded to steps, half up.
struct edge_source {
    edge_rule rule;
    key edges_key, weight_key, delay_key;
    value_spec weight, delay;
    std::int32_t begin, end;         // indices of the targets that lie in the partition
    std::int32_t first_id;           // of the partition
    std::int64_t shortest, longest;  // delays (steps) that belong to the group
    double steps_per_ms;
    value_spec const* params;  // [n_params] of the synapse model's records of parameters and state, or null
    std::int32_t n_params, first_param;  // first_param: number of the first of these among all
    std::uint32_t seed, ordinal;

    /// floor(delay / h + 1/2), where h is a multiple of a microsecond.
    RANVIER_CALL std::int32_t delay_of(std::int32_t i, std::int32_t j, std::int64_t k) const {
        auto const ms =
            value(delay, delay_key, value_row(rule, i, j), std::uint64_t(k), index(delay, i, j, k)).value;
        return std::int32_t(std::floor(ms * steps_per_ms + 0.5));
    }
    RANVIER_CALL double weight_of(std::int32_t i, std::int32_t j, std::int64_t k) const {
        return value(weight, weight_key, value_row(rule, i, j), std::uint64_t(k), index(weight, i, j, k))
            .value;
    }
    RANVIER_CALL double param_of(std::int32_t f, std::int32_t i, std::int32_t j, std::int64_t k) const {
        auto const keyed = make_key(seed, stream_kind::edge_value, ordinal,
                                    first_other_slot + std::uint32_t(first_param + f));
        return value(params[f], keyed, value_row(rule, i, j), std::uint64_t(k), index(params[f], i, j, k))
            .value;
    }
    RANVIER_FN bool holds(std::int32_t delay_steps) const {
        return delay_steps >= shortest && delay_steps <= longest;
    }

  private:
    RANVIER_FN std::int64_t index(value_spec const& spec, std::int32_t i, std::int32_t j,
                                  std::int64_t k) const {
        return spec.kind == value_kind::array ? array_index(rule, edges_key, i, j, k) : 0;
    }
};

/// Gives a taker of (i, j, k) the edges of target i.
template <class F> struct edges_into {
    F& take;
    std::int32_t i;

    RANVIER_FN void operator()(std::int32_t j, std::int64_t k) const { take(i, j, k); }
    RANVIER_FN void ahead(std::uint32_t j) const requires looks_ahead<F> { take.ahead(j); }
};

/// f(i, j, k) for all edges that the source has for the partition. Rows that are filled in the order of calls
/// come out by target where in_target_order<Team>(rule).
template <class Team, class F> RANVIER_FN void for_each_edge(Team& team, edge_source const& s, F f) {
    if (s.rule.turned) {
        // All of the rule's edges are drawn for each partition: nothing tells which go there.
        auto const rule = s.rule.turned_back();
        auto const words = scratch_words(rule);
        team.for_rows(rule.post.n, [&](auto& lanes, std::int64_t j) {
            auto const mark = lanes.mark();
            auto* const scratch = lanes.template scratch<std::uint32_t>(words);
            lanes.single([&] {
                for_each_source<Team::calls_at_once>(
                    rule, s.edges_key, std::int32_t(j),
                    [&](std::int32_t i, std::int64_t k) {
                        if (i >= s.begin && i < s.end) f(i, std::int32_t(j), k);
                    },
                    scratch);
            });
            lanes.release(mark);
        });
    } else if (!is_target_driven(s.rule)) {
        if (s.begin < s.end)
            team.single([&] {
                for_each_edge_in_blocks(s.rule, s.edges_key, s.begin / block_targets,
                                        (s.end - 1) / block_targets + 1,
                                        [&](std::int32_t i, std::int32_t j, std::int64_t k) {
                                            if (i >= s.begin && i < s.end) f(i, j, k);
                                        });
            });
    } else if (!Team::one_lane && draws_are_independent(s.rule)) {
        for (auto i = s.begin; i < s.end; ++i) {
            team.for_each(draws_of_target(s.rule, s.edges_key, i), [&](std::int64_t k) {
                auto const j = independent_draw(s.rule, s.edges_key, i, k);
                if (j >= 0) f(i, j, k);
            });
            team.sync();
        }
    } else if (auto const words = scratch_words(s.rule); words > 0) {
        team.for_rows(s.end - s.begin, [&](auto& lanes, std::int64_t n) {
            auto const mark = lanes.mark();
            auto* const scratch = lanes.template scratch<std::uint32_t>(words);
            auto const i = std::int32_t(s.begin + n);
            lanes.single([&] {
                for_each_source<Team::calls_at_once>(
                    s.rule, s.edges_key, i, [&](std::int32_t j, std::int64_t k) { f(i, j, k); }, scratch);
            });
            lanes.release(mark);
        });
    } else {
        team.for_each(s.end - s.begin, [&](std::int64_t n) {
            auto const i = std::int32_t(s.begin + n);
            for_each_source<Team::calls_at_once>(s.rule, s.edges_key, i, edges_into<F>{f, i});
        });
    }
    team.sync();
}

/// Whether for_each_edge leaves the rows of one projection in order of targets.
RANVIER_FN constexpr bool in_target_order(edge_rule const& rule, bool one_lane) {
    return is_target_driven(rule) && (one_lane || draws_are_independent(rule));
}

/// Adds the number of edges of each row.
struct count_edges {
    template <class Team> RANVIER_FN void operator()(Team& team, edge_source const& s,
                                                     std::int32_t first_source, std::uint32_t* count) const {
        bool const all = s.shortest <= 1 && s.longest >= INT32_MAX;
        auto const* const ids = s.rule.pre.ids;
        auto* const of_first =
            count + (ids ? -std::int64_t{first_source} : std::int64_t{s.rule.pre.first} - first_source);
        if (all && !ids)
            for_each_edge(team, s,
                          [&](std::int32_t, std::int32_t j, std::int64_t) { team.add(of_first[j], 1u); });
        else
            for_each_edge(team, s, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
                if (all || s.holds(s.delay_of(i, j, k))) team.add(of_first[ids ? ids[j] : j], 1u);
            });
    }
};

/// Where fill puts what it draws; columns that the group lacks have width 0.
struct edge_columns {
    std::uint16_t* target;
    void* weight;
    std::int32_t weight_width;  // bytes: 4, float, or 8, double
    std::int32_t delay_width;   // 1, 2 or 4
    void* delay;
    double* params;     // [param][room]: of the synapse model's records, as they are given; null: none
    std::int64_t room;  // edges
};

/// Writes edges at the rows' cursors.
struct fill_edges {
    template <class Team> RANVIER_FN void operator()(Team& team, edge_source const& s,
                                                     std::int32_t first_source, std::uint32_t* cursor,
                                                     edge_columns const& to) const {
        bool const all = s.shortest <= 1 && s.longest >= INT32_MAX;
        auto const* const ids = s.rule.pre.ids;
        auto* const of_first =
            cursor + (ids ? -std::int64_t{first_source} : std::int64_t{s.rule.pre.first} - first_source);
        bool const plain = all && !ids && to.weight_width == 0 && to.delay_width == 0 && !to.params;
        for_each_edge(team, s, placing<Team>{team, s, to, of_first, ids, all, plain});
    }

  private:
    template <class Team> struct placing {
        Team& team;
        edge_source const& s;
        edge_columns const& to;
        std::uint32_t* cursor;    // of the source with index or id 0
        std::int32_t const* ids;  // of the sources, or null
        bool any_delay;           // belongs to the group
        bool plain;               // the group has a column of targets only

        RANVIER_FN void operator()(std::int32_t i, std::int32_t j, std::int64_t k) const {
            if (plain)
                to.target[team.fetch_add(cursor[j], 1u)] = std::uint16_t(s.rule.post[i] - s.first_id);
            else
                with_values(i, j, k);
        }
        // The ends of rows lie apart: without it every store waits for its cache line.
        RANVIER_FN void ahead(std::uint32_t j) const requires Team::one_lane {
            if (any_delay) __builtin_prefetch(&to.target[cursor[ids ? ids[j] : std::int32_t(j)]], 1);
        }

        // A call: the loops over plain edges stay small.
        RANVIER_CALL void with_values(std::int32_t i, std::int32_t j, std::int64_t k) const {
            auto const delay = any_delay && to.delay_width == 0 ? 0 : s.delay_of(i, j, k);
            if (!any_delay && !s.holds(delay)) return;
            auto const e = team.fetch_add(cursor[ids ? ids[j] : j], 1u);
            to.target[e] = std::uint16_t(s.rule.post[i] - s.first_id);
            if (to.weight_width > 0) {
                auto const w = s.weight.kind == value_kind::constant ? s.weight.a : s.weight_of(i, j, k);
                if (to.weight_width == 4)
                    static_cast<float*>(to.weight)[e] = float(w);
                else
                    static_cast<double*>(to.weight)[e] = w;
            }
            if (to.delay_width == 1) static_cast<std::uint8_t*>(to.delay)[e] = std::uint8_t(delay);
            if (to.delay_width == 2) static_cast<std::uint16_t*>(to.delay)[e] = std::uint16_t(delay);
            if (to.delay_width == 4) static_cast<std::int32_t*>(to.delay)[e] = delay;
            if (to.params)
                for (std::int32_t f = 0; f < s.n_params; ++f)
                    to.params[f * to.room + e] = s.param_of(f, i, j, k);
        }
    };
};

}  // namespace ranvier
