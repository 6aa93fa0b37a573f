// Neurons that fire by chance, in distribution: each check raises a false alarm once in a million seeds.
#include <map>

#include "tests/network_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier::test {
namespace {

using list = std::vector<double>;
constexpr double h = 0.1;  // ms

/// Intervals between the spikes of each neuron, in steps.
std::vector<std::int64_t> intervals(spike_data const& s, std::int64_t neurons) {
    std::vector<std::int64_t> last(std::size_t(neurons) + 1, -1), all;
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        auto& before = last[std::size_t(s.senders[i])];
        if (before >= 0) all.push_back(s.steps[i] - before);
        before = s.steps[i];
    }
    return all;
}
spike_data spikes_of(network& net, nodes const& n, double ms) {
    auto const recorder = net.create("spike_recorder");
    net.connect(n, recorder);
    net.simulate(ms);
    return net.spikes(recorder);
}
/// log P(interval = k) of a neuron that is silent for `dead` steps and then fires with probability p a step.
auto geometric(double p, std::int64_t dead) {
    return [=](std::int64_t k) {
        return k <= dead ? -1e9 : std::log(p) + double(k - dead - 1) * std::log1p(-p);
    };
}
/// The last cell of `discrete` takes all longer intervals: those that are not over at the end are too few to
/// matter.
void expect_intervals(std::vector<std::int64_t> const& seen, double p, std::int64_t dead) {
    ASSERT_GT(seen.size(), 10000u);
    auto const fit = discrete(seen, dead + 1, dead + 1 + std::int64_t(30 / p), geometric(p, dead));
    EXPECT_TRUE(fit.good()) << fit.text();
}

TEST(escape_noise, gif_psc_exp_fires_at_its_rate) {
    constexpr std::int64_t n = 500;
    constexpr double lambda = 500, V = -70, theta = -69.5, Delta = 2;  // 1/s, mV
    auto const p = -std::expm1(-lambda * 1e-3 * h * std::exp((V - theta) / Delta));
    network net({.seed = 12, .threads = 2});
    auto const a = net.create(
        "gif_psc_exp", n,
        {{"lambda_0", lambda}, {"V_T_star", theta}, {"Delta_V", Delta}, {"V_reset", V}, {"t_ref", 2.0}});
    expect_intervals(intervals(spikes_of(net, a, 1000), n), p, 20);
}

TEST(escape_noise, pp_psc_delta_fires_at_its_rate) {
    constexpr std::int64_t n = 500;
    constexpr double c_2 = 300;
    network net({.seed = 13, .threads = 2});
    auto const a = net.create("pp_psc_delta", n, {{"c_2", c_2}, {"dead_time", 1.5}});
    expect_intervals(intervals(spikes_of(net, a, 500), n), -std::expm1(-c_2 * 1e-3 * h), 15);
}

/// The rate is linear in V_m above what c_1 asks for: V_m in the steady state of a constant current.
TEST(escape_noise, pp_psc_delta_has_a_linear_part) {
    constexpr std::int64_t n = 500;
    constexpr double c_1 = 40, V = 10;
    network net({.seed = 14});
    auto const a = net.create("pp_psc_delta", n,
                              {{"c_1", c_1},
                               {"c_2", 0.0},
                               {"c_3", 0.0},
                               {"dead_time", 1.0},
                               {"with_reset", false},
                               {"V_m", V},
                               {"I_e", V * 250 / 10}});
    expect_intervals(intervals(spikes_of(net, a, 500), n), -std::expm1(-c_1 * V * 1e-3 * h), 10);
}

TEST(escape_noise, pp_psc_delta_without_dead_time_counts_as_poisson) {
    constexpr std::int64_t n = 200, steps = 500;
    for (double const mean : {0.05, 1.5, 20.0}) {
        network net({.seed = 15});
        auto const a =
            net.create("pp_psc_delta", n, {{"c_2", mean / (1e-3 * h)}, {"c_3", 0.0}, {"dead_time", 0.0}});
        auto const s = spikes_of(net, a, steps * h);
        std::map<std::pair<std::int32_t, std::int64_t>, std::int64_t> counts;
        for (std::size_t i = 0; i < s.steps.size(); ++i) ++counts[{s.senders[i], s.steps[i]}];
        std::vector<std::int64_t> all;
        for (auto const& c : counts) all.push_back(c.second);
        all.resize(std::size_t(n * steps));  // the others fired no spike
        auto const fit =
            discrete(all, 0, 60, [=](std::int64_t k) { return log_poisson_exact(mean, double(k)); });
        EXPECT_TRUE(fit.good()) << mean << ": " << fit.text();
    }
}

/// Dead times are gamma distributed, to the next step; the neuron fires as soon as it may.
TEST(escape_noise, pp_psc_delta_has_random_dead_times) {
    constexpr std::int64_t n = 500;
    constexpr double mean = 3;  // ms
    for (int const shape : {1, 4}) {
        network net({.seed = 16, .threads = 2});
        auto const a = net.create(
            "pp_psc_delta", n,
            {{"c_2", 1e9}, {"dead_time", mean}, {"dead_time_random", true}, {"dead_time_shape", shape}});
        auto const seen = intervals(spikes_of(net, a, 200), n);
        ASSERT_GT(seen.size(), 10000u);
        auto below = [&](double ms) {  // P(dead time < ms)
            if (ms <= 0) return 0.0;
            double term = 1, sum = 0;
            for (int k = 1; k <= shape; ++k) {
                sum += term;
                term *= ms * shape / mean / k;
            }
            return 1 - sum * std::exp(-ms * shape / mean);
        };
        // Dead for k steps: rounded to 1/1000 ms it is above (k - 1) h and at most k h.
        auto const fit = discrete(seen, 1, 400, [&](std::int64_t interval) {
            auto const k = double(interval - 1);
            return std::log(std::max(below(k * h + 0.0005) - below((k - 1) * h + 0.0005), 1e-300));
        });
        EXPECT_TRUE(fit.good()) << shape << ": " << fit.text();
    }
}

/// The checks can fail: a rate that is wrong by a tenth is found.
TEST(escape_noise, a_wrong_rate_is_caught) {
    constexpr std::int64_t n = 500;
    network net({.seed = 13, .threads = 2});
    auto const a = net.create("pp_psc_delta", n, {{"c_2", 330.0}, {"dead_time", 1.5}});
    auto const seen = intervals(spikes_of(net, a, 500), n);
    auto const p = -std::expm1(-300 * 1e-3 * h);
    EXPECT_FALSE(discrete(seen, 16, 16 + std::int64_t(30 / p), geometric(p, 15)).good());
}

}  // namespace
}  // namespace ranvier::test
