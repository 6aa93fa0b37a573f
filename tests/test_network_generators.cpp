// What generators draw, in distribution. Each check of goodness has a rate of false alarm of 1e-6; seeds are
// fixed.
#include "tests/network_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier::test {
namespace {

using counts = std::vector<double>;  // [step]

/// Spikes of a generator in each of n steps at each of `targets` parrots.
std::vector<counts> received(network& net, nodes const& generator, std::int64_t targets, std::int64_t n) {
    auto const parrots = net.create("parrot_neuron", targets), recorder = net.create("spike_recorder");
    net.connect(generator, parrots, all_to_all(), {.delay = 0.1});
    net.connect(parrots, recorder);
    for (std::int64_t left = n + 2; left > 0; left -= 1000)
        net.simulate(0.1 * double(std::min<std::int64_t>(left, 1000)));
    auto all = std::vector<counts>(std::size_t(targets), counts(std::size_t(n), 0.0));
    auto const s = net.spikes(recorder);
    for (std::size_t i = 0; i < s.steps.size(); ++i)
        if (auto const stamp = s.steps[i] - 1; stamp >= 1 && stamp <= n)
            ++all[std::size_t(parrots.position(s.senders[i]))][std::size_t(stamp - 1)];
    return all;
}

/// Sums of counts against their means, where these are 10 or more.
fit poisson_fit(counts const& observed, counts const& mean) {
    double statistic = 0;
    int cells = 0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
        if (mean[i] < 10) continue;
        statistic += (observed[i] - mean[i]) * (observed[i] - mean[i]) / mean[i];
        ++cells;
    }
    return {statistic, chi_square_limit(cells)};
}

struct moments {
    double mean = 0, variance = 0;
};
moments moments_of(counts const& c) {
    moments m;
    for (auto const x : c) m.mean += x / double(c.size());
    for (auto const x : c) m.variance += (x - m.mean) * (x - m.mean) / double(c.size());
    return m;
}
double correlation(counts const& a, counts const& b) {
    auto const x = moments_of(a), y = moments_of(b);
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - x.mean) * (b[i] - y.mean);
    return sum / double(a.size()) / std::sqrt(x.variance * y.variance);
}
/// Standard deviations that are exceeded on either side with probability 1e-6.
constexpr double far = 4.892;

std::vector<std::int64_t> intervals(counts const& c) {
    std::vector<std::int64_t> all;
    std::int64_t last = -1;
    for (std::size_t k = 0; k < c.size(); ++k)
        for (int i = 0; i < int(c[k]); ++i) {
            if (last >= 0) all.push_back(std::int64_t(k) - last);
            last = std::int64_t(k);
        }
    return all;
}

TEST(generators, sinusoidal_rates) {
    constexpr std::int64_t n = 20000, period = 200, targets = 20;  // steps
    constexpr double rate = 900, amplitude = 1200, phase = 30;     // below 0 at times
    network net({.seed = 5, .threads = 2});
    auto const g =
        net.create("sinusoidal_poisson_generator", 1,
                   {{"rate", rate}, {"amplitude", amplitude}, {"frequency", 50.0}, {"phase", phase}});
    auto const all = received(net, g, targets, n);
    counts observed(period), mean(period);
    for (std::int64_t s = 1; s <= n; ++s) {
        auto const x = 2 * M_PI * 50 * double(s) * 1e-4 + phase * M_PI / 180;
        mean[std::size_t(s % period)] +=
            double(targets) * std::max(0.0, rate + amplitude * std::sin(x)) * 1e-4;
        for (auto const& c : all) observed[std::size_t(s % period)] += c[std::size_t(s - 1)];
    }
    for (std::size_t k = 0; k < period; ++k)
        EXPECT_TRUE(mean[k] > 0 || observed[k] == 0) << "where the rate is not positive";
    auto const f = poisson_fit(observed, mean);
    EXPECT_TRUE(f.good()) << f.text();
    // Independent but for the common rate: numbers in whole periods.
    counts a(n / period), b(n / period);
    for (std::size_t k = 0; k < n; ++k) a[k / period] += all[0][k], b[k / period] += all[1][k];
    EXPECT_LT(std::fabs(correlation(a, b)), far / std::sqrt(double(n / period)));
    // In each step a Poisson number: mean and variance of those at one phase, over targets and periods.
    counts at_peak;
    for (auto const& c : all)
        for (std::size_t k = 32; k < n; k += period) at_peak.push_back(c[k]);
    auto const m = moments_of(at_peak);
    EXPECT_LT(std::fabs(m.variance / m.mean - 1), far * std::sqrt((2 + 1 / m.mean) / double(at_peak.size())));
}

TEST(generators, one_sinusoidal_train_for_all) {
    constexpr std::int64_t n = 40000, period = 100;
    network net({.seed = 5, .threads = 2});
    net.set_defaults("sinusoidal_poisson_generator", {{"individual_spike_trains", false}, {"rate", 4000.0}});
    net.copy_model("sinusoidal_poisson_generator", "own", {{"individual_spike_trains", true}});
    auto const g =
        net.create("sinusoidal_poisson_generator", 1, {{"amplitude", 3000.0}, {"frequency", 100.0}});
    EXPECT_EQ(net.get(g, "individual_spike_trains")[0], 0);
    EXPECT_EQ(net.get(net.create("own"), "individual_spike_trains")[0], 1);
    EXPECT_EQ(error_of<out_of_range>([&] {
                  net.set(g, {{"individual_spike_trains", true}});
              }).parameter,
              "individual_spike_trains");
    auto const recorder = net.create("spike_recorder");
    net.connect(g, recorder);
    auto const all = received(net, g, 3, n);
    EXPECT_EQ(all[0], all[1]);
    EXPECT_EQ(all[0], all[2]);
    counts recorded(n), observed(period), mean(period);
    for (auto const s : net.spikes(recorder).steps)
        if (s <= n) ++recorded[std::size_t(s - 1)];
    EXPECT_EQ(all[0], recorded);
    for (std::int64_t s = 1; s <= n; ++s) {
        mean[std::size_t(s % period)] += (4000 + 3000 * std::sin(2 * M_PI * 100 * double(s) * 1e-4)) * 1e-4;
        observed[std::size_t(s % period)] += recorded[std::size_t(s - 1)];
    }
    auto const f = poisson_fit(observed, mean);
    EXPECT_TRUE(f.good()) << f.text();
    auto const connections = net.connections(g);
    EXPECT_EQ(connections.source.size(), 3u);
}

TEST(generators, copies_of_a_train_are_correlated) {
    constexpr std::int64_t n = 40000;
    constexpr double p = 0.3, mean = 2;
    network net({.seed = 5, .threads = 2});
    auto const g = net.create("mip_generator", 1, {{"rate", mean * 1e4}, {"p_copy", p}});
    auto const all = received(net, g, 4, n);
    for (auto const& c : all) {
        auto const m = moments_of({c.begin() + 1, c.end()});
        EXPECT_LT(std::fabs(m.mean - p * mean), far * std::sqrt(p * mean / n));
        EXPECT_LT(std::fabs(m.variance / m.mean - 1), far * std::sqrt((2 + 1 / m.mean) / n));
    }
    // Numbers of two copies have the correlation p.
    for (std::size_t i = 1; i < 4; ++i)
        EXPECT_LT(std::fabs(correlation(all[0], all[i]) - p), far * 2 / std::sqrt(double(n)));
    net.set(g, {{"p_copy", 1.0}});
    auto const same = received(net, g, 2, net.steps() + 3000);
    EXPECT_EQ(counts(same[0].end() - 2000, same[0].end()), counts(same[1].end() - 2000, same[1].end()));
    EXPECT_GT(moments_of({same[0].end() - 2000, same[0].end()}).mean, 1.5);
}

TEST(generators, intervals_of_a_gamma_process) {
    constexpr std::int64_t n = 60000, shape = 3;
    constexpr double p = 0.12;  // of the next stage in a step
    network net({.seed = 6, .threads = 2});
    auto const g = net.create("gamma_sup_generator", 1, {{"rate", p / shape * 1e4}, {"gamma_shape", shape}});
    auto const all = received(net, g, 4, n);
    std::vector<std::int64_t> isi;
    for (auto const& c : all)
        for (auto const i : intervals(c)) isi.push_back(i);
    EXPECT_GT(isi.size(), 8000u);
    auto const f = discrete(isi, 3, 150, [&](std::int64_t k) {
        return log_choose(double(k - 1), shape - 1) + shape * std::log(p) +
               double(k - shape) * std::log1p(-p);
    });
    EXPECT_TRUE(f.good()) << f.text();
    EXPECT_LT(std::fabs(correlation(all[0], all[1])), far / std::sqrt(double(n)));
}

TEST(generators, intervals_with_dead_time) {
    constexpr std::int64_t n = 60000, bins = 20;
    constexpr double rate = 200, p = 0.1 / (1000 / rate - 2);
    network net({.seed = 6, .threads = 2});
    auto const g = net.create("ppd_sup_generator", 1, {{"rate", rate}, {"dead_time", 2.0}});
    std::vector<std::int64_t> isi;
    for (auto const& c : received(net, g, 6, n))
        for (auto const i : intervals(c)) isi.push_back(i);
    EXPECT_GT(isi.size(), 5000u);
    auto const f = discrete(isi, bins + 1, 400, [&](std::int64_t k) {
        return std::log(p) + double(k - bins - 1) * std::log1p(-p);
    });
    EXPECT_TRUE(f.good()) << f.text();
}

/// Numbers of superposed processes in long windows have the mean of so many and the variance of renewal
/// processes, CV^2 of their intervals times the mean.
TEST(generators, superpositions_are_regular) {
    constexpr std::int64_t n = 40000, window = 1000, processes = 50;
    struct kind {
        char const* model;
        dictionary params;
        double interval, cv2;  // steps
    };
    auto const of_stages = [](double p) { return (1 - p) / 4; };  // the sum of four geometric numbers
    double const p = 0.04 * 1, q = 0.1 / (10 - 5);
    for (auto const& k :
         {kind{"gamma_sup_generator", {{"rate", 100.0}, {"gamma_shape", 4}}, 100, of_stages(p)},
          kind{"ppd_sup_generator", {{"rate", 100.0}, {"dead_time", 5.0}}, 100, (1 - q) / (q * q) / 1e4}}) {
        network net({.seed = 7, .threads = 2});
        auto params = k.params;
        params.emplace_back("n_proc", std::int64_t{processes});
        counts numbers;
        for (auto const& c : received(net, net.create(k.model, 1, params), 10, n))
            for (std::size_t i = window; i < std::size_t(n); i += window)  // the first is not in equilibrium
                numbers.push_back(std::accumulate(c.begin() + std::ptrdiff_t(i),
                                                  c.begin() + std::ptrdiff_t(i + window), 0.0));
        auto const m = moments_of(numbers);
        double const mean = double(processes * window) / k.interval, variance = mean * k.cv2;
        EXPECT_LT(std::fabs(m.mean - mean), far * std::sqrt(variance / double(numbers.size()))) << k.model;
        // Of windows that are some intervals long it is up to 1/6 (1 - cv^4) processes more.
        EXPECT_LT(m.variance,
                  (variance + processes / 6.0) * (1 + far * std::sqrt(2.0 / double(numbers.size()))))
            << k.model;
        EXPECT_GT(m.variance, variance * (1 - far * std::sqrt(2.0 / double(numbers.size())))) << k.model;
    }
}

TEST(generators, normal_currents) {
    constexpr std::int64_t n = 3000;
    network net({.seed = 8, .threads = 2});
    auto const neurons = net.create(
        "iaf_psc_delta", 3, {{"tau_m", 1e9}, {"E_L", 0.0}, {"V_m", 0.0}, {"V_th", 1e9}, {"C_m", 100.0}});
    auto const g = net.create("noise_generator", 1, {{"mean", 7.0}, {"std", 20.0}, {"dt", 0.3}});
    net.connect(g, neurons.slice(0, 2), all_to_all(), {.delay = 0.1});
    net.connect(g, neurons.slice(2, 3), all_to_all(), {.delay = 0.4});
    auto const meter = net.create("voltmeter", 1, {{"interval", 0.1}});
    net.connect(meter, neurons);
    net.simulate(0.3 * n + 2);
    auto const V = net.samples(meter).values[0];
    std::vector<counts> I(3);
    for (std::size_t j = 0; j < 3; ++j)
        for (std::size_t k = 0; k < n; ++k) {
            // Changes in steps 0, 3, ... flow from two steps later, or five.
            auto const step = 3 * k + (j == 2 ? 4 : 1);
            auto const at = [&](std::size_t s) { return V[3 * s + j]; };
            I[j].push_back((at(step + 3) - at(step)) / 0.3 * 100);
        }
    for (auto& x : I) {
        counts standard;
        for (auto const v : x) standard.push_back((v - 7) / 20);
        auto const f = kolmogorov(standard, [](double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; });
        EXPECT_TRUE(f.good()) << f.text();
        EXPECT_LT(std::fabs(correlation({x.begin(), x.end() - 1}, {x.begin() + 1, x.end()})),
                  far / std::sqrt(n));
    }
    EXPECT_LT(std::fabs(correlation(I[0], I[1])), far / std::sqrt(double(n)));
    EXPECT_LT(std::fabs(correlation(I[0], I[2])), far / std::sqrt(double(n)));
}

TEST(generators, the_deviation_of_noise_is_modulated) {
    constexpr std::int64_t n = 400;  // periods of 20 steps
    network net({.seed = 8, .threads = 1});
    auto const neuron =
        net.create("iaf_psc_delta", 20, {{"tau_m", 1e9}, {"E_L", 0.0}, {"V_m", 0.0}, {"V_th", 1e9}});
    auto const g = net.create("noise_generator", 1,
                              {{"std", 20.0}, {"std_mod", 20.0}, {"dt", 0.1}, {"frequency", 500.0}});
    net.connect(g, neuron, all_to_all(), {.delay = 0.1});
    auto const meter = net.create("voltmeter", 1, {{"interval", 0.1}});
    net.connect(meter, neuron);
    net.simulate(2.0 * n + 1);
    auto const V = net.samples(meter).values[0];
    for (std::size_t phase = 1; phase <= 20; ++phase) {
        double sum = 0;
        int values = 0;
        for (std::size_t s = phase; s <= 20 * n; s += 20)
            for (std::size_t j = 0; j < 20; ++j, ++values) {
                if (s < 2) continue;
                auto const I = (V[20 * (s + 1) + j] - V[20 * s + j]) * 2500;  // of the event with stamp s
                sum += I * I;
            }
        auto const variance = 400 * (1 + std::sin(2 * M_PI * double(phase) / 20));
        EXPECT_LT(std::fabs(sum / values - variance), far * variance * std::sqrt(2.0 / values) + 400 * 2e-3)
            << phase;
    }
}

/// devices.md, 3: the value of the step that ends with the stamp, 0 while the generator is not active. Rates
/// whether it is or not.
TEST(generators, multimeters_record_what_they_emit) {
    network net;
    auto const alternating = net.create("ac_generator", 2,
                                        {{"amplitude", 30.0},
                                         {"offset", 100.0},
                                         {"frequency", 40.0},
                                         {"phase", 90.0},
                                         {"start", 2.0},
                                         {"stop", 9.0}});
    auto const steps = net.create(
        "step_current_generator", 1,
        {{"amplitude_times", std::vector<double>{1.5, 6}}, {"amplitude_values", std::vector<double>{5, -7}}});
    auto const modulated =
        net.create("sinusoidal_poisson_generator", 1,
                   {{"rate", 20.0}, {"amplitude", 50.0}, {"frequency", 100.0}, {"start", 50.0}});
    auto const constant = net.create("dc_generator", 1, {{"amplitude", 3.0}});
    auto meter = [&](std::string const& name, nodes const& of, double interval) {
        auto const m = net.create("multimeter", 1, {{"record_from", name}, {"interval", interval}});
        net.connect(m, of);
        return m;
    };
    auto const all = meter("I", alternating, 0.1), of_steps = meter("I", steps, 0.3),
               rates = meter("rate", modulated, 0.2), of_constant = meter("I", constant, 0.5);
    net.connect(of_steps, alternating.slice(0, 1));
    for (double const ms : {0.1, 3.2, 0.7, 4.0}) net.simulate(ms);
    net.set(constant, {{"amplitude", -4.0}});
    net.simulate(2);

    auto const wave = [](double amplitude, double Hz, double degrees, double ms) {
        return amplitude * std::sin(2e-3 * M_PI * Hz * ms + degrees * M_PI / 180);
    };
    auto expect = [&](nodes const& m, std::size_t entries, auto value) {
        auto const s = net.samples(m);
        ASSERT_EQ(s.steps.size(), entries);
        for (std::size_t k = 0; k < entries; ++k)
            ASSERT_NEAR(s.values[0][k], value(s.senders[k], s.steps[k]), 1e-11) << s.times[k];
    };
    auto const ac = [&](std::int64_t stamp) {
        return stamp >= 20 && stamp < 90 ? 100 + wave(30, 40, 90, 0.1 * double(stamp)) : 0.0;
    };
    expect(all, 200, [&](auto, auto stamp) { return ac(stamp); });
    expect(of_steps, 66, [&](auto sender, auto stamp) {
        return sender == steps[0] ? stamp < 15 ? 0.0 : stamp < 60 ? 5.0 : -7.0 : ac(stamp);
    });
    expect(rates, 50,
           [&](auto, auto stamp) { return std::max(0.0, 20 + wave(50, 100, 0, 0.1 * double(stamp))); });
    expect(of_constant, 20, [](auto, auto stamp) { return stamp <= 80 ? 3.0 : -4.0; });

    auto const silent = net.create("poisson_generator", 1), wrong = net.create("voltmeter", 1);
    EXPECT_THROW(net.connect(wrong, silent), illegal_connection);
    EXPECT_THROW(net.connect(wrong, constant), illegal_connection);
    EXPECT_THROW(net.connect(all, alternating.slice(1, 2)), illegal_connection);
}

}  // namespace
}  // namespace ranvier::test
