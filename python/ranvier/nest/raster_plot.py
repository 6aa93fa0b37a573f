"""Raster plots of recorded spikes, with a histogram of rates."""

import numpy as np

from ._errors import error
from ._kernel import kernel
from ._nodes import NodeCollection

__all__ = ["extract_events", "from_data", "from_device", "from_file", "from_file_numpy", "from_file_pandas"]


def extract_events(data, time=None, sel=None):
    """Rows (sender, time) in a time window, of chosen senders.

    Parameters
    ----------
    data : array of shape (n, 2)
        Senders and times.
    time : float or (float, float), optional
        Up to this time, or from the first to the second, in ms.
    sel : sequence of int, optional
        Senders.

    Returns
    -------
    array of shape (m, 2)
    """
    data = np.asarray(data)
    start, stop = (-np.inf, np.inf) if time is None else (0.0, time) if np.ndim(time) == 0 else time
    if not start < stop:
        raise ValueError("time: the first must be before the second")
    keep = (data[:, 1] >= start) & (data[:, 1] < stop)
    if sel is not None:
        keep &= np.isin(data[:, 0], list(sel))
    return data[keep]


def from_data(data, sel=None, **kwargs):
    """Plots rows (sender, time).

    Parameters
    ----------
    data : array of shape (n, 2)
    sel : sequence of int, optional
        Senders.
    **kwargs
        hist, hist_binwidth, title, xlabel, grayscale.

    Returns
    -------
    list of the lines that have been plotted
    """
    data = np.asarray(data)
    if not len(data):
        raise error("KernelException", "No data to plot.")
    if sel is not None:
        data = extract_events(data, sel=sel)
    return _plot(data[:, 1], data[:, 0], **kwargs)


def from_file(fname, **kwargs):
    """Plots one file of an ascii recorder, or several."""
    names = [fname] if isinstance(fname, str) else list(fname)
    data = [np.loadtxt(n, skiprows=3, ndmin=2) for n in names]
    return from_data(np.concatenate([d[:, :2] for d in data if d.size] or [np.empty((0, 2))]), **kwargs)


from_file_numpy = from_file_pandas = from_file


def from_device(detec, **kwargs):
    """Plots what a spike recorder has recorded, in memory or in files.

    Parameters
    ----------
    detec : NodeCollection
        One spike recorder.
    hist : bool
        With a histogram of rates.
    hist_binwidth : float
        ms.
    title, xlabel : str
    grayscale : bool

    Returns
    -------
    list of the lines that have been plotted
    """
    if not isinstance(detec, NodeCollection) or len(detec) != 1:
        raise error("KernelException", "from_device needs a NodeCollection of one spike_recorder")
    model = kernel.model_of(detec.tolist()[0])
    if kernel.info(model)["records"] != "spikes":
        raise error("KernelException", "Please provide a spike_recorder.")
    kwargs.setdefault("xlabel", "Steps" if detec.time_in_steps else "Time (ms)")
    if detec.record_to == "ascii":
        return from_file(
            detec.filenames, title=kwargs.pop("title", f"Raster plot from device '{model}'"), **kwargs
        )
    events = detec.events
    if not len(events["times"]):
        raise error("KernelException", "No events recorded!")
    kwargs.setdefault("title", f"Raster plot from device '{model}'")
    return _plot(events["times"], events["senders"], **kwargs)


def _plot(times, senders, hist=True, hist_binwidth=5.0, grayscale=False, title=None, xlabel="Time (ms)"):
    import matplotlib.pyplot as plt

    dots, bars = ("k.", "gray") if grayscale else ("b.", "tab:blue")
    plt.figure()
    if hist:
        raster = plt.axes([0.1, 0.3, 0.85, 0.6])
        lines = raster.plot(times, senders, dots, markersize=3)
        raster.set_xticklabels([])
        rates = plt.axes([0.1, 0.1, 0.85, 0.17], sharex=raster)
        edges = np.arange(np.min(times), np.max(times) + hist_binwidth, hist_binwidth)
        edges = edges if len(edges) > 1 else np.array([np.min(times), np.min(times) + hist_binwidth])
        counts, _ = np.histogram(times, edges)
        scale = 1000.0 / hist_binwidth / max(1, len(np.unique(senders)))
        rates.bar(
            edges[:-1],
            counts * scale,
            hist_binwidth,
            align="edge",
            color=bars,
            edgecolor="black",
            linewidth=0.3,
        )
        rates.set(xlabel=xlabel, ylabel="Rate (Hz)")
        plt.sca(raster)
    else:
        lines = plt.plot(times, senders, dots, markersize=3)
        plt.xlabel(xlabel)
    plt.ylabel("Neuron ID")
    if title is not None:
        plt.title(title)
    return lines


def show():
    """Shows the figures."""
    import matplotlib.pyplot as plt

    plt.show()
