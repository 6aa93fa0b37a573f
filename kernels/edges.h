// Which edges a projection has: pure functions of rule and key, so that any worker can produce any edge, any
// number of times, without the others'. Rules must satisfy validate(rule) == rule_fault::none.
#pragma once

#include "kernels/distributions.h"
#include "kernels/edges_blocks.h"
#include "kernels/edges_rules.h"
#include "kernels/edges_targets.h"
#include "kernels/random.h"
#include "models/function.h"

#include <cstdint>

namespace ranvier {

// A permutation of [0, n), keyed by (key, row), evaluated at k: the creation order of edges whose k follows
// the order of targets (fixed_outdegree, fixed_total_number), so that values from arrays are dealt at random.
// A six-round Feistel network on the smallest even number of bits that holds n, iterated until inside (Black
// and Rogaway: Ciphers with arbitrary finite domains, 2002).
RANVIER_CALL std::int64_t shuffled(key k, std::uint32_t row, std::int64_t x, std::int64_t n) {
    int bits = 8;
    while (bits < 62 && (std::int64_t{1} << bits) < n) bits += 2;
    auto const half = bits / 2;
    auto const mask = (std::uint64_t{1} << half) - 1;
    auto y = static_cast<std::uint64_t>(x);
    do {
        auto left = y >> half;
        auto right = y & mask;
        for (std::uint32_t round = 0; round < 6; ++round) {
            auto const mixed = philox(k, row, right, 0xFFFFFFF0u | round).w[0];
            auto const next = left ^ (mixed & mask);
            left = right;
            right = next;
        }
        y = (left << half) | right;
    } while (y >= static_cast<std::uint64_t>(n));
    return static_cast<std::int64_t>(y);
}

// Position in an array of values (NEST's shapes: all_to_all [n_post][n_pre], fixed_indegree
// [n_post][indegree], fixed_outdegree [n_pre][outdegree], one_to_one [n], fixed_total_number [N]) of edge (i,
// j, k).
RANVIER_FN std::int64_t array_index(edge_rule const& rule, key edges_key, std::int32_t i, std::int32_t j,
                                    std::int64_t k) {
    switch (rule.kind) {
        case rule_kind::all_to_all:
            return std::int64_t{i} * rule.pre.n + j;
        case rule_kind::one_to_one:
            return i;
        case rule_kind::fixed_indegree:
            return i * rule.count + k;
        case rule_kind::fixed_outdegree:
            return j * rule.count + shuffled(edges_key, static_cast<std::uint32_t>(j), k, rule.count);
        case rule_kind::fixed_total_number:
            return shuffled(edges_key, 0, k, rule.count);
        default:
            return k;
    }
}

}  // namespace ranvier
