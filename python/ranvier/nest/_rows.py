"""Connections as arrays: those of the library and those of devices, in the reference's order."""

import numpy as np

from .. import errors as _errors
from ._errors import error, reference_errors, translated
from ._kernel import kernel

NO_HANDLE = np.uint64(2**64 - 1)  # of connections of devices


class Rows:
    """Connections as arrays: source, target, model (its number), weight, delay, receptor, handle, and for those of devices
    call << 32 | row (edge)."""

    names = ("source", "target", "model", "weight", "delay", "receptor", "handle", "edge")

    def __init__(self, columns, models, weight_at, n):
        self.columns = columns  # arrays by name; delays() has those of now
        self._delays_at = kernel.delay_changes
        self.models = models  # [number] name
        self.weight_at = weight_at  # kernel state when weights were read
        self.generation = kernel.generation
        self._n = n

    @classmethod
    def empty(cls):
        columns = {n: np.empty(0, np.int64 if n not in ("weight", "delay") else float) for n in cls.names}
        return cls(columns, [], None, 0)

    @classmethod
    def of(cls, source, target, synapse_model):
        real = _real(kernel.core, source, target, synapse_model)
        others = [
            _device_rows(k, e, source, target)
            for k, e in enumerate(kernel.device_edges)
            if synapse_model in (None, e.model)
        ]
        tables = [(real, 0)] + [(t, e.category) for t, e in others if len(t["source"])]
        columns = {
            n: np.concatenate([t[n] for t, _ in tables]) if len(tables) > 1 else real[n] for n in cls.names
        }
        category = np.concatenate([np.full(len(t["source"]), c, np.int8) for t, c in tables])
        if len(real["source"]):
            _generators_last(category, columns["source"])
        rows = cls(columns, kernel.synapse_names(), moment(), len(category))
        order = _order(columns["model"], category, columns["source"])
        return rows if order is None else rows.take(order)

    def take(self, index):
        """Those at an array of positions or a slice."""
        n = len(range(*index.indices(self._n))) if isinstance(index, slice) else len(index)
        out = Rows(_Taken(self.columns, index), self.models, self.weight_at, n)
        out.generation, out._delays_at = self.generation, self._delays_at
        return out

    def delays(self):
        """ms, as they are now: float array."""
        if self._delays_at != kernel.delay_changes and self.generation == kernel.generation:
            handle = self.columns["handle"]
            real = np.flatnonzero(handle != NO_HANDLE)
            delay = np.array(self.columns["delay"])
            delay[real] = values_now(handle[real], "delay")
            self.columns["delay"] = delay
            self._delays_at = kernel.delay_changes
        return self.columns["delay"]

    def __len__(self):
        return self._n

    def models_used(self):
        """Numbers of the models that occur."""
        return _used(self.columns["model"])


class _Taken(dict):
    """Parts of columns, which are taken when they are asked for."""

    def __init__(self, columns, index):
        self._of, self._index = columns, index

    def __missing__(self, name):
        self[name] = values = self._of[name][self._index]
        return values


def _used(numbers):
    """Those that occur in an array of small non-negative integers, ascending."""
    return np.flatnonzero(np.bincount(numbers)).tolist()


def _order(model, category, source):
    """Positions by model, then category, and generators by source; None if that is as they are."""
    key = model.astype(np.int16) * np.int16(3) + category  # at most 512 models
    order = None
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
    late = np.flatnonzero((category if order is None else category[order]) == 2)
    if len(late):
        of = late if order is None else order[late]
        order = np.arange(len(key)) if order is None else order
        order[late] = of[np.lexsort((source[of], key[of]))]
    return order


def values_now(handles, name, *sources):
    """Values of connections of the library.

    Raises
    ------
    NESTErrors.InexistentConnection
    ranvier.errors.Error
    """
    try:
        return kernel.core.connection_values(np.ascontiguousarray(handles), name, *sources)
    except _errors.UnknownConnection as e:
        raise translated(e) from e


def moment():
    """Changes whenever weights may have."""
    return kernel.steps, kernel.weight_changes


def _real(core, source, target, synapse_model):
    with reference_errors():
        table = core.connections(
            (1, 0) if source is None else source._spec,
            (1, 0) if target is None else target._spec,
            synapse_model or "",
        )
    model = table["model"]
    used = _used(model)
    names = kernel.synapse_names()
    numbers = np.zeros(max(used, default=0) + 1, np.int32)
    numbers[used] = [names.index(core.synapse_name(i)) for i in used]
    if (numbers[used] != used).any():
        model = numbers[model]
    return {
        "source": table["source"],
        "target": table["target"],
        "model": model,
        "weight": table["weight"],
        "delay": table["delay"],
        "receptor": np.broadcast_to(np.int32(-1), (len(model),)),
        "handle": table["handle"],
        "edge": np.broadcast_to(np.int64(-1), (len(model),)),
    }


def _generators_last(category, source):
    """Rows from generators of spikes count as those of devices."""
    for first, n, model in zip(kernel.firsts, kernel.counts, kernel.models):
        if kernel.info(model)["kind"] != "neuron":
            category[: len(source)][(source >= first) & (source < first + n) & (category == 0)] = 2


def _device_rows(call, edges, source, target):
    s, t, w, d = edges.rows()
    keep = np.ones(len(s), bool)
    if source is not None:
        keep &= np.isin(s, source._array())
    if target is not None:
        keep &= np.isin(t, target._array())
    number = kernel.synapse_names().index(edges.model)
    n = int(keep.sum())
    rows = {
        "source": s[keep],
        "target": t[keep],
        "model": np.full(n, number, np.int32),
        "weight": w[keep],
        "delay": d[keep],
        "receptor": np.full(n, edges.receptor, np.int32),
        "handle": np.full(n, NO_HANDLE),
        "edge": (call << 32) + np.flatnonzero(keep),
    }
    return rows, edges


def device_weights(edge):
    """Weights of connections of devices as they are now."""
    out = np.empty(len(edge))
    for call in np.unique(edge >> 32):
        at = edge >> 32 == call
        out[at] = kernel.device_edges[call].rows()[2][edge[at] & 0xFFFFFFFF]
    return out


# Generators whose currents add up to that of a connection with the sum of the weights.
_LINEAR = ("ac_generator", "dc_generator", "step_current_generator")


def can_be_weighted(source, target, old):
    """Whether the weight of a device's connection can be another one than this, now that it is there: where it means nothing,
    and where a second connection makes the difference."""
    source, target = (kernel.info(kernel.model_of(node)) for node in (source, target))
    adds_up = target["kind"] == "neuron" and (old == 0 or source["name"] in _LINEAR)
    return bool(source.get("records") or target.get("records") or adds_up)


def set_device_weights(edge, weights):
    """Sets weights of connections of devices, all of them such that can_be_weighted.

    Raises
    ------
    The library's errors of connecting; what has been done before stays.
    """
    for call in np.unique(edge >> 32):
        at = edge >> 32 == call
        edges = kernel.device_edges[call]
        source, target, old, delay = edges.rows()
        new = np.array(old)
        new[edge[at] & 0xFFFFFFFF] = weights[at]
        more = np.flatnonzero(new != old)
        drives = (kernel.kind(int(edges.pre_ids[0])), kernel.kind(int(edges.post_ids[0]))) == (
            "generator",
            "neuron",
        )
        if drives and len(more):
            values = (new - old)[more], delay[more], edges.receptor, {}
            kernel.core.connect_edges(source[more], target[more], edges.model, *values)
        edges.weight = new


def ports(rows):
    """Running index of each connection among those of its model by source; neuron to device: 0."""
    every = Rows.of(None, None, None)
    e, n = every.columns, len(every)
    kinds = np.array([_KINDS.index(kernel.info(m)["kind"]) for m in kernel.models], np.int8)
    kind = np.repeat(kinds, kernel.counts)  # [id - 1]
    source, target, model = (e[name].astype(np.int64) for name in ("source", "target", "model"))
    device = kind[source - 1] != 0
    counts = device | (kind[target - 1] != _KINDS.index("recorder"))
    # Of each model, and of each device and model, apart.
    part = model * (kernel.size + 1) + np.where(device, source, 0)
    order = np.argsort(part, kind="stable")
    order = order[counts[order]]
    first = np.flatnonzero(np.diff(part[order], prepend=-1))
    port = np.zeros(n, np.int64)
    port[order] = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    known, wanted = _identity(every), _identity(rows)
    if not np.isin(wanted, known).all():
        raise error("InexistentConnection", "Connections of which a port is asked for have been disconnected.")
    by_identity = np.argsort(known)
    return port[by_identity[np.searchsorted(known, wanted, sorter=by_identity)]]


_KINDS = ("neuron", "generator", "recorder")


def _identity(rows):
    """A number of its own for each connection: its handle, or that of the device's connection, which no handle can be."""
    c = rows.columns
    return np.where(c["handle"] == NO_HANDLE, np.uint64(1 << 63) | c["edge"].astype(np.uint64), c["handle"])
