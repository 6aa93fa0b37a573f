"""Generated calls: (setup, expression) pairs, the same for the reference and for Ranvier."""

from calls_connections import replaced
from calls_network import connecting, connections, kernel, models, results, runs
from calls_nodes import devices, indexing, parameters
from calls_recorders import recorders

GENERATORS = [
    indexing,
    parameters,
    devices,
    connecting,
    connections,
    replaced,
    kernel,
    models,
    runs,
    results,
    recorders,
]


def calls(kind):
    """All calls of one kind."""
    return list({g.__name__: g for g in GENERATORS}[kind]())
