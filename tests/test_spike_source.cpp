// Spike generators against the reference (tests/data/reference_devices.json); order of what they emit;
// errors.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/error.h"
#include "host/spike_source.h"

namespace ranvier {
namespace {

using json = nlohmann::json;
using stamps = std::vector<std::int64_t>;
using reals = std::vector<double>;
using integers = std::vector<std::int64_t>;

std::vector<json> cases(std::string const& kind) {
    std::ifstream file(RANVIER_TEST_DATA "/reference_devices.json");
    std::vector<json> all;
    auto const data = json::parse(file);
    for (auto const& c : data["cases"])
        if (c["kind"] == kind) all.push_back(c);
    EXPECT_FALSE(all.empty());
    return all;
}

/// As Python values arrive.
dictionary dictionary_of(json const& values) {
    dictionary d;
    for (auto const& [name, v] : values.items()) {
        if (v.is_array() && !v.empty() && v[0].is_number_integer())
            d.emplace_back(name, v.get<integers>());
        else if (v.is_array())
            d.emplace_back(name, v.get<reals>());
        else if (v.is_boolean())
            d.emplace_back(name, v.get<bool>());
        else
            d.emplace_back(name, v.get<double>());
    }
    return d;
}

struct emission {
    std::int64_t stamp;
    std::int32_t id, multiplicity;
    double factor;
    friend bool operator==(emission const&, emission const&) = default;
};

/// All that is emitted with stamps (t, end], in slices of `slice` steps.
std::vector<emission> emitted(spike_sources& s, std::int64_t t, std::int64_t end, int slice = 7) {
    std::vector<emission> all;
    std::vector<spike_event> events(3);  // left over
    std::vector<std::int64_t> begin(9);
    while (t < end) {
        auto const steps = int(std::min<std::int64_t>(slice, end - t));
        s.collect(t, steps, events, begin);
        EXPECT_EQ(begin.size(), std::size_t(steps) + 1);
        EXPECT_EQ(begin.front(), 0);
        EXPECT_EQ(begin.back(), std::int64_t(events.size()));
        for (int step = 0; step < steps; ++step)
            for (auto i = begin[std::size_t(step)]; i < begin[std::size_t(step) + 1]; ++i) {
                auto const& e = events[std::size_t(i)];
                all.push_back({t + step + 1, e.source, e.multiplicity, e.factor});
            }
        t += steps;
    }
    return all;
}

stamps stamps_of(std::vector<emission> const& all) {
    stamps s;
    for (auto const& e : all) s.insert(s.end(), std::size_t(e.multiplicity), e.stamp);
    return s;
}

spike_sources one_source(dictionary const& values = {}, double h = 0.1) {
    spike_sources s(h);
    s.add(4);
    s.set(4, values, 0);
    return s;
}

template <class E> std::string error_of(spike_sources& s, dictionary const& values, std::int64_t now = 0) {
    try {
        s.set(4, values, now);
    } catch (E const& e) { return e.what(); }
    ADD_FAILURE() << "no error";
    return {};
}

TEST(SpikeGenerator, EmitsWhatIsInItsWindow) {
    for (auto const& c : cases("spike_generator_window")) {
        double const h = c["h"];
        auto const ms = [&](json const& steps) { return 0.001 * std::round(steps.get<int>() * h * 1000); };
        reals times;
        for (int i = 1; i <= 50; ++i) times.push_back(ms(i));
        dictionary d{{"spike_times", times}, {"origin", ms(c["origin"])}, {"start", ms(c["start"])}};
        if (!c["stop"].is_null()) d.emplace_back("stop", ms(c["stop"]));
        for (int slice : {1, 7, 64}) {
            auto s = one_source(d, h);
            EXPECT_EQ(stamps_of(emitted(s, 0, c["simulated"], slice)), c["stamps"].get<stamps>()) << c;
        }
    }
}

TEST(SpikeGenerator, TakesOptionsAsTheReference) {
    for (auto const& c : cases("spike_generator_options")) {
        auto s = one_source();
        std::int64_t const now = c["simulated_before"];
        emitted(s, 0, now);
        auto const values = dictionary_of(c["params"]);
        if (c.contains("error")) {
            EXPECT_THROW(s.set(4, values, now), error) << c;
            EXPECT_TRUE(s.get(4, "spike_times").empty());
            EXPECT_EQ(s.get(4, "origin"), reals{0});
            continue;
        }
        s.set(4, values, now);
        EXPECT_EQ(s.get(4, "spike_times"), c["spike_times"].get<reals>()) << c;
        EXPECT_EQ(stamps_of(emitted(s, now, now + 60)), c["stamps"].get<stamps>()) << c;
    }
}

TEST(SpikeGenerator, EmitsByStepThenIdThenAsListed) {
    spike_sources s(0.1);
    for (auto id : {3, 9, 5}) s.add(id);
    s.set(9,
          {{"spike_times", reals{0.1, 0.3, 0.3}},
           {"spike_weights", reals{1, -2, 0}},
           {"spike_multiplicities", integers{2, 1, 4}}},
          0);
    s.set(3, {{"spike_times", reals{0.2, 0.3, 0.9}}, {"spike_multiplicities", integers{1, 0, 1}}}, 0);
    s.set(5, {{"spike_times", reals{0.1, 0.3}}}, 0);
    std::vector<emission> const expected{{1, 5, 1, 1},  {1, 9, 2, 1}, {2, 3, 1, 1}, {3, 5, 1, 1},
                                         {3, 9, 1, -2}, {3, 9, 4, 0}, {9, 3, 1, 1}};
    auto copy = s;
    EXPECT_EQ(emitted(s, 0, 20, 64), expected);
    EXPECT_EQ(emitted(copy, 0, 20, 2), expected);
    EXPECT_TRUE(emitted(s, 20, 40).empty());
}

TEST(SpikeGenerator, SkipsThePastWhenItIsSetAgain) {
    auto s = one_source({{"spike_times", reals{0.5, 1.0, 1.5, 2.0}}});
    EXPECT_EQ(stamps_of(emitted(s, 0, 12)), (stamps{5, 10}));
    s.set(4, {{"spike_weights", reals{1, 2, 3, 4}}}, 12);  // does not replay
    EXPECT_EQ(emitted(s, 12, 15), (std::vector<emission>{{15, 4, 1, 3}}));
    s.set(4, {{"origin", 1.0}}, 15);  // later again
    EXPECT_EQ(emitted(s, 15, 40), (std::vector<emission>{{20, 4, 1, 2}, {25, 4, 1, 3}, {30, 4, 1, 4}}));
    s.set(4, {{"spike_times", reals{}}, {"spike_weights", reals{}}}, 40);
    EXPECT_TRUE(emitted(s, 40, 100).empty());
}

TEST(SpikeGenerator, TellsItsParameters) {
    auto s = one_source();
    EXPECT_EQ(s.get(4, "stop"), reals{INFINITY});
    EXPECT_EQ(s.get(4, "precise_times"), reals{0});
    s.set(4,
          {{"spike_times", reals{0.31, 0.7}},
           {"allow_offgrid_times", true},
           {"spike_weights", integers{2, -3}},
           {"spike_multiplicities", integers{5, 6}},
           {"origin", 1},
           {"start", 0.2},
           {"stop", 3}},
          0);
    EXPECT_EQ(s.get(4, "spike_times"), (reals{0.4, 0.7000000000000001}));  // 0.001 * tics
    EXPECT_EQ(s.get(4, "spike_weights"), (reals{2, -3}));
    EXPECT_EQ(s.get(4, "spike_multiplicities"), (reals{5, 6}));
    EXPECT_EQ(s.get(4, "allow_offgrid_times"), reals{1});
    EXPECT_EQ(s.get(4, "shift_now_spikes"), reals{0});
    EXPECT_EQ(s.get(4, "origin"), reals{1});
    EXPECT_EQ(s.get(4, "start"), reals{0.2});
    EXPECT_EQ(s.get(4, "stop"), reals{3});
    EXPECT_THROW(s.get(4, "rate"), unknown_parameter);
    EXPECT_THROW(s.get(5, "stop"), unknown_node);
    EXPECT_THROW(s.set(5, {}, 0), unknown_node);
    s.remove(4);
    EXPECT_THROW(s.get(4, "stop"), unknown_node);
    EXPECT_THROW(s.remove(4), unknown_node);
    EXPECT_TRUE(emitted(s, 0, 100).empty());
}

TEST(SpikeGenerator, KnowsItsLargestFactor) {
    auto s = one_source();
    EXPECT_EQ(s.largest_factor(4), 1);
    s.set(4, {{"spike_times", reals{1, 2, 3}}, {"spike_weights", reals{0.5, -3, 1}}}, 0);
    EXPECT_EQ(s.largest_factor(4), 3);
    s.set(4, {{"spike_multiplicities", integers{1, 2, 10}}}, 0);
    EXPECT_EQ(s.largest_factor(4), 10);
    s.set(4, {{"spike_times", reals{1, 3, 3}}}, 0);  // two at once
    EXPECT_EQ(s.largest_factor(4), 16);
}

TEST(SpikeGenerator, ChecksAllBeforeItChangesAnything) {
    auto s = one_source();
    reals const times{0.1, 0.5};
    s.set(4, {{"spike_times", times}, {"spike_weights", reals{1, 2}}}, 0);
    reals const one{0.4};
    std::string const t = "spike_times";
    EXPECT_EQ(error_of<bad_time>(s, {{t, reals{0.25}}}),
              "spike_generator: spike_times = 0.25 ms, allowed: multiples of the resolution, 0.1 ms; set "
              "allow_offgrid_times to have it rounded up");
    error_of<bad_time>(s, {{t, reals{-0.1}}});
    error_of<bad_time>(s, {{t, reals{-0.1}}, {"allow_offgrid_times", true}});
    error_of<bad_time>(s, {{t, reals{NAN}}});
    error_of<bad_time>(s, {{t, reals{INFINITY}}});
    error_of<bad_time>(s, {{t, reals{0.0}}});
    error_of<bad_time>(s, {{t, reals{1e-4}}});
    error_of<bad_time>(s, {{t, reals{0.3, 0.2}}});
    error_of<bad_time>(s, {{"origin", 0.05}});
    error_of<bad_time>(s, {{"origin", INFINITY}});
    error_of<bad_time>(s, {{"start", -1.0}});
    error_of<bad_time>(s, {{"stop", NAN}});
    error_of<out_of_range>(s, {{"start", 2.0}, {"stop", 1.0}});
    error_of<out_of_range>(s, {{"precise_times", true}, {t, one}});
    error_of<out_of_range>(s, {{"allow_offgrid_times", false}});  // only together with times
    error_of<out_of_range>(s, {{"spike_weights", reals{1, NAN}}});
    error_of<out_of_range>(s, {{"spike_multiplicities", integers{1, -1}}});
    error_of<out_of_range>(s, {{"spike_multiplicities", integers{1, std::int64_t{1} << 31}}});
    EXPECT_EQ(error_of<wrong_size>(s, {{t, one}}),
              "spike_generator: spike_weights = 2 values, allowed: none, or one for each of 1 spike_times; "
              "set both "
              "in one call");
    error_of<wrong_size>(s, {{"spike_multiplicities", integers{1}}});
    error_of<wrong_type>(s, {{t, 0.4}});
    error_of<wrong_type>(s, {{t, std::vector<std::string>{"a"}}});
    error_of<wrong_type>(s, {{t, uniform(1, 2)}});
    error_of<wrong_type>(s, {{"spike_weights", "heavy"}});
    EXPECT_EQ(error_of<wrong_type>(s, {{"spike_multiplicities", reals{1, 2}}}),
              "spike_generator: spike_multiplicities = [1, 2], allowed: an array of integers; it was given "
              "as array "
              "of numbers");
    error_of<wrong_type>(s, {{"shift_now_spikes", 1}, {t, one}});
    error_of<wrong_type>(s, {{"origin", "now"}});
    EXPECT_NE(
        error_of<unknown_parameter>(s, {{t, times}, {"rate", 8.0}}).find("rate = 8, allowed: spike_times, "),
        std::string::npos);
    EXPECT_EQ(s.get(4, t), times);
    EXPECT_EQ(s.get(4, "spike_weights"), (reals{1, 2}));
    EXPECT_TRUE(s.get(4, "spike_multiplicities").empty());
    EXPECT_EQ(s.get(4, "origin"), reals{0});
    EXPECT_EQ(stamps_of(emitted(s, 0, 10)), (stamps{1, 5}));
}

}  // namespace
}  // namespace ranvier
