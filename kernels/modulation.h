// Plastic edges that spikes of a third party modulate (synapses.md, 4.7), lazily: an edge is touched when its
// source spikes, and goes then, in order of time, through all that has happened to it: spikes of its target,
// a delay later, and arrivals of the modulator. What lies between two of these is one piece, whenever it is
// worked, so that catching up changes no bit.
#pragma once
#include "kernels/history.h"
#include "models/synapse.h"

namespace ranvier {

/// An edge of a rule that is modulated, on its way.
template <class Rule> struct modulated_edge {
    typename Rule::value_type weight;
    typename Rule::traces traces;
    std::int64_t as_of;

    RANVIER_FN static modulated_edge load(pair_stdp_view<Rule> const& v, std::int64_t e) {
        return {v.edges.weight[e], v.modulated.traces.load(e), v.modulated.as_of[e]};
    }
    RANVIER_FN void store(pair_stdp_view<Rule> const& v, std::int64_t e) const {
        v.edges.weight[e] = weight;
        v.modulated.traces.store(e, traces);
        v.modulated.as_of[e] = as_of;
    }
    /// Through all that happens to edge e up to stamp `until`, but for spikes of its source. `last` is the
    /// stamp of the source's spike just after which its trace was k_plus.
    RANVIER_FN void pass(pair_stdp_view<Rule> const& v, std::int64_t e, double k_plus, std::int64_t last,
                         std::int64_t until) {
        auto const& rule = v.shared;
        auto const& h = v.history;
        auto const m = *v.modulated.modulator;
        std::int64_t const j = v.edges.target[e], delay = v.edges.delay(e);
        std::int64_t rank = 0;  // of the latest spike of the target that it has been through
        while (h.at(rank, j) + delay > as_of) ++rank;
        auto i = first_after(m, as_of);
        for (;;) {
            auto const spike = rank > 0 ? h.at(rank - 1, j) + delay : INT64_MAX,
                       arrival = i < m.n ? m.stamp[i] : INT64_MAX;
            auto const next = spike < arrival ? spike : arrival;
            if (next > until) return;
            evolve(rule, next);
            if (arrival == next) rule.modulate(traces, double(m.multiplicity[i++]));
            if (spike == next) {
                --rank;
                auto const times = h.multiplicity ? h.multiplicity[rank * h.n + j] : 1;
                rule.facilitate(traces, times * k_plus * math::exp(-double(next - last) * rule.decay));
            }
        }
    }
    /// To stamp `t`, before which nothing happens.
    RANVIER_FN void evolve(Rule const& rule, std::int64_t t) {
        if (t <= as_of) return;
        weight = rule.evolve(weight, traces, t - as_of);
        as_of = t;
    }

  private:
    RANVIER_FN static std::int64_t first_after(modulator_view const& m, std::int64_t t) {
        std::int64_t first = 0, end = m.n;
        while (first < end) {
            auto const middle = first + (end - first) / 2;
            if (m.stamp[middle] <= t)
                first = middle + 1;
            else
                end = middle;
        }
        return first;
    }
};

/// Edges of a group that are taken through what has happened to them, in place or as a copy.
template <class Rule> struct advance_modulated {
    std::int64_t until;                 // stamp
    bool evolve;                        // to that stamp; or only up to what has happened by then
    std::int32_t first_row, n_rows;     // edges of these, or
    std::int64_t only = -1;             // one alone
    std::int64_t first_edge = 0;        // of those below
    typename Rule::value_type* weight;  // [edge - first_edge], as the next; the group's own: in place
    columns<typename Rule::traces> traces;
    std::int64_t* as_of = nullptr;  // null: not asked for

    template <class Team> RANVIER_FN void operator()(Team& team, pair_stdp_view<Rule> const& v) const {
        auto const* const begin = v.edges.rows.begin;
        bool const one = only >= 0;
        team.for_rows(one ? 1 : n_rows, [&](auto& lanes, std::int64_t i) {
            auto const r = one ? row_of(v.edges.rows, only) : first_row + i;
            std::int64_t const first = one ? only : begin[r], n = one ? 1 : begin[r + 1] - first;
            lanes.scatter(n, [&](std::int64_t k) { advance(v, r, first + k); });
        });
        team.sync();
    }

  private:
    /// Of an edge: the last row that begins by then.
    RANVIER_FN static std::int64_t row_of(row_view const& rows, std::int64_t e) {
        std::int64_t r = 0;
        for (std::int64_t end = rows.n; end - r > 1;) {
            auto const middle = r + (end - r) / 2;
            (rows.begin[middle] <= e ? r : end) = middle;
        }
        return r;
    }
    RANVIER_FN void advance(pair_stdp_view<Rule> const& v, std::int64_t r, std::int64_t e) const {
        auto edge = modulated_edge<Rule>::load(v, e);
        edge.pass(v, e, v.k_plus[r], v.last[r], until);
        if (evolve) edge.evolve(v.shared, until);
        auto const at = e - first_edge;
        weight[at] = edge.weight;
        traces.store(at, edge.traces);
        if (as_of) as_of[at] = edge.as_of;
    }
};

}  // namespace ranvier
