"""ranvier.Connections that are taken away or have their traces set."""

import numpy as np
import pytest

import ranvier


def test_connections_are_taken_away(net):
    n = net.create("iaf_psc_alpha", 4, I_e=450.0)
    net.connect(n, n, weight=100.0, synapse="stdp_synapse")
    net.run(20)
    every, of_first = net.connections(), net.connections(target=n[:1])
    before = every.weight
    net.disconnect(of_first)
    left = net.connections()
    keep = every.target != n.ids[0]
    assert len(left) == 12 == net.stats["connections"] == net.stats["plastic_connections"]
    assert np.array_equal(left.weight, before[keep]) and np.array_equal(left.source, every.source[keep])
    other = ranvier.Network()
    other.connect(other.create("iaf_psc_alpha"), other.create("iaf_psc_alpha"))
    for wrong in (of_first, every, other.connections()):
        with pytest.raises(ranvier.errors.UnknownConnection):
            net.disconnect(wrong)
    with pytest.raises(ranvier.errors.UnknownConnection, match="taken away"):
        _ = of_first.weight
    with pytest.raises(ranvier.errors.WrongType, match="allowed: Connections"):
        net.disconnect(n)
    assert len(net.connections()) == 12
    net.run(20)


def test_traces_of_sources_become_those_of_connections(net):
    n = net.create("parrot_neuron", 3)
    net.connect(n, n, synapse="stdp_synapse_hom")
    c = net.connections()
    c.set("Kplus", np.arange(9.0))
    assert c.get("Kplus").tolist() == [*range(9)]
    net.run(5)
    c.set("Kplus", 2.0)
    assert set(c.get("Kplus")) == {2.0}
