"""PointNeuron: a membrane with receptors of one's own choice, as neurons with many receptors in the library."""

import numpy as np
from pyNN import errors
from pyNN.parameters import ArrayParameter
from pyNN.standardmodels import build_translations, cells, receptors

from .cells import _ADEX, _LEAK, _MEMBRANE, _TAU, Model, grid_down, translated

__all__ = [
    "LIF",
    "AdExp",
    "PointNeuron",
    "CurrExpPostSynapticResponse",
    "CondAlphaPostSynapticResponse",
    "CondBetaPostSynapticResponse",
    "AlphaPSR",
    "BetaPSR",
]

_TAU_SYN = ("tau_syn", "tau_syn")
_REVERSAL = ("e_syn", "E_rev")


class LIF(cells.LIF):
    __doc__ = cells.LIF.__doc__
    translations = build_translations(*_MEMBRANE, *_TAU)
    possible_models = {"iaf_psc_exp_multisynapse"}
    states = {"v": ("V_m", 1.0)}
    variables = {"v": ("V_m", 1.0)}


class AdExp(cells.AdExp):
    __doc__ = cells.AdExp.__doc__
    translations = build_translations(*_MEMBRANE, *_LEAK, *_ADEX)
    possible_models = {"aeif_cond_alpha_multisynapse", "aeif_cond_beta_multisynapse"}
    states = {"v": ("V_m", 1.0), "w": ("w", 1e3)}
    variables = {"v": ("V_m", 1.0), "w": ("w", 1e-3)}


class CurrExpPostSynapticResponse(receptors.CurrExpPostSynapticResponse):
    __doc__ = receptors.CurrExpPostSynapticResponse.__doc__
    translations = build_translations(_TAU_SYN)
    possible_models = {"iaf_psc_exp_multisynapse"}
    recordable = ["isyn"]
    native_recordable = "I_syn"


class CondAlphaPostSynapticResponse(receptors.CondAlphaPostSynapticResponse):
    __doc__ = receptors.CondAlphaPostSynapticResponse.__doc__
    translations = build_translations(_TAU_SYN, _REVERSAL)
    possible_models = {"aeif_cond_alpha_multisynapse"}
    recordable = ["gsyn"]
    native_recordable = "g"


class CondBetaPostSynapticResponse(receptors.CondBetaPostSynapticResponse):
    __doc__ = receptors.CondBetaPostSynapticResponse.__doc__
    translations = build_translations(_REVERSAL, ("tau_rise", "tau_rise"), ("tau_decay", "tau_decay"))
    possible_models = {"aeif_cond_beta_multisynapse"}
    recordable = ["gsyn"]
    native_recordable = "g"


AlphaPSR = CondAlphaPostSynapticResponse
BetaPSR = CondBetaPostSynapticResponse


class PointNeuron(Model, cells.PointNeuron):
    """A membrane (LIF or AdExp) with named receptors: PointNeuron(AdExp(), AMPA=AlphaPSR(), GABA=AlphaPSR(e_syn=-70)).

    Parameters of receptors have names like "AMPA.tau_syn". Receptors are in the order of their names.

    Raises
    ------
    pyNN.errors.NoModelAvailableError
        For combinations that the library has no model for.
    """

    def __init__(self, neuron, **post_synaptic_receptors):
        super().__init__(neuron, **post_synaptic_receptors)
        parts = [neuron, *post_synaptic_receptors.values()]
        models = set.intersection(*(set(getattr(part, "possible_models", ())) for part in parts))
        if len(models) != 1 or not post_synaptic_receptors:
            names = ", ".join(type(part).__name__ for part in parts)
            raise errors.NoModelAvailableError(
                f"PointNeuron: {names}, allowed: LIF with CurrExpPostSynapticResponse, AdExp with "
                "CondAlphaPostSynapticResponse or CondBetaPostSynapticResponse, all receptors of one kind"
            )
        (self.native_name,) = models

    injectable = True

    @property
    def states(self):
        """As Model.states."""
        return self.neuron.states

    @property
    def translations(self):
        """PyNN's translations of the membrane."""
        return self.neuron.translations

    @property
    def variables(self):
        """As Model.variables."""
        found = dict(self.neuron.variables)
        for k, name in enumerate(self.receptor_types, 1):
            receptor = self.post_synaptic_receptors[name]
            found[f"{name}.{receptor.recordable[0]}"] = f"{receptor.native_recordable}_{k}", 1e-3
        return found

    @property
    def voltage_based_synapses(self):
        """No receptor's weights are in mV."""
        return False

    def get_schema(self):
        """Names and types of the membrane's parameters."""
        return self.neuron.get_schema()

    def get_parameter_names(self):
        """Names of all parameters, receptors' as "AMPA.tau_syn"."""
        of = self.post_synaptic_receptors
        own = [f"{name}.{p}" for name in self.receptor_types for p in of[name].default_parameters]
        return [*self.neuron.default_parameters, *own]

    def has_parameter(self, name):
        """Whether there is a parameter of this name."""
        return name in self.get_parameter_names()

    def port(self, receptor):
        """As Model.port: receptors are counted from 1."""
        return self.receptor_types.index(receptor) + 1, 1.0

    def tau_syn(self, values, receptor):
        """As Model.tau_syn; of a beta function the decay."""
        return values.get(f"{receptor}.tau_syn", values.get(f"{receptor}.tau_decay"))

    def native(self, values, n):
        """As Model.native; parameters of receptors are lists."""
        membrane = {name: values[name] for name in self.neuron.default_parameters}
        native = translated(self.neuron.translations, membrane)
        native["t_ref"] = grid_down(native["t_ref"])
        of_each = [self._receptor(name, values) for name in self.receptor_types]
        for name in of_each[0]:
            native[name] = _lists([one[name] for one in of_each], n)
        return native

    def _receptor(self, name, values):
        receptor = self.post_synaptic_receptors[name]
        mine = {p: values[f"{name}.{p}"] for p in receptor.translations}
        return translated(receptor.translations, mine)


def _lists(columns, n):
    """A list for all cells, or one for each of n."""
    if all(np.ndim(column) == 0 for column in columns):
        return ArrayParameter(columns)
    rows = np.empty(n, object)
    for i, row in enumerate(np.array([np.broadcast_to(column, n) for column in columns]).T):
        rows[i] = ArrayParameter(row)
    return rows
