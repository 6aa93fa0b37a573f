"""Connectors: PyNN's own way and the library's rules make the same networks."""

import numpy as np
import pytest

from pynn_common import both, cells_of, edges, signal


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


@pytest.mark.parametrize(
    "kind", ["FixedNumberPreConnector", "FixedNumberPostConnector", "FixedTotalNumberConnector"]
)
def test_negative_numbers_of_connections_are_named(sim, kind):
    from pyNN.errors import InvalidParameterValueError

    make = getattr(sim, kind)
    below = sim.RandomDistribution("uniform_int", (-5, -2), rng=sim.NumpyRNG(seed=1))
    for n, said in ((-1, "n = -1"), (np.int64(-2), "n = -2"), (below, "distributions without negative")):
        with pytest.raises(InvalidParameterValueError, match=f"{kind}: .*{said}"):
            make(n)
    with pytest.raises(TypeError):
        make(1.5)
    # What PyNN has looked at at first is no promise for later.
    connector = make(sim.RandomDistribution("uniform_int", (0, 2), rng=sim.NumpyRNG(seed=1)))
    connector.n = below
    a = cells_of(sim, 5)
    with pytest.raises(InvalidParameterValueError, match=f"sensible name: {kind}: n = -"):
        sim.Projection(a, a, connector, sim.StaticSynapse(weight=0.1, delay=1.0), label="sensible name")
    assert len(sim.Projection(a, a, make(np.int64(2)), sim.StaticSynapse(weight=0.1, delay=1.0))) in (2, 10)
    assert sim.simulator.state.network.stats["connections"] in (2, 10)
