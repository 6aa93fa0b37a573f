"""Two populations with power-law STDP whose activity is set by the user: a benchmark whose load does not depend on its dynamics.

python two_population_stdp.py --neurons 12500 --inputs 1250
"""

import argparse
import math
import time

from psp import psp_peak

import ranvier


def build(net, n, inputs, model, delay=1.5):
    """n neurons of `inputs` connections each, 80 % of both excitatory. Returns all neurons."""
    n_ex, in_ex = int(0.8 * n), int(0.8 * inputs)
    weight = 0.5 / psp_peak(20.0, 250.0, 2.0)
    w_0, alpha, lambda_ = 1.0, 0.1, 20.0
    if model == "ignore_and_fire":
        values = dict(rate=ranvier.uniform(0.5, 1.5), phase=ranvier.uniform(0.01, 1.0), tau_minus=30.0)
    else:
        values = dict(E_L=0.0, C_m=250.0, tau_m=20.0, t_ref=2.0, V_th=20.0, V_reset=0.0, tau_minus=30.0)
        values.update(tau_syn_ex=2.0, tau_syn_in=2.0, V_m=ranvier.uniform(0.0, 20.0))
    ex, inh = net.create(model, n_ex, values), net.create(model, n - n_ex, values)
    everyone = ex + inh
    threshold_rate = 1000 * 20.0 * 250.0 / (weight * math.e * 20.0 * 2.0)
    noise = net.create("poisson_generator", rate=1.2 * threshold_rate)
    # Published with weights in units of w_0: dw = lambda w_0 (w / w_0)^mu.
    stdp = {
        "alpha": alpha * weight**0.6 / w_0**0.6,
        "lambda": lambda_ / 1000 * w_0**0.6,
        "mu": 0.4,
        "tau_plus": 15.0,
    }
    net.copy_model("stdp_pl_synapse_hom_hpc", "plastic", stdp, weight=weight, delay=delay)
    net.connect(ex, ex, ranvier.fixed_indegree(in_ex).without_autapses(), synapse="plastic")
    net.connect(ex, inh, ranvier.fixed_indegree(in_ex).without_autapses(), weight=weight, delay=delay)
    net.connect(
        inh,
        everyone,
        ranvier.fixed_indegree(inputs - in_ex).without_autapses(),
        weight=-10 * weight,
        delay=delay,
    )
    net.connect(noise, everyone, weight=weight, delay=delay)
    return everyone


def draw(net, everyone, initial, path):
    """Weights of plastic connections beside those before, and connections among some neurons of both populations."""
    import matplotlib.pyplot as plt

    from ranvier import plot

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    plot.weights(net.connections(synapse="plastic"), axes=left, color="C0")
    left.set_yscale("log")
    left.axvline(initial, color="k", ls="--", label="before")
    left.set(xlabel="weight (pA)", title="excitatory to excitatory")
    left.legend()
    n = len(everyone)
    some = everyone[n * 7 // 10 : n * 17 // 20]  # from both
    plot.matrix(net.connections(some, some), some, some, axes=right, vmin=-2 * initial, vmax=2 * initial)
    right.set(title="some excitatory, some inhibitory neurons")
    figure.savefig(path, dpi=150)


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--neurons", type=int, default=2500)
    parser.add_argument("--inputs", type=int, default=250)
    parser.add_argument("--model", choices=["ignore_and_fire", "iaf_psc_alpha"], default="ignore_and_fire")
    parser.add_argument("--time", type=float, default=1000.0, help="ms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figure", help="file for a picture of the weights and of who is connected to whom")
    a = parser.parse_args(argv)
    net = ranvier.Network(resolution=0.125, seed=a.seed)
    everyone = build(net, a.neurons, a.inputs, a.model)
    spikes = net.record(everyone)
    net.prepare()
    before = net.weight_summary("plastic")
    began = time.perf_counter()
    net.run(a.time)
    print(f"{a.time:g} ms in {time.perf_counter() - began:.2f} s, {spikes.rates().mean():.2f} spikes/s")
    print("weights before:", before)
    print("weights after: ", net.weight_summary("plastic"))
    if a.figure:
        draw(net, everyone, before["mean"], a.figure)
    return net


if __name__ == "__main__":
    main()
