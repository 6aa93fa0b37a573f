"""What has been recorded, as arrays."""

import numpy as np

from .errors import UnknownModel

__all__ = ["Spikes", "Samples", "Weights"]


def _neo():
    try:
        import neo
        import quantities
    except ImportError:
        raise ImportError("to_neo needs neo: pip install 'ranvier[neo]'") from None
    return neo, quantities


class _Recording:
    """A recorder of a network and what it has recorded so far."""

    def __init__(self, recorder):
        self.recorder = recorder

    def __len__(self):
        return int(self.recorder.get("n_events")[0])

    def clear(self):
        """Forgets what has been recorded."""
        self.recorder.set(n_events=0)

    def to_pandas(self):
        """A pandas.DataFrame with a row for each event."""
        import pandas

        return pandas.DataFrame(self.to_dict())


class Spikes(_Recording):
    """Spikes of some nodes, by time, then id. Made by :meth:`Network.record`.

    Attributes
    ----------
    times : float64 ndarray of shape (n,)
        ms.
    steps : int64 ndarray of shape (n,)
        The same in steps.
    senders : int32 ndarray of shape (n,)
        Ids.
    """

    def __init__(self, recorder, sources):
        super().__init__(recorder)
        self.sources = sources

    def _all(self):
        return self.recorder.network._core.spikes(self.recorder._spec)

    senders = property(lambda self: self._all()[0])
    steps = property(lambda self: self._all()[1])
    times = property(lambda self: self._all()[2])

    def to_dict(self):
        """senders and times as a dict of arrays."""
        senders, _, times = self._all()
        return {"senders": senders, "times": times}

    def rates(self, start=0.0, stop=None):
        """Mean rates.

        Parameters
        ----------
        start, stop : float, optional
            ms; default: from the beginning until now.

        Returns
        -------
        float64 ndarray
            spikes/s of each source.
        """
        senders, _, times = self._all()
        stop = self.recorder.network.time if stop is None else stop
        inside = senders[(times > start) & (times <= stop)]
        ids = self.sources.ids
        counts = np.bincount(np.searchsorted(ids, inside), minlength=len(ids))
        return counts / ((stop - start) * 1e-3) if stop > start else np.zeros(len(ids))

    def to_neo(self, stop=None):
        """A neo.Segment with a SpikeTrain for each source, up to `stop` ms (default: now)."""
        neo, quantities = _neo()
        senders, _, times = self._all()
        stop = self.recorder.network.time if stop is None else stop
        segment = neo.Segment(name="ranvier")
        for i in self.sources.ids:
            mine = times[(senders == i) & (times <= stop)]
            train = neo.SpikeTrain(mine * quantities.ms, t_stop=stop * quantities.ms, name=str(i))
            train.annotate(source_id=int(i))
            segment.spiketrains.append(train)
        return segment

    def __repr__(self):
        return f"Spikes({len(self)} of {len(self.sources)} nodes)"


class Weights(_Recording):
    """Weights as neurons' spikes are sent through the synapses of a model, by time, then sender. Made by
    :meth:`Network.record_weights`.

    Attributes
    ----------
    times : float64 ndarray of shape (n,)
        ms; of the senders' spikes.
    steps : int64 ndarray of shape (n,)
        The same in steps.
    senders, targets : int32 and int64 ndarrays of shape (n,)
        Ids.
    weights : float64 ndarray of shape (n,)
        In the unit of the targets' input; of short-term plasticity what is sent, not the connection's weight.
    receptors, ports : int64 ndarrays of shape (n,)
        Ports are positions among all connections of the model in order of source, then target.
    """

    def __init__(self, recorder, synapse):
        super().__init__(recorder)
        self.synapse = synapse

    def _all(self):
        return self.recorder.network._core.samples(self.recorder._spec)

    def _ids(self, name):
        return self._all()[3][name].astype(np.int64)

    senders = property(lambda self: self._all()[0])
    steps = property(lambda self: self._all()[1])
    times = property(lambda self: self._all()[2])
    weights = property(lambda self: self._all()[3]["weights"])
    targets = property(lambda self: self._ids("targets"))
    receptors = property(lambda self: self._ids("receptors"))
    ports = property(lambda self: self._ids("ports"))

    def to_dict(self):
        """senders, times, weights, targets, receptors and ports as a dict of arrays."""
        senders, _, times, columns = self._all()
        ids = {name: columns[name].astype(np.int64) for name in ("targets", "receptors", "ports")}
        return {"senders": senders, "times": times, "weights": columns["weights"], **ids}

    def __repr__(self):
        return f"Weights({len(self)} of {self.synapse})"


class Samples(_Recording):
    """State variables of some neurons, sampled at intervals. Made by :meth:`Network.record`.

    Attributes
    ----------
    times : float64 ndarray of shape (t,)
        ms.
    senders : int32 ndarray of shape (n,)
        Ids.

    Each recordable is an item: ``samples["V_m"]`` is an array of shape (t, n).
    """

    def __init__(self, recorder, sources, names):
        super().__init__(recorder)
        self.sources = sources
        self.names = tuple(names)

    def _all(self):
        return self.recorder.network._core.samples(self.recorder._spec)

    senders = property(lambda self: self.sources.ids)
    times = property(lambda self: np.unique(self._all()[2]))

    def __getitem__(self, name):
        values = self._all()[3]
        if name not in self.names:
            raise KeyError(f"{name}: recorded are {', '.join(self.names)}")
        return (
            values[name].reshape(-1, len(self.sources))
            if name in values
            else np.empty((0, len(self.sources)))
        )

    def to_dict(self):
        """senders, times and the recordables as a dict of arrays, an entry for each time and neuron."""
        senders, _, times, values = self._all()
        return {"senders": senders, "times": times, **values}

    def to_neo(self):
        """A neo.Segment with an AnalogSignal for each recordable, a channel for each neuron."""
        neo, quantities = _neo()
        from .models import model

        segment = neo.Segment(name="ranvier")
        times = self.times
        if not len(times):
            return segment
        base = self.sources.model if isinstance(self.sources.model, str) else self.sources.model[0]
        try:
            units = dict(model(base)["recordables"])
        except UnknownModel:
            units = {}
        step = times[1] - times[0] if len(times) > 1 else 1.0
        for name in self.names:
            unit = units.get(name) or "dimensionless"
            signal = neo.AnalogSignal(
                self[name],
                units=unit,
                t_start=times[0] * quantities.ms,
                sampling_period=step * quantities.ms,
                name=name,
            )
            signal.annotate(source_ids=self.senders.tolist())
            segment.analogsignals.append(signal)
        return segment

    def __repr__(self):
        return f"Samples({', '.join(self.names)} of {len(self.sources)} neurons)"
