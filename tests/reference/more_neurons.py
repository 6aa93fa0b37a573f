"""More single neurons under spike and current input, those with lists of receptors or adaptation currents among them:
tests/data/reference_<model>.json, as neurons.py makes them.

Models with escape noise are made to fire without chance: their noise is so weak that a step's probability is 0 or 1 but in
a narrow range, which cases avoid."""

import sys
import zlib

import neurons
import numpy as np
from common import SIMULATOR, dump, dyadic

SEED = 20261127
N_CASES = 50
SHARP = 1e-4  # mV: width of the escape noise
MODELS = {
    "iaf_psc_exp_multisynapse": ["V_m", "I_syn"],
    "iaf_psc_alpha_multisynapse": ["V_m", "I_syn"],
    "gif_psc_exp": ["V_m", "E_sfa", "I_stc", "I_syn_ex", "I_syn_in"],
    "gif_cond_exp": ["V_m", "E_sfa", "I_stc", "g_ex", "g_in"],
    "glif_psc": ["V_m", "threshold", "threshold_spike", "threshold_voltage", "ASCurrents_sum", "I_syn"],
    "pp_psc_delta": ["V_m", "E_sfa"],
    "izhikevich": ["V_m", "U_m"],
    "mat2_psc_exp": ["V_m", "V_th"],
}
T_REF = (0.0, 2.0, 0.4, 1.237, None, 10.0)  # ms; refractory edge cases


def times(rng, n, low=0.2, high=40):
    return [float(x) for x in np.exp(rng.uniform(np.log(low), np.log(high), n)).round(3)]


def membrane(rng, i, h):
    E_L = round(rng.uniform(-80, -50), 2)
    p = {"E_L": E_L, "V_th": round(E_L + rng.uniform(8, 25), 2), "C_m": round(rng.uniform(80, 400), 2)}
    p["V_reset"] = round(p["V_th"] - rng.uniform(2, 25), 2)
    t_ref = T_REF[i % len(T_REF)]
    if t_ref is not None:
        p["t_ref"] = t_ref
    return p


def sample_params(rng, i, h, model):
    if model == "pp_psc_delta":
        n = int(rng.integers(0, 4))
        return {"tau_m": round(rng.uniform(4, 30), 3), "C_m": round(rng.uniform(80, 400), 2),
                "dead_time": float(rng.choice([0.4 * h, 1.0, 2.0, 10 * h])), "with_reset": bool(i % 3),
                "c_3": 1 / SHARP, "c_2": float(np.exp(-10 / SHARP / 1e5)), "c_1": 0.0,
                "I_e": dyadic(rng.uniform(0.5, 2) * 20), "tau_sfa": times(rng, n, 5, 100),
                "q_sfa": [dyadic(x) for x in rng.uniform(0.5, 5, n)]}
    if model == "izhikevich":
        return {"a": round(rng.uniform(0.01, 0.12), 4), "b": round(rng.uniform(0.1, 0.26), 4), "c": round(rng.uniform(-68, -48), 2),
                "d": dyadic(rng.uniform(0, 9)), "I_e": dyadic(rng.uniform(0, 14)), "V_m": round(rng.uniform(-75, -50), 2),
                "U_m": round(rng.uniform(-16, -6), 2), "consistent_integration": bool(i % 2), "V_th": 30.0,
                **({"V_min": -80.0} if i % 3 == 0 else {})}
    p = membrane(rng, i, h)
    if model == "mat2_psc_exp":
        del p["V_reset"]
        p["omega"] = p.pop("V_th")
        p["t_ref"] = max(p.get("t_ref", 2.0), h)
        p.update(tau_m=round(rng.uniform(4, 30), 3), tau_syn_ex=times(rng, 1)[0], tau_syn_in=times(rng, 1)[0],
                 tau_1=times(rng, 1, 2, 50)[0], tau_2=times(rng, 1, 50, 400)[0], alpha_1=dyadic(rng.uniform(0, 40)),
                 alpha_2=dyadic(rng.uniform(0, 4)), I_e=dyadic(rng.uniform(0, 1.5) * (p["omega"] - p["E_L"]) * p["C_m"] / 15))
        if i % 3 == 0:
            p.update(V_th_alpha_1=dyadic(rng.uniform(0, 9)), V_th_alpha_2=dyadic(rng.uniform(0, 4)), V_m=p["E_L"] + 2.0)
        return p
    if model in ("gif_psc_exp", "gif_cond_exp"):
        theta = p.pop("V_th")
        p.update(V_T_star=theta, Delta_V=SHARP, g_L=round(p["C_m"] / rng.uniform(4, 30), 3), V_m=p["E_L"],
                 tau_syn_ex=times(rng, 1)[0], tau_syn_in=times(rng, 1)[0])
        for kind, scale in (("sfa", 6), ("stc", 60)):
            n = int(rng.integers(0, 4))
            p["tau_" + kind] = times(rng, n, 5, 200)
            p["q_" + kind] = [dyadic(x) for x in rng.uniform(0, scale, n)]
        if model == "gif_cond_exp":  # the simulator's solver is as exact as it can be
            p.update(gsl_error_tol=1e-12, E_ex=round(rng.uniform(-10, 20), 2), E_in=round(p["E_L"] - rng.uniform(0, 20), 2),
                     tau_syn_ex=times(rng, 1, 0.2 if h < 1 else 1)[0], tau_syn_in=times(rng, 1, 0.2 if h < 1 else 1)[0])
        if i % 3 != 1:
            p["I_e"] = dyadic(rng.uniform(-0.3, 1.5) * (theta - p["E_L"]) * p["g_L"])
        return p
    n = 1 + i % 4
    p["tau_syn"] = times(rng, n)
    if model == "glif_psc":
        if p.get("t_ref") == 0.0:
            p["t_ref"] = h
        p["g"] = round(p["C_m"] / rng.uniform(4, 30), 3)
        spike, after, voltage = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 1))[i % 5]
        p.update(spike_dependent_threshold=bool(spike), after_spike_currents=bool(after),
                 adapting_threshold=bool(voltage))
        if spike:
            p.update(th_spike_add=dyadic(rng.uniform(0, 4)), th_spike_decay=round(rng.uniform(0.005, 0.1), 4),
                     voltage_reset_fraction=dyadic(rng.uniform(0, 0.8)), voltage_reset_add=dyadic(rng.uniform(-3, 3)))
        if after:
            m = int(rng.integers(1, 4))
            p.update(asc_init=[0.0] * m, asc_decay=[round(x, 4) for x in rng.uniform(0.003, 0.3, m)],
                     asc_amps=[dyadic(x) for x in rng.uniform(-80, 20, m)], asc_r=[dyadic(x) for x in rng.uniform(0, 1, m)],
                     ASCurrents=[0.0] * m)
        if voltage:
            p.update(th_voltage_index=round(rng.uniform(0, 0.02), 4), th_voltage_decay=round(rng.uniform(0.03, 0.3), 4))
        return p
    p["tau_m"] = round(rng.uniform(4, 30), 3)
    if i % 5 == 2 and model == "iaf_psc_alpha_multisynapse":
        p["tau_syn"][0] = p["tau_m"]
    if i % 5 == 3:
        p["tau_syn"][-1] = p["tau_m"] * (1 + neurons.NEARLY[i % len(neurons.NEARLY)])
    if i % 3 != 1:
        p["I_e"] = dyadic(rng.uniform(-0.3, 1.3) * (p["V_th"] - p["E_L"]) * p["C_m"] / p["tau_m"])
    if i % 4 == 3 and model == "iaf_psc_alpha_multisynapse":
        p["V_min"] = round(p["E_L"] - rng.uniform(-1, 6), 2)
    return p


def distance(model, p):
    """From rest to threshold (mV)."""
    if model in ("pp_psc_delta", "izhikevich"):
        return 10.0
    return p.get("V_th", p.get("V_T_star", p.get("omega"))) - p["E_L"]


def sample_spikes(rng, i, steps, h, model, p):
    """Trains as of neurons.py; receptors from the list."""
    threshold = distance(model, p)
    trains = []
    for j in range(int(rng.integers(2, 6))):
        receptor = 1 + int(rng.integers(len(p["tau_syn"]))) if "tau_syn" in p else 0
        sign = -1 if j % 3 == 1 else 1
        psp = sign * rng.uniform(0.05, 0.5) * threshold
        if model not in ("pp_psc_delta", "izhikevich"):
            tau = p["tau_syn"][receptor - 1] if receptor else p["tau_syn_ex" if sign > 0 else "tau_syn_in"]
            tau_m = p["tau_m"] if "tau_m" in p else p["C_m"] / p.get("g", p.get("g_L"))
            psp *= p["C_m"] / tau * (1 + tau / tau_m)
            if "E_ex" in p:
                psp /= p["E_ex"] - p["E_L"] if sign > 0 else 10.0
        n = min(1 + int(rng.uniform(0.03, 0.5) * steps * h), 60)
        train = {"weight": dyadic(psp), "delay": int(rng.integers(1, 31)), "receptor": receptor,
                 "stamps": np.sort(rng.integers(1, steps, n)).tolist()}
        if (i + j) % 4 == 0:
            train["multiplicities"] = rng.integers(1, 4, n).tolist()
        trains.append(train)
    return trains


def sample_currents(rng, i, steps, model, p):
    strength = 1.0 if model == "izhikevich" else p["C_m"] / p["tau_m"] if "tau_m" in p else p.get("g", p.get("g_L"))
    threshold = distance(model, p)
    currents = []
    for _ in range(int(rng.integers(1, 4))):
        start = int(rng.choice([0, 1, rng.integers(2, steps // 2)]))
        currents.append({
            "amplitude": dyadic(rng.uniform(-0.5, 1.2) * threshold * strength), "start": start,
            "stop": int(rng.integers(start, steps)) if rng.random() < 0.7 else None,
            "weight": float(rng.choice([1.0, 0.5, -0.25, 2.0])), "delay": int(rng.integers(1, 31)), "receptor": 0})
    return currents


def moved(model, params, x):
    """Parameters with the threshold moved by x mV."""
    p = dict(params)
    if model == "pp_psc_delta":
        p["c_2"] = float(p["c_2"] * np.exp(-x / SHARP))
    elif model in ("gif_psc_exp", "gif_cond_exp", "mat2_psc_exp"):
        p["omega" if model == "mat2_psc_exp" else "V_T_star"] += x
    else:
        p["V_th"] += x
    return p


def make_case(model, i):
    """The first draw with a useful number of spikes that do not hang on rounding, or on chance."""
    h = neurons.RESOLUTIONS[i % 4]
    margin = 40 * SHARP if model in ("gif_psc_exp", "gif_cond_exp", "pp_psc_delta") else neurons.MARGIN
    for attempt in range(1000):
        rng = np.random.default_rng([SEED, zlib.crc32(model.encode()), i, attempt])
        case = {"h": h, "steps": int(rng.uniform(100, 250 if h < 1 else 400) / h)}
        p = case["params"] = sample_params(rng, i, h, model)
        case["spikes"] = sample_spikes(rng, i, case["steps"], h, model, p)
        case["currents"] = sample_currents(rng, i, case["steps"], model, p)
        case["every"] = int(rng.integers(5, 21)) if h < 1 else int(rng.integers(1, 5))
        stamps, values = neurons.simulate(model, case)
        if not 4 <= len(stamps) <= 300 or max(np.abs(v).max() for v in values.values()) > 1e5:
            continue
        if any(neurons.simulate(model, {**case, "params": moved(model, p, x)})[0] != stamps for x in (-margin, margin)):
            continue
        case["out"] = {"spikes": stamps, **values}
        return case
    raise RuntimeError(f"{model}, case {i}: no draw fires usefully")


def main(models):
    neurons.RECORDABLES.update(MODELS)
    for model in models:
        dump(model, {"model": model, "simulator": SIMULATOR}, [make_case(model, i) for i in range(N_CASES)])


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))
