// Postsynaptic potential of a leaky neuron with alpha-shaped currents: how large a current makes a potential
// of given peak. With the library's own elementary functions, so that weights are the same bits everywhere.
#pragma once
#include "kernels/math.h"

namespace ranvier::bench {

/// Lower real branch of Lambert's W for -1/e < x < 0: w e^w = x, w < -1. Halley's iteration (Corless et al.
/// 1996, Adv Comput Math 5:329, eq. 5.9).
inline double lambert_wm1(double x) {
    // Start: the series at the branch point, or two terms of the asymptotic expansion.
    auto const p = -std::sqrt(2 * (1 + 2.718281828459045 * x));
    auto const l = math::log(-x);
    auto w = x < -0.25 ? -1 + p - p * p / 3 : l - math::log(-l);
    for (int i = 0; i < 8; ++i) {
        auto const e = math::exp(w);
        auto const f = w * e - x;
        w -= f / (e * (w + 1) - (w + 2) * f / (2 * w + 2));
    }
    return w;
}

/// Potential (mV) at time t (ms) after the onset of an alpha-shaped current of amplitude 1 pA; tau in ms, C
/// in pF.
inline double psp(double t, double tau_m, double C_m, double tau_syn) {
    auto const b = 1 / tau_syn - 1 / tau_m;
    auto const decay_m = math::exp(-t / tau_m), decay_syn = math::exp(-t / tau_syn);
    return math::exp(1.0) / (tau_syn * C_m * b) * ((decay_m - decay_syn) / b - t * decay_syn);
}

/// Its peak.
inline double psp_peak(double tau_m, double C_m, double tau_syn) {
    auto const a = tau_syn / tau_m;
    auto const b = 1 / tau_syn - 1 / tau_m;
    return psp((-lambert_wm1(-a * math::exp(-a)) - a) / b, tau_m, C_m, tau_syn);
}

/// The conversion factor of the published two-population model: e^a stands where the peak has e^-a, which
/// takes the potential a little beside its peak (0.4 % lower for the default parameters). Needs tau_syn <
/// 0.278 tau_m.
inline double psp_near_peak(double tau_m, double C_m, double tau_syn) {
    auto const a = tau_syn / tau_m;
    auto const b = 1 / tau_syn - 1 / tau_m;
    return psp((-lambert_wm1(-a * math::exp(a)) - a) / b, tau_m, C_m, tau_syn);
}

}  // namespace ranvier::bench
