// What can be asked wrongly of connect, and of connections: a typed error that says what is wrong, and
// nothing has changed.
#include "tests/errors_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;
using ids = std::vector<std::int32_t>;

TEST_F(errors, of_distributions) {
    for (distribution const& d :
         {uniform(2, 1), uniform(1, 1), uniform(std::nan(""), 1), uniform(0, infinity), normal(0, -1),
          normal(std::nan(""), 1), lognormal(0, -1), exponential(-1), uniform_int(0), uniform_int(1LL << 33),
          normal(0, 1).redraw(2, 1), normal(0, 1).redraw(50, 60), normal(-60, 0).redraw(-50, -40),
          exponential(1).redraw(-3, -1), uniform(0, 1).redraw(std::nan(""), 2)}) {
        auto const shown = parameter(d).text();
        rejects<out_of_range>("iaf_psc_alpha", "V_m", shown, [&] { net.set(a, {{"V_m", d}}); });
        rejects<out_of_range>("iaf_psc_alpha", "E_L", shown, [&] {
            net.create("iaf_psc_alpha", 3, {{"E_L", d}});
        });
        rejects<out_of_range>("static_synapse", "weight", shown,
                              [&] { net.connect(a, a, all_to_all(), {.weight = d}); });
        rejects<out_of_range>("stdp_synapse", "lambda", shown, [&] {
            net.connect(a, a, all_to_all(), {.model = "stdp_synapse", .params = {{"lambda", d}}});
        });
    }
}

TEST_F(errors, impossible_rules) {
    auto impossible = [&](rule const& r, std::string const& name, std::string const& parameter,
                          std::string const& value) {
        rejects<impossible_connectivity>(name, parameter, value, [&] { net.connect(a, a, r); });
    };
    impossible(fixed_indegree(-1), "fixed_indegree", "indegree", "-1");
    impossible(fixed_indegree(3).without_multapses(), "fixed_indegree", "indegree", "3");
    impossible(fixed_indegree(2).with(false, false), "fixed_indegree", "indegree", "2");
    impossible(fixed_indegree(INT64_MAX), "fixed_indegree", "indegree", fmt::format("{}", INT64_MAX));
    impossible(fixed_indegree(INT64_MIN), "fixed_indegree", "indegree", fmt::format("{}", INT64_MIN));
    impossible(fixed_outdegree(-1), "fixed_outdegree", "outdegree", "-1");
    impossible(fixed_outdegree(3).without_multapses(), "fixed_outdegree", "outdegree", "3");
    impossible(fixed_outdegree(2).with(false, false), "fixed_outdegree", "outdegree", "2");
    impossible(fixed_total_number(-1), "fixed_total_number", "N", "-1");
    impossible(fixed_total_number(5).without_multapses(), "fixed_total_number", "multapses", "false");
    for (auto const p : {-0.1, 1.1, std::nan(""), infinity, -infinity})
        impossible(pairwise_bernoulli(p), "pairwise_bernoulli", "p", fmt::format("{}", p));
    for (auto const p : {-0.1, std::nan(""), infinity, 1e10})
        impossible(rule::named("pairwise_poisson", p), "pairwise_poisson", "p", fmt::format("{}", p));
    impossible(rule::named("pairwise_poisson", 1).without_multapses(), "pairwise_poisson", "multapses",
               "false");
    auto const one = a.slice(0, 1);
    for (auto const& r : {fixed_indegree(1), fixed_outdegree(1), fixed_total_number(1)})
        rejects<impossible_connectivity>("fixed_", "", "1",
                                         [&] { net.connect(one, one, r.without_autapses()); });
    rejects<wrong_size>("one_to_one", "sources and targets", "2 and 1",
                        [&] { net.connect(a, one, one_to_one()); });
    for (auto const& [pre, post] : {std::pair{nodes(), a}, {a, nodes()}})
        rejects<illegal_connection>("connect", pre.empty() ? "sources" : "targets", "none",
                                    [&, &pre = pre, &post = post] { net.connect(pre, post); });
    rejects<unknown_rule>("connect", "rule", "random", [] { rule::named("random", 3); });
    for (auto const x : {2.5, std::nan(""), infinity, 1e15})
        for (auto const* name : {"fixed_indegree", "fixed_outdegree", "fixed_total_number"})
            rejects<wrong_type>(name, "", fmt::format("{}", x), [&] { rule::named(name, x); });
    rejects<impossible_connectivity>("connect", "partition", "1e+10", [] {
        network small({.threads = 1, .memory_limit = INT64_MAX});
        auto const x = small.create("iaf_psc_exp", 10);
        small.connect(x, x, fixed_indegree(1000000000));
    });
}

TEST_F(errors, illegal_connections) {
    auto illegal = [&](nodes const& pre, nodes const& post, synapse const& with, std::string const& object,
                       std::string const& parameter, std::string const& value) {
        rejects<illegal_connection>(object, parameter, value,
                                    [&] { net.connect(pre, post, all_to_all(), with); });
    };
    illegal(recorder, a, {}, "connect", "direction", "spike_recorder -> iaf_psc_alpha");
    illegal(a, meter, {}, "connect", "direction", "iaf_psc_alpha -> multimeter");
    illegal(a, poisson, {}, "connect", "direction", "iaf_psc_alpha -> poisson_generator");
    illegal(clock, poisson, {}, "connect", "direction", "spike_generator -> poisson_generator");
    illegal(meter, recorder, {}, "spike_recorder", "source", "multimeter");
    illegal(current, recorder, {}, "spike_recorder", "source", "dc_generator");
    illegal(recorder, recorder, {}, "spike_recorder", "source", "spike_recorder");
    illegal(a + poisson, a, {}, "connect", "sources", "several kinds");
    illegal(a, a + recorder, {}, "connect", "targets", "several kinds");
    illegal(current, parrot, {}, "parrot_neuron", "receptor", "0");
    for (auto const receptor : {-1, 1, INT32_MAX, INT32_MIN}) {
        auto const shown = fmt::format("{}", receptor);
        illegal(a, a, {.receptor = receptor}, "iaf_psc_alpha", "receptor", shown);
        illegal(poisson, a, {.receptor = receptor}, "iaf_psc_alpha", "receptor", shown);
        illegal(current, a, {.receptor = receptor}, "iaf_psc_alpha", "receptor", shown);
        illegal(a, recorder, {.receptor = receptor}, "spike_recorder", "receptor", shown);
        illegal(free_meter, a, {.receptor = receptor}, "multimeter", "receptor", shown);
    }
    illegal(current, first("iaf_psc_exp"), {.receptor = 2}, "iaf_psc_exp", "receptor", "2");
    illegal(a, parrot, {.receptor = 2}, "parrot_neuron", "receptor", "2");
    for (auto const& s : synapse_models()) {
        if (!s.plastic) continue;
        illegal(poisson, a, {.model = s.name}, s.name, "source", "generator");
        illegal(current, a, {.model = s.name}, s.name, "source", "generator");
        illegal(a, recorder, {.model = s.name}, s.name, "target", "recorder");
        illegal(meter, a, {.model = s.name}, s.name, "source", "recorder");
    }
    illegal(meter, a, {}, "multimeter", "target", fmt::format("{}", a[0]));  // it is already
    for (auto const& r : {fixed_indegree(1), pairwise_bernoulli(0.5), fixed_total_number(1)}) {
        rejects<illegal_connection>("spike_recorder", "rule", "random", [&] { net.connect(a, recorder, r); });
        rejects<illegal_connection>("multimeter", "rule", "random", [&] { net.connect(free_meter, a, r); });
    }
    for (auto const& pair : {std::pair{a, recorder}, {poisson, recorder}, {free_meter, a}}) {
        auto with = [&](synapse const& s) {
            return [&, s] { net.connect(pair.first, pair.second, all_to_all(), s); };
        };
        rejects<bad_delay>("static_synapse", "delay", "0.04", with({.delay = 0.04}));
        rejects<out_of_range>("static_synapse", "weight", "NaN", with({.weight = std::nan("")}));
        rejects<unknown_parameter>("static_synapse", "lambda", "1", with({.params = {{"lambda", 1.0}}}));
    }
    rejects<wrong_size>("one_to_one", "", "2 and 1",
                        [&] { net.connect(a, recorder.slice(0, 1), one_to_one()); });
    rejects<wrong_size>("one_to_one", "", "1 and 2", [&] { net.connect(free_meter, a, one_to_one()); });
    rejects<illegal_connection>("parrot_neuron", "record_from", "V_m", [&] { net.connect(meter, parrot); });
}

TEST(errors_of_meters, nameless_recordables) {
    network net;
    auto const meter = net.create("multimeter", 1, {{"record_from", ""}});
    for (auto const* model : {"iaf_psc_exp", "dc_generator"}) {
        auto const target = net.create(model);
        auto const m = error_of<illegal_connection>([&] { net.connect(meter, target); });
        expect_complete(m, model, "record_from", "");
    }
}

TEST_F(errors, edge_lists) {
    auto list = [&](ids from, ids to, synapse const& with = {}) {
        return [&, from, to, with] { net.connect({from, to}, with); };
    };
    auto const x = a[0], y = a[1];
    rejects<wrong_size>("connect", "edge list", "2 sources, 1 targets", list({x, y}, {x}));
    rejects<illegal_connection>("connect", "edge list", "empty", list({}, {}));
    rejects<wrong_size>("connect", "array", "3 values", list({x, y}, {x, y}, {.weight = numbers{1, 2, 3}}));
    rejects<illegal_connection>("connect", "target", fmt::format("{}", recorder[0]),
                                list({x, y}, {x, recorder[0]}));
    rejects<illegal_connection>("connect", "edge list", "several kinds", list({x, poisson[0]}, {x, y}));
    rejects<illegal_connection>("connect", "source", "spike_recorder", list({recorder[0]}, {y}));
    rejects<illegal_connection>("connect", "source", "multimeter", list({meter[0]}, {y}));
    rejects<illegal_connection>("iaf_psc_alpha", "receptor", "1", list({x}, {y}, {.receptor = 1}));
    rejects<illegal_connection>("stdp_synapse", "source", "generator",
                                list({poisson[0]}, {y}, {.model = "stdp_synapse"}));
}

TEST_F(errors, weights) {
    auto const t = net.connections(a, {}, "static_synapse");
    ASSERT_GE(t.handle.size(), 2u);
    rejects<wrong_size>("set_weights", "weights", "1", [&] {
        net.set_weights({t.handle[0], t.handle[1]}, {5});
    });
    for (auto const bad : {UINT64_MAX, std::uint64_t{1} << 60, t.handle[0] + (1u << 20)})
        rejects<unknown_connection>("set_weights", "handle", fmt::format("{}", bad), [&] {
            net.set_weights({t.handle[0], bad}, {5, 6});
        });
    rejects<out_of_range>("static_synapse", "weight", "inf", [&] {
        net.set_weights({t.handle[0], t.handle[1]}, {5, infinity});
    });
    for (auto const& [low, high, bins] :
         {std::tuple{1.0, 1.0, 3}, {0.0, 1.0, 0}, {std::nan(""), 1.0, 3}, {0.0, 1.0, -1}})
        rejects<out_of_range>(
            "weight_histogram", "bins", fmt::format("{}", bins),
            [&, l = low, u = high, b = bins] { net.weight_histogram("static_synapse", l, u, b); });
    for (auto const i : {-1, 1000})
        rejects<out_of_range>("synapse_name", "index", fmt::format("{}", i), [&] { net.synapse_name(i); });
}

}  // namespace
}  // namespace ranvier::test
