"""Figures, Neo, progress bars."""

import sys

import numpy as np
import pytest

import ranvier


@pytest.fixture
def run(net):
    n = net.create("iaf_psc_alpha", 3, I_e=[500.0, 600.0, 0.0])
    net.connect(n[:2], n[2:], weight=[5.0, 7.0], delay=1.0)
    spikes, samples = net.record(n), net.record(n[:2], ["V_m", "I_syn_ex"], interval=0.5)
    net.run(200)
    return net, n, spikes, samples


def test_figures(run):
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    from ranvier import plot

    net, n, spikes, samples = run
    above, below = plot.raster(spikes)
    assert len(above.lines[0].get_xdata()) == len(spikes) and below.get_ylabel() == "rate (1/s)"
    total = sum(p.get_data().values.sum() for p in below.patches) * 5e-3 * 3
    assert total == pytest.approx(len(spikes))
    above, below = plot.raster({"a": spikes, "b": (spikes.senders + 3, spikes.times)}, bin_width=0)
    assert len(above.lines) == 2 and below is None
    assert len(plot.trace(samples).lines) == 2 and plot.trace(samples, "I_syn_ex").get_ylabel() == "I_syn_ex"
    assert sum(p.get_height() for p in plot.weights(net.connections(), 4).patches) == 2
    image = plot.matrix(net.connections(), n, n).images[0].get_array()
    assert image.shape == (3, 3) and image[2, 0] == 5 and image[2, 1] == 7 and image.mask.sum() == 7
    left, right = plot.intervals(spikes)
    assert left.get_xlabel() == "interval (ms)" and right.get_ylabel() == "neurons"
    with pytest.raises(ValueError, match="bin_width"):
        plot.raster(spikes, bin_width=-1)
    plt.close("all")


def test_interval_statistics():
    from ranvier.plot import interval_statistics

    found, variation = interval_statistics(([1, 2, 1, 1, 2, 1], [10.0, 5.0, 20.0, 40.0, 9.0, 50.0]))
    assert sorted(found) == [4, 10, 10, 20]
    assert variation == {1: pytest.approx(np.std([10, 20, 10]) / np.mean([10, 20, 10]))}


def test_neo(run):
    pytest.importorskip("neo")
    _, n, spikes, samples = run
    segment = spikes.to_neo()
    assert [len(t) for t in segment.spiketrains] == np.bincount(spikes.senders, minlength=4)[1:].tolist()
    signals = samples.to_neo().analogsignals
    assert [s.name for s in signals] == ["V_m", "I_syn_ex"] and signals[0].shape == samples["V_m"].shape
    assert str(signals[0].units.dimensionality) == "mV" and float(signals[0].sampling_period) == 0.5


def test_missing_extras_say_what_to_install(run, monkeypatch):
    from ranvier import plot

    monkeypatch.setitem(sys.modules, "neo", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"ranvier\[neo\]"):
        run[2].to_neo()
    with pytest.raises(ImportError, match=r"ranvier\[plot\]"):
        plot.raster(run[2])


def test_progress_bar(net, capsys, monkeypatch):
    n = net.create("iaf_psc_exp", 20000, I_e=400.0)
    net.connect(n, n, ranvier.fixed_indegree(20))
    net.run(20, progress=True)
    assert "simulate" in capsys.readouterr().err or "tqdm" in sys.modules
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    net.run(20, progress=True)
    assert "%" in capsys.readouterr().err
