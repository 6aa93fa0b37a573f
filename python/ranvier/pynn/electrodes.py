"""Current sources, exact from the step on in which they begin or change.

The library's generators of currents act two steps after they are set. What they do not send in time is added to the constant
current of the cells, step by step; currents that are constant for long are given wholly in this way, without a generator.
"""

import math

import numpy as np
from pyNN import errors
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import build_translations, electrodes

from . import simulator
from .populations import located, nodes

__all__ = ["DCSource", "ACSource", "StepCurrentSource", "NoisyCurrentSource"]


def _same_names(source):
    return build_translations(*[(name, name) for name in source.default_parameters])


#: steps from a change of a generator to the current that it changes
_LATE = 2


class _Source:
    """What current sources have in common. Parameters are in PyNN's units, currents in pA.

    _value(step, values) is the current from a step to the next: a number, or an array for the targets one after the other.
    _generator: the model that sends it, or None. _pA: the unit of amplitudes.
    """

    _generator = None
    _pA = 1e3

    def __init__(self, **parameters):
        self._values = {}
        self._history = []  # (step, values) of changes
        self._targets = []  # (population, positions, step in which they were added)
        self._connected = 0  # how many of the targets the generator has
        self._node = None  # the generator
        self._now = (
            None  # what is added to the cells' constant current, pA: a value for each group of targets
        )
        self._recorded_from = None  # step
        self._number = len(simulator.state.sources)
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,), component=type(self))
        space.update(**{**self._given(), **parameters})
        self.set_native_parameters(space)
        self.parameter_space = space
        simulator.state.sources.append(self)

    def _given(self):
        """Defaults that depend on setup()."""
        return {}

    def set_native_parameters(self, parameters):
        """Takes parameters of a ParameterSpace of shape (1,), in PyNN's units, from the present step on."""
        parameters.evaluate(simplify=True)
        values = {
            k: v.value if isinstance(v, Sequence) else self._plain(k, v)
            for k, v in parameters.as_dict().items()
        }
        new, step = {**self._values, **values}, simulator.state.step
        self._check(new)
        self._values = new
        if self._node is not None:
            network = simulator.state.network
            simulator.set_parameters(network, self._node._spec, self._settings(), type(self).__name__)
        if self._history and self._history[-1][0] == step:
            self._history.pop()
        self._history.append((step, new))

    def _plain(self, name, value):
        return float(value)

    def get_native_parameters(self):
        """Parameters in PyNN's units: a ParameterSpace of shape (1,)."""
        values = {k: Sequence(v) if isinstance(v, np.ndarray) else v for k, v in self._values.items()}
        return ParameterSpace(values, self.get_schema(), shape=(1,))

    def get_parameters(self):
        """Parameters in PyNN's units: a dict of numbers and arrays."""
        return dict(self._values)

    def _wrong(self, name, value, allowed):
        raise errors.InvalidParameterValueError(
            f"{type(self).__name__}: {name} = {value}, allowed: {allowed}"
        )

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
        step = simulator.state.step
        self._targets.extend((population, where, step) for population, where in targets)

    @property
    def _size(self):
        return sum(len(where) for _, where, _ in self._targets)

    def _ends(self, values):
        """The step in which the current begins, and the first one without it."""
        return simulator.state.steps(values["start"]), simulator.state.steps(values["stop"])

    def _window(self, step, values):
        """Whether the current flows in a step."""
        begin, end = self._ends(values)
        return begin <= step < end

    def _values_at(self, step):
        """The parameters that held in a step."""
        return next(values for since, values in reversed(self._history) if since <= step)

    # The generator

    @property
    def _sends(self):
        """Whether a generator sends the current."""
        return self._generator is not None

    def _prepare(self):
        """Makes the generator, and connects it to what has been added since the last run."""
        if not self._sends:
            return
        if self._node is None and self._targets:
            simulator.state.do(self._create)
        for population, where, _ in self._targets[self._connected :]:
            ids = where + int(population.first_id)
            simulator.state.do(
                lambda network, ids=ids: network.connect(
                    self._node, nodes(network, ids), delay=network.resolution
                )
            )
        self._connected = len(self._targets)

    def _create(self, network):
        self._node = network.create(self._generator, 1, self._settings())

    def _from(self, values):
        """The first step in which a generator's current may flow."""
        return max(self._ends(values)[0], _LATE)

    def _sent_in(self, values):
        """start and stop of the generator, for which its current flows from _from() to `stop`."""
        state, stop = simulator.state, self._ends(values)[1]
        return {
            "start": state.ms(max(self._from(values) - 1, 0)),
            "stop": state.ms(max(stop - 1, self._from(values) - 1)) if stop < math.inf else math.inf,
        }

    def _sent(self, step, since):
        """What the generator sends in a step to targets that it has had since another one, as far as it is known."""
        emitted = step - _LATE
        if not self._sends or emitted < max(since, self._history[0][0]):
            return None
        values = self._values_at(emitted)
        return self._known(step, values) if step >= self._from(values) else None

    def _known(self, step, values):
        """The part of a current that the parameters tell."""
        return self._value(step, values)

    # From step to step

    def _advance(self, step):
        """Moves on to a step. Whether what is added to the cells' constant current has changed."""
        begin, added = 0, []
        values = self._values_at(step)
        whole = self._value(step, values)
        for _, where, since in self._targets:
            sent = self._sent(step, since)
            part = whole[begin : begin + len(where)] if np.ndim(whole) else whole
            added.append(part if sent is None else self._known(step, values) - sent)
            begin += len(where)
        old = self._now or [0.0] * len(added)
        changed = len(old) != len(added) or any(np.any(np.not_equal(a, b)) for a, b in zip(added, old))
        self._now = added
        return changed

    def _restart(self):
        """The network begins at t = 0 again, with the parameters of now."""
        self._now = None
        self._history = [(0, self._values)]
        self._targets = [(population, where, 0) for population, where, _ in self._targets]
        if self._recorded_from is not None:
            self._recorded_from = 0

    def _flowing(self):
        """(population, positions, pA) to be added to constant currents, for each group of targets."""
        for (population, where, _), added in zip(self._targets, self._now or []):
            yield population, where, added

    def _next(self, step):
        """The next step in which what is added may change."""
        ends = self._ends(self._values)
        if self._sends:
            last = max([since for since, _ in self._history] + [since for *_, since in self._targets])
            alone = max(last + _LATE, self._from(self._values))
            if step >= alone:
                return math.inf
            return (
                step + 1 if self._window(step, self._values) else min([e for e in ends if e > step] + [alone])
            )
        return min((end for end in ends if end > step), default=math.inf)

    # Recording

    def record(self):
        """Records the current, for get_data()."""
        self._recorded_from = simulator.state.step

    def _get_data(self):
        """Times in ms, shape (t,), and the current in nA from each of them on, shape (t,) or (t, targets)."""
        if self._recorded_from is None:
            raise errors.RecordingError("current", type(self).__name__)
        steps = np.arange(self._recorded_from, simulator.state.step + 1)
        values = [np.atleast_1d(self._value(step, self._values_at(step))) for step in steps.tolist()]
        width = max(map(len, values))
        current = np.array([np.broadcast_to(value, width) for value in values]) * 1e-3
        return simulator.state.ms(steps), current[:, 0] if width == 1 else current


class DCSource(_Source, electrodes.DCSource):
    __doc__ = electrodes.DCSource.__doc__
    translations = _same_names(electrodes.DCSource)

    def _value(self, step, values):
        return values["amplitude"] * self._pA if self._window(step, values) else 0.0


class ACSource(_Source, electrodes.ACSource):
    __doc__ = electrodes.ACSource.__doc__
    translations = _same_names(electrodes.ACSource)
    _generator = "ac_generator"

    def _phase(self, values):
        """At t = 0, degrees."""
        return values["phase"] - 0.36 * values["frequency"] * values["start"]

    def _value(self, step, values):
        if not self._window(step, values):
            return 0.0
        degrees = 0.36 * values["frequency"] * simulator.state.ms(step) + self._phase(values)
        return (values["offset"] + values["amplitude"] * math.sin(math.radians(degrees))) * self._pA

    def _settings(self):
        p = self._values
        # The generator's phase is that of t = 0, and its current flows a step after the time that it is of.
        own = {
            "amplitude": p["amplitude"] * self._pA,
            "offset": p["offset"] * self._pA,
            "frequency": p["frequency"],
            "phase": self._phase(p) + 0.36 * p["frequency"] * simulator.state.dt,
        }
        return {**own, **self._sent_in(p)}


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

    _of = _steps = None  # parameters, and what follows from them

    def _listed(self, values):
        """Steps from which the current has other values, and these in pA: two arrays of shape (n,)."""
        if self._of is not values:
            self._of, self._steps = values, self._read(values)
        return self._steps

    def _read(self, values):
        steps = np.floor(np.asarray(values["times"], float) / simulator.state.dt + 0.5)
        return steps, np.asarray(values["amplitudes"], float) * self._pA

    def _value(self, step, values):
        steps, amplitudes = self._listed(values)
        # Of times in the same step the last one counts.
        last = int(np.searchsorted(steps, step, "right")) - 1
        return float(amplitudes[last]) if last >= 0 else 0.0

    def _next(self, step):
        steps, _ = self._listed(self._values)
        at = np.searchsorted(steps, step, "right")
        return int(steps[at]) if at < len(steps) else math.inf


class NoisyCurrentSource(_Source, electrodes.NoisyCurrentSource):
    """A Gaussian white noise current, drawn anew for each target at fixed intervals.

    Parameters
    ----------
    mean, stdev : float
        nA.
    dt : float
        ms between draws, a multiple of the time step. Default: the time step.
    start, stop : float
        ms.

    Notes
    -----
    A generator of the library draws the noise. If record() is called before the first run, it is drawn outside, which costs
    some 0.5 ms for each interval and thousand targets. A new stdev or dt acts two steps after it is set, a new mean at once.
    """

    translations = _same_names(electrodes.NoisyCurrentSource)
    _generator = "noise_generator"

    def _given(self):
        return {"dt": simulator.state.dt}

    def _check(self, values):
        super()._check(values)
        every, dt = values["dt"], simulator.state.dt
        if not every >= dt * (1 - 1e-6) or abs(every / dt - round(every / dt)) > 1e-6:
            self._wrong("dt", every, f"multiples of the time step, {dt} ms")
        if not values["stdev"] >= 0:
            self._wrong("stdev", values["stdev"], ">= 0 nA")

    @property
    def _sends(self):
        return self._node is not None or self._recorded_from is None

    def record(self):
        """Records the current, for get_data(). Before the first run, else pyNN.errors.RecordingError."""
        if self._node is not None:
            raise errors.RecordingError(
                "current", f"{type(self).__name__} that has run; record it before the first run"
            )
        super().record()

    @staticmethod
    def _every(values):
        return round(values["dt"] / simulator.state.dt)

    def _from(self, values):
        # Whole intervals, so that they begin where they should.
        start, every = self._ends(values)[0], self._every(values)
        return start + max(0, -(-(_LATE - start) // every)) * every

    def _value(self, step, values):
        """A function of the seed, the source and the interval."""
        if not self._window(step, values):
            return 0.0
        begin, every = self._ends(values)[0], self._every(values)
        interval = (step - begin) // every
        draw = np.random.Generator(
            np.random.Philox(key=[simulator.state.seed, self._number], counter=[0, 0, 0, interval])
        )
        deviation = self._deviation(begin + interval * every, values)
        return values["mean"] * self._pA + deviation * draw.standard_normal(max(self._size, 1))

    def _deviation(self, step, values):
        """Of what is drawn in a step, pA."""
        return values["stdev"] * self._pA

    def _known(self, step, values):
        return values["mean"] * self._pA if self._window(step, values) else 0.0

    def _settings(self):
        p = self._values
        return {"mean": p["mean"] * 1e3, "std": p["stdev"] * 1e3, "dt": p["dt"], **self._sent_in(p)}

    def _next(self, step):
        if self._sends or not self._window(step, self._values):
            return super()._next(step)
        (start, stop), every = self._ends(self._values), self._every(self._values)
        return min(start + ((step - start) // every + 1) * every, stop)
