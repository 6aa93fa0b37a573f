"""The simulation behind the module: one network, rebuilt from what was asked for by setup() and reset()."""

import math

import numpy as np
from pyNN import common, errors

from .. import errors as _errors
from ..models import model, models
from ..network import Network

name = "Ranvier"

#: ms; longer than any run: what scripts mean by "for ever"
_FOREVER = 1e9
DEFAULT_SEED = 42
_RANDOM_SOURCES = [name for name in models() if model(name).get("individual")]


class ID(int, common.IDMixin):
    """Id of a cell: an int, with the parameters of the cell as attributes."""

    def __init__(self, n):
        common.IDMixin.__init__(self)


class State(common.control.BaseState):
    """What setup() and run() change.

    Everything that makes nodes or connections is an operation, a function of the network, and is kept in order. reset() and
    changes of what the library fixes when it connects (delays, plasticity) build a new network by the same operations, so that
    ids and random numbers are the same as before.

    Attributes
    ----------
    dt, t : float
        Length of a step, time, ms.
    min_delay, max_delay : float
        Bounds of delays, ms.
    auto_delay : bool
        Whether min_delay is the time step because none was given.
    """

    mpi_rank = 0
    num_processes = 1

    def __init__(self):
        super().__init__()
        self.clear()

    def clear(self, timestep=0.1, min_delay=None, max_delay=None, **options):
        """Forgets the network. options: of ranvier.Network."""
        self.write_on_end = []
        self.recorders = set()
        self.sources = []  # of current
        self.projections = []
        self.static_slots = {}  # ranges of ids that the projections of each static model join
        self.static_models = set()  # numbers of those that have been made
        self.segment_counter = 0
        self.running = False
        self.t_start = 0
        self.id_counter = 0  # of synapse models
        self.version = 0  # of the connections: tables of older ones are no longer valid
        self.dt = timestep
        self.auto_delay = min_delay is None
        self.min_delay = timestep if min_delay is None else min_delay
        self.max_delay = math.inf if max_delay is None else max_delay
        self._options = {"seed": DEFAULT_SEED, **options}
        self._operations = []
        self._network = None
        self._stale = True

    @property
    def network(self):
        """The ranvier.Network that is simulated."""
        if self._stale:
            self._rebuild()
        return self._network

    @property
    def seed(self):
        """Of random numbers."""
        return self._options["seed"]

    @property
    def step(self):
        """Steps simulated so far."""
        return 0 if self._stale else self._network.step

    @property
    def t(self):
        """Time in ms."""
        return 0.0 if self._stale else self._network.time

    def steps(self, ms):
        """The number of steps nearest to a time in ms; infinite from 10^9 ms on."""
        if not ms < _FOREVER:
            return math.inf
        return int(math.floor(ms / self.dt + 0.5))

    def ms(self, steps):
        """The time of a number of steps, in ms."""
        return steps * round(self.dt * 1000) * 0.001  # steps are whole ticks of 1/1000 ms

    def do(self, operation):
        """Carries out an operation on the network, and again whenever that is built anew."""
        result = operation(self.network)
        self._operations.append(operation)
        self.version += 1
        return result

    def rebuild_later(self):
        """An operation will not do the same any more: the network is built anew before it is used. At t = 0 only."""
        self._stale = True
        self.version += 1

    def _rebuild(self):
        self._network = network = Network(resolution=self.dt, **self._options)
        for name in _RANDOM_SOURCES:  # a cell has one train, whatever its targets
            network.set_defaults(name, individual_spike_trains=False)
        self._stale = False
        self.version += 1
        for operation in self._operations:
            operation(network)
        for projection in self.projections:
            projection._restore_values()
        for source in self.sources:
            source._restart()

    def reset(self):
        """Back to t = 0 with the initial values; parameters, connections and what is recorded stay."""
        self.running = False
        self.segment_counter += 1
        for recorder in self.recorders:
            recorder._restart()
        if self.step:
            self.rebuild_later()

    def run(self, simtime):
        """Goes on for simtime ms."""
        self.run_until(self.t + simtime)

    def run_until(self, tstop):
        """Goes on until tstop ms, rounded up to a step."""
        if not math.isfinite(tstop):
            raise ValueError(f"run: until {tstop} ms, allowed: finite times; give the time that is to pass")
        network = self.network
        stop = math.ceil(tstop / self.dt - 1e-6)
        self.running = True
        for source in self.sources:
            source._prepare()
        for recorder in self.recorders:
            recorder._before_run()
        while network.step < stop:
            until = min(stop, self._inject(network.step))
            network.run(self.ms(until - network.step))

    def _inject(self, step):
        """Sets the currents that flow from this step on; the step in which they change next."""
        populations, following = [], math.inf
        for source in self.sources:
            if source._advance(step):
                populations += [p for p, *_ in source._targets if p not in populations]
            following = min(following, source._next(step))
        for population in populations:
            population._inject(self.sources)
        return following


def set_parameters(network, ids, values, what):
    """Sets parameters or state of nodes, in the library's names and units.

    Parameters
    ----------
    ids : (int, int) or array of int
        First and number, or one for each node, in any order.
    values : dict
        Numbers, or arrays or lists of lists with one for each node.
    what : str
        For messages.

    Raises
    ------
    pyNN.errors.InvalidParameterValueError
        If a value is not allowed; nothing is changed.
    """
    if isinstance(ids, np.ndarray) and (np.diff(ids) < 0).any():
        order = np.argsort(ids)
        ids = ids[order]
        values = {k: v if np.isscalar(v) else [v[i] for i in order] for k, v in values.items()}
    try:
        network._core.set(ids, values)
    except _errors.Error as e:
        raise errors.InvalidParameterValueError(f"{what}: {e}") from e


state = State()
