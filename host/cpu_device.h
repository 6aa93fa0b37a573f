// The CPU as a Device: memory is the host's, work is done when it is asked for, a team is one thread. What a
// Device offers is what the engine (host/engine/) needs: allocate, free, copies, zero, read, launch, scratch.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "host/thread_pool.h"
#include "kernels/team.h"

namespace ranvier {

/// Memory that is zero when first touched, on large pages where the system has them. Throws out_of_memory.
void* allocate_pages(std::size_t bytes);
void free_pages(void* p, std::size_t bytes);
/// Bytes that the machine can still give to this process; containers' limits are respected.
std::int64_t available_memory();

/// Whether loops may use AVX-512: the processor has it, they have been compiled for it, and the environment's
/// RANVIER_AVX512 is not 0. Results do not depend on it.
bool wide_vectors();

class cpu_device {
  public:
    explicit cpu_device(int threads) : pool_(std::make_unique<thread_pool>(threads)) { reserve_scratch(0); }

    static constexpr char name[] = "cpu";
    static constexpr bool one_lane = true;   // of its teams
    static constexpr bool immediate = true;  // launches return when they are done; the host may look
    static constexpr int row_teams = 1;      // rows that a team works at once
    static constexpr std::int64_t events_at_once = 1;  // room for spikes: of one slice is enough
    std::string description() const { return "CPU"; }
    std::int64_t bytes() const { return 0; }
    int concurrency() const { return pool_->size(); }
    std::int64_t partitions_for(std::int64_t neurons) const {
        return std::min<std::int64_t>(pool_->size(), neurons / 256 + 1);
    }
    std::int64_t available() const { return available_memory(); }

    void* allocate(std::size_t bytes) { return allocate_pages(bytes); }
    void free(void* p, std::size_t bytes) { free_pages(p, bytes); }
    void copy_in(void* device, void const* host, std::size_t n) {
        if (n) std::memcpy(device, host, n);
    }
    void copy_out(void* host, void const* device, std::size_t n) {
        if (n) std::memcpy(host, device, n);
    }
    void fill_zero(void* device, std::size_t n) {
        if (n) std::memset(device, 0, n);
    }
    void synchronize() {}
    std::int64_t slices_at_once() const { return 1; }
    /// Makes sure that every team has this much scratch beside what any kernel may need.
    void reserve_scratch(std::size_t more) {
        auto const bytes = scratch_bytes + more;
        if (bytes <= scratch_size_) return;
        scratch_size_ = bytes;
        scratch_.clear();
        for (int w = 0; w < pool_->size(); ++w) scratch_.push_back(std::make_unique<scratch_memory>(bytes));
    }
    /// kernel(team, index, args...) for index in [0, teams), after all that was queued before.
    template <class K, class... A> void launch(int teams, K kernel, A... args) {
        pool_->run(teams, [&](int worker, int index) {
            serial_team team(*scratch_[std::size_t(worker)], wide_);
            kernel(team, index, args...);
        });
    }
    /// The same for kernels that consist of for_rows and for_rows_by: a device may share their rows between
    /// teams.
    template <class K, class... A> void launch_rows(int teams, K kernel, A... args) {
        launch(teams, kernel, args...);
    }
    /// What has been recorded of work that is repeated; a new one wherever its arguments have changed.
    struct program {};
    template <class F> void repeat(program&, int times, F queue) {
        for (int i = 0; i < times; ++i) queue();
    }
    /// Adds the time since the last lap.
    void start_laps() { lap_ = clock::now(); }
    void lap(double& seconds) {
        auto const now = clock::now();
        seconds += std::chrono::duration<double>(now - lap_).count();
        lap_ = now;
    }

  private:
    using clock = std::chrono::steady_clock;
    clock::time_point lap_ = clock::now();
    std::unique_ptr<thread_pool> pool_;
    std::vector<std::unique_ptr<scratch_memory>> scratch_;
    std::size_t scratch_size_ = 0;
    bool wide_ = wide_vectors();
};

}  // namespace ranvier
