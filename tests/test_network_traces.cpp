// Traces of sources that are set between runs.
#include "tests/errors_for_tests.h"
#include "tests/unmoved.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;

std::vector<std::string> pair_models(bool modulated) {
    std::vector<std::string> names;
    for (auto const& m : synapse_models())
        if (m.pairs && !m.name.ends_with("_lbl") && m.modulator.empty() != modulated) names.push_back(m.name);
    return names;
}
char const* const trace_names[] = {"Kplus", "Kplus_triplet"};

/// What becomes of a connection with a trace of its own is what becomes of it where all have that trace.
TEST(traces_of_sources, of_each_connection) {
    numbers const given{0.0, 3.5, 8.25};
    for (auto const& model : pair_models(false))
        for (auto const* const name : trace_names) {
            auto const& m = unmoved::find(model);
            if (!m.state.find(name)) continue;
            SCOPED_TRACE(model + " " + name);
            auto run = [&](auto value_of) {
                auto x = std::make_unique<unmoved>(model);
                x->net.simulate(42.3);
                numbers values;
                for (std::size_t i = 0; i < x->all.handle.size(); ++i) values.push_back(value_of(i));
                x->net.set_connection_values(x->all.handle, name, values);
                EXPECT_EQ(x->net.connection_values(x->all.handle, name), values);
                x->net.simulate(61.1);
                return x->values(x->all.handle, m);
            };
            auto const mixed = run([&](std::size_t i) { return given[i % 3]; });
            std::size_t differ = 0;
            for (std::size_t k = 0; k < 3; ++k) {
                auto const alike = run([&](std::size_t) { return given[k]; });
                for (std::size_t c = 0; c < mixed.size(); ++c)
                    for (std::size_t i = 0; i < mixed[c].size(); ++i) {
                        if (i % 3 == k) { EXPECT_EQ(mixed[c][i], alike[c][i]) << c << ' ' << i << ' ' << k; }
                        differ += mixed[c][i] != alike[c][i];
                    }
            }
            EXPECT_GT(differ, 20u);
        }
}

TEST(traces_of_sources, set_before_a_run_are_as_given_in_connect) {
    for (bool const modulated : {false, true})
        for (auto const& model : pair_models(modulated)) {
            SCOPED_TRACE(model);
            std::vector<hash_text> hashes;
            for (double const kplus : {2.5, -2.5, 0.0}) {  // set, given, neither
                network net({.seed = 3, .threads = 1});
                give_transmitter(net);
                auto const from = net.create("parrot_neuron", 5);
                net.connect(net.create("poisson_generator", 1, {{"rate", 90.0}}), from);
                auto const to = net.create("ignore_and_fire", 5, {{"rate", uniform(20, 90)}});
                synapse s{.model = model};
                if (kplus < 0) s.params = {{"Kplus", -kplus}};
                net.connect(from, to, all_to_all(), s);
                auto const h = net.connections(from, to).handle;
                if (kplus > 0) net.set_connection_values(h, "Kplus", numbers(h.size(), kplus));
                net.simulate(60);
                hashes.push_back(hash_of(net));
            }
            EXPECT_EQ(hashes[0], hashes[1]);
            EXPECT_NE(hashes[0], hashes[2]);
        }
}

/// Common properties that change later are those of connections with traces of their own, too.
TEST(traces_of_sources, common_properties_stay_common) {
    for (auto const* const model : {"stdp_synapse_hom", "stdp_pl_synapse_hom_hpc"}) {
        SCOPED_TRACE(model);
        std::vector<std::vector<std::uint64_t>> all[2];
        for (int some = 0; some < 2; ++some) {
            unmoved x(model);
            if (some) {  // as it is, but of its own
                auto const k = x.net.connection_values({x.all.handle[4]}, "Kplus");
                x.net.set_connection_values({x.all.handle[4]}, "Kplus", k);
            }
            x.net.simulate(20);
            x.net.set_defaults(model, {{"lambda", 0.3}, {"tau_plus", 9.0}});
            x.net.simulate(50);
            all[some] = x.values(x.all.handle, unmoved::find(model));
        }
        EXPECT_EQ(all[0], all[1]);
    }
}

TEST(traces_of_sources, are_checked) {
    unmoved x("stdp_triplet_synapse"), d("stdp_dopamine_synapse"), late("stdp_synapse", 130.0);
    for (auto* const net : {&x.net, &d.net, &late.net}) net->simulate(10);
    auto const before = hash_of(x.net);
    auto rejected = [](unmoved& in, std::vector<std::uint64_t> const& handles, numbers const& values,
                       char const* value, auto error) {
        expect_complete(
            error_of<decltype(error)>([&] { in.net.set_connection_values(handles, "Kplus", values); }),
            "stdp_", "Kplus", value);
    };
    auto const h = x.all.handle;
    rejected(x, {h[0], h[1]}, {1, -0.5}, "-0.5", out_of_range(mistake{}));
    rejected(x, {h[0], h[1]}, {1, std::nan("")}, "nan", out_of_range(mistake{}));
    rejected(d, {d.all.handle[0]}, {1}, "1", illegal_connection(mistake{}));
    auto values = numbers(d.all.handle.size(), 2);
    values.back() = 3;
    rejected(d, d.all.handle, values, "2", illegal_connection(mistake{}));
    rejected(late, {late.all.handle[0]}, {1}, "1", illegal_connection(mistake{}));
    EXPECT_EQ(hash_of(x.net), before);
    // A source's all at once: as of now.
    d.net.set_connection_values(d.all.handle, "Kplus", numbers(d.all.handle.size(), 2));
    EXPECT_EQ(d.net.connection_values(d.all.handle, "Kplus"), numbers(d.all.handle.size(), 2));
}

}  // namespace
}  // namespace ranvier::test
