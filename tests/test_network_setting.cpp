// Delays and parameters of connections that are there.
#include "tests/errors_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;

/// Sources that fire now and then, targets that fire now and then, often, and in every step.
struct crowd {
    network net;
    nodes sources, targets;

    explicit crowd(options const& o = {.seed = 5, .threads = 1}) : net(o) {
        sources = net.create("parrot_neuron", 4);
        for (std::int64_t i = 0; i < sources.size(); ++i) {
            numbers times;
            for (double t = 3.0 + double(i); t < 95; t += 17.0 + 11.0 * double(i)) times.push_back(t);
            net.connect(net.create("spike_generator", 1, {{"spike_times", times}}), sources.slice(i, i + 1),
                        all_to_all(), {.delay = 0.2});
        }
        auto const now_and_then = net.create("iaf_psc_exp", 3, {{"I_e", numbers{400, 500, 600}}});
        auto const often =
            net.create("ignore_and_fire", 5,
                       {{"rate", numbers{900, 2500, 3300, 5000, 10000}}, {"phase", uniform(0.1, 1)}});
        auto const always = net.create("iaf_psc_delta", 2, {{"t_ref", 0.0}, {"I_e", 6e4}});
        targets = now_and_then + often + always;
        net.connect(targets, targets, all_to_all(), {.weight = 1e-3, .delay = 0.2});
    }
    std::size_t count() const { return std::size_t(sources.size() * targets.size()); }
    /// From the order of all_to_all to that of a table.
    numbers listed(connection_table const& t, numbers const& of_targets) const {
        numbers all;
        for (std::size_t i = 0; i < t.handle.size(); ++i)
            all.push_back(of_targets[std::size_t(targets.position(t.target[i]) * sources.size() +
                                                 sources.position(t.source[i]))]);
        return all;
    }
    std::string hash() { return hash_of(net).text; }
};

/// n values of a range, a few of them alike.
numbers spread_over(double low, double high, std::size_t n) {
    numbers all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(low + (high - low) * double(i * 7 % 11) / 10);
    return all;
}

struct kind {
    std::string model;
    std::vector<std::pair<std::string, std::pair<double, double>>> params;
};
std::vector<kind> const kinds = {
    {"static_synapse", {}},
    {"static_synapse_hom_w_hpc", {}},
    {"bernoulli_synapse", {{"p_transmit", {0.2, 0.9}}}},
    {"stdp_synapse", {{"lambda", {1e-3, 2e-3}}, {"tau_plus", {10, 30}}, {"Wmax", {200, 300}}}},
    {"stdp_synapse_hpc", {{"alpha", {0.5, 1.5}}}},
    {"stdp_synapse_hom", {}},
    {"stdp_pl_synapse_hom_hpc", {}},
    {"stdp_triplet_synapse", {{"tau_plus", {10, 20}}, {"Aplus", {1e-4, 2e-4}}}},
    {"vogels_sprekeler_synapse", {{"eta", {1e-4, 2e-4}}, {"tau", {10, 20}}}},
    {"tsodyks_synapse", {{"U", {0.2, 0.8}}, {"tau_rec", {20, 400}}}},
    {"tsodyks2_synapse_hpc", {{"tau_fac", {1, 100}}}},
    {"quantal_stp_synapse", {{"n", {1, 11}}, {"U", {0.2, 0.8}}}},
};

TEST(setting, is_as_if_connected_so) {
    for (auto const& k : kinds) {
        SCOPED_TRACE(k.model);
        std::string hashes[3];
        for (int later = 0; later < 3; ++later) {
            crowd c;
            auto const delay = spread_over(0.2, later == 2 ? 8.0 : 12.0, c.count());
            synapse s{.model = k.model, .delay = 1.0};
            named_values values{{"delay", delay}};
            for (auto const& [name, range] : k.params)
                values.emplace_back(name, spread_over(range.first, range.second, c.count()));
            if (later == 0) {
                s.delay = delay;
                for (std::size_t i = 1; i < values.size(); ++i)
                    if (values[i].first == "n")
                        s.params.emplace_back(
                            "n", std::vector<std::int64_t>(values[i].second.begin(), values[i].second.end()));
                    else
                        s.params.emplace_back(values[i].first, values[i].second);
            }
            c.net.connect(c.sources, c.targets, all_to_all(), s);
            auto const t = c.net.connections({}, {}, k.model == "static_synapse" ? "" : k.model);
            if (later && k.model != "static_synapse") {
                for (auto& [name, column] : values) column = c.listed(t, column);
                c.net.set_connection_values(t.handle, values);
                for (auto const& [name, column] : values) {
                    auto const now = c.net.connection_values(t.handle, name);
                    for (std::size_t i = 0; i < now.size(); ++i)
                        EXPECT_NEAR(now[i], column[i], name == "delay" ? 0.051 : 1e-15);
                }
            } else if (later) {
                auto const some = c.net.connections(c.sources, c.targets);
                c.net.set_connection_values(some.handle, "delay", c.listed(some, delay));
            }
            c.net.simulate(100);
            hashes[later] = c.hash();
        }
        EXPECT_EQ(hashes[0], hashes[1]);
        EXPECT_NE(hashes[0], hashes[2]);  // a comparison that can fail
    }
}

/// Targets have fired more often than is remembered when values are set.
TEST(setting, between_runs_changes_no_bits_with_threads_and_pieces) {
    for (auto const& k : kinds) {
        SCOPED_TRACE(k.model);
        std::string first;
        for (auto const& [threads, partitions, pieces] : {std::tuple{1, 1, 1}, {2, 3, 4}, {3, 5, 250}}) {
            crowd c({.seed = 5, .threads = threads, .partitions = partitions});
            c.net.connect(c.sources, c.targets, all_to_all(), {.model = k.model, .delay = 2.0});
            auto const t = c.net.connections(c.sources, c.targets);
            auto run = [&, pieces = pieces](int steps) {
                for (int i = 0; i < pieces; ++i)
                    c.net.simulate(0.1 * double(steps * (i + 1) / pieces - steps * i / pieces));
            };
            run(333);
            std::vector<std::uint64_t> half;
            for (std::size_t i = 0; i < t.handle.size(); i += 2) half.push_back(t.handle[i]);
            named_values values{{"delay", spread_over(0.4, 7.0, half.size())}};
            for (auto const& [name, range] : k.params)
                values.emplace_back(name, spread_over(range.first, range.second, half.size()));
            c.net.set_connection_values(half, values);
            run(250);
            c.net.set_connection_values({half[1], half[3]}, "delay", {25.0, 0.2});
            if (k.model.find("_hom") == k.model.npos)
                c.net.set_weights(half, spread_over(0.5, 1.0, half.size()));
            run(417);
            EXPECT_EQ(c.net.connection_values({half[1], half[3]}, "delay"), (numbers{25.0, 0.2}));
            if (first.empty()) first = c.hash();
            EXPECT_EQ(c.hash(), first)
                << threads << " threads, " << partitions << " partitions, " << pieces << " pieces";
        }
    }
}

TEST(setting, long_delays_stay_long) {
    crowd c;
    c.net.connect(c.sources, c.targets, all_to_all(), {.model = "stdp_synapse", .delay = 110.0});
    auto const t = c.net.connections({}, {}, "stdp_synapse");
    auto set = [&](char const* name, double x) { c.net.set_connection_values({t.handle[3]}, name, {x}); };
    set("delay", 150.0);
    EXPECT_EQ(c.net.connection_values({t.handle[3]}, "delay"), numbers{150.0});
    EXPECT_THROW(set("delay", 102.3), illegal_connection);
    EXPECT_THROW(set("delay", 200.0), illegal_connection);
    set("lambda", 0.5);
    c.net.simulate(10);
    EXPECT_THROW(set("delay", 151.0), illegal_connection);
    EXPECT_THROW(set("lambda", 0.25), illegal_connection);
    set("delay", 150.0);
    EXPECT_EQ(c.net.connection_values({t.handle[3]}, "lambda"), numbers{0.5});
    c.net.simulate(300);
}

TEST(setting, is_all_or_none) {
    crowd c;
    c.net.connect(c.sources, c.targets, all_to_all(), {.model = "stdp_synapse"});
    c.net.connect(c.sources, c.targets, all_to_all(),
                  {.model = "tsodyks2_synapse", .params = {{"U", spread_over(0.2, 0.8, c.count())}}});
    auto const t = c.net.connections({}, {}, "stdp_synapse"),
               own = c.net.connections({}, {}, "tsodyks2_synapse");
    auto const before = c.hash();
    std::vector<std::uint64_t> const two{t.handle[0], t.handle[1]};
    EXPECT_THROW(c.net.set_connection_values(two, {{"weight", {2, 3}}, {"delay", {2, 0}}}), bad_delay);
    EXPECT_THROW(c.net.set_connection_values(two, {{"delay", {2, 3}}, {"Wmax", {50, -50}}}), out_of_range);
    EXPECT_THROW(c.net.set_connection_values(two, {{"delay", {2, 3}}, {"lambda", {0.1, std::nan("")}}}),
                 out_of_range);
    EXPECT_THROW(c.net.set_connection_values(two, {{"delay", {2, 3}}, {"Kplus", {0, -1}}}), out_of_range);
    EXPECT_THROW(c.net.set_connection_values(two, {{"delay", {2, 3}}, {"lambda", {1}}}), wrong_size);
    EXPECT_THROW(c.net.set_connection_values(two, "weight_recorder", {0, 0}), illegal_connection);
    EXPECT_THROW(c.net.set_connection_values({own.handle[0]}, "tau_rec", {9}), illegal_connection);
    EXPECT_THROW(c.net.connection_values({own.handle[0]}, "tau_rec"), unknown_parameter);
    EXPECT_EQ(c.hash(), before);
    // Signs of a weight and its bound change together, and all parameters of a connection can be set.
    c.net.set_connection_values(two, {{"weight", {-2, -3}}, {"Wmax", {-50, -60}}});
    EXPECT_EQ(c.net.connection_values(two, "Wmax"), (numbers{-50, -60}));
    c.net.set_connection_values({own.handle[0]}, {{"tau_rec", {9}}, {"U", {0.25}}, {"tau_fac", {4}}});
    EXPECT_EQ(c.net.connection_values({own.handle[0]}, "tau_rec"), numbers{9});
    EXPECT_NE(c.hash(), before);
}

}  // namespace
}  // namespace ranvier::test
