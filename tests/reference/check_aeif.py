"""Solves the stored intervals of aeif_psc_alpha again and compares.

Here the bound on the exponential current and the synaptic currents are left to the solver. LSODA, a method of
another kind, is the less exact one."""

import json
import math
import pathlib
import sys

import numpy as np
from scipy.integrate import solve_ivp

FILE = pathlib.Path(__file__).resolve().parent.parent / "data" / "reference_aeif_psc_alpha.json"
SOLVERS = (("DOP853", 1e-13, 2e-9), ("LSODA", 1e-12, 1e-6))  # method, tolerance, largest difference allowed
DEFAULT = {"C_m": 281.0, "t_ref": 0.0, "V_reset": -60.0, "V_peak": 0.0, "V_th": -50.4, "g_L": 30.0, "E_L": -70.6,
           "Delta_T": 2.0, "tau_w": 144.0, "a": 4.0, "b": 80.5, "tau_syn_ex": 0.2, "tau_syn_in": 2.0, "I_exp_max": 2e6}


def slope(t, y, p, held):
    """y = (V, w, dI_ex, I_ex, dI_in, I_in); the synaptic part is integrated too."""
    V = p["V_reset"] if held else min(y[0], p["V_peak"])
    bound = p["I_exp_max"] or math.inf
    I = min(p["g_L"] * p["Delta_T"] * math.exp((V - p["V_th"]) / p["Delta_T"]), bound) if p["Delta_T"] else 0.0
    dV = (-p["g_L"] * (V - p["E_L"]) + I - y[1] + p["I_e"] + y[3] - y[5]) / p["C_m"]
    te, ti = p["tau_syn_ex"], p["tau_syn_in"]
    return [0.0 if held else dV, (p["a"] * (V - p["E_L"]) - y[1]) / p["tau_w"],
            -y[2] / te, y[2] - y[3] / te, -y[4] / ti, y[4] - y[5] / ti]


def run(p, h, y, inputs, stamps, last, method, tolerance):
    """{stamp: (V, w, I_ex, I_in)} and the time of the first spike (ms)."""
    V_spike = p["V_peak"] if p["Delta_T"] else p["V_th"]
    held_for = -(-int(p["t_ref"] * 1000 + 0.5) // round(h * 1000))
    arriving = {k + 1: (ex, inh) for k, ex, inh in inputs}
    y, k, spike_time, held_until, found = np.array(y), 0, None, -1, {}

    def crossing(t, y, *_):
        return y[0] - V_spike

    crossing.terminal, crossing.direction = True, 1
    for stop in sorted(set(arriving) | set(stamps) | {last}):
        while k < stop:
            target, t = stop, k * h
            if spike_time is not None:
                target = k + 1
            held = k < held_until
            while t < target * h:
                free = spike_time is None
                s = solve_ivp(slope, (t, target * h), y, method, args=(p, held), events=crossing if free else None,
                              rtol=tolerance, atol=tolerance)
                t, y = s.t[-1], s.y[:, -1]
                if free and len(s.t_events[0]):
                    spike_time = t
                    y[0], y[1] = p["V_reset"], y[1] + p["b"]
                    target = math.floor(t / h) + 1
                    held = held_for > 0
                    held_until = target + held_for
            k = target
        for i, tau in ((0, p["tau_syn_ex"]), (1, p["tau_syn_in"])):
            y[2 + 2 * i] += arriving.get(stop, (0, 0))[i] * math.e / tau
        found[stop] = y[[0, 1, 3, 5]]
    return found, spike_time


def compare(method, tolerance, allowed):
    data = json.loads(FILE.read_text())
    worst = {"V_m": 0.0, "w": 0.0, "I_syn_ex": 0.0, "I_syn_in": 0.0, "spike_time": 0.0}
    spikes, wrong = 0, 0
    for i, x in enumerate(data["intervals"]):
        s = data["sets"][x["set"]]
        h, p = s["h"], DEFAULT | s["params"] | {"I_e": x["I_e"]}
        stored = x["samples"] + x["after"]
        stamps = [row[0] for row in stored]
        last = max(stamps, default=1)
        inputs = [event for event in x["inputs"] if event[0] < last]
        found, time = run(p, h, x["state"], inputs, stamps, last, method, tolerance)
        if x["spike"] != (None if time is None else math.floor(time / h) + 1):
            print(f"interval {i}: spike at {time} instead of {x['spike_time']} ms")
            wrong += 1
            continue
        if time is not None:
            spikes += 1
            worst["spike_time"] = max(worst["spike_time"], abs(time - x["spike_time"]))
        for stamp, *values in stored:
            for name, a, b in zip(worst, values, found[stamp]):
                worst[name] = max(worst[name], abs(a - b))
    print(f"{method}: {len(data['intervals'])} intervals, {spikes} spikes; largest differences (mV, pA, ms):")
    print("  " + ", ".join(f"{name} {x:.1e}" for name, x in worst.items()))
    return wrong > 0 or any(x > allowed for x in worst.values())


if __name__ == "__main__":
    sys.exit(any([compare(*solver) for solver in SOLVERS]))
