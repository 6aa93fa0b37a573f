// The checks that the specification lists are there, no stricter and no laxer than it says; and what the
// tests of errors compare shows all changes.
#include "tests/errors_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using names = std::vector<std::string>;

struct listed {
    names models, parameters;
    numbers bad, good;
};

/// neurons_current_based.md 1-3, neurons_conductance_and_aeif.md 2.1, neurons_other.md 2, devices.md 2,
/// time_and_events.md 6, extensions.md.
std::vector<listed> const of_nodes{
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha"}, {"C_m"}, {0, -1, -infinity}, {1e-3, 1}},
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha"}, {"tau_m"}, {0, -1}, {1e-3, infinity}},
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha"}, {"t_ref"}, {-1, -1e-300}, {0, 0.04, 1e9}},
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha"}, {"V_reset"}, {-55, -54}, {-55.001, -1e3}},
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha"}, {"V_th"}, {-70, -71}, {-69.999, 1e3}},
    {{"iaf_psc_exp", "iaf_psc_alpha", "aeif_psc_alpha"}, {"tau_syn_ex", "tau_syn_in"}, {0, -1}, {0.01, 10}},
    {{"iaf_psc_exp"}, {"rho", "delta"}, {-1e-9}, {0, 1}},
    {{"iaf_psc_delta"}, {"ignore_and_spike_offset", "ignore_and_spike_interval"}, {0, -1}, {0.1}},
    {{"aeif_psc_alpha"}, {"C_m", "tau_w", "gsl_error_tol", "I_exp_max"}, {0, -1}, {1}},
    {{"aeif_psc_alpha"}, {"I_exp_max"}, {}, {infinity}},
    {{"aeif_psc_alpha"}, {"t_ref", "I_syn_ex", "I_syn_in"}, {-1e-9}, {0, 1}},
    {{"aeif_psc_alpha"}, {"V_reset"}, {0, 1}, {-1e-9, -50}},
    {{"aeif_psc_alpha"}, {"V_peak"}, {-50.41, -60}, {-50.4, 1}},
    {{"aeif_psc_alpha"}, {"Delta_T"}, {-1, 0.0759}, {0, 0.076}},  // 50.4 / 0.0759 = 664.0
    {{"ignore_and_fire"}, {"phase"}, {0, -0.1, 1.001}, {1, 1e-3}},
    {{"ignore_and_fire"}, {"rate"}, {0, -1}, {1e-3, 1e3}},
    {{"iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha", "aeif_psc_alpha", "ignore_and_fire", "parrot_neuron"},
     {"tau_minus"},
     {0, -1},
     {1e-3}},
    {{"poisson_generator"}, {"rate"}, {-1e-9}, {0, 1e5}}};

TEST(checks_of_the_specification, of_nodes) {
    network net({.threads = 1});
    for (auto const& l : of_nodes)
        for (auto const& model : l.models)
            for (auto const& name : l.parameters) {
                SCOPED_TRACE(model + ": " + name);
                auto const made = net.create(model);
                for (auto const x : l.bad) {
                    auto const m = error_of<out_of_range>([&] { net.set(made, {{name, x}}); });
                    auto const related = name == "V_th" ? "V_reset" : name == "V_peak" ? "V" : name;
                    expect_complete(m, model, related, "");
                }
                for (auto const x : l.good) EXPECT_NO_THROW(net.set(made, {{name, x}})) << x;
            }
}

TEST(checks_of_the_specification, of_devices) {
    network net({.threads = 1});
    auto const meter = net.create("multimeter");
    for (auto const* model :
         {"poisson_generator", "dc_generator", "spike_generator", "spike_recorder", "multimeter"}) {
        auto const made = net.create(model);
        EXPECT_THROW(net.set(made, {{"start", 5.0}, {"stop", 4.9}}), out_of_range) << model;
        EXPECT_NO_THROW(net.set(made, {{"start", 5.0}, {"stop", 5.0}})) << model;
        EXPECT_THROW(net.set(made, {{"start", 5.1}}), out_of_range) << model;
        EXPECT_THROW(net.set(made, {{"start", 5.05}, {"stop", 9.0}}), bad_time) << model;
        EXPECT_NO_THROW(net.set(made, {{"origin", 3.0}, {"stop", infinity}})) << model;
    }
    EXPECT_THROW(net.set(meter, {{"interval", 0.05}}), bad_time);
    EXPECT_THROW(net.set(meter, {{"interval", 0.15}}), bad_time);
    EXPECT_THROW(net.set(meter, {{"offset", 0.05}}), bad_time);
    for (auto const x : {0.1, 1e3, 1e12}) EXPECT_NO_THROW(net.set(meter, {{"interval", x}}));
    for (auto const x : {0.0, 0.1, 0.15}) EXPECT_NO_THROW(net.set(meter, {{"offset", x}}));
    EXPECT_EQ(net.get(meter, "offset"), numbers{0.2});  // up to the grid
}

TEST(checks_of_the_specification, of_synapses) {
    network net({.threads = 1});
    auto const n = net.create("iaf_psc_exp", 2);
    for (std::string const single : {"", "_hpc"}) {
        auto const pair = "stdp_synapse" + single, power = "stdp_pl_synapse_hom" + single;
        for (auto const x : {0.0, -1.0})
            EXPECT_THROW(net.set_defaults(power, {{"tau_plus", x}}), out_of_range);
        for (auto const& model : {pair, power}) {
            synapse s{.model = model, .params = {{"Kplus", -1e-9}}};
            EXPECT_THROW(net.set_defaults(model, s.params), out_of_range);
            EXPECT_THROW(net.connect(n, n, all_to_all(), s), out_of_range);
        }
        // Signs: 0 counts as positive.
        EXPECT_THROW(net.set_defaults(pair, {{"weight", -1.0}}), out_of_range);
        EXPECT_THROW(net.set_defaults(pair, {{"Wmax", -1.0}}), out_of_range);
        EXPECT_THROW(net.set_defaults(pair, {{"Wmax", -1.0}, {"weight", 0.0}}), out_of_range);
        EXPECT_NO_THROW(net.copy_model(pair, "negative" + single, {{"Wmax", -1.0}, {"weight", -1.0}}));
        EXPECT_NO_THROW(net.set_defaults(pair, {{"Wmax", 0.0}, {"weight", 0.0}}));
        EXPECT_NO_THROW(net.set_defaults(power, {{"weight", -1.0}}));
        // Where nothing but the weight is given, it is not looked at (synapses.md, 1).
        EXPECT_NO_THROW(net.connect(n, n, all_to_all(), {.model = pair, .weight = -1.0}));
        synapse s{.model = pair, .weight = -1.0, .params = {{"alpha", 1.0}}};
        EXPECT_THROW(net.connect(n, n, all_to_all(), s), out_of_range);
        for (auto const x : {0.04, 0.0, -1.0})
            EXPECT_THROW(net.connect(n, n, all_to_all(), {.model = pair, .delay = x}), bad_delay);
        EXPECT_NO_THROW(net.connect(n, n, all_to_all(), {.model = pair, .delay = 0.05}));
    }
}

/// A wrong twin for the tests that nothing changes: every change is seen.
TEST(what_is_seen, shows_every_change) {
    auto const changes = std::vector<std::function<void(network&)>>{
        [](network& net) { net.create("parrot_neuron"); },
        [](network& net) {
            net.set(of_model(net, "iaf_psc_exp")[1].slice(1, 2), {{"C_m", 250.0001}});
        },
        [](network& net) {
            net.set(of_model(net, "iaf_psc_exp")[1].slice(1, 2), {{"tau_minus", 20.0001}});
        },
        [](network& net) {
            net.set(of_model(net, "aeif_psc_alpha")[1].slice(1, 2), {{"w", 1e-3}});
        },
        [](network& net) {
            net.set(of_model(net, "poisson_generator")[0], {{"rate", 1.0}});
        },
        [](network& net) {
            net.set(of_model(net, "dc_generator")[0].slice(1, 2), {{"stop", 7.0}});
        },
        [](network& net) {
            net.set(of_model(net, "spike_generator")[0].slice(1, 2), {{"origin", 7.0}});
        },
        [](network& net) {
            net.set(of_model(net, "spike_generator")[0].slice(1, 2),
                    {{"spike_times", numbers{1, 2.5, 30.1}}});
        },
        [](network& net) {
            net.set(of_model(net, "spike_recorder")[0].slice(1, 2), {{"n_events", 0}});
        },
        [](network& net) {
            net.set(of_model(net, "multimeter")[0], {{"offset", 0.5}});
        },
        [](network& net) { net.connect(of_model(net, "parrot_neuron")[0], of_model(net, "iaf_psc_exp")[0]); },
        [](network& net) {
            auto const t = net.connections();
            net.set_weights({t.handle[0]}, {std::nextafter(t.weight[0], 2 * t.weight[0])});
        },
        [](network& net) {
            net.set_defaults("iaf_psc_exp", {{"C_m", 250.0001}});
        },
        [](network& net) {
            net.set_defaults("multimeter", {{"interval", 0.7}});
        },
        [](network& net) {
            net.set_defaults("stdp_synapse", {{"delay", 0.7}});
        },
        [](network& net) {
            net.set_defaults("stdp_synapse", {{"Kplus", 0.7}});
        }};
    auto lines = [](std::function<void(network&)> const& change) {
        network net({.seed = 3, .threads = 1});
        build_everything(net);
        change(net);
        auto const n = net.create("iaf_psc_exp", 2);
        net.create("multimeter");
        net.connect(n, n, all_to_all(), {.model = "stdp_synapse"});
        return seen(net);
    };
    auto const unchanged = lines([](network&) {});
    for (std::size_t i = 0; i < changes.size(); ++i) EXPECT_NE(lines(changes[i]), unchanged) << i;
}

}  // namespace
}  // namespace ranvier::test
