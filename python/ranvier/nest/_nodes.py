"""NodeCollection: nodes as the reference's scripts handle them."""

import numpy as np

from . import _names, _status
from ._errors import error
from ._ids import check_ids, compact, ids_of
from ._kernel import kernel

_INDEX_TYPES = "only integers, slices, lists, tuples, and numpy arrays are valid indices"


class NodeCollection:
    """Nodes by ascending ids, from 1 in order of creation.

    Parameters
    ----------
    data : sequence of int, optional
        Ids of existing nodes, ascending and distinct. Default: an empty collection.

    Raises
    ------
    NESTErrors.UnknownNode, NESTErrors.BadProperty, TypeError

    See Also
    --------
    Create : makes nodes.
    """

    __slots__ = ("_first", "_n", "_ids", "_step", "_starts", "_generation")

    def __init__(self, data=None):
        if data is None:
            ids = np.empty(0, np.int64)
        elif isinstance(data, NodeCollection):
            self._assign(data._first, data._n, data._ids, data._step, data._starts, data._generation)
            return
        else:
            ids = ids_of(data)
        check_ids(ids)
        self._assign(*compact(ids), 1, None, kernel.generation)

    def _assign(self, first, n, ids, step, starts, generation):
        for name, value in zip(NodeCollection.__slots__, (first, n, ids, step, starts, generation)):
            object.__setattr__(self, name, value)
        return self

    @classmethod
    def _make(cls, first, n, ids=None, step=1, starts=None):
        """starts: where the parts of a composite begin that this is a slice of."""
        return object.__new__(cls)._assign(first, n, ids, step, starts, kernel.generation)

    # What others of this package use

    @property
    def _spec(self):
        """For the library: (first, n) or ids."""
        return (self._first, self._n) if self._ids is None else self._ids

    def _array(self):
        """Ids: int64 array."""
        return np.arange(self._first, self._first + self._n) if self._ids is None else self._ids

    def _check(self):
        """Raises unless the nodes are there: after ResetKernel a collection is invalid."""
        if self._n and (self._generation != kernel.generation):
            raise error(
                "KernelException",
                "InvalidNodeCollection: note that ResetKernel invalidates all previously created NodeCollections.",
            )

    def _check_readable(self):
        self._check_ids_exist()

    def _check_ids_exist(self):
        if self._n and int(self._array()[-1]) > kernel.size:
            raise error(
                "KernelException",
                "InvalidNodeCollection: note that ResetKernel invalidates all previously created NodeCollections.",
            )

    def _blocks(self):
        """(model, ids) of neighbours of the same model."""
        ids = self._array()
        if not self._n:
            return []
        first_block, last_block = kernel.block(int(ids[0])), kernel.block(int(ids[-1]))
        if first_block == last_block:
            return [(kernel.models[first_block], ids)]
        cuts = np.searchsorted(ids, kernel.firsts[first_block + 1 : last_block + 1])
        pieces = np.split(ids, cuts)
        return [(kernel.models[first_block + i], p) for i, p in enumerate(pieces) if len(p)]

    def _parts(self):
        """(model, ids) as they are printed: neighbours of a model, strided ones together."""
        parts = []
        for model, ids in self._blocks():
            if self._starts is not None:
                cuts = np.searchsorted(ids, self._starts)
                parts += [(model, p) for p in np.split(ids, np.unique(cuts)) if len(p)]
            elif self._step > 1:
                parts.append((model, ids))
            else:
                parts += [(model, p) for p in np.split(ids, np.flatnonzero(np.diff(ids) > 1) + 1)]
        return parts

    @property
    def _derived(self):
        """Whether it is strided or a slice of a composite."""
        return self._step > 1 or self._starts is not None

    # A sequence

    def __len__(self):
        return self._n

    def __bool__(self):
        return self._n > 0

    def __iter__(self):
        return (NodeCollection._make(int(i), 1) for i in self._array())

    def __contains__(self, node):
        if isinstance(node, NodeCollection):
            return len(node) == 1 and int(node._array()[0]) in self
        if self._ids is None:
            return self._first <= node < self._first + self._n
        return bool((self._ids == node).any())

    def index(self, node_id):
        """Position of an id. ValueError if it is not there."""
        at = int(np.searchsorted(self._array(), node_id))
        if at < self._n and int(self._array()[at]) == node_id:
            return at
        raise ValueError(f"{node_id} is not in NodeCollection")

    def tolist(self):
        """Ids as a list of int."""
        return self._array().tolist()

    def __array__(self, dtype=None, copy=None):
        return np.array(self._array(), dtype=dtype)

    def __getitem__(self, key):
        self._check()
        if isinstance(key, slice):
            return self._sliced_by(key)
        if isinstance(key, (int, np.integer)):
            if not -self._n <= key < self._n:
                raise IndexError("index value outside of the NodeCollection")
            return NodeCollection._make(int(self._array()[int(key)]), 1)
        if isinstance(key, (list, tuple, np.ndarray)):
            return self._chosen(key)
        raise IndexError(_INDEX_TYPES)

    def _sliced_by(self, key):
        step = 1 if key.step is None else int(key.step)
        if step < 1:
            raise IndexError("slicing step for NodeCollection must be strictly positive")
        start = 0 if key.start is None else int(key.start)
        stop = self._n if key.stop is None else int(key.stop)
        start, stop = (x + self._n if x < 0 else x for x in (start, stop))
        if not 0 <= start < self._n:
            raise IndexError("slice start value outside of the NodeCollection")
        if not 0 <= stop <= self._n:
            raise IndexError("slice stop value outside of the NodeCollection")
        if (start, stop, step) == (0, self._n, 1) and (key.start, key.stop) == (None, None):
            return self
        if start >= stop:
            raise error("BadParameter", "start < stop is required.")
        if len(range(start, stop, step)) == 1:
            one = int(self._array()[start])
            return NodeCollection._make(
                one,
                1,
                None,
                1,
                np.array([one]) if self._derived or (step > 1 and self._ids is not None) else None,
            )
        if self._derived:
            raise error("BadProperty", "Cannot slice a sliced composite NodeCollection.")
        parts = self._parts()
        starts = None if len(parts) == 1 else np.array([p[0] for _, p in parts])
        return NodeCollection._make(*compact(self._array()[start:stop:step]), step, starts)

    def _chosen(self, key):
        if not len(key):
            return NodeCollection()
        array = np.asarray(key)
        if array.ndim != 1:
            raise TypeError("Indices must be one-dimensional")
        if array.dtype.kind == "b" and all(isinstance(k, (bool, np.bool_)) for k in key):
            if len(array) != self._n:
                raise IndexError("Bool index array must be the same length as NodeCollection")
            positions = np.flatnonzero(array)
            if not len(positions):
                return NodeCollection()
        elif array.dtype.kind in "iu" and not any(isinstance(k, (bool, np.bool_)) for k in key):
            if (array < 0).any():
                raise OverflowError("can't convert negative value to unsigned int")
            if (array >= self._n).any():
                raise IndexError("index value outside of the NodeCollection")
            if len(np.unique(array)) != len(array):
                raise ValueError("All node IDs in a NodeCollection have to be unique")
            if (np.diff(array) < 0).any():
                raise error("BadProperty", "Indices must be sorted in ascending order")
            positions = array
        else:
            raise TypeError("Indices must be integers or bools")
        return NodeCollection._make(*compact(self._array()[positions]))

    def __add__(self, other):
        if isinstance(other, (int, np.integer)) and other == 0:
            return self
        if not isinstance(other, NodeCollection):
            raise TypeError(f"Cannot add object of type '{type(other).__name__}' to 'NodeCollection'")
        self._check()
        other._check()
        if not self._n or not other._n:
            return other if not self._n else self
        if self._derived or other._derived:
            raise error("BadProperty", "Cannot add NodeCollection to a sliced composite.")
        if self._ids is None and other._ids is None and self._first + self._n == other._first:
            return NodeCollection._make(self._first, self._n + other._n)
        ids = np.sort(np.concatenate([self._array(), other._array()]))
        if (np.diff(ids) == 0).any():
            raise error("BadProperty", "Cannot join overlapping NodeCollections.")
        return NodeCollection._make(*compact(ids))

    def __radd__(self, other):
        return self + other

    def __eq__(self, other):
        if not isinstance(other, NodeCollection):
            raise NotImplementedError(f"Cannot compare NodeCollection to {type(other).__name__}")
        if self._generation != other._generation and self._n and other._n:
            return False
        return (
            self._n == other._n
            and (self._step, self._starts is None) == (other._step, other._starts is None)
            and (
                self._first == other._first
                if self._ids is None and other._ids is None
                else np.array_equal(self._array(), other._array())
            )
        )

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    # Parameters

    def get(self, *names, output=""):
        """Parameters, state and properties.

        Parameters
        ----------
        *names
            Nothing: everything. A name or list of names; a second one chooses from a dict of values, as in
            ``get("events", "times")``.
        output : {"", "pandas", "json"}
            A pandas.DataFrame with the ids as index, or JSON.

        Returns
        -------
        value, tuple of values (several nodes), or dict of them (several names)

        Raises
        ------
        KeyError
            There is no such name.
        ValueError
            The collection is empty.
        """
        if output not in ("", "json", "pandas"):
            raise ValueError('output must be "", "json" or "pandas"')
        if not self._n:
            raise ValueError("Cannot get parameter of empty NodeCollection")
        self._check_readable()
        if not names:
            result = _status.everything(self)
        elif len(names) == 1:
            if isinstance(names[0], str):
                result = _status.one(self, names[0])
            elif isinstance(names[0], (list, tuple)) and all(isinstance(n, str) for n in names[0]):
                result = {n: _status.one(self, n) for n in names[0]}
            else:
                raise TypeError("Params should be either a string or an iterable of strings")
        elif len(names) == 2:
            result = _status.nested(self, *names)
        else:
            raise ValueError("Number of arguments must be one or two")
        if output == "pandas":
            return _status.to_pandas(self, names, result)
        if output == "json":
            from ._info import to_json

            return to_json(result)
        return result

    def set(self, params=None, **kwargs):
        """Sets parameters and state, of all nodes or of none.

        Parameters
        ----------
        params : dict or list of dict, optional
            One for all nodes, or one for each.
        **kwargs
            Numbers, sequences of one value for each node, Parameters.

        Raises
        ------
        NESTErrors.UnaccessedDictionaryEntry
            There is no such name, or it cannot be set.
        NESTErrors.BadProperty, NESTErrors.TypeMismatch, IndexError, TypeError
        """
        if kwargs and params is not None:
            raise TypeError("must either provide params or kwargs, but not both.")
        self._check()
        if not self._n:
            return
        params = kwargs if params is None else params
        if isinstance(params, dict):
            _status.set_all(self, params)
        elif isinstance(params, (list, tuple)) and all(isinstance(p, dict) for p in params):
            if len(params) == 1:
                _status.set_all(self, params[0])
            elif len(params) != self._n:
                raise error(
                    "BadParameter",
                    f"List of dictionaries must be the same size as the NodeCollection ({self._n}), {len(params)} given.",
                )
            else:
                _status.set_each(self, params)
        else:
            raise TypeError("params must either be a dictionary or a list of dictionaries")

    @property
    def spatial(self):
        """None: nodes have no positions."""
        return None

    def __getattr__(self, name):
        if name.startswith("_") or name in ("shape", "dtype", "ndim"):
            raise AttributeError(name)
        if not self._n:
            raise AttributeError("Cannot get attribute of empty NodeCollection")
        return self.get(name)

    def __setattr__(self, name, value):
        if name == "spatial" or name.startswith("_"):
            raise AttributeError(f"{name} cannot be set")
        self.set({name: value})

    def __dir__(self):
        names = set(super().__dir__())
        for model, _ in self._blocks():
            names.update(_names.names_of(model))
        return sorted(names)

    # Text

    def __str__(self):
        if not self._n:
            return "NodeCollection(<empty>)"
        if self._generation != kernel.generation:
            return "NodeCollection(<invalid: made before ResetKernel>)"
        parts = self._parts()
        lines = []
        for model, ids in parts:
            line = f"model={model}, size={len(ids)}, first={ids[0]}"
            if len(ids) > 1 or self._derived:
                line += f", last={ids[-1]}"
            if self._step > 1 and len(ids) > 1:
                line += f", step={self._step}"
            lines.append(line)
        if len(lines) == 1 and not self._derived:
            return f"NodeCollection(metadata=None, {lines[0]})"
        between = ";\n" + " " * 15
        return f"NodeCollection(metadata=None,\n{' ' * 15}{between.join(lines)})"

    __repr__ = __str__
