"""Reset by modulo, thresholds that follow the rates, softmax of potentials: against NumPy, a step at a time."""

import numpy as np
import pytest

pytest.importorskip("scipy")
from convert_for_tests import digits, simulate

import ranvier
from ranvier import convert

STEPS = 80


@pytest.fixture(scope="module")
def stages():
    """Three stages of numbers that are no multiples of anything, for inputs of which some exceed two thresholds in a step."""
    rng = np.random.default_rng(11)
    sizes = [6, 8, 7, 4]
    made = [(rng.normal(size=(m, n)) * 0.9, rng.normal(size=m) / 4) for n, m in zip(sizes, sizes[1:])]
    return made, rng.uniform(0, 3, (5, 6))


def converted(stages, **how):
    layers = []
    for matrix, bias in stages:
        layers += [convert.Dense(matrix, bias), convert.ReLU()]
    return convert.to_spiking(layers[:-1], input_shape=(6,), scales=[1.0, 1.0], threads=2, **how)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("reset", ["subtract", "zero", "modulo"])
@pytest.mark.parametrize("adaptive", [False, True])
def test_every_spike(stages, reset, adaptive, strict):
    made, x = stages
    if adaptive:
        x = x * 0.15  # so that rates are not all 1
    potentials, rasters = simulate(made, x, STEPS, reset, strict, adaptive=adaptive)
    spiking = converted(made, reset=reset, adaptive=adaptive, strict_threshold=strict)
    for _ in range(2):  # runs begin anew
        result = spiking.run(x, STEPS, at=range(1, STEPS + 1), rates=True)
        for name, raster in zip(spiking.populations, rasters):
            assert (result.counts[name] == raster.cumsum(axis=0)).all() and raster.any()
        np.testing.assert_allclose(result.potentials, potentials, rtol=0, atol=1e-8)
    plain = simulate(made, x, STEPS, "subtract", strict)[0]
    assert (reset, adaptive) == ("subtract", False) or np.abs(potentials - plain).max() > 0.5


def test_adaptive_thresholds_of_each_sample(stages):
    """What else is shown at the same time makes no difference; scaled thresholds are the same network, and so is what is counted."""
    made, x = stages[0], stages[1] * 0.15
    together = converted(made, adaptive=True).run(x, STEPS).potentials
    for how in (dict(batch=2), dict(batch=1, normalise="thresholds"), dict(aligned=True, batch=3)):
        assert np.allclose(converted(made, adaptive=True, **how).run(x, STEPS).potentials, together, rtol=1e-9)
    counted = converted(made, adaptive=True, read_out="counts").run(x, STEPS, rates=True)
    hidden = converted(made, adaptive=True).run(x, STEPS, rates=True)
    assert (counted.counts["1_ReLU"] == hidden.counts["1_ReLU"]).all() and counted.counts["neurons"].any()


def test_small_activations_need_fewer_steps_with_adaptive_thresholds():
    """One neuron with the input 0.03: by 34 steps it has fired once, or, with thresholds that follow, nearly always."""
    layers = [convert.Dense([[0.03]]), convert.ReLU(), convert.Dense([[1.0]])]
    x, errors = np.ones((1, 1)), {}
    for adaptive in (False, True):
        spiking = convert.to_spiking(layers, input_shape=(1,), scales=[1.0], adaptive=adaptive, threads=1)
        errors[adaptive] = np.abs(spiking.run(x, 400, at=[20, 60, 400]).outputs[:, 0, 0] - 0.03)
    assert errors[False][0] == pytest.approx(0.03) and errors[True][0] < 0.02 and (errors[True][1:] <= errors[False][1:] + 1e-3).all()


def test_softmax(stages):
    """Frequencies of outputs are the mean softmax of the potentials, which are those of the other read-out."""
    made, x = stages
    scale = 0.02  # potentials grow with time; so the softmax stays away from 0 and 1
    made = [*made[:2], (made[2][0] * scale, made[2][1] * scale)]
    at = range(1, 1001)
    plain = converted(made).run(x, 1000, at=at)
    spiking = converted(made, read_out="softmax", seed=5)
    result = spiking.run(x, 1000, at=at)
    assert (result.potentials == plain.potentials).all()
    p = np.exp(plain.potentials - plain.potentials.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    spikes = np.diff(result.counts["neurons"], axis=0, prepend=0)
    assert set(np.unique(spikes)) == {0, 1}
    deviation = (spikes - p).sum(axis=0) / np.sqrt(np.maximum((p * (1 - p)).sum(axis=0), 1))
    assert np.abs(deviation).max() < 4.5 and np.abs(deviation).mean() > 0.1
    assert (result.outputs[-1] == result.counts["neurons"][-1] / 1000).all()
    assert (result.probabilities == result.outputs).all()
    # Of seed, sample, step and output, whatever the batch.
    again = converted(made, read_out="softmax", seed=5, batch=2).run(x, 500)
    assert (again.counts["neurons"][0] == result.counts["neurons"][499]).all()
    other = converted(made, read_out="softmax", seed=6).run(x, 1000)
    assert (other.counts["neurons"][0] != result.counts["neurons"][-1]).any()


def test_softmax_of_digits():
    layers, train, test, ann, _ = digits()
    result = convert.to_spiking(layers, train, read_out="softmax", threads=2).run(test[:60], 100)
    assert result.disagreement(ann[:60])[0] <= 1
    assert (result.counts["neurons"][0].max(axis=1) > 50).all()


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: converted([], reset="soft"), ranvier.OutOfRange, ["reset", "'modulo'"]),
        (lambda: converted([], read_out="rate"), ranvier.OutOfRange, ["read_out", "'softmax'"]),
        (
            lambda: convert.to_spiking(
                [convert.Scale(1.0), convert.ReLU(), convert.MaxPool(2)],
                input_shape=(1, 4, 4),
                scales=[1.0],
                adaptive=True,
            ),
            ranvier.IllegalConnection,
            ["2_MaxPool", "AveragePool"],
        ),
    ],
)
def test_mistakes(call, error, words):
    with pytest.raises(error) as e:
        call()
    for word in words:
        assert word in str(e.value)


def test_modulo_pools_by_average():
    layers = [convert.Scale(1.0), convert.ReLU(), convert.MaxPool(2), convert.Flatten()]
    with pytest.warns(UserWarning, match="modulo"):
        spiking = convert.to_spiking(layers, input_shape=(1, 4, 4), scales=[1.0], reset="modulo", threads=1)
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 0, 0] = 0.5
    assert spiking.run(x, 400).outputs[0, 0, 0] == pytest.approx(0.125, abs=0.005)


@pytest.mark.parametrize("how, words", [(dict(reset="modulo"), "modulo"), (dict(adaptive=True), "adaptive")])
def test_nir_has_no_such_thing(stages, how, words):
    pytest.importorskip("nir")
    with pytest.raises(ranvier.IllegalConnection, match=words):
        convert.to_nir(converted(stages[0], **how))
