"""Names and values of NEST 2 as those of later versions."""

import math

import numpy as np

from .. import nest as _nest
from ..nest._errors import error

MODELS = {"spike_detector": "spike_recorder", "iaf_neuron": "iaf_psc_alpha"}
_OLD = {new: old for old, new in MODELS.items() if old != "iaf_neuron"}
_IGNORED_OF_RECORDERS = {
    "withtime",
    "withgid",
    "withweight",
    "withpath",
    "scientific",
    "fbuffer_size",
    "flush_after_simulate",
    "flush_records",
    "close_after_simulate",
    "close_on_reset",
    "use_gid_in_filename",
    "to_accumulator",
    "precise_times",
}
_CONNECTION = {"autapses": "allow_autapses", "multapses": "allow_multapses"}
KERNEL = {"time": "biological_time", "rng_seeds": None, "grng_seed": None}


def model(name):
    """The later name of a model."""
    return MODELS.get(name, name)


def collection(nodes):
    """A NodeCollection of an id, or of a list of ids."""
    if isinstance(nodes, _nest.NodeCollection):
        return nodes
    if isinstance(nodes, (int, np.integer)):
        nodes = [nodes]
    return _nest.NodeCollection(sorted(int(i) for i in nodes))


def is_recorder(name):
    """Whether it names a recorder."""
    kernel = _nest._kernel.kernel
    return kernel.has_model(model(name)) and kernel.info(model(name))["kind"] == "recorder"


def node_values(values, recorder):
    """Parameters of nodes."""
    if not values or not recorder:
        return values
    out = {k: v for k, v in values.items() if k not in _IGNORED_OF_RECORDERS}
    to_file, to_memory = out.pop("to_file", None), out.pop("to_memory", None)
    if out.pop("to_screen", False):
        raise error("NotImplemented", "to_screen is not supported; record to memory and print the events")
    if to_file is not None or to_memory is not None:
        out["record_to"] = "ascii" if to_file else "memory" if to_memory is not False else ""
    return out


def distribution(value):
    """A dict {"distribution": name, ...} as a Parameter."""
    if not (isinstance(value, dict) and "distribution" in value):
        return value
    spec = dict(value)
    name = spec.pop("distribution")
    low, high = spec.pop("low", None), spec.pop("high", None)
    base = name.replace("_clipped_to_boundary", "").replace("_clipped", "")
    if base == "uniform":
        made, low, high = _nest.random.uniform(low or 0.0, 1.0 if high is None else high), None, None
    elif base == "uniform_int":
        made, low, high = _nest.random.uniform_int(high - low + 1) + low, None, None
    elif base in ("normal", "lognormal"):
        made = getattr(_nest.random, base)(spec.pop("mu", 0.0), spec.pop("sigma", 1.0))
    elif base == "exponential":
        made = _nest.random.exponential(1.0 / spec.pop("lambda", 1.0))
    else:
        raise error(
            "NotImplemented",
            f"distribution {name} is not supported; uniform, normal, lognormal, exponential are",
        )
    if spec:
        raise error(
            "UnaccessedDictionaryEntry", f"Unaccessed elements in distribution {name}: {' '.join(spec)}"
        )
    if low is None and high is None:
        return made
    if name.endswith("_to_boundary"):
        limited = made if low is None else _nest.math.max(made, low)
        return limited if high is None else _nest.math.min(limited, high)
    return _nest.math.redraw(made, -math.inf if low is None else low, math.inf if high is None else high)


def connection_spec(spec):
    """A conn_spec."""
    if not isinstance(spec, dict):
        return spec
    return {_CONNECTION.get(k, k): v for k, v in spec.items()}


def synapse_spec(spec):
    """A syn_spec."""
    if not isinstance(spec, dict):
        return spec
    out = {"synapse_model" if k == "model" else k: distribution(v) for k, v in spec.items()}
    if isinstance(out.get("receptor_type"), dict):
        raise error("NotImplemented", "receptor_type must be a number")
    return out


def kernel_values(values):
    """Kernel parameters; of several seeds the first counts."""
    out = {}
    for name, value in values.items():
        if name == "rng_seeds":
            out["rng_seed"] = int(np.atleast_1d(value)[0])
        elif name == "grng_seed":
            out.setdefault("rng_seed", int(value))
        elif name == "time":
            out["biological_time"] = value
        else:
            out[name] = value
    return out


def shown(values):
    """A status dict with the old names."""
    if "model" in values and values["model"] in _OLD:
        values = {**values, "model": _OLD[values["model"]]}
    if "record_to" in values:
        values = {
            **values,
            "to_file": values["record_to"] == "ascii",
            "to_memory": values["record_to"] == "memory",
        }
    return values
