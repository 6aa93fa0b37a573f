"""Graphs in NIR: responses against closed forms, and what is refused."""

import numpy as np
import pytest

pytest.importorskip("scipy")
nir = pytest.importorskip("nir")

import ranvier
from ranvier import convert

DT = 0.1  # ms
STEPS = 200
S = np.arange(1, STEPS + 1)[:, None] * DT * 1e-3  # s, ends of steps

TAU, TAU_SYN = np.array([0.02, 0.01, 0.005]), np.array([0.004, 0.01, 0.007])
R, LEAK, W_IN = np.array([2.0, 1.0, 3.0]), np.array([0.0, 0.1, -0.2]), np.array([1.0, 2.0, 0.5])
CURRENT = np.array([0.5, 1.0, -0.3])


def chain(*nodes, n_in=3, n_out=3):
    shape = [np.atleast_1d(n) for n in (n_in, n_out)]
    return nir.NIRGraph.from_list(nir.Input(shape[0]), *nodes, nir.Output(shape[1]), type_check=False)


def after(step):
    """s since a spike of the input in this step has arrived, one step later; -1 before."""
    passed = S - (step + 2) * DT * 1e-3
    return np.where(passed > -1e-9, np.maximum(passed, 0), -1)


def decay(s, tau):
    return np.where(s >= 0, np.exp(-np.maximum(s, 0) / tau), 0)


def filtered(s):
    """Response of tau dv/dt = -v + I to I = exp(-s / tau_syn) / tau_syn."""
    s = np.maximum(s, 0)
    with np.errstate(all="ignore"):
        different = (np.exp(-s / TAU) - np.exp(-s / TAU_SYN)) / (TAU - TAU_SYN)
        return np.where(TAU == TAU_SYN, s / TAU**2 * np.exp(-s / TAU), different)


def filtered_step(s):
    """The integral of filtered()."""
    s = np.maximum(s, 0)
    with np.errstate(all="ignore"):
        different = 1 - (TAU * np.exp(-s / TAU) - TAU_SYN * np.exp(-s / TAU_SYN)) / (TAU - TAU_SYN)
        return np.where(TAU == TAU_SYN, 1 - (1 + s / TAU) * np.exp(-s / TAU), different)


INTEGRATORS = {
    "I": (nir.I(R), 0.0, lambda s: R * (s >= 0), lambda s: R * np.maximum(s, 0)),
    "LI": (
        nir.LI(TAU, R, LEAK),
        LEAK,
        lambda s: R / TAU * decay(s, TAU),
        lambda s: R * np.where(s >= 0, 1 - decay(s, TAU), 0),
    ),
    "CubaLI": (
        nir.CubaLI(TAU_SYN, TAU, R, LEAK, W_IN),
        LEAK,
        lambda s: W_IN * R * filtered(s),
        lambda s: W_IN * R * filtered_step(s),
    ),
}


def two_spikes():
    x = np.zeros((STEPS, 3))
    x[3], x[10] = 1, 2
    return x


@pytest.mark.parametrize("name", INTEGRATORS)
def test_responses_to_spikes(name):
    """Dirac pulses of weight 1 and 2."""
    node, rest, response, _ = INTEGRATORS[name]
    found = convert.from_nir(chain(node), DT).run(two_spikes()).output[:, 0]
    expected = rest + response(after(3)) + 2 * response(after(10))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["I", "LI"])
def test_responses_to_spikes_of_a_step(name):
    """They are those to a current of height 1 in the step that they arrive in."""
    node, rest, _, response = INTEGRATORS[name]
    found = convert.from_nir(chain(node), DT, spikes="step").run(two_spikes()).output[:, 0]
    h = DT * 1e-3
    pulses = [w * (response(S - (k + 1) * h) - response(S - (k + 2) * h)) for w, k in ((1, 3), (2, 10))]
    np.testing.assert_allclose(found, rest + sum(pulses), rtol=1e-10, atol=1e-10)
    current = convert.from_nir(chain(node), DT, input="current").run(np.roll(two_spikes(), 1, axis=0)).output
    np.testing.assert_allclose(found, current[:, 0], rtol=1e-10, atol=1e-10)


def test_published_trace():
    """The exact LIF trace of Pedersen et al. 2024 (github.com/neuromorphs/NIR, paper/01_lif/lif_exact.csv): steps 1, 2, 26 and 51
    after the first spike of the input."""
    tau = np.array([np.float32(0.0025)])  # as it was there
    node = nir.LIF(tau, np.ones(1), np.zeros(1), np.array([0.1]))
    net = convert.from_nir(chain(node, n_in=1, n_out=1), DT, spikes="step", record=["lif"])
    x = np.zeros((70, 1))
    x[9] = 1
    found = net.run(x).potentials["lif"][10:, 0, 0]
    expected = [3.921056170668948959e-02, 3.767309355733538395e-02, 1.442475920625678303e-02, 5.306572237219263181e-03]
    np.testing.assert_allclose(found[[0, 1, 25, 50]], expected, rtol=1e-9)


def test_filtered_spikes_of_a_step():
    """The current is that at the end of a pulse of a step."""
    node, rest, response, _ = INTEGRATORS["CubaLI"]
    found = convert.from_nir(chain(node), DT, spikes="step").run(two_spikes()).output[:, 0]
    rise = TAU_SYN * (1 - np.exp(-DT * 1e-3 / TAU_SYN))
    expected = rest + rise * (response(after(3)) + 2 * response(after(10)))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", INTEGRATORS)
def test_responses_to_currents(name):
    """A current that grows in the middle of the run; a second run gives the same bits."""
    node, rest, _, response = INTEGRATORS[name]
    x = np.tile(CURRENT, (STEPS, 1))
    x[100:] *= 3
    expected = rest + CURRENT * (response(S) + 2 * response(S - 100 * DT * 1e-3))
    net = convert.from_nir(chain(node), DT, input="current")
    first = net.run(x).output
    np.testing.assert_allclose(first[:, 0], expected, rtol=1e-10, atol=1e-10)
    assert (net.run(x).output == first).all()


@pytest.mark.parametrize("name", INTEGRATORS)
def test_biases_are_currents(name):
    node, rest, _, response = INTEGRATORS[name]
    net = convert.from_nir(chain(nir.Affine(np.eye(3), CURRENT), node), DT)
    found = net.run(np.zeros((0, 3)), STEPS).output[:, 0]
    np.testing.assert_allclose(found, rest + CURRENT * response(S), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("unit, ms", [("s", 1e3), ("ms", 1.0), ("us", 1e-3), ("step", DT)])
def test_units_of_time(unit, ms):
    """The same neuron in other units: spikes are jumps of r w / tau, in these units."""
    node = nir.LI(TAU * 1e3 / ms, R, LEAK)
    x = np.zeros((STEPS, 3))
    x[0] = 1
    found = convert.from_nir(chain(node), DT, time_unit=unit).run(x).output[:, 0]
    expected = LEAK + R / (TAU * 1e3 / ms) * decay(after(0), TAU)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_lif_fires_periodically(reset):
    """From its reset each neuron takes as many steps to the threshold as the closed form says; potentials are exact."""
    r, tau, threshold, v_reset = np.full(3, 1.5), TAU, np.array([1.0, 0.7, 1.2]), np.array([0.0, -0.2, 0.3])
    node = nir.LIF(tau, r, LEAK, threshold, v_reset)
    x = np.tile([1.0, 1.5, 2.0], (2000, 1))
    net = convert.from_nir(chain(node), DT, reset=reset, input="current", record=["lif"])
    result = net.run(x)
    v, step, far = LEAK.copy(), np.exp(-DT * 1e-3 / tau), LEAK + r * x[0]
    expected, potentials = [], []
    for _ in range(len(x)):
        v = far + (v - far) * step
        fire = v > threshold
        v = np.where(fire, v - (threshold - v_reset) if reset == "subtract" else v_reset, v)
        expected.append(fire)
        potentials.append(v)
    assert (result.output[:, 0] == np.array(expected)).all() and (np.sum(expected, axis=0) > 4).all()
    np.testing.assert_allclose(result.potentials["lif"][:, 0], potentials, rtol=0, atol=1e-10)
    if reset == "zero":
        interval = np.ceil(tau * np.log((far - v_reset) / (far - threshold)) / (DT * 1e-3))
        for k in range(3):
            assert set(np.diff(np.flatnonzero(result.output[:, 0, k]))) == {interval[k]}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("reset", ["subtract", "zero"])
def test_floor_laws(reset, strict):
    """An IF neuron with the input k / 64 in each step, read as current with steps as the unit of time."""
    k, T = np.arange(1, 65), np.arange(1, 641)[:, None]
    node = nir.IF(np.ones(64), np.ones(64))
    how = dict(time_unit="step", input="current", reset=reset, strict_threshold=strict)
    found = convert.from_nir(chain(node, n_in=64, n_out=64), 1.0, **how).run(np.tile(k / 64, (640, 1)))
    counts = found.output[:, 0].cumsum(axis=0)
    if reset == "subtract":
        expected = np.maximum(-(-k * T // 64) - 1, 0) if strict else k * T // 64
    else:
        expected = T // (64 // k + 1 if strict else -(-64 // k))
    assert (counts == expected).all()


def test_thresholds_with_a_leak_are_compared_exactly():
    """V_th - E_L is rounded; strict neurons fire above the rounded difference, and not at it."""
    leak, threshold = np.array([-0.1, 0.3, 1e-3]), np.array([0.2, 0.7, 0.9])
    at = threshold - leak
    for strict in (False, True):
        node = nir.LIF(np.full(3, 1e-9), np.ones(3), leak, threshold)
        how = dict(input="current", strict_threshold=strict, reset="zero")
        net = convert.from_nir(chain(node), DT, **how)
        current = net.graph.nodes["lif"]
        assert (net.run(np.tile(np.nextafter(at, 9), (2, 1))).output == 1).all()
        equal = net.run(np.tile(at, (2, 1))).output
        assert (equal == (0 if strict else 1)).all(), current


def test_cuba_lif():
    """Spikes through the synapse, reset and threshold, against the exact step."""
    threshold = np.array([0.3, 0.2, 0.5])
    x = np.random.default_rng(4).integers(0, 2, (STEPS, 3)).astype(float)
    weight = np.diag([0.02, 0.003, 0.01])
    node = nir.CubaLIF(TAU_SYN, TAU, R, LEAK, threshold, w_in=W_IN)
    net = convert.from_nir(chain(nir.Linear(weight), node), DT, record=["cubalif"])
    result = net.run(x)
    h, i, v, expected, potentials = DT * 1e-3, np.zeros(3), LEAK.copy(), [], []
    for k in range(STEPS):
        v = LEAK + (v - LEAK) * np.exp(-h / TAU) + R * i * TAU_SYN * filtered(np.array(h))
        i = i * np.exp(-h / TAU_SYN) + (W_IN / TAU_SYN * (weight @ x[k - 1]) if k else 0)
        fire = v > threshold
        v = np.where(fire, v - threshold, v)
        expected.append(fire)
        potentials.append(v)
    assert (result.output[:, 0] == np.array(expected)).all() and (np.sum(expected, axis=0) > 3).all()
    np.testing.assert_allclose(result.potentials["cubalif"][:, 0], potentials, rtol=1e-10, atol=1e-10)


def test_delays_recurrence_and_batches():
    """A spike goes round a loop of a delay and a synapse; copies do not hear of each other."""
    one = nir.IF(np.ones(2), np.full(2, 0.5))
    nodes = {
        "in": nir.Input(np.array([2])),
        "neurons": one,
        "delay": nir.Delay(np.array([2e-3, 5e-3])),
        "back": nir.Linear(np.eye(2)),
        "out": nir.Output(np.array([2])),
    }
    edges = [
        ("in", "neurons"),
        ("neurons", "delay"),
        ("delay", "back"),
        ("back", "neurons"),
        ("neurons", "out"),
    ]
    net = convert.from_nir(nir.NIRGraph(nodes, edges), 1.0, reset="zero", batch=2)
    x = np.zeros((1, 2, 2))
    x[0, 1] = 1
    found = net.run(x, 40).output
    assert not found[:, 0].any()
    for k, delay in enumerate((2, 5)):
        assert np.flatnonzero(found[:, 1, k]).tolist() == list(range(1, 40, delay + 1))
    assert (net.run(x, 40).output == found).all()


def test_delays_add_up():
    delays = nir.Delay(np.array([0.0, 1e-3, 1e-3])), nir.Delay(np.array([0.0, 0.0, 1e-3]))
    graph = chain(*delays, nir.I(np.ones(3)))
    found = convert.from_nir(graph, 1.0, input="current").run(np.ones((4, 3))).output[:, 0] * 1e3
    np.testing.assert_allclose(found, [[1, 0, 0], [2, 1, 0], [3, 2, 1], [4, 3, 2]], atol=1e-12)
    x = np.zeros((6, 3))
    x[0] = 1
    found = convert.from_nir(graph, 1.0).run(x).output[:, 0]
    assert found.argmax(axis=0).tolist() == [1, 2, 3]


def test_graphs_within_graphs():
    """Input -> (Linear -> IF) -> LI, with names of the inner nodes."""
    inner = chain(nir.Linear(2 * np.eye(3)), nir.IF(np.ones(3), np.ones(3)))
    outer = {
        "a": nir.Input(np.array([3])),
        "block": inner,
        "li": nir.LI(TAU, R, LEAK),
        "z": nir.Output(np.array([3])),
    }
    graph = nir.NIRGraph(outer, [("a", "block"), ("block", "li"), ("li", "z")], type_check=False)
    net = convert.from_nir(graph, DT, record=["block.if"])
    x = np.zeros((STEPS, 3))
    x[5, 1] = 1
    result = net.run(x)
    assert np.argwhere(result.spikes["block.if"][:, 0]).tolist() == [[6, 1]]
    expected = np.where(np.arange(3) == 1, R / TAU * decay(after(6), TAU), 0) + LEAK
    np.testing.assert_allclose(result.output[:, 0], expected, rtol=0, atol=1e-10)


def lif(n=3):
    return nir.LIF(np.full(n, 0.01), np.ones(n), np.zeros(n), np.ones(n))


def two_outputs(*names):
    nodes = {
        "in": nir.Input(np.array([3])),
        "lif": lif(),
        "a": nir.Output(np.array([3])),
        "b": nir.Output(np.array([3])),
    }
    return nir.NIRGraph(nodes, [("in", "lif"), *(("lif", n) for n in names)], type_check=False)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (
            lambda: convert.from_nir(chain(nir.LI(TAU, R, LEAK), lif()), DT),
            ranvier.IllegalConnection,
            ["li", "lif"],
        ),
        (
            lambda: convert.from_nir(chain(lif(), nir.Scale(2 * np.ones(3))), DT),
            ranvier.IllegalConnection,
            ["output"],
        ),
        (lambda: convert.from_nir(two_outputs("a"), DT), ranvier.IllegalConnection, ["b", "population"]),
        (lambda: convert.from_nir(chain(lif(4)), DT), ranvier.WrongSize, ["lif", "(3,)", "(4,)"]),
        (
            lambda: convert.from_nir(chain(nir.Linear(np.ones((3, 2))), lif()), DT),
            ranvier.WrongSize,
            ["(2,)"],
        ),
        (
            lambda: convert.from_nir(chain(nir.Delay(np.full(3, 1.5e-4)), lif()), DT),
            ranvier.BadDelay,
            ["delay", "0.1"],
        ),
        (
            lambda: convert.from_nir(chain(nir.Delay(np.full(3, -1e-4)), lif()), DT),
            ranvier.BadDelay,
            ["negative"],
        ),
        (
            lambda: convert.from_nir(chain(nir.LI(0 * TAU, R, LEAK)), DT),
            ranvier.OutOfRange,
            ["li", "tau", "> 0"],
        ),
        (
            lambda: convert.from_nir(chain(nir.IF(np.ones(3), np.ones(3), np.ones(3))), DT),
            ranvier.OutOfRange,
            ["if", "v_reset", "< v_threshold"],
        ),
        (lambda: convert.from_nir(chain(lif()), DT, reset="soft"), ranvier.OutOfRange, ["reset", "'zero'"]),
        (
            lambda: convert.from_nir(chain(lif()), DT, time_unit="h"),
            ranvier.OutOfRange,
            ["time_unit", "'ms'"],
        ),
        (
            lambda: convert.from_nir(chain(lif()), DT, spikes="unit"),
            ranvier.OutOfRange,
            ["spikes", "'dirac'"],
        ),
        (
            lambda: convert.from_nir(chain(lif()), DT, input="analog"),
            ranvier.OutOfRange,
            ["input", "'current'"],
        ),
        (
            lambda: convert.from_nir(chain(lif()), DT, record=["x"]),
            ranvier.IllegalConnection,
            ["record", "x", "lif"],
        ),
        (lambda: convert.from_nir(chain(lif()), 0.0), ranvier.OutOfRange, ["resolution"]),
        (lambda: convert.from_nir(chain(lif()), DT).run(np.ones((5, 2))), ranvier.WrongSize, ["(5, 2)", "3"]),
        (
            lambda: convert.from_nir(chain(lif()), DT).run(np.full((5, 3), 0.5)),
            ranvier.OutOfRange,
            ["0.5", "spikes"],
        ),
        (
            lambda: convert.from_nir(chain(lif()), DT).run({"x": np.ones((5, 3))}),
            ranvier.WrongSize,
            ["x", "input"],
        ),
        (
            lambda: convert.from_nir(chain(lif()), DT).run(np.ones((5, 3)), 4),
            ranvier.OutOfRange,
            ["steps", "4", "5"],
        ),
        (
            lambda: convert.from_nir(two_outputs("a", "b"), DT).run(np.ones((5, 3))).output,
            ranvier.WrongSize,
            ["a, b"],
        ),
    ],
)
def test_mistakes(call, error, words):
    with pytest.raises(error) as e:
        call()
    for word in words:
        assert word in str(e.value)
    assert e.value.object and e.value.remedy


def test_loops_without_neurons():
    nodes = {
        "in": nir.Input(np.array([1])),
        "a": nir.Linear(np.ones((1, 1))),
        "b": nir.Linear(np.ones((1, 1))),
        "li": nir.I(np.ones(1)),
        "out": nir.Output(np.array([1])),
    }
    edges = [("in", "a"), ("a", "b"), ("b", "a"), ("b", "li"), ("li", "out")]
    with pytest.raises(ranvier.IllegalConnection, match="loop without neurons"):
        convert.from_nir(nir.NIRGraph(nodes, edges, type_check=False), DT)
