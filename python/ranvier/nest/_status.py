"""Parameters, state and properties of nodes: reading and setting."""

import warnings

import numpy as np

from .. import errors as _errors
from ._errors import error, not_supported, reference_errors
from ._events import RECORDER_NAMES, recorder_value, set_recorder
from ._kernel import BIG, kernel
from ._names import (
    READ_ONLY,
    UNSEEN,
    converted,
    defaults,
    element_type,
    fixed_values,
    has_events,
    has_recordables,
    is_time,
    names_of,
    places,
    recordables,
)
from ._parameters import Parameter


def values(model, ids, name):
    """A list of one value for each node of a model. KeyError if there is none of that name."""
    info = kernel.info(model)
    if name == "global_id":
        return ids.tolist()
    if name == "model":
        return [model] * len(ids)
    if name == "model_id":
        return [kernel.model_id(model)] * len(ids)
    if name == "element_type":
        return [element_type(info)] * len(ids)
    if name in ("local", "vp", "thread", "thread_local_id"):
        return places(ids, name)
    if info["kind"] == "generator" and name in ("label", "stimulus_source"):
        return [""] * len(ids)
    if name == "recordables" and has_recordables(info):
        return [recordables(model)] * len(ids)
    if has_events(info) and name in RECORDER_NAMES:
        return [recorder_value(model, int(i), name) for i in ids]
    fixed = fixed_values(info)
    if name in fixed:
        return [fixed[name]] * len(ids)
    try:
        if info["kind"] == "neuron" and name not in info["list_names"]:
            array = kernel.core.get(ids.astype(np.int32), name)
            if name in info["flags"]:
                array = array != 0
            elif name in info["integers"]:
                array = array.astype(np.int64)
            return array.tolist()
        return [converted(info, name, kernel.core.value(int(i), name)) for i in ids]
    except (_errors.UnknownParameter, _errors.WrongType, _errors.WrongSize):
        if name in UNSEEN and info["kind"] in ("neuron", "generator"):
            return [UNSEEN[name]] * len(ids)
        raise KeyError(name) from None


def one(collection, name):
    """A value, or a tuple of them, None for nodes that do not have it."""
    all_values, found = [], False
    blocks = collection._blocks()
    for model, ids in blocks:
        try:
            all_values += values(model, ids, name)
            found = True
        except KeyError:
            if len(blocks) == 1:
                raise
            all_values += [None] * len(ids)
    if not found:
        raise KeyError(name)
    return all_values[0] if len(collection) == 1 else tuple(all_values)


def everything(collection):
    """All names with their values."""
    names = sorted({n for model, _ in collection._blocks() for n in names_of(model)})
    return {n: one(collection, n) for n in names}


def nested(collection, name, keys):
    """Of values that are dicts: get("events", "times")."""
    if not isinstance(name, str):
        raise TypeError("First argument must be a string, specifying parameter with a dictionary")
    found = one(collection, name)
    dicts = (found,) if len(collection) == 1 else found
    if not all(isinstance(d, dict) for d in dicts):
        raise TypeError(f"{name} is not a dictionary")
    if isinstance(keys, str):
        chosen = [d[keys] for d in dicts]
        return chosen[0] if len(collection) == 1 else chosen
    if not isinstance(keys, (list, tuple)):
        raise TypeError("Second argument must be a string or an iterable of strings")
    if len(collection) == 1:
        return {k: dicts[0][k] for k in keys}
    return {k: [d[k] for d in dicts] for k in keys}


def to_pandas(collection, names, result):
    """A DataFrame with ids as index."""
    import pandas

    index = collection.tolist()
    if not isinstance(result, dict):
        result = {names[-1] if isinstance(names[-1], str) else names[0]: result}
    columns = {k: [v] if len(index) == 1 else list(v) for k, v in result.items()}
    return pandas.DataFrame(columns, index=index)


# Setting


def settable(model):
    """Names that may be set, with their present defaults."""
    info = kernel.info(model)
    names = defaults(model)
    names.update(fixed_values(info))
    if has_events(info):
        names.setdefault("n_events", 0)
    for name in READ_ONLY:
        names.pop(name, None)
    for e in info.get("lists", ()):
        names.pop(e["count"], None)
    return names


def checked_names(model, params, where="NodeManager::set_status"):
    """Only what can be set; unknown names are an error, or left out if dict_miss_is_error is off."""
    known = settable(model)
    unknown = [n for n in params if n not in known and not (n in UNSEEN and _unset(n, params[n]))]
    if unknown and kernel.dict_miss_is_error:
        from ..models import nearest

        hint = nearest(unknown[0], known, "")
        text = f"Unaccessed elements in params, in function {where}:  {' '.join(map(str, unknown))}"
        raise error("UnaccessedDictionaryEntry", f"{text} (model {model}{'; ' + hint if hint else ''})")
    out = {}
    for name, value in params.items():
        if name not in known:
            continue
        fixed = fixed_values(kernel.info(model))
        if name in fixed:
            if not _same(value, fixed[name]):
                instead = _THAWED[kernel.info(model)["kind"]] if name == "frozen" else "leave it out"
                raise not_supported(
                    f"{model}: {name} = {value!r}", f"allowed: {fixed[name]!r}; {instead}"
                )
            continue
        out[name] = value
    return out, known


# What there is instead of frozen nodes.
_THAWED = {
    "neuron": "V_th = inf keeps one silent that has it, and its state can be read before and set again afterwards",
    "generator": "its stop ends what it sends, its start begins it again",
    "recorder": "its stop ends recording, its start begins it again",
}


def _unset(name, value):
    return isinstance(value, (int, float, str)) and value == UNSEEN[name]


def _same(value, fixed):
    try:
        return bool(np.all(value == fixed)) and not isinstance(value, Parameter)
    except (TypeError, ValueError):
        return False


def is_list_valued(known, name):
    """Whether a name stands for a list, which is not spread over nodes."""
    return isinstance(known[name], (list, tuple, np.ndarray)) or name in ("record_to", "record_from")


def plain(info, name, value):
    """A scalar as the library takes it: bools as numbers where numbers are wanted, collections of one node as its id."""
    from ._nodes import NodeCollection

    if isinstance(value, (bool, np.bool_)) and name in info["reals"]:
        return float(value)
    if isinstance(value, float) and abs(value) == BIG and is_time(info, name):
        return np.copysign(np.inf, value)
    if value is None:
        raise AttributeError(
            f"when converting Python Dictionary: value of key ({name}) is not a known type, got {type(value)}"
        )
    if isinstance(value, NodeCollection):
        return value.tolist()[0] if len(value) == 1 else value.tolist()
    return value


def spread(model, n, params):
    """(shared, each): values for all nodes, and lists of one value for each."""
    info = kernel.info(model)
    names, known = checked_names(model, params)
    shared, each = {}, {}
    for name, value in names.items():
        if isinstance(value, Parameter):
            if info["kind"] == "neuron" and name in info["reals"]:
                shared[name] = value.distribution
            else:
                each[name] = value.draw(n).tolist()
        elif is_list_valued(known, name):
            shared[name] = plain(info, name, value)
        elif isinstance(value, (list, tuple, np.ndarray, range)) and np.ndim(value) > 0:
            if len(value) < n:
                raise IndexError(f"list index out of range: {name} has {len(value)} values for {n} nodes")
            if len(value) > n:
                warnings.warn(
                    f"{name}: {len(value)} values for {n} nodes; the last ones are not used", stacklevel=4
                )
            each[name] = _values(info, name, value)[:n]
        else:
            shared[name] = plain(info, name, value)
    return shared, each


def _values(info, name, value):
    """One value for each node, as the library takes them; numbers as an array."""
    if info["kind"] == "neuron" and name in info["reals"]:
        array = (
            np.asarray(value)
            if isinstance(value, np.ndarray) or all(type(v) is float for v in value)
            else None
        )
        if array is not None and array.dtype.kind == "f" and array.ndim == 1:
            return array
    return [plain(info, name, v) for v in (value.tolist() if isinstance(value, np.ndarray) else value)]


def set_all(collection, params):
    """One dict for all nodes."""
    if not all(isinstance(k, str) for k in params):
        raise TypeError("names of parameters must be strings")
    jobs = []
    n, blocks = len(collection), collection._blocks()
    at = 0
    for name, v in params.items():
        if any(_is_spread(model, name, v) for model, _ in blocks):
            if len(v) < n:
                raise IndexError(f"list index out of range: {name} has {len(v)} values for {n} nodes")
            if len(v) > n:
                warnings.warn(
                    f"{name}: {len(v)} values for {n} nodes; the last ones are not used", stacklevel=4
                )
                params = {**params, name: v[:n]}
    for model, ids in blocks:
        here = {
            k: v[at : at + len(ids)] if _is_spread(model, k, v) and len(v) == n else v
            for k, v in params.items()
        }
        jobs.append((model, ids, *spread(model, len(ids), here)))
        at += len(ids)
    _apply(jobs)


def _is_spread(model, name, value):
    if not isinstance(value, (list, tuple, np.ndarray)) or np.ndim(value) == 0:
        return False
    known = settable(model)
    return name in known and not is_list_valued(known, name)


def set_each(collection, dicts):
    """A dict for each node."""
    jobs, at = [], 0
    for model, ids in collection._blocks():
        mine = dicts[at : at + len(ids)]
        at += len(ids)
        keys = set(mine[0])
        alike = all(set(d) == keys for d in mine)
        known = settable(model)
        scalar = alike and not any(
            k not in known or is_list_valued(known, k) or np.ndim(d[k]) for d in mine for k in keys
        )
        if scalar and not any(isinstance(v, Parameter) for d in mine for v in d.values()):
            jobs.append((model, ids, *spread(model, len(ids), {k: [d[k] for d in mine] for k in keys})))
        else:
            jobs += [(model, ids[i : i + 1], *spread(model, 1, d)) for i, d in enumerate(mine)]
    _apply(jobs)


def _apply(jobs):
    """All or none."""
    done = []
    try:
        for model, ids, shared, each in jobs:
            _apply_one(model, ids, shared, each, done if len(jobs) > 1 else None)
    except BaseException:
        for undo in reversed(done):
            undo()
        raise


def _apply_one(model, ids, shared, each, done):
    info = kernel.info(model)
    core = kernel.core
    ids = ids.astype(np.int32)
    if not shared and not each:
        return
    with reference_errors(WrongSize="BadProperty"):
        if info["kind"] == "neuron":
            if done is not None:
                done.append(_restorer(ids, [*shared, *each]))
            core.set(ids, {**shared, **each})
            return
        undone = []
        try:
            for k, i in enumerate(ids):
                mine = {**shared, **{name: v[k] for name, v in each.items()}}
                undone.append(_restorer(ids[k : k + 1], list(mine)))
                if has_events(info):
                    set_recorder(model, int(i), mine)
                else:
                    core.set(ids[k : k + 1], mine)
        except BaseException:
            for undo in reversed(undone):
                undo()
            raise
        if done is not None:
            done += undone


def _restorer(ids, names):
    """A function that gives nodes the values back that they have now."""
    core = kernel.core
    before = [{n: core.value(int(i), n) for n in names if n not in ("n_events",)} for i in ids]

    def restore():
        for i, old in zip(ids, before):
            try:
                core.set(np.array([i], np.int32), old)
            except _errors.Error:
                pass  # what could not be set has not been changed

    return restore
