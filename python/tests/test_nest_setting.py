"""ranvier.nest: delays, parameters and receptors of connections that are there."""

import gzip
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401
from test_nest_reference import reference_python

REFERENCE = pathlib.Path(__file__).parent / "reference"


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
        ("stdp_synapse", ("lambda", "tau_plus", "Wmax")),
        ("stdp_synapse_hom", ()),
        ("stdp_pl_synapse_hom_hpc", ()),
        ("stdp_triplet_synapse", ("Aplus",)),
        ("vogels_sprekeler_synapse", ("eta",)),
    ],
)
def test_set_later_is_as_connected_so(model, names):
    if model not in nest.synapse_models:
        pytest.skip("there is no such model")
    g = np.random.default_rng(3)
    delays = np.round(g.uniform(0.1, 9.0, (2, 10, 10)), 1)
    ranges = {"U": (0.1, 0.9), "tau_rec": (50.0, 900.0), "tau_psc": (1.0, 4.0), "tau_fac": (1.0, 500.0)}
    ranges |= {"lambda": (1e-3, 2e-3), "tau_plus": (10.0, 30.0), "Wmax": (2e3, 4e3), "Aplus": (1e-3, 3e-3), "eta": (1e-3, 2e-3)}
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


def run_setting(command, file):
    env = {**os.environ, "PYNEST_QUIET": "1"}
    command = [*command, str(REFERENCE / "setting.py"), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(file.read_text())


def test_between_runs_learning_goes_on_as_in_the_reference(tmp_path):
    python = reference_python()
    if python:
        reference = run_setting([python], tmp_path / "reference.json")
    else:
        with gzip.open(REFERENCE / "setting.json.gz", "rt") as f:
            reference = json.load(f)
    ours = run_setting([sys.executable, "-m", "ranvier.nest"], tmp_path / "ours.json")
    assert ours.keys() == reference.keys() and len(ours) == 18
    for kind, expected in reference.items():
        for k, (a, b) in enumerate(zip(ours[kind], expected)):
            for name in b:
                np.testing.assert_allclose(a[name], b[name], rtol=1e-9, atol=1e-9, err_msg=f"{kind} {k} {name}")
    weights = [run["weight"] for run in reference["stdp_synapse"][:4]]
    assert all(a != b for a, b in zip(weights, weights[1:]))


def test_connections_to_relays_and_of_recorded_models_change():
    w = nest.Create("weight_recorder")
    nest.CopyModel("static_synapse", "seen", {"weight_recorder": w})
    a, b = nest.Create("parrot_neuron"), nest.Create("parrot_neuron")
    r = nest.Create("spike_recorder")
    nest.Connect(nest.Create("spike_generator", {"spike_times": [1.0, 11.0]}), a)
    nest.Connect(a, b, syn_spec={"synapse_model": "seen", "delay": 2.0})
    nest.Connect(b, r)
    c = nest.GetConnections(a, b)
    c.delay = 3.0
    ports = c.port
    nest.Simulate(10.0)
    c.delay = 1.0
    nest.Simulate(10.0)
    assert r.events["times"].tolist() == [5.0, 13.0]
    assert w.events["times"].tolist() == [2.0, 12.0] and w.events["ports"].tolist() == [0.0, 0.0]
    assert c.port == ports and c.delay == 1.0 and nest.num_connections == 3


def test_what_cannot_be_changed_says_why():
    n = nest.Create("iaf_psc_alpha", 2)
    lambdas = np.array([[0.1, 0.2], [0.3, 0.4]])
    nest.Connect(n, n, syn_spec={"synapse_model": "stdp_synapse", "lambda": lambdas})
    c = nest.GetConnections()
    with pytest.raises(nest.NESTErrors.NotImplemented, match="alpha = 0.5, allowed: in one call with all of tau_plus, lambda"):
        c.alpha = 0.5
    c.delay = 2.0
    c.set({"lambda": 0.5, "alpha": 0.5, "tau_plus": 20.0, "mu_plus": 1.0, "mu_minus": 1.0, "Wmax": 50.0})
    assert c.get(["delay", "lambda"]) == {"delay": [2.0] * 4, "lambda": [0.5] * 4}
    with pytest.raises(nest.NESTErrors.NotImplemented, match="102.4 ms of this connection"):
        c.delay = 102.4
    with pytest.raises(nest.NESTErrors.UnaccessedDictionaryEntry, match="SetDefaults"):
        nest.Connect(n, n, syn_spec="static_synapse_hom_w")
        nest.GetConnections(synapse_model="static_synapse_hom_w").weight = 2.0


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
    t.U = 0.3
    nest.GetConnections(synapse_model="static_synapse").delay = 2.0
    assert set(t.U) == {0.3} and set(c.delay) == {2.0}


# Kplus of two connections of a source, one of which has been set: 20 ms and 80 ms later, and weights, in the reference.
KPLUS = {
    "stdp_synapse": (
        (2.002766789010665, 1.2865047968601901),
        (1.4468776743719063, 1.2870580213551375),
        (22.78205630762091, 21.00318093062771),
    ),
    "stdp_synapse_hom": (
        (2.002766789010665, 1.2865047968601901),
        (1.4468776743719063, 1.2870580213551375),
        (22.78205630762091, 21.00318093062771),
    ),
    "stdp_pl_synapse_hom": (
        (2.002766789010665, 1.2865047968601901),
        (1.4468776743719063, 1.2870580213551375),
        (19.469365008509538, 18.77375379226219),
    ),
    "stdp_triplet_synapse": (
        (1.7903082106047585, 1.225802345887074),
        (1.300193955171959, 1.2055391648718434),
        (19.998158693937626, 19.99677430845541),
    ),
}


@pytest.mark.parametrize("model", KPLUS)
def test_traces_are_each_connection_s(model):
    g = nest.Create("spike_generator", params={"spike_times": [5.0, 30.0, 60.0]})
    g2 = nest.Create("spike_generator", params={"spike_times": [10.0, 40.0]})
    p, q = nest.Create("parrot_neuron"), nest.Create("parrot_neuron", 2)
    nest.Connect(g, p)
    nest.Connect(g2, q)
    nest.Connect(p, q, syn_spec={"synapse_model": model, "weight": 20.0, "receptor_type": 1})
    c = nest.GetConnections(p, q)
    nest.Simulate(20.0)
    c[0].Kplus = 3.5
    assert c.Kplus == [3.5, 1.0]
    nest.Simulate(20.0)
    soon, later, weight = KPLUS[model]
    assert c.Kplus == pytest.approx(soon, rel=1e-13)
    nest.Simulate(60.0)
    assert c.Kplus == pytest.approx(later, rel=1e-13) and c.weight == pytest.approx(weight, rel=1e-13)
    if "hom" not in model:
        with pytest.raises(nest.NESTErrors.BadProperty):
            c.Kplus = [1.0, -1.0]
    assert c.Kplus == pytest.approx(later, rel=1e-13)


def test_traces_of_a_source_that_dopamine_modulates():
    v = nest.Create("volume_transmitter")
    nest.SetDefaults("stdp_dopamine_synapse", {"volume_transmitter": v})
    p = nest.Create("parrot_neuron", 3)
    nest.Connect(p, p, syn_spec={"synapse_model": "stdp_dopamine_synapse"})
    c = nest.GetConnections(p)
    nest.Simulate(20.0)
    with pytest.raises(nest.NESTErrors.NotImplemented):
        c[0].Kplus = 3.5
    c[3:6].Kplus = 3.5
    assert c.Kplus == [0.0] * 3 + [3.5] * 3 + [0.0] * 3
    nest.Simulate(20.0)
    assert c[4].Kplus == pytest.approx(3.5 * np.exp(-1), rel=1e-13)
