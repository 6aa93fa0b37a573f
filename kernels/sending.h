// Spikes through connections whose effect depends on earlier spikes of the source, or on chance: short-term
// plasticity, unreliable transmission (synapses.md, 4). State is one edge's; when the source last spiked is
// known to the row.
#pragma once
#include "kernels/deliver.h"
#include "models/synapse.h"

namespace ranvier {

/// Random numbers of one edge for one spike: a counter (target, source, step), under a key that also tells
/// apart what these do not. Edges of a connect with the same source, target and band are equals, in the order
/// of rows.
struct draws_of_edge {
    key of_connect;
    std::int32_t band;
    std::int64_t step;
    std::int32_t source, nth;  // nth: among spikes of the source in this step

    RANVIER_FN draws of(std::int32_t target, std::int64_t rank) const {
        auto const high = step >> 32;
        auto k = of_connect;
        if ((rank | nth | high | band) != 0) {
            // Calls of draws, the last word of a counter, do not come near the complement of a band.
            auto const w =
                philox(k, std::uint32_t(rank), std::uint32_t(nth), std::uint32_t(high), ~std::uint32_t(band));
            k = {w.w[0], w.w[1]};
        }
        return draws(k, std::uint32_t(target), std::uint64_t(step) << 32 | std::uint32_t(source));
    }
};
/// For rules that are not stochastic.
struct no_draws {};

/// Spikes of a slice: a row's in order of steps.
struct deliver_sending {
    template <class Team, class Rule, class State>
    RANVIER_FN void operator()(Team& team, inbox_view const& inbox, sending_view<Rule, State> const& v,
                               spike_list const& spikes) const {
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
                RANVIER_ROLLED for (std::int32_t nth = 0; nth < events[s].multiplicity; ++nth)
                    spike(lanes, inbox, v, r, {v.draws_key, v.edges.band, step, events[s].source, nth},
                          events[s].factor);
            });
        team.sync();
    }

  private:
    template <class Lanes, class Rule, class State>
    RANVIER_FN static void spike(Lanes& lanes, inbox_view const& inbox, sending_view<Rule, State> const& v,
                                 row_range const& r, draws_of_edge const& which, double factor) {
        auto const row = which.source - v.edges.rows.first_source;
        auto const t = which.step + 1, last = v.last[row];
        auto const steps = last < 0 ? std::int64_t{-1} : t - last;
        auto const of_row = v.shared.after(steps);
        std::int64_t const first = r.begin;
        auto const most = largest_weight(v.largest, factor);
        lanes.scatter(r.end - r.begin, [&](std::int64_t i) {
            auto const e = first + i;
            auto const j = v.edges.target[e];
            auto state = v.state.load(e);
            auto const sent = with_draws<Rule>(v, which, first, e, [&](auto& random) {
                if (!v.own.base) return v.shared.send(of_row, state, random);
                auto const rule = v.own.load(e);
                return rule.send(rule.after(steps), state, random);
            });
            v.state.store(e, state);
            if (!sent.any) return;
            auto const w = double(v.edges.weight ? v.edges.weight[e] : v.edges.common_weight) * sent.factor;
            if (auto* const to = v.sent ? v.sent->of(row) : nullptr) to[i] = w;
            if (!(w <= most && -w <= most)) return too_large(lanes, v, which, j);
            if (v.edges.route.what == routing::value::none) return;
            deposit(inbox, v.edges.route, which.step + v.edges.delay(e))(
                lanes, j, event_value(v.edges.route, w, factor, 1, inbox.scale));
        });
        lanes.sync();
        lanes.single([&] {
            v.last[row] = t;
            if (v.sent) v.sent->advance(row, r.end - r.begin);
        });
        lanes.sync();
    }

    template <class Rule, class View, class F>
    RANVIER_FN static transmission with_draws(View const& v, draws_of_edge const& which, std::int64_t first,
                                              std::int64_t e, F f) {
        if constexpr (Rule::stochastic) {
            auto const j = v.edges.target[e];
            std::int64_t rank = 0;
            while (e - rank > first && v.edges.target[e - rank - 1] == j) ++rank;
            auto random = which.of(v.first_id + j, rank);
            return f(random);
        } else {
            no_draws none;
            return f(none);
        }
    }

    template <class Lanes, class View> RANVIER_FN static void too_large(Lanes& lanes, View const& v,
                                                                        draws_of_edge const& which,
                                                                        std::int32_t j) {
        auto& f = *v.first_fault;
        if (lanes.fetch_add(f.claims, 1) > 0) return;
        f.what = fault::weight_too_large, f.neuron = j, f.source = which.source, f.step = which.step;
    }
};

}  // namespace ranvier
