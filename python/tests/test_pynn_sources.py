"""Random sources of spikes: windows, rates, one train for all targets."""

import numpy as np
import pytest

from pynn_common import same_trains, signal, trains


def test_poisson_sources_keep_to_their_window(sim):
    source = sim.Population(200, sim.SpikeSourcePoisson(rate=500.0, start=20.0, duration=30.0))
    quiet = sim.Population(50, sim.SpikeSourcePoisson(rate=0.0))
    source.record("spikes")
    quiet.record("spikes")
    sim.run(100.0)
    all_of = np.concatenate(trains(source))
    assert all_of.min() == pytest.approx(20.1) and all_of.max() == pytest.approx(50.0)
    assert abs(len(all_of) - 3000) < 5 * np.sqrt(3000) and not any(map(len, trains(quiet)))
    assert not same_trains(trains(source)[:1], trains(source)[1:2])
    quiet.set(rate=1000.0)
    sim.run(20.0)
    assert abs(np.concatenate(trains(quiet)).size - 1000) < 5 * np.sqrt(1000)


def test_poisson_sources_of_different_rates(sim):
    from pyNN import errors

    rates = np.linspace(50.0, 500.0, 10)
    source = sim.Population(10, sim.SpikeSourcePoisson(rate=rates, start=[0.0, 100.0] * 5, duration=1000.0))
    source.record("spikes")
    sim.run(1000.0)
    expected = rates * np.array([1.0, 0.9] * 5)
    counts = np.array([len(t) for t in trains(source)])
    assert (np.abs(counts - expected) < 5 * np.sqrt(expected)).all()
    assert all(t.min() > 100.0 for t in trains(source)[1::2])
    for wrong in (dict(rate=-1.0), dict(rate=[1.0, -1.0] * 5), dict(start=-5.0), dict(duration=np.nan)):
        with pytest.raises(errors.InvalidParameterValueError):
            source.set(**wrong)
    assert np.array_equal(source.get("rate"), rates) and source.get("duration") == 1000.0
    source[3:5].set(rate=[20.0, 700.0])
    assert list(source.get("rate")[2:6]) == [rates[2], 20.0, 700.0, rates[5]]
    with pytest.raises(errors.InvalidParameterValueError):
        sim.Population(2, sim.SpikeSourcePoissonRefractory(rate=[10.0, 300.0], tau_refrac=5.0))


def test_other_random_sources(sim):
    dead = sim.Population(100, sim.SpikeSourcePoissonRefractory(rate=100.0, tau_refrac=5.0))
    gamma = sim.Population(100, sim.SpikeSourceGamma(alpha=[4] * 100, beta=[400.0] * 100))
    for cells in (dead, gamma):
        cells.record("spikes")
    sim.run(1000.0)
    for cells, variation in ((dead, 0.5), (gamma, 0.5)):
        intervals = np.concatenate([np.diff(t) for t in trains(cells)])
        assert intervals.mean() == pytest.approx(10.0, rel=0.05)
        assert intervals.std() / intervals.mean() == pytest.approx(variation, rel=0.1)
    assert np.concatenate([np.diff(t) for t in trains(dead)]).min() >= 5.0 - 1e-6


def times(cells):
    """Distinct times of spikes of all cells, in steps of 0.1 ms."""
    return np.unique(np.rint(np.concatenate(trains(cells)) * 10)).astype(int)


def test_the_first_step_and_those_of_changes(sim):
    """So many spikes that there are some in every step: from the first one on, and from that of a change."""
    on = sim.Population(1, sim.SpikeSourcePoisson(rate=3e5))
    later = sim.Population(1, sim.SpikeSourcePoisson(rate=0.0))
    window = sim.Population(1, sim.SpikeSourcePoisson(rate=3e5, start=0.3, duration=0.4))
    gamma = sim.Population(50, sim.SpikeSourceGamma(alpha=1.0, beta=9000.0))
    dead = sim.Population(50, sim.SpikeSourcePoissonRefractory(rate=900.0, tau_refrac=1.0))
    everyone = (on, later, window, gamma, dead)
    for cells in everyone:
        cells.record("spikes")
    sim.run(1.0)
    on.set(rate=0.0)
    later.set(rate=3e5)
    sim.run(1.0)
    assert times(on).tolist() == list(range(1, 11)) and times(later).tolist() == list(range(11, 21))
    assert times(window).tolist() == [4, 5, 6, 7]
    assert times(gamma)[0] == 1 and times(dead)[0] == 1
    window.set(start=2.5, duration=0.2)
    sim.run(1.0)
    assert times(window).tolist() == [4, 5, 6, 7, 26, 27]


@pytest.mark.parametrize("kind", ["SpikeSourcePoisson", "SpikeSourcePoissonRefractory", "SpikeSourceGamma"])
def test_one_train_for_static_and_plastic_synapses_and_recorders(sim, kind):
    """What comes out of every kind of synapse is what was recorded of the source, one delay later."""
    rate = {"beta": 3000.0, "alpha": 2} if kind == "SpikeSourceGamma" else {"rate": 300.0}
    source = sim.Population(3, getattr(sim, kind)(**rate))
    cells = sim.Population(9, sim.IF_curr_delta(tau_m=1e12, v_thresh=1e6))
    connect = sim.OneToOneConnector
    stdp = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.0, A_minus=0.0), sim.AdditiveWeightDependence(w_max=9.0), weight=1.0, delay=0.5
    )
    for k, synapse in enumerate(
        (
            sim.StaticSynapse(weight=1.0, delay=0.5),
            stdp,
            sim.SimpleStochasticSynapse(p=1.0, weight=1.0, delay=0.5),
        )
    ):
        sim.Projection(source, cells[3 * k : 3 * k + 3], connect(), synapse)
    source.record("spikes")
    cells.record("v")
    sim.run(100.0)
    steps = np.rint(np.diff(signal(cells, "v"), axis=0))
    for i, train in enumerate(trains(source)):
        expected = np.bincount(np.rint(train * 10).astype(int) + 5 - 1, minlength=1010)[:1000]
        assert expected.sum() > 10
        for k in range(3):
            assert (steps[:, 3 * k + i] == expected).all()
