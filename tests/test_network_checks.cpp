// Every declared check of every node model, violated on every way into a network: the error says what is
// wrong, and nothing has changed.
#include "models/archiving.h"
#include "tests/checks_for_tests.h"

namespace ranvier::test {
namespace {

using numbers = std::vector<double>;

template <class F> void expect_rejection(unharmed& n, std::string const& model, violation const& v,
                                         bool device, std::string const& how, F f) {
    SCOPED_TRACE(model + ", " + how + ": " + v.text());
    // Times of devices must lie on the grid, too, and what is wrong with them may be that.
    mistake m;
    try {
        f();
        ADD_FAILURE() << "no error";
    } catch (out_of_range const& e) {
        m = e.details();
        EXPECT_NE(m.allowed.find(v.check->range), std::string::npos) << e.what();
        expect_complete(m, model, v.check->member, fmt::format("{}", v.value == 0 ? 0 : v.value));
    } catch (bad_time const& e) {
        EXPECT_TRUE(device) << e.what();
        m = e.details();
        expect_complete(m, model, "", "");
    } catch (std::exception const& e) { ADD_FAILURE() << "another error: " << e.what(); }
    n.check(how);
}

/// A valid change that goes with a bad one, and must not remain.
dictionary with_valid(node_model const& m, dictionary bad) {
    dictionary d;
    if (m.role == node_role::neuron)
        d.emplace_back(bad.front().first == "tau_minus" ? "t_ref" : "tau_minus", 33.0);
    else if (m.state.find("origin"))
        d.emplace_back("origin", 2.0);
    if (!d.empty() && d.front().first == "t_ref" && !m.params.find("t_ref")) d.clear();
    d.insert(d.end(), bad.begin(), bad.end());
    return d;
}

/// The bad values, given to the last of n nodes only.
dictionary in_arrays(violation const& v, std::int64_t n) {
    dictionary d;
    for (auto const& [f, x] : v.what.given) {
        numbers all(std::size_t(n), f->default_value);
        all.back() = x;
        d.emplace_back(f->name, all);
    }
    return d;
}
/// As distributions that give nothing else.
dictionary drawn(violation const& v) {
    dictionary d;
    for (auto const& [f, x] : v.what.given) d.emplace_back(f->name, normal(x, 0));
    return d;
}
bool is_real(violation const& v) {
    return std::all_of(v.what.given.begin(), v.what.given.end(),
                       [](auto const& g) { return g.first->type == field_type::real; });
}
bool is_finite(violation const& v) {
    return std::all_of(v.what.given.begin(), v.what.given.end(),
                       [](auto const& g) { return std::isfinite(g.second); });
}

record_info const& archive_record() {
    static auto const info = describe_record<archiving>();
    return info;
}

/// Times of devices are rounded, and may turn out to be others than were given.
bool on_any_grid(violation const& v) {
    return std::all_of(v.what.given.begin(), v.what.given.end(), [](auto const& g) {
        return g.first->unit != "ms" || std::fabs(g.second) > 1e12 || g.second == std::round(g.second);
    });
}

std::vector<violation> violations_of(node_model const& m) {
    std::vector<violation> all;
    for (auto const* r : {&m.params, &m.state})
        for (auto& v : violations(*r))
            if (m.role == node_role::neuron || on_any_grid(v)) all.push_back(v);
    if (m.archives)
        for (auto& v : violations(archive_record())) all.push_back(v);
    return all;
}

class checks_of_nodes : public testing::TestWithParam<std::string> {};
TEST_P(checks_of_nodes, hold_on_every_way) {
    auto const& m = model_of(GetParam());
    bool const device = m.role != node_role::neuron;
    unharmed n;
    auto& net = n.net;
    auto const existing = of_model(net, m.name);
    int rejections = 0;
    for (auto const& v : violations_of(m)) {
        auto const d = v.what.as_dictionary(), mixed = with_valid(m, d);
        auto reject = [&](std::string const& how, auto f) {
            expect_rejection(n, m.name, v, device, how, f);
            ++rejections;
        };
        reject("create", [&] { net.create(m.name, 1, d); });
        reject("create several", [&] { net.create(m.name, 3, mixed); });
        reject("set", [&] { net.set(existing[0], mixed); });
        reject("set one", [&] { net.set(existing[0].slice(existing[0].size() - 1, existing[0].size()), d); });
        reject("set_defaults", [&] { net.set_defaults(m.name, mixed); });
        reject("copy_model", [&] { net.copy_model(m.name, "copy_of_" + m.name, mixed); });
        EXPECT_THROW(net.create("copy_of_" + m.name), unknown_model);
        if (device || !is_real(v)) continue;
        ASSERT_EQ(existing.size(), 2u);
        auto const both =
            nodes(std::vector<std::int32_t>{existing[0][0], existing[0][1], existing[1][0], existing[1][1]});
        reject("create by array", [&] { net.create(m.name, 3, in_arrays(v, 3)); });
        reject("set by array", [&] { net.set(existing[0], with_valid(m, in_arrays(v, 2))); });
        reject("set two populations", [&] { net.set(both, with_valid(m, in_arrays(v, 4))); });
        if (!is_finite(v)) continue;
        reject("create by distribution", [&] { net.create(m.name, 2, drawn(v)); });
        reject("set by distribution", [&] { net.set(both, with_valid(m, drawn(v))); });
    }
    RecordProperty("rejections", rejections);
    n.check_future([&](network& later) {
        auto const made = later.create(m.name, 2);
        if (!device && m.name != "parrot_neuron")
            later.connect(made, made, all_to_all(), {.weight = 3.0, .receptor = spike_receptor(m.name)});
    });
}

TEST_P(checks_of_nodes, are_not_too_strict) {
    auto const& m = model_of(GetParam());
    if (m.role != node_role::neuron) return;
    network net({.threads = 1});
    for (auto const* r : {&m.params, &m.state})
        for (auto const& f : r->fields)
            for (auto const x : candidates({&f})) {
                values const v{{{&f, x}}};
                if (f.type != field_type::real || first_failure(*r, v)) continue;
                EXPECT_NO_THROW(net.create(m.name, 1, v.as_dictionary())) << f.name << " = " << x;
            }
}

/// Values that no model has to forbid: not a number, of another type, too many; and names that it has not.
TEST_P(checks_of_nodes, types_sizes_and_names) {
    auto const& m = model_of(GetParam());
    bool const device = m.role != node_role::neuron;
    unharmed n;
    auto& net = n.net;
    auto const existing = of_model(net, m.name)[0];
    auto everywhere = [&]<class E>(std::type_identity<E>, std::string const& name, parameter const& value,
                                   std::string const& shown) {
        auto const d = with_valid(m, {{name, value}});
        auto reject = [&](std::string const& how, auto f) {
            SCOPED_TRACE(m.name + ", " + how + ": " + name + " = " + value.text());
            try {
                f();
                ADD_FAILURE() << "no error";
            } catch (E const& e) {
                expect_complete(e.details(), m.name, name, shown);
            } catch (bad_time const& e) {
                EXPECT_TRUE(device && value.get<double>()) << e.what();
                expect_complete(e.details(), m.name, name, shown);
            } catch (std::exception const& e) { ADD_FAILURE() << "another error: " << e.what(); }
            n.check(how);
        };
        reject("create", [&] { net.create(m.name, 2, d); });
        reject("set", [&] { net.set(existing, d); });
        if (!value.get<numbers>()) {
            reject("set_defaults", [&] { net.set_defaults(m.name, d); });
            reject("copy_model", [&] { net.copy_model(m.name, "copy_of_" + m.name, d); });
        }
    };
    constexpr std::type_identity<out_of_range> range;
    constexpr std::type_identity<wrong_type> type;
    constexpr std::type_identity<wrong_size> size;
    constexpr std::type_identity<unknown_parameter> unknown;
    everywhere(unknown, "nonsense", 1.0, "1");
    everywhere(unknown, "", 1.0, "1");
    for (auto const* r : {&m.params, &m.state})
        for (auto const& f : r->fields) {
            everywhere(type, f.name, "text", "\"text\"");
            if (f.type == field_type::flag) everywhere(type, f.name, 1, "1");
            if (f.type == field_type::flag) everywhere(type, f.name, 1.0, "1");
            if (f.type == field_type::integer) everywhere(type, f.name, 2.5, "2.5");
            if (f.type != field_type::real) continue;
            everywhere(range, f.name, std::nan(""), device ? "nan" : "NaN");
            if (device) {
                everywhere(type, f.name, numbers{1, 2}, "[1, 2]");
                continue;
            }
            everywhere(range, f.name, numbers{f.default_value, std::nan("")}, "NaN");
            everywhere(size, f.name, numbers(5, f.default_value), "5 values");
            everywhere(size, f.name, numbers{}, "0 values");
        }
    n.check_future([&](network& later) { later.create(m.name, 2); });
}

std::vector<std::string> node_names() {
    std::vector<std::string> names;
    for (auto const& m : node_models()) names.push_back(m.name);
    return names;
}
INSTANTIATE_TEST_SUITE_P(all, checks_of_nodes, testing::ValuesIn(node_names()), name_of_test);

}  // namespace
}  // namespace ranvier::test
