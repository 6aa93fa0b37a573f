"""A plastic network of 200 neurons: tests/data/reference_network_<model>.json."""

import sys

import numpy as np
from common import SIMULATOR, dump, dyadic, fresh_kernel, nest, to_ms, to_steps

SEED = 20240611
H = 0.1  # ms
STEPS = 20000
N_EXC, N_INH, INDEGREE = 160, 40, 20
MAX_DELAY = 200  # steps
# Without drive at the end no spike is on its way into a plastic synapse when the weights are read.
QUIET = 300  # steps without drive
SILENT = 50  # steps without spikes
DRIVE_RATE = 250.0  # 1/s, of each neuron's own train
# Spikes stay the same when every weight is moved at random by this much, relative to itself.
MARGIN = 1e-6
N_PERTURBED = 5

# Weights (pA), uniform in the range: drive of each population, recurrent excitatory and inhibitory ones.
WEIGHTS = {
    "iaf_psc_alpha": {"drive_exc": (140, 210), "drive_inh": (150, 240), "exc": (15, 60), "inh": (-160, -60)},
    "iaf_psc_exp": {"drive_exc": (370, 500), "drive_inh": (750, 1000), "exc": (30, 100), "inh": (-340, -130)},
}
NEURONS = {
    "iaf_psc_alpha": ({"C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": 2.0, "tau_syn_in": 2.5, "tau_minus": 30.0},
                      {"C_m": 200.0, "tau_m": 8.0, "t_ref": 1.0, "tau_syn_ex": 1.5, "tau_syn_in": 2.5}),
    "iaf_psc_exp": ({"C_m": 250.0, "tau_m": 12.0, "tau_syn_ex": 2.0, "tau_syn_in": 3.0, "tau_minus": 25.0},
                    {"C_m": 220.0, "tau_m": 9.0, "t_ref": 1.0, "tau_syn_ex": 1.0, "tau_syn_in": 3.0}),
}
# Synapses between excitatory neurons; alpha of the power law balances at the initial weights.
PLASTIC = {
    "stdp_synapse": {"tau_plus": 18.0, "lambda": 0.05, "alpha": 1.1, "mu_plus": 0.6, "mu_minus": 0.8, "Wmax": 120.0},
    "stdp_pl_synapse_hom": {"tau_plus": 15.0, "lambda": 0.2, "alpha": 0.1, "mu": 0.4},
    "stdp_pl_synapse_hom_hpc": {"tau_plus": 20.0, "lambda": 0.15, "alpha": 0.15, "mu": 0.5},
}


def make_network(model, attempt):
    """Edges as columns, ordered by target; ids from 1. Autapses and multapses occur, the latter with unequal delays."""
    rng = np.random.default_rng([SEED, sorted(WEIGHTS).index(model), attempt])
    n = N_EXC + N_INH
    source, target, delay = [], [], []
    for t in range(1, n + 1):
        used = set()
        for s in rng.integers(1, n + 1, rng.integers(INDEGREE - 5, INDEGREE + 6)).tolist():
            d = int(rng.integers(1, MAX_DELAY + 1))
            while (s, d) in used:
                d = int(rng.integers(1, MAX_DELAY + 1))
            used.add((s, d))
            source.append(s)
            target.append(t)
            delay.append(d)
    excitatory = np.array(source) <= N_EXC
    w = WEIGHTS[model]
    weight = np.where(excitatory, rng.uniform(*w["exc"], len(source)), rng.uniform(*w["inh"], len(source)))
    drive = []
    for t in range(1, n + 1):
        count = rng.poisson(DRIVE_RATE * (STEPS - QUIET) * H / 1000)
        strength = rng.uniform(*w["drive_exc" if t <= N_EXC else "drive_inh"])
        drive.append({"target": t, "weight": dyadic(strength), "delay": int(rng.integers(1, 31)),
                      "stamps": np.sort(rng.integers(1, STEPS - QUIET, count)).tolist()})
    return {"V_m": np.round(rng.uniform(-70, -55, n), 3).tolist(),
            "edges": {"source": source, "target": target, "delay": delay, "weight": [dyadic(x) for x in weight]},
            "drive": drive}


def simulate(model, synapse, network, rng=None):
    """Spike stamps per neuron, final weights in edge order, final V_m; weights are perturbed if rng is given."""

    def perturbed(x):
        x = np.array(x)
        return x if rng is None else x * (1 + rng.uniform(-MARGIN, MARGIN, x.shape))

    fresh_kernel(H)
    exc, inh = NEURONS[model]
    neurons = nest.Create(model, N_EXC, exc) + nest.Create(model, N_INH, inh)
    neurons.V_m = network["V_m"]
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder, syn_spec={"delay": H})
    for train, w in zip(network["drive"], perturbed([train["weight"] for train in network["drive"]])):
        generator = nest.Create("spike_generator", params={"spike_times": to_ms(train["stamps"], H)})
        nest.Connect(generator, neurons[train["target"] - 1],
                     syn_spec={"weight": float(w), "delay": to_ms(train["delay"], H)})
    e = {k: np.array(v) for k, v in network["edges"].items()}
    w = perturbed(e["weight"])
    delays = np.array(to_ms(e["delay"], H))
    plastic = (e["source"] <= N_EXC) & (e["target"] <= N_EXC)
    nest.CopyModel(synapse, "plastic", PLASTIC[synapse])
    for name, which in (("static_synapse", ~plastic), ("plastic", plastic)):
        nest.Connect(e["source"][which], e["target"][which], "one_to_one",
                     {"synapse_model": name, "weight": w[which], "delay": delays[which]})
    nest.Simulate(to_ms(STEPS, H))
    events = recorder.events
    stamps = np.array(to_steps(events["times"], H))
    assert stamps.max() <= STEPS - SILENT
    spikes = [np.sort(stamps[events["senders"] == i]).tolist() for i in range(1, len(neurons) + 1)]
    made = nest.GetConnections(synapse_model="plastic").get(["source", "target", "delay", "weight"])
    keys = zip(made["source"], made["target"], to_steps(made["delay"], H))
    final = dict(zip(keys, made["weight"], strict=True))
    assert len(final) == plastic.sum()
    weights = [final[k] for k in zip(*(e[c][plastic].tolist() for c in ("source", "target", "delay")))]
    return {"spikes": spikes, "weights": weights, "V_m": list(neurons.V_m)}


def describe(model, synapse, network, out):
    """One line about the activity."""
    counts = np.array([len(x) for x in out["spikes"]])
    seconds = STEPS * H / 1000
    cv = np.mean([np.std(np.diff(x)) / np.mean(np.diff(x)) for x in out["spikes"] if len(x) > 5])
    e = network["edges"]
    before = np.array([w for s, t, w in zip(e["source"], e["target"], e["weight"]) if s <= N_EXC and t <= N_EXC])
    change = np.abs(np.array(out["weights"]) - before)
    exc, inh = counts[:N_EXC].mean() / seconds, counts[N_EXC:].mean() / seconds
    print(f"{model} {synapse}: exc {exc:.1f}/s, inh {inh:.1f}/s, "
          f"CV {cv:.2f}, weights {before.mean():.1f} -> {np.mean(out['weights']):.1f}, mean change {change.mean():.1f}")


def make_file(model):
    for attempt in range(100):
        network = make_network(model, attempt)
        sets = []
        for synapse, params in PLASTIC.items():
            out = simulate(model, synapse, network)
            describe(model, synapse, network, out)
            rngs = (np.random.default_rng([SEED, i]) for i in range(N_PERTURBED))
            if any(simulate(model, synapse, network, rng)["spikes"] != out["spikes"] for rng in rngs):
                print("a perturbation moves spikes")
                break
            sets.append({"synapse": synapse, "params": params, **out})
        else:
            head = {"model": model, "simulator": SIMULATOR, "h": H, "steps": STEPS, "n_exc": N_EXC, "n_inh": N_INH,
                    "params_exc": NEURONS[model][0], "params_inh": NEURONS[model][1], **network}
            dump("network_" + model, head, sets, "sets")
            return
    raise RuntimeError("no robust network found")


if __name__ == "__main__":
    for name in sys.argv[1:] or WEIGHTS:
        make_file(name)
