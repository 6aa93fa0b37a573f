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

/// Peak (mV) of the potential after an alpha-shaped current of amplitude 1 pA; tau in ms, C in pF.
inline double psp_peak(double tau_m, double C_m, double tau_syn) {
    auto const e = math::exp(1.0);
    auto const a = tau_m / tau_syn;
    auto const b = 1 / tau_syn - 1 / tau_m;
    auto const t = (-lambert_wm1(-math::exp(-1 / a) / a) - 1 / a) / b;
    auto const decay_m = math::exp(-t / tau_m), decay_syn = math::exp(-t / tau_syn);
    return e / (tau_syn * C_m * b) * ((decay_m - decay_syn) / b - t * decay_syn);
}

}  // namespace ranvier::bench
