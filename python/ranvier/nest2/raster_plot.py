"""Raster plots; recorders are given as ids."""

from ..nest import raster_plot as _plot
from ..nest.raster_plot import extract_events, from_data, from_file, show  # noqa: F401
from ._translate import collection as _collection


def from_device(detec, **kwargs):
    """Plots what a spike detector has recorded; see ranvier.nest.raster_plot.from_device."""
    kwargs.pop("plot_lid", None)
    return _plot.from_device(_collection(detec), **kwargs)
