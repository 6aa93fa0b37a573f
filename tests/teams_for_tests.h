// Teams that hunt for order dependence and races on machines without a GPU, and deliberately broken ones that
// the tests must catch. Interface and contract: kernels/team.h.
#pragma once
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "kernels/team.h"
#include "tests/fibers.h"

namespace ranvier::test {

/// What a broken twin does wrong.
enum class defect {
    none,
    adds_in_float,     // the sum of an input slot is rounded, so its order matters
    forgets_sync,      // no barrier
    single_is_shared,  // all lanes do what one must do
};

/// One lane that visits indices in random order.
template <defect D = defect::none> class shuffled_team_with {
  public:
    static constexpr bool one_lane = true;
    static constexpr int calls_at_once = 3;
    explicit shuffled_team_with(scratch_memory& memory, std::uint64_t seed = 1)
        : memory_(&memory), random_(seed) {}

    template <class F> void for_each(std::int64_t n, F f) {
        for (auto const i : order(n)) f(i);
    }
    template <class F> void scatter(std::int64_t n, F f) { for_each(n, f); }
    template <int, class State, class C, class Fetch, class F, class Leave>
    void march(State const& state, C const& constants, std::int64_t n, int k0, int k1, Fetch fetch, F f,
               Leave leave) {
        for (auto const i : order(n)) {
            auto r = state.load(i, k0);
            for (int k = k0; k < k1; ++k) f(i, k, r, constants.load(i), fetch(i, k));
            state.store(i, r);
            for (int k = k0; k < k1; ++k) leave(i, k);
        }
    }
    template <class F> void for_rows(std::int64_t n, F f) {
        for (auto const r : order(n)) f(*this, r);
    }
    template <class Head, class F> void for_rows(std::int64_t n, Head head, F f) {
        for (auto const r : order(n)) f(*this, r, head(r));
    }
    template <class Key, class Head, class F> void for_rows_by(std::int64_t n, Key key, Head head, F f) {
        std::map<std::int64_t, std::vector<std::int64_t>> by_key;
        for (std::int64_t i = 0; i < n; ++i)
            if (key(i) >= 0) by_key[key(i)].push_back(i);
        std::vector<std::vector<std::int64_t> const*> lists;
        for (auto const& [k, list] : by_key) lists.push_back(&list);
        for (auto const l : order(std::int64_t(lists.size())))
            for (auto const i : *lists[std::size_t(l)]) f(*this, i, head(i));
    }
    template <class Keep, class Emit> std::int64_t compact(std::int64_t n, Keep keep, Emit emit) {
        std::int64_t m = 0;
        for (std::int64_t i = 0; i < n; ++i)
            if (keep(i)) emit(m++, i);
        return m;
    }
    template <class Value, class Emit> std::int64_t scan(std::int64_t n, Value value, Emit emit) {
        std::vector<std::int64_t> before(std::size_t(n) + 1);
        for (std::int64_t i = 0; i < n; ++i) before[std::size_t(i) + 1] = before[std::size_t(i)] + value(i);
        for (auto const i : order(n)) emit(i, before[std::size_t(i)]);
        return before.back();
    }
    template <class F> bool any(std::int64_t n, F f) {
        bool found = false;
        for (auto const i : order(n)) found |= bool(f(i));
        return found;
    }
    template <class F> void single(F f) { f(); }
    void sync() {}
    template <class T> void add(T& slot, T q) {
        if constexpr (D == defect::adds_in_float)
            slot = T(wrapped(float(std::int64_t(slot)) + float(std::int64_t(q))));
        else
            slot += q;
    }
    template <class T> T fetch_add(T& counter, T m) {
        auto const before = counter;
        counter += m;
        return before;
    }
    template <class T> T* scratch(std::int64_t n) { return memory_->take<T>(n); }
    std::size_t mark() const { return memory_->mark(); }
    void release(std::size_t mark) { memory_->release(mark); }

  private:
    /// As sums of integers wrap.
    static std::int64_t wrapped(float sum) {
        auto const r = std::remainder(sum, 0x1p64f);
        return r < 0x1p63f ? std::int64_t(r) : std::numeric_limits<std::int64_t>::min();
    }
    std::vector<std::int64_t> order(std::int64_t n) {
        std::vector<std::int64_t> v(static_cast<std::size_t>(n));
        std::iota(v.begin(), v.end(), 0);
        std::shuffle(v.begin(), v.end(), random_);
        return v;
    }
    scratch_memory* memory_;
    std::mt19937_64 random_;
};
using shuffled_team = shuffled_team_with<>;

#if defined(__SANITIZE_THREAD__)
inline constexpr bool only_races = true;  // lanes in turns have none that the sanitizer could see
#else
inline constexpr bool only_races = false;
#endif

/// How the lanes of a threaded_team run between barriers: all at once (for TSan), or in turns (fibers.h).
enum class schedule { at_once, in_turns };

/// What the lanes of a thread block share: `lanes` in groups ("warps") of `width`, each with a barrier of its
/// own.
class lane_crew {
  public:
    lane_crew(int lanes, int width, schedule how, std::size_t bytes, defect wrong = defect::none)
        : lanes_(lanes), width_(width), wrong_(wrong), memory_(bytes), exchange_(4 * std::size_t(lanes)) {
        if (how == schedule::in_turns) {
            turns_ = std::make_unique<fibers>(lanes);
            return;
        }
        barriers_.push_back(std::make_unique<std::barrier<>>(lanes));
        for (int w = 0; w < lanes / width; ++w) barriers_.push_back(std::make_unique<std::barrier<>>(width));
    }
    /// f(lane) on all lanes; the seed is of their turns.
    void run(std::uint64_t seed, std::function<void(int)> const& f) {
        if (turns_) return turns_->run(seed, f);
        std::vector<std::jthread> threads;
        for (int lane = 0; lane < lanes_; ++lane) threads.emplace_back([&f, lane] { f(lane); });
    }
    defect wrong() const { return wrong_; }
    int lanes() const { return lanes_; }
    int width() const { return width_; }
    std::byte* memory() { return memory_.data(); }
    std::size_t bytes() const { return memory_.size(); }
    /// A word of a lane, for the barrier of all or of its warp. Two take turns, so that one barrier between
    /// writing and reading is enough.
    std::int64_t& exchange(int lane, bool of_all, int turn) {
        return exchange_[std::size_t(4 * lane + 2 * of_all + turn % 2)];
    }
    /// Barrier 0 is that of all lanes, 1 + w that of warp w.
    void arrive(int lane, int barrier) {
        if (turns_)
            turns_->arrive(lane, barrier, barrier == 0 ? lanes_ : width_);
        else
            barriers_[std::size_t(barrier)]->arrive_and_wait();
    }

  private:
    int lanes_, width_;
    defect wrong_;
    std::vector<std::byte> memory_;
    std::vector<std::int64_t> exchange_;  // [lane][of_all][turn]
    std::vector<std::unique_ptr<std::barrier<>>> barriers_;
    std::unique_ptr<fibers> turns_;
};

/// Real threads as lanes; every one runs the whole kernel, as on a GPU. Rows go to warps, or, where a warp is
/// the whole team, to all lanes one after the other. Which lane has index i changes from one loop to the
/// next, so that only sync connects two loops.
class threaded_team {
  public:
    static constexpr bool one_lane = false;
    static constexpr int calls_at_once = 1;
    /// One of `shares` teams that work the rows of a kernel together.
    threaded_team(lane_crew& crew, int lane, int share = 0, int shares = 1)
        : threaded_team(crew, lane, 0, crew.lanes(), 0, crew.memory(), crew.bytes()) {
        share_ = share;
        shares_ = shares;
    }

    template <class F> void for_each(std::int64_t n, F f) {
        auto const shift = ++loops_;
        for (std::int64_t i = (lane_ + shift) % n_lanes_; i < n; i += n_lanes_) f(i);
    }
    template <class F> void scatter(std::int64_t n, F f) { for_each(n, f); }
    /// Input of two steps is fetched before they are taken.
    template <int, class State, class C, class Fetch, class F, class Leave>
    void march(State const& state, C const& constants, std::int64_t n, int k0, int k1, Fetch fetch, F f,
               Leave leave) {
        for_each(n, [&](std::int64_t i) {
            auto r = state.load(i, k0);
            for (int k = k0; k < k1; k += 2) {
                auto const first = fetch(i, k), second = k + 1 < k1 ? fetch(i, k + 1) : first;
                f(i, k, r, constants.load(i), first);
                if (k + 1 < k1) f(i, k + 1, r, constants.load(i), second);
            }
            state.store(i, r);
            for (int k = k0; k < k1; ++k) leave(i, k);
        });
    }
    template <class F> void for_rows(std::int64_t n, F f) {
        with_rows([&](auto& lanes, std::int64_t warp, std::int64_t warps) {
            for (std::int64_t r = warp; r < n; r += warps) f(lanes, r);
        });
    }
    /// Heads of two rows are read before these are worked.
    template <class Head, class F> void for_rows(std::int64_t n, Head head, F f) {
        with_rows([&](auto& lanes, std::int64_t warp, std::int64_t warps) {
            for (std::int64_t r = warp; r < n; r += 2 * warps) {
                auto const other = std::min(r + warps, n - 1);
                auto const first = head(r), second = head(other);
                f(lanes, r, first);
                if (r + warps < n) f(lanes, other, second);
            }
        });
    }
    template <class Key, class Head, class F> void for_rows_by(std::int64_t n, Key key, Head head, F f) {
        with_rows([&](auto& lanes, std::int64_t warp, std::int64_t warps) {
            std::vector<std::pair<std::int64_t, decltype(head(n))>> mine;
            for (std::int64_t i = 0; i < n; ++i)
                if (key(i) >= 0 && key(i) % warps == warp) mine.emplace_back(i, head(i));
            for (auto const& [i, h] : mine) f(lanes, i, h);
        });
    }
    template <class Keep, class Emit> std::int64_t compact(std::int64_t n, Keep keep, Emit emit) {
        constexpr std::int64_t most = 16;  // indices of a lane in one tile
        std::int64_t total = 0;
        for (std::int64_t first = 0; first < n; first += most * n_lanes_) {
            bool kept[most] = {};
            std::int64_t mine = 0;
            auto const begin = first + most * lane_, end = std::min(begin + most, n);
            for (auto i = begin; i < end; ++i) mine += kept[i - begin] = bool(keep(i));
            give(mine);
            auto before = total;
            for (int l = 0; l < n_lanes_; ++l) {
                if (l == lane_) before = total;
                total += given(l);
            }
            for (auto i = begin; i < end; ++i)
                if (kept[i - begin]) emit(before++, i);
        }
        return total;
    }
    template <class Value, class Emit> std::int64_t scan(std::int64_t n, Value value, Emit emit) {
        std::int64_t total = 0;
        for (std::int64_t first = 0; first < n; first += n_lanes_) {
            auto const i = first + lane_;
            give(i < n ? value(i) : 0);
            auto before = total;
            for (int l = 0; l < n_lanes_; ++l) {
                if (l == lane_) before = total;
                total += given(l);
            }
            if (i < n) emit(i, before);
        }
        return total;
    }
    template <class F> bool any(std::int64_t n, F f) {
        std::int64_t mine = 0;
        for_each(n, [&](std::int64_t i) { mine |= f(i) ? 1 : 0; });
        give(mine);
        std::int64_t found = 0;
        for (int l = 0; l < n_lanes_; ++l) found |= given(l);
        return found != 0;
    }
    template <class F> void single(F f) {
        if (lane_ == 0 || crew_->wrong() == defect::single_is_shared) f();
    }
    void sync() {
        if (crew_->wrong() != defect::forgets_sync) barrier();
    }
    template <class T> void add(T& slot, T q) { fetch_add(slot, q); }
    template <class T> T fetch_add(T& counter, T m) {
        return std::atomic_ref(counter).fetch_add(m, std::memory_order_relaxed);
    }
    template <class T> T* scratch(std::int64_t n) {
        used_ = aligned(used_);
        auto* const p = reinterpret_cast<T*>(memory_ + used_);
        used_ += std::size_t(n) * sizeof(T);
        if (used_ > bytes_) throw std::bad_alloc();
        return p;
    }
    std::size_t mark() const { return used_; }
    void release(std::size_t mark) { used_ = mark; }

  private:
    static constexpr std::size_t alignment = 64;
    static std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

    threaded_team(lane_crew& crew, int lane, int first, int n_lanes, int barrier, std::byte* memory,
                  std::size_t bytes)
        : crew_(&crew),
          lane_(lane - first),
          first_(first),
          n_lanes_(n_lanes),
          barrier_(barrier),
          memory_(memory),
          bytes_(bytes) {}
    /// f(row team of this lane, its number, how many).
    template <class F> void with_rows(F f) {
        auto const width = std::min(n_lanes_, crew_->width());
        auto const warps = n_lanes_ / width, warp = lane_ / width;
        if (warps == 1) return f(*this, share_, shares_);
        auto const begin = aligned(used_);
        auto const room = (bytes_ - begin) / std::size_t(warps) / alignment * alignment;
        threaded_team lanes(*crew_, lane_, warp * width, width, 1 + warp,
                            memory_ + begin + std::size_t(warp) * room, room);
        lanes.turn_ = warp_turn_;
        f(lanes, share_ * warps + warp, shares_ * warps);
        warp_turn_ = lanes.turn_;
    }
    void barrier() { crew_->arrive(first_ + lane_, barrier_); }
    /// A word to all lanes; given(l) is lane l's until the next one.
    void give(std::int64_t word) {
        crew_->exchange(first_ + lane_, barrier_ == 0, ++turn_) = word;
        barrier();
    }
    std::int64_t given(int l) { return crew_->exchange(first_ + l, barrier_ == 0, turn_); }

    lane_crew* crew_;
    int lane_, first_, n_lanes_, barrier_;  // own number, first of the crew's lanes, how many, their barrier
    std::byte* memory_;
    std::size_t bytes_, used_ = 0;  // every lane counts for itself, and all come to the same addresses
    int loops_ = 0, turn_ = 0, warp_turn_ = 0;
    int share_ = 0, shares_ = 1;
};

struct lane_options {
    int lanes = 4, width = 2;  // width divides lanes
    schedule how = schedule::at_once;
    std::uint64_t seed = 1;
    std::size_t bytes = 2 * scratch_bytes;
};

/// kernel(team) on all lanes of a thread block.
template <defect D = defect::none, class K> void run_lanes(lane_options const& o, K const& kernel) {
    lane_crew crew(o.lanes, o.width, o.how, o.bytes, D);
    crew.run(o.seed, [&](int lane) {
        threaded_team team(crew, lane);
        kernel(team);
    });
}
template <class K> void run_serial(K const& kernel, bool wide = false) {
    scratch_memory memory(scratch_bytes);
    serial_team team(memory, wide);
    kernel(team);
}
template <defect D = defect::none, class K> void run_shuffled(std::uint64_t seed, K const& kernel) {
    scratch_memory memory(scratch_bytes);
    shuffled_team_with<D> team(memory, seed);
    kernel(team);
}

}  // namespace ranvier::test
