"""Cells and synapses of the library's own models, for what no standard type has: parameters in the library's names and units."""

import numpy as np
from pyNN import errors
from pyNN.models import BaseCellType, BaseSynapseType
from pyNN.parameters import ArrayParameter, Sequence
from pyNN.standardmodels import build_translations

from .. import errors as _errors
from ..models import model as declaration
from . import simulator
from .cells import Model
from .sources import _Source
from .synapses import _Synapse

__all__ = ["NativeCellType", "NativeSynapseType", "native_cell_type", "native_synapse_type"]


class NativeCellType(BaseCellType):
    """A model of the library as a cell type. Made by native_cell_type.

    Attributes
    ----------
    native_name : str
        Of the model.
    """

    def native(self, values, n):
        """As Model.native: as they are, but for their types."""
        native = {}
        for name, value in values.items():
            kind = type(self.default_parameters[name])
            if kind in (int, bool):
                value = np.asarray(value).astype(kind) if np.ndim(value) else kind(value)
            native[name] = value
        return native

    def tau_syn(self, values, receptor):
        """As Model.tau_syn."""
        ex_or_in = "tau_syn_in" if receptor == "inhibitory" else "tau_syn_ex"
        listed = values.get("tau_syn")
        if listed is None or not receptor.isdigit():
            return values.get(ex_or_in)
        k = int(receptor) - 1
        return np.array([x.value[k] for x in listed]) if isinstance(listed, np.ndarray) else listed.value[k]


class _Cells(NativeCellType, Model):
    def __init__(self, **parameters):
        super().__init__(**parameters)
        recordables, self.receptor_types = list(self.declared["recordables"]), self.plain_receptors
        for of in self.declared["lists"]:
            n = self._length(of["params"][0]["name"]) if of["params"] else 0
            recordables += [(f"{name}_{k + 1}", unit) for name, unit in of["recordables"] for k in range(n)]
            if self.declared["lists_receptors"] and of is self.declared["lists"][0]:
                self.receptor_types = [str(k + 1) for k in range(n)]
        self.variables = {name: (name, 1.0) for name, _ in recordables}
        self.recordable = ["spikes", *self.variables]
        self.units = {"spikes": "ms", **{name: unit or "dimensionless" for name, unit in recordables}}

    def _length(self, name):
        """Of a list that all cells have, or that of the first one."""
        value = dict(self.parameter_space.items())[name].base_value
        return len((np.ravel(value)[0] if isinstance(value, np.ndarray) else value).value)

    def port(self, receptor):
        """As Model.port; other receptors than "excitatory" and "inhibitory" are numbers."""
        return (int(receptor), 1.0) if receptor.isdigit() else super().port(receptor)


class _Sources(NativeCellType, _Source):
    pass


def native_cell_type(model_name):
    """A cell type of a model of the library: neurons, and generators of spikes.

    Parameters and state are in the library's names and units (mV, ms, pF, nS, pA), and so is what is recorded. Weights onto them
    are in PyNN's (nA, uS, or mV where synapses act on the potential). Receptors are "excitatory" and "inhibitory" where the sign of
    a weight says which is meant, else "0", "1", ... as the model counts them; where they are elements of a list, the list that is
    given with the type says how many there are.

    Parameters
    ----------
    model_name : str
        See ranvier.models().

    Returns
    -------
    type
        To be called with parameters: native_cell_type("iaf_psc_exp")(tau_m=20.0).

    Raises
    ------
    pyNN.errors.NoModelAvailableError
        For names that no such model has.
    """
    info = _declared(model_name)
    source = info["kind"] == "generator" and (info["sends_through_synapses"] or bool(info["individual"]))
    if info["kind"] != "neuron" and not source:
        raise errors.NoModelAvailableError(
            f"native_cell_type: {model_name!r}, allowed: neurons and generators of spikes with one train for all targets"
        )
    members = {"native_name": model_name, "__doc__": info["summary"] + "."}
    parameters = {f["name"]: f["default"] for f in info["params"]}
    if source:
        parameters.update((f["name"], float(f["default"])) for f in info["window"])
        parameters.update(_lists_of(model_name))
        members.update(recordable=["spikes"], units={"spikes": "ms"}, injectable=False, receptor_types=())
        members.update(conductance_based=False, default_parameters=parameters)
        return type(model_name, (_Sources,), members)
    parameters.update((f["name"], ArrayParameter(f["default"])) for e in info["lists"] for f in e["params"])
    parameters.update((f["name"], f["default"]) for f in info["archive"])
    state = {f["name"]: float(f["default"]) for f in info["state"]}
    units = [*((f["name"], f["unit"]) for f in info["state"]), *info["recordables"]]
    units += [r for e in info["lists"] for r in e["recordables"]]
    conductances = any(name.startswith("g") and unit == "nS" for name, unit in units)
    members.update(
        declared=info,
        default_parameters=parameters,
        default_initial_values=state,
        states={name: (name, 1.0) for name in state},
        injectable=info["current_receptors"] > 0,
        conductance_based=conductances,
        voltage_based_synapses=not conductances and not any(name.startswith("I_syn") for name, _ in units),
        plain_receptors=["excitatory", "inhibitory"]
        if info["receptors"] == 1
        else [str(k) for k in range(info["receptors"])],
    )
    return type(model_name, (_Cells,), members)


def _declared(name):
    try:
        return declaration(name)
    except _errors.UnknownModel as e:
        raise errors.NoModelAvailableError(str(e)) from None


def _lists_of(name):
    defaults = simulator.state.network.defaults(name)
    return {k: Sequence([]) for k, v in defaults.items() if isinstance(v, (list, tuple, np.ndarray))}


class NativeSynapseType(_Synapse, BaseSynapseType):
    """A synapse model of the library as a synapse type. Made by native_synapse_type."""

    @property
    def native_parameters(self):
        """What connectors take: a ParameterSpace."""
        return self.parameter_space

    def common(self, parameters, weight_factor):
        """As _Synapse.common."""
        return {name: parameters[name] for name in self.of_model}

    def tau_minus(self, parameters):
        """Of the targets' traces, ms."""
        return parameters["tau_minus"]


def native_synapse_type(model_name):
    """A synapse type of a model of the library.

    Parameters are in the library's names and units; weight is in PyNN's unit for the targets, delay in ms. Where synapses learn
    from the spikes of their targets, tau_minus (ms) of these is a parameter. Those that all connections of a model share have to be
    numbers.

    Parameters
    ----------
    model_name : str
        See ranvier.models("synapse").

    Returns
    -------
    type

    Raises
    ------
    pyNN.errors.NoModelAvailableError
    """
    info = _declared(model_name)
    if info["kind"] != "synapse":
        raise errors.NoModelAvailableError(f"native_synapse_type: {model_name!r}, allowed: synapse models")
    own = {f["name"]: f["default"] for f in info["params"] if f["name"] not in ("weight", "delay")}
    shared = {f["name"]: f["default"] for f in info["common"]}
    learns = info["pairs"]
    parameters = {"weight": 0.0, "delay": None, **own, **shared, **({"tau_minus": 20.0} if learns else {})}
    members = {
        "native_name": model_name,
        "__doc__": info["summary"] + ".",
        "default_parameters": parameters,
        "translations": build_translations(*[(name, name) for name in parameters]),
        "names": {name: name for name in own},
        "of_model": tuple(shared),
        "targets_learn": learns,
    }
    return type(model_name, (NativeSynapseType,), members)
