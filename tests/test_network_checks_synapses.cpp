// Every declared check of every synapse model, its weights and delays, violated on every way into a network:
// the error says what is wrong, and nothing has changed.
#include "tests/checks_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;

/// A synapse model's checks, and its condition on weights as if it were one.
class checks_of_synapses : public testing::TestWithParam<std::string> {
  protected:
    synapse_model const& model() const {
        auto const& all = synapse_models();
        return *std::find_if(all.begin(), all.end(), [&](auto const& m) { return m.name == GetParam(); });
    }
    template <class E, class F>
    void reject(std::string const& parameter, std::string const& value, std::string const& how, F f) {
        SCOPED_TRACE(GetParam() + ", " + how + ": " + parameter + " = " + value);
        expect_complete(error_of<E>(f), GetParam(), parameter, value);
        n.check(how);
        ++rejections;
    }
    /// Where the values of one parameter are those of single connections.
    template <class E>
    void reject_connections(std::string const& parameter, double value, std::string const& shown) {
        auto with = [&](ranvier::parameter const& p) {
            synapse s{.model = GetParam()};
            if (parameter == "weight")
                s.weight = p;
            else if (parameter == "delay")
                s.delay = p;
            else
                s.params = {{parameter, p}};
            return s;
        };
        auto scalar = [&](std::string const& how, auto f) { reject<E>(parameter, shown, how, f); };
        scalar("connect", [&] { net.connect(a, a, all_to_all(), with(value)); });
        scalar("edge list", [&] { net.connect({ids, ids}, with(value)); });
        if (model().pairs && model().state.find(parameter)) return;  // one value for all
        auto const* const f =
            model().params.find(parameter) ? model().params.find(parameter) : model().state.find(parameter);
        auto const good = parameter == "delay" ? 10.0 : f && parameter != "Wmax" ? f->default_value : 1.0;
        scalar("connect by array", [&] { net.connect(a, a, one_to_one(), with(numbers{good, value})); });
        scalar("edge list by array", [&] { net.connect({ids, ids}, with(numbers{good, value})); });
        if (!std::isfinite(value)) return;
        scalar("connect by distribution", [&] { net.connect(a, a, all_to_all(), with(normal(value, 0))); });
    }
    void reject_defaults(dictionary d, std::string const& parameter, std::string const& value) {
        d.insert(d.begin(), {"delay", 2.0});
        auto f = [&] { net.set_defaults(GetParam(), d); };
        reject<out_of_range>(parameter, value, "set_defaults", f);
        auto g = [&] { net.copy_model(GetParam(), "copy_of_" + GetParam(), d); };
        reject<out_of_range>(parameter, value, "copy_model", g);
        EXPECT_THROW(net.connect(a, a, all_to_all(), {.model = "copy_of_" + GetParam()}), unknown_model);
    }
    void go_on() {
        RecordProperty("rejections", rejections);
        n.check_future([&](network& later) { later.connect(a, a, all_to_all(), {.model = GetParam()}); });
    }
    unharmed n;
    network& net = n.net;
    nodes a = of_model(net, "iaf_psc_alpha")[0];
    std::vector<std::int32_t> ids{a[0], a[1]};
    int rejections = 0;
};

TEST_P(checks_of_synapses, hold_on_every_way) {
    auto const& m = model();
    for (auto const* info : {&m.common, &m.params, &m.state})
        for (auto const& v : violations(*info)) {
            auto const value = fmt::format("{}", v.value == 0 ? 0 : v.value);
            reject_defaults(v.what.as_dictionary(), v.check->member, value);
            if (!v.check->other.empty()) {  // about two members
                auto together = [&] {
                    net.connect(a, a, all_to_all(), {.model = m.name, .params = v.what.as_dictionary()});
                };
                if (info != &m.common) reject<out_of_range>(v.check->member, value, "connect", together);
                continue;
            }
            for (auto const& [f, x] : v.what.given) {
                if (info != &m.common) reject_connections<out_of_range>(v.check->member, x, value);
                auto f_in_connect = [&, &f = f, &x = x] {
                    net.connect(a, a, all_to_all(), {.model = m.name, .params = {{f->name, x}}});
                };
                if (info == &m.common) reject<illegal_connection>(f->name, "", "connect", f_in_connect);
            }
        }
    go_on();
}

TEST_P(checks_of_synapses, of_weights) {
    auto const& m = model();
    for (auto const x : {std::nan(""), infinity, -infinity, m.single ? 1e39 : infinity}) {
        auto const shown = std::isnan(x) ? "NaN" : fmt::format("{}", x);
        reject_defaults({{"weight", x}}, "weight", shown);
        if (!m.common_weight) reject_connections<out_of_range>("weight", x, shown);
        auto const t = net.connections({}, {}, m.name);
        auto f = [&] { net.set_weights({t.handle[0], t.handle[1]}, {2.0, x}); };
        if (!m.common_weight) reject<out_of_range>("weight", fmt::format("{}", x), "set_weights", f);
    }
    if (m.common_weight) {
        for (auto const w : {1.0, -2.0})
            reject<illegal_connection>("weight", fmt::format("{}", w), "connect", [&] {
                net.connect(a, a, all_to_all(), {.model = m.name, .weight = w});
            });
        auto f = [&] { net.set_weights({net.connections({}, {}, m.name).handle[0]}, {2.0}); };
        reject<illegal_connection>("weight", "2", "set_weights", f);
    }
    if (m.weight_ok) {
        int found = 0;
        for (auto const& f : m.params.fields)
            for (auto const x : candidates({&f}))
                for (auto const w : {-1.0, 0.0, 1.0}) {
                    auto const record = values{{{&f, x}}}.record(m.params);
                    if (m.weight_ok(record.data(), w) || !std::isfinite(x)) continue;
                    ++found;
                    dictionary const d{{f.name, x}, {"weight", w}};
                    reject_defaults(d, "weight", fmt::format("{}", w));
                    auto connect = [&] {
                        net.connect(a, a, all_to_all(),
                                    {.model = m.name, .weight = w, .params = {{f.name, x}}});
                    };
                    reject<out_of_range>("weight", fmt::format("{}", w), "connect", connect);
                }
        EXPECT_GT(found, 10);
        auto const handles = net.connections({}, {}, m.name).handle;
        auto f = [&] { net.set_weights({handles[0], handles[1]}, {2.0, -1.0}); };
        reject<out_of_range>("weight", "-1", "set_weights", f);
    }
    go_on();
}

TEST_P(checks_of_synapses, of_delays) {
    auto const& m = model();
    for (auto const x : {std::nan(""), -infinity, -1.0, -0.04, 0.0, 0.04, 0.0499999, 2e8, 1e300, infinity}) {
        auto const shown = std::isnan(x) ? "NaN" : fmt::format("{}", x);
        reject_connections<bad_delay>("delay", x, shown);
        auto defaults = [&] { net.set_defaults(m.name, {{"weight", 2.0}, {"delay", x}}); };
        auto copy = [&] { net.copy_model(m.name, "copy_of_" + m.name, {{"weight", 2.0}, {"delay", x}}); };
        reject<bad_delay>("delay", shown, "set_defaults", defaults);
        reject<bad_delay>("delay", shown, "copy_model", copy);
    }
    net.copy_model(m.name, "rounds_up", {{"delay", 0.05}});  // to a step
    go_on();
}

TEST_P(checks_of_synapses, types_sizes_and_names) {
    auto const& m = model();
    std::vector<std::string> names{"weight", "delay"};
    for (auto const& f : m.params.fields) names.push_back(f.name);
    if (!m.pairs)
        for (auto const& f : m.state.fields) names.push_back(f.name);
    auto with = [&](std::string const& name, parameter const& p) {
        synapse s{.model = m.name};
        if (name == "weight")
            s.weight = p;
        else if (name == "delay")
            s.delay = p;
        else
            s.params = {{name, p}};
        return s;
    };
    for (auto const& name : names) {
        if (name == "weight" && m.common_weight) continue;
        for (parameter const& p : {parameter("text"), parameter(true)}) {
            auto connect = [&] { net.connect(a, a, all_to_all(), with(name, p)); };
            auto defaults = [&] { net.set_defaults(m.name, {{"delay", 2.0}, {name, p}}); };
            reject<wrong_type>(name, p.text(), "connect", connect);
            reject<wrong_type>(name, p.text(), "set_defaults", defaults);
        }
        for (auto const& how : {all_to_all(), one_to_one(), fixed_indegree(3), fixed_total_number(7)}) {
            auto connect = [&] { net.connect(a, a, how, with(name, numbers(5, 1.0))); };
            reject<wrong_size>(name, "5 values", "connect", connect);
        }
        auto random = [&] { net.connect(a, a, pairwise_bernoulli(0.5), with(name, numbers(4, 1.0))); };
        reject<wrong_type>(name, "", "connect", random);
        auto reversed = [&] { net.connect(a, a, all_to_all(), with(name, uniform(3, 2))); };
        reject<out_of_range>(name, "uniform(3, 2)", "connect", reversed);
    }
    auto nonsense = [&] { net.connect(a, a, all_to_all(), with("nonsense", 1.0)); };
    reject<unknown_parameter>("nonsense", "1", "connect", nonsense);
    auto defaults = [&] { net.set_defaults(m.name, {{"delay", 2.0}, {"nonsense", 1.0}}); };
    reject<unknown_parameter>("nonsense", "1", "set_defaults", defaults);
    go_on();
}

std::vector<std::string> synapse_names() {
    std::vector<std::string> names;
    for (auto const& m : synapse_models()) names.push_back(m.name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(all, checks_of_synapses, testing::ValuesIn(synapse_names()), name_of_test);

}  // namespace
}  // namespace ranvier::test
