"""Connections as arrays: those of the library and those of devices, in the reference's order."""

import numpy as np

from ._errors import reference_errors
from ._kernel import kernel

NO_HANDLE = np.uint64(2**64 - 1)  # of connections of devices


class Rows:
    """Connections as arrays: source, target, model (its number), weight, delay, receptor, handle, and for those of devices
    call << 32 | row (edge)."""

    names = ("source", "target", "model", "weight", "delay", "receptor", "handle", "edge")

    def __init__(self, columns, models, weight_at):
        self.columns = columns
        self.models = models  # [number] name
        self.weight_at = weight_at  # kernel state when weights were read
        self.generation = kernel.generation

    @classmethod
    def empty(cls):
        return cls(
            {n: np.empty(0, np.int64 if n not in ("weight", "delay") else float) for n in cls.names}, [], None
        )

    @classmethod
    def of(cls, source, target, synapse_model):
        core = kernel.core
        real = _real(core, source, target, synapse_model)
        others = [
            _device_rows(k, e, source, target)
            for k, e in enumerate(kernel.device_edges)
            if synapse_model in (None, e.model)
        ]
        names = kernel.synapse_names()
        tables = [(real, 0)] + [(t, e.category) for t, e in others if len(t["source"])]
        columns = {
            n: np.concatenate([t[n] for t, _ in tables]) if len(tables) > 1 else real[n] for n in cls.names
        }
        category = np.concatenate([np.full(len(t["source"]), c, np.int8) for t, c in tables])
        if len(tables[0][0]["source"]):
            _generators_last(category, columns["source"])
        key = columns["model"].astype(np.int64) * 3 + category
        if (category == 2).any():  # by source as well
            key = key * (kernel.size + 1) + np.where(category == 2, columns["source"], 0)
        rows = cls(columns, names, moment())
        if (np.diff(key) < 0).any():
            rows = rows.take(np.argsort(key, kind="stable"))
        return rows

    def take(self, index):
        out = Rows({n: c[index] for n, c in self.columns.items()}, self.models, self.weight_at)
        out.generation = self.generation
        return out

    def __len__(self):
        return len(self.columns["source"])


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
    used = np.unique(table["model"]) if len(table["model"]) else []
    names = kernel.synapse_names()
    numbers = {int(i): names.index(core.synapse_name(int(i))) for i in used}
    model = table["model"]
    if any(a != b for a, b in numbers.items()):
        model = np.vectorize(numbers.get, otypes=[np.int32])(model)
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


def set_device_weights(edge, weights):
    """Remembers weights of connections with recorders of spikes and samples, where they mean nothing."""
    for call in np.unique(edge >> 32):
        at = edge >> 32 == call
        edges = kernel.device_edges[call]
        edges.weight = np.array(edges.rows()[2])
        edges.weight[edge[at] & 0xFFFFFFFF] = weights[at]


def ports(rows):
    """Running index of each connection among those of its model by source; neuron to device: 0."""
    c = rows.columns
    every = Rows.of(None, None, None)
    e = every.columns
    ports = {}
    per_model = {}
    result = {}
    for m, s, t, h in zip(
        e["model"].tolist(), e["source"].tolist(), e["target"].tolist(), e["handle"].tolist()
    ):
        device = kernel.kind(s) != "neuron"
        if kernel.kind(t) == "recorder" and not device:
            port = 0
        else:
            key = (m, s) if device else m
            port = per_model.get(key, 0)
            per_model[key] = port + 1
        result.setdefault((m, s, t, h), []).append(port)
    out = []
    for key in zip(c["model"].tolist(), c["source"].tolist(), c["target"].tolist(), c["handle"].tolist()):
        k = ports.get(key, 0)
        found = result.get(key, [0])
        out.append(found[min(k, len(found) - 1)])
        ports[key] = k + 1
    return out
