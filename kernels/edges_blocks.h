// Edges of blocks of targets: fixed_outdegree (row = source j) and fixed_total_number (row = 0). A row's
// edges are split down a binary tree over blocks by binomial or hypergeometric numbers; a node is the range
// of blocks [from, to), its counter (row, from : to). A node with few edges or one block is a leaf and draws
// its edges. A worker descends only into nodes that meet its own blocks; the tree itself depends on nothing
// but the rule. Cost of blocks [b0, b1): per row about one split (0.1 to 0.3 us) per block that has edges and
// per level above.
#pragma once

#include "kernels/distributions.h"
#include "kernels/edges_rules.h"
#include "kernels/random.h"
#include "models/function.h"

#include <cstdint>

namespace ranvier {

struct tree_node {
    std::int32_t from, to;      // blocks
    std::int64_t count, first;  // edges; k of the first
    RANVIER_FN std::uint64_t index() const {
        return (static_cast<std::uint64_t>(from) << 32) | static_cast<std::uint32_t>(to);
    }
};

inline constexpr std::int64_t leaf_edges = 32;

RANVIER_FN constexpr std::int32_t targets_up_to(edge_rule const& rule, std::int32_t block) {
    auto const n = std::int64_t{block} * block_targets;
    return n < rule.post.n ? static_cast<std::int32_t>(n) : rule.post.n;
}

// Pairs that may be connected in blocks [from, to); of one source (self: its target index to exclude) or of
// all.
RANVIER_FN std::int64_t node_pairs(edge_rule const& rule, std::uint32_t self, std::int32_t from,
                                   std::int32_t to) {
    auto const a = targets_up_to(rule, from);
    auto const b = targets_up_to(rule, to);
    if (rule.kind == rule_kind::fixed_total_number) return allowed_pairs(rule, a, b);
    auto const excluded = self >= static_cast<std::uint32_t>(a) && self < static_cast<std::uint32_t>(b);
    return b - a - excluded;
}

// Edges of `node` that fall into its first part, [from, middle).
RANVIER_CALL std::int64_t split(edge_rule const& rule, key edges_key, std::uint32_t row, std::uint32_t self,
                                tree_node const& node, std::int32_t middle) {
    auto const left = node_pairs(rule, self, node.from, middle);
    auto const right = node_pairs(rule, self, middle, node.to);
    draws from{edges_key, row, node.index()};
    if (!rule.multapses) return hypergeometric(from, left + right, left, node.count);
    return binomial(from, node.count, static_cast<double>(left) / static_cast<double>(left + right));
}

// visit(leaf) for the leaves of a row that meet blocks [b0, b1), in order. The left part is 2^m blocks, so at
// most 32 nodes wait.
template <class Visit> RANVIER_FN void for_each_leaf(edge_rule const& rule, key edges_key, std::uint32_t row,
                                                     std::uint32_t self, std::int64_t total, std::int32_t b0,
                                                     std::int32_t b1, Visit&& visit) {
    tree_node waiting[32];
    int n = 0;
    waiting[n++] = {0, n_blocks(rule), total, 0};
    while (n > 0) {
        auto const node = waiting[--n];
        if (node.count == 0 || node.from >= b1 || node.to <= b0) continue;
        if (node.count <= leaf_edges || node.to - node.from == 1) {
            visit(node);
            continue;
        }
        std::int32_t width = 1;
        while (width < node.to - node.from - width) width *= 2;
        auto const middle = node.from + width;
        auto const left = split(rule, edges_key, row, self, node, middle);
        waiting[n++] = {middle, node.to, node.count - left, node.first + left};
        waiting[n++] = {node.from, middle, left, node.first};
    }
}

// f(i, k) for the edges of source j in a leaf, independent draws.
template <class F> RANVIER_FN void draw_targets(edge_rule const& rule, key edges_key, std::uint32_t j,
                                                std::uint32_t self, tree_node const& leaf, F&& f) {
    auto const a = static_cast<std::uint32_t>(targets_up_to(rule, leaf.from));
    auto const n = static_cast<std::uint32_t>(node_pairs(rule, self, leaf.from, leaf.to));
    draws from{edges_key, j, leaf.index()};
    for (std::int64_t k = 0; k < leaf.count; ++k) {
        auto const i = a + uniform_below(n, from);
        f(i + (self >= a && i >= self), leaf.first + k);
    }
}

// The same, a uniform subset (Floyd; Bentley and Floyd, Comm. ACM 30:754, 1987: exactly one draw per edge).
// What has been taken is a bit mask in a leaf of one block, else a list of at most leaf_edges.
template <class F> RANVIER_FN void draw_distinct_targets(edge_rule const& rule, key edges_key,
                                                         std::uint32_t j, std::uint32_t self,
                                                         tree_node const& leaf, F&& f) {
    auto const a = static_cast<std::uint32_t>(targets_up_to(rule, leaf.from));
    auto const n = static_cast<std::uint32_t>(node_pairs(rule, self, leaf.from, leaf.to));
    auto const listed = leaf.count <= leaf_edges;
    std::uint64_t mask[block_targets / 64] = {};
    std::uint32_t list[leaf_edges];
    draws from{edges_key, j, leaf.index()};
    for (std::int64_t k = 0; k < leaf.count; ++k) {
        auto const newest = n - static_cast<std::uint32_t>(leaf.count - k);
        auto i = uniform_below(newest + 1, from);
        bool taken = false;
        if (listed) {
            for (std::int64_t e = 0; e < k; ++e) taken |= list[e] == i;
        } else {
            taken = mask[i / 64] >> (i % 64) & 1;
        }
        i = taken ? newest : i;
        if (listed) {
            list[k] = i;
        } else {
            mask[i / 64] |= std::uint64_t{1} << (i % 64);
        }
        i += a;
        f(i + (self >= a && i >= self), leaf.first + k);
    }
}

// f(i, j, k) for edges of a leaf of fixed_total_number. Pairs are redrawn if they are autapses: at least one
// half of a leaf's pairs is allowed, so max_attempts are never reached (2^-1000).
template <class F>
RANVIER_FN void draw_pairs(edge_rule const& rule, key edges_key, tree_node const& leaf, F&& f) {
    auto const a = targets_up_to(rule, leaf.from);
    auto const n = static_cast<std::uint32_t>(targets_up_to(rule, leaf.to) - a);
    bulk_draws from{edges_key, 0, leaf.index()};
    for (std::int64_t k = 0; k < leaf.count; ++k) {
        std::int32_t i = 0;
        std::int32_t j = 0;
        for (int attempt = 0; attempt < max_attempts; ++attempt) {
            i = a + static_cast<std::int32_t>(uniform_below(n, from));
            j = static_cast<std::int32_t>(uniform_below(static_cast<std::uint32_t>(rule.pre.n), from));
            if (rule.autapses || rule.pre[j] != rule.post[i]) break;
        }
        f(i, j, leaf.first + k);
    }
}

// f(i, j, k) for the edges (source j, target i) of blocks [b0, b1), by source, then leaf. k counts the edges
// of source j (fixed_outdegree) or all (fixed_total_number), in an order that follows the blocks: see
// shuffled().
template <class F> RANVIER_FN void for_each_edge_in_blocks(edge_rule const& rule, key edges_key,
                                                           std::int32_t b0, std::int32_t b1, F&& f) {
    auto const low = static_cast<std::uint32_t>(targets_up_to(rule, b0));
    auto const high = static_cast<std::uint32_t>(targets_up_to(rule, b1));
    auto const emit = [&](std::uint32_t i, std::int32_t j, std::int64_t k) {
        if (i >= low && i < high) f(static_cast<std::int32_t>(i), j, k);
    };
    if (rule.kind == rule_kind::fixed_total_number) {
        for_each_leaf(rule, edges_key, 0, no_self, rule.count, b0, b1, [&](tree_node const& leaf) {
            draw_pairs(rule, edges_key, leaf, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
                emit(static_cast<std::uint32_t>(i), j, k);
            });
        });
        return;
    }
    for (std::int32_t j = 0; j < rule.pre.n; ++j) {
        auto const self = self_target(rule, j);
        auto const row = static_cast<std::uint32_t>(j);
        auto const edge = [&](std::uint32_t i, std::int64_t k) { emit(i, j, k); };
        for_each_leaf(rule, edges_key, row, self, degree(rule, j), b0, b1, [&](tree_node const& leaf) {
            if (rule.multapses) {
                draw_targets(rule, edges_key, row, self, leaf, edge);
            } else {
                draw_distinct_targets(rule, edges_key, row, self, leaf, edge);
            }
        });
    }
}

template <class F>
RANVIER_FN void for_each_edge_in_block(edge_rule const& rule, key edges_key, std::int32_t block, F&& f) {
    for_each_edge_in_blocks(rule, edges_key, block, block + 1, static_cast<F&&>(f));
}

// Number of edges in blocks [b0, b1): as many splits as for_each_edge_in_blocks, but only leaves of several
// blocks are drawn.
RANVIER_FN std::int64_t count_in_blocks(edge_rule const& rule, key edges_key, std::int32_t b0,
                                        std::int32_t b1) {
    std::int64_t n = 0;
    for_each_edge_in_blocks(rule, edges_key, b0, b1, [&](std::int32_t, std::int32_t, std::int64_t) { ++n; });
    return n;
}

}  // namespace ranvier
