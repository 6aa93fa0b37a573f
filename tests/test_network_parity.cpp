// The same bits however a network is run: threads, partitions, pieces, recorders, company.
#include <cstdlib>
#include <optional>

#include "host/cpu_device.h"
#include "tests/network_scenarios.h"

namespace ranvier::test {
namespace {

std::vector<std::int64_t> const uneven{1, 2, 64, 7, 3, 131, 15, 5};

/// Everything that can be changed between runs is.
scenario changing() {
    scenario s{"changing", build_plasticity, 160};
    s.changes = {
        {20.3,
         [](network& net) {
             net.set({1, 41}, {{"I_e", normal(380, 20)}});
             net.set({42 + 20, 10}, {{"rate", 90.0}});
         }},
        {47.7,
         [](network& net) {
             net.connect({1, 30}, {5, 30}, fixed_indegree(5), {.weight = 300.0, .delay = 0.2});
         }},
        {47.7,
         [](network& net) {
             net.connect({1, 41}, {1, 41}, fixed_indegree(5),
                         {.model = "stdp_synapse", .weight = 300.0, .delay = 40.0});
         }},
        {70.0,
         [](network& net) {
             auto const t = net.connections({1, 20});
             std::vector<std::uint64_t> handles;
             std::vector<double> w;
             for (std::size_t i = 0; i < t.handle.size(); ++i) {
                 if (net.synapse_name(t.synapse_model[i]).find("tsodyks_synapse_hom") != std::string::npos)
                     continue;  // weights are the model's
                 handles.push_back(t.handle[i]);
                 w.push_back(t.weight[i] * 1.5);
             }
             net.set_weights(handles, w);
             if (!has_synapse("quantal_stp_synapse")) return;
             auto const some = net.connections({1, 20}, {}, "quantal_stp_synapse").handle;
             net.set_connection_values(some, "a", std::vector<double>(some.size(), 2));
         }},
        {100.1,
         [](network& net) {
             net.connect({1, 41}, {1, 41}, all_to_all(), {.weight = 0.1, .delay = 0.1});
         }},
        {120.0,
         [](network& net) {
             net.set_defaults("stdp_pl_synapse_hom", {{"lambda", 0.3}});
             if (has_synapse("stdp_synapse_hom")) net.set_defaults("stdp_synapse_hom", {{"Wmax", 40.0}});
             if (has_synapse("tsodyks_synapse_hom"))
                 net.set_defaults("tsodyks_synapse_hom", {{"U", 0.9}, {"weight", 30.0}});
         }},
        {130.0,
         [](network& net) {
             net.set({3, 9}, {{"V_m", -60.0}, {"tau_minus", 30.0}, {"tau_minus_triplet", 60.0}});
             for (std::int32_t id = 1; id <= net.size(); ++id)
                 if (net.model(id) == "poisson_generator")
                     net.set({id, 1}, {{"rate", net.get({id, 1}, "rate")[0] * 0.7}});
         }},
    };
    return s;
}

/// Eligibilities, weights, properties and transmitters are changed between runs.
scenario changing_modulation() {
    return {"changing_modulation",
            build_modulated,
            150,
            {{40.3,
              [](network& net) {
                  auto const of_model = net.connections({1, 20}, {}, "stdp_dopamine_synapse").handle;
                  net.set_connection_values(of_model, "c", std::vector<double>(of_model.size(), 0.25));
                  net.set_weights(of_model, std::vector<double>(of_model.size(), 12));
              }},
             {99.0, [](network& net) {
                  net.set_defaults("stdp_dopamine_synapse", {{"tau_c", 50.0}, {"b", 0.01}, {"Wmax", 30.0}});
                  net.set_defaults("stdp_dopamine_synapse_hpc",
                                   {{"volume_transmitter", give_transmitter(net).front()}});
              }}}};
}

/// Generators that are changed between runs, while what they have emitted is on its way.
scenario changing_devices() {
    using numbers = std::vector<double>;
    scenario s{"changing_devices", build_devices, 90};
    auto set_all = [](network& net, std::string const& model, dictionary const& d) {
        net.set(all_of_model(net, model), d);
    };
    s.changes = {{11.3,
                  [=](network& net) {
                      set_all(net, "mip_generator", {{"p_copy", 0.9}});
                      set_all(net, "gamma_sup_generator", {{"gamma_shape", 5}});
                      set_all(net, "ac_generator", {{"frequency", 90.0}, {"stop", 60.0}});
                      set_all(net, "noise_generator", {{"dt", 1.1}, {"mean", 0.0}});
                  }},
                 {20.0,
                  [=](network& net) {
                      set_all(net, "ppd_sup_generator", {{"dead_time", 1.0}, {"n_proc", 70}});
                      set_all(net, "sinusoidal_poisson_generator", {{"amplitude", 3000.0}, {"start", 22.0}});
                      set_all(net, "inhomogeneous_poisson_generator",
                              {{"rate_times", numbers{25, 50}}, {"rate_values", numbers{100, 2e4}}});
                      net.connect(all_of_model(net, "noise_generator"), {1, 9}, all_to_all(), {.delay = 2.0});
                      net.connect(all_of_model(net, "gamma_sup_generator"), {3, 9}, all_to_all(),
                                  {.weight = 9.0, .delay = 2.0});
                  }},
                 {41.7, [=](network& net) {
                      set_all(net, "gamma_sup_generator", {{"rate", 90.0}, {"stop", 70.0}});
                      set_all(net, "step_current_generator",
                              {{"amplitude_times", numbers{45.0}}, {"amplitude_values", numbers{-50}}});
                  }}};
    return s;
}

std::vector<scenario> scenarios() {
    return {{"all_models", build_all_models, 120, {}, 5000},
            {"plasticity", build_plasticity, 150, {}, 1000},
            {"rules", build_rules, 200, {}, 1000},
            {"long_delays", build_long_delays, 2500, {}, 3000},
            {"relays", build_relays, 220, {}, 3000},
            {"late_state", build_late_state, 450, {}, 500},
            {"long_slices", build_long_slices, 300, {}, 500},
            {"devices", build_devices, 90, {}, 500},
            {"modulated", build_modulated, 400, {}, 500},
            changing_devices(),
            changing_modulation(),
            changing()};
}

class parity : public testing::TestWithParam<scenario> {};

/// Threads are the host's, to a device their numbers are all alike; sanitizers see the same code in any of
/// the variations.
bool few_are_enough() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    return true;
#else
    auto const* const backend = std::getenv("RANVIER_BACKEND");
    return backend && std::string_view(backend) != "cpu";
#endif
}

std::vector<variation> variations() {
    std::vector<variation> v{{.threads = 2, .partitions = 5, .pieces = {1, 1, 1, 1, 1, 1, 1, 300}}};
    if (few_are_enough()) return v;
    v.push_back({.threads = 7, .partitions = 3, .pieces = uneven});
    v.push_back({.threads = 3, .partitions = 2});
    v.push_back({.partitions = 16, .pieces = {13}});
    return v;
}
std::vector<variation> recorded_variations() {
    std::vector<variation> v{{.threads = 7, .partitions = 3, .pieces = uneven, .recorded = true},
                             {.threads = 2, .partitions = 16, .pieces = {29}, .recorded = true}};
    if (!few_are_enough()) v.push_back({.recorded = true});
    return v;
}

TEST_P(parity, is_worth_comparing) {
    auto const r = run(GetParam(), {});
    EXPECT_GT(r.spikes, GetParam().least_spikes);
    EXPECT_GT(r.plastic_events, 1000);
    EXPECT_GT(r.connections.size(), 100u);
}

TEST_P(parity, holds_however_it_runs) {
    auto const& s = GetParam();
    // One thread, one partition, one piece, nothing recorded.
    auto const plain = run(s, {});
    for (auto const& v : variations()) expect_same(plain, run(s, v), s.name + ": " + text(v));

    std::optional<outcome> recorded;
    for (auto const& v : recorded_variations()) {
        auto const r = run(s, v);
        EXPECT_GT(r.sample_values.size(), 1000u);
        EXPECT_GT(r.spike_steps.size(), 1000u);
        expect_same(plain, r, s.name + ": " + text(v));
        if (recorded) expect_same(*recorded, r, s.name + ": " + text(v));
        recorded = r;
    }

    if (few_are_enough()) return;
    auto const other_seed = run(s, {.seed = 8});  // comparisons can fail
    EXPECT_NE(plain.hash, other_seed.hash);
    EXPECT_FALSE(plain.connections == other_seed.connections);
    EXPECT_NE(plain.spikes, other_seed.spikes);
}

TEST_P(parity, holds_without_avx512) {
    if (few_are_enough()) GTEST_SKIP() << "no loops for AVX-512 on this device, or with sanitizers";
    if (!wide_vectors()) GTEST_SKIP() << "no AVX-512: not in this processor, or not compiled by g++";
    auto const wide = run(GetParam(), {});
    environment const narrow("RANVIER_AVX512", 0);
    expect_same(wide, run(GetParam(), {}), GetParam().name + ": without AVX-512");
}

INSTANTIATE_TEST_SUITE_P(networks, parity, testing::ValuesIn(scenarios()),
                         [](auto const& p) { return p.param.name; });

TEST(parity_of_networks, side_by_side) {
    // Two networks in turns, on pools of their own, and a third made and thrown away on the way.
    auto const all = scenarios();
    auto const &a = all[1], &b = all[4];
    stepper one(a, {.threads = 2, .partitions = 2, .pieces = {11}, .recorded = true});
    stepper two(b, {.threads = 3, .partitions = 4, .pieces = {17, 3}, .recorded = true});
    while (!one.done() || !two.done()) {
        if (!one.done()) one.advance();
        if (!two.done()) two.advance();
        if (one.net.steps() == 110) run({"short", build_rules, 5}, {});
    }
    expect_same(run(a, {.recorded = true}), one.result(), "first");
    expect_same(run(b, {.recorded = true}), two.result(), "second");
}

TEST(parity_of_networks, one_spike_more) {
    auto with = [](std::vector<double> times) {
        return scenario{"spikes",
                        [times](network& net) {
                            auto const g = net.create("spike_generator", 1, {{"spike_times", times}});
                            auto const n = net.create("iaf_psc_exp", 5);
                            net.connect(g, n, all_to_all(), {.weight = 1e-6});
                        },
                        50};
    };
    auto const few = run(with({1, 2, 3}), {}), more = run(with({1, 2, 3, 49}), {}),
               late = run(with({1, 2, 3, 49.1}), {});
    EXPECT_EQ(few.hash, run(with({1, 2, 3}), {.threads = 2}).hash);
    EXPECT_NE(few.hash, more.hash);
    EXPECT_NE(few.hash, late.hash);
    EXPECT_NE(more.hash, late.hash);
    // Spikes of generators are no spikes of neurons, and are on their way when the run ends.
    auto const pending = run(with({1, 2, 3, 49.9}), {});
    EXPECT_NE(few.hash, pending.hash);
    EXPECT_EQ(few.hash.text.substr(0, 20), pending.hash.text.substr(0, 20));
}

TEST(parity_of_networks, last_bit_of_a_weight) {
    scenario s{"weights", build_plasticity, 30};
    auto const plain = run(s, {});
    s.changes = {{10.0, [&](network& net) {
                      auto const t = net.connections({}, {}, "stdp_synapse");
                      auto const h = hash_of(net);
                      net.set_weights({t.handle[17]}, {t.weight[17]});
                      EXPECT_EQ(hash_of(net), h);
                      auto more = t.weight;
                      for (auto& w : more) w = std::nextafter(w, 1e9);
                      net.set_weights({t.handle[17]}, {more[17]});
                      EXPECT_NE(hash_of(net), h);
                      net.set_weights(t.handle, more);
                  }}};
    EXPECT_FALSE(plain.connections == run(s, {}).connections);
    EXPECT_NE(plain.hash, run(s, {}).hash);
}

TEST(parity_of_networks, last_bit_of_a_state) {
    scenario s{"states", build_rules, 20};
    auto const plain = run(s, {});
    s.changes = {{10.0, [](network& net) {
                      auto const h = hash_of(net);
                      net.set({3, 9}, {{"I_e", net.get({3, 9}, "I_e")}});
                      EXPECT_EQ(hash_of(net), h);
                      net.set({3, 1}, {{"V_m", net.get({3, 1}, "V_m")[0] + 1e-13}});
                      EXPECT_NE(hash_of(net), h);
                  }}};
    EXPECT_NE(plain.hash, run(s, {}).hash);
}

TEST(parity_of_networks, default_numbers_of_threads_and_partitions) {
    auto const s = scenarios()[2];
    expect_same(run(s, {}), run(s, {.threads = 0, .partitions = 0}), "defaults");
}

TEST(parity_of_networks, resolutions) {
    for (auto const h : {0.05, 0.25, 1.0}) {
        scenario const s{"resolution", build_relays, 100};
        scenario const t{"resolution",
                         [&](network& net) {
                             auto const n = net.create("iaf_psc_alpha", 50, {{"I_e", spread(380, 50)}});
                             net.connect(
                                 n, n, fixed_indegree(10),
                                 {.model = "stdp_synapse", .weight = 10.0, .delay = uniform(h, 20 * h)});
                         },
                         100};
        expect_same(
            run(t, {.resolution = h}),
            run(t, {.threads = 2, .partitions = 5, .pieces = {1, 7}, .recorded = true, .resolution = h}),
            fmt::format("resolution {}", h));
    }
}

}  // namespace
}  // namespace ranvier::test
