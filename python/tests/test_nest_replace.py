"""ranvier.nest: delays, parameters and receptors of connections that are there."""

import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401


def network(later, model, delays, params, weight=150.0):
    """Events of ten neurons that are connected all to all twice, each connection with its own values; as Connect gives them, or
    set later."""
    nest.ResetKernel()
    n = nest.Create("iaf_psc_exp", 10, {"I_e": np.linspace(300.0, 500.0, 10)})
    r, m = nest.Create("spike_recorder"), nest.Create("multimeter", {"record_from": ["V_m", "I_syn_ex"]})
    nest.Connect(n, r)
    nest.Connect(m, n)
    weights = weight * (1 + np.arange(200.0).reshape(2, 10, 10) % 7)  # targets by sources
    for k in range(2):
        spec = {"synapse_model": model, "weight": weights[k]}
        if not later:
            spec.update(delay=delays[k], **{name: v[k] for name, v in params.items()})
        nest.Connect(n, n, syn_spec=spec)
    # The shortest and the longest delay, which batches of samples depend on, are the same in both.
    nest.Connect(n[0], n[0], syn_spec={"weight": 0.0, "delay": 0.1})
    nest.Connect(n[0], n[0], syn_spec={"weight": 0.0, "delay": 9.0})
    if later:
        c = nest.GetConnections(n, n, synapse_model=model)
        source, target, drawn = (np.array(c.get(name)) for name in ("source", "target", "weight"))
        values = {name: np.array(c.get(name), float) for name in ("delay", *params)}
        for i in np.flatnonzero(drawn > 0):
            where = target[i] - 1, source[i] - 1
            k = np.flatnonzero(weights[(slice(None), *where)] == drawn[i])[0]
            for name, of in {"delay": delays, **params}.items():
                values[name][i] = of[(k, *where)]
        c.set([dict(zip(values, row)) for row in zip(*(v.tolist() for v in values.values()))])
        for name in values:
            assert c.get(name) == pytest.approx(values[name].tolist())
        assert c.get("weight") == drawn.tolist()
    nest.Simulate(300.0)
    return r.events, m.events, nest.num_connections


@pytest.mark.parametrize(
    "model, names",
    [
        ("static_synapse", ()),
        ("static_synapse_hpc", ()),
        ("tsodyks_synapse", ("U", "tau_rec", "tau_psc")),
        ("tsodyks2_synapse", ("tau_fac",)),
    ],
)
def test_set_later_is_as_connected_so(model, names):
    if model not in nest.synapse_models:
        pytest.skip("there is no such model")
    g = np.random.default_rng(3)
    delays = np.round(g.uniform(0.1, 9.0, (2, 10, 10)), 1)
    ranges = {"U": (0.1, 0.9), "tau_rec": (50.0, 900.0), "tau_psc": (1.0, 4.0), "tau_fac": (1.0, 500.0)}
    params = {name: g.uniform(*ranges[name], (2, 10, 10)) for name in names}
    at_once, later = (network(when, model, delays, params) for when in (False, True))
    for a, b in zip(at_once[:2], later[:2]):
        assert len(a["times"]) > 50
        for name in a:
            assert a[name].tolist() == b[name].tolist()
    assert at_once[2] == later[2]
    # The comparison can fail.
    other = network(True, model, np.roll(delays, 1), params)
    assert other[1]["I_syn_ex"].tolist() != later[1]["I_syn_ex"].tolist()


def pair(**synapse):
    """A neuron that fires at 5 and 15 ms, and the voltage of one that it excites."""
    g = nest.Create("spike_generator", {"spike_times": [4.0, 14.0]})
    a, b = nest.Create("parrot_neuron"), nest.Create("iaf_psc_delta", {"tau_m": 1e9, "V_th": 1e3})
    nest.Connect(g, a)
    m = nest.Create("multimeter", {"record_from": ["V_m"], "interval": 0.1})
    nest.Connect(m, b)
    nest.Connect(a, b, syn_spec={"weight": 2.0, "delay": 3.0, **synapse})
    return a, b, m


def jumps(m):
    """When V_m jumps by the weight, ms."""
    v = m.events["V_m"]
    assert np.isin(np.round(np.diff(v), 6), (0.0, 2.0)).all()
    return np.round(m.events["times"][1:][np.diff(v) > 1], 6).tolist()


def test_spikes_under_way_keep_their_delay():
    a, b, m = pair()
    nest.Connect(b, b, syn_spec={"delay": 6.0, "weight": 0.0})
    nest.Connect(b, b, syn_spec={"delay": 0.5, "weight": 0.0})
    c = nest.GetConnections(a, b)
    nest.Simulate(6.0)
    c.delay = 6.0
    nest.Simulate(10.0)
    c.delay = 0.5
    nest.Simulate(14.0)
    # Spikes at 5 and 15 ms; V_m is seen at the end of the step in which they act.
    assert jumps(m) == [8.0, 21.0] and c.delay == 0.5
    for delay in (0.4, 6.1):
        with pytest.raises(nest.NESTErrors.BadDelay, match="min_delay = 0.5 ms and max_delay = 6 ms"):
            c.delay = delay
    assert (nest.min_delay, nest.max_delay) == (0.5, 6.0)


def test_collections_follow():
    n = nest.Create("iaf_psc_alpha", 4)
    nest.Connect(n, n, syn_spec={"weight": 2.0})
    every = nest.GetConnections()
    part, one = every[3:9], every[5]
    ports = every.get("port")
    part.set(delay=[1.0, 2.0, 3.0, 4.0, 5.0, 6.04])
    assert every.delay == [1.0] * 4 + [2.0, 3.0, 4.0, 5.0, 6.0] + [1.0] * 7
    assert one.delay == 3.0 and one == nest.GetConnections()[5] and every == nest.GetConnections()
    assert (nest.min_delay, nest.max_delay) == (1.0, 6.0)
    every.weight = np.arange(16.0)
    one.delay = 4.0
    assert part.weight == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0] and every.get("port") == ports
    assert nest.num_connections == 16 and len(nest.GetConnections()) == 16
    nest.Disconnect(one)
    assert len(nest.GetConnections()) == 15
    with pytest.raises(nest.NESTErrors.InexistentConnection):
        one.delay = 1.0
    nest.ResetKernel()
    n = nest.Create("iaf_psc_alpha", 4)
    nest.Connect(n, n)
    assert set(nest.GetConnections().delay) == {1.0}


def test_receptors_and_labels_stay():
    n = nest.Create("iaf_psc_exp_multisynapse", 2, {"tau_syn": [1.0, 2.0, 3.0]})
    for receptor in (2, 3, 1):
        spec = {"synapse_model": "static_synapse_lbl", "receptor_type": receptor, "synapse_label": receptor}
        nest.Connect(n[0], n[1], syn_spec=spec)
    c = nest.GetConnections()
    assert sorted(c.receptor) == [1, 2, 3] and c.get("synapse_label") == c.receptor
    receptors = c.receptor
    c.delay = 2.0
    now = nest.GetConnections()
    assert c.receptor == c.get("synapse_label") == receptors and sorted(now.receptor) == [1, 2, 3]
    assert c.get("delay") == [2.0] * 3


def learning():
    return {"synapse_model": "stdp_synapse"}, {"lambda": 0.5}, "learn"


def of_the_model():
    nest.SetDefaults("static_synapse_hom_w", {"weight": 5.0})
    return {"synapse_model": "static_synapse_hom_w"}, {"delay": 2.0}, "one weight for all"


def recorded():
    w = nest.Create("weight_recorder")
    nest.CopyModel("static_synapse", "seen", {"weight_recorder": w})
    return {"synapse_model": "seen"}, {"delay": 2.0}, "recorded"


def varied():
    return (
        {"synapse_model": "bernoulli_synapse", "p_transmit": np.array([[0.2, 0.3], [0.4, 0.5]])},
        {"delay": 2.0},
        "own p_transmit",
    )


@pytest.mark.parametrize("what", [learning, of_the_model, recorded, varied])
def test_what_cannot_be_changed_says_why(what):
    spec, values, why = what()
    n = nest.Create("iaf_psc_alpha", 2)
    nest.Connect(n, n, syn_spec=spec)
    c = nest.GetConnections()
    with pytest.raises(nest.NESTErrors.NotImplemented, match=why):
        c.set(values)
    assert c.delay == [1.0] * 4 and nest.num_connections == 4
    c.delay = 1.0  # as it is


def test_all_or_nothing():
    n = nest.Create("iaf_psc_alpha", 2)
    nest.Connect(n, n, syn_spec={"weight": 2.0})
    nest.Connect(n, n, syn_spec={"synapse_model": "tsodyks_synapse", "weight": 2.0})
    c = nest.GetConnections()
    for values, kind in (
        ({"weight": 3.0, "delay": 0.04}, "BadDelay"),
        ({"weight": 3.0, "delay": -1.0}, "BadDelay"),
        ({"delay": [1.0] * 7 + [0.0]}, "BadDelay"),
        ({"delay": float("nan")}, "BadDelay"),
        ({"delay": "2"}, "TypeMismatch"),
        ({"delay": 2.0, "weight": float("nan")}, "BadProperty"),
    ):
        with pytest.raises(getattr(nest.NESTErrors, kind)):
            c.set(values)
        assert set(c.delay) == {1.0} and set(c.weight) == {2.0} and nest.num_connections == 8
    t = nest.GetConnections(synapse_model="tsodyks_synapse")
    for values in ({"U": 2.0}, {"delay": 2.0, "tau_rec": -1.0}):
        with pytest.raises(nest.NESTErrors.BadProperty):
            t.set(values)
        assert set(t.delay) == {1.0} and set(t.U) == {0.5}
    t.set(U=[0.1, 0.2, 0.3, 0.4], x=0.5, delay=2.0)
    assert t.get(["U", "x", "delay", "weight"]) == {
        "U": [0.1, 0.2, 0.3, 0.4],
        "x": [0.5] * 4,
        "delay": [2.0] * 4,
        "weight": [2.0] * 4,
    }
    nest.Simulate(5.0)
    with pytest.raises(nest.NESTErrors.NotImplemented, match="last spike"):
        t.U = 0.3
    nest.GetConnections(synapse_model="static_synapse").delay = 2.0
