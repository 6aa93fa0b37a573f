"""Current sources: exact from the step on in which they begin or change; against closed forms and pyNN.nest."""

import numpy as np
import pytest

from pynn_common import both, signal

TAU, CM = 20.0, 1.0


def membrane(current, n=None):
    """Potential (mV) of IF_curr_exp from -65 mV under currents (nA) of the steps of 0.1 ms, one after the other."""
    v, decay = [0.0], np.exp(-0.1 / TAU)
    for i in current:
        v.append(v[-1] * decay + i * TAU / CM * (1 - decay))
    return np.array(v) - 65.0


def cell_of(sim, n=1, **named):
    cell = sim.Population(n, sim.IF_curr_exp(v_thresh=1e3, **named))
    cell.record("v")
    return cell


@pytest.mark.parametrize("start", [0.0, 0.1, 5.0])
def test_direct_current_acts_from_its_start(sim, start):
    # pyNN.nest: one or two steps, or min_delay, later.
    cell = cell_of(sim)
    cell.inject(sim.DCSource(amplitude=0.5, start=start, stop=12.0))
    sim.run(20.0)
    t = np.arange(200) * 0.1
    current = np.where((t > start - 1e-9) & (t < 12 - 1e-9), 0.5, 0.0)
    assert np.allclose(signal(cell, "v")[:, 0], membrane(current), rtol=0, atol=1e-9)
    assert signal(cell, "v")[int(start * 10) + 1, 0] > -65.0


def test_direct_current_is_that_of_the_reference():
    def script(sim):
        cell = cell_of(sim)
        sim.DCSource(amplitude=0.5, start=5.0, stop=12.0).inject_into(cell)
        sim.run(20.0)
        return signal(cell, "v")[:, 0]

    ours, theirs = both(script)
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9) and ours.max() > -63


def test_changes_between_runs_act_at_once(sim):
    cell, source = cell_of(sim), sim.DCSource(amplitude=0.5)
    sim.run(1.0)
    source.inject_into(cell)
    sim.run(1.0)
    source.amplitude = 1.0
    sim.run(1.0)
    source.set_parameters(stop=3.5)
    cell.set(i_offset=0.1)
    sim.run(1.0)
    current = np.repeat([0.0, 0.5, 1.0, 1.1, 0.1], [10, 10, 10, 5, 5])
    assert np.allclose(signal(cell, "v")[:, 0], membrane(current), rtol=0, atol=1e-9)
    assert source.amplitude == 1.0 and source.get_parameters()["stop"] == 3.5 and cell.get("i_offset") == 0.1


def test_steps_of_current(sim):
    from pyNN import errors

    cell = cell_of(sim, 2)
    source = sim.StepCurrentSource(times=[0.0, 3.0, 3.04, 7.0], amplitudes=[0.1, 5.0, 0.4, -0.2])
    source.inject_into(cell[:1])
    source.record()
    sim.run(10.0)
    current = np.repeat([0.1, 0.4, -0.2], [30, 40, 30])
    v = signal(cell, "v")
    assert np.allclose(v[:, 0], membrane(current), rtol=0, atol=1e-9) and (v[:, 1] == -65).all()
    recorded = source.get_data()
    assert (
        recorded.shape == (101, 1)
        and np.allclose(recorded.magnitude[:-1, 0], current)
        and float(recorded.t_stop) == pytest.approx(10.1)
    )
    for wrong in (
        dict(times=[2.0, 1.0], amplitudes=[0, 1]),
        dict(times=[-1.0], amplitudes=[0]),
        dict(times=[1.0], amplitudes=[0, 1]),
    ):
        with pytest.raises(errors.InvalidParameterValueError):
            source.set_parameters(**wrong)
    assert list(source.times) == [0.0, 3.0, 3.04, 7.0]


def test_current_of_many_steps(sim):
    """One after the other, in time that is proportional to their number, not to its square."""
    cell, n = cell_of(sim), 3000
    times, current = np.arange(n) * 0.1, np.random.default_rng(1).normal(0, 0.3, n)
    source = sim.StepCurrentSource(times=times, amplitudes=current)
    reads, read = [], source._read
    source._read = lambda values: reads.append(values) or read(values)
    source.inject_into(cell)
    sim.run(n * 0.05)
    sim.run(n * 0.05)
    assert np.allclose(signal(cell, "v")[:, 0], membrane(current), rtol=0, atol=1e-9)
    assert len(reads) <= 2


def test_steps_of_current_are_those_of_the_reference():
    def script(sim):
        cell = cell_of(sim)
        sim.StepCurrentSource(times=[1.0, 7.5, 20.0], amplitudes=[0.4, -0.2, 0.1]).inject_into(cell)
        sim.run(30.0)
        return signal(cell, "v")[:, 0]

    ours, theirs = both(script)
    assert np.ptp(ours) > 2 and np.allclose(ours, theirs, rtol=0, atol=1e-9)


def test_alternating_current(sim):
    cell = cell_of(sim)
    source = sim.ACSource(amplitude=0.5, offset=0.2, frequency=50.0, phase=30.0, start=4.0, stop=30.0)
    source.inject_into(cell)
    source.record()
    sim.run(40.0)
    t = np.arange(400) * 0.1
    current = np.where(
        (t > 4 - 1e-9) & (t < 30 - 1e-9), 0.2 + 0.5 * np.sin(2 * np.pi * 0.05 * (t - 4) + np.pi / 6), 0.0
    )
    assert np.allclose(signal(cell, "v")[:, 0], membrane(current), rtol=0, atol=1e-9)
    assert np.allclose(source.get_data().magnitude[:400, 0], current, rtol=0, atol=1e-12)


def test_alternating_current_from_the_first_step_and_changed(sim):
    cells = cell_of(sim, 2)
    source = sim.ACSource(amplitude=0.5, frequency=80.0, phase=20.0)
    source.inject_into(cells[:1])
    sim.run(5.0)
    source.set_parameters(amplitude=0.2, frequency=40.0, offset=0.1)
    sim.run(0.1)
    source.inject_into(cells[1:])
    source.phase = 90.0
    sim.run(4.9)
    t = np.arange(100) * 0.1

    def sine(amplitude, frequency, phase, offset):
        return offset + amplitude * np.sin(2 * np.pi * frequency * t / 1000 + np.radians(phase))

    first, second, third = sine(0.5, 80, 20, 0), sine(0.2, 40, 20, 0.1), sine(0.2, 40, 90, 0.1)
    current = np.concatenate([first[:50], second[50:51], third[51:]])
    v = signal(cells, "v")
    assert np.allclose(v[:, 0], membrane(current), rtol=0, atol=1e-9)
    assert np.allclose(v[:, 1], membrane(np.where(t < 5.05, 0, third)), rtol=0, atol=1e-9)


def test_alternating_current_is_that_of_the_reference():
    def script(sim):
        cell = cell_of(sim)
        sim.ACSource(amplitude=0.5, frequency=20.0, phase=45.0, start=10.0).inject_into(cell)
        sim.run(100.0)
        return signal(cell, "v")[:, 0]

    ours, theirs = both(script)
    assert np.ptp(ours) > 2 and np.allclose(ours, theirs, rtol=0, atol=1e-9)


def test_noise(sim):
    cells = cell_of(sim, 50)
    source = sim.NoisyCurrentSource(mean=0.3, stdev=0.2, start=5.0, stop=205.0, dt=0.5)
    source.inject_into(cells)
    source.record()
    sim.run(210.0)
    current = source.get_data().magnitude
    active = current[50:2050]
    assert (current[:50] == 0).all() and (current[2050:] == 0).all()
    values = active.reshape(400, 5, 50)
    assert (values == values[:, :1]).all()  # drawn every 0.5 ms
    drawn = values[:, 0]
    assert drawn.mean() == pytest.approx(0.3, abs=0.01) and drawn.std() == pytest.approx(0.2, abs=0.01)
    assert (
        abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.25
        and abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 0.25
    )
    assert np.allclose(signal(cells, "v")[:, 7], membrane(current[:2100, 7]), rtol=0, atol=1e-9)


@pytest.mark.parametrize("start, dt", [(0.0, 0.1), (0.0, 0.5), (0.1, 0.3), (7.0, 0.5)])
def test_noise_that_is_not_recorded(sim, start, dt):
    cells = cell_of(sim, 60)
    source = sim.NoisyCurrentSource(mean=0.3, stdev=0.2, start=start, stop=150.0, dt=dt)
    source.inject_into(cells)
    sim.run(160.0)
    v, decay = signal(cells, "v") + 65.0, np.exp(-0.1 / TAU)
    current = (v[1:] - v[:-1] * decay) / (TAU / CM * (1 - decay))  # of each step
    first, every = round(start * 10), round(dt * 10)
    assert np.abs(current[:first]).max(initial=0) < 1e-9 and np.abs(current[1500:]).max() < 1e-9
    n = (1500 - first) // every
    values = current[first : first + n * every].reshape(n, every, 60)
    assert np.abs(values - values[:, :1]).max() < 1e-9
    drawn = values[:, 0]
    assert (np.abs(drawn) > 1e-9).all()
    assert drawn.mean() == pytest.approx(0.3, abs=0.01) and drawn.std() == pytest.approx(0.2, abs=0.01)
    assert np.abs(np.corrcoef(drawn[:, :5].T) - np.eye(5)).max() < 0.25
    from pyNN import errors

    with pytest.raises(errors.RecordingError):
        source.record()
    source.mean = 0.5
    sim.run(1.0)


@pytest.mark.parametrize("recorded", [False, True])
def test_noise_does_not_depend_on_pieces(sim, recorded):
    def run(pieces):
        sim.setup(timestep=0.1, backend="cpu", threads=1, rng_seed=3)
        cell = cell_of(sim, 3)
        source = sim.NoisyCurrentSource(mean=0.3, stdev=0.2)
        source.inject_into(cell)
        if recorded:
            source.record()
        for ms in pieces:
            sim.run(ms)
        return signal(cell, "v")

    assert np.array_equal(run([20.0]), run([3.0, 0.1, 16.9]))


def test_wrong_sources(sim):
    from pyNN import errors

    for make in (
        lambda: sim.DCSource(start=-1.0),
        lambda: sim.NoisyCurrentSource(dt=0.25),
        lambda: sim.NoisyCurrentSource(stdev=-1.0),
        lambda: sim.StepCurrentSource(times=[1.0], amplitudes=[]),
    ):
        with pytest.raises(errors.InvalidParameterValueError):
            make()
    with pytest.raises(TypeError):
        sim.DCSource(amplitude=1.0).inject_into(sim.Population(1, sim.SpikeSourceArray()))
    with pytest.raises(errors.NonExistentParameterError):
        sim.DCSource(size=1.0)


def test_currents_add_and_return_with_reset(sim):
    cells = cell_of(sim, 3, i_offset=[0.0, 0.1, 0.2])
    sim.DCSource(amplitude=0.5, start=1.0).inject_into(cells)
    sim.DCSource(amplitude=0.25, start=2.0).inject_into(cells[1:])
    sim.run(5.0)
    first = signal(cells, "v")
    current = [
        np.repeat([0.0, 0.5, 0.5], [10, 10, 30]),
        np.repeat([0.1, 0.6, 0.85], [10, 10, 30]),
        np.repeat([0.2, 0.7, 0.95], [10, 10, 30]),
    ]
    assert np.allclose(first, np.transpose([membrane(i) for i in current]), rtol=0, atol=1e-9)
    sim.reset()
    sim.run(5.0)
    assert np.array_equal(signal(cells, "v"), first)
