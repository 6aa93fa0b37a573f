// What tests of recorders have in common.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "host/error.h"
#include "host/recorder.h"

namespace ranvier::test {

using json = nlohmann::json;
using ids = std::vector<std::int32_t>;
using stamps = std::vector<std::int64_t>;

inline std::vector<json> cases(std::string const& kind) {
    std::ifstream file(RANVIER_TEST_DATA "/reference_devices.json");
    std::vector<json> all;
    auto const data = json::parse(file);
    for (auto const& c : data["cases"])
        if (c["kind"] == kind) all.push_back(c);
    EXPECT_FALSE(all.empty());
    return all;
}

struct spike {
    std::int64_t stamp;
    std::int32_t id, multiplicity = 1;
};

/// Spikes, by stamp, of the slice with stamps (t, t + steps].
inline void offer(recording& r, std::vector<spike> const& spikes, std::int64_t t, int steps) {
    std::vector<spike_event> events;
    std::vector<std::int64_t> begin{0};
    for (auto stamp = t + 1; stamp <= t + steps; ++stamp) {
        for (auto const& s : spikes)
            if (s.stamp == stamp) events.push_back({s.id, s.multiplicity, 1.0});
        begin.push_back(std::int64_t(events.size()));
    }
    r.spikes({events.data(), begin.data(), t, steps});
}

inline void offer_sample(recording& r, std::int32_t id, std::int64_t stamp, ids const& senders,
                         std::vector<std::vector<double>> const& columns) {
    std::vector<double const*> pointers;
    for (auto const& c : columns) pointers.push_back(c.data());
    r.samples(id, stamp, senders.data(), std::int64_t(senders.size()), pointers.data());
}

/// The text of f's error, which must be an E.
template <class E, class F> std::string error_of(F f) {
    try {
        f();
    } catch (E const& e) { return e.what(); }
    ADD_FAILURE() << "no error";
    return {};
}

}  // namespace ranvier::test
