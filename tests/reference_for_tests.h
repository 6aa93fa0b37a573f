// What the comparisons of whole networks with the reference simulator have in common: reading the data
// (tests/reference/README.md), values as the interface takes them, steps and ms, spikes of one neuron.
#pragma once
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/network.h"

namespace ranvier::test {

using json = nlohmann::json;
using stamps = std::vector<std::int64_t>;
using reals = std::vector<double>;

inline json reference(std::string const& name) {
    std::ifstream file(std::string(RANVIER_TEST_DATA) + "/reference_" + name + ".json");
    if (!file) throw std::runtime_error("cannot read reference_" + name + ".json");
    return json::parse(file);
}

/// The double nearest to the decimal value, as users write it.
inline double to_ms(std::int64_t steps, double h) { return double(steps * std::llround(h * 1000)) / 1000; }
/// A time in steps that may be null, for never.
inline double end_ms(json const& steps, double h) {
    return steps.is_null() ? INFINITY : to_ms(steps.get<std::int64_t>(), h);
}

inline parameter to_parameter(json const& v) {
    if (v.is_null()) return double(INFINITY);
    if (v.is_boolean()) return v.get<bool>();
    if (v.is_number_integer()) return v.get<std::int64_t>();
    if (v.is_number()) return v.get<double>();
    if (v.is_string()) return v.get<std::string>();
    if (!v.empty() && v[0].is_number_integer()) return v.get<stamps>();
    return v.get<reals>();
}
inline dictionary to_dictionary(json const& values) {
    dictionary d;
    for (auto const& [name, value] : values.items()) d.emplace_back(name, to_parameter(value));
    return d;
}
/// A synapse's parameters, its weight among them.
inline synapse to_synapse(std::string const& model, json const& values) {
    synapse s{.model = model};
    for (auto const& [name, value] : values.items())
        if (name == "weight")
            s.weight = to_parameter(value);
        else
            s.params.emplace_back(name, to_parameter(value));
    return s;
}

inline void simulate_steps(network& net, std::int64_t steps) { net.simulate(to_ms(steps, net.resolution())); }

/// origin, start, stop of a device, from steps.
inline dictionary window(json const& c) {
    double const h = c["h"];
    return {{"origin", to_ms(c["origin"].get<int>(), h)},
            {"start", to_ms(c["start"].get<int>(), h)},
            {"stop", end_ms(c["stop"], h)}};
}

/// A spike generator with a train's stamps (moved by `shift` steps), weights and multiplicities.
inline nodes make_train(network& net, json const& train, std::int64_t shift = 0) {
    reals times;
    for (auto const& s : train["stamps"])
        times.push_back(to_ms(s.get<std::int64_t>() + shift, net.resolution()));
    dictionary d{{"spike_times", times}};
    for (auto const* name : {"weights", "multiplicities"})
        if (train.contains(name)) d.emplace_back(std::string("spike_") + name, to_parameter(train[name]));
    return net.create("spike_generator", 1, d);
}

/// Stamps of each of `neurons`, [neuron][spike].
inline std::vector<stamps> trains(spike_data const& data, nodes const& neurons) {
    std::vector<stamps> all(std::size_t(neurons.size()));
    for (std::size_t i = 0; i < data.senders.size(); ++i)
        all.at(std::size_t(neurons.position(data.senders[i]))).push_back(data.steps[i]);
    return all;
}

/// Deviation from an expected value of size `scale`, at least 1 of its unit.
inline double deviation(double x, double expected, double scale) {
    return std::fabs(x - expected) / std::max(std::fabs(scale), 1.0);
}
/// What a test has seen, into its report, where names are identifiers.
inline void report(std::string const& what, double x) {
    auto key = what;
    for (auto& c : key)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    testing::Test::RecordProperty(key, fmt::format("{:.1e}", x));
    fmt::print("             {}: {:.1e}\n", what, x);
}

}  // namespace ranvier::test
