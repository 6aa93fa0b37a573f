// The CPU as a Device: memory is the host's, work is done when it is asked for, a team is one thread. What a
// Device offers is what the engine (host/engine/) needs: allocate, free, copies, zero, read, launch, scratch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "host/thread_pool.h"
#include "kernels/team.h"

namespace ranvier {

/// Memory that is zero when first touched, on large pages where the system has them. Throws out_of_memory.
void* allocate_pages(std::size_t bytes);
void free_pages(void* p, std::size_t bytes);
/// Bytes that the machine can still give to this process; containers' limits are respected.
std::int64_t available_memory();

class cpu_device {
  public:
    explicit cpu_device(int threads) : pool_(std::make_unique<thread_pool>(threads)) {
        reserve_scratch(scratch_bytes);
    }

    static constexpr char name[] = "cpu";
    int concurrency() const { return pool_->size(); }
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
    /// Makes sure that every team has this much scratch.
    void reserve_scratch(std::size_t bytes) {
        if (bytes <= scratch_size_) return;
        scratch_size_ = bytes;
        scratch_.clear();
        for (int w = 0; w < pool_->size(); ++w) scratch_.push_back(std::make_unique<scratch_memory>(bytes));
    }
    /// kernel(team, index, args...) for index in [0, teams), after all that was queued before.
    template <class K, class... A> void launch(int teams, K kernel, A... args) {
        pool_->run(teams, [&](int worker, int index) {
            serial_team team(*scratch_[std::size_t(worker)]);
            kernel(team, index, args...);
        });
    }

  private:
    std::unique_ptr<thread_pool> pool_;
    std::vector<std::unique_ptr<scratch_memory>> scratch_;
    std::size_t scratch_size_ = 0;
};

}  // namespace ranvier
