// A network: what is simulated, and the simulation. The public C++ interface.
//
//   ranvier::network net({.resolution = 0.1, .seed = 1, .threads = 2});
//   auto neurons = net.create<ranvier::iaf_psc_alpha>(1000, {.C_m = 200, .tau_m = 20});
//   auto noise = net.create("poisson_generator", 1, {{"rate", 8000.0}});
//   net.connect(neurons, neurons, ranvier::fixed_indegree(100), {.weight = 20.0, .delay = 1.5});
//   net.connect(noise, neurons, ranvier::all_to_all(), {.weight = 10.0});
//   auto recorder = net.create("spike_recorder");
//   net.connect(neurons, recorder);
//   net.simulate(1000);
//   auto spikes = net.spikes(recorder);
//
// Names, units and defaults of models are those of spec/; times are in ms unless a name says steps. Errors
// are the types of host/error.h, thrown before anything is changed. A network is used by one thread at a
// time, except interrupt(). Several networks live side by side.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "host/connect.h"
#include "host/error.h"
#include "host/nodes.h"
#include "host/reflect.h"

namespace ranvier {

struct options {
    double resolution = 0.1;         // ms, a multiple of 0.001
    std::uint32_t seed = 143202461;  // 1 ... 2^32 - 1
    int threads = 0;                 // CPU workers; 0: one per core. Results do not depend on it
    std::string backend = "auto";    // "cpu", "cuda", or "auto": the environment's RANVIER_BACKEND, else a
                                     // GPU if there is one, else the CPU. Results do not depend on it
    int device = 0;                  // which GPU
    bool profile = false;            // GPU: measure the phases of statistics; slower
    int partitions = 0;              // parts of each population; 0: chosen. Results do not depend on it
    std::int64_t memory_limit = 0;   // bytes; 0: what the machine has free
};

/// Where files are made, and whether what was there before may be overwritten.
struct output_settings {
    std::string data_path = ".";
    std::string data_prefix = {};
    bool overwrite_files = false;
    std::string version = {};  // in the first line of files; empty: Ranvier's
};

/// Spikes in order of time, then of sender.
struct spike_data {
    std::vector<std::int32_t> senders;  // ids
    std::vector<std::int64_t> steps;    // stamps
    std::vector<double> times;          // ms
};

/// Samples of a multimeter or weight recorder: entry k of every array belongs to sender[k] at times[k].
struct sample_data {
    std::vector<std::int32_t> senders;
    std::vector<std::int64_t> steps;
    std::vector<double> times;                // ms
    std::vector<std::string> names;           // recordables, or weights, targets, receptors, ports
    std::vector<std::vector<double>> values;  // [recordable][entry]
};

/// Names, each with one value for each connection.
using named_values = std::vector<std::pair<std::string, std::vector<double>>>;

/// Hashes of results, the same for any number of threads and partitions, CPU or GPU.
struct result_hash {
    std::uint64_t spikes;   // all spikes so far, of all neurons, recorded or not
    std::uint64_t weights;  // all but static connections: source, target, delay, weight, state of their own
    std::uint64_t state;    // all state variables and undelivered input
};

/// Where time and memory went. Seconds since the network was made.
struct statistics {
    double build_seconds = 0, update_seconds = 0, drive_seconds = 0, gather_seconds = 0, deliver_seconds = 0,
           plastic_seconds = 0, record_seconds = 0, simulate_seconds = 0;
    std::int64_t neurons = 0, connections = 0, plastic_connections = 0;
    std::int64_t spikes = 0;           // emitted by neurons
    std::int64_t synaptic_events = 0;  // spikes through connections between nodes, Poisson drives not counted
    std::int64_t plastic_events = 0;   // of these, through connections that are not static
    std::int64_t connection_bytes = 0, plastic_bytes = 0, static_bytes = 0;  // targets, weights, delays, rows
    std::int64_t neuron_bytes = 0, other_bytes = 0;
    std::int64_t device_bytes = 0;  // taken on the GPU by now
};

/// What a long task has done: "build" counts connections, "simulate" steps.
struct progress {
    std::string_view task;
    std::int64_t done, total;
};

class network {
  public:
    explicit network(options const& = {});
    network(network&&) noexcept;
    network& operator=(network&&) noexcept;
    ~network();

    /// n nodes of a model; parameters and state as create(name) takes them, all the same for typed params.
    template <class Model> nodes create(std::int64_t n = 1, typename Model::params const& params = {}) {
        return create_typed(Model::name, n, &params);
    }
    /// Values are scalars, arrays of n values or distributions. unknown_model, unknown_parameter, wrong_type,
    /// wrong_size, out_of_range.
    nodes create(std::string_view model, std::int64_t n = 1, dictionary const& values = {});

    /// A model of its own, with other defaults; for nodes or synapses. Common properties of synapse models
    /// (stdp_pl_synapse_hom's tau_plus, ...) are set here or with set_defaults, and so is every synapse
    /// model's weight_recorder: the id of the node that records what its connections send, 0 for none. So is,
    /// before anything is connected, stdp_dopamine_synapse's volume_transmitter, a node; networks with such
    /// connections are simulated one slice at a time. unknown_node, illegal_connection.
    void copy_model(std::string_view existing, std::string const& name, dictionary const& defaults = {});
    /// For nodes and connections made later; common properties of synapse models also for existing ones.
    void set_defaults(std::string_view model, dictionary const& defaults);

    /// Parameters and state between runs. Arrays have one value per node, but for lists (tau_syn of
    /// iaf_psc_exp_multisynapse, ...): there an array is the list of each node, and an array of lists has one
    /// for each.
    void set(nodes const& which, dictionary const& values);
    /// One value per node. unknown_parameter.
    std::vector<double> get(nodes const& which, std::string_view name) const;
    /// A list of one node: spike_times (ms, on the grid), spike_weights, spike_multiplicities of a
    /// spike_generator; pulse_times (ms) of a pulsepacket_generator; histogram, histogram_correction,
    /// count_histogram [bin] and n_events [receptor] of a correlation_detector; what a neuron's receptors or
    /// adaptation currents have, one value for each (tau_syn,
    /// ...). unknown_parameter.
    std::vector<double> list(std::int32_t node, std::string_view name) const;
    /// What a node has under a name, as what it is: a number, truth, text or list. unknown_parameter.
    parameter look_up(std::int32_t node, std::string_view name) const;
    /// The names that look_up() knows for nodes of a model, in the order of its declaration. unknown_model.
    std::vector<std::string> readable_names(std::string_view model) const;
    /// What nodes or connections of a model, or of a copy, get if nothing else is said. unknown_model.
    dictionary defaults(std::string_view model) const;
    /// The model of a node.
    std::string_view model(std::int32_t id) const;
    std::int64_t size() const;  // nodes, devices included

    /// Connects pre to post: neurons and generators to neurons; neurons and generators of spikes to spike
    /// recorders (a Poisson generator sends each an independent train); multimeters to neurons. Made before
    /// the next run; specification and seed are taken now. Also neurons and generators of spikes to receptors
    /// 0 and 1 of correlation detectors, with weights; neurons to volume transmitters. Weight recorders are
    /// not connected, but are the weight_recorder of synapse models, see set_defaults.
    void connect(nodes const& pre, nodes const& post, rule const& how = all_to_all(),
                 synapse const& with = {});
    void connect(edge_list const& edges, synapse const& with = {});

    /// The pairs (sources, targets) that a rule draws if it is the next one to be connected, by target: for
    /// values that depend on the pair. The errors of connect.
    std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> draw(nodes const& pre, nodes const& post,
                                                                         rule const& how) const;
    /// Of what is connected and drawn from now on, generators that have not run yet included. out_of_range.
    void set_seed(std::uint32_t seed);
    /// The shortest and the longest delay asked for, in ms, connections of devices included; bounds where
    /// delays are random. One step if there are none.
    std::pair<double, double> delays() const;

    /// All connections whose source and target are in the given sets (empty: any), in order of source, then
    /// target.
    connection_table connections(nodes const& source = {}, nodes const& target = {},
                                 std::string_view synapse_model = {});
    /// Takes connections away, all or none: nothing shows or counts them any more, their weights and traces
    /// are gone. Spikes that their sources have sent by now still arrive. Handles of others stay valid.
    /// unknown_connection; wrong_size if one is given twice.
    void disconnect(std::vector<std::uint64_t> const& handles);
    /// weights[i] for the connection handles[i] of connections(). out_of_range, unknown_connection,
    /// wrong_size.
    void set_weights(std::vector<std::uint64_t> const& handles, std::vector<double> const& weights);
    /// One value for each handle of "weight", "delay" (ms), "receptor" (as in connect), a parameter (but
    /// where a connect gave each of its connections its own, until they are set) or state variable of all the
    /// connections' models, or "synapse_label" (-1: none) of models *_lbl. What dopamine modulates is as of
    /// now, weights too. If all their sources are in [first, last], saying so saves reading the others.
    /// unknown_parameter, unknown_connection, out_of_range.
    std::vector<double> connection_values(std::vector<std::uint64_t> const& handles, std::string_view name,
                                          std::int32_t first = 1, std::int32_t last = INT32_MAX - 1);
    /// Sets weights, delays, parameters, labels, and state of connections that have their own (short-term
    /// plasticity, c and n of dopamine); values[i] for handles[i], all or none. Traces of a source (Kplus)
    /// become one of each connection where some of its are set, or to several values; not where dopamine
    /// modulates. Spikes that have been sent arrive as they were sent: delays of 1024 steps or more stay once
    /// there has been a run, as do their connections' parameters and traces, and do not become shorter ones,
    /// or longer by another multiple of 960 steps, at any time. unknown_parameter, unknown_connection,
    /// out_of_range, wrong_type, wrong_size, bad_delay, illegal_connection.
    void set_connection_values(std::vector<std::uint64_t> const& handles, named_values const& values);
    void set_connection_values(std::vector<std::uint64_t> const& handles, std::string_view name,
                               std::vector<double> const& values) {
        set_connection_values(handles, {{std::string(name), values}});
    }
    std::string_view synapse_name(std::int32_t index) const;
    /// Mean, standard deviation, smallest and largest weight and number of the connections of one synapse
    /// model.
    struct weight_summary {
        double mean, std, min, max;
        std::int64_t n;
    };
    weight_summary summarise_weights(std::string_view synapse_model);
    /// Numbers of weights of a synapse model in `bins` equal bins of [low, high).
    std::vector<std::int64_t> weight_histogram(std::string_view synapse_model, double low, double high,
                                               int bins);

    /// Builds what has been asked for; simulate does it otherwise.
    void prepare();
    /// Advances by a duration that is a multiple of the resolution. bad_time, numerical_instability,
    /// overflow, file_error, interrupted.
    void simulate(double ms);
    /// Ends simulate at the next slice with the error `interrupted`; from any thread or signal handler.
    void interrupt() noexcept;
    double time() const;  // ms
    std::int64_t steps() const;
    double resolution() const;  // ms
    int threads() const;
    std::string_view backend() const;
    std::string device_name() const;  // of the GPU, or "CPU"

    /// Where recorders with record_to "ascii" write; "screen" is the standard output. file_error if data_path
    /// is no directory.
    void set_output(output_settings const& output);
    spike_data spikes(nodes const& recorder) const;
    /// Of a multimeter; or of a weight recorder, whose columns are weights, targets, receptors and ports, an
    /// entry for each spike that has been sent through a connection. Plastic models that are recorded are
    /// simulated one slice at a time.
    sample_data samples(nodes const& recorder) const;
    result_hash hash();
    statistics stats() const;
    /// Called while building and simulating, a few times a second at most.
    void on_progress(std::function<void(progress const&)> f);

  private:
    nodes create_typed(std::string_view model, std::int64_t n, void const* params);
    struct implementation;
    std::unique_ptr<implementation> self_;
};

}  // namespace ranvier
