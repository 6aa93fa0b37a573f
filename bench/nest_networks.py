#!/usr/bin/env python3
"""The benchmark networks on the reference simulator (PyNEST), one run a process.

Written from the published descriptions: hpc_benchmark (Morrison et al. 2007; Helias et al. 2012; Kunkel et al. 2014)
and the two-population network with power-law STDP. compare_nest.py and statistics_nest.py start this program; by
hand:

    python3 nest_networks.py hpc --scale 1 --threads 2 --json result.json
"""

import argparse
import contextlib
import json
import math
import os
import sys
import time


def parse(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("network", choices=["hpc", "static", "two_population", "neurons"],
                   help="hpc: power-law STDP on E->E; static: the same with constant weights")
    p.add_argument("--threads", type=int, default=1, help="threads of the simulator (default 1)")
    p.add_argument("--seed", type=int, default=1, help="seed of its random numbers (default 1)")
    p.add_argument("--json", metavar="FILE", help="write the results here (default: standard output)")
    p.add_argument("--spikes", metavar="FILE.npz", help="write the spikes of the recorded neurons here")
    p.add_argument("--record", type=int, default=1000, help="excitatory neurons whose spikes are kept (default 1000)")
    p.add_argument("--weights", type=int, default=0, metavar="N",
                   help="keep the plastic weights into the first N excitatory neurons (default 0)")
    p.add_argument("--scale", type=float, default=1.0, help="hpc: network size over 11,250 neurons (default 1)")
    p.add_argument("--presim", type=float, default=50.0, help="hpc: ms simulated before measuring (default 50)")
    p.add_argument("--simtime", type=float, default=250.0, help="ms simulated and measured (default 250)")
    p.add_argument("--eta", type=float, help="external rate over threshold rate (default 1.685; two_population 1.2)")
    p.add_argument("--neuron-model", default="ignore_and_fire", choices=["ignore_and_fire", "iaf_psc_alpha"],
                   help="two_population: (default ignore_and_fire)")
    p.add_argument("--N", type=int, default=12500, help="two_population: neurons (default 12500)")
    p.add_argument("--K", type=int, default=1250, help="two_population: inputs of a neuron (default 1250)")
    p.add_argument("--model", default="iaf_psc_alpha", help="neurons: the model (default iaf_psc_alpha)")
    p.add_argument("--neurons", type=int, default=60_000, help="neurons: how many (default 60000)")
    p.add_argument("--current", type=float, default=500.0, help="neurons: I_e in pA (default 500)")
    p.add_argument("--slice", type=float, default=1.5,
                   help="neurons: ms that the simulator advances them at a time (default 1.5; unconnected ones: 0.1)")
    return p.parse_args(arguments)


def lambert_wm1(x):
    """Lower real branch of Lambert's W, -1/e < x < 0."""
    low, high = -700.0, -1.0
    for _ in range(200):
        w = 0.5 * (low + high)
        low, high = (w, high) if w * math.exp(w) > x else (low, w)
    return 0.5 * (low + high)


def psp(t, tau_m, C_m, tau_syn):
    """Potential (mV) at time t after the onset of an alpha-shaped current of 1 pA."""
    b = 1.0 / tau_syn - 1.0 / tau_m
    return math.e / (tau_syn * C_m * b) * (
        (math.exp(-t / tau_m) - math.exp(-t / tau_syn)) / b - t * math.exp(-t / tau_syn))


def psp_peak(tau_m, C_m, tau_syn, sign=-1):
    """Its peak; with sign 1 beside it, as in the published two-population model (see common/psp.h)."""
    a = tau_syn / tau_m
    b = 1.0 / tau_syn - 1.0 / tau_m
    return psp((-lambert_wm1(-a * math.exp(sign * a)) - a) / b, tau_m, C_m, tau_syn)


class Clock:
    def __init__(self):
        self.seconds = {}

    @contextlib.contextmanager
    def measure(self, name):
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def memory(key):
    """Bytes of VmRSS or VmHWM."""
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith(key):
                return int(line.split()[1]) * 1024
    return 0


def build_hpc(nest, a, clock):
    tau_m, C_m, V_th, tau_syn, delay = 10.0, 250.0, 20.0, 0.32582722403722841, 1.5
    n_e, n_i = int(9000 * a.scale), int(2250 * a.scale)
    c_e, c_i = int(n_e / a.scale), int(n_i / a.scale)
    weight = 0.14 / psp_peak(tau_m, C_m, tau_syn)
    threshold_rate = V_th / (c_e * tau_m / C_m * weight * math.e * tau_syn)
    rate = (1.685 if a.eta is None else a.eta) * threshold_rate * c_e * 1000.0
    with clock.measure("create"):
        params = dict(E_L=0.0, C_m=C_m, tau_m=tau_m, t_ref=0.5, V_th=V_th, V_reset=0.0, tau_syn_ex=tau_syn,
                      tau_syn_in=tau_syn, tau_minus=30.0, V_m=nest.random.normal(5.7, 7.2))
        excitatory = nest.Create("iaf_psc_alpha", n_e, params=params)
        inhibitory = nest.Create("iaf_psc_alpha", n_i, params=params)
        noise = nest.Create("poisson_generator", params={"rate": rate})
        recorders = nest.Create("spike_recorder", 2)
    with clock.measure("connect"):
        nest.CopyModel("static_synapse_hpc", "ex", {"weight": weight, "delay": delay})
        nest.CopyModel("static_synapse_hpc", "in", {"weight": -5.0 * weight, "delay": delay})
        nest.CopyModel("static_synapse", "external", {"weight": weight, "delay": delay})
        plastic = "ex"
        if a.network == "hpc":
            plastic = "plastic"
            nest.CopyModel("stdp_pl_synapse_hom_hpc", plastic,
                           dict(alpha=0.0513, mu=0.4, tau_plus=15.0, weight=weight, delay=delay) | {"lambda": 0.1})
        nest.Connect(noise, excitatory + inhibitory, "all_to_all", {"synapse_model": "external"})

        def random(source, target, indegree, synapse):
            rule = dict(rule="fixed_indegree", indegree=indegree, allow_autapses=False, allow_multapses=True)
            nest.Connect(source, target, rule, {"synapse_model": synapse})

        random(excitatory, excitatory, c_e, plastic)
        random(inhibitory, excitatory, c_i, "in")
        random(excitatory, inhibitory, c_e, "ex")
        random(inhibitory, inhibitory, c_i, "in")
        connect_recorders(nest, a, excitatory, inhibitory, recorders)
    return excitatory, inhibitory, recorders, plastic if a.network == "hpc" else None


def build_two_population(nest, a, clock):
    tau_m, C_m, tau_s, theta, delay = 20.0, 250.0, 2.0, 20.0, 1.5
    n_e, k_e = int(0.8 * a.N), int(0.8 * a.K)
    n_i, k_i = a.N - n_e, a.K - k_e
    weight = 0.5 / psp_peak(tau_m, C_m, tau_s, sign=1)
    rate = (1.2 if a.eta is None else a.eta) * 1000.0 * theta * C_m / (weight * math.e * tau_m * tau_s)
    with clock.measure("create"):
        if a.neuron_model == "iaf_psc_alpha":
            params = dict(E_L=0.0, C_m=C_m, tau_m=tau_m, t_ref=2.0, V_th=theta, V_reset=0.0, tau_syn_ex=tau_s,
                          tau_syn_in=tau_s, tau_minus=30.0, I_e=0.0, V_m=nest.random.uniform(0.0, theta))
        else:
            params = dict(rate=nest.random.uniform(0.5, 1.5), phase=nest.random.uniform(0.01, 1.0), tau_minus=30.0)
        excitatory = nest.Create(a.neuron_model, n_e, params=params)
        inhibitory = nest.Create(a.neuron_model, n_i, params=params)
        noise = nest.Create("poisson_generator", params={"rate": rate})
        recorders = nest.Create("spike_recorder", 2)
    with clock.measure("connect"):
        nest.CopyModel("static_synapse_hpc", "ex", {"weight": weight, "delay": delay})
        nest.CopyModel("static_synapse_hpc", "in", {"weight": -10.0 * weight, "delay": delay})
        nest.CopyModel("static_synapse", "external", {"weight": weight, "delay": delay})
        nest.CopyModel("stdp_pl_synapse_hom_hpc", "plastic",
                       dict(alpha=0.1, mu=0.4, tau_plus=15.0, weight=weight, delay=delay) | {"lambda": 20.0})

        def random(source, target, indegree, synapse):
            rule = dict(rule="fixed_indegree", indegree=indegree, allow_autapses=False, allow_multapses=True)
            nest.Connect(source, target, rule, {"synapse_model": synapse})

        random(excitatory, excitatory, k_e, "plastic")
        random(excitatory, inhibitory, k_e, "ex")
        random(inhibitory, excitatory + inhibitory, k_i, "in")
        nest.Connect(noise, excitatory + inhibitory, "all_to_all", {"synapse_model": "external"})
        connect_recorders(nest, a, excitatory, inhibitory, recorders)
    return excitatory, inhibitory, recorders, "plastic"


def connect_recorders(nest, a, excitatory, inhibitory, recorders):
    if a.record > 0:
        nest.Connect(excitatory[:min(a.record, len(excitatory))], recorders[0])
        nest.Connect(inhibitory[:max(1, min(a.record // 4, len(inhibitory)))], recorders[1])


# Two elements in each list, as bench/neurons has.
SFA = {"tau_sfa": [34.0, 34.0], "q_sfa": [0.0, 0.0]}
STC = {"tau_stc": [10.0, 10.0], "q_stc": [0.0, 0.0]}
LISTS = {"pp_psc_delta": SFA, "gif_psc_exp": SFA | STC, "gif_cond_exp": SFA | STC, "glif_psc": {"tau_syn": [2.0, 2.0]},
         "iaf_psc_exp_multisynapse": {"tau_syn": [2.0, 2.0]}, "iaf_psc_alpha_multisynapse": {"tau_syn": [2.0, 2.0]}}


def build_neurons(nest, a, clock):
    """Unconnected neurons, kept above threshold; two more carry a connection whose delay makes the slices."""
    with clock.measure("create"):
        known = nest.GetDefaults(a.model)
        params = {"I_e": a.current}
        if "E_L" in known:
            params["V_m"] = nest.random.uniform(known["E_L"], known["E_L"] + 15.0)
        for name, two in LISTS.get(a.model, {}).items():
            params[name] = two
        nest.Create(a.model, a.neurons, params={k: v for k, v in params.items() if k in known})
        pair = nest.Create("parrot_neuron", 2)
    with clock.measure("connect"):
        nest.Connect(pair[0], pair[1], syn_spec={"delay": a.slice})
    return None, None, None, None


def weights_into(nest, excitatory, synapse, n):
    """Plastic weights into the first n excitatory neurons."""
    return nest.GetConnections(target=excitatory[: min(n, len(excitatory))], synapse_model=synapse).get("weight")


def simulate(nest, a, clock, phases):
    """Seconds and spikes of each phase; preparation (sorting of connections) on its own."""
    with clock.measure("prepare"):
        nest.Prepare()
    spikes = {}
    for name, duration in phases:
        if duration > 0:
            with clock.measure(name):
                nest.Run(duration)
            spikes[name] = int(nest.GetKernelStatus("local_spike_counter"))
    nest.Cleanup()
    return spikes


def statistics(recorder, first, last):
    """Spikes of one recorder in (first, last], sorted by sender and time."""
    import numpy as np
    events = recorder.get("events")
    keep = (events["times"] > first + 1e-9) & (events["times"] <= last + 1e-9)
    senders, times = events["senders"][keep], events["times"][keep]
    order = np.lexsort((times, senders))
    return senders[order], times[order]


def save_spikes(a, recorders, excitatory, inhibitory):
    import numpy as np
    columns = {}
    for name, recorder, nodes in (("ex", recorders[0], excitatory), ("in", recorders[1], inhibitory)):
        senders, times = statistics(recorder, 0.0, math.inf)
        columns[name + "_senders"], columns[name + "_times"] = senders, times
        columns[name + "_first"] = nodes[0].global_id
    np.savez(a.spikes, **columns)


def main():
    a = parse()
    os.environ.setdefault("PYNEST_QUIET", "1")
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):  # the banner
        import nest
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    dt = 0.125 if a.network == "two_population" else 0.1
    settings = dict(resolution=dt, local_num_threads=a.threads, rng_seed=a.seed, print_time=False)
    if a.network == "two_population":
        settings["tics_per_ms"] = round(128 / dt)
    nest.SetKernelStatus(settings)
    baseline = memory("VmRSS")

    clock = Clock()
    build = {"two_population": build_two_population, "neurons": build_neurons}.get(a.network, build_hpc)
    excitatory, inhibitory, recorders, plastic = build(nest, a, clock)
    phases = [("presim", a.presim if a.network in ("hpc", "static") else 0.0), ("sim", a.simtime)]
    before = memory("VmRSS")
    spikes = simulate(nest, a, clock, phases)

    s = clock.seconds
    neurons = a.neurons if a.network == "neurons" else len(excitatory) + len(inhibitory)
    connections = nest.GetKernelStatus("num_connections")
    synapses = connections - (neurons if a.network != "neurons" else 1)
    if a.record > 0 and recorders is not None:
        synapses -= min(a.record, len(excitatory)) + max(1, min(a.record // 4, len(inhibitory)))
    events = spikes["sim"] * synapses / neurons
    result = dict(simulator="NEST " + nest.__version__, network=a.network, seed=a.seed, threads=a.threads,
                  neurons=neurons, synapses=synapses, seconds=s,
                  build_seconds=s["create"] + s["connect"] + s["prepare"], simulate_seconds=s["sim"],
                  simulated_ms=a.simtime, spikes=spikes, synaptic_events=events,
                  synaptic_events_per_second=events / s["sim"],
                  neuron_updates_per_second=neurons * a.simtime / dt / s["sim"],
                  memory=dict(baseline=baseline, connected=before, final=memory("VmRSS"), peak=memory("VmHWM")))
    if recorders is not None and a.record > 0:
        n = min(a.record, len(excitatory))
        senders, times = statistics(recorders[0], a.presim if phases[0][1] else 0.0, math.inf)
        result["rate"] = len(times) / n / a.simtime * 1e3
        if a.spikes:
            save_spikes(a, recorders, excitatory, inhibitory)
    if a.weights and plastic:
        import numpy as np
        w = np.asarray(weights_into(nest, excitatory, plastic, a.weights))
        result["plastic_weights"] = dict(mean=float(w.mean()), std=float(w.std()), n=len(w))
        if a.spikes:
            np.save(os.path.splitext(a.spikes)[0] + ".weights.npy", w)
    text = json.dumps(result, indent=1)
    if a.json:
        with open(a.json, "w") as f:
            f.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    sys.exit(main())
