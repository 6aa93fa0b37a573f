"""Traces of membrane potentials; meters are given as ids."""

from ..nest import voltage_trace as _plot
from ..nest.voltage_trace import from_file, show  # noqa: F401
from ._translate import collection as _collection


def from_device(detec, neurons=None, **kwargs):
    """Plots what a voltmeter has recorded; see ranvier.nest.voltage_trace.from_device."""
    return _plot.from_device(_collection(detec), neurons, **kwargs)
