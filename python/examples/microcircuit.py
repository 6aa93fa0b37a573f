"""Cortical microcircuit (Potjans & Diesmann 2014, Cereb Cortex 24:785), scaled; rates of its eight populations.

python microcircuit.py --scale 0.1 --time 500 --figure raster.png
"""

import argparse
import math
import time

import numpy as np

import ranvier

NAMES = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
P = np.array(  # [target][source]
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
V_MEAN = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43]
V_STD = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48]
K_EXT = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
FULL_RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])  # spikes/s, at full scale
TAU_M, TAU_SYN, C_M, G, BACKGROUND = 10.0, 0.5, 250.0, -4.0, 8.0


def current_per_potential():
    """pA for a postsynaptic potential of 1 mV."""
    s = 1 / (TAU_SYN - TAU_M)
    r = (TAU_M / TAU_SYN) ** s
    return 1 / (TAU_M * TAU_SYN / C_M * s * (r**TAU_M - r**TAU_SYN))


def build(net, scale):
    """Sizes and in-degrees times `scale`; weights grow and a current stands for the
    mean input that is missing. Returns the populations."""
    sizes = np.round(SIZES * scale).astype(int)
    pairs = np.outer(SIZES, SIZES).astype(float)
    synapses = np.log1p(-P) / np.log((pairs - 1) / pairs)  # at full scale
    weight = 0.15 * current_per_potential()
    mean = np.where(np.arange(8) % 2 == 0, weight, G * weight) * np.ones((8, 8))
    mean[0, 2] *= 2  # L4E -> L23E
    indegrees = synapses / SIZES[:, None]
    full_input = (mean * indegrees * FULL_RATES).sum(1) + weight * K_EXT * BACKGROUND
    missing = 0.001 * TAU_SYN * (1 - math.sqrt(scale)) * full_input
    populations = [
        net.create(
            "iaf_psc_exp",
            int(sizes[i]),
            dict(E_L=-65.0, V_th=-50.0, V_reset=-65.0, C_m=C_M, tau_m=TAU_M, t_ref=2.0),
            tau_syn_ex=TAU_SYN,
            tau_syn_in=TAU_SYN,
            V_m=ranvier.normal(V_MEAN[i], V_STD[i]),
            I_e=missing[i],
        )
        for i in range(8)
    ]
    for i, target in enumerate(populations):
        noise = net.create("poisson_generator", rate=BACKGROUND * K_EXT[i] * scale)
        net.connect(noise, target, weight=weight / math.sqrt(scale), delay=1.5)
        for j, source in enumerate(populations):
            n = int(round(synapses[i, j] * scale * scale))
            if n == 0:
                continue
            w = mean[i, j] / math.sqrt(scale)
            bounds = (0.0, math.inf) if w > 0 else (-math.inf, 0.0)
            delay = 1.5 if j % 2 == 0 else 0.75
            net.connect(
                source,
                target,
                ranvier.fixed_total_number(n),
                weight=ranvier.normal(w, 0.1 * abs(w)).redraw(*bounds),
                delay=ranvier.normal(delay, delay / 2).redraw(net.resolution / 2, math.inf),
            )
    return populations


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--time", type=float, default=500.0, help="ms measured, after 100 ms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figure", help="file of a raster plot")
    a = parser.parse_args(argv)
    net = ranvier.Network(seed=a.seed)
    populations = build(net, a.scale)
    recordings = {name: net.record(p) for name, p in zip(NAMES, populations)}
    began = time.perf_counter()
    net.prepare()
    print(f"{net.stats['connections']:,} connections built in {time.perf_counter() - began:.2f} s")
    net.run(100.0)
    began = time.perf_counter()
    net.run(a.time)
    factor = (time.perf_counter() - began) / (a.time * 1e-3)
    print(f"{net.stats['neurons']} neurons, real-time factor {factor:.2f}")
    for name, full in zip(NAMES, FULL_RATES):
        print(f"{name:5} {recordings[name].rates(100.0).mean():6.2f} spikes/s (full scale: {full})")
    if a.figure:
        from ranvier import plot

        above, _ = plot.raster(recordings, size=1.0)
        above.figure.savefig(a.figure, dpi=150)
    return net


if __name__ == "__main__":
    main()
