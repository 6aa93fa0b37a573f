"""What some converted networks need after every step: reset by modulo, thresholds that follow the rates.

Names of the options are those of the SNN Toolbox (Rueckauer et al. 2017, Front Neurosci 11:682): "Reset by modulo", online
normalisation.
"""

import numpy as np

__all__ = ["Stepwise"]

# The threshold of a population that has not fired, as a part of its scale.
_LEAST = 0.01


class Stepwise:
    """What is done between the steps of one run of an Engine.

    Parameters
    ----------
    engine : Engine
        gains[name]: by what potentials of a population have to be multiplied, float64 ndarray of shape (copies * n,).
    starts : dict of str: int
        Steps until the first spike of the input can reach each population.
    modulo : bool
        Whether neurons that have fired keep the remainder of their potential divided by the threshold.
    adaptive : list of str
        Populations whose threshold, and so the size of their spikes, is 0.01 + 0.99 r of their scale, where r is the largest
        rate among their neurons so far, in spikes per step; the scale itself in the first step. Of each copy for itself.

    Notes
    -----
    Weights stay as they are. Instead, what the smaller spikes of a population reach has its potential, threshold and current
    divided by their size, one step later, when these spikes arrive.
    """

    def __init__(self, engine, starts, modulo, adaptive):
        self._engine, self._starts, self._modulo, self._adaptive = engine, starts, modulo, adaptive
        self._firing = [name for name, node in engine.neurons.items() if node.spiking and not node.bernoulli]
        self._sizes = {name: np.ones(engine.copies) for name in adaptive}
        self._counts = {name: 0 for name in adaptive}
        self._origins = {
            name: origin
            for name, drive in engine.drives.items()
            for origin, _ in drive.terms
            if origin in adaptive
        }
        engine.gains.clear()
        for name in {*adaptive, *self._origins} & {*self._firing}:
            V_reset = engine.neurons[name].params(engine.h)["V_reset"]
            engine.populations[name].set(V_reset=V_reset)

    def __bool__(self):
        return bool(self._modulo or self._adaptive)

    def after(self, step):
        """So many steps are done."""
        engine, now = self._engine, self._engine.network.time
        for name in self._firing:
            fired = np.abs(engine.populations[name].get("t_spike") - now) < engine.h / 2
            if self._modulo:
                self._wrap(name, fired)
            if name in self._counts:
                self._counts[name] = self._counts[name] + fired
        if self._adaptive:
            self._adapt(step)

    def _threshold(self, name):
        """mV; one for each neuron of each copy."""
        node, gain = self._engine.neurons[name], self._engine.gains.get(name, 1.0)
        size = np.repeat(self._sizes[name], node.size) if name in self._sizes else 1.0
        return np.broadcast_to(node.V_th * size / gain, node.size * self._engine.copies)

    def _wrap(self, name, fired):
        population, threshold = self._engine.populations[name], self._threshold(name)
        V = population.get("V_m")
        over = fired & (V >= threshold)  # by more than one threshold: one has been subtracted
        if over.any():
            V[over] = np.mod(V[over], threshold[over])
            population.set(V_m=V)

    def _adapt(self, step):
        engine, arriving = self._engine, dict(self._sizes)
        for name in self._adaptive:
            if step > self._starts[name]:
                counts = self._counts[name].reshape(engine.copies, -1)
                largest = counts.max(axis=1) / (step - self._starts[name])
                self._sizes[name] = _LEAST + (1 - _LEAST) * largest
        for name, origin in self._origins.items():
            node, population = engine.neurons[name], engine.populations[name]
            gain = np.repeat(arriving[origin], node.size)
            V_m = population.get("V_m") * (engine.gains.get(name, 1.0) / gain)
            engine.gains[name] = gain
            population.set(V_m=V_m, I_e=engine.plan.total(name, step) / gain)
        for name in {*self._adaptive, *self._origins} & {*self._firing}:
            V_th, V_reset = engine.neurons[name].threshold(self._threshold(name))
            engine.populations[name].set(V_th=V_th, V_reset=V_reset)
