"""Networks: nodes, connections, runs."""

import contextlib

import numpy as np

from . import _core
from .connections import Connections
from .errors import UnknownConnection, UnknownModel, UnknownNode, WrongType
from .models import models as _model_names
from .models import model as _model
from .population import Population
from .recordings import Samples, Spikes, Weights
from .rules import Rule, all_to_all

__all__ = ["Network"]


def _recorder_of(what):
    return next(n for n in _model_names("recorder") if _model(n)["records"] == what)


class Network:
    """A network of neurons and devices, and its simulation. Several live side by side.

    Parameters
    ----------
    resolution : float
        Length of a step in ms, a multiple of 0.001.
    seed : int
        1 ... 2**32 - 1.
    threads : int
        CPU workers; 0: one for each core. Results do not depend on it.
    backend : {"auto", "cpu", "cuda"}
        "auto": what the environment's RANVIER_BACKEND says, else a GPU if there is one, else the CPU. Results do not depend on
        it.
    device : int
        Which GPU.
    partitions : int
        Parts of each population; 0: chosen. Results do not depend on it.
    memory_limit : int
        Bytes; 0: what the machine has free.
    profile : bool
        On a GPU, measure the phases of :attr:`times`; slower.

    Raises
    ------
    OutOfRange, BackendError

    Notes
    -----
    A network is used by one thread at a time; :meth:`interrupt` may be called from any. Python's lock is released while it
    runs.
    """

    def __init__(
        self,
        resolution=0.1,
        seed=143202461,
        threads=0,
        backend="auto",
        device=0,
        partitions=0,
        memory_limit=0,
        profile=False,
    ):
        self._core = _core.Network(
            resolution, seed, threads, backend, device, profile, partitions, memory_limit
        )
        self._firsts = np.empty(0, np.int64)
        self._version = 0

    # Nodes

    def create(self, model, n=1, values=None, /, **named):
        """Makes nodes.

        Parameters
        ----------
        model : str
            See :func:`ranvier.models`.
        n : int
            How many.
        values : dict, optional
        **named
            Parameters and initial state: numbers, arrays of n values, distributions. Units: :func:`ranvier.describe`.

        Returns
        -------
        Population

        Raises
        ------
        UnknownModel, UnknownParameter, WrongType, WrongSize, OutOfRange, OutOfMemory
        """
        first, count = self._core.create(model, n, {**(values or {}), **named})
        self._firsts = np.append(self._firsts, first)
        return Population(self, first, count)

    def copy_model(self, existing, name, values=None, /, **named):
        """Makes a model of its own from another one, with other defaults: see :meth:`set_defaults`.

        Raises
        ------
        UnknownModel, UnknownParameter, WrongType, WrongSize, OutOfRange, IllegalConnection
        """
        self._core.copy_model(existing, name, self._defaults_of({**(values or {}), **named}))

    def set_defaults(self, model, values=None, /, **named):
        """Sets defaults for nodes and connections made later; common properties of synapse models also of existing ones.

        A node that belongs to a synapse model (its volume_transmitter) is given as a Population of one.

        Raises
        ------
        UnknownModel, UnknownParameter, WrongType, WrongSize, OutOfRange, IllegalConnection
        """
        self._core.set_defaults(model, self._defaults_of({**(values or {}), **named}))

    def _defaults_of(self, values):
        for name, value in values.items():
            if isinstance(value, Population):
                self._spec(value, name)
                values[name] = value.ids.astype(np.int64)
        return values

    def defaults(self, model):
        """Names and values that nodes or connections of a model or copy get if nothing else is said: a dict."""
        return self._core.defaults(model)

    @property
    def nodes(self):
        """All nodes."""
        return Population(self, 1, self._core.size())

    def _spec(self, nodes, what):
        if nodes is None:
            return (1, 0)
        if not isinstance(nodes, Population):
            raise WrongType(f"{what}: {nodes!r}, allowed: a Population; use what create has returned")
        if nodes._network is not self:
            raise UnknownNode(
                f"{what}: nodes of another network; use what this network's create has returned"
            )
        return nodes._spec

    # Connections

    def connect(
        self, pre, post, rule=None, *, weight=None, delay=None, synapse="static_synapse", receptor=0, **params
    ):
        """Connects nodes, before the next run.

        Parameters
        ----------
        pre, post : Population
            Neurons and generators to neurons; neurons and generators of spikes to recorders of spikes; meters to neurons.
        rule : Rule
            Default: all_to_all().
        weight : float, array or Distribution, optional
            In the unit of the target's input: pA, nS or mV. Arrays have one value for each connection, in the shape that the
            rule names. Default: the synapse model's.
        delay : float, array or Distribution, optional
            ms.
        synapse : str
            Synapse model.
        receptor : int
            Of the targets.
        **params
            Other parameters of the synapse model.

        Raises
        ------
        UnknownModel, UnknownRule, UnknownParameter, WrongType, WrongSize, OutOfRange, BadDelay, IllegalConnection,
        ImpossibleConnectivity, OutOfMemory
        """
        how = all_to_all() if rule is None else rule
        if isinstance(how, str):
            how = Rule(how)
        if not isinstance(how, Rule):
            raise WrongType(
                f"connect: rule = {rule!r}, allowed: a Rule; use one of the functions of ranvier.rules"
            )
        sources, targets = self._spec(pre, "connect: sources"), self._spec(post, "connect: targets")
        flat = {name: _flat(value) for name, value in params.items()}
        self._core.connect(
            sources,
            targets,
            how.name,
            how.value,
            how.allow_autapses,
            how.allow_multapses,
            how.make_symmetric,
            synapse,
            _flat(weight),
            _flat(delay),
            receptor,
            flat,
        )
        self._version += 1

    def connect_edges(
        self, source, target, *, weight=None, delay=None, synapse="static_synapse", receptor=0, **params
    ):
        """Connects explicit pairs.

        Parameters
        ----------
        source, target : array of int of shape (n,)
            Ids.
        weight, delay, synapse, receptor, **params
            As in :meth:`connect`; arrays have one value for each pair.

        Raises
        ------
        The errors of :meth:`connect`, UnknownNode
        """
        self._core.connect_edges(source, target, synapse, weight, delay, receptor, params)
        self._version += 1

    def connections(self, source=None, target=None, synapse=""):
        """Connections between nodes, those of generators of currents, Poisson trains and recorders left out.

        Parameters
        ----------
        source, target : Population, optional
            Default: any.
        synapse : str
            Only of this synapse model.

        Returns
        -------
        Connections
        """
        table = self._core.connections(self._spec(source, "source"), self._spec(target, "target"), synapse)
        return Connections(self, table, self._version)

    def disconnect(self, connections):
        """Takes connections away, all of them or none.

        They are shown and counted no more. Spikes that their sources have sent by now still arrive; other connections,
        and Connections that have been listed, stay as they are.

        Parameters
        ----------
        connections : Connections
            Of this network, as :meth:`connections` gives them.

        Raises
        ------
        WrongType, Unusable
        UnknownConnection
            One has been disconnected, or they are another network's.
        """
        if not isinstance(connections, Connections):
            raise WrongType(
                f"disconnect: connections = {connections!r}; allowed: Connections; take them from connections()"
            )
        if connections._network is not self:
            raise UnknownConnection(
                "disconnect: connections of another network; allowed: those of this one; list them with its connections()"
            )
        self._core.disconnect(connections._handles())

    def weight_summary(self, synapse):
        """mean, std, min, max and number n of the weights of a synapse model, as a dict; nothing is copied."""
        return self._core.weight_summary(synapse)

    def weight_histogram(self, synapse, low, high, bins=100):
        """Numbers of weights of a synapse model in equal bins of [low, high): int64 array of shape (bins,)."""
        return self._core.weight_histogram(synapse, low, high, bins)

    # Recording

    def record(self, nodes, what="spikes", interval=None, **settings):
        """Records spikes, or state variables at intervals, from now on.

        Parameters
        ----------
        nodes : Population
        what : "spikes", str or list of str
            Spikes, or names of recordables (see :func:`ranvier.describe`).
        interval : float, optional
            ms between samples; default 1.
        **settings
            Of the recorder: start, stop, record_to ("memory", "ascii", "screen"), label, ...

        Returns
        -------
        Spikes or Samples

        Raises
        ------
        IllegalConnection, UnknownParameter, OutOfRange, BadTime
        """
        self._spec(nodes, "record: nodes")
        if isinstance(what, str) and what == "spikes":
            recorder = self.create(_recorder_of("spikes"), 1, settings)
            self.connect(nodes, recorder)
            return Spikes(recorder, nodes)
        names = [what] if isinstance(what, str) else list(what)
        if interval is not None:
            settings["interval"] = interval
        meter = self.create(_recorder_of("samples"), 1, {"record_from": names, **settings})
        self.connect(meter, nodes)
        return Samples(meter, nodes, names)

    def record_weights(self, synapse, senders=None, targets=None, **settings):
        """Records the weights with which neurons' spikes are sent through the synapses of a model, from now on; in place of
        what has recorded them before.

        Parameters
        ----------
        synapse : str
            A synapse model or a copy; all of its connections are recorded, those that are there too.
        senders, targets : Population, optional
            Only between these; default: any.
        **settings
            Of the recorder: start, stop, record_to ("memory", "ascii", "screen"), label, ...

        Returns
        -------
        Weights

        Raises
        ------
        UnknownModel, UnknownParameter, UnknownNode, OutOfRange, BadTime

        Notes
        -----
        A plastic model that is recorded is simulated one slice at a time, which is slower; others are not slowed down.
        """
        if "weight_recorder" not in self.defaults(synapse):
            raise UnknownModel(
                f"record_weights: synapse = {synapse!r}, allowed: {', '.join(_model_names('synapse'))}, or a copy"
            )
        for name, nodes in (("senders", senders), ("targets", targets)):
            if nodes is not None:
                self._spec(nodes, f"record_weights: {name}")
                settings[name] = nodes.ids.astype(np.int64)
        recorder = self.create(_recorder_of("weights"), 1, settings)
        self.set_defaults(synapse, weight_recorder=int(recorder.ids[0]))
        return Weights(recorder, synapse)

    def set_output(self, data_path=".", data_prefix="", overwrite_files=False):
        """Where recorders with record_to "ascii" write. FileError if data_path is no directory."""
        self._core.set_output(str(data_path), data_prefix, overwrite_files)

    # Runs

    def prepare(self):
        """Builds what has been asked for; :meth:`run` does it otherwise."""
        self._core.prepare()

    def run(self, ms, progress=None):
        """Simulates.

        Parameters
        ----------
        ms : float
            A multiple of the resolution.
        progress : bool or callable, optional
            True: a progress bar (of tqdm, if it is installed). Or f(task, done, total), called a few times a second with task
            "build" or "simulate" and connections or steps.

        Raises
        ------
        BadTime, NumericalInstability, Overflow, FileError, Interrupted
        KeyboardInterrupt
            After Ctrl-C, at the end of a slice; the network can go on from there.
        """
        if not progress:
            self._core.simulate(ms)
            return
        from .progress import bar

        with contextlib.ExitStack() as stack:
            self._core.set_progress(progress if callable(progress) else stack.enter_context(bar()))
            stack.callback(self._core.set_progress, None)
            self._core.simulate(ms)

    def interrupt(self):
        """Ends a run in another thread at the next slice, with the error Interrupted there."""
        self._core.interrupt()

    @property
    def time(self):
        """ms simulated so far."""
        return self._core.time()

    @property
    def step(self):
        """Steps simulated so far."""
        return self._core.steps()

    @property
    def resolution(self):
        """Length of a step in ms."""
        return self._core.resolution()

    @property
    def threads(self):
        """CPU workers."""
        return self._core.threads()

    @property
    def backend(self):
        """ "cpu" or "cuda"."""
        return self._core.backend()

    @property
    def device_name(self):
        """Name of the GPU, or "CPU"."""
        return self._core.device_name()

    @property
    def stats(self):
        """Numbers of neurons, connections, spikes and events, bytes, seconds: a dict."""
        return self._core.stats()

    @property
    def times(self):
        """Seconds spent in each phase so far: a dict of build, simulate, update, drive, gather, deliver, plastic, record."""
        suffix = "_seconds"
        return {name[: -len(suffix)]: x for name, x in self.stats.items() if name.endswith(suffix)}

    def hash(self):
        """Hashes of all spikes so far, of plastic connections, and of the state.

        Returns
        -------
        (int, int, int)
            The same for any number of threads and partitions, on CPU or GPU.
        """
        return self._core.hash()

    def __repr__(self):
        return f"Network({self._core.size()} nodes, {self.time:g} ms, {self.backend})"


def _flat(value):
    """Matrices of values for connections are used row by row."""
    return np.ravel(value) if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) == 2 else value
