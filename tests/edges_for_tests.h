// A rule's edges as lists, and what must hold for all of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "kernels/edges.h"

namespace ranvier::test {

struct edge {
    std::int32_t i, j;
    std::int64_t k;
    auto operator<=>(edge const&) const = default;
};
using edges = std::vector<edge>;

inline key key_of(std::uint32_t ordinal) { return make_key(42, stream_kind::edges, ordinal); }

// The rule of a population of n_pre nodes from id 1 on and one of n_post nodes from id `first_post` on.
inline edge_rule rule_of(rule_kind kind, std::int32_t n_pre, std::int32_t n_post, std::int64_t count,
                         std::int32_t first_post = 1) {
    edge_rule r;
    r.kind = kind;
    r.pre = {1, nullptr, n_pre};
    r.post = {first_post, nullptr, n_post};
    r.count = count;
    return r;
}

template <int calls = 16> edges of_target(edge_rule const& r, key k, std::int32_t i) {
    std::vector<std::uint32_t> scratch(static_cast<std::size_t>(scratch_words(r)));
    edges found;
    for_each_source<calls>(
        r, k, i,
        [&](std::int32_t j, std::int64_t n) {
            found.push_back({i, j, n});
        },
        scratch.data());
    return found;
}
inline edges of_blocks(edge_rule const& r, key k, std::int32_t b0, std::int32_t b1) {
    edges found;
    for_each_edge_in_blocks(r, k, b0, b1, [&](std::int32_t i, std::int32_t j, std::int64_t n) {
        found.push_back({i, j, n});
    });
    return found;
}
inline edges all_of(edge_rule const& r, key k) {
    if (!is_target_driven(r)) return of_blocks(r, k, 0, n_blocks(r));
    edges found;
    for (std::int32_t i = 0; i < r.post.n; ++i) {
        for (auto const& e : of_target(r, k, i)) found.push_back(e);
    }
    return found;
}
inline edges sorted(edges e) {
    std::sort(e.begin(), e.end());
    return e;
}

// What must hold for every rule: valid, indices in range, no autapse or multapse that is forbidden, (row, k)
// unique.
inline void check(edge_rule const& r, edges const& found) {
    ASSERT_EQ(validate(r), rule_fault::none);
    std::set<std::pair<std::uint32_t, std::int64_t>> ordinals;
    std::set<std::pair<std::int32_t, std::int32_t>> pairs;
    for (auto const& e : found) {
        ASSERT_TRUE(e.i >= 0 && e.i < r.post.n && e.j >= 0 && e.j < r.pre.n);
        ASSERT_TRUE(r.autapses || r.pre[e.j] != r.post[e.i]);
        ASSERT_TRUE(ordinals.insert({value_row(r, e.i, e.j), e.k}).second);
        ASSERT_TRUE(r.multapses || pairs.insert({e.i, e.j}).second);
    }
    auto const total = total_edges(r);
    ASSERT_TRUE(total == -1 || total == static_cast<std::int64_t>(found.size()));
}

}  // namespace ranvier::test
