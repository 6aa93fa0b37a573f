"""The deep network as it is, and the scales by which its activations become rates.

Rueckauer et al. 2017, Front Neurosci 11:682, section 2.2.
"""

import numpy as np

from ..errors import Error, OutOfRange, WrongSize, WrongType
from ._checks import array, mistake
from .layers import Layer, MaxPool, ReLU, Softmax

__all__ = ["activations", "predict", "activation_scales"]


def activations(layers, x):
    """What each layer of a deep network passes on.

    Parameters
    ----------
    layers : list of Layer
    x : array of shape (samples, *input shape)

    Returns
    -------
    list of float64 ndarray of shape (samples, *output shape)
        One for each layer.

    Raises
    ------
    WrongType, WrongSize
    """
    x = array(x, "activations", "x")
    shape, all_ = x.shape[1:], []
    flat = x.reshape(len(x), int(np.prod(shape)))
    layers = check_layers(layers)
    for layer, output in zip(layers, output_shapes(layers, shape)):
        flat = _forward(layer, flat, shape)
        shape = output
        all_.append(flat.reshape(len(x), *shape))
    return all_


def output_shapes(layers, shape):
    """The shape of what each layer passes on: a list of tuples. An error says which of the layers does not fit."""
    shapes = []
    for k, layer in enumerate(layers):
        try:
            shape = layer.output_shape(shape)
        except Error as e:
            raise mistake(
                type(e), f"layers[{k}]: {e.object}", e.parameter, e.value, e.allowed, e.remedy
            ) from None
        shapes.append(shape)
    return shapes


def check_layers(layers):
    """The layers as a list. WrongType if one is no Layer, OutOfRange if there is none."""
    try:
        layers = list(layers)
    except TypeError:
        raise mistake(
            WrongType, "layers", "layers", type(layers).__name__, "a list of layers", "put it into a list"
        ) from None
    for k, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise mistake(
                WrongType,
                "layers",
                f"layers[{k}]",
                type(layer).__name__,
                "Dense, Convolution, AveragePool, ...",
                "use the classes of ranvier.convert",
            )
        if isinstance(layer, Softmax) and k + 1 < len(layers):
            raise mistake(
                OutOfRange, "layers", f"layers[{k}]", "Softmax", "Softmax as the last layer", "move it"
            )
    if not layers or isinstance(layers[0], Softmax):
        names = [type(layer).__name__ for layer in layers]
        raise mistake(OutOfRange, "layers", "layers", names, "at least one layer before a Softmax", "add one")
    return layers


def _forward(layer, flat, shape):
    if isinstance(layer, ReLU):
        return np.maximum(flat, 0)
    if isinstance(layer, Softmax):
        return softmax(flat)
    if isinstance(layer, MaxPool):
        at = layer.inputs(shape)
        return np.where(at >= 0, flat[:, at], -np.inf).max(axis=2)
    return (layer.matrix(shape) @ flat.T).T + layer.constant(shape)


def softmax(x):
    """exp(x) over its sum along the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def predict(layers, x):
    """The class that a deep network gives each sample: int64 ndarray of shape (samples,). Errors of :func:`activations`."""
    last = activations(layers, x)[-1]
    return last.reshape(len(last), -1).argmax(axis=1)


def activation_scales(layers, x, percentile=99.9):
    """The activation of each layer that shall become one spike per step.

    Parameters
    ----------
    layers : list of Layer
    x : array of shape (samples, *input shape)
        Training data.
    percentile : float or list of float
        0 < percentile <= 100, for all layers or for each. 100: the largest activation (Diehl et al. 2015, IJCNN); the paper
        names 99.0 ... 99.999.

    Returns
    -------
    float64 ndarray
        For each ReLU the percentile of its outputs that are not zero; in the end, if the last layer is not a ReLU, that of the
        absolute values of the linear layer's outputs. 1 where all are zero.

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """
    layers, scales = check_layers(layers), []
    outputs = activations(layers, x)
    if not len(outputs[0]):
        raise mistake(WrongSize, "activation_scales", "x", "no samples", "at least one", "give training data")
    values = [outputs[k] for k, layer in enumerate(layers) if isinstance(layer, ReLU)]
    last = layers[:-1] if isinstance(layers[-1], Softmax) else layers
    if not isinstance(last[-1], ReLU):
        values.append(np.abs(outputs[len(last) - 1]))
    p = array(percentile, "activation_scales", "percentile", (0, 1))
    if p.ndim == 1 and len(p) != len(values):
        raise mistake(
            WrongSize,
            "activation_scales",
            "percentile",
            f"{len(p)} values",
            f"1 or {len(values)}",
            "count ReLUs",
        )
    if ((p <= 0) | (p > 100)).any():
        raise mistake(
            OutOfRange, "activation_scales", "percentile", percentile, "0 < percentile <= 100", "try 99.9"
        )
    for value, q in zip(values, np.broadcast_to(p, len(values))):
        some = value[value != 0]
        scales.append(np.percentile(some, q) if len(some) else 1.0)
    return np.array(scales)
