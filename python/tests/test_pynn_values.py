"""Values of connections: signs, delays, weights; read, set, and read again."""

import numpy as np
import pytest

from pynn_common import cells_of, edges, signal


def test_multapses_are_combined(sim):
    a = cells_of(sim, 2)
    prj = sim.Projection(
        a,
        a,
        sim.FromListConnector([(0, 1, 0.5, 1.0), (0, 1, 0.25, 2.0), (1, 0, 0.1, 1.0)]),
        sim.StaticSynapse(),
    )
    expected = {"sum": 0.75, "min": 0.25, "max": 0.5, "first": 0.5, "last": 0.25}
    for how, value in expected.items():
        got = prj.get("weight", format="array", multiple_synapses=how)
        assert got[0, 1] == pytest.approx(value) and got[1, 0] == pytest.approx(0.1) and np.isnan(got[0, 0])


def test_signs_are_checked_in_one_way(sim):
    from pyNN.errors import ConnectionError

    current, conductance = cells_of(sim, 3), cells_of(sim, 3, "IF_cond_exp")

    def connect(post, weight, receptor, connector=None):
        return sim.Projection(
            current,
            post,
            connector or sim.AllToAllConnector(),
            sim.StaticSynapse(weight=weight, delay=1.0),
            receptor_type=receptor,
        )

    mixed = np.array([[1.0, 1, 1], [-1, -1, -1], [1, 1, 1]])
    for post, weight, receptor in (
        (current, -1.0, "excitatory"),
        (current, 1.0, "inhibitory"),
        (conductance, -1.0, "inhibitory"),
        (conductance, -1.0, "excitatory"),
        (current, mixed, "excitatory"),
    ):
        with pytest.raises(ConnectionError):
            connect(post, weight, receptor)
    e, i, g = (
        connect(current, 1.0, "excitatory"),
        connect(current, -1.0, "inhibitory"),
        connect(conductance, 2.0, "inhibitory"),
    )
    for prj, wrong in ((e, -1.0), (i, 1.0), (g, -1.0), (e, mixed)):
        with pytest.raises(ConnectionError):
            prj.set(weight=wrong)
        with pytest.raises(ConnectionError):
            prj[0].weight = -prj[0].weight
    unsafe = sim.FixedProbabilityConnector(0.5, safe=False)
    with pytest.raises(ConnectionError):
        connect(conductance, -1.0, "excitatory", unsafe)
    # -2 in pyNN.nest
    assert g[0].weight == 2.0 and {w for _, _, w, _ in edges(g)} == {2.0}
    with pytest.raises(ConnectionError):
        connect(conductance, 0.0, "excitatory", sim.FromListConnector([(0, 0, -0.1, 1.0)]))
    free = connect(current, 0.0, "excitatory", sim.FromListConnector([(0, 0, -0.1, 1.0), (0, 1, 0.2, 1.0)]))
    assert edges(free) == [(0, 0, pytest.approx(-0.1), 1.0), (0, 1, pytest.approx(0.2), 1.0)]


def test_delays(sim):
    from pyNN.errors import ConnectionError

    a = cells_of(sim, 3)
    sim.setup(timestep=0.1, min_delay=0.5, max_delay=5.0, backend="cpu", threads=1)
    a = cells_of(sim, 3)
    unspecified = sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1))
    assert (
        {d for _, _, _, d in edges(unspecified)} == {0.5}
        and sim.get_min_delay() == 0.5
        and sim.get_max_delay() == 5.0
    )
    for delay in (0.4, 5.1):
        with pytest.raises(ConnectionError, match=f"{delay}.*0.5.*5.0"):
            sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=delay))
        with pytest.raises(ConnectionError):
            unspecified.set(delay=delay)
    unspecified.set(delay=2.0)
    assert {d for _, _, _, d in edges(unspecified)} == {2.0}
    unspecified.set(delay=np.linspace(1.0, 4.0, 9).reshape(3, 3).round(1), weight=0.25)
    assert edges(unspecified)[1] == (0, 1, 0.25, pytest.approx(1.4))
    sim.run(1.0)
    with pytest.raises(ConnectionError, match="reset"):
        unspecified.set(delay=3.0)


def test_changed_delays_are_those_of_the_spikes(sim):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    cells = cells_of(sim, 2, "IF_curr_delta")
    prj = sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=1.0))
    cells.record("v")
    prj.set(delay=[[2.0, 3.5]])
    sim.run(6.0)
    v = signal(cells, "v")
    assert [np.nonzero(v[:, k] > -65)[0][0] for k in range(2)] == [30, 45]


def test_setting_weights_in_every_way(sim):
    a = cells_of(sim, 3)
    prj = sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    wanted = np.arange(9.0).reshape(3, 3) / 8
    prj.set(weight=wanted)
    assert np.allclose(prj.get("weight", format="array"), wanted, rtol=1e-15)
    prj.set(weight=list(wanted.ravel() * 2))
    assert np.allclose(prj.get("weight", format="array"), 2 * wanted, rtol=1e-15)
    prj.set(weight=sim.RandomDistribution("uniform", (0.3, 0.4), rng=sim.NumpyRNG(seed=1)))
    drawn = prj.get("weight", format="array")
    assert (drawn > 0.3).all() and (drawn < 0.4).all() and len(set(drawn.ravel())) == 9
    prj.set(weight=lambda d: 0.1 + d)
    assert np.allclose(
        prj.get("weight", format="array"), 0.1 + np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    )
    assert [c.weight for c in prj.connections] == [w for *_, w in prj.get("weight", format="list")]
    from pyNN import errors

    with pytest.raises(errors.NonExistentParameterError):
        prj.set(wait=1.0)
    with pytest.raises(errors.NonExistentParameterError):
        prj.get("wait", format="list")
    with pytest.raises(errors.InvalidDimensionsError):
        prj.set(weight=[1.0, 2.0])
    with pytest.raises(IndexError):
        prj[9]
    assert len(prj[2:5]) == 3 and prj[-1].postsynaptic_index == 2
    for k, connection in enumerate(prj.connections):
        connection.weight = 0.5 + k
    assert prj.get("weight", format="list", with_address=False) == [0.5 + k for k in range(9)]
    large = sim.Projection(
        cells_of(sim, 300),
        cells_of(sim, 300),
        sim.AllToAllConnector(),
        sim.StaticSynapse(weight=0.1, delay=1.0),
    )
    assert sum(connection.weight for connection in large.connections) == pytest.approx(9000)


def test_values_that_are_none(sim):
    """NaN, shapes that do not fit, other types: errors that name the projection and the value; nothing is made or changed."""
    from pyNN import errors

    cells = sim.Population(3, sim.IF_curr_exp(), label="C")
    nan = float("nan")
    with_nan = np.array([[0.1, nan, 0.1]] * 3)
    all_of_them, listed = sim.AllToAllConnector(), sim.FromListConnector([(0, 1, nan, 1.0)])
    drawn = sim.FixedProbabilityConnector(0.9, rng=sim.NumpyRNG(seed=1))
    for connector in (all_of_them, drawn, sim.ArrayConnector(np.ones((3, 3), bool)), listed):
        for weight in (nan, with_nan):
            with pytest.raises(errors.ConnectionError, match="P.*weight = (?i:nan)"):
                sim.Projection(
                    cells, cells, connector, sim.StaticSynapse(weight=weight, delay=1.0), label="P"
                )
    for receptor, weight, word in (
        ("excitatory", -0.5, "weight = -0.5, allowed: >= 0"),
        ("inhibitory", 0.5, "weight = 0.5, allowed: <= 0"),
        (
            "excitatory",
            np.array([[0.5, -0.25, 0.5]] * 3).T,
            r"weight = -0.25 ... 0.5, allowed: all of one sign",
        ),
    ):
        for connector in (all_of_them, sim.FixedProbabilityConnector(1.0, rng=sim.NumpyRNG(seed=1))):
            with pytest.raises(errors.ConnectionError, match=f"P: {word}"):
                synapse = sim.StaticSynapse(weight=weight, delay=1.0)
                sim.Projection(cells, cells, connector, synapse, receptor_type=receptor, label="P")
    for index in (3, -1, 0.5, nan):
        with pytest.raises(errors.ConnectionError, match=f"P: source index {index:g}"):
            sim.Projection(cells, cells, sim.FromListConnector([(index, 0, 0.1, 1.0)]), label="P")
    assert sim.simulator.state.network.stats["connections"] == 0
    assert not any(sim.simulator.state.static_slots.values()) and len(sim.simulator.state.static_models) == 0
    prj = sim.Projection(cells, cells, all_of_them, sim.StaticSynapse(weight=0.1, delay=1.0), label="P")
    for name in ("weight", "delay"):
        for wrong in (nan, with_nan, [nan] * 9):
            with pytest.raises(errors.ConnectionError, match=f"P: {name} = nan"):
                prj.set(**{name: wrong})
        with pytest.raises(errors.ConnectionError, match=f"P: {name} = nan"):
            setattr(prj[0], name, nan)
        with pytest.raises(
            errors.InvalidDimensionsError, match=rf"P: {name} of shape \(2, 2\), allowed: \(3, 3\)"
        ):
            prj.set(**{name: [[0.1, 0.2], [0.3, 0.4]]})
    assert edges(prj) == [(i, j, 0.1, 1.0) for i in range(3) for j in range(3)]
    # What an array does not say of pairs that are not connected, does not matter.
    some = sim.Projection(cells, cells, sim.FromListConnector([(0, 1, 0.1, 1.0)]), sim.StaticSynapse())
    some.set(weight=some.get("weight", format="array") * 2)
    assert edges(some) == [(0, 1, 0.2, 1.0)]


def test_values_read_back_to_the_bit(sim):
    values = np.random.default_rng(3).uniform(0.001, 0.1, (20, 20))
    cells = cells_of(sim, 20, "IF_cond_exp")
    delays = (np.arange(400).reshape(20, 20) % 37 + 1) / 10
    prj = sim.Projection(
        cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=values, delay=delays)
    )
    assert np.array_equal(prj.get("weight", format="array"), values) and np.array_equal(
        prj.get("delay", format="array"), delays
    )
    prj.set(weight=values[::-1])
    assert np.array_equal(prj.get("weight", format="array"), values[::-1])
    prj.set(weight=0.0123)
    assert (prj.get("weight", format="array") == 0.0123).all() and prj[3].weight == 0.0123
    short = sim.Projection(cells, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.0123, delay=0.3))
    assert edges(short) == [(i, i, 0.0123, 0.3) for i in range(20)]
