// Models without membrane: ignore_and_fire, parrot_neuron.
#include <gtest/gtest.h>

#include "models/ignore_and_fire.h"
#include "models/parrot_neuron.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

using stamps = std::vector<std::int64_t>;

TEST(ignore_and_fire, fires_at_its_rate_from_its_phase_on) {
    single_neuron<ignore_and_fire> plain(0.1);
    EXPECT_EQ(plain.run(3500), (stamps{1001, 2001, 3001}));
    EXPECT_EQ(ignore_and_fire::least_interval(plain.derived), 1000);
    single_neuron<ignore_and_fire> half(0.1, {.phase = 0.5, .rate = 100});
    half.spike(20, 1e6), half.current(0, 100, 1e6);
    EXPECT_EQ(half.run(300), (stamps{51, 151, 251}));
    single_neuron<ignore_and_fire> off_grid(0.1, {.phase = 0.001, .rate = 37});  // 27.027 ms, 0.027 ms
    EXPECT_EQ(off_grid.run(600), (stamps{2, 273, 544}));
}

TEST(ignore_and_fire, setting_it_starts_again) {
    single_neuron<ignore_and_fire> n(0.1, {.phase = 1, .rate = 1000});
    EXPECT_EQ(n.run(15), (stamps{11}));
    ignore_and_fire::initialise(n.params, n.h, n.state);
    EXPECT_EQ(n.run(15), (stamps{26}));
}

TEST(ignore_and_fire, rates_beyond_the_grid) {
    single_neuron<ignore_and_fire> fast(0.1, {.phase = 1, .rate = 1e12});
    EXPECT_EQ(fast.run(5), (stamps{1, 2, 3, 4, 5}));
    single_neuron<ignore_and_fire> slow(0.1, {.phase = 1, .rate = 1e-300});
    EXPECT_TRUE(slow.run(1000).empty());
    EXPECT_TRUE(valid(slow.params));
    using P = ignore_and_fire::params;
    for (P const& p : {P{.phase = 0}, P{.phase = 1.01}, P{.rate = 0}, P{.rate = -1}}) EXPECT_FALSE(valid(p));
}

TEST(parrot_neuron, repeats_with_multiplicity) {
    single_neuron<parrot_neuron> n(0.1);
    n.spike(2, -7.5), n.spike(4, 0, 0, 3), n.spike(4, 1), n.spike(5, 1, 1);
    EXPECT_EQ(n.run(10), (stamps{3, 5, 5, 5, 5}));
}

}  // namespace
}  // namespace ranvier::test
