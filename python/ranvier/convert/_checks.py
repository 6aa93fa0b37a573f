"""Arguments of the package: what is checked, and errors made of their parts."""

import numpy as np

from ..errors import OutOfRange, WrongSize, WrongType

__all__ = ["mistake", "array", "whole", "choice"]


def mistake(kind, object, parameter="", value="", allowed="", remedy=""):
    """An error of class `kind` with the text and the parts that errors of the library have."""
    text = object + (f": {parameter}" if parameter else "")
    if str(value):
        text += f" = {value}" if parameter else f": {value}"
    text += f", allowed: {allowed}" if allowed else ""
    text += f"; {remedy}" if remedy else ""
    error = kind(text)
    error.object, error.parameter, error.value = object, parameter, str(value)
    error.allowed, error.remedy = allowed, remedy
    return error


def array(value, object, parameter, dimensions=None):
    """`value` as a float64 array of finite numbers, of one of the given numbers of dimensions."""
    try:
        a = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise mistake(
            WrongType, object, parameter, type(value).__name__, "an array of numbers", "convert it"
        ) from None
    if dimensions is not None and a.ndim not in np.atleast_1d(dimensions):
        allowed = " or ".join(str(d) for d in np.atleast_1d(dimensions)) + " dimensions"
        raise mistake(WrongSize, object, parameter, f"shape {a.shape}", allowed, "reshape it")
    if not np.isfinite(a).all():
        raise mistake(
            OutOfRange, object, parameter, a[~np.isfinite(a)][0], "finite numbers", "look for what made it"
        )
    return a


def whole(value, object, parameter, least, axes=None):
    """`value` as an int that is at least `least`; with `axes`, as a tuple of that many, a single int being repeated."""
    try:
        many = np.atleast_1d(value)
        as_int = many.astype(np.int64)
        good = many.ndim == 1 and many.dtype.kind in "iuf" and bool((many == as_int).all())
    except (TypeError, ValueError):
        good = False
    if not good:
        allowed = "an integer" if axes is None else f"an integer or {axes} of them"
        raise mistake(WrongType, object, parameter, repr(value), allowed, "give whole numbers")
    if len(as_int) not in {1, axes or 1}:
        raise mistake(
            WrongSize, object, parameter, repr(value), f"1 or {axes or 1} values", "one for each axis"
        )
    if (as_int < least).any():
        raise mistake(OutOfRange, object, parameter, repr(value), f">= {least}", "give a larger number")
    numbers = tuple(int(x) for x in np.broadcast_to(as_int, axes or 1))
    return numbers[0] if axes is None else numbers


def choice(value, object, parameter, allowed):
    """`value`, which must be one of the allowed texts."""
    if not isinstance(value, str) or value not in allowed:
        raise mistake(
            OutOfRange,
            object,
            parameter,
            repr(value),
            ", ".join(repr(a) for a in allowed),
            "choose one of them",
        )
    return value
