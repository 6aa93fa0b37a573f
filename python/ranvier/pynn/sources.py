"""Sources of spikes."""

import math
import warnings

import numpy as np
from pyNN import errors
from pyNN.parameters import Sequence
from pyNN.standardmodels import ModelNotAvailable, build_translations, cells

from ..rules import one_to_one
from . import simulator
from .cells import Model, translated

__all__ = [
    "SpikeSourcePoisson",
    "SpikeSourcePoissonRefractory",
    "SpikeSourceGamma",
    "SpikeSourceInhGamma",
    "SpikeSourceArray",
]


class SpikeSourceInhGamma(ModelNotAvailable):
    """Not available: nor has any simulator a generator of inhomogeneous gamma processes. NotImplementedError says so."""


class _Source(Model):
    states = {}
    variables = {}

    @property
    def weight_factor(self):
        """Of weights onto it; nothing connects to a source."""
        return 1.0


class _Relayed(_Source):
    """Random trains: a generator for each cell, and a neuron that repeats its spikes for all targets and recorders."""

    def native(self, values, n):
        """As Model.native. Spikes are in (start, start + duration]; the first two steps of a simulation have none."""
        native = translated(self.translations, values)
        # If a generator's start is k steps, its spikes come through the relay from step k + 3 on.
        native["start"] = self._window(native["start"])
        native["stop"] = self._window(native["stop"])
        return {**native, **self.extra}

    @staticmethod
    def _window(ms):
        state = simulator.state
        at = np.array(
            [
                x if not math.isfinite(x) else state.ms(max(x - 2, 0))
                for x in map(state.steps, np.atleast_1d(ms))
            ]
        )
        return at if isinstance(ms, np.ndarray) else float(at[0])

    def check(self, values, label):
        """InvalidParameterValueError for what no cell can have; generators are set one after the other."""
        for name, value in values.items():
            least = 1 if name == "alpha" else 0
            if not np.all(np.asarray(value) >= least):
                raise errors.InvalidParameterValueError(f"{label}: {name} = {value}, allowed: >= {least}")

    def assign(self, network, ids, values, label):
        """As Model.assign."""
        if not any(isinstance(v, np.ndarray) for v in values.values()):
            simulator.set_parameters(network, ids, values, label)
            return
        columns = [np.broadcast_to(v, len(ids)).tolist() for v in values.values()]
        for node, row in zip(ids, zip(*columns)):
            simulator.set_parameters(network, (int(node), 1), dict(zip(values, row)), label)

    def create(self, network, n, values):
        """As Model.create: relays and generators."""
        generators = network.create(self.native_name, n)
        self.assign(network, generators.ids, values, self.native_name)
        relays = network.create("parrot_neuron", n)
        network.connect(generators, relays, one_to_one(), weight=1.0, delay=network.resolution)
        return int(relays.ids[0]), int(generators.ids[0])


_WINDOW = [("start", "start"), ("duration", "stop", "start+duration", "stop-start")]


class SpikeSourcePoisson(_Relayed, cells.SpikeSourcePoisson):
    __doc__ = cells.SpikeSourcePoisson.__doc__
    native_name = "poisson_generator"
    translations = build_translations(("rate", "rate"), *_WINDOW)


class SpikeSourcePoissonRefractory(_Relayed, cells.SpikeSourcePoissonRefractory):
    __doc__ = cells.SpikeSourcePoissonRefractory.__doc__
    native_name = "ppd_sup_generator"
    extra = {"n_proc": 1}
    translations = build_translations(("rate", "rate"), ("tau_refrac", "dead_time"), *_WINDOW)

    def check(self, values, label):
        """As _Relayed.check."""
        super().check(values, label)
        product = np.multiply(values["rate"], values["tau_refrac"])
        if not np.all(product < 1000):
            raise errors.InvalidParameterValueError(
                f"{label}: rate * tau_refrac = {np.max(product)}, allowed: < 1000; the mean interval is longer than tau_refrac"
            )


class SpikeSourceGamma(_Relayed, cells.SpikeSourceGamma):
    __doc__ = cells.SpikeSourceGamma.__doc__
    native_name = "gamma_sup_generator"
    translations = build_translations(
        ("alpha", "gamma_shape"), ("beta", "rate", "beta/alpha", "rate*gamma_shape"), *_WINDOW
    )

    def native(self, values, n):
        """As _Relayed.native."""
        native = super().native(values, n)
        shape = native["gamma_shape"]
        native["gamma_shape"] = shape.astype(int) if isinstance(shape, np.ndarray) else int(shape)
        return native


class SpikeSourceArray(_Source, cells.SpikeSourceArray):
    __doc__ = cells.SpikeSourceArray.__doc__
    native_name = "spike_generator"
    translations = build_translations(("spike_times", "spike_times"))

    def check(self, values, label):
        """Spike times in ms are not negative and do not descend."""
        times = values["spike_times"]
        dt, moved = simulator.state.dt, False
        for one in times if isinstance(times, np.ndarray) else [times]:
            t = np.asarray(one.value, float)
            if not np.isfinite(t).all() or (t < 0).any():
                raise errors.InvalidParameterValueError(
                    f"{label}: spike_times = {t}, allowed: finite times >= 0 ms; time begins at 0"
                )
            if (np.diff(t) < 0).any():
                raise errors.InvalidParameterValueError(
                    f"{label}: spike_times = {t}, allowed: ascending times; sort them"
                )
            moved |= bool(len(t) and (np.abs(t / dt - self._steps(t)) > 1e-3).any())
        if moved:
            warnings.warn(
                f"{label}: spike_times are moved to the nearest of {dt} ms, {2 * dt} ms, ...",
                errors.RoundingWarning,
            )

    @staticmethod
    def _steps(ms):
        """A spike belongs to the end of a step: the first is that of step 1."""
        return np.maximum(np.floor(np.asarray(ms, float) / simulator.state.dt + 0.5), 1)

    def native(self, values, n):
        """As Model.native, on the grid."""
        times = values["spike_times"]
        if not isinstance(times, np.ndarray):
            return {"spike_times": Sequence(simulator.state.ms(self._steps(times.value)))}
        grid = np.empty(len(times), object)
        for i, one in enumerate(times):
            grid[i] = Sequence(simulator.state.ms(self._steps(one.value)))
        return {"spike_times": grid}

    def relays(self, network, n, values):
        """Makes neurons that repeat the spikes of n cells, which plastic synapses need as sources.

        Returns the first id of the relays, and of the generators that feed them, a step ahead.
        """
        feeders = network.create(self.native_name, n)
        relays = network.create("parrot_neuron", n)
        network.connect(feeders, relays, one_to_one(), weight=1.0, delay=network.resolution)
        self.feed(network, feeders.ids, values)
        return int(relays.ids[0]), int(feeders.ids[0])

    def feed(self, network, ids, values):
        """Sets the times of generators of relays. A spike of the next step comes a step late, with a warning."""
        state, times = simulator.state, values["spike_times"]
        now = network.step

        def ahead(one):
            steps = self._steps(one.value)
            if (steps == now + 1).any():
                warnings.warn(
                    f"spike_times: plastic synapses see the spike at {state.ms(now + 1):g} ms one step late",
                    errors.RoundingWarning,
                )
            return Sequence(
                state.ms(np.where(steps > now, np.maximum(steps - 1, now + 1), np.maximum(steps - 1, 1)))
            )

        if isinstance(times, np.ndarray):
            early = np.empty(len(times), object)
            early[:] = [ahead(one) for one in times]
        else:
            early = ahead(times)
        self.assign(network, ids, {"spike_times": early}, self.native_name)

    def assign(self, network, ids, values, label):
        """As Model.assign."""
        times = values["spike_times"]
        if not isinstance(times, np.ndarray):
            simulator.set_parameters(network, ids, {"spike_times": times.value}, label)
            return
        for node, one in zip(ids, times):
            simulator.set_parameters(network, (int(node), 1), {"spike_times": one.value}, label)

    def create(self, network, n, values):
        """As Model.create."""
        cells = network.create(self.native_name, n)
        self.assign(network, cells.ids, values, self.native_name)
        return int(cells.ids[0]), int(cells.ids[0])
