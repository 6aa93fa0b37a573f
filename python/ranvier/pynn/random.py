"""Random numbers of the library, for PyNN's RandomDistribution."""

import inspect

from pyNN import errors, random

from .. import _core

__all__ = ["NativeRNG"]


def _clipped_to_boundary(mu, sigma, low, high):
    return _core.min(_core.max(_core.normal(mu, sigma), low), high)


#: what the library can draw, by PyNN's names
_KNOWN = {
    "uniform": lambda low, high: _core.uniform(low, high),
    "uniform_int": lambda low, high: _core.uniform_int(high - low) + low,
    "normal": lambda mu, sigma: _core.normal(mu, sigma),
    "normal_clipped": lambda mu, sigma, low, high: _core.normal(mu, sigma).redraw(low, high),
    "normal_clipped_to_boundary": _clipped_to_boundary,
    "lognormal": lambda mu, sigma: _core.lognormal(mu, sigma),
    "exponential": lambda beta: _core.exponential(beta),
}


def distribution(name, parameters):
    """A ranvier.Distribution.

    Parameters
    ----------
    name : str
        PyNN's name of it.
    parameters : dict

    Raises
    ------
    pyNN.errors.InvalidParameterValueError
    """
    if name not in _KNOWN:
        raise errors.InvalidParameterValueError(
            f"NativeRNG: {name!r}, allowed: {', '.join(_KNOWN)}; use NumpyRNG for others"
        )
    make = _KNOWN[name]
    return make(**{key: parameters[key] for key in inspect.signature(make).parameters})


class NativeRNG(random.NativeRNG):
    """Random numbers drawn by the library.

    As the `rng` of a connector, or of random weights and delays with one of the fast connectors, it lets the library draw
    connections and values when it builds, by the seed of setup(). Elsewhere values are drawn by its own seed.

    Parameters
    ----------
    seed : int, optional
        1 ... 2**32 - 1.
    """

    def __init__(self, seed=None):
        super().__init__(seed or 1)
        self._drawn = 0
        self.parallel_safe = True

    def next(self, n=None, distribution=None, parameters=None, mask=None):
        """n values of a distribution: an array of shape (n,), or a number if n is None; with a mask, those it selects."""
        values = _draw(
            self, 1 if n is None else n, distribution or "uniform", parameters or {"low": 0.0, "high": 1.0}
        )
        if n is None:
            return values[0]
        return values if mask is None else values[mask]

    def __deepcopy__(self, memo):
        return self


def _draw(rng, n, name, parameters):
    rng._drawn += 1
    return distribution(name, parameters).draw(n, rng.seed, rng._drawn)
