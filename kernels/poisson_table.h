// Poisson numbers of a constant mean by inversion of a cumulative table: one 32-bit word each, yet with the
// resolution of 64 bits, as the rare word that meets a threshold is continued by another.
#pragma once

#include "kernels/random.h"
#include "models/function.h"

#include <cmath>
#include <cstdint>
#include <vector>

namespace ranvier {

// Thresholds of one mean: count(u) = first + #{r : T[r] <= u} for u uniform on 64-bit integers, T[r] =
// round(2^64 P(X <= first + r)). Counts of probability below 2^-64 do not occur.
struct poisson_table_view {
    std::uint32_t const* high;  // [n + 1] high words of T, ascending; then 2^32 - 1
    std::uint32_t const* low;   // [n] low words
    std::int32_t n;
    std::int32_t begin, end;  // thresholds with 0 < high < 2^32 - 1: what a 32-bit word can tell apart
    std::int32_t first;
};

struct poisson_table {
    std::vector<std::uint32_t> high, low;
    std::int32_t begin = 0, end = 0, first = 0;

    poisson_table_view view() const {
        return {high.data(), low.data(), static_cast<std::int32_t>(low.size()), begin, end, first};
    }
};

// counts[i] from words[i] for a block of lanes; the number of thresholds may be anything, up to about 100 it
// is the fastest way. True if some word equals a high word (probability about n (end - begin) / 2^32): then
// these lanes, or all, must be redone by poisson_count. No branches; both loops vectorise.
template <int n> RANVIER_FN bool poisson_block(poisson_table_view const& t, std::uint32_t const (&word)[n],
                                               std::int32_t (&count)[n]) {
    auto const* const high = t.high + t.begin;
    auto const thresholds = t.end - t.begin;
    std::int32_t biased[n];  // orders as signed as the word does as unsigned
    std::int32_t above[n];
#pragma omp simd
    for (int i = 0; i < n; ++i) {
        biased[i] = static_cast<std::int32_t>(word[i] ^ 0x80000000u);
        above[i] = 0;
    }
    for (std::int32_t r = 0; r < thresholds; ++r) {
        auto const threshold = static_cast<std::int32_t>(high[r] ^ 0x80000000u);
#pragma omp simd
        for (int i = 0; i < n; ++i) above[i] -= threshold < biased[i] ? -1 : 0;
    }
    std::uint32_t ties = 0;
#pragma omp simd reduction(| : ties)
    for (int i = 0; i < n; ++i) {
        ties |= (high[above[i]] == word[i] ? 1u : 0u) | (word[i] == 0 ? 1u : 0u);
        count[i] = above[i] + t.first + t.begin;
    }
    return ties != 0;
}

struct quick_count {
    std::int32_t count;
    bool tie;
};

// The same for one word, by binary search.
RANVIER_FN quick_count poisson_search(poisson_table_view const& t, std::uint32_t word) {
    auto from = t.begin;
    for (auto length = t.end - t.begin; length > 0;) {
        auto const half = (length + 1) / 2;
        from = t.high[from + half - 1] < word ? from + half : from;
        length -= half;
    }
    return {t.first + from, word == 0 || t.high[from] == word};
}

// The count of u = (word, next), always right.
RANVIER_FN std::int32_t poisson_count(poisson_table_view const& t, std::uint32_t word, std::uint32_t next) {
    auto const u = (std::uint64_t{word} << 32) | next;
    std::int32_t from = 0;
    for (auto to = t.n; from < to;) {
        auto const middle = from + (to - from) / 2;
        auto const threshold = (std::uint64_t{t.high[middle]} << 32) | t.low[middle];
        if (threshold <= u) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return t.first + from;
}

// Words of a constant-rate drive: step s of draw d (< 2^31, the edge's ordinal at its target) takes word s
// mod 4 of call d at index s / 4; ties are broken by a call of their own.
RANVIER_FN words poisson_words(key k, std::uint32_t id, std::int64_t step, std::uint32_t draw) {
    return philox(k, id, static_cast<std::uint64_t>(step) >> 2, draw);
}
RANVIER_FN std::uint32_t poisson_tie_word(key k, std::uint32_t id, std::int64_t step, std::uint32_t draw) {
    return philox(k, id, static_cast<std::uint64_t>(step), draw | 0x80000000u).w[0];
}
RANVIER_FN std::int32_t poisson_at(poisson_table_view const& t, key k, std::uint32_t id, std::int64_t step,
                                   std::uint32_t draw) {
    auto const r = poisson_words(k, id, step, draw);
    auto const word = r.w[step & 3];
    auto const quick = poisson_search(t, word);
    return quick.tie ? poisson_count(t, word, poisson_tie_word(k, id, step, draw)) : quick.count;
}

namespace table_detail {

// Sums of two doubles: about 106 bits (Dekker, Numer. Math. 18:224, 1971).
struct sum2 {
    double high, low;
};
inline sum2 normalised(double high, double low) {
    auto const sum = high + low;
    return {sum, low - (sum - high)};
}
inline sum2 plus(sum2 a, sum2 b) {
    auto const sum = a.high + b.high;
    auto const of_b = sum - a.high;
    auto const error = (a.high - (sum - of_b)) + (b.high - of_b);
    return normalised(sum, error + (a.low + b.low));
}
inline sum2 times(sum2 a, double b) {
    auto const product = a.high * b;
    return normalised(product, std::fma(a.high, b, -product) + a.low * b);
}
inline sum2 over(sum2 a, sum2 b) {
    auto const q = a.high / b.high;
    auto const rest = (std::fma(-q, b.high, a.high) + a.low) - q * b.low;
    return normalised(q, rest / b.high);
}

// Poisson weights relative to the largest, from the lowest count on, as far as they exceed 2^-90.
struct poisson_weights {
    std::int64_t first;
    std::vector<sum2> w;
};
inline poisson_weights weights_of(double mean) {
    auto const mode = static_cast<std::int64_t>(std::floor(mean));
    std::vector<sum2> below;
    sum2 w{1, 0};
    for (auto k = mode; k > 0 && w.high > 0x1p-90; --k) {
        w = over(times(w, static_cast<double>(k)), {mean, 0});
        below.push_back(w);
    }
    poisson_weights all{mode - static_cast<std::int64_t>(below.size()), {below.rbegin(), below.rend()}};
    w = {1, 0};
    for (auto k = mode; w.high > 0x1p-90;) {
        all.w.push_back(w);
        w = over(times(w, mean), {static_cast<double>(++k), 0});
    }
    return all;
}

}  // namespace table_detail

// Host only. 0 <= mean <= 2e9; about 18 sqrt(mean) + 30 thresholds.
inline poisson_table make_poisson_table(double mean) {
    using namespace table_detail;
    auto const weights = weights_of(mean);
    sum2 total{0, 0};
    for (auto const& w : weights.w) total = plus(total, w);
    poisson_table t;
    t.first = static_cast<std::int32_t>(weights.first);
    sum2 cumulative{0, 0};
    for (auto const& w : weights.w) {
        cumulative = plus(cumulative, w);
        auto const scaled = times(over(cumulative, total), 0x1p64);
        auto const whole = std::floor(scaled.high < 0x1p64 ? scaled.high : 0x1p64);
        auto const rest = std::floor((scaled.high - whole) + scaled.low + 0.5);
        if (whole == 0x1p64 && rest >= 0) break;
        auto const of_whole = whole == 0x1p64 ? std::uint64_t{0} : static_cast<std::uint64_t>(whole);
        auto const threshold = of_whole + static_cast<std::uint64_t>(static_cast<std::int64_t>(rest));
        if (threshold == 0) {
            ++t.first;
            continue;
        }
        auto const high = static_cast<std::uint32_t>(threshold >> 32);
        t.begin += high == 0;
        t.end += high != 0xFFFFFFFFu;
        t.high.push_back(high);
        t.low.push_back(static_cast<std::uint32_t>(threshold));
    }
    t.high.push_back(0xFFFFFFFFu);
    return t;
}

}  // namespace ranvier
