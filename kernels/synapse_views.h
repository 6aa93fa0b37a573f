// Synapses of a partition, as plain pointers: kernel arguments. Owned by a backend.
#pragma once
#include <cstdint>

#include "kernels/random.h"
#include "kernels/views.h"
#include "models/model.h"

namespace ranvier {

/// Edges of one source.
struct row_range {
    std::uint32_t begin, end;
};

/// Which edges belong to which source: those of source first_source + r are begin[r] ... begin[r + 1] - 1,
/// sorted by target.
struct row_view {
    std::int32_t first_source, n;
    std::uint32_t const* begin;  // [n + 1]

    /// Row of a source id, or -1.
    RANVIER_FN std::int64_t find(std::int32_t source) const {
        auto const r = std::int64_t(source) - first_source;
        return r >= 0 && r < n && begin[r] < begin[r + 1] ? r : -1;
    }
    RANVIER_FN row_range edges(std::int32_t source) const {
        auto const r = std::int64_t(source) - first_source;
        return r >= 0 && r < n ? row_range{begin[r], begin[r + 1]} : row_range{0, 0};
    }
};

/// Delays in steps: one for all edges, or a column of 1, 2 or 4 bytes each.
struct delay_view {
    void const* column;
    std::int32_t width;  // 0: constant
    std::int32_t constant;
    RANVIER_FN std::int32_t operator()(std::int64_t e) const {
        return width == 0   ? constant
               : width == 1 ? static_cast<std::uint8_t const*>(column)[e]
               : width == 2 ? static_cast<std::uint16_t const*>(column)[e]
                            : static_cast<std::int32_t const*>(column)[e];
    }
};

/// All edges into one partition of one named synapse model with one column layout and one delay band.
template <class Real> struct edge_view {
    row_view rows;
    std::uint16_t const* target;  // [edge], index in the partition
    Real* weight;                 // [edge], or null: all `common_weight`
    Real common_weight;
    delay_view delay;
    routing route;
    std::int32_t band;  // which spike list it takes: long delays are delivered later (see plan.h)
    // Steps; spikes of before, and from then on, are none of its own.
    std::int64_t made_at = 0, until = INT64_MAX;
};

/// The last `depth` spikes of each neuron, latest first: rank r of all neurons is one array.
struct history_view {
    static constexpr std::int64_t never = INT64_MIN / 4;
    std::int32_t n, depth;
    std::int64_t* step;          // [rank][neuron], stamp; never: no such spike
    double* k_minus;             // [rank][neuron], trace just after that spike
    std::int32_t* multiplicity;  // [rank][neuron], or null: all 1
    double const* decay;         // [neuron], or null: all `common_decay`; resolution / tau_minus
    double common_decay;
    std::uint32_t const* archives;  // [neuron], plastic synapses onto it; none: nothing is remembered
    std::int64_t* last_spike;       // [neuron], stamp, -1: none
    // Second trace, where the network has triplets of spikes: as k_minus, decay, common_decay; else null.
    double* k_triplet = nullptr;
    double const* decay_triplet = nullptr;
    double common_decay_triplet = 0;

    RANVIER_FN double rate(std::int64_t j) const { return decay ? decay[j] : common_decay; }
    RANVIER_FN double rate_triplet(std::int64_t j) const {
        return decay_triplet ? decay_triplet[j] : common_decay_triplet;
    }
    RANVIER_FN std::int64_t at(std::int64_t rank, std::int64_t j) const {
        return rank < depth ? step[rank * n + j] : never;
    }
    /// Trace at stamp x from spikes strictly before x, given a rank at or before which the first such spike
    /// is.
    RANVIER_FN double trace(std::int64_t rank, std::int64_t j, std::int64_t x) const {
        if (at(rank, j) == x) ++rank;
        auto const u = at(rank, j);
        return u == never ? 0 : k_minus[rank * n + j] * math::exp(-double(x - u) * rate(j));
    }
};

/// Spikes that synapses with one delay see at one time x: per neuron the latest spike at or before x.
template <class Real> struct seen_view {
    std::int32_t* rank;  // [row][neuron], of that spike
    std::int32_t* age;   // [row][neuron], x - stamp in steps; INT32_MAX: none
    Real* k_minus;       // [row][neuron], trace at x from spikes strictly before x
    // Rows, a power of two: spikes of sources in step s find theirs in row s modulo this many. 0: there is
    // one, for a team to write and read step by step.
    std::int32_t rows;

    RANVIER_FN seen_view of_step(std::int64_t step, std::int64_t neurons) const {
        auto const first = rows == 0 ? 0 : (step & (rows - 1)) * neurons;
        return {rank + first, age + first, k_minus + first, rows};
    }
};

/// Where a group with a weight recorder leaves what it sends: for each spike of a source the weights of its
/// row, one spike after the other. What is not sent stays as it is.
struct sent_view {
    std::int64_t* next;  // [row], where those of the row's next spike go; below 0: nowhere, as of generators
    double* weight;
    RANVIER_FN double* of(std::int64_t row) const { return next[row] < 0 ? nullptr : weight + next[row]; }
    RANVIER_FN void advance(std::int64_t row, std::int64_t edges) const {
        if (next[row] >= 0) next[row] += edges;
    }
};

/// Spikes that modulate synapses, by the time at which they arrive.
struct modulator_view {
    std::int64_t const *stamp, *multiplicity;  // [arrival], stamps ascending
    std::int64_t n;
};

/// What edges keep whose rule is modulated; nothing, for other rules.
template <class Rule> struct modulation {};
template <class Rule>
requires requires { typename Rule::traces; }
struct modulation<Rule> {
    columns<typename Rule::traces> traces;
    /// [edge] when something last happened to it: it has been through all that has this stamp, or an earlier
    /// one, and its weight and traces are as of then.
    std::int64_t* as_of;
    modulator_view const* modulator;
};

/// Edges whose weight depends on the spikes of source and target by pairs (synapses.md, 3).
template <class Rule> struct pair_stdp_view {
    using value_type = typename Rule::value_type;
    edge_view<value_type> edges;
    Rule shared;         // of all edges, or
    columns<Rule> own;   // of each, if base is not null
    double* k_plus;      // [row], or [edge] with own: trace of the source just after `last`
    std::int64_t* last;  // likewise: stamp of the source's last spike, 0 at first
    history_view history;
    seen_view<value_type> seen;
    double largest;  // of |weight|
    fault* first_fault;
    double* k_plus_triplet = nullptr;  // as k_plus, of rules of triplets
    sent_view const* sent = nullptr;   // null: nobody records; else edges are worked one by one
    modulation<Rule> modulated = {};
};

/// Edges that send what state makes of their weight, which only spikes of the source change (synapses.md, 4).
template <class Rule, class State> struct sending_view {
    using value_type = typename Rule::value_type;
    edge_view<value_type> edges;
    Rule shared;            // of all edges, or
    columns<Rule> own;      // of each, if base is not null
    columns<State> state;   // of each
    std::int64_t* last;     // [row], stamp of the source's last spike, at first 0, or -1 if Rule::no_spike
    std::int32_t first_id;  // of the partition
    key draws_key;          // of the connect that has made all edges, if the rule is stochastic
    double largest;         // of |weight| that is sent
    fault* first_fault;
    sent_view const* sent = nullptr;  // null: nobody records
};

}  // namespace ranvier
