"""Inter-spike intervals of aeif_cond_*, as aeif.py makes them of aeif_psc_*: tests/data/reference_aeif_cond_*.json. The
current is sum_k g_k (E_k - V), with exponential or beta-shaped conductances, which are exact:
  g' = dg - g / tau_rise, dg' = -dg / tau_decay."""

import math
import sys
import warnings

import numpy as np
from aeif import DURATION, FIXED, SEED, Neuron, sample_set, write_intervals
from common import dyadic

PER_SET, N_RANDOM, PER_RANDOM = 20, 50, 3
SYNAPSES = {"E_ex": 0.0, "E_in": -85.0, "tau_syn_ex": 0.2, "tau_syn_in": 2.0}
RECEPTORS = {"aeif_cond_alpha_multisynapse": {"E_rev": [0.0, -85.0, -60.0], "tau_syn": [0.2, 2.0, 20.0]},
             "aeif_cond_beta_multisynapse": {"E_rev": [0.0, -85.0, 20.0], "tau_rise": [0.2, 1.0, 2.0],
                                             "tau_decay": [0.5, 6.0, 40.0]}}
MODELS = ("aeif_cond_exp", "aeif_cond_alpha", *RECEPTORS)


def peak(rise, decay):
    """dg of a weight of 1, so that the conductance peaks at 1."""
    if rise == decay:
        return math.e / decay
    t = decay * rise * math.log(decay / rise) / (decay - rise)
    return (1 / rise - 1 / decay) / (math.exp(-t / decay) - math.exp(-t / rise))


class ConductanceNeuron(Neuron):
    """syn: g of each receptor, or dg, g."""

    def __init__(self, model, given, I_e):
        super().__init__(model, given, I_e)
        p = SYNAPSES | RECEPTORS.get(model, {}) | given
        self.single = model == "aeif_cond_exp"
        if model in RECEPTORS:
            self.E = p["E_rev"]
            self.rise = p["tau_rise" if model == "aeif_cond_beta_multisynapse" else "tau_syn"]
            self.decay = p["tau_decay" if model == "aeif_cond_beta_multisynapse" else "tau_syn"]
        else:
            self.E = [p["E_ex"], p["E_in"]]
            self.rise = self.decay = [p["tau_syn_ex"], p["tau_syn_in"]]

    def currents(self, syn, t):
        if self.single:
            return [g * math.exp(-t / tau) for g, tau in zip(syn, self.rise)]
        out = []
        for d, g, rise, decay in zip(syn[::2], syn[1::2], self.rise, self.decay):
            slow, fast = math.exp(-t / decay), math.exp(-t / rise)
            grown = t * slow if rise == decay else (slow - fast) / (1 / rise - 1 / decay)
            out += [d * slow, g * fast + d * grown]
        return out

    def recorded(self, syn):
        return syn if self.single else syn[1::2]

    def arrive(self, y, syn, *weights):
        for k, w in enumerate(weights):
            if self.single:
                syn[k] += w
            else:
                syn[2 * k] += w * peak(self.rise[k], self.decay[k])

    def rhs(self, syn, bound_acts):
        without = super().rhs([], bound_acts)

        def f(t, y):
            dV, dw = without(t, y)
            g = self.recorded(self.currents(syn, t))
            return [dV + sum(x * (E - y[0]) for x, E in zip(g, self.E)) / self.C_m, dw]

        return f


def sample_params(rng, i, model):
    p = sample_set(rng, i, model)
    if model not in RECEPTORS:
        return p | {"E_ex": round(float(rng.uniform(-10, 20)), 2), "E_in": round(float(rng.uniform(-95, -70)), 2)}
    del p["tau_syn_ex"], p["tau_syn_in"]
    p["E_rev"] = [round(float(rng.uniform(*r)), 2) for r in ((-10, 20), (-95, -70), (-70, 20))]
    tau = [round(float(rng.uniform(*r)), 2) for r in ((0.2, 6), (0.5, 12), (1, 40))]
    if model == "aeif_cond_alpha_multisynapse":
        return p | {"tau_syn": tau}
    return p | {"tau_decay": tau, "tau_rise": [round(float(rng.uniform(0.2, x)), 2) for x in tau]}


def sample_interval(rng, neuron, h):
    """(I_e, initial state, inputs as [step, weights of receptors...]); a few start under very strong inhibition."""
    p, n = neuron, len(neuron.E)
    rheobase = (p.g_L + max(p.a, 0)) * max(p.V_th - p.Delta_T - p.E_L, 3)
    I_e = dyadic(rng.uniform(0.5, 2.5) * rheobase)
    V = rng.uniform(p.E_L - 10, p.V_th - 0.1)
    if p.Delta_T > 0 and rng.random() < 0.15:
        V = rng.uniform(p.V_th, p.V_th + 3 * p.Delta_T)
    # A conductance that adds about the rheobase.
    typical = [rheobase / (abs(E - p.V_th) + 5) for E in p.E]
    state = [round(float(V), 3), round(float(rng.uniform(-50, 150)), 3)]
    strong = float(rng.uniform(300, 3000)) if rng.random() < 0.05 else None
    if p.model in RECEPTORS:
        state += [0.0] * (2 * n)
    else:
        g = [rng.uniform(0, 0.3 * typical[0]), strong or rng.uniform(0, 0.3 * typical[1])]
        d = [rng.uniform(0, 0.3) * x / tau for x, tau in zip(typical, p.decay)]
        state += [dyadic(x) for x in (g if p.single else (d[0], g[0], d[1], g[1]))]
    steps = np.sort(rng.choice(np.arange(1, round(DURATION / h)), size=int(rng.integers(3, 30)), replace=False)).tolist()
    inputs = []
    for k in [0, *steps]:
        w = [dyadic(rng.exponential((0.8, 0.5, 0.5)[i] * typical[i] * min(1, 3 / (p.rise[i] + p.decay[i])))) for i in range(n)]
        dropped = rng.integers(n + 1)
        inputs.append([k, *(0.0 if i == dropped else x for i, x in enumerate(w))])
    if p.model in RECEPTORS and strong:
        inputs[0][2] = dyadic(strong)
    return I_e, state, inputs


def make(model):
    sets = []
    for name, p in FIXED.items():
        if model in RECEPTORS:
            p = {k: x for k, x in p.items() if not k.startswith("tau_syn")} | RECEPTORS[model]
        sets.append({"name": name, "h": 0.1, "params": p})
    rng = np.random.default_rng([SEED, 998])
    sets += [{"name": f"random {i}", "h": (0.1, 0.05)[i % 2], "params": sample_params(rng, i, model)} for i in range(N_RANDOM)]

    def draw(rng, s):
        I_e, state, inputs = sample_interval(rng, ConductanceNeuron(model, s["params"], 0.0), s["h"])
        return ConductanceNeuron(model, s["params"], I_e), state, inputs

    write_intervals(model, sets, lambda i: PER_SET if i < len(FIXED) else PER_RANDOM, [SEED, 1], draw)


if __name__ == "__main__":
    warnings.simplefilter("error")
    for name in sys.argv[1:] or MODELS:
        make(name)
