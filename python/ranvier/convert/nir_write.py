"""Networks as graphs in the Neuromorphic Intermediate Representation."""

import numpy as np

from ..errors import IllegalConnection, WrongType
from ._checks import mistake
from .graph import Delay, Sink, Source
from .layers import BatchNorm, Convolution, Dense, Flatten, Scale, SumPool
from .neurons import Neurons
from .nir_network import NirNetwork
from .nir_read import Units, import_nir
from .nir_thresholds import MEMORY
from .spiking import SpikingNetwork

__all__ = ["to_nir"]


def to_nir(network, *, time_unit="s", spikes="dirac"):
    """The graph in NIR of a network.

    Parameters
    ----------
    network : SpikingNetwork or NirNetwork
    time_unit : {"s", "ms", "us", "step"}
        Of the graph's time constants, delays and rates of change.
    spikes : {"dirac", "step"}
        What a spike is; see :func:`from_nir`.

    Returns
    -------
    nir.NIRGraph
        To be saved by nir.write. Reading it with the same dt, time_unit and spikes and with the network's own reset makes the same
        network; NIR has no place for these, and none for whether a neuron fires at its threshold. Biases are there from the
        beginning, as with to_spiking(aligned=False).

    Raises
    ------
    WrongType
        No such network.
    IllegalConnection
        NIR has no such thing: max pooling of an analog input, Poisson input, refractory times, pooling of one dimension, reset by
        modulo, adaptive thresholds, a population whose biases and spikes cannot have the same r, Dirac pulses into a Threshold.
    """
    nir = import_nir()
    if not isinstance(network, (SpikingNetwork, NirNetwork)):
        raise mistake(
            WrongType,
            "to_nir",
            "network",
            type(network).__name__,
            "SpikingNetwork, NirNetwork",
            "use what to_spiking or from_nir has returned",
        )
    if isinstance(network, SpikingNetwork) and network.preprocessing:
        raise mistake(
            IllegalConnection,
            "to_nir: input",
            value="max pooling of an analog input",
            allowed="what NIR has",
            remedy="pool the data before, or put a ReLU before MaxPool",
        )
    if isinstance(network, SpikingNetwork) and (network.settings.adaptive or network.settings.reset == "modulo"):
        what = "adaptive thresholds" if network.settings.adaptive else "reset by modulo"
        raise mistake(IllegalConnection, "to_nir", "", what, "what NIR has", "convert with reset='subtract'")
    dt = network.units.dt if isinstance(network, NirNetwork) else network.settings.resolution
    writer = _Writer(nir, network.graph, Units(float(dt), time_unit, spikes))
    nodes, edges = {name: writer.node(name) for name in network.graph.nodes}, list(network.graph.edges)
    for name, node in network.graph.of(Neurons).items():
        if node.reset == "none" and not _at_once(node):
            potential = f"{name}_potential"
            edges = [(a, potential if b == name else b) for a, b in edges] + [(potential, name)]
            nodes[potential], nodes[name] = nodes[name], writer.threshold(node)
    return nir.NIRGraph(nodes, edges, type_check=False)


def _at_once(node):
    """Whether a population compares with its threshold what has come in within a step."""
    return node.reset == "none" and bool(np.all(node.tau_m == MEMORY))


def _full(node, x):
    return np.array(np.broadcast_to(np.ravel(x), node.size).reshape(node.shape))


class _Writer:
    def __init__(self, nir, graph, units):
        self._nir, self._graph, self._units = nir, graph, units
        self._biases = {}
        for name in graph.of(Neurons):
            self._plan(name)

    def _refuse(self, name, what, remedy):
        raise mistake(IllegalConnection, f"to_nir: {name}", value=what, allowed="what NIR has", remedy=remedy)

    def _plan(self, name):
        """By what biases before a population are multiplied, so that its r fits spikes and currents."""
        node, drive = self._graph.nodes[name], self._graph.drive(name)
        spiking = [self._sends_spikes(origin) for origin, _ in drive.terms]
        if any(spiking) and _at_once(node) and self._units.spikes == "dirac":
            self._refuse(name, "Dirac pulses into a Threshold", "use spikes='step'")
        ratio = self._ratio(node) if any(spiking) else np.ones(1)
        if np.allclose(ratio, 1.0, rtol=1e-12, atol=0):
            factor = 1.0
        elif np.ptp(ratio) <= 1e-12 * abs(np.max(ratio)) and all(spiking):
            factor = float(np.ravel(ratio)[0])
        else:
            self._refuse(
                name,
                "spikes and currents that differ by more than a factor",
                "use another time_unit or spikes",
            )
        waiting = list(self._graph.before(name))
        while waiting:
            before = waiting.pop()
            layer = self._graph.nodes[before]
            if isinstance(layer, (Neurons, Source)):
                continue
            if self._biases.setdefault(before, factor) != factor:
                self._refuse(before, "a bias that populations need on two scales", "give each its own layer")
            waiting += self._graph.before(before)

    def _sends_spikes(self, origin):
        node = self._graph.nodes[origin]
        return node.spikes if isinstance(node, Source) else True

    def _r(self, node):
        """The resistance that gives spikes their effect, in the graph's units."""
        filtered = node.tau_m if node.tau_syn is None else node.tau_syn
        r = node.jump / self._units.rise(np.asarray(filtered) / self._units.ms)
        return r if node.tau_syn is None else r * node.tau_m

    def _slope(self, node):
        """The slope that this resistance gives currents."""
        leak = node.tau_m if not np.isinf(node.tau_m).any() else self._units.ms
        return self._r(node) / leak

    def _ratio(self, node):
        """By how much currents count for more than this resistance says; 1 where neither they nor spikes count."""
        slope, jump = np.broadcast_arrays(np.ravel(node.slope), np.ravel(node.jump))
        of_spikes = np.broadcast_to(np.ravel(self._slope(node)), slope.shape)
        return np.divide(slope, of_spikes, out=np.ones(slope.shape), where=(jump != 0))

    def node(self, name):
        """A node of NIR."""
        nir, node, graph = self._nir, self._graph.nodes[name], self._graph
        if isinstance(node, Source):
            return nir.Input({"input": np.array(node.shape)})
        if isinstance(node, Sink):
            return nir.Output({"output": np.array(node.shape)})
        if isinstance(node, Delay):
            steps = np.reshape(node.steps, graph.inputs[name])
            return nir.Delay(steps * (self._units.dt / self._units.ms))
        if isinstance(node, Neurons):
            return self._neurons(name, node)
        shape = graph.inputs[name]
        made = self._layer(name, node.scaled(1.0, self._biases.get(name, 1.0)), shape)
        made.input_type = {"input": np.array(shape)}
        made.output_type = {"output": np.array(graph.output_shape(name))}
        return made

    def _neurons(self, name, node):
        if node.bernoulli:
            self._refuse(name, "Poisson input", "use input='analog' or 'if'")
        if np.any(node.t_ref):
            self._refuse(name, "a refractory time", "convert with t_ref=0")
        if _at_once(node):
            return self.threshold(node)
        nir, ms, full = self._nir, self._units.ms, lambda x: _full(node, x)
        spiking = any(self._sends_spikes(origin) for origin, _ in self._graph.drive(name).terms)
        r = self._r(node) if spiking else self._r(node) * self._ratio(node)
        r, leak, tau = full(r), full(node.E_L), full(np.asarray(node.tau_m) / ms)
        fires = node.spiking and node.reset != "none"
        fire = {"v_threshold": full(node.V_th), "v_reset": full(node.V_reset)} if fires else {}
        if node.tau_syn is not None:
            kind = nir.CubaLIF if fire else nir.CubaLI
            return kind(tau_syn=full(node.tau_syn) / ms, tau_mem=tau, r=r, v_leak=leak, **fire)
        if np.isinf(tau).all():
            return (nir.IF if fire else nir.I)(r=r, **fire)
        return (nir.LIF if fire else nir.LI)(tau=tau, r=r, v_leak=leak, **fire)

    def threshold(self, node):
        """The Threshold of a population that nothing resets."""
        return self._nir.Threshold(_full(node, node.V_th))

    def _layer(self, name, layer, shape):
        nir = self._nir
        if isinstance(layer, Dense):
            return nir.Affine(layer.weight, layer.bias) if layer.bias.any() else nir.Linear(layer.weight)
        if isinstance(layer, Scale):
            return nir.Scale(np.array(np.broadcast_to(layer.factor, shape)))
        if isinstance(layer, Flatten):
            return nir.Flatten({"input": np.array(shape)}, start_dim=0)
        if isinstance(layer, Convolution):
            return self._convolution(layer, shape)
        if isinstance(layer, BatchNorm):
            return self._each_channel(layer, shape)
        if len(shape) != 3:
            self._refuse(name, "pooling of one dimension", "use a Convolution")
        kind = nir.SumPool2d if isinstance(layer, SumPool) else nir.AvgPool2d
        return kind(*(np.array(x) for x in layer.geometry(shape)))

    def _convolution(self, layer, shape):
        nir, padding = self._nir, layer.padding
        values = [layer.stride, padding if isinstance(padding, str) else tuple(padding), layer.dilation]
        if len(shape) == 2:
            values = [v if isinstance(v, str) else v[0] for v in values]
            return nir.Conv1d(shape[1], layer.weight, *values, layer.groups, layer.bias)
        return nir.Conv2d(tuple(shape[1:]), layer.weight, *values, layer.groups, layer.bias)

    def _each_channel(self, norm, shape):
        """BatchNorm as a convolution with a single element, or as a diagonal matrix."""
        gain, bias = norm.gain, norm.shift
        if len(shape) == 1:
            return self._nir.Affine(np.diag(gain), bias)
        weight = gain.reshape(-1, *(1,) * len(shape))
        return self._convolution(Convolution(weight, bias, groups=shape[0]), shape)
