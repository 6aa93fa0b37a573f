"""Compares the stored single-neuron and synapse data with plain Python versions of the models. Needs no simulator."""

import json
import math
import pathlib
import sys

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
INF = float("inf")


def steps_of(ms, h):
    """A duration in steps: nearest tic (1/1000 ms), then up to the grid."""
    return -(-int(ms * 1000 + 0.5) // round(h * 1000))


class Slots:
    """Input per step: an event of stamp s and delay d is read by step s + d - 1 (0-based)."""

    def __init__(self, case, model):
        n = case["steps"]
        self.ex, self.inh, self.current = [0.0] * n, [0.0] * n, [[0.0] * n, [0.0] * n]
        self.count = [0] * n
        for train in case["spikes"]:
            for i, stamp in enumerate(train["stamps"]):
                k = stamp + train["delay"] - 1
                w = train["weight"] * train.get("weights", {i: 1.0})[i]
                m = train.get("multiplicities", {i: 1})[i]
                if k < n:
                    into = self.ex if w * m > 0 or model == "iaf_psc_delta" else self.inh
                    into[k] += w * m
                    self.count[k] += m if train["receptor"] == 0 else 0
        for c in case["currents"]:
            stop = INF if c["stop"] is None else c["stop"]
            for step in range(n):  # the event of this step has the stamp step + 1
                if c["start"] < step + 2 <= stop and step + c["delay"] < n:
                    self.current[c["receptor"]][step + c["delay"]] += c["amplitude"] * c["weight"]


def propagators(tau_s, tau_m, C, h):
    """(I -> V, dI -> V) over one step, with the limits where tau_s is close to tau_m."""
    es = math.exp(-h / tau_s)
    limit = h / C * math.exp(-h / tau_m)
    if tau_s == tau_m:
        return limit, 0.5 * h * limit
    beta = tau_s * tau_m / (tau_m - tau_s)
    q = math.expm1(h * ((tau_m - tau_s) / (tau_s * tau_m)))
    p = beta / C * es * q
    if not p > sys.float_info.min:
        p = limit
    regular = h > 1e-7 * tau_m**2 / abs(tau_m - tau_s)
    return p, beta / C * es * (beta * q - h) if regular else 0.5 * h * limit


def integrate_and_fire(model, case):
    h, given = case["h"], case["params"]
    p = dict(E_L=-70.0, C_m=250.0, tau_m=10.0, t_ref=2.0, V_th=-55.0, V_reset=-70.0, I_e=0.0, V_min=-INF, V_m=-70.0,
             tau_syn_ex=2.0, tau_syn_in=2.0, refractory_input=False, ignore_and_spike=False) | given
    C, tau, E_L = p["C_m"], p["tau_m"], p["E_L"]
    slots, alpha, delta = Slots(case, model), model == "iaf_psc_alpha", model == "iaf_psc_delta"
    decay, P_I = math.exp(-h / tau), -tau / C * math.expm1(-h / tau)
    ex_decay, in_decay = math.exp(-h / p["tau_syn_ex"]), math.exp(-h / p["tau_syn_in"])
    (ex_V, dex_V), (in_V, din_V) = (propagators(p[k], tau, C, h) for k in ("tau_syn_ex", "tau_syn_in"))
    U, U_min, theta, U_reset = (p[k] - E_L for k in ("V_m", "V_min", "V_th", "V_reset"))
    R, r, kept, I0, I1 = steps_of(p["t_ref"], h), 0, 0.0, 0.0, 0.0
    ex = dex = inh = din = 0.0
    countdown = steps_of(p.get("ignore_and_spike_offset", 1.0), h)
    spikes, trace = [], {"V_m": [], "I_syn_ex": [], "I_syn_in": []}
    for k in range(case["steps"]):
        if r == 0:
            U = U * decay + P_I * (p["I_e"] + I0) + (slots.ex[k] if delta else ex * ex_V + inh * in_V)
            if alpha:
                U += dex * dex_V + din * din_V
            if delta and p["refractory_input"]:
                U, kept = U + kept, 0.0
            U = max(U, U_min)
        else:
            if p["refractory_input"]:
                kept += slots.ex[k] * math.exp(-r * h / tau)
            r -= 1
        if alpha:
            ex, dex = h * ex_decay * dex + ex_decay * ex, dex * ex_decay + math.e / p["tau_syn_ex"] * slots.ex[k]
            inh, din = h * in_decay * din + in_decay * inh, din * in_decay + math.e / p["tau_syn_in"] * slots.inh[k]
        else:
            ex, inh = ex * ex_decay + (1 - ex_decay) * I1 + slots.ex[k], inh * in_decay + slots.inh[k]
        fires = U >= theta
        if p["ignore_and_spike"]:
            countdown -= 1
            fires = countdown == 0
            if fires:
                countdown = steps_of(p["ignore_and_spike_interval"], h)
        if fires:
            r, U = R, U_reset
            spikes.append(k + 1)
        I0, I1 = slots.current[0][k], slots.current[1][k]
        if (k + 1) % case["every"] == 0:
            for name, x in (("V_m", U + E_L), ("I_syn_ex", ex), ("I_syn_in", inh)):
                trace[name].append(x)
    return {"spikes": spikes} | trace


def ignore_and_fire(model, case):
    p = dict(rate=10.0, phase=1.0) | case["params"]
    period, countdown = (steps_of(1000 / p["rate"] * x, case["h"]) for x in (1.0, p["phase"]))
    return {"spikes": list(range(countdown + 1, case["steps"] + 1, period))}


def parrot(model, case):
    return {"spikes": [k + 1 for k, n in enumerate(Slots(case, model).count) for _ in range(n)]}


MODELS = {"iaf_psc_alpha": integrate_and_fire, "iaf_psc_exp": integrate_and_fire, "iaf_psc_delta": integrate_and_fire,
          "ignore_and_fire": ignore_and_fire, "parrot_neuron": parrot}


def check_neurons(model):
    failures, worst = 0, {}
    for i, case in enumerate(json.loads((DATA / f"reference_{model}.json").read_text())["cases"]):
        mine = MODELS[model](model, case)
        for name, stored in case["out"].items():
            if name == "spikes":
                if mine[name] != stored:
                    failures += 1
                    print(f"{model}, case {i}: {len(mine[name])} spikes instead of {len(stored)}, or other steps")
            else:
                error = max(abs(a - b) for a, b in zip(mine[name], stored, strict=True))
                worst[name] = max(worst.get(name, 0.0), error)
    print(model, "differences", worst)
    return failures + sum(x > 1e-6 for x in worst.values())


PAIRS = {
    "stdp_pl_synapse_hom": dict(tau_plus=20.0, alpha=1.0, mu=0.4) | {"lambda": 0.1},
    "stdp_synapse": dict(tau_plus=20.0, alpha=1.0, mu_plus=1.0, mu_minus=1.0, Wmax=100.0) | {"lambda": 0.01},
    "vogels_sprekeler_synapse": dict(tau=20.0, alpha=0.12, eta=0.001, Wmax=1.0),
    "stdp_triplet_synapse": dict(tau_plus=16.8, tau_plus_triplet=101.0, Aplus=5e-10, Aminus=7e-3, Aplus_triplet=6.2e-3,
                                 Aminus_triplet=2.3e-4, Wmax=100.0)}
PAIRS |= {"stdp_pl_synapse_hom_hpc": PAIRS["stdp_pl_synapse_hom"], "stdp_synapse_hom": PAIRS["stdp_synapse"]}


def rules(model, p):
    """facilitate(w, k, y) and depress(w, k, r); y, r: second traces of target and source."""

    def clipped(m):
        return math.copysign(min(max(m, 0.0), abs(p["Wmax"])), p["Wmax"])

    def clipped_below(m):
        return math.copysign(max(m, 0.0), p["Wmax"])

    if model.startswith("stdp_pl"):
        return (lambda w, k, y: w + p["lambda"] * w ** p["mu"] * k,
                lambda w, k, r: max(w - p["lambda"] * p["alpha"] * w * k, 0.0))
    if model == "vogels_sprekeler_synapse":
        return (lambda w, k, y: clipped(abs(w) + p["eta"] * k),
                lambda w, k, r: clipped(abs(clipped(abs(w) + p["eta"] * k)) - p["alpha"] * p["eta"]))
    if model == "stdp_triplet_synapse":
        return (lambda w, k, y: clipped(abs(w) + k * (p["Aplus"] + p["Aplus_triplet"] * y)),
                lambda w, k, r: clipped_below(abs(w) - k * (p["Aminus"] + p["Aminus_triplet"] * r)))
    W = p["Wmax"]
    return (lambda w, k, y: min(w / W + p["lambda"] * (1 - w / W) ** p["mu_plus"] * k, 1.0) * W,
            lambda w, k, r: max(w / W - p["alpha"] * p["lambda"] * (w / W) ** p["mu_minus"] * k, 0.0) * W)


def stdp(case):
    """Weight after each presynaptic spike, and state after the last; the whole delay is dendritic."""
    h, post = case["h"], case["out"]["post"]
    p = dict(Kplus=0.0, Kplus_triplet=0.0) | PAIRS[case["model"]] | case["params"] | case["common"]
    facilitate, depress = rules(case["model"], p)
    tau, tau_triplet = p.get("tau_plus", p.get("tau")), p.get("tau_plus_triplet", 1.0)
    D, w, K, R, last, weights = case["delay"], p.get("weight", 0.5), p["Kplus"], p["Kplus_triplet"], 0, []

    def trace(n, x, tau):
        """Of the first n spikes of the target at stamp x."""
        return sum(math.exp((u - x) * h / tau) for u in post[:n])

    for t in case["out"]["pre"]:
        for n, u in enumerate(post):
            if last - D < u <= t - D:
                y = trace(n, u, case.get("tau_minus_triplet", 1.0))
                w = facilitate(w, K * math.exp((last - u - D) * h / tau), y)
        R *= math.exp((last - t) * h / tau_triplet)
        w = depress(w, trace(sum(u < t - D for u in post), t - D, case["tau_minus"]), R)
        K = K * math.exp((last - t) * h / tau) + 1
        R += 1
        last = t
        weights.append(w)
    return weights, {"weight": weights[-1], "Kplus": K, "Kplus_triplet": R}


def tsodyks(case):
    h, last, sent = case["h"], 0, []
    p = dict(U=0.5, tau_psc=3.0, tau_rec=800.0, tau_fac=0.0, x=1.0, y=0.0, u=0.0) | case["params"] | case["common"]
    x, y, u = p["x"], p["y"], p["u"]
    for t in case["out"]["pre"]:
        fac, psc, rec = (math.exp((last - t) * h / p[tau]) if p[tau] > 0 else 0.0
                         for tau in ("tau_fac", "tau_psc", "tau_rec"))
        z = 1 - x - y
        to_x = ((rec - 1) * p["tau_rec"] - (psc - 1) * p["tau_psc"]) / (p["tau_psc"] - p["tau_rec"])
        u = u * fac + p["U"] * (1 - u * fac)
        x, y = x + to_x * y + (1 - rec) * z, y * psc
        released = u * x
        x, y = x - released, y + released
        sent.append(released * p["weight"])
        last = t
    return sent, {"x": x, "y": y, "u": u}


def tsodyks2(case):
    h, last, sent = case["h"], None, []
    p = dict(U=0.5, u=0.5, x=1.0, tau_rec=800.0, tau_fac=0.0) | case["params"]
    x, u = p["x"], p["u"]
    for t in case["out"]["pre"]:
        if last is not None:
            x = 1 + (x - x * u - 1) * math.exp((last - t) * h / p["tau_rec"])
            u = p["U"] + u * (1 - p["U"]) * (math.exp((last - t) * h / p["tau_fac"]) if p["tau_fac"] > 0 else 0.0)
        sent.append(x * u * p["weight"])
        last = t
    return sent, {"x": x, "u": u}


SHORT_TERM = {"tsodyks_synapse": tsodyks, "tsodyks_synapse_hom": tsodyks, "tsodyks2_synapse": tsodyks2}


def check_synapses():
    worst = 0.0
    for case in json.loads((DATA / "reference_synapses.json").read_text())["cases"]:
        weights, state = SHORT_TERM.get(case["model"], stdp)(case)
        out = case["out"]
        pairs = [*zip(weights, out["weights"], strict=True)]
        pairs += [(x, out[name]) for name, x in state.items() if name in out]
        error = max(abs(a - b) / max(1.0, abs(b)) for a, b in pairs)
        if error > 1e-10:
            print("synapse", case["model"], case["params"], case["common"], "differs by", error)
        worst = max(worst, error)
    print("synapses: largest relative difference", worst)
    return worst > 1e-10


if __name__ == "__main__":
    failures = [check_neurons(model) for model in MODELS] + [check_synapses()]
    sys.exit(any(failures))
