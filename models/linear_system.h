// Solutions of linear differential equations with constant coefficients, y' = M y: host only, of any M
// without special cases.
#pragma once
#include <cmath>

namespace ranvier {

template <int N> struct square_matrix { double at[N][N]; };

/// exp(M t) - 1 for t in [0, 1]. 1 is left out so that slow components keep their digits beside fast ones:
/// with E = exp(A) - 1, exp(2 A) - 1 = 2 E + E E.
template <int N> class propagator {
  public:
    explicit propagator(square_matrix<N> const& M) {
        double norm = 0;
        for (auto const& row : M.at) {
            double sum = 0;
            for (double const x : row) sum += std::fabs(x);
            if (sum > norm) norm = sum;
        }
        double scale = 1;
        for (; doublings_ < 60 && norm * scale > 0.5; scale *= 0.5) ++doublings_;
        for (auto& row : terms_[0].at)
            for (double& x : row) x = 0;
        for (int i = 0; i < N; ++i) terms_[0].at[i][i] = 1;
        for (int n = 1; n <= degree; ++n) {
            terms_[n] = product(terms_[n - 1], M);
            for (auto& row : terms_[n].at)
                for (double& x : row) x *= scale / n;
        }
    }
    square_matrix<N> operator()(double t) const {
        square_matrix<N> E{};
        for (int n = degree; n > 0; --n)
            for (int i = 0; i < N; ++i)
                for (int j = 0; j < N; ++j) E.at[i][j] = (E.at[i][j] + terms_[n].at[i][j]) * t;
        for (int k = 0; k < doublings_; ++k) {
            auto const square = product(E, E);
            for (int i = 0; i < N; ++i)
                for (int j = 0; j < N; ++j) E.at[i][j] = square.at[i][j] + 2 * E.at[i][j];
        }
        return E;
    }

  private:
    static constexpr int degree = 14;  // 0.5^15 / 15! is below 2^-54
    static square_matrix<N> product(square_matrix<N> const& a, square_matrix<N> const& b) {
        square_matrix<N> c{};
        for (int i = 0; i < N; ++i)
            for (int k = 0; k < N; ++k)
                for (int j = 0; j < N; ++j) c.at[i][j] += a.at[i][k] * b.at[k][j];
        return c;
    }
    int doublings_ = 0;
    square_matrix<N> terms_[degree + 1];
};

}  // namespace ranvier
