"""Deep networks as networks of integrate-and-fire neurons."""

import dataclasses

import numpy as np

from ..errors import OutOfRange, WrongSize
from ..network import Network
from ._checks import array, choice, mistake, whole
from .chain import Chain, rectified_first
from .engine import Engine
from .normalise import activation_scales, activations, check_layers, output_shapes, softmax
from .layers import ReLU
from .neurons import Neurons
from .result import Result
from .stepwise import Stepwise

__all__ = ["to_spiking", "SpikingNetwork"]

# Connections of all copies together if nothing is said about batches: on a GPU, and for each worker of a CPU, whose cache they
# should fit into (10 bytes each).
_CONNECTIONS_GPU, _CONNECTIONS_WORKER = 20_000_000, 125_000


@dataclasses.dataclass(frozen=True)
class Settings:
    """How a network is converted; see :func:`to_spiking`."""

    reset: str
    strict_threshold: bool
    input: str
    read_out: str
    normalise: str
    aligned: bool
    tau_m: float
    t_ref: float
    resolution: float
    adaptive: bool

    def __post_init__(self):
        allowed = {
            "reset": ("subtract", "zero", "modulo"),
            "input": ("analog", "if", "poisson"),
            "read_out": ("membrane", "counts", "softmax"),
            "normalise": ("weights", "thresholds"),
        }
        for name, values in allowed.items():
            choice(getattr(self, name), "to_spiking", name, values)
        if not self.tau_m > 0:
            raise mistake(OutOfRange, "to_spiking", "tau_m", self.tau_m, "> 0 ms, inf", "inf: no leak")
        if not self.t_ref >= 0:
            raise mistake(OutOfRange, "to_spiking", "t_ref", self.t_ref, ">= 0 ms", "0: none")


def to_spiking(
    layers,
    data=None,
    *,
    input_shape=None,
    percentile=99.9,
    scales=None,
    reset="subtract",
    strict_threshold=False,
    input="analog",
    read_out="membrane",
    normalise="weights",
    aligned=True,
    adaptive=False,
    tau_m=np.inf,
    t_ref=0.0,
    resolution=1.0,
    batch=None,
    **options,
):
    """Converts a deep network of ReLUs into a network of integrate-and-fire neurons whose rates are its activations.

    Rueckauer et al. 2017, Front Neurosci 11:682; Diehl et al. 2015, IJCNN.

    Parameters
    ----------
    layers : list of Layer
        Dense, Convolution, AveragePool, MaxPool, BatchNorm, Flatten, ReLU, ... ; at the end Softmax or not. Linear layers that
        follow one another have no neurons between them.
    data : array of shape (samples, *input shape), optional
        Training data, from which scales are found. Needed if `scales` are not given.
    input_shape : tuple of int, optional
        Needed if there are no data.
    percentile : float or list of float
        See :func:`activation_scales`.
    scales : array, optional
        The activation that becomes one spike per step: for each ReLU, then for the output if it is read by counts (default 1).
    reset : {"subtract", "zero", "modulo"}
        A spike lowers the potential by the threshold, sets it to 0, or leaves the remainder of its division by the threshold.
        With "zero" what exceeded the threshold is lost, with "modulo" whole thresholds are, and rates stay below activations
        however long the run is. MaxPool needs "subtract"; otherwise it becomes AveragePool, with a warning.
    strict_threshold : bool
        Whether neurons fire above the threshold (V > V_th: Brian2, NIR) or also at it (V >= V_th: Ranvier, NEST). It matters
        where sums are exactly equal to the threshold.
    input : {"analog", "if", "poisson"}
        Values go to the first neurons as constant currents; or each value is the rate, in spikes per step, of a neuron that
        integrates it; or of one that fires independently in each step with this probability. Rates have to lie in [0, 1].
    read_out : {"membrane", "counts", "softmax"}
        The last layer integrates and never fires; or it fires and its spikes are counted (positive outputs only); or it
        integrates, and in every step each output fires with a probability that is the softmax of the potentials then, of which
        spikes are counted. The random numbers are those of seed, sample, step and output.
    normalise : {"weights", "thresholds"}
        What is scaled. The same spikes come out, up to rounding.
    aligned : bool
        A synapse takes a step, so that layer k hears of the input k - 1 steps late. True: currents of biases begin in step k - 1
        of layer k, the run is longer by the depth of the network, and the result after T steps is that of a network without
        delays. False: all biases begin at once, and the result is what is there after T steps.
    adaptive : bool
        Thresholds of all ReLUs but an output that is counted follow their rates, from 0.01 to 1 times the scale for a largest
        rate from 0 to 1 per step in the layer; a spike counts for as much as the threshold is. Not with MaxPool behind ReLUs.
    tau_m : float
        ms; time constant of a leak, also of what currents bring within a step. inf: none.
    t_ref : float
        ms; refractory time, during which input is lost. 0: a spike in each step is possible.
    resolution : float
        ms.
    batch : int, optional
        How many samples run side by side; results do not depend on it, except those of Poisson input. Default: as many as fit into
        the processor's caches, or on a GPU as make 20 million connections, but not more than there are in the first run.
    **options
        Of :class:`ranvier.Network`: seed, threads, backend, ...

    Returns
    -------
    SpikingNetwork

    Raises
    ------
    WrongType, WrongSize, OutOfRange, BackendError
    IllegalConnection
        MaxPool neither before nor after a ReLU, nor before all of them.

    Notes
    -----
    Max pooling takes one neuron for each element of a window, of which the last one fires at the largest rate; these neurons have
    neither a leak nor a refractory time. Its rates are right up to a few spikes, as long as spikes come regularly; with Poisson
    input the error of equal rates falls with the square root of the number of steps.

    With "modulo", "softmax" and `adaptive` the host looks at potentials after every step: they take longer.
    """
    settings = Settings(
        reset,
        bool(strict_threshold),
        input,
        read_out,
        normalise,
        bool(aligned),
        tau_m,
        t_ref,
        resolution,
        bool(adaptive),
    )
    layers = check_layers(layers)
    if data is not None:
        data = array(data, "to_spiking", "data")
        input_shape = data.shape[1:]
    if input_shape is None or (data is None and scales is None):
        lacking = "input_shape" if input_shape is None and scales is not None else "data"
        raise mistake(
            WrongSize, "to_spiking", lacking, None, "training data, or scales and input_shape", "give them"
        )
    output_shapes(layers, tuple(input_shape))
    layers = rectified_first(layers)
    if scales is None:
        scales = activation_scales(layers, data, percentile)
    scales = _checked(scales, sum(isinstance(layer, ReLU) for layer in layers))
    batch = None if batch is None else whole(batch, "to_spiking", "batch", 1)
    chain = Chain(layers, tuple(input_shape), scales, settings)
    return SpikingNetwork(layers, tuple(input_shape), scales, chain, batch, options)


def _checked(scales, rectifiers):
    scales = array(scales, "to_spiking", "scales", 1)
    if len(scales) not in (rectifiers, rectifiers + 1):
        raise mistake(
            WrongSize,
            "to_spiking",
            "scales",
            f"{len(scales)} values",
            f"{rectifiers} or {rectifiers + 1}",
            "one for each ReLU, and one for the output",
        )
    if (scales <= 0).any():
        raise mistake(OutOfRange, "to_spiking", "scales", scales.min(), "> 0", "give activations")
    return scales if len(scales) > rectifiers else np.append(scales, 1.0)


class SpikingNetwork:
    """A converted network. Made by :func:`to_spiking`.

    Attributes
    ----------
    layers : list of Layer
    scales : float64 ndarray
        The activation that is one spike per step, for each ReLU, then for the output.
    settings : Settings
        Arguments of :func:`to_spiking`.
    graph : Graph
        Populations and scaled layers.
    preprocessing : list of Layer
        What is worked out before the input reaches the graph: layers up to a MaxPool before the first neurons.
    network : ranvier.Network or None
        None before the first run.
    """

    def __init__(self, layers, input_shape, scales, chain, batch, options):
        self.layers, self.input_shape, self.scales = layers, input_shape, scales
        self.settings, self.graph = chain.settings, chain.graph
        self._chain, self._batch, self._options, self._engine = chain, batch, options, None
        self._recorded = ()
        machine = Network(resolution=self.settings.resolution, **options)  # finds mistakes now
        cpu = machine.backend == "cpu"
        self._most = _CONNECTIONS_WORKER * machine.threads if cpu else _CONNECTIONS_GPU

    network = property(lambda self: self._engine and self._engine.network)
    preprocessing = property(lambda self: list(self._chain.host))

    @property
    def populations(self):
        """Names of the populations of the ReLUs, then of the output."""
        return list(self._chain.populations)

    def run(self, x, steps=200, at=None, rates=False):
        """Shows samples to the network, each for so many steps, and reads its output.

        The network is built in the first run. Later runs begin from the same state; nothing is built anew.

        Parameters
        ----------
        x : array of shape (samples, *input shape)
        steps : int
        at : list of int, optional
            Ascending numbers of steps, up to `steps`, after which the output is read; default: [steps].
        rates : bool
            Also count the spikes of all populations of ReLUs. The first run that asks for them builds the network anew.

        Returns
        -------
        Result

        Raises
        ------
        WrongType, WrongSize, OutOfRange
            Among others where values are no rates, in [0, 1], though the input is "if" or "poisson".
        """
        x = self._input(x)
        at = self._times(whole(steps, "run", "steps", 1), at)
        engine = self._ready(len(x), bool(rates))
        parts = []
        for k in range(0, len(x), engine.copies):
            part = x[k : k + engine.copies]
            padded = np.zeros((engine.copies, x.shape[1]))
            padded[: len(part)] = part
            parts.append([values[:, : len(part)] for values in self._show(padded, at, k)])
        joined = [np.concatenate(values, axis=1) for values in zip(*parts)]
        return self._result(at, joined)

    def _input(self, x):
        x = array(x, "run", "x")
        if x.shape[1:] != self.input_shape or not len(x):
            raise mistake(
                WrongSize, "run", "x", f"shape {x.shape}", f"(samples, *{self.input_shape})", "reshape it"
            )
        if self.preprocessing:
            x = activations(self.preprocessing, x)[-1]
        x = x.reshape(len(x), -1)
        if self.settings.input != "analog" and ((x < 0) | (x > 1)).any():
            raise mistake(
                OutOfRange,
                "run",
                "x",
                x.max() if x.max() > 1 else x.min(),
                f"rates in [0, 1] for input={self.settings.input!r}",
                "scale the data and the first weights, or use input='analog'",
            )
        return x

    def _times(self, steps, at):
        if at is None:
            return [steps]
        times = whole(at, "run", "at", 1, np.size(at) or 1)
        if not np.size(at) or (np.diff(times) <= 0).any() or times[-1] > steps:
            raise mistake(OutOfRange, "run", "at", at, f"ascending numbers from 1 to {steps}", "sort them")
        return list(times)

    def _ready(self, samples, rates):
        recorded = self._chain.populations if rates else [self._chain.output]
        recorded = tuple(name for name in recorded if self.graph.nodes[name].spiking)
        if self._engine is None or not set(recorded) <= set(self._recorded):
            if self._batch is None:
                self._batch = min(samples, max(1, self._most // max(1, self.connections)))
            self._recorded = recorded
            self._engine = Engine(
                self.graph, self._batch, self.settings.resolution, recorded, **self._options
            )
            self._offsets = self._delays()
        return self._engine

    @property
    def connections(self):
        """Number of synapses of one copy of the network."""
        neurons = self.graph.of(Neurons)
        terms = [term for name in neurons for term in self.graph.drive(name).terms.items()]
        return sum(matrix.nnz for (origin, _), matrix in terms if origin in neurons)

    def _delays(self):
        """Steps until the first spike of the input can reach each population."""
        late = {}
        for name, drive in self._engine.drives.items():  # in order from input to output
            hops = [late[o] + 1 + d for o, d in drive.terms if o in late]
            late[name] = max(hops, default=0)
        return late if self.settings.aligned else dict.fromkeys(late, 0)

    def _show(self, x, at, first):
        """Potentials of the output, spikes drawn from them, then counts, for one batch: arrays of shape (times, samples, n).

        first: number of the first sample.
        """
        engine, output, s = self._engine, self._chain.output, self.settings
        offset, potentials, drawn = self._offsets[output], [], []
        hidden = [name for name in self._chain.populations if s.adaptive and name != output]
        stepwise = Stepwise(engine, self._offsets, s.reset == "modulo", hidden)
        uniform = self._uniform(first, at[-1]) if s.read_out == "softmax" else None
        spikes = np.zeros((engine.copies, engine.neurons[output].size), np.int64)

        def visit(k):
            now = engine.potentials(output)
            if uniform is not None and k > offset:
                spikes[:] += uniform[k - offset - 1] < softmax(now)
            if k - offset in at:
                potentials.append(now)
                drawn.append(spikes.copy())
            if stepwise:
                stepwise.after(k)

        every = stepwise or uniform is not None
        stops = range(1, at[-1] + offset + 1) if every else [t + offset for t in at]
        engine.run(at[-1] + offset, {"input": x}, stops=stops, visit=visit, starts=self._offsets)
        # Before its offset nothing reaches a population.
        counts = [engine.counts(name, np.array(at) + self._offsets[name]) for name in self._recorded]
        return [np.array(potentials), np.array(drawn), *counts]

    def _uniform(self, first, steps):
        """Random numbers in [0, 1) for a batch: float64 ndarray of shape (steps, copies, n)."""
        seed, n = self._options.get("seed", 1), self._engine.neurons[self._chain.output].size
        of_sample = [
            np.random.Generator(np.random.Philox(key=[seed, first + k])).random((steps, n))
            for k in range(self._engine.copies)
        ]
        return np.stack(of_sample, axis=1)

    def _result(self, at, values):
        potentials, drawn, *counts = values
        chain, times = self._chain, np.array(at, dtype=float)[:, None, None]
        counts = dict(zip(self._recorded, counts))
        if self.settings.read_out == "counts":
            outputs = counts[chain.output] / times * chain.scale
        elif self.settings.read_out == "softmax":
            outputs, counts[chain.output] = drawn / times, drawn
        else:
            outputs = potentials / times * (chain.scale / chain.unit)
        return Result(np.array(at), outputs, potentials, counts, self.settings.read_out)
