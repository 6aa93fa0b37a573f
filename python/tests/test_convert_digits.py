"""The digits network: how many of 540 images get another class than from the deep network."""

import importlib
import json
import sys

import numpy as np
import pytest

pytest.importorskip("scipy")
from convert_for_tests import EXAMPLES, digits

from ranvier import convert

AT = [5, 10, 20, 50, 100, 200, 500]


@pytest.fixture(scope="module")
def data():
    return digits()


def disagreement(data, at, seed=1, **how):
    layers, train, test, ann, _ = data
    spiking = convert.to_spiking(layers, train, threads=2, seed=seed, **how)
    return spiking.run(test, at[-1], at).disagreement(ann)


def test_scales_and_classes_of_the_data(data):
    layers, train, test, ann, scales = data
    assert (convert.predict(layers, test) == ann).all()
    np.testing.assert_allclose(convert.activation_scales(layers, train), scales, rtol=1e-12)


def test_subtraction_at_every_step(data):
    """None at 50, 100, 200 and 500 steps, one at most in between."""
    at = [5, 10, 20, *range(50, 501)]
    wrong = dict(zip(at, disagreement(data, at, batch=90)))
    assert [wrong[t] for t in (50, 100, 200, 500)] == [0, 0, 0, 0]
    assert max(wrong[t] for t in range(50, 501)) == 1
    assert [wrong[t] for t in (5, 10, 20)] == pytest.approx([10, 4, 4], abs=1)


@pytest.mark.parametrize(
    "how, expected",
    [
        (dict(percentile=99), [5, 2, 1, 0, 1, 0, 0]),
        (dict(percentile=100), [18, 4, 1, 0, 0, 0, 0]),
        (dict(reset="zero"), [21, 11, 5, 3, 3, 2, 2]),
        (dict(reset="zero", percentile=99), [8, 8, 8, 7, 4, 4, 4]),
        (dict(input="if"), [15, 4, 1, 0, 0, 0, 0]),
        (dict(aligned=False), [None, 5, 2, 0, 0, 0, 0]),
        (dict(tau_m=20.0), [None, 3, 4, 2, 0, 1, 1]),
        (dict(tau_m=1000.0), [None, 4, 2, 0, 0, 0, 0]),
        (dict(t_ref=1.0), [None, 5, 2, 4, 6, 3, 2]),
        (dict(normalise="thresholds"), [10, 4, 4, 0, 0]),
    ],
)
def test_rows(data, how, expected):
    """Within one image of an independent implementation."""
    for found, wanted in zip(disagreement(data, AT[: len(expected)], **how), expected):
        assert wanted is None or abs(found - wanted) <= 1


def test_counts_need_a_scale_of_the_output(data):
    at, scales = [50, 200], data[4]
    assert (disagreement(data, at, read_out="counts") <= 1).all()
    unscaled = disagreement(data, [50], read_out="counts", scales=scales[:2])
    assert unscaled == pytest.approx([171], abs=1)


def test_poisson_input(data):
    """As the same network in NumPy with ten seeds each, whose numbers stand here."""
    at = [5, 10, 20]
    reference = np.array(
        [
            [22, 9, 2],
            [29, 12, 6],
            [32, 13, 7],
            [37, 12, 11],
            [27, 10, 5],
            [24, 13, 6],
            [25, 7, 6],
            [30, 10, 7],
            [22, 10, 5],
            [21, 14, 8],
        ]
    )
    ours = np.array([disagreement(data, at, seed, input="poisson") for seed in range(1, 11)])
    assert len({tuple(row) for row in ours}) == 10
    error = np.sqrt((ours.var(axis=0, ddof=1) + reference.var(axis=0, ddof=1)) / 10)
    assert (np.abs(ours.mean(axis=0) - reference.mean(axis=0)) < 4 * error).all()


def test_results_do_not_depend_on_batches(data):
    layers, train, test, _, _ = data
    spiking = [convert.to_spiking(layers, train, threads=2, batch=b, read_out="counts") for b in (7, 40)]
    results = [s.run(test[:40], 60, [20, 60], rates=True) for s in spiking]
    assert (results[0].potentials == results[1].potentials).all()
    for name, counts in results[0].counts.items():
        assert (counts == results[1].counts[name]).all() and counts.any()


def test_runs_begin_anew(data):
    """Nothing is left of the run before, not even spikes on their way, and nothing is built."""
    layers, train, test, _, _ = data
    spiking = convert.to_spiking(layers, train, threads=1, batch=20)
    first = spiking.run(test[:20], 31)
    network, connections = spiking.network, spiking.network.stats["connections"]
    other = spiking.run(test[20:40], 47)
    again = spiking.run(test[:20], 31)
    assert (
        spiking.network is network and network.stats["connections"] == connections == 20 * spiking.connections
    )
    assert (again.potentials == first.potentials).all() and (other.potentials != first.potentials).any()
    assert network.step >= 2 * 31 + 47


@pytest.mark.parametrize("t_ref", [1.0, 3.0, 6.5])
def test_neurons_are_not_refractory_from_the_run_before(data, t_ref):
    """Batches and runs alike: neurons that have fired in the last step are ready in the first."""
    layers, train, test, _, _ = data
    how = dict(threads=1, t_ref=t_ref, read_out="counts")
    spiking = convert.to_spiking(layers, train, batch=20, **how)
    first = spiking.run(test[:20], 31, rates=True)
    spiking.run(test[20:40], 47)
    again = spiking.run(np.concatenate([test[20:40], test[:20]]), 31, rates=True)
    assert (again.potentials[:, 20:] == first.potentials).all()
    for name, counts in first.counts.items():
        assert (again.counts[name][:, 20:] == counts).all() and counts.max() > 1


def test_probabilities(data):
    layers, train, test, ann, _ = data
    result = convert.to_spiking(layers, train, threads=2).run(test[:60], 500)
    found, wanted = result.probabilities[0], convert.activations(layers, test[:60])[-1]
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert np.abs(result.outputs[0] - convert.activations(layers[:-1], test[:60])[-1]).max() < 1
    assert (found.argmax(axis=1) == ann[:60]).all() and np.abs(found - wanted).mean() < 0.01


@pytest.mark.skipif(EXAMPLES is None, reason="the examples are not beside the tests")
def test_example(monkeypatch, capsys, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    example = importlib.import_module("digits")
    monkeypatch.delitem(sys.modules, "digits")
    figure = tmp_path / "digits.png"
    found = example.main(["--steps", "50", "--images", "60", "--threads", "2", "--figure", str(figure)])
    assert figure.stat().st_size > 10_000 and set(found) == set(example.VARIANTS)
    assert found["reset by subtraction"][-1] == 0 < found["reset by subtraction"][0]
    assert "0 of 60 differ" in capsys.readouterr().out


@pytest.mark.skipif(EXAMPLES is None, reason="the examples are not beside the tests")
def test_table_of_the_example(monkeypatch, capsys, tmp_path, data):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    example = importlib.import_module("digits")
    monkeypatch.delitem(sys.modules, "digits")
    few = ["--steps", "20", "--images", "40", "--threads", "2"]
    example.main([*few, "--json", str(tmp_path / "digits.json")])
    table = json.loads((tmp_path / "digits.json").read_text())
    rows = table["images with another class"]
    assert table["steps"] == [5, 10, 20] and table["images"] == 40
    assert set(rows) == {*example.VARIANTS, *example.MORE}
    layers, train, test, ann, _ = data
    expected = convert.to_spiking(layers, train, threads=1, reset="zero").run(test[:40], 20, [5, 10, 20])
    assert rows["reset to zero"] == expected.disagreement(ann[:40]).tolist()
    example.main([*few, "--json", "-"])
    assert json.loads(capsys.readouterr().out[-len(json.dumps(table, indent=1)) - 1 :]) == table
