"""ranvier.nest against the reference: thousands of generated calls give the same values and classes of errors.

The reference is the Python that RANVIER_REFERENCE names, or this one if it has the reference; without one, what it gave when
reference/results.json.gz was made (by reference/make_results.py).
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent / "reference"
sys.path.insert(0, str(HERE))

import calls  # noqa: E402
import compare  # noqa: E402

KINDS = [g.__name__ for g in calls.GENERATORS]


def reference_python():
    """An interpreter that has the reference, or None."""
    named = os.environ.get("RANVIER_REFERENCE")
    if named:
        return named
    probe = subprocess.run(
        [sys.executable, "-c", "import nest; nest.ll_api"],
        capture_output=True,
        env={**os.environ, "PYNEST_QUIET": "1"},
    )
    return sys.executable if probe.returncode == 0 else None


def run(command, kind, folder):
    folder.mkdir()
    file = folder / "out.json"
    done = subprocess.run(
        [*command, str(HERE / "run_calls.py"), kind, str(file)], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_calls(kind, tmp_path):
    python = reference_python()
    if python:
        reference = run([python], kind, tmp_path / "reference")
    else:
        with gzip.open(HERE / "results.json.gz", "rt") as f:
            reference = json.load(f)[kind]
    ours = run([sys.executable, "-m", "ranvier.nest"], kind, tmp_path / "ours")
    assert len(ours) == len(reference) == len(calls.calls(kind)) >= 20
    different = compare.differences(kind, reference, ours)
    assert not different, f"{len(different)} of {len(ours)} differ\n" + "\n".join(different[:20])
    equal = sum(compare.same(a, b) for a, b in zip(reference, ours))
    assert equal > 0.75 * len(ours)


def test_there_are_enough_calls():
    assert sum(len(calls.calls(k)) for k in KINDS) > 5000


def test_comparison_can_fail():
    a = {"setup": "", "call": "nest.resolution", "value": 0.1}
    for other in ({"value": 0.2}, {"error": "KeyError"}, {"value": [0.1]}):
        assert compare.differences("kernel", [a], [{"setup": "", "call": "nest.resolution", **other}])
    assert not compare.differences("kernel", [a], [a])
