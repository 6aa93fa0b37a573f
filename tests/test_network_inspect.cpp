// What front ends ask a network: defaults, names, values as what they are, pairs of a rule, delays.
#include "network_for_tests.h"

namespace ranvier::test {
namespace {

template <class T> T const& as(parameter const& p) { return *p.get<T>(); }
parameter const& named(dictionary const& all, std::string_view name) {
    return std::find_if(all.begin(), all.end(), [&](auto const& v) { return v.first == name; })->second;
}

TEST(inspect, every_default_can_be_given_back) {
    network net;
    for (auto const& m : node_models()) {
        auto const defaults = net.defaults(m.name);
        for (auto const& f : m.params.fields) {
            auto const& p = named(defaults, f.name);
            EXPECT_EQ(p.get<bool>() != nullptr, f.type == field_type::flag) << m.name << ' ' << f.name;
            EXPECT_EQ(p.get<std::int64_t>() != nullptr, f.type == field_type::integer)
                << m.name << ' ' << f.name;
        }
        auto const nodes = net.create(m.name, 2);
        for (auto const& name : net.readable_names(m.name)) {
            auto const value = net.look_up(nodes.back(), name);
            EXPECT_FALSE(value.type().empty()) << m.name << ' ' << name;
        }
    }
    for (auto const& m : synapse_models())
        EXPECT_EQ(as<double>(named(net.defaults(m.name), "weight")), m.weight);
    EXPECT_THROW(net.defaults("none"), unknown_model);
    EXPECT_THROW(net.readable_names("none"), unknown_model);
    EXPECT_THROW(net.look_up(99, "C_m"), unknown_node);
    EXPECT_THROW(net.look_up(1, "none"), unknown_parameter);
}

TEST(inspect, defaults_are_those_set) {
    network net;
    net.set_defaults("iaf_psc_exp", {{"C_m", 100.0}, {"V_m", -60.0}});
    net.copy_model("spike_recorder", "files", {{"record_to", "ascii"}, {"label", "x"}});
    net.copy_model("stdp_synapse", "mine", {{"weight", 3.0}, {"tau_plus", 7.0}});
    EXPECT_EQ(as<double>(named(net.defaults("iaf_psc_exp"), "C_m")), 100);
    EXPECT_EQ(as<double>(named(net.defaults("iaf_psc_exp"), "V_m")), -60);
    EXPECT_EQ(as<std::string>(named(net.defaults("files"), "label")), "x");
    EXPECT_EQ(as<double>(named(net.defaults("mine"), "weight")), 3);
    EXPECT_EQ(as<double>(named(net.defaults("mine"), "tau_plus")), 7);
    auto const r = net.create("files");
    EXPECT_EQ(as<std::vector<std::string>>(net.look_up(r.front(), "record_to")),
              std::vector<std::string>{"ascii"});
    EXPECT_EQ(as<std::vector<std::string>>(net.look_up(r.front(), "filenames")),
              std::vector<std::string>{"./x-1-0.dat"});
}

TEST(inspect, drawn_pairs_are_those_connected) {
    network net({.seed = 5});
    auto const a = net.create("iaf_psc_exp", 7), b = net.create("iaf_psc_exp", 5);
    for (auto const& how : {all_to_all(), fixed_indegree(3), fixed_outdegree(2), fixed_total_number(11),
                            pairwise_bernoulli(0.4), rule::named("pairwise_poisson", 0.7)}) {
        network other({.seed = 5});
        other.create("iaf_psc_exp", 12);
        auto const [source, target] = other.draw(a, b, how);
        other.connect(a, b, how);
        auto const t = other.connections();
        ASSERT_EQ(source.size(), t.source.size());
        std::vector<std::pair<std::int32_t, std::int32_t>> drawn, made;
        for (std::size_t i = 0; i < source.size(); ++i) {
            drawn.emplace_back(source[i], target[i]);
            made.emplace_back(t.source[i], t.target[i]);
        }
        std::sort(drawn.begin(), drawn.end());
        std::sort(made.begin(), made.end());
        EXPECT_EQ(drawn, made);
        EXPECT_FALSE(drawn.empty());
    }
    EXPECT_THROW(net.draw(a, {}, all_to_all()), illegal_connection);
    EXPECT_EQ(net.connections().source.size(), 0u);
}

TEST(inspect, delays_are_those_of_all_connections) {
    network net;
    auto const n = net.create("iaf_psc_exp", 3), r = net.create("spike_recorder"),
               g = net.create("poisson_generator");
    EXPECT_EQ(net.delays(), (std::pair{0.1, 0.1}));
    net.connect(n, n, all_to_all(), {.delay = 2.0});
    EXPECT_EQ(net.delays(), (std::pair{2.0, 2.0}));
    net.connect(n, r);
    net.connect(g, n, all_to_all(), {.delay = uniform(3, 4)});
    EXPECT_EQ(net.delays(), (std::pair{1.0, 4.0}));
    EXPECT_THROW(net.connect(r, n), illegal_connection);
    EXPECT_EQ(net.delays(), (std::pair{1.0, 4.0}));
}

TEST(inspect, values_of_some_sources_connections) {
    network net({.seed = 5, .partitions = 3});
    auto const n = net.create("iaf_psc_exp", 20);
    net.connect(n, n, fixed_indegree(6), {.weight = normal(1, 0.2), .delay = uniform(1, 3)});
    net.connect(n, n, fixed_indegree(3), {.model = "stdp_synapse", .weight = uniform(1, 2)});
    for (std::int32_t first = 1; first <= 17; first += 4) {
        auto const t = net.connections({first, 3});
        ASSERT_GT(t.handle.size(), 0u);
        EXPECT_EQ(net.connection_values(t.handle, "weight", first, first + 2), t.weight);
        EXPECT_EQ(net.connection_values(t.handle, "delay", first, first + 2), t.delay);
        EXPECT_EQ(net.connection_values(t.handle, "weight"), t.weight);
        EXPECT_THROW(net.connection_values(t.handle, "weight", first + 1, first + 1), out_of_range);
    }
    auto const plastic = net.connections({}, {}, "stdp_synapse");
    EXPECT_EQ(net.connection_values(plastic.handle, "lambda"),
              std::vector<double>(plastic.handle.size(), 0.01));
}

TEST(inspect, a_new_seed_is_that_of_what_is_drawn_from_then_on) {
    auto spikes = [](std::uint32_t first, std::uint32_t then) {
        network net({.seed = first});
        auto const g = net.create("poisson_generator", 1, {{"rate", 1000.0}}),
                   n = net.create("parrot_neuron", 3);
        net.connect(g, n);
        net.set_seed(then);
        net.simulate(100);
        return net.hash().spikes;
    };
    EXPECT_EQ(spikes(1, 7), spikes(2, 7));
    EXPECT_NE(spikes(1, 7), spikes(1, 8));
    EXPECT_THROW(network().set_seed(0), out_of_range);
}

}  // namespace
}  // namespace ranvier::test
