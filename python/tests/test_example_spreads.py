"""The test that random example scripts go through: how often it raises false alarms, and what it finds (spreads.py)."""

import pathlib
import random
import sys

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the test is made of scipy's")
sys.path.insert(0, str(pathlib.Path(__file__).parent / "reference"))
import example_statistics  # noqa: E402
import seeds  # noqa: E402
import spreads  # noqa: E402

TRIALS = 500
DRAWS = {
    "normal": (lambda r, n: r.normal(5, 0.3, n), 0),
    "skewed": (lambda r, n: r.exponential(1.0, n), 0),
    "counts": (lambda r, n: r.poisson(3.0, n).astype(float), 1),
    "rare": (lambda r, n: r.binomial(1, 0.3, n).astype(float), 1),
}


def runs(rng, n, draw, grain, statistics=5):
    return [{str(k): (v, grain) for k, v in enumerate(draw(rng, statistics))} for _ in range(n)]


@pytest.mark.parametrize("n, m", [(3, 3), (3, 8), (8, 8)])
@pytest.mark.parametrize("kind", DRAWS)
def test_false_alarms_are_as_rare_as_stated(kind, n, m):
    rng, rate = np.random.default_rng(1), 0.05
    draw, grain = DRAWS[kind]
    alarms = 0
    for _ in range(TRIALS):
        result = spreads.compare(runs(rng, n, draw, grain), runs(rng, m, draw, grain), rate)
        alarms += result["agrees"].startswith("no")
    assert alarms / TRIALS < rate + 4 * np.sqrt(rate * (1 - rate) / TRIALS)


@pytest.mark.parametrize("n, m", [(3, 3), (3, 8), (8, 8)])
def test_detectable_shifts_are_found_as_often_as_stated(n, m):
    rng, level = np.random.default_rng(2), 1e-3
    shift = spreads.detectable(n, m, level)
    found = [spreads.p_value(rng.normal(0, 1, n), rng.normal(shift, 1, m)) < level for _ in range(TRIALS)]
    assert np.mean(found) == pytest.approx(0.9, abs=0.03)


def test_verdicts():
    same = [{"rate": (10.0, 0.1), "size": (5, 1)}] * 3
    assert spreads.compare(same, same, 1e-3)["agrees"] == "equal"
    other = [{"rate": (10.0, 0.1), "size": (9, 1)}] * 8
    assert spreads.compare(same[:1] * 8, other, 1e-3)["agrees"].startswith("no: size 5 ± 0 and 9 ± 0")
    less = [{"rate": (10.0, 0.1)}] * 3
    assert spreads.compare(same, less, 1e-3)["agrees"] == "no: only the reference has: size"
    varied = [{"rate": (10.0 + k, 0.1)} for k in range(3)]
    result = spreads.compare(varied, varied[::-1], 1e-3)
    assert result["agrees"] == "spread" and result["level"] == 1e-3


def test_statistics_of_spikes_and_printed_numbers():
    assert example_statistics.cv_of_intervals([1] * 5 + [2] * 3, [1, 2, 3, 4, 5, 1, 4, 9]) == 0
    assert example_statistics.cv_of_intervals([1] * 4, [1, 2, 3, 4]) is None
    text = "rate: 3.25 Hz\nSimulation time: 5.0 s\nrate: 4.25 Hz\n7 8\n[INFO] nodes 3\n"
    assert example_statistics.printed(text) == {"printed 'rate: # Hz' 1": (4.25, 0.01)}


@pytest.fixture
def nest():
    """ranvier.nest, on which all that a runner replaces is put back."""
    from ranvier import nest

    kept = ("ResetKernel", "SetKernelStatus", "Simulate", "Run")
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((np.random, "default_rng"), (np.random, "seed"), (random, "seed")):
            patch.setattr(module, name, getattr(module, name))
        for name in ("rng_seed", "set"):
            patch.setattr(type(nest), name, type(nest).__dict__[name])
        for name in kept:
            patch.setitem(nest.__dict__, name, nest.__dict__[name])
        nest.ResetKernel()
        yield nest
    nest.ResetKernel()


def test_seeds_of_a_script_move(nest):
    plain, default = np.random.default_rng(12).random(), nest.rng_seed
    seeds.shift(nest, 7)
    assert nest.rng_seed == default + 7
    nest.rng_seed = 5
    assert nest.rng_seed == 12
    nest.set(rng_seed=6, resolution=0.2)
    assert (nest.rng_seed, nest.resolution) == (13, 0.2)
    nest.SetKernelStatus({"rng_seed": 8})
    assert nest.rng_seed == 15
    nest.ResetKernel()
    assert nest.rng_seed == default + 7
    assert np.random.default_rng(5).random() == plain


def test_statistics_of_a_script(nest, tmp_path):
    watch = example_statistics.Watch(nest)
    nest.Create("iaf_psc_alpha", 3)
    nest.ResetKernel()
    nest.data_path = str(tmp_path)
    neuron = nest.Create("iaf_psc_alpha", params={"I_e": 1000.0})
    memory, file = (nest.Create("spike_recorder", params={"record_to": to}) for to in ("memory", "ascii"))
    nest.Connect(neuron, memory + file)
    nest.Simulate(100.0)
    nest.Simulate(100.0)
    print("rate: 4.25 Hz")
    found = watch.finish()
    assert found["network 1: nodes"] == (3, 1)
    spikes = memory.n_events
    assert spikes > 5
    for name in ("spikes of neurons", "spike_recorder 1: events", "spike_recorder 2: events"):
        assert found[f"network 2: {name}, 1/s"] == pytest.approx((spikes * 5, 5))
    assert found["network 2: spike_recorder 2: CV of intervals"][0] == pytest.approx(0, abs=0.1)
    assert found["printed 'rate: # Hz' 1"] == (4.25, 0.01)
