"""Connections that are taken away: the library keeps them, without effect, and nothing shows them any more."""

import numpy as np

from ._errors import error, not_supported
from ._kernel import kernel
from ._nodes import NodeCollection
from ._rows import NO_HANDLE, Rows, gone
from ._specs import check_synapse_model

_RULES = ("one_to_one", "all_to_all")
_REMEDY = "build the network without these connections"


def check_there(handles):
    """NESTErrors.InexistentConnection if one has been taken away."""
    if gone(handles).any():
        raise _inexistent("it has been disconnected")


def Disconnect(*args, conn_spec="one_to_one", syn_spec="static_synapse"):
    """Takes connections between neurons away, all that are named or none.

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
    NESTErrors.NotImplemented
        Synapses that learn, are recorded or have the model's weight, and those to parrot_neuron.
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
    NESTErrors.NotImplemented
        A weight of 0 would not be the same: of synapses that learn or have the model's weight or are recorded, and to relays.
    """
    c = rows.columns
    of_devices = any(kernel.kind(s) != "neuron" for s in np.unique(c["source"]).tolist())
    if of_devices or (c["handle"] == NO_HANDLE).any():
        raise _inexistent("connections with devices stay")
    check_there(c["handle"])
    for number in rows.models_used():
        model = rows.models[number]
        why = _why_kept(model, c["target"][c["model"] == number])
        if why:
            raise not_supported(f"Disconnect of {model} ({why})", _REMEDY)
    for number in rows.models_used():
        _take_away(rows.models[number], c["handle"][c["model"] == number])


def _why_kept(model, targets):
    """Why a weight of 0 would not be the same as no connection from a model, or None.

    Parameters
    ----------
    targets : array of int
        Ids.
    """
    info = kernel.info(model)
    if info["pairs"] or any(f["name"] == "Kplus" for f in info["state"]):
        return "its synapses learn"
    if info["common_weight"]:
        return "it has one weight for all"
    if kernel.core.defaults(model)["weight_recorder"]:
        return "its weights are recorded"
    for target in np.unique(targets).tolist():
        if kernel.info(kernel.model_of(target))["name"] == "parrot_neuron":
            return "parrot_neuron counts spikes of any weight"
    return None


def _take_away(model, handles):
    """Leaves connections of a model without effect, and out of every collection."""
    kernel.core.set_connection_values(np.ascontiguousarray(handles), {"weight": np.zeros(len(handles))})
    kernel.weight_changes += 1
    before = kernel.disconnected.get(model, np.empty(0, np.uint64))
    kernel.disconnected[model] = np.concatenate([before, handles])


def _inexistent(why):
    return error(
        "InexistentConnection", f"Deletion of connection is not possible because it does not exist: {why}."
    )
