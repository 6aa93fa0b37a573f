// A network as Python uses it: one call at a time, whatever the threads; long ones without Python's lock.
#pragma once
#include <unistd.h>

#include <atomic>
#include <optional>

#include "binding.h"

namespace ranvier::python {

class core {
  public:
    core(double resolution, std::int64_t seed, int threads, std::string const& backend, int device,
         bool profile, int partitions, std::int64_t memory_limit)
        : process_(getpid()) {
        options o{resolution, checked_seed(seed), threads,     backend, device,
                  profile,    partitions,         memory_limit};
        net_ = std::make_unique<network>(o);
        net_->on_progress([this](progress const& p) { progressed(p); });
    }
    ~core() {
        // After a fork the workers of the parent's network are not here to be joined.
        if (getpid() != process_) (void)net_.release();
    }
    core(core const&) = delete;
    core& operator=(core const&) = delete;

    static std::uint32_t checked_seed(std::int64_t seed) {
        if (seed < 1 || seed > UINT32_MAX)
            throw out_of_range(
                {"network", "seed", fmt::format("{}", seed), "1 ... 2^32 - 1", "choose another"});
        return std::uint32_t(seed);
    }

    /// The network for one call; no other call may begin until it has ended.
    template <class F> auto use(F f) {
        claim const mine(*this);
        return f(*net_);
    }
    /// The same without Python's lock.
    template <class F> auto work(F f) {
        claim const mine(*this);
        pending_.reset();
        try {
            nb::gil_scoped_release const unlocked;
            if constexpr (std::is_void_v<decltype(f(*net_))>) {
                f(*net_);
            } else {
                result_of<F> result(f(*net_));
                return finished(std::move(result));
            }
        } catch (interrupted const&) {
            throw_pending();
            throw;
        }
        throw_pending();
    }
    void interrupt() { net_->interrupt(); }
    void set_progress(nb::object f) { callback_ = f.is_none() ? nb::object() : std::move(f); }
    nb::object& callback() { return callback_; }

  private:
    template <class F> using result_of = std::decay_t<decltype(std::declval<F>()(std::declval<network&>()))>;
    template <class T> T finished(T result) { return result; }

    struct claim {
        explicit claim(core& c) : owner(c) {
            if (getpid() != c.process_)
                throw unusable(
                    {"network", "", "made before a fork", "", "make it in the process that uses it"});
            if (c.busy_.exchange(true))
                throw unusable({"network", "", "in use by another thread or by its own progress callback", "",
                                "one call at a time; interrupt() may be called from anywhere"});
        }
        ~claim() { owner.busy_ = false; }
        core& owner;
    };

    void progressed(progress const& p) {
        nb::gil_scoped_acquire const locked;
        if (pending_) return;
        try {
            if (PyErr_CheckSignals() != 0) throw nb::python_error();
            if (callback_.is_valid() && !callback_.is_none())
                callback_(nb::str(p.task.data(), p.task.size()), p.done, p.total);
        } catch (nb::python_error& e) {
            pending_.emplace(std::move(e));
            net_->interrupt();
        }
    }
    void throw_pending() {
        if (!pending_) return;
        auto e = std::move(*pending_);
        pending_.reset();
        throw e;
    }

    std::unique_ptr<network> net_;
    std::atomic<bool> busy_ = false;
    pid_t process_;
    nb::object callback_;
    std::optional<nb::python_error> pending_;  // to be raised when the network's call has ended
};

}  // namespace ranvier::python
