"""Information: help, versions, status of the kernel and of nodes in the older spelling."""

import json
import os
import sys
import warnings

import numpy as np

from ..models import describe
from . import _attributes, _log
from ._errors import error
from ._kernel import kernel
from ._nodes import NodeCollection
from ._synapses import SynapseCollection


def GetKernelStatus(keys=None):
    """Kernel attributes: all as a dict, one by its name, or a tuple for a list of names."""
    everything = _attributes.status()
    if keys is None:
        return everything
    if isinstance(keys, str):
        return everything[keys]
    if isinstance(keys, (list, tuple)) and all(isinstance(k, str) for k in keys):
        return tuple(everything[k] for k in keys)
    raise TypeError("keys should be either a string or an iterable of strings")


def SetKernelStatus(params):
    """Sets kernel attributes from a dict.

    Raises
    ------
    ValueError
        A name is unknown or read only.
    NESTErrors.TypeMismatch, NESTErrors.BadProperty, NESTErrors.KernelException
    """
    if not isinstance(params, dict):
        raise TypeError("params must be a dict")
    _attributes.set_many(params)


_warned = set()


def deprecated(name, instead):
    """Warns, once for each function."""
    if name not in _warned:
        _warned.add(name)
        warnings.warn(
            f"{name} is deprecated and will be removed in a future version; use {instead} instead.",
            UserWarning,
            stacklevel=3,
        )


def GetStatus(nodes, keys=None, output=""):
    """Status of nodes or connections: a tuple of dicts, or of values (of tuples for a list of names).

    Raises
    ------
    TypeError, KeyError
    """
    deprecated("GetStatus", "nodes.get")
    if not isinstance(nodes, (NodeCollection, SynapseCollection)):
        raise TypeError(
            "The first input (nodes) must be NodeCollection or a SynapseCollection with connection handles"
        )
    if not len(nodes):
        return "[]" if output == "json" else ()
    if keys is None:
        every = nodes.get()
        dicts = (
            [every] if len(nodes) == 1 else [{k: v[i] for k, v in every.items()} for i in range(len(nodes))]
        )
        result = tuple({k: v for k, v in d.items() if v is not None} for d in dicts)
    elif isinstance(keys, str):
        values = nodes.get(keys)
        result = (values,) if len(nodes) == 1 else values
    elif isinstance(keys, (list, tuple)) and all(isinstance(k, str) for k in keys):
        every = nodes.get(list(keys))
        columns = [(every[k],) if len(nodes) == 1 else every[k] for k in keys]
        result = tuple(zip(*columns))
    else:
        raise TypeError("keys should be either a string or an iterable of strings")
    if output == "json":
        return to_json(result)
    return result


def SetStatus(nodes, params, val=None):
    """Sets the status of nodes or connections: a dict, a list of dicts, or a name and value(s)."""
    deprecated("SetStatus", "nodes.set")
    if not isinstance(nodes, (NodeCollection, SynapseCollection)):
        raise TypeError("'nodes' must be NodeCollection or a SynapseCollection.")
    if not len(nodes):
        return
    if val is not None:
        if not isinstance(params, str):
            raise TypeError("if val is provided, params must be a string")
        params = {params: val}
    elif isinstance(params, str):
        raise TypeError("if params is a string, val must be given")
    nodes.set(params)


def serialize_data(data):
    """Arrays and collections as lists, for JSON."""
    if isinstance(data, dict):
        return {str(k): serialize_data(v) for k, v in data.items()}
    if isinstance(data, NodeCollection):
        return data.tolist()
    if isinstance(data, SynapseCollection):
        return data.get()
    if isinstance(data, np.ndarray):
        return data.tolist()
    if isinstance(data, np.generic):
        return data.item()
    if isinstance(data, (list, tuple)):
        return [serialize_data(v) for v in data]
    return data


def to_json(data, **kwargs):
    """JSON text of status dicts and the like."""
    return json.dumps(serialize_data(data), **kwargs)


def table(names, rows, cut=None):
    """Text of a table with a ruled header; with an ellipsis after `cut` rows."""
    shown = [[f"{v:.4g}" if isinstance(v, float) else str(v) for v in row] for row in rows]
    heads = [n.replace("_", " ") for n in names]
    widths = [max([len(h)] + [len(r[i]) for r in shown]) for i, h in enumerate(heads)]
    lines = [" ".join(f"{h:^{w + 2}}" for h, w in zip(heads, widths)).rstrip()]
    lines.append(" ".join("-" * (w + 2) for w in widths))
    for k, row in enumerate(shown):
        if cut is not None and k == cut:
            lines.append(" ".join(f"{'⋮':^{w + 2}}" for w in widths).rstrip())
        lines.append(" ".join(f"{v:>{w}}  " for v, w in zip(row, widths)).rstrip())
    return "\n".join(lines)


def help(obj=None, return_text=False):
    """Shows the page of a model: what it is, parameters with units and defaults, what can be recorded.

    Parameters
    ----------
    obj : str, optional
        A model. Default: general help.
    return_text : bool
        Return the text rather than show it.
    """
    if obj is None:
        text = "nest.help('iaf_psc_alpha') describes a model, nest.node_models and nest.synapse_models list them.\nhelp(nest.Connect) describes a function."
    else:
        name = obj if isinstance(obj, str) else getattr(obj, "__name__", str(obj))
        try:
            text = describe(kernel.base(name))
        except Exception:
            text = (
                f"Sorry, there is no help for {name!r}. nest.node_models and nest.synapse_models list models."
            )
    if return_text:
        return text
    if "ipykernel" in sys.modules or not sys.stdout.isatty():
        print(text)
    else:
        import pydoc

        pydoc.pager(text)
    return None


def Rank():
    """0: there is one process."""
    return 0


def NumProcesses():
    """1: there is one process."""
    return 1


def SyncProcesses():
    """Nothing: there is one process."""


def GetLocalVPs():
    """Virtual processes: all are local."""
    return list(range(kernel.threads))


def version():
    """Version of the interface."""
    return _attributes.VERSION


__version__ = _attributes.VERSION


def authors():
    """Prints where authors are named."""
    print("See the history of the repository of Ranvier.")


def sysinfo():
    """Prints what this runs on."""
    for k, v in _attributes.build_info().items():
        print(f"{k:20} {v}")


def get_argv():
    """The script's arguments."""
    return list(sys.argv)


def Models(mtype="all", sel=None):
    """Names of models: "all", "nodes" or "synapses", those that contain `sel`."""
    if mtype not in ("all", "nodes", "synapses"):
        raise ValueError('mtype has to be one of "all", "nodes", or "synapses"')
    names = (kernel.node_names() if mtype != "synapses" else []) + (
        kernel.synapse_names() if mtype != "nodes" else []
    )
    return tuple(sorted(n for n in names if sel is None or sel in n))


def ConnectionRules():
    """Names of connection rules."""
    return tuple(_attributes.RULES)


def set_verbosity(level):
    """Sets which messages are shown: a VerbosityLevel, an int, or a name such as "M_WARNING"."""
    _log.set_verbosity(level)


def banner():
    """Prints what this is."""
    from .. import __version__ as own

    print(
        f"\n    Ranvier {own}, a simulator of spiking neural networks, with the interface of\n"
        f"    PyNEST {_attributes.VERSION}. Apache License 2.0.\n\n    Problems and differences: docs/compatibility.md. Type nest.help().\n"
    )


def show_banner():
    """Prints the banner unless PYNEST_QUIET is set or the script was started with --quiet."""
    if not os.environ.get("PYNEST_QUIET") and "--quiet" not in sys.argv:
        banner()


__all__ = ["error"]
