"""What recorders have recorded, and their settings."""

import numpy as np

from ._errors import error, reference_errors
from ._kernel import BIG, kernel

RECORDER_NAMES = ["events", "n_events", "record_to", "start", "stop", "origin", "time_in_steps"]


def _spec(node):
    return (node, 1)


def _stamps(steps, times, in_steps):
    if in_steps:
        return {"times": steps.astype(np.int64), "offsets": np.zeros(len(steps))}
    return {"times": times}


def events(model, node):
    """Recorded data: a dict of arrays."""
    core = kernel.core
    info = kernel.info(model)
    in_steps = bool(core.value(node, "time_in_steps"))
    if "memory" not in core.value(node, "record_to"):
        return {"senders": np.empty(0), "times": np.empty(0)}
    if info["records"] == "weights":
        senders, steps, times, columns = visible_samples(node)
        columns = {n: x if n == "weights" else x.astype(np.int64) for n, x in columns.items() if len(steps)}
    elif info["records"] == "samples":
        senders, steps, times, columns = visible_samples(node)
        if not len(steps):
            columns = {name: np.empty(0) for name in core.value(node, "record_from") if _connected(node)}
    else:
        senders, steps, times = core.spikes(_spec(node))
        columns = {}
    out = {"senders": senders.astype(np.int64) if len(senders) else np.empty(0)}
    out.update(_stamps(steps, times, in_steps) if len(steps) else {"times": np.empty(0)})
    if in_steps and not len(steps):
        out["offsets"] = np.empty(0)
    out.update(columns)
    return out


def _connected(node):
    return any(node in e.pre_ids for e in kernel.device_edges)


def _samples(node):
    """Those that the library keeps, and others."""
    found = senders, steps, times, columns = kernel.core.samples(_spec(node))
    if node not in kernel.hidden:
        return found
    old = kernel.hidden[node]
    senders, steps, times = (np.concatenate([a, b]) for a, b in zip(old[:3], found[:3]))
    columns = {n: np.concatenate([old[3][n], columns[n]]) if n in columns else old[3][n] for n in old[3]}
    order = np.lexsort((senders, steps))
    return senders[order], steps[order], times[order], {n: x[order] for n, x in columns.items()}


def visible_samples(node):
    """Samples that the reference would have fetched by now, or weights that it would have sent: those of its last slice come
    with the next run."""
    senders, steps, times, columns = _samples(node)
    n = int(np.searchsorted(steps, kernel.visible_steps, "right"))
    if n == len(steps):
        return senders, steps, times, columns
    return senders[:n], steps[:n], times[:n], {name: x[:n] for name, x in columns.items()}


def clear(model, node):
    """n_events = 0."""
    if kernel.info(model)["records"] != "spikes" and "memory" in kernel.core.value(node, "record_to"):
        senders, steps, times, columns = _samples(node)
        n = int(np.searchsorted(steps, kernel.visible_steps, "right"))
        kernel.hidden[node] = (
            senders[n:],
            steps[n:],
            times[n:],
            {name: x[n:] for name, x in columns.items()},
        )
    kernel.core.set(_spec(node), {"n_events": 0})


def recorder_value(model, node, name):
    """A property of a recorder."""
    core = kernel.core
    samples = kernel.info(model)["records"] != "spikes"
    if name == "events":
        return events(model, node)
    if name == "n_events":
        if samples and "memory" in core.value(node, "record_to"):
            return len(visible_samples(node)[1])
        return int(core.get(_spec(node), "n_events")[0])
    if name == "record_to":
        names = core.value(node, "record_to")
        return names[0] if len(names) == 1 else "" if not names else tuple(names)
    if name == "time_in_steps":
        return bool(core.value(node, name))
    value = float(core.value(node, name))
    return BIG if value == np.inf else value


def set_recorder(model, node, values):
    """Sets a recorder's properties."""
    core = kernel.core
    values = dict(values)
    if "record_to" in values:
        values["record_to"] = _backends(values["record_to"])
    for name in ("start", "stop", "origin"):
        if isinstance(values.get(name), float) and abs(values[name]) >= BIG:
            values[name] = np.copysign(np.inf, values[name])
    if (
        "time_in_steps" in values
        and kernel.simulated
        and bool(core.value(node, "time_in_steps")) != values["time_in_steps"]
    ):
        raise error("BadProperty", "Property time_in_steps cannot be set after Simulate has been called.")
    if "n_events" in values:
        count = values.pop("n_events")
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
            raise error("TypeMismatch", "n_events must be an integer")
        if count != 0:
            raise error(
                "BadProperty", "Property n_events can only be set to 0 (which clears all stored events)."
            )
        if values:
            core.set(_spec(node), values)
        clear(model, node)
        return
    core.set(_spec(node), values)


def _backends(value):
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        raise error("TypeMismatch", "record_to must be a string")
    known = ("memory", "ascii", "screen")
    for name in names:
        if name not in known and name != "":
            raise error("BadProperty", f"Unknown recording backend '{name}'; there are {', '.join(known)}")
    return [n for n in names if n]


def window(values):
    """Infinite times as the library takes them."""
    return {
        k: (np.inf if v > 0 else -np.inf) if isinstance(v, float) and abs(v) == BIG else v
        for k, v in values.items()
    }


__all__ = ["events", "recorder_value", "set_recorder", "RECORDER_NAMES", "window", "reference_errors"]
