"""What the tests of ranvier.pynn have in common: what pyNN.nest gives for the same script, and what was recorded as arrays.

Where the reference simulator is installed, it runs; elsewhere what it gave when reference/make_pynn.py was run is compared.
"""

import contextlib
import gzip
import importlib.util
import json
import os
import pathlib
import warnings

import numpy as np
import pytest

neo = pytest.importorskip("neo", reason="ranvier.pynn needs neo")
pytest.importorskip("pyNN", reason="ranvier.pynn needs PyNN")

STORED = pathlib.Path(__file__).parent / "reference" / "pynn.json.gz"


def reference():
    """pyNN.nest; skips where it is not installed."""
    os.environ.setdefault("PYNEST_QUIET", "1")
    pytest.importorskip("nest", reason="the reference simulator is not installed")
    with contextlib.redirect_stdout(None):
        return pytest.importorskip("pyNN.nest", reason="PyNN has no module for the reference")


def both(script, **setup):
    """What a script (a function of a simulator module) returns: on ranvier.pynn, and on pyNN.nest on the grid.

    Arrays and numbers in lists or tuples. Once in a test.
    """
    import ranvier.pynn as ours

    result = _run(ours, script, {"backend": "cpu", "threads": 1}, setup)
    name = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].rpartition(" ")[0]
    if importlib.util.find_spec("nest") is None:
        stored = _stored()
        if name not in stored:
            pytest.skip(
                "the reference simulator is not installed, and nothing is stored: reference/make_pynn.py"
            )
        return result, _from_json(stored[name])
    theirs = _run(reference(), script, {"spike_precision": "on_grid", "verbosity": "error"}, setup)
    if os.environ.get("RANVIER_STORE"):
        _store({**_stored(), name: _to_json(theirs)})
    return result, theirs


def _run(sim, script, extra, setup):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sim.setup(**{"timestep": 0.1, "min_delay": 0.1, "max_delay": 10.0, **setup}, **extra)
        result = script(sim)
        sim.end()
    return result


def _stored():
    return json.loads(gzip.decompress(STORED.read_bytes())) if STORED.exists() else {}


def _store(results):
    STORED.write_bytes(gzip.compress(json.dumps(dict(sorted(results.items()))).encode(), mtime=0))


def _to_json(value):
    if isinstance(value, np.ndarray):
        return {"shape": value.shape, "values": np.asarray(value, float).ravel().tolist()}
    return [_to_json(v) for v in value] if isinstance(value, (list, tuple)) else float(value)


def _from_json(value):
    if isinstance(value, dict):
        return np.array(value["values"]).reshape(value["shape"])
    return [_from_json(v) for v in value] if isinstance(value, list) else value


def signal(population, name, segment=-1):
    """Samples of a variable as an array of shape (times, cells)."""
    return np.asarray(population.get_data(name).segments[segment].filter(name=name)[0].magnitude)


def trains(population, segment=-1):
    """Spike times in ms, an array for each recorded cell."""
    return [np.asarray(t.magnitude) for t in population.get_data("spikes").segments[segment].spiketrains]


def same_trains(a, b, tolerance=1e-6):
    """Whether two lists of trains are the same, to a tolerance in ms."""
    return len(a) == len(b) and all(
        len(x) == len(y) and np.allclose(x, y, rtol=0, atol=tolerance) for x, y in zip(a, b)
    )


def cells_of(sim, n, kind="IF_curr_exp"):
    """A population of n cells."""
    return sim.Population(n, getattr(sim, kind)())


def edges(prj, *names):
    """Connections, sorted: tuples of positions and values, weight and delay if no others are named."""
    return sorted(prj.get(list(names) or ["weight", "delay"], format="list"))
