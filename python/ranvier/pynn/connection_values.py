"""Values of the connections of a projection: read, set, and kept for a network that is built anew."""

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray
from pyNN.random import RandomDistribution

from .. import errors as _errors
from . import simulator
from .populations import nodes
from .synapses import check_weights

__all__ = ["Connection", "Values"]

_COMBINE = {"sum": np.add, "min": np.fmin, "max": np.fmax}


class Connection(common.Connection):
    """A connection of a projection. Its parameters are attributes, in PyNN's units; weights can be set.

    Attributes
    ----------
    presynaptic_index, postsynaptic_index : int
        Positions of the cells.
    """

    __slots__ = ("_projection", "_i")

    def __init__(self, projection, i):
        object.__setattr__(self, "_projection", projection)
        object.__setattr__(self, "_i", i)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._projection._column(name)[self._i]
        return int(value) if name.endswith("_index") else float(value)

    def __setattr__(self, name, value):
        projection = self._projection
        projection.synapse_type.get_native_names(name)
        values = np.full(len(projection), np.nan)
        values[self._i] = projection._numbers(name, value)
        projection._assign({name: values})

    def as_tuple(self, *attribute_names):
        """Values of attributes, in their order."""
        return tuple(getattr(self, name) for name in attribute_names)


class Values:
    """The part of a projection that reads and sets values of its connections, all in PyNN's units."""

    def _restore_values(self):
        """After the network was built anew: weights and state that had been set."""
        for name, values in self._values.items():
            table = self._table
            table.set(name, np.where(np.isnan(values), table.get(name), values))

    # Reading

    @property
    def _table(self):
        """ranvier.Connections, in the order of source ids, then target ids, then delays; None if there are none."""
        state = simulator.state
        network = state.network
        if self._rule is None and self._edges is None:
            return None
        if self._cache.get("version") != state.version:
            pre, post = nodes(network, self._ids("pre")), nodes(network, self._ids("post"))
            self._cache["table"] = network.connections(pre, post, self._model)
            self._cache["version"] = state.version
        return self._cache["table"]

    def __len__(self):
        table = self._table
        return 0 if table is None else len(table)

    def __getitem__(self, i):
        """The i-th connection, or those of a slice as a list."""
        if isinstance(i, slice):
            return [Connection(self, k) for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(f"{self.label}: connection {i} of {len(self)}")
        return Connection(self, int(i) % len(self))

    @property
    def connections(self):
        """An iterator over the connections."""
        return iter(self)

    def _positions(self, side, ids):
        mine = self._ids(side)
        order = np.argsort(mine, kind="stable")
        return order[np.searchsorted(mine, ids, sorter=order)]

    def _column(self, name):
        """Values of all connections in PyNN's units: array of shape (n,), not to be changed."""
        state = simulator.state
        valid = state.version, state.step, self._changes
        if self._cache.get("valid") != valid:
            self._cache.update(valid=valid, columns={})
        columns = self._cache["columns"]
        if name not in columns:
            columns[name] = self._read(name)
        return columns[name]

    def _read(self, name):
        table = self._table
        if table is None:
            return np.empty(0)
        if name == "weight":
            native = table.get("weight")
            return self._as_given(name, native / self._factor, lambda given: given * self._factor == native)
        if name == "delay":
            return self._as_given(name, table.delay.copy(), lambda given: np.abs(given - table.delay) < 1e-9)
        if name == "presynaptic_index":
            return self._positions("pre", table.source)
        if name == "postsynaptic_index":
            return self._positions("post", table.target)
        if name in self.synapse_type.states:
            return table.get(name)
        if name not in self._parameters:
            raise errors.NonExistentParameterError(
                name, type(self.synapse_type).__name__, self.synapse_type.get_parameter_names()
            )
        value = self._parameters[name]
        return value[self._order()] if np.ndim(value) else np.full(len(table), value)

    def _as_given(self, name, values, is_same):
        """Values, but as they were given where they are the same up to units and the grid."""
        for given in (self._parameters[name], self._given.get(name)):
            if isinstance(given, (int, float, np.ndarray)):
                given = given[self._order()] if np.ndim(given) and given is self._parameters[name] else given
                values = np.where(is_same(given), given, values)
        return values

    def _shortest_delay(self):
        """ms."""
        delay = self._parameters["delay"]
        known = isinstance(delay, (int, float, np.ndarray))
        return float(np.min(delay if known else self._column("delay"), initial=np.inf))

    def _order(self):
        """The order of the table among the edges of a list."""
        pre, post = self._edges
        steps = np.floor(np.broadcast_to(self._parameters["delay"], len(pre)) / simulator.state.dt + 0.5)
        return np.lexsort((steps, self._ids("post")[post], self._ids("pre")[pre]))

    def _get_attributes_as_list(self, names):
        columns = [self._column(name).tolist() for name in names]
        return list(zip(*columns))

    def _get_attributes_as_arrays(self, names, multiple_synapses="sum"):
        if self._table is None:
            return [np.full(self.shape, np.nan) for _ in names]
        at = self._column("presynaptic_index"), self._column("postsynaptic_index")
        arrays = []
        for name in names:
            values, matrix = self._column(name), np.full(self.shape, np.nan)
            if multiple_synapses in ("first", "last"):
                flat = at[0] * self.post.size + at[1]
                turned = multiple_synapses == "last"
                pairs, which = np.unique(flat[::-1] if turned else flat, return_index=True)
                matrix.flat[pairs] = values[::-1][which] if turned else values[which]
            else:
                matrix[at] = 0.0 if multiple_synapses == "sum" else values
                _COMBINE[multiple_synapses].at(matrix, at, values)
            arrays.append(matrix)
        return arrays

    # Setting

    def set(self, **attributes):
        """Sets parameters of all connections, in PyNN's units.

        Parameters
        ----------
        **attributes
            Numbers, RandomDistribution, arrays of shape (pre.size, post.size), lists with one value for each connection, or
            functions of distance. Weights and the parameters of STDP at any time; other parameters and delays at t = 0.

        Raises
        ------
        pyNN.errors.NonExistentParameterError, pyNN.errors.ConnectionError, pyNN.errors.InvalidDimensionsError
        """
        self.synapse_type.get_native_names(*attributes)
        if self._table is None:
            return
        self._assign({name: self._spread(name, value) for name, value in attributes.items()})

    def _numbers(self, name, values):
        """Values without NaN, which would mean that a connection keeps its own; else ConnectionError."""
        if np.isnan(values).any():
            raise errors.ConnectionError(
                f"{self.label}: {name} = nan, allowed: numbers; look at where it comes from"
            )
        return values

    def _spread(self, name, value):
        return self._numbers(name, self._evaluated(name, value))

    def _evaluated(self, name, value):
        """A value for set() as a number, or an array in the order of the table."""
        n = len(self)
        if isinstance(value, LazyArray) and not value.operations:
            value = value.base_value
        if (
            np.ndim(value) == 0
            and not callable(value)
            and not isinstance(value, (RandomDistribution, str, LazyArray))
        ):
            try:
                return float(value)
            except (TypeError, ValueError):
                raise errors.InvalidParameterValueError(
                    f"{self.label}: {name} = {value!r}, allowed: a number, an array, RandomDistribution or a function"
                ) from None
        if isinstance(value, RandomDistribution):
            return np.asarray(value.next(n), float)
        if np.ndim(value) == 1:
            if len(value) != n:
                raise errors.InvalidDimensionsError(
                    f"{self.label}: {name} has {len(value)} values, allowed: {n}, one for each connection"
                )
            return np.asarray(value, float)
        if np.ndim(value) and np.shape(value) != self.shape:
            raise errors.InvalidDimensionsError(
                f"{self.label}: {name} of shape {np.shape(value)}, allowed: {self.shape}, sources by targets; or a number "
                f"for each of {n} connections"
            )
        lazy = value if isinstance(value, LazyArray) else LazyArray(value, shape=self.shape, dtype=float)
        space = self._handle_distance_expressions({name: lazy})
        return space[name].evaluate()[self._column("presynaptic_index"), self._column("postsynaptic_index")]

    def _assign(self, columns):
        """Sets numbers, or arrays in the order of the table with NaN for what stays. All or nothing."""
        synapse, state = self.synapse_type, simulator.state
        synapse.get_native_names(*columns)
        if "weight" in columns and self._checked:
            weights = np.atleast_1d(columns["weight"])
            check_weights(weights[~np.isnan(weights)], self)
        if "delay" in columns:
            delays = np.atleast_1d(columns["delay"])
            self._check_delays(delays[~np.isnan(delays)])
        fixed = {k: v for k, v in columns.items() if k != "weight"}
        new = {**self._parameters, **fixed}
        synapse.check(new, self)
        # Of the model, if all connections have the same, before and after.
        common = {} if "delay" in fixed else synapse.common(new, self._bound_factor)
        common = synapse.common(self._parameters, self._bound_factor) and common
        if fixed and not common and state.step:
            raise errors.ConnectionError(
                f"{self.label}: {', '.join(fixed)} cannot change at t = {state.t} ms, allowed: at t = 0; call reset() before"
            )
        if fixed and synapse.targets_learn:
            self._claim_tau_minus(new)
        if fixed and common:
            self._set_common(common)
            self._parameters = new
        elif fixed:
            self._reconnect(fixed)
        if "weight" in columns:
            weights = np.broadcast_to(columns["weight"], len(self))
            self._set_values("weight", weights * self._factor)
            self._given["weight"] = np.where(np.isnan(weights), self._given.get("weight", np.nan), weights)
        self._changes += 1

    def _set_common(self, common):
        try:
            simulator.state.network.set_defaults(self._model, common)
        except _errors.Error as e:
            raise errors.ConnectionError(f"{self.label}: {e}") from e

    def _reconnect(self, fixed):
        """Gives connections other delays or parameters: the network is built anew. At t = 0."""
        old = self._rule, self._edges, self._parameters, self._values, self._given, self._tau
        if any(np.ndim(v) for v in fixed.values()) or self._values:
            self._list_edges(fixed)
        else:
            self._parameters = {**self._parameters, **fixed}
        state = simulator.state
        state.rebuild_later()
        try:
            state.network
        except _errors.Error as e:
            self._rule, self._edges, self._parameters, self._values, self._given, self._tau = old
            state.rebuild_later()
            raise errors.ConnectionError(f"{self.label}: {e}") from e

    def _list_edges(self, new):
        """From now on the connections are a list, with values of their own."""
        values = {}
        for name in self._parameters:
            old, value = self._column(name), new.get(name, np.nan)
            values[name] = np.where(np.isnan(value), old, value)
            if name not in ("weight", "delay") and (values[name] == values[name][0]).all():
                values[name] = float(values[name][0])
        edges = self._column("presynaptic_index"), self._column("postsynaptic_index")
        if np.ndim(self._tau):
            self._tau = self._tau[self._order()]
        kept = {k: v for k, v in self._values.items() if k != "weight"}
        self._rule, self._edges, self._parameters, self._values, self._given = None, edges, values, kept, {}

    def _set_values(self, name, values):
        """Weights or state in the library's units, NaN for what stays."""
        self._changes += 1
        table, old = self._table, self._values.get(name)
        try:
            table.set(name, np.where(np.isnan(values), table.get(name), values))
        except _errors.Error as e:
            raise errors.ConnectionError(f"{self.label}: {e}") from e
        self._values[name] = values if old is None else np.where(np.isnan(values), old, values)

    def _set_attributes(self, parameter_space):
        self.set(**dict(parameter_space.items()))

    def initialize(self, **initial_values):
        """Sets state variables of synapses, now and after reset(). All or nothing.

        Parameters
        ----------
        **initial_values
            Numbers, RandomDistribution, arrays of shape (pre.size, post.size), lists with one value for each connection, or
            functions of distance.

        Raises
        ------
        pyNN.errors.NonExistentParameterError, pyNN.errors.ConnectionError, pyNN.errors.InvalidDimensionsError
        """
        known = list(self.synapse_type.states)
        for variable in initial_values:
            if variable not in known:
                raise errors.NonExistentParameterError(variable, type(self.synapse_type).__name__, known)
        if self._table is None:
            return
        new = {name: self._spread(name, value) for name, value in initial_values.items()}
        old = {name: self._column(name) for name in new}
        try:
            for name, values in new.items():
                self._set_values(name, np.broadcast_to(values, len(self)).astype(float))
        except errors.ConnectionError:
            for name, values in old.items():
                self._set_values(name, values.astype(float))
            raise
        self.initial_values.update(initial_values)

    def _set_initial_value_array(self, variable, initial_values):
        self.initialize(**{variable: initial_values})
