"""Connectors and projections: PyNN's own way and the library's rules make the same networks; values read back."""

import numpy as np
import pytest

from pynn_common import both, signal


def cells_of(sim, n, kind="IF_curr_exp"):
    return sim.Population(n, getattr(sim, kind)())


def edges(prj, *names):
    return sorted(prj.get(list(names) or ["weight", "delay"], format="list"))


def by_pynn(connector):
    """The same connector, as PyNN would connect it."""
    base = next(c for c in type(connector).__mro__ if c.__module__ == "pyNN.connectors")
    connector.__class__ = base
    return connector


def matrix(shape):
    return (np.arange(np.prod(shape)).reshape(shape) % 3) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda sim: sim.AllToAllConnector(),
        lambda sim: sim.AllToAllConnector(allow_self_connections=False),
        lambda sim: sim.OneToOneConnector(),
        lambda sim: sim.FromListConnector(
            [(0, 3, 0.5, 1.0), (2, 1, 0.25, 2.0), (2, 1, 0.75, 0.4), (4, 3, 0.1, 1.0)]
        ),
        lambda sim: sim.FromListConnector([(0, 1, 0.5), (3, 2, 0.7)], column_names=("weight",)),
        lambda sim: sim.ArrayConnector(matrix((5, 5))),
        lambda sim: sim.FixedProbabilityConnector(0.4, rng=sim.NumpyRNG(seed=3)),
        lambda sim: sim.FixedProbabilityConnector(
            0.4, allow_self_connections=False, rng=sim.NumpyRNG(seed=3)
        ),
        lambda sim: sim.FixedNumberPreConnector(3, rng=sim.NumpyRNG(seed=3)),
        lambda sim: sim.FixedNumberPostConnector(2, rng=sim.NumpyRNG(seed=3)),
    ],
)
@pytest.mark.parametrize("values", ["numbers", "matrix", "distance", "random"])
def test_both_ways_make_the_same_network(sim, make, values):
    if values == "matrix" and isinstance(make(sim), sim.FromListConnector):
        pytest.skip("PyNN takes no matrices with lists")
    weights = {
        "numbers": 0.5,
        "matrix": np.arange(25.0).reshape(5, 5),
        "distance": "0.1 + d",
        "random": None,
    }[values]
    made = []
    for other_way in (False, True):
        if values == "random":
            weights = sim.RandomDistribution("uniform", (0.1, 0.9), rng=sim.NumpyRNG(seed=9))
        cells, connector = cells_of(sim, 5), make(sim)
        prj = sim.Projection(
            cells,
            cells,
            by_pynn(connector) if other_way else connector,
            sim.StaticSynapse(weight=weights, delay=1.0),
        )
        made.append(edges(prj))
    assert len(made[0]) > 1 and np.allclose(made[0], made[1], rtol=1e-12, atol=0)


def test_rules_of_the_library_draw_the_right_networks(sim):
    a, b = cells_of(sim, 200), cells_of(sim, 100)
    synapse = sim.StaticSynapse(weight=0.1, delay=1.0)
    p = sim.Projection(a, b, sim.FixedProbabilityConnector(0.25), synapse)
    assert abs(len(p) - 5000) < 5 * np.sqrt(20000 * 0.25 * 0.75)
    made = p.get("weight", format="array")
    assert (np.nansum(~np.isnan(made), axis=0) > 20).all() and len(edges(p)) == len(set(edges(p)))
    pre = sim.Projection(a, b, sim.FixedNumberPreConnector(30), synapse).get("weight", format="array")
    assert ((~np.isnan(pre)).sum(0) == 30).all()
    post = sim.Projection(a, b, sim.FixedNumberPostConnector(30), synapse).get("weight", format="array")
    assert ((~np.isnan(post)).sum(1) == 30).all()
    again = sim.Projection(a, b, sim.FixedNumberPreConnector(300, with_replacement=True), synapse)
    assert len(again) == 30000 and len(set(edges(again))) < 30000
    selfless = sim.Projection(
        b, b, sim.FixedNumberPreConnector(99, allow_self_connections=False), synapse
    ).get("weight", format="array")
    assert np.isnan(np.diag(selfless)).all() and (~np.isnan(selfless)).sum() == 9900
    varied = sim.Projection(
        a,
        b,
        sim.FixedNumberPreConnector(sim.RandomDistribution("uniform_int", (5, 10), rng=sim.NumpyRNG(1))),
        synapse,
    )
    counts = (~np.isnan(varied.get("weight", format="array"))).sum(0)
    assert counts.min() >= 5 and counts.max() < 10 and len(set(counts)) > 2


@pytest.mark.parametrize("rng", [None, 4])
def test_total_number_without_replacement_repeats_no_pair(sim, rng):
    # pyNN.nest repeats pairs.
    cells = cells_of(sim, 10)
    for n, selves in ((95, True), (90, False), (40, False)):
        connector = sim.FixedTotalNumberConnector(
            n, allow_self_connections=selves, with_replacement=False, rng=rng and sim.NumpyRNG(seed=rng)
        )
        made = sim.Projection(cells, cells, connector, sim.StaticSynapse(weight=1.0, delay=1.0))
        pairs = [(i, j) for i, j, _, _ in edges(made)]
        assert len(pairs) == len(set(pairs)) == n and (selves or all(i != j for i, j in pairs))
    with_replacement = sim.FixedTotalNumberConnector(500, rng=rng and sim.NumpyRNG(seed=rng))
    assert (
        len(sim.Projection(cells, cells, with_replacement, sim.StaticSynapse(weight=1.0, delay=1.0))) == 500
    )


def test_numbers_that_cannot_be_are_errors(sim):
    from pyNN.errors import ConnectionError

    a, b = cells_of(sim, 5), cells_of(sim, 4)
    source = sim.Population(2, sim.SpikeSourceArray())
    for targets in (source, source + a):
        with pytest.raises(ConnectionError, match="receptor"):
            sim.Projection(a, targets, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    with pytest.raises(ConnectionError):
        sim.Projection(a, "cells", sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    for connector in (
        sim.FixedNumberPreConnector(6),
        sim.FixedNumberPostConnector(5),
        sim.FixedNumberPreConnector(6, rng=sim.NumpyRNG(1)),
        sim.FixedNumberPostConnector(5, rng=sim.NumpyRNG(1)),
        sim.FixedTotalNumberConnector(21, with_replacement=False),
        sim.FixedProbabilityConnector(1.5),
        sim.FromListConnector([(5, 0, 0.1, 1.0)]),
        sim.FromListConnector([(0, 4, 0.1, 1.0)]),
        sim.FromListConnector([(-1, 0, 0.1, 1.0)]),
        sim.ArrayConnector(np.ones((4, 5), bool)),
    ):
        with pytest.raises(ConnectionError):
            sim.Projection(a, b, connector, sim.StaticSynapse(weight=0.1, delay=1.0))
    with pytest.raises(ConnectionError):
        sim.Projection(
            a,
            a,
            sim.FixedNumberPreConnector(5, allow_self_connections=False),
            sim.StaticSynapse(weight=0.1, delay=1.0),
        )
    assert sim.simulator.state.network.stats["connections"] == 0


def test_generic_connectors(sim):
    cells = cells_of(sim, 8)
    near = sim.Projection(
        cells,
        cells,
        sim.DistanceDependentProbabilityConnector("d < 1.5"),
        sim.StaticSynapse(weight="0.1*(1+d)", delay=1.0),
    )
    assert {(i, j) for i, j, _, _ in edges(near)} == {
        (i, j) for i in range(8) for j in range(8) if abs(i - j) < 1.5
    }
    assert all(w == pytest.approx(0.1 * (1 + abs(i - j))) for i, j, w, _ in edges(near))
    copy = sim.Projection(cells, cells, sim.CloneConnector(near), sim.StaticSynapse(weight=0.3, delay=1.0))
    assert [e[:2] for e in edges(copy)] == [e[:2] for e in edges(near)]


def test_lists_in_files(sim, tmp_path):
    a, b = cells_of(sim, 4), cells_of(sim, 4)
    first = sim.Projection(
        a, b, sim.FromListConnector([(0, 1, 0.5, 1.0), (3, 2, 0.25, 2.0)]), sim.StaticSynapse()
    )
    first.save("all", str(tmp_path / "list.txt"))
    second = sim.Projection(a, b, sim.FromFileConnector(str(tmp_path / "list.txt")), sim.StaticSynapse())
    assert edges(first) == edges(second) == [(0, 1, 0.5, 1.0), (3, 2, 0.25, 2.0)]


def test_views_and_assemblies_connect_their_cells(sim):
    a, b, c = cells_of(sim, 6), cells_of(sim, 4), cells_of(sim, 3)
    views = sim.Projection(
        a[[1, 4]], b[2:], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5, delay=1.0)
    )
    assert edges(views) == [(i, j, 0.5, 1.0) for i in range(2) for j in range(2)]
    turned = c + b  # not in the order of ids
    prj = sim.Projection(
        turned, a, sim.FromListConnector([(0, 5, 0.1, 1.0), (3, 0, 0.2, 1.0)]), sim.StaticSynapse()
    )
    assert edges(prj) == [(0, 5, pytest.approx(0.1), 1.0), (3, 0, pytest.approx(0.2), 1.0)]
    table = prj._table
    assert set(zip(table.source, table.target)) == {(c[0], a[5]), (b[0], a[0])}
    whole = sim.Projection(
        turned, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=np.arange(42.0).reshape(7, 6), delay=1.0)
    )
    assert np.allclose(whole.get("weight", format="array"), np.arange(42.0).reshape(7, 6))


def test_projections_between_the_same_cells_are_apart(sim):
    a = cells_of(sim, 5)
    e = sim.Projection(a, a, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5, delay=1.0))
    i = sim.Projection(
        a, a, sim.OneToOneConnector(), sim.StaticSynapse(weight=-0.25, delay=2.0), receptor_type="inhibitory"
    )
    part = sim.Projection(a[:2], a[2:], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    assert (len(e), len(i), len(part)) == (25, 5, 6)
    i.set(weight=-0.75)
    assert {w for _, _, w, _ in edges(e)} == {0.5} and {w for _, _, w, _ in edges(i)} == {-0.75}


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


def test_random_numbers_of_the_library(sim):
    rng = sim.NativeRNG(seed=3)
    values = sim.RandomDistribution("normal", (0.5, 0.1), rng=rng)
    a, b = cells_of(sim, 100), cells_of(sim, 100)
    prj = sim.Projection(
        a, b, sim.FixedProbabilityConnector(0.5, rng=rng), sim.StaticSynapse(weight=values, delay=1.0)
    )
    weights = np.array(prj.get("weight", format="list", with_address=False))
    assert weights.mean() == pytest.approx(0.5, abs=0.01) and weights.std() == pytest.approx(0.1, abs=0.01)
    for connector in (sim.FixedProbabilityConnector(0.1), sim.AllToAllConnector()):
        uses = sim.RandomDistribution("uniform", (0.2, 0.4), rng=rng)
        short = sim.Projection(a, b, connector, sim.TsodyksMarkramSynapse(U=uses, weight=0.1, delay=values))
        drawn = np.array(short.get("U", format="list", with_address=False))
        assert drawn.min() >= 0.2 and drawn.max() < 0.4
        assert drawn.std() == pytest.approx(0.2 / np.sqrt(12), rel=0.1)
    from pyNN.errors import ConnectionError

    for wrong in (
        sim.RandomDistribution("normal", (0.1, 0.1), rng=rng),
        sim.RandomDistribution("uniform", (-0.2, -0.1), rng=rng),
    ):
        with pytest.raises(ConnectionError):
            sim.Projection(
                a,
                b,
                sim.AllToAllConnector(),
                sim.StaticSynapse(weight=wrong, delay=1.0),
                receptor_type="excitatory",
            )
    cells = sim.Population(1000, sim.IF_curr_exp(cm=sim.RandomDistribution("uniform", (0.5, 1.5), rng=rng)))
    assert cells.get("cm").mean() == pytest.approx(1.0, abs=0.05)
    for name, parameters in (
        ("normal_clipped", (0, 1, -0.5, 0.5)),
        ("normal_clipped_to_boundary", (0, 1, -0.5, 0.5)),
        ("uniform_int", (2, 6)),
        ("exponential", (2.0,)),
        ("lognormal", (0.0, 1.0)),
    ):
        drawn = sim.RandomDistribution(name, parameters, rng=rng).next(2000)
        bounds = {
            "normal_clipped": (-0.5, 0.5),
            "normal_clipped_to_boundary": (-0.5, 0.5),
            "uniform_int": (2, 5),
        }.get(name, (0, np.inf))
        assert drawn.min() >= bounds[0] and drawn.max() <= bounds[1] and len(set(drawn)) > 3
    with pytest.raises(ValueError, match="gamma"):
        sim.RandomDistribution("gamma", (1.0, 2.0), rng=rng).next(3)


def test_random_numbers_of_pynn_are_those_of_the_reference():
    def script(sim):
        rng = sim.NumpyRNG(seed=3)
        drawn = sim.RandomDistribution("uniform", (0.5, 1.5), rng=rng)
        kind = sim.IF_curr_exp(cm=drawn, tau_m=lambda i: 10.0 + i)
        a, b = sim.Population(5, kind), sim.Population(4, kind)
        b.set(v_thresh=sim.RandomDistribution("uniform", (-55, -50), rng=rng))
        synapse = sim.StaticSynapse(weight=drawn, delay="1.0+d")
        connectors = (
            sim.AllToAllConnector(),
            sim.FixedNumberPreConnector(2, rng=rng),
            sim.FixedProbabilityConnector(0.6, rng=rng),
        )
        made = [sim.Projection(a, b, c, synapse, receptor_type="excitatory") for c in connectors]
        return [a.get("cm"), b.get("cm"), b.get("tau_m"), b.get("v_thresh")] + [
            np.array(edges(p)) for p in made
        ]

    for ours, theirs in zip(*both(script)):
        assert ours.shape == theirs.shape and np.allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("receptor, weight", [("excitatory", 0.01), ("inhibitory", 0.02)])
def test_lists_and_rules_act_as_in_the_reference(receptor, weight):
    def script(sim):
        source = sim.Population(
            6, sim.SpikeSourceArray(spike_times=[[2.0 + i, 11.0 + 2 * i] for i in range(6)])
        )
        cells = sim.Population(4, sim.IF_cond_exp(i_offset=0.5))
        pairs = [(i, j, weight * (1 + i), 0.5 + 0.5 * j) for i in range(6) for j in range(4) if (i + j) % 2]
        prj = sim.Projection(
            source, cells, sim.FromListConnector(pairs), sim.StaticSynapse(), receptor_type=receptor
        )
        sim.Projection(
            source[:4],
            cells,
            sim.OneToOneConnector(),
            sim.StaticSynapse(weight=weight, delay=2.0),
            receptor_type=receptor,
        )
        cells.record("v")
        sim.run(40.0)
        return signal(cells, "v"), sorted(prj.get(["weight", "delay"], format="list"))

    (v, made), (expected, their) = both(script)
    assert np.allclose(v, expected, rtol=0, atol=2e-3) and np.ptp(v) > 2 and np.allclose(made, their)
