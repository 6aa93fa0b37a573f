"""Delays and parameters of connections that are there: others are made in their place, which collections then show.

The library keeps the old ones, with a weight of 0. Where that is not the same as none, there is an error.
"""

import numpy as np

from .. import errors as _errors
from ._errors import error, not_supported, translated
from ._kernel import kernel
from ._rows import NO_HANDLE, handles_with


def why_kept(model, targets):
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


def take_away(model, handles):
    """Leaves connections of a model without effect, and out of every collection."""
    kernel.core.set_connection_values(np.ascontiguousarray(handles), "weight", np.zeros(len(handles)))
    kernel.weight_changes += 1
    before = kernel.disconnected.get(model, np.empty(0, np.uint64))
    kernel.disconnected[model] = np.concatenate([before, handles])


def replace(rows, changes):
    """Gives connections other delays or parameters, all or none.

    Parameters
    ----------
    rows : Rows
        Connections between neurons, or from generators that send through synapses.
    changes : dict of float arrays
        Values of "delay" (ms) and parameters, one for each connection.

    Raises
    ------
    NESTErrors.NotImplemented, NESTErrors.BadDelay, NESTErrors.BadProperty, ...
    """
    if "delay" in changes:
        _check_delays(changes["delay"])
    c = rows.columns
    jobs = []
    for number in rows.models_used():
        model = rows.models[number]
        at = np.flatnonzero(c["model"] == number)
        if (c["handle"][at] == NO_HANDLE).any():
            raise not_supported(
                f"{', '.join(changes)} of existing connections with devices", "give them in Connect"
            )
        why = why_kept(model, c["target"][at]) or _why_too_late(model, c["delay"][at])
        if why:
            raise not_supported(
                f"{model}: {', '.join(changes)} of existing connections ({why})", "give it in Connect"
            )
        handles = np.ascontiguousarray(c["handle"][at])
        receptors = kernel.core.connection_values(handles, "receptor").astype(int)
        for receptor in np.unique(receptors).tolist():
            jobs.append((model, at[receptors == receptor], receptor))
    made = []
    try:
        for model, at, receptor in jobs:
            made.append((model, *_make(rows, model, at, receptor, {k: v[at] for k, v in changes.items()})))
    except Exception as e:
        for model, _, new, _ in made:
            take_away(model, new)
        raise translated(e) if isinstance(e, _errors.Error) else e
    for model, old, new, delay in made:
        take_away(model, old)
        order = np.argsort(old)
        kernel.moves.append((old[order], new[order], delay[order]))


def _why_too_late(model, delay):
    """Why connections that have sent spikes must stay, or None."""
    if not kernel.simulated:
        return None
    if kernel.info(model)["state"]:
        return "after Simulate its synapses depend on their last spike"
    if (delay >= (_INBOX_STEPS - 0.5) * kernel.resolution).any():
        return f"after Simulate spikes may be on their way for {_INBOX_STEPS} steps or more"
    return None


_INBOX_STEPS = 1024  # spikes with shorter delays are with their targets already


def _check_delays(delay):
    """After a simulation only delays between the shortest and the longest can be set."""
    if not kernel.simulated:
        return
    low, high = kernel.delays
    steps = np.floor(delay / kernel.resolution + 0.5)
    wrong = (steps < round(low / kernel.resolution)) | (steps > round(high / kernel.resolution))
    if wrong.any():
        raise error(
            "BadDelay",
            f"Delay value {delay[wrong][0]:g} is invalid: after Simulate it must be between min_delay = {low:g} ms and "
            f"max_delay = {high:g} ms; set both before",
        )


def _make(rows, model, at, receptor, changes):
    """Connections like those at positions `at`, but for changes.

    Returns
    -------
    old, new : uint64 arrays
        Handles, in the order of `at`.
    delay : float array
        ms, as it is now.
    """
    c, core, info = rows.columns, kernel.core, kernel.info(model)
    old = np.ascontiguousarray(c["handle"][at])
    source, target = (c[name][at].astype(np.int64) for name in ("source", "target"))
    weight = core.connection_values(old, "weight")
    values = {f["name"]: core.connection_values(old, f["name"]) for f in info["state"]}
    for f in info["own"]:
        if f["name"] not in changes:
            values[f["name"]] = _kept(model, old, f["name"])
    if info["labels"]:
        values["synapse_label"] = core.connection_values(old, "synapse_label")
    values.update({k: v for k, v in changes.items() if k != "delay"})
    delay = changes.get("delay", c["delay"][at])
    for name, v in values.items():
        whole = name in info["integers"] or name == "synapse_label"
        values[name] = v.astype(np.int64) if whole else v
    labels = values.pop("synapse_label", None)
    one_each = {k: v for k, v in values.items() if (v != v[0]).any()}
    values.update({k: v[0].item() for k, v in values.items() if k not in one_each})
    core.connect_edges(source, target, model, weight, delay, receptor, values)
    kernel.connects += 1
    new, delay = _found(source, target, model, weight, delay)
    if labels is not None:
        core.set_connection_values(new, "synapse_label", labels.astype(float))
    own = [f["name"] for f in info["own"]]
    if not one_each.keys().isdisjoint(own):  # else the library keeps them
        for name in own:
            of_each = np.broadcast_to(values[name], len(new))
            kernel.given.setdefault(name, []).append(handles_with(new, of_each))
    return old, new, delay


def _kept(model, handles, name):
    try:
        return given(handles, name)
    except _errors.UnknownParameter as e:
        raise not_supported(
            f"{model}: changing connections of which each has its own {name}", "give all values in Connect"
        ) from e


def given(handles, name):
    """A parameter of connections of one model: float array.

    Raises
    ------
    errors.UnknownParameter
        Where connections have values of their own, which the library does not keep.
    """
    values = np.full(len(handles), np.nan)
    left = np.ones(len(handles), bool)
    for known, of in kernel.given.get(name, ()):
        at = np.minimum(np.searchsorted(known, handles), len(known) - 1)
        hit = known[at] == handles
        values[hit] = of[at[hit]]
        left &= ~hit
    if left.any():
        values[left] = kernel.core.connection_values(np.ascontiguousarray(handles[left]), name)
    return values


def _found(source, target, model, weight, delay):
    """Handles and delays of connections that have just been made: groups of the library are numbered in order, so that these
    have the largest."""
    n = len(source)
    both = ((int(side.min()), int(side.max() - side.min()) + 1) for side in (source, target))
    table = kernel.core.connections(*both, model)
    last = np.argsort(table["handle"])[-n:]
    t = {name: table[name][last] for name in ("source", "target", "weight", "delay", "handle")}
    steps = np.floor(np.asarray(delay) / kernel.resolution + 0.5)
    there = np.lexsort(
        (t["handle"], t["weight"], np.rint(t["delay"] / kernel.resolution), t["target"], t["source"])
    )
    asked = np.lexsort((np.arange(n), weight, steps, target, source))
    new, now = np.empty(n, np.uint64), np.empty(n)
    new[asked], now[asked] = t["handle"][there], t["delay"][there]
    return new, now
