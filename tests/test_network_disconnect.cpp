// Connections that are taken away: what is left goes on as if they had not been there.
#include <set>

#include "tests/errors_for_tests.h"
#include "tests/unmoved.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;

/// Every nth of them from the second on, or all others.
std::vector<std::uint64_t> every(std::size_t nth, std::vector<std::uint64_t> const& handles, bool of_them) {
    std::vector<std::uint64_t> some;
    for (std::size_t i = 0; i < handles.size(); ++i)
        if ((i % nth == 1) == of_them) some.push_back(handles[i]);
    return some;
}

void compare_with_a_twin(synapse_model const& m, parameter const& delay, bool set) {
    unmoved some(m.name, delay), none(m.name, delay);
    auto const gone = every(3, some.all.handle, true), left = every(3, some.all.handle, false),
               of_twin = every(3, none.all.handle, false);
    ASSERT_GT(gone.size(), 8u);
    for (auto* const x : {&some, &none}) {
        if (set) {  // some have delays and parameters of their own by now
            auto const h = every(2, x->all.handle, true);
            x->net.set_connection_values(h, "delay", numbers(h.size(), 0.7));
            if (m.params.find("lambda")) {
                auto const of_it = every(5, x->all.handle, false);
                x->net.set_connection_values(of_it, "lambda", numbers(of_it.size(), 0.02));
            }
        }
        x->net.simulate(60);
    }
    ASSERT_EQ(some.values(left, m), none.values(of_twin, m));
    some.net.disconnect(gone);
    ASSERT_EQ(some.values(left, m), none.values(of_twin, m));
    for (auto* const x : {&some, &none}) x->net.simulate(70.3);
    ASSERT_EQ(some.values(left, m), none.values(of_twin, m));
    some.list();
    EXPECT_EQ(std::set(some.all.handle.begin(), some.all.handle.end()), std::set(left.begin(), left.end()));
    auto const now = some.net.stats(), then = none.net.stats();
    EXPECT_EQ(now.connections, then.connections - std::int64_t(gone.size()));
    EXPECT_EQ(now.plastic_connections, m.plastic ? std::int64_t(left.size()) : 0);
    EXPECT_LT(now.synaptic_events, then.synaptic_events);
    EXPECT_EQ(some.net.summarise_weights(m.name).n, std::int64_t(left.size()));
    // One after the other, until none is left; handles are not given again.
    for (std::size_t i = 0; i < left.size(); ++i) {
        some.net.disconnect({left[i]});
        if (i % 5 == 0) some.net.simulate(1.3);
    }
    EXPECT_EQ(some.net.connections(some.sources, some.targets).handle.size(), 0u);
    some.net.connect(some.sources, some.targets, all_to_all(), {.model = m.name});
    some.list();
    ASSERT_EQ(some.all.handle.size(), 42u);
    for (auto const h : some.all.handle) EXPECT_EQ(std::count(left.begin(), left.end(), h), 0);
    some.net.simulate(20);
}

TEST(disconnect, others_are_what_they_were_to_the_last_bit) {
    for (auto const& m : synapse_models()) {
        if (m.name.ends_with("_lbl")) continue;
        SCOPED_TRACE(m.name);
        compare_with_a_twin(m, 1.5, true);
        compare_with_a_twin(m, uniform(0.2, 120), false);
    }
}

/// A relay that spikes at given times, through one synapse.
struct one_way {
    network net{{.seed = 5, .threads = 1}};
    nodes relay, target, recorder;
    explicit one_way(std::string const& model, numbers const& times, double delay) {
        give_transmitter(net);
        relay = net.create("parrot_neuron");
        net.connect(net.create("spike_generator", 1, {{"spike_times", times}}), relay);
        target = net.create("iaf_psc_exp", 2, {{"I_e", numbers{0, 500}}});
        recorder = net.create("weight_recorder");
        net.copy_model(model, "recorded", {{"weight_recorder", recorder.front()}});
        synapse s{.model = "recorded", .delay = delay};
        if (!unmoved::find(model).common_weight) s.weight = 100.0;
        net.connect(relay, target, all_to_all(), s);
    }
    std::vector<std::uint64_t> go_to(double ms) {
        net.simulate(ms - net.time());
        return bits(net.get(target, "V_m"));
    }
};

TEST(disconnect, what_has_been_sent_arrives) {
    for (auto const& m : synapse_models()) {
        if (m.name.ends_with("_lbl") || m.stochastic) continue;
        for (double const delay : {15.0, 150.0, 250.0}) {
            SCOPED_TRACE(fmt::format("{} {}", m.name, delay));
            one_way cut(m.name, {8, 14, 18.9, 19.1, 30, 60}, delay), to_come(m.name, {8, 14, 18.9}, delay),
                nothing(m.name, {}, delay);
            EXPECT_EQ(cut.go_to(20), to_come.go_to(20));  // 19.1 comes to the relay at 20.1
            cut.net.disconnect(cut.net.connections(cut.relay, {}, "recorded").handle);
            EXPECT_EQ(cut.net.connections(cut.relay).handle.size(), 0u);
            bool felt = false;
            for (double const t : {8 + delay + 3, 19.5 + delay + 2, 30 + delay, 400.0}) {
                auto const v = cut.go_to(t);
                EXPECT_EQ(v, to_come.go_to(t)) << t;
                felt |= v != nothing.go_to(t);
            }
            EXPECT_TRUE(felt);
            auto const recorded = cut.net.samples(cut.recorder),
                       others = to_come.net.samples(to_come.recorder);
            EXPECT_EQ(recorded.steps, others.steps);
            EXPECT_EQ(recorded.values, others.values);
            EXPECT_EQ(recorded.steps.size(), 6u);
            EXPECT_EQ(cut.net.hash().weights, network({.threads = 1}).hash().weights);
        }
    }
}

TEST(disconnect, recorders_see_those_that_are_left) {
    for (auto const* const model : {"static_synapse", "stdp_synapse", "tsodyks2_synapse"}) {
        SCOPED_TRACE(model);
        sample_data all[2];
        for (int cut = 0; cut < 2; ++cut) {
            unmoved x(model);
            auto const recorder = x.net.create("weight_recorder");
            x.net.set_defaults(model, {{"weight_recorder", recorder.front()}});
            x.net.simulate(30);
            auto const of_one = x.net.connections(x.sources, x.targets.slice(2, 3), model);
            if (cut) x.net.disconnect(of_one.handle);
            x.net.simulate(50);
            all[cut] = x.net.samples(recorder);
        }
        std::vector<std::pair<std::int64_t, std::uint64_t>> rows[2];
        auto const third = unmoved(model).targets[2];
        std::size_t of_third = 0;
        for (int cut = 0; cut < 2; ++cut)
            for (std::size_t i = 0; i < all[cut].steps.size(); ++i) {
                if (all[cut].values[1][i] != third)
                    rows[cut].emplace_back(all[cut].steps[i], bits(all[cut].values[0][i]));
                else if (all[cut].steps[i] > 300)
                    of_third += cut ? 1000000 : 1;
            }
        EXPECT_EQ(rows[0], rows[1]);
        EXPECT_TRUE(of_third > 10 && of_third < 1000000) << of_third;
    }
}

TEST(disconnect, of_what_is_not_there) {
    unmoved x("stdp_synapse"), other("stdp_synapse");
    x.net.simulate(20);
    auto const& h = x.all.handle;
    x.net.disconnect({h[3]});
    auto const before = seen(x.net);
    auto rejects = [](char const* what, std::uint64_t handle, auto f) {
        expect_complete(error_of<unknown_connection>(f), what, "handle", fmt::format("{}", handle));
    };
    for (auto const bad : {h[3], other.all.handle[0], UINT64_MAX, std::uint64_t{0}, h[0] + (1u << 20)}) {
        rejects("disconnect", bad, [&] { x.net.disconnect({h[0], bad}); });
        rejects("set_weights", bad, [&] { x.net.set_weights({h[0], bad}, {5, 6}); });
        rejects("connection_values", bad, [&] { x.net.connection_values({bad}, "weight"); });
        rejects("set_connection_values", bad, [&] { x.net.set_connection_values({bad}, "lambda", {0.5}); });
    }
    expect_complete(error_of<wrong_size>([&] {
                        x.net.disconnect({h[5], h[4], h[5]});
                    }),
                    "disconnect", "handle", fmt::format("{}", h[5]));
    EXPECT_EQ(seen(x.net), before);
    x.net.disconnect({});
    EXPECT_EQ(seen(x.net), before);
}

TEST(disconnect, of_labelled_connections) {
    network net({.threads = 1});
    auto const n = net.create("iaf_psc_alpha", 20);
    net.connect(n, n, all_to_all(),
                {.model = "static_synapse_lbl", .params = {{"synapse_label", std::int64_t{4}}}});
    auto t = net.connections();
    net.set_connection_values(t.handle, "synapse_label", [&] {
        numbers labels;
        for (std::size_t i = 0; i < t.handle.size(); ++i) labels.push_back(double(i));
        return labels;
    }());
    for (std::size_t i = 0; i < 400; i += 2) net.disconnect({t.handle[i]});
    auto const left = net.connections();
    ASSERT_EQ(left.handle.size(), 200u);
    auto const labels = net.connection_values(left.handle, "synapse_label");
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(labels[i], double(2 * i + 1));
        EXPECT_EQ(left.handle[i], t.handle[2 * i + 1]);
    }
}

}  // namespace
}  // namespace ranvier::test
