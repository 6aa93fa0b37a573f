"""ranvier.nest: overheads, bulk access, figures, pandas."""


import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401


def test_getting_connections_in_bulk():
    n = nest.Create("iaf_psc_alpha", 1000)
    nest.Connect(n, n, {"rule": "fixed_indegree", "indegree": 500}, {"weight": nest.random.normal(1, 0.1)})
    d = nest.GetConnections().get(["source", "target", "weight"])
    assert len(d["weight"]) == 500000 and type(d["weight"]) is list and d["source"] == sorted(d["source"])


def test_plots(tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    n = nest.Create("iaf_psc_alpha", 2, {"I_e": [500.0, 600.0]})
    r, f, v = (
        nest.Create("spike_recorder"),
        nest.Create("spike_recorder", {"record_to": "ascii"}),
        nest.Create("voltmeter"),
    )
    nest.Connect(n, r)
    nest.Connect(n, f)
    nest.Connect(v, n)
    with pytest.raises(nest.NESTError, match="No events"):
        nest.raster_plot.from_device(r)
    nest.Simulate(100)
    for device in (r, f):
        lines = nest.raster_plot.from_device(device, hist=True, hist_binwidth=10.0, title="t")
        assert len(lines[0].get_xdata()) == r.n_events
    lines = nest.voltage_trace.from_device(v)
    assert len(lines) == 2 and len(lines[0].get_ydata()) == 99
    assert len(nest.raster_plot.extract_events(np.array([[1, 5.0], [2, 7.0]]), time=[4, 6])) == 1
    with pytest.raises(nest.NESTError):
        nest.voltage_trace.from_device(r)
    plt.close("all")


def test_pandas():
    pytest.importorskip("pandas")
    n = nest.Create("iaf_psc_alpha", 2, {"V_m": [-60.0, -61.0]})
    assert n.get(["V_m"], output="pandas").V_m.tolist() == [-60.0, -61.0]
    assert n.get("V_m", output="pandas").index.tolist() == [1, 2]
    nest.Connect(n, n)
    assert nest.GetConnections().get("weight", output="pandas").shape == (4, 1)


def test_weights_with_recorders_are_remembered():
    n, r, g = nest.Create("iaf_psc_alpha", 2), nest.Create("spike_recorder"), nest.Create("poisson_generator")
    nest.Connect(n, n)
    nest.Connect(n, r)
    c = nest.GetConnections(n)
    c.weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert c.weight == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0] == nest.GetConnections(n).weight
    nest.Connect(g, n)
    nest.Simulate(1)
    c[4:].weight = 7.0
    assert c.weight == [1.0, 2.0, 3.0, 4.0, 7.0, 7.0]
    every = nest.GetConnections()
    with pytest.raises(nest.NESTErrors.NotImplemented):
        every.weight = 3.0
    assert c.weight == [1.0, 2.0, 3.0, 4.0, 7.0, 7.0]


def test_weights_of_generators():
    """Those of currents change as in Connect; those of trains from 0 only."""
    n = nest.Create("iaf_psc_alpha", 3)
    dc = nest.Create("dc_generator", {"amplitude": 100.0})
    poisson = nest.Create("poisson_generator", {"rate": 5000.0})
    nest.Connect(dc, n, syn_spec={"delay": 2.0})
    nest.Connect(poisson, n[:2], syn_spec={"weight": 0.0})
    v = nest.Create("voltmeter")
    nest.Connect(v, n)
    currents, trains = nest.GetConnections(dc), nest.GetConnections(poisson)
    currents.weight = [3.0, 0.0, 2.0]
    nest.Simulate(10.0)
    currents[2].weight = 3.0
    trains[0].weight = 50.0
    nest.Simulate(200.0)
    assert currents.weight == [3.0, 0.0, 3.0] and trains.weight == [50.0, 0.0] and nest.num_connections == 8
    first, second, third = (v.events["V_m"][v.events["senders"] == k] for k in (1, 2, 3))
    assert first[8] > third[8] > second[8] == -70.0 and set(second) == {-70.0}
    assert (
        third[-1] == pytest.approx(-70.0 + 3 * 100.0 * 10.0 / 250.0, abs=1e-6)
        and first.max() > third.max() + 1
    )
    with pytest.raises(nest.NESTErrors.NotImplemented, match="poisson_generator"):
        trains.weight = 60.0
    assert trains.weight == [50.0, 0.0]
