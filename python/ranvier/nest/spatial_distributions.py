"""Not supported: nodes have no positions."""

from ._absent import absent as _absent

_names = ("exponential", "gaussian", "gaussian2D", "gamma", "gabor")
globals().update(
    _absent("spatial_distributions", _names, "nodes have no positions; draw weights or pairs with numpy")
)
