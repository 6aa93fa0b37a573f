// Values of connections and nodes as users give them: checks, bounds, specifications.
#include <algorithm>
#include <bit>
#include <cmath>

#include "host/expression.h"
#include "host/network_impl.h"

namespace ranvier {

namespace {

/// An array that carries its length in front (the engine copies it to the device).
double const* keep(std::vector<std::vector<double>>& arrays, std::vector<double> values) {
    values.insert(values.begin(), std::bit_cast<double>(std::int64_t(values.size())));
    arrays.push_back(std::move(values));
    return arrays.back().data() + 1;
}

/// Probability that a draw lies in [min, max]; host only, no result depends on it.
double acceptance(value_spec const& v) {
    auto cumulative = [&](double x, double at_infinity) {
        if (std::isinf(x)) return x < 0 ? 0.0 : at_infinity;
        auto const z = (x - v.a) / v.b;
        switch (v.kind) {
            case value_kind::uniform:
                return std::clamp((x - v.a) / (v.b - v.a), 0.0, 1.0);
            case value_kind::normal:
                return 0.5 * std::erfc(-z / std::sqrt(2.0));
            case value_kind::lognormal:
                return x <= 0 ? 0.0 : 0.5 * std::erfc(-(std::log(x) - v.a) / v.b / std::sqrt(2.0));
            case value_kind::exponential:
                return x <= 0 ? 0.0 : -std::expm1(-x / v.a);
            default:
                return 1.0;
        }
    };
    if (v.kind == value_kind::uniform_int) {
        auto const low = std::max(0.0, std::ceil(v.min)), high = std::min(v.a - 1, std::floor(v.max));
        return std::max(0.0, high - low + 1) / v.a;
    }
    // No spread: one value.
    auto within = [&](double x) { return x >= v.min && x <= v.max ? 1.0 : 0.0; };
    if (v.kind == value_kind::normal && v.b == 0) return within(v.a);
    if (v.kind == value_kind::lognormal && v.b == 0) return within(std::exp(v.a));
    if (v.kind == value_kind::exponential && v.a == 0) return within(0);
    return cumulative(v.max, 1) - cumulative(v.min, 1);
}

}  // namespace

void check_distribution(distribution const& d, std::string const& object, std::string const& name, double n) {
    auto const& v = d.spec;
    auto const text = text_of(d);
    if (v.kind == value_kind::expression) {
        if (auto const fault = fault_of(d.program); !fault.empty())
            throw out_of_range({object, name, text, fault, "look at its parts one by one"});
        return;
    }
    if (!allowed(v.kind, v.a, v.b) || !(v.min <= v.max))
        throw out_of_range(
            {object, name, text,
             "uniform: min < max; uniform_int: 1 ... 2^32 - 1; std and scale >= 0; redraw: min <= max",
             "order the bounds, give finite numbers"});
    auto const unreached = std::pow(1 - acceptance(v), max_attempts + 1) * std::max(n, 1.0);
    if (unreached > 1e-9)
        throw out_of_range(
            {object, name, text, "redraw bounds that are reached in 1000 draws", "widen the bounds"});
}

std::vector<double> draws_of(distribution const& d, std::int64_t n, key of, std::uint64_t k,
                             std::string const& object, std::string const& name) {
    check_distribution(d, object, name, double(n));
    auto const spec = d.view();
    std::vector<double> out;
    for (std::int64_t i = 0; i < n; ++i) {
        auto const drawn = value(spec, of, std::uint32_t(i), k);
        if (!drawn.ok)
            throw out_of_range({object, name, "random", "values between the redraw bounds",
                                "1000 draws fell outside; widen the bounds"});
        out.push_back(drawn.value);
    }
    return out;
}

std::pair<double, double> bounds(value_spec const& v, std::int64_t n) {
    if (v.kind == value_kind::expression) return bounds_of({v.program, v.program + v.length});
    if (v.kind == value_kind::array) {
        if (n == 0) return {0, 0};
        auto const [low, high] = std::minmax_element(v.array, v.array + n);
        return {*low, *high};
    }
    auto const b = bounds_of(v.kind, v.a, v.b);
    return {std::max(b.first, v.min), std::min(b.second, v.max)};
}

value_spec to_spec(parameter const& value, std::string const& object, std::string const& name, projection& p,
                   std::int64_t expected, double edges) {
    value_spec spec;
    auto nan = [&] {
        mistake const m{object, name, "NaN", "numbers", "look at where it comes from"};
        if (name == "delay") throw bad_delay(m);
        throw out_of_range(m);
    };
    auto array = [&](std::vector<double> v) {
        if (expected < 0)
            throw wrong_type(
                {object, name, "array", "a scalar or a distribution", "this rule takes no arrays"});
        if (std::int64_t(v.size()) != expected)
            throw wrong_size({object, name, fmt::format("{} values", v.size()),
                              fmt::format("{} values", expected), "give one for each connection"});
        for (auto const x : v)
            if (std::isnan(x)) nan();
        spec.kind = value_kind::array;
        spec.array = keep(p.arrays, std::move(v));
    };
    if (auto const* x = value.get<double>()) {
        spec.a = *x;
    } else if (auto const* i = value.get<std::int64_t>()) {
        spec.a = double(*i);
    } else if (auto const* v = value.get<std::vector<double>>()) {
        array(*v);
    } else if (auto const* w = value.get<std::vector<std::int64_t>>()) {
        array({w->begin(), w->end()});
    } else if (auto const* d = value.get<distribution>()) {
        check_distribution(*d, object, name, edges);
        spec = d->view();
        if (!d->program.empty()) spec.program = p.programs.emplace_back(d->program).data();
    } else {
        throw wrong_type({object, name, value.text(), "a number, an array or a distribution",
                          "it was given as " + value.type()});
    }
    if (spec.kind == value_kind::constant && std::isnan(spec.a)) nan();
    return spec;
}

}  // namespace ranvier
