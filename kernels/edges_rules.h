// What a projection's edges depend on, what can be said without drawing them, and what is impossible.
#pragma once

#include "kernels/random.h"
#include "models/function.h"

#include <cstdint>

namespace ranvier {

// Node ids by index. ids == null: first, first + 1, ... Otherwise ids[n], ascending and unique for every rule
// but all_to_all and one_to_one.
struct id_view {
    std::int32_t first = 1;
    std::int32_t const* ids = nullptr;
    std::int32_t n = 0;

    RANVIER_FN std::int32_t operator[](std::int32_t i) const { return ids ? ids[i] : first + i; }

    // Number of ids below `id`; ids ascending.
    RANVIER_FN std::int32_t lower_bound(std::int64_t id) const {
        if (!ids) {
            auto const i = id - first;
            return i < 0 ? 0 : i > n ? n : static_cast<std::int32_t>(i);
        }
        std::int32_t from = 0;
        for (auto to = n; from < to;) {
            auto const middle = from + (to - from) / 2;
            if (ids[middle] < id) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    // Index of `id`, or -1; ids ascending.
    RANVIER_FN std::int32_t index_of(std::int32_t id) const {
        auto const i = lower_bound(id);
        return i < n && (*this)[i] == id ? i : -1;
    }
};

enum class rule_kind : std::int32_t {
    all_to_all,
    one_to_one,
    fixed_indegree,
    pairwise_bernoulli,
    pairwise_poisson,
    fixed_outdegree,
    fixed_total_number,
    symmetric_pairwise_bernoulli  // of users: a fixed_indegree with `counts`, and its edges turned round
};

struct edge_rule {
    rule_kind kind = rule_kind::all_to_all;
    id_view pre, post;
    std::int64_t count = 0;  // indegree, outdegree (the largest, if there are `counts`) or total number
    double p = 1;            // pairwise_bernoulli: probability; pairwise_poisson: mean edges per pair
    bool autapses = true;
    bool multapses = true;
    std::int32_t const* counts = nullptr;  // in- or outdegree of each target or source
    // A fixed_indegree's edges, each turned round: `pre` are its targets, `post` its sources, `counts` or
    // `count` degrees of `pre`.
    bool turned = false;

    // The rule of which this one turns the edges.
    RANVIER_FN edge_rule turned_back() const {
        auto r = *this;
        r.pre = post, r.post = pre, r.turned = false;
        return r;
    }
};

// Rules whose edges are drawn target by target (for_each_source); others by blocks
// (for_each_edge_in_blocks), or source by source (turned).
RANVIER_FN constexpr bool is_target_driven(edge_rule const& rule) {
    return rule.kind != rule_kind::fixed_outdegree && rule.kind != rule_kind::fixed_total_number &&
           !rule.turned;
}

// Blocks of consecutive target indices, whatever the partitions are.
inline constexpr std::int32_t block_targets = 1024;
RANVIER_FN constexpr std::int32_t n_blocks(edge_rule const& rule) {
    return static_cast<std::int32_t>((std::int64_t{rule.post.n} + block_targets - 1) / block_targets);
}

// In- or outdegree of node `i`.
RANVIER_FN constexpr std::int64_t degree(edge_rule const& rule, std::int32_t i) {
    return rule.counts ? rule.counts[i] : rule.count;
}

inline constexpr std::uint32_t no_self = 0xFFFFFFFFu;

// Index among the sources that target i must not draw, and among the targets that source j must not draw.
RANVIER_FN std::uint32_t self_source(edge_rule const& rule, std::int32_t i) {
    return rule.autapses ? no_self : static_cast<std::uint32_t>(rule.pre.index_of(rule.post[i]));
}
RANVIER_FN std::uint32_t self_target(edge_rule const& rule, std::int32_t j) {
    return rule.autapses ? no_self : static_cast<std::uint32_t>(rule.post.index_of(rule.pre[j]));
}

// Forbidden pairs among targets [from, to). Only if both views are lists it takes time, O((to - from) log
// n_pre).
RANVIER_FN std::int64_t forbidden_pairs(edge_rule const& rule, std::int32_t from, std::int32_t to) {
    if (rule.autapses || from >= to) return 0;
    auto const& pre = rule.pre;
    auto const& post = rule.post;
    if (!post.ids) return pre.lower_bound(std::int64_t{post.first} + to) - pre.lower_bound(post[from]);
    if (!pre.ids) {
        auto const low = post.lower_bound(pre.first);
        auto const high = post.lower_bound(std::int64_t{pre.first} + pre.n);
        auto const a = low > from ? low : from;
        auto const b = high < to ? high : to;
        return b > a ? b - a : 0;
    }
    std::int64_t n = 0;
    for (auto i = from; i < to; ++i) n += pre.index_of(post[i]) >= 0;
    return n;
}

// Pairs (source, target) that may be connected, among targets [from, to).
RANVIER_FN std::int64_t allowed_pairs(edge_rule const& rule, std::int32_t from, std::int32_t to) {
    return std::int64_t{to - from} * rule.pre.n - forbidden_pairs(rule, from, to);
}

// Number of edges, or -1 where only drawing tells.
RANVIER_FN std::int64_t total_edges(edge_rule const& rule) {
    switch (rule.kind) {
        case rule_kind::all_to_all:
        case rule_kind::one_to_one: {
            bool const all = rule.kind == rule_kind::all_to_all;
            if (rule.autapses) return all ? std::int64_t{rule.pre.n} * rule.post.n : rule.post.n;
            return -1;  // ids may be repeated and unordered
        }
        case rule_kind::fixed_indegree:
        case rule_kind::fixed_outdegree: {
            bool const by_target = rule.kind == rule_kind::fixed_indegree && !rule.turned;
            auto const n = by_target ? rule.post.n : rule.pre.n;
            if (!rule.counts) return rule.count * n;
            std::int64_t total = 0;
            for (std::int32_t i = 0; i < n; ++i) total += rule.counts[i];
            return total;
        }
        case rule_kind::fixed_total_number:
            return rule.count;
        default:
            return -1;
    }
}

// Counter row of the values (values.h) of edge (i, j): with the edge's k it is unique in the projection.
RANVIER_FN constexpr std::uint32_t value_row(edge_rule const& rule, std::int32_t i, std::int32_t j) {
    if (rule.kind == rule_kind::fixed_total_number) return 0;
    return static_cast<std::uint32_t>(rule.kind == rule_kind::fixed_outdegree || rule.turned ? j : i);
}

// What a rule cannot do. The first that applies.
enum class rule_fault : std::int32_t {
    none,
    empty_pre,
    empty_post,
    unequal_sizes,             // one_to_one
    ids_not_ascending,         // lists of a random rule must be ascending without repetition
    negative_count,            // indegree, outdegree, N
    probability_out_of_range,  // pairwise_bernoulli; NaN too
    mean_out_of_range,         // pairwise_poisson: negative, NaN or over 2^31 edges per target
    indegree_exceeds_sources,  // without multapses
    no_admissible_source,      // a target lacks sources once itself is excluded: too few, or none at all
    outdegree_exceeds_targets,
    no_admissible_target,
    total_exceeds_pairs,       // fixed_total_number without multapses
    total_without_multapses,   // not supported
    no_admissible_pair,        // N > 0, but every pair is an autapse
    poisson_without_multapses  // pairwise_poisson makes multapses
};

RANVIER_FN bool is_ascending(id_view const& view) {
    if (!view.ids) return true;
    for (std::int32_t i = 1; i < view.n; ++i) {
        if (view.ids[i] <= view.ids[i - 1]) return false;
    }
    return true;
}

// Degrees of `nodes` (targets or sources) drawn from `others`.
RANVIER_FN rule_fault validate_degrees(edge_rule const& rule, id_view const& nodes, id_view const& others,
                                       rule_fault exceeds, rule_fault inadmissible) {
    auto const varied = rule.counts != nullptr || !rule.autapses;
    for (std::int32_t i = 0; i < (varied ? nodes.n : 1); ++i) {
        auto const k = degree(rule, i);
        if (k < 0) return rule_fault::negative_count;
        if (!rule.multapses && k > others.n) return exceeds;
        auto const allowed = others.n - (!rule.autapses && others.index_of(nodes[i]) >= 0);
        if (k > 0 && (allowed == 0 || (!rule.multapses && k > allowed))) return inadmissible;
    }
    return rule_fault::none;
}

RANVIER_FN rule_fault validate_total(edge_rule const& rule) {
    if (rule.count < 0) return rule_fault::negative_count;
    if (!rule.multapses) {
        auto const pairs = std::int64_t{rule.pre.n} * rule.post.n;
        return rule.count > pairs ? rule_fault::total_exceeds_pairs : rule_fault::total_without_multapses;
    }
    bool const impossible = rule.count > 0 && allowed_pairs(rule, 0, rule.post.n) == 0;
    return impossible ? rule_fault::no_admissible_pair : rule_fault::none;
}

// Everything the functions of edges.h require. O(n_pre + n_post) at most, times log n for lists without
// autapses.
RANVIER_FN rule_fault validate(edge_rule const& rule) {
    auto const kind = rule.kind;
    if (rule.pre.n <= 0) return rule_fault::empty_pre;
    if (rule.post.n <= 0) return rule_fault::empty_post;
    if (kind == rule_kind::all_to_all) return rule_fault::none;
    if (kind == rule_kind::one_to_one) {
        return rule.pre.n == rule.post.n ? rule_fault::none : rule_fault::unequal_sizes;
    }
    if (!is_ascending(rule.pre) || !is_ascending(rule.post)) return rule_fault::ids_not_ascending;
    switch (kind) {
        case rule_kind::fixed_indegree:
            return validate_degrees(rule, rule.post, rule.pre, rule_fault::indegree_exceeds_sources,
                                    rule_fault::no_admissible_source);
        case rule_kind::fixed_outdegree:
            return validate_degrees(rule, rule.pre, rule.post, rule_fault::outdegree_exceeds_targets,
                                    rule_fault::no_admissible_target);
        case rule_kind::fixed_total_number:
            return validate_total(rule);
        case rule_kind::pairwise_bernoulli:
            return rule.p >= 0 && rule.p <= 1 ? rule_fault::none : rule_fault::probability_out_of_range;
        default:
            if (!rule.multapses) return rule_fault::poisson_without_multapses;
            return rule.p >= 0 && rule.p * rule.pre.n < 0x1p31 ? rule_fault::none
                                                               : rule_fault::mean_out_of_range;
    }
}

}  // namespace ranvier
