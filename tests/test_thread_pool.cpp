// The pool that runs the CPU backend's launches.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <ctime>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/thread_pool.h"

namespace ranvier::test {
namespace {

using namespace std::chrono_literals;

/// Plain memory, so that the thread sanitizer sees a task that runs twice, or beside the next round.
std::vector<int> counted(thread_pool& pool, int n, int rounds) {
    std::vector<int> times(std::size_t(n), 0);
    for (int r = 0; r < rounds; ++r) pool.run(n, [&](int, int i) { ++times[std::size_t(i)]; });
    return times;
}

struct shape {
    int threads, tasks;
    friend void PrintTo(shape const& s, std::ostream* o) {
        *o << s.threads << " threads, " << s.tasks << " tasks";
    }
};
class pools : public testing::TestWithParam<shape> {};

TEST_P(pools, run_every_task_once_a_round) {
    auto const [threads, tasks] = GetParam();
    thread_pool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    EXPECT_EQ(counted(pool, tasks, 5000), std::vector<int>(std::size_t(tasks), 5000));
}

TEST_P(pools, workers_are_never_in_two_tasks) {
    auto const [threads, tasks] = GetParam();
    thread_pool pool(threads);
    std::vector<int> of_worker(std::size_t(threads), 0);
    for (int r = 0; r < 1000; ++r)
        pool.run(tasks, [&](int worker, int) { ++of_worker.at(std::size_t(worker)); });
    int all = 0;
    for (auto const n : of_worker) all += n;
    EXPECT_EQ(all, 1000 * tasks);
}

TEST_P(pools, survive_exceptions) {
    auto const [threads, tasks] = GetParam();
    thread_pool pool(threads);
    for (int r = 0; r < 300; ++r) {
        auto const bad = tasks ? r % tasks : 0;
        std::vector<int> times(std::size_t(tasks), 0);
        std::string message;
        try {
            pool.run(tasks, [&](int, int i) {
                ++times[std::size_t(i)];
                if (i == bad) throw std::runtime_error(std::to_string(i));
            });
        } catch (std::runtime_error const& e) { message = e.what(); }
        EXPECT_EQ(message, tasks ? std::to_string(bad) : "");
        for (auto const t : times) EXPECT_LE(t, 1);
        EXPECT_EQ(counted(pool, tasks, 3), std::vector<int>(std::size_t(tasks), 3));
    }
    EXPECT_THROW(pool.run(tasks + 1, [](int, int) { throw std::runtime_error("all"); }), std::runtime_error);
    EXPECT_EQ(counted(pool, tasks, 3), std::vector<int>(std::size_t(tasks), 3));
}

INSTANTIATE_TEST_SUITE_P(shapes, pools,
                         testing::Values(shape{1, 5}, shape{2, 0}, shape{2, 1}, shape{2, 2}, shape{2, 3},
                                         shape{3, 100}, shape{7, 2}, shape{7, 7}, shape{7, 20}, shape{16, 5}),
                         [](auto const& p) {
                             return std::to_string(p.param.threads) + "_threads_" +
                                    std::to_string(p.param.tasks) + "_tasks";
                         });

TEST(thread_pool, tasks_meet) {
    // Tasks that wait for each other end only if each has a thread.
    thread_pool pool(2);
    for (int r = 0; r < 100; ++r) {
        std::array<std::atomic<bool>, 2> here{};
        pool.run(2, [&](int, int i) {
            here[std::size_t(i)] = true;
            while (!here[std::size_t(1 - i)]) std::this_thread::yield();
        });
        if (r % 10 == 0) std::this_thread::sleep_for(1ms);  // idle workers sleep
    }
}

TEST(thread_pool, rounds_after_pauses) {
    thread_pool pool(3);
    for (auto const pause : {0us, 20us, 45us, 50us, 55us, 200us, 2000us})
        for (int r = 0; r < 50; ++r) {
            EXPECT_EQ(counted(pool, 6, 1), std::vector<int>(6, 1));
            std::this_thread::sleep_for(pause);
        }
}

TEST(thread_pool, one_long_task) {
    thread_pool pool(3);
    for (int r = 0; r < 20; ++r) {
        std::array<int, 6> done{};
        pool.run(6, [&](int, int i) {
            if (i == r % 6) std::this_thread::sleep_for(3ms);  // the caller falls asleep meanwhile
            done[std::size_t(i)] = 1;
        });
        for (auto const d : done) EXPECT_EQ(d, 1);
    }
}

TEST(thread_pool, two_pools_side_by_side) {
    auto use = [](int threads, int tasks) {
        thread_pool pool(threads);
        EXPECT_EQ(counted(pool, tasks, 3000), std::vector<int>(std::size_t(tasks), 3000));
    };
    std::jthread const other([&] { use(2, 5); });
    use(3, 4);
}

TEST(thread_pool, two_pools_in_turns) {
    thread_pool a(2), b(3);
    for (int r = 0; r < 500; ++r) {
        EXPECT_EQ(counted(a, 4, 1), std::vector<int>(4, 1));
        EXPECT_EQ(counted(b, 4, 1), std::vector<int>(4, 1));
    }
}

TEST(thread_pool, made_and_thrown_away) {
    for (int r = 0; r < 200; ++r) thread_pool const unused(1 + r % 5);
    for (int r = 0; r < 200; ++r) {
        std::optional<thread_pool> pool(std::in_place, 1 + r % 5);
        EXPECT_EQ(counted(*pool, 3, 1 + r % 3), std::vector<int>(3, 1 + r % 3));
        if (r % 20 == 0) std::this_thread::sleep_for(1ms);  // thrown away asleep
    }
}

TEST(thread_pool, costs_nothing_when_idle) {
    thread_pool pool(3);
    EXPECT_EQ(counted(pool, 6, 100), std::vector<int>(6, 100));
    std::this_thread::sleep_for(20ms);
    auto const before = std::clock();  // processor time of all threads
    std::this_thread::sleep_for(200ms);
    EXPECT_LT(double(std::clock() - before) / CLOCKS_PER_SEC, 0.05);
}

}  // namespace
}  // namespace ranvier::test
