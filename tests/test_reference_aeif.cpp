// AdEx neurons in networks: intervals between spikes against a high-precision solution of the same equations
// (tests/data/reference_aeif_*.json), the state set and input given by spike generators; and the network
// under strong inhibition that ends other simulations (aeif_strong_inhibition.md) stays finite.
#include "bench/aeif_network.h"
#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

struct summary {
    int intervals = 0, same_step = 0, further = 0;  // further: off by more than a step
    // Largest deviations before the spike; mV, pA, pA or nS. V: [whether V has been above V_th][whether a
    // current has been above 3 nA, or a conductance above 100 nS].
    double V[2][2] = {}, w = 0, synapses = 0;
    double later = 0;  // mV, five steps after the spike

    void include(summary const& x) {
        intervals += x.intervals, same_step += x.same_step, further += x.further;
        for (int k : {0, 1})
            for (int l : {0, 1}) V[k][l] = std::max(V[k][l], x.V[k][l]);
        w = std::max(w, x.w), synapses = std::max(synapses, x.synapses), later = std::max(later, x.later);
    }
};

using names = std::vector<std::string>;
/// How a column of inputs reaches the neuron.
struct channel {
    double weight;
    int receptor;
};
std::vector<channel> const by_sign{{1, 0}, {-1, 0}}, by_receptor{{1, 1}, {1, 2}, {1, 3}};
/// What intervals begin with, in the order of the data, what is recorded, and inputs.
struct aeif_model {
    std::string name;
    names state, recorded;
    std::vector<channel> channels = by_sign;
    double below = 1e-6, above = 1e-6;  // limits of deviations, mV: before and after V has been above V_th
    friend void PrintTo(aeif_model const& m, std::ostream* o) { *o << m.name; }
};
aeif_model const models[] = {
    {"aeif_psc_alpha",
     {"V_m", "w", "dI_syn_ex", "I_syn_ex", "dI_syn_in", "I_syn_in"},
     {"V_m", "w", "I_syn_ex", "I_syn_in"}},
    {"aeif_psc_exp", {"V_m", "w", "I_syn_ex", "I_syn_in"}, {"V_m", "w", "I_syn_ex", "I_syn_in"}},
    // A jump can bring V back from far up in the upswing, where errors have grown.
    {.name = "aeif_psc_delta", .state = {"V_m", "w"}, .recorded = {"V_m", "w"}, .above = 1e-5},
    {"aeif_cond_exp", {"V_m", "w", "g_ex", "g_in"}, {"V_m", "w", "g_ex", "g_in"}},
    {"aeif_cond_alpha", {"V_m", "w", "dg_ex", "g_ex", "dg_in", "g_in"}, {"V_m", "w", "g_ex", "g_in"}},
    {"aeif_cond_alpha_multisynapse", {"V_m", "w"}, {"V_m", "w", "g_1", "g_2", "g_3"}, by_receptor},
    {"aeif_cond_beta_multisynapse", {"V_m", "w"}, {"V_m", "w", "g_1", "g_2", "g_3"}, by_receptor}};

/// All intervals of a parameter set, each a neuron with its own state, current and spike generators. They
/// begin one step after the network, so that input in their first step is a spike with stamp 1.
struct intervals {
    aeif_model const& model;
    double h;
    network net;
    std::vector<json> list;
    nodes neurons, recorder;
    std::vector<nodes> meters;

    intervals(aeif_model const& m, json const& set, std::vector<json> which, int threads)
        : model(m),
          h(set["h"]),
          net({.resolution = h, .threads = threads, .partitions = 2 * threads}),
          list(std::move(which)) {
        auto const n = std::int64_t(list.size());
        auto params = to_dictionary(set["params"]);
        neurons = net.create(model.name, n, params);
        net.set(neurons, {{"V_m", net.get(neurons, "E_L")}});
        recorder = net.create("spike_recorder");
        net.connect(neurons, recorder);
        reals current;
        std::vector<reals> state(model.state.size());
        for (std::int64_t i = 0; i < n; ++i) {
            auto const& x = list[std::size_t(i)];
            current.push_back(x["I_e"]);
            for (std::size_t k = 0; k < state.size(); ++k) state[k].push_back(x["state"][k]);
            for (std::size_t c = 0; c < model.channels.size(); ++c)
                connect_input(x["inputs"], c, neurons.slice(i, i + 1));
        }
        simulate_steps(net, 1);
        for (std::int64_t i = 0; i < n; ++i) {
            meters.push_back(net.create("multimeter", 1, {{"interval", h}, {"record_from", model.recorded}}));
            net.connect(meters.back(), neurons.slice(i, i + 1));
        }
        dictionary all{{"I_e", current}};
        for (std::size_t k = 0; k < state.size(); ++k) all.emplace_back(model.state[k], state[k]);
        net.set(neurons, all);
        simulate_steps(net, std::int64_t(std::ceil(60 / h)) + 6);
    }
    /// Whether a synaptic current is above 3 nA, or a conductance above 100 nS.
    bool strong(std::function<double(std::size_t)> const& value, names const& order) const {
        for (std::size_t k = 0; k < order.size(); ++k)
            if ((order[k].starts_with("I_syn") && value(k) >= 3000) ||
                (order[k].starts_with("g_") && value(k) >= 100))
                return true;
        return false;
    }
    void connect_input(json const& inputs, std::size_t column, nodes const& neuron) {
        reals times, weights;
        for (auto const& x : inputs) {
            double const w = x[1 + column];
            if (w == 0) continue;
            times.push_back(to_ms(x[0].get<int>() + 1, h));
            weights.push_back(w);
        }
        if (times.empty()) return;
        auto const [weight, receptor] = model.channels[column];
        net.connect(net.create("spike_generator", 1, {{"spike_times", times}, {"spike_weights", weights}}),
                    neuron, all_to_all(), {.weight = weight, .delay = h, .receptor = receptor});
    }
    void compare(summary& sum) {
        auto const spikes = trains(net.spikes(recorder), neurons);
        auto const V_th = net.get(neurons, "V_th")[0];
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto const& x = list[i];
            auto const samples = net.samples(meters[i]);
            auto const value = [&](std::size_t name, std::int64_t stamp) {  // of the interval
                EXPECT_EQ(samples.steps.at(std::size_t(stamp - 1)), stamp + 1);
                return samples.values[name].at(std::size_t(stamp - 1));
            };
            std::int64_t const expected = x["spike"].is_null() ? -1 : x["spike"].get<std::int64_t>();
            auto spike = spikes[i].empty() ? -1 : spikes[i][0] - 1;
            if (expected < 0 && spike * h > 60 - h / 2) spike = -1;  // later than the solution goes
            ++sum.intervals;
            sum.same_step += spike == expected;
            sum.further += std::abs(spike - expected) > 1;
            bool above = x["state"][0] >= V_th;
            bool much = strong([&](std::size_t k) { return x["state"][k].get<double>(); }, model.state);
            std::int64_t seen = 0;
            for (auto const& s : x["samples"]) {
                std::int64_t const stamp = s[0];
                if (spike >= 0 && stamp >= spike) break;
                for (; seen < stamp; ++seen) {
                    above |= value(0, seen + 1) >= V_th;
                    much |= strong([&](std::size_t k) { return value(k, seen + 1); }, model.recorded);
                }
                auto& V = sum.V[above][much];
                V = std::max(V, std::fabs(value(0, stamp) - s[1].get<double>()));
                sum.w = std::max(sum.w, std::fabs(value(1, stamp) - s[2].get<double>()));
                for (std::size_t k = 2; k < model.recorded.size(); ++k)
                    sum.synapses =
                        std::max(sum.synapses, std::fabs(value(k, stamp) - s[k + 1].get<double>()));
            }
            if (spike == expected && spike > 0)
                sum.later =
                    std::max(sum.later, std::fabs(value(0, spike + 5) - x["after"][1][1].get<double>()));
        }
    }
};

class ReferenceAeif : public testing::TestWithParam<aeif_model> {};
TEST_P(ReferenceAeif, IntervalsAsTheExactSolution) {
    auto const& model = GetParam();
    auto const data = reference(model.name);
    ASSERT_EQ(data["model"], model.name);
    std::vector<std::vector<json>> of_set(data["sets"].size());
    for (auto const& x : data["intervals"]) of_set[x["set"].get<std::size_t>()].push_back(x);
    summary all;
    for (std::size_t i = 0; i < of_set.size(); ++i) {
        summary one;
        intervals(model, data["sets"][i], of_set[i], 1 + int(i) % 2).compare(one);
        fmt::print(
            "             {:10} {:3} intervals, {:3} the same; V {:.1e}, after V > V_th {:.1e}, strong "
            "{:.1e}, both {:.1e} mV, w {:.1e} pA, synapses {:.1e}, later {:.1e} mV\n",
            data["sets"][i]["name"].get<std::string>(), one.intervals, one.same_step, one.V[0][0],
            one.V[1][0], one.V[0][1], one.V[1][1], one.w, one.synapses, one.later);
        all.include(one);
    }
    EXPECT_EQ(all.intervals, int(data["intervals"].size()));
    EXPECT_EQ(all.further, 0);
    EXPECT_GE(all.same_step, 0.995 * all.intervals) << "of " << all.intervals;
    for (double const V : all.V[0]) EXPECT_LT(V, model.below);
    for (double const V : all.V[1]) EXPECT_LT(V, model.above);
    EXPECT_LT(all.w, model.above);
    EXPECT_LT(all.synapses, 1e-8);  // weights are rounded to multiples of 2^-32 pA or so
    EXPECT_LT(all.later, 5e-4);
    RecordProperty("same_step", all.same_step);
    report("V_m below threshold, mV", std::max({all.V[0][0], all.V[0][1], all.V[1][0], all.V[1][1]}));
}

INSTANTIATE_TEST_SUITE_P(Models, ReferenceAeif, testing::ValuesIn(models),
                         [](auto const& i) { return i.param.name; });

/// The two seeds with which others failed, and others; bench/aeif_network does 100. The most negative
/// potentials are right: 40 nA of inhibition on a leak of 12 nS. Sensitive to the state, which must be the
/// same bits on any threads.
class AeifNetwork : public testing::TestWithParam<aeif_network::neuron_model> {};

TEST_P(AeifNetwork, UnderStrongInhibitionStaysFinite) {
    auto const& model = GetParam();
    std::string const name = model.name;
    // 50 to 60 nA on 12 nS; all charge at once; E_in, and what adaptation adds.
    double const lowest = name.find("psc_delta") != name.npos ? -20000
                          : name.find("psc") != name.npos     ? -6000
                                                              : -100;
    bool const published = name == "aeif_psc_alpha";
    std::vector<std::uint32_t> seeds{130030284u, 1234u, 1u};
    if (published) seeds.insert(seeds.end(), {2u, 3u, 4u, 5u, 6u, 7u, 8u});
    for (auto const seed : seeds)
        for (bool const coupled : {false, true}) {
            aeif_network::settings s{.model = &model, .threads = 1, .seed = seed, .coupled = coupled};
            auto const one = aeif_network::run(s);
            EXPECT_TRUE(one.finite);
            EXPECT_LE(one.V_max, 0);  // V_peak
            EXPECT_GT(one.V_min, lowest);
            EXPECT_LT(one.w_max, 1e5);
            EXPECT_GT(one.spikes, published ? 1000 : 300);
            fmt::print(
                "             V_m {:.1f} ... {:.1f} mV, w to {:.0f} pA, synapses to {:.0f} and {:.0f} {}, {} "
                "spikes, {:.2f} s\n",
                one.V_min, one.V_max, one.w_max, one.ex, one.in, model.unit, one.spikes, one.seconds);
            if (seed == 1) {
                s.threads = 2, s.partitions = 7;
                auto const two = aeif_network::run(s);
                EXPECT_EQ(two.hash.spikes, one.hash.spikes);
                EXPECT_EQ(two.hash.state, one.hash.state);
            }
        }
}

INSTANTIATE_TEST_SUITE_P(Models, AeifNetwork, testing::ValuesIn(aeif_network::neuron_models()),
                         [](auto const& i) { return std::string(i.param.name); });

}  // namespace
}  // namespace ranvier::test
