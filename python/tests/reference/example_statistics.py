"""What can be said of a script's run in numbers that have a mean and a spread over seeds.

Each statistic is a pair (value, grain): the grain is the distance of possible values where they are discrete, else 0.
Networks that ResetKernel ends count as well: each under its number, or where they are many the means of all.
"""

import io
import re
import sys

import numpy as np

MANY = 6  # recorders of a model, networks of a script: where there are more they are taken together
MOST_WEIGHTS = 1_000_000  # of a synapse model with more connections the weights are not read
NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


class Watch:
    """Follows a script: its networks until the kernel is reset, spikes of neurons in all its runs, what it prints."""

    def __init__(self, nest):
        self.nest, self.networks, self.printed = nest, [], io.StringIO()
        self._begin()
        for name in ("Simulate", "Run"):
            nest.__dict__[name] = self._counting(getattr(nest, name))
        reset = nest.ResetKernel

        def reset_kernel():
            self._end()
            reset()

        nest.__dict__["ResetKernel"] = reset_kernel
        self._out, sys.stdout = sys.stdout, self

    def write(self, text):
        self.printed.write(text)
        return self._out.write(text)

    def __getattr__(self, name):  # what else sys.stdout has
        return getattr(self._out, name)

    def _begin(self):
        self.spikes, self.simulated = 0, 0.0  # spikes of neurons; ms

    def _counting(self, simulate):
        def counted(t, *more, **named):
            result = simulate(t, *more, **named)
            self.spikes += self.nest.local_spike_counter
            self.simulated += t
            return result

        return counted

    def _end(self):
        if self.nest.network_size:
            self.networks.append(_of_network(self.nest, self.spikes, self.simulated))
        self._begin()

    def finish(self):
        """All statistics by name."""
        self._end()
        sys.stdout = self._out
        out = {}
        if len(self.networks) > MANY:
            out.update(_together(self.networks))
        else:
            for i, values in enumerate(self.networks):
                out.update({f"network {i + 1}: {k}" if len(self.networks) > 1 else k: v for k, v in values.items()})
        out.update(printed(self.printed.getvalue()))
        return {k: (float(v), float(g)) for k, (v, g) in out.items() if np.isfinite(v)}


def _together(dicts):
    """Means of what all have, and grains of the means."""
    n = len(dicts)
    common = [k for k in dicts[0] if all(k in d for d in dicts)]
    return {k: (np.mean([d[k][0] for d in dicts]), max(d[k][1] for d in dicts) / n) for k in common}


def _of_network(nest, spikes, simulated):
    out = {"nodes": (nest.network_size, 1), "connections": (nest.num_connections, 1), "time, ms": (simulated, 0)}
    if simulated:
        out["spikes of neurons, 1/s"] = (spikes / simulated * 1e3, 1e3 / simulated)
    out.update(_recorders(nest))
    out.update(_potentials(nest))
    out.update(_weights(nest))
    return out


def samples(node, nest):
    """Events of a recorder by column: from memory or from its files; None where it has none.

    The reference writes the samples of the last slice to its files in the next run: they are left out on both sides.
    """
    if "recorder" not in node.model and "meter" not in node.model:
        return None
    if node.record_to == "memory":
        events = {k: np.asarray(v, float) for k, v in node.events.items()}
        n = min(len(v) for v in events.values())
        return {k: v[:n] for k, v in events.items()}
    if node.record_to != "ascii":
        return None
    tables, names = [], None
    for file in node.filenames:
        with open(file) as f:
            lines = [line for line in f if not line.startswith("#")]
        if lines:
            names = [{"sender": "senders", "time_ms": "times"}.get(c, c) for c in lines[0].split()]
            if len(lines) > 1:
                tables.append(np.loadtxt(lines[1:], ndmin=2))
    if not tables or "times" not in names:
        return None
    table = np.concatenate(tables)
    if "meter" in node.model:
        table = table[table[:, names.index("times")] <= nest.biological_time - nest.min_delay + 1e-6]
    return dict(zip(names, table.T))


def _recorders(nest):
    by_model = {}
    for node in nest.GetNodes({"element_type": "recorder"}):
        events = samples(node, nest)
        if events is not None:
            by_model.setdefault(node.model, []).append(_of_recorder(node.model, events, nest.biological_time))
    out = {}
    for model, all_of in by_model.items():
        if len(all_of) > MANY:
            out.update({f"{model}s: {k}": v for k, v in _together(all_of).items()})
        else:
            for i, values in enumerate(all_of):
                out.update({f"{model} {i + 1}: {k}": v for k, v in values.items()})
    return out


def _of_recorder(model, events, time):
    """Events of one recorder; `time` in ms."""
    n = len(events["times"])
    out = {"events, 1/s": (n / time * 1e3, 1e3 / time)} if time else {}
    if "spike" in model and n:
        cv = cv_of_intervals(events["senders"], events["times"])
        if cv is not None:
            out["CV of intervals"] = (cv, 0)
    for name, values in events.items():
        if name not in ("senders", "times", "targets", "receptors", "ports", "rports", "time_step", "offset") and n:
            out[f"mean {name}"], out[f"std {name}"] = (values.mean(), 0), (values.std(), 0)
    return out


def cv_of_intervals(senders, times):
    """Mean over neurons with more than four spikes; None where none has."""
    order = np.lexsort((times, senders))
    senders, times = np.asarray(senders)[order], np.asarray(times)[order]
    trains = np.split(times, np.flatnonzero(np.diff(senders)) + 1)
    values = [d.std() / d.mean() for d in map(np.diff, trains) if len(d) > 3 and d.mean() > 0]
    return float(np.mean(values)) if values else None


def _potentials(nest):
    """Membrane potentials of all neurons in the end, mV."""
    values = []
    neurons = nest.GetNodes({"element_type": "neuron"})
    if not len(neurons):
        return {}
    for model in np.unique(np.atleast_1d(neurons.get("model"))):
        if "V_m" in nest.GetDefaults(str(model)):
            values.append(np.atleast_1d(nest.GetNodes({"model": str(model)}).get("V_m")).astype(float))
    if not values:
        return {}
    values = np.concatenate(values)
    return {"mean V_m in the end": (values.mean(), 0), "std V_m in the end": (values.std(), 0)}


def _weights(nest):
    """Of each synapse model whose weights are not all the same."""
    out = {}
    for model in nest.synapse_models:
        defaults = nest.GetDefaults(model)
        if not 0 < defaults.get("num_connections", 0) <= MOST_WEIGHTS or "hom" in model.split("_"):
            continue
        w = np.atleast_1d(nest.GetConnections(synapse_model=model).get("weight")).astype(float)
        if len(w) > 1 and np.ptp(w) > 0:
            out[f"mean weight of {model}"], out[f"std weight of {model}"] = (w.mean(), 0), (w.std(), 0)
    return out


def printed(text):
    """Numbers of printed lines, but for those of seconds and messages of the kernel; of a line that comes again the last."""
    out = {}
    for line in text.splitlines():
        if len(line) > 200 or line.startswith("[") or re.search(r"time|second|memory|thread|%", line, re.I):
            continue
        name = NUMBER.sub("#", line).strip()
        if not re.search("[A-Za-z]{3}", name):
            continue
        for i, number in enumerate(NUMBER.findall(line)):
            decimals = len(number.split(".")[1]) if "." in number and "e" not in number.lower() else 0
            out[f"printed {name!r} {i + 1}"] = (float(number), 10.0**-decimals)
    return out
