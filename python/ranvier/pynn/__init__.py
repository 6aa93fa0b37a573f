"""PyNN on Ranvier: the interface of PyNN 0.13.

>>> import ranvier.pynn as sim
>>> sim.setup(timestep=0.1, min_delay=0.1)
>>> cells = sim.Population(100, sim.IF_curr_exp(i_offset=1.0))

After the import PyNN has it as `pyNN.ranvier`, too. Scripts that choose their simulator by name run as
``python -m ranvier.pynn script.py ranvier``, or, after ``python -m ranvier.pynn --register``, as ``python script.py ranvier``.
"""

try:
    import pyNN
except ImportError:
    raise ImportError("ranvier.pynn needs PyNN: pip install 'ranvier[pynn]'") from None

import sys as _sys

from pyNN import errors, random, space
from pyNN.network import Network
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.recording import *
from pyNN.space import Space
from pyNN.standardmodels import StandardCellType

from . import simulator
from .cells import *
from .connectors import *
from .control import *
from .electrodes import *
from .native import *
from .native_electrodes import *
from .point_neuron import *
from .populations import *
from .projections import *
from .random import NativeRNG
from .sources import *
from .synapses import *


def list_standard_models():
    """Names of the standard cell types that there are: a list of str."""
    found = [x for x in globals().values() if isinstance(x, type) and issubclass(x, StandardCellType)]
    return [x.__name__ for x in found if x is not StandardCellType]


# PyNN looks for simulators among its own modules.
_sys.modules.setdefault("pyNN.ranvier", _sys.modules[__name__])
if not hasattr(pyNN, "ranvier"):
    pyNN.ranvier = _sys.modules[__name__]
