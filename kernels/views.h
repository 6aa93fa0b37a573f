// What a partition consists of, as plain pointers: kernel arguments. Owned by a backend.
#pragma once
#include <cstdint>

#include "kernels/distributions.h"
#include "models/model.h"

namespace ranvier {

/// Something that must stop the run; the first one of a partition wins.
struct fault {
    enum kind : std::int32_t { none, not_finite, weight_too_large };
    std::int32_t what = none;
    std::int32_t neuron = 0;  // index in the partition
    std::int32_t source = 0;  // id, for weights
    std::int32_t claims = 0;  // of lanes that would report; the first may
    std::int64_t step = 0;    // in the slice in which it happened
};

/// Spikes of one node in one step.
struct spike_event {
    std::int32_t source;        // id
    std::int32_t multiplicity;  // > 0
    double factor;              // multiplies the weight; 1 but for spike generators with spike_weights
};

/// Spikes of the steps [t, t + steps), by step, then by source id.
struct spike_list {
    spike_event const* events;
    std::int64_t const* begin;  // [steps + 1]
    std::int64_t t;
    std::int32_t steps;
};

/// Input slots of a partition: [slot][port][neuron], slots a power of two. Step s reads slot s & mask.
struct inbox_view {
    std::int64_t* slots;
    std::int64_t mask;
    std::int64_t n;  // neurons
    std::int32_t ports;
    double scale, unit;  // fixed-point units per weight unit, and its inverse; powers of two
    double largest;      // of |weight * multiplicity| that cannot overflow a slot

    RANVIER_FN std::int64_t* row(std::int64_t step, std::int32_t port) const {
        return slots + ((step & mask) * ports + port) * n;
    }
};

/// Recorded values of a partition's neurons: state columns at the ends of steps.
struct sampler_view {
    std::int64_t interval, offset;  // steps; see first_sample
    std::int64_t from;              // no stamps up to this one
    std::int32_t n, n_columns;
    std::int32_t const* neurons;  // [n], index in the partition
    std::int64_t const* columns;  // [n_columns], byte offset of a state column per unit of capacity
    double* values;               // [sample][column][n]
    std::int32_t* count;          // samples taken

    /// First stamp to be recorded that is later than stamp s.
    RANVIER_FN std::int64_t next(std::int64_t s) const {
        s = s < from ? from : s;
        auto const first = offset > 0 ? offset : interval;
        return s < first ? first : first + ((s - first) / interval + 1) * interval;
    }
};

template <class M> struct neuron_view {
    std::int32_t first_id, n;
    columns<typename M::state> state;
    typename M::derived shared;        // of all neurons, or
    columns<typename M::derived> own;  // of each, if base is not null
    inbox_view inbox;
    double const* current;             // [step of the slice][receptor][neuron], pA
    std::int64_t current_stride;       // between steps; 0: the same row of zeros for all
    std::uint64_t* fired;              // [neuron], bit k: fired in step k of the slice
    std::int32_t* multiplicity;        // [step of the slice][neuron] of spikes, where M::multiple
    std::int64_t multiplicity_stride;  // between steps
    sampler_view const* samplers;
    std::int32_t n_samplers;
    bool draws;  // whether step may ask for random numbers
    key draws_key;
    fault* first_fault;
};

/// A stretch of emission steps [from, until) with constant intensity.
struct poisson_segment {
    std::int64_t from, until;
    poisson_table_view counts;  // spikes per step
};
struct current_segment {
    std::int64_t from, until;
    double amplitude;  // pA
};

/// Edges of one generator and one connect into a partition, all with the same delay.
template <class Segment> struct drive_view {
    std::int32_t n;               // edges
    std::int32_t const* neurons;  // [n], index in the partition, or null: 0 ... n-1
    double const* weights;        // [n], or null: all `weight`
    double weight;
    std::int32_t const* draws;  // [n], rank of the edge among those of its projection into the same neuron,
                                // or null: all 0
    std::int64_t delay;         // steps
    std::int32_t port_or_receptor;  // currents: receptor
    routing route;                  // spikes
    key draws_key;
    Segment const* segments;
    std::int32_t n_segments;
};

}  // namespace ranvier
