"""Connections of recorders, meters and generators that act without synapses: the library keeps them with the device."""

import numpy as np

from ._kernel import kernel


class DeviceEdges:
    """Connections made by one call.

    Parameters
    ----------
    pre_ids, post_ids : int64 arrays
        Of the pairs, or of all_to_all.
    pairs : bool
        Which of both.
    model : str
        Synapse model.
    weight, delay : float, array in order of creation, or None
        None: the model's default now.
    receptor : int
    """

    def __init__(self, pre_ids, post_ids, pairs, model, weight, delay, receptor, autapses=True):
        defaults = kernel.core.defaults(model)
        self.pre_ids, self.post_ids, self.pairs, self.model, self.receptor = (
            pre_ids,
            post_ids,
            pairs,
            model,
            receptor,
        )
        self.weight = defaults["weight"] if weight is None else weight
        self.delay = defaults["delay"] if delay is None else delay
        self.autapses = autapses

    @classmethod
    def of_rule(cls, pre_ids, post_ids, rule, model, weight, delay, receptor):
        """Of all_to_all and one_to_one."""
        return cls(
            pre_ids, post_ids, rule.name == "one_to_one", model, weight, delay, receptor, rule.autapses
        )

    def __len__(self):
        return len(self.pre_ids) * (1 if self.pairs else len(self.post_ids))

    def rows(self):
        """source, target, weight, delay as arrays, targets outer."""
        n = len(self)
        if self.pairs:
            source, target = self.pre_ids, self.post_ids
        else:
            source, target = np.tile(self.pre_ids, len(self.post_ids)), np.repeat(
                self.post_ids, len(self.pre_ids)
            )
        steps = np.maximum(1, np.floor(np.broadcast_to(self.delay, (n,)) / kernel.resolution + 0.5))
        return (
            source,
            target,
            np.broadcast_to(np.asarray(self.weight, float), (n,)),
            steps * kernel.resolution,
        )

    @property
    def category(self):
        """1: neuron to device, 2: from a device."""
        return 1 if kernel.info(kernel.model_of(int(self.pre_ids[0])))["kind"] == "neuron" else 2
