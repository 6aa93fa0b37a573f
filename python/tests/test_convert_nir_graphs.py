"""Thresholds and subgraphs of graphs in NIR."""

import numpy as np
import pytest

pytest.importorskip("scipy")
nir = pytest.importorskip("nir")

import ranvier
from ranvier import convert

rng = np.random.default_rng(3)
LEVEL = np.array([0.25, -0.5, 0.0, 1.0])
VALUES = rng.integers(-6, 7, (60, 4)) / 4  # many are equal to a threshold


def graph(nodes, edges):
    return nir.NIRGraph(nodes, edges, type_check=False)


def ends(n=4):
    return {"in": nir.Input(np.array([n])), "out": nir.Output(np.array([n]))}


def above(values, strict):
    return values > LEVEL if strict else values >= LEVEL


def behind(node, **how):
    """Input -> node -> Threshold -> Output."""
    edges = [("in", "node"), ("node", "threshold"), ("threshold", "out")]
    net = convert.from_nir(graph({**ends(), "node": node, "threshold": nir.Threshold(LEVEL)}, edges), **how)
    return net


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("dt", [1.0, 0.1, 0.3])
def test_threshold_of_currents(dt, strict):
    """A spike in each step in which the current is above; bit for bit, whatever the step."""
    net = behind(nir.Scale(np.ones(4)), dt=dt, input="current", strict_threshold=strict)
    for values in (VALUES, VALUES * 0.1 * (LEVEL != 0)):
        assert (net.run(values).output[:, 0] == above(values, strict)).all()


@pytest.mark.parametrize("strict", [False, True])
def test_threshold_of_spikes(strict):
    """Weighted sums of the spikes that arrive in a step, one step later."""
    weight = rng.integers(-4, 5, (4, 4)) / 4
    x = rng.integers(0, 3, (60, 4))
    net = behind(nir.Linear(weight), dt=0.1, spikes="step", strict_threshold=strict)
    found = net.run(x).output[:, 0]
    assert (found[1:] == above(x[:-1] @ weight.T, strict)).all()
    assert (found[0] == above(np.zeros(4), strict)).all()


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("kind", ["I", "LI", "CubaLI"])
def test_threshold_of_potentials(kind, strict):
    """A spike in every step at whose end the potential is above; the potential is that of the integrator, and can be an output."""
    r, tau, leak = np.full(4, 2.0), np.full(4, 0.02), np.array([0.0, 0.0, 0.1, 0.0])
    node = {
        "I": nir.I(r * 40),
        "LI": nir.LI(tau, r, leak),
        "CubaLI": nir.CubaLI(tau / 3, tau, r, leak),
    }[kind]
    nodes = {**ends(), "node": node, "threshold": nir.Threshold(LEVEL), "v": nir.Output(np.array([4]))}
    edges = [("in", "node"), ("node", "threshold"), ("threshold", "out"), ("node", "v")]
    made = graph(nodes, edges)
    how = dict(input="current", strict_threshold=strict)
    net = convert.from_nir(made, 0.1, record=["threshold"], **how)
    result = net.run(np.cos(np.arange(900) / 60)[:, None] * [1, 2, 1, 3])
    potentials = result.outputs["v"][:, 0]
    assert np.array_equal(result.outputs["out"][:, 0], above(potentials, strict))
    assert (np.ptp(result.outputs["out"], axis=0) == 1).all()
    np.testing.assert_allclose(result.potentials["threshold"][:, 0], potentials, rtol=0, atol=1e-12)
    again = convert.from_nir(convert.to_nir(net), 0.1, **how)
    assert type(convert.to_nir(net).nodes["threshold"]).__name__ == "Threshold"
    x = rng.normal(size=(300, 4))
    assert (again.run(x).outputs["out"] == net.run(x).outputs["out"]).all()


def test_thresholds_are_written_and_send_spikes(tmp_path):
    """Threshold -> Linear -> Threshold: spikes of the first make the second fire, one step later."""
    weight = np.array([[1.0, -1.0], [0.5, 0.5]])
    nodes = {
        **ends(2),
        "a": nir.Threshold(np.array([0.5, 0.5])),
        "w": nir.Affine(weight, np.array([0.25, 0.0])),
        "b": nir.Threshold(np.array([1.0, 0.5])),
    }
    edges = [("in", "a"), ("a", "w"), ("w", "b"), ("b", "out")]
    how = dict(input="current", spikes="step")
    net = convert.from_nir(graph(nodes, edges), 0.1, **how)
    x = rng.uniform(0, 1, (100, 2))
    first = x > 0.5
    expected = np.concatenate([[[False, False]], first[:-1] @ weight.T + [0.25, 0] > [1.0, 0.5]])
    assert (net.run(x).output[:, 0] == expected).all() and expected.any(axis=0).all()
    nir.write(tmp_path / "graph.nir", convert.to_nir(net, spikes="step"))
    again = convert.from_nir(tmp_path / "graph.nir", 0.1, **how)
    assert (again.run(x).output[:, 0] == expected).all()
    with pytest.raises(ranvier.IllegalConnection, match="Dirac"):
        convert.to_nir(net)


def test_threshold_within_a_graph():
    """The integrator stands outside: inputs of subgraphs only pass on."""
    inner = graph(
        {**ends(), "threshold": nir.Threshold(LEVEL)}, [("in", "threshold"), ("threshold", "out")]
    )
    nodes = {**ends(), "li": nir.LI(np.full(4, 0.01), np.ones(4), np.zeros(4)), "block": inner}
    edges = [("in", "li"), ("li", "block"), ("block", "out")]
    net = convert.from_nir(graph(nodes, edges), 0.1, input="current", record=["li"])
    result = net.run(rng.normal(size=(400, 4)) * 20)
    assert (result.output == (result.potentials["li"] > LEVEL)).all() and np.ptp(result.output) == 1


def two_doors():
    """x -> IF -> p and y -> 2 IF -> q."""
    nodes = {
        "x": nir.Input(np.array([2])),
        "y": nir.Input(np.array([2])),
        "one": nir.IF(np.ones(2), np.full(2, 0.5)),
        "two": nir.IF(np.full(2, 0.25), np.full(2, 0.5)),
        "p": nir.Output(np.array([2])),
        "q": nir.Output(np.array([2])),
    }
    return graph(nodes, [("x", "one"), ("y", "two"), ("one", "p"), ("two", "q")])


def test_subgraphs_with_several_inputs_and_outputs():
    """Edges name them; from one such graph to another they are joined in their order."""
    nodes = {
        "a": nir.Input(np.array([2])),
        "b": nir.Input(np.array([2])),
        "first": two_doors(),
        "second": two_doors(),
        "c": nir.Output(np.array([2])),
        "d": nir.Output(np.array([2])),
    }
    edges = [
        ("a", "first.x"),
        ("b", "first.y"),
        ("first", "second"),
        ("second.p", "c"),
        ("second.q", "d"),
    ]
    net = convert.from_nir(graph(nodes, edges), 1.0, record=["first.one", "first.two"])
    a, b = np.zeros((40, 2)), np.zeros((40, 2))
    a[2, 0], b[4:20, 1] = 1, 1
    result = net.run({"a": a, "b": b})
    assert np.argwhere(result.outputs["c"][:, 0]).tolist() == [[4, 0]]
    # A spike of 1 is a quarter: three to come above a half, then every other one; the same again.
    assert np.argwhere(result.spikes["first.two"][:, 0]).tolist() == [[k, 1] for k in range(7, 20, 2)]
    assert result.outputs["d"][:, 0, 1].sum() == 3 and result.outputs["d"][:, 0, 0].sum() == 0


@pytest.mark.parametrize(
    "edges, words",
    [
        ([("a", "g"), ("g.p", "c")], ["g", "g.x, g.y"]),
        ([("a", "g.x"), ("g", "c")], ["g.p, g.q"]),
        ([("a", "g.z"), ("g.p", "c")], ["g.z"]),
    ],
)
def test_doors_that_are_not_named(edges, words):
    nodes = {"a": nir.Input(np.array([2])), "g": two_doors(), "c": nir.Output(np.array([2]))}
    with pytest.raises((ranvier.IllegalConnection, ranvier.UnknownNode)) as e:
        convert.from_nir(graph(nodes, edges), 1.0)
    for word in words:
        assert word in str(e.value)


@pytest.mark.parametrize(
    "nodes, edges, words",
    [
        (
            {"lif": nir.LIF(np.full(4, 0.01), np.ones(4), np.zeros(4), np.ones(4))},
            [("in", "lif"), ("lif", "t"), ("t", "out")],
            ["t", "spikes='step'", "lif"],
        ),
        ({}, [("in", "t"), ("t", "out")], ["t", "spikes='step'"]),
        (
            {"li": nir.LI(np.full(4, 0.01), np.ones(4), np.zeros(4)), "i": nir.I(np.ones(4))},
            [("in", "li"), ("in", "i"), ("li", "t"), ("i", "t"), ("t", "out")],
            ["t", "li, i", "alone"],
        ),
    ],
)
def test_what_thresholds_cannot_see(nodes, edges, words):
    with pytest.raises(ranvier.IllegalConnection) as e:
        convert.from_nir(graph({**ends(), **nodes, "t": nir.Threshold(LEVEL)}, edges), 0.1)
    for word in words:
        assert word in str(e.value)
    assert e.value.object and e.value.remedy
