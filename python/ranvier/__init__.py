"""Ranvier: simulations of networks of spiking neurons on CPUs and GPUs.

>>> import ranvier
>>> net = ranvier.Network(resolution=0.1, seed=1)
>>> neurons = net.create("iaf_psc_alpha", 1000, I_e=400.0, V_m=ranvier.uniform(-70, -55))
>>> net.connect(neurons, neurons, ranvier.fixed_indegree(100), weight=-20.0, delay=1.5)
>>> spikes = net.record(neurons)
>>> net.run(200.0)
>>> spikes.times, spikes.senders

Units are ms, mV, pF, pA, nS and spikes/s; weights have the unit of the target's input. Models, their parameters, units and
defaults: :func:`models`, :func:`describe`, or ``python -m ranvier models``.
"""

from importlib import metadata as _metadata

from ._core import Distribution, conditional, exponential, lognormal, normal, uniform, uniform_int
from .connections import Connections
from .errors import *  # noqa: F401,F403
from .errors import __all__ as _errors
from .models import describe, model, models
from .network import Network
from .population import Population
from .recordings import Samples, Spikes, Weights
from .rules import *  # noqa: F401,F403
from .rules import __all__ as _rules

try:
    __version__ = _metadata.version("ranvier")
except _metadata.PackageNotFoundError:  # a build tree
    __version__ = "0.1.0"

__all__ = ["Network", "Population", "Connections", "Spikes", "Samples", "Weights", "Distribution"]
__all__ += [
    "uniform",
    "uniform_int",
    "normal",
    "lognormal",
    "exponential",
    "conditional",
    "models",
    "model",
    "describe",
]
__all__ += _errors + _rules
