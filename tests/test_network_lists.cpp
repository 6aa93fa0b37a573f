// Neurons with lists of elements: lists of any length, for all neurons or each; receptors; what is refused.
#include "tests/checks_for_tests.h"

namespace ranvier::test {
namespace {

using list = std::vector<double>;
using lists = std::vector<list>;
using ids = std::vector<std::int32_t>;

/// Stamps of a spike_generator, in ms.
nodes train(network& net, list const& times) {
    return net.create("spike_generator", 1, {{"spike_times", times}});
}
/// V_m at the end of each ms.
list trace(network& net, nodes const& meter) { return net.samples(meter).values[0]; }

TEST(lists, have_the_models_defaults) {
    network net({.threads = 1});
    auto const a = net.create("iaf_psc_exp_multisynapse", 2), b = net.create("glif_psc"),
               c = net.create("gif_psc_exp");
    EXPECT_EQ(net.list(a[1], "tau_syn"), list{2});
    EXPECT_EQ(net.get(a, "n_synapses"), (list{1, 1}));
    EXPECT_EQ(net.list(b[0], "asc_decay"), (list{0.003, 0.1}));
    EXPECT_EQ(net.list(b[0], "asc_amps"), (list{-9.18, -198.94}));
    EXPECT_EQ(net.list(b[0], "ASCurrents"), (list{0, 0}));
    EXPECT_EQ(net.list(c[0], "tau_sfa"), list{});
    EXPECT_EQ(net.list(c[0], "q_stc"), list{});
}

TEST(lists, are_of_all_neurons_or_of_each) {
    network net({.threads = 1, .partitions = 2});
    auto const n = net.create("iaf_psc_alpha_multisynapse", 4, {{"tau_syn", list{1, 2, 3}}});
    for (int i = 0; i < 4; ++i) EXPECT_EQ(net.list(n[i], "tau_syn"), (list{1, 2, 3}));
    net.set(n, {{"tau_syn", lists{{1}, {2, 2}, {3, 3, 3}, {4, 4, 4, 4, 4}}}});
    EXPECT_EQ(net.get(n, "n_synapses"), (list{1, 2, 3, 5}));
    net.set(nodes(ids{n[0], n[3]}), {{"tau_syn", list{7, 8}}});
    EXPECT_EQ(net.get(n, "n_synapses"), (list{2, 2, 3, 2}));
    EXPECT_EQ(net.list(n[0], "tau_syn"), (list{7, 8}));
    EXPECT_EQ(net.list(n[1], "tau_syn"), (list{2, 2}));
    EXPECT_EQ(net.list(n[3], "tau_syn"), (list{7, 8}));
    net.simulate(1);
    EXPECT_EQ(net.list(n[2], "tau_syn"), (list{3, 3, 3}));
}

/// A neuron's receptors are those of a neuron alone, whatever its neighbours have.
TEST(lists, padding_changes_nothing) {
    auto run = [](lists const& taus, std::int64_t which, int threads) {
        network net({.threads = threads, .partitions = 2});
        auto const n = net.create("iaf_psc_exp_multisynapse", std::int64_t(taus.size()), {{"tau_syn", taus}});
        auto const meter =
            net.create("multimeter", 1, {{"record_from", std::vector<std::string>{"V_m", "I_syn_2"}}});
        net.connect(meter, n.slice(which, which + 1));
        for (int receptor = 1; receptor <= 2; ++receptor)
            net.connect(train(net, {1.0 + receptor, 7}), n.slice(which, which + 1), all_to_all(),
                        {.weight = 200.0 * receptor, .delay = 1.0, .receptor = receptor});
        net.simulate(20);
        auto const s = net.samples(meter);
        EXPECT_GT(*std::max_element(s.values[0].begin(), s.values[0].end()), -69.5);
        EXPECT_GT(*std::max_element(s.values[1].begin(), s.values[1].end()), 100);
        return s.values;
    };
    auto const alone = run({{1.5, 9}}, 0, 1);
    EXPECT_EQ(run({{1.5, 9}, {3, 4, 5, 6}}, 0, 1), alone);
    EXPECT_EQ(run({{3}, {1.5, 9}, {3, 4, 5, 6}}, 1, 2), alone);
}

/// Connections know their receptors, wherever their targets lie; those without a list have number 0.
TEST(lists, connections_have_receptors) {
    network net({.threads = 1, .partitions = 2});
    auto const from = net.create("iaf_psc_alpha", 3);
    auto const to = net.create("iaf_psc_exp_multisynapse", 4, {{"tau_syn", list{1, 2, 3}}});
    net.connect(from, from, all_to_all(), {.weight = 9.0});
    for (int receptor : {3, 1, 2})  // the weight tells them apart
        net.connect(from, to, all_to_all(),
                    {.model = receptor == 2 ? "stdp_synapse" : "static_synapse",
                     .weight = 1.0 * receptor,
                     .delay = uniform(1.0, 5.0),
                     .receptor = receptor});
    auto const t = net.connections();
    ASSERT_EQ(t.handle.size(), 9u + 36u);
    auto expected = t.weight;
    for (auto& w : expected) w = w == 9 ? 0 : w;
    EXPECT_EQ(net.connection_values(t.handle, "receptor"), expected);
}

/// An exponential current of one receptor has the closed form of iaf_psc_exp.
TEST(lists, a_receptor_is_a_synapse_of_its_time_constant) {
    for (double const tau : {0.5, 3.0, 20.0}) {
        network net({.threads = 1});
        auto const many = net.create("iaf_psc_exp_multisynapse", 1, {{"tau_syn", list{1, tau, 7}}});
        auto const one = net.create("iaf_psc_exp", 1, {{"tau_syn_ex", tau}});
        auto const meters = net.create("multimeter", 2, {{"record_from", "V_m"}});
        net.connect(meters.slice(0, 1), many);
        net.connect(meters.slice(1, 2), one);
        auto const spikes = train(net, {1, 4, 4.5});
        net.connect(spikes, many, all_to_all(), {.weight = 100.0, .receptor = 2});
        net.connect(spikes, one, all_to_all(), {.weight = 100.0});
        net.simulate(30);
        auto const a = trace(net, meters.slice(0, 1)), b = trace(net, meters.slice(1, 2));
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12);
    }
}

/// Lists grow between runs while other neurons of the population have input under way.
TEST(lists, growing_keeps_state_and_pending_input) {
    auto run = [](bool grows) {
        network net({.threads = 1});
        auto const n = net.create("iaf_psc_alpha_multisynapse", 2, {{"tau_syn", list{2}}});
        auto const meter = net.create("multimeter", 1, {{"record_from", "V_m"}});
        net.connect(meter, n.slice(0, 1));
        net.connect(train(net, {1, 3}), n.slice(0, 1), all_to_all(),
                    {.weight = 300.0, .delay = 4.0, .receptor = 1});
        net.simulate(6);
        if (grows) {
            net.set(n.slice(1, 2), {{"tau_syn", list{1, 2, 3, 4, 5}}});
            net.connect(train(net, {9}), n.slice(1, 2), all_to_all(), {.weight = 300.0, .receptor = 5});
        }
        net.simulate(20);
        if (grows) { EXPECT_GT(net.get(n, "V_m")[1], -69.9); }
        return trace(net, meter);
    };
    EXPECT_EQ(run(true), run(false));
}

TEST(lists, state_can_be_set_where_the_model_says_so) {
    network net({.threads = 1});
    auto const n = net.create("glif_psc", 2, {{"after_spike_currents", true}, {"ASCurrents", list{10, -20}}});
    net.set(n.slice(1, 2), {{"ASCurrents", list{1, 2}}});
    EXPECT_EQ(net.list(n[0], "ASCurrents"), (list{10, -20}));
    EXPECT_EQ(net.list(n[1], "ASCurrents"), (list{1, 2}));
    net.simulate(1);
    EXPECT_LT(net.list(n[0], "ASCurrents")[0], 10);
}

TEST(lists, of_copied_models_and_defaults) {
    network net({.threads = 1});
    net.copy_model("iaf_psc_exp_multisynapse", "four", {{"tau_syn", list{1, 2, 3, 4}}});
    net.set_defaults("gif_psc_exp", {{"tau_sfa", list{50}}, {"q_sfa", list{3}}});
    auto const a = net.create("four", 3), b = net.create("gif_psc_exp");
    EXPECT_EQ(net.list(a[2], "tau_syn"), (list{1, 2, 3, 4}));
    EXPECT_EQ(net.list(b[0], "q_sfa"), list{3});
    EXPECT_EQ(net.list(net.create("iaf_psc_exp_multisynapse")[0], "tau_syn"), list{2});
    net.connect(a, a, all_to_all(), {.weight = 1.0, .receptor = 4});
    net.simulate(1);
}

/// Spike-triggered currents and threshold after a spike at step k have decayed n steps: closed form.
TEST(lists, adaptation_decays_by_itself) {
    network net({.threads = 1});
    auto const n = net.create("gif_psc_exp", 1,
                              {{"lambda_0", 1e9},
                               {"V_T_star", -70.0},
                               {"Delta_V", 1.0},
                               {"t_ref", 1000.0},
                               {"tau_sfa", list{10, 100}},
                               {"q_sfa", list{4, 2}},
                               {"tau_stc", list{20}},
                               {"q_stc", list{30}}});
    auto const meter = net.create(
        "multimeter", 1, {{"interval", 0.1}, {"record_from", std::vector<std::string>{"E_sfa", "I_stc"}}});
    net.connect(meter, n);
    net.simulate(20);
    auto const s = net.samples(meter);
    for (std::size_t i = 1; i < s.steps.size(); ++i) {  // the spike is in the first step
        auto const t = 0.1 * double(i - 1);
        EXPECT_NEAR(s.values[0][i], -70 + 4 * std::exp(-t / 10) + 2 * std::exp(-t / 100), 1e-11);
        EXPECT_NEAR(s.values[1][i], 30 * std::exp(-t / 20), 1e-11);
    }
}

class lists_errors : public errors {
  protected:
    nodes exp = first("iaf_psc_exp_multisynapse"), gif = first("gif_psc_exp"), glif = first("glif_psc");
    /// On every way to give values.
    template <class E> void everywhere(nodes const& n, std::string const& parameter, std::string const& value,
                                       dictionary const& d) {
        auto const model = std::string(net.model(n[0]));
        rejects<E>(model, parameter, value, [&] { net.create(model, 2, d); });
        rejects<E>(model, parameter, value, [&] { net.set(n, d); });
        rejects<E>(model, parameter, value, [&] { net.set(n.slice(1, 2), d); });
        rejects<E>(model, parameter, value, [&] { net.set_defaults(model, d); });
        rejects<E>(model, parameter, value, [&] { net.copy_model(model, "copy_of_" + model, d); });
    }
};

TEST_F(lists_errors, values) {
    everywhere<wrong_type>(exp, "tau_syn", "2", {{"tau_syn", 2.0}});
    everywhere<wrong_type>(exp, "tau_syn", "\"x\"", {{"tau_syn", "x"}});
    everywhere<wrong_type>(exp, "tau_syn", "uniform", {{"tau_syn", uniform(1, 2)}});
    everywhere<out_of_range>(exp, "tau_syn", "NaN", {{"tau_syn", list{std::nan("")}}});
    everywhere<out_of_range>(exp, "tau_syn", "0 ms", {{"tau_syn", list{0}}});
    everywhere<out_of_range>(exp, "tau_syn", "-1 ms", {{"t_ref", 5.0}, {"tau_syn", list{-1}}});
    everywhere<out_of_range>(gif, "tau_sfa", "0 ms", {{"tau_sfa", list{3, 0}}, {"q_sfa", list{1, 1}}});
    everywhere<out_of_range>(glif, "asc_r", "1.5", {{"asc_r", list{0.5, 1.5}}});
    everywhere<unknown_parameter>(exp, "n_synapses", "3", {{"n_synapses", 3}});
}

TEST_F(lists_errors, lengths) {
    everywhere<wrong_size>(gif, "tau_sfa, q_sfa", "1", {{"tau_sfa", list{3}}});
    everywhere<wrong_size>(gif, "q_stc", "2 values", {{"tau_stc", list{3}}, {"q_stc", list{1, 2}}});
    everywhere<wrong_size>(glif, "ASCurrents", "3 values", {{"ASCurrents", list{1, 2, 3}}});
    rejects<wrong_size>("exp", "tau_syn", "3 lists", [&] {
        net.set(exp, {{"tau_syn", lists{{1}, {2}, {3}}}});
    });
    rejects<wrong_size>("exp", "tau_syn", "3 lists", [&] {
        net.create("iaf_psc_exp_multisynapse", 2, {{"tau_syn", lists{{1}, {2}, {3}}}});
    });
    rejects<out_of_range>("exp", "n_synapses", "2", [&] { net.set(exp, {{"tau_syn", list{1, 3}}}); });
    EXPECT_NO_THROW(net.set(exp, {{"tau_syn", list{2}}}));  // as many as before
}

TEST_F(lists_errors, of_time_constants_that_must_differ) {
    auto const fresh = std::string("iaf_psc_exp_multisynapse");
    rejects<out_of_range>(fresh, "tau_syn", "10 ms", [&] {
        net.create(fresh, 1, {{"tau_syn", list{5, 10}}});
    });
    rejects<out_of_range>(fresh, "tau_syn", "8 ms", [&] {
        net.create(fresh, 1, {{"tau_syn", list{8}}, {"tau_m", 8.0}});
    });
}

TEST_F(lists_errors, receptors_and_names) {
    for (int const receptor : {-1, 0, 2})
        rejects<illegal_connection>("iaf_psc_exp_multisynapse", "receptor", fmt::format("{}", receptor), [&] {
            net.connect(a, exp, all_to_all(), {.weight = 1.0, .receptor = receptor});
        });
    rejects<illegal_connection>("iaf_psc_exp_multisynapse", "receptor", "1",
                                [&] { net.connect(current, exp, all_to_all(), {.receptor = 1}); });
    for (auto const* name : {"I_syn_2", "I_syn_0", "I_syn_01", "I_syn_", "I_syn_x", "g_1"}) {
        SCOPED_TRACE(name);
        network other({.threads = 1});
        auto const n = other.create("iaf_psc_exp_multisynapse");
        auto const m = other.create("multimeter", 1, {{"record_from", name}});
        auto const e = error_of<illegal_connection>([&] { other.connect(m, n); });
        EXPECT_NE(e.allowed.find("I_syn_1"), std::string::npos) << e.allowed;
    }
    EXPECT_THROW(net.get(exp, "tau_syn"), wrong_type);
    EXPECT_THROW(net.list(exp[0], "tau_m"), unknown_parameter);
    EXPECT_THROW(net.list(a[0], "tau_syn"), unknown_parameter);
}

}  // namespace
}  // namespace ranvier::test
