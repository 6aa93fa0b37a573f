// A few threads that run numbered tasks. Owned by one CPU device.
#pragma once
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ranvier {

class thread_pool {
  public:
    /// `threads` workers, the caller of run being one of them.
    explicit thread_pool(int threads);
    ~thread_pool();
    thread_pool(thread_pool const&) = delete;

    int size() const { return int(threads_.size()) + 1; }
    /// task(worker, index) for all index in [0, n), each on some worker; returns when all are done. The first
    /// exception of a task is thrown again here.
    void run(int n, std::function<void(int worker, int index)> const& task);

  private:
    void work(int worker);
    void take_tasks(int worker);

    std::vector<std::jthread> threads_;
    std::mutex mutex_;
    std::condition_variable start_, done_;
    std::function<void(int, int)> const* task_ = nullptr;
    std::atomic<int> next_ = 0;
    int n_ = 0, busy_ = 0;
    std::uint64_t round_ = 0;
    bool stop_ = false;
    std::exception_ptr failure_;
};

}  // namespace ranvier
