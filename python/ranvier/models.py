"""Models as they are declared: parameters, units, defaults, what is allowed."""

import functools

from . import _core
from .errors import UnknownModel

__all__ = ["models", "model", "describe"]


@functools.lru_cache(maxsize=None)
def _table():
    return {m["name"]: m for m in _core.models()}


def models(kind=None):
    """Names of models.

    Parameters
    ----------
    kind : {"neuron", "generator", "recorder", "synapse"}, optional
        Only those.

    Returns
    -------
    list of str
    """
    kinds = ("neuron", "generator", "recorder", "synapse")
    if kind is not None and kind not in kinds:
        raise ValueError(f"models: kind = {kind!r}, allowed: {', '.join(kinds)}")
    return [name for name, m in _table().items() if kind in (None, m["kind"])]


def model(name):
    """What a model declares.

    Returns
    -------
    dict
        name, summary, reference, kind; params, state (and common for synapses, archive, window, lists for nodes): lists of
        dicts with name, unit, type, default, allowed; recordables: list of (name, unit).

    Raises
    ------
    UnknownModel
    """
    try:
        return _table()[name]
    except (KeyError, TypeError):
        raise UnknownModel(
            f"model: {name!r}, allowed: {', '.join(_table())}; {nearest(name, _table())}"
        ) from None


def nearest(name, known, otherwise="check the spelling"):
    """What a misspelt name may have meant, as a remedy."""
    import difflib

    close = difflib.get_close_matches(str(name), list(known), 1, 0.5)
    return f"did you mean {close[0]!r}?" if close else otherwise


def _row(f):
    default = f["default"]
    text = f"{default:g}" if isinstance(default, float) else str(default)
    return f["name"], f["unit"], text, f["allowed"]


def _rows(fields, head):
    rows = [("", "unit", "default", "allowed")] + [_row(f) for f in fields]
    widths = [max(len(r[c]) for r in rows) for c in range(4)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(r, widths)).rstrip() for r in rows]
    return "\n".join([head] + ["    " + line for line in lines])


def describe(name):
    """A model's page: what it is, its parameters with units and defaults, what can be recorded.

    Returns
    -------
    str
    """
    m = model(name)
    parts = [f"{m['name']} - {m['summary']}" + (f" ({m['reference']})" if m["reference"] else "")]
    sections = [
        ("params", "Parameters"),
        ("common", "Of the model, for all its connections"),
        ("state", "State"),
    ]
    sections += [("archive", "For plastic synapses onto it"), ("window", "When it is active")]
    parts += [_rows(m[key], title) for key, title in sections if m.get(key)]
    for e in m.get("lists", []):
        what = "receptor" if e["receptors"] else "element"
        count = f" ({e['count']} of them)" if e["count"] else ""
        parts.append(_rows(e["params"] + e["state"], f"Lists, one value for each {what}{count}"))
    names = [n + (f" ({u})" if u else "") for n, u in m.get("recordables", [])]
    names += [f"{n}_i ({u})" for e in m.get("lists", []) for n, u in e["recordables"]]
    if names:
        parts.append("Recordable: " + ", ".join(names))
    return "\n\n".join(parts)
