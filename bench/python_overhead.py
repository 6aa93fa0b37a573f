#!/usr/bin/env python3
"""What the Python package costs: single steps, resets, connections as lists, and hpc_benchmark beside the C++ program.

    venv/bin/python python_overhead.py --program ../build/bench/hpc_benchmark --json result.json

The interpreter is one in which the package is installed. The program and the script that drives the same network take
turns; figures are medians.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

import measuring
from compare_nest import processor
from measuring import middle, say, spread

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "..", "python", "examples", "balanced_network.py")


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--program", default=os.path.join(HERE, "..", "build", "bench", "hpc_benchmark"))
    p.add_argument("--scale", type=float, default=1.0, help="of hpc_benchmark (default 1)")
    p.add_argument("--threads", type=int, default=1, help="of hpc_benchmark (default 1)")
    p.add_argument("--connections", type=int, default=10_000_000, help="read as lists (default 10 million)")
    p.add_argument("--repeat", type=int, default=3, help="measurements of each (default 3)")
    p.add_argument("--json", metavar="FILE", help="write all measurements here")
    return p.parse_args()


def seconds(f, *arguments):
    began = time.perf_counter()
    f(*arguments)
    return time.perf_counter() - began


def single_steps(nest, n):
    nest.ResetKernel()
    nest.Create("iaf_psc_alpha")
    nest.Simulate(0.1)

    def steps():
        for _ in range(n):
            nest.Simulate(0.1)

    return seconds(steps)


def resets(nest, n):
    def networks():
        for _ in range(n):
            nest.ResetKernel()
            ten = nest.Create("iaf_psc_alpha", 10)
            nest.Connect(ten, ten)
            nest.Simulate(1.0)

    return seconds(networks)


def lists(nest, n):
    nest.ResetKernel()
    neurons = nest.Create("iaf_psc_alpha", 10000)
    nest.Connect(neurons, neurons, {"rule": "fixed_total_number", "N": n}, {"weight": nest.random.normal(1.0, 0.1)})
    nest.Simulate(0.1)
    return seconds(lambda: nest.GetConnections().get(["source", "target", "weight"]))


def driven(a):
    """(simulation in s, hashes) of the script."""
    said = subprocess.run([sys.executable, SCRIPT, "--scale", str(a.scale), "--threads", str(a.threads)],
                          capture_output=True, text=True, check=True).stdout
    return float(re.search(r"simulated in ([0-9.]+) s", said)[1]), re.search(r"hash: (.*)", said)[1].split()


def program(a):
    r = measuring.run([a.program, "--scale", a.scale, "--threads", a.threads, "--no-raster", "--quiet", "--json"],
                      "hpc_benchmark")
    return r["sim_seconds"], r


def main():
    a = parse()
    from ranvier import nest

    nest.set_verbosity("M_ERROR")
    found = {"10,000 single steps": [], "1,000 resets, networks and runs": [], f"{a.connections:,} connections": []}
    own, from_python, build = [], [], None
    for k in range(a.repeat):
        say(f"round {k + 1} of {a.repeat}")
        for name, value in zip(found, (single_steps(nest, 10000), resets(nest, 1000), lists(nest, a.connections))):
            found[name].append(value)
        nest.ResetKernel()
        t, build = program(a)
        own.append(t)
        t, hashes = driven(a)
        from_python.append(t)
        if [build["hashes"][of] for of in ("spikes", "weights", "state")] != hashes:
            sys.exit(f"the script's network is another one: {hashes}, not {build['hashes']}")
    found["hpc_benchmark, program"], found["hpc_benchmark, script"] = own, from_python
    ratio = middle(from_python) / middle(own)
    print(f"seconds, median of {a.repeat}; {processor()}")
    print(measuring.table([[n, f"{middle(v):.3f}", spread(v)] for n, v in found.items()], ["", "s", ""]))
    print(f"the script takes {100 * (ratio - 1):+.1f} % of the program's time")
    if a.json:
        with open(a.json, "w") as f:
            json.dump(dict(machine=processor(), build=build["build"], seconds=found, script_over_program=ratio), f, indent=1)


if __name__ == "__main__":
    main()
