// Blocks never overlap, neighbours that are free become one, and nothing is lost.
#include "host/engine/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace ranvier {
namespace {

/// Addresses that nothing is stored at.
struct source {
    std::size_t limit = std::size_t{1} << 40, given = 0;
    std::uintptr_t next = std::uintptr_t{1} << 40;
    std::map<void*, std::size_t> chunks;

    arena make() {
        return arena(
            [this](std::size_t bytes) -> void* {
                if (given + bytes > limit) return nullptr;
                given += bytes;
                auto* const p = reinterpret_cast<void*>(next);
                next += bytes;  // neighbours: blocks of two chunks must not become one
                chunks[p] = bytes;
                return p;
            },
            [this](void* p) {
                given -= chunks.at(p);
                chunks.erase(p);
            });
    }
};

TEST(arena, blocks_lie_apart_and_come_back) {
    source from;
    std::mt19937 random(3);
    {
        auto a = from.make();
        std::map<std::uintptr_t, std::size_t> blocks;
        std::size_t used = 0;
        auto rounded = [](std::size_t n) {
            return (n + arena::alignment - 1) / arena::alignment * arena::alignment;
        };
        for (int i = 0; i < 4000; ++i) {
            if (blocks.empty() || random() % 5 < 3) {
                std::size_t const bytes = 1 + random() % (random() % 50 == 0 ? 100'000'000 : 5000);
                auto const p = reinterpret_cast<std::uintptr_t>(a.allocate(bytes));
                ASSERT_NE(p, 0u);
                ASSERT_EQ(p % arena::alignment, 0u);
                auto const after = blocks.lower_bound(p);
                if (after != blocks.end()) { ASSERT_LE(p + bytes, after->first); }
                if (after != blocks.begin()) {
                    ASSERT_LE(std::prev(after)->first + std::prev(after)->second, p);
                }
                auto const chunk = std::prev(from.chunks.upper_bound(reinterpret_cast<void*>(p)));
                ASSERT_LE(p + bytes, reinterpret_cast<std::uintptr_t>(chunk->first) + chunk->second);
                blocks[p] = bytes;
                used += rounded(bytes);
            } else {
                auto const at = std::next(blocks.begin(), std::ptrdiff_t(random() % blocks.size()));
                a.free(reinterpret_cast<void*>(at->first), at->second);
                used -= rounded(at->second);
                blocks.erase(at);
            }
            ASSERT_EQ(a.used(), used);
            ASSERT_EQ(a.used() + a.unused(), from.given);
        }
        for (auto const& [p, bytes] : blocks) a.free(reinterpret_cast<void*>(p), bytes);
        EXPECT_EQ(a.used(), 0u);
        // All of the largest chunk is one block again.
        auto largest = std::size_t{0};
        for (auto const& [p, bytes] : from.chunks) largest = std::max(largest, bytes);
        auto const before = from.given;
        EXPECT_NE(a.allocate(largest), nullptr);
        EXPECT_EQ(from.given, before);
    }
    EXPECT_EQ(from.given, 0u);
}

TEST(arena, chunks_without_blocks_are_given_back_before_it_gives_up) {
    source from;
    from.limit = 3 * arena::smallest_chunk;
    auto a = from.make();
    auto* const p = a.allocate(2 * arena::smallest_chunk);
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(a.allocate(2 * arena::smallest_chunk), nullptr);
    a.free(p, 2 * arena::smallest_chunk);
    EXPECT_NE(a.allocate(3 * arena::smallest_chunk), nullptr);
    EXPECT_EQ(a.allocate(1), nullptr);
}

}  // namespace
}  // namespace ranvier
