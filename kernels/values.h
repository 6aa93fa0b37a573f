// Values of weights, delays and initial parameters: pure functions of (specification, key, row, k).
#pragma once

#include "kernels/expression.h"
#include "kernels/random.h"
#include "models/function.h"

#include <cstdint>
#include <limits>

namespace ranvier {

// What a and b mean:  constant: value a.  array: nothing.  uniform: [a, b).  uniform_int: 0 ... a-1 (a
// integer, 1 <= a < 2^32).  normal: mean a, std b >= 0.  lognormal: mean and std of the log.  exponential:
// scale a. Outside [min, max] a random value is redrawn (at most max_attempts times).  expression: nothing.
// Unit: that of the parameter.
struct value_spec {
    value_kind kind = value_kind::constant;
    double a = 0;
    double b = 0;
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    double const* array = nullptr;         // [array_index], not owned
    instruction const* program = nullptr;  // [length], not owned
    std::int32_t length = 0;
};

// Attempt n uses call n of counter (row, k). Row and k identify the value: (target or source index, draw) for
// edges (value_row in edges.h), (node index, 0) for initial values. `array_index` is read for arrays only.
RANVIER_CALL drawn_value value(value_spec const& spec, key key_of, std::uint32_t row, std::uint64_t k,
                               std::int64_t array_index = 0) {
    if (spec.kind == value_kind::constant) return {spec.a, true};
    if (spec.kind == value_kind::array) return {spec.array[array_index], true};
    if (spec.kind == value_kind::expression) return evaluate(spec.program, spec.length, key_of, row, k);
    double x = 0;
    for (int attempt = 0; attempt <= max_attempts; ++attempt) {
        x = random_value(spec.kind, spec.a, spec.b, key_of, row, k, static_cast<std::uint32_t>(attempt));
        if (x >= spec.min && x <= spec.max) return {x, true};
    }
    return {x, false};
}

}  // namespace ranvier
