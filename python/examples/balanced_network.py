"""Balanced random network with power-law STDP (Morrison et al. 2007), the field's hpc_benchmark: 11,250 inputs a neuron.

python balanced_network.py --scale 0.1 --figure raster.png
"""

import argparse
import math
import time

from psp import psp_peak

import ranvier

TAU_M, C_M, TAU_SYN, V_TH = 10.0, 250.0, 0.32582722403722841, 20.0


def build(net, scale, weight=None, rate=None, record=1000):
    """The network; weight (pA) and rate (1/s) of the noise follow from the parameters if not given. Returns the recording."""
    n_ex, n_in = int(9000 * scale), int(2250 * scale)
    in_ex, in_in = int(n_ex / scale), int(n_in / scale)
    if weight is None:
        weight = 0.14 / psp_peak(TAU_M, C_M, TAU_SYN)
    if rate is None:
        rate = 1.685 * V_TH / (in_ex * TAU_M / C_M * weight * math.e * TAU_SYN) * in_ex * 1000
    neuron = dict(E_L=0.0, C_m=C_M, tau_m=TAU_M, t_ref=0.5, V_th=V_TH, V_reset=0.0)
    neuron.update(tau_syn_ex=TAU_SYN, tau_syn_in=TAU_SYN, tau_minus=30.0, V_m=ranvier.normal(5.7, 7.2))
    ex, inh = net.create("iaf_psc_alpha", n_ex, neuron), net.create("iaf_psc_alpha", n_in, neuron)
    noise = net.create("poisson_generator", rate=rate)
    net.copy_model("static_synapse_hpc", "excitatory", weight=weight, delay=1.5)
    net.copy_model("static_synapse_hpc", "inhibitory", weight=-5 * weight, delay=1.5)
    stdp = {"alpha": 0.0513, "lambda": 0.1, "mu": 0.4, "tau_plus": 15.0}
    net.copy_model("stdp_pl_synapse_hom_hpc", "plastic", stdp, weight=weight, delay=1.5)
    from_ex = ranvier.fixed_indegree(in_ex).without_autapses()
    from_in = ranvier.fixed_indegree(in_in).without_autapses()
    net.connect(noise, ex + inh, synapse="excitatory")
    net.connect(ex, ex, from_ex, synapse="plastic")
    net.connect(inh, ex, from_in, synapse="inhibitory")
    net.connect(ex, inh, from_ex, synapse="excitatory")
    net.connect(inh, inh, from_in, synapse="inhibitory")
    return net.record(ex[: min(record, n_ex)])


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scale", type=float, default=0.1, help="1: 11,250 neurons; runs away where it is small"
    )
    parser.add_argument("--presim", type=float, default=50.0, help="ms")
    parser.add_argument("--simtime", type=float, default=250.0, help="ms")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weight", type=float, help="pA")
    parser.add_argument("--rate", type=float, help="of the noise, 1/s")
    parser.add_argument("--figure", help="file of a raster plot")
    a = parser.parse_args(argv)
    net = ranvier.Network(seed=a.seed, threads=a.threads)
    spikes = build(net, a.scale, a.weight, a.rate)
    began = time.perf_counter()
    net.prepare()
    print(f"{net.stats['connections']:,} connections built in {time.perf_counter() - began:.2f} s")
    net.run(a.presim)
    began = time.perf_counter()
    net.run(a.simtime)
    seconds = time.perf_counter() - began
    print(f"{a.simtime:g} ms simulated in {seconds:.3f} s, {spikes.rates(a.presim).mean():.2f} spikes/s")
    print("weights:", {k: round(v, 3) for k, v in net.weight_summary("plastic").items()})
    print("hash: " + " ".join(f"{x:016x}" for x in net.hash()))
    if a.figure:
        from ranvier import plot

        above, _ = plot.raster(spikes)
        above.figure.savefig(a.figure, dpi=150)
    return net


if __name__ == "__main__":
    main()
