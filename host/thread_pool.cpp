#include "host/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <utility>

namespace ranvier {

namespace {
/// That this process may use.
int processors() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return int(std::max(1u, std::thread::hardware_concurrency()));
}
}  // namespace

void waiting_room::wake(int n) {
    auto const sleepers = sleepers_.load();
    if (n <= 0 || sleepers == 0) return;
    { std::lock_guard const lock(mutex_); }  // a sleeper that has looked at the condition is asleep now
    if (n >= sleepers)
        condition_.notify_all();
    else
        for (int i = 0; i < n; ++i) condition_.notify_one();
}

thread_pool::thread_pool(int threads)
    : processors_(processors()),
      shares_(std::size_t(std::max(threads, 1))),
      idle_(threads > processors_),
      done_(threads > processors_) {
    try {
        for (int w = 1; w < size(); ++w) threads_.emplace_back([this, w] { work(w); });
    } catch (...) {  // the system has no more threads
        end();
        throw;
    }
}

thread_pool::~thread_pool() { end(); }

void thread_pool::end() {
    stop_ = true;
    ++round_;
    idle_.wake(size());
}

void thread_pool::run(int n, void const* task, entry call) {
    task_ = task;
    call_ = call;
    n_ = n;
    unfinished_ = n;
    auto const sharers = std::min(n, size());
    for (int w = 0; w < sharers; ++w)
        shares_[std::size_t(w)].left.store(share_of(w), std::memory_order_release);
    ++round_;
    idle_.wake(std::clamp(processors_ - 1, 1, sharers - 1));  // the caller takes part
    take_tasks(0);
    done_.wait([this] { return unfinished_ == 0; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void thread_pool::work(int worker) {
    for (std::uint64_t seen = 0;;) {
        idle_.wait([&] { return round_ != seen; });
        seen = round_;
        if (stop_) return;
        take_tasks(worker);
    }
}

/// The worker's own tasks, then those of the others.
void thread_pool::take_tasks(int worker) {
    int finished = 0;
    for (int s = 0; s < size(); ++s) {
        auto const owner = (worker + s) % size();
        auto& left = shares_[std::size_t(owner)].left;
        while (left.load(std::memory_order_relaxed) > 0) {
            auto const mine = left.fetch_sub(1, std::memory_order_acquire);
            if (mine <= 0) break;
            finished += try_task(worker, owner + (share_of(owner) - mine) * size());
        }
    }
    if (finished > 0 && unfinished_.fetch_sub(finished) == finished) done_.wake(1);
}

/// Number of tasks that need not be waited for any more.
int thread_pool::try_task(int worker, int index) {
    try {
        call_(task_, worker, index);
        return 1;
    } catch (...) {
        std::lock_guard const lock(failure_mutex_);
        if (!failure_) failure_ = std::current_exception();
    }
    int left_out = 0;
    for (auto& s : shares_) left_out += std::max(s.left.exchange(0), 0);
    return 1 + left_out;
}

}  // namespace ranvier
