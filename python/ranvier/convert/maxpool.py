"""Max pooling by integrate-and-fire neurons.

max(a, b) = b + max(a - b, 0): neurons with the inputs a and -b fire at the rate max(a - b, 0), and together with the spikes of b
that is the larger rate. Windows of more than two elements are tournaments. Spikes are delayed so that those of one step of the
input meet again. The reset has to be by subtraction, so that neurons represent the difference exactly.
"""

import dataclasses

import numpy as np

from .graph import Delay
from .layers import Convolution, Scale

__all__ = ["max_pool"]


@dataclasses.dataclass
class _Part:
    """Part of a rate: spikes of a population through a linear layer, `begun` synapses after the input."""

    source: str
    layer: object
    begun: int


def max_pool(name, layer, shape, origin, like):
    """Populations that fire at the largest rate of each window.

    Parameters
    ----------
    name : str
        Of the layer; nodes are named after it.
    layer : MaxPool
    shape : tuple of int
        Of the input.
    origin : str
        The population whose spikes are pooled.
    like : Neurons
        Of the output's shape, with a threshold of 1 mV and reset by subtraction.

    Returns
    -------
    nodes : dict
        The last one, `name`, has the output.
    edges : list of (str, str)
    """
    nodes, edges = {}, []

    def link(parts, sign, target, level):
        for part in parts:
            node = f"{target}_from_{len(edges)}"
            nodes[node] = part.layer.scaled(sign, 1.0)
            edges.append((part.source, node))
            if wait := level - part.begun - 1:
                nodes[node + "_delay"] = Delay(np.full(like.size, wait))
                edges.append((node, node + "_delay"))
                node += "_delay"
            edges.append((node, target))

    rates = [[_Part(origin, taken, 0)] for taken in _elements(layer, shape)]
    level = 0
    while len(rates) > 1:
        level += 1
        larger = []
        for k in range(0, len(rates) - 1, 2):
            difference = f"{name}_{level}_{k // 2}"
            nodes[difference] = like
            link(rates[k], 1.0, difference, level)
            link(rates[k + 1], -1.0, difference, level)
            larger.append(rates[k + 1] + [_Part(difference, Scale(1.0), level)])
        rates = larger + (rates[-1:] if len(rates) % 2 else [])
    nodes[name] = like
    link(rates[0], 1.0, name, level + 1)
    return nodes, edges


def _elements(layer, shape):
    """For each element of the kernel the layer that takes it from every window: 0 in the padding, below which no rate is."""
    kernel, stride, padding = layer.geometry(shape)
    for k in np.ndindex(*kernel):
        weight = np.zeros((shape[0], 1, *kernel))
        weight[(slice(None), 0, *k)] = 1.0
        yield Convolution(weight, None, stride, padding, 1, shape[0])
