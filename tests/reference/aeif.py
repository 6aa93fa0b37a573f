"""Inter-spike intervals of aeif_* with a bounded exponential current: tests/data/reference_aeif_*.json.

The equations are solved to high precision (SciPy's DOP853), not by a simulator:
  C V' = -g_L (V - E_L) + min(g_L Delta_T exp((V - V_th) / Delta_T), I_exp_max) - w + I_e + I_syn
  tau_w w' = a (V - E_L) - w
up to V_peak (V_th if Delta_T = 0); then V = V_reset, w += b, and the rest of the step goes on from there, or is clamped
if t_ref > 0. I_syn is I_ex - I_in, magnitudes, of exponential or alpha-shaped currents, which are exact, or nothing where
inputs are jumps of V. Inputs arrive at step ends.
"""

import math
import sys
import warnings

import numpy as np
import scipy
from common import dump, dyadic
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

SEED = 20240612
PER_SET, N_RANDOM, PER_RANDOM = 90, 20, 12  # intervals of each fixed set; random sets, intervals of each
DURATION = 60.0  # ms, at most
SAMPLE_EVERY = 2.0  # ms
AFTER = 5  # steps from the spike's stamp to the last stored state
TOLERANCE = {"rtol": 1e-13, "atol": 1e-13}
DEFAULT = {"C_m": 281.0, "t_ref": 0.0, "V_reset": -60.0, "V_peak": 0.0, "V_th": -50.4, "g_L": 30.0, "E_L": -70.6,
           "Delta_T": 2.0, "tau_w": 144.0, "a": 4.0, "b": 80.5, "tau_syn_ex": 0.2, "tau_syn_in": 2.0, "I_exp_max": 2e6}
E1 = {"C_m": 200.0, "g_L": 12.0, "E_L": -70.0, "V_th": -50.0, "a": 2.0, "tau_w": 300.0, "b": 60.0, "V_reset": -58.0,
      "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "t_ref": 0.1}
E2 = E1 | {"g_L": 10.0, "E_L": -58.0, "tau_w": 120.0, "b": 100.0, "V_reset": -46.0}
# Per model: intervals of each fixed set, random sets, intervals of each.
SIZES = {"aeif_psc_alpha": (PER_SET, N_RANDOM, PER_RANDOM), "aeif_psc_exp": (20, 50, 3), "aeif_psc_delta": (20, 50, 3)}
FIXED = {"default": {}, "E1": E1, "E2": E2, "sharp": {"Delta_T": 0.5, "V_reset": -58.0}}


class Neuron:
    """State y = (V, w) and syn; time within a piece without inputs, ms."""

    def __init__(self, model, given, I_e):
        self.__dict__.update(DEFAULT | given, I_e=I_e)
        self.model = model
        if self.I_exp_max is None:
            self.I_exp_max = math.inf
        self.V_spike = self.V_peak if self.Delta_T > 0 else self.V_th
        self.V_bound = self.V_spike  # where the bound on the exponential current begins to act
        if self.Delta_T > 0:
            limit = self.V_th + self.Delta_T * math.log(self.I_exp_max / (self.g_L * self.Delta_T))
            self.V_bound = min(limit, self.V_spike)

    def currents(self, syn, t):
        """syn after t ms: (dI_ex, I_ex, dI_in, I_in), (I_ex, I_in) or ()."""
        if self.model == "aeif_psc_exp":
            return [syn[0] * math.exp(-t / self.tau_syn_ex), syn[1] * math.exp(-t / self.tau_syn_in)]
        if self.model == "aeif_psc_delta":
            return []
        out = []
        for d, x, tau in ((*syn[:2], self.tau_syn_ex), (*syn[2:], self.tau_syn_in)):
            e = math.exp(-t / tau)
            out += [d * e, (x + d * t) * e]
        return out

    def recorded(self, syn):
        return [syn[1], syn[3]] if self.model == "aeif_psc_alpha" else syn

    def arrive(self, y, syn, ex=0.0, inh=0.0):
        """Input at the end of a step."""
        if self.model == "aeif_psc_alpha":
            syn[0] += ex * math.e / self.tau_syn_ex
            syn[2] += inh * math.e / self.tau_syn_in
        elif self.model == "aeif_psc_exp":
            syn[0] += ex
            syn[1] += inh
        else:
            y[0] += ex - inh

    def rhs(self, syn, bound_acts):
        def f(t, y):
            V, w = y
            I = self.I_exp_max if bound_acts else 0.0
            if not bound_acts and self.Delta_T > 0:
                # Solver stages may overshoot: beyond V_bound the exponential goes on as its Taylor polynomial.
                x = min(V, self.V_bound) - self.V_th
                I = self.g_L * self.Delta_T * math.exp(x / self.Delta_T)
                if V > self.V_bound:
                    x = min(float(V - self.V_bound) / self.Delta_T, 1e3)
                    I *= sum(x**k / math.factorial(k) for k in range(11))
            linear = -self.g_L * (V - self.E_L) - w + self.I_e
            if syn:
                ex, inh = self.recorded(self.currents(syn, t))
                linear = linear + ex - inh
            I += linear
            return [I / self.C_m, (self.a * (V - self.E_L) - w) / self.tau_w]

        return f

    def free(self, y, syn, t, end):
        """Integrates from t to end or to the spike: (time, y, spiked)."""
        for top in dict.fromkeys((self.V_bound, self.V_spike)):
            if y[0] >= top:
                continue
            f = self.rhs(syn, bound_acts=y[0] >= self.V_bound)

            def crossing(t, y, top=top):
                return y[0] - top

            crossing.terminal, crossing.direction = True, 1
            s = solve_ivp(f, (t, end), y, "DOP853", events=crossing, **TOLERANCE)
            if not s.success and self.Delta_T > 0 and s.y[0, -1] > self.V_th + 20 * self.Delta_T:
                return s.t[-1], [self.V_spike, s.y[1, -1]], True  # it is as near as doubles can tell
            assert s.success, s.message
            if not len(s.t_events[0]):
                assert y[0] < self.V_bound or s.y[0].min() >= self.V_bound, "the bounded current does not suffice"
                return end, s.y[:, -1].tolist(), False
            # The crossing again from the last accepted step on, free of the interpolation error.
            t0, y0, guess = s.t[-2], s.y[:, -2], s.t[-1]

            def at(x):
                return solve_ivp(f, (t0, x), y0, "DOP853", **TOLERANCE).y[:, -1] if x > t0 else y0

            width = 1e-3 * (guess - t0) + 1e-15
            low, high = max(t0, guess - width), min(end, guess + width)
            t = guess
            if at(low)[0] < top < at(high)[0]:
                t = brentq(lambda x: at(x)[0] - top, low, high, xtol=1e-16, rtol=1e-15)
            y = [top, at(t)[1]]
        return t, y, True

    def clamped(self, y, dt):
        w_inf = self.a * (self.V_reset - self.E_L)
        return [self.V_reset, w_inf + (y[1] - w_inf) * math.exp(-dt / self.tau_w)]


def solve(neuron, h, start, inputs):
    """Spike stamp and time, samples, states after the spike; None if a second spike follows within AFTER steps."""
    n, every = round(DURATION / h), round(SAMPLE_EVERY / h)
    arriving = {k: weights for k, *weights in inputs}
    y, syn = list(start[:2]), list(start[2:])
    refractory = -(-int(neuron.t_ref * 1000 + 0.5) // round(h * 1000))
    out = {"spike": None, "spike_time": None, "samples": [], "after": []}

    def finish_steps(k, dt, taken=True):  # brings syn from dt ms before stamp k + 1 to that stamp, inputs of step k included
        nonlocal syn
        syn = neuron.currents(syn, dt)
        if taken:
            neuron.arrive(y, syn, *arriving.get(k, ()))

    k = 0
    stops = sorted({s + 1 for s in arriving} | set(range(every, n + 1, every)) | {1, n})
    for stop in stops:
        length = (stop - k) * h
        t, y, spiked = neuron.free(y, syn, 0.0, length)
        if spiked:
            break
        finish_steps(stop - 1, length)
        k = stop
        if y[0] >= neuron.V_spike:  # by a jump at the end of the step
            spike = stop
            out["spike_time"], begin = stop * h, stop + 1
            break
        if y[0] < neuron.V_th and (stop == 1 or stop % every == 0):
            out["samples"].append([stop, *y, *neuron.recorded(syn)])
    else:
        return out
    if spiked:
        within = t / h
        assert abs(within - round(within)) > 1e-6 or within < 1e-6, "spike too close to a step's end"
        spike = begin = k + int(within) + 1
        out["spike_time"] = k * h + t
        syn = neuron.currents(syn, t)
    out["spike"] = spike
    y = [neuron.V_reset, y[1] + neuron.b]
    if begin > spike:
        out["after"].append([spike, *y, *neuron.recorded(syn)])
    left = (spike - k) * h - t if spiked else h
    for stamp in range(begin, spike + AFTER + 1):
        clamped = refractory and stamp <= spike + refractory
        if clamped:
            y = neuron.clamped(y, left)
        else:
            _, y, spiked = neuron.free(y, syn, 0.0, left)
            if spiked:
                return None
        finish_steps(stamp - 1, left, taken=neuron.model != "aeif_psc_delta" or not clamped)
        if y[0] >= neuron.V_spike:
            return None
        left = h
        if stamp in (spike, spike + AFTER):
            out["after"].append([stamp, *y, *neuron.recorded(syn)])
    return out


def sample_set(rng, i, model):
    p = {"C_m": rng.uniform(100, 400), "g_L": rng.uniform(5, 40), "E_L": rng.uniform(-75, -58),
         "V_th": rng.uniform(-55, -45), "V_peak": rng.choice([0.0, 20.0, -20.0]), "V_reset": rng.uniform(-70, -56),
         "Delta_T": (0.0, 2.0, 0.5, 3.5, 1.0)[i % 5], "tau_w": rng.uniform(15, 300), "a": rng.uniform(-4, 12),
         "b": rng.uniform(0, 150), "tau_syn_ex": rng.uniform(0.2, 6), "tau_syn_in": rng.uniform(0.5, 12)}
    p = {k: round(float(v), 2) for k, v in p.items()}
    if model == "aeif_psc_delta":
        del p["tau_syn_ex"], p["tau_syn_in"]
    if p["Delta_T"] >= 1 and rng.random() < 0.4:  # reset into the upswing: bursts
        p["V_reset"] = round(p["V_th"] + float(rng.uniform(0, 4)), 2)
    p["t_ref"] = float(rng.choice([0.0, 0.0, 0.1, 0.2, 0.33, 2.0]))
    p["I_exp_max"] = (2e6, 2e5, 1e7, None if p["Delta_T"] >= 2 else 2e6)[rng.integers(4)]
    return p


def sample_interval(rng, given, h, model):
    """(I_e, initial state, inputs as [step, ex, in]); a few start under very strong inhibition."""
    p = DEFAULT | given
    rheobase = (p["g_L"] + max(p["a"], 0)) * max(p["V_th"] - p["Delta_T"] - p["E_L"], 3)
    I_e = dyadic(rng.uniform(0.5, 2.5) * rheobase)
    V = rng.uniform(p["E_L"] - 10, p["V_th"] - 0.1)
    if p["Delta_T"] > 0 and rng.random() < 0.15:
        V = rng.uniform(p["V_th"], p["V_th"] + 3 * p["Delta_T"])
    I = rng.uniform(0, 0.3 * rheobase, 2)
    d = rng.uniform(0, 0.3 * rheobase, 2) / (p["tau_syn_ex"], p["tau_syn_in"])
    if rng.random() < 0.05:
        I[1] = rng.uniform(3000, 43000)
    state = [round(float(V), 3), round(float(rng.uniform(-50, 150)), 3)]
    state += [dyadic(x) for x in {"aeif_psc_alpha": (d[0], I[0], d[1], I[1]), "aeif_psc_exp": I, "aeif_psc_delta": ()}[model]]
    n = round(DURATION / h)
    steps = np.sort(rng.choice(n, size=int(rng.integers(3, 30)), replace=False)).tolist()
    inputs = []
    for k in steps:
        ex = rng.exponential(0.8 * rheobase * min(1, 1 / p["tau_syn_ex"]))
        inh = rng.exponential(0.5 * rheobase * min(1, 1 / p["tau_syn_in"]))
        which = rng.integers(3)
        if model == "aeif_psc_delta":  # mV
            ex, inh = rng.exponential(4), rng.exponential(5)
        inputs.append([k, dyadic(ex) if which != 1 else 0.0, dyadic(inh) if which != 0 else 0.0])
    return I_e, state, inputs


def write_intervals(model, sets, how_many, seed, draw):
    """how_many(i): intervals of set i; draw(random numbers, set): neuron, state, inputs."""
    intervals = []
    for i, s in enumerate(sets):
        for j in range(how_many(i)):
            for attempt in range(100):
                neuron, state, inputs = draw(np.random.default_rng([*seed, i, j, attempt]), s)
                out = solve(neuron, s["h"], state, inputs)
                if out:
                    break
            last = (out["spike"] or round(DURATION / s["h"])) + AFTER
            inputs = [x for x in inputs if x[0] < last]
            intervals.append({"set": i, "I_e": neuron.I_e, "state": state, "inputs": inputs, **out})
        spikes = [x["spike"] for x in intervals if x["set"] == i]
        print(s["name"], len(spikes), "intervals,", sum(x is not None for x in spikes), "with a spike", flush=True)
    head = {"model": model, "solver": f"SciPy {scipy.__version__} DOP853", "sets": sets}
    dump(model, head, intervals, "intervals")


def make(model):
    per_set, n_random, per_random = SIZES[model]
    fixed = {k: {x: y for x, y in v.items() if model != "aeif_psc_delta" or not x.startswith("tau_syn")} for k, v in FIXED.items()}
    sets = [{"name": k, "h": 0.1, "params": v} for k, v in fixed.items()]
    rng = np.random.default_rng([SEED, 999])
    sets += [{"name": f"random {i}", "h": (0.1, 0.05)[i % 2], "params": sample_set(rng, i, model)} for i in range(n_random)]
    def draw(rng, s):
        I_e, state, inputs = sample_interval(rng, s["params"], s["h"], model)
        return Neuron(model, s["params"], I_e), state, inputs

    write_intervals(model, sets, lambda i: per_set if i < len(fixed) else per_random, [SEED], draw)


if __name__ == "__main__":
    warnings.simplefilter("error")
    for name in sys.argv[1:] or SIZES:
        make(name)
