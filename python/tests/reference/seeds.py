"""Other seeds for a script that is run unmodified: every seed that it sets, or leaves at its default, is moved by an offset."""

import random

import numpy as np


def shift(nest, offset):
    """From now on; the seed of the kernel as well as those of numpy and Python, which without one begin with the offset."""
    _kernel(nest, offset)
    for module, name in ((np.random, "default_rng"), (np.random, "seed"), (random, "seed")):
        setattr(module, name, _shifted(getattr(module, name), offset))
    np.random.seed(0)
    random.seed(0)


def _shifted(made, offset):
    def with_offset(seed=None, *more, **named):
        if seed is None:
            seed = 0
        return made(seed + offset if isinstance(seed, (int, np.integer)) else seed, *more, **named)

    return with_offset


def _kernel(nest, offset):
    default = nest.rng_seed
    module, inner = type(nest), type(nest).rng_seed

    class Seed:
        """The kernel attribute: what is set moves, what is read is what the kernel has."""

        _readonly, _default = False, default

        def __get__(self, instance, cls=None):
            return self if instance is None else inner.__get__(instance, cls)

        def __set__(self, instance, value):
            inner.__set__(instance, value + offset)

    def apart(setting):
        """`setting` without the seed, which goes through the attribute."""

        def set_status(values):
            values = dict(values)
            if "rng_seed" in values:
                nest.rng_seed = values.pop("rng_seed")
            if values:
                setting(values)

        return set_status

    set_all, reset = module.set, nest.ResetKernel
    module.rng_seed = Seed()
    module.set = lambda self, **values: apart(lambda rest: set_all(self, **rest))(values)
    nest.__dict__["SetKernelStatus"] = apart(nest.SetKernelStatus)

    def reset_kernel():
        reset()
        nest.rng_seed = default

    nest.__dict__["ResetKernel"] = reset_kernel
    nest.rng_seed = default
