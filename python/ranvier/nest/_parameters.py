"""Parameter objects: random values and arithmetic on them, drawn for each node or connection."""

import math
import operator

import numpy as np

from .. import _core
from ._errors import error, reference_errors
from ._kernel import kernel

_WHOLE = (operator.add, operator.sub, operator.mul)  # of whole numbers gives whole numbers


class Parameter:
    """A value that is drawn anew for each node or connection.

    Made by the functions of nest.random and nest.math and by arithmetic and comparisons on what they give. Every occurrence in
    an expression is drawn independently.
    """

    def __init__(self, distribution, integer=False):
        self.distribution = distribution  # the library's
        self.integer = integer

    def draw(self, n):
        """n values: float64 array, int64 where all are integers."""
        with reference_errors(OutOfRange="KernelException"):
            values = self.distribution.draw(n, *kernel.next_draw())
        return values.astype(np.int64) if self.integer else values

    def GetValue(self):
        """One value."""
        return self.draw(1)[0].item()

    def _combine(self, other, f, swapped=False):
        if isinstance(other, Parameter):
            y, integer = other.distribution, other.integer
        elif _is_number(other):
            y, integer = float(other), isinstance(other, (int, np.integer))
        else:
            return NotImplemented
        x = self.distribution
        return Parameter(f(y, x) if swapped else f(x, y), self.integer and integer and f in _WHOLE)

    def __add__(self, other):
        return self._combine(other, operator.add)

    def __radd__(self, other):
        return self._combine(other, operator.add, True)

    def __sub__(self, other):
        return self._combine(other, operator.sub)

    def __rsub__(self, other):
        return self._combine(other, operator.sub, True)

    def __mul__(self, other):
        return self._combine(other, operator.mul)

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __truediv__(self, other):
        if _is_number(other) and other == 0:
            raise error("BadProperty", "Division of a Parameter by zero")
        return self._combine(other, operator.truediv)

    def __rtruediv__(self, other):
        return self._combine(other, operator.truediv, True)

    def __pow__(self, exponent):
        if not _is_number(exponent):
            return NotImplemented
        return Parameter(self.distribution ** float(exponent))

    def __lt__(self, other):
        return self._combine(other, operator.lt)

    def __le__(self, other):
        return self._combine(other, operator.le)

    def __gt__(self, other):
        return self._combine(other, operator.gt)

    def __ge__(self, other):
        return self._combine(other, operator.ge)

    def __eq__(self, other):
        return self._combine(other, _core.equal)

    def __ne__(self, other):
        return self._combine(other, _core.unequal)

    __hash__ = object.__hash__

    def __bool__(self):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        """Arithmetic with NumPy's scalars."""
        names = {
            np.add: "__radd__",
            np.subtract: "__rsub__",
            np.multiply: "__rmul__",
            np.divide: "__rtruediv__",
        }
        if method != "__call__" or len(inputs) != 2 or ufunc not in names or np.ndim(inputs[0]) != 0:
            return NotImplemented
        return getattr(self, names[ufunc])(inputs[0].item() if hasattr(inputs[0], "item") else inputs[0])


def _is_number(x):
    return isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, (bool, np.bool_))


def _distribution_of(parameter):
    if not isinstance(parameter, Parameter):
        raise TypeError("parameter must be a Parameter")
    return parameter.distribution


def redraw(parameter, min, max):
    """Values of `parameter`, drawn again until they lie in [min, max]."""
    if not isinstance(parameter, Parameter):
        raise TypeError("redraw: parameter must be a Parameter")
    low, high = float(min), float(max)
    if not low <= high:
        raise error("BadProperty", f"redraw: min <= max required, not {low} and {high}")
    return Parameter(parameter.distribution.redraw(low, high), parameter.integer)


def number(value, name):
    """A finite number, for parameters of distributions."""
    if not _is_number(value):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    if not math.isfinite(value):
        raise error("BadProperty", f"{name} must be finite")
    return float(value)


def uniform(min=0.0, max=1.0):
    """Uniform on [min, max)."""
    low, high = number(min, "min"), number(max, "max")
    if not low < high:
        raise error("BadProperty", f"nest.random.uniform: min < max required, not {low} and {high}")
    return Parameter(_core.uniform(low, high))


def uniform_int(max):
    """Integers 0 ... max - 1."""
    if isinstance(max, (bool, np.bool_)) or not isinstance(max, (int, np.integer)):
        raise error(
            "TypeMismatch", f"nest.random.uniform_int: max must be an integer, not {type(max).__name__}"
        )
    if not 0 < max < 2**32:
        raise error("BadProperty", "nest.random.uniform_int: max > 0 required.")
    return Parameter(_core.uniform_int(int(max)), True)


def _spread(std, name):
    if std < 0:
        raise error("BadProperty", f"nest.random.{name}: std >= 0 required, not {std}")


def normal(mean=0.0, std=1.0):
    """Normal."""
    m, s = number(mean, "mean"), number(std, "std")
    _spread(s, "normal")
    return Parameter(_core.normal(m, s))


def lognormal(mean=0.0, std=1.0):
    """exp of a normal number of this mean and standard deviation."""
    m, s = number(mean, "mean"), number(std, "std")
    _spread(s, "lognormal")
    return Parameter(_core.lognormal(m, s))


def exponential(beta=1.0):
    """Exponential with mean beta."""
    b = number(beta, "beta")
    if b < 0:
        raise error("BadProperty", f"nest.random.exponential: beta >= 0 required, not {b}")
    return Parameter(_core.exponential(b))


def constant(value):
    """The same value always."""
    return Parameter(_core.Distribution(number(value, "value")))


def elementwise(f):
    """A function of one Parameter, from the library's."""
    return lambda parameter: Parameter(f(_distribution_of(parameter)))


def limited(parameter, value, f):
    """f, the library's min or max, with a number."""
    return Parameter(f(_distribution_of(parameter), float(value)))


def conditional(condition, if_true, if_false):
    """if_true where condition holds, else if_false; numbers or Parameters."""
    if not isinstance(condition, Parameter):
        raise TypeError("condition must be a Parameter")
    yes = if_true if isinstance(if_true, Parameter) else constant(if_true)
    no = if_false if isinstance(if_false, Parameter) else constant(if_false)
    return Parameter(_core.conditional(condition.distribution, yes.distribution, no.distribution))


def CreateParameter(parametertype, specs):
    """A Parameter by its name ("constant", "uniform", "normal", ...) and a dict of what the function takes."""
    makers = {
        "constant": constant,
        "uniform": uniform,
        "uniform_int": uniform_int,
        "normal": normal,
        "lognormal": lognormal,
        "exponential": exponential,
    }
    if parametertype not in makers:
        raise error("BadProperty", f"{parametertype} is not a parameter type; there are {', '.join(makers)}")
    try:
        return makers[parametertype](**specs)
    except TypeError as e:
        raise error("BadProperty", f"CreateParameter: {e}") from None
