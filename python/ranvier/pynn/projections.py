"""Projections: connections of one synapse type between two populations, views or assemblies.

Values are in PyNN's units everywhere but in the calls of the network: there weights are multiplied by `_factor`.
"""

import numpy as np
from pyNN import common, errors
from pyNN.space import Space
from pyNN.standardmodels.base import inhibitory_receptor_types

from .. import errors as _errors
from . import simulator
from .connection_values import Connection, Values
from .populations import _put, ids_of, located, nodes
from .synapses import StaticSynapse, _Synapse, check_weights

__all__ = ["Connection", "Projection"]


class Projection(Values, common.Projection):
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
        if len(getattr(postsynaptic_neurons, "receptor_types", "?")) == 0:
            raise errors.ConnectionError(
                f"{postsynaptic_neurons.label}: no receptor type, allowed: targets with one that all have; "
                "sources of spikes have none"
            )
        super().__init__(
            presynaptic_neurons,
            postsynaptic_neurons,
            connector,
            synapse_type,
            source,
            receptor_type,
            space,
            label,
        )
        if not isinstance(self.synapse_type, _Synapse):
            raise errors.ConnectionError(
                f"{self.label}: {self.synapse_type!r}, allowed: a synapse type of this module"
            )
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
        # Weights and state that have been set: arrays in the order of the table, NaN where not. In the library's units; and
        # weights as they were given.
        self._values, self._given = {}, {}
        self._parameters = {}
        self._cache, self._changes = {}, 0  # what has been read, and how often values have been set
        self._model = self._model_name()
        try:
            connector.connect(self)
            if self._pieces:
                self._join_pieces()
        except Exception:
            for ranges in simulator.state.static_slots.values():
                ranges[:] = [other for other in ranges if other is not self._range]
            raise

    # What connectors call

    def _ids(self, side):
        """Ids of the cells of "pre" or "post", in its order: int32 array."""
        if side not in self._cache:
            self._cache[side] = ids_of(getattr(self, side))
        return self._cache[side]

    def _takes_rules(self):
        """Whether positions are in the order of ids, and all targets alike, as rules need it."""
        ordered = all((np.diff(self._ids(side)) > 0).all() for side in ("pre", "post"))
        return ordered and np.ndim(self._tau_syn(None)) == 0

    def _connect_by_rule(self, rule, values, safe):
        """Connects by a ranvier.Rule; values: numbers or ranvier.Distribution by PyNN's names, in PyNN's units.

        Signs of weights that the library will draw are checked by a sample.
        """
        weight = values["weight"]
        self._check_signs(weight if isinstance(weight, float) else weight.draw(10000, 1, 0), safe)
        self._rule = rule
        self._make(values)

    def _draw(self, rule):
        """Positions of the pairs that a rule draws: two int arrays."""
        network = simulator.state.network
        pre, post = (nodes(network, self._ids(side))._spec for side in ("pre", "post"))
        try:
            sources, targets = network._core.draw(
                pre,
                post,
                rule.name,
                rule.value,
                rule.allow_autapses,
                rule.allow_multapses,
                rule.make_symmetric,
            )
        except _errors.Error as e:
            raise errors.ConnectionError(f"{self.label}: {e}") from e
        return np.searchsorted(self._ids("pre"), sources), np.searchsorted(self._ids("post"), targets)

    def _connect_pairs(self, pre, post, values, safe):
        """Connects positions pre[k] to post[k]; values: numbers or arrays in that order."""
        if len(pre) == 0:
            return
        self._check_signs(values["weight"], safe)
        self._edges = np.asarray(pre, np.int64), np.asarray(post, np.int64)
        self._make(values)

    def _check_signs(self, weight, safe):
        """PyNN's rule of signs; where it is not asked for, conductances are positive all the same."""
        if safe:
            check_weights(weight, self)
            return
        weight = np.asarray(weight)
        self._checked = not ((weight < 0).any() and (weight > 0).any())
        if self.post.conductance_based and (weight < 0).any():
            raise errors.ConnectionError(
                f"{self.label}: weight = {weight.min()} uS, allowed: >= 0 for conductances; "
                "the receptor type says whether they inhibit"
            )

    def _convergent_connect(
        self, presynaptic_indices, postsynaptic_index, location_selector=None, **parameters
    ):
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
                values[name] = np.concatenate(
                    [np.broadcast_to(v, len(p[0])) for v, p in zip(all_of, self._pieces)]
                )
        self._pieces = []
        # What the connector checks, it has checked.
        self._connect_pairs(pre, post, values, False)

    # The network

    def _model_name(self):
        """Static synapses share models where no other projection joins the same cells; others have one of their own."""
        state, self._range = simulator.state, None
        if not isinstance(self.synapse_type, StaticSynapse):
            state.id_counter += 1
            return f"{self.synapse_type.__class__.__name__} {state.id_counter}"
        self._range = mine = [(self._ids(side).min(), self._ids(side).max()) for side in ("pre", "post")]
        apart = lambda other: any(a[1] < b[0] or b[1] < a[0] for a, b in zip(mine, other))  # noqa: E731
        slot = 0
        while not all(apart(other) for other in state.static_slots.setdefault(slot, [])):
            slot += 1
        state.static_slots[slot].append(mine)
        if slot == 0:
            return "static_synapse"
        name = f"static_synapse {slot}"
        if slot not in state.static_models:
            state.static_models.add(slot)
            state.do(lambda network: network.copy_model("static_synapse", name))
        return name

    def _make(self, values):
        self._check_delays(values["delay"])
        self.synapse_type.check(values, self)
        self._parameters = values
        self._tau = self._tau_syn(self._edges[1] if self._edges else None)
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
            raise errors.ConnectionError(
                f"{self.label}: tau_minus = {tau}, allowed: one value; it belongs to the targets"
            )
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
        """Time constants of the receptors of targets at positions `post` (None: of all), ms.

        A number if they are all the same; None if the synapse does not depend on them, or acts at once.
        """
        if not self.synapse_type.needs_tau_syn:
            return None
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
        synapse, values = self.synapse_type, self._parameters
        if not isinstance(synapse, StaticSynapse):
            network.copy_model(
                synapse.native_model(values), self._model, synapse.common(values, self._bound_factor)
            )
        how = synapse.native(values, self._bound_factor, self._tau)
        how.update(weight=values["weight"] * self._factor, delay=values["delay"], synapse=self._model)
        how["receptor"] = self._port
        pre, post = self._ids("pre"), self._ids("post")
        if self._rule is not None:
            network.connect(nodes(network, pre), nodes(network, post), self._rule, **how)
        else:
            network.connect_edges(pre[self._edges[0]], post[self._edges[1]], **how)
