// Truncated power series f(x) = f_0 + f_1 x + ... + f_(N - 1) x^(N - 1), as their coefficients.
#pragma once
#include "models/collocation.h"

namespace ranvier::power_series {

/// Coefficient k of a product, and of a square. What is known last, a[k], comes last: then a recurrence waits
/// little.
template <int k, int N, int M> RANVIER_FN double product(values<N> const& a, values<M> const& b) {
    double sum = k > 1 ? a[1] * b[k - 1] : a[0] * b[k];
    unroll<k - 2>([&](auto i) RANVIER_INLINE_LAMBDA { sum = std::fma(a[i + 2], b[k - 2 - i], sum); });
    if constexpr (k > 1) sum = std::fma(a[0], b[k], sum);
    return k > 0 ? std::fma(a[k], b[0], sum) : sum;
}
template <int k, int N> RANVIER_FN double square(values<N> const& a) {
    double half = k > 2 ? a[1] * a[k - 1] : a[0] * a[k];
    unroll<(k - 1) / 2 - 1>([&](auto i)
                                RANVIER_INLINE_LAMBDA { half = std::fma(a[i + 2], a[k - 2 - i], half); });
    if constexpr (k > 2) half = std::fma(a[0], a[k], half);
    if constexpr (k == 0) return half;
    if constexpr (k % 2) return half + half;
    return std::fma(2, half, a[k / 2] * a[k / 2]);
}

/// Of f with f' = rate f.
template <int N> RANVIER_FN values<N> exponential(double value, double rate) {
    values<N> f;
    double c = 1;
    unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
        f[k] = c * value;
        c *= rate * (1.0 / (k + 1));
    });
    return f;
}
/// Of f with f' = rate f (1 - f), that is 1 / (1 + c exp(-rate x)) with any c. Derivative k for rate 1 is,
/// with p = f (1 - f), p times a polynomial of p, for even k also times 1 - 2 f.
template <int N> RANVIER_FN values<N> logistic(double value, double rate) {
    constexpr int most = 8;
    static_assert(N <= most + 1);
    constexpr double derivative[most + 1][4] = {{},
                                                {1},
                                                {1},
                                                {1, -6},
                                                {1, -12},
                                                {1, -30, 120},
                                                {1, -60, 360},
                                                {1, -126, 1680, -5040},
                                                {1, -252, 5040, -20160}};
    auto const p = value * (1 - value), odd_p = p * (1 - 2 * value);
    values<N> f;
    f[0] = value;
    double unit = 1;
    unroll<N - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
        constexpr int k = i + 1, n = (k + 1) / 2;
        unit *= rate * (1.0 / k);
        values<n> c;
        unroll<n>([&](auto j) RANVIER_INLINE_LAMBDA {
            constexpr double d = derivative[k][j];
            c[j] = unit * d;
        });
        f[k] = (k % 2 ? p : odd_p) * polynomial(c, p);
    });
    return f;
}
constexpr double binomial(int n, int k) { return k == 0 ? 1 : binomial(n - 1, k - 1) * n / k; }
/// Of scale z / (1 - exp(-z)), z = y + rate x; e = exp(-y). Where z is near 0 and the quotient loses digits,
/// from the series of the function there.
template <int N> RANVIER_FN values<N> linoid(double scale, double rate, double y, double e) {
    constexpr int terms = 4;
    constexpr values<terms> even{{1, 1.0 / 12, -1.0 / 720, 1.0 / 30240}};  // of z^2
    bool const near = std::fabs(y) < 0.1;
    auto const s = logistic<N>(1 / (1 - e), rate);
    values<N> f;
    double unit = scale;  // scale rate^k
    unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
        constexpr int first = (k + 1) / 2, n = terms - first;
        double inside = 0;
        if constexpr (n > 0) {
            values<n> c;
            unroll<n>([&](auto i) RANVIER_INLINE_LAMBDA {
                constexpr double share = even[first + i] * binomial(2 * (first + i), k);
                c[i] = unit * share;
            });
            inside = k % 2 ? y * polynomial(c, y * y) : polynomial(c, y * y);
        }
        auto outside = scale * y * s[k];
        if constexpr (k == 0) inside += 0.5 * unit * y;
        if constexpr (k == 1) inside += 0.5 * unit;
        if constexpr (k > 0) outside = std::fma(scale * rate, s[k - 1], outside);
        f[k] = select(near, inside, outside);
        unit *= rate;
    });
    return f;
}

}  // namespace ranvier::power_series
