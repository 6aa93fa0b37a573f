"""Networks that were graphs in NIR, and what they have done in a run."""

import dataclasses

import numpy as np
from scipy import sparse

from ..errors import IllegalConnection, OutOfRange, WrongSize
from ._checks import array, mistake, whole
from .engine import Engine
from .graph import Sink
from .neurons import Neurons

__all__ = ["NirNetwork", "NirResult"]


class NirNetwork:
    """A network made of a graph in NIR. Made by :func:`from_nir`.

    Attributes
    ----------
    graph : Graph
        Its nodes as they are simulated.
    units : Units
    network : ranvier.Network
    """

    def __init__(self, graph, units, batch, record, options):
        self.graph, self.units = graph, units
        self._outputs = {name: self._origin(name) for name in graph.of(Sink)}
        wanted = list(dict.fromkeys([*self._outputs.values(), *record]))
        for name in wanted:
            if not isinstance(graph.nodes.get(name), Neurons):
                raise mistake(
                    IllegalConnection,
                    "from_nir",
                    "record",
                    name,
                    ", ".join(graph.of(Neurons)),
                    "choose populations",
                )
        spiking = [name for name in wanted if graph.nodes[name].spiking]
        sampled = [name for name in wanted if name in record or name not in spiking]
        self._engine = Engine(graph, batch, units.dt, spiking, sampled, **options)

    network = property(lambda self: self._engine.network)

    def _origin(self, output):
        """The population whose spikes or potentials an output shows."""
        terms = self.graph.drive(output).terms
        (name, delay), matrix = next(iter(terms.items()), (("", 0), None))
        alone = len(terms) == 1 and delay == 0 and isinstance(self.graph.nodes[name], Neurons)
        if not alone or not _is_identity(matrix):
            raise mistake(
                IllegalConnection,
                f"from_nir: {output}",
                value="what comes in is no population's spikes or potential",
                allowed="one population for each output",
                remedy="put a population before it: LI or I for sums",
            )
        return name

    def run(self, inputs, steps=None):
        """Runs from the initial state.

        Parameters
        ----------
        inputs : array or dict of str: array
            For the graph's only input, or by name. Of shape (steps, batch, *shape); for batch=1 also (steps, *shape). Numbers of
            spikes, or currents; spikes of step k are sent at its end, like those of a neuron, and arrive in step k + 1.
        steps : int, optional
            Default: the length of the inputs, or as many if more: then nothing more comes in.

        Returns
        -------
        NirResult

        Raises
        ------
        WrongType, WrongSize, OutOfRange
        """
        given = inputs if isinstance(inputs, dict) else dict.fromkeys(list(self._engine.sources)[:1], inputs)
        if set(given) != set(self._engine.sources):
            raise mistake(
                WrongSize,
                "run",
                "inputs",
                ", ".join(given),
                ", ".join(self._engine.sources),
                "one array for each",
            )
        arrays = {name: self._array(name, x) for name, x in given.items()}
        longest = max((len(x) for x in arrays.values()), default=0)
        steps = whole(longest if steps is None else steps, "run", "steps", max(1, longest))
        trains = {name: x for name, x in arrays.items() if self._engine.sources[name].spikes}
        currents = {}
        for name in arrays.keys() - trains.keys():
            nothing = np.zeros((steps - len(arrays[name]), *arrays[name].shape[1:]))
            currents[name] = np.concatenate([arrays[name], nothing])
        self._engine.run(steps, currents, trains)
        return self._result(steps)

    def _array(self, name, x):
        source, copies = self._engine.sources[name], self._engine.copies
        x = array(x, "run", name)
        if copies == 1 and x.shape[1:] == source.shape:
            x = x[:, None]
        if x.shape[1:] != (copies, *source.shape):
            raise mistake(
                WrongSize,
                "run",
                name,
                f"shape {x.shape}",
                f"(steps, {copies}, *{source.shape})",
                "reshape it",
            )
        if source.spikes and ((x < 0) | (x != np.round(x))).any():
            raise mistake(
                OutOfRange, "run", name, x.min(), "numbers of spikes", "or from_nir(input='current')"
            )
        return x.reshape(len(x), copies, int(np.prod(source.shape)))

    def _result(self, steps):
        def shaped(name, values):
            return values.reshape(*values.shape[:2], *self.graph.nodes[name].shape)

        engine = self._engine
        spikes = {name: shaped(name, engine.raster(name, steps)) for name in engine.spikes}
        potentials = {name: shaped(name, engine.traces(name)) for name in engine.samples}
        outputs = {o: spikes[n] if n in spikes else potentials[n] for o, n in self._outputs.items()}
        return NirResult(self.units.dt, outputs, spikes, potentials)


def _is_identity(matrix):
    rows, columns = matrix.shape
    return rows == columns and (matrix != sparse.eye_array(rows, format="csr")).nnz == 0


@dataclasses.dataclass(eq=False)
class NirResult:
    """What a network has done in a run.

    Attributes
    ----------
    dt : float
        ms.
    outputs : dict of str: ndarray of shape (steps, batch, *shape)
        By name of the output: numbers of spikes of neurons that fire, potentials of integrators at the ends of steps.
    spikes : dict of str: int64 ndarray of shape (steps, batch, *shape)
        By name of the population: outputs, and what was to be recorded.
    potentials : dict of str: float64 ndarray of shape (steps, batch, *shape)
        The same for potentials at the ends of steps, after a reset.
    """

    dt: float
    outputs: dict
    spikes: dict
    potentials: dict

    @property
    def output(self):
        """The graph's only output."""
        if len(self.outputs) != 1:
            raise mistake(
                WrongSize,
                "output",
                value=f"{len(self.outputs)} of them",
                remedy=f"use outputs: {', '.join(self.outputs)}",
            )
        return next(iter(self.outputs.values()))
