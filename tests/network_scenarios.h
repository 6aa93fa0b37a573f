// Networks that use everything: compared with themselves by test_network_parity.cpp.
#pragma once
#include "tests/network_for_tests.h"

namespace ranvier {
std::vector<node_model> const& node_models();  // as host/registry.h declares them
std::vector<synapse_model> const& synapse_models();
}  // namespace ranvier

namespace ranvier::test {

/// A weight that is felt by neurons of a model, but weak: pA, mV, or nothing where spikes are counted.
inline double unit_weight(std::string_view model) {
    return model == "iaf_psc_delta"    ? 0.2
           : model == "iaf_psc_alpha"  ? 12
           : model == "aeif_psc_alpha" ? 150
                                       : 30;
}
inline nodes noise(network& net, double rate) { return net.create("poisson_generator", 1, {{"rate", rate}}); }
/// 0.9, 1.0, ... of a value, one for each of n neurons.
inline std::vector<double> spread(double value, std::int64_t n) {
    std::vector<double> all;
    for (std::int64_t i = 0; i < n; ++i) all.push_back(value * (0.9 + 0.01 * double(i % 20)));
    return all;
}

inline void build_all_models(network& net) {
    std::vector<nodes> populations;
    auto add = [&](std::string const& model, dictionary values) {
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
    auto const drive = noise(net, 7000), slow = noise(net, 300), fast = noise(net, 30000);
    auto const dc = net.create("dc_generator", 2, {{"amplitude", 35.0}, {"start", 20.0}});
    for (std::size_t i = 0; i < populations.size(); ++i) {
        auto const& p = populations[i];
        auto const model = net.model(p.front());
        auto const w = unit_weight(model);
        bool const parrot = model == "parrot_neuron", inputs = model != "ignore_and_fire" && !parrot;
        net.connect(parrot ? slow : drive, p, all_to_all(), {.weight = w, .delay = 0.3});
        if (parrot) net.connect(fast, p.slice(0, 5), all_to_all(), {.delay = 1.0});
        if (inputs) net.connect(dc, p, all_to_all(), {.weight = spread(1, 2 * p.size()), .delay = 0.7});
        if (model == "iaf_psc_exp") net.connect(dc.slice(0, 1), p, all_to_all(), {.receptor = 1});
        auto const& from = populations[(i + 5) % populations.size()];
        net.connect(from, p, fixed_indegree(5), {.weight = w, .delay = uniform(0.1, 4)});
        net.connect(populations[(i + 3) % populations.size()], p, fixed_indegree(4),
                    {.weight = -w, .delay = 0.2});
        if (parrot) continue;  // a loop of parrots would repeat spikes for ever
        net.connect(p, p, fixed_indegree(4),
                    {.model = "stdp_synapse", .weight = w, .delay = uniform(0.1, 4)});
        net.connect(from, p, fixed_outdegree(4),
                    {.model = "stdp_pl_synapse_hom_hpc", .weight = w, .delay = 1.2});
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
    int n = 0;
    for (auto const& s : synapse_models()) {
        if (!s.plastic) continue;
        bool const bounded = s.name.find("_pl_") == s.name.npos;
        auto make = [&](nodes const& to, rule const& how, parameter weight, parameter delay,
                        dictionary params = {}) {
            net.connect(sources, to, how,
                        {.model = s.name, .weight = weight, .delay = delay, .params = params});
        };
        make(neurons, fixed_indegree(6), 20.0, 0.5 + 0.1 * n);
        make(neurons, fixed_indegree(6), uniform(5, 30), uniform(0.1, 9));
        make(neurons, fixed_indegree(6), 20.0, 0.5 + 0.1 * n, {{"Kplus", 0.5}});
        make(neurons.slice(3, 30), pairwise_bernoulli(0.2), uniform(5, 30), 2.0);
        make(neurons, fixed_total_number(150), uniform(5, 30), 2.0);
        net.connect(neurons, relays, fixed_outdegree(1), {.model = s.name, .weight = 20.0, .delay = 30.0});
        make(periodic, fixed_indegree(3), 20.0, 1.0);
        if (bounded)
            make(neurons, fixed_indegree(5), 20.0, uniform(0.1, 9),
                 {{"lambda", uniform(0.001, 0.05)}, {"mu_plus", 0.4}});
        if (bounded)
            make(neurons, fixed_indegree(2), -20.0, 1.5, {{"Wmax", -50.0}, {"alpha", spread(1.1, 82)}});
        net.copy_model(s.name, "copy_of_" + s.name,
                       bounded ? dictionary{{"lambda", 0.05}} : dictionary{{"tau_plus", 15.0}});
        net.connect(sources, neurons, fixed_indegree(3), {.model = "copy_of_" + s.name, .weight = 10.0});
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
}

}  // namespace ranvier::test
