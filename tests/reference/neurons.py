"""Single neurons under spike and current input: tests/data/reference_<model>.json."""

import sys

import numpy as np
from common import SIMULATOR, dump, dyadic, fresh_kernel, nest, to_ms, to_steps

SEED = 20240610
N_CASES = 24
RESOLUTIONS = (0.1, 0.05, 0.125, 1.0)  # ms
EXTRA = 60  # steps simulated beyond the stored ones: the last slice is missing in a multimeter's data
MARGIN = 1e-6  # mV: spikes are the same with V_th moved by this much, so that rounding cannot move them
RECORDABLES = {
    "iaf_psc_alpha": ["V_m", "I_syn_ex", "I_syn_in"],
    "iaf_psc_exp": ["V_m", "I_syn_ex", "I_syn_in"],
    "iaf_psc_delta": ["V_m"],
    "ignore_and_fire": [],
    "parrot_neuron": [],
}
# Relative distance of tau_syn from tau_m, around the switches to the limit expressions of the propagators.
NEARLY = (1e-9, -1e-9, 1e-8, -1e-8, 1e-7, -1e-7, 1e-6, -1e-6, 1e-5, -1e-5, 1e-3, -1e-3)


def sample_membrane(rng, i, h):
    """Parameters common to the three integrate-and-fire models; only some are set."""
    p = {"tau_m": round(rng.uniform(4, 30), 3), "C_m": round(rng.uniform(80, 400), 2)}
    if i % 5 == 1:  # V_th and V_reset keep their absolute default values
        p["E_L"] = round(rng.uniform(-72, -62), 2)
    elif i % 5 != 3:
        p["E_L"] = round(rng.uniform(-80, -50), 2)
        p["V_th"] = round(p["E_L"] + rng.uniform(8, 25), 2)
        p["V_reset"] = round(p["V_th"] - rng.uniform(2, 25), 2)
    t_ref = (0.0, 0.4 * h, 0.0004, 2.0, None, 1.237, 10 * h, 20.0)[(i // 2 + i) % 8]
    if t_ref is not None:
        p["t_ref"] = t_ref
    if i % 2:
        p["V_m"] = round(rng.uniform(-75, p.get("V_th", -55.0) + 2), 3)
    return p


def sample_params(rng, i, h, model):
    if model == "parrot_neuron":
        return {}
    if model == "ignore_and_fire":
        # Both are given except in a few cases; periods off the grid are rounded up.
        p = {"rate": float(rng.choice([rng.uniform(20, 900), 1000 / (h * rng.integers(1, 100)), 37.0]))}
        if i % 4 != 2:
            p["phase"] = float(rng.choice([1.0, rng.uniform(0.001, 1), 0.5]))
        return p
    p = sample_membrane(rng, i, h)
    threshold = p.get("V_th", -55.0) - p.get("E_L", -70.0)
    if i % 3 != 1:
        p["I_e"] = dyadic(rng.uniform(-0.3, 1.3) * threshold * p["C_m"] / p["tau_m"])
    if model != "iaf_psc_exp" and i % 3 == 0:
        p["V_min"] = round(p.get("E_L", -70.0) - rng.uniform(-1, 6), 2)
    if model == "iaf_psc_delta":
        p["refractory_input"] = bool(i % 2)
        if i >= N_CASES:
            p.update(ignore_and_spike=True, ignore_and_spike_offset=float(h * rng.integers(1, 90)),
                     ignore_and_spike_interval=float(h * rng.integers(1, 200)))
        return p
    near = p["tau_m"] * (1 + NEARLY[i % len(NEARLY)])
    free = [float(x) for x in np.exp(rng.uniform(np.log(0.2), np.log(40), 2)).round(3)]
    tau = ((free[0], free[1]), (p["tau_m"], free[1]), (free[0], p["tau_m"]), (near, free[1]), (free[0], near),
           (p["tau_m"], near))[(i // 4) % 6]
    p["tau_syn_ex"], p["tau_syn_in"] = tau
    return p


def sample_spikes(rng, i, steps, h, model, p):
    """Spike generators: stamps are sorted, repeated ones are separate spikes; weights are multiples of 2^-6."""
    threshold = p.get("V_th", -55.0) - p.get("E_L", -70.0)
    trains = []
    for j in range(int(rng.integers(2, 6))):
        sign = -1 if j % 3 == 1 else 1
        psp = sign * rng.uniform(0.05, 0.5) * threshold
        if model in ("iaf_psc_alpha", "iaf_psc_exp"):
            tau = p["tau_syn_ex"] if sign > 0 else p["tau_syn_in"]
            psp *= p["C_m"] / tau * (1 + tau / p["tau_m"]) / (np.e if model == "iaf_psc_alpha" else 1)
        n = min(1 + int(rng.uniform(0.03, 0.5) * steps * h), 80)
        stamps = rng.integers(1, steps, n)
        delay = int(rng.integers(1, 31))
        if trains:  # some stamps shared with the first train, some spikes that arrive together with its
            first = np.array(trains[0]["stamps"])
            picked = rng.choice(first, size=max(1, len(first) // 5))
            together = picked + trains[0]["delay"] - delay
            stamps = np.concatenate([stamps, rng.choice(first, size=2), together[(together > 0) & (together < steps)]])
        train = {"weight": dyadic(psp), "delay": delay, "receptor": 0, "stamps": np.sort(stamps).tolist()}
        if model == "parrot_neuron" and j:
            train["receptor"] = int(rng.integers(0, 2))
        if (i + j) % 3 == 0:
            train["weights"] = [dyadic(x) for x in rng.uniform(-0.5, 1.5, len(stamps))]
        if (i + j) % 4 == 0:
            train["multiplicities"] = rng.integers(1, 4, len(stamps)).tolist()
        trains.append(train)
    return trains


def sample_currents(rng, i, steps, model, p):
    """dc generators; stop None: never. Receptor 1 of iaf_psc_exp is filtered by the excitatory synapse."""
    if not RECORDABLES[model]:
        return []
    threshold = p.get("V_th", -55.0) - p.get("E_L", -70.0)
    currents = []
    for j in range(int(rng.integers(0, 4)) if i % 3 == 2 else int(rng.integers(1, 4))):
        start = int(rng.choice([0, 1, rng.integers(2, steps // 2)]))
        stop = int(rng.integers(start, steps)) if rng.random() < 0.7 else None
        currents.append({
            "amplitude": dyadic(rng.uniform(-0.5, 1.0) * threshold * p["C_m"] / p["tau_m"]), "start": start,
            "stop": stop, "weight": float(rng.choice([1.0, 0.5, -0.25, 2.0])), "delay": int(rng.integers(1, 31)),
            "receptor": int(rng.integers(0, 2)) if model == "iaf_psc_exp" else 0})
    return currents


def simulate(model, case, moved_threshold=0.0):
    """Spike stamps and {recordable: values at stamps every, 2 every, ...} up to case["steps"]."""
    h, steps = case["h"], case["steps"]
    fresh_kernel(h)
    neuron = nest.Create(model, params=case["params"])
    if moved_threshold:
        neuron.V_th = case["params"].get("V_th", -55.0) + moved_threshold
    for train in case["spikes"]:
        p = {"spike_times": to_ms(train["stamps"], h)}
        p.update({"spike_" + k: train[k] for k in ("weights", "multiplicities") if k in train})
        nest.Connect(nest.Create("spike_generator", params=p), neuron,
                     syn_spec={"weight": train["weight"], "delay": to_ms(train["delay"], h),
                               "receptor_type": train["receptor"]})
    for current in case["currents"]:
        p = {"amplitude": current["amplitude"], "start": to_ms(current["start"], h)}
        if current["stop"] is not None:
            p["stop"] = to_ms(current["stop"], h)
        nest.Connect(nest.Create("dc_generator", params=p), neuron,
                     syn_spec={"weight": current["weight"], "delay": to_ms(current["delay"], h),
                               "receptor_type": current["receptor"]})
    recorder = nest.Create("spike_recorder")
    nest.Connect(neuron, recorder, syn_spec={"delay": h})
    names = RECORDABLES[model]
    if names:
        meter = nest.Create("multimeter", params={"interval": to_ms(case["every"], h), "record_from": names})
        nest.Connect(meter, neuron, syn_spec={"delay": h})
    nest.Simulate(to_ms(steps + EXTRA, h))
    stamps = [s for s in to_steps(recorder.events["times"], h) if s <= steps]
    if not names:
        return stamps, {}
    n = steps // case["every"]
    expected = np.arange(1, n + 1) * case["every"]
    assert to_steps(meter.events["times"][:n], h) == expected.tolist()
    return stamps, {name: meter.events[name][:n].tolist() for name in names}


def make_case(model, i):
    """The first draw with a useful number of spikes that do not hang on rounding."""
    h = RESOLUTIONS[i % 4]
    for attempt in range(1000):
        rng = np.random.default_rng([SEED, sorted(RECORDABLES).index(model), i, attempt])
        full = i % 7 == 0 or h == 1.0
        long = h == 1.0 or not RECORDABLES[model]
        duration = rng.uniform(200, 300) if long else rng.uniform(100, 120 if full else 220)
        case = {"h": h, "steps": int(duration / h)}
        case["params"] = sample_params(rng, i, h, model)
        case["spikes"] = sample_spikes(rng, i, case["steps"], h, model, case["params"])
        case["currents"] = sample_currents(rng, i, case["steps"], model, case["params"])
        if RECORDABLES[model]:
            case["every"] = 1 if full else int(rng.integers(5, 11))
        stamps, values = simulate(model, case)
        if not (5 if case["params"].get("t_ref") == 20.0 else 10) <= len(stamps) <= 400:
            continue
        if RECORDABLES[model]:
            if max(np.abs(v).max() for v in values.values()) > 1e5:
                continue
            if any(simulate(model, case, x)[0] != stamps for x in (-MARGIN, MARGIN)):
                continue
        case["out"] = {"spikes": stamps, **values}
        return case
    raise RuntimeError(f"{model}, case {i}: no draw fires usefully")


def main(models):
    for model in models:
        n = N_CASES + (4 if model == "iaf_psc_delta" else 0)
        dump(model, {"model": model, "simulator": SIMULATOR}, [make_case(model, i) for i in range(n)])


if __name__ == "__main__":
    main(sys.argv[1:] or list(RECORDABLES))
