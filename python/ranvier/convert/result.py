"""What converted networks have answered."""

import dataclasses

import numpy as np

from .normalise import softmax

__all__ = ["Result"]


@dataclasses.dataclass(eq=False)
class Result:
    """What a converted network has answered.

    Attributes
    ----------
    steps : int64 ndarray of shape (times,)
        When it was read.
    outputs : float64 ndarray of shape (times, samples, n)
        The deep network's last linear outputs as they are estimated: potential or count, divided by the number of steps; with
        read_out="softmax" how often outputs have fired in a step.
    potentials : float64 ndarray of shape (times, samples, n)
        mV; of the output.
    counts : dict of str: int64 ndarray of shape (times, samples, n)
        Spikes of each population that was recorded.
    read_out : {"membrane", "counts", "softmax"}
    """

    steps: np.ndarray
    outputs: np.ndarray
    potentials: np.ndarray
    counts: dict
    read_out: str

    @property
    def classes(self):
        """The largest output, the first one among equals: int64 ndarray of shape (times, samples)."""
        return self.outputs.argmax(axis=2)

    @property
    def probabilities(self):
        """Softmax of the outputs, which with read_out="softmax" they are: float64 ndarray of shape (times, samples, n)."""
        return self.outputs if self.read_out == "softmax" else softmax(self.outputs)

    def disagreement(self, classes):
        """How many samples have another class than in `classes`, of shape (samples,): int64 ndarray of shape (times,)."""
        return (self.classes != np.asarray(classes)).sum(axis=1)
