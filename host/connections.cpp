// Connections that have been built: listing, weights.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/network_impl.h"

namespace ranvier {

namespace {
constexpr int position_bits = 36;  // of a handle; the rest is the group
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
            auto const synapse = self_->engine->group(g).synapse;
            if (wanted >= 0 && synapse != wanted) continue;
            self_->engine->visit(g, first, last, [&](edge_record& e) {
                if (!source.empty() && !source.contiguous() && !within(source, e.source)) return;
                if (!target.empty() && !within(target, e.target)) return;
                e.handle |= std::uint64_t(g) << position_bits;
                f(e, synapse);
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

std::pair<std::int32_t, std::int64_t> network::implementation::place_of(std::uint64_t handle,
                                                                        char const* what) const {
    auto const g = handle >> position_bits;
    auto const position = std::int64_t(handle & ((std::uint64_t{1} << position_bits) - 1));
    if (std::int64_t(g) >= engine->groups() || position >= engine->group(std::int32_t(g)).edges)
        throw out_of_range({what, "handle", fmt::format("{}", handle), "handles from connections()",
                            "list the connections again"});
    return {std::int32_t(g), position};
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
        if (self_->engine->group(g).synapse != wanted) continue;
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
        if (self_->engine->group(g).synapse != wanted) continue;
        self_->engine->visit(g, 1, INT32_MAX - 1, [&](edge_record const& e) {
            auto const x = (e.weight - low) / (high - low) * bins;
            if (x >= 0 && x < bins) ++counts[std::size_t(x)];
        });
    }
    return counts;
}

}  // namespace ranvier
