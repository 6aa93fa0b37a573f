// Edges of one target: all_to_all, one_to_one, fixed_indegree, pairwise_bernoulli, pairwise_poisson.
// Counters of the edges stream, id = target index i: index 0 draws, k + 1 redraws of draw k, 2^64 - 1 counts.
#pragma once

#include "kernels/distributions.h"
#include "kernels/edges_rules.h"
#include "kernels/random.h"
#include "models/function.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace ranvier {

// A permutation of [0, n) that is being drawn (Fisher and Yates) and of which only what differs from the
// identity is kept. Memory: 2 capacity words of the caller's.
class sparse_permutation {
  public:
    // Slots for up to `draws` draws: twice as many, a power of two, or all n if these are fewer.
    RANVIER_FN static std::uint32_t capacity(std::uint32_t draws, std::uint32_t n) {
        std::uint64_t hashed = 2;  // not std::bit_ceil, which nvcc gets wrong in device code
        while (hashed < 2 * std::uint64_t{draws} + 2) hashed *= 2;
        return hashed < n ? static_cast<std::uint32_t>(hashed) : n;
    }
    RANVIER_FN sparse_permutation(std::uint32_t* memory, std::uint32_t draws, std::uint32_t n)
        : capacity_{capacity(draws, n)}, direct_{capacity_ == n}, keys_{memory}, values_{memory + capacity_} {
        for (std::uint32_t s = 0; s < capacity_; ++s) keys_[s] = empty;
    }
    // Takes what stands at t >= front, for increasing fronts 0, 1, 2 ...
    RANVIER_FN std::uint32_t take(std::uint32_t front, std::uint32_t t) {
        auto const at_front = get(front);
        auto const s = slot(t);
        auto const taken = keys_[s] == empty ? t : values_[s];
        keys_[s] = t;
        values_[s] = at_front;
        return taken;
    }

  private:
    static constexpr std::uint32_t empty = 0xFFFFFFFFu;

    RANVIER_FN std::uint32_t slot(std::uint32_t t) const {
        if (direct_) return t;
        auto s = static_cast<std::uint32_t>((std::uint64_t{t * 0x9E3779B1u} * capacity_) >> 32);
        while (keys_[s] != empty && keys_[s] != t) s = (s + 1) & (capacity_ - 1);
        return s;
    }
    RANVIER_FN std::uint32_t get(std::uint32_t t) const {
        auto const s = slot(t);
        return keys_[s] == empty ? t : values_[s];
    }

    std::uint32_t capacity_;
    bool direct_;
    std::uint32_t* keys_;
    std::uint32_t* values_;
};

// Words of scratch memory that for_each_source needs for one target at a time.
RANVIER_FN std::int64_t scratch_words(edge_rule const& rule) {
    if (rule.kind != rule_kind::fixed_indegree || rule.multapses) return 0;
    auto const n = static_cast<std::uint32_t>(rule.turned ? rule.post.n : rule.pre.n);
    return 2 * std::int64_t{sparse_permutation::capacity(static_cast<std::uint32_t>(rule.count), n)};
}

// Draw k of target i after its first word was rejected.
RANVIER_CALL std::uint32_t redraw_below(std::uint32_t n, key edges_key, std::uint32_t i, std::int64_t k) {
    draws more{edges_key, i, static_cast<std::uint64_t>(k) + 1};
    return uniform_below(n, more);
}

// Takers of edges that want to know the sources of the next few edges before each of them is given.
template <class F>
concept looks_ahead = requires(F& f) {
    f.ahead(1u);
};

// Edges of one target as they are drawn, for a taker of (source, k): the target itself is passed over.
template <class F> struct sources_but_self {
    F& take;
    std::uint32_t self;  // index among the sources, or no_self

    RANVIER_FN std::int32_t source(std::uint32_t j) const {
        return static_cast<std::int32_t>(j + (j >= self));
    }
    RANVIER_FN void operator()(std::uint32_t j, std::int64_t k) const { take(source(j), k); }
    RANVIER_FN void ahead(std::uint32_t j) const requires looks_ahead<F> {
        take.ahead(static_cast<std::uint32_t>(source(j)));
    }
};

// f(index, k) for k in [0, total): index uniform below n, or below n - k if `shrinking`. Words are made and
// scaled for 4 `calls` draws at a time by loops that vectorise; word k mod 4 of call k / 4 belongs to draw k.
template <int calls, bool shrinking, class F>
RANVIER_FN void draw_indices(key edges_key, std::uint32_t i, std::int64_t total, std::uint32_t n, F&& f) {
    auto const rejected_below = shrinking ? 0u : (0u - n) % n;
    for (std::int64_t k0 = 0; k0 < total; k0 += 4 * calls) {
        std::uint32_t word[4][calls];
        std::uint32_t index[4][calls];
        auto const m = static_cast<int>(total - k0 < 4 * calls ? total - k0 : 4 * calls);
        auto const used = (m + 3) / 4;
        philox_block(edges_key, i, 0, static_cast<std::uint32_t>(k0 / 4), word, used);
        std::uint32_t suspects = 0;
        for (int w = 0; w < 4; ++w) {
#pragma omp simd reduction(| : suspects)
            for (int c = 0; c < used; ++c) {
                auto const bound = shrinking ? n - static_cast<std::uint32_t>(k0 + 4 * c + w) : n;
                auto const product = std::uint64_t{word[w][c]} * bound;
                auto const low = static_cast<std::uint32_t>(product);
                suspects |= low < (shrinking ? bound : rejected_below) ? 1u : 0u;
                index[w][c] = static_cast<std::uint32_t>(product >> 32);
            }
        }
        if (suspects) {
            for (int q = 0; q < m; ++q) {
                auto const bound = shrinking ? n - static_cast<std::uint32_t>(k0 + q) : n;
                if (uniform_below(bound, word[q & 3][q >> 2]).accepted) continue;
                index[q & 3][q >> 2] = redraw_below(bound, edges_key, i, k0 + q);
            }
        }
        if constexpr (looks_ahead<F>) {
            for (int q = 0; q < m; ++q) f.ahead(index[q & 3][q >> 2]);
        }
        int q = 0;
        for (; q + 4 <= m; q += 4) {
            for (int w = 0; w < 4; ++w) f(index[w][q >> 2], k0 + q + w);
        }
        for (; q < m; ++q) f(index[q & 3][q >> 2], k0 + q);
    }
}

// f(j, k) for indices j below n, each with probability p, ascending: one geometric skip per edge (Batagelj
// and Brandes, Phys. Rev. E 71:036113, 2005). Skip k has words 2 (k mod 2) and the next of call k / 2.
template <int calls, class F>
RANVIER_FN void draw_bernoulli(key edges_key, std::uint32_t i, std::uint32_t n, double p, F&& f) {
    if (!(p > 0)) return;
    auto const inverse_log_q = p < 1 ? 1 / math::log1p(-p) : -0.0;
    std::int64_t k = 0;
    for (std::int64_t j = 0;;) {
        std::uint32_t word[4][calls];
        std::int32_t skip[2][calls];
        auto const expected = static_cast<double>(n - j) * p * 0.5;
        auto const used = expected < calls - 2 ? static_cast<int>(expected) + 2 : calls;
        philox_block(edges_key, i, 0, static_cast<std::uint32_t>(k / 2), word, used);
        for (int h = 0; h < 2; ++h) {
#pragma omp simd
            for (int c = 0; c < used; ++c) {
                auto const x = math::log(uniform_open(word[2 * h][c], word[2 * h + 1][c])) * inverse_log_q;
                skip[h][c] = static_cast<std::int32_t>(x < 2147483647.0 ? x : 2147483647.0);
            }
        }
        for (int c = 0; c < 2 * used; ++c) {
            j += skip[c & 1][c >> 1];
            if (j >= n) return;
            f(static_cast<std::uint32_t>(j++), k++);
        }
    }
}

// Edges into target i of a pairwise_poisson projection: the sum over sources of independent Poisson numbers.
RANVIER_CALL std::int64_t poisson_indegree(edge_rule const& rule, key edges_key, std::uint32_t i,
                                           std::uint32_t n) {
    draws from{edges_key, i, ~std::uint64_t{0}};
    return poisson(from, rule.p * n);
}

// f(j, k) for the sources j of target i; k = 0, 1, 2 ... in order of drawing. all_to_all counts a skipped
// autapse. pairwise_bernoulli: one geometric skip per edge (Batagelj and Brandes, PRE 71:036113, 2005).
// `scratch`: scratch_words(rule) words. `calls` (a multiple of 8 on a CPU, 1 on a GPU) never changes the
// edges.
template <int calls = 16, class F> RANVIER_FN void for_each_source(edge_rule const& rule, key edges_key,
                                                                   std::int32_t i, F&& f,
                                                                   std::uint32_t* scratch = nullptr) {
    auto const row = static_cast<std::uint32_t>(i);
    if (rule.kind == rule_kind::all_to_all) {
        auto const id = rule.post[i];
        for (std::int32_t j = 0; j < rule.pre.n; ++j) {
            if (rule.autapses || rule.pre[j] != id) f(j, std::int64_t{j});
        }
        return;
    }
    if (rule.kind == rule_kind::one_to_one) {
        if (rule.autapses || rule.pre[i] != rule.post[i]) f(i, std::int64_t{0});
        return;
    }
    auto const self = self_source(rule, i);
    auto const n = static_cast<std::uint32_t>(rule.pre.n) - (self != no_self);
    sources_but_self<std::remove_reference_t<F>> const emit{f, self};
    if (n == 0) return;
    if (rule.kind == rule_kind::pairwise_bernoulli) {
        draw_bernoulli<calls>(edges_key, row, n, rule.p, emit);
    } else if (rule.kind == rule_kind::pairwise_poisson) {
        draw_indices<calls, false>(edges_key, row, poisson_indegree(rule, edges_key, row, n), n, emit);
    } else if (rule.multapses) {
        draw_indices<calls, false>(edges_key, row, degree(rule, i), n, emit);
    } else {
        auto const total = degree(rule, i);
        sparse_permutation left{scratch, static_cast<std::uint32_t>(total), n};
        draw_indices<calls, true>(edges_key, row, total, n, [&](std::uint32_t offset, std::int64_t k) {
            auto const front = static_cast<std::uint32_t>(k);
            emit(left.take(front, front + offset), k);
        });
    }
}

// Source of draw k of target i without the other draws; fixed_indegree with multapses, pairwise_poisson.
RANVIER_FN std::int32_t source_at(edge_rule const& rule, key edges_key, std::int32_t i, std::int64_t k) {
    auto const row = static_cast<std::uint32_t>(i);
    auto const self = self_source(rule, i);
    auto const n = static_cast<std::uint32_t>(rule.pre.n) - (self != no_self);
    auto const b = uniform_below(n, philox(edges_key, row, 0, static_cast<std::uint32_t>(k / 4)).w[k & 3]);
    auto const j = b.accepted ? b.value : redraw_below(n, edges_key, row, k);
    return static_cast<std::int32_t>(j + (j >= self));
}

// Rules whose draws for one target do not depend on each other, and are many.
RANVIER_FN constexpr bool draws_are_independent(edge_rule const& rule) {
    return rule.kind == rule_kind::all_to_all || rule.kind == rule_kind::pairwise_poisson ||
           (rule.kind == rule_kind::fixed_indegree && rule.multapses);
}
// Draws of target i, and the source of draw k, or -1 if it gives no edge.
RANVIER_FN std::int64_t draws_of_target(edge_rule const& rule, key edges_key, std::int32_t i) {
    if (rule.kind == rule_kind::all_to_all) return rule.pre.n;
    auto const n = static_cast<std::uint32_t>(rule.pre.n) - (self_source(rule, i) != no_self);
    if (n == 0) return 0;
    return rule.kind == rule_kind::fixed_indegree
               ? degree(rule, i)
               : poisson_indegree(rule, edges_key, static_cast<std::uint32_t>(i), n);
}
RANVIER_FN std::int32_t independent_draw(edge_rule const& rule, key edges_key, std::int32_t i,
                                         std::int64_t k) {
    if (rule.kind != rule_kind::all_to_all) return source_at(rule, edges_key, i, k);
    auto const j = static_cast<std::int32_t>(k);
    return rule.autapses || rule.pre[j] != rule.post[i] ? j : -1;
}

// Number of edges into target i of a target-driven rule.
RANVIER_FN std::int64_t count_for_target(edge_rule const& rule, key edges_key, std::int32_t i) {
    if (rule.kind == rule_kind::fixed_indegree) return degree(rule, i);
    if (rule.kind == rule_kind::all_to_all && rule.autapses) return rule.pre.n;
    std::int64_t n = 0;
    for_each_source(rule, edges_key, i, [&](std::int32_t, std::int64_t) { ++n; });
    return n;
}

}  // namespace ranvier
