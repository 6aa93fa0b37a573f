// Networks that use everything: compared with themselves by test_network_parity.cpp and
// test_emulated_device.cpp.
#pragma once
#include "tests/network_for_tests.h"

namespace ranvier::test {

/// A weight that is felt by neurons of a model, but weak: pA, mV, or nothing where spikes are counted.
inline double unit_weight(std::string_view model) {
    return model == "iaf_psc_delta" || model == "pp_psc_delta" ? 0.2
           : model == "iaf_psc_alpha"                          ? 12
           : model == "aeif_psc_alpha"                         ? 150
                                                               : 30;
}
/// A receptor for spikes that each of its neurons has.
inline int spike_receptor(std::string_view model) { return model_of(model).has_receptor_list() ? 1 : 0; }
/// A weight that its neurons take, negative if they take such.
inline double weight_against(std::string_view model) {
    auto const& m = model_of(model);
    bool const positive = m.has_receptor_list() && !m.lists[0].negative_weights;
    return positive ? unit_weight(model) : -unit_weight(model);
}
inline nodes noise(network& net, double rate) { return net.create("poisson_generator", 1, {{"rate", rate}}); }
/// 0.9, 1.0, ... of a value, one for each of n neurons.
inline std::vector<double> spread(double value, std::int64_t n) {
    std::vector<double> all;
    for (std::int64_t i = 0; i < n; ++i) all.push_back(value * (0.9 + 0.01 * double(i % 20)));
    return all;
}

template <class Add> void add_models_with_lists(Add add) {
    using list = std::vector<double>;
    std::vector<list> taus, jumps;  // of each neuron another number
    for (int i = 0; i < 23; ++i) {
        taus.emplace_back(std::size_t(1 + i % 4), 3.5 + i);
        jumps.emplace_back(std::size_t(1 + i % 4), 0.5 * (i % 7));
    }
    add("iaf_psc_exp_multisynapse", {{"tau_syn", taus}, {"I_e", spread(400, 23)}});
    add("iaf_psc_alpha_multisynapse", {{"tau_syn", list{1, 5, 20}}, {"I_e", 400.0}});
    add("gif_psc_exp", {{"tau_sfa", taus},
                        {"q_sfa", jumps},
                        {"tau_stc", list{30, 200}},
                        {"q_stc", list{5, -2}},
                        {"I_e", 100.0}});
    add("pp_psc_delta", {{"tau_sfa", taus}, {"q_sfa", jumps}, {"c_2", spread(200, 23)}});
    add("pp_psc_delta", {{"dead_time", 0.0}, {"c_2", 500.0}, {"c_3", 0.01}});
    add("pp_psc_delta", {{"dead_time_random", true}, {"dead_time_shape", 3}, {"c_2", 500.0}});
    add("aeif_cond_alpha_multisynapse",
        {{"tau_syn", list{1, 5, 20}}, {"E_rev", list{0, -85, -60}}, {"I_e", spread(500, 23)}});
    add("glif_psc", {{"spike_dependent_threshold", true},
                     {"after_spike_currents", true},
                     {"adapting_threshold", true},
                     {"tau_syn", taus},
                     {"t_ref", spread(3, 23)}});
}

inline void build_all_models(network& net) {
    std::vector<nodes> populations;
    auto add = [&](std::string const& model, dictionary values) {
        if (!has_neuron(model)) return;
        populations.push_back(net.create(model, 23, std::move(values)));
    };
    for (auto const& m : node_models())
        if (m.role == node_role::neuron) add(m.name, {});
    add("iaf_psc_exp", {{"delta", 2.0}, {"rho", 20.0}});  // stochastic
    add("iaf_psc_exp", {{"reset_by_subtraction", true},
                        {"t_ref", spread(1.0, 23)},
                        {"V_m", normal(-65, 4).redraw(-75, -56)}});
    add("iaf_psc_alpha", {{"V_min", -75.0}, {"tau_m", spread(12, 23)}, {"E_L", uniform(-72, -68)}});
    add("iaf_psc_delta", {{"refractory_input", true}, {"t_ref", 0.05}});
    add("iaf_psc_delta", {{"ignore_and_spike", true}, {"ignore_and_spike_interval", spread(10, 23)}});
    add("ignore_and_fire", {{"rate", uniform(5, 200)}, {"phase", uniform(0.1, 1)}});
    add("iaf_psc_alpha", {{"t_ref", spread(4, 23)}, {"tau_minus", spread(20, 23)}});
    add_models_with_lists(add);
    auto const drive = noise(net, 7000), slow = noise(net, 300), fast = noise(net, 30000);
    auto const dc = net.create("dc_generator", 2, {{"amplitude", 35.0}, {"start", 20.0}});
    for (std::size_t i = 0; i < populations.size(); ++i) {
        auto const& p = populations[i];
        auto const model = net.model(p.front());
        auto const w = unit_weight(model);
        auto const receptor = spike_receptor(model);
        bool const parrot = model == "parrot_neuron", inputs = model != "ignore_and_fire" && !parrot;
        net.connect(parrot ? slow : drive, p, all_to_all(),
                    {.weight = w, .delay = 0.3, .receptor = receptor});
        if (parrot) net.connect(fast, p.slice(0, 5), all_to_all(), {.delay = 1.0});
        if (inputs) net.connect(dc, p, all_to_all(), {.weight = spread(1, 2 * p.size()), .delay = 0.7});
        if (model == "iaf_psc_exp") net.connect(dc.slice(0, 1), p, all_to_all(), {.receptor = 1});
        auto const& from = populations[(i + 5) % populations.size()];
        net.connect(from, p, fixed_indegree(5),
                    {.weight = w, .delay = uniform(0.1, 4), .receptor = receptor});
        net.connect(populations[(i + 3) % populations.size()], p, fixed_indegree(4),
                    {.weight = weight_against(model), .delay = 0.2, .receptor = receptor});
        if (parrot) continue;  // a loop of parrots would repeat spikes for ever
        net.connect(p, p, fixed_indegree(4),
                    {.model = "stdp_synapse", .weight = w, .delay = uniform(0.1, 4), .receptor = receptor});
        net.connect(from, p, fixed_outdegree(4),
                    {.model = "stdp_pl_synapse_hom_hpc", .weight = w, .delay = 1.2, .receptor = receptor});
    }
}

inline void build_plasticity(network& net) {
    auto const neurons = net.create("iaf_psc_exp", 41, {{"I_e", spread(380, 41)}, {"V_m", normal(-65, 5)}});
    auto const relays = net.create("parrot_neuron", 20);
    auto const periodic = net.create("ignore_and_fire", 10, {{"rate", uniform(5, 300)}});
    net.connect(noise(net, 20), relays);
    net.connect(noise(net, 20000), relays.slice(0, 2));
    net.connect(noise(net, 3000), neurons, all_to_all(), {.weight = 30.0, .delay = 0.3});
    auto const sources = neurons + relays + periodic;
    net.connect(sources, neurons, fixed_indegree(4),
                {.model = "bernoulli_synapse_lbl",
                 .weight = 20.0,
                 .params = {{"p_transmit", 0.5}, {"synapse_label", std::int64_t{7}}}});
    int n = 0;
    for (auto const& s : synapse_models()) {
        // What is modulated forbids many slices at a time.
        if (!s.plastic || s.name.ends_with("_lbl") || !s.modulator.empty()) continue;
        auto has = [&](char const* name) { return s.params.find(name) != nullptr; };
        bool const bounded = has("lambda");
        auto weight = [&](parameter const& w) {
            return s.common_weight ? std::optional<parameter>{} : std::optional<parameter>{w};
        };
        auto make = [&](nodes const& to, rule const& how, parameter value, parameter delay,
                        dictionary params = {}) {
            net.connect(sources, to, how,
                        {.model = s.name, .weight = weight(value), .delay = delay, .params = params});
        };
        if (s.common_weight) net.set_defaults(s.name, {{"weight", 20.0}});
        make(neurons, fixed_indegree(6), 20.0, 0.5 + 0.1 * n);
        make(neurons, fixed_indegree(6), uniform(5, 30), uniform(0.1, 9));
        if (s.pairs) make(neurons, fixed_indegree(6), 20.0, 0.5 + 0.1 * n, {{"Kplus", 0.5}});
        if (s.triplets) make(neurons, fixed_indegree(6), 20.0, 1.5, {{"Kplus_triplet", 0.5}});
        if (s.state.find("u"))
            make(neurons, fixed_indegree(6), 20.0, 0.5 + 0.1 * n, {{"u", uniform(0.1, 0.9)}});
        if (s.state.find("y"))
            make(neurons, fixed_indegree(4), 20.0, uniform(0.1, 9), {{"x", 0.5}, {"y", 0.3}});
        if (has("U"))
            make(neurons, fixed_indegree(5), uniform(5, 30), uniform(0.1, 9),
                 {{"U", uniform(0.1, 0.9)}, {"tau_rec", uniform(20, 900)}, {"tau_fac", spread(30, 205)}});
        if (has("n"))
            make(neurons, fixed_indegree(5), 5.0, 1.0, {{"n", std::int64_t{5}}, {"a", std::int64_t{4}}});
        if (has("p_transmit"))
            make(neurons, fixed_indegree(9), 20.0, 1.0, {{"p_transmit", uniform(0.1, 0.9)}});
        if (has("eta"))
            make(neurons, fixed_indegree(5), 20.0, uniform(0.1, 9),
                 {{"eta", uniform(0.1, 0.5)}, {"Wmax", 50.0}, {"tau", 15.0}});
        if (has("Aplus"))
            make(neurons, fixed_indegree(5), 20.0, uniform(0.1, 9),
                 {{"Aplus", uniform(0.01, 0.1)}, {"tau_plus_triplet", 50.0}});
        make(neurons.slice(3, 30), pairwise_bernoulli(0.2), uniform(5, 30), 2.0);
        make(neurons, fixed_total_number(150), uniform(5, 30), 2.0);
        net.connect(neurons, relays, fixed_outdegree(1),
                    {.model = s.name, .weight = weight(20.0), .delay = 30.0});
        make(periodic, fixed_indegree(3), 20.0, 1.0);
        if (bounded)
            make(neurons, fixed_indegree(5), 20.0, uniform(0.1, 9),
                 {{"lambda", uniform(0.001, 0.05)}, {"mu_plus", 0.4}});
        if (bounded)
            make(neurons, fixed_indegree(2), -20.0, 1.5, {{"Wmax", -50.0}, {"alpha", spread(1.1, 82)}});
        net.copy_model(s.name, "copy_of_" + s.name,
                       bounded                     ? dictionary{{"lambda", 0.05}}
                       : s.common.find("tau_plus") ? dictionary{{"tau_plus", 15.0}}
                       : s.common.find("tau_fac")  ? dictionary{{"tau_fac", 100.0}, {"weight", 10.0}}
                       : s.params.find("Wmax")     ? dictionary{{"Wmax", 60.0}}
                       : s.params.find("tau_rec")  ? dictionary{{"tau_rec", 100.0}, {"u", 0.3}}
                                                   : dictionary{{"p_transmit", 0.5}});
        net.connect(sources, neurons, fixed_indegree(3),
                    {.model = "copy_of_" + s.name, .weight = weight(10.0)});
        ++n;
    }
}

inline void build_rules(network& net) {
    auto const a = net.create("iaf_psc_alpha", 60, {{"I_e", spread(440, 60)}, {"V_m", uniform(-70, -55)}});
    auto const b = net.create("iaf_psc_exp", 50, {{"I_e", spread(440, 50)}, {"V_m", uniform(-70, -55)}});
    std::vector<std::int32_t> every_third;
    for (std::int32_t id = 2; id <= 110; id += 3) every_third.push_back(id);
    nodes const all = a + b, some(every_third);
    auto with = [](double w, double d) { return synapse{.weight = w, .delay = d}; };
    net.connect(some, some, all_to_all(), with(2, 1.5));
    net.connect(some, some, all_to_all().without_autapses(), with(2, 1.6));
    net.connect(a.slice(10, 60), b, one_to_one(), with(30, 0.4));
    net.connect(all, some, fixed_indegree(12).without_multapses().without_autapses(), with(10, 1.5));
    net.connect(some, all, fixed_outdegree(12).without_multapses().without_autapses(), with(-10, 1.5));
    net.connect(some, all, fixed_outdegree(9),
                {.model = "static_synapse_hpc", .weight = normal(5, 1), .delay = 0.4});
    net.connect(all, all, fixed_total_number(500).without_autapses(),
                {.weight = lognormal(1, 0.5), .delay = exponential(2).redraw(0.1, 30)});
    net.connect(all, some, pairwise_bernoulli(0.1),
                {.weight = uniform(-5, 5), .delay = normal(1.5, 0.5).redraw(0.1, 10)});
    net.connect(all, some, rule::named("pairwise_poisson", 0.1), {.weight = 5.0, .delay = uniform(0.1, 2)});
    net.connect(all, some, symmetric_pairwise_bernoulli(0.1), with(3, 1.5));
    net.connect(a, all, symmetric_pairwise_bernoulli(0.03),
                {.weight = 2 * uniform(0, 2) - 1, .delay = max(normal(1, 1), 0.1) + exponential(1)});
    net.connect(b, some, fixed_indegree(uniform(0, 9)).without_multapses(), with(3, 0.3));
    net.connect(some, b, fixed_outdegree(max(normal(5, 4), 0)), with(3, 0.3));
    net.copy_model("static_synapse_hom_w", "shared", {{"weight", -3.5}});
    net.copy_model("static_synapse_hom_w_hpc", "shared_single", {{"weight", 1.7}, {"delay", 0.9}});
    net.connect(all, all, fixed_indegree(5), {.model = "shared"});
    net.connect(all, all, fixed_indegree(5), {.model = "shared", .delay = uniform(0.3, 3)});
    net.connect(all, all, fixed_indegree(5), {.model = "shared_single"});
    // Explicit: repeated, unordered, with arrays.
    std::vector<std::int32_t> from, to;
    std::vector<double> w, d;
    for (std::int32_t i = 0; i < 400; ++i) {
        from.push_back(1 + i * 37 % 110), to.push_back(1 + i * i % 110);
        w.push_back(0.25 * (i % 17) - 1), d.push_back(0.1 + 0.1 * (i * 7 % 300));
    }
    net.connect({from, to}, {.weight = w, .delay = d});
    net.connect({from, to}, {.model = "stdp_synapse_hpc", .weight = 3.0, .delay = d});
    net.connect(a, b, fixed_indegree(3), {.weight = spread(8, 150), .delay = spread(2, 150)});
    net.connect(a, b, all_to_all(), {.weight = spread(0.1, 3000), .delay = 1.5});
    net.connect(a, b, fixed_outdegree(2), {.weight = spread(8, 120), .delay = 1.5});
    net.connect(a, b, fixed_total_number(70), {.weight = spread(8, 70), .delay = spread(2, 70)});
}

/// Plasticity that spikes of a third party modulate, at delays of a step to beyond what the inbox holds.
inline void build_modulated(network& net) {
    auto const neurons = net.create("iaf_psc_exp", 41, {{"I_e", spread(380, 41)}, {"V_m", normal(-65, 5)}});
    auto const relays = net.create("parrot_neuron", 20);
    net.connect(noise(net, 20), relays);
    net.connect(noise(net, 20000), relays.slice(0, 2));
    net.connect(noise(net, 3000), neurons, all_to_all(), {.weight = 30.0, .delay = 0.3});
    auto const transmitter = give_transmitter(net);
    net.connect(relays.slice(0, 9), transmitter, all_to_all(), {.delay = uniform(0.1, 3)});
    net.connect(relays.slice(5, 9), transmitter, all_to_all(), {.delay = 120.0});
    for (auto const& s : synapse_models()) {
        if (s.modulator.empty() || s.name.ends_with("_lbl")) continue;
        auto make = [&](parameter weight, parameter delay, dictionary params = {}) {
            net.connect(neurons + relays, neurons, fixed_indegree(5),
                        {.model = s.name, .weight = weight, .delay = delay, .params = params});
        };
        make(20.0, 0.7);
        make(uniform(5, 30), uniform(0.1, 9));
        make(20.0, uniform(0.1, 9), {{"c", -0.5}, {"n", 0.01}, {"Kplus", 0.5}});
        make(25.0, uniform(0.1, 300));
        make(25.0, 300.0);
    }
}

/// Slices of many steps, in which samples are taken several times; more groups of connections than are kept
/// apart.
inline void build_long_slices(network& net) {
    auto const e = net.create("iaf_psc_alpha", 83, {{"V_m", normal(-62, 5)}, {"t_ref", spread(2, 83)}});
    auto const i = net.create("iaf_psc_exp", 21, {{"V_m", normal(-62, 5)}});
    auto const all = e + i;
    net.connect(noise(net, 9000), all, all_to_all(), {.weight = 14.0, .delay = 3.0});
    net.connect(e, e, fixed_indegree(20), {.model = "stdp_pl_synapse_hom_hpc", .weight = 9.0, .delay = 3.2});
    net.connect(e, i, fixed_indegree(20), {.weight = 12.0, .delay = 3.2});
    net.connect(i, all, fixed_indegree(5), {.weight = -60.0, .delay = 3.2});
    for (int k = 0; k < 12; ++k) {
        auto const to = all.slice(7 * k, 7 * k + 20);
        net.connect(e, to, fixed_indegree(3),
                    {.model = "stdp_synapse",
                     .weight = 5.0 + k,
                     .delay = 3.2 + 0.1 * (k % 3),
                     .params = {{"lambda", 0.001 * k}}});
        net.connect(e, to, fixed_outdegree(2),
                    {.model = "stdp_pl_synapse_hom",
                     .weight = 5.0 + k,
                     .delay = 3.5,
                     .params = {{"Kplus", 0.1 * (k % 2)}}});
    }
}

/// Delays from one step to seconds: beyond what the inbox holds, static and plastic.
inline void build_long_delays(network& net) {
    auto const neurons =
        net.create("iaf_psc_exp", 37, {{"I_e", spread(380, 37)}, {"V_m", uniform(-70, -55)}});
    auto const relays = net.create("parrot_neuron", 8);
    auto const clock =
        net.create("spike_generator", 1, {{"spike_times", std::vector<double>{0.1, 5.0, 900.0, 1500.0}}});
    net.connect(noise(net, 40), relays);
    net.connect(clock, relays.slice(0, 3), all_to_all(), {.delay = 250.0});
    net.connect(noise(net, 3000), neurons, all_to_all(), {.weight = 30.0, .delay = 130.0});
    auto const all = neurons + relays;
    auto make = [&](char const* model, parameter delay) {
        net.connect(all, neurons, fixed_indegree(4), {.model = model, .weight = 25.0, .delay = delay});
    };
    make("static_synapse", uniform(0.1, 1500));
    make("static_synapse", 0.1);
    for (auto const delay : {102.3, 102.4, 198.3, 198.4, 1400.0}) make("static_synapse_hpc", delay);
    make("stdp_synapse", uniform(0.1, 600));
    make("stdp_synapse_hpc", 102.4);
    make("stdp_pl_synapse_hom", 900.0);
    make("stdp_pl_synapse_hom_hpc", uniform(90, 210));
}

/// State of connections with delays beyond what the inbox holds, in slices of many steps.
inline void build_late_state(network& net) {
    auto const neurons =
        net.create("iaf_psc_exp", 29, {{"I_e", spread(380, 29)}, {"V_m", uniform(-70, -55)}});
    auto const relays = net.create("parrot_neuron", 4);
    net.connect(noise(net, 40), relays, all_to_all(), {.delay = 5.0});
    net.connect(noise(net, 3000), neurons, all_to_all(), {.weight = 30.0, .delay = 5.0});
    for (auto const* model : {"stdp_triplet_synapse", "tsodyks2_synapse_hpc", "quantal_stp_synapse",
                              "stochastic_stp_synapse_hpc", "bernoulli_synapse"}) {
        if (!has_synapse(model)) continue;
        for (auto const& delay : {parameter(uniform(5, 300)), parameter(102.4)})
            net.connect(neurons + relays, neurons, fixed_indegree(9),
                        {.model = model, .weight = 25.0, .delay = delay});
    }
}

/// Generators with weights and multiplicities, parrots that repeat them before and after plastic synapses.
inline void build_relays(network& net) {
    std::vector<double> times, weights;
    std::vector<std::int64_t> multiplicities;
    for (int i = 1; i <= 300; ++i) {
        times.push_back(0.1 * (i * 7 - i % 5));
        weights.push_back(i % 4 == 0 ? -0.5 : 0.3 * (i % 7));
        multiplicities.push_back(i % 6);
    }
    auto const weighted = net.create(
        "spike_generator", 3,
        {{"spike_times", times}, {"spike_weights", weights}, {"spike_multiplicities", multiplicities}});
    auto const plain = net.create(
        "spike_generator", 1,
        {{"spike_times", times}, {"spike_multiplicities", multiplicities}, {"start", 20.0}, {"stop", 180.0}});
    auto const first = net.create("parrot_neuron", 12), second = net.create("parrot_neuron", 12);
    auto const neurons = net.create("iaf_psc_alpha", 20), jumping = net.create("iaf_psc_delta", 20);
    net.connect(plain, first, all_to_all(), {.delay = 0.4});
    net.connect(noise(net, 15000), first.slice(0, 6), all_to_all(), {.delay = 0.2});
    net.connect(noise(net, 100), first, all_to_all(), {.delay = 0.2});
    net.connect(weighted, neurons, all_to_all(), {.weight = 90.0, .delay = uniform(0.1, 30)});
    net.connect(weighted, jumping, pairwise_bernoulli(0.7),
                {.model = "static_synapse_hpc", .weight = 2.0, .delay = 0.5});
    net.connect(first, second, fixed_indegree(2), {.model = "stdp_synapse", .weight = 20.0, .delay = 0.6});
    net.connect(first, second, fixed_indegree(1),
                {.model = "stdp_synapse", .weight = 20.0, .delay = uniform(0.1, 8)});
    for (auto const* model : {"stdp_synapse", "stdp_pl_synapse_hom_hpc"}) {
        net.connect(second, neurons, fixed_indegree(5), {.model = model, .weight = 9.0, .delay = 0.5});
        net.connect(second, jumping, fixed_indegree(5),
                    {.model = model, .weight = 0.2, .delay = uniform(0.1, 8)});
    }
    net.copy_model("poisson_generator", "shared", {{"individual_spike_trains", false}, {"rate", 3000.0}});
    auto const shared = net.create("shared", 3);
    for (auto const* model : {"stdp_synapse", "stdp_triplet_synapse", "tsodyks_synapse", "bernoulli_synapse"})
        for (auto const& from : {weighted, plain, shared})
            net.connect(from, neurons, fixed_indegree(2), {.model = model, .weight = 9.0, .delay = 0.5});
}

/// Every generator, several of most, onto several populations and parts of them; parameters at which all that
/// they can do happens.
inline void build_devices(network& net) {
    using numbers = std::vector<double>;
    auto const alpha = net.create("iaf_psc_alpha", 31, {{"V_m", uniform(-70, -56)}}),
               exp = net.create("iaf_psc_exp", 17), delta = net.create("iaf_psc_delta", 11),
               relays = net.create("parrot_neuron", 9);
    auto const neurons = alpha + exp, all = neurons + delta;
    auto make = [&](char const* model, std::int64_t n, dictionary const& d) {
        return net.create(model, n, d);
    };
    auto const slow = make("sinusoidal_poisson_generator", 2,
                           {{"rate", 900.0}, {"amplitude", -1500.0}, {"frequency", 31.0}, {"phase", 77.0}});
    auto const steps =
        make("inhomogeneous_poisson_generator", 2,
             {{"rate_times", numbers{0.1, 3.7, 9, 55}}, {"rate_values", numbers{4e3, 0, 9e3, 2e3}}});
    auto const copies = make("mip_generator", 2, {{"rate", 3000.0}, {"p_copy", 0.4}});
    auto const gamma = make("gamma_sup_generator", 2, {{"rate", 40.0}, {"gamma_shape", 3}, {"n_proc", 50}});
    auto const dead = make("ppd_sup_generator", 2,
                           {{"rate", 60.0},
                            {"dead_time", 3.0},
                            {"n_proc", 40},
                            {"frequency", 50.0},
                            {"relative_amplitude", 0.7}});
    net.set_defaults("sinusoidal_poisson_generator", {{"individual_spike_trains", false}});
    auto const shared =
        make("sinusoidal_poisson_generator", 1, {{"rate", 500.0}, {"amplitude", 400.0}, {"frequency", 70.0}});
    auto const ac = make("ac_generator", 2, {{"amplitude", 200.0}, {"offset", 150.0}, {"frequency", 17.0}});
    auto const current =
        make("step_current_generator", 2,
             {{"amplitude_times", numbers{2, 2.1, 30}}, {"amplitude_values", numbers{90, 0, 120}}});
    auto const noisy = make("noise_generator", 2,
                            {{"mean", 100.0},
                             {"std", 300.0},
                             {"std_mod", 250.0},
                             {"dt", 0.7},
                             {"frequency", 20.0},
                             {"start", 1.3}});
    auto with = [](parameter weight, parameter delay) { return synapse{.weight = weight, .delay = delay}; };
    for (auto const& g : {slow, steps, copies, gamma, dead}) {
        net.connect(g, neurons, all_to_all(), with(18.0, 0.4));
        net.connect(g.slice(0, 1), all.slice(3, 50), fixed_indegree(2),
                    with(uniform(-5, 20), uniform(0.1, 3)));
        net.connect(g, delta, pairwise_bernoulli(0.6), with(0.1, 1.5));
        net.connect(g.slice(1, 2), relays.slice(2, 7), all_to_all(), with(1.0, 0.2));
    }
    net.connect(shared, relays, all_to_all(), with(1.0, 1.0));
    for (auto const& g : {ac, current, noisy}) {
        net.connect(g, all, all_to_all(), with(0.4, 0.3));
        net.connect(g, neurons.slice(1, 40), fixed_indegree(3), with(uniform(-0.2, 0.6), uniform(0.1, 3)));
    }
    net.connect(all, all, fixed_indegree(3), with(2.0, 0.6));
    net.connect(neurons + relays, neurons, fixed_indegree(5),
                {.model = "stdp_synapse", .weight = 9.0, .delay = 0.6});
}

}  // namespace ranvier::test
