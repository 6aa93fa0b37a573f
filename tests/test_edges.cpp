// Rules whose edges are drawn target by target: exact counts, distributions (chi square, rate of false alarm
// 1e-6 each), autapses and multapses, and that any worker may draw any edge alone. What is impossible.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "kernels/edges.h"
#include "tests/edges_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier {
namespace {

using namespace test;

TEST(AllToAll, HasEveryPairOnce) {
    auto r = rule_of(rule_kind::all_to_all, 3, 2, 0, 2);  // targets 2, 3
    EXPECT_EQ(all_of(r, key_of(1)),
              (edges{{0, 0, 0}, {0, 1, 1}, {0, 2, 2}, {1, 0, 0}, {1, 1, 1}, {1, 2, 2}}));
    EXPECT_EQ(count_for_target(r, key_of(1), 0), 3);
    r.autapses = false;
    EXPECT_EQ(all_of(r, key_of(1)), (edges{{0, 0, 0}, {0, 2, 2}, {1, 0, 0}, {1, 1, 1}}));
    EXPECT_EQ(count_for_target(r, key_of(1), 0), 2);
    EXPECT_EQ(array_index(r, key_of(1), 1, 2, 2), 5);
    check(r, all_of(r, key_of(1)));
}

TEST(OneToOne, PairsIndices) {
    std::int32_t const pre[] = {5, 3, 3}, post[] = {7, 3, 9};
    edge_rule r;
    r.kind = rule_kind::one_to_one;
    r.pre = {0, pre, 3};
    r.post = {0, post, 3};
    EXPECT_EQ(all_of(r, key_of(1)), (edges{{0, 0, 0}, {1, 1, 0}, {2, 2, 0}}));
    r.autapses = false;
    EXPECT_EQ(all_of(r, key_of(1)), (edges{{0, 0, 0}, {2, 2, 0}}));
    EXPECT_EQ(array_index(r, key_of(1), 2, 2, 0), 2);
    check(r, all_of(r, key_of(1)));
}

// Sources of all targets, as counts per source. `source` maps a draw to an index.
template <class Source> test::fit source_counts(std::int32_t n_pre, int draws_made, Source source) {
    std::vector<double> counts(static_cast<std::size_t>(n_pre));
    for (int d = 0; d < draws_made; ++d) ++counts[source(d)];
    return test::uniform_counts(counts);
}

TEST(FixedIndegree, SourcesAreUniform) {
    auto const r = rule_of(rule_kind::fixed_indegree, 1000, 500, 333);
    auto const found = all_of(r, key_of(1));
    check(r, found);
    auto const of = [&](std::size_t d) { return static_cast<std::size_t>(found[d].j); };
    EXPECT_TRUE(source_counts(1000, 166500, of).good());
    EXPECT_FALSE(
        source_counts(1000, 166500, [&](std::size_t d) { return std::min(of(d), of(d) ^ 1); }).good());
    // Pairs of successive draws.
    std::vector<double> table(100);
    for (std::size_t d = 0; d + 1 < found.size(); ++d) ++table[of(d) / 100 * 10 + of(d + 1) / 100];
    EXPECT_TRUE(test::uniform_counts(table).good());
}

// 3/4 * 2^31 sources: words are rejected often, a biased method is visible.
TEST(FixedIndegree, RejectionIsExact) {
    constexpr auto n = 0x60000000;
    auto const r = rule_of(rule_kind::fixed_indegree, n, 1, 30000);
    auto const found = of_target(r, key_of(2), 0);
    auto const third = [](std::uint32_t j) { return static_cast<std::size_t>(j / 0x20000000u); };
    EXPECT_TRUE(
        source_counts(3, 30000, [&](int d) { return third(std::uint32_t(found[std::size_t(d)].j)); }).good());
    int redrawn = 0;
    for (auto const& e : found) {
        auto const word = philox(key_of(2), 0, 0, static_cast<std::uint32_t>(e.k / 4)).w[e.k % 4];
        redrawn +=
            static_cast<std::uint32_t>((std::uint64_t{word} * n) >> 32) != static_cast<std::uint32_t>(e.j);
    }
    EXPECT_GT(redrawn, 5000);  // 2^32 mod n = n / 1.5 / 2: a fourth of the words
    draws from{key_of(2), 0};  // wrong twin: biased modulo
    EXPECT_FALSE(source_counts(3, 30000, [&](int) { return third(from.word() % n); }).good());
}

TEST(FixedIndegree, DrawsAloneAndInAnyBufferSize) {
    for (bool multapses : {true, false}) {
        for (std::int32_t n_pre : {700, 0x60000000}) {
            auto r = rule_of(rule_kind::fixed_indegree, n_pre, 20, 301);
            r.multapses = multapses;
            r.autapses = false;
            for (std::int32_t i = 19; i >= 0; --i) {
                auto const found = of_target(r, key_of(3), i);
                EXPECT_EQ(found.size(), 301u);
                EXPECT_EQ(found, of_target<1>(r, key_of(3), i));
                EXPECT_EQ(found, of_target<8>(r, key_of(3), i));
                if (!multapses) continue;
                for (auto const& e : found) EXPECT_EQ(source_at(r, key_of(3), i, e.k), e.j);
                // Wrong twin: a shifted counter.
                int equal = 0;
                for (auto const& e : found) equal += source_at(r, key_of(3), i, e.k + 1) == e.j;
                EXPECT_LT(equal, 20);
            }
        }
    }
}

TEST(FixedIndegree, ExcludesAutapsesOnly) {
    std::int32_t const list[] = {1, 4, 5, 9};
    for (bool multapses : {true, false}) {
        auto r = rule_of(rule_kind::fixed_indegree, 6, 4, 2);
        r.post = {0, list, 4};
        r.autapses = false;
        r.multapses = multapses;
        std::vector<std::vector<double>> counts(4, std::vector<double>(6));
        for (std::uint32_t trial = 0; trial < 20000; ++trial) {
            for (auto const& e : all_of(r, key_of(trial))) ++counts[std::size_t(e.i)][std::size_t(e.j)];
        }
        for (int i = 0; i < 4; ++i) {
            auto& c = counts[std::size_t(i)];
            auto const self = list[i] - 1;
            if (self < 6) {
                EXPECT_EQ(c[std::size_t(self)], 0);
                EXPECT_FALSE(test::uniform_counts(c).good());
                c.erase(c.begin() + self);
            }
            EXPECT_TRUE(test::uniform_counts(c).good());
        }
    }
}

// Every ordered k-subset equally often; n = 40 uses the hashed permutation, n = 5 the direct one.
TEST(FixedIndegree, SubsetsAreUniformInRandomOrder) {
    for (auto const& [n, k] : {std::pair{5, 3}, std::pair{4, 4}, std::pair{40, 2}}) {
        auto r = rule_of(rule_kind::fixed_indegree, n, 100000, k);
        r.multapses = false;
        EXPECT_EQ(sparse_permutation::capacity(std::uint32_t(k), std::uint32_t(n)) < std::uint32_t(n),
                  n == 40);
        std::map<std::vector<std::int32_t>, double> counts;
        for (std::int32_t i = 0; i < 100000; ++i) {
            std::vector<std::int32_t> order;
            for (auto const& e : of_target(r, key_of(4), i)) order.push_back(e.j);
            ++counts[order];
        }
        std::vector<double> flat;
        for (auto const& [order, c] : counts) flat.push_back(c);
        EXPECT_EQ(double(flat.size()), std::round(std::exp(std::lgamma(n + 1) - std::lgamma(n - k + 1))));
        EXPECT_TRUE(test::uniform_counts(flat).good()) << test::uniform_counts(flat).text();
    }
}

TEST(FixedIndegree, CompleteAndLargeSubsets) {
    for (auto const& [n, k] : {std::pair{1000, 1000}, std::pair{1000, 999}, std::pair{1000000, 3000}}) {
        auto r = rule_of(rule_kind::fixed_indegree, n, 3, k, 5);
        r.multapses = false;
        r.autapses = k == n;
        check(r, all_of(r, key_of(5)));
    }
}

TEST(FixedIndegree, VariedDegrees) {
    std::int32_t const degrees[] = {0, 5, 2};
    auto r = rule_of(rule_kind::fixed_indegree, 6, 3, 5);
    r.counts = degrees;
    r.multapses = false;
    check(r, all_of(r, key_of(6)));
    for (std::int32_t i = 0; i < 3; ++i) EXPECT_EQ(count_for_target(r, key_of(6), i), degrees[i]);
}

TEST(PairwiseBernoulli, PairsAreIndependent) {
    for (double p : {0.003, 0.3, 0.95}) {
        auto r = rule_of(rule_kind::pairwise_bernoulli, 200, 20000, 0, 20);
        r.p = p;
        r.autapses = false;
        std::vector<std::int64_t> degrees;
        std::vector<double> of_source(200), expected(200);
        for (std::int32_t i = 0; i < r.post.n; ++i) {
            auto const found = of_target(r, key_of(7), i);
            ASSERT_EQ(found, of_target<1>(r, key_of(7), i));
            ASSERT_EQ(count_for_target(r, key_of(7), i), std::int64_t(found.size()));
            if (i >= 181) degrees.push_back(std::int64_t(found.size()));
            for (auto const& e : found) ++of_source[std::size_t(e.j)];
        }
        auto const log_p = [=](double q) {
            return [=](std::int64_t k) { return test::log_binomial(200, q, double(k)); };
        };
        EXPECT_TRUE(test::discrete(degrees, 0, 200, log_p(p)).good());
        EXPECT_FALSE(test::discrete(degrees, 0, 200, log_p(p + 0.1 * p * (1 - p))).good());
        for (std::size_t j = 0; j < 200; ++j) expected[j] = p * (j >= 19 ? 19999 : 20000);
        double z2 = 0;
        for (std::size_t j = 0; j < 200; ++j)
            z2 += std::pow(of_source[j] - expected[j], 2) / expected[j] / (1 - p);
        EXPECT_LT(z2, test::chi_square_limit(200));
        auto few = rule_of(rule_kind::pairwise_bernoulli, 200, 100, 0, 20);
        few.autapses = false;
        few.p = p;
        check(few, all_of(few, key_of(8)));
    }
    auto r = rule_of(rule_kind::pairwise_bernoulli, 100, 10, 0);
    EXPECT_EQ(all_of(r, key_of(7)).size(), 1000u);  // p = 1
    r.p = 0;
    EXPECT_EQ(all_of(r, key_of(7)).size(), 0u);
    r.p = 1e-300;
    EXPECT_EQ(all_of(r, key_of(7)).size(), 0u);
}

TEST(PairwisePoisson, PairsArePoisson) {
    auto r = rule_of(rule_kind::pairwise_poisson, 3, 100000, 0, 2);
    r.p = 0.7;
    r.autapses = false;
    std::vector<std::vector<std::int64_t>> counts(3, std::vector<std::int64_t>(100000));
    for (auto const& e : all_of(r, key_of(9))) ++counts[std::size_t(e.j)][std::size_t(e.i)];
    for (std::size_t j = 0; j < 3; ++j) {
        auto const log_p = [](double mean) {
            return [=](std::int64_t k) { return test::log_poisson_exact(mean, double(k)); };
        };
        EXPECT_TRUE(j == 0 || counts[j][j - 1] == 0);
        EXPECT_TRUE(test::discrete(counts[j], 0, 8, log_p(0.7)).good());
        EXPECT_FALSE(test::discrete(counts[j], 0, 8, log_p(0.73)).good());
    }
}

TEST(Validate, NamesWhatIsImpossible) {
    auto const fault = [](rule_kind kind, std::int32_t n_pre, std::int32_t n_post, std::int64_t count,
                          bool autapses, bool multapses, double p = 0.5) {
        auto r = rule_of(kind, n_pre, n_post, count);
        r.autapses = autapses;
        r.multapses = multapses;
        r.p = p;
        return validate(r);
    };
    using enum rule_kind;
    using enum rule_fault;
    EXPECT_EQ(fault(all_to_all, 0, 1, 0, true, true), empty_pre);
    EXPECT_EQ(fault(all_to_all, 1, 0, 0, true, true), empty_post);
    EXPECT_EQ(fault(one_to_one, 2, 3, 0, true, true), unequal_sizes);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, -1, true, true), negative_count);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, 6, true, true), none);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, 6, true, false), indegree_exceeds_sources);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, 5, true, false), none);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, 5, false, false), no_admissible_source);
    EXPECT_EQ(fault(fixed_indegree, 5, 5, 4, false, false), none);
    EXPECT_EQ(fault(fixed_indegree, 1, 1, 1, false, true), no_admissible_source);
    EXPECT_EQ(fault(fixed_indegree, 1, 1, 0, false, true), none);
    EXPECT_EQ(fault(fixed_outdegree, 5, 4, 5, true, false), outdegree_exceeds_targets);
    EXPECT_EQ(fault(fixed_outdegree, 5, 4, 4, false, false), no_admissible_target);
    EXPECT_EQ(fault(fixed_outdegree, 5, 4, -4, false, false), negative_count);
    EXPECT_EQ(fault(fixed_total_number, 5, 5, -1, true, true), negative_count);
    EXPECT_EQ(fault(fixed_total_number, 5, 5, 26, true, false), total_exceeds_pairs);
    EXPECT_EQ(fault(fixed_total_number, 5, 5, 25, true, false), total_without_multapses);
    EXPECT_EQ(fault(fixed_total_number, 1, 1, 1, false, true), no_admissible_pair);
    EXPECT_EQ(fault(pairwise_bernoulli, 5, 5, 0, true, true, 1.0), none);
    for (double p : {-0.1, 1.1, std::nan("")}) {
        EXPECT_EQ(fault(pairwise_bernoulli, 5, 5, 0, true, true, p), probability_out_of_range);
    }
    EXPECT_EQ(fault(pairwise_poisson, 5, 5, 0, true, true, 3), none);
    EXPECT_EQ(fault(pairwise_poisson, 5, 5, 0, true, true, -1), mean_out_of_range);
    EXPECT_EQ(fault(pairwise_poisson, 5, 5, 0, true, false, 1), poisson_without_multapses);
    std::int32_t const repeated[] = {1, 2, 2};
    auto r = rule_of(fixed_indegree, 3, 3, 1);
    r.pre.ids = repeated;
    EXPECT_EQ(validate(r), ids_not_ascending);
    r.kind = all_to_all;
    EXPECT_EQ(validate(r), none);
}

}  // namespace
}  // namespace ranvier
