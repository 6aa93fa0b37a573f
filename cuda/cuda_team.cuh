// The Team that is a thread block, and the one that is a warp of it. Interface and contract: kernels/team.h.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <nv/target>
#include <type_traits>

#include "kernels/team.h"

namespace ranvier {

/// Lanes of a warp: barrier, vote and prefix sum.
struct warp_lanes {
    RANVIER_FN static int size() { return 32; }
    RANVIER_FN static int rank() {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return int(threadIdx.x % 32);), (return 0;))
    }
    RANVIER_FN static void sync() { NV_IF_TARGET(NV_IS_DEVICE, (__syncwarp();)) }
    RANVIER_FN static bool any(bool mine) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return __any_sync(0xFFFFFFFFu, mine) != 0;), (return mine;))
    }
    /// Bit l: lane l has `mine`.
    RANVIER_FN static unsigned ballot(bool mine) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return __ballot_sync(0xFFFFFFFFu, mine);), (return mine;))
    }
    /// The first lane of a mask. (std::countr_zero and its like are wrong in device code: nvcc 13 takes the
    /// host's builtins for constants.)
    RANVIER_FN static int first_of(unsigned mask) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return __ffs(int(mask)) - 1;), (return std::countr_zero(mask);))
    }
    /// Lane l's value.
    template <class T> RANVIER_FN static T from(T const& value, [[maybe_unused]] int l) {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);
        T result = value;
        NV_IF_TARGET(NV_IS_DEVICE, (unsigned words[sizeof(T) / 4]; memcpy(words, &value, sizeof(T));
                                    for (auto& w
                                         : words) w = __shfl_sync(0xFFFFFFFFu, w, l);
                                    memcpy(&result, words, sizeof(T));))
        return result;
    }
    /// Sum of `mine` of the lanes before this one; `all`: of all.
    RANVIER_FN static std::int64_t sum_before(std::int64_t mine, std::int64_t& all) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE,
                          (auto sum = mine; for (int d = 1; d < 32; d *= 2) {
                              auto const other = __shfl_up_sync(0xFFFFFFFFu, sum, d);
                              if (rank() >= d) sum += other;
                          } all = __shfl_sync(0xFFFFFFFFu, sum, 31);
                           return sum - mine;),
                          (all = mine; return 0;))
    }
    /// How many lanes before this one have `mine`; `all`: how many have it at all.
    RANVIER_FN static int count_before(bool mine, int& all) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE,
                          (auto const mask = __ballot_sync(0xFFFFFFFFu, mine); all = __popc(mask);
                           return __popc(mask & ((1u << rank()) - 1));),
                          (all = mine; return 0;))
    }
};

/// The same for a thread block of whole warps.
struct block_lanes {
    RANVIER_FN static int size() { NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return int(blockDim.x);), (return 1;)) }
    RANVIER_FN static int rank() { NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return int(threadIdx.x);), (return 0;)) }
    RANVIER_FN static void sync() { NV_IF_TARGET(NV_IS_DEVICE, (__syncthreads();)) }
    RANVIER_FN static bool any(bool mine) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return __syncthreads_or(mine) != 0;), (return mine;))
    }
    RANVIER_FN static int count_before(bool mine, int& all) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return int(in_block<int>(mine, all));), (all = mine; return 0;))
    }
    RANVIER_FN static std::int64_t sum_before(std::int64_t mine, std::int64_t& all) {
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return in_block<std::int64_t>(mine, all);), (all = mine; return 0;))
    }

  private:
#ifdef __CUDACC__
    __device__ static int in_warp(bool mine, int& all) { return warp_lanes::count_before(mine, all); }
    __device__ static std::int64_t in_warp(std::int64_t mine, std::int64_t& all) {
        return warp_lanes::sum_before(mine, all);
    }
    template <class Sum, class Mine> __device__ static Sum in_block(Mine mine, Sum& all) {
        __shared__ Sum of_warp[32];
        Sum whole_warp = 0;
        Sum before = in_warp(mine, whole_warp);
        __syncthreads();  // sums of the last call have been read
        if (warp_lanes::rank() == 0) of_warp[threadIdx.x / 32] = whole_warp;
        __syncthreads();
        all = 0;
        for (unsigned w = 0; w < blockDim.x / 32; ++w) {
            if (w < threadIdx.x / 32) before += of_warp[w];
            all += of_warp[w];
        }
        return before;
    }
#endif
};

/// What block and warp have in common. Every lane counts scratch for itself and comes to the same addresses.
template <class Lanes> class cuda_lanes {
  public:
    static constexpr bool one_lane = false;
    static constexpr int calls_at_once = 1;
    RANVIER_FN cuda_lanes(std::byte* memory, std::size_t bytes) : memory_(memory), bytes_(bytes) {}

    template <class T> RANVIER_FN static T anew(T x) {
        NV_IF_TARGET(NV_IS_DEVICE, (asm volatile("" : "+l"(x));))
        return x;
    }
    template <class F> RANVIER_FN void for_each(std::int64_t n, F f) {
        for (std::int64_t i = Lanes::rank(); i < n; i += Lanes::size()) f(i);
    }
    template <class F> RANVIER_FN void scatter(std::int64_t n, F f) { for_each(n, f); }
    /// A neuron's record stays in registers through the slice; `ahead` steps' input is on its way at a time.
    /// What is written is written last: reads wait for writes before them.
    template <int, class State, class C, class Fetch, class F, class Leave>
    RANVIER_FN void march(State const& state, C const& constants, std::int64_t n, int k0, int k1, Fetch fetch,
                          F f, Leave leave) {
        constexpr int ahead = 4;
        for_each(n, [&](std::int64_t i) {
            auto r = state.load(i, k0);
            auto const c = constants.load(i);
            for (int k = k0; k < k1; k += ahead) {
                decltype(fetch(i, k)) in[ahead];
                for (int a = 0; a < ahead; ++a) in[a] = fetch(i, k + a < k1 ? k + a : k1 - 1);
                for (int a = 0; a < ahead; ++a)
                    if (k + a < k1) f(i, k + a, r, c, in[a]);
            }
            state.store(i, r);
            for (int k = k0; k < k1; ++k) leave(i, k);
        });
    }
    template <class Keep, class Emit> RANVIER_FN std::int64_t compact(std::int64_t n, Keep keep, Emit emit) {
        std::int64_t total = 0;
        for (std::int64_t first = 0; first < n; first += Lanes::size()) {
            auto const i = first + Lanes::rank();
            bool const mine = i < n && keep(i);
            int all = 0;
            auto const before = Lanes::count_before(mine, all);
            if (mine) emit(total + before, i);
            total += all;
        }
        return total;
    }
    template <class Value, class Emit> RANVIER_FN std::int64_t scan(std::int64_t n, Value value, Emit emit) {
        std::int64_t total = 0;
        for (std::int64_t first = 0; first < n; first += Lanes::size()) {
            auto const i = first + Lanes::rank();
            std::int64_t all = 0;
            auto const before = Lanes::sum_before(i < n ? std::int64_t(value(i)) : 0, all);
            if (i < n) emit(i, total + before);
            total += all;
        }
        return total;
    }
    template <class F> RANVIER_FN bool any(std::int64_t n, F f) {
        bool mine = false;
        for_each(n, [&](std::int64_t i) { mine |= bool(f(i)); });
        return Lanes::any(mine);
    }
    template <class F> RANVIER_FN void single(F f) {
        if (Lanes::rank() == 0) f();
    }
    RANVIER_FN void sync() { Lanes::sync(); }
    template <class T> RANVIER_FN void add(T& slot, T q) {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8);
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (reduce(slot, q);), (slot += q;))
    }
    template <class T> RANVIER_FN T fetch_add(T& counter, T m) {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8);
        NV_IF_ELSE_TARGET(NV_IS_DEVICE, (return atomic(counter, m);),
                          (auto const before = counter; counter += m; return before;))
    }
    template <class T> RANVIER_FN T* scratch(std::int64_t n) {
        used_ = aligned(used_);
        auto* const p = reinterpret_cast<T*>(memory_ + used_);
        used_ += std::size_t(n) * sizeof(T);
        if (used_ > bytes_) NV_IF_TARGET(NV_IS_DEVICE, (__trap();))
        return p;
    }
    RANVIER_FN std::size_t mark() const { return used_; }
    RANVIER_FN void release(std::size_t mark) { used_ = mark; }

  protected:
    static constexpr std::size_t alignment = 64;
    RANVIER_FN static std::size_t aligned(std::size_t bytes) {
        return (bytes + alignment - 1) / alignment * alignment;
    }
    std::byte* memory_;
    std::size_t bytes_, used_ = 0;

  private:
#ifdef __CUDACC__
    /// All memory of kernels is global. nvcc cannot know, and would first ask, and wait for the sum.
    template <class T> __device__ static void reduce(T& slot, T q) {
        auto const address = __cvta_generic_to_global(&slot);
        if constexpr (sizeof(T) == 4)
            asm volatile("red.global.add.u32 [%0], %1;" ::"l"(address), "r"(q));
        else
            asm volatile("red.global.add.u64 [%0], %1;" ::"l"(address), "l"(q));
    }
    template <class T> __device__ static T atomic(T& counter, T m) {
        if constexpr (sizeof(T) == 4)
            return T(atomicAdd(reinterpret_cast<unsigned*>(&counter), unsigned(m)));
        else
            return T(atomicAdd(reinterpret_cast<unsigned long long*>(&counter),
                               static_cast<unsigned long long>(m)));
    }
#endif
};

class cuda_warp : public cuda_lanes<warp_lanes> {
  public:
    using cuda_lanes::cuda_lanes;
    template <class F> RANVIER_FN void for_rows(std::int64_t n, F f) {
        for (std::int64_t r = 0; r < n; ++r) f(*this, r);
    }
};

/// `shares` blocks may work the rows of one team together; this is one of them.
class cuda_team : public cuda_lanes<block_lanes> {
  public:
    static constexpr int lanes = 256;
    static constexpr int row_lanes =
        64;  // where rows are all there is to do: blocks that end early make room
    static constexpr int row_blocks = 12;  // of them at a time on a multiprocessor
    RANVIER_FN cuda_team(std::byte* memory, std::size_t bytes, unsigned share, unsigned shares)
        : cuda_lanes(memory, bytes), share_(share), shares_(shares) {}
    /// A warp takes a row.
    template <class F> RANVIER_FN void for_rows(std::int64_t n, F f) {
        auto row = row_team();
        for (std::int64_t r = this_warp(); r < n; r += all_warps()) f(row, r);
    }
    /// Heads of as many rows as a warp has lanes are read at once.
    template <class Head, class F> RANVIER_FN void for_rows(std::int64_t n, Head head, F f) {
        auto row = row_team();
        auto const stride = std::int64_t{all_warps()};
        for (std::int64_t first = this_warp(); first < n; first += stride * warp_lanes::size()) {
            auto const r = first + stride * warp_lanes::rank();
            auto const mine = r < n ? head(r) : decltype(head(r)){};
            for (int l = 0; l < warp_lanes::size() && first + stride * l < n; ++l)
                f(row, first + stride * l, warp_lanes::from(mine, l));
        }
    }
    template <class Key, class Head, class F>
    RANVIER_FN void for_rows_by(std::int64_t n, Key key, Head head, F f) {
        auto row = row_team();
        std::int64_t mine = 0;  // of the rows in hand, one a lane
        int rows = 0;           // in hand
        auto work = [&] {
            auto const h = warp_lanes::rank() < rows ? head(mine) : decltype(head(mine)){};
            for (int l = 0; l < rows; ++l) f(row, warp_lanes::from(mine, l), warp_lanes::from(h, l));
            rows = 0;
        };
        for (std::int64_t first = 0; first < n; first += warp_lanes::size()) {
            auto const i = first + warp_lanes::rank();
            auto const k = i < n ? std::int64_t(key(i)) : -1;
            for (auto found = warp_lanes::ballot(k >= 0 && warp_of(unsigned(k)) == this_warp()); found != 0;
                 found &= found - 1) {
                if (warp_lanes::rank() == rows) mine = first + warp_lanes::first_of(found);
                if (++rows == warp_lanes::size()) work();
            }
        }
        work();
    }

  private:
    RANVIER_FN static unsigned warps() { return unsigned(block_lanes::size() / warp_lanes::size()); }
    RANVIER_FN unsigned all_warps() const { return warps() * shares_; }
    /// Spreads keys over the warps, without a division.
    RANVIER_FN unsigned warp_of(unsigned key) const {
        return unsigned(std::uint64_t{key * 2654435769u} * all_warps() >> 32);
    }
    RANVIER_FN unsigned this_warp() const {
        return share_ * warps() + unsigned(block_lanes::rank() / warp_lanes::size());
    }
    RANVIER_FN cuda_warp row_team() const {
        auto const begin = aligned(used_), room = (bytes_ - begin) / warps() / alignment * alignment;
        return {memory_ + begin + std::size_t(block_lanes::rank() / warp_lanes::size()) * room, room};
    }
    unsigned share_, shares_;
};

#ifdef __CUDACC__
/// kernel(team, index, args...) for index in [0, blocks); scratch: `bytes` for each block.
template <class K, class... A> __global__ void __launch_bounds__(cuda_team::lanes)
    run_kernel(K kernel, std::byte* scratch, std::size_t bytes, A... a) {
    cuda_team team(scratch + blockIdx.x * bytes, bytes, 0, 1);
    kernel(team, int(blockIdx.x), a...);
}
/// kernel(team, index, args...) for index in [0, blocks / shares), without scratch.
template <class K, class... A> __global__ void __launch_bounds__(cuda_team::row_lanes, cuda_team::row_blocks)
    run_rows(K kernel, unsigned shares, A... a) {
    cuda_team team(nullptr, 0, blockIdx.x % shares, shares);
    kernel(team, int(blockIdx.x / shares), a...);
}
#endif

}  // namespace ranvier
