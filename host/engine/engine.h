// The engine: order of work and memory, over any Device. One step of the loop is a slice: input computed at
// the targets, neurons, spikes gathered, history, delivery into slots after the slice.
#pragma once
#include "host/engine/backend.h"
#include "host/engine/drives.h"
#include "host/engine/neuron_block.h"

namespace ranvier {

/// Makes the blocks of all models in the registry for a Device.
template <class Device> struct block_factory {
    std::function<std::unique_ptr<neuron_block<Device>>(Device&, std::int64_t model_id)> neuron;
    std::function<std::unique_ptr<synapse_block<Device>>(Device&, synapse_model const&)> synapse;
};

/// Made by the build for each device.
template <class Device> block_factory<Device> blocks_of();

struct choose_full_kernel {
    struct argument {
        std::int32_t* neurons;
        std::int64_t* drop;
        std::int32_t needed;  // spikes of a slice, at most
    };
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     argument const* arguments, slice_clock const* clock,
                                                     std::int64_t max_delay, std::int64_t* chosen) const {
        auto const& h = partitions[index].history;
        auto const& a = arguments[index];
        auto const n = h.depth == 0 || !clock->room
                           ? 0
                           : choose_full{}(team, h, clock->t, a.needed, max_delay, a.neurons, a.drop);
        team.single([&] { chosen[index] = n; });
    }
};
struct drop_spikes_kernel {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     choose_full_kernel::argument const* arguments,
                                                     std::int64_t const* chosen) const {
        if (chosen[index] > 0)
            drop_spikes{}(team, partitions[index].history, arguments[index].neurons, chosen[index],
                          arguments[index].drop);
    }
};

/// Spikes of earlier steps, for delays that do not fit the inbox.
class spike_archive {
  public:
    void resize(std::int64_t steps) {
        if (steps > std::int64_t(ring_.size())) ring_.resize(std::size_t(steps));
    }
    void add(spike_list const& s) {
        if (ring_.empty()) return;
        for (int k = 0; k < s.steps; ++k) {
            auto& slot = ring_[std::size_t(s.t + k) % ring_.size()];
            slot.step = s.t + k;
            slot.events.assign(s.events + s.begin[k], s.events + s.begin[k + 1]);
        }
    }
    /// Events of the steps [t, t + steps).
    void collect(std::int64_t t, int steps, std::vector<spike_event>& events,
                 std::vector<std::int64_t>& begin) const {
        events.clear();
        begin.assign(1, 0);
        for (int k = 0; k < steps; ++k) {
            if (t + k >= 0) {
                auto const& slot = ring_[std::size_t(t + k) % ring_.size()];
                if (slot.step == t + k) events.insert(events.end(), slot.events.begin(), slot.events.end());
            }
            begin.push_back(std::int64_t(events.size()));
        }
    }

  private:
    struct entry {
        std::int64_t step = -1;
        std::vector<spike_event> events;
    };
    std::vector<entry> ring_;
};

template <class Device> class engine final : public simulation_backend {
  public:
    engine(std::unique_ptr<Device> device, block_factory<Device> factory, double h)
        : device_(std::move(device)), factory_(std::move(factory)), h_(h) {}

    std::string_view name() const override { return Device::name; }
    std::string device_name() const override { return device_->description(); }
    std::int64_t device_bytes() const override { return device_->bytes(); }
    int concurrency() const override { return device_->concurrency(); }
    std::int64_t partitions_for(std::int64_t neurons) const override {
        return device_->partitions_for(neurons);
    }
    std::int64_t available_memory() const override { return device_->available(); }

    void add_population(population const& p, std::int32_t, std::vector<partition_plan> const& parts) override;
    void write_state(population const& p, std::int32_t index) override {
        if (now_ > 0) states_set_.push_back(now_);
        room_due_ = true;
        for_parts(index, [&](auto& q, auto& block, std::int64_t begin) {
            block.write_state(q.block_index, p, begin);
        });
    }
    void read_state(population& p, std::int32_t index) override {
        device_->synchronize();
        for_parts(index, [&](auto& q, auto& block, std::int64_t begin) {
            block.read_state(q.block_index, p, begin);
        });
    }
    void write_constants(population const& p, std::int32_t index) override;
    std::vector<std::int64_t> last_spikes(population const& p, std::int32_t index) override;

    void build(std::vector<group_plan> const& groups, std::vector<synapse_instance> const& instances,
               std::function<void(std::int64_t)> const& built) override;
    void add_drive(drive_plan const& plan) override;
    std::int32_t add_sampler(sampler_plan const& plan) override;
    void prepare(run_plan const& plan, std::vector<synapse_instance> const& instances,
                 std::vector<population> const& populations) override;
    std::int64_t run(std::int64_t t, std::int64_t end, slice_sink& sink) override;
    std::array<std::uint64_t, 2> hash(std::int64_t t) override;

    std::int32_t groups() const override { return std::int32_t(groups_.size()); }
    group_info group(std::int32_t g) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        auto const& block = *synapses_[b];
        return {block.synapse_of(i),   block.partition_of(i),  block.edges(i),         block.bytes(i),
                block.model().plastic, block.largest_delay(i), block.band_of_group(i), block.leaving(i)};
    }
    void visit(std::int32_t g, std::int32_t first, std::int32_t last,
               std::function<void(edge_record&)> const& f) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->visit(i, first, last, f);
    }
    void set_weight(std::int32_t g, std::int64_t position, double weight) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->set_weight(i, position, weight);
    }
    bool weight_ok(std::int32_t g, std::int64_t position, double weight) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->weight_ok(i, position, weight);
    }
    std::vector<double> state(std::int32_t g, std::size_t field) override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->state(i, field);
    }
    void read_state(std::int32_t g, std::int64_t position, void* record) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->read_state(i, position, record);
    }
    void write_state(std::int32_t g, std::int64_t position, void const* record) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->write_state(i, position, record);
    }
    double weight(std::int32_t g, std::int64_t position) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->weight(i, position);
    }
    bool make_delays(std::int32_t g, std::int64_t longest) override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->make_delays(i, longest);
    }
    bool make_params(std::int32_t g, synapse_instance const& of) override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->make_params(i, of, h_);
    }
    std::int32_t delay(std::int32_t g, std::int64_t position) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->delay(i, position);
    }
    void set_delay(std::int32_t g, std::int64_t position, std::int32_t delay) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->set_delay(i, position, delay);
    }
    void write_params(std::int32_t g, std::int64_t position, void const* record,
                      synapse_instance const& of) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->write_params(i, position, record, of, h_);
    }
    bool read_params(std::int32_t g, std::int64_t position, void* record) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->read_params(i, position, record);
    }
    bool of_sources(std::int32_t g, positioned const& values) const override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->of_sources(i, values);
    }
    void set_traces(std::int32_t g, std::size_t field, positioned const& values) override {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->set_traces(i, field, values);
    }
    std::vector<std::int32_t> remove(std::int32_t g, std::vector<std::uint32_t> const& positions) override {
        auto const [b, i] = groups_[std::size_t(g)];
        auto const before = synapses_[b]->groups();
        auto sources = synapses_[b]->remove(i, positions);
        if (synapses_[b]->groups() > before) groups_.emplace_back(b, before);
        return sources;
    }
    edge_statistics statistics(std::int32_t g) override {
        auto const [b, i] = groups_[std::size_t(g)];
        return synapses_[b]->statistics(i);
    }
    void add_out_degrees(std::int32_t first, bool plastic_only, std::vector<std::int64_t>& degree) override;
    void settle(std::int32_t synapse) override {
        for (auto& s : synapses_) s->settle(synapse);
    }
    phase_seconds seconds() const override { return seconds_; }
    std::int64_t neuron_bytes() const override {
        std::int64_t b = modulators_.bytes();
        for (auto const& p : partitions_) b += p->bytes();
        for (auto const& n : neurons_) b += n ? n->bytes() : 0;
        return b;
    }

  private:
    template <class F> void for_parts(std::int32_t population, F f) {
        std::int64_t begin = 0;
        for (auto& q : partitions_) {
            if (q->plan.population != population) continue;
            f(*q, *neurons_[std::size_t(q->block)], begin);
            begin += q->plan.n;
        }
    }
    void refresh_partition(partition<Device>& p, run_plan const& plan);
    void choose_batch(run_plan const& plan);
    void refresh_gathering();

    /// Slices that are queued together, in order.
    struct queued_slice {
        std::int64_t t;
        int steps;
    };
    void choose_slices(std::int64_t t, std::int64_t end);
    void send_generated(slice_sink& sink);
    void send_arrivals(slice_sink& sink);
    void send_late_spikes(std::int64_t t, int steps);
    void emit_slice();
    void deliver_slice();
    void make_room_in_histories();
    void find_recorded(std::vector<synapse_instance> const& instances);
    void find_modulators(std::vector<synapse_instance> const& instances);
    void advance_recorded(slice_sink& sink);
    spike_list spikes_of_band(std::int32_t band);
    void fetch_spikes();
    void fetch_samples();
    std::vector<samples_view> samples_of(queued_slice const& s);
    fault const* first_fault(std::size_t& partition) const;
    [[noreturn]] void raise(fault const& f, partition<Device> const& p, queued_slice const& s) const;

    std::unique_ptr<Device> device_;
    block_factory<Device> factory_;
    double h_;
    std::vector<std::unique_ptr<partition<Device>>> partitions_;
    std::vector<std::unique_ptr<neuron_block<Device>>> neurons_;  // [model id]
    std::vector<std::unique_ptr<synapse_block<Device>>> synapses_;
    std::vector<std::pair<std::size_t, std::int32_t>> groups_;   // block, position in it
    std::vector<std::pair<std::size_t, std::size_t>> samplers_;  // partition, position in it

    run_plan plan_;
    std::int64_t now_ = 0;     // step reached
    std::int64_t finite_ = 0;  // step at which all states were last seen to be finite
    // State that is set from outside can make a neuron fire earlier than its parameters allow.
    std::vector<std::int64_t> states_set_;  // steps
    bool room_due_ = false, histories_ = false, drives_ = false;
    emissions<Device> emissions_;
    node_arrays<Device> nodes_;
    device_array<Device, partition_view> views_;
    device_array<Device, choose_full_kernel::argument> full_arguments_;
    device_array<Device, std::int64_t> chosen_;  // [partition]
    device_array<Device, fault> faults_;         // [partition]
    std::vector<fault> host_faults_;

    // Slices that are queued together: at most batch_, with room for all spikes that they can hold.
    std::int64_t batch_ = 0;
    std::vector<queued_slice> queued_;
    typename Device::program program_;  // of one slice
    device_array<Device, slice_clock> clock_;
    device_array<Device, gather_view> gather_;
    device_array<Device, std::int32_t> who_, n_who_;
    device_array<Device, std::int64_t> count_, begin_;
    device_array<Device, spike_event> events_;
    device_array<Device, spike_event> generated_;
    device_array<Device, std::int64_t> generated_begin_;
    device_array<Device, spike_list> lists_;  // [2 * bands]: of neurons, of generators
    std::vector<spike_event> host_events_, host_generated_;
    std::vector<std::int64_t> host_begin_, host_generated_begin_;  // [slice][max_slice + 1]
    std::vector<spike_event> some_events_;
    std::vector<std::int64_t> some_begins_;
    slice_clock host_clock_{};

    // Earlier spikes, for long delays.
    std::vector<spike_list> host_lists_;
    std::vector<device_array<Device, spike_event>> late_events_;
    std::vector<device_array<Device, std::int64_t>> late_begin_;
    spike_archive archive_, generator_archive_;

    modulators<Device> modulators_;
    std::vector<modulator_arrival> arrivals_;

    std::vector<std::int32_t> recorded_;  // plastic groups with a weight recorder

    std::vector<std::vector<double>> sample_values_;  // [sampler], of all queued slices
    std::vector<std::int64_t> samples_taken_;         // [sampler], handed on
    phase_seconds seconds_;
};

}  // namespace ranvier

#include "host/engine/engine_run.h"
#include "host/engine/engine_setup.h"
