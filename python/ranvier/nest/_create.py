"""Create and what else makes or lists nodes."""

import time

import numpy as np

from . import _names, _status
from ._errors import error, not_supported, reference_errors
from ._kernel import kernel
from ._models import unknown_model
from ._nodes import NodeCollection


def Create(model, n=1, params=None, positions=None):
    """Makes nodes.

    Parameters
    ----------
    model : str
        See nest.node_models.
    n : int
        How many; may be left out before params.
    params : dict or list of dict, optional
        Parameters and initial state, in ms, mV, pF, pA, nS, spikes/s: numbers, sequences of n values, Parameters. Or a dict for
        each node.
    positions
        Not supported.

    Returns
    -------
    NodeCollection

    Raises
    ------
    NESTErrors.UnknownModelName, NESTErrors.UnaccessedDictionaryEntry, NESTErrors.BadProperty, NESTErrors.BadParameterValue,
    TypeError, IndexError

    Notes
    -----
    All or nothing: after an error there are no new nodes.
    """
    began = time.perf_counter()
    kernel.check_usable()
    if not isinstance(model, str):
        raise AttributeError(f"names of models must be strings, not {type(model).__name__}")
    if isinstance(n, dict):
        n, params = 1, n
    count = _count(n)
    if positions is not None:
        raise not_supported("Create: positions", "nodes have no positions; connect chosen pairs")
    if not kernel.has_model(model) or kernel.info(model)["kind"] == "synapse":
        raise unknown_model(model)
    if count == 0:
        raise error("BadParameterValue", "Create: n must be > 0")
    if count < 0:
        raise error("BadProperty", f"Create: n must be > 0, not {count}")
    if isinstance(params, (list, tuple)) and all(isinstance(p, dict) for p in params):
        if len(params) != count:
            raise TypeError("list of params must have one dictionary per node")
        nodes = _create_each(model, count, params)
    elif params is None or isinstance(params, dict):
        nodes = _create(model, count, params or {})
    else:
        raise TypeError("params must be either a dict of parameters or a list of dicts")
    kernel.seconds["create"] += time.perf_counter() - began
    return nodes


def _count(n):
    if isinstance(n, (float, np.floating)):
        if n != int(n) if np.isfinite(n) else True:
            raise TypeError("n must have an integer value")
    if isinstance(n, (bool, np.bool_)) or n is None or isinstance(n, (list, tuple)):
        raise TypeError(f"n must have an integer value, not {type(n).__name__}")
    count = int(n)
    if abs(count) >= 2**63:
        raise OverflowError(f"n = {count} does not fit into 64 bits")
    return count


def _create(model, n, params):
    shared, each = _status.spread(model, n, params)
    info = kernel.info(model)
    if info["kind"] == "neuron":
        with reference_errors():
            first, made = kernel.core.create(model, n, {**shared, **each})
        kernel.add_block(first, made, model)
        return NodeCollection._make(first, made)
    dicts = [{**shared, **{k: v[i] for k, v in each.items()}} for i in range(n)]
    return _create_devices(model, dicts if each else [shared], n)


def _create_each(model, n, dicts):
    keys = set(dicts[0])
    known = _status.settable(model)
    alike = all(set(d) == keys for d in dicts) and not any(
        k in known and _status.is_list_valued(known, k) for k in keys
    )
    if kernel.info(model)["kind"] == "neuron" and alike:
        return _create(model, n, {k: [d[k] for d in dicts] for k in keys})
    each = []
    for d in dicts:
        shared, one = _status.spread(model, 1, d)
        each.append({**shared, **{k: v[0] for k, v in one.items()}})
    return _create_devices(model, each, n)


def _create_devices(model, dicts, n):
    """Nodes with a dict for each, or one for all. Tried in a network of its own first, so that an error leaves nothing behind."""
    from ._events import _backends

    for d in dicts:
        if "record_to" in d:
            d["record_to"] = _backends(d["record_to"])
        if np.all(d.get("n_events", 1) == 0):
            del d["n_events"]
    core = kernel.core
    with reference_errors():
        if len(dicts) == 1:
            first, made = core.create(model, n, dicts[0])
        else:
            _try(model, dicts)
            first = core.create(model, 1, dicts[0])[0]
            for d in dicts[1:]:
                core.create(model, 1, d)
            made = n
    kernel.add_block(first, made, model)
    return NodeCollection._make(first, made)


def _try(model, dicts):
    from .. import _core

    trial = _core.Network(kernel.resolution, 1, 1, "cpu", 0, False, 1, 0)
    base = kernel.base(model)
    base = base if base in {m["name"] for m in _core.models()} else "multimeter"
    for d in dicts:  # of weight recorders without the nodes that they are about, which are not there
        trial.create(base, 1, {k: v for k, v in d.items() if k not in _names.FILTERS})
        for node in np.concatenate([np.ravel(d.get(k, [])) for k in _names.FILTERS]).tolist():
            if not 0 < node <= kernel.size:
                raise error("UnknownNode", f"Node with id {node} does not exist.")


def GetNodes(properties=None, local_only=False):
    """Nodes with given properties.

    Parameters
    ----------
    properties : dict, optional
        Names and values that they must have, such as {"model": "iaf_psc_exp"}.
    local_only : bool
        Makes no difference: all nodes are here.

    Returns
    -------
    NodeCollection
    """
    nodes = NodeCollection._make(1, kernel.size) if kernel.size else NodeCollection()
    for name, value in (properties or {}).items():
        keep = []
        for model, ids in nodes._blocks():
            try:
                found = _status.values(model, ids, name)
            except KeyError:
                continue
            keep += [i for i, x in zip(ids.tolist(), found) if np.all(x == value)]
        nodes = NodeCollection(keep)
    return nodes


def GetLocalNodeCollection(nc):
    """The same nodes: all are local."""
    if not isinstance(nc, NodeCollection):
        raise TypeError("GetLocalNodeCollection requires a NodeCollection in order to run")
    return nc


def PrintNodes():
    """Prints id ranges and models, one line for each block of nodes."""
    width = len(str(kernel.size))
    for first, n, model in zip(kernel.firsts, kernel.counts, kernel.models):
        ids = f"{first:{width}} ... {first + n - 1:{width}}" if n > 1 else f"{first:{width}}     {'':{width}}"
        print(f"{ids} {model}")
