"""Threshold nodes of graphs in NIR: a spike in every step in which the input is above the threshold."""

import dataclasses

import numpy as np

from ..errors import IllegalConnection
from ._checks import array, mistake
from .graph import Source
from .layers import Scale
from .neurons import Neurons

__all__ = ["MEMORY", "heaviside", "read_thresholds"]

#: ms; time constant of a potential that is the input of a step, of which the next one has none left. A power of two: the
#: potential is the input to the last bit.
MEMORY = 2.0**-20


def heaviside(name, node, units):
    """The population of a Threshold."""
    V_th = array(node.threshold, f"from_nir: {name}", "threshold")
    like = {"tau_m": MEMORY, "slope": 1 / MEMORY, "reset": "none", "strict": units.strict}
    return Neurons(V_th.shape, V_th=V_th.ravel(), **like)


def read_thresholds(nodes, made, edges, units):
    """Lets Thresholds behind integrators see their potentials. Returns the edges of the graph.

    Parameters
    ----------
    nodes : dict of str: nir.NIRNode
    made : dict of str: Source, Neurons, ...
        What has become of them; Thresholds that see potentials are replaced by populations with the integrator's own input.
    edges : list of (str, str)

    Raises
    ------
    IllegalConnection
        A potential and something else go to a Threshold, or Dirac pulses do.
    """
    for name in [name for name, node in nodes.items() if type(node).__name__ == "Threshold"]:
        before = [_passed_on(a, made, edges) for a, b in edges if b == name]
        seen = [a for a in before if isinstance(made.get(a), Neurons) and not made[a].spiking]
        if not seen:
            _check_pulses(name, made, edges, units)
            continue
        if len(before) > 1 or made[seen[0]].shape != made[name].shape:
            raise mistake(
                IllegalConnection,
                f"from_nir: {name}",
                "input",
                ", ".join(before),
                f"the potential of one population of shape {made[name].shape}, alone; or spikes and currents",
                "give each its own Threshold",
            )
        of_threshold = {field: getattr(made[name], field) for field in ("V_th", "reset", "strict")}
        made[name] = dataclasses.replace(made[seen[0]], **of_threshold)
        edges = [e for e in edges if e[1] != name] + [(a, name) for a, b in edges if b == seen[0]]
    return edges


def _passed_on(name, made, edges):
    """The node whose output an input or output of a subgraph passes on; else the node itself."""
    before = [a for a, b in edges if b == name]
    node = made.get(name)
    if isinstance(node, Scale) and np.ndim(node.factor) == 0 and node.factor == 1 and len(before) == 1:
        return _passed_on(before[0], made, edges)
    return name


def _check_pulses(name, made, edges, units):
    """A Dirac pulse has no height that could be compared with a threshold."""
    waiting, known = [name], set()
    while waiting and units.spikes == "dirac":
        here = waiting.pop()
        for a in [a for a, b in edges if b == here and a not in known]:
            known.add(a)
            node = made.get(a)
            if isinstance(node, Neurons) or (isinstance(node, Source) and node.spikes):
                raise mistake(
                    IllegalConnection,
                    f"from_nir: {name}",
                    "spikes",
                    f"'dirac', from {a}",
                    "currents and potentials, or spikes='step'",
                    "a pulse has no height: use spikes='step'",
                )
            if not isinstance(node, Source):
                waiting.append(a)
