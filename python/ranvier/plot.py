"""Figures of spikes, traces, weights and connectivity. matplotlib is imported when a figure is drawn.

Functions take what :meth:`ranvier.Network.record` and :meth:`ranvier.Network.connections` give, or arrays, draw into `axes` (made
if not given) and return them.
"""

import numpy as np

__all__ = ["raster", "trace", "weights", "matrix", "intervals", "interval_statistics"]


def _pyplot():
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("ranvier.plot needs matplotlib: pip install 'ranvier[plot]'") from None
    return plt


def _axes(axes, **figure):
    return _pyplot().subplots(**figure)[1] if axes is None else axes


def _spikes(spikes):
    """(senders, times) of Spikes, a dict of arrays or a pair."""
    if hasattr(spikes, "senders"):
        found = (
            spikes.to_dict()
            if hasattr(spikes, "to_dict")
            else {"senders": spikes.senders, "times": spikes.times}
        )
        return found["senders"], found["times"]
    if isinstance(spikes, dict):
        return np.asarray(spikes["senders"]), np.asarray(spikes["times"])
    senders, times = spikes
    return np.asarray(senders), np.asarray(times)


def raster(spikes, bin_width=5.0, axes=None, colors=None, size=2.0):
    """Dots for spikes, and below them a histogram of the mean rate.

    Parameters
    ----------
    spikes : Spikes, or dict of label: Spikes
        One population or several, which are stacked. Or dicts or pairs of arrays (senders, times in ms).
    bin_width : float
        ms; 0: no histogram.
    axes : pair of matplotlib axes, optional
        For raster and histogram.
    colors : list, optional
        One for each population.
    size : float
        Of the dots, in points.

    Returns
    -------
    pair of matplotlib axes
        The second is None without a histogram.

    Raises
    ------
    ValueError
        `bin_width` is negative or not a number.
    """
    if not bin_width >= 0:
        raise ValueError(f"raster: bin_width = {bin_width}, allowed: >= 0 ms")
    several = isinstance(spikes, dict) and "senders" not in spikes
    populations = spikes if several else {None: spikes}
    if axes is None:
        plt = _pyplot()
        if bin_width:
            shape = dict(sharex=True, gridspec_kw={"height_ratios": [3, 1], "hspace": 0.05})
            axes = tuple(plt.subplots(2, 1, **shape)[1])
        else:
            axes = (plt.subplots()[1], None)
    above, below = axes
    for k, (label, one) in enumerate(populations.items()):
        senders, times = _spikes(one)
        color = colors[k] if colors else f"C{k}"
        above.plot(times, senders, ".", color=color, markersize=size, label=label)
        if below is not None and len(times):
            edges = np.arange(0, np.max(times) + bin_width, bin_width)
            counts, _ = np.histogram(times, edges)
            n = len(one.sources) if hasattr(one, "sources") else len(np.unique(senders))
            below.stairs(counts / (n * bin_width * 1e-3), edges, color=color)
    above.set_ylabel("id")
    if several:
        above.legend(loc="upper right", markerscale=4)
    if below is not None:
        below.set(xlabel="time (ms)", ylabel="rate (1/s)")
    else:
        above.set_xlabel("time (ms)")
    return above, below


def trace(samples, name=None, axes=None):
    """Recorded state variables over time, a line for each neuron.

    Parameters
    ----------
    samples : Samples
    name : str, optional
        Which recordable; default: the first.
    axes : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(axes)
    name = samples.names[0] if name is None else name
    for values, sender in zip(samples[name].T, samples.senders):
        axes.plot(samples.times, values, label=f"{sender}")
    axes.set(xlabel="time (ms)", ylabel=name)
    if len(samples.senders) <= 10:
        axes.legend(title="id")
    return axes


def weights(connections, bins=50, axes=None, **style):
    """Histogram of weights.

    Parameters
    ----------
    connections : Connections or array
    bins : int or array
    axes : matplotlib axes, optional
    **style
        For matplotlib's hist.

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(axes)
    values = connections.weight if hasattr(connections, "weight") else np.asarray(connections)
    axes.hist(values, bins, **style)
    axes.set(xlabel="weight", ylabel="connections")
    return axes


def matrix(connections, sources=None, targets=None, axes=None, **style):
    """Summed weights of pairs as an image, targets as rows.

    Parameters
    ----------
    connections : Connections
    sources, targets : Population, optional
        Default: those that occur.
    axes : matplotlib axes, optional
    **style
        For matplotlib's imshow.

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(axes)
    values = connections.matrix(sources, targets)
    most = np.nanmax(np.abs(values)) if np.isfinite(values).any() else 1.0
    image = axes.imshow(
        values, **{"cmap": "RdBu_r", "vmin": -most, "vmax": most, "interpolation": "nearest", **style}
    )
    axes.figure.colorbar(image, ax=axes, label="weight")
    axes.set(xlabel="source", ylabel="target")
    return axes


def interval_statistics(spikes):
    """Intervals between spikes of each neuron.

    Parameters
    ----------
    spikes : Spikes, or dict or pair of arrays (senders, times in ms)

    Returns
    -------
    intervals : float64 ndarray
        ms, of all neurons.
    variation : dict of int: float
        Coefficient of variation of each neuron with three spikes or more.
    """
    senders, times = _spikes(spikes)
    order = np.lexsort((times, senders))
    senders, times = senders[order], times[order]
    within = np.diff(senders) == 0
    intervals, owner = np.diff(times)[within], senders[1:][within]
    variation = {}
    for sender in np.unique(owner):
        mine = intervals[owner == sender]
        if len(mine) >= 2 and mine.mean() > 0:
            variation[int(sender)] = float(mine.std() / mine.mean())
    return intervals, variation


def intervals(spikes, bins=50, axes=None):
    """Histograms of intervals between spikes, and of their coefficients of variation.

    Parameters
    ----------
    spikes : as in :func:`interval_statistics`
    bins : int
    axes : pair of matplotlib axes, optional

    Returns
    -------
    pair of matplotlib axes
    """
    left, right = _axes(axes, ncols=2) if axes is None else axes
    found, variation = interval_statistics(spikes)
    left.hist(found, bins)
    left.set(xlabel="interval (ms)", ylabel="count")
    right.hist(list(variation.values()), bins)
    right.set(xlabel="coefficient of variation", ylabel="neurons")
    return left, right
