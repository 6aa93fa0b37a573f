"""Converted networks against the same networks in plain NumPy, a step at a time."""

import warnings

import numpy as np
import pytest

pytest.importorskip("scipy")
from convert_for_tests import simulate

import ranvier
from ranvier import convert

STEPS = 60


def dyadic(rng, shape, scale=32):
    """Multiples of 1/32: sums are exact, so that spikes must agree one by one."""
    return rng.integers(-scale // 2, scale, shape) / scale


def matrix_of(layers, shape):
    """Linear layers as one matrix and bias, found by showing them unit vectors."""
    n = int(np.prod(shape))
    basis = np.concatenate([np.zeros((1, n)), np.eye(n)]).reshape(-1, *shape)
    out = convert.activations(layers, basis)[-1].reshape(n + 1, -1)
    return (out[1:] - out[0]).T, out[0]


@pytest.fixture(scope="module")
def convolutional():
    """Layers, and the stages between ReLUs as matrices, for an input of shape (1, 6, 6)."""
    rng = np.random.default_rng(3)
    stages = [
        [convert.Convolution(dyadic(rng, (3, 1, 3, 3)) / 2, dyadic(rng, 3) / 4, padding=1)],
        [
            convert.AveragePool(2),
            convert.Convolution(dyadic(rng, (4, 3, 2, 2)) / 2, dyadic(rng, 4) / 8),
            convert.BatchNorm(
                dyadic(rng, 4) / 4, np.ones(4), [0.5, 1, 2, 1], dyadic(rng, 4) / 4, epsilon=0.0
            ),
        ],
        [convert.Flatten(), convert.Dense(dyadic(rng, (3, 16)), dyadic(rng, 3))],
    ]
    shapes = [(1, 6, 6), (3, 6, 6), (4, 2, 2)]
    layers = [*stages[0], convert.ReLU(), *stages[1], convert.ReLU(), *stages[2]]
    x = rng.integers(0, 33, (5, 1, 6, 6)) / 32
    return layers, [matrix_of(s, shape) for s, shape in zip(stages, shapes)], x


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("reset", ["subtract", "zero", "modulo"])
def test_every_spike_of_a_convolutional_network(convolutional, reset, strict):
    layers, stages, x = convolutional
    potentials, rasters = simulate(stages, x.reshape(5, -1), STEPS, reset, strict)
    how = dict(scales=[1.0, 1.0], reset=reset, strict_threshold=strict, threads=2)
    spiking = convert.to_spiking(layers, input_shape=(1, 6, 6), **how)
    result = spiking.run(x, STEPS, at=range(1, STEPS + 1), rates=True)
    assert result.potentials.shape == (STEPS, 5, 3) and spiking.populations == ["1_ReLU", "5_ReLU", "neurons"]
    assert (result.potentials == potentials).all()
    for name, raster in zip(spiking.populations, rasters):
        assert (result.counts[name] == raster.cumsum(axis=0)).all() and raster.any()


def test_scaled_weights_or_thresholds_are_the_same_network(convolutional):
    """Scales that are powers of two keep sums exact; they are those of the stages' matrices."""
    layers, stages, x = convolutional
    scales = [2.0, 0.5]
    (m0, b0), (m1, b1), (m2, b2) = stages
    scaled = [(m0 / 2, b0 / 2), (m1 * 2 / 0.5, b1 / 0.5), (m2 * 0.5, b2)]
    potentials, rasters = simulate(scaled, x.reshape(5, -1), STEPS)
    for normalise in ("weights", "thresholds"):
        spiking = convert.to_spiking(
            layers, input_shape=(1, 6, 6), scales=scales, normalise=normalise, threads=1
        )
        result = spiking.run(x, STEPS, at=range(1, STEPS + 1), rates=True)
        assert (result.potentials == potentials).all()
        assert (result.counts["5_ReLU"] == rasters[1].cumsum(axis=0)).all() and rasters[1].any()


def test_outputs_approach_those_of_the_deep_network(convolutional):
    """The error falls with the number of steps."""
    layers, _, x = convolutional
    scales = convert.activation_scales(layers, x, 100)
    wanted = convert.activations(layers, x)[-1]
    for read_out in ("membrane", "counts"):
        spiking = convert.to_spiking(
            layers, input_shape=(1, 6, 6), scales=scales, read_out=read_out, threads=1
        )
        result = spiking.run(x, 3200, at=[32, 3200])
        wanted_here = wanted if read_out == "membrane" else np.maximum(wanted, 0)
        error = np.abs(result.outputs - wanted_here).max(axis=(1, 2))
        assert error[1] < 0.01 * np.abs(wanted).max() < error[0]


def test_a_synapse_takes_a_step(convolutional):
    """Without alignment the output hears of the input two steps late, and of its own bias at once."""
    layers, stages, x = convolutional
    how = dict(input_shape=(1, 6, 6), scales=[1.0, 1.0], threads=1)
    late = convert.to_spiking(layers, aligned=False, **how).run(x, 2, at=[1, 2])
    bias = stages[-1][1]
    assert (late.potentials[0] == bias).all()
    first = simulate([(0 * stages[0][0], 0 * stages[0][1]), *stages[1:]], x.reshape(5, -1), 1)[1][1][0]
    assert (late.potentials[1] == 2 * bias + first @ stages[-1][0].T).all()


def test_resolution_and_leak(convolutional):
    """Currents are those of ms: what they bring in a step of h ms is h, with a leak tau (1 - exp(-h / tau))."""
    layers, stages, x = convolutional
    for h, tau in ((0.5, np.inf), (1.0, 8.0)):
        how = dict(scales=[1.0, 1.0], resolution=h, tau_m=tau, threads=1)
        spiking = convert.to_spiking(layers, input_shape=(1, 6, 6), **how)
        result = spiking.run(x, 40, at=range(1, 41))
        decay = np.exp(-h / tau)
        gain = 1.0 if np.isinf(tau) else -tau * np.expm1(-h / tau) / h
        m, b = stages[0]
        leaky = [(gain * m, gain * b)] + [(w, gain * c) for w, c in stages[1:]]
        potentials, _ = simulate(leaky, x.reshape(5, -1), 40, decay=decay)
        np.testing.assert_allclose(result.potentials, potentials, rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    "shape, kernel, stride, padding", [((2, 6, 6), 2, None, 0), ((1, 5, 4), 3, 1, 1), ((3, 9), 3, 2, 0)]
)
@pytest.mark.parametrize("aligned", [True, False])
def test_max_pooling(shape, kernel, stride, padding, aligned):
    """The largest rate of each window, within a few spikes: the error of rates falls as 1 / T."""
    rng = np.random.default_rng(11)
    pool = convert.MaxPool(kernel, stride, padding)
    layers = [convert.Scale(1.0), convert.ReLU(), pool, convert.ReLU(), convert.Flatten()]
    x = rng.uniform(0, 1, (6, *shape))
    x[0], x[1, ..., 0] = 0.5, 1.0
    wanted = convert.activations(layers, x)[-1].reshape(6, -1)
    assert (wanted == convert.activations([*layers[:2], pool, convert.Flatten()], x)[-1]).all()
    spiking = convert.to_spiking(layers, input_shape=shape, scales=[1.0, 1.0], aligned=aligned, threads=1)
    result = spiking.run(x, 1600, at=[100, 400, 1600])
    error = np.abs(result.outputs - wanted).max(axis=(1, 2))
    assert (error < np.array([9, 9, 9]) / result.steps).all()
    mean = convert.activations([convert.AveragePool(kernel, stride, padding), convert.Flatten()], x)[-1]
    assert np.abs(mean - wanted).max() > 0.3


def test_every_spike_of_max_pooling():
    """A tournament of four whose spikes do not wait for one another: delays make up for the synapses."""
    x = np.random.default_rng(9).integers(0, 33, (20, 1, 2, 2)) / 32
    layers = [
        convert.Scale(1.0),
        convert.ReLU(),
        convert.MaxPool(2),
        convert.Flatten(),
        convert.Dense([[1.0]]),
    ]
    potentials, V, total = [], np.zeros((8, 20)), np.zeros(20)

    def fires(k, current):
        V[k] += current
        spikes = V[k] >= 1
        V[k] -= spikes
        return spikes.astype(float)

    for _ in range(STEPS):
        a, b, c, d = (fires(k, v) for k, v in enumerate(x.reshape(20, 4).T))
        ab, cd = fires(4, a - b), fires(5, c - d)
        total += fires(7, d + cd + fires(6, (b + ab) - (d + cd)))
        potentials.append(total.copy())
    spiking = convert.to_spiking(layers, input_shape=(1, 2, 2), scales=[1.0], threads=1)
    result = spiking.run(x, STEPS, at=range(1, STEPS + 1))
    assert (result.potentials[:, :, 0] == potentials).all() and spiking.connections == 2 + 2 + 4 + 3 + 1


def test_max_pooling_before_the_first_neurons_is_exact():
    x = np.random.default_rng(2).integers(-32, 33, (3, 1, 4, 4)) / 32
    layers = [
        convert.MaxPool(2),
        convert.Flatten(),
        convert.Dense(np.eye(4)),
        convert.ReLU(),
        convert.Dense(np.eye(4)),
    ]
    pooled = x.reshape(3, 2, 2, 2, 2).max(axis=(2, 4)).reshape(3, 4)
    spiking = convert.to_spiking(layers, input_shape=(1, 4, 4), scales=[1.0], threads=1)
    result = spiking.run(x, 64)
    assert (result.outputs[0] * 64 == np.floor(np.maximum(pooled, 0) * 64)).all()


def test_max_pooling_with_reset_to_zero_becomes_average_pooling():
    x = np.array([[[[0.5, 0.25], [0.25, 0.25]]]])
    layers = [
        convert.Scale(1.0),
        convert.ReLU(),
        convert.MaxPool(2),
        convert.Flatten(),
        convert.Dense([[1.0]]),
    ]
    with pytest.warns(UserWarning, match="MaxPool.*AveragePool"):
        spiking = convert.to_spiking(layers, input_shape=(1, 2, 2), scales=[1.0], reset="zero", threads=1)
    assert spiking.run(x, 64).outputs[0, 0, 0] == 0.3125
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spiking = convert.to_spiking(layers, input_shape=(1, 2, 2), scales=[1.0], threads=1)
    assert spiking.run(x, 64).outputs[0, 0, 0] == pytest.approx(0.5, abs=3 / 64)


def test_max_pooling_needs_rates():
    layers = [convert.Scale(1.0), convert.ReLU(), convert.Scale(-1.0), convert.MaxPool(2), convert.Flatten()]
    with pytest.raises(ranvier.IllegalConnection, match="MaxPool.*ReLU"):
        convert.to_spiking(layers, input_shape=(1, 2, 2), scales=[1.0])


def test_poisson_input_fires_with_its_probability():
    """Counts are binomial, in each copy on its own; 0 never fires and 1 always."""
    p = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    layers = [convert.Dense(np.eye(5))]
    how = dict(scales=[1.0], input="poisson", threads=1, batch=200)
    spiking = convert.to_spiking(layers, input_shape=(5,), seed=3, **how)
    counts = spiking.run(np.tile(p, (200, 1)), 100).potentials[0]
    assert (counts == np.round(counts)).all()
    assert (counts[:, 0] == 0).all() and (counts[:, 4] == 100).all()
    deviation = (counts.mean(axis=0) - 100 * p)[1:4] / np.sqrt(100 * p * (1 - p) / 200)[1:4]
    assert (np.abs(deviation) < 4).all()
    ratio = counts.var(axis=0)[1:4] / (100 * p * (1 - p))[1:4]
    assert (ratio > 0.6).all() and (ratio < 1.5).all()
    again = convert.to_spiking(layers, input_shape=(5,), seed=3, **how)
    assert (again.run(np.tile(p, (200, 1)), 100).potentials[0] == counts).all()
    assert (again.run(np.tile(p, (200, 1)), 100).potentials[0] != counts).any()


def test_the_last_relu_is_read_by_counts_or_as_an_integrator():
    layers = [convert.Dense([[0.5], [-0.5]]), convert.ReLU()]
    x = np.array([[0.5]])
    how = dict(input_shape=(1,), scales=[1.0], threads=1)
    counts = convert.to_spiking(layers, read_out="counts", **how).run(x, 64)
    assert counts.outputs[0, 0].tolist() == [0.25, 0] and counts.counts["1_ReLU"][0, 0].tolist() == [16, 0]
    membrane = convert.to_spiking(layers, **how).run(x, 64)
    assert membrane.outputs[0, 0].tolist() == [0.25, -0.25] and membrane.classes[0, 0] == 0


def test_threads_do_not_matter(convolutional):
    layers, _, x = convolutional
    hashes = set()
    for threads, partitions in ((1, 0), (2, 3)):
        how = dict(threads=threads, partitions=partitions, input="poisson", batch=5)
        spiking = convert.to_spiking(layers, input_shape=(1, 6, 6), scales=[1.0, 1.0], **how)
        spiking.run(x, 30)
        hashes.add(spiking.network.hash())
    assert len(hashes) == 1
