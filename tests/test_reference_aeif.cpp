// aeif_psc_alpha in networks: intervals between spikes against a high-precision solution of the same
// equations (tests/data/reference_aeif_psc_alpha.json), the state set and input given by spike generators;
// and the network under strong inhibition that ends other simulations (aeif_strong_inhibition.md) stays
// finite.
#include "bench/aeif_network.h"
#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

struct summary {
    int intervals = 0, same_step = 0, further = 0;  // further: off by more than a step
    // Largest deviations before the spike, mV and pA. V: [whether V has been above V_th][whether a current
    // has been above 3 nA].
    double V[2][2] = {}, w = 0, I = 0;
    double later = 0;  // mV, five steps after the spike

    void include(summary const& x) {
        intervals += x.intervals, same_step += x.same_step, further += x.further;
        for (int k : {0, 1})
            for (int l : {0, 1}) V[k][l] = std::max(V[k][l], x.V[k][l]);
        w = std::max(w, x.w), I = std::max(I, x.I), later = std::max(later, x.later);
    }
};

char const* const names[] = {"V_m", "w", "I_syn_ex", "I_syn_in"};

/// All intervals of a parameter set, each a neuron with its own state, current and spike generators. They
/// begin one step after the network, so that input in their first step is a spike with stamp 1.
struct intervals {
    double h;
    network net;
    std::vector<json> list;
    nodes neurons, recorder;
    std::vector<nodes> meters;

    intervals(json const& set, std::vector<json> which, int threads)
        : h(set["h"]),
          net({.resolution = h, .threads = threads, .partitions = 2 * threads}),
          list(std::move(which)) {
        auto const n = std::int64_t(list.size());
        auto params = to_dictionary(set["params"]);
        neurons = net.create("aeif_psc_alpha", n, params);
        net.set(neurons, {{"V_m", net.get(neurons, "E_L")}});
        recorder = net.create("spike_recorder");
        net.connect(neurons, recorder);
        reals current, state[6];
        for (std::int64_t i = 0; i < n; ++i) {
            auto const& x = list[std::size_t(i)];
            current.push_back(x["I_e"]);
            for (std::size_t k = 0; k < 6; ++k) state[k].push_back(x["state"][k]);
            for (int sign : {1, -1}) connect_input(x["inputs"], neurons.slice(i, i + 1), sign);
        }
        simulate_steps(net, 1);
        for (std::int64_t i = 0; i < n; ++i) {
            meters.push_back(net.create("multimeter", 1, {{"interval", h}, {"record_from", recorded()}}));
            net.connect(meters.back(), neurons.slice(i, i + 1));
        }
        net.set(neurons, {{"I_e", current},
                          {"V_m", state[0]},
                          {"w", state[1]},
                          {"dI_syn_ex", state[2]},
                          {"I_syn_ex", state[3]},
                          {"dI_syn_in", state[4]},
                          {"I_syn_in", state[5]}});
        simulate_steps(net, std::int64_t(std::ceil(60 / h)) + 6);
    }
    static std::vector<std::string> recorded() { return {std::begin(names), std::end(names)}; }
    void connect_input(json const& inputs, nodes const& neuron, int sign) {
        reals times, weights;
        for (auto const& x : inputs) {
            double const w = x[sign > 0 ? 1 : 2];
            if (w == 0) continue;
            times.push_back(to_ms(x[0].get<int>() + 1, h));
            weights.push_back(w);
        }
        if (times.empty()) return;
        net.connect(net.create("spike_generator", 1, {{"spike_times", times}, {"spike_weights", weights}}),
                    neuron, all_to_all(), {.weight = double(sign), .delay = h});
    }
    void compare(summary& sum) {
        auto const spikes = trains(net.spikes(recorder), neurons);
        auto const V_th = net.get(neurons, "V_th")[0];
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto const& x = list[i];
            auto const samples = net.samples(meters[i]);
            auto const value = [&](int name, std::int64_t stamp) {  // of the interval
                EXPECT_EQ(samples.steps.at(std::size_t(stamp - 1)), stamp + 1);
                return samples.values[std::size_t(name)].at(std::size_t(stamp - 1));
            };
            std::int64_t const expected = x["spike"].is_null() ? -1 : x["spike"].get<std::int64_t>();
            auto spike = spikes[i].empty() ? -1 : spikes[i][0] - 1;
            if (expected < 0 && spike * h > 60 - h / 2) spike = -1;  // later than the solution goes
            ++sum.intervals;
            sum.same_step += spike == expected;
            sum.further += std::abs(spike - expected) > 1;
            bool above = x["state"][0] >= V_th, strong = x["state"][3] >= 3000 || x["state"][5] >= 3000;
            std::int64_t seen = 0;
            for (auto const& s : x["samples"]) {
                std::int64_t const stamp = s[0];
                if (spike >= 0 && stamp >= spike) break;
                for (; seen < stamp; ++seen) {
                    above |= value(0, seen + 1) >= V_th;
                    strong |= value(2, seen + 1) >= 3000 || value(3, seen + 1) >= 3000;
                }
                auto& V = sum.V[above][strong];
                V = std::max(V, std::fabs(value(0, stamp) - s[1].get<double>()));
                sum.w = std::max(sum.w, std::fabs(value(1, stamp) - s[2].get<double>()));
                for (int k : {2, 3})
                    sum.I = std::max(sum.I, std::fabs(value(k, stamp) - s[std::size_t(k) + 1].get<double>()));
            }
            if (spike == expected && spike > 0)
                sum.later =
                    std::max(sum.later, std::fabs(value(0, spike + 5) - x["after"][1][1].get<double>()));
        }
    }
};

TEST(ReferenceAeif, IntervalsAsTheExactSolution) {
    auto const data = reference("aeif_psc_alpha");
    std::vector<std::vector<json>> of_set(data["sets"].size());
    for (auto const& x : data["intervals"]) of_set[x["set"].get<std::size_t>()].push_back(x);
    summary all;
    for (std::size_t i = 0; i < of_set.size(); ++i) {
        summary one;
        intervals(data["sets"][i], of_set[i], 1 + int(i) % 2).compare(one);
        fmt::print(
            "             {:10} {:3} intervals, {:3} the same; V {:.1e}, after V > V_th {:.1e}, I > 3 nA "
            "{:.1e}, both {:.1e} mV, w {:.1e} pA, I {:.1e} pA, later {:.1e} mV\n",
            data["sets"][i]["name"].get<std::string>(), one.intervals, one.same_step, one.V[0][0],
            one.V[1][0], one.V[0][1], one.V[1][1], one.w, one.I, one.later);
        all.include(one);
    }
    EXPECT_EQ(all.intervals, int(data["intervals"].size()));
    EXPECT_EQ(all.further, 0);
    EXPECT_GE(all.same_step, 0.995 * all.intervals) << "of " << all.intervals;
    for (auto const& row : all.V)
        for (double const V : row) EXPECT_LT(V, 1e-6);
    EXPECT_LT(all.w, 1e-6);
    EXPECT_LT(all.I, 1e-8);  // weights are rounded to multiples of 2^-32 pA or so
    EXPECT_LT(all.later, 5e-4);
    RecordProperty("same_step", all.same_step);
    report("V_m below threshold, mV", std::max({all.V[0][0], all.V[0][1], all.V[1][0], all.V[1][1]}));
}

/// The two seeds with which others failed, and eight more; bench/aeif_network does 100. The most negative
/// potentials are right: 40 nA of inhibition on a leak of 12 nS. Sensitive to the state, which must be the
/// same bits on any threads.
class AeifNetwork : public testing::TestWithParam<std::uint32_t> {};

TEST_P(AeifNetwork, UnderStrongInhibitionStaysFinite) {
    for (bool const coupled : {false, true}) {
        auto const one = aeif_network::run({.threads = 1, .seed = GetParam(), .coupled = coupled});
        EXPECT_TRUE(one.finite);
        EXPECT_LE(one.V_max, 0);      // V_peak
        EXPECT_GT(one.V_min, -4000);  // 48 nA on 12 nS
        EXPECT_LT(one.w_max, 1e5);
        EXPECT_GT(one.spikes, 1000);
        fmt::print(
            "             V_m {:.1f} ... {:.1f} mV, w to {:.0f}, I_ex to {:.0f}, I_in to {:.0f} pA, {} "
            "spikes, {:.2f} s\n",
            one.V_min, one.V_max, one.w_max, one.I_ex, one.I_in, one.spikes, one.seconds);
        if (GetParam() > 1234 || GetParam() == 1) {
            auto const two =
                aeif_network::run({.threads = 2, .partitions = 7, .seed = GetParam(), .coupled = coupled});
            EXPECT_EQ(two.hash.spikes, one.hash.spikes);
            EXPECT_EQ(two.hash.state, one.hash.state);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AeifNetwork,
                         testing::Values(130030284u, 1234u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u));

}  // namespace
}  // namespace ranvier::test
