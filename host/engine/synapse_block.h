// All synapse groups of one synapse model on a Device: the interface, what does not depend on the model, and
// the kernels' entry points.
#pragma once
#include <functional>
#include <memory>

#include "host/engine/partition.h"
#include "kernels/build.h"
#include "kernels/deliver.h"
#include "kernels/hash.h"
#include "kernels/plasticity.h"

namespace ranvier {

/// One connection, as users see it.
struct edge_record {
    std::int32_t source, target;  // ids
    std::int32_t delay;           // steps
    double weight, kplus;         // kplus: NaN if there is none
    std::uint64_t handle;         // group << 36 | position
};

struct edge_statistics {
    std::int64_t edges = 0, bytes = 0;
    double sum = 0, sum_of_squares = 0, min = 0, max = 0;
};

/// What a block needs while it builds.
template <class Device> struct build_context {
    std::vector<std::unique_ptr<partition<Device>>> const& partitions;
    std::vector<synapse_instance> const& instances;
    double h;
    std::function<void(std::int64_t)> built;  // edges
};

template <class Device> class synapse_block {
  public:
    virtual ~synapse_block() = default;
    virtual synapse_model const& model() const = 0;
    /// Builds groups; the positions they get begin with the number of groups there were.
    virtual void build(std::vector<group_plan> const& plans, build_context<Device> const& context) = 0;
    virtual void refresh(std::vector<std::unique_ptr<partition<Device>>> const& all,
                         std::vector<synapse_instance> const& instances, double h) = 0;
    /// lists: spikes by band; the second array: of spike generators.
    virtual void deliver(spike_list const* lists, spike_list const* generators) = 0;
    virtual void catch_up(std::vector<std::int64_t> const& full) = 0;
    virtual void hash(std::uint64_t* sum) = 0;
    virtual std::int32_t groups() const = 0;
    /// f(edge) for the edges of group g whose source is in [first, last].
    virtual void visit(std::int32_t g, std::int32_t first, std::int32_t last,
                       std::function<void(edge_record&)> const& f) = 0;
    virtual void set_weight(std::int32_t g, std::int64_t position, double weight) = 0;
    virtual bool weight_ok(std::int32_t g, std::int64_t position, double weight) const = 0;
    virtual std::int32_t synapse_of(std::int32_t g) const = 0;
    virtual std::int32_t partition_of(std::int32_t g) const = 0;
    virtual std::int32_t largest_delay(std::int32_t g) const = 0;
    virtual edge_statistics statistics(std::int32_t g) = 0;
    virtual std::int64_t edges(std::int32_t g) const = 0;
    virtual std::int64_t bytes(std::int32_t g) const = 0;
    /// Adds each source's number of edges to out_degree[id].
    virtual void add_out_degrees(std::int32_t g, std::vector<std::int64_t>& out_degree) const = 0;
};

/// Row memory of a group, and the columns every group has.
template <class Device> struct group_memory {
    group_plan plan;
    std::int32_t first_source = 0, rows = 0;
    std::int64_t n = 0;  // edges
    device_array<Device, std::uint32_t> begin;
    device_array<Device, std::uint16_t> target;
    device_array<Device, std::byte> delay;
    std::int32_t longest = 1;

    std::int64_t bytes() const { return std::int64_t(begin.bytes() + target.bytes() + delay.bytes()); }
    row_view row() const { return {first_source, rows, begin.data()}; }
    delay_view delays() const { return {delay.data(), plan.delay_width, plan.delay.value_or(0)}; }
};

/// Groups of the block that lie in one partition: indices [begin, end) into the views.
struct group_range {
    std::int32_t begin, end;
};

/// Counts the edges of each row, then turns counts into offsets. begin: [rows + 1].
struct count_group {
    struct argument {
        edge_source const* sources;
        std::int32_t n_sources, first_source, rows;
        std::uint32_t* begin;
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, argument const* arguments) const {
        auto const& a = arguments[index];
        for (std::int32_t s = 0; s < a.n_sources; ++s)
            count_edges{}(team, a.sources[s], a.first_source, a.begin + 1);
        team.sync();
        team.single([&] {
            for (std::int32_t r = 0; r < a.rows; ++r) a.begin[r + 1] += a.begin[r];
        });
    }
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
        s.edges_key = make_key(from.seed, stream_kind::edges, from.ordinal);
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
        if (g.own_params) {
            auto specs = from.params;
            for (auto& x : specs) x = value(device, x);
            param_specs_.emplace_back(device, specs);
            s.params = param_specs_.back().data();
            s.n_params = std::int32_t(specs.size());
        }
        return s;
    }
    value_spec value(Device& device, value_spec v) {
        if (v.kind == value_kind::array) v.array = find_array(device, v.array);
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
