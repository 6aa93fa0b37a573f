"""What generators do in the reference simulator: tests/data/reference_generators.json."""

import numpy as np
from common import SIMULATOR, dump, fresh_kernel, nest, to_ms, to_steps


def lists(names, times, values, h):
    return {names[0]: to_ms(times, h), names[1]: values}


def currents():
    """V_m of an integrator, in runs before which parameters are set; `I`: what the generator has recorded."""
    step = ("amplitude_times", "amplitude_values")
    ac = {"amplitude": 150.0, "offset": 40.0, "frequency": 37.0, "phase": 50.0}
    cases = []
    for h in (0.1, 1.0):
        def at(**steps):
            return {k: to_ms(v, h) for k, v in steps.items()}
        steps = lists(step, [5, 9, 10, 30, 47], [100.0, -50.0, 25.0, 0.0, 75.0], h)
        cases += [
            ("dc_generator", h, [(30, {"amplitude": 100.0}), (20, {"amplitude": -30.0}), (15, at(stop=60)), (15, {})]),
            ("dc_generator", h, [(30, {"amplitude": 80.0} | at(start=10, stop=20)), (20, at(start=10, stop=45)), (20, {})]),
            ("ac_generator", h, [(80, ac)]),
            ("ac_generator", h, [(80, ac | at(start=7, stop=50))]),
            ("ac_generator", h, [(80, ac | at(origin=10, start=7, stop=50))]),
            ("ac_generator", h, [(33, ac), (17, {"frequency": 11.0}), (30, {"phase": 0.0, "amplitude": -20.0})]),
            ("ac_generator", h, [(3, ac), (1, {}), (29, {}), (47, at(start=40))]),
            ("step_current_generator", h, [(80, steps)]),
            ("step_current_generator", h, [(80, steps | at(start=8, stop=40))]),
            ("step_current_generator", h, [(80, steps | at(origin=5, start=8, stop=30))]),
            ("step_current_generator", h, [(80, lists(step, [1, 2, 3], [10.0, 20.0, -30.0], h))]),
            ("step_current_generator", h, [(20, steps), (30, lists(step, [15, 20, 21, 40], [300.0, 200.0, 50.0, 10.0], h)),
                                           (30, {})]),
            ("step_current_generator", h, [(20, steps), (40, {step[0]: [], step[1]: []})]),
            ("step_current_generator", h, [(40, {step[0]: [1.04, 2.26, 30.0], step[1]: [50.0, 70.0, 90.0],
                                                 "allow_offgrid_times": True})]),
            ("noise_generator", h, [(30, {"mean": 55.0, "dt": h}), (30, {"mean": -5.0})]),
            ("noise_generator", h, [(30, {"mean": 55.0, "dt": 7 * h}), (30, {"mean": -5.0})]),
            ("noise_generator", h, [(23, {"mean": 55.0, "dt": 10 * h} | at(start=4, stop=40)), (5, {"mean": -5.0}),
                                    (32, {"mean": 11.0, "dt": 3 * h})]),
        ]
    for model, h, runs in cases:
        for delay in (1, 4):
            fresh_kernel(h)
            neuron = nest.Create("iaf_psc_delta", params={"tau_m": 20.0, "E_L": 0.0, "V_m": 0.0, "V_th": 1e6})
            source = nest.Create(model)
            nest.Connect(source, neuron, syn_spec={"delay": to_ms(delay, h), "weight": 1.5})
            meter = nest.Create("multimeter", params={"interval": h, "record_from": ["V_m"]})
            nest.Connect(meter, neuron, syn_spec={"delay": h})
            for steps, params in runs:
                source.set(params)
                nest.Simulate(to_ms(steps, h))
            yield {"kind": "current", "model": model, "h": h, "delay": delay,
                   "runs": [{"steps": s, "params": p} for s, p in runs], "V_m": list(meter.events["V_m"])}


def noise_changes():
    """Stamps of events from a noise_generator in which the current is another than in the one before."""
    for h in (0.1, 1.0):
        for dt, start, stop, runs in ((1, 0, None, [40]), (7, 0, None, [40]), (10, 0, None, [13, 27]), (5, 3, 31, [40]),
                                      (10, 12, 29, [7, 20, 20]), (4, 1, 2, [30]), (10, 0, 1, [30])):
            fresh_kernel(h)
            params = {"std": 10.0, "dt": to_ms(dt, h), "start": to_ms(start, h)}
            source = nest.Create("noise_generator", params=params if stop is None else params | {"stop": to_ms(stop, h)})
            neuron = nest.Create("iaf_psc_delta")
            nest.Connect(source, neuron, syn_spec={"delay": h})
            meter = nest.Create("multimeter", params={"interval": h, "record_from": ["I"]})
            nest.Connect(meter, source, syn_spec={"delay": h})
            for steps in runs:
                nest.Simulate(to_ms(steps, h))
            current = np.concatenate([[0.0], meter.events["I"]])
            yield {"kind": "noise_changes", "h": h, "dt": dt, "start": start, "stop": stop, "runs": runs,
                   "stamps": (np.flatnonzero(np.diff(current)) + 1).tolist(), "recorded": len(current) - 1}


WINDOWS = ((0, None, 0), (0, 20, 0), (1, 20, 0), (2, 21, 0), (10, 11, 0), (10, 10, 0), (7, 30, 0), (0, 12, 5),
           (3, 9, 20), (25, None, 10), (1, 2, 0), (0, 1, 0))
DENSE = {"sinusoidal_poisson_generator": {"rate": 1e6}, "mip_generator": {"rate": 1e6},
         "gamma_sup_generator": {"rate": 1e3, "n_proc": 5000, "gamma_shape": 2},
         "ppd_sup_generator": {"rate": 1e3, "n_proc": 2000},
         "inhomogeneous_poisson_generator": {"rate_times": [0.1], "rate_values": [1e6]}}


def spike_windows():
    """All stamps of generators that fire about 100 times in every active step, by way of a parrot; slices of a
    step, h = 0.1. Where rates change: those at which they do."""
    for model, params in DENSE.items():
        for start, stop, origin in WINDOWS:
            fresh_kernel(0.1)
            window = {"start": to_ms(start, 0.1), "origin": to_ms(origin, 0.1)}
            if stop is not None:
                window["stop"] = to_ms(stop, 0.1)
            source = nest.Create(model, params=params | window)
            parrot, recorder = nest.Create("parrot_neuron"), nest.Create("spike_recorder")
            nest.Connect(source, parrot, syn_spec={"delay": 0.1})
            nest.Connect(parrot, recorder, syn_spec={"delay": 0.1})
            nest.Simulate(5.1)
            stamps = np.unique(np.rint(recorder.events["times"] / 0.1)).astype(int) - 1
            yield {"kind": "spike_window", "model": model, "params": params, "h": 0.1, "start": start, "stop": stop,
                   "origin": origin, "simulated": 50, "stamps": stamps.tolist()}


def rate_lists():
    """Which stamps have spikes where the rate is 1e6/s or nothing; or the error's name."""
    times, rates = ("rate_times", "rate_values"), [1e6, 0.0, 1e6, 0.0]
    for before, params in (
            (0, lists(times, [3, 8, 20, 31], rates, 0.1)), (0, lists(times, [1, 2, 3, 4], rates, 0.1)),
            (7, lists(times, [8, 9, 20, 31], rates, 0.1)), (7, lists(times, [7, 9, 20, 31], rates, 0.1)),
            (0, lists(times, [3, 3, 20, 31], rates, 0.1)), (0, lists(times, [3, 8, 20], rates, 0.1)),
            (0, {"rate_times": [1.0]}), (0, {"rate_values": [1.0]}), (0, lists(times, [5], [-10.0], 0.1)),
            (0, {times[0]: [0.35, 0.81, 2.0, 3.1], times[1]: rates}),
            (0, {times[0]: [0.35, 0.81, 2.0, 3.1], times[1]: rates, "allow_offgrid_times": True}),
            (0, {times[0]: [0.31, 0.35, 2.0, 3.1], times[1]: rates, "allow_offgrid_times": True})):
        fresh_kernel(0.1)
        source = nest.Create("inhomogeneous_poisson_generator")
        parrot, recorder = nest.Create("parrot_neuron"), nest.Create("spike_recorder")
        nest.Connect(source, parrot, syn_spec={"delay": 0.1})
        nest.Connect(parrot, recorder, syn_spec={"delay": 0.1})
        if before:
            nest.Simulate(to_ms(before, 0.1))
        case = {"kind": "rate_list", "h": 0.1, "before": before, "params": params, "simulated": 40}
        try:
            source.set(params)
        except nest.NESTError as error:
            yield case | {"error": type(error).__name__}
            continue
        nest.Simulate(to_ms(41 - before, 0.1))
        stamps = np.unique(np.rint(recorder.events["times"] / 0.1)).astype(int) - 1
        yield case | {"stamps": stamps.tolist()}


if __name__ == "__main__":
    parts = (currents, noise_changes, spike_windows, rate_lists)
    dump("generators", {"simulator": SIMULATOR}, [case for part in parts for case in part()])
