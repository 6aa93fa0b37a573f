// Values of weights, delays and initial parameters: pure functions of (specification, key, row, k).
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
    exponential
};

// What a and b mean:  constant: value a.  array: nothing.  uniform: [a, b).  uniform_int: 0 ... a-1 (a
// integer, 1 <= a < 2^32).  normal: mean a, std b >= 0.  lognormal: mean and std of the log.  exponential:
// scale a. Outside [min, max] a random value is redrawn (at most max_attempts times). Unit: that of the
// parameter.
struct value_spec {
    value_kind kind = value_kind::constant;
    double a = 0;
    double b = 0;
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
    double const* array = nullptr;  // [array_index], not owned
};

struct drawn_value {
    double value;
    bool ok;  // false: no draw fell into [min, max]; value is the last one
};

// One draw from the four words of a call; all kinds but constant and array.
RANVIER_FN double random_value(value_spec const& spec, words const& r) {
    switch (spec.kind) {
        case value_kind::uniform: {
            auto const x = spec.a + (spec.b - spec.a) * uniform_53(r.w[0], r.w[1]);
            return x < spec.b ? x : spec.a;  // rounding must not reach b
        }
        case value_kind::normal:
            return spec.a + spec.b * standard_normal(r);
        case value_kind::lognormal:
            return math::exp(spec.a + spec.b * standard_normal(r));
        case value_kind::exponential:
            return spec.a * standard_exponential(r);
        default:
            return spec.a;
    }
}

// Attempt n uses call n of counter (row, k). Row and k identify the value: (target or source index, draw) for
// edges (value_row in edges.h), (node index, 0) for initial values. `array_index` is read for arrays only.
RANVIER_CALL drawn_value value(value_spec const& spec, key key_of, std::uint32_t row, std::uint64_t k,
                               std::int64_t array_index = 0) {
    if (spec.kind == value_kind::constant) return {spec.a, true};
    if (spec.kind == value_kind::array) return {spec.array[array_index], true};
    double x = 0;
    for (int attempt = 0; attempt <= max_attempts; ++attempt) {
        auto const call = static_cast<std::uint32_t>(attempt);
        if (spec.kind == value_kind::uniform_int) {
            // Rejected words continue at calls beyond those of the attempts: 2^20 calls to each attempt.
            draws words_of{key_of, row, k, call << 20};
            x = uniform_below(static_cast<std::uint32_t>(spec.a), words_of);
        } else {
            x = random_value(spec, philox(key_of, row, k, call));
        }
        if (x >= spec.min && x <= spec.max) return {x, true};
    }
    return {x, false};
}

}  // namespace ranvier
