// All synapse groups of one synapse model on a Device: the interface, and what does not depend on the model.
#pragma once
#include <functional>
#include <memory>

#include "host/engine/modulators.h"
#include "host/engine/partition.h"
#include "host/engine/sent_weights.h"
#include "kernels/build.h"
#include "kernels/deliver.h"
#include "kernels/hash.h"
#include "kernels/plasticity.h"
#include "kernels/sending.h"

namespace ranvier {

/// Bytes of a column with delays up to this one.
constexpr int delay_width(std::int64_t longest) { return longest < 256 ? 1 : longest < 65536 ? 2 : 4; }

/// One connection, as users see it.
struct edge_record {
    std::int32_t source, target;  // ids
    std::int32_t delay;           // steps
    double weight, kplus;         // kplus: NaN if there is none
    std::uint64_t handle;         // position in the group; users' have more
};

/// Values of edges at positions.
using positioned = std::vector<std::pair<std::int64_t, double>>;

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
                         std::vector<synapse_instance> const& instances, modulators<Device> const& arrivals,
                         double h, int steps) = 0;
    /// Time is at this step: what users read and set is as of it.
    void reach(std::int64_t step) { now_ = step; }
    /// Edges that are modulated go through all that has happened to them by now.
    virtual void pass() = 0;
    /// Those of a named model have weights and traces as of now, before its properties change.
    virtual void settle(std::int32_t synapse) = 0;
    /// lists: spikes by band; the second array: of spike generators.
    virtual void deliver(spike_list const* lists, spike_list const* generators) = 0;
    /// chosen[partition]: neurons whose history will be shortened.
    virtual void catch_up(std::int64_t const* chosen) = 0;
    virtual void hash(std::uint64_t* sum) = 0;
    virtual std::int32_t groups() const = 0;
    /// f(edge) for the edges of group g whose source is in [first, last].
    virtual void visit(std::int32_t g, std::int32_t first, std::int32_t last,
                       std::function<void(edge_record&)> const& f) = 0;
    virtual void set_weight(std::int32_t g, std::int64_t position, double weight) = 0;
    virtual bool weight_ok(std::int32_t g, std::int64_t position, double weight) const = 0;
    /// A member of the model's state record, by its number: of all edges.
    virtual std::vector<double> state(std::int32_t g, std::size_t field) = 0;
    /// The record of one edge, where each has its own.
    virtual void read_state(std::int32_t g, std::int64_t position, void* record) = 0;
    virtual void write_state(std::int32_t g, std::int64_t position, void const* record) = 0;
    /// As it was when something happened to the edge last.
    virtual double weight(std::int32_t g, std::int64_t position) const = 0;
    /// Delays in steps, of the group's band. make_delays: so that each edge may have its own, up to
    /// `longest`. Whether arrays have moved, here and below.
    virtual bool make_delays(std::int32_t g, std::int64_t longest) = 0;
    virtual std::int32_t delay(std::int32_t g, std::int64_t position) const = 0;
    virtual void set_delay(std::int32_t g, std::int64_t position, std::int32_t delay) = 0;
    /// The parameters of one edge; false: each got its own when they were connected, and they are not kept.
    virtual bool read_params(std::int32_t g, std::int64_t position, void* record) const = 0;
    /// make_params: so that each edge may have its own.
    virtual bool make_params(std::int32_t g, synapse_instance const& of, double h) = 0;
    virtual void write_params(std::int32_t g, std::int64_t position, void const* record,
                              synapse_instance const& of, double h) = 0;
    /// Traces of sources, by number in the model's state record, of edges at ascending positions. Whether
    /// they can be those of sources: all edges of each source, and alike.
    virtual bool of_sources(std::int32_t g, positioned const& values) const = 0;
    /// As of now. They are such, or make_params has been called.
    virtual void set_traces(std::int32_t g, std::size_t field, positioned const& values) = 0;
    /// Takes edges away, at ascending positions: those behind move up. What their sources have sent by now
    /// arrives: where that is delivered later, they stay until then as a group of their own, the last. Their
    /// sources' ids; nothing else may be asked before refresh().
    virtual std::vector<std::int32_t> remove(std::int32_t g, std::vector<std::uint32_t> const& positions) = 0;
    /// Of edges that have been taken away.
    virtual bool leaving(std::int32_t g) const = 0;
    virtual std::int32_t synapse_of(std::int32_t g) const = 0;
    virtual std::int32_t partition_of(std::int32_t g) const = 0;
    virtual std::int32_t largest_delay(std::int32_t g) const = 0;
    virtual edge_statistics statistics(std::int32_t g) = 0;
    virtual std::int64_t edges(std::int32_t g) const = 0;
    virtual std::int32_t band_of_group(std::int32_t g) const = 0;
    /// Of a plastic group whose model has a weight recorder.
    virtual sent_weights<Device>& sent(std::int32_t g) = 0;
    virtual std::int64_t bytes(std::int32_t g) const = 0;
    /// Adds each source's number of edges in the groups from `first` on to degree[id], on the device; ids are
    /// below `nodes`.
    virtual void add_out_degrees(std::int32_t first, std::int64_t nodes, std::int64_t* degree) = 0;

  protected:
    std::int64_t now_ = 0;  // step
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
    std::int64_t made_at = 0, until = INT64_MAX;  // steps: when edges were made, and taken away
    sent_weights<Device> sent;

    std::int64_t bytes() const { return std::int64_t(begin.bytes() + target.bytes() + delay.bytes()); }
    row_view row() const { return {first_source, rows, begin.data()}; }
    delay_view delays() const { return {delay.data(), plan.delay_width, plan.delay.value_or(0)}; }
};

/// Groups of the block that lie in one partition: indices [begin, end) into the views.
struct group_range {
    std::int32_t begin, end;
};

}  // namespace ranvier
