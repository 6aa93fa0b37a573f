"""Hodgkin-Huxley neurons under spike and current input: tests/data/reference_hh_*.json, in the form of neurons.py.

The values are those of a high-precision solver (Dormand and Prince's method of order 8, tolerance 1e-12) for the equations
of the specification, step by step; `python hodgkin_huxley.py check` compares them with the reference simulator, whose own
solver has a tolerance of 1e-3."""

import math
import sys
import zlib

import numpy as np
from common import dump, dyadic
from conductance import check, input_of
from scipy.integrate import solve_ivp

SEED = 20261129
N_CASES = 50
RESOLUTIONS = (0.1, 0.05, 0.125, 0.25, 1.0)  # ms
MARGIN = 1e-3  # mV: how far V is from threshold, and from where it was a step ago, wherever that decides
SOLVER = "DOP853, tolerance 1e-12"
MODELS = {
    "hh_psc_alpha": dict(g_Na=12000.0, g_K=3600.0, g_L=30.0, C_m=100.0, E_Na=50.0, E_K=-77.0, E_L=-54.402, tau_syn_ex=0.2,
                         tau_syn_in=2.0, t_ref=2.0, I_e=0.0),
    "hh_cond_exp_traub": dict(g_Na=20000.0, g_K=6000.0, g_L=10.0, C_m=200.0, E_Na=50.0, E_K=-90.0, E_L=-60.0, V_T=-63.0,
                              E_ex=0.0, E_in=-80.0, tau_syn_ex=5.0, tau_syn_in=10.0, t_ref=2.0, I_e=0.0),
}
NAMES = {
    "hh_psc_alpha": ["V_m", "Act_m", "Inact_h", "Act_n", "dI_ex", "I_syn_ex", "dI_in", "I_syn_in"],
    "hh_cond_exp_traub": ["V_m", "Act_m", "Inact_h", "Act_n", "g_ex", "g_in"],
}


def linoid(x):
    """x / (1 - exp(-x))"""
    return 1 + x / 2 if abs(x) < 1e-9 else -x / math.expm1(-x)


def rates_alpha(V):
    exp = math.exp
    return (linoid((V + 40) / 10), 4 * exp(-(V + 65) / 18), 0.07 * exp(-(V + 65) / 20), 1 / (1 + exp(-(V + 35) / 10)),
            0.1 * linoid((V + 55) / 10), 0.125 * exp(-(V + 65) / 80))


def rates_traub(v):
    exp = math.exp
    return (1.28 * linoid((v - 13) / 4), 1.4 * linoid((40 - v) / 5), 0.128 * exp((17 - v) / 18), 4 / (1 + exp((40 - v) / 5)),
            0.16 * linoid((v - 15) / 5), 0.5 * exp((10 - v) / 40))


class Neuron:
    """State y as NAMES says; alpha-shaped currents as pairs dI, I."""

    def __init__(self, model, params):
        self.p = MODELS[model] | params
        self.alpha = model == "hh_psc_alpha"
        r = rates_alpha(-65.0) if self.alpha else rates_traub(-60.0)
        V = params.get("V_m", -65.0 if self.alpha else -60.0)
        self.y = np.array([V] + [r[i] / (r[i] + r[i + 1]) for i in (0, 2, 4)] + [0.0] * (4 if self.alpha else 2))
        self.threshold = 0.0 if self.alpha else self.p["V_T"] + 30
        self.left = 0
        self.margin = math.inf

    def slope(self, t, y):
        p = self.p
        V, m, h, n = y[:4]
        r = rates_alpha(V) if self.alpha else rates_traub(V - p["V_T"])
        I = self.I - p["g_Na"] * m**3 * h * (V - p["E_Na"]) - p["g_K"] * n**4 * (V - p["E_K"]) - p["g_L"] * (V - p["E_L"])
        if self.alpha:
            I += y[5] + y[7]
            rest = []
            for i, tau in ((4, p["tau_syn_ex"]), (6, p["tau_syn_in"])):
                rest += [-y[i] / tau, y[i] - y[i + 1] / tau]
        else:
            I -= y[4] * (V - p["E_ex"]) + y[5] * (V - p["E_in"])
            rest = [-y[4] / p["tau_syn_ex"], -y[5] / p["tau_syn_in"]]
        return [I / p["C_m"]] + [r[2 * i] * (1 - x) - r[2 * i + 1] * x for i, x in enumerate((m, h, n))] + rest

    def step(self, h, refractory, I, spikes):
        """Whether it fires at the end of the step; spikes: sums of weights to both synapses, as magnitudes."""
        self.I = I + self.p["I_e"]
        before = self.y[0]
        solution = solve_ivp(self.slope, (0, h), self.y, method="DOP853", rtol=1e-12, atol=1e-12)
        assert solution.success
        self.y = solution.y[:, -1].copy()
        p = self.p
        if self.alpha:
            self.y[4] += spikes[0] * math.e / p["tau_syn_ex"]
            self.y[6] -= spikes[1] * math.e / p["tau_syn_in"]
        else:
            self.y[4:6] += spikes
        V = self.y[0]
        if self.left:
            self.left -= 1
            return False
        near = min(abs(V - self.threshold), abs(before - V))  # what decides
        if V >= self.threshold - MARGIN and (before > V - MARGIN):
            self.margin = min(self.margin, near)
        fires = V >= self.threshold and before > V
        if fires:
            self.left = refractory
        return fires


def simulate(model, case):
    """Stamps, recorded values, and the margin of the least certain decision (mV)."""
    h = case["h"]
    neuron = Neuron(model, case["params"])
    refractory = -(-int(neuron.p["t_ref"] * 1000 + 0.5) // round(h * 1000))
    I, w = input_of(case)
    names = NAMES[model]
    recorded = [i for i, name in enumerate(names) if not name.startswith("dI")]
    stamps, values = [], {names[i]: [] for i in recorded}
    for k in range(case["steps"]):
        if neuron.step(h, refractory, I[k], w[k]):
            stamps.append(k + 1)
        if (k + 1) % case["every"] == 0:
            for i in recorded:
                values[names[i]].append(float(neuron.y[i]))
    return stamps, values, neuron.margin


def sample_params(rng, i, h, model):
    p = {}
    for name in ("g_Na", "g_K", "g_L", "C_m"):
        p[name] = round(MODELS[model][name] * float(np.exp(rng.uniform(-0.3, 0.3))), 2)
    for name in ("E_Na", "E_K", "E_L") + (() if model == "hh_psc_alpha" else ("V_T", "E_ex", "E_in")):
        p[name] = round(MODELS[model][name] + rng.uniform(-4, 4), 2)
    t_ref = (0.0, 0.4 * h, 2.0, None, 1.237, 10 * h, 5.0)[i % 7]
    if t_ref is not None:
        p["t_ref"] = t_ref
    shortest = 0.2 if h < 0.3 else 1.0
    for name in ("tau_syn_ex", "tau_syn_in"):
        p[name] = round(float(np.exp(rng.uniform(np.log(shortest), np.log(20)))), 3)
    p["V_m"] = round(rng.uniform(-80, -60), 3)
    if i % 3 != 1:
        p["I_e"] = dyadic(rng.uniform(-100, 900 if model == "hh_psc_alpha" else 400))
    return p


def sample_input(rng, i, case, model):
    """Trains and currents that make it fire now and then."""
    p, steps, h = case["params"], case["steps"], case["h"]
    trains = []
    for j in range(int(rng.integers(2, 6))):
        excitatory = j % 3 != 1
        tau = p["tau_syn_ex" if excitatory else "tau_syn_in"]
        # Charge of an input (pA ms, or nS ms), that moves V by a few mV.
        weight = rng.uniform(0.5, 6) * p["C_m"] / tau / (math.e if model == "hh_psc_alpha" else (60 if excitatory else 20))
        n = min(1 + int(rng.uniform(0.05, 0.5) * steps * h), 50)
        train = {"weight": dyadic(weight if excitatory else -weight), "delay": int(rng.integers(1, 31)), "receptor": 0,
                 "stamps": np.sort(rng.integers(1, steps, n)).tolist()}
        if (i + j) % 4 == 0:
            train["multiplicities"] = rng.integers(1, 4, n).tolist()
        trains.append(train)
    currents = []
    for _ in range(int(rng.integers(0, 3))):
        start = int(rng.choice([0, 1, rng.integers(2, steps // 2)]))
        currents.append({"amplitude": dyadic(rng.uniform(-200, 900)), "start": start,
                         "stop": int(rng.integers(start, steps)) if rng.random() < 0.7 else None,
                         "weight": float(rng.choice([1.0, 0.5, -0.25])), "delay": int(rng.integers(1, 31)), "receptor": 0})
    case["spikes"], case["currents"] = trains, currents


def make_case(model, i):
    """The first draw with a useful number of spikes that do not hang on rounding."""
    h = RESOLUTIONS[i % 5]
    for attempt in range(200):
        rng = np.random.default_rng([SEED, zlib.crc32(model.encode()), i, attempt])
        case = {"h": h, "steps": int(rng.uniform(40, 70) / h) if h < 1 else int(rng.uniform(100, 150))}
        case["params"] = sample_params(rng, i, h, model)
        sample_input(rng, i, case, model)
        case["every"] = int(rng.integers(5, 21)) if h < 0.2 else int(rng.integers(1, 5))
        stamps, values, margin = simulate(model, case)
        # On a grid of 1 ms spikes fall between two points.
        if (0 if h == 1 else 2) <= len(stamps) <= 100 and margin >= MARGIN:
            case["out"] = {"spikes": stamps, **values}
            return case
    raise RuntimeError(f"{model}, case {i}: no draw fires usefully")


def main(models):
    if models[:1] == ["check"]:
        check(models[1:] or list(MODELS))
        return
    for model in models:
        dump(model, {"model": model, "solver": SOLVER}, [make_case(model, i) for i in range(N_CASES)])


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))
