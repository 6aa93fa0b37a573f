"""Connections that are taken away."""

import numpy as np

from ._errors import NESTErrors, error, reference_errors
from ._kernel import kernel
from ._nodes import NodeCollection
from ._rows import NO_HANDLE, Rows
from ._specs import check_synapse_model

_RULES = ("one_to_one", "all_to_all")


def Disconnect(*args, conn_spec="one_to_one", syn_spec="static_synapse"):
    """Takes connections between neurons away, all that are named or none.

    Spikes that have been sent still arrive.

    Parameters
    ----------
    *args : SynapseCollection, or two NodeCollection
        Connections; or sources and targets, of which each pair of the rule loses one connection.
    conn_spec : str or dict
        "one_to_one" or "all_to_all".
    syn_spec : str or dict
        Synapse model.

    Raises
    ------
    TypeError, NESTErrors.DimensionMismatch
    NESTErrors.InexistentConnection
        There is no such connection, or it is one with a device.
    """
    if len(args) == 1 and isinstance(getattr(args[0], "_rows", None), Rows):
        args[0].disconnect()
    elif len(args) == 2 and all(isinstance(a, NodeCollection) for a in args):
        for nodes in args:
            nodes._check()
        remove(_between(*args, conn_spec, syn_spec))
    else:
        raise TypeError("Arguments must be either a SynapseCollection or two NodeCollections")


def _between(pre, post, conn_spec, syn_spec):
    """Rows of one connection of a model for each pair of a rule.

    Raises
    ------
    NESTErrors.InexistentConnection, NESTErrors.DimensionMismatch, NESTErrors.BadProperty, NESTErrors.UnknownSynapseType,
    NESTErrors.UnaccessedDictionaryEntry, KeyError
    """
    spec = {"rule": conn_spec} if isinstance(conn_spec, str) else dict(conn_spec)
    rule = spec.pop("rule")
    if rule not in _RULES:
        raise error("BadProperty", f"Disconnect: rule {rule!r}, allowed: {', '.join(_RULES)}")
    if spec:
        raise error(
            "UnaccessedDictionaryEntry",
            f"Unaccessed elements in conn_spec, in function Disconnect:  {' '.join(spec)}",
        )
    sources, targets = pre._array(), post._array()
    if rule == "all_to_all":
        sources, targets = np.tile(sources, len(targets)), np.repeat(targets, len(sources))
    if len(sources) != len(targets):
        raise error("DimensionMismatch", "Source and Target population must be of the same size.")
    if not len(sources):
        return Rows.empty()
    model = syn_spec if isinstance(syn_spec, str) else syn_spec["synapse_model"]
    check_synapse_model(model)
    rows = Rows.of(pre, post, model)
    there, first = np.unique(_pair(rows.columns["source"], rows.columns["target"]), return_index=True)
    wanted = _pair(sources, targets)
    missing = ~np.isin(wanted, there)
    if missing.any():
        at = int(np.argmax(missing))
        raise _inexistent(f"there is none from {sources[at]} to {targets[at]} of this model")
    return rows.take(first[np.isin(there, wanted)])


def _pair(source, target):
    return source.astype(np.int64) * (kernel.size + 1) + target


def remove(rows):
    """Takes connections away, all or none.

    Raises
    ------
    NESTErrors.InexistentConnection
        Of connections with devices, and of those that have been taken away.
    """
    c = rows.columns
    of_devices = any(kernel.kind(s) != "neuron" for s in np.unique(c["source"]).tolist())
    if of_devices or (c["handle"] == NO_HANDLE).any():
        raise _inexistent("connections with devices stay")
    if not len(rows):
        return
    try:
        with reference_errors():
            kernel.core.disconnect(np.ascontiguousarray(c["handle"]))
    except NESTErrors.InexistentConnection as e:
        raise _inexistent("it has been disconnected") from e
    kernel.weight_changes += 1


def _inexistent(why):
    return error(
        "InexistentConnection", f"Deletion of connection is not possible because it does not exist: {why}."
    )
