// Linear paths of the membrane in models/adex.h where all conductances but the exponential one are constant:
// V - E_L, w, synaptic currents and the current from outside solve y' = M y.
#pragma once
#include "models/adex_neuron.h"
#include "models/adex_response.h"

namespace ranvier {

/// Row: V at a node but the first less V at the first, or the same for w at the end.
template <int Row, int N> using adex_row = cells<std::integral_constant<int, Row>, N>;

/// Constants of a system of N components, the first of which are V - E_L and w. The unit of time is a step.
template <int N> struct adex_linear : adex_constants,
                                      adex_response,
                                      adex_row<0, N>,
                                      adex_row<1, N>,
                                      adex_row<2, N>,
                                      adex_row<3, N>,
                                      adex_row<adex::nodes - 1, N> {
    static constexpr int w_row = adex::nodes - 1;
    using linear_fields =
        joined<adex_constants::fields, adex_response::fields, typename adex_row<0, N>::fields,
               typename adex_row<1, N>::fields, typename adex_row<2, N>::fields,
               typename adex_row<3, N>::fields, typename adex_row<w_row, N>::fields>;

    /// h / tau; time constants below h 1e-9 act as that.
    static double rate(double tau, double h) { return smaller(h / tau, 1e9); }
    /// M without synapses, which a model adds; the last component is the current from outside.
    template <class Params> static square_matrix<N> membrane(Params const& p, double h) {
        auto const per_C = h / p.C_m, w_rate = rate(p.tau_w, h);
        square_matrix<N> M{};
        M.at[0][0] = -p.g_L * per_C, M.at[0][1] = -per_C, M.at[0][N - 1] = per_C;
        M.at[1][0] = p.a * w_rate, M.at[1][1] = -w_rate;
        return M;
    }
    template <class Params> void set_linear(Params const& p, square_matrix<N> const& M, double h) {
        propagator<N> const system(M);
        static_cast<adex_constants&>(*this) = adex_constants::from(p, h);
        adex_response::set(*this, system, p.g_L * (h / p.C_m));
        unroll<w_row + 1>([&](auto i) {
            bool const of_w = i == w_row;
            auto const E = system(of_w ? 1 : collocation::nodes<adex::nodes>[i + 1]);
            values<N> coefficients;
            for (int k = 0; k < N; ++k) coefficients[k] = E.at[of_w ? 1 : 0][k];
            static_cast<adex_row<i, N>&>(*this).set(coefficients);
        });
    }
    /// From `now`, the first components of which are V, not V - E_L, and w.
    RANVIER_FN adex::path along(values<N> now) const {
        auto const V = now[0];
        now[0] = V - E_L;
        auto change = [&](auto i) RANVIER_INLINE_LAMBDA {
            auto const coefficients = static_cast<adex_row<i, N> const&>(*this).get();
            double sum = 0;
            unroll<N>([&](auto k) RANVIER_INLINE_LAMBDA { sum = std::fma(coefficients[k], now[k], sum); });
            return sum;
        };
        adex::path path;
        path.V[0] = V, path.w_begin = now[1];
        unroll<w_row>([&](auto i) RANVIER_INLINE_LAMBDA { path.V[i + 1] = V + change(i); });
        path.w_end = now[1] + change(std::integral_constant<int, w_row>{});
        return path;
    }
    /// A step from the state s, as kernels/parts.h has it; now: see along().
    template <class Functions, class State> RANVIER_FN double whole(State& s, values<N> const& now) const {
        return select(adex::calm_step<Functions>(*this, *this, s, along(now)), 0.0, 1.0);
    }
    template <class Functions, class State> RANVIER_FN double part(State& s, values<N> const& now) const {
        adex::any_step<Functions>(*this, *this, s, along(now));
        return 0;
    }
};

/// A neuron with such a system; Model::now(derived, state, inputs): see along().
template <class Model> struct adex_linear_neuron : adex_neuron {
    /// Evaluations of exp and log by a calm step, and by any other.
    static constexpr int evaluations_when_calm = adex::evaluations_when_calm,
                         evaluations_per_step = adex::evaluations_per_step;

    template <class Functions = adex_functions>
    RANVIER_FN static double whole(auto const& d, auto& s, auto const& input) {
        return d.template whole<Functions>(s, Model::now(d, s, input));
    }
    template <class Functions = adex_functions>
    RANVIER_FN static double part(auto const& d, auto& s, auto const& input, double) {
        return d.template part<Functions>(s, Model::now(d, s, input));
    }
};

}  // namespace ranvier
