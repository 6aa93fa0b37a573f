// Numbers that carry their unit in the type. Each is eight bytes, so records of them have no padding.
#pragma once
#include <bit>
#include <cstdint>

#include "models/function.h"

namespace ranvier {

/// A value of type T with unit Unit. Converts both ways; arithmetic is that of T.
template <class Unit, class T = double> struct quantity {
    using unit = Unit;
    using representation = T;
    T value{};
    constexpr quantity() = default;
    RANVIER_FN constexpr quantity(T v) : value(v) {}
    RANVIER_FN constexpr operator T() const { return value; }
};

namespace units {
struct mV {
    static constexpr char text[] = "mV";
};
struct ms {
    static constexpr char text[] = "ms";
};
struct pF {
    static constexpr char text[] = "pF";
};
struct nS {
    static constexpr char text[] = "nS";
};
struct nS_per_ms {
    static constexpr char text[] = "nS/ms";
};
struct pA {
    static constexpr char text[] = "pA";
};
struct pA_per_ms {
    static constexpr char text[] = "pA/ms";
};
struct Hz {
    static constexpr char text[] = "1/s";
};
struct Hz_per_mV {
    static constexpr char text[] = "1/(s mV)";
};
struct per_mV {
    static constexpr char text[] = "1/mV";
};
struct per_ms {
    static constexpr char text[] = "1/ms";
};
struct per_pF {
    static constexpr char text[] = "1/pF";
};
struct deg {
    static constexpr char text[] = "deg";
};
struct one {
    static constexpr char text[] = "";
};
struct step {
    static constexpr char text[] = "steps";
};
struct logical {
    static constexpr char text[] = "bool";
};
}  // namespace units

using mV = quantity<units::mV>;
using ms = quantity<units::ms>;
using pF = quantity<units::pF>;
using nS = quantity<units::nS>;
using nS_per_ms = quantity<units::nS_per_ms>;
using pA = quantity<units::pA>;
using pA_per_ms = quantity<units::pA_per_ms>;
using Hz = quantity<units::Hz>;
using Hz_per_mV = quantity<units::Hz_per_mV>;
using per_mV = quantity<units::per_mV>;
using per_ms = quantity<units::per_ms>;
using deg = quantity<units::deg>;
using real = quantity<units::one>;
using integer = quantity<units::one, std::int64_t>;
using steps = quantity<units::step, std::int64_t>;
using flag = quantity<units::logical, std::int64_t>;

/// a if condition, else b, both evaluated. By bits, because compilers turn `?:` back into branches, and loops
/// over neurons with branches do not vectorise.
RANVIER_FN constexpr std::int64_t select(bool condition, std::int64_t a, std::int64_t b) {
    auto const mask = -std::int64_t(condition);
    return (a & mask) | (b & ~mask);
}
RANVIER_FN constexpr double select(bool condition, double a, double b) {
    return std::bit_cast<double>(
        select(condition, std::bit_cast<std::int64_t>(a), std::bit_cast<std::int64_t>(b)));
}
RANVIER_FN constexpr double larger(double a, double b) { return a < b ? b : a; }
RANVIER_FN constexpr double smaller(double a, double b) { return b < a ? b : a; }

/// An integer 0 <= n < 2^52 as a double: bit operations vectorise where conversions do not.
RANVIER_FN constexpr double to_double(std::int64_t n) {
    return std::bit_cast<double>(n | 0x4330000000000000) - 0x1p52;
}

/// Steps of h ms that a duration takes: to the nearest microsecond, then up to the grid (time_and_events.md,
/// 1). More than 1e12 ms, 30 years, counts as that.
constexpr std::int64_t duration_steps(double duration_ms, double h) {
    auto const tics = std::int64_t(smaller(duration_ms, 1e12) * 1000 + 0.5);
    auto const tics_per_step = std::int64_t(h * 1000 + 0.5);
    return (tics + tics_per_step - 1) / tics_per_step;
}
/// The same, at least one.
constexpr std::int64_t whole_steps(double duration_ms, double h) {
    auto const n = duration_steps(duration_ms, h);
    return n < 1 ? 1 : n;
}

}  // namespace ranvier
