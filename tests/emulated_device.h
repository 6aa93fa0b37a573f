// A GPU for tests, without one. Its memory cannot be touched outside its own copies and launches, fresh
// memory is garbage, and queued work, host sides of copies included, happens as late as a stream may delay
// it. Teams come in random order, their lanes are those of threaded_team.
#pragma once
#include <sys/mman.h>

#include <cstring>
#include <functional>
#include <new>

#include "host/engine/arena.h"
#include "host/error.h"
#include "tests/teams_for_tests.h"

namespace ranvier {

/// What a broken twin of the device does wrong; what its lanes do wrong is test::defect.
enum class device_defect {
    none,
    forgets_upload,        // a copy to the device that is made in a run does not happen
    does_not_wait,         // synchronize returns before the work is done
    replays_stale_program  // a program that should have been recorded again is not
};

class emulated_device {
  public:
    struct settings {
        int lanes = 4;
        test::schedule how = test::schedule::in_turns;
        test::defect lane_defect = test::defect::none;
        device_defect defect = device_defect::none;
        std::uint64_t seed = 1;
        std::int64_t memory_limit = 0;
    };
    explicit emulated_device(settings const& s)
        : settings_(s),
          base_(static_cast<std::byte*>(
              mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
          arena_([this](std::size_t bytes) { return chunk(bytes); }, [](void*) {}),
          random_(s.seed) {
        if (base_ == MAP_FAILED) throw std::bad_alloc();
        madvise(base_, reserved, MADV_HUGEPAGE);  // fewer pages to protect
        reserve_scratch(0);
    }
    ~emulated_device() { munmap(base_, reserved); }
    emulated_device(emulated_device const&) = delete;

    static constexpr char name[] = "emulated";
    static constexpr bool one_lane = false, immediate = false;
    static constexpr int row_teams = 4;
    static constexpr std::int64_t events_at_once = 1 << 16;
    std::string description() const { return "emulated device"; }
    std::int64_t bytes() const { return std::int64_t(arena_.used()); }
    int concurrency() const { return 1; }
    std::int64_t partitions_for(std::int64_t neurons) const { return neurons / 100 + 1; }
    std::int64_t available() const { return std::int64_t(reserved - arena_.used()); }
    std::int64_t slices_at_once() const { return 7; }

    void* allocate(std::size_t bytes) {
        if (bytes == 0) return nullptr;
        auto* const p = arena_.allocate(bytes);
        if (!p)
            throw out_of_memory({"emulated memory", "needed", std::to_string(bytes) + " bytes",
                                 std::to_string(available()) + " bytes are available", ""});
        fill_with_garbage(p, bytes);
        return p;
    }
    void free(void* p, std::size_t bytes) {
        if (!p) return;
        fill_with_garbage(p, bytes);  // once what is queued has been done with it
        arena_.free(p, bytes);
    }
    void copy_in(void* device, void const* host, std::size_t n) {
        if (settings_.defect == device_defect::forgets_upload && ++uploads_in_run_ == 1) return;
        add([=] { std::memcpy(device, host, n); }, n);
    }
    void copy_out(void* host, void const* device, std::size_t n) {
        add([=] { std::memcpy(host, device, n); }, n);
    }
    void fill_zero(void* device, std::size_t n) {
        add([=] { std::memset(device, 0, n); }, n);
    }
    void synchronize() {
        if (settings_.defect == device_defect::does_not_wait && ++waits_ % 3 == 0) return;
        finish();
    }
    void reserve_scratch(std::size_t bytes) {
        if (bytes <= scratch_ && crew_) return;
        finish();
        scratch_ = bytes;
        crew_ = std::make_unique<test::lane_crew>(settings_.lanes, std::max(1, settings_.lanes / row_teams),
                                                  settings_.how, bytes, settings_.lane_defect);
    }
    template <class K, class... A> void launch(int teams, K kernel, A... args) {
        run(teams, 1, kernel, args...);
    }
    template <class K, class... A> void launch_rows(int teams, K kernel, A... args) {
        run(teams, 3, kernel, args...);
    }

    class program {
        friend emulated_device;
        std::vector<std::function<void()>> work_;
    };
    template <class F> void repeat(program& p, int times, F queue) {
        uploads_in_run_ = 0;
        auto* recorded = &p;
        if (settings_.defect == device_defect::replays_stale_program) recorded = &stale_;
        if (times > 0 && recorded->work_.empty()) {
            queue();
            --times;
        }
        if (times > 0 && recorded->work_.empty()) {
            std::swap(queue_, recorded->work_);
            queue();
            std::swap(queue_, recorded->work_);
        }
        for (int i = 0; i < times; ++i)
            queue_.insert(queue_.end(), recorded->work_.begin(), recorded->work_.end());
    }
    void start_laps() {}
    void lap(double& seconds) { seconds += 1e-9; }  // a phase has been there

  private:
    static constexpr std::size_t reserved = std::size_t{16} << 30;  // addresses, not memory
    static constexpr int garbage = 0xA5;

    struct access {
        emulated_device const& d;
        explicit access(emulated_device const& d) : d(d) {
            mprotect(d.base_, d.given_, PROT_READ | PROT_WRITE);
        }
        ~access() { mprotect(d.base_, d.given_, PROT_NONE); }
        access(access const&) = delete;
    };
    void* chunk(std::size_t bytes) {
        auto const most = settings_.memory_limit > 0 ? std::size_t(settings_.memory_limit) : reserved;
        if (given_ + bytes > most) return nullptr;
        given_ += bytes;
        return base_ + (given_ - bytes);
    }
    void fill_with_garbage(void* p, std::size_t bytes) {
        add([=] { std::memset(p, garbage, bytes); }, bytes);
    }
    void add(std::function<void()> work, std::size_t n) {
        if (n > 0) queue_.push_back(std::move(work));
    }
    template <class K, class... A> void run(int teams, int shares, K kernel, A... args) {
        queue_.push_back([=, this] {
            std::vector<int> order(std::size_t(teams * shares));
            std::iota(order.begin(), order.end(), 0);
            std::shuffle(order.begin(), order.end(), random_);
            for (auto const t : order)
                crew_->run(random_(), [&](int lane) {
                    test::threaded_team team(*crew_, lane, t % shares, shares);
                    kernel(team, t / shares, args...);
                });
        });
    }
    void finish() {
        if (queue_.empty()) return;
        access const a(*this);
        auto const work = std::exchange(queue_, {});
        for (auto const& w : work) w();
    }

    settings settings_;
    std::byte* base_;
    std::size_t given_ = 0;
    arena arena_;
    std::mt19937_64 random_;
    std::vector<std::function<void()>> queue_;
    std::size_t scratch_ = 0;
    std::unique_ptr<test::lane_crew> crew_;
    program stale_;
    int uploads_in_run_ = 0, waits_ = 0;
};

}  // namespace ranvier
