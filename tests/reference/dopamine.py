"""One synapse modulated by dopamine, between two parrot neurons: tests/data/reference_dopamine.json.

With slices (min_delay) of one step the reference goes forward in time; these cases are its. The others are of the
re-implementation below, which takes every case step by step and must agree with the reference on those.
"""

import numpy as np
from common import SIMULATOR, dump, dyadic, fresh_kernel, nest, to_ms, to_steps
from synapses import sample_trains

SEED = 20261129
N_CASES = 24  # of each source
EXTRA = 120  # steps after the last input
RESOLUTIONS = (0.1, 0.1, 0.125, 1.0)  # ms
DEFAULTS = {"A_plus": 1.0, "A_minus": 1.5, "tau_plus": 20.0, "tau_c": 1000.0, "tau_n": 200.0, "b": 0.0, "Wmin": 0.0,
            "Wmax": 200.0}


def in_order(case):
    """weights sent, and (step, weight, c, n, Kplus) where samples are asked for."""
    h, delay, slice_ = case["h"], case["delay"], case["slice"]
    p = DEFAULTS | case["common"]
    w, k_plus, c, n = (case["params"].get(name, 0.0) for name in ("weight", "Kplus", "c", "n"))
    spikes = [np.repeat(t["stamps"], t["multiplicities"]) + slice_ for t in case["inputs"]]
    pre, post = spikes[0], spikes[1]
    arrivals = np.concatenate([s + d for s, d in zip(spikes[2:], case["dopamine_delays"])])
    s = 1 / p["tau_c"] + 1 / p["tau_n"]
    weights, samples = [], []
    for t in range(1, case["steps"] + EXTRA + 1):
        w -= c * (n / s * np.expm1(-h * s) - p["b"] * p["tau_c"] * np.expm1(-h / p["tau_c"]))
        w = min(max(w, p["Wmin"]), p["Wmax"])
        c *= np.exp(-h / p["tau_c"])
        n *= np.exp(-h / p["tau_n"])
        k_plus *= np.exp(-h / p["tau_plus"])
        n += np.count_nonzero(arrivals == t) / p["tau_n"]
        c += p["A_plus"] * k_plus * np.count_nonzero(post == t - delay)
        if t in case["samples"]:  # the reference's, before the spikes of this step are sent
            samples.append([t, w, c, n, k_plus])
        for _ in range(np.count_nonzero(pre == t)):
            earlier = post[post < t - delay]
            c -= p["A_minus"] * np.sum(np.exp((earlier - (t - delay)) * h / case["tau_minus"]))
            weights.append(w)
            k_plus += 1
    return {"weights": weights, "samples": samples}


def simulate(case):
    h = case["h"]
    fresh_kernel(h)
    parrots = nest.Create("parrot_neuron", 2 + len(case["dopamine_delays"]))
    parrots[1].tau_minus = case["tau_minus"]
    for parrot, train in zip(parrots, case["inputs"]):
        generator = nest.Create("spike_generator", params={"spike_times": to_ms(train["stamps"], h),
                                                           "spike_multiplicities": train["multiplicities"]})
        nest.Connect(generator, parrot, syn_spec={"delay": h})
    transmitter, meter = nest.Create("volume_transmitter"), nest.Create("weight_recorder")
    for parrot, delay in zip(parrots[2:], case["dopamine_delays"]):
        nest.Connect(parrot, transmitter, syn_spec={"delay": to_ms(delay, h)})
    nest.CopyModel("stdp_dopamine_synapse", "plastic",
                   case["common"] | {"weight_recorder": meter, "volume_transmitter": transmitter})
    nest.Connect(parrots[0], parrots[1], syn_spec={"synapse_model": "plastic", "delay": to_ms(case["delay"], h),
                                                   "receptor_type": 1, **case["params"]})
    synapse = nest.GetConnections(synapse_model="plastic")
    samples, now = [], 0
    for t in case["samples"]:
        nest.Simulate(to_ms(t - now, h))
        now = t
        samples.append([t, *(synapse.get(name) for name in ("weight", "c", "n", "Kplus"))])
    nest.Simulate(h)
    return {"weights": list(meter.events["weights"]), "samples": samples}


def sample_common(rng, i, weight):
    if i % 6 == 5:
        return {}
    p = {"A_plus": round(float(np.exp(rng.uniform(-4, 0))), 4), "A_minus": round(float(np.exp(rng.uniform(-4, 0))), 4),
         "tau_plus": round(rng.uniform(2, 50), 2), "tau_c": round(rng.uniform(20, 1500), 1),
         "tau_n": round(rng.uniform(10, 300), 1), "b": (0.0, round(rng.uniform(0.005, 0.05), 4))[i % 2]}
    if i % 3:  # bounds that are met
        p |= {"Wmin": dyadic(weight - rng.uniform(0, 4)), "Wmax": dyadic(weight + rng.uniform(0, 4))}
    return p


def make_case(i, slice_):
    rng = np.random.default_rng([SEED, i, slice_])
    h = RESOLUTIONS[i % 4]
    weight = dyadic(rng.uniform(5, 60))
    case = {"h": h, "steps": int(rng.uniform(150, 300) / h), "slice": slice_,
            "delay": slice_ + int(rng.integers(0, 40)), "tau_minus": round(rng.uniform(3, 60), 2),
            "params": {"weight": weight}, "common": sample_common(rng, i, weight),
            "dopamine_delays": [slice_ + int(d) for d in rng.integers(0, 30, 2)]}
    if i % 4 == 2:
        case["params"] |= {"Kplus": round(rng.uniform(0, 3), 3), "c": round(rng.uniform(-1, 1), 3),
                           "n": round(rng.uniform(0, 0.1), 4)}
    if i % 8 == 3:  # outside of its bounds at first
        case["params"]["weight"] = weight + 8
    case["inputs"] = [t for _ in range(2) for t in sample_trains(rng, case["steps"], h, case["delay"])]
    pre = set(np.add(case["inputs"][0]["stamps"], slice_))
    times = rng.integers(1, case["steps"] + EXTRA, 20)
    case["samples"] = [int(t) for t in np.unique(times) if t not in pre] + [case["steps"] + EXTRA]
    return case


def minimal_case():
    """Slices of 2 ms, at which the reference goes backward: 50, 50.00555, 49.72063 (in order 50, 50, 49.80735)."""
    trains = [{"stamps": s, "multiplicities": [1] * len(s)} for s in ([43, 83, 283], [70], [180], [])]
    return {"h": 0.1, "steps": 400, "slice": 20, "delay": 20, "tau_minus": 20.0, "params": {"weight": 50.0},
            "common": {"A_plus": 0.5, "tau_c": 100.0, "tau_n": 50.0, "b": 0.02}, "dopamine_delays": [20, 20],
            "inputs": trains, "samples": [520]}


def largest_difference(a, b):
    x, y = (np.concatenate([out["weights"], np.ravel(out["samples"])]) for out in (a, b))
    return np.max(np.abs(x - y) / np.maximum(np.abs(y), 1))


if __name__ == "__main__":
    cases, worst = [], 0
    for i in range(N_CASES):
        case = make_case(i, 1)
        case["out"] = simulate(case)
        worst = max(worst, largest_difference(case["out"], in_order(case)))
        cases.append({"source": SIMULATOR} | case)
    print(f"re-implementation and reference differ by {worst:.1e}")
    assert worst < 1e-11
    minimal = minimal_case()
    for case in [minimal, *(make_case(i, int(s)) for i, s in enumerate(np.linspace(2, 50, N_CASES)))]:
        case["out"] = in_order(case)
        cases.append({"source": "in order"} | case)
    assert np.allclose(minimal["out"]["weights"], [50, 50, 49.80735], rtol=0, atol=5e-6), minimal["out"]["weights"]
    dump("dopamine", {"simulator": SIMULATOR}, cases)
