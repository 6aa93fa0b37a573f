"""Models by name: copies and defaults."""

import numpy as np

from .. import errors as _errors
from . import _names, _status
from ._errors import error, reference_errors
from ._kernel import BIG, kernel
from ._nodes import NodeCollection
from ._parameters import Parameter


def CopyModel(existing, new, params=None):
    """Makes a model of its own from another one.

    Parameters
    ----------
    existing, new : str
        Names.
    params : dict, optional
        Defaults of the new model.

    Raises
    ------
    NESTErrors.UnknownModelName, NESTErrors.NewModelNameExists, NESTErrors.UnaccessedDictionaryEntry, NESTErrors.BadProperty
    """
    for name in (existing, new):
        if not isinstance(name, str):
            raise TypeError(f"CopyModel: names of models must be strings, not {type(name).__name__}")
    kernel.check_usable()
    if kernel.has_model(new):
        raise error(
            "NewModelNameExists", f"Model {new} is the name of an existing model and cannot be re-used."
        )
    if not kernel.has_model(existing):
        raise unknown_model(existing)
    values = _for_library(existing, params or {})
    with reference_errors(UnknownModel="NewModelNameExists"):
        kernel.core.copy_model(existing, new, values)
    kernel.copies[new] = existing
    kernel.changed = True


def SetDefaults(model, params, val=None):
    """Sets defaults of a model, for nodes and connections made later.

    Parameters
    ----------
    model : str
    params : dict or str
        Values by name, or a name.
    val : optional
        Value, if params is a name.

    Raises
    ------
    NESTErrors.UnknownComponent, NESTErrors.UnaccessedDictionaryEntry, NESTErrors.BadProperty, TypeError
    """
    _check(model)
    kernel.check_usable()
    if val is not None:
        if not isinstance(params, str):
            raise TypeError("if val is provided, params must be a string")
        params = {params: val}
    if not isinstance(params, dict):
        raise TypeError("params must be a dict")
    values = _for_library(model, params)
    with reference_errors():
        kernel.core.set_defaults(model, values)
    kernel.changed = True
    kernel.weight_changes += 1


def GetDefaults(model, keys=None, output=""):
    """Defaults of a model.

    Parameters
    ----------
    model : str
    keys : str or list of str, optional
        Default: all.
    output : {"", "json"}

    Returns
    -------
    dict, a value, or a list of values (for a list of keys)

    Raises
    ------
    NESTErrors.UnknownComponent, KeyError
    """
    _check(model)
    if output not in ("", "json"):
        raise ValueError('output must be "" or "json"')
    all_values = _defaults(model)
    if keys is None:
        result = all_values
    elif isinstance(keys, str):
        result = all_values[keys]
    elif isinstance(keys, (list, tuple)) and all(isinstance(k, str) for k in keys):
        result = [all_values[k] for k in keys]
    else:
        raise TypeError("keys must be either a string or an iterable of strings")
    if output == "json":
        from ._info import to_json

        return to_json(result)
    return result


def unknown_model(name):
    """The error for a model that there is not."""
    from ..models import nearest
    from ._unsupported import LIBRARY_HAS_INSTEAD

    hint = LIBRARY_HAS_INSTEAD.get(name) or nearest(
        name, kernel.names(), "nest.node_models and nest.synapse_models list them"
    )
    return error("UnknownModelName", f"{name} is not a known model name. {hint}")


def _check(model):
    if not isinstance(model, str):
        raise TypeError(f"names of models must be strings, not {type(model).__name__}")
    if not kernel.has_model(model):
        raise error("UnknownComponent", f"{model} is not a known component. {unknown_model(model)}")


def _for_library(model, params):
    if not isinstance(params, dict) or not all(isinstance(k, str) for k in params):
        raise TypeError("params must be a dict with strings as keys")
    info = kernel.info(model)
    if info["kind"] == "synapse":
        return _synapse_values(model, info, params)
    names, known = _status.checked_names(model, params, "ModelManager::set_node_defaults_")
    out = {}
    for name, value in names.items():
        if isinstance(value, Parameter):
            raise error("TypeMismatch", f"{model}: {name} must be a value; give Parameters to Create")
        value = _status.plain(info, name, value)
        if name == "record_to":
            from ._events import _backends

            value = _backends(value)
        if isinstance(value, (list, tuple, np.ndarray)) and not _status.is_list_valued(known, name):
            raise error("TypeMismatch", f"{model}: {name} must be one value")
        out[name] = np.copysign(np.inf, value) if isinstance(value, float) and abs(value) == BIG else value
    return out


def _synapse_values(model, info, params):
    known = kernel.core.defaults(model)
    out, unknown = {}, []
    for name, value in params.items():
        if isinstance(value, Parameter):
            raise error("TypeMismatch", f"{model}: {name} must be a value; give Parameters to Connect")
        if name in known:
            if (
                name != "synapse_label"
                and isinstance(value, (bool, np.bool_))
                and name in info["reals"] | {"weight", "delay"}
            ):
                value = float(value)
            is_node = name in ("weight_recorder", info["modulator"])
            out[name] = _node_of_model(name, value) if is_node else value
        elif name == "receptor_type" and not isinstance(value, bool) and value == 0:
            continue
        else:
            unknown.append(name)
    if unknown and kernel.dict_miss_is_error:
        from ..models import nearest

        hint = nearest(unknown[0], known, "")
        text = f"Unaccessed elements in params, in function ModelManager::set_synapse_defaults_:  {' '.join(unknown)}"
        raise error("UnaccessedDictionaryEntry", f"{text} (model {model}{'; ' + hint if hint else ''})")
    return out


def _node_of_model(name, value):
    """The id of a synapse model's node; 0 of an empty collection, which ends recording."""
    if not isinstance(value, NodeCollection):
        raise error("TypeMismatch", f"{name} must be a NodeCollection, not {type(value).__name__}")
    if len(value) > 1 or (not len(value) and name != "weight_recorder"):
        raise error("BadProperty", f"Property {name} must be a single element NodeCollection")
    if len(value) and kernel.info(kernel.model_of(value._first))["name"] != name:
        raise error("BadProperty", f"Property {name} must be set to a node of type {name}")
    return value._first if len(value) else 0


def _defaults(model):
    info = kernel.info(model)
    if info["kind"] == "synapse":
        values = kernel.core.defaults(model)
        values.update(
            element_type="synapse",
            has_delay=True,
            num_connections=_connections_of(model),
            receptor_type=0,
            requires_symmetric=False,
            sizeof=32,
            synapse_model=model,
            synapse_modelid=kernel.model_id(model),
        )
        for name in {"weight_recorder", info["modulator"]} - {""}:
            values[name] = NodeCollection([values[name]] if values[name] else [])
        return dict(sorted(values.items()))
    values = {k: _names.converted(info, k, v) for k, v in _names.defaults(model).items()}
    values.update(_names.fixed_values(info))
    values.update(
        available=np.array([0]),
        capacity=np.array([_nodes_of(model)]),
        element_type=_names.element_type(info),
        elementsize=8,
        global_id=0,
        instantiations=np.array([_nodes_of(model)]),
        local=True,
        model=model,
        model_id=kernel.model_id(model),
        thread=-1,
        thread_local_id=-1,
        type_id=kernel.base(model),
        vp=-1,
    )
    if _names.has_recordables(info):
        values["recordables"] = _names.recordables(model)
    if info["kind"] == "neuron" and info["archive"]:
        values["t_spike"] = -1.0
    if _names.has_events(info):
        record_to = list(values.get("record_to", ["memory"]))
        values["record_to"] = (
            record_to[0] if len(record_to) == 1 else "" if not record_to else tuple(record_to)
        )
        values["events"] = {"senders": np.empty(0), "times": np.empty(0)}
    return dict(sorted(values.items()))


def _nodes_of(model):
    return sum(n for n, m in zip(kernel.counts, kernel.models) if m == model)


def _connections_of(model):
    if not kernel.connects:
        return 0
    try:
        real = kernel.core.weight_summary(model)["n"]
    except _errors.Error:
        real = 0
    return real + sum(len(e) for e in kernel.device_edges if e.model == model)
