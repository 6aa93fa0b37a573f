"""Populations, views and assemblies. Parameters are kept in PyNN's units, as they were set, and translated for the network."""

from copy import deepcopy

import numpy as np
from pyNN import common, errors
from pyNN.parameters import ArrayParameter, LazyArray, ParameterSpace, simplify

from ..population import Population as _Nodes
from . import simulator
from .recording import Recorder

__all__ = ["Population", "PopulationView", "Assembly"]


def nodes(network, ids):
    """Nodes of a network by their ids, whatever their order."""
    ids = np.unique(ids)
    if len(ids) and ids[-1] - ids[0] + 1 == len(ids):
        return _Nodes(network, int(ids[0]), len(ids))
    return _Nodes(network, int(ids[0]) if len(ids) else 1, len(ids), ids.astype(np.int32))


def ids_of(cells):
    """Ids of a population, view, assembly or list of cells, in its order: int32 array of shape (n,)."""
    return np.fromiter(getattr(cells, "all_cells", cells), np.int32)


def located(cells):
    """Where cells are: a list of (population, positions in it), positions an int array; in the order of the cells."""
    if hasattr(cells, "populations"):
        return [pair for p in cells.populations for pair in located(p)]
    if hasattr(cells, "grandparent"):
        return [(cells.grandparent, cells.index_in_grandparent(np.arange(cells.size)))]
    if isinstance(cells, Population):
        return [(cells, np.arange(cells.size))]
    return [(cell.parent, np.array([cell.parent.id_to_index(cell)])) for cell in cells]


def _pick(value, where):
    """What some cells have: all the same, or an array with one value for each cell of the population."""
    return value[where] if isinstance(value, np.ndarray) else value


def _put(value, where, new, n):
    """`value` with `new` where it says, for n cells in all."""
    if len(where) == n:
        if not isinstance(new, np.ndarray):
            return new
        whole = np.empty(n, new.dtype)
        whole[where] = new
        return whole
    if not isinstance(value, np.ndarray):
        kind = object if isinstance(value, ArrayParameter) else float
        whole = np.empty(n, kind)
        whole[:] = value if kind is float else [value] * n
    else:
        whole = value.copy()
    if isinstance(new, ArrayParameter):
        new = np.array([new] * len(where) + [None], object)[:-1]
    whole[where] = new
    return whole


def _same(a, b):
    return (a is b) or (type(a) is type(b) and np.array_equal(a, b))


class _Cells:
    """What populations and views have in common. _where: positions in the population `_root`."""

    def _get_view(self, selector, label=None):
        return PopulationView(self, selector, label)

    def _evaluated(self, parameters):
        """Values in PyNN's units, each a number, an ArrayParameter, or an array with one for each cell."""
        celltype = self.celltype
        for name in [name for name in parameters if "." in name]:  # of a receptor: AMPA.tau_syn
            receptor, _, own = name.partition(".")
            parameters.setdefault(receptor, {})[own] = parameters.pop(name)
        try:
            # A copy, as PyNN has it where it translates parameters: generators of random numbers do not move on.
            space = deepcopy(ParameterSpace(parameters, celltype.get_schema(), (self.size,), type(celltype)))
            space.shape = (self.size,)  # of the receptors' parameters, too
            space.evaluate(simplify=True)
            space.flatten()
        except (TypeError, ValueError) as e:
            wrong_size = isinstance(e, errors.InvalidDimensionsError)
            kind = errors.InvalidDimensionsError if wrong_size else errors.InvalidParameterValueError
            raise kind(
                f"{self.label}: {type(celltype).__name__}: {', '.join(parameters)}: {e}; allowed: a number, {self.size} of them, "
                "RandomDistribution or a function of the position"
            ) from e
        return {k: v for k, v in space.as_dict().items() if not isinstance(v, dict)}

    def set(self, **parameters):
        """Sets parameters, in PyNN's units; they act from the present step on. All or nothing.

        Parameters
        ----------
        **parameters
            Numbers, arrays with one value for each cell, RandomDistribution, functions of the position.

        Raises
        ------
        pyNN.errors.NonExistentParameterError, pyNN.errors.InvalidParameterValueError, pyNN.errors.InvalidDimensionsError
        """
        root, where = self._root, self._where
        old = {name: _pick(value, where) for name, value in root._values.items()}
        given = self._evaluated(parameters)
        self._check_names(given)
        new = {**old, **given}
        celltype, label = self.celltype, f"{self.label}: {type(self.celltype).__name__}"
        celltype.check(new, label)
        before, after = celltype.native(old, len(where)), celltype.native(new, len(where))
        changed = {k: v for k, v in after.items() if not _same(v, before[k])}
        if "I_e" in changed and root._current is not None:
            changed["I_e"] = changed["I_e"] + root._current[where]
        if changed:
            network = self._simulator.state.network
            celltype.assign(network, (where + root._first).astype(np.int32), changed, label)
        for name, value in given.items():
            root._values[name] = _put(root._values[name], where, value, root.size)

    def _check_names(self, names):
        for name in names:
            if name not in self._root._values:
                known = self.celltype.get_parameter_names()
                raise errors.NonExistentParameterError(name, type(self.celltype).__name__, known)

    def _get_parameters(self, *names):
        values = self._root._values
        self._check_names(names)
        picked = {name: simplify(_pick(values[name], self._where)) for name in names}
        schema = self.celltype.get_schema()
        return ParameterSpace(picked, {name: schema.get(name, float) for name in names}, (self.size,))

    def _get_native_parameters(self, *names):
        values = {name: _pick(value, self._where) for name, value in self._root._values.items()}
        native = self.celltype.native(values, self.size)
        return ParameterSpace({name: native[name] for name in names or native}, shape=(self.size,))

    def initialize(self, **initial_values):
        """Sets state variables, now and after reset().

        Parameters
        ----------
        **initial_values
            In PyNN's units: numbers, arrays with one value for each cell, RandomDistribution, functions of the position.

        Raises
        ------
        pyNN.errors.NonExistentParameterError, pyNN.errors.InvalidParameterValueError
        """
        root = self._root
        for variable, value in initial_values.items():
            # Evaluated once: a random value is the same now and after reset().
            try:
                drawn = LazyArray(value, shape=(self.size,), dtype=float).evaluate(simplify=True)
            except (TypeError, ValueError, AssertionError) as e:
                raise errors.InvalidParameterValueError(
                    f"{self.label}: initial {variable} = {value!r}, allowed: a number, {self.size} of them, "
                    f"RandomDistribution or a function ({e})"
                ) from e
            self._set_initial_value_array(variable, LazyArray(drawn, (self.size,), float))
            old = root.initial_values.get(variable)
            old = np.nan if old is None else old.evaluate(simplify=True)
            root.initial_values[variable] = LazyArray(
                _put(old, self._where, drawn, root.size), (root.size,), float
            )

    def _set_cell_initial_value(self, id, variable, value):
        self[[self.id_to_index(id)]].initialize(**{variable: value})

    def _set_initial_value_array(self, variable, initial_values):
        root, where, celltype = self._root, self._where, self.celltype
        values = initial_values.evaluate(simplify=True)
        label = f"{self.label}: {type(celltype).__name__}"
        if variable not in celltype.default_initial_values:
            known = list(celltype.default_initial_values)
            raise errors.NonExistentParameterError(variable, type(celltype).__name__, known)
        if variable not in celltype.states:
            # The default of PyNN stands for whatever the model starts from.
            start = np.broadcast_to(celltype.at_start(root._values, variable), root.size)[where]
            if not (np.all(values == celltype.default_initial_values[variable]) or np.all(values == start)):
                raise errors.InvalidParameterValueError(
                    f"{label}: initial {variable} = {values}, allowed: {start[0]}, which the model starts from"
                )
            return
        name, factor = celltype.states[variable]
        native = values * factor
        network = self._simulator.state.network
        ids = (where + int(root.first_id)).astype(np.int32)
        simulator.set_parameters(network, ids, {name: native}, label)
        old = root._state.get(name, celltype.default_initial_values[variable] * factor)
        root._state[name] = _put(old, where, native, root.size)


class PopulationView(_Cells, common.PopulationView):
    __doc__ = common.PopulationView.__doc__
    _simulator = simulator

    @property
    def _assembly_class(self):
        return Assembly

    @property
    def _root(self):
        return self.grandparent

    @property
    def _where(self):
        return self.index_in_grandparent(np.arange(self.size))

    @property
    def initial_values(self):
        """Of the state variables: a dict of LazyArray of shape (n,), in PyNN's units."""
        values = self._root.initial_values
        return {k: LazyArray(v.evaluate()[self._where], (self.size,), float) for k, v in values.items()}


class Assembly(common.Assembly):
    __doc__ = common.Assembly.__doc__
    _simulator = simulator

    @property
    def receptor_types(self):
        """Receptor types that all populations have, in the order of the first one's: a list of str."""
        first, *others = (p.celltype.receptor_types for p in self.populations)
        return [name for name in first if all(name in types for types in others)]


class Population(_Cells, common.Population):
    __doc__ = common.Population.__doc__
    _simulator = simulator
    _recorder_class = Recorder
    _assembly_class = Assembly

    @property
    def _root(self):
        return self

    @property
    def _where(self):
        return np.arange(self.size)

    def _create_cells(self):
        celltype = self.celltype
        self._state = {}  # initial values of the model's state, in its units
        self._archive = {}  # what plastic synapses need of their targets: tau_minus, ms
        self._claims = {}  # projection: (positions of its targets, tau_minus in ms)
        self._current = None  # injected, pA: None or an array of shape (n,)
        space = celltype.parameter_space
        self._values = self._evaluated({name: _base(value) for name, value in space.items()})
        celltype.check(self._values, f"{self.label}: {type(celltype).__name__}")
        try:
            self._simulator.state.do(self._create)
        except simulator._errors.Error as e:
            raise errors.InvalidParameterValueError(f"{self.label}: {type(celltype).__name__}: {e}") from e
        first = self._first
        self.all_cells = np.empty(self.size, object)
        for i in range(self.size):
            cell = simulator.ID(first + i)
            object.__setattr__(cell, "parent", self)
            self.all_cells[i] = cell
        self._mask_local = np.ones(self.size, bool)

    def _create(self, network):
        """Makes the nodes, with the parameters and initial values of now."""
        values = self.celltype.native(self._values, self.size)
        self._current = None
        self._first = self.celltype.create(network, self.size, {**values, **self._archive, **self._state})

    def _inject(self, sources):
        """Sums the currents of sources, pA."""
        total = np.zeros(self.size)
        for source in sources:
            for population, where, amplitude in source._flowing():
                if population is self:
                    np.add.at(total, where, amplitude)
        self._current = total
        current = self.celltype.native(self._values, self.size)["I_e"] + total
        if (current == current[0]).all():
            current = float(current[0])
        network = self._simulator.state.network
        simulator.set_parameters(network, (self._first, self.size), {"I_e": current}, self.label)


def _base(lazy):
    """A value of a ParameterSpace, as a constructor takes it."""
    return lazy if isinstance(lazy, ParameterSpace) or lazy.operations else lazy.base_value
