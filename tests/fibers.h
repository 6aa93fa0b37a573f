// Lanes that take turns in one thread: one runs until it comes to a barrier, then another one that can,
// chosen at random. So the same seed gives the same run, and what one lane reads before another has written
// it stays unwritten.
#pragma once
#include <ucontext.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace ranvier::test {

/// What the sanitizers must know of stacks that change.
struct fiber_notes {
    void* tsan = nullptr;
    void* fake_stack = nullptr;
    void const* stack = nullptr;
    std::size_t bytes = 0;

#if defined(__SANITIZE_THREAD__)
    void make() { tsan = __tsan_create_fiber(0); }
    void become_current() { tsan = __tsan_get_current_fiber(); }
    void end() { __tsan_destroy_fiber(tsan); }
#else
    void make() {}
    void become_current() {}
    void end() {}
#endif
    void leave([[maybe_unused]] fiber_notes& to, [[maybe_unused]] bool for_good) {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack, to.stack, to.bytes);
#endif
#if defined(__SANITIZE_THREAD__)
        __tsan_switch_to_fiber(to.tsan, 0);
#endif
    }
    /// from: the fiber that was left, if its stack is not known yet.
    void arrive([[maybe_unused]] fiber_notes* from) {
#if defined(__SANITIZE_ADDRESS__)
        void const* stack_before = nullptr;
        std::size_t bytes_before = 0;
        __sanitizer_finish_switch_fiber(fake_stack, &stack_before, &bytes_before);
        if (from) from->stack = stack_before, from->bytes = bytes_before;
#endif
    }
};

class fibers {
  public:
    explicit fibers(int lanes, std::size_t stack_bytes = std::size_t{1} << 18)
        : lanes_(std::size_t(lanes)), stack_bytes_(stack_bytes) {
        for (auto& l : lanes_) {
            l.stack = std::make_unique<std::byte[]>(stack_bytes);
            l.notes.stack = l.stack.get();
            l.notes.bytes = stack_bytes;
            l.notes.make();
        }
    }
    ~fibers() {
        for (auto& l : lanes_) l.notes.end();
    }
    fibers(fibers const&) = delete;

    int size() const { return int(lanes_.size()); }
    /// f(lane) on all lanes. The first exception of one is thrown again.
    void run(std::uint64_t seed, std::function<void(int)> const& f) {
        random_.seed(seed);
        body_ = &f;
        failure_ = nullptr;
        main_notes_.become_current();
        for (std::size_t l = 0; l < lanes_.size(); ++l) {
            lanes_[l].at = ready;
            lanes_[l].notes.fake_stack = nullptr;
            getcontext(&lanes_[l].context);
            lanes_[l].context.uc_stack.ss_sp = lanes_[l].stack.get();
            lanes_[l].context.uc_stack.ss_size = stack_bytes_;
            lanes_[l].context.uc_link = nullptr;
            auto const self = reinterpret_cast<std::uintptr_t>(this);
            makecontext(&lanes_[l].context, reinterpret_cast<void (*)()>(&enter), 3, int(l),
                        unsigned(self >> 32), unsigned(self));
        }
        running_ = choose();
        main_notes_.leave(lanes_[std::size_t(running_)].notes, false);
        swapcontext(&main_, &lanes_[std::size_t(running_)].context);
        main_notes_.arrive(nullptr);
        if (failure_) std::rethrow_exception(failure_);
    }
    /// The running lane waits until `members` lanes have come to the barrier.
    void arrive(int lane, int barrier, int members) {
        auto& self = lanes_[std::size_t(lane)];
        self.at = barrier;
        int here = 0;
        for (auto const& l : lanes_) here += l.at == barrier;
        if (here == members)
            for (auto& l : lanes_)
                if (l.at == barrier) l.at = ready;
        auto const next = choose();
        if (next < 0) stuck();
        if (next == lane) return;
        running_ = next;
        self.notes.leave(lanes_[std::size_t(next)].notes, false);
        swapcontext(&self.context, &lanes_[std::size_t(next)].context);
        self.notes.arrive(nullptr);
    }

  private:
    static constexpr int ready = -1, ended = -2;
    struct lane {
        ucontext_t context{};
        std::unique_ptr<std::byte[]> stack;
        int at = ready;  // barrier at which it waits, or ready, or ended
        fiber_notes notes;
    };

    static void enter(int lane, unsigned high, unsigned low) {
        auto* const self = reinterpret_cast<fibers*>(std::uintptr_t(high) << 32 | low);
        self->live(lane);
    }
    void live(int lane) {
        auto& self = lanes_[std::size_t(lane)];
        self.notes.arrive(main_notes_.stack ? nullptr : &main_notes_);
        try {
            (*body_)(lane);
        } catch (...) {
            if (!failure_) failure_ = std::current_exception();
        }
        self.at = ended;
        auto const next = choose();
        if (next < 0 && !failure_ &&
            std::any_of(lanes_.begin(), lanes_.end(), [](auto const& l) { return l.at != ended; }))
            stuck();
        auto& to = next < 0 ? main_ : lanes_[std::size_t(next)].context;
        running_ = next;
        self.notes.leave(next < 0 ? main_notes_ : lanes_[std::size_t(next)].notes, true);
        setcontext(&to);
    }
    /// A lane that can run, or -1.
    int choose() {
        int n = 0;
        for (auto const& l : lanes_) n += l.at == ready;
        if (n == 0) return -1;
        auto k = int(random_() % unsigned(n));
        for (std::size_t l = 0; l < lanes_.size(); ++l)
            if (lanes_[l].at == ready && k-- == 0) return int(l);
        return -1;
    }
    [[noreturn]] static void stuck() {
        std::fputs("lanes of a team wait at different barriers: some lanes went another way\n", stderr);
        std::abort();
    }

    std::vector<lane> lanes_;
    std::size_t stack_bytes_;
    ucontext_t main_{};
    fiber_notes main_notes_;
    std::function<void(int)> const* body_ = nullptr;
    std::exception_ptr failure_;
    int running_ = -1;
    std::minstd_rand random_;
};

}  // namespace ranvier::test
