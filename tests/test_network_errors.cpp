// What can be asked wrongly of a network, one after the other: a typed error that says what is wrong, and
// nothing has changed. Parameters of models: test_network_checks.cpp; connections:
// test_network_errors_connect.cpp.
#include <sys/resource.h>

#include "models/iaf_psc_exp.h"
#include "tests/errors_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;
using integers = std::vector<std::int64_t>;
using texts = std::vector<std::string>;

TEST(errors_of_options, are_found_at_once) {
    auto rejects = [](std::string const& parameter, std::string const& value, options const& o) {
        expect_complete(error_of<out_of_range>([&] { network net(o); }), "options", parameter, value);
    };
    for (auto const h : {0.0, -0.1, 0.00015, 0.0999999, std::nan(""), infinity, 1e7})
        rejects("resolution", fmt::format("{}", h), {.resolution = h});
    rejects("seed", "0", {.seed = 0});
    for (auto const threads : {-1, 2000})
        rejects("threads", fmt::format("{}", threads), {.threads = threads});
    for (auto const p : {-1, 70000}) rejects("partitions", fmt::format("{}", p), {.partitions = p});
    rejects("memory_limit", "-1", {.memory_limit = -1});
    expect_complete(error_of<backend_error>([] { network net({.backend = "abacus"}); }), "options", "backend",
                    "abacus");
}

TEST_F(errors, unknown_models) {
    rejects<unknown_model>("model", "name", "iaf", [&] { net.create("iaf"); });
    rejects<unknown_model>("model", "name", "static_synapse", [&] { net.create("static_synapse"); });
    rejects<unknown_model>("model", "name", "iaf", [&] { net.copy_model("iaf", "mine"); });
    rejects<unknown_model>("model", "name", "iaf", [&] { net.set_defaults("iaf", {{"C_m", 1.0}}); });
    for (auto const* taken : {"iaf_psc_exp", "static_synapse", ""})
        for (auto const* model : {"parrot_neuron", "stdp_synapse"})
            rejects<unknown_model>("copy_model", "name", taken, [&] { net.copy_model(model, taken); });
    for (auto const* s : {"synapse", "iaf_psc_exp", ""}) {
        rejects<unknown_model>("synapse", "name", s, [&] { net.connect(a, a, all_to_all(), {.model = s}); });
        rejects<unknown_model>("synapse", "name", s, [&] { net.summarise_weights(s); });
        rejects<unknown_model>("synapse", "name", s, [&] { net.weight_histogram(s, 0, 1, 2); });
        if (*s) rejects<unknown_model>("synapse", "name", s, [&] { net.connections({}, {}, s); });
    }
}

TEST_F(errors, of_copies_name_the_copy) {
    network other({.threads = 1});
    other.copy_model("iaf_psc_exp", "mine");
    other.copy_model("poisson_generator", "noise");
    other.copy_model("stdp_synapse", "plastic");
    auto const m = other.create("mine");
    expect_complete(error_of<out_of_range>([&] {
                        other.create("mine", 1, {{"C_m", -1.0}});
                    }),
                    "mine", "C_m", "-1");
    expect_complete(error_of<out_of_range>([&] { other.set(m, {{"C_m", -1.0}}); }), "mine", "C_m", "-1");
    expect_complete(error_of<out_of_range>([&] {
                        other.create("noise", 1, {{"rate", -1.0}});
                    }),
                    "noise", "rate", "-1");
    expect_complete(error_of<bad_delay>([&] {
                        other.connect(m, m, all_to_all(), {"plastic", 1.0, 0.0});
                    }),
                    "plastic", "delay", "0");
}

TEST_F(errors, typed_parameters) {
    rejects<out_of_range>("iaf_psc_exp", "C_m", "-1", [&] { net.create<iaf_psc_exp>(1, {.C_m = -1}); });
    rejects<out_of_range>("iaf_psc_exp", "V_reset", "-50",
                          [&] { net.create<iaf_psc_exp>(2, {.V_reset = -50}); });
    rejects<out_of_range>("iaf_psc_exp", "E_L", "NaN",
                          [&] { net.create<iaf_psc_exp>(1, {.E_L = std::nan("")}); });
    rejects<out_of_range>("iaf_psc_exp", "n", "-1", [&] { net.create<iaf_psc_exp>(-1); });
}

TEST_F(errors, numbers_of_nodes_and_unknown_ids) {
    for (auto const count :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{INT32_MAX}, INT64_MAX, INT64_MIN})
        for (auto const* model : {"iaf_psc_exp", "poisson_generator", "spike_recorder"})
            rejects<out_of_range>(model, "n", fmt::format("{}", count), [&] { net.create(model, count); });
    rejects<wrong_size>("nodes", "n", "-3", [] { nodes(1, -3); });
    rejects<wrong_size>("nodes", "n", "3", [] { nodes(INT32_MAX - 1, 3); });
    rejects<wrong_size>("nodes", "", "2 after 3", [] { nodes(ids{3, 2}); });
    rejects<unknown_node>("nodes", "positions", "[0, 3)", [&] { a.slice(0, 3); });
    auto const size = std::int32_t(net.size());
    for (auto const id : {0, -1, size + 1, INT32_MAX, INT32_MIN}) {
        auto const shown = fmt::format("{}", id);
        nodes const one(id, 1);
        auto unknown = [&](auto f) { rejects<unknown_node>("node", "id", shown, f); };
        unknown([&] { net.set(one, {{"V_m", -60.0}}); });
        unknown([&] { net.get(one, "V_m"); });
        unknown([&] { net.model(id); });
        unknown([&] { net.list(id, "spike_times"); });
        unknown([&] { net.connect(a, one); });
        unknown([&] { net.connect(one, a); });
        unknown([&] { net.connect({ids{id, 1}, ids{1, 2}}); });
        unknown([&] { net.connect({ids{1, 2}, ids{1, id}}); });
        unknown([&] { net.connections(one); });
        unknown([&] { net.connections(a, one); });
        rejects<unknown_node>("recorder", "", shown, [&] { net.spikes(one); });
        rejects<unknown_node>("recorder", "", shown, [&] { net.samples(one); });
    }
    auto const id_of = [](nodes const& x) { return fmt::format("{}", x[0]); };
    rejects<unknown_node>("recorder", "", id_of(a), [&] { net.spikes(a); });
    rejects<unknown_node>("spike_recorder", "", id_of(recorder), [&] { net.samples(recorder.slice(0, 1)); });
    rejects<unknown_node>("multimeter", "", id_of(meter), [&] { net.spikes(meter); });
    rejects<wrong_size>("samples", "recorder", "2", [&] { net.samples(free_meter + meter); });
    rejects<wrong_size>("samples", "recorder", "0", [&] { net.samples({}); });
    rejects<unknown_parameter>("iaf_psc_alpha", "g_ex", "", [&] { net.get(a, "g_ex"); });
    rejects<unknown_parameter>("poisson_generator", "V_m", "", [&] { net.get(poisson, "V_m"); });
    rejects<unknown_parameter>("spike_generator", "V_m", "", [&] { net.get(clock, "V_m"); });
    rejects<unknown_parameter>("spike_generator", "V_m", "", [&] { net.list(clock[0], "V_m"); });
    rejects<unknown_parameter>("iaf_psc_alpha", "V_m", "", [&] { net.list(a[0], "V_m"); });
    rejects<wrong_size>("spike_generator", "spike_times", "3", [&] { net.get(clock, "spike_times"); });
}

TEST_F(errors, times_that_run_backwards_or_off_the_grid) {
    for (auto const ms : {-1.0, -0.1, -1e-3, std::nan(""), infinity, -infinity, 0.05, 0.15, 1e300})
        rejects<bad_time>("simulate", "duration", fmt::format("{} ms", ms), [&] { net.simulate(ms); });
}

TEST_F(errors, settings_of_generators) {
    for (auto const x : {infinity, 1e300, 1.0001e13})
        for (bool const make : {true, false})
            rejects<out_of_range>("poisson_generator", "rate", fmt::format("{}", x), [&] {
                make ? void(net.create("poisson_generator", 2, {{"start", 1.0}, {"rate", x}}))
                     : net.set(poisson, {{"start", 1.0}, {"rate", x}});
            });
    rejects<out_of_range>("dc_generator", "amplitude", "-inf", [&] {
        net.set(current, {{"amplitude", -infinity}});
    });
    for (auto const* model :
         {"poisson_generator", "dc_generator", "spike_generator", "spike_recorder", "multimeter"})
        for (auto const* name : {"origin", "start", "stop"})
            for (auto const x : {-1.0, 0.05, 1e13, 1e300, -infinity}) {
                if (name == std::string("start") && model == std::string("spike_generator") && x == -infinity)
                    continue;
                dictionary const d{{"label", "x"}, {name, x}};
                dictionary const bad(d.begin() + (std::string(model).find("generator") != std::string::npos),
                                     d.end());
                auto const shown = fmt::format("{} ms", x);
                auto reject = [&](auto f) {
                    if (x == -infinity && name == std::string("stop") &&
                        model == std::string("spike_generator"))
                        rejects<out_of_range>(model, name, shown, f);
                    else
                        rejects<bad_time>(model, name, shown, f);
                };
                reject([&] { net.set(first(model), bad); });
                reject([&] { net.create(model, 2, bad); });
                reject([&] { net.set_defaults(model, bad); });
            }
    rejects<wrong_type>("poisson_generator", "nodes", "mixture", [&] {
        net.set(poisson + recorder, {{"start", 1.0}});
    });
    rejects<wrong_type>("poisson_generator", "nodes", "mixture", [&] {
        net.set(a + poisson, {{"tau_minus", 30.0}});
    });
}

TEST_F(errors, lists_of_spike_generators) {
    auto reject = [&]<class E>(std::type_identity<E>, dictionary d, std::string const& name,
                               std::string const& value) {
        d.insert(d.begin(), {"origin", 3.0});
        rejects<E>("spike_generator", name, value, [&] { net.set(clock, d); });
        auto const t = dictionary{{"spike_times", numbers{1, 2, 3}}};
        auto full = d;
        if (std::none_of(d.begin(), d.end(), [](auto const& v) { return v.first == "spike_times"; }))
            full.push_back(t[0]);
        if (value != "not given") {
            rejects<E>("spike_generator", name, value, [&] { net.create("spike_generator", 2, full); });
            rejects<E>("spike_generator", name, value,
                       [&] { net.copy_model("spike_generator", "copy", full); });
        }
    };
    constexpr std::type_identity<bad_time> time;
    constexpr std::type_identity<wrong_type> type;
    constexpr std::type_identity<wrong_size> size;
    constexpr std::type_identity<out_of_range> range;
    reject(time, {{"spike_times", numbers{2, 1}}}, "spike_times", "1 after 2 ms");
    reject(time, {{"spike_times", numbers{0, 1}}}, "spike_times", "0 ms");
    reject(time, {{"spike_times", numbers{-1, 1}}}, "spike_times", "-1 ms");
    reject(time, {{"spike_times", numbers{1, 1.05}}}, "spike_times", "1.05 ms");
    reject(time, {{"spike_times", numbers{1, std::nan("")}}}, "spike_times", "nan ms");
    reject(time, {{"spike_times", numbers{1, infinity}}}, "spike_times", "inf ms");
    reject(type, {{"spike_times", 1.0}}, "spike_times", "1");
    reject(type, {{"spike_times", texts{"a"}}}, "spike_times", "\"a\"");
    reject(size, {{"spike_weights", numbers{1, 2}}}, "spike_weights", "2 values");
    reject(range, {{"spike_weights", numbers{1, 2, std::nan("")}}}, "spike_weights", "nan");
    reject(size, {{"spike_multiplicities", integers{1}}}, "spike_multiplicities", "1 values");
    reject(range, {{"spike_multiplicities", integers{1, -1, 1}}}, "spike_multiplicities", "-1");
    reject(range, {{"spike_multiplicities", integers{1, 1LL << 40, 1}}}, "spike_multiplicities",
           "1099511627776");
    reject(type, {{"spike_multiplicities", numbers{1, 2, 3}}}, "spike_multiplicities", "[1, 2, 3]");
    reject(range, {{"precise_times", true}}, "precise_times", "true");
    reject(type, {{"allow_offgrid_times", 1}}, "allow_offgrid_times", "1");
    reject(range, {{"shift_now_spikes", true}}, "spike_times", "not given");
}

TEST_F(errors, settings_of_recorders) {
    auto reject = [&]<class E>(std::type_identity<E>, char const* model, dictionary d,
                               std::string const& name, std::string const& value) {
        d.insert(d.begin(), {"start", 1.0});
        auto const both = std::string(model) == "multimeter" ? free_meter : recorder;
        rejects<E>(model, name, value, [&] { net.set(both, d); });
        rejects<E>(model, name, value, [&] { net.create(model, 2, d); });
        rejects<E>(model, name, value, [&] { net.set_defaults(model, d); });
    };
    constexpr std::type_identity<bad_time> time;
    constexpr std::type_identity<wrong_type> type;
    constexpr std::type_identity<out_of_range> range;
    for (auto const* model : {"spike_recorder", "multimeter"}) {
        for (auto const* to : {"", "paper", "Memory"})
            reject(range, model, {{"record_to", to}}, "record_to", to);
        reject(range, model, {{"record_to", texts{"memory", "tape"}}}, "record_to", "tape");
        reject(type, model, {{"record_to", 1}}, "record_to", "1");
        reject(type, model, {{"label", 1}}, "label", "1");
        reject(type, model, {{"label", texts{"a"}}}, "label", "a");
        reject(range, model, {{"precision", 101}}, "precision", "101");
        reject(range, model, {{"precision", -1}}, "precision", "-1");
        reject(type, model, {{"precision", 3.0}}, "precision", "3");
        reject(type, model, {{"time_in_steps", 1}}, "time_in_steps", "1");
        reject(range, model, {{"file_extension", "a/b"}}, "file_extension", "a/b");
        reject(range, model, {{"n_events", 5}}, "n_events", "5");
        reject(type, model, {{"n_events", 0.0}}, "n_events", "0");
        reject(range, model, {{"n_events", 0}, {"precision", 500}}, "precision", "500");
    }
    for (auto const x : {0.05, 0.25, infinity, 1e300, std::nextafter(0.1, 0)})
        reject(time, "multimeter", {{"interval", x}}, "interval", fmt::format("{} ms", x));
    for (auto const x : {0.05, 1e-300, infinity, 1e300})
        reject(time, "multimeter", {{"offset", x}}, "offset", fmt::format("{} ms", x));
    reject(range, "multimeter", {{"record_from", texts{"V_m", "I_syn_ex"}}, {"precision", -7}}, "precision",
           "-7");
    for (auto const& [name, value] : dictionary{{"interval", 2.0}, {"offset", 2.0}, {"record_from", "w"}})
        rejects<out_of_range>("multimeter", name, "", [&, &name = name, &value = value] {
            net.set(meter, {{"start", 1.0}, {name, value}});
        });
}

/// Most memory that the process has had, bytes.
std::int64_t peak() {
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    return std::int64_t{u.ru_maxrss} * 1024;
}

TEST_F(errors, more_than_there_is_memory_for) {
    auto const before = peak();
    auto refused = [&](network& where, std::string const& object, auto f) {
        auto const m = error_of<out_of_memory>(f);
        expect_complete(m, object, "memory needed", "GB");
        EXPECT_NE(m.allowed.find("GB"), std::string::npos);
        EXPECT_EQ(where.size(), 1001);
    };
    for (auto const limit : {std::int64_t{0}, std::int64_t{1} << 24}) {
        network small({.threads = 1, .memory_limit = limit});
        auto const x = small.create("iaf_psc_exp", 1000);
        give_transmitter(small);
        auto const hash = hash_of(small);
        auto const largest = INT32_MAX - 2000;
        for (auto const& m : node_models())
            refused(small, "create " + m.name, [&] { small.create(m.name, largest); });
        refused(small, "create iaf", [&] {
            small.create("iaf_psc_exp", largest, {{"E_L", uniform(-70, -60)}});
        });
        for (auto const& s : synapse_models()) {
            synapse const with{.model = s.name};
            refused(small, "connect", [&] { small.connect(x, x, fixed_total_number(1000000000000), with); });
            refused(small, "connect", [&] { small.connect(x, x, fixed_outdegree(1000000000), with); });
        }
        EXPECT_EQ(hash_of(small), hash);
        small.simulate(1);
    }
    // Parameters of their own for all neurons count: not for the most neurons that fit without.
    auto fits = [](std::int64_t n, dictionary const& values) {
        network small({.threads = 1, .memory_limit = 1 << 22});
        try {
            small.create("iaf_psc_exp", n, values);
        } catch (out_of_memory const&) { return false; }
        return true;
    };
    std::int64_t most = 1, more = 1 << 20;
    while (more - most > 1) (fits((most + more) / 2, {}) ? most : more) = (most + more) / 2;
    EXPECT_GT(most, 1000);
    EXPECT_TRUE(fits(most, {{"E_L", -71.0}}));
    EXPECT_FALSE(fits(most, {{"E_L", uniform(-70, -60)}}));
    EXPECT_FALSE(fits(most, {{"E_L", numbers(std::size_t(most), -70.0)}}));
    EXPECT_TRUE(fits(most, {{"V_m", uniform(-70, -60)}}));
    EXPECT_LT(peak() - before, 100 << 20);
}

TEST(errors_of_failed_networks, are_all_that_is_left) {
    network net({.threads = 1});
    auto const x = net.create("iaf_psc_exp", 3), r = net.create("spike_recorder");
    net.connect(x, x, all_to_all(), {.model = "stdp_synapse"});
    net.connect(x, r);
    auto const handles = net.connections().handle;
    net.set(x, {{"I_e", 1000.0}});
    net.simulate(20);
    auto const spikes = net.spikes(r).times.size();
    EXPECT_GT(spikes, 0u);
    net.set(x.slice(1, 2), {{"I_e", -infinity}});
    auto const m = error_of<numerical_instability>([&] { net.simulate(20); });
    expect_complete(m, "iaf_psc_exp", "neuron 2", "NaN or Inf");
    EXPECT_NE(m.remedy.find("20 and"), std::string::npos) << m.remedy;
    for (auto const& [what, f] : std::vector<std::pair<char const*, std::function<void()>>>{
             {"simulate", [&] { net.simulate(1); }},
             {"prepare", [&] { net.prepare(); }},
             {"create", [&] { net.create("iaf_psc_exp"); }},
             {"set",
              [&] {
                  net.set(x, {{"I_e", 0.0}});
              }},
             {"connect", [&] { net.connect(x, x); }},
             {"edge list",
              [&] {
                  net.connect({ids{1}, ids{1}});
              }},
             {"copy_model", [&] { net.copy_model("iaf_psc_exp", "copy"); }},
             {"set_defaults",
              [&] {
                  net.set_defaults("iaf_psc_exp", {{"C_m", 100.0}});
              }},
             {"connections", [&] { net.connections(); }},
             {"set_weights", [&] { net.set_weights({handles[0]}, {3.0}); }},
             {"hash", [&] { net.hash(); }},
             {"summary", [&] { net.summarise_weights("stdp_synapse"); }},
             {"histogram", [&] { net.weight_histogram("stdp_synapse", 0, 1, 3); }}}) {
        SCOPED_TRACE(what);
        auto const e = error_of<unusable>(f);
        EXPECT_EQ(e.object, "network");
        EXPECT_FALSE(e.remedy.empty());
    }
    EXPECT_EQ(net.size(), 4);
    EXPECT_EQ(net.get(x, "I_e")[0], 1000);
    EXPECT_GE(net.spikes(r).times.size(), spikes);
}

TEST(errors_of_failed_networks, relays_that_multiply) {
    network net({.threads = 1});
    auto const p = net.create("parrot_neuron", 2);
    net.connect(net.create("spike_generator", 1, {{"spike_times", numbers{1.0}}}), p);
    net.connect(p, p, all_to_all());
    auto const m = error_of<overflow>([&] { net.simulate(100); });
    expect_complete(m, "parrot_neuron", "spikes of neuron 1 in one step", "2048");
    EXPECT_THROW(net.simulate(1), unusable);
}

}  // namespace
}  // namespace ranvier::test
