// One synapse between two parrots, or of a parrot and a neuron that adds up what it gets, against the
// reference simulator: tests/data/reference_synapses.json. Coincident spikes, multiplicities, delays of up to
// 50 steps, initial Kplus, negative and zero weights.
#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

/// Presynaptic and postsynaptic parrot, each with a spike generator (weight 1, delay in steps), recorded.
struct pair {
    network net;
    nodes parrots, recorder;

    /// All later by `shift` steps. slice: delay of the generators' connections, as the engine's slices are.
    pair(json const& c, std::string const& model, int shift, int slice, int threads = 1)
        : net({.resolution = c["h"], .threads = threads, .partitions = threads}) {
        double const h = c["h"];
        parrots = net.create("parrot_neuron", 2);
        for (auto const* name : {"tau_minus", "tau_minus_triplet"})
            if (c.contains(name)) net.set(parrots.slice(1, 2), {{name, c[name].get<double>()}});
        recorder = net.create("spike_recorder");
        net.connect(parrots, recorder);
        for (int i = 0; i < 2; ++i)
            net.connect(make_train(net, c["inputs"][std::size_t(i)], shift + 1 - slice),
                        parrots.slice(i, i + 1), all_to_all(), {.weight = 1.0, .delay = to_ms(slice, h)});
        net.copy_model(model, "plastic", to_dictionary(c["common"]));
        auto s = to_synapse("plastic", c["params"]);
        s.delay = to_ms(c["delay"].get<int>(), h), s.receptor = c["receptor"];
        net.connect(parrots.slice(0, 1), parrots.slice(1, 2), all_to_all(), s);
    }
    connection_table synapse_now() { return net.connections({}, {}, "plastic"); }
};

constexpr int extra = 120;  // steps after the last input (tests/reference/synapses.py)

struct differences {
    double weight = 0, final_weight = 0, Kplus = 0;  // relative
};

double relative(double x, double expected, double least = 0.01) {
    return std::fabs(x - expected) / std::max(std::fabs(expected), least);
}

/// Smaller weights are compared as if they were this. What is left after depression carries the rounding of
/// what was there before: of float weights, 1e-7 of the largest.
double least_weight(json const& c, std::string const& model) {
    double largest = 0;
    for (auto const& w : c["out"]["weights"]) largest = std::max(largest, std::fabs(w.get<double>()));
    return model.ends_with("_hpc") ? 0.01 * largest : 0.01;
}

/// Compares spikes and the state at the end; in pieces: the weight after each presynaptic spike, too.
differences compare(json const& c, std::string const& model, int shift, int slice, bool in_pieces,
                    result_hash* hash = nullptr) {
    pair p(c, model, shift, slice, in_pieces || slice < 50 ? 1 : 2);
    auto const end = c["steps"].get<std::int64_t>() + extra + shift;
    auto const pre = c["out"]["pre"].get<stamps>();
    auto const least = least_weight(c, model);
    differences d;
    for (std::size_t i = 0; in_pieces && i < pre.size(); ++i) {
        if (i + 1 < pre.size() && pre[i + 1] == pre[i])
            continue;  // one of several at a time; the last tells of all
        simulate_steps(p.net, pre[i] + shift - p.net.steps());
        auto const w = p.synapse_now().weight.at(0);
        d.weight = std::max(d.weight, relative(w, c["out"]["weights"][i], least));
    }
    simulate_steps(p.net, end - p.net.steps());
    auto const found = trains(p.net.spikes(p.recorder), p.parrots);
    for (int i = 0; i < 2; ++i) {
        auto expected = c["out"][i ? "post" : "pre"].get<stamps>();
        for (auto& s : expected) s += shift;
        EXPECT_EQ(found[std::size_t(i)], expected);
    }
    auto const last = p.synapse_now();
    EXPECT_EQ(last.weight.size(), 1u);
    d.final_weight = relative(last.weight.at(0), c["out"]["weight"], least);
    d.Kplus = relative(last.Kplus.at(0), c["out"]["Kplus"]);
    if (c["out"].contains("Kplus_triplet"))
        d.Kplus = std::max(d.Kplus, relative(p.net.connection_values(last.handle, "Kplus_triplet").at(0),
                                             c["out"]["Kplus_triplet"]));
    if (hash) *hash = p.net.hash();
    return d;
}

struct largest {
    differences d;
    int cases = 0;
    void add(differences const& x) {
        d.weight = std::max(d.weight, x.weight);
        d.final_weight = std::max(d.final_weight, x.final_weight);
        d.Kplus = std::max(d.Kplus, x.Kplus);
        ++cases;
    }
    void tell(std::string const& name) const {
        report(name + ", weight after each spike", d.weight);
        report(name + ", weight at the end", d.final_weight);
        report(name + ", Kplus", d.Kplus);
    }
};

class Synapses : public testing::TestWithParam<char const*> {
  public:
    json cases() const {
        auto all = json::array();
        auto const data = reference("synapses");
        for (auto const& c : data["cases"])
            if (c["model"] == GetParam()) all.push_back(c);
        EXPECT_GE(all.size(), 20u);
        return all;
    }
    /// Of the model's cases, with weights kept as double or float.
    void run(std::string const& model, double tolerance) {
        largest all;
        for (auto const& c : cases()) {
            SCOPED_TRACE(testing::Message() << "case " << all.cases << " " << c["params"]);
            result_hash pieces, whole;
            auto const d = compare(c, model, 0, 1, true, &pieces), e = compare(c, model, 0, 1, false, &whole);
            for (auto const x : {d.weight, d.final_weight, e.final_weight}) EXPECT_LT(x, tolerance);
            for (auto const x : {d.Kplus, e.Kplus}) EXPECT_LT(x, 0.01 * tolerance);
            EXPECT_EQ(pieces.spikes, whole.spikes);
            EXPECT_EQ(pieces.weights, whole.weights);
            EXPECT_EQ(pieces.state, whole.state);
            all.add(d), all.add(e);
        }
        all.tell(model);
    }
};

std::string without_hpc(std::string const& model) {
    return model.ends_with("_hpc") ? model.substr(0, model.size() - 4) : model;
}

TEST_P(Synapses, AsTheReference) { run(without_hpc(GetParam()), 1e-10); }
TEST_P(Synapses, WithFloatWeightsAsTheReference) { run(without_hpc(GetParam()) + "_hpc", 1e-5); }

/// All 64 steps later, through generators with a delay of 50 steps, so that the plastic delay makes the
/// slices. Where Kplus starts from zero, nothing else changes.
TEST_P(Synapses, AsTheReferenceWhateverTheSlices) {
    largest all;
    for (auto const& c : cases()) {
        if (c["params"].contains("Kplus")) continue;
        for (int const slice : {2, 7, 50}) {
            SCOPED_TRACE(testing::Message() << c["params"] << ", slices of up to " << slice);
            auto const d = compare(c, without_hpc(GetParam()), 64, slice, true);
            auto const e = compare(c, without_hpc(GetParam()), 64, slice, false);
            for (auto const x : {d.weight, d.final_weight, e.final_weight}) EXPECT_LT(x, 1e-10);
            for (auto const x : {d.Kplus, e.Kplus}) EXPECT_LT(x, 1e-12);
            all.add(d), all.add(e);
        }
    }
    EXPECT_GT(all.cases, 10);
    all.tell(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Reference, Synapses,
                         testing::Values("stdp_synapse", "stdp_pl_synapse_hom", "stdp_pl_synapse_hom_hpc",
                                         "stdp_synapse_hom", "vogels_sprekeler_synapse",
                                         "stdp_triplet_synapse"),
                         [](auto const& info) { return std::string(info.param); });

/// A parrot and a neuron without leak, whose potential is the sum of what it got.
struct adding_up {
    network net;
    nodes parrot, sum;

    adding_up(json const& c, std::string const& model, int threads = 1)
        : net({.resolution = c["h"], .threads = threads}) {
        double const h = c["h"];
        parrot = net.create("parrot_neuron");
        sum = net.create("iaf_psc_delta", 1,
                         {{"tau_m", INFINITY}, {"E_L", 0.0}, {"V_m", 0.0}, {"V_reset", 0.0}, {"V_th", 1e9}});
        net.connect(make_train(net, c["inputs"][0]), parrot, all_to_all(), {.weight = 1.0, .delay = h});
        net.copy_model(model, "plastic", to_dictionary(c["common"]));
        synapse s{.model = "plastic", .delay = to_ms(c["delay"].get<int>(), h)};
        for (auto const& [name, value] : c["params"].items())
            if (name == "weight")
                s.weight = to_parameter(value);
            else
                s.params.emplace_back(name, to_parameter(value));
        net.connect(parrot, sum, all_to_all(), s);
    }
    double state(char const* name) {
        return net.connection_values(net.connections({}, {}, "plastic").handle, name).at(0);
    }
};

class ShortTerm : public Synapses {
  public:
    void run(std::string const& model, double of_weights) {
        double of_state = 0, of_sum = 0;
        for (auto const& c : cases()) {
            SCOPED_TRACE(testing::Message() << c["params"] << c["common"]);
            double sum = 0, largest = 0;
            for (auto const& w : c["out"]["weights"])
                sum += w.get<double>(), largest = std::max(largest, std::fabs(sum));
            result_hash first{};
            for (int pieces : {1, 7}) {
                adding_up p(c, model, pieces > 1 ? 2 : 1);
                auto const end = c["steps"].get<std::int64_t>() + extra;
                for (int i = 0; i < pieces; ++i)
                    simulate_steps(p.net, end * (i + 1) / pieces - end * i / pieces);
                auto const d = std::fabs(p.net.get(p.sum, "V_m")[0] - sum) / std::max(1.0, largest);
                EXPECT_LT(d, of_weights);
                of_sum = std::max(of_sum, d);
                for (auto const* name : {"x", "y", "u"}) {
                    if (!c["out"].contains(name)) continue;
                    auto const e = std::fabs(p.state(name) - c["out"][name].get<double>());
                    EXPECT_LT(e, 1e-12) << name;
                    of_state = std::max(of_state, e);
                }
                auto const hash = p.net.hash();
                if (pieces == 1) first = hash;
                EXPECT_EQ(hash.weights, first.weights);
                EXPECT_EQ(hash.state, first.state);
            }
        }
        report(model + ", state", of_state);
        report(model + ", sum of all that is sent", of_sum);
    }
};
TEST_P(ShortTerm, AsTheReference) { run(GetParam(), 1e-10); }
TEST_P(ShortTerm, WithFloatWeightsAsTheReference) { run(std::string(GetParam()) + "_hpc", 1e-5); }
INSTANTIATE_TEST_SUITE_P(Reference, ShortTerm,
                         testing::Values("tsodyks_synapse", "tsodyks_synapse_hom", "tsodyks2_synapse"),
                         [](auto const& info) { return std::string(info.param); });

/// What the comparison can see must be small.
TEST(SynapsesTwins, SmallMistakesAreFound) {
    auto const data = reference("synapses");
    auto const& c = data["cases"][1];
    EXPECT_LT(compare(c, c["model"], 0, 1, true).weight, 1e-10);
    auto twin = c;
    twin["tau_minus"] = c["tau_minus"].get<double>() * (1 + 1e-8);
    EXPECT_GT(compare(twin, c["model"], 0, 1, true).weight, 1e-10);
    twin = c;
    twin["params"]["Kplus"] = c["params"]["Kplus"].get<double>() + 1e-6;
    EXPECT_GT(compare(twin, c["model"], 0, 1, true).weight, 1e-10);
    twin = c;
    twin["delay"] = c["delay"].get<int>() + 1;
    EXPECT_GT(compare(twin, c["model"], 0, 1, true).weight, 1e-6);
}

}  // namespace
}  // namespace ranvier::test
