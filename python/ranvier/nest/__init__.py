"""The interface of PyNEST on Ranvier.

``import ranvier.nest as nest``, or ``python -m ranvier.nest script.py`` for scripts that say ``import nest``. What differs is in
docs/compatibility.md.
"""

import sys as _sys

from . import logic, math, random, spatial_distributions  # noqa: F401
from ._connect import Connect
from ._create import Create, GetLocalNodeCollection, GetNodes, PrintNodes
from ._disconnect import Disconnect
from ._errors import NESTError, NESTErrors
from ._info import (
    ConnectionRules,
    GetKernelStatus,
    GetLocalVPs,
    GetStatus,
    Models,
    NumProcesses,
    Rank,
    SetKernelStatus,
    SetStatus,
    SyncProcesses,
    __version__,
    authors,
    get_argv,
    help,
    serialize_data,
    set_verbosity,
    show_banner,
    sysinfo,
    to_json,
    version,
)
from ._log import VerbosityLevel, get_verbosity, message
from ._models import CopyModel, GetDefaults, SetDefaults
from ._module import NestModule
from ._nodes import NodeCollection
from ._parameters import CreateParameter, Parameter
from ._simulate import Cleanup, Prepare, ResetKernel, Run, RunManager, Simulate
from ._specs import CollocatedSynapses
from ._synapses import GetConnections, SynapseCollection
from ._unsupported import functions as _functions

globals().update(_functions)


class _OldKernel:
    """nest.kernel of versions 3.0 to 3.9."""

    NESTErrors = NESTErrors
    NESTError = NESTError


kernel = _OldKernel()
NESTMappedException = NESTError
NESTErrors_ = NESTErrors
userdict = {}

__all__ = [
    n for n in dir() if not n.startswith("_") and n not in ("NESTErrors_", "show_banner", "NestModule")
]

_sys.modules[__name__].__class__ = NestModule
# Not yet in python -m ranvier.nest: its script imports nest, before which it may set PYNEST_QUIET.
if _sys.argv[:1] != ["-m"]:
    show_banner()
