// Philox words, conversions, streams, and unbiased indices.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "kernels/random.h"
#include "tests/statistics_for_tests.h"

namespace ranvier {
namespace {

using four = std::array<std::uint32_t, 4>;

four as_array(words const& r) { return {r.w[0], r.w[1], r.w[2], r.w[3]}; }

four random123(key k, four const& c) {
    auto const r = r123::Philox4x32()({{c[0], c[1], c[2], c[3]}}, {{k.seed, k.stream}});
    return {r[0], r[1], r[2], r[3]};
}

// kat_vectors of Random123, "philox4x32 10".
TEST(Philox, KnownAnswers) {
    EXPECT_EQ(as_array(philox({0, 0}, 0, 0, 0, 0)), (four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    constexpr auto ones = 0xffffffffu;
    EXPECT_EQ(as_array(philox({ones, ones}, ones, ones, ones, ones)),
              (four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(as_array(philox({0xa4093822, 0x299f31d0}, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344)),
              (four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Counters and keys from a linear congruential generator: nothing in common with what is tested.
template <class F> int equal_to_random123(F of) {
    std::uint64_t state = 1;
    auto const next = [&] {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::uint32_t>(state >> 32);
    };
    int equal = 0;
    for (int n = 0; n < 10000; ++n) {
        key const k{next(), next()};
        four const c{next(), next(), next(), next()};
        equal += as_array(of(k, c)) == random123(k, c);
    }
    return equal;
}

TEST(Philox, EqualsRandom123) {
    EXPECT_EQ(equal_to_random123([](key k, four c) { return philox(k, c[0], c[1], c[2], c[3]); }), 10000);
    EXPECT_EQ(equal_to_random123(
                  [](key k, four c) { return philox(k, c[0], (std::uint64_t{c[2]} << 32) | c[1], c[3]); }),
              10000);
}

TEST(Philox, WrongTwinsDiffer) {
    EXPECT_EQ(equal_to_random123([](key k, four c) { return philox(k, c[0], c[1], c[2], c[3] + 1); }), 0);
    EXPECT_EQ(equal_to_random123([](key k, four c) {
                  return philox({k.stream, k.seed}, c[0], c[1], c[2], c[3]);
              }),
              0);
    EXPECT_EQ(equal_to_random123([](key k, four c) { return philox(k, c[0], c[2], c[1], c[3]); }), 0);
}

TEST(Philox, BlockIsSingleCalls) {
    std::uint32_t block[4][16];
    for (int n : {16, 13, 1}) {
        philox_block({1, 2}, 3, 0x500000004u, 0xfffffffau, block, n);
        for (int c = 0; c < n; ++c) {
            auto const r = philox({1, 2}, 3, 4, 5, 0xfffffffau + static_cast<std::uint32_t>(c));
            for (int w = 0; w < 4; ++w) EXPECT_EQ(block[w][c], r.w[w]);
        }
    }
}

TEST(Draws, DoNotDependOnTheBuffer) {
    draws one{{7, 8}, 9, 10};
    bulk_draws many{{7, 8}, 9, 10};
    draws later{{7, 8}, 9, 10, 25};
    for (std::uint32_t n = 0; n < 1000; ++n) {
        auto const word = one.word();
        EXPECT_EQ(word, many.word());
        EXPECT_EQ(word, philox({7, 8}, 9, std::uint64_t{10}, n / 4).w[n % 4]);
        if (n >= 100) { EXPECT_EQ(word, later.word()); }
    }
}

TEST(Streams, AreDistinct) {
    std::set<std::uint32_t> seen;
    std::size_t made = 0;
    auto const add = [&](stream_kind kind, std::uint32_t slots) {
        for (std::uint32_t slot = 0; slot < slots; ++slot) {
            for (std::uint32_t ordinal : {0u, 1u, max_ordinal}) {
                seen.insert(stream_id(kind, ordinal, slot));
                ++made;
            }
        }
    };
    for (auto kind : {stream_kind::neuron, stream_kind::drive, stream_kind::edges, stream_kind::synapse,
                      stream_kind::edge_counts}) {
        add(kind, 1);
    }
    add(stream_kind::initial_value, initial_value_slots);
    add(stream_kind::edge_value, edge_value_slots);
    EXPECT_EQ(seen.size(), made);
    EXPECT_EQ(stream_id(stream_kind::edge_value, 5, delay_slot), 0x81000005u);
}

TEST(Uniform, ConversionsAreExact) {
    constexpr auto most = 0xffffffffu;
    EXPECT_EQ(uniform_32(0), 0.0);
    EXPECT_EQ(uniform_32(1), 0x1p-32);
    EXPECT_EQ(uniform_32(most), 1 - 0x1p-32);
    EXPECT_EQ(uniform_53(0, 0x7ff), 0.0);
    EXPECT_EQ(uniform_53(0, 0x800), 0x1p-53);
    EXPECT_EQ(uniform_53(most, most), 1 - 0x1p-53);
    EXPECT_EQ(uniform_open(0, 0xfff), 0x1p-53);
    EXPECT_EQ(uniform_open(most, most), 1 - 0x1p-53);
    draws from{{1, 1}, 1};
    for (int n = 0; n < 1000; ++n) {
        auto const a = from.word();
        auto const b = from.word();
        auto const bits = (std::uint64_t{a} << 32) | b;
        EXPECT_EQ(uniform_32(a), static_cast<double>(a) * 0x1p-32);
        EXPECT_EQ(uniform_53(a, b), static_cast<double>(bits >> 11) * 0x1p-53);
        EXPECT_EQ(uniform_open(a, b), (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52);
        EXPECT_EQ(uniform_open(a, b) + uniform_open(~a, ~b), 1.0);
    }
}

// Neighbouring ids, steps, calls and streams: 16 x 16 table of the top bits of successive words.
template <class Word> test::fit independence(Word word) {
    std::vector<double> table(256);
    for (std::uint32_t n = 0; n < 100000; ++n) ++table[(word(n) >> 28) * 16 + (word(n + 1) >> 28)];
    return test::uniform_counts(table);
}
TEST(Uniform, NeighboursAreIndependent) {
    EXPECT_TRUE(independence([](std::uint32_t n) { return philox({1, 2}, n, 0, 0).w[0]; }).good());
    EXPECT_TRUE(independence([](std::uint32_t n) { return philox({1, 2}, 0, n, 0).w[1]; }).good());
    EXPECT_TRUE(independence([](std::uint32_t n) { return philox({1, 2}, 0, 0, n).w[2]; }).good());
    EXPECT_TRUE(independence([](std::uint32_t n) { return philox({1, n}, 0, 0, 0).w[3]; }).good());
    EXPECT_TRUE(independence([](std::uint32_t n) { return philox({n, 2}, 0, 0, 0).w[0]; }).good());
    // Wrong twin: a counter that loses its lowest bit repeats every word.
    EXPECT_FALSE(independence([](std::uint32_t n) { return philox({1, 2}, n & ~1u, 0, 0).w[0]; }).good());
}

// How many accepted words give value v, for the first and last few values: all words that map to v are tried.
template <class Below> std::set<std::uint64_t> accepted_words(std::uint32_t n, Below of) {
    std::set<std::uint64_t> counts;
    for (std::uint32_t e = 0; e < 64; ++e) {
        auto const v = e < 32 ? e : n - 1 - (e - 32);
        auto const first = ((std::uint64_t{v} << 32) + n - 1) / n;
        auto const last = ((std::uint64_t{v + 1} << 32) + n - 1) / n;
        std::uint64_t count = 0;
        for (auto w = first; w < last; ++w) {
            auto const b = of(n, static_cast<std::uint32_t>(w));
            count += b.accepted && b.value == v;
        }
        counts.insert(count);
    }
    return counts;
}
TEST(Below, EveryValueHasEquallyManyWords) {
    for (std::uint32_t n : {10007u, 65536u, 1000003u, 0x60000001u, 0x80000000u, 0x80000001u, 0xc0000001u}) {
        auto const each = (std::uint64_t{1} << 32) / n;
        EXPECT_EQ(accepted_words(n, [](std::uint32_t m, std::uint32_t w) { return uniform_below(m, w); }),
                  std::set<std::uint64_t>{each})
            << n;
    }
    // Wrong twin: multiply without rejection.
    EXPECT_GT(
        accepted_words(0xc0000001u,
                       [](std::uint32_t m, std::uint32_t w) {
                           return bounded{static_cast<std::uint32_t>((std::uint64_t{w} * m) >> 32), true};
                       })
            .size(),
        1u);
}

// n = 3/4 of 2^32: a biased method prefers a third of the range by 2 : 1.
template <class Index> test::fit thirds(Index index) {
    std::vector<double> counts(3);
    for (int d = 0; d < 30000; ++d) ++counts[index() >> 30];
    return test::uniform_counts(counts);
}
TEST(Below, SequenceIsUniform) {
    constexpr auto n = 3u << 30;
    draws from{{3, 4}, 5};
    EXPECT_TRUE(thirds([&] { return uniform_below(n, from); }).good());
    EXPECT_FALSE(thirds([&] { return from.word() % n; }).good());  // wrong twin: biased modulo
    EXPECT_EQ(uniform_below(1u, from), 0u);
}

}  // namespace
}  // namespace ranvier
