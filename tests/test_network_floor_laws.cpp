// How often neurons without leak and refractory time fire that get a constant input: closed forms for either
// reset and for either comparison with the threshold (Rueckauer et al. 2017, Front Neurosci 11:682).
#include <limits>

#include "tests/network_for_tests.h"

namespace ranvier::test {
namespace {

constexpr std::int64_t parts = 64, longest = 640;

struct law {
    bool subtract;  // a spike lowers V_m by the threshold, or sets it to 0
    bool strict;    // V_m > V_th, or V_m >= V_th
    bool synapses;  // whether the input is spikes
};

/// Spikes until step T, T = 1 ... longest, for the input k / 64 in each step and the threshold 1.
std::int64_t expected(law const& l, std::int64_t k, std::int64_t T) {
    if (l.subtract)
        return l.strict ? std::max<std::int64_t>((k * T + parts - 1) / parts - 1, 0) : k * T / parts;
    if (k == 0) return 0;
    return T / (l.strict ? parts / k + 1 : (parts + k - 1) / k);
}

/// counts[k][T - 1]
std::vector<std::vector<std::int64_t>> spikes_until(law const& l) {
    network net({.resolution = 1, .threads = 2, .partitions = 3});
    // With 1 mV = 1 pF and steps of 1 ms a current of 1 pA is 1 mV a step; multiples of 1/64 are summed
    // exactly. Models compare by >=: the number after 1 makes that >, and with V_reset as much higher the
    // jump stays 1.
    auto const least = std::numeric_limits<double>::epsilon();
    auto const above = l.strict ? least : 0.0;
    auto const neurons = net.create("iaf_psc_delta", parts + 1,
                                    {{"E_L", 0.0},
                                     {"V_m", 0.0},
                                     {"C_m", 1.0},
                                     {"tau_m", std::numeric_limits<double>::infinity()},
                                     {"t_ref", 0.0},
                                     {"V_th", 1 + above},
                                     {"V_reset", l.subtract ? above : 0.0},
                                     {"reset_by_subtraction", l.subtract}});
    std::vector<double> input;
    for (std::int64_t k = 0; k <= parts; ++k) input.push_back(double(k) / parts);
    if (l.synapses) {
        auto const clock = net.create("ignore_and_fire", 1, {{"rate", 1000.0}});
        net.connect(clock, neurons, all_to_all(), {.weight = input, .delay = 1.0});
        net.simulate(2);  // the first spike is that of step 2 and arrives in step 3
    } else {
        net.set(neurons, {{"I_e", input}});
    }
    auto const before = net.steps();
    auto const recorder = net.create("spike_recorder");
    net.connect(neurons, recorder);
    net.simulate(longest / 2);
    net.simulate(longest - longest / 2);
    std::vector counts(parts + 1, std::vector<std::int64_t>(longest));
    auto const s = net.spikes(recorder);
    for (std::size_t i = 0; i < s.steps.size(); ++i)
        ++counts[std::size_t(s.senders[i] - neurons[0])][std::size_t(s.steps[i] - before - 1)];
    for (auto& of_one : counts) std::partial_sum(of_one.begin(), of_one.end(), of_one.begin());
    return counts;
}

class floor_laws : public testing::TestWithParam<law> {};

TEST_P(floor_laws, hold_at_every_step) {
    auto const counts = spikes_until(GetParam());
    for (std::int64_t k = 0; k <= parts; ++k)
        for (std::int64_t T = 1; T <= longest; ++T)
            ASSERT_EQ(counts[std::size_t(k)][std::size_t(T - 1)], expected(GetParam(), k, T))
                << "input " << k << "/64, " << T << " steps";
}

std::string name_of(testing::TestParamInfo<law> const& p) {
    auto const& l = p.param;
    return std::string(l.subtract ? "subtract" : "zero") + (l.strict ? "_above" : "_at_or_above") +
           (l.synapses ? "_spikes" : "_current");
}

INSTANTIATE_TEST_SUITE_P(resets, floor_laws,
                         testing::Values(law{true, false, false}, law{true, true, false},
                                         law{false, false, false}, law{false, true, false},
                                         law{true, false, true}, law{true, true, true},
                                         law{false, false, true}, law{false, true, true}),
                         name_of);

/// 0.1 is no binary number: ten of them are less than 1, so that a spike is late, and one is missing in the
/// end.
TEST(floor_laws_of_other_numbers, are_those_of_their_sums) {
    double sum = 0;
    std::int64_t wanted = 0;
    for (int t = 0; t < 1000; ++t) {
        sum += 0.1;
        if (sum >= 1) sum -= 1, ++wanted;
    }
    EXPECT_EQ(wanted, 99);
    network net({.resolution = 1, .threads = 1});
    auto const n = net.create("iaf_psc_delta", 1,
                              {{"E_L", 0.0},
                               {"V_m", 0.0},
                               {"C_m", 1.0},
                               {"tau_m", std::numeric_limits<double>::infinity()},
                               {"t_ref", 0.0},
                               {"V_th", 1.0},
                               {"V_reset", 0.0},
                               {"reset_by_subtraction", true},
                               {"I_e", 0.1}});
    net.simulate(1000);
    EXPECT_EQ(net.stats().spikes, wanted);
}

}  // namespace
}  // namespace ranvier::test
