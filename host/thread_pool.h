// A few threads that run numbered tasks. Owned by one CPU device.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ranvier {

/// Where threads wait until a condition on atomics holds: for a while awake, then asleep.
class waiting_room {
  public:
    /// crowded: there are fewer processors than threads, so that a thread awake is in the way of others.
    explicit waiting_room(bool crowded) : crowded_(crowded) {}

    template <class Ready> void wait(Ready ready) {
        if (ready() || awake(ready)) return;
        std::unique_lock lock(mutex_);
        ++sleepers_;  // before the condition is looked at again: see wake
        condition_.wait(lock, ready);
        --sleepers_;
    }
    /// Wakes up to n sleepers. The condition has been made true before, by a sequentially consistent store:
    /// either this sees the sleeper, or the sleeper sees the store.
    void wake(int n);

  private:
    /// False: patience is at an end. Yields now and then, as the thread that is waited for may need this
    /// processor.
    template <class Ready> bool awake(Ready ready) const {
        using clock = std::chrono::steady_clock;
        auto const end = clock::now() + std::chrono::microseconds(crowded_ ? 2 : 50);
        for (int looks = 1;; ++looks) {
            for (int i = 0; i < 8; ++i) {
                pause();
                if (ready()) return true;
            }
            if (crowded_ || looks % 16 == 0) std::this_thread::yield();
            if (ready()) return true;
            if (clock::now() >= end) return false;
        }
    }
    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    bool crowded_;
    std::mutex mutex_;
    std::condition_variable condition_;
    std::atomic<int> sleepers_ = 0;
};

class thread_pool {
  public:
    /// `threads` workers, the caller of run being one of them.
    explicit thread_pool(int threads);
    ~thread_pool();
    thread_pool(thread_pool const&) = delete;

    int size() const { return int(shares_.size()); }
    /// task(worker, index) for all index in [0, n), each on some worker, preferably on worker index % size;
    /// returns when all are done. The first exception of a task is thrown again here; tasks that had not
    /// begun by then are left out. Not to be called from a task, nor by two threads at once.
    template <class F> void run(int n, F const& task) {
        if (size() == 1 || n <= 1) {
            for (int i = 0; i < n; ++i) task(0, i);
            return;
        }
        run(n, &task,
            [](void const* f, int worker, int index) { (*static_cast<F const*>(f))(worker, index); });
    }

  private:
    using entry = void (*)(void const* task, int worker, int index);
    /// Tasks index = worker, worker + size, ... that nobody has taken yet. Whoever finds left > 0 and takes
    /// one off has claimed a task of the round that is running, which cannot end before this task is done: so
    /// the members task_, call_ and n_ may be read after a claim, and only then. Values below 0 mean 0.
    struct alignas(64) share {
        std::atomic<int> left = 0;
    };

    void run(int n, void const* task, entry call);
    void end();
    void work(int worker);
    void take_tasks(int worker);
    int try_task(int worker, int index);
    int share_of(int worker) const { return (n_ - worker + size() - 1) / size(); }

    int const processors_;
    int n_ = 0;
    void const* task_ = nullptr;
    entry call_ = nullptr;
    std::vector<share> shares_;  // [worker]
    std::atomic<bool> stop_ = false;
    alignas(64) std::atomic<int> unfinished_ = 0;  // tasks of this round
    alignas(64) std::atomic<std::uint64_t> round_ = 0;
    waiting_room idle_, done_;
    std::mutex failure_mutex_;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;  // last: ended before the rest
};

}  // namespace ranvier
