"""Drawing networks with graphviz is not supported."""

from ._absent import absent as _absent

globals().update(_absent("visualization", ("plot_network",), "plot matrices of weights with ranvier.plot"))
