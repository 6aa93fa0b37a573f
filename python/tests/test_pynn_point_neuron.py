"""Cells with receptors of one's own choice: against standard cells and pyNN.nest."""

import numpy as np
import pytest

from pynn_common import both, same_trains, signal, trains


def test_point_neuron_of_exponential_currents(sim):
    mine = sim.PointNeuron(
        sim.LIF(cm=1.0, tau_m=20.0),
        AMPA=sim.CurrExpPostSynapticResponse(tau_syn=2.0),
        GABA=sim.CurrExpPostSynapticResponse(tau_syn=7.0),
    )
    cell = sim.Population(1, mine)
    plain = sim.Population(1, sim.IF_curr_exp(tau_syn_E=2.0, tau_syn_I=7.0))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0, 4.0]))
    for weight, receptor, kind in ((2.0, "AMPA", "excitatory"), (-1.0, "GABA", "inhibitory")):
        synapse = sim.StaticSynapse(weight=weight, delay=1.0)
        sim.Projection(source, cell, sim.OneToOneConnector(), synapse, receptor_type=receptor)
        sim.Projection(source, plain, sim.OneToOneConnector(), synapse, receptor_type=kind)
    cell.record(["v", "AMPA.isyn"])
    plain.record(["v", "isyn_exc"])
    sim.run(20.0)
    assert np.allclose(signal(cell, "v"), signal(plain, "v"), rtol=0, atol=1e-9)
    assert np.allclose(signal(cell, "AMPA.isyn"), signal(plain, "isyn_exc"), rtol=0, atol=1e-12)
    assert cell.get("GABA.tau_syn") == 7.0


@pytest.mark.parametrize("kind", ["AlphaPSR", "BetaPSR"])
def test_point_neuron_of_conductances_is_that_of_the_reference(kind):
    times = {
        "AlphaPSR": (dict(tau_syn=2.0), dict(tau_syn=5.0)),
        "BetaPSR": (dict(tau_rise=0.5, tau_decay=3.0),) * 2,
    }[kind]

    def script(sim):
        make = getattr(sim, kind)
        receptors = {"AMPA": make(e_syn=0.0, **times[0]), "GABAA": make(e_syn=-75.0, **times[1])}
        cell = sim.Population(
            1, sim.PointNeuron(sim.AdExp(tau_m=10.0, tau_refrac=2.0, i_offset=1.0), **receptors)
        )
        for weight, receptor, spikes in ((0.005, "AMPA", [3.0, 9.0, 12.0]), (0.004, "GABAA", [6.0, 20.0])):
            source = sim.Population(1, sim.SpikeSourceArray(spike_times=spikes))
            synapse = sim.StaticSynapse(weight=weight, delay=1.0)
            sim.Projection(source, cell, sim.AllToAllConnector(), synapse, receptor_type=receptor)
        cell.record(["spikes", "v", "w", "AMPA.gsyn", "GABAA.gsyn"])
        sim.run(40.0)
        return trains(cell)[0], [signal(cell, n)[:, 0] for n in ("v", "w", "AMPA.gsyn", "GABAA.gsyn")]

    (ours, values), (theirs, expected) = both(script)
    assert len(ours) > 0 and same_trains([ours], [theirs])
    for a, b in zip(values, expected):
        assert np.ptp(a) > 0 and np.allclose(a, b, rtol=5e-3, atol=5e-3 * np.abs(b).max())


def test_receptors_that_do_not_go_together_are_an_error(sim):
    from pyNN import errors

    with pytest.raises(errors.NoModelAvailableError, match="LIF"):
        sim.PointNeuron(sim.LIF(), AMPA=sim.AlphaPSR())
    with pytest.raises(errors.NoModelAvailableError):
        sim.PointNeuron(sim.AdExp(), AMPA=sim.AlphaPSR(), GABA=sim.BetaPSR())
    with pytest.raises(errors.NoModelAvailableError):
        sim.PointNeuron(sim.LIF())
    cell = sim.Population(2, sim.PointNeuron(sim.AdExp(), AMPA=sim.AlphaPSR(tau_syn=2.0)))
    assert cell.get("AMPA.tau_syn") == 2.0 and cell.get("cm") == 0.281
    cell.set(cm=0.3)
    assert cell.get(["AMPA.tau_syn", "cm"]) == [2.0, 0.3]
