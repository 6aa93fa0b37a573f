"""Recording: spikes and state variables of a population, as Neo has them."""

from functools import partial

import numpy as np
from pyNN import errors, recording

from ..population import Population as _Nodes
from . import simulator

__all__ = ["Recorder"]


class _Device:
    """A recorder of the network for some cells of a population."""

    def __init__(self, ids):
        self.ids = np.array(sorted(ids), np.int32)
        self.since = simulator.state.step  # records later stamps
        self.device = None
        self.kept = True
        simulator.state.do(self._attach)

    def _sources(self, network):
        first, n = int(self.ids[0]), len(self.ids)
        whole = int(self.ids[-1]) - first + 1 == n
        return _Nodes(network, first, n, None if whole else self.ids)

    def clear(self):
        """Forgets what has been recorded."""
        self.device.set(n_events=0)

    def drop(self):
        """Records nothing from now on."""
        self.kept = False
        self.device.set(record_to=[])
        self.clear()


class _Spikes(_Device):
    def _attach(self, network):
        self.device = network.create("spike_recorder", 1, {} if self.kept else {"record_to": []})
        network.connect(self._sources(network), self.device)

    def spikes(self):
        """Ids and times in ms."""
        senders, _, times = simulator.state.network._core.spikes(self.device._spec)
        return senders, times


class _Meter(_Device):
    """Samples of one variable, in the library's units, at multiples of an interval.

    The library samples the ends of steps. The value at the time when recording begins is read from the cells when the next run
    begins, so that it is the one that counts.
    """

    def __init__(self, ids, native, interval):
        self.native, self.interval = native, interval  # steps
        self.head = None  # (step, values): a sample that is not in the device
        super().__init__(ids)

    def _attach(self, network):
        settings = {"record_from": [self.native], "interval": simulator.state.ms(self.interval)}
        if not self.kept:
            settings["record_to"] = []
        self.device = network.create("multimeter", 1, settings)
        network.connect(self.device, self._sources(network))

    def take_head(self, at_start):
        """Reads the value of now, if it is a sample that the device does not have.

        at_start: what the library does not know before the first step, a value for each cell; None for state variables.
        """
        step = simulator.state.step
        if step != self.since or step % self.interval or (self.head and step and self.head[0] == step):
            return
        known = step or at_start is None
        self.head = step, (
            simulator.state.network._core.get(self.ids, self.native) if known else at_start(self.ids)
        )

    def samples(self):
        """Steps, shape (t,), and values, shape (t, cells)."""
        _, steps, _, values = simulator.state.network._core.samples(self.device._spec)
        matrix = np.reshape(values.get(self.native, []), (-1, len(self.ids)))
        steps = steps[:: len(self.ids)]
        if self.head is not None:
            steps = np.concatenate([[self.head[0]], steps])
            matrix = np.concatenate([[self.head[1]], matrix])
        return steps.astype(np.int64), matrix

    def clear(self):
        """Forgets all samples but one of now, with which the next recording begins."""
        step = simulator.state.step
        steps, matrix = self.samples()
        super().clear()
        self.since = step
        self.head = (step, matrix[-1]) if len(steps) and steps[-1] == step else None


class Recorder(recording.Recorder):
    """Encapsulates data and functions related to recording model variables."""

    _simulator = simulator

    def __init__(self, population, file=None):
        super().__init__(population, file)
        self._spikes, self._meters = [], {}  # lists of devices, of each variable
        self._start = simulator.state.step  # from which data are kept

    def record(self, variables, ids, sampling_interval=None, *more, **named):
        """Records variables of cells from now on.

        Parameters
        ----------
        variables : str or list of str
        ids : iterable of ID
        sampling_interval : float, optional
            ms, a multiple of the time step; the same for all variables of a population.

        Raises
        ------
        pyNN.errors.RecordingError, ValueError
        """
        state, celltype = simulator.state, self.population.celltype
        names = [variables] if isinstance(variables, str) else list(variables)
        for name in names:
            if not self.population.can_record(name):
                raise errors.RecordingError(name, celltype)
        if sampling_interval is not None:
            steps = state.steps(sampling_interval)
            if steps < 1 or abs(steps * state.dt - sampling_interval) > 1e-6 * state.dt:
                raise ValueError(
                    f"{self.population.label}: sampling_interval = {sampling_interval} ms, allowed: multiples of the "
                    f"time step, {state.dt} ms"
                )
        super().record(names, ids, sampling_interval, *more, **named)

    def _record(self, variable, new_ids, sampling_interval=None):
        name = getattr(variable, "name", variable)
        if name != "spikes" and sampling_interval is not None:
            self.sampling_interval = sampling_interval
        if not new_ids:
            return
        if name == "spikes":
            self._spikes.append(_Spikes(new_ids))
            return
        native, _ = self.population.celltype.variables[name]
        interval = simulator.state.steps(self.sampling_interval)
        self._meters.setdefault(name, []).append(_Meter(new_ids, native, interval))

    def _devices(self):
        return self._spikes + [meter for meters in self._meters.values() for meter in meters]

    def _before_run(self):
        for name, meters in self._meters.items():
            at_start = None if name in self.population.celltype.states else partial(self._at_start, name)
            for meter in meters:
                meter.take_head(at_start)

    def _at_start(self, name, ids):
        """Values at t = 0 of a variable that follows from parameters, in the library's units."""
        population = self.population
        _, factor = population.celltype.variables[name]
        values = np.broadcast_to(
            population.celltype.at_start(population._values, name) / factor, population.size
        )
        return values[ids - population._first]

    def _restart(self):
        """The network begins at t = 0 again."""
        self._start = 0
        for device in self._devices():
            device.since, device.head = 0, None

    def store_to_cache(self, annotations=None):
        """Keeps what has been recorded since the last clear, if anything has, as a segment of its own."""
        if simulator.state.step > self._start:
            self.clear_flag = False
        super().store_to_cache(annotations)

    def _reset(self):
        for device in self._devices():
            device.drop()
        self._spikes, self._meters = [], {}

    def _clear_simulator(self):
        for device in self._devices():
            device.clear()
        self._start = simulator.state.step

    def _get_spiketimes(self, ids, clear=False, **named):
        """(ids, times in ms) of the spikes of cells."""
        found = [device.spikes() for device in self._spikes]
        if not found:
            return np.empty(0, int), np.empty(0)
        senders, times = (np.concatenate(column) for column in zip(*found))
        mine = np.isin(senders, np.fromiter(ids, int))
        return senders[mine].astype(int), times[mine]

    def _get_all_signals(self, variable, ids, clear=False, **named):
        """Samples in PyNN's unit, shape (times, cells), from the first sampled time on; NaN before a cell was recorded."""
        name = getattr(variable, "name", variable)
        ids = np.fromiter(ids, np.int64)
        if not len(ids):
            return np.empty((0, 0)), None
        self._before_run()
        first, interval = self._first_sample()
        n = max(0, (simulator.state.step - first) // interval + 1)
        _, factor = self.population.celltype.variables[name]
        signal = np.full((n, len(ids)), np.nan)
        order = np.argsort(ids)
        for meter in self._meters.get(name, []):
            steps, values = meter.samples()
            mine = np.isin(meter.ids, ids)
            rows = (steps - first) // interval
            columns = order[np.searchsorted(ids[order], meter.ids[mine])]
            signal[rows[:, None], columns] = values[:, mine] * factor
        return signal, None

    def _first_sample(self):
        interval = simulator.state.steps(self.sampling_interval)
        return -(-self._start // interval) * interval, interval

    def _get_current_segment(self, *args, **named):
        segment = super()._get_current_segment(*args, **named)
        first = simulator.state.ms(self._first_sample()[0])
        for signal in segment.analogsignals:
            # Samples are at multiples of the interval, wherever recording began.
            signal.t_start = first * signal.t_start.units
        return segment

    def _local_count(self, variable, filter_ids=None):
        ids = sorted(int(i) for i in self.filter_recorded(variable, filter_ids))
        senders, _ = self._get_spiketimes(ids)
        counts = np.bincount(np.searchsorted(ids, senders), minlength=len(ids))
        return dict(zip(ids, counts.tolist()))
