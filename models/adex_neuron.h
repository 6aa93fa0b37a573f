// What the declarations of AdEx neurons have in common (models/adex.h).
#pragma once
#include "models/adex.h"

namespace ranvier {

struct adex_neuron {
    static constexpr char reference[] = "Brette & Gerstner 2005, J Neurophysiol 94:3637";
    static constexpr int n_currents = 1;
    static constexpr bool multiple = true;  // without refractoriness there can be two spikes in a step
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;
    using relative = relative_list<>;
    /// Steps between two with spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(auto const& d) { return d.refractory + 1; }
};

namespace adex {

/// Parameters of the membrane, and what they must be. P: the model's, with these members.
template <class P> using membrane_fields =
    field_list<&P::C_m, &P::t_ref, &P::V_reset, &P::V_peak, &P::V_th, &P::g_L, &P::E_L, &P::Delta_T,
               &P::tau_w, &P::a, &P::b, &P::I_e, &P::I_exp_max, &P::gsl_error_tol>;
template <class P, class... More> using membrane_checks =
    check_list<positive<&P::C_m>, non_negative<&P::t_ref>, less<&P::V_reset, &P::V_peak>,
               at_least<&P::V_peak, &P::V_th>, non_negative<&P::Delta_T>, peak_within_range<&P::Delta_T>,
               positive<&P::tau_w>, positive<&P::I_exp_max>, positive<&P::gsl_error_tol>, More...>;

}  // namespace adex

}  // namespace ranvier
