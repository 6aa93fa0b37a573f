"""Simulates the stored networks again with NumPy, synapse by synapse, and compares. Needs no simulator."""

import json
import math
import sys

import numpy as np
from check import DATA, propagators, steps_of


class Population:
    """All neurons of the network: parameters and state as arrays [neuron]."""

    def __init__(self, data):
        n_exc, n_inh, h = data["n_exc"], data["n_inh"], data["h"]
        params = [data["params_exc"]] * n_exc + [data["params_inh"]] * n_inh
        self.n, self.h, self.alpha = n_exc + n_inh, h, data["model"] == "iaf_psc_alpha"

        def column(name, default):
            return np.array([p.get(name, default) for p in params])

        self.tau_minus = column("tau_minus", 20.0)
        self.refractory = np.array([steps_of(t, h) for t in column("t_ref", 2.0)])
        tau_m, C = column("tau_m", 10.0), column("C_m", 250.0)
        self.tau = column("tau_syn_ex", 2.0), column("tau_syn_in", 2.0)
        self.leak = np.exp(-h / tau_m)
        self.decay = [np.exp(-h / tau) for tau in self.tau]
        self.to_V = [np.array([propagators(*p, h) for p in zip(tau, tau_m, C)]).T for tau in self.tau]
        self.U = np.array(data["V_m"]) + 70.0  # relative to E_L = V_reset
        self.I, self.dI, self.r = np.zeros((2, self.n)), np.zeros((2, self.n)), np.zeros(self.n, int)

    def step(self, inputs):
        """Indices of the neurons that fire; inputs [port][neuron]."""
        free = self.r == 0
        U = self.U * self.leak
        for port in range(2):
            P, dP = self.to_V[port]
            U += P * self.I[port] + (dP * self.dI[port] if self.alpha else 0.0)
            if self.alpha:
                self.I[port] = self.decay[port] * (self.I[port] + self.h * self.dI[port])
                self.dI[port] = self.decay[port] * self.dI[port] + math.e / self.tau[port] * inputs[port]
            else:
                self.I[port] = self.decay[port] * self.I[port] + inputs[port]
        self.U, self.r = np.where(free, U, self.U), np.where(free, 0, self.r - 1)
        fired = np.flatnonzero(self.U >= 15.0)
        self.U[fired], self.r[fired] = 0.0, self.refractory[fired]
        return fired.tolist()


class Plasticity:
    """The rule of one synapse; state of every edge in lists [edge]."""

    def __init__(self, name, p, weights, h):
        self.power, self.p, self.h = "pl" in name, p, h
        self.w, self.K, self.last = list(weights), [0.0] * len(weights), [0] * len(weights)

    def facilitate(self, w, k):
        p = self.p
        if self.power:
            return w + p["lambda"] * w ** p["mu"] * k
        n = w / p["Wmax"]
        return min(n + p["lambda"] * (1 - n) ** p["mu_plus"] * k, 1.0) * p["Wmax"]

    def depress(self, w, k):
        p = self.p
        if self.power:
            return max(w - p["lambda"] * p["alpha"] * w * k, 0.0)
        n = w / p["Wmax"]
        return max(n - p["alpha"] * p["lambda"] * n ** p["mu_minus"] * k, 0.0) * p["Wmax"]

    def spike(self, e, t, D, history, tau_minus):
        w, last, tau_plus = self.w[e], self.last[e], self.p["tau_plus"]
        for u in history:
            if last - D < u <= t - D:
                w = self.facilitate(w, self.K[e] * math.exp((last - u - D) * self.h / tau_plus))
        w = self.depress(w, sum(math.exp((u - t + D) * self.h / tau_minus) for u in history if u < t - D))
        self.w[e], self.last[e] = w, t
        self.K[e] = self.K[e] * math.exp((last - t) * self.h / tau_plus) + 1


def simulate(data, synapse):
    """(spikes [neuron][stamp], weights of all edges, V_m)."""
    edges, steps = data["edges"], data["steps"]
    n_exc, neurons = data["n_exc"], Population(data)
    rule = Plasticity(synapse["synapse"], synapse["params"], edges["weight"], data["h"])
    outgoing = [[] for _ in range(neurons.n)]
    for e, (s, t, d) in enumerate(zip(edges["source"], edges["target"], edges["delay"])):
        outgoing[s - 1].append((e, t - 1, d, s <= n_exc and t <= n_exc))
    inputs = np.zeros((steps + max(edges["delay"]) + 1, 2, neurons.n))
    for train in data["drive"]:
        np.add.at(inputs, (np.array(train["stamps"]) + train["delay"] - 1, 0, train["target"] - 1), train["weight"])
    spikes, fired = [[] for _ in range(neurons.n)], []
    for k in range(steps):
        for i in fired:  # stamp k
            for e, target, delay, plastic in outgoing[i]:
                if plastic:
                    rule.spike(e, k, delay, spikes[target], neurons.tau_minus[target])
                inputs[k + delay - 1, int(rule.w[e] <= 0), target] += rule.w[e]
        fired = neurons.step(inputs[k])
        for i in fired:
            spikes[i].append(k + 1)
    return spikes, rule.w, neurons.U - 70.0


def check(model):
    data = json.loads((DATA / f"reference_network_{model}.json").read_text())
    edges, failed = data["edges"], False
    plastic = [max(ends) <= data["n_exc"] for ends in zip(edges["source"], edges["target"])]
    for synapse in data["sets"]:
        spikes, w, V = simulate(data, synapse)
        equal = sum(a == b for a, b in zip(spikes, synapse["spikes"], strict=True))
        w_error = np.abs(np.array(w)[plastic] - synapse["weights"]).max()
        V_error = np.abs(V - synapse["V_m"]).max()
        print(f"{model} {synapse['synapse']}: {equal} of {len(spikes)} trains equal, "
              f"weights within {w_error:.1e}, V_m within {V_error:.1e}")
        failed |= equal < len(spikes) or w_error > 1e-9 or V_error > 1e-9
    return failed


if __name__ == "__main__":
    sys.exit(any([check(model) for model in ("iaf_psc_alpha", "iaf_psc_exp")]))
