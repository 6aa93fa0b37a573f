"""One synapse between two parrot neurons: tests/data/reference_synapses.json."""

import numpy as np
from common import SIMULATOR, dump, dyadic, fresh_kernel, nest, to_ms, to_steps

SEED = 20240613
N_CASES = 24  # of each model
EXTRA = 120  # steps after the last input: delays and the exchange of the last presynaptic spikes
MAX_WEIGHT = 250.0  # the power law knows no bound
RESOLUTIONS = (0.1, 0.1, 0.125, 1.0)  # ms
POWER_LAW = ("stdp_pl_synapse_hom", "stdp_pl_synapse_hom_hpc")
SHORT_TERM = ("tsodyks_synapse", "tsodyks_synapse_hom", "tsodyks2_synapse")
MODELS = ("stdp_synapse", *POWER_LAW, "stdp_synapse_hom", "vogels_sprekeler_synapse", "stdp_triplet_synapse",
          *SHORT_TERM)
STATE = {"stdp_triplet_synapse": ("Kplus", "Kplus_triplet"), "tsodyks_synapse": ("x", "y", "u"),
         "tsodyks_synapse_hom": ("x", "y", "u"), "tsodyks2_synapse": ("x", "u")}


def sample_params(rng, i, model):
    """(per synapse, common to the model); only given ones are set. Every sixth case keeps the defaults."""
    if model in SHORT_TERM:
        return sample_short_term(rng, i, model)
    if i % 6 == 5:
        return {"weight": dyadic(rng.uniform(0.5, 1 if model == "vogels_sprekeler_synapse" else 40))}, {}
    if model == "vogels_sprekeler_synapse":
        return sample_vogels(rng, i), {}
    if model == "stdp_triplet_synapse":
        return sample_triplet(rng, i), {}
    own = {"weight": dyadic(rng.uniform(0.5, 60))}
    if i % 2:
        own["Kplus"] = round(rng.uniform(0, 3), 3)
    p = {"tau_plus": round(rng.uniform(2, 50), 2), "lambda": round(float(np.exp(rng.uniform(-5, -0.5))), 4),
         "alpha": round(rng.uniform(0.02, 1.5), 3)}
    if model in POWER_LAW:
        mu = (round(rng.uniform(0, 1), 2), 0.4, 0.0, 1.0)[i % 4]
        alpha = float(rng.uniform(0.6, 1.6) * own["weight"] ** (mu - 1))  # 1 would balance at the initial weight
        return own, p | {"mu": mu, "alpha": round(alpha, 4)}
    p["mu_plus"], p["mu_minus"] = ((round(rng.uniform(0, 1), 2), round(rng.uniform(0, 1), 2)), (0.0, 0.0), (1.0, 1.0),
                                   (0.4, 1.0))[i % 4]
    p["Wmax"] = dyadic(own["weight"] * rng.uniform(1.0, 2.5))
    if model == "stdp_synapse_hom":
        return own, p
    if i % 3 == 1:  # an inhibitory synapse
        own["weight"], p["Wmax"] = -own["weight"], -p["Wmax"]
    elif i % 8 == 6:  # from the lower bound on; zero counts as positive
        own["weight"] = 0.0
    return own | p, {}


def inhibitory(p, i):
    """Some from zero on, some with negative weights."""
    if i % 3 == 1:
        return p | {"weight": -p["weight"], "Wmax": -p["Wmax"]}
    return p | {"weight": 0.0} if i % 8 == 6 else p


def sample_vogels(rng, i):
    w = dyadic(rng.uniform(0.5, 20))
    p = {"weight": w, "tau": round(rng.uniform(2, 50), 2), "Wmax": dyadic(w * rng.uniform(1.0, 2.5)),
         "eta": round(w * float(np.exp(rng.uniform(-6, -1))), 5), "alpha": round(rng.uniform(0.05, 2.5), 3)}
    return inhibitory(p | ({"Kplus": round(rng.uniform(0, 3), 3)} if i % 2 else {}), i)


def sample_triplet(rng, i):
    w = dyadic(rng.uniform(0.5, 20))
    p = {"weight": w, "Wmax": dyadic(w * rng.uniform(1.0, 2.5)), "tau_plus": round(rng.uniform(2, 50), 2),
         "tau_plus_triplet": round(rng.uniform(20, 200), 2)}
    for name in ("Aplus", "Aminus", "Aplus_triplet", "Aminus_triplet"):
        p[name] = round(w * float(np.exp(rng.uniform(-7, -2.5))), 5)
    if i % 2:
        p |= {"Kplus": round(rng.uniform(0, 3), 3), "Kplus_triplet": round(rng.uniform(0, 3), 3)}
    return inhibitory(p, i)


def sample_short_term(rng, i, model):
    weight = {"weight": dyadic(rng.uniform(-40, 40))}
    if i % 6 == 5:
        return ({}, weight) if model.endswith("_hom") else (weight, {})
    p = {"U": round(rng.uniform(0, 1), 3), "tau_rec": round(rng.uniform(5, 900), 2),
         "tau_fac": (0.0, round(rng.uniform(5, 900), 2))[i % 2]}
    state = {}
    if i % 3:
        state = {"x": round(rng.uniform(0, 0.6), 3), "u": round(rng.uniform(0, 1), 3)}
    if i % 8 == 7:
        p["U"] = 1.0
    if model != "tsodyks2_synapse":
        p["tau_psc"] = round(rng.uniform(1, 30), 2)
        if state:
            state["y"] = round(rng.uniform(0, 0.4), 3)
    return (state, weight | p) if model.endswith("_hom") else (weight | p | state, {})


def sample_trains(rng, steps, h, delay):
    """Input stamps and multiplicities of both parrots; some arrive at the synapse or are emitted at the same time."""
    n = int(rng.integers(15, 50))
    pre = rng.integers(1, steps, n)
    post = rng.integers(1, steps, int(rng.integers(15, 50)))
    shared = rng.choice(pre, size=3)
    arriving = rng.choice(pre, size=4) - delay  # post + delay = pre
    post = np.concatenate([post, shared, arriving[arriving > 0]])
    trains = []
    for stamps in (pre, post):
        stamps = np.unique(stamps)
        trains.append({"stamps": stamps.tolist(),
                       "multiplicities": np.where(rng.random(len(stamps)) < 0.15, rng.integers(2, 4, len(stamps)),
                                                  1).tolist()})
    return trains


def simulate(case):
    h, delay = case["h"], case["delay"]
    fresh_kernel(h)
    parrots = nest.Create("parrot_neuron", 2)
    parrots[1].tau_minus = case["tau_minus"]
    if "tau_minus_triplet" in case:
        parrots[1].tau_minus_triplet = case["tau_minus_triplet"]
    for parrot, train in zip(parrots, case["inputs"]):
        generator = nest.Create("spike_generator", params={"spike_times": to_ms(train["stamps"], h),
                                                           "spike_multiplicities": train["multiplicities"]})
        nest.Connect(generator, parrot, syn_spec={"delay": h})
    meter, recorder = nest.Create("weight_recorder"), nest.Create("spike_recorder")
    nest.Connect(parrots, recorder, syn_spec={"delay": h})
    nest.CopyModel(case["model"], "plastic", case["common"] | {"weight_recorder": meter})
    nest.Connect(parrots[0], parrots[1], syn_spec={"synapse_model": "plastic", "delay": to_ms(delay, h),
                                                   "receptor_type": case["receptor"], **case["params"]})
    nest.Simulate(to_ms(case["steps"] + EXTRA, h))
    events = recorder.events
    stamps = np.array(to_steps(events["times"], h))
    pre, post = (np.sort(stamps[events["senders"] == i]).tolist() for i in (1, 2))
    assert to_steps(meter.events["times"], h) == pre
    synapse = nest.GetConnections(synapse_model="plastic")
    out = {"pre": pre, "post": post, "weights": meter.events["weights"]}
    if not case["model"].endswith("_synapse_hom") or not case["model"].startswith("tsodyks"):
        out["weight"] = synapse.weight
    return out | {name: synapse.get(name) for name in STATE.get(case["model"], ("Kplus",))}


def make_case(model, i, attempt=0):
    rng = np.random.default_rng([SEED, MODELS.index(model), i, attempt])
    h = RESOLUTIONS[i % 4]
    params, common = sample_params(rng, i, model)
    case = {"model": model, "h": h, "steps": int(rng.uniform(150, 300) / h), "delay": int(rng.integers(1, 51)),
            # The hpc synapse knows only receptor 0: there the postsynaptic parrot also repeats the presynaptic spikes.
            "receptor": 0 if model.endswith("_hpc") else 1,
            "tau_minus": round(rng.uniform(3, 60), 2), "params": params, "common": common}
    if model == "stdp_triplet_synapse":
        case["tau_minus_triplet"] = round(rng.uniform(20, 200), 2)
    case["inputs"] = sample_trains(rng, case["steps"], h, case["delay"])
    out = simulate(case)
    if np.abs(out["weights"]).max() > MAX_WEIGHT:
        return make_case(model, i, attempt + 1)
    return case | {"out": out}


if __name__ == "__main__":
    dump("synapses", {"simulator": SIMULATOR}, [make_case(model, i) for model in MODELS for i in range(N_CASES)])
