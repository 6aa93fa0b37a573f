#!/usr/bin/env python3
"""Are Ranvier's network statistics those of the reference simulator (PyPI: nest-simulator)?

    python3 statistics_nest.py --network static --seeds 20 --jobs 2

Both simulate the same network for a number of seeds. The random numbers differ, so runs are compared as samples of
one distribution: every quantity below has one value a run, and the two samples are compared with Welch's t test
(means) and the Kolmogorov-Smirnov test (distributions). Of all these tests together, one in a hundred comparisons of
two correct simulators raises a false alarm (--false-alarms; each test has its share of it, Bonferroni).

Quantities, all of the measured time: rates of both populations, coefficient of variation of inter-spike intervals
(neurons with more than four spikes), mean Pearson correlation of spike counts in bins of 5 ms (pairs of 200 neurons),
variance over mean of the population's spike count in bins of 1 ms, and where there are plastic weights their mean,
standard deviation and quantiles.

hpc_benchmark with plastic weights leaves its quiet state for some seeds: with --network hpc runs above --runaway
spikes/s are counted, the counts compared with Fisher's exact test, and the others compared as above. It is not
stationary; the sharp test is --network static.
"""

import argparse
import concurrent.futures
import json
import os
import sys
import tempfile

import numpy as np
from scipy import stats

import measuring
from measuring import say

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = ("static", "hpc", "two_population", "ignore_and_fire")


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--network", choices=NETWORKS, default="static",
                   help="static, hpc: hpc_benchmark with constant or plastic weights; two_population with iaf_psc_alpha; "
                        "ignore_and_fire: two_population with those (default static)")
    p.add_argument("--programs", default=os.path.join(HERE, "..", "build", "bench"),
                   help="folder of hpc_benchmark and two_population_stdp (default ../build/bench)")
    p.add_argument("--python", default=sys.executable, help="interpreter that imports nest (default: this one)")
    p.add_argument("--seeds", type=int, default=20, help="runs of each simulator (default 20)")
    p.add_argument("--first-seed", type=int, default=1, help="(default 1)")
    p.add_argument("--scale", type=float, default=1.0, help="hpc, static: size over 11,250 neurons (default 1)")
    p.add_argument("--presim", type=float, default=100.0, help="ms before measuring (default 100)")
    p.add_argument("--simtime", type=float, default=500.0, help="ms measured (default 500)")
    p.add_argument("--N", type=int, default=2500, help="two_population: neurons (default 2500)")
    p.add_argument("--K", type=int, default=250, help="two_population: inputs of a neuron (default 250)")
    p.add_argument("--record", type=int, default=1000, help="excitatory neurons recorded (default 1000)")
    p.add_argument("--threads", type=int, default=1, help="threads of each run (default 1)")
    p.add_argument("--jobs", type=int, default=1, help="runs at a time (default 1)")
    p.add_argument("--runaway", type=float, default=20.0, help="hpc: a run with a higher rate has left (1/s, default 20)")
    p.add_argument("--false-alarms", type=float, default=0.01, help="rate of false alarms (default 0.01)")
    p.add_argument("--json", metavar="FILE", help="write every run's quantities and the tests here")
    return p.parse_args()


def hpc_like(a):
    return a.network in ("static", "hpc")


# Spikes of one population of one run, senders sorted, and what can be said of them.

def cv_of_intervals(senders, times):
    values = []
    for train in trains_of(senders, times):
        if len(train) > 4:
            intervals = np.diff(np.sort(train))
            values.append(intervals.std() / intervals.mean())
    return float(np.mean(values)) if values else 0.0


def trains_of(senders, times):
    order = np.argsort(senders, kind="stable")
    senders, times = senders[order], times[order]
    return np.split(times, np.flatnonzero(np.diff(senders)) + 1) if len(senders) else []


def correlation(senders, times, first, begin, end, neurons=200, width=5.0):
    keep = senders < first + neurons
    bins = int(round((end - begin) / width))
    counts, _, _ = np.histogram2d(senders[keep], times[keep], bins=(neurons, bins),
                                  range=((first - 0.5, first + neurons - 0.5), (begin + 1e-6, end + 1e-6)))
    counts = counts[counts.std(axis=1) > 0]
    if len(counts) < 2:
        return 0.0
    c = np.corrcoef(counts)
    return float(c[np.triu_indices(len(c), 1)].mean())


def count_variability(times, begin, end):
    counts, _ = np.histogram(times, bins=int(round(end - begin)), range=(begin + 1e-6, end + 1e-6))
    return float(counts.var() / counts.mean()) if counts.mean() > 0 else 0.0


def quantities(a, populations, weights):
    """populations: name -> (senders, times, first id, recorded neurons)."""
    begin = a.presim
    end = a.presim + a.simtime
    result = {}
    for name, (senders, times, first, n) in populations.items():
        keep = (times > begin + 1e-6) & (times < end + 1e-6)
        senders, times = senders[keep], times[keep]
        result[f"rate {name}"] = len(times) / n / a.simtime * 1e3
        if name == "ex":
            if a.network != "ignore_and_fire":  # there each neuron is periodic and on its own
                result["CV of intervals"] = cv_of_intervals(senders, times)
                result["correlation"] = correlation(senders, times, first, begin, end)
            result["variance/mean of counts"] = count_variability(times, begin, end)
    if isinstance(weights, dict):
        result["weight mean"], result["weight std"] = weights["mean"], weights["std"]
    elif weights is not None:
        result["weight mean"], result["weight std"] = float(weights.mean()), float(weights.std())
        for q in (5, 50, 95):
            result[f"weight {q} %"] = float(np.percentile(weights, q))
    return result


def recorded(a):
    """Recorded neurons of both populations, the same for both simulators."""
    n_e, n_i = (int(9000 * a.scale), int(2250 * a.scale)) if hpc_like(a) else (int(0.8 * a.N), a.N - int(0.8 * a.N))
    return min(a.record, n_e), max(1, min(a.record // 4, n_i))


def theirs(a, seed, folder):
    spikes = os.path.join(folder, "spikes.npz")
    command = [a.python, os.path.join(HERE, "nest_networks.py"), a.network if hpc_like(a) else "two_population",
               "--threads", a.threads, "--seed", seed, "--record", a.record, "--spikes", spikes]
    if hpc_like(a):
        command += ["--scale", a.scale, "--presim", a.presim, "--simtime", a.simtime]
    else:
        command += ["--N", a.N, "--K", a.K, "--simtime", a.presim + a.simtime, "--neuron-model",
                    "iaf_psc_alpha" if a.network == "two_population" else "ignore_and_fire"]
    if a.network != "static":
        command += ["--weights", 100 if hpc_like(a) else a.N]
    r = measuring.run([*command, "--json"], "the reference simulator")
    data = np.load(spikes)
    populations = {name: (data[name + "_senders"], data[name + "_times"], int(data[name + "_first"]), n)
                   for name, n in zip(("ex", "in"), recorded(a))}
    weights = None
    if a.network == "hpc":
        weights = r["plastic_weights"]
    elif a.network != "static":
        weights = np.load(os.path.join(folder, "spikes.weights.npy"))
    return quantities(a, populations, weights)


def ours(a, seed, folder):
    prefix, table = os.path.join(folder, "spikes"), os.path.join(folder, "connections.tsv")
    n_ex, n_in = recorded(a)
    command = ["--threads", a.threads, "--seed", seed, "--spikes", prefix, "--no-raster", "--quiet"]
    if hpc_like(a):
        command = [os.path.join(a.programs, "hpc_benchmark"), *command, "--scale", a.scale, "--presim", a.presim,
                   "--simtime", a.simtime, "--record", n_ex, "--record-inhibitory", n_in]
        if a.network == "static":
            command.append("--static")
    else:
        command = [os.path.join(a.programs, "two_population_stdp"), *command, "--N", a.N, "--K", a.K, "--T",
                   a.presim + a.simtime, "--neuron-model",
                   "iaf_psc_alpha" if a.network == "two_population" else "ignore_and_fire", "--parameters",
                   os.path.join(folder, "parameters.json"), "--connectivity", table, "--connectivity-nodes",
                   f"1:{int(0.8 * a.N)}"]
    r = measuring.run([*command, "--json"], command[0])
    populations = {}
    for name, file, n in (("ex", "excitatory", n_ex), ("in", "inhibitory", n_in)):
        first = next(x["first_id"] for x in r["recordings"] if x["population"] == file)
        data = np.loadtxt(f"{prefix}-{file}.dat", skiprows=3, ndmin=2).reshape(-1, 2)
        data = data[data[:, 0] < first + n]
        populations[name] = (data[:, 0].astype(int), data[:, 1], first, n)
    weights = r.get("plastic_weights") if a.network == "hpc" else None
    if not hpc_like(a):
        weights = np.loadtxt(table, skiprows=3, usecols=2)
    return quantities(a, populations, weights)


def one(job):
    a, simulator, seed = job
    with tempfile.TemporaryDirectory() as folder:
        result = (theirs if simulator == "nest" else ours)(a, seed, folder)
    say(f"{simulator} seed {seed}: " + ", ".join(f"{k} {v:.4g}" for k, v in result.items()))
    return result


def compare(a, nest, ranvier):
    """Rows (quantity, test, p). Constant quantities must agree."""
    tests = []
    if a.network == "hpc":
        away = [[sum(r["rate ex"] > a.runaway for r in runs) for runs in (nest, ranvier)]]
        away.append([len(nest) - away[0][0], len(ranvier) - away[0][1]])
        tests.append(("runaways", f"Fisher, {away[0][0]} and {away[0][1]}", stats.fisher_exact(away).pvalue))
        nest, ranvier = ([r for r in runs if r["rate ex"] <= a.runaway] for runs in (nest, ranvier))
    if min(len(nest), len(ranvier)) < 3:
        say("fewer than three quiet runs: nothing else to compare")
        return tests, nest, ranvier
    for key in nest[0]:
        x, y = (np.array([r[key] for r in runs]) for runs in (nest, ranvier))
        if x.std() == 0 and y.std() == 0:
            tests.append((key, "equal", float(x[0] == y[0])))
            continue
        tests.append((key, "Welch", stats.ttest_ind(x, y, equal_var=False).pvalue))
        tests.append((key, "KS", stats.ks_2samp(x, y).pvalue))
    return tests, nest, ranvier


def report(a, tests, nest, ranvier):
    limit = a.false_alarms / len(tests)
    rows = []
    for key, test, p in tests:
        if nest and key in nest[0]:
            x, y = ([r[key] for r in runs] for runs in (nest, ranvier))
            cells = [f"{np.mean(v):.5g} ± {np.std(v, ddof=1):.2g}" for v in (x, y)]
        else:
            cells = ["", ""]
        rows.append([key, *cells, test, f"{p:.3g}", "" if p >= limit else "DIFFERENT"])
    print(f"{a.network}: {len(nest)} and {len(ranvier)} runs, mean ± standard deviation over seeds; "
          f"different if p < {limit:.2g} ({a.false_alarms:g} / {len(tests)} tests)")
    print(measuring.table(rows, ["", "reference", "Ranvier", "test", "p", ""]))
    return all(p >= limit for _, _, p in tests)


def main():
    a = parse()
    if a.seeds < 3:
        sys.exit("statistics_nest: error: --seeds must be at least 3")
    if a.network == "ignore_and_fire" and a.simtime < 1000:
        say("neurons fire about once a second: --simtime 2000 or more says more")
    seeds = range(a.first_seed, a.first_seed + a.seeds)
    jobs = [(a, simulator, seed) for seed in seeds for simulator in ("nest", "ranvier")]
    try:
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            results = list(pool.map(one, jobs))
    except measuring.Failed as e:
        sys.exit(f"statistics_nest: error: {e}")
    nest, ranvier = results[0::2], results[1::2]
    tests, quiet_nest, quiet_ranvier = compare(a, nest, ranvier)
    same = report(a, tests, quiet_nest, quiet_ranvier)
    if a.json:
        with open(a.json, "w") as f:
            json.dump(dict(options=vars(a), nest=nest, ranvier=ranvier, same=same,
                           tests=[dict(quantity=k, test=t, p=p) for k, t, p in tests]), f, indent=1)
    print("no difference found" if same else "THE TWO DIFFER")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
