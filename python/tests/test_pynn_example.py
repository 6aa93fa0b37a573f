"""The PyNN example runs, is active, and has the rates of pyNN.nest."""

import importlib
import pathlib
import sys

import pytest

from pynn_common import reference

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def example(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield importlib.import_module("pynn_balanced")
    sys.modules.pop("pynn_balanced", None)


@pytest.mark.parametrize("cell", ["IF_curr_exp", "IF_curr_delta"])
def test_balanced_network_fires(example, cell, capsys):
    rates = example.main(["ranvier", "--cell", cell, "--n", "1000", "--simtime", "200"])
    assert all(20 < rate < 100 for rate in rates) and "spikes/s" in capsys.readouterr().out


def test_balanced_network_fires_as_in_the_reference(example):
    reference()
    arguments = ["--cell", "IF_curr_exp", "--n", "1250", "--simtime", "300"]
    ours, theirs = example.main(["ranvier", *arguments]), example.main(["nest", *arguments])
    assert min(ours) > 20 and ours == pytest.approx(theirs, rel=0.15)
