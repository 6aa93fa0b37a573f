"""Pairs of rules one by one, and errors of connecting."""

import numpy as np

from .. import errors as _errors
from ._errors import error, translated
from ._kernel import kernel
from ._parameters import Parameter


def connect_errors(post=None):
    multi = post is not None and any(
        kernel.info(m)["lists_receptors"] for m, _ in post._blocks() if kernel.info(m)["kind"] == "neuron"
    )

    class Context:
        def __enter__(self):
            return self

        def __exit__(self, _, e, __):
            if not isinstance(e, _errors.Error):
                return False
            if isinstance(e, _errors.IllegalConnection) and e.parameter.startswith("receptor"):
                name = "IncompatibleReceptorType" if multi else "UnknownReceptorType"
                raise error(name, str(e)) from e
            if isinstance(e, _errors.WrongSize):
                raise ValueError(str(e)) from e
            raise translated(e) from e

    return Context()


def degrees(value):
    """What a rule needs, as the library takes it."""
    return value.distribution if isinstance(value, Parameter) else value


def pairs(pre, post, rule):
    """The pairs of a rule, targets outer."""
    if isinstance(rule.value, Parameter) and rule.name.startswith("pairwise"):
        return _random_pairs(pre._array(), post._array(), rule)
    symmetric = rule.name.startswith("symmetric")
    with connect_errors(post):
        source, target = kernel.core.draw(
            pre._spec, post._spec, rule.name, degrees(rule.value), rule.autapses, rule.multapses, symmetric
        )
    if symmetric:
        return np.concatenate([source, target]), np.concatenate([target, source])
    return source, target


def _generator():
    seed, ordinal = kernel.next_draw()
    return np.random.Generator(np.random.Philox(key=[seed, ordinal]))


def _random_pairs(pre, post, rule):
    """Each pair with a probability or number of its own."""
    g = _generator()
    sources, targets = [], []
    for t in post:
        values = rule.value.draw(len(pre))
        times = (
            (g.random(len(pre)) < values)
            if rule.name == "pairwise_bernoulli"
            else g.poisson(np.maximum(values, 0))
        )
        times = times.astype(np.int64)
        if not rule.autapses:
            times[pre == t] = 0
        sources.append(np.repeat(pre, times))
        targets.append(np.full(int(times.sum()), t))
    return np.concatenate(sources), np.concatenate(targets)
