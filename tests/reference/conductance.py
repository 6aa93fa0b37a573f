"""Neurons with conductance-based synapses under spike and current input: tests/data/reference_iaf_cond_*.json, in the
form of neurons.py.

The values are those of a high-precision solver (Dormand and Prince's method of order 8, tolerance 1e-13) for the equations
of the specification, step by step; `python conductance.py check` compares them with the reference simulator, whose own
solver has a tolerance of 1e-3."""

import sys
import zlib

import numpy as np
from common import dump, dyadic
from scipy.integrate import ode

import neurons

SEED = 20261128
N_CASES = 50
RESOLUTIONS = (0.1, 0.05, 0.125, 0.25, 1.0)  # ms
MARGIN = 1e-5  # mV: spikes are the same with V_th moved by this much
SOLVER = "DOP853, tolerance 1e-13"
DEFAULTS = dict(V_th=-55.0, V_reset=-60.0, t_ref=2.0, g_L=16.6667, C_m=250.0, E_L=-70.0, E_ex=0.0, E_in=-85.0, I_e=0.0)
TAUS = dict(tau_syn_ex=0.2, tau_syn_in=2.0)
MODELS = {
    "iaf_cond_exp": DEFAULTS | TAUS,
    "iaf_cond_alpha": DEFAULTS | TAUS,
    "iaf_cond_beta": DEFAULTS | dict(tau_rise_ex=0.2, tau_decay_ex=0.2, tau_rise_in=2.0, tau_decay_in=2.0),
    "iaf_cond_exp_sfa_rr": DEFAULTS | dict(
        V_th=-57.0, V_reset=-70.0, t_ref=0.5, g_L=28.95, C_m=289.5, E_in=-75.0, tau_syn_ex=1.5, tau_syn_in=10.0, tau_sfa=110.0,
        tau_rr=1.97, E_sfa=-70.0, E_rr=-70.0, q_sfa=14.48, q_rr=3214.0),
}


def peak(rise, decay):
    """dg per weight, so that the conductance peaks at the weight."""
    if rise == decay:
        return np.e / decay
    t = decay * rise * np.log(decay / rise) / (decay - rise)
    return (1 / rise - 1 / decay) / (np.exp(-t / decay) - np.exp(-t / rise))


class Neuron:
    """State y: V_m, then g of each conductance, then dg of those that have one."""

    def __init__(self, model, params, bounded=True):
        """bounded: V counts as V_th where it is above, as in the simulator."""
        self.bounded = bounded
        p = self.p = MODELS[model] | {k: v for k, v in params.items() if k != "V_m"}
        self.E = [p["E_ex"], p["E_in"]]
        self.jump = []
        if model in ("iaf_cond_exp", "iaf_cond_exp_sfa_rr"):
            self.tau = [p["tau_syn_ex"], p["tau_syn_in"]]
            if model == "iaf_cond_exp_sfa_rr":
                self.tau += [p["tau_sfa"], p["tau_rr"]]
                self.E += [p["E_sfa"], p["E_rr"]]
                self.jump = [p["q_sfa"], p["q_rr"]]
            self.slow, self.weight = [], [1.0, 1.0]
        else:
            beta = model == "iaf_cond_beta"
            self.tau = [p["tau_rise_" + x if beta else "tau_syn_" + x] for x in ("ex", "in")]
            self.slow = [p["tau_decay_" + x if beta else "tau_syn_" + x] for x in ("ex", "in")]
            self.weight = [peak(a, b) for a, b in zip(self.tau, self.slow)]
        self.n = len(self.tau)
        self.y = [params.get("V_m", -70.0)] + [0.0] * (self.n + len(self.slow))
        self.left = 0
        self.solver = ode(self.slope).set_integrator("dop853", rtol=1e-13, atol=1e-13, nsteps=10000)

    def slope(self, t, y):
        p = self.p
        dy = [0.0] * len(y)
        if not self.left:
            V = min(y[0], p["V_th"]) if self.bounded else y[0]
            dy[0] = (-p["g_L"] * (V - p["E_L"]) - sum(y[1 + k] * (V - self.E[k]) for k in range(self.n)) + self.I) / p["C_m"]
        for k in range(self.n):
            dy[1 + k] = -y[1 + k] / self.tau[k]
        for k in range(len(self.slow)):
            dy[1 + self.n + k] = -y[1 + self.n + k] / self.slow[k]
            dy[1 + k] += y[1 + self.n + k]
        return dy

    def step(self, h, refractory, I, spikes):
        """Whether it fires at the end of the step; spikes: sums of weights to both synapses, as magnitudes."""
        self.I = I + self.p["I_e"]
        if self.left:
            self.y[0] = self.p["V_reset"]
        self.solver.set_initial_value(self.y, 0.0)
        self.y = list(self.solver.integrate(h))
        assert self.solver.successful()
        first = 1 + self.n if self.slow else 1
        for k in range(2):
            self.y[first + k] += self.weight[k] * spikes[k]
        fires = False
        if self.left:
            self.left -= 1
            self.y[0] = self.p["V_reset"]
        elif self.y[0] >= self.p["V_th"]:
            fires = True
            self.left = refractory
            self.y[0] = self.p["V_reset"]
            for k, q in enumerate(self.jump):
                self.y[3 + k] += q
        return fires


def input_of(case):
    """Currents and summed weights [step][synapse] that act in each step."""
    n = case["steps"]
    I, g = np.zeros(n), np.zeros((n, 2))
    for c in case["currents"]:
        stop = n + 1000 if c["stop"] is None else c["stop"]
        for e in range(max(c["start"] - 1, 0), stop - 1):
            if e + 1 + c["delay"] < n:
                I[e + 1 + c["delay"]] += c["amplitude"] * c["weight"]
    for train in case["spikes"]:
        for i, s in enumerate(train["stamps"]):
            k = s + train["delay"] - 1
            if k < n:
                w = train["weight"] * (train["multiplicities"][i] if "multiplicities" in train else 1)
                g[k, 0 if w > 0 else 1] += abs(w)
    return I, g


def simulate(model, case, moved=0.0, bounded=True):
    """As neurons.simulate."""
    h = case["h"]
    params = dict(case["params"])
    params["V_th"] = params.get("V_th", MODELS[model]["V_th"]) + moved
    neuron = Neuron(model, params, bounded)
    tics = int(neuron.p["t_ref"] * 1000 + 0.5)
    refractory = -(-tics // round(h * 1000))
    I, g = input_of(case)
    names = ["V_m", "g_ex", "g_in"] + (["g_sfa", "g_rr"] if neuron.jump else [])
    stamps, values = [], {name: [] for name in names}
    for k in range(case["steps"]):
        if neuron.step(h, refractory, I[k], g[k]):
            stamps.append(k + 1)
        if (k + 1) % case["every"] == 0:
            for i, name in enumerate(names):
                values[name].append(float(neuron.y[i]))
    return stamps, values


def sample_params(rng, i, h, model):
    p = {"E_L": round(rng.uniform(-80, -60), 2), "C_m": round(rng.uniform(80, 400), 2)}
    p["V_th"] = round(p["E_L"] + rng.uniform(8, 20), 2)
    p["V_reset"] = round(p["V_th"] - rng.uniform(2, 20), 2)
    p["g_L"] = round(p["C_m"] / rng.uniform(5, 30), 3)
    p["V_m"] = round(rng.uniform(p["E_L"] - 5, p["V_th"]), 3)
    p["E_ex"] = round(rng.uniform(-10, 20), 2)
    p["E_in"] = round(p["E_L"] - rng.uniform(0, 20), 2)
    t_ref = (0.0, 0.4 * h, 2.0, None, 1.237, 10 * h, 20.0)[i % 7]
    if t_ref is not None:
        p["t_ref"] = t_ref
    shortest = 0.2 if h < 0.3 else 1.0
    for name in MODELS[model]:
        if name.startswith("tau_"):
            p[name] = round(float(np.exp(rng.uniform(np.log(shortest), np.log(40)))), 3)
    if model == "iaf_cond_beta" and i % 4 == 1:
        p["tau_rise_ex"] = p["tau_decay_ex"]
    if model == "iaf_cond_exp_sfa_rr":
        p.update(tau_sfa=round(rng.uniform(20, 300), 2), tau_rr=round(rng.uniform(1, 5), 2), E_sfa=round(p["E_L"] - rng.uniform(0, 10), 2),
                 E_rr=round(p["E_L"] - rng.uniform(0, 10), 2), q_sfa=dyadic(rng.uniform(0, 20)), q_rr=dyadic(rng.uniform(0, 3000)))
    if i % 3 != 1:
        p["I_e"] = dyadic(rng.uniform(-0.3, 1.2) * (p["V_th"] - p["E_L"]) * p["g_L"])
    return p


def sample_spikes(rng, i, steps, h, p):
    threshold = p["V_th"] - p["E_L"]
    trains = []
    for j in range(int(rng.integers(2, 6))):
        excitatory = j % 3 != 1
        key = "ex" if excitatory else "in"
        tau = p.get("tau_syn_" + key) or p["tau_decay_" + key]
        force = p["E_ex"] - p["E_L"] if excitatory else 10.0
        g = rng.uniform(0.05, 0.5) * threshold * p["C_m"] / tau * (1 + tau * p["g_L"] / p["C_m"]) / force
        n = min(1 + int(rng.uniform(0.05, 0.6) * steps * h), 60)
        train = {"weight": dyadic(g if excitatory else -g), "delay": int(rng.integers(1, 31)), "receptor": 0,
                 "stamps": np.sort(rng.integers(1, steps, n)).tolist()}
        if (i + j) % 4 == 0:
            train["multiplicities"] = rng.integers(1, 4, n).tolist()
        trains.append(train)
    return trains


def sample_currents(rng, steps, p):
    currents = []
    for _ in range(int(rng.integers(0, 3))):
        start = int(rng.choice([0, 1, rng.integers(2, steps // 2)]))
        currents.append({"amplitude": dyadic(rng.uniform(-0.5, 1.2) * (p["V_th"] - p["E_L"]) * p["g_L"]), "start": start,
                         "stop": int(rng.integers(start, steps)) if rng.random() < 0.7 else None,
                         "weight": float(rng.choice([1.0, 0.5, -0.25])), "delay": int(rng.integers(1, 31)), "receptor": 0})
    return currents


def make_case(model, i):
    """The first draw with a useful number of spikes that do not hang on rounding."""
    h = RESOLUTIONS[i % 5]
    for attempt in range(1000):
        rng = np.random.default_rng([SEED, zlib.crc32(model.encode()), i, attempt])
        case = {"h": h, "steps": int(rng.uniform(60, 100) / h) if h < 0.2 else int(rng.uniform(100, 250) / h)}
        p = case["params"] = sample_params(rng, i, h, model)
        case["spikes"] = sample_spikes(rng, i, case["steps"], h, p)
        case["currents"] = sample_currents(rng, case["steps"], p)
        case["every"] = int(rng.integers(5, 21)) if h < 0.2 else int(rng.integers(1, 5))
        stamps, values = simulate(model, case)
        if not 2 <= len(stamps) <= 200:
            continue
        if any(simulate(model, case, x)[0] != stamps for x in (-MARGIN, MARGIN)):
            continue
        other = simulate(model, case, bounded=False)
        if other[0] != stamps or np.abs(np.subtract(other[1]["V_m"], values["V_m"])).max() > 1e-9:
            continue  # V was above V_th within a step and came back
        case["out"] = {"spikes": stamps, **values}
        return case
    raise RuntimeError(f"{model}, case {i}: no draw fires usefully")


def check(models):
    """Stored cases beside the reference simulator: equal spikes, and V_m up to the first one that differs."""
    import json

    from common import DATA

    for model in models:
        neurons.RECORDABLES[model] = ["V_m"]
        with open(DATA / f"reference_{model}.json", encoding="ascii") as f:
            cases = json.load(f)["cases"]
        same, largest = 0, 0.0
        for case in cases:
            stamps, values = neurons.simulate(model, case)
            same += stamps == case["out"]["spikes"]
            if stamps == case["out"]["spikes"]:
                largest = max(largest, np.abs(np.subtract(values["V_m"], case["out"]["V_m"])).max())
        print(f"{model}: same spikes in {same} of {len(cases)} cases; there V_m within {largest:.1e} mV")


def main(models):
    if models[:1] == ["check"]:
        check(models[1:] or list(MODELS))
        return
    for model in models:
        dump(model, {"model": model, "solver": SOLVER}, [make_case(model, i) for i in range(N_CASES)])


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))
