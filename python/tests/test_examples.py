"""The examples run, small; the balanced network has the hash of the C++ program."""

import importlib
import pathlib
import sys

import pytest

FOLDERS = [pathlib.Path(__file__).parent.parent / "examples", pathlib.Path(__file__).parent / "examples"]
FOLDER = next((f for f in FOLDERS if f.is_dir()), None)
pytestmark = pytest.mark.skipif(FOLDER is None, reason="the examples are not beside the tests")


@pytest.fixture
def example(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    yield lambda name: importlib.import_module(name)
    for name in ("balanced_network", "two_population_stdp", "adex_patterns", "microcircuit", "psp"):
        sys.modules.pop(name, None)


@pytest.mark.slow
def test_balanced_network_is_that_of_the_program(example, capsys):
    """As hpc_benchmark --scale 0.1, whose weight and rate its JSON report names."""
    net = example("balanced_network").main(["--scale", "0.1", "--presim", "50", "--simtime", "250"])
    assert [f"{x:016x}" for x in net.hash()] == ["a86bc2bf7e2fddf0", "e22ee595349ec272", "3eb797ac23c8c3d6"]


def test_two_populations(example, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    figure = tmp_path / "weights.png"
    options = ["--neurons", "500", "--inputs", "50", "--time", "300", "--figure", str(figure)]
    net = example("two_population_stdp").main(options)
    assert figure.stat().st_size > 10_000
    w = net.weight_summary("plastic")
    assert w["n"] == 400 * 40 and 0 < w["std"] < 0.1 * w["mean"]


def test_adex_patterns(example, capsys):
    spikes = example("adex_patterns").main([])
    counts = dict(zip(example("adex_patterns").PATTERNS, spikes.rates() / 2))
    assert counts["transient"] < 3 < counts["adaptation"] < counts["tonic"]


def test_microcircuit(example):
    net = example("microcircuit").main(["--scale", "0.02", "--time", "200"])
    assert net.stats["neurons"] == pytest.approx(77169 * 0.02, abs=8) and 100 < net.stats["spikes"] < 5000
