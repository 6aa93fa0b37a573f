"""Dopamine-modulated synapses: the reference's weights and classes of errors, the library's own interface."""

import json
import os
import pathlib

import numpy as np
import pytest

os.environ.setdefault("PYNEST_QUIET", "1")
import ranvier  # noqa: E402
import ranvier.nest as nest  # noqa: E402

# The data of the library's own tests, or wherever RANVIER_TEST_DATA says they are.
BESIDE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data"
DATA = pathlib.Path(os.environ.get("RANVIER_TEST_DATA", BESIDE)) / "reference_dopamine.json"
MODEL = "stdp_dopamine_synapse"
NESTErrors = nest.kernel.NESTErrors


@pytest.fixture(autouse=True)
def fresh():
    nest.ResetKernel()
    yield
    nest.ResetKernel()


def ms(steps, h):
    return np.asarray(steps) * round(h * 1000) / 1000


@pytest.mark.parametrize("i", (0, 3, 9, 17, 24, 31))
def test_results_are_those_of_the_reference_and_in_order(i):
    case = json.loads(DATA.read_text())["cases"][i]
    h = case["h"]
    nest.resolution = h
    parrots = nest.Create("parrot_neuron", 4)
    parrots[1].tau_minus = case["tau_minus"]
    for parrot, train in zip(parrots, case["inputs"]):
        times = {"spike_times": ms(train["stamps"], h), "spike_multiplicities": train["multiplicities"]}
        nest.Connect(
            nest.Create("spike_generator", params=times),
            parrot,
            syn_spec={"delay": float(ms(case["slice"], h))},
        )
    vt, meter = nest.Create("volume_transmitter"), nest.Create("weight_recorder")
    for parrot, delay in zip(parrots[2:], case["dopamine_delays"]):
        nest.Connect(parrot, vt, syn_spec={"delay": float(ms(delay, h))})
    nest.CopyModel(MODEL, "plastic", case["common"] | {"volume_transmitter": vt, "weight_recorder": meter})
    spec = {"synapse_model": "plastic", "delay": float(ms(case["delay"], h)), "receptor_type": 1}
    nest.Connect(parrots[0], parrots[1], syn_spec=spec | case["params"])
    synapse = nest.GetConnections(synapse_model="plastic")
    now = 0
    for step, *expected in case["out"]["samples"]:
        nest.Simulate(float(ms(step - now, h)))
        now = step
        found = [synapse.get(name) for name in ("weight", "c", "n", "Kplus")]
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)
    nest.Simulate(h)
    np.testing.assert_allclose(meter.events["weights"], case["out"]["weights"], rtol=1e-10, atol=1e-10)


def test_volume_transmitters_are_nodes():
    vt = nest.Create("volume_transmitter", params={"deliver_interval": 3})
    assert vt.deliver_interval == 3
    vt.deliver_interval = 2
    assert vt.get(["deliver_interval", "element_type", "model"]) == {
        "deliver_interval": 2,
        "element_type": "other",
        "model": "volume_transmitter",
    }
    assert nest.GetDefaults("volume_transmitter", "deliver_interval") == 1
    for values, cls in (
        ({"deliver_interval": 2.5}, NESTErrors.TypeMismatch),
        ({"deliver_interval": 0}, NESTErrors.BadProperty),
        ({"start": 1.0}, NESTErrors.UnaccessedDictionaryEntry),
    ):
        with pytest.raises(cls):
            vt.set(values)
    assert "volume_transmitter" in nest.node_models


def test_the_transmitter_comes_before_the_connections():
    p, vt = nest.Create("parrot_neuron", 2), nest.Create("volume_transmitter", 2)
    spec = {"synapse_model": MODEL}
    assert len(nest.GetDefaults(MODEL, "volume_transmitter")) == 0
    missing = "No volume transmitter has been assigned to the dopamine synapse."
    with pytest.raises(NESTErrors.BadProperty, match=missing):
        nest.Connect(p, p, syn_spec=spec)
    for value, cls, text in (
        (vt, "BadProperty", "must be a single element NodeCollection"),
        (nest.NodeCollection([]), "BadProperty", "must be a single element NodeCollection"),
        (p[0], "BadProperty", "must be set to a node of type volume_transmitter"),
        (1, "TypeMismatch", "volume_transmitter"),
    ):
        for call in (
            lambda: nest.SetDefaults(MODEL, {"volume_transmitter": value}),
            lambda: nest.CopyModel(MODEL, "mine", {"volume_transmitter": value}),
        ):
            with pytest.raises(getattr(NESTErrors, cls), match=text):
                call()
    with pytest.raises(NESTErrors.UnaccessedDictionaryEntry):
        nest.SetDefaults("stdp_synapse", {"volume_transmitter": vt[0]})
    nest.SetDefaults(MODEL, {"volume_transmitter": vt[1]})
    assert nest.GetDefaults(MODEL, "volume_transmitter") == vt[1]
    for name, value in (("volume_transmitter", vt[0]), ("tau_c", 20.0)):
        with pytest.raises(NESTErrors.NotImplemented):
            nest.Connect(p, p, syn_spec=spec | {name: value})
    with pytest.raises(NESTErrors.BadProperty):
        nest.Connect(p, p, syn_spec=spec | {"Kplus": -1.0})
    given = {"c": 0.5, "n": 0.25, "Kplus": 1.5, "weight": 3.0}
    nest.Connect(p, p, syn_spec=spec | given)
    c = nest.GetConnections(synapse_model=MODEL)
    assert c.get(list(given)) == {name: [value] * 4 for name, value in given.items()}
    c.c = [1.0, 2.0, 3.0, 4.0]
    assert c.c == [1.0, 2.0, 3.0, 4.0] and c.n == [0.25] * 4


@pytest.mark.parametrize(
    "pre, post, spec, cls",
    (
        ("g", "vt", {}, "IllegalConnection"),
        ("s", "vt", {}, "IllegalConnection"),
        ("vt", "p", {}, "IllegalConnection"),
        ("vt", "r", {}, "IllegalConnection"),
        ("p", "vt", {"synapse_model": "stdp_synapse"}, "IllegalConnection"),
        ("p", "vt", {"receptor_type": 1}, "UnknownReceptorType"),
    ),
)
def test_only_neurons_reach_it(pre, post, spec, cls):
    nodes = {"p": nest.Create("parrot_neuron", 2), "vt": nest.Create("volume_transmitter")}
    devices = {"g": "poisson_generator", "s": "spike_generator", "r": "spike_recorder"}
    nodes |= {name: nest.Create(model) for name, model in devices.items()}
    with pytest.raises(getattr(NESTErrors, cls)):
        nest.Connect(nodes[pre], nodes[post], syn_spec=spec)
    nest.Connect(nodes["p"], nodes["vt"], syn_spec={"weight": -3.0, "delay": 2.0})
    assert nest.GetConnections(nodes["p"], nodes["vt"]).get("delay") == [2.0, 2.0]
    assert nest.min_delay == 2.0


def test_the_librarys_own_interface(net):
    pre, post, dopaminergic = (net.create("parrot_neuron", 1) for _ in range(3))
    vt = net.create("volume_transmitter")
    clock = net.create("spike_generator", spike_times=np.array([5.0, 10.0]))
    net.connect(clock, dopaminergic, delay=1.0)
    net.connect(dopaminergic, vt, delay=2.0)
    with pytest.raises(ranvier.OutOfRange, match="volume transmitter"):
        net.connect(pre, post, synapse=MODEL)
    for wrong, cls in (
        (pre, ranvier.IllegalConnection),
        (net.nodes, ranvier.WrongSize),
        (2.5, ranvier.WrongType),
    ):
        with pytest.raises(cls):
            net.set_defaults(MODEL, volume_transmitter=wrong)
    net.copy_model(MODEL, "mine", volume_transmitter=vt, b=0.01)
    assert net.defaults("mine")["volume_transmitter"] == vt.ids[0]
    net.connect(pre, post, synapse="mine", weight=10.0, c=2.0)
    net.run(20.0)
    c = net.connections(synapse="mine")
    n = (np.exp(-12 / 200) + np.exp(-7 / 200)) / 200
    np.testing.assert_allclose(c.get("n"), n, rtol=1e-14)
    np.testing.assert_allclose(c.get("c"), 2 * np.exp(-20 / 1000), rtol=1e-14)
    times = np.linspace(0, 20, 200001)
    dopamine = sum(np.where(times >= t, np.exp((t - times) / 200), 0) for t in (8, 13)) / 200
    rate = 2 * np.exp(-times / 1000) * (dopamine - 0.01)
    np.testing.assert_allclose(c.weight, 10 + np.sum(rate[:-1] + rate[1:]) / 2 * 1e-4, rtol=1e-6)
