"""What the tests of ranvier.pynn have in common: the same script on pyNN.nest, and what was recorded as arrays."""

import contextlib
import os
import warnings

import numpy as np
import pytest

neo = pytest.importorskip("neo", reason="ranvier.pynn needs neo")
pytest.importorskip("pyNN", reason="ranvier.pynn needs PyNN")


def reference():
    """pyNN.nest; skips where it is not installed."""
    os.environ.setdefault("PYNEST_QUIET", "1")
    pytest.importorskip("nest", reason="the reference simulator is not installed")
    with contextlib.redirect_stdout(None):
        return pytest.importorskip("pyNN.nest", reason="PyNN has no module for the reference")


def both(script, **setup):
    """What a script (a function of a simulator module) returns: on ranvier.pynn, and on pyNN.nest on the grid."""
    import ranvier.pynn as ours

    theirs = reference()
    results = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sim, extra in (
            (ours, {"backend": "cpu", "threads": 1}),
            (theirs, {"spike_precision": "on_grid", "verbosity": "error"}),
        ):
            sim.setup(**{"timestep": 0.1, "min_delay": 0.1, "max_delay": 10.0, **setup}, **extra)
            results.append(script(sim))
            sim.end()
    return results


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
