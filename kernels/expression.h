// Expressions of random variables (connectivity.md, 4): programs for a stack of numbers, evaluated from
// counters. Every occurrence of a random variable draws for itself.
#pragma once
#include "kernels/distributions.h"
#include "kernels/random.h"
#include "models/function.h"

#include <cstdint>
#include <limits>

namespace ranvier {

enum class value_kind : std::int32_t {
    constant,
    array,
    uniform,
    uniform_int,
    normal,
    lognormal,
    exponential,
    expression
};

enum class operation : std::int32_t {
    number,  // pushes a
    random,  // pushes a draw of `kind` with a and b; n is its number among all of the expression
    // Take two numbers, the upper one second:
    add,
    subtract,
    multiply,
    divide,
    power,
    least,
    largest,
    less,  // comparisons: 1 or 0
    less_equal,
    equal,
    unequal,
    // Take one number:
    exp,
    sin,
    cos,
    redraw,  // if it is not in [a, b], the program goes on at instruction n, which begins what made it
    choose   // takes three: whether, then, otherwise
};

struct instruction {
    operation what = operation::number;
    value_kind kind = value_kind::constant;
    std::int32_t n = 0;
    double a = 0, b = 0;
};

/// Numbers on the stack, at most; random variables in an expression, at most.
inline constexpr int max_expression_depth = 16, max_random_variables = 8191;

struct drawn_value {
    double value;
    bool ok;  // false: no draw fell into the bounds; value is the last one
};

// One draw from the four words of a call; uniform, normal, lognormal and exponential (values.h).
RANVIER_FN double random_value(value_kind kind, double a, double b, words const& r) {
    switch (kind) {
        case value_kind::uniform: {
            auto const x = a + (b - a) * uniform_53(r.w[0], r.w[1]);
            return x < b ? x : a;  // rounding must not reach b
        }
        case value_kind::normal:
            return a + b * standard_normal(r);
        case value_kind::lognormal:
            return math::exp(a + b * standard_normal(r));
        case value_kind::exponential:
            return a * standard_exponential(r);
        default:
            return a;
    }
}
// Attempt n uses call n of counter (row, k).
RANVIER_FN double random_value(value_kind kind, double a, double b, key key_of, std::uint32_t row,
                               std::uint64_t k, std::uint32_t attempt) {
    if (kind != value_kind::uniform_int) return random_value(kind, a, b, philox(key_of, row, k, attempt));
    // Rejected words continue at calls beyond those of the attempts: 2^20 calls to each attempt.
    draws words_of{key_of, row, k, attempt << 20};
    return uniform_below(static_cast<std::uint32_t>(a), words_of);
}

RANVIER_FN double apply(operation what, double x, double y) {
    switch (what) {
        case operation::add:
            return x + y;
        case operation::subtract:
            return x - y;
        case operation::multiply:
            return x * y;
        case operation::divide:
            return x / y;
        case operation::power:
            return math::pow(x, y);
        case operation::least:
            return y < x ? y : x;
        case operation::largest:
            return y > x ? y : x;
        case operation::less:
            return x < y;
        case operation::less_equal:
            return x <= y;
        case operation::equal:
            return x == y;
        default:
            return x != y;
    }
}
RANVIER_FN double apply(operation what, double x) {
    return what == operation::exp ? math::exp(x) : what == operation::sin ? math::sin(x) : math::cos(x);
}

// Random variable m uses counter (row, k + (m + 1) 2^50), k < 2^50; after each redraw its next call. All
// redraws of an expression together are at most max_attempts.
RANVIER_CALL drawn_value evaluate(instruction const* program, std::int32_t n, key key_of, std::uint32_t row,
                                  std::uint64_t k) {
    double stack[max_expression_depth] = {};
    int top = -1;
    std::uint32_t attempt = 0;
    bool ok = true;
    for (std::int32_t i = 0; i < n; ++i) {
        auto const& c = program[i];
        if (c.what == operation::number) {
            stack[++top] = c.a;
        } else if (c.what == operation::random) {
            stack[++top] = random_value(c.kind, c.a, c.b, key_of, row,
                                        k + (static_cast<std::uint64_t>(c.n + 1) << 50), attempt);
        } else if (c.what == operation::redraw) {
            if (stack[top] >= c.a && stack[top] <= c.b) continue;
            if (attempt == max_attempts) {
                ok = false;
                continue;
            }
            ++attempt, --top;
            i = c.n - 1;
        } else if (c.what == operation::choose) {
            top -= 2;
            stack[top] = stack[top] != 0 ? stack[top + 1] : stack[top + 2];
        } else if (c.what >= operation::exp) {
            stack[top] = apply(c.what, stack[top]);
        } else {
            --top;
            stack[top] = apply(c.what, stack[top], stack[top + 1]);
        }
    }
    return {stack[0], ok};
}

}  // namespace ranvier
