// Connections that have been built: listing, weights.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/network_impl.h"

namespace ranvier {

namespace {
// A handle has the network's number (1 ... 127), the group, and the position at which its edge was built.
constexpr int position_bits = 32, group_bits = 24;

/// Where an edge was built that is at `position` now. removed: of its group, as they were built, ascending.
std::uint64_t built_at(std::vector<std::uint32_t> const& removed, std::uint64_t position) {
    std::size_t before = 0, end = removed.size();  // of the removed, those that were before it
    while (before < end) {
        auto const middle = before + (end - before) / 2;
        if (removed[middle] - middle <= position)
            before = middle + 1;
        else
            end = middle;
    }
    return position + before;
}
}  // namespace

connection_table network::connections(nodes const& source, nodes const& target,
                                      std::string_view synapse_model) {
    self_->prepare();
    self_->check_ids(source);
    self_->check_ids(target);
    auto const wanted = synapse_model.empty() ? -1 : self_->synapse_named(synapse_model);
    auto const first = source.empty() ? 1 : source.front(),
               last = source.empty() ? INT32_MAX - 1 : source.back();
    auto within = [](nodes const& set, std::int32_t id) {
        auto const i = set.position(id);
        return i < set.size() && set[i] == id;
    };
    auto each = [&](auto f) {
        for (std::int32_t g = 0; g < self_->engine->groups(); ++g) {
            auto const group = self_->engine->group(g);
            if (group.leaving || (wanted >= 0 && group.synapse != wanted)) continue;
            self_->engine->visit(g, first, last, [&](edge_record& e) {
                if (!source.empty() && !source.contiguous() && !within(source, e.source)) return;
                if (!target.empty() && !within(target, e.target)) return;
                e.handle = self_->handle_of(g, e.handle);
                f(e, group.synapse);
            });
        }
    };
    // By source first, each to its place, then each source's.
    std::vector<std::size_t> begin(std::size_t(self_->id_after_last()) + 1);
    each([&](edge_record const& e, std::int32_t) { ++begin[std::size_t(e.source) + 1]; });
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    struct row {
        edge_record e;
        std::int32_t synapse;
    };
    std::vector<row> rows(begin.back());
    auto at = begin;
    each([&](edge_record const& e, std::int32_t synapse) {
        rows[at[std::size_t(e.source)]++] = {e, synapse};
    });
    auto const before = [](row const& a, row const& b) {
        return std::tuple(a.e.target, a.synapse, a.e.delay) < std::tuple(b.e.target, b.synapse, b.e.delay);
    };
    for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
        auto const from = rows.begin() + std::ptrdiff_t(begin[i]),
                   to = rows.begin() + std::ptrdiff_t(begin[i + 1]);
        if (!std::is_sorted(from, to, before)) std::stable_sort(from, to, before);
    }
    connection_table t;
    auto const n = rows.size();
    t.source.reserve(n), t.target.reserve(n), t.weight.reserve(n), t.delay.reserve(n);
    t.synapse_model.reserve(n), t.Kplus.reserve(n), t.handle.reserve(n);
    for (auto const& [e, synapse] : rows) {
        t.source.push_back(e.source);
        t.target.push_back(e.target);
        t.weight.push_back(e.weight);
        t.delay.push_back(e.delay * self_->h);
        t.synapse_model.push_back(synapse);
        t.Kplus.push_back(e.kplus);
        t.handle.push_back(e.handle);
    }
    return t;
}

std::uint64_t network::implementation::handle_of(std::int32_t g, std::uint64_t position) const {
    return number << (position_bits + group_bits) | std::uint64_t(g) << position_bits |
           built_at(removed[std::size_t(g)], position);
}

std::pair<std::int32_t, std::int64_t> network::implementation::place_of(std::uint64_t handle,
                                                                        char const* what) const {
    auto const built = std::uint32_t(handle);
    auto const g = handle >> position_bits & ((std::uint64_t{1} << group_bits) - 1);
    auto const unknown = [&](char const* why) {
        return unknown_connection(
            {what, "handle", fmt::format("{}", handle), "handles from connections() of this network", why});
    };
    if (handle >> (position_bits + group_bits) != number || g >= std::uint64_t(engine->groups()))
        throw unknown("list the connections again");
    auto const group = engine->group(std::int32_t(g));
    auto const& gone = removed[g];
    auto const next = std::lower_bound(gone.begin(), gone.end(), built);
    if (next != gone.end() && *next == built)
        throw unknown("this connection has been taken away: list the connections again");
    auto const position = std::int64_t{built} - (next - gone.begin());
    if (group.leaving || position >= group.edges) throw unknown("list the connections again");
    return {std::int32_t(g), position};
}

void network::implementation::check_groups(std::size_t more) const {
    if (std::size_t(engine->groups()) + more >= std::size_t{1} << group_bits)
        throw impossible_connectivity({"connect", "groups of connections, by partition and kind",
                                       fmt::format("{}", std::size_t(engine->groups()) + more),
                                       fmt::format("below {}", 1 << group_bits),
                                       "set options.partitions, so that there are fewer"});
}

void network::disconnect(std::vector<std::uint64_t> const& handles) {
    auto& self = *self_;
    self.prepare();
    std::map<std::int32_t, std::vector<std::uint32_t>> leaving;  // [group] positions
    for (auto const handle : handles) {
        auto const [g, position] = self.place_of(handle, "disconnect");
        leaving[g].push_back(std::uint32_t(position));
    }
    for (auto& [g, positions] : leaving) {
        std::sort(positions.begin(), positions.end());
        auto const twice = std::adjacent_find(positions.begin(), positions.end());
        if (twice != positions.end())
            throw wrong_size({"disconnect", "handle", fmt::format("{}", self.handle_of(g, *twice)),
                              "each connection once", "it is given more than once"});
    }
    self.check_groups(leaving.size());
    self.failed = true;  // should there be no memory: it is not undone
    for (auto const& [g, positions] : leaving) self.take_away(g, positions);
    self.failed = false;
    self.dirty = true;
    self.prepare();
}

void network::implementation::take_away(std::int32_t g, std::vector<std::uint32_t> const& positions) {
    auto const plastic = engine->group(g).plastic;
    auto& gone = removed[std::size_t(g)];
    std::vector<std::uint32_t> built;
    for (auto const p : positions) built.push_back(std::uint32_t(built_at(gone, p)));
    for (auto const p : positions) own_labels.erase(handle_of(g, p));
    for (auto const source : engine->remove(g, positions)) {
        --out_degree[std::size_t(source)];
        if (plastic) --plastic_out_degree[std::size_t(source)];
    }
    auto const n = std::int64_t(positions.size());
    counted.connections -= n;
    if (plastic) counted.plastic_connections -= n;
    auto const before = std::ptrdiff_t(gone.size());
    gone.insert(gone.end(), built.begin(), built.end());
    std::inplace_merge(gone.begin(), gone.begin() + before, gone.end());
    removed.resize(std::size_t(engine->groups()));
    group_labels.resize(removed.size(), group_labels[std::size_t(g)]);
    group_receptors.resize(removed.size(), group_receptors[std::size_t(g)]);
}

/// Groups of one model have been built in the order of their plans.
void network::implementation::label_groups(std::vector<group_plan> const& plans) {
    auto model_of = [&](std::int32_t synapse) { return synapses[std::size_t(synapse)].model; };
    std::map<synapse_model const*, std::vector<projection const*>> planned;
    for (auto const& p : plans) planned[model_of(p.synapse)].push_back(p.projections.front());
    std::map<synapse_model const*, std::size_t> taken;
    for (auto g = std::int32_t(group_labels.size()); g < engine->groups(); ++g) {
        auto const* const m = model_of(engine->group(g).synapse);
        auto const& from = *planned[m].at(taken[m]++);
        group_labels.push_back(connect_labels.at(from.ordinal));
        group_receptors.push_back(from.receptor);
    }
    removed.resize(group_labels.size());
}

std::int64_t network::implementation::label_at(std::uint64_t handle, std::int32_t group) const {
    auto const own = own_labels.find(handle);
    return own == own_labels.end() ? group_labels[std::size_t(group)] : own->second;
}

void network::set_weights(std::vector<std::uint64_t> const& handles, std::vector<double> const& weights) {
    self_->check_usable();
    if (handles.size() != weights.size())
        throw wrong_size({"set_weights", "weights", fmt::format("{} values", weights.size()),
                          fmt::format("{} values", handles.size()), "give one for each handle"});
    auto& engine = *self_->engine;
    for (std::size_t i = 0; i < handles.size(); ++i) {
        auto const [g, position] = self_->place_of(handles[i], "set_weights");
        auto const& s = self_->synapses[std::size_t(engine.group(g).synapse)];
        if (s.model->common_weight)
            throw illegal_connection({s.name, "weight", fmt::format("{}", weights[i]), "only the model's own",
                                      "set it with set_defaults"});
        self_->check_weight(s, weights[i]);
        if (!engine.weight_ok(g, position, weights[i]))
            throw out_of_range({s.name, "weight", fmt::format("{}", weights[i]), s.model->weight_range,
                                "give it the other sign"});
    }
    for (std::size_t i = 0; i < handles.size(); ++i) {
        auto const [g, position] = self_->place_of(handles[i], "set_weights");
        engine.set_weight(g, position, weights[i]);
        self_->heavier(self_->partitions[std::size_t(engine.group(g).partition)].population,
                       std::fabs(weights[i]));
    }
    self_->dirty = true;
}

std::string_view network::synapse_name(std::int32_t index) const {
    if (index < 0 || std::size_t(index) >= self_->synapses.size())
        throw out_of_range({"synapse_name", "index", fmt::format("{}", index),
                            fmt::format("0 ... {}", self_->synapses.size() - 1),
                            "take it from connections()"});
    return self_->synapses[std::size_t(index)].name;
}

network::weight_summary network::summarise_weights(std::string_view synapse_model) {
    self_->prepare();
    auto const wanted = self_->synapse_named(synapse_model);
    edge_statistics all{
        0, 0, 0, 0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::int32_t g = 0; g < self_->engine->groups(); ++g) {
        if (auto const group = self_->engine->group(g); group.leaving || group.synapse != wanted) continue;
        auto const s = self_->engine->statistics(g);
        all.edges += s.edges;
        all.sum += s.sum;
        all.sum_of_squares += s.sum_of_squares;
        all.min = std::min(all.min, s.min);
        all.max = std::max(all.max, s.max);
    }
    if (all.edges == 0) return {0, 0, 0, 0, 0};
    auto const n = double(all.edges), mean = all.sum / n;
    return {mean, std::sqrt(std::max(0.0, all.sum_of_squares / n - mean * mean)), all.min, all.max,
            all.edges};
}

std::vector<std::int64_t> network::weight_histogram(std::string_view synapse_model, double low, double high,
                                                    int bins) {
    self_->prepare();
    auto const wanted = self_->synapse_named(synapse_model);
    if (!(low < high) || bins < 1)
        throw out_of_range({"weight_histogram", "bins", fmt::format("{} in [{}, {})", bins, low, high),
                            "low < high, at least one bin", "order the bounds"});
    std::vector<std::int64_t> counts(std::size_t(bins), 0);
    for (std::int32_t g = 0; g < self_->engine->groups(); ++g) {
        if (auto const group = self_->engine->group(g); group.leaving || group.synapse != wanted) continue;
        self_->engine->visit(g, 1, INT32_MAX - 1, [&](edge_record const& e) {
            auto const x = (e.weight - low) / (high - low) * bins;
            if (x >= 0 && x < bins) ++counts[std::size_t(x)];
        });
    }
    return counts;
}

}  // namespace ranvier
