"""Closed forms: how often neurons fire that get a constant input in every step."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from convert_for_tests import digits

from ranvier import convert

K = np.arange(65)
STEPS = 640
T = np.arange(1, STEPS + 1)[:, None]


def law(reset, strict):
    """Spikes until T for the input a = k / 64 per step and threshold 1, in whole numbers: shape (T, k)."""
    if reset == "subtract":
        return np.maximum(-(-K * T // 64) - 1, 0) if strict else K * T // 64
    k = np.maximum(K, 1)
    interval = 64 // k + 1 if strict else -(-64 // k)
    return np.where(K == 0, 0, T // interval)


def run(steps=STEPS, values=K / 64, **how):
    """Counts and potentials until each step: shape (T, values)."""
    layers = [convert.Dense([[1.0]]), convert.ReLU()]
    spiking = convert.to_spiking(layers, input_shape=(1,), scales=[1.0], read_out="counts", threads=1, **how)
    result = spiking.run(np.reshape(values, (-1, 1)), steps, at=range(1, steps + 1))
    return result.counts[spiking.populations[-1]][:, :, 0], result.potentials[:, :, 0]


def counts(*args, **how):
    return run(*args, **how)[0]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_floor_laws(reset, strict):
    """Exactly, for every number of steps: sums of multiples of 1/64 are exact, and so is what subtraction leaves."""
    found, potentials = run(reset=reset, strict_threshold=strict)
    assert (found == law(reset, strict)).all()
    if reset == "subtract":
        assert (potentials == K * T / 64 - found).all()


@pytest.mark.parametrize("strict", [False, True])
def test_floor_laws_of_thresholds_that_are_not_one(strict):
    """Input 3 a and threshold 3 are input a and threshold 1."""
    layers = [convert.Dense([[3.0]]), convert.ReLU()]
    how = dict(scales=[3.0], read_out="counts", normalise="thresholds", strict_threshold=strict, threads=1)
    spiking = convert.to_spiking(layers, input_shape=(1,), **how)
    result = spiking.run(K[:, None] / 64, STEPS, at=range(1, STEPS + 1))
    assert (result.counts["1_ReLU"][:, :, 0] == law("subtract", strict)).all()


def test_laws_through_layers():
    """A layer that passes spikes on fires as often as the one before it, for either kind of reset."""
    for reset in ("subtract", "zero"):
        assert (counts(input="if", reset=reset) == law(reset, False)).all()


def test_laws_are_not_exact_where_sums_are_not():
    """0.1, 0.3 and 0.7 are no binary numbers: their sums reach 1 a step late, so that 99 and 299 spikes are right here."""
    values = np.array([0.1, 0.3, 0.7])
    sums, expected = np.zeros(3), np.zeros(3, int)
    for _ in range(1000):
        sums += values
        expected += sums >= 1
        sums -= sums >= 1
    assert expected[:2].tolist() == [99, 299]
    assert (counts(1000, values)[-1] == expected).all()


def test_bound_of_the_first_layer():
    """|N / T - a| < 1 / T for activations a in [0, 1]: there is nothing but what is left in the potential."""
    layers, _, x, _, scales = digits()
    spiking = convert.to_spiking(layers, input_shape=(64,), scales=scales[:2], threads=2)
    at = np.array([7, 30, 100])
    rates = spiking.run(x[:100], 100, at=at, rates=True).counts["1_ReLU"] / at[:, None, None]
    a = convert.activations(layers, x[:100])[1] / scales[0]
    assert 0.05 < np.mean(a > 0.1) and (a > 1).any()
    error = np.abs(rates - np.minimum(a, 1))
    assert (error < 1 / at[:, None, None] + 1e-12).all()
    assert error.max() > 0.5 / at[-1]
