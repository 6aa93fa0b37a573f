"""Rules that say which pairs of nodes are connected."""

import dataclasses

__all__ = [
    "Rule",
    "all_to_all",
    "one_to_one",
    "fixed_indegree",
    "fixed_outdegree",
    "fixed_total_number",
    "pairwise_bernoulli",
    "pairwise_poisson",
    "symmetric_pairwise_bernoulli",
]


@dataclasses.dataclass(frozen=True)
class Rule:
    """A connection rule.

    Parameters
    ----------
    name : str
        One of the functions of this module.
    value : float, array of int or Distribution
        In-degree, out-degree, total number or probability, as the rule needs; degrees may differ between nodes.
    allow_autapses : bool
        Whether a neuron may be connected to itself.
    allow_multapses : bool
        Whether a pair may be connected more than once.
    make_symmetric : bool
        one_to_one: also target to source, with the same values.
    """

    name: str
    value: float = 0
    allow_autapses: bool = True
    allow_multapses: bool = True
    make_symmetric: bool = False

    def without_autapses(self):
        """The same rule, but no neuron is connected to itself."""
        return dataclasses.replace(self, allow_autapses=False)

    def without_multapses(self):
        """The same rule, but no pair is connected twice."""
        return dataclasses.replace(self, allow_multapses=False)

    def symmetric(self):
        """The same rule (one_to_one), and each target to its source as well."""
        return dataclasses.replace(self, make_symmetric=True)


def all_to_all():
    """Every source to every target. Arrays of weights and delays: [targets][sources]."""
    return Rule("all_to_all")


def one_to_one():
    """The k-th source to the k-th target. Arrays: [n]."""
    return Rule("one_to_one")


def fixed_indegree(k):
    """k sources, drawn at random, for every target; k may be an array or a Distribution. Arrays: [targets][k]."""
    return Rule("fixed_indegree", k)


def fixed_outdegree(k):
    """k targets, drawn at random, for every source; k may be an array or a Distribution. Arrays: [sources][k]."""
    return Rule("fixed_outdegree", k)


def fixed_total_number(n):
    """n pairs, drawn at random. Arrays: [n]."""
    return Rule("fixed_total_number", n)


def pairwise_bernoulli(p):
    """Every pair with probability p."""
    return Rule("pairwise_bernoulli", p)


def pairwise_poisson(mean):
    """Every pair as many times as a Poisson number of this mean says."""
    return Rule("pairwise_poisson", mean)


def symmetric_pairwise_bernoulli(p):
    """Each target draws sources, each with probability p < 1, not itself, and is connected with them in both directions."""
    return Rule("symmetric_pairwise_bernoulli", p, allow_autapses=False, make_symmetric=True)
