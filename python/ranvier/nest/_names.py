"""Names, kinds and fixed values of nodes, and what values of the library are for scripts."""

import numpy as np

from ._events import RECORDER_NAMES
from ._kernel import BIG, kernel

ELEMENT_TYPES = {"neuron": "neuron", "generator": "stimulator", "recorder": "recorder"}

# What the reference's neurons have for structural plasticity, which changes nothing here; only these values may be given.
FIXED_OF_NEURONS = {
    "Ca": 0.0,
    "tau_Ca": 10000.0,
    "beta_Ca": 0.001,
    "synaptic_elements": {},
    "post_trace": 0.0,
    "archiver_length": 0,
}
FIXED = {"frozen": False, "node_uses_wfr": False}
READ_ONLY = {
    "global_id",
    "model",
    "model_id",
    "element_type",
    "local",
    "vp",
    "thread",
    "thread_local_id",
    "recordables",
    "t_spike",
    "post_trace",
    "archiver_length",
    "events",
    "filenames",
}
FILTERS = ("senders", "targets")  # of weight recorders
# What the library's models have and the reference's have not, where scripts would not get the reference's errors.
_OURS = {
    **dict.fromkeys(
        ("gamma_sup_generator", "inhomogeneous_poisson_generator", "poisson_generator", "ppd_sup_generator"),
        ("individual_spike_trains",),
    ),
    **dict.fromkeys(
        ("gif_psc_exp", "hh_psc_alpha", "iaf_psc_alpha", "iaf_psc_exp", "mat2_psc_exp"),
        ("I_syn_ex", "I_syn_in", "dI_syn_ex", "dI_syn_in"),
    ),
}
UNSEEN = {"V_min": -np.inf, "stimulus_source": "", "label": ""}


def places(ids, name):
    """Where the reference would keep nodes; it changes no result."""
    if name == "local":
        return [True] * len(ids)
    if name == "thread_local_id" and not kernel.simulated:
        return [-1] * len(ids)
    if name == "thread_local_id":
        return (ids // kernel.threads).tolist()
    return (ids % kernel.threads).tolist()


def fixed_values(info):
    """Names with one value only."""
    fixed = dict(FIXED)
    if info["kind"] == "neuron" and info["archive"]:
        fixed.update(FIXED_OF_NEURONS)
    return fixed


def element_type(info):
    """What the reference calls the kind of a model's nodes."""
    timeless = info["kind"] == "recorder" and not info["window"]
    return "other" if timeless else ELEMENT_TYPES.get(info["kind"], "other")


def defaults(model):
    """Names and values of parameters and state of a node model that the reference has, too: a dict."""
    ours = _OURS.get(kernel.base(model), ())
    return {k: v for k, v in kernel.core.defaults(model).items() if k not in ours}


def has_recordables(info):
    """Whether multimeters can be connected to it."""
    return info["kind"] == "neuron" or bool(info["recordables"])


def recordables(model):
    """Names that a multimeter can record of a model."""
    info = kernel.info(model)
    names = [n for n, _ in info["recordables"]]
    for e in info["lists"]:
        defaults = kernel.core.defaults(model)
        count = len(defaults[e["params"][0]["name"]]) if e["params"] else 0
        names += [f"{n}_{i + 1}" for n, _ in e["recordables"] for i in range(count)]
    return sorted(names)


def has_events(info):
    """Whether it is a recorder with back ends; correlation detectors count."""
    return info["kind"] == "recorder" and bool(info["records"])


def names_of(model):
    """All names that nodes of a model have."""
    info = kernel.info(model)
    names = ["global_id", "model", "model_id", "element_type", "local", "vp", "thread", "thread_local_id"]
    ours = set(_OURS.get(kernel.base(model), ())) - set(recordables(model))
    names += [n for n in kernel.core.readable(model) if n not in ours] + list(fixed_values(info))
    if has_recordables(info):
        names.append("recordables")
    if info["kind"] == "generator":
        names += ["label", "stimulus_source"]
    if has_events(info):
        names += RECORDER_NAMES
    return sorted(set(names))


def is_time(info, name):
    """Whether an infinite value of a node's parameter is one that the reference shows as its largest number."""
    return any(f["name"] == name for f in info["window"]) or name in ("Tstart", "Tstop")


def converted(info, name, value):
    """A value of the library as Python's or NumPy's."""
    if name in info["flags"]:
        return bool(value)
    if name in info["integers"]:
        return int(value)
    if isinstance(value, float) and np.isinf(value) and is_time(info, name):
        return BIG if value > 0 else -BIG
    if name in FILTERS and info.get("records") == "weights":
        from ._nodes import NodeCollection

        return NodeCollection(np.asarray(value, int).tolist())
    if name.endswith("multiplicities"):
        return np.asarray(value).astype(np.int64)
    return value
