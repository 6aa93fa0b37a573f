"""Traces of recorded membrane potentials."""

import numpy as np

from ._errors import error
from ._kernel import kernel
from ._nodes import NodeCollection

__all__ = ["from_device", "from_file"]


def from_file(fname, title=None, grayscale=False):
    """Plots one file of an ascii multimeter or voltmeter, or several.

    Returns
    -------
    list of the lines that have been plotted
    """
    names = [fname] if isinstance(fname, str) else list(fname)
    data = np.concatenate([np.loadtxt(n, skiprows=3, ndmin=2) for n in names])
    if data.shape[1] < 3:
        raise ValueError("from_file: columns sender, time and values are needed")
    return _plot(data[:, 0], data[:, 1], data[:, 2], None, title, grayscale, "V_m", "ms")


def from_device(detec, neurons=None, title=None, grayscale=False, timeunit="ms"):
    """Plots what a voltmeter or multimeter has recorded, in memory or in files.

    Parameters
    ----------
    detec : NodeCollection
        One voltmeter or multimeter.
    neurons : NodeCollection or sequence of int, optional
        Only these.
    title : str, optional
    grayscale : bool
    timeunit : {"ms", "s"}

    Returns
    -------
    list of the lines that have been plotted
    """
    if not isinstance(detec, NodeCollection) or len(detec) != 1:
        raise error("KernelException", "Please provide a single voltmeter.")
    model = kernel.model_of(detec.tolist()[0])
    if kernel.info(model)["records"] != "samples":
        raise error("KernelException", "Please provide a voltmeter or a multimeter measuring V_m.")
    chosen = (
        None if neurons is None else set(neurons.tolist() if isinstance(neurons, NodeCollection) else neurons)
    )
    names = list(detec.record_from)
    quantity = "V_m" if "V_m" in names else names[0] if names else None
    if detec.record_to == "ascii":
        data = np.concatenate([np.loadtxt(n, skiprows=3, ndmin=2) for n in detec.filenames])
        senders, times, values = data[:, 0], data[:, 1], data[:, 2 + names.index(quantity)]
    else:
        events = detec.events
        if quantity is None or not len(events["times"]):
            raise error(
                "KernelException", "No events recorded! Make sure that withtime and withgid are set to True."
            )
        senders, times, values = events["senders"], events["times"], events[quantity]
    return _plot(senders, times, values, chosen, title, grayscale, quantity, timeunit)


def _plot(senders, times, values, chosen, title, grayscale, quantity, timeunit):
    import matplotlib.pyplot as plt

    scale = {"ms": 1.0, "s": 1000.0}[timeunit]
    lines = []
    for k, sender in enumerate(np.unique(senders)):
        if chosen is not None and int(sender) not in chosen:
            continue
        mine = senders == sender
        style = dict(color=str(0.6 * k / max(1, len(np.unique(senders))))) if grayscale else {}
        lines += plt.plot(times[mine] / scale, values[mine], label=f"Neuron {int(sender)}", **style)
    plt.xlabel(f"Time ({timeunit})")
    plt.ylabel("Membrane potential (mV)" if quantity == "V_m" else quantity)
    plt.title(title if title is not None else "Membrane potential" if quantity == "V_m" else quantity)
    if lines:
        plt.legend(loc="best")
    return lines


def show():
    """Shows the figures."""
    import matplotlib.pyplot as plt

    plt.show()
