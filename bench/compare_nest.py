#!/usr/bin/env python3
"""Ranvier and the reference simulator (PyPI: nest-simulator) on one machine: build, simulate, events/s, memory.

    python3 compare_nest.py --program ../build/bench/hpc_benchmark --repeat 3

Each run is a process of its own; runs of the two take turns, so that a machine that slows down or speeds up does so
for both; the table has medians. Synaptic events are, for both alike, spikes during the measured time times inputs
per neuron, since the mean out-degree is the in-degree. The networks' random numbers differ, and with them their
spikes: compare events per second, not seconds, of the simulation.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

import measuring
from measuring import middle, say, spread

HERE = os.path.dirname(os.path.abspath(__file__))


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--network", choices=["hpc", "static", "neurons"], default="hpc",
                   help="hpc: power-law STDP; static: the same with constant weights; neurons: update alone (default hpc)")
    p.add_argument("--program", help="hpc_benchmark or, for --network neurons, neurons (default: in ../build/bench)")
    p.add_argument("--python", default=sys.executable, help="interpreter that imports nest (default: this one)")
    p.add_argument("--scale", type=float, default=1.0, help="network size over 11,250 neurons (default 1)")
    p.add_argument("--presim", type=float, default=50.0, help="ms simulated before measuring (default 50)")
    p.add_argument("--simtime", type=float, default=250.0, help="ms simulated and measured (default 250)")
    p.add_argument("--threads", type=int, default=1, help="threads of both (default 1)")
    p.add_argument("--repeat", type=int, default=3, help="runs of each (default 3)")
    p.add_argument("--seed", type=int, default=1, help="seed of the first run; later ones count up (default 1)")
    p.add_argument("--record", type=int, default=1000, help="recorded excitatory neurons (default 1000)")
    p.add_argument("--models", nargs="+", default=["iaf_psc_alpha", "iaf_psc_exp"],
                   help="neurons: models, or all (default iaf_psc_alpha iaf_psc_exp)")
    p.add_argument("--neurons", nargs="+", type=int, default=[11250, 60000], choices=[1000, 11250, 60000],
                   help="neurons: how many (default 11250 60000)")
    p.add_argument("--slices", nargs="+", type=int, default=[15, 1], choices=[15, 1],
                   help="neurons: steps that are advanced at a time (default 15 1)")
    p.add_argument("--json", metavar="FILE", help="write all runs and ratios here")
    return p.parse_args()


def processor():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return f"{names[0]}, {len(names)} processors" if names else platform.processor()


def theirs(a, seed):
    r = measuring.run([a.python, os.path.join(HERE, "nest_networks.py"), a.network, "--threads", a.threads, "--seed", seed,
                       "--scale", a.scale, "--presim", a.presim, "--simtime", a.simtime, "--record", a.record, "--json"],
                      "the reference simulator")
    return dict(name=r["simulator"], build=r["build_seconds"], sim=r["simulate_seconds"], rate=r.get("rate", 0.0),
                events=r["spikes"]["sim"] * inputs(a), peak=r["process"]["peak_bytes"], all=r)


def ours(a, seed):
    command = [a.program, "--threads", a.threads, "--seed", seed, "--scale", a.scale, "--presim", a.presim, "--simtime",
               a.simtime, "--record", a.record, "--no-raster", "--quiet"]
    if a.network == "static":
        command.append("--static")
    r = measuring.run([*command, "--json"], "hpc_benchmark")
    return dict(name="Ranvier " + r["build"]["version"], build=r["build_seconds"], sim=r["sim_seconds"],
                rate=r.get("rate", 0.0), events=r["spikes"] * inputs(a), peak=r["process"]["peak_bytes"], all=r)


def inputs(a):
    """Recurrent inputs of a neuron."""
    return int(int(9000 * a.scale) / a.scale) + int(int(2250 * a.scale) / a.scale)


def compare_networks(a):
    runs = {"nest": [], "ranvier": []}
    for k in range(a.repeat):
        for name, start in (("nest", theirs), ("ranvier", ours)):
            say(f"run {k + 1} of {a.repeat}: {name}")
            runs[name].append(start(a, a.seed + k))

    def values(name, key):
        return [r[key] for r in runs[name]]

    for name in runs:
        for r in runs[name]:
            r["events_per_second"] = r["events"] / r["sim"]
    # (text, key, divisor, unit, whether more is better)
    quantities = [("construction, preparation included", "build", 1, "s", False),
                  (f"simulation of {a.simtime:g} ms", "sim", 1, "s", False),
                  ("synaptic events per second", "events_per_second", 1e6, "million", True),
                  ("peak memory", "peak", 1e6, "MB", False),
                  ("rate of excitatory neurons", "rate", 1, "1/s", None)]
    rows, ratios = [], {}
    for text, key, divisor, unit, more in quantities:
        n, r = values("nest", key), values("ranvier", key)
        ratio = ""
        if more is not None and middle(n) and middle(r):
            ratios[key] = middle(r) / middle(n) if more else middle(n) / middle(r)
            ratio = f"{ratios[key]:.1f} times" if key != "peak" else f"{100 / ratios[key]:.1f} %"
        rows.append([f"{text} ({unit})", f"{middle(n) / divisor:.2f}", spread(n), f"{middle(r) / divisor:.2f}", spread(r),
                     ratio])
    print(f"{a.network}, scale {a.scale:g}, {a.threads} thread(s), median of {a.repeat}; {processor()}")
    print(measuring.table(rows, ["", runs["nest"][0]["name"], "", runs["ranvier"][0]["name"], "", "ratio"]))
    return dict(runs=runs, ratios=ratios)


def all_models(a):
    """Those that the benchmark has and the reference too."""
    listed = subprocess.run([a.program, "--benchmark_list_tests"], capture_output=True, text=True, check=True).stdout
    return list(dict.fromkeys(line.split("/")[0] for line in listed.splitlines() if "/" in line))


def compare_neurons(a):
    """Updates per second of unconnected neurons; the reference in a network advances them by slices of its least
    delay, by single steps if nothing is connected."""
    rows, all_runs = [], []
    for model in all_models(a) if a.models == ["all"] else a.models:
        for n in a.neurons:
            for steps in a.slices:
                nest, ranvier = [], []
                for k in range(a.repeat):
                    say(f"run {k + 1} of {a.repeat}: {n} {model}, slices of {steps}")
                    r = measuring.run([a.program, f"--benchmark_filter=^{model}/neurons:{n}/slice:{steps}/manual_time$",
                                       "--benchmark_out_format=json", "--benchmark_min_time=1", OUT], "neurons")
                    own = r["benchmarks"][0]
                    ranvier.append(own["items_per_second"])
                    r = measuring.run([a.python, os.path.join(HERE, "nest_networks.py"), "neurons", "--model", model,
                                       "--neurons", n, "--slice", steps * 0.1, "--current", own["I_e"],
                                       "--simtime", a.simtime, "--json"], "the reference simulator")
                    nest.append(r["neuron_updates_per_second"])
                rows.append([f"{n} {model}, slices of {steps}", f"{middle(nest) / 1e6:.1f}", spread(nest),
                             f"{middle(ranvier) / 1e6:.1f}", spread(ranvier), f"{middle(ranvier) / middle(nest):.1f} times"])
                all_runs.append(dict(model=model, neurons=n, steps=steps, nest=nest, ranvier=ranvier))
    print(f"million neuron updates per second on one core, median of {a.repeat}; {processor()}")
    print(measuring.table(rows, ["", "reference", "", "Ranvier", "", "ratio"]))
    return dict(runs=all_runs)


OUT = "--benchmark_out="  # joined with the file's name by measuring.run


def main():
    a = parse()
    if not a.program:
        program = "neurons" if a.network == "neurons" else "hpc_benchmark"
        a.program = os.path.join(HERE, "..", "build", "bench", program)
    if not os.access(a.program, os.X_OK):
        sys.exit(f"compare_nest: error: {a.program} is no program; build it, or say where it is with --program")
    try:
        result = compare_neurons(a) if a.network == "neurons" else compare_networks(a)
    except measuring.Failed as e:
        sys.exit(f"compare_nest: error: {e}")
    if a.json:
        result |= dict(options=vars(a), processor=processor())
        with open(a.json, "w") as f:
            json.dump(result, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
