"""A network that reads handwritten digits, converted into integrate-and-fire neurons (Rueckauer et al. 2017, Front Neurosci 11:682).

Shows 540 images for so many steps, all in one run, and counts how many get another class than from the deep network: accuracy hides
what goes wrong, as some of these answers are right by luck.

python digits.py --figure digits.png
python digits.py --json digits.json    # the table of docs/conversion.md, and other variants
"""

import argparse
import json
import pathlib
import time

import numpy as np

from ranvier import convert

# Arguments of convert.to_spiking
VARIANTS = {
    "reset by subtraction": {},
    "reset to zero": {"reset": "zero"},
    "input by Poisson neurons": {"input": "poisson"},
    "not aligned": {"aligned": False},
    "leak, tau_m = 20 steps": {"tau_m": 20.0},
}
# Of the table
MORE = {
    "reset by subtraction, p = 99": {"percentile": 99},
    "reset by subtraction, p = 100": {"percentile": 100},
    "reset to zero, p = 99": {"reset": "zero", "percentile": 99},
    "reset by modulo": {"reset": "modulo"},
    "adaptive thresholds": {"adaptive": True},
    "softmax": {"read_out": "softmax"},
    "input by neurons": {"input": "if"},
    "leak, tau_m = 1000 steps": {"tau_m": 1000.0},
    "t_ref = 1 step": {"t_ref": 1.0},
}
STEPS = [5, 10, 20, 50, 100, 200, 500]


def load():
    """Layers of the trained network, and images of 8 x 8 with values in [0, 1], flattened, for training and for the test.

    Returns
    -------
    layers : list of Layer
    train, test : float64 ndarray of shape (images, 64)
    ann, label : int8 ndarray of shape (test images,)
        The deep network's classes, and the digits.
    """
    d = np.load(pathlib.Path(__file__).with_name("digits.npz"))
    layers = []
    for k in range(3):
        layers += [convert.Dense(d[f"W{k}"].T, d[f"b{k}"]), convert.ReLU() if k < 2 else convert.Softmax()]
    x = d["images"].reshape(-1, 64) / 16
    return layers, x[d["train_index"]], x[d["test_index"]], d["ann_class"], d["label"]


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--images", type=int, default=540)
    parser.add_argument("--batch", type=int, help="images side by side; default: what fits into caches")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument("--figure", help="file of a figure of the disagreement against time")
    parser.add_argument("--json", help="file of the table, or - for the screen: images with another class after steps")
    a = parser.parse_args(argv)
    layers, train, test, ann, label = load()
    test, ann, label = test[: a.images], ann[: a.images], label[: a.images]
    if a.json:
        return tabulate(layers, train, test, ann, a)
    at = np.unique(np.geomspace(2, a.steps, 60).astype(int)) if a.figure else [a.steps]
    print(f"deep network: {np.mean(ann == label):.2%} right")
    found = {}
    for name, how in VARIANTS.items():
        begin = time.perf_counter()
        spiking = convert.to_spiking(layers, train, batch=a.batch, threads=a.threads, **how)
        result = spiking.run(test, a.steps, at)
        seconds = time.perf_counter() - begin
        found[name] = result.disagreement(ann)
        print(
            f"{name:25} {found[name][-1]:3} of {len(test)} differ from it, {np.mean(result.classes[-1] == label):.2%} right, "
            f"{seconds:.2f} s, construction included"
        )
    if a.figure:
        draw(at, found, a.figure)
    return found


def tabulate(layers, train, test, ann, a):
    """How many images have another class than from the deep network, for every variant: written as JSON."""
    at, rows = [t for t in STEPS if t <= a.steps], {}
    for name, how in {**VARIANTS, **MORE}.items():
        spiking = convert.to_spiking(layers, train, batch=a.batch, threads=a.threads, **how)
        rows[name] = spiking.run(test, at[-1], at).disagreement(ann).tolist()
    table = {"images": len(test), "steps": at, "images with another class": rows}
    text = json.dumps(table, indent=1)
    if a.json == "-":
        print(text)
    else:
        pathlib.Path(a.json).write_text(text + "\n")
    return table


def draw(at, found, file):
    """A line for each variant: images with another class against steps."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.5, 3.6))
    for name, wrong in found.items():
        axes.plot(at, wrong, label=name, lw=1.4)
    axes.set(xscale="log", yscale="symlog", xlabel="steps", ylabel="images with another class")
    axes.set_ylim(bottom=0)
    axes.set_yticks([0, 1, 2, 5, 10, 50, 500], ["0", "1", "2", "5", "10", "50", "500"])
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
