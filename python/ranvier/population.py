"""Nodes of a network."""

import numpy as np

from .errors import UnknownNode, UnknownParameter, WrongSize, WrongType

__all__ = ["Population"]


class Population:
    """Nodes of a network, in ascending order of their ids: neurons or devices.

    Parameters and state variables are attributes: reading gives an array with one value for each node, writing takes a
    number, an array with one value for each node, or a distribution. ``len``, iteration, indexing with an int, a slice, a
    list of positions or of truths, and ``a + b`` (ids of a before those of b) are as one expects.

    Made by :meth:`Network.create`.
    """

    __slots__ = ("_network", "_first", "_n", "_ids")

    def __init__(self, network, first, n, ids=None):
        set_slot = object.__setattr__
        set_slot(self, "_network", network)
        set_slot(self, "_first", first)
        set_slot(self, "_n", n)
        set_slot(self, "_ids", ids)

    @property
    def network(self):
        """The network that they belong to."""
        return self._network

    @property
    def ids(self):
        """Ids, from 1 in order of creation: int32 array of shape (n,)."""
        if self._ids is None:
            return np.arange(self._first, self._first + self._n, dtype=np.int32)
        return self._ids

    @property
    def model(self):
        """Name of the model; a tuple of names if they differ."""
        names = dict.fromkeys(self._network._core.model(int(i)) for i in self._one_of_each())
        return next(iter(names)) if len(names) == 1 else tuple(names)

    def _one_of_each(self):
        """An id of each creation block that they have nodes of."""
        firsts = self._network._firsts
        if self._ids is not None:
            return self._ids[np.unique(np.searchsorted(firsts, self._ids, "right"), return_index=True)[1]]
        within = firsts[(firsts > self._first) & (firsts < self._first + self._n)]
        return [self._first, *within] if self._n else []

    @property
    def _spec(self):
        return (self._first, self._n) if self._ids is None else self._ids

    def get(self, name):
        """Values of a parameter, state variable or property.

        Parameters
        ----------
        name : str

        Returns
        -------
        ndarray of shape (n,)
            Numbers. A list of values if they are texts or lists themselves.

        Raises
        ------
        UnknownParameter
        """
        core = self._network._core
        if name == "model":
            return [core.model(int(i)) for i in self.ids]
        try:
            return core.get(self._spec, name)
        except (WrongType, WrongSize, UnknownParameter):
            return [core.value(int(i), name) for i in self.ids] if self._n else core.get(self._spec, name)

    def set(self, values=None, /, **named):
        """Sets parameters and state variables, all or none.

        Parameters
        ----------
        values : dict, optional
        **named
            A number, an array of n values, a distribution; for lists, one list, or one for each node.

        Raises
        ------
        UnknownParameter, WrongType, WrongSize, OutOfRange, BadTime
        """
        self._network._core.set(self._spec, {**(values or {}), **named})

    def __getattr__(self, name):
        if name.startswith("_") or not self._n:
            raise AttributeError(name)
        try:
            return self.get(name)
        except UnknownParameter as e:
            raise AttributeError(str(e)) from None

    def __setattr__(self, name, value):
        if isinstance(getattr(type(self), name, None), property) or name.startswith("_"):
            raise AttributeError(f"Population: {name} cannot be set")
        self.set({name: value})

    def __dir__(self):
        names = self._network._core.readable(self.model) if self._n and isinstance(self.model, str) else []
        return [*super().__dir__(), *names]

    def __len__(self):
        return self._n

    def __iter__(self):
        return (Population(self._network, int(i), 1) for i in self.ids)

    def __contains__(self, other):
        if isinstance(other, Population):
            return other._network is self._network and bool(np.isin(other.ids, self.ids).all())
        return bool(np.isin(other, self.ids))

    def __getitem__(self, key):
        if isinstance(key, slice):
            start, stop, step = key.indices(self._n)
            if step == 1 and self._ids is None:
                return Population(self._network, self._first + start, max(0, stop - start))
            return self._of(self.ids[key])
        if isinstance(key, (int, np.integer)) and not isinstance(key, (bool, np.bool_)):
            if not -self._n <= key < self._n:
                raise IndexError(f"position {key} of {self._n} nodes")
            return Population(
                self._network,
                int(self.ids[key]) if self._ids is not None else self._first + int(key) % self._n,
                1,
            )
        return self._of(self.ids[np.asarray(key) if len(key) else []])

    def _of(self, ids):
        if ids.ndim != 1 or (np.diff(ids) <= 0).any():
            raise WrongSize("Population: positions must ascend and differ; sort them")
        return Population(
            self._network, int(ids[0]) if len(ids) else 1, len(ids), np.ascontiguousarray(ids, np.int32)
        )

    def __add__(self, other):
        if not isinstance(other, Population):
            return NotImplemented
        if other._network is not self._network:
            raise UnknownNode("Population: nodes of two networks cannot be put together")
        ids = np.concatenate([self.ids, other.ids])
        if self._ids is None and other._ids is None and self._first + self._n == other._first:
            return Population(self._network, self._first, self._n + other._n)
        return self._of(ids)

    def __eq__(self, other):
        if not isinstance(other, Population):
            return NotImplemented
        return self._network is other._network and np.array_equal(self.ids, other.ids)

    def __hash__(self):
        return hash((id(self._network), self._n, self._first))

    def __repr__(self):
        if not self._n:
            return "Population(empty)"
        ids = f"ids {self.ids[0]} ... {self.ids[-1]}" if self._n > 1 else f"id {self.ids[0]}"
        model = self.model if isinstance(self.model, str) else ", ".join(self.model)
        return f"Population({self._n} {model}, {ids})"
