// Expressions of random variables: their values against the same arithmetic on draws of their parts, bounds,
// text, what is refused; on nodes and connections, the same bits however a network is made.
#include <gtest/gtest.h>

#include <cmath>

#include "host/expression.h"
#include "tests/network_for_tests.h"

namespace ranvier::test {
namespace {

constexpr key stream{7, 11};

double drawn(distribution const& d, std::uint32_t row = 3, std::uint64_t k = 5) {
    auto const program = program_of(d);
    auto const x = evaluate(program.data(), std::int32_t(program.size()), stream, row, k);
    EXPECT_TRUE(x.ok);
    return x.value;
}
/// The draw of random variable m, at that attempt.
double part(distribution const& d, std::uint64_t m, std::uint32_t attempt = 0, std::uint32_t row = 3) {
    return random_value(d.spec.kind, d.spec.a, d.spec.b, stream, row, 5 + ((m + 1) << 50), attempt);
}

TEST(expressions, are_arithmetic_on_independent_draws) {
    auto const u = uniform(1, 2), n = normal(10, 3), l = lognormal(0, 0.5), e = exponential(2);
    auto const U = part(u, 0), N = part(n, 1), L = part(l, 2);
    EXPECT_EQ(drawn(u + n), U + N);
    EXPECT_EQ(drawn(u - n * l), U - N * L);
    EXPECT_EQ(drawn((u - n) / l), (U - N) / L);
    EXPECT_EQ(drawn(2 * u + 1), 2 * U + 1);
    EXPECT_EQ(drawn(1 - u), 1 - U);
    EXPECT_EQ(drawn(1 / u), 1 / U);
    EXPECT_EQ(drawn(-u), -U);
    EXPECT_EQ(drawn(pow(u, 3) + exp(n / 10)), math::pow(U, 3) + math::exp(N / 10));
    EXPECT_EQ(drawn(sin(u) * cos(n)), math::sin(U) * math::cos(N));
    EXPECT_EQ(drawn(min(u, 1.5)), std::min(U, 1.5));
    EXPECT_EQ(drawn(max(u, n)), std::max(U, N));
    EXPECT_EQ(drawn(u + u), U + part(u, 1));
    EXPECT_NE(U, part(u, 1));
    EXPECT_EQ(drawn(conditional(u < 1.5, n, l)), U < 1.5 ? N : L);
    EXPECT_EQ(drawn(conditional(u > 1.5, n, l)), U > 1.5 ? N : L);
    for (double const x : {1, 2, 3}) {
        auto const two = distribution(2);
        EXPECT_EQ(drawn(two < x), 2 < x);
        EXPECT_EQ(drawn(two <= x), 2 <= x);
        EXPECT_EQ(drawn(two > x), 2 > x);
        EXPECT_EQ(drawn(two >= x), 2 >= x);
        EXPECT_EQ(drawn(two == x), 2 == x);
        EXPECT_EQ(drawn(two != x), 2 != x);
    }
    auto const i = drawn(uniform_int(1000) + 0.5);
    EXPECT_TRUE(i - 0.5 == std::floor(i) && i < 1000) << i;
    EXPECT_NE(drawn(e * 1, 3), drawn(e * 1, 4));
}

TEST(expressions, are_drawn_again_as_a_whole) {
    auto const d = (normal(0, 1) + normal(0, 1)).redraw(0.5, 1);
    int again = 0;
    for (std::uint32_t row = 0; row < 500; ++row) {
        std::uint32_t attempt = 0;
        auto sum = [&] { return part(normal(0, 1), 0, attempt, row) + part(normal(0, 1), 1, attempt, row); };
        while (!(sum() >= 0.5 && sum() <= 1)) ++attempt;
        EXPECT_EQ(drawn(d, row), sum());
        again += attempt > 0;
    }
    EXPECT_GT(again, 300);
    // Inside another one; twice.
    for (std::uint32_t row = 0; row < 500; ++row) {
        auto const x = drawn((uniform(0, 1).redraw(0.2, 0.9) * 2 + exponential(1)).redraw(1, 3), row);
        EXPECT_TRUE(x >= 1 && x <= 3) << x;
        auto const y = drawn(uniform(0, 1).redraw(0.2, 0.9).redraw(0, 0.5), row);
        EXPECT_TRUE(y >= 0.2 && y <= 0.5) << y;
    }
}

TEST(expressions, bounds_hold) {
    distribution const all[] = {uniform(-1, 2) * uniform(-3, 1) + 1,
                                pow(uniform(-2, 1), 2),
                                pow(uniform(-2, 1), 3),
                                1 / uniform(1, 4),
                                exp(normal(0, 0.1)) - lognormal(0, 0.1),
                                min(uniform(0, 5), exponential(3)),
                                max(uniform(0, 5), 2),
                                conditional(uniform(0, 1) < 0.3, uniform(4, 5), -1),
                                conditional(uniform(0, 1) < 2, uniform(4, 5), -1),
                                cos(uniform(0, 9)) - uniform_int(4),
                                (normal(0, 1) * 2).redraw(-1, 3),
                                uniform(0, 1) <= uniform(0.5, 2)};
    for (auto const& d : all) {
        auto const [low, high] = bounds_of(program_of(d));
        double least = INFINITY, most = -INFINITY;
        for (std::uint32_t row = 0; row < 20000; ++row) {
            auto const x = drawn(d, row);
            least = std::min(least, x), most = std::max(most, x);
        }
        EXPECT_LE(low, least) << text_of(d);
        EXPECT_GE(high, most) << text_of(d);
        EXPECT_LT(high - low, 100) << text_of(d);
    }
    EXPECT_EQ(bounds_of(program_of(1 / normal(0, 1))).first, -INFINITY);
    EXPECT_EQ(bounds_of(program_of(pow(normal(0, 1), 0.5))).second, INFINITY);
}

TEST(expressions, as_text) {
    EXPECT_EQ(text_of(2 * normal(10, 2) + exponential(3)), "((2 * normal(10, 2)) + exponential(3))");
    EXPECT_EQ(text_of(conditional(uniform(0, 1) < 0.2, 1, min(uniform_int(4), 3)).redraw(1, 2)),
              "conditional((uniform(0, 1) < 0.2), 1, min(uniform_int(4), 3)).redraw(1, 2)");
    EXPECT_EQ(text_of(pow(exp(lognormal(0, 1)), 2)), "pow(exp(lognormal(0, 1)), 2)");
    EXPECT_EQ(text_of(distribution(1.5)), "1.5");
}

TEST(expressions, that_are_refused) {
    network net;
    auto const n = net.create("iaf_psc_exp", 10);
    auto deep = uniform(0, 1);
    for (int i = 0; i < 20; ++i) deep = uniform(0, 1) + deep;
    auto refused = [&](distribution const& d) {
        auto const text = text_of(d);
        EXPECT_EQ(error_of<out_of_range>([&] { net.create("iaf_psc_exp", 5, {{"V_m", d}}); }).value, text);
        EXPECT_EQ(error_of<out_of_range>([&] { net.set(n, {{"V_m", d}}); }).value, text);
        EXPECT_EQ(error_of<out_of_range>([&] { net.connect(n, n, all_to_all(), {.weight = d}); }).value,
                  text);
    };
    refused(deep);
    refused(uniform(2, 1) + 1);
    refused(uniform(0, 1) * INFINITY);
    refused((uniform(0, 1) + 1).redraw(2.5, 3));
    refused((uniform(0, 1) + 1).redraw(2, 1));
    refused(normal(0, -1) + 1);
    auto weight = [&](distribution const& d) { net.connect(n, n, all_to_all(), {.weight = d}); };
    auto delay = [&](distribution const& d) { net.connect(n, n, all_to_all(), {.delay = d}); };
    EXPECT_THROW(weight(1 / normal(0, 1)), out_of_range);
    EXPECT_THROW(delay(normal(0, 1) * 2), bad_delay);
    EXPECT_EQ(net.size(), 10);
    EXPECT_EQ(net.connections().source.size(), 0u);
    weight(1 / normal(10, 1));
    delay(max(normal(0, 1), 1));
}

void build(network& net) {
    auto const n =
        net.create("iaf_psc_exp", 300, {{"V_m", min(normal(-65, 5), -56)}, {"I_e", 380 + 2 * normal(0, 5)}});
    net.connect(n, n, fixed_indegree(20),
                {.model = "stdp_synapse",
                 .weight = conditional(uniform(0, 1) < 0.8, lognormal(2, 0.3), -40),
                 .delay = 1 + exponential(2).redraw(0, 8)});
    net.connect(n, n, pairwise_bernoulli(0.03),
                {.model = "tsodyks2_synapse",
                 .weight = 2 * uniform(1, 9),
                 .params = {{"U", pow(uniform(0.2, 0.9), 2)}}});
}

class ExpressionsOfNetworks : public testing::Test {};
TEST_F(ExpressionsOfNetworks, are_the_same_however_they_are_made) {
    auto of = [](int threads, int partitions) {
        network net({.threads = threads, .partitions = partitions});
        build(net);
        net.simulate(50);
        EXPECT_GT(net.stats().spikes, 100);
        return std::pair{hash_of(net).text, net.connections().weight};
    };
    auto const plain = of(1, 1);
    for (auto const partitions : {2, 5, 16}) EXPECT_EQ(of(2, partitions), plain) << partitions;
}

/// Means within 5 standard errors: a false alarm in 10^6.
TEST_F(ExpressionsOfNetworks, have_their_means) {
    network net({.threads = 1});
    auto const n = net.create("iaf_psc_exp", 20000, {{"C_m", 100 + 2 * uniform(0, 10) * uniform(0, 10)}});
    auto mean = [](std::vector<double> const& x) {
        double sum = 0;
        for (auto const v : x) sum += v;
        return sum / double(x.size());
    };
    // Variance of the product of two: (100/3)^2 - 25^2.
    EXPECT_NEAR(mean(net.get(n, "C_m")), 150, 5 * 2 * std::sqrt(10000.0 / 9 - 625) / std::sqrt(20000.0));
    net.connect(n, n, fixed_total_number(20000),
                {.weight = conditional(uniform(0, 1) < 0.25, 1, normal(5, 1)), .delay = 1 + uniform_int(3)});
    auto const t = net.connections();
    EXPECT_NEAR(mean(t.weight), 4, 5 * std::sqrt(0.25 * 9 + 0.75 * 2) / std::sqrt(20000.0));
    EXPECT_NEAR(mean(t.delay), 2, 5 * std::sqrt(2.0 / 3) / std::sqrt(20000.0));
    for (auto const d : t.delay) EXPECT_TRUE(d == 1 || d == 2 || d == 3) << d;
}

}  // namespace
}  // namespace ranvier::test
