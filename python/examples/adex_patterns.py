"""Firing patterns of the adaptive exponential neuron (Naud et al. 2008, Biol Cybern 99:335) for a step of current.

python adex_patterns.py --figure patterns.png
"""

import argparse

import numpy as np

import ranvier

# C_m (pF), g_L (nS), E_L, V_th, Delta_T (mV), a (nS), tau_w (ms), b (pA), V_reset (mV), I_e (pA)
PATTERNS = {
    "tonic": (200.0, 10.0, -70.0, -50.0, 2.0, 2.0, 30.0, 0.0, -58.0, 500.0),
    "adaptation": (200.0, 12.0, -70.0, -50.0, 2.0, 2.0, 300.0, 60.0, -58.0, 500.0),
    "initial burst": (130.0, 18.0, -58.0, -50.0, 2.0, 4.0, 150.0, 120.0, -50.0, 400.0),
    "regular bursting": (200.0, 10.0, -58.0, -50.0, 2.0, 2.0, 120.0, 100.0, -46.0, 210.0),
    "delayed accelerating": (200.0, 12.0, -70.0, -50.0, 2.0, -10.0, 300.0, 0.0, -58.0, 300.0),
    "delayed bursting": (100.0, 10.0, -65.0, -50.0, 2.0, -10.0, 90.0, 30.0, -47.0, 110.0),
    "transient": (100.0, 10.0, -65.0, -50.0, 2.0, 10.0, 90.0, 100.0, -47.0, 180.0),
}


def simulate(ms=500.0):
    """Returns spikes and samples of V_m and w, a neuron for each pattern."""
    names = ("C_m", "g_L", "E_L", "V_th", "Delta_T", "a", "tau_w", "b", "V_reset", "I_e")
    values = dict(zip(names, np.array(list(PATTERNS.values())).T))
    net = ranvier.Network(resolution=0.1)
    neurons = net.create("aeif_psc_exp", len(PATTERNS), values, V_peak=0.0, V_m=values["E_L"])
    spikes, samples = net.record(neurons), net.record(neurons, ["V_m", "w"], interval=0.1)
    net.run(ms)
    return spikes, samples


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--figure", help="file of a figure of the membrane potentials")
    a = parser.parse_args(argv)
    spikes, samples = simulate()
    senders, times = spikes.senders, spikes.times
    for k, name in enumerate(PATTERNS):
        mine = times[senders == spikes.sources.ids[k]]
        print(
            f"{name:22} {len(mine):3} spikes, first intervals (ms): {np.round(np.diff(mine)[:6], 1).tolist()}"
        )
    if a.figure:
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(len(PATTERNS), sharex=True, figsize=(7, 9))
        for k, (name, ax) in enumerate(zip(PATTERNS, axes)):
            ax.plot(samples.times, samples["V_m"][:, k], lw=0.8)
            ax.set_title(name, fontsize=8, loc="left")
        axes[-1].set_xlabel("time (ms)")
        figure.savefig(a.figure, dpi=150)
    return spikes


if __name__ == "__main__":
    main()
