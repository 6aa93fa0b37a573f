"""Balanced random network in PyNN, after Brunel (2000, J Comput Neurosci 8:183): the same script on Ranvier and on NEST.

python pynn_balanced.py ranvier --cell IF_curr_delta --figure raster.png
"""

import argparse
import importlib
import time

import numpy as np

#: of 200 excitatory synapses, for steps of 0.2 mV: mV, or nA of a current that decays with 1 ms; of fewer ones more
WEIGHTS = {"IF_curr_delta": 0.2, "IF_curr_exp": 0.05}


def build(sim, cell="IF_curr_exp", n=2500, g=5.0, rate=50.0, p=0.1):
    """The network. Returns its excitatory and inhibitory cells.

    Parameters
    ----------
    sim : module
        Of PyNN.
    cell : {"IF_curr_exp", "IF_curr_delta"}
    n : int
        Cells, a fifth of them inhibitory.
    g : float
        Inhibitory weights by excitatory ones.
    rate : float
        Of each external input, spikes/s; there are as many as excitatory inputs.
    p : float
        Probability of a connection.
    """
    n_e = n * 4 // 5
    weight = WEIGHTS[cell] * 200 / (p * n_e)
    parameters = dict(cm=0.25, tau_m=20.0, v_rest=0.0, v_reset=10.0, v_thresh=20.0, tau_refrac=2.0)
    if cell == "IF_curr_exp":
        parameters.update(tau_syn_E=1.0, tau_syn_I=1.0)
    kind = getattr(sim, cell)(**parameters)
    start = sim.RandomDistribution("uniform", (0.0, 20.0), rng=sim.NumpyRNG(seed=1))
    excitatory = sim.Population(n_e, kind, initial_values={"v": start}, label="E")
    inhibitory = sim.Population(n - n_e, kind, initial_values={"v": start}, label="I")
    noise = sim.Population(n, sim.SpikeSourcePoisson(rate=rate * p * n_e), label="noise")
    synapse, random = sim.StaticSynapse(weight=weight, delay=1.5), sim.FixedProbabilityConnector(
        p, rng=sim.NumpyRNG(seed=2)
    )
    strong = sim.StaticSynapse(weight=-g * weight, delay=1.5)
    for population, mine in ((excitatory, noise[:n_e]), (inhibitory, noise[n_e:])):
        sim.Projection(mine, population, sim.OneToOneConnector(), synapse, receptor_type="excitatory")
        sim.Projection(excitatory, population, random, synapse, receptor_type="excitatory")
        sim.Projection(inhibitory, population, random, strong, receptor_type="inhibitory")
        population.record("spikes")
    return excitatory, inhibitory


def main(argv=None):
    """Builds and runs the network; prints rates. Returns the mean rates of E and I, spikes/s."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("simulator", choices=("ranvier", "nest"))
    parser.add_argument("--cell", default="IF_curr_exp", choices=sorted(WEIGHTS))
    parser.add_argument("--n", type=int, default=2500, help="cells")
    parser.add_argument("--simtime", type=float, default=500.0, help="ms")
    parser.add_argument("--seed", type=int, default=1, help="of the noise")
    parser.add_argument("--figure", help="file of a raster plot")
    a = parser.parse_args(argv)
    sim = importlib.import_module("ranvier.pynn" if a.simulator == "ranvier" else f"pyNN.{a.simulator}")
    sim.setup(timestep=0.1, min_delay=0.1, max_delay=2.0, spike_precision="on_grid", rng_seed=a.seed)
    began = time.perf_counter()
    populations = build(sim, a.cell, a.n)
    built = time.perf_counter()
    sim.run(a.simtime)
    print(
        f"built in {built - began:.2f} s, {a.simtime:g} ms simulated in {time.perf_counter() - built:.2f} s"
    )
    rates = []
    for population in populations:
        rates.append(population.mean_spike_count() / a.simtime * 1e3)
        print(f"{population.label}: {rates[-1]:.2f} spikes/s")
    if a.figure:
        raster(populations, a.figure)
    sim.end()
    return rates


def raster(populations, file):
    """Draws the spikes of up to 200 cells of each population."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4))
    first = 0
    for population in populations:
        trains = population.get_data("spikes").segments[0].spiketrains[:200]
        for k, train in enumerate(trains):
            axes.plot(train.magnitude, np.full(len(train), first + k), ",k")
        first += len(trains)
    axes.set_xlabel("time (ms)")
    axes.set_ylabel("cell")
    figure.tight_layout()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
