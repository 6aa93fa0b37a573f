"""Runs of networks whose connections are set in between, under whichever `nest` there is; usage: setting.py file.

Writes {model: [{"weights": ..., "delays": ..., what it has: ...} after each run]}, and of recorded ones the events. No source
fires in the last slice of a run: spikes of it would be sent with old values here and with new ones there.
"""

import json
import sys

import nest

MODELS = {  # model: values that are set between runs, in turn
    "static_synapse": [{}, {}],
    "static_synapse_hom_w": [{}, {}],
    "stdp_synapse": [{"lambda": 0.3, "alpha": 0.4}, {"tau_plus": 7.0, "mu_plus": 0.3, "Wmax": 60.0}],
    "stdp_synapse_hom": [{}, {}],
    "stdp_pl_synapse_hom": [{}, {}],
    "stdp_triplet_synapse": [{"Aplus": 0.2, "tau_plus": 9.0}, {"Aminus_triplet": 0.1, "Wmax": 70.0}],
    "vogels_sprekeler_synapse": [{"eta": 0.3, "alpha": 0.2}, {"tau": 9.0, "Wmax": 70.0}],
    "tsodyks_synapse": [{"U": 0.3, "tau_rec": 30.0}, {"tau_fac": 70.0, "tau_psc": 2.0}],
    "tsodyks2_synapse": [{"U": 0.3, "tau_rec": 30.0}, {"tau_fac": 70.0}],
}
SHOWN = ("weight", "delay", "lambda", "Wmax", "Kplus", "x", "y", "u", "U", "tau_fac")


def trains(k):
    """Times in ms of node k, none in the last 2 ms of 50."""
    x, times = 7919 * (k + 1), []
    for period in range(4):
        for _ in range(3 + k % 4):
            x = (x * 1103515245 + 12345) % 2**31
            times.append(50.0 * period + round(2.0 + x / 2**31 * 43.0, 1))
    return sorted(set(times))


def run(model, changes, recorded):
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    parrots = nest.Create("parrot_neuron", 6)
    cells = nest.Create("iaf_psc_exp", 2, {"I_e": [360.0, 340.0]})
    for k, parrot in enumerate(parrots):
        nest.Connect(nest.Create("spike_generator", {"spike_times": trains(k)}), parrot)
    name = model
    if recorded:
        meter, name = nest.Create("weight_recorder"), "recorded"
        nest.CopyModel(model, name, {"weight_recorder": meter})
    spec = {"synapse_model": name, "delay": 2.0}
    own = {} if "hom" in model else {"weight": 40.0}
    nest.Connect(parrots[:3], parrots[3:], syn_spec={**spec, **own, "receptor_type": 1})
    nest.Connect(parrots[:3], cells, syn_spec={**spec, **own})
    for delay in (1.0, 6.0):
        nest.Connect(cells[0], cells[0], syn_spec={"weight": 0.0, "delay": delay})
    volts = nest.Create("multimeter", {"record_from": ["V_m"], "interval": 5.0})
    nest.Connect(volts, cells)
    out = []
    plastic = nest.GetConnections(parrots[:3], synapse_model=name)
    order = sorted(range(len(plastic)), key=lambda i: (plastic.source[i], plastic.target[i]))
    steps = [dict(delay=[1.0 + (i * 7) % 5 for i in range(len(order))]), {"delay": 3.0}, {"delay": 1.5}]
    for step, params in zip(steps, [changes[0], {}, changes[1]]):
        nest.Simulate(50.0)
        values = {**step, **params}
        for rank, i in enumerate(order):
            one = {k: v[rank] if isinstance(v, list) else v for k, v in values.items()}
            if rank % 3 != 2:
                plastic[i].set(one)
        got = plastic.get()
        out.append({k: [got[k][i] for i in order] for k in SHOWN if k in got})
    nest.Simulate(48.0)
    got = plastic.get()
    out.append({k: [got[k][i] for i in order] for k in SHOWN if k in got})
    e = volts.events
    rows = sorted(zip(e["times"].tolist(), e["senders"].tolist(), e["V_m"].tolist()))
    out.append({"V_m": [v for t, _, v in rows if t < 195]})
    if recorded:
        e = meter.events
        rows = zip(e["times"].tolist(), e["senders"].tolist(), e["targets"].tolist(), e["weights"].tolist())
        out.append({"sent": [x for row in sorted(rows) for x in row]})
    return out


def everything():
    """{model: runs}, of each model also as "model, recorded"."""
    results = {}
    for model, changes in MODELS.items():
        results[model] = run(model, changes, False)
        results[f"{model}, recorded"] = run(model, changes, True)
    return results


if __name__ == "__main__":
    with open(sys.argv[1], "w") as f:
        json.dump(everything(), f)
