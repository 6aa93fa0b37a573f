"""Sources of spikes."""

import math
import warnings

import numpy as np
from pyNN import errors
from pyNN.parameters import ArrayParameter, Sequence
from pyNN.standardmodels import ModelNotAvailable, build_translations, cells

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

    def assign(self, network, ids, values, label):
        """As Model.assign; cells that differ are set one after the other."""
        each = [name for name, value in values.items() if isinstance(value, np.ndarray)]
        if not each:
            simulator.set_parameters(network, ids, {k: _plain(v) for k, v in values.items()}, label)
            return
        for i, node in enumerate(ids):
            mine = {k: _plain(v[i] if k in each else v) for k, v in values.items()}
            simulator.set_parameters(network, (int(node), 1), mine, label)

    def create(self, network, n, values):
        """As Model.create."""
        cells = network.create(self.native_name, n)
        self.assign(network, cells.ids, values, self.native_name)
        return int(cells.ids[0])

    @property
    def weight_factor(self):
        """Of weights onto it; nothing connects to a source."""
        return 1.0


def _plain(value):
    """A list or number as the library takes it."""
    return value.value if isinstance(value, ArrayParameter) else getattr(value, "item", lambda: value)()


class _Random(_Source):
    """Random trains, one for each cell, which all its targets and recorders get: simulator.py sees to that."""

    def native(self, values, n):
        """As Model.native. Spikes are in (start, start + duration]."""
        native = translated(self.translations, values)
        native["start"], native["stop"] = (self._on_grid(native[name]) for name in ("start", "stop"))
        return {**native, **self.extra}

    @staticmethod
    def _on_grid(ms):
        state = simulator.state
        at = np.array(
            [x if not math.isfinite(x) else state.ms(x) for x in map(state.steps, np.atleast_1d(ms))]
        )
        return at if isinstance(ms, np.ndarray) else float(at[0])

    def check(self, values, label):
        """InvalidParameterValueError for what no cell can have; generators are set one after the other."""
        for name, value in values.items():
            least = 1 if name == "alpha" else 0
            if not np.all(np.asarray(value) >= least):
                raise errors.InvalidParameterValueError(f"{label}: {name} = {value}, allowed: >= {least}")


_WINDOW = [("start", "start"), ("duration", "stop", "start+duration", "stop-start")]


class SpikeSourcePoisson(_Random, cells.SpikeSourcePoisson):
    __doc__ = cells.SpikeSourcePoisson.__doc__
    native_name = "poisson_generator"
    translations = build_translations(("rate", "rate"), *_WINDOW)


class SpikeSourcePoissonRefractory(_Random, cells.SpikeSourcePoissonRefractory):
    __doc__ = cells.SpikeSourcePoissonRefractory.__doc__
    native_name = "ppd_sup_generator"
    extra = {"n_proc": 1}
    translations = build_translations(("rate", "rate"), ("tau_refrac", "dead_time"), *_WINDOW)

    def check(self, values, label):
        """As _Random.check."""
        super().check(values, label)
        product = np.multiply(values["rate"], values["tau_refrac"])
        if not np.all(product < 1000):
            raise errors.InvalidParameterValueError(
                f"{label}: rate * tau_refrac = {np.max(product)}, allowed: < 1000; the mean interval is longer than tau_refrac"
            )


class SpikeSourceGamma(_Random, cells.SpikeSourceGamma):
    __doc__ = cells.SpikeSourceGamma.__doc__
    native_name = "gamma_sup_generator"
    translations = build_translations(
        ("alpha", "gamma_shape"), ("beta", "rate", "beta/alpha", "rate*gamma_shape"), *_WINDOW
    )

    def native(self, values, n):
        """As _Random.native."""
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
