// Distributions from words. Each is a pure function of its words: the same bits on every processor. Where the
// number of words varies they come from a `Draws` sequence (random.h) of the caller's own counter.
#pragma once

#include "kernels/math.h"
#include "kernels/poisson_table.h"
#include "kernels/random.h"
#include "models/function.h"

#include <cmath>
#include <cstdint>

namespace ranvier {

// ---- continuous; fixed number of words
// ----------------------------------------------------------------------

struct normal_pair {
    double first, second;
};

// Two independent standard normal numbers from the four words of a call (Box and Muller, Ann. Math. Stat.
// 1958).
RANVIER_FN normal_pair standard_normal_pair(words const& r) {
    auto const radius = std::sqrt(-2.0 * math::log(uniform_open(r.w[0], r.w[1])));
    auto const angle = 6.283185307179586 * uniform_53(r.w[2], r.w[3]);
    return {radius * math::cos(angle), radius * math::sin(angle)};
}

// The first of the pair: four words, one number. |x| < 8.6.
RANVIER_FN double standard_normal(words const& r) {
    auto const radius = std::sqrt(-2.0 * math::log(uniform_open(r.w[0], r.w[1])));
    return radius * math::cos(6.283185307179586 * uniform_53(r.w[2], r.w[3]));
}

// Mean 1; words 0 and 1.
RANVIER_FN double standard_exponential(words const& r) { return -math::log(uniform_open(r.w[0], r.w[1])); }

// ---- log probabilities
// --------------------------------------------------------------------------------------

// log k! - (k log k - k + log(2 pi k) / 2), k >= 1; error below 1e-16.
RANVIER_FN double stirling_correction(double k) {
    constexpr double small[] = {0,
                                0.081061466795327261,
                                0.041340695955409297,
                                0.027677925684998338,
                                0.020790672103765093,
                                0.016644691189821193,
                                0.013876128823070748,
                                0.01189670994589177,
                                0.010411265261972096,
                                0.0092554621827127329,
                                0.0083305634333628708,
                                0.0075736754879518406,
                                0.0069428401072095299,
                                0.0064089941880042071,
                                0.0059513701127588475,
                                0.0055547335519628011};
    if (k < 16) return small[static_cast<int>(k)];
    auto const r = 1 / (k * k);
    return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188))))) / k;
}

// x log(x / m) - dev for dev = x - m, without cancellation; x, m > 0 (Loader: Fast and accurate computation
// of binomial probabilities, 2000; his bd0, with a fixed number of terms).
RANVIER_FN double deviance(double x, double m, double dev) {
    auto const v = dev / (x + m);
    if (v > 0.1 || v < -0.1) return x * math::log(x / m) - dev;
    auto const v2 = v * v;
    double sum = 0;
    for (int j = 9; j >= 1; --j) sum = v2 * (sum + 1.0 / (2 * j + 1));
    return dev * v + 2 * x * v * sum;
}

// Log of the Poisson probability of x at mean m > 0. `dev` = x - m is given, as for large x the difference of
// the rounded numbers would be meaningless. Binomial and hypergeometric probabilities are sums of these.
RANVIER_FN double log_poisson(double x, double m, double dev) {
    if (x <= 0) return -m;
    return -stirling_correction(x) - deviance(x, m, dev) - 0.5 * math::log(6.283185307179586 * x);
}

// ---- discrete; rejection
// ------------------------------------------------------------------------------------

// Integers d in [lowest, highest] with log probability log_p(d) (up to a constant), largest at `mode`; mean
// and variance as of d. Ratio of uniforms (Stadlober: Sampling from Poisson, binomial and hypergeometric
// distributions, 1989; its hat holds for these three); accepts about 3 of 4 pairs of uniforms.
template <class Draws, class LogP>
RANVIER_FN std::int64_t ratio_of_uniforms(Draws& from, double mean, double variance, std::int64_t mode,
                                          std::int64_t lowest, std::int64_t highest, LogP log_p) {
    auto const hat = 1.7155277699214135 * std::sqrt(variance + 0.5) + 0.8989161620588988;
    auto const bound = 64 * (std::sqrt(variance) + 1);  // beyond: probability < 1e-100, and no int64 overflow
    auto const peak = log_p(mode);
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto const x = from.uniform_open();
        auto const w = mean + 0.5 + hat * (from.uniform() - 0.5) / x;
        if (!(w > -bound && w < bound)) continue;
        auto const d = static_cast<std::int64_t>(std::floor(w));
        if (d < lowest || d > highest) continue;
        auto const t = log_p(d) - peak;
        if (x * (4 - x) - 3 <= t) return d;
        if (x * (x - t) >= 1) continue;
        if (2 * math::log(x) <= t) return d;
    }
    return mode;  // probability < 1e-500
}

// Inversion by adding up probabilities from p0 = P(0); next(k) = P(k) / P(k-1). For means below 10.
template <class Draws, class Next>
RANVIER_FN std::int64_t sequential_inversion(Draws& from, double p0, std::int64_t highest, Next next) {
    auto const last = highest < 200 ? highest : 200;
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto u = from.uniform();
        auto p = p0;
        for (std::int64_t k = 0; k <= last; ++k) {
            if (u < p) return k;
            u -= p;
            p *= next(k + 1);
        }
    }
    return 0;
}

// n * p to more than double precision: n p = whole - rest, |rest| < 2. 0 <= n <= 2^62.
struct split_product {
    std::int64_t whole;
    double rest;
};
RANVIER_FN split_product exact_product(std::int64_t n, double p) {
    auto const high = static_cast<double>(n >> 31) * 2147483648.0;
    auto const low = static_cast<double>(n & 0x7fffffff);
    auto const a = high * p;
    auto const b = low * p;
    auto const a_whole = std::floor(a);
    auto const b_whole = std::floor(b);
    auto const rest = (a_whole - a) - std::fma(high, p, -a) + (b_whole - b) - std::fma(low, p, -b);
    return {static_cast<std::int64_t>(a_whole) + static_cast<std::int64_t>(b_whole), rest};
}

// Successes in n trials of probability p. 0 <= n <= 2^62, 0 <= p <= 1.
template <class Draws> RANVIER_CALL std::int64_t binomial(Draws& from, std::int64_t n, double p) {
    if (n <= 0 || !(p > 0)) return 0;
    if (p >= 1) return n;
    bool const mirrored = p > 0.5;
    if (mirrored) p = 1 - p;
    auto const q = 1 - p;
    auto const size = static_cast<double>(n);
    std::int64_t k = 0;
    if (size * p < 10) {
        auto const odds = p / q;
        k = sequential_inversion(from, math::exp(size * math::log1p(-p)), n, [=](std::int64_t i) {
            return odds * static_cast<double>(n - i + 1) / static_cast<double>(i);
        });
    } else {
        auto const center = exact_product(n, p);
        auto const mode = static_cast<std::int64_t>(std::floor(p - center.rest));
        k = center.whole +
            ratio_of_uniforms(from, -center.rest, size * p * q, mode, -center.whole, n - center.whole,
                              [=](std::int64_t d) {
                                  auto const x = center.whole + d;
                                  auto const dev = static_cast<double>(d) + center.rest;
                                  return log_poisson(static_cast<double>(x), size * p, dev) +
                                         log_poisson(static_cast<double>(n - x), size * q, -dev);
                              });
    }
    return mirrored ? n - k : k;
}

// Poisson number of any mean <= 2^61 that changes from draw to draw; where it is constant use poisson_table.
template <class Draws> RANVIER_CALL std::int64_t poisson(Draws& from, double mean) {
    if (!(mean > 0)) return 0;
    if (mean < 10) {
        return sequential_inversion(from, math::exp(-mean), 200,
                                    [=](std::int64_t i) { return mean / static_cast<double>(i); });
    }
    auto const whole = static_cast<std::int64_t>(std::floor(mean));
    auto const rest = static_cast<double>(whole) - mean;
    auto const d = ratio_of_uniforms(from, -rest, mean, 0, -whole, whole + 4096, [=](std::int64_t i) {
        return log_poisson(static_cast<double>(whole + i), mean, static_cast<double>(i) + rest);
    });
    return whole + d;
}

// Members of a set of `marked` among `chosen` elements drawn without replacement from `total`. 0 <= marked,
// chosen <= total < 2^31.
template <class Draws> RANVIER_CALL std::int64_t hypergeometric(Draws& from, std::int64_t total,
                                                                std::int64_t marked, std::int64_t chosen) {
    bool const mirrored = chosen > total - chosen;  // what is left out instead
    auto const n = mirrored ? total - chosen : chosen;
    std::int64_t k = 0;
    if (n <= 16) {
        for (std::int64_t i = 0; i < n; ++i) {
            k += uniform_below(static_cast<std::uint32_t>(total - i), from) < marked - k;
        }
    } else if (marked >= total) {
        k = n;
    } else if (marked > 0) {
        auto const unmarked = total - marked;
        auto const whole = marked * n / total;
        auto const size = static_cast<double>(total);
        auto const rest = -static_cast<double>(marked * n % total) / size;  // whole - mean
        auto const p = static_cast<double>(n) / size;
        auto const q = static_cast<double>(total - n) / size;
        auto const m = static_cast<double>(marked);
        auto const u = static_cast<double>(unmarked);
        auto const mode = (marked + 1) * (n + 1) / (total + 2) - whole;
        auto const highest = (n < marked ? n : marked) - whole;
        auto const lowest = (n > unmarked ? n - unmarked : 0) - whole;
        auto const variance = m * p * q * u / (size - 1);
        k = whole + ratio_of_uniforms(from, -rest, variance, mode, lowest, highest, [=](std::int64_t d) {
                auto const dev = static_cast<double>(d) + rest;
                auto const x = static_cast<double>(whole + d);
                auto const y = static_cast<double>(n) - x;
                return log_poisson(x, m * p, dev) + log_poisson(m - x, m * q, -dev) +
                       log_poisson(y, u * p, -dev) + log_poisson(u - y, u * q, dev);
            });
    }
    return mirrored ? marked - k : k;
}

// Failures before the first success, given 1 / log(1 - p), 0 < p < 1; at most 2^62. For p = 1 pass -0.0.
template <class Draws> RANVIER_FN std::int64_t geometric(Draws& from, double inverse_log_q) {
    auto const skip = math::log(from.uniform_open()) * inverse_log_q;
    return skip < 0x1p62 ? static_cast<std::int64_t>(skip) : std::int64_t{1} << 62;
}

}  // namespace ranvier
