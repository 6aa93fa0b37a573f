// Spikes into the inbox of their targets, through synapses that do not change.
#pragma once
#include "kernels/fixed_point.h"
#include "kernels/gather.h"
#include "kernels/synapse_views.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Where contributions of one routing go, for one event: input slots of both signs.
struct deposit {
    std::int64_t *positive, *negative;
    routing::value what;

    RANVIER_FN deposit(inbox_view const& inbox, routing const& route, std::int64_t step)
        : positive(inbox.row(step, route.positive)),
          negative(inbox.row(step, route.negative)),
          what(route.what) {}
    /// q is the fixed-point value of a signed weight.
    template <class Team> RANVIER_FN void operator()(Team& team, std::int64_t target, std::int64_t q) const {
        auto* const row = q > 0 ? positive : negative;
        team.add(row[target], what == routing::value::magnitude && q < 0 ? -q : q);
    }
};

/// Fixed-point value of one event: a weight, or a number of spikes where the target counts these.
RANVIER_FN std::int64_t event_value(routing const& route, double weight, double factor,
                                    std::int32_t multiplicity, double scale) {
    auto const one = route.what == routing::value::count ? 1.0 : weight * factor;
    return to_fixed(one, scale) * multiplicity;
}

/// |weight| that an event may have whose own factor multiplies it: single contributions stay below `largest`,
/// and their sum below that times the sum of factors, at least one for each edge.
RANVIER_FN double largest_weight(double largest, double factor) {
    auto const size = factor < 0 ? -factor : factor;
    return size > 1 ? largest / size : largest;
}

/// Spikes of the slice that begins at spikes.t into slots after it.
template <class Real> struct deliver {
    template <class Team> RANVIER_FN void operator()(Team& team, inbox_view const& box,
                                                     edge_view<Real> const& edges,
                                                     spike_list const& spikes) const {
        if (edges.route.what == routing::value::none) return;
        auto const inbox = box;
        auto const v = edges;
        auto const first_event = spikes.begin[0];
        step_cursor step_of(spikes);
        team.for_rows(
            spikes.begin[spikes.steps] - first_event,
            [=](std::int64_t s) { return v.rows.edges(spikes.events[first_event + s].source); },
            [&](auto& lanes, std::int64_t s, row_range const& r) {
                if (r.begin == r.end) return;
                row(lanes, inbox, v, spikes.events[first_event + s], spikes.t + step_of(first_event + s),
                    r.begin, r.end - r.begin);
            });
    }

  private:
    template <class Lanes> RANVIER_FN static void row(Lanes& lanes, inbox_view const& inbox,
                                                      edge_view<Real> const& v, spike_event const& event,
                                                      std::int64_t step, std::int64_t first, std::int64_t m) {
        auto const* const target = v.target + first;
        auto value = [&](std::int64_t i) {
            return event_value(v.route, double(v.weight[first + i]), event.factor, event.multiplicity,
                               inbox.scale);
        };
        if (v.delay.width == 0) {
            deposit const to(inbox, v.route, step + v.delay.constant);
            if (v.weight) {
                lanes.scatter(m, [&](std::int64_t i) { to(lanes, target[i], value(i)); });
            } else {
                auto const q = event_value(v.route, double(v.common_weight), event.factor, event.multiplicity,
                                           inbox.scale);
                auto* const row = q > 0 ? to.positive : to.negative;
                auto const add = v.route.what == routing::value::magnitude && q < 0 ? -q : q;
                lanes.scatter(m, [&](std::int64_t i) { lanes.add(row[target[i]], add); });
            }
        } else {
            lanes.scatter(m, [&](std::int64_t i) {
                auto const q = v.weight ? value(i)
                                        : event_value(v.route, double(v.common_weight), event.factor,
                                                      event.multiplicity, inbox.scale);
                deposit(inbox, v.route, step + v.delay(first + i))(lanes, target[i], q);
            });
        }
    }
};

}  // namespace ranvier
