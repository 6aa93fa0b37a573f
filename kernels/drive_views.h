// Generators whose output is drawn at the target, as plain pointers: kernel arguments. Owned by an engine.
#pragma once
#include "kernels/fixed_point.h"
#include "kernels/poisson_table.h"
#include "kernels/views.h"
#include "models/device.h"

namespace ranvier {

/// Emission steps [from, until) in which a generator's parameters are the same.
struct stretch {
    std::int64_t from, until;
    signal emitted;
    poisson_table_view counts;  // of counts: numbers of `mean`
    /// Noise: a step at which it changes, and from which on it does every `every` steps. Superpositions:
    /// active steps since members were in their first groups, before `from`.
    std::int64_t since;
    bool restarts;  // superpositions: members are in their first groups at `from`
};

/// Edges of one generator and one connect into a partition, all with the same delay.
struct drive_view {
    std::int32_t n;               // edges
    std::int32_t const* neurons;  // [n], index in the partition, or null: 0 ... n-1
    double const* weights;        // [n], or null: all `weight`
    double weight;
    std::int32_t const* draws;  // [n], rank of the edge among those of its projection into the same neuron,
                                // or null: all 0
    bool several;               // whether a neuron may have more than one of these edges
    std::int64_t delay;         // steps
    std::int32_t receptor;      // of currents
    routing route;              // of spikes
    key draws_key;
    key common_key;           // of draws that all of the generator's edges have in common,
    std::uint32_t common_id;  // and their id: the generator's
    stretch const* stretches;
    std::int32_t n_stretches;
    std::int32_t* members;  // of superpositions: [row][n]

    RANVIER_FN std::int32_t neuron(std::int64_t i) const { return neurons ? neurons[i] : std::int32_t(i); }
    RANVIER_FN std::uint32_t draw(std::int64_t i) const { return draws ? std::uint32_t(draws[i]) : 0u; }
    RANVIER_FN double weight_of(std::int64_t i) const { return weights ? weights[i] : weight; }
};

/// Fixed-point value of one spike of a weight.
RANVIER_FN std::int64_t fixed_spike(routing const& route, double weight, double scale) {
    auto const q = to_fixed(route.what == routing::value::count ? 1.0 : weight, scale);
    return route.what == routing::value::magnitude && q < 0 ? -q : q;
}

/// Where the spikes of an edge go.
struct drive_edge {
    std::int32_t neuron;     // index in the partition
    std::uint32_t id, draw;  // of the neuron; rank of the edge
    std::int32_t port;
    std::int64_t q;  // fixed point, of one spike
    RANVIER_FN static drive_edge of(drive_view const& d, std::int64_t i, std::int32_t first_id,
                                    double scale) {
        auto const j = d.neuron(i);
        auto const weight = d.weight_of(i);
        return {j, std::uint32_t(first_id + j), d.draw(i), weight > 0 ? d.route.positive : d.route.negative,
                fixed_spike(d.route, weight, scale)};
    }
    template <class Team>
    RANVIER_FN void send(Team& team, inbox_view const& inbox, std::int64_t step, std::int32_t count) const {
        if (count != 0) team.add(inbox.row(step, port)[neuron], q * std::int64_t(count));
    }
};

/// Draws of one edge in one step, however many. Its key is that of its own: a call of the edge's generator
/// that no step has.
RANVIER_FN draws edge_draws(key k, std::uint32_t id, std::uint32_t draw, std::int64_t step) {
    auto const own = philox(k, id, ~std::uint64_t{0}, draw);
    return draws({own.w[0], own.w[1]}, id, std::uint64_t(step));
}

/// The steps of [t, t + steps) - delay that lie in a stretch.
struct step_range {
    std::int64_t from, until;
};
RANVIER_FN step_range steps_of(stretch const& s, std::int64_t t, int steps, std::int64_t delay) {
    auto const first = t - delay, last = t + steps - delay;
    return {first > s.from ? first : s.from, last < s.until ? last : s.until};
}

}  // namespace ranvier
