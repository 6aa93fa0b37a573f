"""Connectors. Those that the library has a rule for are handed over as a rule; the others go PyNN's own way.

A connector with an `rng` other than NativeRNG draws its connections as in PyNN: the same network as in every other simulator.
Without one, or with NativeRNG, the library draws them.
"""

import inspect

import numpy as np
from pyNN import connectors, errors
from pyNN.random import RandomDistribution

from .. import rules
from .random import NativeRNG, distribution

__all__ = [
    "Connector",
    "AllToAllConnector",
    "OneToOneConnector",
    "FixedProbabilityConnector",
    "DistanceDependentProbabilityConnector",
    "DisplacementDependentProbabilityConnector",
    "IndexBasedProbabilityConnector",
    "FromListConnector",
    "FromFileConnector",
    "FixedNumberPreConnector",
    "FixedNumberPostConnector",
    "FixedTotalNumberConnector",
    "SmallWorldConnector",
    "CSAConnector",
    "CloneConnector",
    "ArrayConnector",
]

Connector = connectors.Connector
DistanceDependentProbabilityConnector = connectors.DistanceDependentProbabilityConnector
DisplacementDependentProbabilityConnector = connectors.DisplacementDependentProbabilityConnector
IndexBasedProbabilityConnector = connectors.IndexBasedProbabilityConnector
SmallWorldConnector = connectors.SmallWorldConnector
CSAConnector = connectors.CSAConnector
CloneConnector = connectors.CloneConnector


def _random(lazy):
    """The RandomDistribution behind a parameter; None if it is not random."""
    return lazy.base_value if isinstance(lazy.base_value, RandomDistribution) else None


def _native_value(name, lazy):
    """A number for a parameter, or a ranvier.Distribution for a weight or delay; None if it is neither."""
    if lazy.is_homogeneous:
        return lazy.evaluate(simplify=True)
    drawn = _random(lazy) if name in ("weight", "delay") else None
    if drawn is not None and isinstance(drawn.rng, NativeRNG) and not lazy.operations:
        return distribution(drawn.name, drawn.parameters)
    return None


class _ByRule:
    """A connector that the library has a rule for. `_drawn`: whether the rule is random."""

    _drawn = True

    def __init__(self, *args, **named):
        given = inspect.signature(super().__init__).bind(*args, **named).arguments
        n, rng = given.get("n"), given.get("rng")
        if isinstance(n, (int, np.integer)):
            given["n"] = n = int(n)
            self._check_not_negative(n)
        try:
            super().__init__(**given)
        except AssertionError as e:
            if not isinstance(n, RandomDistribution):
                raise
            raise errors.InvalidParameterValueError(
                f"{type(self).__name__}: n = {n}, allowed: distributions without negative numbers; give it a lower bound"
            ) from e
        self._by_library = not self._drawn or rng is None or isinstance(rng, NativeRNG)

    def _check_not_negative(self, n, where=""):
        """pyNN.errors.InvalidParameterValueError for a negative number of connections; where: a projection's label."""
        if np.min(n) < 0:
            raise errors.InvalidParameterValueError(
                f"{where}{type(self).__name__}: n = {np.min(n)}, allowed: >= 0; give a number of connections"
            )

    def connect(self, projection):
        """Connects a projection's cells. pyNN.errors.ConnectionError if that cannot be."""
        self._check(projection)
        rule = self._rule(projection) if self._by_library and projection._takes_rules() else None
        if rule is None:
            super().connect(projection)
            self._check_made(projection)
            return
        space = self._parameters_from_synapse_type(projection)
        values = {name: _native_value(name, lazy) for name, lazy in space.items()}
        if all(value is not None for value in values.values()):
            projection._connect_by_rule(rule, values, self.safe)
        elif self._drawn:
            pre, post = projection._draw(rule)
            projection._connect_pairs(
                pre, post, {k: _of_pairs(v, pre, post) for k, v in space.items()}, self.safe
            )
        else:
            super().connect(projection)
            return
        if self.callback:
            self.callback(1.0)

    def _check(self, projection):
        if self.location_selector is not None:
            raise errors.ConnectionError(
                f"{projection.label}: location_selector = {self.location_selector!r}, allowed: None; neurons are points"
            )

    def _check_made(self, projection):
        """ConnectionError if PyNN has drawn what it must not."""

    def _autapses(self, rule):
        """The rule with or without autapses; None for what the library has no rule for."""
        if self.allow_self_connections == "NoMutual":
            return None
        return rule if self.allow_self_connections else rule.without_autapses()


def _of_pairs(lazy, pre, post):
    """Values of a parameter for pairs of positions: a number, or an array with one for each pair."""
    if lazy.is_homogeneous:
        return lazy.evaluate(simplify=True)
    drawn = _random(lazy)
    if drawn is not None:
        values = np.asarray(drawn.next(len(pre)), float)
        return lazy._apply_operations(values)
    return lazy.evaluate()[pre, post]


class AllToAllConnector(_ByRule, connectors.AllToAllConnector):
    __doc__ = connectors.AllToAllConnector.__doc__
    _drawn = False

    def _rule(self, projection):
        return self._autapses(rules.all_to_all())


class OneToOneConnector(_ByRule, connectors.OneToOneConnector):
    __doc__ = connectors.OneToOneConnector.__doc__
    _drawn = False

    def connect(self, projection):
        """As _ByRule.connect; of sides of different sizes, the first cells."""
        space = self._parameters_from_synapse_type(projection)
        drawn = any(_random(lazy) for lazy in space._parameters.values())
        if drawn or (projection.pre.size == projection.post.size and projection._takes_rules()):
            return super().connect(projection)
        self._check(projection)
        pairs = np.arange(min(projection.shape))
        projection._connect_pairs(
            pairs, pairs, {k: _of_pairs(v, pairs, pairs) for k, v in space.items()}, self.safe
        )

    def _rule(self, projection):
        return rules.one_to_one() if projection.pre.size == projection.post.size else None


class FixedProbabilityConnector(_ByRule, connectors.FixedProbabilityConnector):
    __doc__ = connectors.FixedProbabilityConnector.__doc__

    def _check(self, projection):
        super()._check(projection)
        if not 0 <= self.p_connect <= 1:
            raise errors.ConnectionError(
                f"{projection.label}: p_connect = {self.p_connect}, allowed: 0 ... 1"
            )

    def _rule(self, projection):
        return self._autapses(rules.pairwise_bernoulli(self.p_connect))


class _FixedNumber(_ByRule):
    """n for each cell of one side, from a pool of cells of the other."""

    def _check(self, projection):
        super()._check(projection)
        if isinstance(self.n, int):
            self._check_numbers(projection, self.n)

    def _pool(self, projection):
        """How many cells there are to choose from."""
        size = self._side(projection, other=True).size
        return size - int(not self.allow_self_connections and projection.pre == projection.post)

    def _check_numbers(self, projection, n):
        pool = self._pool(projection)
        if not self.with_replacement and np.any(np.greater(n, pool)):
            raise errors.ConnectionError(
                f"{projection.label}: n = {np.max(n)}, allowed: at most the {pool} cells there are; "
                "lower it, or choose with_replacement=True"
            )

    def _numbers(self, projection):
        if isinstance(self.n, int):
            return self.n
        n = np.asarray(self.n.next(self._side(projection).size)).astype(int)
        self._check_not_negative(n, f"{projection.label}: ")
        self._check_numbers(projection, n)
        return n

    def _check_made(self, projection):
        if not self.with_replacement and projection._repeats_pairs():
            raise errors.ConnectionError(
                f"{projection.label}: n = {self.n}, allowed: at most the {self._pool(projection)} cells there are; "
                "lower it, or choose with_replacement=True"
            )

    def _rule(self, projection):
        rule = self._autapses(self._degree(self._numbers(projection)))
        return rule if rule is None or self.with_replacement else rule.without_multapses()


class FixedNumberPreConnector(_FixedNumber, connectors.FixedNumberPreConnector):
    __doc__ = connectors.FixedNumberPreConnector.__doc__
    _degree = staticmethod(rules.fixed_indegree)

    @staticmethod
    def _side(projection, other=False):
        return projection.pre if other else projection.post


class FixedNumberPostConnector(_FixedNumber, connectors.FixedNumberPostConnector):
    __doc__ = connectors.FixedNumberPostConnector.__doc__
    _degree = staticmethod(rules.fixed_outdegree)

    @staticmethod
    def _side(projection, other=False):
        return projection.post if other else projection.pre


class FixedTotalNumberConnector(_ByRule, connectors.FixedTotalNumberConnector):
    __doc__ = connectors.FixedTotalNumberConnector.__doc__

    def connect(self, projection):
        """As _ByRule.connect; without replacement no pair is drawn twice."""
        if self.with_replacement and (self._by_library or self.allow_self_connections):
            return super().connect(projection)
        self._check(projection)
        if self.allow_self_connections == "NoMutual":
            raise errors.ConnectionError(
                f"{projection.label}: allow_self_connections = 'NoMutual', allowed: True, False for this connector"
            )
        pre, post = self._pairs(projection, np.random.default_rng(self._seed(projection)))
        space = self._parameters_from_synapse_type(projection)
        projection._connect_pairs(
            pre, post, {k: _of_pairs(v, pre, post) for k, v in space.items()}, self.safe
        )

    def _seed(self, projection):
        if self._by_library:
            return [projection._simulator.state.seed, len(projection._simulator.state.projections)]
        return int(np.atleast_1d(self.rng.next(1, "uniform_int", {"low": 0, "high": 2**31 - 1}))[0])

    def _total(self, projection):
        if isinstance(self.n, int):
            return self.n
        n = int(self.n.next())
        self._check_not_negative(n, f"{projection.label}: ")
        return n

    def _pairs(self, projection, rng):
        """Positions of distinct pairs, each as likely as any other; with replacement, of any pairs."""
        a, b, n = projection._ids("pre"), projection._ids("post"), self._total(projection)
        selves = 0 if self.allow_self_connections else len(np.intersect1d(a, b))
        pairs = len(a) * len(b)
        if self.with_replacement:
            at = rng.integers(0, pairs, n)
            while (again := self._is_self(a, b, at)).any():
                at[again] = rng.integers(0, pairs, int(again.sum()))
        else:
            if n > pairs - selves:
                raise errors.ConnectionError(
                    f"{projection.label}: n = {n}, allowed: at most the {pairs - selves} pairs there are; "
                    "lower it, or choose with_replacement=True"
                )
            at = rng.choice(pairs, min(n + selves, pairs), replace=False)
            at = at[~self._is_self(a, b, at)][:n]
        return at // len(b), at % len(b)

    def _is_self(self, a, b, at):
        if self.allow_self_connections:
            return np.zeros(len(at), bool)
        return a[at // len(b)] == b[at % len(b)]

    def _rule(self, projection):
        return self._autapses(rules.fixed_total_number(self._total(projection)))


class FromListConnector(connectors.FromListConnector):
    __doc__ = connectors.FromListConnector.__doc__

    def connect(self, projection):
        """Connects a projection's cells. pyNN.errors.ConnectionError for positions out of range."""
        _connect_list(self, projection, super().connect)


class FromFileConnector(connectors.FromFileConnector):
    __doc__ = connectors.FromFileConnector.__doc__

    def connect(self, projection):
        """Connects a projection's cells. pyNN.errors.ConnectionError for positions out of range."""
        if self.distributed:
            super().connect(projection)
            return
        columns = list(self.file.get_metadata().get("columns", ("weight", "delay")))
        self.column_names = [name for name in columns if name not in ("i", "j")]
        self.conn_list = np.asarray(self.file.read())
        _connect_list(self, projection, super().connect)


class ArrayConnector(connectors.ArrayConnector):
    __doc__ = connectors.ArrayConnector.__doc__

    def connect(self, projection):
        """Connects a projection's cells. pyNN.errors.ConnectionError for an array of another shape."""
        matrix = np.asarray(self.array)
        if matrix.shape != projection.shape:
            raise errors.ConnectionError(
                f"{projection.label}: array of shape {matrix.shape}, allowed: {projection.shape}, sources by targets"
            )
        space = self._parameters_from_synapse_type(projection)
        if any(_random(lazy) for lazy in space._parameters.values()):
            super().connect(projection)
            return
        pre, post = np.nonzero(matrix)
        projection._connect_pairs(
            pre, post, {k: _of_pairs(v, pre, post) for k, v in space.items()}, self.safe
        )


def _connect_list(connector, projection, otherwise):
    """Connects the pairs of a list; in PyNN's own way if it draws values, so that they are drawn in its order."""
    table = np.asarray(connector.conn_list)
    synapse = projection.synapse_type
    for name in connector.column_names:
        if name not in synapse.get_parameter_names():
            raise errors.NonExistentParameterError(
                name, type(synapse).__name__, synapse.get_parameter_names()
            )
    if table.size == 0:
        return
    for column, what, size in ((0, "source", projection.pre.size), (1, "target", projection.post.size)):
        index = table[:, column].astype(float)
        wrong = ~((index >= 0) & (index < size) & (index % 1 == 0))
        if wrong.any():
            raise errors.ConnectionError(
                f"{projection.label}: {what} index {index[wrong][0]:g} out of range, allowed: 0 ... {size - 1}; "
                "indices are positions in the population"
            )
    space = synapse.parameter_space
    if any(_random(lazy) for name, lazy in space.items() if name not in connector.column_names):
        otherwise(projection)
        return
    pre, post = table[:, 0].astype(int), table[:, 1].astype(int)
    columns = {name: table[:, 2 + k].astype(float) for k, name in enumerate(connector.column_names)}
    maps = connector._parameters_from_synapse_type(projection)
    values = {k: columns[k] if k in columns else _of_pairs(v, pre, post) for k, v in maps.items()}
    projection._connect_pairs(pre, post, values, False)
