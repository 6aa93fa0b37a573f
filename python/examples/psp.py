"""Postsynaptic potentials of alpha-shaped currents, for the other examples."""

import math

from ranvier.lambert import lambert_wm1


def psp_peak(tau_m, C_m, tau_syn):
    """Peak of the potential (mV) after a current of amplitude 1 pA; taus in ms, C_m in pF."""
    a, b = tau_syn / tau_m, 1 / tau_syn - 1 / tau_m
    t = (-lambert_wm1(-a * math.exp(-a)) - a) / b
    decay_m, decay_syn = math.exp(-t / tau_m), math.exp(-t / tau_syn)
    return math.e / (tau_syn * C_m * b) * ((decay_m - decay_syn) / b - t * decay_syn)
