// A synapse that dopamine modulates, between two parrots, against the reference simulator where that goes
// forward in time, and against a step by step re-implementation with longer slices
// (tests/data/reference_dopamine.json).
#include "tests/reference_for_tests.h"

namespace ranvier::test {
namespace {

/// Presynaptic, postsynaptic and two dopaminergic parrots.
struct modulated_pair {
    network net;
    nodes transmitter, recorder;

    explicit modulated_pair(json const& c, std::string const& model, int threads = 1)
        : net({.resolution = c["h"], .threads = threads, .partitions = threads}) {
        double const h = c["h"];
        auto const parrots = net.create("parrot_neuron", 4);
        net.set(parrots.slice(1, 2), {{"tau_minus", c["tau_minus"].get<double>()}});
        for (std::size_t i = 0; i < 4; ++i)
            net.connect(make_train(net, c["inputs"][i]), parrots.slice(std::int64_t(i), std::int64_t(i) + 1),
                        all_to_all(), {.delay = to_ms(c["slice"].get<int>(), h)});
        transmitter = net.create("volume_transmitter");
        recorder = net.create("weight_recorder");
        for (std::size_t i = 0; i < 2; ++i)
            net.connect(parrots.slice(std::int64_t(i) + 2, std::int64_t(i) + 3), transmitter, all_to_all(),
                        {.delay = to_ms(c["dopamine_delays"][i].get<int>(), h)});
        auto common = to_dictionary(c["common"]);
        common.emplace_back("volume_transmitter", transmitter.front());
        common.emplace_back("weight_recorder", recorder.front());
        net.copy_model(model, "plastic", common);
        auto s = to_synapse("plastic", c["params"]);
        s.delay = to_ms(c["delay"].get<int>(), h), s.receptor = 1;
        net.connect(parrots.slice(0, 1), parrots.slice(1, 2), all_to_all(), s);
    }
    /// step, weight, c, n, Kplus
    reals now() {
        auto const t = net.connections({}, {}, "plastic");
        reals all{double(net.steps()), t.weight.at(0)};
        for (auto const* name : {"c", "n", "Kplus"})
            all.push_back(net.connection_values(t.handle, name).at(0));
        EXPECT_EQ(bits_of(all[4]), bits_of(t.Kplus.at(0)));
        return all;
    }
    static std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }
    reals sent() const { return net.samples(recorder).values.at(0); }
};

struct differences {
    double weight = 0, state = 0;
    void add(reals const& found, json const& expected) {
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            double const x = expected[i];
            auto& d = i < 2 ? weight : state;
            d = std::max(d, deviation(found[i], x, x));
        }
    }
};

/// Read at all samples on the way, or at the last one only.
differences compare(json const& c, std::string const& model, bool in_pieces, int threads,
                    result_hash* hash = nullptr) {
    modulated_pair p(c, model, threads);
    differences d;
    auto const& samples = c["out"]["samples"];
    for (auto i = in_pieces ? 0 : samples.size() - 1; i < samples.size(); ++i) {
        simulate_steps(p.net, samples[i][0].get<std::int64_t>() - p.net.steps());
        d.add(p.now(), samples[i]);
    }
    auto const sent = p.sent();
    EXPECT_EQ(sent.size(), c["out"]["weights"].size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        double const x = c["out"]["weights"][i];
        d.weight = std::max(d.weight, deviation(sent[i], x, x));
    }
    if (hash) *hash = p.net.hash();
    return d;
}

class Dopamine : public testing::TestWithParam<std::tuple<char const*, bool>> {};

TEST_P(Dopamine, GoesForwardInTime) {
    std::string const model = std::get<0>(GetParam());
    bool const in_order = std::get<1>(GetParam());
    auto const tolerance = model.ends_with("_hpc") ? 1e-5 : 1e-10;
    differences all;
    int cases = 0;
    auto const data = reference("dopamine");
    for (auto const& c : data["cases"]) {
        if ((c["source"] == "in order") != in_order) continue;
        SCOPED_TRACE(testing::Message() << "case " << cases++ << " " << c["common"]);
        result_hash pieces, whole;
        auto const d = compare(c, model, true, 1, &pieces), e = compare(c, model, false, 3, &whole);
        EXPECT_EQ(pieces.weights, whole.weights);
        EXPECT_EQ(pieces.state, whole.state);
        for (auto const& x : {d, e}) {
            EXPECT_LT(x.weight, tolerance);
            EXPECT_LT(x.state, 1e-10);
            all.weight = std::max(all.weight, x.weight);
            all.state = std::max(all.state, x.state);
        }
    }
    EXPECT_GE(cases, 24);
    report(model + ", weight", all.weight);
    report(model + ", c, n, Kplus", all.state);
}
INSTANTIATE_TEST_SUITE_P(Reference, Dopamine,
                         testing::Combine(testing::Values("stdp_dopamine_synapse",
                                                          "stdp_dopamine_synapse_hpc",
                                                          "stdp_dopamine_synapse_lbl"),
                                          testing::Bool()),
                         [](auto const& info) {
                             return std::string(std::get<0>(info.param)) +
                                    (std::get<1>(info.param) ? "_in_order" : "_as_the_reference");
                         });

/// What the comparison can see must be small.
TEST(DopamineTwins, SmallMistakesAreFound) {
    auto const data = reference("dopamine");
    auto const& c = data["cases"][0];
    auto const model = "stdp_dopamine_synapse";
    EXPECT_LT(compare(c, model, true, 1).weight, 1e-10);
    for (auto const* name : {"tau_n", "tau_c", "tau_plus", "A_plus", "A_minus"}) {
        auto twin = c;
        twin["common"][name] = c["common"][name].get<double>() * (1 + 1e-7);
        EXPECT_GT(compare(twin, model, true, 1).weight, 1e-10) << name;
    }
    auto twin = c;
    twin["dopamine_delays"][0] = c["dopamine_delays"][0].get<int>() + 1;
    EXPECT_GT(compare(twin, model, true, 1).weight, 1e-6);
}

}  // namespace
}  // namespace ranvier::test
