// Input sums are 64-bit integers, so that the order of additions cannot matter. Both conversions are plain
// bit operations and one rounded addition, so that they vectorise without 64-bit convert instructions.
#pragma once
#include <bit>
#include <cstdint>

#include "models/function.h"

namespace ranvier {

/// Largest |value * scale| that to_fixed takes.
constexpr double fixed_limit = 0x1p51;

/// value * scale to the nearest integer, ties to even; |value * scale| < fixed_limit.
RANVIER_FN std::int64_t to_fixed(double value, double scale) {
    constexpr double anchor = 0x1.8p52;
    return std::bit_cast<std::int64_t>(value * scale + anchor) - std::bit_cast<std::int64_t>(anchor);
}

/// double(q) * unit, the integer correctly rounded first.
RANVIER_FN double from_fixed(std::int64_t q, double unit) {
    auto const bits = static_cast<std::uint64_t>(q);
    auto const high = std::bit_cast<double>((bits >> 32) ^ 0x4530000080000000u);  // 2^84 + 2^63 + high part
    auto const low = std::bit_cast<double>((bits & 0xffffffffu) | 0x4330000000000000u);  // 2^52 + low part
    return ((high - 0x1.00000801p84) + low) * unit;  // the constant: 2^84 + 2^63 + 2^52
}

}  // namespace ranvier
