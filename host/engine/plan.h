// What the layout tells an engine: populations, their partitions, and what each synapse group consists of.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/reflect.h"
#include "kernels/edges.h"
#include "kernels/values.h"
#include "models/archiving.h"

namespace ranvier {

constexpr int max_slice = 64;                  // steps: a fired mask is one word
constexpr std::int64_t max_slots = 1024;       // of an inbox
constexpr std::int32_t max_partition = 65536;  // neurons: targets are 16-bit

/// Delays that do not fit the inbox: band b > 0 is delivered b * band_width steps after its slice.
constexpr std::int64_t band_width = max_slots - max_slice;
constexpr std::int32_t band_of(std::int64_t delay) {
    return delay < max_slots ? 0 : std::int32_t((delay - max_slice) / band_width);
}
constexpr std::int64_t longest_delay = std::int64_t{1} << 30;  // steps
/// Spikes of each neuron that are kept for plasticity, where neurons fire at most once in `least` steps.
constexpr std::int64_t history_depth(std::int64_t longest_plastic, std::int64_t slice, std::int64_t least) {
    auto const kept = longest_plastic / least + slice / least + 8;
    return 2 * kept < 32 ? 32 : 2 * kept;
}
constexpr std::int64_t band_lag(std::int32_t band) { return band * band_width; }

/// Records of one type, one for all nodes or one for each.
struct record_array {
    std::size_t size = 0;  // bytes of a record
    std::int64_t n = 0;    // 1: shared
    std::vector<std::byte> bytes;
    void* at(std::int64_t i) { return bytes.data() + std::size_t(n == 1 ? 0 : i) * size; }
    void const* at(std::int64_t i) const { return bytes.data() + std::size_t(n == 1 ? 0 : i) * size; }
    bool shared() const { return n == 1; }
};

/// Nodes of one create.
struct population {
    node_model const* model = nullptr;
    std::string model_name;  // of the copy, if it is one
    std::uint32_t ordinal = 0;
    std::int32_t first = 1;  // id
    std::int64_t n = 0;
    record_array params, state, archive;  // state: internal values
    list_lengths lengths;                 // of the longest lists of elements
    std::vector<char> connected;          // [node] receptors of it are in use; where they are a list
    int ports() const { return model->ports(lengths); }
    std::uint64_t sets = 0;  // of values drawn at random: a counter of draws
};

/// A projection's arrays, shared by all its groups. Alive until the engine has built it.
struct projection {
    std::uint32_t ordinal = 0;
    std::int32_t synapse = 0;                     // instance
    std::vector<std::int32_t> pre_ids, post_ids;  // empty: contiguous
    std::vector<std::int32_t> degrees;            // of each target or source, or empty
    edge_rule rule;                               // points into pre_ids, post_ids, degrees
    std::uint32_t drawn_as = 0;      // ordinal of the connect whose edges these are, maybe turned round
    value_spec weight, delay;        // delay in ms
    std::vector<value_spec> params;  // of the synapse model's record, by field
    std::vector<value_spec> state;   // likewise
    std::vector<std::vector<double>> arrays;         // that value_specs point into
    std::vector<std::vector<instruction>> programs;  // likewise
    std::int32_t receptor = 0;
    std::int64_t least_delay = 1, largest_delay = 1;  // steps, bounds
    double largest_weight = 0;                        // bound of |weight|
    std::int64_t made_at = 0;                         // step
    std::uint32_t seed = 0;
    bool params_vary = false, state_varies = false;  // between its edges
    std::int64_t edges = 0;                          // expected number
};

/// A named synapse model.
struct synapse_instance {
    synapse_model const* model = nullptr;
    std::string name;
    double weight = 1, delay = 1;                  // defaults; weight belongs to the model if common_weight
    std::vector<std::byte> common, params, state;  // records
    std::int32_t weight_recorder = 0;              // id of who records what is sent; 0: nobody
    std::int32_t modulator = 0;                    // id of the node whose arrivals modulate; 0: none
};

/// One synapse group to be built in one partition.
struct group_plan {
    std::int32_t partition = 0, synapse = 0;
    std::vector<projection const*> projections;
    routing route;
    std::int32_t band = 0;
    std::optional<double> weight;  // of all edges; none: a column
    std::optional<std::int32_t> delay;
    std::int32_t delay_width = 0;          // bytes, if a column
    bool own_params = false;               // parameters, and traces of pairs, for each edge
    bool own_state = false;                // where state is one edge's: it differs at first
    std::vector<std::byte> params, state;  // shared records
};

struct partition_plan {
    std::int32_t population = 0, first_id = 1, n = 0;
};

/// A generator's edges into one partition.
struct drive_plan {
    std::int32_t partition = 0, generator = 0;  // generator: id
    std::vector<std::int32_t> neurons, draws;   // empty: 0 ... n-1; all 0
    std::vector<double> weights;                // empty: all `weight`
    double weight = 0;
    std::int32_t n = 0;
    std::int64_t delay = 1, made_at = 0;
    routing route;
    std::int32_t receptor = 0;
    key draws_key, common_key;              // of each edge, of all the generator's
    bool current = false, several = false;  // several: a neuron may have more than one of these edges
};

/// What a multimeter records in one partition.
struct sampler_plan {
    std::int32_t partition = 0;
    std::vector<std::int32_t> neurons;                // index in the partition
    std::vector<std::int64_t> columns;                // of state
    std::int64_t interval = 1, offset = 0, from = 0;  // steps
};

}  // namespace ranvier
