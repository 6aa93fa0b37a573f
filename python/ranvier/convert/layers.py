"""Layers of deep networks, as plain objects that hold NumPy arrays.

Values have no axis of samples here: shapes are (features,), (channels, length) or (channels, height, width), flattened row by row.
Weights are ordered as in PyTorch and NIR: (outputs, inputs, ...). Each linear layer is a sparse matrix and a bias.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy import sparse

from ..errors import OutOfRange, WrongSize
from ._checks import array, choice, mistake, whole
from ._windows import pads, windows

__all__ = [
    "Layer",
    "Dense",
    "Convolution",
    "AveragePool",
    "SumPool",
    "MaxPool",
    "BatchNorm",
    "Scale",
    "Flatten",
    "ReLU",
    "Softmax",
]


class Layer:
    """What layers have in common.

    Linear ones have ``matrix`` and ``constant``; ReLU, Softmax and MaxPool do not.
    """

    linear = True
    weighted = False  # whether scaled() can take a factor of the weights

    def output_shape(self, shape):
        """The shape of what comes out if `shape` goes in. WrongSize if it does not fit."""
        return tuple(shape)

    def matrix(self, shape):
        """The weights for an input of this shape: scipy.sparse CSR array of shape (outputs, inputs)."""
        raise NotImplementedError(f"{type(self).__name__} is not linear")

    def constant(self, shape):
        """What is added for an input of this shape: float64 ndarray of shape (outputs,)."""
        return np.zeros(int(np.prod(self.output_shape(shape))))

    def scaled(self, weight, bias):
        """The same layer with its weights and bias multiplied by these numbers."""
        return self

    def _needs(self, good, shape, allowed):
        if not good:
            raise mistake(
                WrongSize, type(self).__name__, "input shape", tuple(shape), allowed, "fit the layers"
            )


def _bias(value, n, name):
    b = np.zeros(n) if value is None else array(value, name, "bias", 1)
    if len(b) != n:
        raise mistake(
            WrongSize, name, "bias", f"{len(b)} values", f"{n} values", "one for each output channel"
        )
    return b


@dataclasses.dataclass(eq=False)
class Dense(Layer):
    """y = W x + b.

    Parameters
    ----------
    weight : array of shape (outputs, inputs)
        The transpose of what scikit-learn and Keras keep.
    bias : array of shape (outputs,), optional

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """

    weight: Any
    bias: Any = None
    weighted = True

    def __post_init__(self):
        self.weight = array(self.weight, "Dense", "weight", 2)
        self.bias = _bias(self.bias, len(self.weight), "Dense")

    def output_shape(self, shape):
        self._needs(tuple(shape) == self.weight.shape[1:], shape, f"({self.weight.shape[1]},)")
        return (len(self.weight),)

    def matrix(self, shape):
        return sparse.csr_array(self.weight)

    def constant(self, shape):
        return self.bias

    def scaled(self, weight, bias):
        return Dense(self.weight * weight, self.bias * bias)


@dataclasses.dataclass(eq=False)
class Convolution(Layer):
    """Convolution in one or two dimensions (the cross-correlation that deep-learning libraries call so).

    Parameters
    ----------
    weight : array of shape (output channels, input channels / groups, length) or (..., height, width)
    bias : array of shape (output channels,), optional
    stride, dilation : int or one for each axis
    padding : int, one for each axis, "valid" or "same"
        Zeros on both sides.
    groups : int

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """

    weight: Any
    bias: Any = None
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: int = 1
    weighted = True

    def __post_init__(self):
        name = "Convolution"
        self.weight = array(self.weight, name, "weight", (3, 4))
        axes = self.weight.ndim - 2
        self.bias = _bias(self.bias, len(self.weight), name)
        self.stride = whole(self.stride, name, "stride", 1, axes)
        self.dilation = whole(self.dilation, name, "dilation", 1, axes)
        if isinstance(self.padding, str):
            choice(self.padding, name, "padding", ("valid", "same"))
        else:
            self.padding = whole(self.padding, name, "padding", 0, axes)
        self.groups = whole(self.groups, name, "groups", 1)
        if len(self.weight) % self.groups:
            raise mistake(
                OutOfRange,
                name,
                "groups",
                self.groups,
                f"divisors of {len(self.weight)} channels",
                "choose one",
            )

    def _windows(self, shape):
        inputs = self.weight.shape[1] * self.groups
        axes = self.weight.ndim - 2
        fits = len(shape) == axes + 1 and shape[0] == inputs
        self._needs(fits, shape, f"{inputs} channels of {axes} dimensions")
        kernel = self.weight.shape[2:]
        padding = pads(self.padding, kernel, self.dilation, self.stride, "Convolution")
        return windows(shape[1:], kernel, self.stride, padding, self.dilation, "Convolution")

    def output_shape(self, shape):
        return (len(self.weight), *self._windows(shape)[1])

    def matrix(self, shape):
        at, output = self._windows(shape)
        outputs, group_inputs = self.weight.shape[:2]
        n, area = int(np.prod(shape[1:])), int(np.prod(output))
        group = np.arange(outputs) // (outputs // self.groups)
        channel = group[:, None] * group_inputs + np.arange(group_inputs)
        # [output channel][input channel][place][element of the kernel]
        rows = (np.arange(outputs) * area)[:, None, None, None] + np.arange(area)[:, None]
        columns = (channel * n)[:, :, None, None] + at
        values = self.weight.reshape(outputs, group_inputs, 1, -1)
        rows, values, inside = (np.broadcast_to(a, columns.shape) for a in (rows, values, at >= 0))
        inside = inside & (values != 0)
        entries = (values[inside], (rows[inside], columns[inside]))
        return sparse.csr_array(entries, shape=(outputs * area, int(np.prod(shape))))

    def constant(self, shape):
        return np.repeat(self.bias, int(np.prod(self._windows(shape)[1])))

    def scaled(self, weight, bias):
        return dataclasses.replace(self, weight=self.weight * weight, bias=self.bias * bias)


@dataclasses.dataclass(eq=False)
class _Pool(Layer):
    """What pooling layers have in common: windows."""

    kernel: Any
    stride: Any = None
    padding: Any = 0

    def __post_init__(self):
        name = type(self).__name__
        for parameter, least in (("kernel", 1), ("stride", 1), ("padding", 0)):
            value = getattr(self, parameter)
            if value is not None:
                axes = None if np.ndim(value) == 0 else len(np.ravel(value))
                setattr(self, parameter, whole(value, name, parameter, least, axes))

    def geometry(self, shape):
        """Kernel, stride and padding for an input of this shape, each a tuple of ints, one for each axis."""
        name, axes = type(self).__name__, len(shape) - 1
        self._needs(axes in (1, 2), shape, "(channels, length) or (channels, height, width)")
        kernel = whole(self.kernel, name, "kernel", 1, axes)
        stride = kernel if self.stride is None else whole(self.stride, name, "stride", 1, axes)
        return kernel, stride, whole(self.padding, name, "padding", 0, axes)

    def windows(self, shape):
        """Positions of each window within a channel and the output's shape without channels; see _windows.windows."""
        kernel, stride, padding = self.geometry(shape)
        zeros = tuple((p, p) for p in padding)
        return windows(shape[1:], kernel, stride, zeros, (1,) * len(kernel), type(self).__name__)

    def output_shape(self, shape):
        return (shape[0], *self.windows(shape)[1])

    def inputs(self, shape):
        """Positions of each window in the flattened input: int64 ndarray of shape (outputs, elements), -1 for padding."""
        at, _ = self.windows(shape)
        n = int(np.prod(shape[1:]))
        every = np.where(at < 0, -1, at + (np.arange(shape[0]) * n)[:, None, None])
        return every.reshape(-1, at.shape[1])

    def _sums(self, shape, weight):
        at = self.inputs(shape)
        row, _ = np.nonzero(at >= 0)
        entries = (np.full(len(row), weight), (row, at[at >= 0]))
        return sparse.csr_array(entries, shape=(len(at), int(np.prod(shape))))


class AveragePool(_Pool):
    """Mean of each window.

    Parameters
    ----------
    kernel, stride, padding
        As in :class:`SumPool`; zeros of the padding count.
    """

    def matrix(self, shape):
        return self._sums(shape, 1 / self.windows(shape)[0].shape[1])


class SumPool(_Pool):
    """Sum of each window, in one or two dimensions.

    Parameters
    ----------
    kernel : int or one for each axis
    stride : int or one for each axis, optional
        Default: the kernel.
    padding : int or one for each axis
        Zeros on both sides.

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """

    def matrix(self, shape):
        return self._sums(shape, 1.0)


class MaxPool(_Pool):
    """Largest value of each window.

    Parameters
    ----------
    kernel, stride, padding
        As in :class:`SumPool`; what lies in the padding is never the largest.
    """

    linear = False


@dataclasses.dataclass(eq=False)
class BatchNorm(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with numbers that training has fixed, for each channel.

    Parameters
    ----------
    mean, variance : array of shape (channels,)
    gamma, beta : array of shape (channels,), optional
        Default: 1 and 0.
    epsilon : float

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """

    mean: Any
    variance: Any
    gamma: Any = None
    beta: Any = None
    epsilon: float = 1e-5
    weighted = True

    def __post_init__(self):
        for name in ("mean", "variance", "gamma", "beta"):
            value = getattr(self, name)
            value = np.full(len(self.mean), float(name == "gamma")) if value is None else value
            setattr(self, name, array(value, "BatchNorm", name, 1))
            if len(getattr(self, name)) != len(self.mean):
                raise mistake(
                    WrongSize, "BatchNorm", name, f"{len(value)} values", f"{len(self.mean)}", "one a channel"
                )
        if (self.variance + self.epsilon <= 0).any():
            raise mistake(
                OutOfRange, "BatchNorm", "variance", self.variance.min(), "> -epsilon", "give variances"
            )

    @property
    def gain(self):
        """What each channel is multiplied by."""
        return self.gamma / np.sqrt(self.variance + self.epsilon)

    @property
    def shift(self):
        """What is added to each channel then."""
        return self.beta - self.mean * self.gain

    def _spread(self, values, shape):
        self._needs(len(values) == shape[0], shape, f"{len(values)} channels")
        return np.repeat(values, int(np.prod(shape[1:])))

    def matrix(self, shape):
        return sparse.diags_array(self._spread(self.gain, shape), format="csr")

    def constant(self, shape):
        return self._spread(self.shift, shape)

    def scaled(self, weight, bias):
        zero, one = np.zeros_like(self.mean), np.ones_like(self.mean)
        return BatchNorm(zero, one, self.gain * weight, self.shift * bias, 0.0)


@dataclasses.dataclass(eq=False)
class Scale(Layer):
    """Multiplies every value.

    Parameters
    ----------
    factor : float or array of the input's shape

    Raises
    ------
    WrongType, WrongSize, OutOfRange
    """

    factor: Any
    weighted = True

    def __post_init__(self):
        self.factor = array(self.factor, "Scale", "factor")

    def output_shape(self, shape):
        self._needs(self.factor.shape in ((), tuple(shape)), shape, f"{self.factor.shape}")
        return tuple(shape)

    def matrix(self, shape):
        return sparse.diags_array(np.broadcast_to(self.factor, shape).ravel(), format="csr")

    def scaled(self, weight, bias):
        return Scale(self.factor * weight)


@dataclasses.dataclass(eq=False)
class Flatten(Layer):
    """Makes one axis of all, row by row."""

    def output_shape(self, shape):
        return (int(np.prod(shape)),)

    def matrix(self, shape):
        return sparse.eye_array(int(np.prod(shape)), format="csr")


@dataclasses.dataclass(eq=False)
class ReLU(Layer):
    """max(x, 0): becomes a layer of integrate-and-fire neurons."""

    linear = False


@dataclasses.dataclass(eq=False)
class Softmax(Layer):
    """exp(x) over its sum: becomes the way of reading the last layer's potentials. The last layer only."""

    linear = False
