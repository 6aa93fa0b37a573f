// The interface: nodes, models, parameters and state.
#include "host/registry.h"
#include "models/iaf_psc_alpha.h"
#include "models/iaf_psc_delta.h"
#include "models/iaf_psc_exp.h"
#include "tests/checks_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;

TEST(nodes_of_a_network, typed_and_by_name) {
    network net({.threads = 1});
    auto const a = net.create<iaf_psc_exp>(3, {.C_m = 200, .tau_m = 20, .I_e = 10});
    auto const b = net.create("iaf_psc_exp", 3, {{"C_m", 200}, {"tau_m", 20.0}, {"I_e", 10.0}});
    auto const c = net.create<iaf_psc_delta>();
    EXPECT_EQ(a, nodes(1, 3));
    EXPECT_EQ(b, nodes(4, 3));
    EXPECT_EQ(c, nodes(7, 1));
    EXPECT_EQ(net.size(), 7);
    EXPECT_EQ(net.model(6), "iaf_psc_exp");
    EXPECT_EQ(net.model(7), "iaf_psc_delta");
    for (auto const* name : {"C_m", "tau_m", "I_e", "V_th", "V_m"})
        EXPECT_EQ(net.get(a, name), net.get(b, name)) << name;
    net.simulate(20);
    EXPECT_EQ(net.get(a, "V_m"), net.get(b, "V_m"));
    EXPECT_EQ(net.get(a + c, "V_m").size(), 4u);
}

TEST(nodes_of_a_network, every_parameter_of_every_model_has_its_default) {
    network net({.threads = 1});
    for (auto const& m : node_models()) {
        if (m.role != node_role::neuron) continue;
        auto const n = net.create(m.name, 2);
        for (auto const& f : m.params.fields)
            EXPECT_EQ(net.get(n, f.name), numbers(2, f.default_value)) << m.name << " " << f.name;
        for (auto const& f : m.state.fields)
            EXPECT_EQ(net.get(n, f.name), numbers(2, f.default_value)) << m.name << " " << f.name;
        EXPECT_EQ(net.get(n, "tau_minus"), numbers(2, 20)) << m.name;
        EXPECT_EQ(net.get(n, "t_spike"), numbers(2, -1)) << m.name;
    }
}

TEST(nodes_of_a_network, every_parameter_can_be_set_and_read) {
    network net({.threads = 1});
    for (auto const& m : node_models()) {
        if (m.role != node_role::neuron) continue;
        auto const n = net.create(m.name, 5);
        for (auto const& f : m.params.fields) {
            if (f.type == field_type::flag) {
                if (first_failure(m.params, {{{&f, 1}}})) continue;  // only with others
                net.set(n, {{f.name, true}});
                EXPECT_EQ(net.get(n, f.name), numbers(5, 1)) << m.name << " " << f.name;
                net.set(n.slice(1, 2), {{f.name, false}});
                EXPECT_EQ(net.get(n, f.name), (numbers{1, 0, 1, 1, 1})) << m.name << " " << f.name;
                net.set(n, {{f.name, f.default_value != 0}});
            } else if (f.type == field_type::real) {
                auto const before = f.default_value, x = before + 1e-3 * (before > 0 ? -before : 1);
                if (!std::isfinite(x)) continue;
                net.set(nodes(ids{n[0], n[2], n[4]}), {{f.name, x}});
                EXPECT_EQ(net.get(n, f.name), (numbers{x, before, x, before, x})) << m.name << " " << f.name;
                net.set(n, {{f.name, numbers{before, x, x, before, before}}});
                EXPECT_EQ(net.get(n, f.name), (numbers{before, x, x, before, before}))
                    << m.name << " " << f.name;
                net.set(n, {{f.name, before}});
            }
        }
    }
    net.simulate(1);
}

TEST(nodes_of_a_network, state_between_runs) {
    network net({.threads = 1, .partitions = 3});
    auto const n = net.create("iaf_psc_alpha", 7, {{"V_m", numbers{-70, -69, -68, -67, -66, -65, -64}}});
    EXPECT_EQ(net.get(n, "V_m"), (numbers{-70, -69, -68, -67, -66, -65, -64}));
    EXPECT_EQ(net.get(n, "I_syn_ex"), numbers(7, 0));
    net.simulate(0.1);
    auto V = net.get(n, "V_m");
    EXPECT_LT(V[6], -64);
    EXPECT_GT(V[6], -64.1);
    net.set(n.slice(2, 4), {{"V_m", -60.0}});
    V[2] = V[3] = -60;
    EXPECT_EQ(net.get(n, "V_m"), V);
    net.set(nodes(ids{2, 7}), {{"V_m", -50.0}});  // above threshold: spikes in the next step
    net.simulate(0.2);
    EXPECT_DOUBLE_EQ(net.get({2, 1}, "t_spike")[0], 0.2);
    EXPECT_DOUBLE_EQ(net.get({7, 1}, "t_spike")[0], 0.2);
    EXPECT_EQ(net.get({3, 1}, "t_spike")[0], -1);
    EXPECT_EQ(net.get({2, 1}, "V_m")[0], -70);
}

TEST(nodes_of_a_network, potentials_keep_their_values_when_E_L_changes) {
    // neurons_current_based.md, introduction.
    for (auto const* model : {"iaf_psc_alpha", "iaf_psc_exp", "iaf_psc_delta"}) {
        network net({.threads = 1});
        auto const n = net.create(model, 2, {{"E_L", -60.0}});
        for (auto const& [name, value] : {std::pair{"V_m", -70.0}, {"V_th", -55.0}, {"V_reset", -70.0}})
            EXPECT_EQ(net.get(n, name), numbers(2, value)) << model << " " << name;
        auto const copy = net.create(model, 2);
        net.set(copy, {{"E_L", -60.0}});
        EXPECT_EQ(net.get(copy, "V_m"), numbers(2, -70)) << model;
        net.simulate(5);
        EXPECT_EQ(net.get(n, "V_m"), net.get(copy, "V_m")) << model;
        EXPECT_NEAR(net.get(n, "V_m")[0], -60 - 10 * std::exp(-0.5), 1e-9) << model;
        net.set(copy, {{"E_L", -72.0}, {"V_m", -71.0}});
        EXPECT_EQ(net.get(copy, "V_m"), numbers(2, -71)) << model;
        net.set(n, {{"E_L", -72.0}});
        EXPECT_NEAR(net.get(n, "V_m")[0], -60 - 10 * std::exp(-0.5), 1e-9) << model;
        EXPECT_EQ(net.get(n, "V_th"), numbers(2, -55)) << model;
    }
}

TEST(nodes_of_a_network, setting_what_is_there_changes_nothing) {
    network net({.threads = 1, .partitions = 2});
    auto const n =
        net.create("iaf_psc_exp", 20, {{"E_L", uniform(-71, -69)}, {"V_m", normal(-65, 3)}, {"I_e", 500.0}});
    net.connect(n, n, fixed_indegree(4), {.weight = 20.0});
    net.simulate(33.3);
    auto const h = hash_of(net);
    for (auto const* name : {"E_L", "I_e", "V_m", "C_m"}) {
        net.set(n, {{name, net.get(n, name)}});
        EXPECT_EQ(hash_of(net), h) << name;
        net.set(nodes(ids{2, 3, 7}), {{name, net.get(nodes(ids{2, 3, 7}), name)}});
        EXPECT_EQ(hash_of(net), h) << name;
    }
}

TEST(nodes_of_a_network, distributions) {
    network net({.seed = 5, .threads = 1});
    constexpr std::int64_t n = 20000;
    auto const a = net.create("iaf_psc_exp", n,
                              {{"V_m", normal(-65, 2)},
                               {"I_e", uniform(10, 20)},
                               {"C_m", lognormal(5, 0.1)},
                               {"tau_m", exponential(5).redraw(1, 8)},
                               {"E_L", uniform_int(4)}});
    auto moments = [&](char const* name) {
        auto const x = net.get(a, name);
        auto const mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
        double squares = 0;
        for (auto const v : x) squares += (v - mean) * (v - mean);
        return std::pair{mean, std::sqrt(squares / n)};
    };
    auto const [low, high] = [&] {
        auto const x = net.get(a, "tau_m");
        return std::pair{*std::min_element(x.begin(), x.end()), *std::max_element(x.begin(), x.end())};
    }();
    EXPECT_GE(low, 1);
    EXPECT_LE(high, 8);
    // Means and deviations within 5 standard errors: a false alarm in 10^6 for each of the eight.
    auto near = [&](char const* name, double mean, double std, double kurtosis) {
        auto const [m, s] = moments(name);
        EXPECT_NEAR(m, mean, 5 * std / std::sqrt(double(n))) << name;
        EXPECT_NEAR(s, std, 5 * std * std::sqrt((kurtosis - 1) / 4 / n)) << name;
    };
    near("V_m", -65, 2, 3);
    near("I_e", 15, 10 / std::sqrt(12.0), 1.8);
    near("C_m", std::exp(5 + 0.005), std::exp(5 + 0.005) * std::sqrt(std::expm1(0.01)), 3.2);
    near("E_L", 1.5, std::sqrt(1.25), 1.64);
    // Another population, another name, another call: other values. The same seed: the same values.
    auto const b = net.create("iaf_psc_exp", n, {{"V_m", normal(-65, 2)}});
    EXPECT_NE(net.get(a, "V_m"), net.get(b, "V_m"));
    auto const first = net.get(b, "V_m");
    net.set(b, {{"V_m", normal(-65, 2)}});
    auto const second = net.get(b, "V_m");
    EXPECT_NE(first, second);
    net.set(b, {{"V_m", normal(-65, 2)}});
    EXPECT_NE(second, net.get(b, "V_m"));
    network again({.seed = 5, .threads = 1, .partitions = 7});
    EXPECT_EQ(net.get(a, "I_e"),
              again.get(again.create("iaf_psc_exp", n, {{"I_e", uniform(10, 20)}}), "I_e"));
    network other({.seed = 6, .threads = 1});
    EXPECT_NE(net.get(a, "I_e"),
              other.get(other.create("iaf_psc_exp", n, {{"I_e", uniform(10, 20)}}), "I_e"));
}

TEST(models_of_a_network, copies_and_defaults) {
    network net({.threads = 1});
    net.copy_model("iaf_psc_exp", "slow", {{"tau_m", 30.0}, {"V_m", -66.0}, {"tau_minus", 40.0}});
    auto const a = net.create("slow", 2);
    EXPECT_EQ(net.model(a[0]), "slow");
    EXPECT_EQ(net.get(a, "tau_m"), numbers(2, 30));
    EXPECT_EQ(net.get(a, "V_m"), numbers(2, -66));
    EXPECT_EQ(net.get(a, "tau_minus"), numbers(2, 40));
    net.set_defaults("slow", {{"tau_m", 35.0}});
    net.set_defaults("iaf_psc_exp", {{"C_m", 100.0}});
    EXPECT_EQ(net.get(a, "tau_m"), numbers(2, 30)) << "nodes that are there keep their values";
    EXPECT_EQ(net.get(net.create("slow"), "tau_m"), numbers(1, 35));
    EXPECT_EQ(net.get(net.create("slow"), "C_m"), numbers(1, 250));
    EXPECT_EQ(net.get(net.create("iaf_psc_exp"), "C_m"), numbers(1, 100));
    net.copy_model("slow", "slower", {{"tau_m", 70.0}});
    EXPECT_EQ(net.get(net.create("slower", 1, {{"I_e", 3.0}}), "tau_m"), numbers(1, 70));
    net.copy_model("poisson_generator", "noise", {{"rate", 77.0}, {"start", 3.0}});
    EXPECT_EQ(net.get(net.create("noise"), "rate"), numbers(1, 77));
    EXPECT_EQ(net.get(net.create("noise"), "start"), numbers(1, 3));
    net.copy_model("spike_recorder", "file", {{"label", "x"}});
    EXPECT_EQ(net.model(net.create("file")[0]), "file");
    // Synapses: weight and delay, and what belongs to the model.
    net.copy_model("stdp_pl_synapse_hom_hpc", "plastic",
                   {{"weight", 3.0}, {"delay", 2.5}, {"lambda", 0.2}, {"Kplus", 0.5}});
    net.copy_model("static_synapse_hom_w", "inhibition", {{"weight", -4.0}});
    net.connect(a, a, all_to_all(), {.model = "plastic"});
    net.connect(a, a, one_to_one(), {.model = "inhibition"});
    net.set_defaults("plastic", {{"delay", 0.3}, {"Kplus", 0.0}});
    net.connect(a, a, one_to_one(), {.model = "plastic"});
    auto const t = net.connections(a, a, "plastic");
    EXPECT_EQ(t.weight, numbers(6, 3));
    EXPECT_EQ(std::count(t.delay.begin(), t.delay.end(), 2.5), 4);
    EXPECT_EQ(std::count(t.Kplus.begin(), t.Kplus.end(), 0.5), 4);
    EXPECT_EQ(std::count(t.Kplus.begin(), t.Kplus.end(), 0.0), 2);
    EXPECT_EQ(net.connections({}, {}, "inhibition").weight, numbers(2, -4));
    net.set_defaults("inhibition", {{"weight", -5.0}});  // common: for those that exist, too
    EXPECT_EQ(net.connections({}, {}, "inhibition").weight, numbers(2, -5));
    net.simulate(1);
    net.set_defaults("inhibition", {{"weight", -6.0}});
    EXPECT_EQ(net.connections({}, {}, "inhibition").weight, numbers(2, -6));
}

TEST(models_of_a_network, nobody_at_all) {
    network net;
    net.simulate(10);
    EXPECT_EQ(net.time(), 10);
    EXPECT_EQ(net.steps(), 100);
    EXPECT_EQ(net.size(), 0);
    EXPECT_TRUE(net.connections().source.empty());
    auto const recorder = net.create("spike_recorder");
    net.simulate(10);
    EXPECT_TRUE(net.spikes(recorder).times.empty());
    auto const n = net.create("iaf_psc_exp", 2, {{"I_e", 1000.0}});
    net.connect(n, recorder);
    net.simulate(10);
    EXPECT_GE(net.spikes(recorder).times.size(), 2u);
    EXPECT_GT(net.spikes(recorder).times.front(), 20);
    network moved(std::move(net));
    moved.simulate(10);
    EXPECT_EQ(moved.time(), 40);
}

}  // namespace
}  // namespace ranvier::test
