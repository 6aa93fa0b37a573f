"""Windows, options and files of devices: tests/data/reference_devices.json."""

import os
import pathlib
import tempfile

import numpy as np
from common import SIMULATOR, dump, fresh_kernel, nest, to_ms, to_steps

# (start, stop, origin) in steps; None: infinite.
WINDOWS = ((0, None, 0), (0, 20, 0), (1, 20, 0), (2, 21, 0), (10, 11, 0), (10, 10, 0), (7, 30, 0), (0, 12, 5),
           (3, 9, 20), (25, None, 10), (1, 2, 0), (0, 1, 0))


def window(start, stop, origin, h):
    p = {"start": to_ms(start, h), "origin": to_ms(origin, h)}
    return p if stop is None else p | {"stop": to_ms(stop, h)}


def described(kind, h, start, stop, origin, **more):
    return {"kind": kind, "h": h, "start": start, "stop": stop, "origin": origin, **more}


def recorded(source, h, steps, delay=1):
    recorder = nest.Create("spike_recorder")
    nest.Connect(source, recorder, syn_spec={"delay": to_ms(delay, h)})
    nest.Simulate(to_ms(steps, h))
    return sorted(to_steps(recorder.events["times"], h))


def poisson_windows():
    """All stamps of a generator that fires in every active step (mean 100 spikes a step)."""
    for h in (0.1, 0.05, 1.0):
        for start, stop, origin in WINDOWS:
            fresh_kernel(h)
            source = nest.Create("poisson_generator", params={"rate": 1e5 / h, **window(start, stop, origin, h)})
            stamps = np.unique(recorded(source, h, 50)).tolist()
            assert stamps == list(range(stamps[0], stamps[-1] + 1)) if stamps else True
            yield described("poisson_window", h, start, stop, origin, simulated=50, stamps=stamps)


def spike_generator_windows():
    """Which of the stamps 1 ... 50 (relative to origin) a spike_generator emits."""
    for h in (0.1, 1.0):
        for start, stop, origin in WINDOWS:
            fresh_kernel(h)
            source = nest.Create("spike_generator", params={"spike_times": to_ms(range(1, 51), h),
                                                            **window(start, stop, origin, h)})
            yield described("spike_generator_window", h, start, stop, origin, simulated=60,
                            stamps=recorded(source, h, 60))


def recorder_windows():
    """Which of the stamps 1 ... 50 a spike_recorder keeps."""
    for h in (0.1, 1.0):
        for start, stop, origin in WINDOWS:
            fresh_kernel(h)
            source = nest.Create("spike_generator", params={"spike_times": to_ms(range(1, 51), h)})
            recorder = nest.Create("spike_recorder", params=window(start, stop, origin, h))
            nest.Connect(source, recorder, syn_spec={"delay": h})
            nest.Simulate(to_ms(60, h))
            yield described("spike_recorder_window", h, start, stop, origin, simulated=60,
                            stamps=sorted(to_steps(recorder.events["times"], h)))


def current_windows():
    """Stamps at which V_m of a nearly perfect integrator has changed by a dc_generator's current."""
    for h in (0.1, 1.0):
        for start, stop, origin in WINDOWS:
            for delay in (1, 2, 7):
                fresh_kernel(h)
                neuron = nest.Create("iaf_psc_delta", params={"tau_m": 1e6, "E_L": 0.0, "V_m": 0.0, "V_th": 1e6})
                source = nest.Create("dc_generator", params={"amplitude": 100.0, **window(start, stop, origin, h)})
                nest.Connect(source, neuron, syn_spec={"delay": to_ms(delay, h)})
                meter = nest.Create("multimeter", params={"interval": h, "record_from": ["V_m"]})
                nest.Connect(meter, neuron, syn_spec={"delay": h})
                nest.Simulate(to_ms(80, h))
                V = np.concatenate([[0.0], meter.events["V_m"]])
                changed = (np.flatnonzero(np.diff(V) > 0.5 * 100.0 * h / 250.0) + 1).tolist()
                yield described("dc_window", h, start, stop, origin, delay=delay, simulated=len(V) - 1,
                                changed_at=changed)


def spike_generator_options():
    """What a spike_generator makes of spike_times (ms): gridded times and emitted stamps, or the error's name."""
    grid, off = [0.1, 1.0, 1.0, 2.5, 3.0], [0.55, 1.0, 1.05, 2.5000004, 2.50006]
    options = [
        (0.0, {"spike_times": grid}), (0.0, {"spike_times": off}), (0.0, {"spike_times": [0.0, 1.0]}),
        (0.0, {"spike_times": [2.0, 1.0]}), (0.0, {"spike_times": [-1.0, 1.0]}), (0.0, {"spike_times": []}),
        (0.0, {"spike_times": off, "allow_offgrid_times": True}),
        (0.0, {"spike_times": [0.0, 1.0], "shift_now_spikes": True}),
        (0.0, {"spike_times": [0.0, 0.04, 0.1], "shift_now_spikes": True, "allow_offgrid_times": True}),
        (0.0, {"spike_times": grid, "spike_weights": [1.0, 2.0]}),
        (0.0, {"spike_times": grid, "spike_multiplicities": [1, 2, 1, 0, 3]}),
        (0.0, {"spike_times": grid, "spike_multiplicities": [1, 2]}),
        (0.0, {"spike_times": grid, "spike_weights": [1.0, -2.0, 0.5, 0.0, 3.0]}),
        (0.0, {"spike_times": off, "precise_times": True, "allow_offgrid_times": True}),
        (0.0, {"spike_times": grid, "origin": 1.0}), (0.0, {"spike_times": grid, "origin": 1.0, "start": 1.0}),
        (0.0, {"spike_times": grid, "origin": 0.5, "start": 0.5, "stop": 2.0}),
        (0.0, {"spike_times": grid, "start": 2.0, "stop": 1.0}), (0.0, {"spike_times": grid, "start": 0.05}),
        (0.0, {"spike_times": grid, "origin": -1.0}),
        # Set after 2 ms: past spikes are skipped, a spike at the present time is shifted if asked for.
        (2.0, {"spike_times": grid}), (2.0, {"spike_times": [2.0, 2.1, 3.0]}),
        (2.0, {"spike_times": [2.0, 2.1, 3.0], "shift_now_spikes": True}),
        (2.0, {"spike_times": [1.0, 2.0, 2.1], "shift_now_spikes": True}),
        (2.0, {"spike_times": [1.0, 2.1], "origin": 1.0, "shift_now_spikes": True}),
    ]
    for before, params in options:
        fresh_kernel(0.1)
        source = nest.Create("spike_generator")
        recorder = nest.Create("spike_recorder")
        nest.Connect(source, recorder, syn_spec={"delay": 0.1})
        if before:
            nest.Simulate(before)
        case = {"kind": "spike_generator_options", "h": 0.1, "simulated_before": to_steps([before], 0.1)[0],
                "params": params}
        try:
            source.set(params)
        except nest.NESTError as error:
            yield case | {"error": type(error).__name__}
            continue
        nest.Simulate(6.0)
        yield case | {"spike_times": source.spike_times, "stamps": sorted(to_steps(recorder.events["times"], 0.1))}


SAMPLING = ((1, 0), (2, 0), (5, 0), (7, 0), (10, 0), (1, 1), (1, 2), (5, 1), (5, 2), (5, 5), (5, 7), (10, 3), (10, 25),
            (30, 0))  # interval, offset in steps
RUNS = ((1, 0, (50,)), (10, 0, (50, 13, 30)), (7, 0, (50, 1)), (10, 23, (50, 20)))  # min_delay, connected at, lengths


def multimeter_samples():
    """Stamps present after each of several runs; a slice (min_delay) is missing at the end of each."""
    for interval, offset in SAMPLING:
        for min_delay, connected_at, runs in RUNS:
            fresh_kernel(0.1)
            neuron = nest.Create("iaf_psc_alpha")
            nest.Connect(neuron, neuron, syn_spec={"delay": to_ms(min_delay, 0.1)})
            if connected_at:
                nest.Simulate(to_ms(connected_at, 0.1))
            meter = nest.Create("multimeter", params={"interval": to_ms(interval, 0.1), "offset": to_ms(offset, 0.1),
                                                      "record_from": ["V_m"]})
            nest.Connect(meter, neuron, syn_spec={"delay": to_ms(min_delay, 0.1)})
            present = []
            for run in runs:
                nest.Simulate(to_ms(run, 0.1))
                present.append(to_steps(meter.events["times"], 0.1))
            yield {"kind": "multimeter_samples", "h": 0.1, "interval": interval, "offset": offset,
                   "min_delay": min_delay, "connected_at": connected_at, "runs": runs, "stamps_after_run": present}


def ascii_files():
    """Name and text of the files of one spike_recorder and one multimeter."""
    variants = (({}, {}), ({"precision": 6, "label": "mine", "file_extension": "txt"}, {}),
                ({"time_in_steps": True}, {}), ({}, {"data_prefix": "run1_"}), ({"precision": 1}, {"before": 12}),
                ({}, {"after": 12}))
    for params, kernel in variants:
        fresh_kernel(0.1)
        with tempfile.TemporaryDirectory() as folder:
            nest.data_path = folder
            nest.data_prefix = kernel.get("data_prefix", "")
            if "before" in kernel:  # more nodes, so that ids have two digits
                nest.Create("parrot_neuron", kernel["before"])
            neuron = nest.Create("iaf_psc_exp", params={"I_e": 1000.0})
            recorder = nest.Create("spike_recorder", params={"record_to": "ascii", **params})
            meter = nest.Create("multimeter", params={"record_to": "ascii", "interval": 0.5,
                                                      "record_from": ["V_m", "I_syn_ex"], **params})
            if "after" in kernel:
                nest.Create("parrot_neuron", kernel["after"])
            nest.Connect(neuron, recorder)
            nest.Connect(meter, neuron)
            nest.Simulate(20.0)
            files = {name: pathlib.Path(folder, name).read_text() for name in sorted(os.listdir(folder))}
        yield {"kind": "ascii_files", "h": 0.1, "params": params, "kernel": kernel, "simulated": 200, "files": files}


if __name__ == "__main__":
    parts = (poisson_windows, spike_generator_windows, recorder_windows, current_windows, spike_generator_options,
             multimeter_samples, ascii_files)
    dump("devices", {"simulator": SIMULATOR}, [case for part in parts for case in part()])
