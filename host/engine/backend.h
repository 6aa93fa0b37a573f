// What the host asks of an engine, whatever the device.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <span>

#include "host/engine/emission.h"
#include "host/engine/plan.h"
#include "host/engine/synapse_block.h"

namespace ranvier {

/// Recorded values of one sampler in one slice.
struct samples_view {
    std::int32_t sampler;  // as numbered by add_sampler
    std::int32_t n_samples;
    std::int64_t first_stamp;
    std::span<double const> values;  // [sample][column][neuron]
};

/// What happens in a slice besides the engine's own work.
class slice_sink {
  public:
    virtual ~slice_sink() = default;
    /// Events of spike generators emitted in the steps [t, t + steps): by step, then id; begin: [steps + 1].
    /// Asked for once for each slice, before it is queued.
    virtual void generated(std::int64_t t, int steps, std::vector<spike_event>& events,
                           std::vector<std::int64_t>& begin) = 0;
    /// Spikes that arrive at modulators with stamps in (t, t + steps], at each in order of stamps. Asked for
    /// once for each slice, after slice() of the one before.
    virtual void arrivals(std::int64_t t, int steps, std::vector<modulator_arrival>& all) = 0;
    /// What happened in the steps [t, t + steps): spikes of generators, of neurons, recorded values. False:
    /// stop as soon as possible; slices that the device has already advanced still come.
    virtual bool slice(spike_list const& generated, spike_list const& spikes,
                       std::vector<samples_view> const& samples) = 0;
    /// What a group of plastic synapses with a weight recorder has sent of these spikes of neurons: weights
    /// from begin[event] on, those of its row once for each unit of multiplicity; begin < 0, NaN: nothing was
    /// sent. Before slice(). With long delays the spikes are those of earlier steps.
    virtual void sent(std::int32_t group, spike_list const& spikes, std::int64_t const* begin,
                      double const* weight) = 0;
};

struct phase_seconds {
    double update = 0, drive = 0, gather = 0, deliver = 0, plastic = 0, record = 0;
};

class simulation_backend {
  public:
    virtual ~simulation_backend() = default;
    virtual std::string_view name() const = 0;
    virtual std::string device_name() const = 0;
    virtual std::int64_t device_bytes() const = 0;  // taken by now, where the device has memory of its own
    virtual int concurrency() const = 0;
    /// Parts that a population of so many neurons should have.
    virtual std::int64_t partitions_for(std::int64_t neurons) const = 0;
    virtual std::int64_t available_memory() const = 0;

    virtual void add_population(population const& p, std::int32_t index,
                                std::vector<partition_plan> const& parts) = 0;
    virtual void write_state(population const& p, std::int32_t index) = 0;
    virtual void read_state(population& p, std::int32_t index) = 0;
    virtual void write_constants(population const& p, std::int32_t index) = 0;
    virtual std::vector<std::int64_t> last_spikes(population const& p, std::int32_t index) = 0;

    virtual void build(std::vector<group_plan> const& groups, std::vector<synapse_instance> const& instances,
                       std::function<void(std::int64_t)> const& built) = 0;
    virtual void add_drive(drive_plan const& plan) = 0;
    /// Its number is that of calls before.
    virtual std::int32_t add_sampler(sampler_plan const& plan) = 0;

    /// Everything that may have changed since the last run: slots for delays up to `longest` (of band 0),
    /// fixed-point exponents per population, generators' timelines by id, slice length.
    struct run_plan {
        int slice = 1;
        std::int64_t longest = 1, longest_plastic = 1;
        std::int32_t bands = 1;
        std::vector<std::int32_t> exponents;        // [population]
        std::vector<double> largest;                // [population]
        std::vector<std::int64_t> least_intervals;  // [population]
        std::vector<std::int32_t> ports;            // [population]
        std::function<emission_plan(std::int32_t generator)> emission;
        std::uint32_t seed = 1;
        std::int64_t nodes = 0;
    };
    virtual void prepare(run_plan const& plan, std::vector<synapse_instance> const& instances,
                         std::vector<population> const& populations) = 0;
    /// Steps [t, end), or up to where the sink stops; returns the step reached.
    virtual std::int64_t run(std::int64_t t, std::int64_t end, slice_sink& sink) = 0;

    virtual std::array<std::uint64_t, 2> hash(std::int64_t t) = 0;  // weights, state

    /// Groups of all synapse models, numbered throughout.
    virtual std::int32_t groups() const = 0;
    struct group_info {
        std::int32_t synapse, partition;
        std::int64_t edges, bytes;
        bool plastic;
        std::int32_t longest, band;
        bool leaving;  // its edges have been taken away
    };
    virtual group_info group(std::int32_t g) const = 0;
    virtual void visit(std::int32_t g, std::int32_t first, std::int32_t last,
                       std::function<void(edge_record&)> const& f) = 0;
    virtual void set_weight(std::int32_t g, std::int64_t position, double weight) = 0;
    /// Whether a weight goes with the connection's other parameters.
    virtual bool weight_ok(std::int32_t g, std::int64_t position, double weight) const = 0;
    /// A member of the synapse model's state record, by its number: of all edges of a group.
    virtual std::vector<double> state(std::int32_t g, std::size_t field) = 0;
    /// The record of one edge, where each has its own.
    virtual void read_state(std::int32_t g, std::int64_t position, void* record) = 0;
    virtual void write_state(std::int32_t g, std::int64_t position, void const* record) = 0;
    /// As it was when something happened to the edge last.
    virtual double weight(std::int32_t g, std::int64_t position) const = 0;
    /// Room for delays of the group's band up to `longest` steps, or for parameters, of each edge; what they
    /// are stays. True: nothing but to set them may be asked of the group before prepare.
    virtual bool make_delays(std::int32_t g, std::int64_t longest) = 0;
    virtual bool make_params(std::int32_t g, synapse_instance const& of) = 0;
    virtual std::int32_t delay(std::int32_t g, std::int64_t position) const = 0;
    virtual void set_delay(std::int32_t g, std::int64_t position, std::int32_t delay) = 0;
    virtual void write_params(std::int32_t g, std::int64_t position, void const* record,
                              synapse_instance const& of) = 0;
    /// The parameters of one edge; false: each got its own when they were connected, and they are not kept.
    virtual bool read_params(std::int32_t g, std::int64_t position, void* record) const = 0;
    /// Traces of sources, by number in the model's state record, of edges at ascending positions. Whether
    /// they can be those of sources: all edges of each source in the group, and alike.
    virtual bool of_sources(std::int32_t g, positioned const& values) const = 0;
    /// They are such, or make_params has been called, or settle where they are modulated.
    virtual void set_traces(std::int32_t g, std::size_t field, positioned const& values) = 0;
    /// Takes edges away, at ascending positions: those behind move up. What their sources have sent by now
    /// arrives; a group of what is still under way may follow the last. Their sources' ids; nothing else may
    /// be asked before prepare.
    virtual std::vector<std::int32_t> remove(std::int32_t g, std::vector<std::uint32_t> const& positions) = 0;
    virtual edge_statistics statistics(std::int32_t g) = 0;
    /// Adds each source's number of edges in the groups from `first` on to degree[id].
    virtual void add_out_degrees(std::int32_t first, bool plastic_only,
                                 std::vector<std::int64_t>& degree) = 0;
    /// Before common properties of a named model change, or its modulator: what has happened by now has
    /// happened under those that were.
    virtual void settle(std::int32_t synapse) = 0;
    virtual phase_seconds seconds() const = 0;
    virtual std::int64_t neuron_bytes() const = 0;
};

}  // namespace ranvier
