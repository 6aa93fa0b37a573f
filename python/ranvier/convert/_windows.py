"""Windows of convolutions and pooling layers as tables of positions."""

import numpy as np

from ..errors import OutOfRange
from ._checks import mistake

__all__ = ["windows", "pads"]


def pads(padding, kernel, dilation, stride, object):
    """Zeros before and after each axis: a tuple of pairs of ints.

    Parameters
    ----------
    padding : "valid", "same" or tuple of int
        "same": as many outputs as inputs, the odd zero behind; only with stride 1.
    """
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same":
        if set(stride) != {1}:
            raise mistake(
                OutOfRange, object, "padding", "'same'", "numbers where the stride is not 1", "give numbers"
            )
        total = [d * (k - 1) for k, d in zip(kernel, dilation)]
        return tuple((t // 2, t - t // 2) for t in total)
    return tuple((p, p) for p in padding)


def windows(shape, kernel, stride, padding, dilation, object):
    """Which inputs each output of a convolution or pooling layer sees.

    Parameters
    ----------
    shape : tuple of int
        Of a channel: length, or height and width.
    kernel, stride, dilation : tuple of int
        One for each axis.
    padding : tuple of pairs of int
        Of zeros before and after each axis; see :func:`pads`.

    Returns
    -------
    positions : int64 ndarray of shape (outputs, elements of the kernel)
        Positions in the flattened channel, -1 for a zero of the padding.
    output_shape : tuple of int

    Raises
    ------
    OutOfRange
        The kernel is larger than the padded input.
    """
    positions, output = np.zeros((1, 1), np.int64), []
    for size, k, s, (before, after), d in zip(shape, kernel, stride, padding, dilation):
        room = size + before + after - d * (k - 1) - 1
        if room < 0:
            raise mistake(
                OutOfRange,
                object,
                "kernel",
                kernel,
                f"no larger than the input, {shape} and its padding",
                "use a smaller kernel or more padding",
            )
        output.append(room // s + 1)
        at = np.arange(output[-1])[:, None] * s - before + np.arange(k) * d
        at = np.where((at >= 0) & (at < size), at, -1)
        # Row-major: the new axis runs fastest, among outputs and within the kernel.
        joint = positions[:, None, :, None] * size + at[None, :, None, :]
        outside = (positions < 0)[:, None, :, None] | (at < 0)[None, :, None, :]
        positions = np.where(outside, -1, joint).reshape(-1, positions.shape[1] * k)
    return positions, tuple(output)
