"""Not supported: nodes have no positions."""

from ._absent import absent as _absent

_names = ("grid", "free", "distance", "pos", "source_pos", "target_pos", "extent")
globals().update(
    _absent("spatial", _names, "nodes have no positions; choose pairs by arrays of ids, or by rules")
)


def __getattr__(name):
    if name in ("distance", "pos", "source_pos", "target_pos"):
        globals()[name]()
    raise AttributeError(name)
