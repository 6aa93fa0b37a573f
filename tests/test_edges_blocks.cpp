// Rules whose edges are drawn by blocks of targets: exact totals, distributions (chi square, rate of false
// alarm 1e-6 each), autapses and multapses, and that any worker may draw any block alone.
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

// Rules drawn by blocks: 2500 targets are blocks of 1024, 1024 and 452.
edge_rule blocked(rule_kind kind, bool autapses, bool multapses) {
    auto r = rule_of(kind, 60, 2500, kind == rule_kind::fixed_outdegree ? 700 : 40000, 11);
    r.autapses = autapses;
    r.multapses = multapses;
    return r;
}

TEST(Blocks, DoNotDependOnWhoDrawsThem) {
    for (auto const& r :
         {blocked(rule_kind::fixed_outdegree, true, true), blocked(rule_kind::fixed_outdegree, false, false),
          blocked(rule_kind::fixed_total_number, false, true)}) {
        auto const whole = all_of(r, key_of(10));
        check(r, whole);
        for (std::int32_t cut = 0; cut <= 3; ++cut) {
            auto parts = of_blocks(r, key_of(10), cut, 3);
            for (auto const& e : of_blocks(r, key_of(10), 0, cut)) parts.push_back(e);
            EXPECT_EQ(sorted(parts), sorted(whole));
        }
        std::int64_t total = 0;
        for (std::int32_t b = 2; b >= 0; --b) {
            edges mine;
            for_each_edge_in_block(r, key_of(10), b, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
                EXPECT_EQ(i / block_targets, b);
                mine.push_back({i, j, k});
            });
            EXPECT_EQ(count_in_blocks(r, key_of(10), b, b + 1), std::int64_t(mine.size()));
            total += std::int64_t(mine.size());
            // Wrong twin: another projection's key.
            EXPECT_NE(sorted(mine), sorted(of_blocks(r, key_of(11), b, b + 1)));
        }
        EXPECT_EQ(total, total_edges(r));
    }
}

TEST(Blocks, FewEdgesOverManyBlocks) {  // leaves of several blocks
    for (bool multapses : {true, false}) {
        auto r = rule_of(rule_kind::fixed_outdegree, 50, 1000000, 20, 10);
        r.autapses = false;
        r.multapses = multapses;
        auto const whole = all_of(r, key_of(12));
        check(r, whole);
        std::size_t total = 0;
        for (std::int32_t b = 0; b < n_blocks(r); b += 100)
            total += of_blocks(r, key_of(12), b, b + 100).size();
        EXPECT_EQ(total, whole.size());
        EXPECT_EQ(of_blocks(r, key_of(12), 500, 600).size() + of_blocks(r, key_of(12), 0, 500).size() +
                      of_blocks(r, key_of(12), 600, n_blocks(r)).size(),
                  whole.size());
    }
}

TEST(FixedTotalNumber, BlockCountsAreBinomial) {
    auto const r = rule_of(rule_kind::fixed_total_number, 60, 2500, 3000);
    std::vector<std::int64_t> counts[3];
    for (std::uint32_t trial = 0; trial < 4000; ++trial) {
        for (std::int32_t b = 0; b < 3; ++b) counts[b].push_back(count_in_blocks(r, key_of(trial), b, b + 1));
        ASSERT_EQ(counts[0][trial] + counts[1][trial] + counts[2][trial], 3000);
    }
    double const share[] = {1024 / 2500.0, 1024 / 2500.0, 452 / 2500.0};
    auto const of = [&](int b, double p) {
        return test::discrete(counts[b], 0, 3000,
                              [=](std::int64_t k) { return test::log_binomial(3000, p, double(k)); });
    };
    for (int b = 0; b < 3; ++b) EXPECT_TRUE(of(b, share[b]).good()) << of(b, share[b]).text();
    EXPECT_FALSE(of(0, 1 / 2.4).good());
}

// All allowed pairs equally often, with ids as ranges or lists on either side.
TEST(FixedTotalNumber, PairsAreUniform) {
    std::vector<std::int32_t> pre_list, post_list;
    for (std::int32_t n = 0; n < 5; ++n) pre_list.push_back(3 * n + 1);
    for (std::int32_t n = 0; n < 2100; ++n) post_list.push_back(2 * n + 2);
    for (int views = 0; views < 4; ++views) {
        auto r = rule_of(rule_kind::fixed_total_number, 5, 2100, 2000000, 3);
        if (views & 1) r.pre = {0, pre_list.data(), 5};
        if (views & 2) r.post = {0, post_list.data(), 2100};
        r.autapses = false;
        std::vector<double> observed(5 * 2100), expected(observed.size());
        auto const allowed = allowed_pairs(r, 0, 2100);
        EXPECT_LT(allowed, 5 * 2100);
        for (std::size_t c = 0; c < observed.size(); ++c) {
            auto const autapse = r.pre[std::int32_t(c % 5)] == r.post[std::int32_t(c / 5)];
            expected[c] = autapse ? 0 : 2e6 / double(allowed);
        }
        for_each_edge_in_blocks(
            r, key_of(13), 0, n_blocks(r),
            [&](std::int32_t i, std::int32_t j, std::int64_t) { ++observed[std::size_t(5 * i + j)]; });
        for (std::size_t c = 0; c < observed.size(); ++c) EXPECT_TRUE(expected[c] > 0 || observed[c] == 0);
        EXPECT_TRUE(test::chi_square(observed, expected).good());
    }
    auto one = rule_of(rule_kind::fixed_total_number, 1, 2, 1000);  // a single admissible pair
    one.autapses = false;
    for (auto const& e : all_of(one, key_of(14))) EXPECT_EQ(e.i, 1);
}

TEST(FixedOutdegree, TargetsAreUniform) {
    for (bool multapses : {true, false}) {
        auto const r = blocked(rule_kind::fixed_outdegree, false, multapses);
        std::vector<double> of_target(2500), expected(2500);
        std::vector<std::int64_t> first_block;
        for (std::uint32_t trial = 0; trial < 100; ++trial) {
            std::vector<std::int64_t> counts(60);
            for (auto const& e : all_of(r, key_of(trial))) {
                ++of_target[std::size_t(e.i)];
                counts[std::size_t(e.j)] += e.i < 1024;
            }
            for (std::size_t j = 10; j < 60; ++j)
                first_block.push_back(counts[j]);  // all themselves in block 0
        }
        for (std::int32_t i = 0; i < 2500; ++i) {  // sources 11-60 have 2499 targets
            expected[std::size_t(i)] = 70000 * (10 / 2500.0 + (i < 50 ? 49 : 50) / 2499.0);
        }
        auto const spread = multapses ? 1.0 : 1 - 700 / 2500.0;  // variance of a subset's indicators
        double z2 = 0;
        for (std::size_t i = 0; i < 2500; ++i)
            z2 += std::pow(of_target[i] - expected[i], 2) / expected[i] / spread;
        EXPECT_LT(z2, test::chi_square_limit(2500));
        EXPECT_GT(z2, 2200);
        auto const of = [&](bool replaced) {
            return test::discrete(first_block, 0, 700, [=](std::int64_t k) {
                return replaced ? test::log_binomial(700, 1023 / 2499.0, double(k))
                                : test::log_hypergeometric(2499, 1023, 700, double(k));
            });
        };
        EXPECT_TRUE(of(multapses).good()) << of(multapses).text();
        EXPECT_FALSE(of(!multapses).good());
    }
}

// Every k-subset of n equally often: a list (k = 2 of 6) and complements of pairs in a bit mask (k = 33 of
// 35).
TEST(FixedOutdegree, SubsetsAreUniform) {
    for (auto const& [n, k] : {std::pair{6, 2}, std::pair{35, 33}}) {
        auto r = rule_of(rule_kind::fixed_outdegree, 20000, n, k, 30000);
        r.multapses = false;
        std::vector<std::vector<bool>> chosen(20000, std::vector<bool>(std::size_t(n)));
        for (auto const& e : all_of(r, key_of(15))) chosen[std::size_t(e.j)][std::size_t(e.i)] = true;
        std::map<std::vector<bool>, double> counts;
        for (auto const& c : chosen) ++counts[c];
        std::vector<double> flat;
        for (auto const& [subset, c] : counts) flat.push_back(c);
        EXPECT_EQ(double(flat.size()), std::round(std::exp(test::log_choose(n, k))));
        EXPECT_TRUE(test::uniform_counts(flat).good());
    }
}

TEST(FixedOutdegree, CompleteSubsetsAndVariedDegrees) {
    std::int32_t const degrees[] = {0, 2500, 2499, 40, 1};
    auto r = rule_of(rule_kind::fixed_outdegree, 5, 2500, 0, 3);
    r.multapses = false;
    r.autapses = false;
    r.counts = degrees;
    EXPECT_EQ(validate(r), rule_fault::none);
    check(r, all_of(r, key_of(16)));
    std::int32_t const impossible[] = {0, 1, 2500, 40, 1};  // source 3 is among the targets
    r.counts = impossible;
    EXPECT_EQ(validate(r), rule_fault::no_admissible_target);
}

TEST(Shuffled, IsAPermutation) {
    for (std::int64_t n : {1, 2, 3, 5, 100, 257, 4000}) {
        std::vector<bool> seen(static_cast<std::size_t>(n));
        for (std::int64_t k = 0; k < n; ++k) {
            auto const x = shuffled(key_of(17), 3, k, n);
            ASSERT_TRUE(x >= 0 && x < n && !seen[std::size_t(x)]);
            seen[std::size_t(x)] = true;
        }
    }
    auto const of = [](std::int64_t n, auto f) {
        std::map<std::vector<std::int64_t>, double> counts;
        for (std::uint32_t row = 0; row < 20000; ++row) {
            std::vector<std::int64_t> order;
            for (std::int64_t k = 0; k < n; ++k) order.push_back(f(row, k));
            ++counts[order];
        }
        std::vector<double> flat;
        for (auto const& [order, c] : counts) flat.push_back(c);
        return double(flat.size()) == std::tgamma(double(n + 1)) && test::uniform_counts(flat).good();
    };
    for (std::int64_t n : {3, 4, 5}) {
        EXPECT_TRUE(
            of(n, [=](std::uint32_t row, std::int64_t k) { return shuffled(key_of(18), row, k, n); }));
    }
    EXPECT_FALSE(of(4, [](std::uint32_t row, std::int64_t k) { return (k + row) % 4; }));
}

}  // namespace
}  // namespace ranvier
