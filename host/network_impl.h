// What a network consists of behind its interface.
#pragma once
#include <chrono>
#include <deque>
#include <map>

#include "host/correlation.h"
#include "host/engine/backend.h"
#include "host/host_trains.h"
#include "host/network.h"
#include "host/recorder.h"
#include "host/registry.h"
#include "host/spike_source.h"
#include "host/transmitters.h"
#include "host/weight_recording.h"
#include "models/devices.h"

namespace ranvier {

/// Spikes of one neuron in one step, at most, that inboxes are scaled for.
constexpr std::int32_t max_multiplicity = 1024;

/// A named node model with its defaults, as users see them.
struct node_instance {
    std::string name;
    node_model const* model = nullptr;
    std::vector<std::byte> params, state;  // records
    list_lengths lengths;                  // of elements
    archiving archive{};
    dictionary device;  // of devices, which have no records
};

/// A generator's parameters, windows and the value of its list, each from a step on; at least one of each.
struct generator_state {
    std::vector<std::pair<std::int64_t, std::vector<std::byte>>> params;  // records
    std::vector<std::pair<std::int64_t, device_window>> windows;
    std::vector<std::pair<std::int64_t, double>> values;
    std::vector<double> times, given;  // the list as it was set last; ms
};

/// A pulse packet generator; its train is drawn before the next run if it has changed.
struct packet_state {
    std::vector<std::byte> params;  // record
    device_window window;
    std::vector<double> times;  // pulse_times, ms, ascending
    std::uint32_t seed = 1;
    bool drawn = false;
};
inline constexpr char pulse_times[] = "pulse_times";

struct network::implementation final : slice_sink {
    explicit implementation(options const& o);

    options opt;
    double h;
    std::unique_ptr<simulation_backend> engine;
    std::vector<node_instance> node_instances;
    std::vector<synapse_instance> synapses;
    std::vector<population> populations;
    std::vector<char> host_current, device_current;  // [population]: where state is up to date
    std::vector<char> constants_current;
    std::vector<partition_plan> partitions;
    std::map<std::int32_t, generator_state> generators;
    recording recorders;
    spike_sources sources;
    std::map<std::int32_t, packet_state> packets;
    host_trains recorded_trains, shared_trains;  // into recorders; of generators with one train for all
    correlation_detectors correlations;
    volume_transmitters transmitters;
    std::map<std::int32_t, weight_filter> weight_filters;  // of weight recorders
    weight_recordings weights;

    std::uint32_t connects = 0;
    std::optional<std::pair<std::int64_t, std::int64_t>> delays_asked;  // steps, of all connections
    std::deque<projection> pending;                                     // not built yet
    /// synapse_label of connections: what a model's next ones get, what was given with a connect, of groups
    /// that have been built, and where it was set one by one.
    static constexpr std::int64_t no_label = -1;
    std::map<std::string, std::int64_t> model_labels;
    std::map<std::uint32_t, std::int64_t> connect_labels;
    std::vector<std::int64_t> group_labels;
    std::vector<std::int32_t> group_receptors;
    std::map<std::uint64_t, std::int64_t> own_labels;  // by handle
    std::uint64_t number;                              // in handles
    /// [group] where edges were built that have been taken away, ascending.
    std::vector<std::vector<std::uint32_t>> removed;
    std::deque<projection> pending_drives;
    /// What a projection adds to the inboxes of a population: edges into a neuron, and the largest |weight|.
    struct port_load {
        std::size_t population;
        double edges, weight;
    };
    /// Connections from generators: what they add to inboxes changes with the generators.
    struct generator_load {
        std::vector<std::int32_t> generators;
        std::vector<port_load> ports;
    };
    std::vector<generator_load> generator_loads;
    struct meter {
        std::vector<std::string> names;         // record_from
        std::int64_t interval = 0, offset = 0;  // steps; interval 0: 1 ms
        std::vector<nodes> targets;
    };
    std::map<std::int32_t, device_window> windows;  // of recorders
    std::map<std::int32_t, meter> meters;           // of recorders; those of spikes have no targets
    struct recorder_change {
        recorder_settings settings;
        meter sampling;
        weight_filter filter;
        device_window window;
        bool clear = false;  // what has been recorded
    };
    struct detector_change {
        correlation_settings settings;
        device_window window;
        bool reset = false;
    };
    struct pending_sampler {
        std::int32_t meter;
        sampler_plan plan;
        std::vector<recordable_info> columns;
    };
    std::vector<pending_sampler> pending_samplers;
    struct sampler {
        std::int32_t meter, population, first_id;
        std::vector<std::int32_t> ids;
        std::vector<recordable_info> columns;
    };
    std::vector<sampler> samplers;  // as numbered by the engine
    struct generator_meter {
        sampler of;
        sampler_view times;
    };
    std::vector<generator_meter> generator_meters;

    // What all connections so far ask of the inboxes.
    std::int64_t least_delay = max_slice, longest = 1, longest_plastic = 1;
    bool any_pairs = false, any_triplets = false;
    std::int32_t bands = 1;
    std::vector<double> load, heaviest,
        indegree;                         // [population]: sum and largest of |weight|, edges, per neuron
    std::vector<std::int32_t> exponents;  // [population], INT32_MAX: none yet
    bool dirty = true;                    // prepare has something to do

    std::int64_t now = 0, run_from = 0, run_until = 0;
    bool failed = false;
    std::atomic<bool> stop = false;
    std::exception_ptr sink_failure;
    std::uint64_t spike_hash = 0;
    std::vector<std::int64_t> out_degree, plastic_out_degree;  // [id]
    statistics counted;
    std::function<void(progress const&)> report;
    std::chrono::steady_clock::time_point last_report{};

    // create.cpp
    nodes create(std::string_view model, std::int64_t n, void const* typed, dictionary const& values);
    void set(nodes const& which, dictionary const& values);
    std::vector<double> get(nodes const& which, std::string_view name);
    void copy_model(std::string_view existing, std::string const& name, dictionary const& defaults);
    void set_defaults(std::string_view model, dictionary const& defaults);
    std::int64_t id_after_last() const;
    population& population_of(std::int32_t id);
    std::int32_t population_index(std::int32_t id) const;
    node_instance& node_named(std::string_view name);
    std::int32_t synapse_named(std::string_view name) const;
    void check_ids(nodes const& which) const;
    void read_state(std::int32_t population);
    void add_device(population const& p);
    void remove_device(population const& p);
    /// All or none of devices of one population.
    void set_device(population const& p, nodes const& which, dictionary const& values);
    generator_state new_generator(node_model const& m) const;
    void set_value_list(generator_state& g, population const& p, bool rounds, parameter const* times,
                        parameter const* values) const;
    generator_state changed_generator(population const& p, std::int32_t id, dictionary const& values) const;
    recorder_change changed_recorder(population const& p, std::int32_t id, dictionary const& values) const;
    correlation_settings new_detector() const;
    detector_change changed_detector(population const& p, std::int32_t id, dictionary const& values) const;
    packet_state changed_packets(population const& p, std::int32_t id, dictionary const& values) const;
    void draw_packets();
    /// Ids of a filter. wrong_type, unknown_node.
    std::vector<std::int64_t> ids_of(std::string const& object, std::string const& name,
                                     parameter const& value) const;
    /// A node of a synapse model: its weight_recorder, or who modulates; 0 of an empty list. wrong_type,
    /// wrong_size, unknown_node, illegal_connection.
    std::int32_t node_of_model(std::string const& object, std::string const& name, parameter const& value,
                               node_role role) const;
    /// deliver_interval of a volume transmitter, as it becomes.
    std::int64_t changed_interval(population const& p, std::int32_t id, dictionary const& values) const;
    void plan_weight_recordings();
    /// What a correlation detector has counted, if it is one and the name is that of a list.
    std::optional<std::vector<double>> detector_list(std::int32_t id, std::string_view name) const;
    double device_value(std::int32_t id, population const& p, std::string_view name) const;
    std::int64_t meter_steps(std::string const& object, std::string const& name, double ms) const;
    void check_window(population const& p, device_window const& w) const;
    void set_instance(node_instance& m, dictionary const& values);
    void check_device(node_instance const& m);
    unknown_model unknown(std::string_view name) const;
    void set_instance(synapse_instance& s, dictionary const& values) const;

    // connect.cpp
    void connect(nodes const& pre, nodes const& post, rule const& how, synapse const& with);
    void connect(edge_list const& edges, synapse const& with);
    /// The projection of a connect with this ordinal; connects nothing.
    projection project(nodes const& pre, nodes const& post, rule const& how, synapse const& with,
                       std::uint32_t ordinal);
    void connect_symmetric(nodes const& pre, nodes const& post, rule const& how, synapse const& with,
                           node_role from);
    /// A delay in steps, or its least and largest, has been asked for.
    void count_delays(std::int64_t least, std::int64_t largest);
    /// Of spikes through connections.
    void make_room_for_delays(synapse_model const& m, std::int64_t least, std::int64_t largest);
    struct setting;  // connection_values.cpp
    void check_traces(setting& all) const;
    /// Of what delayed spikes meet that are delivered later. illegal_connection.
    void check_under_way(synapse_instance const& s, std::string const& name, std::string const& value,
                         std::int32_t band) const;
    setting checked_setting(std::vector<std::uint64_t> const& handles, named_values const& values);
    /// In steps. before: of the connection.
    std::int64_t checked_delay(synapse_instance const& s, std::int32_t band, std::int64_t before,
                               double ms) const;
    void check_synapse_params(synapse_instance const& s, projection const& p, synapse const& with,
                              std::int64_t expected) const;
    void check_delays(synapse_instance const& s, projection& p, std::int64_t expected) const;
    /// out_of_range, wrong_type.
    std::int64_t label_of(synapse_instance const& s, parameter const& value) const;
    /// The others, and the label, if a model with labels is given one.
    std::optional<std::int64_t> take_label(synapse_instance const& s, dictionary& values) const;
    std::int64_t label_at(std::uint64_t handle, std::int32_t group) const;
    void label_groups(std::vector<group_plan> const& plans);
    void check_weight(synapse_instance const& s, double weight) const;
    /// How many times its weight a connection may send.
    double largest_factor(synapse_instance const& s, projection const& p, std::int64_t expected) const;
    void check_weight_sign(synapse_instance const& s, void const* params, double weight) const;
    /// Of the edge that is at a position now.
    std::uint64_t handle_of(std::int32_t g, std::uint64_t position) const;
    /// impossible_connectivity if handles cannot tell so many more groups.
    void check_groups(std::size_t more) const;
    /// Edges of a group at ascending positions.
    void take_away(std::int32_t g, std::vector<std::uint32_t> const& positions);
    /// Group and position of a connection. unknown_connection.
    std::pair<std::int32_t, std::int64_t> place_of(std::uint64_t handle, char const* what) const;
    /// Connections to a population may have a weight of this magnitude from now on.
    void heavier(std::int32_t population, double weight);
    edge_source edge_source_of(projection const& p) const;
    node_role common_role(nodes const& which, char const* what) const;
    void check_targets(projection const& p, node_role from) const;
    /// Weights of connections to a model that takes no negative ones.
    void check_positive(projection const& p, std::string const& model) const;
    void mark_receptors(id_view const& post);
    void finish(projection p, node_role from);
    void connect_recorder(nodes const& pre, nodes const& post, rule const& how, synapse const& with);
    void connect_detector(nodes const& pre, nodes const& post, rule const& how, synapse const& with);
    void connect_transmitter(nodes const& pre, nodes const& post, rule const& how, synapse const& with);
    void connect_meter(nodes const& pre, nodes const& post, rule const& how, synapse const& with);
    /// receptors: how many the recorder has.
    projection check_recording(nodes const& pre, nodes const& post, rule const& how, synapse const& with,
                               std::string const& recorder, int receptors = 1);
    void check_meter(nodes const& pre, nodes const& post) const;
    void add_meter(nodes const& pre, nodes const& post);

    // layout.cpp
    void prepare();
    std::vector<group_plan> plan_groups() const;
    void plan_drives();
    void plan_samplers();
    /// impossible_connectivity if a partition would have more edges than can be numbered.
    void check_parts(projection const& more) const;
    /// Bytes that neurons of a population take in the end, connections that have been asked for, and a new
    /// one.
    double node_estimate(population const& p, bool own_params) const;
    double history_estimate(projection const* more) const;
    double connection_estimate(projection const& p) const;
    /// out_of_memory if the network does not fit together with another population or projection.
    void check_room(population const* more_nodes, projection const* more_edges,
                    bool own_params = false) const;
    simulation_backend::run_plan plan_run();
    emission_plan emission(std::int32_t generator) const;
    double emitted(std::int32_t generator, std::int64_t stamp) const;  // what multimeters record
    /// In a step from now on, but for a chance below 1e-20.
    double most_spikes(std::int32_t generator) const;
    std::vector<std::int32_t> sources_of(projection const& p) const;
    std::vector<port_load> loads_of(projection const& p) const;

    // run
    void simulate(double ms);
    void generated(std::int64_t t, int steps, std::vector<spike_event>& events,
                   std::vector<std::int64_t>& begin) override;
    void arrivals(std::int64_t t, int steps, std::vector<modulator_arrival>& all) override {
        transmitters.arrivals(t, steps, all);
    }
    bool slice(spike_list const& from_generators, spike_list const& spikes,
               std::vector<samples_view> const& samples) override;
    void sent(std::int32_t group, spike_list const& spikes, std::int64_t const* begin,
              double const* weight) override;
    /// Of a slice of steps [t, t + steps); to those of neurons are added those of generators.
    void write_samples(std::vector<samples_view> const& samples, std::int64_t t, int steps);
    double origin_of(sampler const& from, std::size_t column, std::int32_t id) const;
    void progress_at(std::string_view task, std::int64_t done, std::int64_t total);
    void check_usable() const;
};

/// The names of models, for messages.
template <class Instances> std::string names_of(Instances const& all) {
    std::string s;
    for (auto const& m : all) s += (s.empty() ? "" : ", ") + m.name;
    return s;
}
record_info const& archive_info();
/// The parameters of a neuron or synapse model, for messages.
std::string parameters_of(node_model const& m);
std::string parameters_of(synapse_model const& m);
/// Sources of spikes through connections, rather than drives.
bool sends_spikes(node_role r);
/// Of spikes, samples or weights, with back ends.
bool is_recorder(node_role r);
/// Bounds of what a value_spec can give; exact for all but unbounded distributions, which the generator's
/// 53-bit numbers bound at nine standard deviations.
std::pair<double, double> bounds(value_spec const& v, std::int64_t array_size);
/// Turns a user's value into a specification; what it points into is kept by the projection.
value_spec to_spec(parameter const& value, std::string const& object, std::string const& name, projection& p,
                   std::int64_t expected, double edges);

}  // namespace ranvier
