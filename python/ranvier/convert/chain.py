"""A list of layers as a graph of populations, with weights and thresholds scaled so that activations become rates."""

import warnings

import numpy as np

from ..errors import IllegalConnection
from ._checks import mistake
from .graph import Graph, Sink, Source
from .layers import AveragePool, MaxPool, ReLU, Scale, Softmax
from .maxpool import max_pool
from .neurons import Neurons

__all__ = ["Chain", "rectified_first"]


class Chain:
    """The graph of a list of layers.

    Parameters
    ----------
    layers : list of Layer
    shape : tuple of int
        Of the input.
    scales : float64 ndarray
        Activation that is one spike per step, for each ReLU, then for the output.
    settings : Settings

    Attributes
    ----------
    graph : Graph
    host : list of Layer
        What has to be worked out before the input reaches the graph.
    output : str
        The population that is read.
    populations : list of str
        Those of the ReLUs, then the output if it is another one.
    scale : float
        Of the output.
    unit : float
        Threshold of the output, mV.
    """

    def __init__(self, layers, shape, scales, settings):
        self.settings, self.scales = settings, list(scales)
        self.nodes, self.edges, self.populations = {}, [], []
        layers = [layer for layer in layers if not isinstance(layer, Softmax)]
        self.host, layers = self._on_host(layers)
        for layer in self.host:
            shape = layer.output_shape(shape)
        if settings.reset != "subtract":
            layers = _averaged(layers, settings.reset)
        self._pending, self._scale, self.unit = [], 1.0, 1.0
        self._begin(shape)
        for k, layer in enumerate(layers):
            if layer.linear:
                self._pending.append((f"{k}_{type(layer).__name__}", layer))
            elif isinstance(layer, MaxPool):
                self._max_pool(f"{k}_MaxPool", layer)
            elif k + 1 < len(layers) or settings.read_out == "counts":
                self._population(f"{k}_ReLU", True)
        if self._pending or not isinstance(layers[-1], ReLU) or settings.read_out != "counts":
            self._population("neurons", settings.read_out == "counts")
        self.scale, self.output = self._scale, self._last
        self._add("output", Sink(self._shape))
        self.graph = Graph(self.nodes, self.edges)

    def _on_host(self, layers):
        """Max pooling of an analog input needs no neurons."""
        if self.settings.input != "analog":
            return [], layers
        first = next((k for k, layer in enumerate(layers) if isinstance(layer, ReLU)), len(layers))
        cut = max((k + 1 for k in range(first) if isinstance(layers[k], MaxPool)), default=0)
        return layers[:cut], layers[cut:]

    def _begin(self, shape):
        s = self.settings
        self._shape, self._last = tuple(shape), "input"
        self.nodes["input"] = Source(self._shape)
        if s.input == "if":
            slope = 1 / s.resolution
            self._add("encoder", Neurons(self._shape, slope=slope, reset=s.reset, strict=s.strict_threshold))
        elif s.input == "poisson":
            self._add("encoder", Neurons(self._shape, reset="zero", bernoulli=True))

    def _add(self, name, node):
        self.nodes[name] = node
        self.edges.append((self._last, name))
        self._last = name

    def _max_pool(self, name, layer):
        if self._pending or self._last == "input":
            after = f"after {self._pending[-1][0] if self._pending else 'the input'}"
            allowed, remedy = "a ReLU before or after it", "put a ReLU before it"
            raise mistake(IllegalConnection, "layers", name, after, allowed, remedy)
        if self.settings.adaptive:
            allowed = "AveragePool with adaptive=True"
            raise mistake(IllegalConnection, "layers", name, "spikes of several sizes", allowed, "replace it")
        output = layer.output_shape(self._shape)
        like = Neurons(output, strict=self.settings.strict_threshold)
        nodes, edges = max_pool(name, layer, self._shape, self._last, like)
        self.nodes.update(nodes)
        self.edges.extend(edges)
        self._last, self._shape = name, output

    def _population(self, name, spiking):
        """Neurons behind the linear layers so far. Thresholds follow the scales, or weights do."""
        s = self.settings
        scale = self.scales.pop(0) if spiking else 1.0
        self.unit = scale / self._scale if spiking and s.normalise == "thresholds" else 1.0
        weight, bias = self._scale * self.unit / scale, self.unit / scale
        if weight != 1 and not any(layer.weighted for _, layer in self._pending):
            self._pending.append((f"{name}_scale", Scale(1.0)))
        for node, layer in self._pending:
            self._add(node, layer.scaled(weight if layer.weighted else 1.0, bias))
            self._shape = layer.output_shape(self._shape)
            if layer.weighted:
                weight = 1.0
        self._pending = []
        neurons = Neurons(
            self._shape,
            V_th=self.unit if spiking else np.inf,
            reset=s.reset,
            strict=s.strict_threshold,
            tau_m=s.tau_m,
            t_ref=s.t_ref,
            slope=1 / s.resolution,
        )
        self._add(name, neurons)
        self.populations.append(name)
        self._scale = scale


def rectified_first(layers):
    """The layers with ReLU before MaxPool, which changes nothing: max(relu(a), relu(b)) = relu(max(a, b))."""
    layers = list(layers)
    for k in reversed(range(len(layers) - 1)):
        if isinstance(layers[k], MaxPool) and isinstance(layers[k + 1], ReLU):
            layers[k], layers[k + 1] = layers[k + 1], layers[k]
    return layers


def _averaged(layers, reset):
    """The layers with AveragePool for MaxPool, and a warning if there is one."""
    if not any(isinstance(layer, MaxPool) for layer in layers):
        return layers
    text = f"MaxPool needs reset='subtract'; with reset={reset!r} it has become AveragePool"
    warnings.warn(text, UserWarning, stacklevel=4)
    pools = [isinstance(layer, MaxPool) for layer in layers]
    return [AveragePool(x.kernel, x.stride, x.padding) if pool else x for x, pool in zip(layers, pools)]
