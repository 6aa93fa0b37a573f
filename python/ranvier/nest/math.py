"""Functions of Parameters."""

from .. import _core
from ._parameters import elementwise as _elementwise
from ._parameters import limited as _limited
from ._parameters import redraw

exp = _elementwise(_core.exp)
sin = _elementwise(_core.sin)
cos = _elementwise(_core.cos)


def min(parameter, value):
    """The smaller one of a Parameter's value and a number."""
    return _limited(parameter, value, _core.min)


def max(parameter, value):
    """The larger one of a Parameter's value and a number."""
    return _limited(parameter, value, _core.max)


__all__ = ["cos", "exp", "max", "min", "redraw", "sin"]
