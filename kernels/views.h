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
    // Elements' columns follow the neurons' own in `state` and `own`: [list][element][member].
    std::byte const* shared_elements = nullptr;  // where `shared` is used: derived records, [list][element]
    std::int32_t lengths[lists_of<M>::size > 0 ? lists_of<M>::size : 1] = {};
};

/// Where element j of list L begins among records that take `first` bytes before the lists: W<E> bytes each.
template <class M, template <class> class W>
RANVIER_FN std::int64_t element_offset(std::int32_t const* lengths, std::int64_t first, int list,
                                       std::int64_t j) {
    auto offset = first;
    lists_of<M>::for_each([&]<int L, class E>() {
        if (L <= list) offset += std::int64_t(W<E>::bytes) * (L < list ? std::int64_t{lengths[L]} : j);
    });
    return offset;
}
template <class E> struct state_of_element {
    static constexpr auto bytes = columns<typename E::state>::width;
};
template <class E> struct derived_of_element {
    static constexpr auto bytes = columns<typename E::derived>::width;
};

/// State of element j of list L, of all neurons.
template <int L, class E, class M>
RANVIER_FN columns<typename E::state> element_state(neuron_view<M> const& v, std::int64_t j) {
    auto const row = element_offset<M, state_of_element>(v.lengths, columns<typename M::state>::width, L, j);
    return {v.state.base + row * v.state.capacity, v.state.capacity};
}
/// Its constants: of each neuron, or of all.
template <int L, class E, class M>
RANVIER_FN columns<typename E::derived> element_constants(neuron_view<M> const& v,
                                                          columns<typename M::derived> const& own,
                                                          std::int64_t j) {
    auto const row =
        element_offset<M, derived_of_element>(v.lengths, columns<typename M::derived>::width, L, j);
    return {own.base + row * own.capacity, own.capacity};
}
template <int L, class E, class M, class Shared>
RANVIER_FN shared_record<typename E::derived> element_constants(neuron_view<M> const& v, Shared const&,
                                                                std::int64_t j) {
    auto const at = element_offset<M, derived_of_element>(v.lengths, 0, L, j);
    return {*reinterpret_cast<typename E::derived const*>(v.shared_elements + at)};
}

}  // namespace ranvier
