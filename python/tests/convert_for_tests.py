"""What tests of ranvier.convert have in common: the digits network, and spiking networks in plain NumPy."""

import pathlib

import numpy as np
import pytest

FOLDERS = [pathlib.Path(__file__).parent.parent / "examples", pathlib.Path(__file__).parent / "examples"]
EXAMPLES = next((f for f in FOLDERS if f.is_dir()), None)


def digits():
    """Layers, training and test images, classes of the deep network for the test images, scales that come with the data."""
    if EXAMPLES is None:
        pytest.skip("the examples are not beside the tests")
    from ranvier import convert

    d = np.load(EXAMPLES / "digits.npz")
    layers = []
    for k in range(3):
        layers += [convert.Dense(d[f"W{k}"].T, d[f"b{k}"]), convert.ReLU() if k < 2 else convert.Softmax()]
    x = d["images"].reshape(-1, 64) / 16
    return layers, x[d["train_index"]], x[d["test_index"]], d["ann_class"], d["lambda_999"]


def simulate(stages, x, steps, reset="subtract", strict=False, threshold=1.0, decay=1.0, adaptive=False):
    """A spiking network without delays, a step at a time, the last stage never firing.

    Parameters
    ----------
    stages : list of (matrix of shape (outputs, inputs), bias)
    x : array of shape (samples, n)
        Analog input.
    adaptive : bool
        Thresholds and spikes are 0.01 + 0.99 r, where r is the largest rate in the stage so far.

    Returns
    -------
    potentials of the last stage of shape (steps, samples, n), and for each other stage a raster (steps, samples, n)
    """
    V = [np.zeros((len(x), len(bias))) for _, bias in stages]
    size = [np.ones((len(x), 1)) for _ in stages]
    potentials, rasters = [], [[] for _ in stages[:-1]]
    for t in range(1, steps + 1):
        passed = x
        for k, (matrix, bias) in enumerate(stages):
            V[k] = decay * V[k] + (passed @ matrix.T + bias)
            if k + 1 == len(stages):
                break
            level = threshold * size[k]
            fire = V[k] > level if strict else V[k] >= level
            after = {"subtract": V[k] - level, "zero": 0.0, "modulo": np.mod(V[k], level)}[reset]
            V[k] = np.where(fire, after, V[k])
            passed = fire * size[k]
            rasters[k].append(fire)
            if adaptive:
                size[k] = 0.01 + 0.99 * np.sum(rasters[k], axis=0).max(axis=1, keepdims=True) / t
        potentials.append(V[-1].copy())
    return np.array(potentials), [np.array(r) for r in rasters]
