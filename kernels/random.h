// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy
// as 1, 2, 3, SC 2011). A draw is a pure function of key (seed, stream) and counter (id, index, call), so it
// depends neither on the order of execution nor on who executes it.
#pragma once

#include "models/function.h"

#include <bit>
#include <cstdint>

namespace ranvier {

struct key {
    std::uint32_t seed = 0;
    std::uint32_t stream = 0;
};

struct words {
    std::uint32_t w[4];
};

// All streams there are. A stream is (kind: 8 bits | ordinal: 24 bits); the ordinal counts create or connect
// calls, never names, so a result does not depend on spelling. Kinds that take
// a slot occupy a range, one kind per slot.
enum class stream_kind : std::uint32_t {
    neuron = 1,          // draws inside a neuron's or generator's step; ordinal of create
    drive = 2,           // Poisson counts and noise drawn in the target's update; ordinal of connect
    edges = 3,           // which edges a projection has; ordinal of connect
    synapse = 4,         // draws of stochastic synapses; ordinal of connect
    edge_counts = 5,     // random in- or out-degree per node; ordinal of connect
    front_end = 6,       // values for who uses the interface; ordinal of his own
    initial_value = 64,  // + parameter slot (0..63); ordinal of create
    edge_value = 128     // + parameter slot (0 weight, 1 delay, 2..127 others); ordinal of connect
};

inline constexpr std::uint32_t max_ordinal = (1u << 24) - 1;
inline constexpr std::uint32_t weight_slot = 0;
inline constexpr std::uint32_t delay_slot = 1;
inline constexpr std::uint32_t first_other_slot = 2;
inline constexpr std::uint32_t initial_value_slots = 64;
inline constexpr std::uint32_t edge_value_slots = 128;

// Requires ordinal <= max_ordinal and slot below the kind's number of slots; the caller has checked.
RANVIER_FN constexpr std::uint32_t stream_id(stream_kind kind, std::uint32_t ordinal,
                                             std::uint32_t slot = 0) {
    return ((static_cast<std::uint32_t>(kind) + slot) << 24) | (ordinal & max_ordinal);
}

RANVIER_FN constexpr key make_key(std::uint32_t seed, stream_kind kind, std::uint32_t ordinal,
                                  std::uint32_t slot = 0) {
    return {seed, stream_id(kind, ordinal, slot)};
}

// Ten rounds. Straight-line code on 32-bit lanes: a loop over counters vectorises.
RANVIER_FN constexpr words philox(key k, std::uint32_t c0, std::uint32_t c1, std::uint32_t c2,
                                  std::uint32_t c3) {
    std::uint32_t k0 = k.seed;
    std::uint32_t k1 = k.stream;
    for (int round = 0; round < 10; ++round) {
        auto const p0 = std::uint64_t{0xD2511F53u} * c0;
        auto const p1 = std::uint64_t{0xCD9E8D57u} * c2;
        auto const n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
        auto const n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
        c1 = static_cast<std::uint32_t>(p1);
        c3 = static_cast<std::uint32_t>(p0);
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

// Counter convention of everything in Ranvier: c0 = id, c1:c2 = 64-bit step or index, c3 = number of the
// call.
RANVIER_FN constexpr words philox(key k, std::uint32_t id, std::uint64_t index, std::uint32_t call) {
    return philox(k, id, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), call);
}

// [0, 1), multiples of 2^-32. The bit pattern of 2^52 + w, less 2^52: exact, and vectorises without AVX-512.
RANVIER_FN double uniform_32(std::uint32_t w) {
    return (std::bit_cast<double>(0x4330000000000000u | w) - 0x1p52) * 0x1p-32;
}

// [0, 1), multiples of 2^-53.
RANVIER_FN double uniform_53(std::uint32_t high, std::uint32_t low) {
    auto const top = std::bit_cast<double>(0x4330000000000000u | high) - 0x1p52;
    auto const rest = std::bit_cast<double>(0x4330000000000000u | (low >> 11)) - 0x1p52;
    return top * 0x1p-32 + rest * 0x1p-53;
}

// (0, 1), odd multiples of 2^-53: symmetric about one half, never 0 or 1.
RANVIER_FN double uniform_open(std::uint32_t high, std::uint32_t low) {
    auto const mantissa = (std::uint64_t{high} << 20) | (low >> 12);
    return (std::bit_cast<double>(0x3FF0000000000000u | mantissa) - 1.0) + 0x1p-53;
}

// Words of calls [first, first + n) of counter (id, index): out[w][c] is word w of call first + c; n <=
// calls.
template <int calls> RANVIER_FN void philox_block(key k, std::uint32_t id, std::uint64_t index,
                                                  std::uint32_t first, std::uint32_t (&out)[4][calls],
                                                  int n = calls) {
#pragma omp simd
    for (int c = 0; c < n; ++c) {
        auto const r = philox(k, id, index, first + static_cast<std::uint32_t>(c));
        out[0][c] = r.w[0];
        out[1][c] = r.w[1];
        out[2][c] = r.w[2];
        out[3][c] = r.w[3];
    }
}

// Successive words of one counter (id, index): word n is word n mod 4 of call first_call + n / 4 (2^34
// words). `calls` is only the size of the buffer, refilled by a vectorised loop; it never changes the words.
template <int calls> class buffered_draws {
  public:
    RANVIER_FN buffered_draws(key k, std::uint32_t id, std::uint64_t index = 0, std::uint32_t first_call = 0)
        : key_{k}, id_{id}, call_{first_call}, index_{index} {}

    RANVIER_FN std::uint32_t word() {
        if (next_ == 4 * calls) {
            philox_block(key_, id_, index_, call_, buffer_);
            call_ += calls;
            next_ = 0;
        }
        auto const n = next_++;
        return buffer_[n & 3][n >> 2];
    }
    // [0, 1) and (0, 1); two words each.
    RANVIER_FN double uniform() {
        auto const high = word();
        return uniform_53(high, word());
    }
    RANVIER_FN double uniform_open() {
        auto const high = word();
        return ranvier::uniform_open(high, word());
    }

  private:
    key key_;
    std::uint32_t id_, call_;
    std::uint64_t index_;
    int next_ = 4 * calls;
    std::uint32_t buffer_[4][calls];
};

using draws = buffered_draws<1>;
using bulk_draws = buffered_draws<16>;

// Unbiased index below n from a word (Lemire: Fast random integer generation in an interval, ACM TOMACS
// 2019): `value` is uniform on [0, n) given `accepted`; a word is rejected with probability < n / 2^32. n
// >= 1.
struct bounded {
    std::uint32_t value;
    bool accepted;
};
RANVIER_FN constexpr bounded uniform_below(std::uint32_t n, std::uint32_t w) {
    auto const product = std::uint64_t{w} * n;
    auto const low = static_cast<std::uint32_t>(product);
    return {static_cast<std::uint32_t>(product >> 32), low >= n || low >= (0u - n) % n};
}

inline constexpr int max_attempts = 1000;

// The same from a sequence of words. Work is bounded: after max_attempts rejections in a row (probability <
// 2^-1000) the last word is taken.
template <class Draws> RANVIER_FN std::uint32_t uniform_below(std::uint32_t n, Draws& words_of) {
    auto b = uniform_below(n, words_of.word());
    for (int attempt = 0; !b.accepted && attempt < max_attempts; ++attempt) {
        b = uniform_below(n, words_of.word());
    }
    return b.value;
}

}  // namespace ranvier
