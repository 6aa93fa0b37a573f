// Lanes that take turns in one thread: one runs until it comes to a barrier, then another one that can,
// chosen at random. So the same seed gives the same run, and what one lane reads before another has written
// it stays unwritten.
#pragma once
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
    void leave([[maybe_unused]] fiber_notes& to) {
#if defined(__SANITIZE_ADDRESS__)
        __sanitizer_start_switch_fiber(&fake_stack, to.stack, to.bytes);
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
        : lanes_(std::size_t(lanes)), waiting_(std::size_t(lanes) + 1), stack_bytes_(stack_bytes) {
        for (std::size_t l = 0; l < lanes_.size(); ++l) prepare(l);
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
        main_.notes.become_current();
        ready_.clear();
        for (int l = 0; l < size(); ++l) ready_.push_back(l);
        for (auto& w : waiting_) w.clear();
        change(main_, lanes_[std::size_t(choose())]);
        if (failure_) std::rethrow_exception(failure_);
    }
    /// The running lane waits until `members` lanes have come to the barrier.
    void arrive(int lane, int barrier, int members) {
        auto& here = waiting_[std::size_t(barrier)];
        here.push_back(lane);
        if (int(here.size()) == members) {
            ready_.insert(ready_.end(), here.begin(), here.end());
            here.clear();
        }
        auto const next = choose();
        if (next < 0) stuck();
        if (next == lane) return;
        change(lanes_[std::size_t(lane)], lanes_[std::size_t(next)]);
    }

  private:
    struct lane {
        void* place[3] = {};  // where it goes on: instruction, stack and frame pointer. First, for change
        fibers* owner = nullptr;
        std::unique_ptr<std::byte[]> stack;
        fiber_notes notes;
    };

    /// Goes on with another lane until somebody comes back to this one. Not by swapcontext, which asks the
    /// kernel for the signal mask each time, nor by longjmp, at which sanitizers forget what they know of the
    /// stack. A lane that begins finds the two as arguments of enter.
    __attribute__((noinline)) static void change(lane& from, lane& to) {
        from.notes.leave(to.notes);
        auto *left = &from, *next = &to;
        asm volatile(
            "lea 1f(%%rip), %%rax\n\t"
            "mov %%rax, 0(%0)\n\t"
            "mov %%rsp, 8(%0)\n\t"
            "mov %%rbp, 16(%0)\n\t"
            "mov 8(%1), %%rsp\n\t"
            "mov 16(%1), %%rbp\n\t"
            "jmp *0(%1)\n"
            "1:"
            : "+D"(left), "+S"(next)
            :
            : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
              "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
              "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
        from.notes.arrive(nullptr);
    }
    void prepare(std::size_t l) {
        auto& self = lanes_[l];
        self.owner = this;
        self.stack = std::make_unique<std::byte[]>(stack_bytes_);
        self.notes.stack = self.stack.get();
        self.notes.bytes = stack_bytes_;
        self.notes.make();
        self.place[0] = reinterpret_cast<void*>(&enter);
        self.place[1] = self.stack.get() + stack_bytes_ - 8;  // as if it were called, from nowhere
    }
    static void enter(lane*, lane* self) { self->owner->live(*self, int(self - self->owner->lanes_.data())); }
    /// A lane's life: from run to run.
    [[noreturn]] void live(lane& self, int number) {
        self.notes.arrive(main_.notes.stack ? nullptr : &main_.notes);
        for (;;) {
            try {
                (*body_)(number);
            } catch (...) {
                if (!failure_) failure_ = std::current_exception();
            }
            auto const next = choose();
            auto waits = [](auto const& w) { return !w.empty(); };
            if (next < 0 && !failure_ && std::any_of(waiting_.begin(), waiting_.end(), waits)) stuck();
            change(self, next < 0 ? main_ : lanes_[std::size_t(next)]);
        }
    }
    /// One of the lanes that can run, which leaves their list, or -1.
    int choose() {
        if (ready_.empty()) return -1;
        std::swap(ready_[random_() % ready_.size()], ready_.back());
        auto const next = ready_.back();
        ready_.pop_back();
        return next;
    }
    [[noreturn]] static void stuck() {
        std::fputs("lanes of a team wait at different barriers: some lanes went another way\n", stderr);
        std::abort();
    }

    std::vector<lane> lanes_;
    std::vector<int> ready_;                 // in no order
    std::vector<std::vector<int>> waiting_;  // of each barrier: 0 of all lanes, then of warps
    std::size_t stack_bytes_;
    lane main_;
    std::function<void(int)> const* body_ = nullptr;
    std::exception_ptr failure_;
    std::minstd_rand random_;
};

}  // namespace ranvier::test
