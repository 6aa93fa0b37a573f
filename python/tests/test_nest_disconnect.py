"""ranvier.nest: connections that are taken away, ports of those that are there, parts of collections."""

import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401


def all_to_all(n=4, **synapse):
    nodes = nest.Create("iaf_psc_alpha", n, {"I_e": 500.0})
    nest.Connect(nodes, nodes, syn_spec={"weight": 300.0, **synapse})
    return nodes


def pairs():
    c = nest.GetConnections()
    return list(zip(c.sources(), c.targets()))


def test_pairs_are_taken_away():
    n = all_to_all()
    nest.Disconnect(n, n)
    assert pairs() == [(s, t) for s in range(1, 5) for t in range(1, 5) if s != t]
    assert nest.num_connections == nest.GetDefaults("static_synapse")["num_connections"] == 12
    nest.Disconnect(
        n[:2], n[2:], conn_spec={"rule": "all_to_all"}, syn_spec={"synapse_model": "static_synapse"}
    )
    assert pairs() == [(1, 2), (2, 1), (3, 1), (3, 2), (3, 4), (4, 1), (4, 2), (4, 3)]
    nest.Connect(n, n)
    assert len(pairs()) == 24


def test_one_of_several_is_taken_away():
    n = all_to_all()
    nest.Connect(n, n, "one_to_one", {"weight": 7.0, "delay": 3.0})
    nest.Disconnect(n, n)
    assert nest.GetConnections(n[:1], n[:1]).get(["weight", "delay"]) == {"weight": 7.0, "delay": 3.0}


def test_what_is_left_drives_as_if_there_had_been_nothing_else():
    spikes = []
    for disconnected in (True, False):
        nest.ResetKernel()
        n = nest.Create("iaf_psc_alpha", 20, {"I_e": nest.random.uniform(300.0, 500.0)})
        r = nest.Create("spike_recorder")
        nest.Connect(n, r)
        nest.Connect(n[:10], n, syn_spec={"weight": 30.0})
        if disconnected:
            nest.Connect(n[10:], n, syn_spec={"synapse_model": "tsodyks2_synapse", "weight": 900.0})
            nest.GetConnections(n[10:], synapse_model="tsodyks2_synapse").disconnect()
        nest.Simulate(200.0)
        spikes.append((r.events["senders"].tolist(), r.events["times"].tolist()))
    assert spikes[0] == spikes[1] and len(spikes[0][0]) > 50


def test_between_runs():
    a, b = nest.Create("iaf_psc_alpha", params={"I_e": 600.0}), nest.Create("iaf_psc_alpha")
    nest.Connect(a, b, syn_spec={"weight": 5000.0, "delay": 1.0})
    r = nest.Create("spike_recorder")
    nest.Connect(b, r)
    nest.Simulate(200.0)
    count = r.n_events
    nest.Disconnect(a, b)
    nest.Simulate(2.0)  # what had been sent before arrives
    settled = r.n_events
    nest.Simulate(200.0)
    assert count > 3 and r.n_events == settled


def test_all_or_none():
    n = all_to_all()
    gone = nest.GetConnections(n[:1], n[:1])
    gone.disconnect()
    for call in (
        gone.disconnect,
        lambda: gone.set(weight=3.0),
        lambda: nest.Disconnect(n, n),
        lambda: nest.Disconnect(n, n, conn_spec="all_to_all", syn_spec="bernoulli_synapse"),
        lambda: nest.Disconnect(n, nest.Create("spike_recorder", 4)),
        lambda: nest.Disconnect(nest.Create("spike_generator", 4), n),
    ):
        with pytest.raises(nest.NESTErrors.InexistentConnection):
            call()
    with pytest.raises(nest.NESTErrors.DimensionMismatch):
        nest.Disconnect(n[:2], n)
    with pytest.raises(nest.NESTErrors.BadProperty):
        nest.Disconnect(n, n, conn_spec="fixed_indegree")
    with pytest.raises(nest.NESTErrors.UnknownSynapseType):
        nest.Disconnect(n, n, syn_spec="x")
    with pytest.raises(TypeError):
        nest.Disconnect(n, 3)
    assert len(pairs()) == 15 and set(nest.GetConnections().weight) == {300.0}


def test_of_any_synapse():
    """Synapses that learn, are recorded or have the model's weight, and those to relays."""
    n = all_to_all(synapse_model="stdp_synapse")
    relays = nest.Create("parrot_neuron", 4)
    nest.Connect(n, relays, "one_to_one")
    recorder = nest.Create("weight_recorder")
    nest.CopyModel("static_synapse", "recorded", {"weight_recorder": recorder})
    nest.Connect(n, n, "one_to_one", "recorded")
    nest.CopyModel("static_synapse_hom_w", "alike", {"weight": 3.0})
    nest.Connect(n, n, "one_to_one", "alike")
    nest.Simulate(50.0)
    for pre, post, model in ((n, n, "stdp_synapse"), (n, relays, "static_synapse"), (n, n, "recorded")):
        nest.Disconnect(pre, post, syn_spec=model)
    nest.Disconnect(nest.GetConnections(synapse_model="alike"))
    assert nest.num_connections == len(nest.GetConnections()) == 12
    c = nest.GetConnections(synapse_model="stdp_synapse")
    assert len(c) == 12 and c.port == [*range(12)]
    heard, sent = recorder.n_events, nest.GetKernelStatus("local_spike_counter")
    nest.Simulate(100.0)
    assert recorder.n_events == heard > 0 and nest.GetKernelStatus("local_spike_counter") > 0
    assert (np.array(c.weight) != 300.0).any() and sent > 0
    nest.SetDefaults("stdp_synapse", {"weight_recorder": recorder})
    nest.Simulate(50.0)
    events = recorder.events
    later = events["times"] > 150.0
    assert later.any() and (events["senders"][later] != events["targets"][later]).all()


def test_older_collections():
    n = all_to_all(3)
    every = nest.GetConnections()
    nest.Disconnect(every[1:3])
    nest.GetConnections(n[1:], n[:1]).weight = [7.0, 8.0]
    assert every[::3].weight == [300.0, 7.0, 8.0]
    for read in (lambda: every.weight, lambda: every[2].port, lambda: every.get()):
        with pytest.raises(nest.NESTErrors.InexistentConnection):
            read()
    assert "disconnected" in str(every) and str(every[3:]).count("static_synapse") == 6
    assert every.source == [1] * 3 + [2] * 3 + [3] * 3


def test_what_has_been_sent_arrives():
    for delay in (5.0, 150.0):  # the second is delivered from what is remembered of the source
        nest.ResetKernel()
        g = nest.Create("spike_generator", params={"spike_times": [9.0, 10.5]})
        p, q = nest.Create("parrot_neuron"), nest.Create("parrot_neuron")
        nest.Connect(g, p)
        nest.Connect(p, q, syn_spec={"delay": delay})
        r = nest.Create("spike_recorder")
        nest.Connect(q, r)
        nest.Simulate(11.3)
        nest.Disconnect(p, q)
        nest.Simulate(200.0)
        assert r.events["times"].tolist() == [10.0 + delay]


def test_ports_count_the_connections_of_a_model_and_of_a_device():
    n = all_to_all(3)
    nest.Connect(n, n, "one_to_one", {"synapse_model": "stdp_synapse"})
    g = nest.Create("poisson_generator", 2)
    r = nest.Create("spike_recorder")
    nest.Connect(g, n)
    nest.Connect(n, r)
    c = nest.GetConnections(n, n)
    assert c.port == [*range(9), *range(3)]
    assert nest.GetConnections(n, r).port == [0, 0, 0] and nest.GetConnections(g).port == [0, 1, 2] * 2
    assert c[4:7].port == [4, 5, 6] and c[10].port == 1 and c[::4].target == [1, 2, 3]
    every = c.get()
    assert (
        {len(v) for v in every.values()} == {12} and every["port"] == c.port and every["weight"] == c.weight
    )
    assert np.array_equal([x.source for x in c], c.source)


def test_a_train_for_all_targets_goes_through_synapses():
    nest.SetDefaults("sinusoidal_poisson_generator", {"individual_spike_trains": False})
    g, p = nest.Create("sinusoidal_poisson_generator"), nest.Create("parrot_neuron", 3)
    nest.Connect(g, p, syn_spec={"weight": 2.0})
    c = nest.GetConnections()
    assert (
        c.get(["target", "weight"]) == {"target": [2, 3, 4], "weight": [2.0] * 3}
        and nest.num_connections == 3
    )
    c.weight = 3.0
    assert nest.GetConnections().weight == [3.0] * 3
