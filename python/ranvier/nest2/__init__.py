"""The interface of PyNEST 2 on Ranvier, for old scripts: ``python -m ranvier.nest2 script.py``.

Nodes are tuples of ids; spike_detector, "model", "autapses", "multapses", rng_seeds and distributions as dicts mean what they
did. New scripts use ranvier.nest.
"""

import numpy as _np

from .. import nest as _nest
from ..nest import (  # noqa: F401
    Cleanup,
    CollocatedSynapses,
    ConnectionRules,
    NESTError,
    NESTErrors,
    NumProcesses,
    Prepare,
    Rank,
    ResetKernel,
    Run,
    RunManager,
    Simulate,
    SyncProcesses,
    authors,
    get_verbosity,
    help,
    kernel,
    message,
    set_verbosity,
    show_banner,
    sysinfo,
    version,
)
from ..nest._unsupported import functions as _functions
from . import _translate as _t
from . import ll_api
from .ll_api import sli_func, sli_run, spp, sps, sr  # noqa: F401

globals().update({k: v for k, v in _functions.items() if k != "CreateMask"})


def Create(model, n=1, params=None):
    """Makes nodes: a tuple of ids."""
    if isinstance(params, (list, tuple)):
        params = [_t.node_values(p, _t.is_recorder(model)) for p in params]
    else:
        params = _t.node_values(params, _t.is_recorder(model))
    return tuple(_nest.Create(_t.model(model), n, params).tolist())


def Connect(pre, post, conn_spec=None, syn_spec=None, model=None):
    """Connects nodes given as lists of ids; a rule or dict, a synapse model or dict with "model"."""
    if model is not None:
        syn_spec = {"model": model, **(syn_spec or {})}
    how, with_ = _t.connection_spec(conn_spec), _t.synapse_spec(syn_spec)
    sources, targets = _np.atleast_1d(_np.asarray(pre, int)), _np.atleast_1d(_np.asarray(post, int))
    ascending = all((_np.diff(x) > 0).all() for x in (sources, targets))
    rule = how if isinstance(how, str) else (how or {}).get("rule", "all_to_all")
    if ascending and len(sources) and len(targets):
        _nest.Connect(_t.collection(sources), _t.collection(targets), how, with_)
    elif rule == "all_to_all" and not _arrays(with_):
        _nest.Connect(_np.tile(sources, len(targets)), _np.repeat(targets, len(sources)), "one_to_one", with_)
    else:
        _nest.Connect(sources, targets, how, with_)


def _arrays(spec):
    return isinstance(spec, dict) and any(_np.ndim(v) for v in spec.values())


def _spec(weight, delay, model):
    values = {"weight": weight, "delay": delay, "model": model}
    return {k: v for k, v in values.items() if v is not None}


def ConvergentConnect(pre, post, weight=None, delay=None, model="static_synapse"):
    """All of pre to each of post."""
    Connect(pre, post, "all_to_all", _spec(weight, delay, model))


def DivergentConnect(pre, post, weight=None, delay=None, model="static_synapse"):
    """Each of pre to all of post."""
    Connect(pre, post, "all_to_all", _spec(weight, delay, model))


def RandomConvergentConnect(pre, post, n, weight=None, delay=None, model="static_synapse", options=None):
    """n of pre, drawn at random, to each of post."""
    Connect(
        pre, post, {"rule": "fixed_indegree", "indegree": n, **_options(options)}, _spec(weight, delay, model)
    )


def RandomDivergentConnect(pre, post, n, weight=None, delay=None, model="static_synapse", options=None):
    """Each of pre to n of post, drawn at random."""
    Connect(
        pre,
        post,
        {"rule": "fixed_outdegree", "outdegree": n, **_options(options)},
        _spec(weight, delay, model),
    )


def _options(options):
    names = {"allow_autapses": "autapses", "allow_multapses": "multapses"}
    return {names[k]: v for k, v in (options or {}).items()}


def GetConnections(source=None, target=None, synapse_model=None, synapse_label=None):
    """Connections between nodes given as lists of ids."""
    nodes = [None if x is None else _t.collection(x) for x in (source, target)]
    return _nest.GetConnections(*nodes, synapse_model, synapse_label)


def GetStatus(nodes, keys=None):
    """A tuple of status dicts, or of values for one name, or of tuples of values for a list of names."""
    if isinstance(nodes, _nest.SynapseCollection):
        dicts = [nodes[i].get() for i in range(len(nodes))] if keys is None else None
        if keys is not None:
            names = [keys] if isinstance(keys, str) else list(keys)
            columns = (
                [nodes.get(k) if len(nodes) > 1 else [nodes.get(k)] for k in names] if len(nodes) else []
            )
            return tuple(columns[0]) if isinstance(keys, str) and columns else tuple(zip(*columns))
        return tuple(dicts)
    found = [
        _nest.NodeCollection([int(i)]) if i != 0 else _Root()
        for i in _np.atleast_1d(_np.asarray(nodes, int))
    ]
    if keys is None:
        return tuple(_t.shown(n.get()) for n in found)
    if isinstance(keys, str):
        return tuple(_value(n, keys) for n in found)
    return tuple(tuple(_value(n, k) for k in keys) for n in found)


class _Root:
    """Node 0 of old versions, the subnet of all nodes: what scripts ask of it."""

    _STATUS = {"model": "subnet", "global_id": 0, "local": True, "vp": 0, "thread": 0, "parent": 0}

    def get(self, name=None):
        if name is None:
            return {**self._STATUS, "number_of_children": _nest.network_size}
        values = self.get()
        if name not in values:
            raise NESTError(f"GetStatus: node 0 has no {name!r}, only {', '.join(values)}")
        return values[name]


def _value(node, name):
    if name in ("to_file", "to_memory"):
        return node.record_to == {"to_file": "ascii", "to_memory": "memory"}[name]
    return _t.shown({name: node.get(name)})[name]


def SetStatus(nodes, params, val=None):
    """Sets the status of nodes or connections: a dict, a list of dicts, or a name and value(s)."""
    if val is not None:
        if _np.ndim(val) and len(val) == len(nodes):
            params = [{params: v} for v in val]
        else:
            params = {params: val}
    if isinstance(nodes, _nest.SynapseCollection):
        nodes.set(params)
        return
    ids = [int(i) for i in _np.atleast_1d(_np.asarray(nodes, int))]
    if not ids:
        return
    if isinstance(params, dict):
        every = _t.collection(ids)
        every.set(_t.node_values(params, every[0].element_type == "recorder"))
        return
    if len(params) != len(ids):
        raise NESTError(f"SetStatus: {len(params)} dicts for {len(ids)} nodes")
    order = sorted(range(len(ids)), key=ids.__getitem__)
    every = _t.collection(ids)
    recorder = every[0].element_type == "recorder"
    every.set([_t.node_values(params[i], recorder) for i in order])


def CopyModel(existing, new, params=None):
    """Makes a model of its own from another one."""
    _nest.CopyModel(_t.model(existing), new, _t.node_values(params, _t.is_recorder(existing)))


def SetDefaults(model, params, val=None):
    """Sets defaults of a model."""
    params = params if val is None else {params: val}
    _nest.SetDefaults(_t.model(model), _t.node_values(params, _t.is_recorder(model)))


def GetDefaults(model, keys=None):
    """Defaults of a model: a dict, a value, or a list of values."""
    return _nest.GetDefaults(_t.model(model), keys)


def Models(mtype="all", sel=None):
    """Names of models."""
    return tuple(
        sorted(
            set(_nest.Models(mtype, sel)) | {m for m in _t.MODELS if mtype != "synapses" and (sel or "") in m}
        )
    )


def SetKernelStatus(params):
    """Sets kernel parameters; of rng_seeds the first counts."""
    _nest.SetKernelStatus(_t.kernel_values(params))


def GetKernelStatus(keys=None):
    """Kernel parameters: a dict, a value, or a tuple of values."""
    status = _nest.GetKernelStatus()
    status.update(
        time=status["biological_time"], rng_seeds=(status["rng_seed"],), grng_seed=status["rng_seed"]
    )
    if keys is None:
        return status
    return status[keys] if isinstance(keys, str) else tuple(status[k] for k in keys)


def GetNodes(*args, **kwargs):
    """All nodes: a list with one tuple of ids."""
    return [tuple(_nest.GetNodes().tolist())]


def PrintNetwork(*args, **kwargs):
    """Prints id ranges and models."""
    _nest.PrintNodes()


def _missing(name, instead):
    def f(*args, **kwargs):
        raise _nest._errors.not_supported(name, instead)

    f.__name__ = f.__qualname__ = name
    f.__doc__ = f"Not supported: {instead}."
    return f


for _name, _instead in {
    "ResetNetwork": "use ResetKernel and build the network anew",
    "GetLeaves": "there are no subnets; Create returns the ids",
    "GetChildren": "there are no subnets; Create returns the ids",
    "GetNetwork": "there are no subnets; Create returns the ids",
    "BeginSubnet": "there are no subnets",
    "EndSubnet": "there are no subnets",
    "LayoutNetwork": "there are no subnets",
    "DataConnect": "use Connect with arrays",
    "CGConnect": "there is no connection generator interface; use Connect with arrays",
}.items():
    globals()[_name] = _missing(_name, _instead)


def __getattr__(name):
    if name in ("raster_plot", "voltage_trace"):
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'nest' (version 2) has no attribute {name!r}")
