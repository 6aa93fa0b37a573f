// What tests of networks have in common: results as values, runs in pieces, errors in parts.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <numeric>
#include <string>

#include "host/network.h"

namespace ranvier {
std::vector<node_model> const& node_models();  // as host/registry.h declares them
std::vector<synapse_model> const& synapse_models();
}  // namespace ranvier

namespace ranvier::test {

/// A setting in the environment, of the emulated backend (backends_for_tests.cpp) or the CPU's, while this
/// lives.
struct environment {
    char const* name;
    environment(char const* name, int value) : name(name) { setenv(name, std::to_string(value).c_str(), 1); }
    ~environment() { unsetenv(name); }
    environment(environment const&) = delete;
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// The model of that name; copies are those of their original.
inline node_model const& model_of(std::string_view name) {
    auto const& all = node_models();
    return *std::find_if(all.begin(), all.end(), [&](auto const& m) { return m.name == name; });
}

/// A build may have some of the models only (RANVIER_MODELS).
inline bool has_neuron(std::string_view name) {
    auto const& all = node_models();
    return std::any_of(all.begin(), all.end(), [&](auto const& m) { return m.name == name; });
}
inline bool has_synapse(std::string_view name) {
    auto const& all = synapse_models();
    return std::any_of(all.begin(), all.end(), [&](auto const& m) { return m.name == name; });
}

/// All nodes of a model.
inline nodes all_of_model(network const& net, std::string_view model) {
    std::vector<std::int32_t> ids;
    for (std::int32_t id = 1; id <= net.size(); ++id)
        if (net.model(id) == model) ids.push_back(id);
    return nodes(ids);
}

/// A volume transmitter for the synapse models that need one.
inline nodes give_transmitter(network& net) {
    auto const made = net.create("volume_transmitter");
    for (auto const& s : synapse_models())
        if (!s.modulator.empty()) net.set_defaults(s.name, {{s.modulator, made.front()}});
    return made;
}

inline std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }
inline std::vector<std::uint64_t> bits(std::vector<double> const& x) {
    std::vector<std::uint64_t> all;
    for (auto const v : x) all.push_back(bits(v));
    return all;
}

struct hash_text {
    std::string text;
    friend bool operator==(hash_text const&, hash_text const&) = default;
    friend std::ostream& operator<<(std::ostream& o, hash_text const& h) { return o << h.text; }
};
inline hash_text shown(result_hash const& h) {
    return {fmt::format("spikes {:016x} weights {:016x} state {:016x}", h.spikes, h.weights, h.state)};
}
inline hash_text hash_of(network& net) { return shown(net.hash()); }

/// Connections as comparable rows: multapses that differ in nothing but weight may change places.
struct row {
    std::int32_t source, target, model;
    double delay;
    std::uint64_t weight, Kplus;
    friend auto operator<=>(row const&, row const&) = default;
};
inline std::vector<row> rows(connection_table const& t) {
    std::vector<row> all;
    for (std::size_t i = 0; i < t.source.size(); ++i)
        all.push_back(
            {t.source[i], t.target[i], t.synapse_model[i], t.delay[i], bits(t.weight[i]), bits(t.Kplus[i])});
    std::sort(all.begin(), all.end(), [](row const& a, row const& b) { return (a <=> b) < 0; });
    return all;
}

/// Everything that a run leaves behind.
struct outcome {
    hash_text hash;
    std::vector<row> connections;
    std::vector<std::int64_t> spike_steps;  // of the recorder, if there is one
    std::vector<std::int32_t> spike_senders;
    std::vector<std::int64_t> sample_steps;  // of the multimeters, if there are any
    std::vector<std::int32_t> sample_senders;
    std::vector<std::uint64_t> sample_values;
    std::int64_t spikes = 0, synaptic_events = 0, plastic_events = 0;
};

/// A network that is built, run, and changed at certain times.
struct scenario {
    std::string name;
    std::function<void(network&)> build;
    double end;  // ms
    struct change {
        double at;  // ms
        std::function<void(network&)> what;
    };
    std::vector<change> changes = {};
    std::int64_t least_spikes = 100;  // that the scenario is worth comparing
    friend void PrintTo(scenario const& s, std::ostream* o) { *o << s.name; }
};

struct variation {
    int threads = 1, partitions = 1;
    std::vector<std::int64_t> pieces = {};  // steps, repeated; empty: as few runs as the changes allow
    bool recorded = false;
    std::uint32_t seed = 7;
    double resolution = 0.1;  // ms
};

inline std::string text(variation const& v) {
    std::string pieces;
    for (auto const p : v.pieces) pieces += fmt::format(" {}", p);
    return fmt::format("threads {} partitions {} pieces{}{}", v.threads, v.partitions,
                       pieces.empty() ? " 1" : pieces, v.recorded ? " recorded" : "");
}

/// Steps and changes of a scenario, one call of simulate at a time, so that several networks can be
/// interleaved.
class stepper {
  public:
    stepper(scenario const& s, variation const& v)
        : scenario_(s),
          variation_(v),
          net({.resolution = v.resolution, .seed = v.seed, .threads = v.threads, .partitions = v.partitions}),
          end_(to_steps(s.end)) {
        s.build(net);
        nodes_ = net.size();
        if (v.recorded) record();
    }
    bool done() const { return net.steps() == end_; }
    void advance() {
        auto const now = net.steps();
        while (next_change_ < scenario_.changes.size() && to_steps(scenario_.changes[next_change_].at) <= now)
            scenario_.changes[next_change_++].what(net);
        auto until =
            next_change_ < scenario_.changes.size() ? to_steps(scenario_.changes[next_change_].at) : end_;
        auto const& pieces = variation_.pieces;
        if (!pieces.empty()) until = std::min(until, now + pieces[piece_++ % pieces.size()]);
        net.simulate(double(until - now) * variation_.resolution);
    }
    outcome result() {
        outcome o;
        o.hash = hash_of(net);
        o.connections = rows(net.connections());
        auto const stats = net.stats();
        o.spikes = stats.spikes;
        o.synaptic_events = stats.synaptic_events;
        o.plastic_events = stats.plastic_events;
        if (!spike_recorder_.empty()) {
            auto const s = net.spikes(spike_recorder_);
            o.spike_steps = s.steps;
            o.spike_senders = s.senders;
        }
        for (auto const& m : meters_) {
            auto const s = net.samples(m);
            o.sample_steps.insert(o.sample_steps.end(), s.steps.begin(), s.steps.end());
            o.sample_senders.insert(o.sample_senders.end(), s.senders.begin(), s.senders.end());
            for (auto const& column : s.values)
                for (auto const x : column) o.sample_values.push_back(bits(x));
        }
        return o;
    }

  private:
    std::int64_t to_steps(double ms) const { return std::int64_t(ms / variation_.resolution + 0.5); }
    bool records(std::int32_t id, char const* name) {
        auto const& all = model_of(net.model(id)).recordables;
        return std::any_of(all.begin(), all.end(), [&](auto const& r) { return r.name == name; });
    }
    /// All spikes, V_m of all neurons at an odd interval, and synaptic currents of some at another.
    void record() {
        spike_recorder_ = net.create("spike_recorder");
        std::vector<std::int32_t> spiking, with_V, with_I;
        for (std::int32_t id = 1; id <= nodes_; ++id) {
            auto const role = model_of(net.model(id)).role;
            if (role == node_role::neuron || role == node_role::spike_source) spiking.push_back(id);
            if (records(id, "V_m")) with_V.push_back(id);
            if (records(id, "I_syn_ex") && id % 3 == 0) with_I.push_back(id);
        }
        net.connect(nodes(spiking), spike_recorder_);
        auto meter = [&](double interval, double offset, std::vector<std::string> names,
                         std::vector<std::int32_t> ids) {
            if (ids.empty()) return;
            meters_.push_back(net.create(
                "multimeter", 1, {{"interval", interval}, {"offset", offset}, {"record_from", names}}));
            net.connect(meters_.back(), nodes(std::move(ids)));
        };
        meter(7 * variation_.resolution, 0.0, {"V_m"}, with_V);
        meter(13 * variation_.resolution, 5 * variation_.resolution, {"I_syn_ex", "V_m"}, with_I);
    }

    scenario scenario_;
    variation variation_;

  public:
    network net;

  private:
    std::int64_t end_;
    std::int64_t nodes_ = 0;
    std::size_t next_change_ = 0, piece_ = 0;
    nodes spike_recorder_;
    std::vector<nodes> meters_;
};

inline outcome run(scenario const& s, variation const& v) {
    stepper one(s, v);
    while (!one.done()) one.advance();
    return one.result();
}

/// Same results, of what both have recorded.
inline void expect_same(outcome const& a, outcome const& b, std::string const& how) {
    EXPECT_EQ(a.hash, b.hash) << how;
    EXPECT_EQ(a.spikes, b.spikes) << how;
    EXPECT_EQ(a.synaptic_events, b.synaptic_events) << how;
    EXPECT_EQ(a.plastic_events, b.plastic_events) << how;
    EXPECT_TRUE(a.connections == b.connections) << how << ": connections differ";
    if (a.spike_steps.empty() || b.spike_steps.empty()) return;
    EXPECT_TRUE(a.spike_steps == b.spike_steps && a.spike_senders == b.spike_senders)
        << how << ": recorded spikes differ";
    EXPECT_TRUE(a.sample_steps == b.sample_steps) << how << ": times of samples differ";
    EXPECT_TRUE(a.sample_senders == b.sample_senders) << how << ": senders of samples differ";
    EXPECT_TRUE(a.sample_values == b.sample_values) << how << ": samples differ";
}

/// f's error, which must be an E.
template <class E, class F> mistake error_of(F f) {
    try {
        f();
    } catch (E const& e) { return e.details(); } catch (std::exception const& e) {
        ADD_FAILURE() << "another error: " << e.what();
        return {};
    }
    ADD_FAILURE() << "no error";
    return {};
}

}  // namespace ranvier::test
