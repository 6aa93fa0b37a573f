"""The reference's own example scripts, unmodified, under both: same results where nothing is random, alike where it is.

Needs an installed reference (see test_nest_reference.py), which has the scripts in its doc folder; RANVIER_EXAMPLES names a
folder with more of them.
"""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from test_nest_reference import reference_python

RUN = pathlib.Path(__file__).parent / "reference" / "run_example.py"
EXACT = [
    "aeif_cond_beta_multisynapse",
    "brette_gerstner_fig_2c",
    "evaluate_tsodyks2_synapse",
    "hh_psc_alpha",
    "ignore_and_spike_mechanism",
    "multimeter_file",
    "one_neuron",
    "testiaf",
    "twoneurons",
    "vinit_example",
]
RANDOM = [
    "BrodyHopfield",
    "brunel_delta_nest",
    "gif_population",
    "glif_psc_neuron",
    "one_neuron_with_noise",
    "plot_weight_matrices",
    "recording_demo",
    "repeated_stimulation",
    "sensitivity_to_perturbation",
    "sinusoidal_poisson_generator",
    "synapsecollection",
]
SLOW = [
    "CampbellSiegert",
    "balancedneuron",
    "brunel_alpha_nest",
    "brunel_exp_multisynapse_nest",
    "hpc_benchmark",
]


def examples():
    """Folder of the reference's scripts, or None."""
    named = os.environ.get("RANVIER_EXAMPLES")
    if named:
        return pathlib.Path(named)
    python = reference_python()
    if not python:
        return None
    env = {**os.environ, "PYNEST_QUIET": "1"}
    where = subprocess.run(
        [python, "-c", "import nest; print(nest.__path__[0])"], capture_output=True, text=True, env=env
    )
    folder = pathlib.Path(where.stdout.strip()) / "doc/examples/pynest"
    return folder if folder.is_dir() else None


FOLDER = examples()
needs_scripts = pytest.mark.skipif(
    FOLDER is None, reason="there is no reference with its example scripts; set RANVIER_REFERENCE"
)


def run(command, name, folder, timeout=300):
    folder.mkdir()
    file = folder / "out.json"
    done = subprocess.run(
        [*command, str(RUN), str(FOLDER / f"{name}.py"), str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert file.exists(), done.stderr[-1000:]
    return json.loads(file.read_text())


def both(name, tmp_path):
    ours = run([sys.executable, "-m", "ranvier.nest"], name, tmp_path / "ours")
    assert ours["error"] is None, ours.get("message")
    python = reference_python()
    if python is None:
        pytest.skip("there is no reference to compare with; the script ran")
    reference = run([python], name, tmp_path / "reference")
    if reference["error"]:
        pytest.skip(f"the reference: {reference['error']} {reference.get('message', '')}")
    return reference, ours


@needs_scripts
@pytest.mark.parametrize("name", EXACT)
def test_same_results(name, tmp_path):
    reference, ours = both(name, tmp_path)
    for key in ("time", "size", "connections"):
        assert ours[key] == reference[key]
    assert len(ours["recorders"]) == len(reference["recorders"])
    for a, b in zip(reference["recorders"], ours["recorders"]):
        assert a["n"] == b["n"] and a["data"].keys() == b["data"].keys()
        for k in a["data"]:
            np.testing.assert_allclose(b["data"][k], a["data"][k], rtol=1e-6, atol=1e-5, err_msg=k)


@needs_scripts
@pytest.mark.parametrize("name", RANDOM + [pytest.param(n, marks=pytest.mark.slow) for n in SLOW])
def test_alike_results(name, tmp_path):
    reference, ours = both(name, tmp_path)
    assert ours["size"] == reference["size"] and ours["time"] == pytest.approx(reference["time"])
    assert abs(ours["connections"] - reference["connections"]) < 0.1 * reference["connections"] + 10
    for a, b in zip(reference["recorders"], ours["recorders"]):
        assert a["data"].keys() == b["data"].keys()
        assert abs(a["n"] - b["n"]) <= 0.2 * a["n"] + 5 * np.sqrt(a["n"])


@needs_scripts
def test_all_others_run_or_say_what_is_missing(tmp_path):
    known = set(EXACT + RANDOM + SLOW)
    slow = {
        "brunel_alpha_evolution_strategies",
        "evaluate_quantal_stp_synapse",
        "store_restore_network",
        "pong",
    }
    failures = []
    for script in sorted(FOLDER.glob("*.py")):
        if script.stem in known | slow:
            continue
        folder = tmp_path / script.stem
        ours = run([sys.executable, "-m", "ranvier.nest"], script.stem, folder)
        named = ours.get("message", "")
        fine = (
            ours["error"] is None
            or ours["error"] in ("ModuleNotFoundError", "ImportError")
            or "SystemExit" in ours["error"]
        )
        fine |= ours["error"] in (
            "UnknownModelName",
            "UnknownComponent",
            "NotImplemented",
            "UnknownSynapseType",
        )
        fine |= "is not supported" in named or "must be a positive multiple" in named or "resolution" in named
        if not fine:
            failures.append(f"{script.stem}: {ours['error']} {named}")
    assert not failures, "\n".join(failures)
