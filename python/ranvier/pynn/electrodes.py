"""Current sources. What they inject is added to the constant current of their cells, exactly from the step on in which it
begins or changes; a simulation goes on in pieces from one change to the next."""

import math

import numpy as np
from pyNN import errors
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import build_translations, electrodes

from . import simulator
from .populations import located

__all__ = ["DCSource", "ACSource", "StepCurrentSource", "NoisyCurrentSource"]


def _same_names(source):
    return build_translations(*[(name, name) for name in source.default_parameters])


class _Source:
    """What current sources have in common. Parameters are in PyNN's units, currents in pA.

    A source is constant from a step up to the one that _next() names; _value() is its current there.
    """

    def __init__(self, **parameters):
        keep = object.__setattr__
        keep(self, "_values", {})
        keep(self, "_targets", [])  # (population, positions)
        keep(self, "_now", None)  # the current that flows, pA; an array for the targets one after the other
        keep(self, "_changed", True)
        keep(self, "_pieces", None)  # if recorded: (step, current from there on)
        keep(self, "_number", len(simulator.state.sources))
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        if "dt" in self.default_parameters and "dt" not in parameters:
            parameters = {**parameters, "dt": simulator.state.dt}
        space.update(**parameters)
        self.set_native_parameters(space)
        keep(self, "parameter_space", space)
        simulator.state.sources.append(self)

    def set_native_parameters(self, parameters):
        """Takes parameters of a ParameterSpace of shape (1,), in PyNN's units, from the present step on."""
        parameters.evaluate(simplify=True)
        values = {k: v.value if isinstance(v, Sequence) else float(v) for k, v in parameters.as_dict().items()}
        new = {**self._values, **values}
        self._check(new)
        self._values.update(new)
        object.__setattr__(self, "_changed", True)

    def get_native_parameters(self):
        """Parameters in PyNN's units: a ParameterSpace of shape (1,)."""
        values = {k: Sequence(v) if isinstance(v, np.ndarray) else v for k, v in self._values.items()}
        return ParameterSpace(values, self.get_schema(), shape=(1,))

    def get_parameters(self):
        """Parameters in PyNN's units: a dict of numbers and arrays."""
        return dict(self._values)

    def _wrong(self, name, value, allowed):
        raise errors.InvalidParameterValueError(f"{type(self).__name__}: {name} = {value}, allowed: {allowed}")

    def _check(self, values):
        for name in ("start", "stop"):
            if name in values and not values[name] >= 0:
                self._wrong(name, values[name], ">= 0 ms")

    def inject_into(self, cells, location=None):
        """Adds the current to that of cells, from the present step on.

        Parameters
        ----------
        cells : Population, PopulationView, Assembly, or list of ID

        Raises
        ------
        TypeError
            If they are sources of spikes.
        """
        targets = located(cells)
        if not all(population.celltype.injectable for population, _ in targets):
            raise TypeError(f"{type(self).__name__}: can't inject current into a spike source.")
        self._targets.extend(targets)
        object.__setattr__(self, "_changed", True)

    @property
    def _size(self):
        return sum(len(where) for _, where in self._targets)

    def _window(self, step):
        """Whether a step lies in [start, stop)."""
        steps = simulator.state.steps
        return steps(self._values["start"]) <= step < steps(self._values["stop"])

    def _advance(self, step):
        """Moves on to a step. Whether the current has changed."""
        value = self._value(step)
        changed = self._changed or self._now is None or np.any(np.not_equal(value, self._now))
        object.__setattr__(self, "_now", value)
        object.__setattr__(self, "_changed", False)
        if self._pieces is not None and changed:
            self._pieces.append((step, value))
        return changed

    def _restart(self):
        object.__setattr__(self, "_now", None)
        object.__setattr__(self, "_changed", True)
        if self._pieces is not None:
            self._pieces.clear()

    def _flowing(self):
        """(population, positions, pA) for each group of targets."""
        begin = 0
        for population, where in self._targets:
            value = self._now if self._now is not None else 0.0
            yield population, where, value[begin : begin + len(where)] if np.ndim(value) else value
            begin += len(where)

    def _next(self, step):
        """The next step in which the current may change."""
        ends = (simulator.state.steps(self._values[name]) for name in ("start", "stop"))
        return min((end for end in ends if end > step), default=math.inf)

    def record(self):
        """Records the current, for get_data()."""
        object.__setattr__(self, "_pieces", [])
        object.__setattr__(self, "_changed", True)

    def _get_data(self):
        """Times in ms, shape (t,), and the current in nA from each of them on, shape (t,) or (t, targets)."""
        if self._pieces is None:
            raise errors.RecordingError("current", type(self).__name__)
        now = simulator.state.step
        self._advance(now)
        first = self._pieces[0][0]
        begins = np.array([step for step, _ in self._pieces])
        values = [np.atleast_1d(value) for _, value in self._pieces]
        width = max(map(len, values))
        table = np.array([np.broadcast_to(value, width) for value in values])
        steps = np.arange(first, now + 1)
        current = table[np.searchsorted(begins, steps, "right") - 1] * 1e-3
        object.__setattr__(self, "_changed", True)
        return simulator.state.ms(steps), current[:, 0] if width == 1 else current


class DCSource(_Source, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__
    translations = _same_names(electrodes.DCSource)

    def _value(self, step):
        return self._values["amplitude"] * 1e3 if self._window(step) else 0.0


class ACSource(_Source, electrodes.ACSource):
    __doc__ = electrodes.ACSource.__doc__
    translations = _same_names(electrodes.ACSource)

    def _value(self, step):
        if not self._window(step):
            return 0.0
        p = self._values
        turns = p["frequency"] * (simulator.state.ms(step) - p["start"]) * 1e-3 + p["phase"] / 360
        return (p["offset"] + p["amplitude"] * math.sin(2 * math.pi * turns)) * 1e3

    def _next(self, step):
        return step + 1 if self._window(step) else super()._next(step)


class StepCurrentSource(_Source, electrodes.StepCurrentSource):
    __doc__ = electrodes.StepCurrentSource.__doc__
    translations = _same_names(electrodes.StepCurrentSource)

    def _check(self, values):
        times, amplitudes = values["times"], values["amplitudes"]
        if len(times) != len(amplitudes):
            self._wrong("times", f"{len(times)} values", f"{len(amplitudes)}, as there are amplitudes")
        if len(times) and not (np.min(times) >= 0 and np.isfinite(times).all()):
            self._wrong("times", times, "finite and >= 0 ms")
        if len(times) > 1 and np.min(np.diff(times)) <= 0:
            self._wrong("times", times, "ascending times; sort them")

    def _steps(self):
        return np.array([simulator.state.steps(t) for t in self._values["times"]])

    def _value(self, step):
        # Of times in the same step the last one counts.
        last = int(np.searchsorted(self._steps(), step, "right")) - 1
        return float(self._values["amplitudes"][last]) * 1e3 if last >= 0 else 0.0

    def _next(self, step):
        steps = self._steps()
        return min(steps[steps > step], default=math.inf)


class NoisyCurrentSource(_Source, electrodes.NoisyCurrentSource):
    __doc__ = electrodes.NoisyCurrentSource.__doc__
    translations = _same_names(electrodes.NoisyCurrentSource)

    def _check(self, values):
        super()._check(values)
        every, dt = values["dt"], simulator.state.dt
        if not every >= dt * (1 - 1e-6) or abs(every / dt - round(every / dt)) > 1e-6:
            self._wrong("dt", every, f"multiples of the time step, {dt} ms")
        if not values["stdev"] >= 0:
            self._wrong("stdev", values["stdev"], ">= 0 nA")

    def _interval(self, step):
        """The number of the interval that a step lies in, and the first step of the next one."""
        start, every = simulator.state.steps(self._values["start"]), round(self._values["dt"] / simulator.state.dt)
        number = (step - start) // every
        return number, start + (number + 1) * every

    def _value(self, step):
        """Each target has noise of its own; a function of the seed, the source and the interval."""
        if not self._window(step):
            return 0.0
        number, _ = self._interval(step)
        draw = np.random.Generator(np.random.Philox(key=[simulator.state.seed, self._number], counter=[0, 0, 0, number]))
        return (self._values["mean"] + self._values["stdev"] * draw.standard_normal(max(self._size, 1))) * 1e3

    def _next(self, step):
        return min(self._interval(step)[1], super()._next(step)) if self._window(step) else super()._next(step)
