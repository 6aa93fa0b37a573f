"""Copies of a graph side by side in one network, which is built once and run again and again."""

import math

import numpy as np

from ..errors import IllegalConnection
from ..network import Network
from ._checks import mistake
from .graph import Source
from .neurons import Neurons

__all__ = ["Engine"]


class Engine:
    """A network with copies of a graph.

    Parameters
    ----------
    graph : Graph
    copies : int
    resolution : float
        ms.
    recorded : collection of str
        Populations whose spikes are kept.
    sampled : collection of str
        Populations whose potentials are kept for every step.
    **options
        Of :class:`ranvier.Network`: seed, threads, backend, ...

    Notes
    -----
    Neurons of a population are numbered by copy, then by element. A synapse takes one step, and delays are on top of that. Steps
    are counted from the beginning of a run; currents that begin at step k act in the step from k to k + 1.

    Attributes
    ----------
    gains : dict of str: float64 ndarray of shape (copies * n,)
        By what potentials of populations have to be multiplied, where that is not 1; see Stepwise.
    """

    def __init__(self, graph, copies, resolution, recorded=(), sampled=(), **options):
        self.graph, self.copies, self.h = graph, copies, resolution
        self.neurons = graph.of(Neurons)
        self.sources = graph.of(Source)
        self.drives = {name: graph.drive(name) for name in self.neurons}
        self._recorded, self._sampled, self._options = tuple(recorded), tuple(sampled), options
        self.gains = {}
        self._check()
        self._build()
        # Within so many steps a spike on its way lands, and neurons that have fired are ready again.
        landing = 1 + max((d for drive in self.drives.values() for _, d in drive.terms), default=0)
        ready = max((np.max(node.t_ref) / resolution for node in self.neurons.values()), default=0)
        self._flush = max(landing, math.ceil(ready - 1e-6))

    def _check(self):
        for name, drive in self.drives.items():
            for origin, _ in drive.terms:
                if not self._sends_spikes(origin) and not isinstance(self.graph.nodes[origin], Source):
                    raise mistake(
                        IllegalConnection,
                        f"graph: {origin}",
                        value=f"its potential goes to {name}",
                        allowed="spikes to neurons, potentials to outputs",
                        remedy="use a population that fires",
                    )

    def _sends_spikes(self, name):
        node = self.graph.nodes[name]
        return node.spikes if isinstance(node, Source) else node.spiking

    def _build(self):
        self.network = net = Network(resolution=self.h, **self._options)
        net.set_defaults("static_synapse", delay=self.h)  # 1 ms is no multiple of every resolution
        self.populations, self._generators = {}, {}
        for name, node in self.neurons.items():
            params = {k: self._tiled(v) for k, v in node.params(self.h).items()}
            self.populations[name] = net.create(node.model, node.size * self.copies, **params)
        for name, source in self.sources.items():
            if source.spikes:
                n = int(np.prod(source.shape)) * self.copies
                self._generators[name] = net.create("spike_generator", n)
        for name in self.drives:
            self._connect(name)
        self.spikes = {name: net.record(self.populations[name]) for name in self._recorded}
        self.samples = {
            name: net.record(self.populations[name], "V_m", interval=self.h) for name in self._sampled
        }

    def _tiled(self, values):
        return values if np.ndim(values) == 0 else np.tile(np.ravel(values), self.copies)

    def silence(self, name):
        """I_e (pA) of a population that gets no current: a number."""
        return self.neurons[name].current(np.zeros((1, self.neurons[name].size)), self.h)[0, 0]

    def _connect(self, name):
        node, target = self.neurons[name], self.populations[name]
        jump = np.broadcast_to(np.ravel(node.jump), node.size) if np.ndim(node.jump) else node.jump
        for (origin, delay), matrix in self.drives[name].terms.items():
            if not self._sends_spikes(origin):
                continue
            source = self._generators[origin] if origin in self.sources else self.populations[origin]
            edges = matrix.tocoo()
            kept = edges.data != 0
            rows, columns, weights = edges.row[kept], edges.col[kept], edges.data[kept]
            if not len(rows):
                continue
            weights = weights * (jump[rows] if np.ndim(jump) else jump)
            copy = np.arange(self.copies, dtype=np.int64)[:, None]
            self.network.connect_edges(
                (source.ids[0] + columns + copy * matrix.shape[1]).ravel(),
                (target.ids[0] + rows + copy * matrix.shape[0]).ravel(),
                weight=np.tile(weights, self.copies),
                delay=(1 + delay) * self.h,
            )

    # Runs

    def run(self, steps, currents=None, trains=None, stops=(), visit=None, starts=None):
        """Runs from the initial state.

        Parameters
        ----------
        steps : int
        currents : dict of str: array, optional
            What comes in at the sources of currents, of shape (copies, n) or (steps, copies, n).
        trains : dict of str: array, optional
            Numbers of spikes, of shape (steps, copies, n). Spikes of step k are sent at its end, as by a neuron that fires in it.
        stops : collection of int
            visit(k) is called when k steps are done.
        visit : callable
        starts : dict of str: int, optional
            Steps at which the constant currents of populations begin; default: 0.
        """
        self.plan = plan = _Plan(self, steps, currents or {}, starts or {})
        self._prepare(plan, trains or {})
        halts = sorted({0, steps, *plan.changes, *(s for s in stops if s <= steps)})
        for now, then in zip(halts, halts[1:]):
            if now in plan.changes:
                self._apply(plan, now)
            self.network.run((then - now) * self.h)
            if then in stops:
                visit(then)

    def _prepare(self, plan, trains):
        """Clears what is left of the run before, and announces what has to be known a step ahead."""
        for recording in (*self.spikes.values(), *self.samples.values()):
            recording.clear()
        for name, population in self.populations.items():
            # Spikes that are on their way arrive where nothing fires.
            population.set(I_e=self.silence(name), **self._threshold(name, np.inf))
        self.begin = self.network.step + self._flush
        self._announce(trains)
        self.network.run(self._flush * self.h)
        for name, node in self.neurons.items():
            V_th = self._tiled(node.params(self.h)["V_th"])
            currents = {} if node.tau_syn is None else {"I_syn_ex": 0.0, "I_syn_in": 0.0}
            self.populations[name].set(V_m=self._tiled(node.E_L), **currents, **self._threshold(name, V_th))

    def _threshold(self, name, V_th):
        return {} if self.neurons[name].bernoulli else {"V_th": V_th}

    def _announce(self, trains):
        """Spikes of step k are sent at its end; so many at once as the train says."""
        for name, counts in trains.items():
            generators = self._generators[name]
            columns = np.reshape(counts, (len(counts), len(generators))).T
            for one, column in zip(generators, columns):
                some = np.flatnonzero(column)
                one.set(spike_times=(self.begin + 1 + some) * self.h, spike_weights=column[some])

    def _apply(self, plan, step):
        for name, node in self.neurons.items():
            change = plan.change(name, step)
            if not change.any():
                continue
            population, total = self.populations[name], plan.total(name, step)
            population.set(I_e=total / self.gains.get(name, 1.0))
            if node.tau_syn is not None:
                # The filtered current is -c exp(-t / tau_syn) on top of I_e = c, for every change c.
                population.set(I_syn_in=population.get("I_syn_in") - change)

    # Results

    def potentials(self, name):
        """Potentials now (mV): float64 ndarray of shape (copies, n)."""
        return (self.populations[name].get("V_m") * self.gains.get(name, 1.0)).reshape(self.copies, -1)

    def counts(self, name, stops):
        """Numbers of spikes until each of some steps, which ascend: int64 ndarray of shape (stops, copies, n)."""
        senders, steps, _ = self.spikes[name]._all()
        n = len(self.populations[name])
        at = np.searchsorted(stops, steps - self.begin)
        inside = (steps > self.begin) & (at < len(stops))
        flat = at[inside] * n + (senders[inside] - self.populations[name].ids[0])
        per_interval = np.bincount(flat, minlength=len(stops) * n).reshape(len(stops), n)
        return per_interval.cumsum(axis=0).reshape(len(stops), self.copies, -1)

    def raster(self, name, steps):
        """Numbers of spikes in each step: int64 ndarray of shape (steps, copies, n)."""
        counts = self.counts(name, np.arange(1, steps + 1))
        return np.diff(counts, axis=0, prepend=0)

    def traces(self, name):
        """V_m (mV) at the end of every step: float64 ndarray of shape (steps, copies, n)."""
        samples = self.samples[name]
        after = np.round(samples.times / self.h).astype(np.int64) > self.begin
        return samples["V_m"][after].reshape(int(after.sum()), self.copies, -1)


class _Plan:
    """Currents (pA) of each population in the course of a run: what they are from each step on where one changes."""

    def __init__(self, engine, steps, currents, starts):
        self._engine, self._starts = engine, starts
        self._inputs = {name: np.asarray(x, dtype=float) for name, x in currents.items()}
        at = {0}
        for name, drive in engine.drives.items():
            at.add(starts.get(name, 0))
            for origin, delay in drive.terms:
                if origin in self._inputs:
                    x = self._inputs[origin]
                    moves = np.flatnonzero((x[1:] != x[:-1]).any(axis=(1, 2))) + 1 if x.ndim == 3 else []
                    at.update(delay + int(k) for k in (0, *moves))
        self.changes = sorted(k for k in at if k < steps)
        self._before = dict(zip(self.changes[1:], self.changes))

    def total(self, name, step):
        """I_e from this step on: float64 ndarray of shape (copies * n,)."""
        engine, drive = self._engine, self._engine.drives[name]
        begun = step >= self._starts.get(name, 0)
        sums = np.tile(drive.constant * begun, (engine.copies, 1))
        for (origin, delay), matrix in drive.terms.items():
            if origin in self._inputs and step >= delay:
                x = self._inputs[origin]
                now = x[min(step - delay, len(x) - 1)] if x.ndim == 3 else x
                sums += (matrix @ now.reshape(engine.copies, -1).T).T
        return engine.neurons[name].current(sums, engine.h).ravel()

    def change(self, name, step):
        """total() less what it was before, which was nothing at first."""
        if step in self._before:
            return self.total(name, step) - self.total(name, self._before[step])
        return self.total(name, step) - self._engine.silence(name)
