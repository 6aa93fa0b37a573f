// How V and w of the membrane in models/adex.h answer to a jump of one of them, where all conductances but
// the exponential one are constant.
#pragma once
#include "models/adex.h"
#include "models/linear_system.h"

namespace ranvier {

struct adex_response : cell<struct leak_of_V, 0>,
                       cells<struct K_at_nodes, adex::nodes>,
                       cells<struct weights_for_w, adex::nodes>,
                       cells<struct jump_V_to_V, 3>,
                       cells<struct jump_w_to_V, 3>,
                       cells<struct jump_V_to_w, 3>,
                       cells<struct jump_w_to_w, 3> {
    using leak_type = cell<leak_of_V, 0>;
    using fields =
        joined<field_list<&leak_type::x>, cells<K_at_nodes, adex::nodes>::fields,
               cells<weights_for_w, adex::nodes>::fields, cells<jump_V_to_V, 3>::fields,
               cells<jump_w_to_V, 3>::fields, cells<jump_V_to_w, 3>::fields, cells<jump_w_to_w, 3>::fields>;

    /// C_m' V' / C_m: by which part V falls in a step.
    RANVIER_FN double leak() const { return leak_type::x; }
    /// Of V to V, from a node of the step to its end.
    RANVIER_FN values<adex::nodes> at_nodes() const { return cells<K_at_nodes, adex::nodes>::get(); }
    /// Of u at the nodes, times K, for what w gains by it in the step.
    RANVIER_FN values<adex::nodes> w_weights() const { return cells<weights_for_w, adex::nodes>::get(); }
    /// To a jump by 1 at `begin`, after t steps, t <= 1 - begin; V_to_w, w_to_w: at the end.
    template <class> RANVIER_FN adex::leg after(double, double t) const {
        auto const V_to_V = 1 + t * polynomial(cells<jump_V_to_V, 3>::get(), t);
        return {V_to_V, t * polynomial(cells<jump_w_to_V, 3>::get(), t), V_to_V};
    }
    RANVIER_FN double V_to_w(double t) const { return t * polynomial(cells<jump_V_to_w, 3>::get(), t); }
    RANVIER_FN double w_to_w(double t) const { return 1 + t * polynomial(cells<jump_w_to_w, 3>::get(), t); }

    /// Rows and columns 0 and 1 of the system, whose unit of time is a step, are V and w.
    template <int N> void set(adex_constants const& c, propagator<N> const& system, double leak) {
        leak_type::x = leak;
        values<adex::nodes> K, weights;
        for (int i = 0; i < adex::nodes; ++i) {
            auto const left = 1 - collocation::nodes<adex::nodes>[i];
            K[i] = 1 + system(left).at[0][0];
            weights[i] = collocation::weight<adex::nodes>(i) * c.a_rate * c.Delta *
                         math::exp(-left * c.w_rate) / larger(K[i], 0.1);
        }
        cells<K_at_nodes, adex::nodes>::set(K);
        cells<weights_for_w, adex::nodes>::set(weights);
        constexpr values<3> points{{0.25, 0.75, 1}};
        constexpr auto coefficients = collocation::interpolation(points);
        values<3> VV{}, wV{}, Vw{}, ww{};
        for (int i = 0; i < 3; ++i) {
            auto const E = system(points[i]);
            for (int k = 0; k < 3; ++k) {
                auto const m = coefficients.at[k][i] / points[i];
                VV[k] += m * E.at[0][0], wV[k] += m * E.at[0][1];
                Vw[k] += m * E.at[1][0], ww[k] += m * E.at[1][1];
            }
        }
        cells<jump_V_to_V, 3>::set(VV), cells<jump_w_to_V, 3>::set(wV);
        cells<jump_V_to_w, 3>::set(Vw), cells<jump_w_to_w, 3>::set(ww);
    }
};

}  // namespace ranvier
