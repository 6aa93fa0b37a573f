"""Pulse packets, correlation detectors and weight recorders: tests/data/reference_recorders.json."""

import numpy as np
from common import SIMULATOR, dump, fresh_kernel, nest, to_ms, to_steps
from devices import WINDOWS, described, window


def packet_windows():
    """Stamps and numbers of spikes of packets of 3 without spread, one centre in each of 50 steps. Slices of one step."""
    for h in (0.1, 1.0):
        for start, stop, origin in WINDOWS:
            fresh_kernel(h)
            source = nest.Create("pulsepacket_generator", params={
                "pulse_times": to_ms(range(0, 50), h), "activity": 3, **window(start, stop, origin, h)})
            recorder = nest.Create("spike_recorder")
            nest.Connect(source, recorder, syn_spec={"delay": h})
            nest.Simulate(to_ms(60, h))
            stamps, counts = np.unique(to_steps(recorder.events["times"], h), return_counts=True)
            yield described("packet_window", h, start, stop, origin, stamps=stamps.tolist(), counts=counts.tolist())


def packet_times():
    """Centres that are not on the grid, not sorted, in the past."""
    for times in ([1.0, 2.04, 2.05, 2.06, 2.1], [3.0, 1.0, 2.0], [-0.5, 0.0, 0.05], [1.0, 1.0, 1.04], []):
        fresh_kernel(0.1)
        source = nest.Create("pulsepacket_generator", params={"pulse_times": times, "activity": 2})
        recorder = nest.Create("spike_recorder")
        nest.Connect(source, recorder, syn_spec={"delay": 0.1})
        nest.Simulate(5.0)
        yield {"kind": "packet_times", "h": 0.1, "pulse_times": times,
               "stamps": sorted(to_steps(recorder.events["times"], 0.1))}


def packet_spread():
    """A histogram of stamps of one large packet."""
    fresh_kernel(0.1)
    source = nest.Create("pulsepacket_generator", params={"pulse_times": [20.0], "activity": 100000, "sdev": 1.5})
    recorder = nest.Create("spike_recorder")
    nest.Connect(source, recorder, syn_spec={"delay": 0.1})
    nest.Simulate(40.0)
    stamps, counts = np.unique(to_steps(recorder.events["times"], 0.1), return_counts=True)
    yield {"kind": "packet_spread", "h": 0.1, "centre": 20.0, "sdev": 1.5, "activity": 100000,
           "stamps": stamps.tolist(), "counts": counts.tolist()}


def train(rng, h, n, until, multiple):
    times = np.sort(rng.choice(np.arange(1, until), n, replace=False))
    multiplicities = rng.integers(1, 4, n) if multiple else np.ones(n, int)
    return {"spike_times": to_ms(times.tolist(), h), "spike_multiplicities": multiplicities.tolist()}


def correlations():
    """What a detector has after spikes of three generators, or of relays of theirs, two on receptor 0. Slices of one step: longer ones let the
    reference take spikes of a slice out of order."""
    rng = np.random.default_rng(1)
    settings = [{}, {"delta_tau": 0.3, "tau_max": 2.1}, {"delta_tau": 0.2, "tau_max": 1.0},
                {"tau_max": 0.0, "delta_tau": 0.1}, {"Tstart": 5.0, "Tstop": 15.0}, {"Tstart": 4.97, "Tstop": 15.02},
                {"start": 3.0, "stop": 12.0, "origin": 1.0}, {"delta_tau": 1.0, "tau_max": 20.0}]
    cases = [(given, multiple, False) for given in settings for multiple in (False, True)]
    cases += [(given, True, True) for given in settings + [{"Tstop": 0.7}, {"Tstart": 0.7, "Tstop": 12.3}]]
    for given, multiple, relayed in cases:
        fresh_kernel(0.1)
        # The last spikes of relays would come after the end.
        trains = [train(rng, 0.1, 60, 199 if relayed else 200, multiple) for _ in range(3)]
        detector = nest.Create("correlation_detector", params=given)
        connections = [(0, 1.0), (0, -0.7), (1, 2.3)]
        for values, (receptor, weight) in zip(trains, connections):
            source = nest.Create("spike_generator", params=values)
            if relayed:
                relay = nest.Create("parrot_neuron")
                nest.Connect(source, relay, syn_spec={"delay": 0.1})
                source = relay
            nest.Connect(source, detector, syn_spec={"receptor_type": receptor, "weight": weight, "delay": 0.1})
        nest.Simulate(20.0)
        names = ("histogram", "histogram_correction", "count_histogram", "n_events")
        yield {"kind": "correlation", "h": 0.1, "params": given, "trains": trains, "connections": connections,
               "relayed": relayed, "simulated": 200} | {name: np.asarray(detector.get(name)).tolist() for name in names}


SYNAPSES = {
    "static_synapse": {"weight": 3.5},
    "static_synapse_hom_w": {},
    "stdp_synapse": {"weight": 20.0, "lambda": 0.1, "alpha": 1.1},
    "stdp_synapse_hom": {"weight": 20.0},
    "stdp_pl_synapse_hom": {"weight": 20.0},
    "stdp_triplet_synapse": {"weight": 10.0},
    "vogels_sprekeler_synapse": {"weight": 0.5},
    "tsodyks_synapse": {"weight": 10.0},
    "tsodyks2_synapse": {"weight": 10.0, "U": 0.3, "tau_fac": 50.0},
}


def weights():
    """What is sent through synapses between relays; their other inputs do not act on plasticity. Some spikes come twice in
    a step."""
    rng = np.random.default_rng(2)
    for model, parameters in SYNAPSES.items():
        for delay in (0.1, 1.3):
            fresh_kernel(0.1)
            pre, post = nest.Create("parrot_neuron", 3), nest.Create("parrot_neuron", 2)
            trains = [train(rng, 0.1, 25, 700, i == 0) for i in range(5)]
            for node, values in zip([*pre, *post], trains):
                nest.Connect(nest.Create("spike_generator", params=values), node, syn_spec={"delay": 0.1})
            recorder = nest.Create("weight_recorder")
            nest.SetDefaults(model, {"weight_recorder": recorder})
            nest.Connect(pre, post, syn_spec={"synapse_model": model, "receptor_type": 1, "delay": delay, **parameters})
            nest.Simulate(75.0)
            e = recorder.events
            rows = sorted(zip(to_steps(e["times"], 0.1), *(e[k].tolist() for k in
                          ("senders", "ports", "targets", "receptors", "weights"))), key=lambda r: r[:3])
            yield {"kind": "weights", "h": 0.1, "model": model, "params": parameters, "delay": delay, "trains": trains,
                   "simulated": 750, "rows": rows}


if __name__ == "__main__":
    parts = (packet_windows, packet_times, packet_spread, correlations, weights)
    dump("recorders", {"simulator": SIMULATOR}, [case for part in parts for case in part()])
