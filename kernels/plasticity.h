// Spikes through plastic edges, row by row, and what comes before spikes of targets are forgotten. What
// happens in a row: kernels/plastic_row.h.
#pragma once
#include "kernels/plastic_row.h"

namespace ranvier {

/// Spikes of a slice through plastic edges: a row's in order of steps. A team of one lane works rows in
/// passes where it can, step by step; else rows do not wait for each other.
struct deliver_pair_stdp {
    template <class Team, class Rule> RANVIER_FN void operator()(Team& team, inbox_view const& inbox,
                                                                 pair_stdp_view<Rule> const& v,
                                                                 spike_list const& spikes) const {
        if constexpr (Team::one_lane && !edge_by_edge<Rule>)
            if (v.edges.delay.width == 0 && !v.own.base && !v.sent)
                return step_by_step(team, inbox, v, spikes);
        auto const first = spikes.begin[0];
        auto const* const events = spikes.events + first;
        step_cursor step_of(spikes);
        team.for_rows_by(
            spikes.begin[spikes.steps] - first,
            [=](std::int64_t s) { return std::int64_t{events[s].source}; },
            [=](std::int64_t s) { return v.edges.rows.edges(events[s].source); },
            [&](auto& lanes, std::int64_t s, row_range const& r) {
                if (r.begin == r.end) return;
                auto const step = spikes.t + step_of(first + s);
                RANVIER_ROLLED for (int m = 0; m < events[s].multiplicity; ++m)
                    spike(lanes, inbox, v, v.seen.rows > 0 && !v.sent, r, step, events[s]);
            });
        team.sync();
    }

  private:
    template <class Team, class Rule> RANVIER_FN static void step_by_step(Team& team, inbox_view const& inbox,
                                                                          pair_stdp_view<Rule> const& v,
                                                                          spike_list const& spikes) {
        for (int k = 0; k < spikes.steps; ++k) {
            auto const* const events = spikes.events + spikes.begin[k];
            auto const n = spikes.begin[k + 1] - spikes.begin[k];
            auto const step = spikes.t + k;
            if (!team.any(n, [&](std::int64_t s) { return v.edges.rows.find(events[s].source) >= 0; }))
                continue;
            look_back<typename Rule::value_type>{}(team, v.history, v.seen,
                                                   step + 1 - v.edges.delay.constant);
            team.for_rows(n, [&](auto& lanes, std::int64_t s) {
                auto const r = v.edges.rows.edges(events[s].source);
                if (r.begin == r.end) return;
                for (int m = 0; m < events[s].multiplicity; ++m)
                    spike(lanes, inbox, v, true, r, step, events[s]);
            });
            team.sync();
        }
    }
    /// together: all edges share delay and parameters, and v.seen has what they need.
    template <class Lanes, class Rule>
    RANVIER_FN static void spike(Lanes& lanes, inbox_view const& inbox, pair_stdp_view<Rule> const& v,
                                 bool together, row_range const& edges, std::int64_t step,
                                 spike_event const& event) {
        std::int64_t const first = edges.begin, m = edges.end - edges.begin;
        auto const r = event.source - v.edges.rows.first_source;
        bool const own = v.own.base != nullptr;
        auto const k_plus = own ? 0.0 : v.k_plus[r];
        auto const last = own ? std::int64_t{0} : v.last[r];
        auto const next = own ? 0.0 : next_trace(k_plus, step + 1 - last, double(v.shared.decay));
        double triplet = 0, next_triplet = 0;
        if constexpr (of_triplets<Rule>)
            if (!own) {
                triplet = v.k_plus_triplet[r];
                next_triplet = next_trace(triplet, step + 1 - last, double(v.shared.decay_triplet));
            }
        pair_stdp_row<Rule> const row{v, inbox, step, event.source, event.factor};
        if constexpr (edge_by_edge<Rule>)
            row.one_by_one(lanes, first, m, {k_plus, last, triplet});
        else if (!together)
            row.one_by_one(lanes, first, m, {k_plus, last, triplet});
        else if constexpr (Lanes::one_lane)
            row.in_passes(lanes, first, m, k_plus, last);
        else
            row.in_handfuls(lanes, first, m, k_plus, last);
        lanes.sync();
        if (v.sent) lanes.single([&] { v.sent->advance(r, m); });
        if (!own)
            lanes.single([&] {
                v.k_plus[r] = next;
                v.last[r] = step + 1;
                if constexpr (of_triplets<Rule>) v.k_plus_triplet[r] = next_triplet;
            });
        lanes.sync();
    }
};

/// What a team of many lanes needs of the spikes' targets: row v.seen is filled for one step of the list.
struct look_back_ahead {
    template <class Team, class Rule>
    RANVIER_FN void operator()(Team& team, pair_stdp_view<Rule> const& v, std::int64_t step) const {
        if (v.seen.rows > 0)
            look_back<typename Rule::value_type>{}(team, v.history, v.seen.of_step(step, v.history.n),
                                                   step + 1 - v.edges.delay.constant);
    }
};

/// Before spikes of some neurons are forgotten: their incoming plastic edges take account of them, exactly as
/// they would at the source's next spike. drop[j]: the latest stamp to be forgotten of neuron j, or never.
struct catch_up_pair_stdp {
    template <class Team, class Rule> RANVIER_FN void operator()(Team& team, pair_stdp_view<Rule> const& view,
                                                                 std::int32_t const* neurons, std::int64_t n,
                                                                 std::int64_t const* drop) const {
        auto const& v = view;
        team.for_rows(v.edges.rows.n, [&](auto& lanes, std::int64_t r) {
            auto const first = v.edges.rows.begin[r], end = v.edges.rows.begin[r + 1];
            [[maybe_unused]] bool const own = v.own.base != nullptr;
            lanes.scatter(first == end ? 0 : n, [&](std::int64_t i) {
                auto const j = neurons[i];
                for (auto e = lower_bound(v.edges.target, first, end, j); e < end && v.edges.target[e] == j;
                     ++e) {
                    if constexpr (modulated<Rule>) {
                        auto edge = modulated_edge<Rule>::load(v, e);
                        edge.pass(v, e, v.k_plus[r], v.last[r], drop[j] + v.edges.delay(e));
                        edge.store(v, e);
                    } else {
                        auto const last = own ? v.last[e] : v.last[r];
                        auto const after = last - v.edges.delay(e);
                        if (after >= drop[j]) continue;
                        facilitate_edge(v, own ? v.own.load(e) : v.shared, e, own ? v.k_plus[e] : v.k_plus[r],
                                        last, after, drop[j]);
                    }
                }
            });
        });
        team.sync();
    }

  private:
    RANVIER_FN static std::int64_t lower_bound(std::uint16_t const* target, std::int64_t first,
                                               std::int64_t end, std::int32_t j) {
        while (first < end) {
            auto const middle = first + (end - first) / 2;
            if (target[middle] < j)
                first = middle + 1;
            else
                end = middle;
        }
        return first;
    }
};

}  // namespace ranvier
