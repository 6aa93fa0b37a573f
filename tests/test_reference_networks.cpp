// Plastic networks of 200 neurons against the reference simulator: tests/data/reference_network_<model>.json.
// Explicit edges with delays of 0.1 to 20 ms, autapses and multapses among them; three plastic synapse
// models; 2 s.
#include <map>
#include <numeric>

#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

/// Of the same edges, which keep their order.
struct edges {
    std::vector<std::int32_t> source, target;
    stamps delay;  // steps
    reals weight;

    void add(json const& e, std::size_t i) {
        source.push_back(e["source"][i]);
        target.push_back(e["target"][i]);
        delay.push_back(e["delay"][i]);
        weight.push_back(e["weight"][i]);
    }
    void connect(network& net, char const* model) const {
        reals ms;
        for (auto const d : delay) ms.push_back(to_ms(d, net.resolution()));
        net.connect(edge_list{source, target}, {.model = model, .weight = weight, .delay = ms});
    }
};

struct outcome {
    std::vector<stamps> spikes;     // [neuron]
    reals weights;                  // of plastic edges, in the order of the data
    std::vector<std::size_t> edge;  // [plastic edge], index in the data
    reals V_m;
    result_hash hash;
    statistics stats;
};

struct way {
    int threads = 1, partitions = 0;
    stamps pieces = {20000};  // steps, used in turn
    bool recorded = true;
};

outcome simulate(json const& data, json const& set, std::string const& synapse, way const& how) {
    network net({.resolution = data["h"], .threads = how.threads, .partitions = how.partitions});
    std::int64_t const n_exc = data["n_exc"], n_inh = data["n_inh"], steps = data["steps"];
    std::string const model = data["model"];
    auto const excitatory = net.create(model, n_exc, to_dictionary(data["params_exc"]));
    auto const inhibitory = net.create(model, n_inh, to_dictionary(data["params_inh"]));
    auto const neurons = excitatory + inhibitory;
    net.set(neurons, {{"V_m", data["V_m"].get<reals>()}});
    auto const recorder = net.create("spike_recorder");
    if (how.recorded) net.connect(neurons, recorder);
    for (auto const& train : data["drive"]) {
        auto const target = neurons.slice(train["target"].get<int>() - 1, train["target"].get<int>());
        net.connect(make_train(net, train), target, all_to_all(),
                    {.weight = train["weight"].get<double>(),
                     .delay = to_ms(train["delay"].get<int>(), net.resolution())});
    }
    edges plastic, constant;
    std::vector<std::size_t> edge;
    for (std::size_t i = 0; i < data["edges"]["source"].size(); ++i) {
        bool const both = data["edges"]["source"][i] <= n_exc && data["edges"]["target"][i] <= n_exc;
        (both ? plastic : constant).add(data["edges"], i);
        if (both) edge.push_back(i);
    }
    net.copy_model(synapse, "plastic", to_dictionary(set["params"]));
    constant.connect(net, "static_synapse");
    plastic.connect(net, "plastic");
    for (std::size_t i = 0; net.steps() < steps; ++i)
        simulate_steps(net, std::min(how.pieces[i % how.pieces.size()], steps - net.steps()));

    outcome out{
        trains(net.spikes(recorder), neurons), {}, edge, net.get(neurons, "V_m"), net.hash(), net.stats()};
    auto const table = net.connections({}, {}, "plastic");
    std::map<std::tuple<std::int32_t, std::int32_t, std::int64_t>, double> final;
    for (std::size_t i = 0; i < table.source.size(); ++i)
        final[{table.source[i], table.target[i], std::llround(table.delay[i] / net.resolution())}] =
            table.weight[i];
    EXPECT_EQ(final.size(), plastic.source.size());
    for (std::size_t i = 0; i < plastic.source.size(); ++i)
        out.weights.push_back(final.at({plastic.source[i], plastic.target[i], plastic.delay[i]}));
    return out;
}

struct differences {
    double weights = 0;  // relative
    double V_m = 0;      // over max(|V - E_L|, 1 mV)
    int caught_up = 0;   // edges whose weights are later than the source's last spike
};

double facilitate(json const& set, double w, double k) {
    json const& p = set["params"];
    double const lambda = p["lambda"];
    if (set["synapse"] != "stdp_synapse") return w + lambda * std::pow(w, p["mu"].get<double>()) * k;
    double const Wmax = p["Wmax"], n = w / Wmax;
    return std::min(n + lambda * std::pow(1 - n, p["mu_plus"].get<double>()) * k, 1.0) * Wmax;
}

/// A weight read from outside is the one after the source's last spike, as the reference gives it, unless the
/// source has been silent for so long that the target's history had to be emptied: then it is the one after
/// some of the target's later spikes. That one of these weights which is nearest to w; whether it is a later
/// one.
std::pair<double, bool> expected_weight(json const& data, json const& set, std::size_t edge, std::size_t i,
                                        double w) {
    json const& e = data["edges"];
    double const h = data["h"], tau_plus = set["params"]["tau_plus"];
    auto const pre = set["spikes"][e["source"][edge].get<std::size_t>() - 1].get<stamps>();
    auto const post = set["spikes"][e["target"][edge].get<std::size_t>() - 1].get<stamps>();
    std::int64_t const delay = e["delay"][edge], last = pre.empty() ? 0 : pre.back();
    double const reference = set["weights"][i];
    double K = 0, expected = reference, best = reference;
    for (auto const s : pre) K += std::exp(-double(last - s) * h / tau_plus);
    for (auto const u : post) {
        if (u <= last - delay) continue;
        expected = facilitate(set, expected, K * std::exp(-double(u + delay - last) * h / tau_plus));
        if (std::fabs(expected - w) < std::fabs(best - w)) best = expected;
    }
    return {best, std::fabs(best - reference) > 1e-4 * std::fabs(reference)};
}

differences compare(json const& data, json const& set, outcome const& out) {
    EXPECT_EQ(out.spikes, set["spikes"].get<std::vector<stamps>>());
    differences d;
    for (std::size_t i = 0; i < out.weights.size(); ++i) {
        auto const w = out.weights[i];
        double expected = set["weights"][i];
        if (std::fabs(w - expected) > 1e-4 * std::fabs(expected)) {
            auto const [nearest, later] = expected_weight(data, set, out.edge[i], i, w);
            expected = nearest;
            d.caught_up += later;
        }
        d.weights = std::max(d.weights, std::fabs(w - expected) / std::fabs(expected));
    }
    for (std::size_t i = 0; i < out.V_m.size(); ++i)
        d.V_m = std::max(d.V_m, deviation(out.V_m[i], set["V_m"][i], set["V_m"][i].get<double>() + 70));
    EXPECT_LE(d.caught_up, 3);
    return d;
}

bool same(result_hash const& a, result_hash const& b) {
    return a.spikes == b.spikes && a.weights == b.weights && a.state == b.state;
}

/// Delivered through connections, as the spikes and out-degrees of the data tell.
std::int64_t expected_events(json const& data, json const& set) {
    std::map<std::int32_t, std::int64_t> degree;
    for (auto const& s : data["edges"]["source"]) ++degree[s];
    std::int64_t n = 0;
    for (std::size_t i = 0; i < set["spikes"].size(); ++i)
        n += std::int64_t(set["spikes"][i].size()) * degree[std::int32_t(i) + 1];
    for (auto const& train : data["drive"]) n += std::int64_t(train["stamps"].size());
    return n;
}

class Networks : public testing::TestWithParam<char const*> {};

/// Weights kept as double; then the same bits in other ways of running.
TEST_P(Networks, AsTheReference) {
    auto const data = reference("network_" + std::string(GetParam()));
    ASSERT_EQ(data["sets"].size(), 3u);
    for (auto const& set : data["sets"]) {
        std::string synapse = set["synapse"];
        if (synapse.ends_with("_hpc")) synapse.resize(synapse.size() - 4);  // double there, float here
        SCOPED_TRACE(set["synapse"]);
        auto const one = simulate(data, set, synapse, {});
        auto const d = compare(data, set, one);
        EXPECT_LT(d.weights, 1e-10);
        EXPECT_LT(d.V_m, 1e-8);  // synaptic input is rounded to multiples of 2^-32 pA
        report(set["synapse"].get<std::string>() + ", weights", d.weights);
        report(set["synapse"].get<std::string>() + ", V_m", d.V_m);
        EXPECT_EQ(one.stats.synaptic_events, expected_events(data, set));

        std::vector<way> ways{{.threads = 2, .partitions = 3, .pieces = {1, 2, 977, 64, 10}}};
        if (set == data["sets"][0])
            ways.push_back({.threads = 3, .partitions = 16, .pieces = {3333}, .recorded = false});
        else
            ways.push_back({.threads = 1, .partitions = 5});
        for (auto const& how : ways)
            EXPECT_TRUE(same(simulate(data, set, synapse, how).hash, one.hash))
                << how.threads << " threads, " << how.pieces.size() << " kinds of pieces";
    }
}

/// Weights kept as float move no spike.
TEST_P(Networks, WithFloatWeightsAsTheReference) {
    auto const data = reference("network_" + std::string(GetParam()));
    for (auto const& set : data["sets"]) {
        std::string synapse = set["synapse"];
        if (!synapse.ends_with("_hpc")) synapse += "_hpc";
        SCOPED_TRACE(set["synapse"]);
        auto const one = simulate(data, set, synapse, {});
        auto const d = compare(data, set, one);
        EXPECT_LT(d.weights, 1e-5);
        EXPECT_LT(d.V_m, 1e-6);
        report(set["synapse"].get<std::string>() + ", weights", d.weights);
        report(set["synapse"].get<std::string>() + ", V_m", d.V_m);
        EXPECT_TRUE(
            same(simulate(data, set, synapse, {.threads = 2, .partitions = 4, .pieces = {5, 1200}}).hash,
                 one.hash));
    }
}

INSTANTIATE_TEST_SUITE_P(Reference, Networks, testing::Values("iaf_psc_alpha", "iaf_psc_exp"),
                         [](auto const& info) { return std::string(info.param); });

/// What the comparison can see must be small: time constants of plasticity that are 1e-8 off.
TEST(NetworksTwins, SmallMistakesAreFound) {
    auto const data = reference("network_iaf_psc_exp");
    auto set = data["sets"][0];
    set["params"]["tau_plus"] = set["params"]["tau_plus"].get<double>() * (1 + 1e-8);
    EXPECT_GT(compare(data, set, simulate(data, set, "stdp_synapse", {})).weights, 1e-10);
    auto twin = data;
    twin["params_exc"]["tau_minus"] = twin["params_exc"]["tau_minus"].get<double>() * (1 + 1e-8);
    EXPECT_GT(compare(data, data["sets"][0], simulate(twin, data["sets"][0], "stdp_synapse", {})).weights,
              1e-10);
}

}  // namespace
}  // namespace ranvier::test
