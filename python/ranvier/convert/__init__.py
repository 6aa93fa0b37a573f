"""Deep networks as spiking networks, and networks in the Neuromorphic Intermediate Representation (NIR).

>>> from ranvier import convert
>>> layers = [convert.Dense(W0, b0), convert.ReLU(), convert.Dense(W1, b1), convert.Softmax()]
>>> spiking = convert.to_spiking(layers, x_train)
>>> result = spiking.run(x_test, steps=200, at=[50, 100, 200])
>>> result.classes, result.disagreement(convert.predict(layers, x_test))

Neurons are iaf_psc_delta without leak and refractory time, with reset by subtraction (or to zero) and biases as currents. A batch
of samples runs as copies of the network side by side. Needs SciPy; NIR graphs need the package nir: ``pip install 'ranvier[nir]'``.
"""

try:
    import scipy.sparse as _scipy  # noqa: F401
except ImportError:
    raise ImportError("ranvier.convert needs SciPy: pip install 'ranvier[nir]'") from None

from .layers import (
    AveragePool,
    BatchNorm,
    Convolution,
    Dense,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Scale,
    Softmax,
    SumPool,
)
from .nir_network import NirNetwork, NirResult
from .nir_read import from_nir
from .nir_write import to_nir
from .normalise import activation_scales, activations, predict
from .result import Result
from .spiking import SpikingNetwork, to_spiking

__all__ = [
    "to_spiking",
    "SpikingNetwork",
    "Result",
    "from_nir",
    "to_nir",
    "NirNetwork",
    "NirResult",
    "activation_scales",
    "activations",
    "predict",
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
