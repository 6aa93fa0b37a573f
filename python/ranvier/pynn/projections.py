"""Projections: connections of one synapse type between two populations, views or assemblies.

Values are in PyNN's units everywhere but in the calls of the network: there weights are multiplied by `_factor`.
"""

import numpy as np
from pyNN import common, errors
from pyNN.parameters import LazyArray
from pyNN.random import RandomDistribution
from pyNN.space import Space
from pyNN.standardmodels.base import check_weights, inhibitory_receptor_types

from .. import errors as _errors
from . import simulator
from .populations import _put, ids_of, located, nodes
from .synapses import StaticSynapse, _Synapse

__all__ = ["Connection", "Projection"]

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
        values = np.full(len(self._projection), np.nan)
        values[self._i] = value
        self._projection._assign({name: values})

    def as_tuple(self, *attribute_names):
        """Values of attributes, in their order."""
        return tuple(getattr(self, name) for name in attribute_names)


class Projection(common.Projection):
    __doc__ = common.Projection.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_neurons,
        postsynaptic_neurons,
        connector,
        synapse_type=None,
        source=None,
        receptor_type=None,
        space=Space(),
        label=None,
    ):
        super().__init__(
            presynaptic_neurons, postsynaptic_neurons, connector, synapse_type, source, receptor_type, space, label
        )
        if not isinstance(self.synapse_type, _Synapse):
            raise errors.ConnectionError(f"{self.label}: {self.synapse_type!r}, allowed: a synapse type of this module")
        targets = [p.celltype for p, _ in located(self.post)]
        kinds = {(t.weight_factor, t.port(self.receptor_type)) for t in targets}
        if len(kinds) != 1:
            raise errors.ConnectionError(
                f"{self.label}: targets whose {self.receptor_type} weights have different units; make a projection for each"
            )
        ((factor, (self._port, sign)),) = kinds
        self._factor = factor * sign
        # What bounds of weights are multiplied by: negative weights learn below zero.
        below = not self.post.conductance_based and self.receptor_type in inhibitory_receptor_types
        self._bound_factor = -factor if below else self._factor
        self._checked = True  # signs of weights; a list may mix them
        self._pieces = []  # of _convergent_connect
        self._rule = self._edges = None  # one of them says what is connected
        self._given = {}  # weights that have been set, in PyNN's units, as _values
        self._values = {}  # weights and state that have been set: arrays in the order of the table, NaN where not
        self._parameters = {}
        self._cache = {}
        self._model = self._model_name()
        connector.connect(self)
        if self._pieces:
            self._join_pieces()

    # What connectors call

    def _ids(self, side):
        """Ids of the cells of "pre" or "post", or of what spikes for them, in its order: int32 array."""
        if side not in self._cache:
            cells = getattr(self, side)
            if side == "pre" and not isinstance(self.synapse_type, StaticSynapse):
                self._cache[side] = np.concatenate([p._first_source() + where for p, where in located(cells)]).astype(np.int32)
            else:
                self._cache[side] = ids_of(cells)
        return self._cache[side]

    def _takes_rules(self):
        """Whether positions are in the order of ids, as rules need it."""
        return all((np.diff(self._ids(side)) > 0).all() for side in ("pre", "post"))

    def _connect_by_rule(self, rule, values, safe):
        """Connects by a ranvier.Rule; values: numbers or ranvier.Distribution by PyNN's names, in PyNN's units.

        Signs of weights that the library will draw are checked by a sample.
        """
        if safe:
            weight = values["weight"]
            check_weights(weight if isinstance(weight, float) else weight.draw(10000, 1, 0), self)
        self._rule = rule
        self._make(values)

    def _draw(self, rule):
        """Positions of the pairs that a rule draws: two int arrays."""
        network = simulator.state.network
        pre, post = (nodes(network, self._ids(side))._spec for side in ("pre", "post"))
        try:
            sources, targets = network._core.draw(
                pre, post, rule.name, rule.value, rule.allow_autapses, rule.allow_multapses, rule.make_symmetric
            )
        except _errors.Error as e:
            raise errors.ConnectionError(f"{self.label}: {e}") from e
        return np.searchsorted(self._ids("pre"), sources), np.searchsorted(self._ids("post"), targets)

    def _connect_pairs(self, pre, post, values, safe):
        """Connects positions pre[k] to post[k]; values: numbers or arrays in that order."""
        if len(pre) == 0:
            return
        weight = np.asarray(values["weight"], float)
        if safe:
            check_weights(weight if weight.ndim else float(weight), self)
        else:
            self._checked = not ((weight < 0).any() and (weight > 0).any())
            if self.post.conductance_based and (weight < 0).any():
                raise errors.ConnectionError(f"{self.label}: weight = {weight.min()}, allowed: >= 0 uS for conductances")
        self._edges = np.asarray(pre, np.int64), np.asarray(post, np.int64)
        self._make(values)

    def _convergent_connect(self, presynaptic_indices, postsynaptic_index, location_selector=None, **parameters):
        """Connects some cells to one: PyNN's way. They are collected, and made together.

        Parameters
        ----------
        presynaptic_indices : array of int, shape (n,)
        postsynaptic_index : int
        **parameters
            Numbers or arrays of shape (n,), in PyNN's units.
        """
        if location_selector is not None:
            raise errors.ConnectionError(
                f"{self.label}: location_selector = {location_selector!r}, allowed: None; neurons are points"
            )
        self._pieces.append((np.asarray(presynaptic_indices, np.int64), int(postsynaptic_index), parameters))

    def _joined(self):
        pre = np.concatenate([piece[0] for piece in self._pieces])
        post = np.repeat([piece[1] for piece in self._pieces], [len(piece[0]) for piece in self._pieces])
        return pre, post

    def _repeats_pairs(self):
        """Whether a pair has been collected twice."""
        if not self._pieces:
            return False
        pre, post = self._joined()
        return len(np.unique(pre * self.post.size + post)) < len(pre)

    def _join_pieces(self):
        pre, post = self._joined()
        values = {}
        for name in self._pieces[0][2]:
            all_of = [piece[2][name] for piece in self._pieces]
            if all(np.ndim(v) == 0 and v == all_of[0] for v in all_of):
                values[name] = float(all_of[0])
            else:
                values[name] = np.concatenate([np.broadcast_to(v, len(p[0])) for v, p in zip(all_of, self._pieces)])
        self._pieces = []
        # What the connector checks, it has checked.
        self._connect_pairs(pre, post, values, False)

    # The network

    def _model_name(self):
        """Static synapses share models where no other projection joins the same cells; others have one of their own."""
        state = simulator.state
        if not isinstance(self.synapse_type, StaticSynapse):
            state.id_counter += 1
            return f"{self.synapse_type.__class__.__name__} {state.id_counter}"
        mine = [(self._ids(side).min(), self._ids(side).max()) for side in ("pre", "post")]
        apart = lambda other: any(a[1] < b[0] or b[1] < a[0] for a, b in zip(mine, other))  # noqa: E731
        slot = 0
        while not all(apart(other) for other in state.static_slots.setdefault(slot, [])):
            slot += 1
        state.static_slots[slot].append(mine)
        if slot == 0:
            return "static_synapse"
        name = f"static_synapse {slot}"
        if len(state.static_slots[slot]) == 1:
            state.do(lambda network: network.copy_model("static_synapse", name))
        return name

    def _make(self, values):
        self._check_delays(values["delay"])
        self.synapse_type.check(values, self)
        self._parameters = values
        if self.synapse_type.targets_learn:
            self._claim_tau_minus(values)
        try:
            simulator.state.do(self._connect)
        except _errors.Error as e:
            self._rule = self._edges = None
            self._unclaim()
            raise errors.ConnectionError(f"{self.label}: {e}") from e
        simulator.state.projections.append(self)

    def _check_delays(self, delay):
        state = simulator.state
        if isinstance(delay, (int, float, np.ndarray)):
            low, high = np.min(delay), np.max(delay)
            slack = 1e-6 * state.dt
            if not (low >= state.min_delay - slack and high <= state.max_delay + slack):
                wrong = low if not low >= state.min_delay - slack else high
                raise errors.ConnectionError(
                    f"{self.label}: delay = {wrong} ms, allowed: {state.min_delay} ... {state.max_delay} ms; "
                    "choose another, or other bounds in setup()"
                )

    def _claim_tau_minus(self, values):
        """Traces belong to the targets: all that learn there have the same tau_minus."""
        tau = self.synapse_type.tau_minus(values)
        if np.ndim(tau) and (np.asarray(tau) != tau[0]).any():
            raise errors.ConnectionError(f"{self.label}: tau_minus = {tau}, allowed: one value; it belongs to the targets")
        tau = float(np.atleast_1d(tau)[0])
        for population, where in located(self.post):
            for other, (claimed, value) in population._claims.items():
                if other is not self and value != tau and len(np.intersect1d(claimed, where)):
                    raise errors.ConnectionError(
                        f"{self.label}: tau_minus = {tau} ms, allowed: {value} ms as in {other.label}; "
                        "it belongs to the targets"
                    )
        network = simulator.state.network
        for population, where in located(self.post):
            ids = (where + population._first).astype(np.int32)
            simulator.set_parameters(network, ids, {"tau_minus": tau}, self.label)
            old = population._archive.get("tau_minus", 20.0)
            population._archive["tau_minus"] = _put(old, where, tau, population.size)
            population._claims[self] = where, tau

    def _unclaim(self):
        for population, _ in located(self.post):
            population._claims.pop(self, None)

    def _tau_syn(self, post):
        """Time constants of the receptors of targets at positions `post` (None: all alike, a number)."""
        all_of = []
        for population, where in located(self.post):
            tau = population.celltype.tau_syn(population._values, self.receptor_type)
            if tau is None:
                return None
            all_of.append(np.broadcast_to(tau[where] if np.ndim(tau) else tau, len(where)))
        tau = np.concatenate(all_of)
        if (tau == tau[0]).all():
            return float(tau[0])
        return tau[post] if post is not None else tau

    def _connect(self, network):
        """Makes the connections, with the parameters of now."""
        synapse, values, post = self.synapse_type, self._parameters, self._edges[1] if self._edges else None
        tau_syn = self._tau_syn(post)
        if np.ndim(tau_syn) and post is None:
            raise _errors.WrongSize("targets with different tau_syn; connect them by a list, an array or projections")
        if not isinstance(synapse, StaticSynapse):
            network.copy_model(synapse.native_model(values), self._model, synapse.common(values, self._bound_factor))
        how = synapse.native(values, self._bound_factor, tau_syn)
        how.update(weight=values["weight"] * self._factor, delay=values["delay"], synapse=self._model)
        how["receptor"] = self._port
        pre, post = self._ids("pre"), self._ids("post")
        if self._rule is not None:
            network.connect(nodes(network, pre), nodes(network, post), self._rule, **how)
        else:
            network.connect_edges(pre[self._edges[0]], post[self._edges[1]], **how)

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
        """Values of all connections in PyNN's units: array of shape (n,)."""
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

    def _spread(self, name, value):
        """A value for set() as a number, or an array in the order of the table."""
        n = len(self)
        if np.ndim(value) == 0 and not callable(value) and not isinstance(value, (RandomDistribution, str, LazyArray)):
            return float(value)
        if isinstance(value, RandomDistribution):
            return np.asarray(value.next(n), float)
        if np.ndim(value) == 1:
            if len(value) != n:
                raise errors.InvalidDimensionsError(
                    f"{self.label}: {name} has {len(value)} values, allowed: {n}, one for each connection"
                )
            return np.asarray(value, float)
        lazy = value if isinstance(value, LazyArray) else LazyArray(value, shape=self.shape, dtype=float)
        space = self._handle_distance_expressions({name: lazy})
        return space[name].evaluate()[self._column("presynaptic_index"), self._column("postsynaptic_index")]

    def _assign(self, columns):
        """Sets numbers, or arrays in the order of the table with NaN for what stays. Checks all before."""
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
        shared = all(np.ndim(new[k]) == 0 for k in new if k not in ("weight", "delay"))
        learning = synapse.targets_learn and shared and "delay" not in fixed
        if fixed and not (learning and synapse.common(new, self._bound_factor)) and state.step:
            raise errors.ConnectionError(
                f"{self.label}: {', '.join(fixed)} cannot change at t = {state.t} ms, allowed: at t = 0; call reset() before"
            )
        if learning and fixed:
            self._claim_tau_minus(new)
        if "weight" in columns:
            weights = np.broadcast_to(columns["weight"], len(self))
            self._set_values("weight", weights * self._factor)
            old = self._given.get("weight", np.nan)
            self._given["weight"] = np.where(np.isnan(weights), old, weights)
        if not fixed:
            return
        if learning and synapse.common(new, self._bound_factor) and synapse.common(self._parameters, self._bound_factor):
            self._parameters = new
            state.network.set_defaults(self._model, synapse.common(new, self._bound_factor))
            return
        if any(np.ndim(v) for v in fixed.values()) or self._values:
            self._list_edges(fixed)
        else:
            self._parameters = new
        state.rebuild_later()

    def _list_edges(self, new):
        """From now on the connections are a list, with values of their own."""
        values = {}
        for name in self._parameters:
            old, value = self._column(name), new.get(name, np.nan)
            values[name] = np.where(np.isnan(value), old, value)
            if name not in ("weight", "delay") and (values[name] == values[name][0]).all():
                values[name] = float(values[name][0])
        edges = self._column("presynaptic_index"), self._column("postsynaptic_index")
        kept = {k: v for k, v in self._values.items() if k != "weight"}
        self._rule, self._edges, self._parameters, self._values, self._given = None, edges, values, kept, {}

    def _set_values(self, name, values):
        """Weights or state in the library's units, NaN for what stays."""
        table, old = self._table, self._values.get(name)
        try:
            table.set(name, np.where(np.isnan(values), table.get(name), values))
        except _errors.Error as e:
            raise errors.ConnectionError(f"{self.label}: {e}") from e
        self._values[name] = values if old is None else np.where(np.isnan(values), old, values)

    def _set_attributes(self, parameter_space):
        self.set(**dict(parameter_space.items()))

    def _set_initial_value_array(self, variable, initial_values):
        if variable not in self.synapse_type.states:
            known = list(self.synapse_type.states)
            raise errors.NonExistentParameterError(variable, type(self.synapse_type).__name__, known)
        if self._table is not None:
            value = initial_values.base_value
            self._set_values(variable, np.broadcast_to(self._spread(variable, value), len(self)).astype(float))

