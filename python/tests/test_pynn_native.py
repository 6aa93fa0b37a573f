"""Cells and synapses of the library's own models."""

import numpy as np
import pytest

from pynn_common import both, same_trains, signal, trains


def test_native_neuron_is_the_standard_one(sim):
    """Parameters and recordables in the library's units, weights in PyNN's."""
    native = sim.native_cell_type("iaf_psc_exp")
    values = dict(E_L=-65.0, V_reset=-66.0, V_th=-50.0, C_m=500.0, tau_m=12.0, t_ref=1.0, I_e=500.0)
    a = sim.Population(2, native(tau_syn_ex=3.0, tau_syn_in=4.0, **values), initial_values={"V_m": -64.0})
    b = sim.Population(
        2,
        sim.IF_curr_exp(
            v_rest=-65.0,
            v_reset=-66.0,
            v_thresh=-50.0,
            cm=0.5,
            tau_m=12.0,
            tau_refrac=1.0,
            i_offset=0.5,
            tau_syn_E=3.0,
            tau_syn_I=4.0,
        ),
        initial_values={"v": -64.0},
    )
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0, 9.0, 9.1, 30.0]))
    for cells in (a, b):
        for weight, receptor in ((1.5, "excitatory"), (-0.7, "inhibitory")):
            synapse = sim.StaticSynapse(weight=weight, delay=1.0)
            sim.Projection(source, cells, sim.AllToAllConnector(), synapse, receptor_type=receptor)
        sim.DCSource(amplitude=0.2, start=5.0).inject_into(cells)
    a.record(["spikes", "V_m", "I_syn_ex"])
    b.record(["spikes", "v", "isyn_exc"])
    sim.run(60.0)
    assert np.array_equal(signal(a, "V_m"), signal(b, "v")) and same_trains(trains(a), trains(b), 0)
    assert len(trains(a)[0]) > 1
    assert np.allclose(signal(a, "I_syn_ex"), 1000 * signal(b, "isyn_exc"), rtol=1e-14)
    assert a.celltype.units["V_m"] == "mV" and a.celltype.native_name == "iaf_psc_exp"
    a.set(tau_m=[20.0, 30.0], reset_by_subtraction=True)
    assert list(a.get("tau_m")) == [20.0, 30.0] and a.get("reset_by_subtraction") is True
    assert list(sim.simulator.state.network.nodes[:2].tau_m) == [20.0, 30.0]
    sim.reset()
    sim.run(60.0)
    assert np.array_equal(signal(a, "V_m")[0], [-64.0, -64.0])
    assert not np.array_equal(signal(a, "V_m"), signal(b, "v"))


def test_native_neuron_acts_as_in_the_reference():
    def script(sim):
        cell = sim.Population(1, sim.native_cell_type("iaf_cond_alpha")(I_e=400.0, C_m=200.0))
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[3.0, 8.0, 8.2]))
        sim.Projection(
            source,
            cell,
            sim.AllToAllConnector(),
            sim.StaticSynapse(weight=0.02, delay=1.5),
            receptor_type="excitatory",
        )
        cell.record(["spikes"])
        sim.run(100.0)
        return trains(cell)[0]

    ours, theirs = both(script)
    assert len(ours) > 1 and same_trains([ours], [theirs])


def test_every_neuron_model_is_a_cell_type(sim):
    import ranvier

    for name in ranvier.models("neuron"):
        cells = sim.Population(2, sim.native_cell_type(name)())
        cells.record(["spikes", *cells.celltype.variables])
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[0.5]))
        receptor = cells.celltype.receptor_types
        if receptor:
            synapse = sim.StaticSynapse(weight=0.001, delay=0.5)
            sim.Projection(source, cells, sim.AllToAllConnector(), synapse, receptor_type=receptor[0])
        sim.run(2.0)
        for variable in cells.celltype.variables:
            assert signal(cells, variable).shape == (21, 2), (name, variable)
        sim.setup(timestep=0.1, min_delay=0.1, backend="cpu", threads=1)


def test_receptors_of_lists(sim):
    """As many as there are time constants; recordables are numbered from 1."""
    kind = sim.native_cell_type("iaf_psc_exp_multisynapse")
    cells = sim.Population(1, kind(tau_syn=[1.0, 5.0, 9.0]))
    assert cells.celltype.receptor_types == ["1", "2", "3"] and kind().receptor_types == ["1"]
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    synapse = sim.StaticSynapse(weight=0.5, delay=1.0)
    sim.Projection(source, cells, sim.AllToAllConnector(), synapse, receptor_type="3")
    cells.record(["I_syn_1", "I_syn_3"])
    sim.run(10.0)
    t = np.arange(101) * 0.1
    expected = np.where(t > 1.95, 500 * np.exp(-(t - 2) / 9), 0)
    assert np.allclose(signal(cells, "I_syn_3")[:, 0], expected, rtol=1e-9)
    assert not signal(cells, "I_syn_1").any() and list(cells.get("tau_syn").value) == [1.0, 5.0, 9.0]


def test_native_generators(sim):
    """One train for recorders and plastic synapses; parameters and lists in the library's units."""
    kinds = {
        "poisson_generator": dict(rate=2000.0),
        "inhomogeneous_poisson_generator": dict(rate_times=[0.1, 50.0], rate_values=[3000.0, 1000.0]),
        "sinusoidal_poisson_generator": dict(rate=2000.0, amplitude=1000.0, frequency=50.0),
        "pulsepacket_generator": dict(pulse_times=[10.0, 60.0], activity=100, sdev=2.0),
        "spike_generator": dict(spike_times=list(np.arange(1.0, 90.0))),
    }
    cells = sim.Population(len(kinds), sim.IF_curr_delta(tau_m=1e12, v_thresh=1e9))
    cells.record("v")
    sources = []
    for k, (name, values) in enumerate(kinds.items()):
        source = sim.Population(1, sim.native_cell_type(name)(**values))
        source.record("spikes")
        synapse = sim.SimpleStochasticSynapse(p=1.0, weight=1.0, delay=0.5)
        sim.Projection(source, cells[k : k + 1], sim.AllToAllConnector(), synapse)
        sources.append(source)
    sim.run(100.0)
    for k, source in enumerate(sources):
        counted = np.count_nonzero(trains(source)[0] < 99.55)  # and a delay
        assert counted > 80 and signal(cells, "v")[-1, k] == pytest.approx(-65 + counted, abs=1e-6)
    assert list(sources[1].get("rate_times").value) == [0.1, 50.0] and sources[3].get("activity") == 100


def test_native_synapses(sim):
    """A model without a standard type learns as from the interface of its own; parameters read back."""
    import ranvier

    kind = sim.native_synapse_type("stdp_triplet_synapse")
    values = dict(tau_plus=17.0, Aplus=0.01, Aminus=0.004, Wmax=5000.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=list(np.arange(5.0, 200.0, 7.0))))
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=[0.9, 1.2, 1.5]))
    prj = sim.Projection(
        source, cells, sim.AllToAllConnector(), kind(weight=1.0, delay=1.5, tau_minus=25.0, **values)
    )
    cells.record("spikes")
    sim.run(200.0)
    net = ranvier.Network(resolution=0.1, threads=1)
    model = dict(E_L=-65.0, V_reset=-65.0, V_th=-50.0, C_m=1000.0, tau_m=20.0, t_ref=0.1, V_m=-65.0)
    mine = net.create(
        "iaf_psc_exp", 3, **model, tau_syn_ex=5.0, tau_syn_in=5.0, I_e=[900.0, 1200.0, 1500.0], tau_minus=25.0
    )
    generator = net.create("spike_generator", spike_times=list(np.arange(5.0, 200.0, 7.0)))
    net.connect(generator, mine, synapse="stdp_triplet_synapse", weight=1000.0, delay=1.5, **values)
    net.run(200.0)
    expected = net.connections(generator, mine).weight / 1000
    found = np.array(prj.get("weight", format="list", with_address=False))
    assert np.allclose(found, expected, rtol=1e-12) and len(set(found)) == 3
    assert prj.get(["Aplus", "tau_minus"], format="list", with_address=False) == [(0.01, 25.0)] * 3
    prj.set(weight=0.5)
    assert prj.get("weight", format="list", with_address=False) == [0.5] * 3


def test_names_that_no_such_model_has(sim):
    from pyNN import errors

    for make, name, word in (
        (sim.native_cell_type, "iaf_psc_expp", "iaf_psc_exp"),
        (sim.native_cell_type, "stdp_synapse", "neurons"),
        (sim.native_cell_type, "dc_generator", "generators of spikes"),
        (sim.native_cell_type, "mip_generator", "one train"),
        (sim.native_synapse_type, "iaf_psc_exp", "synapse"),
    ):
        with pytest.raises(errors.NoModelAvailableError, match=word):
            make(name)
    with pytest.raises(errors.NonExistentParameterError):
        sim.native_cell_type("iaf_psc_exp")(tau=1.0)
    with pytest.raises(errors.InvalidParameterValueError, match="tau_m"):
        sim.Population(1, sim.native_cell_type("iaf_psc_exp")(tau_m=-1.0))
