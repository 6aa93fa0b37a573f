"""Graphs in NIR of every kind of node: read, run, written to a file and read again."""

import numpy as np
import pytest

pytest.importorskip("scipy")
nir = pytest.importorskip("nir")
from scipy import signal

import ranvier
from ranvier import convert

rng = np.random.default_rng(8)
W2, W1 = rng.normal(size=(4, 3, 3, 2)), rng.normal(size=(4, 1, 3))
BIAS = rng.normal(size=4)
IMAGE, LINE, VECTOR = rng.normal(size=(3, 7, 6)), rng.normal(size=(2, 9)), rng.normal(size=6)


def correlate(x, w, b, stride, pad):
    """Convolution by SciPy, a channel at a time."""
    around = np.pad(x, [(0, 0), *((p, p) for p in pad)])
    every = (slice(None), *(slice(None, None, s) for s in stride))
    sums = [sum(signal.correlate(around[c], w[o, c], "valid") for c in range(len(x))) for o in range(len(w))]
    return (np.array(sums) + b.reshape(-1, *(1,) * (x.ndim - 1)))[every]


def blocks(x, what):
    """Windows of 2 x 3, side by side."""
    return what(x[:, :6].reshape(3, 3, 2, 2, 3), axis=(2, 4))


GROUPED = np.array(
    [correlate(LINE[g : g + 1], W1[2 * g : 2 * g + 2], BIAS[2 * g : 2 * g + 2], (1,), (1,)) for g in (0, 1)]
)
LINEAR = {
    "Affine": (nir.Affine(W2[0, 0].T, BIAS[:2]), IMAGE[0, 0, :3], W2[0, 0].T @ IMAGE[0, 0, :3] + BIAS[:2]),
    "Linear": (nir.Linear(W2[0, 0].T), IMAGE[0, 0, :3], W2[0, 0].T @ IMAGE[0, 0, :3]),
    "Scale": (nir.Scale(IMAGE * 2), IMAGE, 2 * IMAGE**2),
    "Conv1d": (nir.Conv1d(9, W1, 1, 1, 1, 2, BIAS), LINE, GROUPED.reshape(4, 9)),
    "Conv2d": (
        nir.Conv2d((7, 6), W2, (2, 1), (1, 2), 1, 1, BIAS),
        IMAGE,
        correlate(IMAGE, W2, BIAS, (2, 1), (1, 2)),
    ),
    "Conv2d of the same size": (
        nir.Conv2d((7, 6), W2[:, :, :, :1], 1, "same", 1, 1, BIAS),
        IMAGE,
        correlate(IMAGE, W2[:, :, :, :1], BIAS, (1, 1), (1, 0)),
    ),
    "SumPool2d": (
        nir.SumPool2d(np.array([2, 3]), np.array([2, 3]), np.array([0, 0])),
        IMAGE,
        blocks(IMAGE, np.sum),
    ),
    "AvgPool2d": (
        nir.AvgPool2d(np.array([2, 3]), np.array([2, 3]), np.array([0, 0])),
        IMAGE,
        blocks(IMAGE, np.mean),
    ),
    "Flatten": (nir.Flatten({"input": np.array([3, 7, 6])}, 0), IMAGE, IMAGE.ravel()),
}


def rewritten(net, path, dt, units={}, **how):
    """The network whose graph was written to a file and read again."""
    nir.write(path, convert.to_nir(net, **units))
    return convert.from_nir(path, dt, **units, **how)


@pytest.mark.parametrize("name", LINEAR)
def test_linear_nodes(name, tmp_path):
    """Into integrators with r = 1, in steps of 1 s: potentials are the sums after a step."""
    node, x, expected = LINEAR[name]
    nodes = [
        nir.Input(np.array(x.shape)),
        node,
        nir.I(np.ones(expected.shape)),
        nir.Output(np.array(expected.shape)),
    ]
    graph = nir.NIRGraph.from_list(*nodes, type_check=False)
    net = convert.from_nir(graph, 1000.0, input="current")
    first = net.run(np.stack([x, 2 * x])).output[:, 0]
    np.testing.assert_allclose(first[0], expected, rtol=0, atol=1e-12)
    again = rewritten(net, tmp_path / "graph.nir", 1000.0, input="current")
    assert type(nir.read(tmp_path / "graph.nir", type_check=False).nodes[list(graph.nodes)[1]]) is type(node)
    assert (again.run(np.stack([x, 2 * x])).output[:, 0] == first).all()


N = 6
TAU, TAU_SYN, R = np.linspace(0.01, 0.02, N), np.linspace(0.003, 0.02, N), np.linspace(0.5, 2, N)
LEAK, THRESHOLD, RESET = np.linspace(-0.1, 0.1, N), np.linspace(0.5, 1, N), np.linspace(-0.2, 0.1, N)
NEURONS = {
    "I": nir.I(R),
    "IF": nir.IF(R, THRESHOLD, RESET),
    "LI": nir.LI(TAU, R, LEAK),
    "LIF": nir.LIF(TAU, R, LEAK, THRESHOLD, RESET),
    "CubaLI": nir.CubaLI(TAU_SYN, TAU, R, LEAK, np.full(N, 2.0)),
    "CubaLIF": nir.CubaLIF(TAU_SYN, TAU, R, LEAK, THRESHOLD, RESET, np.full(N, 2.0)),
}


@pytest.mark.parametrize("units", [{}, dict(spikes="step")])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("name", NEURONS)
def test_neurons(name, reset, units, tmp_path):
    """Spikes, biases and a delay into each kind of neuron; the file makes the same network."""
    weight = np.abs(rng.normal(size=(N, N))) * 0.003
    bias = np.full(N, 30.0 if name in ("I", "IF") else 0.4)
    if name in ("I", "IF"):
        weight = weight * 50
    if units:
        weight = weight / (1e-4 if name in ("I", "IF") else 4e-3)
    nodes = [
        nir.Input(np.array([N])),
        nir.Delay(np.full(N, 3e-4)),
        nir.Affine(weight, bias),
        NEURONS[name],
        nir.Output(np.array([N])),
    ]
    how = dict(reset=reset, record=[name.lower()])
    net = convert.from_nir(nir.NIRGraph.from_list(*nodes, type_check=False), 0.1, **how, **units)
    x = np.random.default_rng(1).integers(0, 2, (400, N))
    first = net.run(x)
    again = rewritten(net, tmp_path / "graph.nir", 0.1, units, **how)
    written = nir.read(tmp_path / "graph.nir", type_check=False).nodes[name.lower()]
    assert type(written).__name__ == name
    second = again.run(x)
    np.testing.assert_allclose(
        second.potentials[name.lower()], first.potentials[name.lower()], rtol=1e-9, atol=1e-9
    )
    if "F" in name:
        assert (second.output == first.output).all() and first.output.sum(axis=0).min() > 2
    silent = net.run(0 * x)
    assert (silent.potentials[name.lower()] != first.potentials[name.lower()]).any()


def deep(pool):
    rng = np.random.default_rng(6)
    layers = [
        convert.Convolution(rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2) / 4, padding=1),
        convert.BatchNorm(rng.normal(size=2), [1.0, 2.0], [1.0, 0.5], [0.2, 0.1]),
        convert.ReLU(),
        pool,
        convert.Convolution(rng.normal(size=(4, 2, 2, 2)), rng.normal(size=4) / 4, groups=1),
        convert.ReLU(),
        convert.Flatten(),
        convert.Dense(rng.normal(size=(3, 16)), rng.normal(size=3)),
        convert.BatchNorm(np.zeros(3), np.ones(3), [1.0, 2.0, 3.0], [0.1, 0.2, 0.3]),
        convert.Softmax(),
    ]
    return layers, rng.uniform(0, 1, (4, 1, 6, 6))


@pytest.mark.parametrize("normalise", ["weights", "thresholds"])
@pytest.mark.parametrize("pool", [convert.AveragePool(2), convert.SumPool((2, 2)), convert.MaxPool(2)])
@pytest.mark.parametrize("input", ["analog", "if"])
def test_converted_networks(pool, normalise, input, tmp_path):
    """The graph of a converted network, max pooling and all, read as any other: the same potentials of the output."""
    layers, x = deep(pool)
    how = dict(aligned=False, normalise=normalise, input=input, batch=4, threads=1)
    spiking = convert.to_spiking(layers, x, **how)
    wanted = spiking.run(x, 50, at=range(1, 51)).potentials
    how = dict(strict_threshold=False, input="current", batch=4, threads=1)
    net = rewritten(spiking, tmp_path / "graph.nir", 1.0, **how)
    found = net.run(np.tile(x, (50, 1, 1, 1, 1))).output
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-7)
    assert np.ptp(wanted[-1]) > 1


def test_other_units(tmp_path):
    """A leaky network, its graph in ms and with spikes of the length of a step."""
    layers, x = deep(convert.AveragePool(2))
    spiking = convert.to_spiking(layers, x, aligned=False, tau_m=20.0, resolution=0.5, threads=1)
    wanted = spiking.run(x, 50, at=range(1, 51)).potentials
    for units in (dict(time_unit="ms", spikes="step"), dict(time_unit="step")):
        graph = convert.to_nir(spiking, **units)
        assert any(type(node).__name__ == "LIF" for node in graph.nodes.values())
        net = convert.from_nir(graph, 0.5, strict_threshold=False, input="current", batch=4, **units)
        found = net.run(np.tile(x, (50, 1, 1, 1, 1))).output
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-7)


DENSE = [convert.Dense(np.eye(2)), convert.ReLU(), convert.Dense(np.eye(2), [1.0, 0.0])]


def converted(layers=DENSE, shape=(2,), **how):
    return convert.to_spiking(layers, input_shape=shape, scales=[1.0], **how)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: convert.to_nir(DENSE), ranvier.WrongType, ["list", "SpikingNetwork"]),
        (
            lambda: convert.to_nir(converted(input="poisson")),
            ranvier.IllegalConnection,
            ["encoder", "Poisson"],
        ),
        (lambda: convert.to_nir(converted(t_ref=1.0)), ranvier.IllegalConnection, ["1_ReLU", "refractory"]),
        (
            lambda: convert.to_nir(
                converted(
                    [convert.Scale(1.0), convert.ReLU(), convert.AveragePool(2), convert.Flatten()], (1, 4)
                )
            ),
            ranvier.IllegalConnection,
            ["AveragePool", "one dimension"],
        ),
        (
            lambda: convert.to_nir(
                converted([convert.MaxPool(2), convert.Flatten(), convert.ReLU()], (1, 4, 4))
            ),
            ranvier.IllegalConnection,
            ["input", "max pooling"],
        ),
        (lambda: convert.to_nir(converted(), time_unit="h"), ranvier.OutOfRange, ["time_unit", "'h'"]),
    ],
)
def test_what_cannot_be_written(call, error, words):
    with pytest.raises(error) as e:
        call()
    for word in words:
        assert word in str(e.value)


def test_neurons_that_nothing_reaches():
    """r = 0 is written as it is."""
    nodes = [nir.Input(np.array([2])), nir.Affine(np.eye(2), np.ones(2)), nir.I(np.array([0.0, 2.0]))]
    graph = nir.NIRGraph.from_list(*nodes, nir.Output(np.array([2])), type_check=False)
    written = convert.to_nir(convert.from_nir(graph, 1.0))
    assert written.nodes["i"].r.tolist() == [0, 2] and written.nodes["affine"].bias.tolist() == [1, 1]


def test_a_layer_for_two_populations(tmp_path):
    """Neurons with and without a leak behind one layer: biases keep their effect on both."""
    nodes = {
        "in": nir.Input(np.array([2])),
        "w": nir.Affine(np.eye(2), np.array([3.0, 4.0])),
        "i": nir.I(np.array([1.0, 2.0])),
        "li": nir.LI(np.full(2, 0.01), np.ones(2), np.zeros(2)),
        "a": nir.Output(np.array([2])),
        "b": nir.Output(np.array([2])),
    }
    graph = nir.NIRGraph(
        nodes, [("in", "w"), ("w", "i"), ("w", "li"), ("i", "a"), ("li", "b")], type_check=False
    )
    net = convert.from_nir(graph, 1.0)
    again = rewritten(net, tmp_path / "graph.nir", 1.0)
    x = np.ones((5, 2))
    for name in ("a", "b"):
        np.testing.assert_allclose(again.run(x).outputs[name], net.run(x).outputs[name], rtol=1e-12)
        assert net.run(x).outputs[name][-1].min() > 0.01


def test_without_the_package(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "nir", None)
    for call in (lambda: convert.from_nir("graph.nir", 1.0), lambda: convert.to_nir(converted())):
        with pytest.raises(ImportError, match=r"ranvier\[nir\]"):
            call()
