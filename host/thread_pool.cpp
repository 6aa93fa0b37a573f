#include "host/thread_pool.h"

namespace ranvier {

thread_pool::thread_pool(int threads) {
    for (int w = 1; w < threads; ++w) threads_.emplace_back([this, w] { work(w); });
}

thread_pool::~thread_pool() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
    }
    start_.notify_all();
}

void thread_pool::run(int n, std::function<void(int, int)> const& task) {
    if (threads_.empty() || n <= 1) {
        for (int i = 0; i < n; ++i) task(0, i);
        return;
    }
    {
        std::lock_guard lock(mutex_);
        task_ = &task;
        n_ = n;
        next_ = 0;
        busy_ = int(threads_.size());
        ++round_;
    }
    start_.notify_all();
    take_tasks(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void thread_pool::work(int worker) {
    std::uint64_t seen = 0;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            start_.wait(lock, [&] { return stop_ || round_ != seen; });
            if (stop_) return;
            seen = round_;
        }
        take_tasks(worker);
        std::lock_guard lock(mutex_);
        if (--busy_ == 0) done_.notify_one();
    }
}

void thread_pool::take_tasks(int worker) {
    for (int i; (i = next_.fetch_add(1)) < n_;) {
        try {
            (*task_)(worker, i);
        } catch (...) {
            std::lock_guard lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
            next_ = n_;
        }
    }
}

}  // namespace ranvier
