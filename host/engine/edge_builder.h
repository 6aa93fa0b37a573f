// How synapse groups come to their edges. Nothing here depends on a synapse model: it is compiled once for
// each device, where the build defines edge_builder's members (edge_builder_of.h).
#pragma once
#include "host/engine/synapse_block.h"
#include "kernels/sort_rows.h"

namespace ranvier {

/// Counts the edges of each row, then turns counts into offsets. begin: [rows + 1].
struct count_group {
    struct argument {
        edge_source const* sources;
        std::int32_t n_sources, first_source, rows;
        std::uint32_t* begin;
    };
    template <class Team>
    RANVIER_FN void operator()(Team& team, int index, argument const* arguments, std::int64_t* edges) const {
        auto const a = arguments[index];
        for (std::int32_t s = 0; s < a.n_sources; ++s)
            count_edges{}(team, a.sources[s], a.first_source, a.begin + 1);
        team.sync();
        auto const total = team.scan(
            a.rows, [=](std::int64_t r) { return std::int64_t{a.begin[r + 1]}; },
            [=](std::int64_t r, std::int64_t before) { a.begin[r + 1] += std::uint32_t(before); });
        team.single([&] { edges[index] = total; });
    }
};

/// Draws the edges of a group into its columns.
struct fill_group {
    struct argument {
        edge_source const* sources;
        std::int32_t n_sources, first_source, rows;
        std::uint32_t const* begin;  // [rows + 1]
        std::uint32_t* cursor;       // [rows]
        edge_columns to;
        bool fill_weight;  // with `weight`, as no edge has its own
        double weight;
        std::int64_t n;
        double *k_plus, *k_plus_triplet;  // [traces], or null
        std::int64_t *last, traces;       // [traces]
        double first_k_plus, first_triplet;
        std::int64_t first_last;
        std::int64_t* as_of;  // [n], or null: at first as `last`
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const a = arguments[index];
        team.for_each(a.rows, [=](std::int64_t r) { a.cursor[r] = a.begin[r]; });
        team.for_each(a.traces, [=](std::int64_t i) {
            if (a.k_plus) a.k_plus[i] = a.first_k_plus;
            if (a.k_plus_triplet) a.k_plus_triplet[i] = a.first_triplet;
            a.last[i] = a.first_last;
        });
        if (a.as_of) team.for_each(a.n, [=](std::int64_t e) { a.as_of[e] = a.first_last; });
        auto to = a.to;
        if (a.fill_weight) {
            fill(team, a, to.weight);
            to.weight_width = 0;
        }
        team.sync();
        for (std::int32_t s = 0; s < a.n_sources; ++s)
            fill_edges{}(team, a.sources[s], a.first_source, a.cursor, to);
    }

  private:
    template <class Team> RANVIER_FN static void fill(Team& team, argument const& a, void* weight) {
        if (a.to.weight_width == 4) {
            auto const w = float(a.weight);
            team.for_each(a.n, [=](std::int64_t e) { static_cast<float*>(weight)[e] = w; });
        } else {
            auto const w = a.weight;
            team.for_each(a.n, [=](std::int64_t e) { static_cast<double*>(weight)[e] = w; });
        }
    }
};

/// Counts plastic edges at their targets, which keep a history from now on. The counts belong to the
/// partition, so one team has all its groups.
struct count_plastic_inputs {
    struct group {
        std::uint16_t const* target;
        std::int64_t n;  // edges
    };
    struct argument {
        group_range groups;
        std::uint32_t* archives;  // [neuron of the partition]
    };
    template <class Team>
    RANVIER_FN void operator()(Team& team, int index, argument const* arguments, group const* groups) const {
        auto const a = arguments[index];
        for (auto g = a.groups.begin; g < a.groups.end; ++g) {
            auto const* const target = groups[g].target;
            team.scatter(groups[g].n, [&](std::int64_t e) { team.add(a.archives[target[e]], 1u); });
            team.sync();
        }
    }
};

/// Rows of a group in their one order.
struct sort_group {
    static constexpr std::int32_t most_columns = 16;
    struct argument {
        row_view rows;
        std::uint16_t* target;
        edge_column columns[most_columns];
        std::int32_t n_columns;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const& a = arguments[index];
        sort_rows{}(team, a.rows, a.target, a.columns, a.n_columns);
    }
};

/// Adds the rows' lengths of all groups to their sources' degrees. A team takes some sources, of all groups.
struct add_degrees {
    static constexpr std::int32_t sources = 1024;
    template <class Team> RANVIER_FN void operator()(Team& team, int index, row_view const* groups,
                                                     std::int32_t n_groups, std::int64_t nodes,
                                                     std::int64_t* degree) const {
        auto const first = std::int64_t{index} * sources;
        team.for_each(nodes - first < sources ? nodes - first : sources, [=](std::int64_t i) {
            auto const source = first + i;
            std::int64_t n = 0;
            for (std::int32_t g = 0; g < n_groups; ++g) {
                auto const r = source - groups[g].first_source;
                if (r >= 0 && r < groups[g].n) n += std::int64_t{groups[g].begin[r + 1]} - groups[g].begin[r];
            }
            degree[source] += n;
        });
    }
};

template <class Device> struct edge_builder {
    static void count(Device& d, int groups, count_group::argument const* arguments, std::int64_t* edges);
    static void fill(Device& d, int groups, fill_group::argument const* arguments);
    static void sort(Device& d, int groups, sort_group::argument const* arguments);
    static void count_inputs(Device& d, int partitions, count_plastic_inputs::argument const* arguments,
                             count_plastic_inputs::group const* groups);
    static void add_out_degrees(Device& d, std::int32_t groups, row_view const* rows, std::int64_t nodes,
                                std::int64_t* degree);
};

/// Projections' arrays on the device, and the edge sources that point to them.
template <class Device> class source_memory {
  public:
    source_memory(Device& device, std::vector<group_plan> const& plans,
                  build_context<Device> const& context) {
        for (auto const& g : plans) {
            auto const& p = context.partitions[std::size_t(g.partition)]->plan;
            auto& list = host_.emplace_back();
            for (auto const* from : g.projections) list.push_back(source(device, *from, g, p, context));
            device_sources_.emplace_back(device, list);
            for (auto const& s : list) scratch_ = std::max(scratch_, std::size_t(scratch_words(s.rule)) * 4);
        }
    }
    edge_source const* sources(std::size_t g) const { return device_sources_[g].data(); }
    std::vector<edge_source> const& host(std::size_t g) const { return host_[g]; }
    std::size_t scratch() const { return scratch_; }

  private:
    edge_source source(Device& device, projection const& from, group_plan const& g, partition_plan const& p,
                       build_context<Device> const& context) {
        edge_source s{};
        s.rule = from.rule;
        s.rule.pre.ids = from.pre_ids.empty() ? nullptr : upload(device, from.pre_ids);
        s.rule.post.ids = from.post_ids.empty() ? nullptr : upload(device, from.post_ids);
        s.rule.counts = from.degrees.empty() ? nullptr : upload(device, from.degrees);
        s.edges_key = make_key(from.seed, stream_kind::edges, from.drawn_as);
        s.weight_key = make_key(from.seed, stream_kind::edge_value, from.ordinal, weight_slot);
        s.delay_key = make_key(from.seed, stream_kind::edge_value, from.ordinal, delay_slot);
        s.weight = value(device, from.weight);
        s.delay = value(device, from.delay);
        s.begin = from.rule.post.lower_bound(p.first_id);
        s.end = from.rule.post.lower_bound(std::int64_t{p.first_id} + p.n);
        s.first_id = p.first_id;
        bool const one_band = band_of(from.least_delay) == band_of(from.largest_delay);
        s.shortest = one_band ? 0 : g.band == 0 ? 1 : band_lag(g.band) + max_slice;
        s.longest = one_band ? INT32_MAX : g.band == 0 ? max_slots - 1 : band_lag(g.band + 1) + max_slice - 1;
        s.steps_per_ms = 1 / context.h;
        s.seed = from.seed;
        s.ordinal = from.ordinal;
        if (g.own_params || g.own_state) {
            auto specs = g.own_params ? from.params : std::vector<value_spec>{};
            if (g.own_state) specs.insert(specs.end(), from.state.begin(), from.state.end());
            s.first_param = g.own_params ? 0 : std::int32_t(from.params.size());
            for (auto& x : specs) x = value(device, x);
            param_specs_.emplace_back(device, specs);
            s.params = param_specs_.back().data();
            s.n_params = std::int32_t(specs.size());
        }
        return s;
    }
    value_spec value(Device& device, value_spec v) {
        if (v.kind == value_kind::array) v.array = find_array(device, v.array);
        if (v.kind == value_kind::expression)
            v.program = static_cast<instruction const*>(
                mapped(device, v.program, std::size_t(v.length) * sizeof(instruction)));
        return v;
    }
    template <class T> T const* upload(Device& device, std::vector<T> const& host) {
        return static_cast<T const*>(mapped(device, host.data(), host.size() * sizeof(T)));
    }
    double const* find_array(Device& device, double const* host) {
        return static_cast<double const*>(mapped(device, host, array_bytes(host)));
    }
    /// Arrays carry their length in front (see layout.cpp), as bit pattern of an integer.
    static std::size_t array_bytes(double const* host) {
        return std::size_t(std::bit_cast<std::int64_t>(host[-1])) * sizeof(double);
    }
    void const* mapped(Device& device, void const* host, std::size_t bytes) {
        for (auto const& [from, to] : copies_)
            if (from == host) return to.data();
        device_array<Device, std::byte> copy(device, std::int64_t(bytes));
        device.copy_in(copy.data(), host, bytes);
        device.synchronize();
        copies_.emplace_back(host, std::move(copy));
        return copies_.back().second.data();
    }

    std::vector<std::vector<edge_source>> host_;
    std::vector<device_array<Device, edge_source>> device_sources_;
    std::vector<device_array<Device, value_spec>> param_specs_;
    std::vector<std::pair<void const*, device_array<Device, std::byte>>> copies_;
    std::size_t scratch_ = 0;
};

}  // namespace ranvier
