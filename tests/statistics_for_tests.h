// Goodness of fit with a stated rate of false alarm: 1e-6 for each check, with fixed seeds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ranvier::test {

struct fit {
    double statistic, limit;
    bool good() const { return statistic < limit; }
    std::string text() const { return std::to_string(statistic) + " against " + std::to_string(limit); }
};

// Quantile 1 - 1e-6 of chi square (Wilson and Hilferty, PNAS 17:684, 1931).
inline double chi_square_limit(double freedom) {
    auto const v = 2 / (9 * freedom);
    return freedom * std::pow(1 - v + 4.7534 * std::sqrt(v), 3);
}

// Observed counts against expected ones (same sum); neighbouring cells are pooled until 10 are expected.
inline fit chi_square(std::vector<double> const& observed, std::vector<double> const& expected) {
    double statistic = 0, o = 0, e = 0, last_o = 0, last_e = 0;
    int cells = 0;
    for (std::size_t c = 0; c < observed.size(); ++c) {
        o += observed[c];
        e += expected[c];
        if (e < 10) continue;
        statistic += (o - e) * (o - e) / e;
        last_o = o;
        last_e = e;
        o = e = 0;
        ++cells;
    }
    if (cells > 0) {  // what is left joins the last cell
        statistic -= (last_o - last_e) * (last_o - last_e) / last_e;
        last_o += o;
        last_e += e;
        statistic += (last_o - last_e) * (last_o - last_e) / last_e;
    }
    return {statistic, chi_square_limit(std::max(cells - 1, 1))};
}

inline fit uniform_counts(std::vector<double> const& observed) {
    double n = 0;
    for (auto const o : observed) n += o;
    return chi_square(observed, std::vector<double>(observed.size(), n / double(observed.size())));
}

// Integers against probabilities; `log_p` is exact, cells run from lowest to highest, what lies outside
// counts as the nearest cell.
inline fit discrete(std::vector<std::int64_t> const& draws, std::int64_t lowest, std::int64_t highest,
                    std::function<double(std::int64_t)> const& log_p) {
    std::vector<double> observed(std::size_t(highest - lowest + 1)), expected(observed.size());
    for (auto const d : draws) ++observed[std::size_t(std::clamp(d, lowest, highest) - lowest)];
    for (auto k = lowest; k <= highest; ++k) {
        expected[std::size_t(k - lowest)] = double(draws.size()) * std::exp(log_p(k));
    }
    return chi_square(observed, expected);
}

// Kolmogorov and Smirnov; the limit of sqrt(n) D is that of n = infinity.
inline fit kolmogorov(std::vector<double> x, std::function<double(double)> const& cdf) {
    std::sort(x.begin(), x.end());
    auto const n = double(x.size());
    double d = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        auto const f = cdf(x[i]);
        d = std::max({d, double(i + 1) / n - f, f - double(i) / n});
    }
    return {d * std::sqrt(n), std::sqrt(0.5 * std::log(2e6))};
}

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

inline double log_choose(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}
inline double log_binomial(double n, double p, double k) {
    return log_choose(n, k) + k * std::log(p) + (n - k) * std::log1p(-p);
}
inline double log_poisson_exact(double mean, double k) {
    return k * std::log(mean) - mean - std::lgamma(k + 1);
}
inline double log_hypergeometric(double total, double marked, double chosen, double k) {
    return log_choose(marked, k) + log_choose(total - marked, chosen - k) - log_choose(total, chosen);
}

}  // namespace ranvier::test
