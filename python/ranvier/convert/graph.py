"""Networks as graphs of linear layers and populations, and what is left of them when the linear layers are worked out."""

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import IllegalConnection, UnknownNode, WrongSize
from ._checks import mistake
from .layers import Layer
from .neurons import Neurons

__all__ = ["Source", "Sink", "Delay", "Graph", "Drive"]


@dataclasses.dataclass(eq=False)
class Source:
    """Where input comes in.

    Parameters
    ----------
    shape : tuple of int
    spikes : bool
        Whether it is trains of spikes; else it is a current.
    """

    shape: tuple
    spikes: bool = False


@dataclasses.dataclass(eq=False)
class Sink:
    """Where output goes out.

    Parameters
    ----------
    shape : tuple of int
    """

    shape: tuple


@dataclasses.dataclass(eq=False)
class Delay:
    """Passes on what came in so many steps ago.

    Parameters
    ----------
    steps : int64 array, one for each element of the input
    """

    steps: Any


@dataclasses.dataclass(eq=False)
class Drive:
    """What a population or a sink gets: sums over paths, and a constant.

    Parameters
    ----------
    terms : dict
        (name of a source or population, delay in steps on top of the one of every synapse): CSR array of shape (n, size of the
        origin).
    constant : float64 ndarray of shape (n,)
    """

    terms: dict
    constant: Any


class Graph:
    """Nodes by name, and edges between them.

    Parameters
    ----------
    nodes : dict of str: Source, Sink, Delay, Neurons or linear Layer
    edges : list of (str, str)

    Raises
    ------
    UnknownNode
        An edge names a node that is not there.
    WrongSize
        The output of a node does not fit the input of the next one.
    IllegalConnection
        Linear layers form a loop.
    """

    def __init__(self, nodes, edges):
        self.nodes, self.edges = dict(nodes), list(dict.fromkeys((a, b) for a, b in edges))
        self._before = {name: [] for name in self.nodes}
        for a, b in self.edges:
            for name in (a, b):
                if name not in self.nodes:
                    raise mistake(UnknownNode, "graph", "edge", (a, b), "nodes of the graph", f"add {name!r}")
            self._before[b].append(a)
        self._shapes = {}
        self._expressions = {}
        self.inputs = {}
        for name, node in self.nodes.items():
            if not isinstance(node, Source):
                self.inputs[name] = self._input_shape(name)

    def before(self, name):
        """Names of the nodes whose output a node gets."""
        return self._before[name]

    def of(self, kind):
        """The nodes of a class, as a dict by name."""
        return {name: node for name, node in self.nodes.items() if isinstance(node, kind)}

    def output_shape(self, name):
        """The shape of what a node passes on."""
        if name not in self._shapes:
            self._shapes[name] = None
            node = self.nodes[name]
            if isinstance(node, (Source, Neurons)):
                self._shapes[name] = tuple(node.shape)
            elif isinstance(node, Layer):
                self._shapes[name] = tuple(node.output_shape(self._input_shape(name)))
            else:
                self._shapes[name] = self._input_shape(name)
        if self._shapes[name] is None:
            self._loop(name)
        return self._shapes[name]

    def _loop(self, name):
        raise mistake(
            IllegalConnection,
            f"graph: {name}",
            value="on a loop without neurons",
            remedy="put a population into the loop",
        )

    def _input_shape(self, name):
        node, before = self.nodes[name], self._before[name]
        shapes = {self.output_shape(b) for b in before}
        own = tuple(node.shape) if isinstance(node, (Neurons, Sink)) else None
        if not shapes and own is not None:
            return own
        sizes = {int(np.prod(s)) for s in shapes} | ({int(np.prod(own))} if own is not None else set())
        if isinstance(node, Delay):
            sizes.add(len(node.steps))
        if not shapes or len(sizes) != 1 or (own is None and len(shapes) != 1):
            got = ", ".join(f"{self.output_shape(b)} from {b}" for b in before) or "nothing"
            raise mistake(
                WrongSize,
                f"graph: {name}",
                "input",
                got,
                f"one shape, {own}" if own is not None else "one shape",
                "fit the nodes",
            )
        return own or shapes.pop()

    def drive(self, name):
        """What a population or sink gets, as a Drive."""
        return self._sum(name)

    def _sum(self, name):
        terms, n = {}, int(np.prod(self.inputs[name]))
        constant = np.zeros(n)
        for before in self._before[name]:
            drive = self._expression(before)
            constant = constant + drive.constant
            for key, matrix in drive.terms.items():
                terms[key] = terms[key] + matrix if key in terms else matrix
        return Drive(terms, constant)

    def _expression(self, name):
        """What a node passes on, in terms of spikes and of currents from outside."""
        if name in self._expressions:
            return self._expressions[name]
        node = self.nodes[name]
        if isinstance(node, (Source, Neurons)):
            n = int(np.prod(node.shape))
            made = Drive({(name, 0): sparse.eye_array(n, format="csr")}, np.zeros(n))
        else:
            drive = self._sum(name)
            made = (
                _delayed(drive, node) if isinstance(node, Delay) else _mapped(drive, node, self.inputs[name])
            )
        self._expressions[name] = made
        return made


def _mapped(drive, layer, shape):
    matrix = layer.matrix(shape)
    terms = {key: sparse.csr_array(matrix @ m) for key, m in drive.terms.items()}
    return Drive(terms, matrix @ drive.constant + layer.constant(shape))


def _delayed(drive, delay):
    terms = {}
    for steps in np.unique(delay.steps):
        chosen = sparse.diags_array((delay.steps == steps).astype(float), format="csr")
        for (origin, before), m in drive.terms.items():
            key, part = (origin, before + int(steps)), sparse.csr_array(chosen @ m)
            part.eliminate_zeros()
            if part.nnz:
                terms[key] = terms[key] + part if key in terms else part
    return Drive(terms, drive.constant)
