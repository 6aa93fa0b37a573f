"""Random Parameters: drawn for each node or connection."""

from ._parameters import exponential, lognormal, normal, uniform, uniform_int

__all__ = ["exponential", "lognormal", "normal", "uniform", "uniform_int"]
