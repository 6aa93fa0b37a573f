// Distributions against exact probabilities, Poisson tables, and values of parameters.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/distributions.h"
#include "kernels/values.h"
#include "tests/statistics_for_tests.h"

namespace ranvier {
namespace {

using integers = std::vector<std::int64_t>;

template <class F> std::vector<double> sample(int n, F f) {
    std::vector<double> x;
    for (int i = 0; i < n; ++i) x.push_back(f(philox({1, 2}, static_cast<std::uint32_t>(i), 0, 0)));
    return x;
}
template <class F> integers sample_integers(int n, F f) {
    integers x;
    for (int i = 0; i < n; ++i) {
        draws from{{1, 3}, static_cast<std::uint32_t>(i)};
        x.push_back(f(from));
    }
    return x;
}

TEST(Normal, FollowsItsDistribution) {
    EXPECT_TRUE(
        test::kolmogorov(sample(1000000, [](words r) { return standard_normal(r); }), test::normal_cdf)
            .good());
    EXPECT_TRUE(test::kolmogorov(sample(1000000, [](words r) { return standard_normal_pair(r).second; }),
                                 test::normal_cdf)
                    .good());
    // Wrong twin: standard deviation 1.02.
    EXPECT_FALSE(
        test::kolmogorov(sample(1000000, [](words r) { return 1.02 * standard_normal(r); }), test::normal_cdf)
            .good());
}

TEST(Normal, PairIsIndependent) {
    auto const of = [](auto f) {
        std::vector<double> table(16);
        for (std::uint32_t i = 0; i < 100000; ++i) {
            auto const p = standard_normal_pair(philox({5, 6}, i, 0, 0));
            EXPECT_EQ(p.first, standard_normal(philox({5, 6}, i, 0, 0)));
            auto const cell = [](double x) { return static_cast<std::size_t>(4 * test::normal_cdf(x)); };
            ++table[4 * cell(p.first) + cell(f(p))];
        }
        return test::uniform_counts(table);
    };
    EXPECT_TRUE(of([](normal_pair p) { return p.second; }).good());
    EXPECT_FALSE(of([](normal_pair p) { return 0.6 * p.first + 0.8 * p.second; }).good());
}

TEST(Exponential, FollowsItsDistribution) {
    auto const cdf = [](double x) { return -std::expm1(-x); };
    EXPECT_TRUE(
        test::kolmogorov(sample(1000000, [](words r) { return standard_exponential(r); }), cdf).good());
    EXPECT_FALSE(
        test::kolmogorov(sample(1000000, [](words r) { return 1.02 * standard_exponential(r); }), cdf)
            .good());
}

TEST(LogProbability, AgreesWithHighPrecision) {
    for (int k = 1; k < 2000; ++k) {
        auto const x = static_cast<long double>(k);
        auto const exact =
            std::lgamma(x + 1) - (x * std::log(x) - x + std::log(2 * 3.14159265358979323846L * x) / 2);
        EXPECT_NEAR(stirling_correction(k), static_cast<double>(exact), 2e-15) << k;
    }
    // mpmath, 60 digits.
    EXPECT_NEAR(log_poisson(0x1p60 + 12345678901.0, 0x1p60, 12345678901.0), -87.813164902391142704, 1e-12);
    EXPECT_NEAR(log_poisson(5, 7.25, -2.25), -2.1324843984491289525, 1e-15);
    EXPECT_NEAR(log_poisson(1000, 700, 300), -61.047843444758675737, 1e-13);
    EXPECT_NEAR(log_poisson(1e12 - 3e6, 1e12, -3e6), -19.234452091173530187, 1e-13);
    EXPECT_NEAR(log_poisson(1, 1e-3, 0.999), -6.9087552789821370313, 1e-15);
    EXPECT_EQ(log_poisson(0, 3.5, -3.5), -3.5);
}

// The hat covers the histogram: |w - a| sqrt(f(k) / f(mode)) <= hat / 2 for all w in [k, k + 1].
template <class LogP> double tightest_hat(double mean, double variance, std::int64_t mode, LogP log_p) {
    double most = 0;
    auto const reach = static_cast<std::int64_t>(12 * std::sqrt(variance) + 30);
    for (auto k = std::max<std::int64_t>(0, mode - reach); k <= mode + reach; ++k) {
        auto const wide = std::max(std::abs(double(k) - mean - 0.5), std::abs(double(k) + 0.5 - mean));
        most = std::max(most, wide * std::exp((log_p(k) - log_p(mode)) / 2));
    }
    return 2 * most / (1.7155277699214135 * std::sqrt(variance + 0.5) + 0.8989161620588988);
}
TEST(RatioOfUniforms, HatCoversTheHistogram) {
    for (double mean = 10; mean < 3000; mean *= 1.037) {
        EXPECT_LE(tightest_hat(mean, mean, static_cast<std::int64_t>(mean),
                               [=](std::int64_t k) { return test::log_poisson_exact(mean, double(k)); }),
                  1.0);
        for (double p : {0.5, 0.3, 0.1, 0.01}) {
            auto const n = std::ceil(mean / p);
            auto const log_p = [=](std::int64_t k) {
                return double(k) > n ? -1e9 : test::log_binomial(n, p, double(k));
            };
            EXPECT_LE(tightest_hat(n * p, n * p * (1 - p), static_cast<std::int64_t>((n + 1) * p), log_p),
                      1.0);
        }
    }
}

struct binomial_case {
    std::int64_t n;
    double p;
};
class Binomial : public testing::TestWithParam<binomial_case> {};
TEST_P(Binomial, FollowsItsDistribution) {
    auto const n = GetParam().n;
    auto const p = GetParam().p;
    auto const size = static_cast<double>(n);
    auto const sd = std::sqrt(size * p * (1 - p));
    auto const low = std::max<std::int64_t>(0, static_cast<std::int64_t>(size * p - 6 * sd) - 3);
    auto const high = std::min<std::int64_t>(n, static_cast<std::int64_t>(size * p + 6 * sd) + 3);
    auto const log_p = [=](std::int64_t k) { return test::log_binomial(size, p, static_cast<double>(k)); };
    auto const right = sample_integers(300000, [=](draws& from) { return binomial(from, n, p); });
    auto const fit = test::discrete(right, low, high, log_p);
    EXPECT_TRUE(fit.good()) << fit.text();
    for (auto k : right) ASSERT_TRUE(k >= 0 && k <= n);
    // Wrong twin: probability 3 % too small.
    auto const wrong = sample_integers(300000, [=](draws& from) { return binomial(from, n, 0.97 * p); });
    EXPECT_FALSE(test::discrete(wrong, low, high, log_p).good());
}
INSTANTIATE_TEST_SUITE_P(All, Binomial,
                         testing::Values(binomial_case{1, 0.25}, binomial_case{10, 0.3},
                                         binomial_case{19, 0.5}, binomial_case{20, 0.5},
                                         binomial_case{100, 0.85}, binomial_case{1000, 0.02},
                                         binomial_case{4000, 0.003}, binomial_case{100000, 0.4},
                                         binomial_case{std::int64_t{1} << 40, 0x1p-36},
                                         binomial_case{std::int64_t{1} << 40, 0x1p-37}));

TEST(BinomialEdges, AreExact) {
    draws from{{1, 1}, 1};
    EXPECT_EQ(binomial(from, 0, 0.5), 0);
    EXPECT_EQ(binomial(from, 10, 0), 0);
    EXPECT_EQ(binomial(from, 10, 1), 10);
    EXPECT_EQ(binomial(from, std::int64_t{1} << 62, 1), std::int64_t{1} << 62);
    EXPECT_EQ(binomial(from, 1000, 1e-300), 0);
    // n p to the last unit: whole - rest.
    auto const n = (std::int64_t{1} << 62) - 12345;
    auto const third = 1.0 / 3;  // = (2^54 - 1) / 3 / 2^54: n p = (n - n / 2^54) / 3
    auto const x = exact_product(n, third);
    auto const exact_whole = n / 3;
    auto const exact_rest = static_cast<double>(n % 3) / 3 - std::ldexp(static_cast<double>(n), -54) / 3;
    EXPECT_NEAR(static_cast<double>(x.whole - exact_whole) - x.rest, exact_rest, 1e-6);
}

// n = 2^62: standardised, the lattice (2^-30 standard deviations) is invisible.
TEST(BinomialHuge, IsNormal) {
    auto const n = std::int64_t{1} << 62;
    auto const of = [=](double p, double shift) {
        auto const sd = std::sqrt(static_cast<double>(n) * p * (1 - p));
        std::vector<double> z;
        for (std::uint32_t i = 0; i < 200000; ++i) {
            draws from{{1, 4}, i};
            auto const center = exact_product(n, p);
            z.push_back((static_cast<double>(binomial(from, n, p) - center.whole) + center.rest) / sd +
                        shift);
        }
        return test::kolmogorov(z, test::normal_cdf);
    };
    EXPECT_TRUE(of(0.3, 0).good());
    EXPECT_TRUE(of(0.75, 0).good());
    EXPECT_FALSE(of(0.3, 0.02).good());
}

TEST(Poisson, FollowsItsDistribution) {
    for (double mean : {0.5, 9.9, 10.1, 1000.5, 1e6}) {
        auto const sd = std::sqrt(mean);
        auto const low = std::max<std::int64_t>(0, static_cast<std::int64_t>(mean - 6 * sd));
        auto const log_p = [=](std::int64_t k) {
            return test::log_poisson_exact(mean, static_cast<double>(k));
        };
        auto const of = [=](double factor) {
            auto const x = sample_integers(300000, [=](draws& from) { return poisson(from, factor * mean); });
            return test::discrete(x, low, static_cast<std::int64_t>(mean + 6 * sd + 3), log_p);
        };
        EXPECT_TRUE(of(1).good()) << mean << ": " << of(1).text();
        EXPECT_FALSE(of(1.03).good()) << mean;
    }
    draws from{{1, 1}, 1};
    EXPECT_EQ(poisson(from, 0), 0);
}

TEST(Hypergeometric, FollowsItsDistribution) {
    struct setting {
        std::int64_t total, marked, chosen;
    };
    for (auto const& s :
         {setting{50, 20, 10}, setting{50, 20, 43}, setting{100, 50, 50}, setting{1000, 3, 400},
          setting{1000, 990, 400}, setting{2000, 1024, 33}, setting{100000, 65536, 20000},
          setting{2000000000, 1000000000, 1000}, setting{1000, 500, 980}}) {
        auto const total = s.total, marked = s.marked, chosen = s.chosen;
        auto const n = static_cast<double>(total);
        auto const m = static_cast<double>(marked);
        auto const c = static_cast<double>(chosen);
        auto const sd = std::sqrt(c * m / n * (1 - m / n) * (n - c) / (n - 1));
        auto const lowest = std::max<std::int64_t>(0, chosen + marked - total);
        auto const highest = std::min(marked, chosen);
        auto const low = std::max(lowest, static_cast<std::int64_t>(c * m / n - 6 * sd - 3));
        auto const high = std::min(highest, static_cast<std::int64_t>(c * m / n + 6 * sd + 3));
        // Products of exact factors: lgamma of 2e9 would be wrong by 1e-5.
        auto const log_p = [=](std::int64_t k) {
            auto const x = static_cast<double>(k);
            if (total < 10000000) return test::log_hypergeometric(n, m, c, x);
            return test::log_binomial(c, m / n, x) + c * (c - 1) / (2 * n) - x * (x - 1) / (2 * m) -
                   (c - x) * (c - x - 1) / (2 * (n - m));
        };
        auto const x =
            sample_integers(300000, [=](draws& from) { return hypergeometric(from, total, marked, chosen); });
        for (auto k : x) ASSERT_TRUE(k >= lowest && k <= highest);
        auto const fit = test::discrete(x, low, high, log_p);
        EXPECT_TRUE(fit.good()) << total << ' ' << marked << ' ' << chosen << ": " << fit.text();
        // Wrong twin: with replacement, where this can be told.
        if (chosen * 10 > total && marked > 10) {
            auto const y =
                sample_integers(300000, [=](draws& from) { return binomial(from, chosen, m / n); });
            EXPECT_FALSE(test::discrete(y, low, high, log_p).good());
        }
    }
    draws from{{1, 1}, 1};
    EXPECT_EQ(hypergeometric(from, 100, 0, 40), 0);
    EXPECT_EQ(hypergeometric(from, 100, 100, 40), 40);
    EXPECT_EQ(hypergeometric(from, 100, 30, 100), 30);
    EXPECT_EQ(hypergeometric(from, 100, 30, 0), 0);
}

std::uint64_t threshold(poisson_table const& t, std::int64_t count) {
    auto const r = static_cast<std::size_t>(count - t.first);
    return (std::uint64_t{t.high[r]} << 32) | t.low[r];
}

TEST(PoissonTable, ThresholdsAreExact) {
    auto const small = make_poisson_table(0.75);  // mpmath, 60 digits
    EXPECT_EQ(threshold(small, 0), 0x78ed03afbf35f94cu);
    EXPECT_EQ(threshold(small, 1), 0xd39ec6738e9e7445u);
    EXPECT_EQ(threshold(small, 5), 0xfff771a8d9f590ffu);
    EXPECT_EQ(threshold(small, 15), 0xffffffffffffeef2u);
    auto const large = make_poisson_table(100);
    EXPECT_EQ(threshold(large, 60), 0xb5661f99a8f5u);
    EXPECT_EQ(threshold(large, 99), 0x7c98733050a0eadfu);
    EXPECT_EQ(threshold(large, 100), 0x86ccc7bdff0723f7u);
    EXPECT_EQ(threshold(large, 150), 0xffffeb4fe65915bbu);
}

TEST(PoissonTable, HasTheMeanAndVariance) {
    for (double mean : {0.0, 1e-30, 1e-12, 1e-3, 0.75, 7.0, 63.5, 1e3, 1e6, 2e9}) {
        auto const t = make_poisson_table(mean);
        ASSERT_EQ(t.high.size(), t.low.size() + 1);
        EXPECT_EQ(t.high.back(), 0xffffffffu);
        auto const whole = std::floor(mean);
        double first = static_cast<double>(t.first) - whole;  // moments about `whole`: sums of P(X > k)
        double second = first * first;
        for (std::size_t r = 0; r < t.low.size(); ++r) {
            auto const k = t.first + static_cast<std::int64_t>(r);
            EXPECT_TRUE(r == 0 || threshold(t, k - 1) <= threshold(t, k));
            auto const above = static_cast<double>(0 - threshold(t, k)) * 0x1p-64;
            auto const d = static_cast<double>(k) - whole;
            first += above;
            second += (2 * d + 1) * above;
        }
        EXPECT_NEAR(first, mean - whole, 1e-11 * (std::sqrt(mean) + mean * 1e-6) + 1e-18) << mean;
        EXPECT_NEAR(second - first * first, mean, 1e-9 * mean + 1e-18) << mean;
    }
    EXPECT_EQ(make_poisson_table(0).low.size(), 0u);
    EXPECT_EQ(poisson_at(make_poisson_table(0).view(), {1, 1}, 1, 1, 0), 0);
}

TEST(PoissonTable, BlockSearchAndCountAgree) {
    for (double mean : {0.0, 1e-3, 0.75, 20.0, 3e4}) {
        auto const table = make_poisson_table(mean);
        auto const t = table.view();
        draws from{{2, 2}, 2};
        for (int trial = 0; trial < 200; ++trial) {
            std::uint32_t word[32];
            std::int32_t count[32];
            for (auto& w : word) w = from.word();
            EXPECT_FALSE(poisson_block(t, word, count));
            for (int i = 0; i < 32; ++i) {
                EXPECT_EQ(count[i], poisson_count(t, word[i], from.word()));
                EXPECT_EQ(count[i], poisson_search(t, word[i]).count);
                EXPECT_FALSE(poisson_search(t, word[i]).tie);
            }
        }
    }
}

// Thresholds that share their high words, and words that meet them.
TEST(PoissonTable, TiesAreBroken) {
    poisson_table table;
    table.first = 3;
    table.high = {0, 0x40000000u, 0x80000000u, 0x80000000u, 0xffffffffu, 0xffffffffu};
    table.low = {7, 5, 3, 9, 1};
    table.begin = 1;
    table.end = 4;
    auto const t = table.view();
    auto const tie = [&](std::uint32_t w) {
        std::uint32_t word[8] = {1, 1, 1, w, 1, 1, 1, 1};
        std::int32_t count[8];
        auto const block = poisson_block(t, word, count);
        EXPECT_EQ(block, poisson_search(t, w).tie);
        if (!block) { EXPECT_EQ(count[3], poisson_count(t, w, 0)); }
        return block;
    };
    for (auto w : {0u, 0x40000000u, 0x80000000u, 0xffffffffu}) EXPECT_TRUE(tie(w)) << w;
    for (auto w : {1u, 0x3fffffffu, 0x40000001u, 0x7fffffffu, 0x80000001u, 0xfffffffeu})
        EXPECT_FALSE(tie(w)) << w;
    EXPECT_EQ(poisson_count(t, 0, 6), 3);
    EXPECT_EQ(poisson_count(t, 0, 7), 4);
    EXPECT_EQ(poisson_count(t, 0x40000000u, 4), 4);
    EXPECT_EQ(poisson_count(t, 0x40000000u, 5), 5);
    EXPECT_EQ(poisson_count(t, 0x80000000u, 2), 5);
    EXPECT_EQ(poisson_count(t, 0x80000000u, 3), 6);
    EXPECT_EQ(poisson_count(t, 0x80000000u, 9), 7);
    EXPECT_EQ(poisson_count(t, 0xffffffffu, 0), 7);
    EXPECT_EQ(poisson_count(t, 0xffffffffu, 1), 8);
    EXPECT_NE(poisson_search(t, 0x80000000u).count,
              poisson_count(t, 0x80000000u, 9));  // the twin without ties
}

TEST(PoissonTable, CountsFollowTheDistribution) {
    for (double mean : {0.02, 0.75, 20.0, 5000.0}) {
        auto const of = [=](double factor) {
            auto const table = make_poisson_table(factor * mean);
            integers x;
            for (std::uint32_t i = 0; i < 400000; ++i) {
                x.push_back(poisson_at(table.view(), {3, 3}, i % 1000, i / 1000, i % 2));
            }
            auto const sd = std::sqrt(mean);
            return test::discrete(x, std::max<std::int64_t>(0, std::int64_t(mean - 6 * sd)),
                                  std::int64_t(mean + 6 * sd + 3),
                                  [=](std::int64_t k) { return test::log_poisson_exact(mean, double(k)); });
        };
        EXPECT_TRUE(of(1).good()) << mean;
        EXPECT_FALSE(of(1.1).good()) << mean;
    }
}

constexpr auto infinite = std::numeric_limits<double>::infinity();

TEST(Value, EveryKindHasItsDistribution) {
    auto const of = [](value_spec s, auto cdf) {
        std::vector<double> x;
        for (std::uint32_t i = 0; i < 200000; ++i) x.push_back(value(s, {9, 9}, i / 100, i % 100).value);
        return test::kolmogorov(x, cdf).good();
    };
    EXPECT_TRUE(of({value_kind::uniform, -1, 3}, [](double x) { return (x + 1) / 4; }));
    EXPECT_FALSE(of({value_kind::uniform, -1, 3.1}, [](double x) { return (x + 1) / 4; }));
    EXPECT_TRUE(of({value_kind::normal, 2, 3}, [](double x) { return test::normal_cdf((x - 2) / 3); }));
    EXPECT_TRUE(
        of({value_kind::lognormal, 2, 3}, [](double x) { return test::normal_cdf((std::log(x) - 2) / 3); }));
    EXPECT_TRUE(of({value_kind::exponential, 2}, [](double x) { return -std::expm1(-x / 2); }));
    // Redrawn, not clipped: a normal truncated to [0, 1].
    auto const low = test::normal_cdf(0), high = test::normal_cdf(1);
    auto const truncated = [=](double x) { return (test::normal_cdf(x) - low) / (high - low); };
    EXPECT_TRUE(of({value_kind::normal, 0, 1, 0, 1}, truncated));
    EXPECT_FALSE(of({value_kind::normal, 0, 1, 0, 1.1}, truncated));
    std::vector<double> counts(6);
    for (std::uint32_t i = 0; i < 60000; ++i) {
        ++counts[std::size_t(value({value_kind::uniform_int, 6}, {9, 9}, i, 0).value)];
    }
    EXPECT_TRUE(test::uniform_counts(counts).good());
}

TEST(Value, ConstantsArraysAndFailures) {
    EXPECT_EQ(value({value_kind::constant, 1.5}, {1, 1}, 1, 1).value, 1.5);
    double const list[] = {1, 2, 3};
    EXPECT_EQ(value({value_kind::array, 0, 0, -infinite, infinite, list}, {1, 1}, 1, 1, 2).value, 3);
    EXPECT_TRUE(value({value_kind::uniform, 0, 1, 0.99, 1}, {1, 1}, 1, 1).ok);
    EXPECT_FALSE(value({value_kind::uniform, 0, 1, 2, 3}, {1, 1}, 1, 1).ok);
    EXPECT_FALSE(value({value_kind::uniform_int, 6, 0, 7, 8}, {1, 1}, 1, 1).ok);
    EXPECT_FALSE(value({value_kind::normal, 0, 1, 2, 1}, {1, 1}, 1, 1).ok);
    EXPECT_EQ(value({value_kind::uniform, 5, 5}, {1, 1}, 1, 1).value, 5);
    EXPECT_EQ(value({value_kind::normal, 5, 0}, {1, 1}, 1, 1).value, 5);
}

TEST(Value, DependsOnRowAndOrdinalOnly) {
    value_spec const s{value_kind::normal, 0, 1, 0.5, 1};
    auto const v = value(s, {1, 2}, 3, 0x400000005u).value;
    EXPECT_EQ(value(s, {1, 2}, 3, 0x400000005u, 77).value, v);
    EXPECT_NE(value(s, {1, 2}, 4, 0x400000005u).value, v);
    EXPECT_NE(value(s, {1, 2}, 3, 0x400000006u).value, v);
    EXPECT_NE(value(s, {1, 2}, 3, 0x500000005u).value, v);
    EXPECT_NE(value(s, {2, 2}, 3, 0x400000005u).value, v);
    EXPECT_NE(value(s, {1, 3}, 3, 0x400000005u).value, v);
}

}  // namespace
}  // namespace ranvier
