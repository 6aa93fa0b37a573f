// Whether a network fits into memory, before anything is allocated.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/network_impl.h"

namespace ranvier {

double network::implementation::node_estimate(population const& p, bool own_params) const {
    constexpr double device = 1024;  // settings of one, in maps
    if (p.model->role != node_role::neuron) return device * double(p.n);
    // State on both sides, input slots, spikes of a slice, masks and history flags.
    auto const slots = double(std::bit_ceil(std::uint64_t(std::max<std::int64_t>(longest, 64))));
    auto const own = p.params.shared() && !own_params ? 0.0 : 2.0 * double(p.params.size);
    return double(p.n) * (2.0 * double(p.model->state_bytes(p.lengths)) + p.ports() * 8.0 * slots +
                          max_slice * 16.0 + 64 + own + (p.model->multiple ? max_slice * 4.0 : 0.0));
}

double network::implementation::history_estimate(projection const* more) const {
    auto plastic = longest_plastic;
    bool any = any_pairs, triplets = any_triplets;
    std::int64_t far = 0;  // steps of spikes kept for long delays
    if (bands > 1) far = band_lag(bands);
    if (more && more->largest_delay >= max_slots)
        far = std::max(far, band_lag(band_of(more->largest_delay) + 1));
    if (more && synapses[std::size_t(more->synapse)].model->pairs) {
        any = true;
        triplets |= synapses[std::size_t(more->synapse)].model->triplets;
        plastic = std::max(plastic, more->largest_delay + band_lag(band_of(more->largest_delay)));
    }
    double bytes = 64.0 * double(far);
    if (!any) return bytes;
    for (auto const& p : populations) {
        if (p.model->role != node_role::neuron) continue;
        auto const all = double(p.n) * (triplets ? 28 : 20);
        std::int64_t least = 1;
        if (all * double(history_depth(plastic, least_delay, 1)) > 1e8 && p.model->least_interval) {
            least = INT64_MAX;
            for (std::int64_t k = 0; k < p.params.n; ++k)
                least = std::min(least, p.model->least_interval(p.params.at(k), h));
        }
        bytes += all * double(history_depth(plastic, least_delay, std::max<std::int64_t>(least, 1)));
    }
    return bytes;
}

double network::implementation::connection_estimate(projection const& p) const {
    auto const& s = *synapses[std::size_t(p.synapse)].model;
    auto const& post = p.rule.post;
    double rows = 0;
    for (auto const& where : partitions)
        if (post.lower_bound(where.first_id) < post.lower_bound(std::int64_t{where.first_id} + where.n))
            rows += p.rule.pre.n;
    auto const weight = p.weight.kind == value_kind::constant && !s.pairs ? 0 : s.single ? 4 : 8;
    auto const delay = p.least_delay == p.largest_delay ? 0
                       : p.largest_delay < 256          ? 1
                       : p.largest_delay < 65536        ? 2
                                                        : 4;
    auto const own = p.params_vary ? double(s.params.size) + 16 : 0;
    auto const state = s.plastic && (!s.pairs || !s.modulator.empty()) ? double(s.state.size) : 0;
    return double(p.edges) * (2.0 + weight + delay + own + state) + rows * (4 + (s.plastic ? 16 : 0));
}

void network::implementation::check_room(population const* more_nodes, projection const* more_edges,
                                         bool own_params) const {
    double needed = history_estimate(more_edges);
    for (auto const& p : populations) needed += node_estimate(p, false);
    for (auto const& p : pending) needed += connection_estimate(p);
    if (more_nodes) needed += node_estimate(*more_nodes, own_params);
    if (more_edges) needed += connection_estimate(*more_edges);
    auto built = double(engine->neuron_bytes());
    double connections = 0;
    for (std::int32_t g = 0; g < engine->groups(); ++g) connections += double(engine->group(g).bytes);
    needed += connections;
    built += connections;
    auto const available =
        opt.memory_limit > 0 ? double(opt.memory_limit) : double(engine->available_memory()) + built;
    if (needed <= available) return;
    auto gigabytes = [](double bytes) { return fmt::format("{:.3g} GB", bytes / 1e9); };
    throw out_of_memory(
        {more_nodes ? "create " + more_nodes->model_name : "connect", "memory needed", gigabytes(needed),
         "up to " + gigabytes(available) +
             (opt.memory_limit > 0 ? ", options.memory_limit" : ", what is there"),
         more_nodes ? "make fewer nodes" : "make fewer connections, shorter delays, or use *_hpc synapses"});
}

}  // namespace ranvier
