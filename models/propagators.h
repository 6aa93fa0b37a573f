// What the linear models share: exact propagators (neurons_current_based.md, 0.1), host only, of each of
// which tau_m = inf, no leak, is the limit; threshold and reset.
#pragma once
#include <cmath>

#include "models/model.h"

namespace ranvier {

/// Constant current to membrane potential over one step of h ms (mV/pA). expm1: 1 - exp loses digits as tau_m
/// grows.
inline double propagator_constant(double tau_m, double C_m, double h) {
    if (std::isinf(tau_m)) return h / C_m;
    return -tau_m / C_m * math::expm1(-h / tau_m);
}

/// tau_syn tau_m / (tau_m - tau_syn) and its inverse: the rates' difference, for either time constant
/// infinite too.
struct difference_of_rates {
    double beta, inverse;
    difference_of_rates(double tau_syn, double tau_m)
        : beta(tau_syn * tau_m / (tau_m - tau_syn)), inverse((tau_m - tau_syn) / (tau_syn * tau_m)) {
        if (std::isinf(tau_m)) beta = tau_syn, inverse = 1 / tau_syn;
        if (std::isinf(tau_syn)) beta = -tau_m, inverse = -1 / tau_m;
    }
};

/// Synaptic current to membrane potential over one step of h ms (mV/pA), exponential or alpha current; the
/// limit tau_syn -> tau_m is taken where the general form has lost all digits.
inline double propagator_exp(double tau_syn, double tau_m, double C_m, double h) {
    difference_of_rates const rates(tau_syn, tau_m);
    auto const P = rates.beta / C_m * math::exp(-h * (1 / tau_syn)) * math::expm1(h * rates.inverse);
    if (std::isnormal(P) && P > 0) return P;
    return h * (1 / C_m) * math::exp(-h * (1 / tau_m));
}

/// Derivative of an alpha-shaped current to membrane potential over one step of h ms (mV ms/pA). The limit is
/// taken where h / beta, by which the difference below is smaller than its terms, is below 1e-7.
inline double propagator_alpha(double tau_syn, double tau_m, double C_m, double h) {
    auto const [beta, inverse] = difference_of_rates(tau_syn, tau_m);
    if (h > 1e-7 * std::fabs(beta))
        return beta / C_m * math::exp(-h * (1 / tau_syn)) * (beta * math::expm1(h * inverse) - h);
    return 0.5 * h * h * (1 / C_m) * math::exp(-h / tau_m);
}

/// By how much a spike lowers V_m where reset_by_subtraction is set, else 0.
template <class Params> double reset_jump(Params const& p) {
    return p.reset_by_subtraction ? p.V_th - p.V_reset : 0.0;
}
/// Whether U (relative to E_L) makes a neuron fire. That is tested in refractory steps too, where U is
/// U_reset unless it was set; but after a subtraction U may still be above threshold, and must wait.
template <class Derived> RANVIER_FN bool crosses(double U, Derived const& d, bool free) {
    return (U >= d.theta) & (free | (d.jump == 0));
}
/// U after a spike at U.
template <class Derived> RANVIER_FN double after_reset(double U, Derived const& d) {
    return select(d.jump > 0, U - d.jump, d.U_reset);
}

}  // namespace ranvier
