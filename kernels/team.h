// The workers of one partition. A kernel is uniform code (all lanes run it with the same values) plus
// for_each, for_rows, march, compact and any, whose bodies run once per index on some lane, in no order that
// may be relied on. Memory written in one of them is read in another only after sync(). What every Team
// offers:
//
//   for_each(n, f)                      f(i)
//   march<Together>(state, constants, n, k0, k1, fetch, f, leave)
//                                       f(i, k, record i, constants of i, fetch(i, k)) and leave(i, k),
//                                       k = k0 ... k1-1 in order per i; record i is state.load(i, next k),
//                                       and stored at the end, or earlier as well; fetch may be called early,
//                                       and more than once, leave late. Together: steps that a team of one
//                                       lane takes a loop of neurons through while state is in registers
//   for_rows(n, f)                      f(row_team, r): a Team of its own for every row r; what f keeps by
//                                       value or changes outside is seen by ascending r of the same row team
//   for_rows(n, head, f)                f(row_team, r, head(r)); head may be called earlier, on any lane
//   for_rows_by(n, key, head, f)        the same, and all i with equal key(i) >= 0 by one row team, in order
//   compact(n, keep, emit)              emit(position, i) for kept i, in order; returns how many. May also
//                                       emit what is not kept at the position after: room for one more is
//                                       needed
//   scan(n, value, emit)                emit(i, sum of value of all before i); returns the sum of all
//   any(n, f)                           whether f(i) holds for some i
//   scatter(n, f)                       f(i) where two indices may touch the same memory through add
//   single(f)                           f() on one lane
//   sync()
//   add(slot, q)                        slot += q, safe among lanes
//   fetch_add(counter, m)               the same, returns the value before
//   one_lane                            whether a team is one lane: loops run in order and may vectorise
//   calls_at_once                       calls of the random number generator that one lane makes in a loop,
//                                       where loops over them vectorise
//   anew(x)                             optional: x, of which the compiler then knows nothing
//   scratch<T>(n)                       memory shared by the lanes, until the mark taken before is released
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/model.h"

namespace ranvier {

/// Memory for a team's scratch, taken and given back like a stack. Owned by a worker, never grown in a
/// kernel.
class scratch_memory {
  public:
    explicit scratch_memory(std::size_t bytes) : memory_(bytes) {}
    template <class T> T* take(std::int64_t n) {
        used_ = (used_ + 63) / 64 * 64;
        auto* const p = reinterpret_cast<T*>(memory_.data() + used_);
        used_ += std::size_t(n) * sizeof(T);
        if (used_ > memory_.size()) throw std::bad_alloc();
        return p;
    }
    std::size_t mark() const { return used_; }
    void release(std::size_t mark) { used_ = mark; }

  private:
    std::vector<std::byte> memory_;
    std::size_t used_ = 0;
};

/// x; where registers are few, what is read through it is read again instead of being kept in one.
template <class Team, class T> RANVIER_FN T anew(T x) {
    if constexpr (requires { Team::anew(x); })
        return Team::anew(x);
    else
        return x;
}

/// team.compact where few are kept and keep(i) vectorises: one lane passes over blocks without any.
template <class Team, class Keep, class Emit>
RANVIER_FN std::int64_t compact_few(Team& team, std::int64_t n, Keep keep, Emit emit) {
    if constexpr (Team::one_lane) {
        constexpr std::int64_t block = 64;
        std::int64_t m = 0;
        for (std::int64_t first = 0; first < n; first += block) {
            auto const size = n - first < block ? n - first : block;
            auto const kept = [=](std::int64_t i) { return keep(first + i); };
            if (team.any(size, kept))
                m += team.compact(size, kept,
                                  [=](std::int64_t at, std::int64_t i) { emit(m + at, first + i); });
        }
        return m;
    } else {
        return team.compact(n, keep, emit);
    }
}

/// Scratch that any kernel may need at once.
constexpr std::size_t scratch_bytes = std::size_t{1} << 19;

/// One lane: the CPU backend. Loops are plain and vectorise.
class serial_team {
  public:
    static constexpr int tile = 256;  // neurons that march takes through a slice while their state is in L1
    static constexpr bool one_lane = true;
    static constexpr int calls_at_once = 16;
    /// wide: whether it may use AVX-512.
    explicit serial_team(scratch_memory& memory, bool wide = false) : memory_(&memory), wide_(wide) {}
    bool wide() const { return wide_; }

    template <class F> RANVIER_FN void for_each(std::int64_t n, F f) {
#pragma GCC ivdep
#pragma clang loop vectorize(assume_safety)
        for (std::int64_t i = 0; i < n; ++i) f(i);
    }
    /// The same for bodies in which two indices may meet (team.add): not to be vectorised blindly.
    template <class F> RANVIER_FN void scatter(std::int64_t n, F f) {
        for (std::int64_t i = 0; i < n; ++i) f(i);
    }
    template <int Together, class State, class C, class Fetch, class F, class Leave>
    RANVIER_FN void march(State const& state, C const& constants, std::int64_t n, int k0, int k1, Fetch fetch,
                          F f, Leave leave) {
        for (std::int64_t first = 0; first < n; first += tile) {
            auto const last = std::min<std::int64_t>(first + tile, n);
            int k = k0;
            for (; k + Together <= k1; k += Together)
                march_tile(state, constants, first, last, k, fetch, f, leave,
                           std::make_integer_sequence<int, Together>{});
            for (; k < k1; ++k)
                march_tile(state, constants, first, last, k, fetch, f, leave,
                           std::integer_sequence<int, 0>{});
        }
    }
    template <class F> RANVIER_FN void for_rows(std::int64_t n, F f) {
        for (std::int64_t r = 0; r < n; ++r) f(*this, r);
    }
    template <class Head, class F> RANVIER_FN void for_rows(std::int64_t n, Head head, F f) {
        for (std::int64_t r = 0; r < n; ++r) f(*this, r, head(r));
    }
    template <class Key, class Head, class F>
    RANVIER_FN void for_rows_by(std::int64_t n, Key, Head head, F f) {
        for_rows(n, head, f);
    }
    template <class Keep, class Emit> RANVIER_FN std::int64_t compact(std::int64_t n, Keep keep, Emit emit) {
        std::int64_t m = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            emit(m, i);
            m += keep(i) ? 1 : 0;  // no branch: whether an index is kept is hard to predict
        }
        return m;
    }
    template <class Value, class Emit> RANVIER_FN std::int64_t scan(std::int64_t n, Value value, Emit emit) {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            std::int64_t const mine = value(i);
            emit(i, sum);
            sum += mine;
        }
        return sum;
    }
    template <class F> RANVIER_FN bool any(std::int64_t n, F f) {
        std::int64_t found = 0;
#pragma omp simd reduction(| : found)
        for (std::int64_t i = 0; i < n; ++i) found |= f(i) ? 1 : 0;
        return found != 0;
    }
    template <class F> RANVIER_FN void single(F f) { f(); }
    void sync() {}
    template <class T> RANVIER_FN void add(T& slot, T q) { slot += q; }
    template <class T> RANVIER_FN T fetch_add(T& counter, T m) {
        auto const before = counter;
        counter += m;
        return before;
    }
    template <class T> T* scratch(std::int64_t n) { return memory_->take<T>(n); }
    std::size_t mark() const { return memory_->mark(); }
    void release(std::size_t mark) { memory_->release(mark); }

  private:
    /// Steps k + S of neurons [first, last), whose state is loaded and stored once.
    template <class State, class C, class Fetch, class F, class Leave, int... S>
    RANVIER_FN static void march_tile(State const& state, C const& constants, std::int64_t first,
                                      std::int64_t last, int k, Fetch fetch, F f, Leave leave,
                                      std::integer_sequence<int, S...>) {
#pragma GCC ivdep
#pragma clang loop vectorize(assume_safety)
        for (std::int64_t i = first; i < last; ++i) {
            auto r = state.load(i, k);
            (f(i, k + S, r, constants.load(i), fetch(i, k + S)), ...);
            (leave(i, k + S), ...);
            state.store(i, r);
        }
    }

    scratch_memory* memory_;
    bool wide_;
};

}  // namespace ranvier
