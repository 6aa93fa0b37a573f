// Polynomials on [0, 1] through the nodes of the Gauss-Lobatto rule, which include both ends. Tables are made
// at compile time.
#pragma once
#include <cmath>
#include <type_traits>
#include <utility>

#include "models/model.h"

namespace ranvier {

template <int N> struct values {
    double x[N];
    RANVIER_FN constexpr double const& operator[](int i) const { return x[i]; }
    RANVIER_FN constexpr double& operator[](int i) { return x[i]; }
};

/// N members of a record, told from others by the tag, as one: columns hold single numbers.
template <class Tag, int I> struct cell { double x; };
template <class Tag, class I> struct cells_of;
template <class Tag, int... I> struct cells_of<Tag, std::integer_sequence<int, I...>> : cell<Tag, I>... {
    using fields = field_list<&cell<Tag, I>::x...>;
    RANVIER_FN values<sizeof...(I)> get() const { return {{cell<Tag, I>::x...}}; }
    RANVIER_FN void set(values<sizeof...(I)> const& v) { ((cell<Tag, I>::x = v[I]), ...); }
};
template <class Tag, int N> using cells = cells_of<Tag, std::make_integer_sequence<int, N>>;

/// f(0), f(1) ... f(N - 1), if any, each argument a constant: arrays that it indexes stay in registers.
template <int N, class F> RANVIER_FN constexpr void unroll(F f) {
    [&]<int... I>(std::integer_sequence<int, I...>) RANVIER_INLINE_LAMBDA {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, (N > 0 ? N : 0)>{});
}

/// c_0 + x (c_1 + x (c_2 + ...)), and its derivative.
template <int N> RANVIER_FN double polynomial(values<N> const& c, double x) {
    auto y = c[N - 1];
    unroll<N - 1>([&](auto i) RANVIER_INLINE_LAMBDA { y = std::fma(x, y, c[N - 2 - i]); });
    return y;
}
template <int N> RANVIER_FN double polynomial_slope(values<N> const& c, double x) {
    auto y = (N - 1) * c[N - 1];
    unroll<N - 2>([&](auto i) RANVIER_INLINE_LAMBDA { y = std::fma(x, y, (N - 2 - i) * c[N - 2 - i]); });
    return y;
}

namespace collocation {

template <int N> struct matrix { double at[N][N]; };
/// Element (k, i): coefficient of x^k in the polynomial that is 1 at points[i] and 0 at the others.
template <int N> constexpr matrix<N> interpolation(values<N> points) {
    matrix<N> m{};
    for (int i = 0; i < N; ++i) {
        double c[N] = {1};
        for (int j = 0; j < N; ++j) {
            if (j == i) continue;
            double const scale = 1 / (points[i] - points[j]);
            for (int k = N - 1; k >= 0; --k) c[k] = ((k > 0 ? c[k - 1] : 0.0) - points[j] * c[k]) * scale;
        }
        for (int k = 0; k < N; ++k) m.at[k][i] = c[k];
    }
    return m;
}

template <int N> inline constexpr values<N> nodes{};
template <> inline constexpr values<4> nodes<4>{{0, 0.27639320225002103036, 0.72360679774997896964, 1}};
template <> inline constexpr values<5> nodes<5>{{0, 0.17267316464601142810, 0.5, 0.82732683535398857190, 1}};

template <int N> inline constexpr matrix<N> basis = interpolation<N>(nodes<N>);

/// Weight of node i for an integral over [0, 1].
template <int N> constexpr double weight(int i) {
    double sum = 0;
    for (int k = 0; k < N; ++k) sum += basis<N>.at[k][i] / (k + 1);
    return sum;
}

/// Of the polynomials through the nodes: element (j, i) is node i's share in the integral up to node j, and
/// in the slope there.
template <int N> inline constexpr matrix<N> integrals = [] {
    matrix<N> m{};
    for (int j = 0; j < N; ++j)
        for (int i = 0; i < N; ++i) {
            double power = nodes<N>[j];
            for (int k = 0; k < N; ++k, power *= nodes<N>[j])
                m.at[j][i] += basis<N>.at[k][i] * power / (k + 1);
        }
    return m;
}();
template <int N> inline constexpr matrix<N> slopes = [] {
    matrix<N> m{};
    for (int j = 0; j < N; ++j)
        for (int i = 0; i < N; ++i) {
            double power = 1;
            for (int k = 1; k < N; ++k, power *= nodes<N>[j]) m.at[j][i] += basis<N>.at[k][i] * power * k;
        }
    return m;
}();

/// start + the integral up to node J of the polynomial with the values f at the nodes.
template <int J, int N> RANVIER_FN double integral_to(values<N> const& f, double start) {
    unroll<N>([&](auto i) RANVIER_INLINE_LAMBDA {
        constexpr double m = integrals<N>.at[J][i];
        if constexpr (m != 0) start = std::fma(m, f[i], start);
    });
    return start;
}

/// Coefficients of the polynomial with the values f at the nodes.
template <int N> RANVIER_FN values<N> through(values<N> const& f) {
    values<N> c;
    unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA {
        double sum = 0;
        unroll<N>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr double m = basis<N>.at[k][i];
            if constexpr (m != 0) sum = std::fma(m, f[i], sum);
        });
        c[k] = sum;
    });
    return c;
}

}  // namespace collocation
}  // namespace ranvier
