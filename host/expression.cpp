#include "host/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ranvier {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
using interval = std::pair<double, double>;
constexpr interval anything{-infinity, infinity};

/// Programs of operands one after the other, each random variable with a number of its own.
void append(std::vector<instruction>& to, std::vector<instruction> const& more) {
    auto const begin = std::int32_t(to.size());
    auto const drawn = std::int32_t(std::count_if(
        to.begin(), to.end(), [](instruction const& i) { return i.what == operation::random; }));
    for (auto i : more) {
        if (i.what == operation::random) i.n += drawn;
        if (i.what == operation::redraw) i.n += begin;
        to.push_back(i);
    }
}

distribution made_of(std::vector<instruction> program) {
    distribution d(value_kind::expression, 0, 0);
    d.program = std::move(program);
    return d;
}
distribution combined(operation what, std::initializer_list<distribution const*> operands) {
    std::vector<instruction> program;
    for (auto const* x : operands) append(program, program_of(*x));
    program.push_back({what});
    return made_of(std::move(program));
}
distribution combined(operation what, distribution const& x, distribution const& y) {
    return combined(what, {&x, &y});
}

int operands_of(operation what) {
    if (what <= operation::random) return 0;
    return what < operation::exp ? 2 : what == operation::choose ? 3 : 1;
}

std::string text_of(value_kind kind, double a, double b) {
    switch (kind) {
        case value_kind::uniform:
            return fmt::format("uniform({}, {})", a, b);
        case value_kind::uniform_int:
            return fmt::format("uniform_int({})", a);
        case value_kind::normal:
            return fmt::format("normal({}, {})", a, b);
        case value_kind::lognormal:
            return fmt::format("lognormal({}, {})", a, b);
        case value_kind::exponential:
            return fmt::format("exponential({})", a);
        default:
            return fmt::format("{}", a);
    }
}
std::string text_of(instruction const& i, std::string const* x) {
    switch (i.what) {
        case operation::number:
            return fmt::format("{}", i.a);
        case operation::random:
            return text_of(i.kind, i.a, i.b);
        case operation::power:
            return fmt::format("pow({}, {})", x[0], x[1]);
        case operation::least:
            return fmt::format("min({}, {})", x[0], x[1]);
        case operation::largest:
            return fmt::format("max({}, {})", x[0], x[1]);
        case operation::exp:
            return fmt::format("exp({})", x[0]);
        case operation::sin:
            return fmt::format("sin({})", x[0]);
        case operation::cos:
            return fmt::format("cos({})", x[0]);
        case operation::redraw:
            return fmt::format("{}.redraw({}, {})", x[0], i.a, i.b);
        case operation::choose:
            return fmt::format("conditional({}, {}, {})", x[0], x[1], x[2]);
        default: {
            constexpr char const* signs[] = {"+", "-", "*", "/", "", "", "", "<", "<=", "==", "!="};
            return fmt::format("({} {} {})", x[0], signs[int(i.what) - int(operation::add)], x[1]);
        }
    }
}

interval hull(std::initializer_list<double> values) {
    for (auto const x : values)
        if (std::isnan(x)) return anything;
    return {std::min(values), std::max(values)};
}
interval product(interval x, interval y) {
    auto times = [](double a, double b) { return a == 0 || b == 0 ? 0 : a * b; };
    return hull({times(x.first, y.first), times(x.first, y.second), times(x.second, y.first),
                 times(x.second, y.second)});
}
interval power(interval x, interval n) {
    bool const one = n.first == n.second, whole = one && n.first == std::floor(n.first);
    auto const a = x.first, b = x.second, k = n.first;
    if (one && k == 0) return {1, 1};
    if (!one || (a < 0 && !whole) || (a <= 0 && b >= 0 && k < 0)) return anything;
    auto ends = hull({std::pow(a, k), std::pow(b, k)});
    if (a < 0 && b > 0 && std::fmod(k, 2) == 0) ends.first = 0;
    return ends;
}
interval truth(bool can_be_false, bool can_be_true) { return {can_be_false ? 0 : 1, can_be_true ? 1 : 0}; }

interval result(instruction const& i, interval const* x) {
    auto const [a, b] = x[0];
    auto const [c, d] = x[1];
    switch (i.what) {
        case operation::number:
            return {i.a, i.a};
        case operation::random:
            return bounds_of(i.kind, i.a, i.b);
        case operation::add:
            return hull({a + c, b + d});
        case operation::subtract:
            return hull({a - d, b - c});
        case operation::multiply:
            return product(x[0], x[1]);
        case operation::divide:
            return c <= 0 && d >= 0 ? anything : product(x[0], {1 / d, 1 / c});
        case operation::power:
            return power(x[0], x[1]);
        case operation::least:
            return {std::min(a, c), std::min(b, d)};
        case operation::largest:
            return {std::max(a, c), std::max(b, d)};
        case operation::less:
            return truth(b >= c, a < d);
        case operation::less_equal:
            return truth(b > c, a <= d);
        case operation::equal:
            return truth(!(a == b && c == d && a == c), a <= d && c <= b);
        case operation::unequal:
            return truth(a <= d && c <= b, !(a == b && c == d && a == c));
        case operation::exp:
            return {std::exp(a), std::exp(b)};
        case operation::redraw:
            return {std::max(a, i.a), std::min(b, i.b)};
        case operation::choose: {
            auto const& y = x[2];
            if (a > 0 || b < 0) return x[1];
            if (a == 0 && b == 0) return y;
            return {std::min(c, y.first), std::max(d, y.second)};
        }
        default:  // sin, cos
            return {-1, 1};
    }
}

/// f(instruction, operands) for all instructions; the result of the last. T: what stands for a number.
template <class T, class F> T follow(std::vector<instruction> const& program, F f) {
    std::vector<T> stack;
    for (auto const& i : program) {
        auto const n = std::size_t(operands_of(i.what));
        std::vector<T> operands(stack.end() - std::ptrdiff_t(n), stack.end());
        operands.resize(3);
        stack.resize(stack.size() - n);
        stack.push_back(f(i, operands.data()));
    }
    return stack.back();
}

}  // namespace

bool allowed(value_kind kind, double a, double b) {
    if (!std::isfinite(a) || !std::isfinite(b)) return false;
    switch (kind) {
        case value_kind::uniform:
            return a < b;
        case value_kind::uniform_int:
            return a >= 1 && a < 0x1p32 && a == std::floor(a);
        case value_kind::exponential:
            return a >= 0;
        default:
            return b >= 0;
    }
}

std::pair<double, double> bounds_of(value_kind kind, double a, double b) {
    constexpr double deviations = 9;  // of a normal number made from 53 bits
    switch (kind) {
        case value_kind::uniform:
            return {std::min(a, b), std::max(a, b)};
        case value_kind::uniform_int:
            return {0, a - 1};
        case value_kind::normal:
            return {a - deviations * b, a + deviations * b};
        case value_kind::lognormal:
            return {std::exp(a - deviations * b), std::exp(a + deviations * b)};
        case value_kind::exponential:
            return {0, 40 * a};
        default:
            return {a, a};
    }
}

std::vector<instruction> program_of(distribution const& d) {
    if (!d.program.empty()) return d.program;
    auto const& v = d.spec;
    if (v.kind == value_kind::constant) return {{operation::number, v.kind, 0, v.a, 0}};
    std::vector<instruction> p{{operation::random, v.kind, 0, v.a, v.b}};
    value_spec const open;
    if (v.min != open.min || v.max != open.max)
        p.push_back({operation::redraw, value_kind::constant, 0, v.min, v.max});
    return p;
}

std::string text_of(distribution const& d) {
    return follow<std::string>(program_of(d),
                               [](instruction const& i, std::string const* x) { return text_of(i, x); });
}

std::pair<double, double> bounds_of(std::vector<instruction> const& program) {
    return follow<interval>(program, [](instruction const& i, interval const* x) { return result(i, x); });
}

std::string fault_of(std::vector<instruction> const& program) {
    int depth = 0, most = 0, drawn = 0;
    bool redraws = false;
    for (auto const& i : program) {
        depth += 1 - operands_of(i.what);
        most = std::max(most, depth);
        if (i.what == operation::number && !std::isfinite(i.a)) return "numbers that are finite";
        if (i.what == operation::redraw && !(i.a <= i.b)) return "redraw: min <= max";
        redraws |= i.what == operation::redraw;
        if (i.what != operation::random) continue;
        ++drawn;
        if (!allowed(i.kind, i.a, i.b))
            return "uniform: min < max; uniform_int: 1 ... 2^32 - 1; std and scale >= 0; finite numbers";
    }
    if (most > max_expression_depth)
        return fmt::format("at most {} numbers in waiting", max_expression_depth);
    if (drawn > max_random_variables) return fmt::format("at most {} random variables", max_random_variables);
    if (!redraws) return {};
    // Each program up to a redraw, without those before it, which are reached if these are.
    for (std::size_t i = 0; i < program.size(); ++i) {
        if (program[i].what != operation::redraw) continue;
        auto part =
            std::vector<instruction>(program.begin() + program[i].n, program.begin() + std::ptrdiff_t(i));
        for (auto& x : part)
            if (x.what == operation::redraw) x.n -= program[i].n;
        constexpr int trials = 4000;
        int reached = 0;
        for (std::uint32_t t = 0; t < trials; ++t) {
            auto const x = evaluate(part.data(), std::int32_t(part.size()), key{1, 2}, t, 0);
            reached += x.ok && x.value >= program[i].a && x.value <= program[i].b;
        }
        if (reached < trials / 50) return "redraw bounds that one draw in fifty reaches";
    }
    return {};
}

distribution distribution::redraw(double min, double max) const {
    auto d = *this;
    value_spec const open;
    bool const again = spec.min != open.min || spec.max != open.max;
    if (program.empty() && spec.kind != value_kind::constant && !again) {
        d.spec.min = min, d.spec.max = max;
        return d;
    }
    auto p = program_of(*this);
    p.push_back({operation::redraw, value_kind::constant, 0, min, max});
    return made_of(std::move(p));
}

using D = distribution const&;
distribution operator+(D x, D y) { return combined(operation::add, x, y); }
distribution operator-(D x, D y) { return combined(operation::subtract, x, y); }
distribution operator*(D x, D y) { return combined(operation::multiply, x, y); }
distribution operator/(D x, D y) { return combined(operation::divide, x, y); }
distribution operator-(D x) { return combined(operation::subtract, 0, x); }
distribution operator<(D x, D y) { return combined(operation::less, x, y); }
distribution operator<=(D x, D y) { return combined(operation::less_equal, x, y); }
distribution operator>(D x, D y) { return combined(operation::less, y, x); }
distribution operator>=(D x, D y) { return combined(operation::less_equal, y, x); }
distribution operator==(D x, D y) { return combined(operation::equal, x, y); }
distribution operator!=(D x, D y) { return combined(operation::unequal, x, y); }
distribution pow(D x, double exponent) { return combined(operation::power, x, exponent); }
distribution exp(D x) { return combined(operation::exp, {&x}); }
distribution sin(D x) { return combined(operation::sin, {&x}); }
distribution cos(D x) { return combined(operation::cos, {&x}); }
distribution min(D x, D y) { return combined(operation::least, x, y); }
distribution max(D x, D y) { return combined(operation::largest, x, y); }
distribution conditional(D condition, D then, D otherwise) {
    return combined(operation::choose, {&condition, &then, &otherwise});
}

}  // namespace ranvier
