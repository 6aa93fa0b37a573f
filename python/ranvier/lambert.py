"""Lambert's W, which gives the peak time of the potential after an alpha-shaped current."""

import math


def lambert_wm1(x):
    """Lower real branch of Lambert's W, by Halley's iteration.

    Parameters
    ----------
    x : float
        -1/e < x < 0.

    Returns
    -------
    float
        w < -1 with w exp(w) = x.

    Raises
    ------
    ValueError
        If x is outside that range.
    """
    if not -1 / math.e < x < 0:
        raise ValueError(f"lambert_wm1: x is {x}, allowed: -1/e < x < 0")
    p, log = -math.sqrt(2 * (1 + math.e * x)), math.log(-x)
    w = -1 + p - p * p / 3 if x < -0.25 else log - math.log(-log)
    for _ in range(8):
        e = math.exp(w)
        f = w * e - x
        w -= f / (e * (w + 1) - (w + 2) * f / (2 * w + 2))
    return w
