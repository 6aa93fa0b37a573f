"""Recording: samples, segments, clear, files; spikes of sources."""

import numpy as np
import pytest

from pynn_common import same_trains, signal, trains


def test_samples_begin_at_zero_and_end_now(sim):
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=0.1), initial_values={"v": [-65.0, -60.0]})
    cells.record("v")
    sim.run(2.0)
    v = cells.get_data().segments[0].filter(name="v")[0]
    assert v.shape == (21, 2) and float(v.t_start) == 0 and float(v.times[-1]) == pytest.approx(2.0)
    assert list(v.magnitude[0]) == [-65.0, -60.0]
    assert str(v.units.dimensionality) == "mV" and list(v.array_annotations["channel_index"]) == [0, 1]


def test_sampling_interval(sim):
    a, b = (sim.Population(2, sim.IF_curr_exp(i_offset=0.5)) for _ in "ab")
    a.record("v")
    b.record("v", sampling_interval=0.5)
    sim.run(3.3)
    assert np.array_equal(signal(a, "v")[::5], signal(b, "v"))
    with pytest.raises(ValueError):
        b.record("isyn_exc", sampling_interval=0.3)
    for wrong in (0.25, 0.0, -1.0):
        with pytest.raises(ValueError):
            sim.Population(1, sim.IF_curr_exp()).record("v", sampling_interval=wrong)


def test_views_and_assemblies_record_their_cells(sim):
    cells = sim.Population(5, sim.IF_curr_exp(i_offset=np.arange(5) * 0.5))
    cells[[1, 3]].record(["v", "spikes"])
    cells[3:5].record("v")
    sim.run(60.0)
    assert signal(cells, "v").shape == (601, 3) and signal(cells[[4]], "v").shape == (601, 1)
    assert np.array_equal(signal(cells[[4]], "v")[:, 0], signal(cells, "v")[:, 2])
    assert set(cells.get_spike_counts()) == {cells[1], cells[3]}
    assembly = cells[:1] + sim.Population(1, sim.IF_curr_exp())
    assembly.record("spikes")
    sim.run(30.0)
    assert [len(p.get_data("spikes").segments[0].spiketrains) for p in assembly.populations] == [1, 1]


def test_isyn_can_be_recorded(sim):
    # Translated, but not listed, in pyNN.nest.
    cell = sim.Population(1, sim.IF_curr_exp(tau_syn_I=4.0))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0]))
    synapse = sim.StaticSynapse(weight=-0.5, delay=1.0)
    sim.Projection(source, cell, sim.OneToOneConnector(), synapse, receptor_type="inhibitory")
    cell.record(["isyn_inh", "isyn_exc"])
    sim.run(8.0)
    current = signal(cell, "isyn_inh")[:, 0]
    assert (current[:30] == 0).all() and current[30] == pytest.approx(-0.5)
    assert current[70] == pytest.approx(-0.5 * np.exp(-1)) and (signal(cell, "isyn_exc") == 0).all()


def test_clear_in_the_middle_loses_nothing(sim):
    def run(pieces):
        sim.setup(timestep=0.1, backend="cpu", threads=1)
        cells = sim.Population(2, sim.IF_cond_exp(i_offset=[0.9, 1.1]))
        cells.record(["v", "gsyn_exc", "spikes"])
        data = []
        for ms in pieces:
            sim.run(ms)
            data.append(cells.get_data(clear=True).segments[0])
        return data

    (whole,), parts = run([45.0]), run([10.0, 20.0, 15.0])
    first = [p.filter(name="v")[0] for p in parts]
    assert [len(v) for v in first] == [101, 201, 151]
    assert [float(v.t_start) for v in first] == pytest.approx([0.0, 10.0, 30.0])
    joined = np.concatenate([first[0], first[1][1:], first[2][1:]])
    assert np.array_equal(joined, whole.filter(name="v")[0].magnitude)
    for k in range(2):
        pieces = np.concatenate([p.spiketrains[k].magnitude for p in parts])
        assert len(pieces) and np.array_equal(pieces, whole.spiketrains[k].magnitude)


def test_clear_and_reset_keep_each_piece_once(sim):
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=1.0))
    cells.record(["v", "spikes"])
    sim.run(30.0)
    first = cells.get_data(clear=True).segments
    sim.run(20.0)
    sim.reset()
    sim.run(30.0)
    later = cells.get_data(clear=True).segments
    sim.reset()
    sim.run(10.0)
    last = cells.get_data().segments
    assert [len(segments) for segments in (first, later, last)] == [1, 2, 1]
    v = [np.asarray(s.analogsignals[0].magnitude) for s in (*first, *later, *last)]
    assert [len(x) for x in v] == [301, 201, 301, 101]
    assert np.array_equal(v[0], v[2]) and np.array_equal(v[0][:101], v[3]) and v[1][0] == v[0][-1]
    assert float(later[0].analogsignals[0].t_start) == pytest.approx(30.0)


def test_record_after_a_run(sim):
    # AssertionError in pyNN.nest.
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.0))
    cells[:1].record("v")
    sim.run(1.0)
    cells.record(["v", "spikes"])
    sim.run(1.0)
    v = signal(cells, "v")
    assert v.shape == (21, 2) and np.isnan(v[:10, 1]).all() and np.array_equal(v[10:, 0], v[10:, 1])
    cells.record(None)
    cells.record("spikes")
    sim.run(50.0)
    assert len(cells.get_data().segments[0].analogsignals) == 0 and len(trains(cells)[0]) > 0


def test_intervals_that_the_recording_cuts(sim):
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=0.5))
    cells.record("v", sampling_interval=0.5)
    sim.run(0.7)
    first = cells.get_data(clear=True).segments[0].analogsignals[0]
    late = sim.Population(1, sim.IF_curr_exp(i_offset=0.5))
    late.record("v")
    sim.run(1.0)
    second = cells.get_data().segments[0].analogsignals[0]
    assert list(first.times.magnitude) == [0.0, 0.5] and list(second.times.magnitude) == [1.0, 1.5]
    made_later = late.get_data().segments[0].analogsignals[0]
    assert float(made_later.t_start) == pytest.approx(0.7) and made_later.shape == (11, 1)
    expected = -65 + 10 * (1 - np.exp(-np.arange(18) * 0.1 / 20))
    assert np.allclose(second.magnitude[:, 0], expected[[10, 15]]) and np.allclose(
        made_later.magnitude[:, 0], expected[:11]
    )


def test_counts_are_those_of_the_trains(sim):
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=[0.5, 1.0, 2.0]))
    cells.record("spikes")
    sim.run(200.0)
    counts = cells.get_spike_counts()
    assert [counts[c] for c in cells] == [len(t) for t in trains(cells)] and counts[cells[2]] > counts[
        cells[1]
    ] > 0
    assert cells.mean_spike_count() == np.mean([len(t) for t in trains(cells)])


def test_spike_times_are_exact_whatever_comes_later(sim):
    # pyNN.nest shifts by the min_delay of the time when the source is made.
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[[0.1, 2.0, 5.0], [0.3, 0.3]]))
    source.record("spikes")
    cells = sim.Population(2, sim.IF_curr_exp())
    sim.Projection(source, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=1.0, delay=7.0))
    sim.run(10.0)
    assert same_trains(trains(source), [np.array([0.1, 2.0, 5.0]), np.array([0.3, 0.3])])
    source[:1].set(spike_times=[4.0, 12.0])  # what is past stays past
    sim.run(10.0)
    assert same_trains(trains(source)[:1], [np.array([0.1, 2.0, 5.0, 12.0])])


def test_spike_times_that_cannot_be(sim):
    from pyNN import errors

    for wrong in ([2.0, 1.0], [-1.0], [np.nan]):
        with pytest.raises(errors.InvalidParameterValueError):
            sim.Population(1, sim.SpikeSourceArray(spike_times=wrong))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    with pytest.raises(errors.InvalidParameterValueError):
        source.set(spike_times=[3.0, 2.0])
    assert list(source.get("spike_times").value) == [1.0]
    with pytest.warns(errors.RoundingWarning):
        source.set(spike_times=[0.0, 2.04])
    source.record("spikes")
    sim.run(5.0)
    assert same_trains(trains(source), [np.array([0.1, 2.0])])


def test_files(sim, tmp_path):
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=1.0), label="cells")
    cells.record(["spikes", "v"], to_file=str(tmp_path / "data.pkl"))
    sim.run(30.0)
    cells.write_data(str(tmp_path / "more.pkl"), "spikes")
    expected = trains(cells)
    sim.end()
    from neo.io import PickleIO

    for name in ("data.pkl", "more.pkl"):
        segment = PickleIO(str(tmp_path / name)).read_block().segments[0]
        assert same_trains([t.magnitude for t in segment.spiketrains], expected, 0)
    assert len(expected[0]) > 0
