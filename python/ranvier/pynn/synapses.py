"""Synapses: which model of the library each is, and how its parameters are called there.

Parameters stay in PyNN's names and units up to the projection, which knows the unit of its targets' weights.
"""

import numpy as np
from pyNN import errors
from pyNN.standardmodels import ModelNotAvailable, build_translations, synapses
from pyNN.standardmodels.base import excitatory_receptor_types, inhibitory_receptor_types

from . import simulator

__all__ = [
    "StaticSynapse",
    "ElectricalSynapse",
    "TsodyksMarkramSynapse",
    "SimpleStochasticSynapse",
    "StochasticTsodyksMarkramSynapse",
    "MultiQuantalSynapse",
    "STDPMechanism",
    "AdditiveWeightDependence",
    "MultiplicativeWeightDependence",
    "AdditivePotentiationMultiplicativeDepression",
    "GutigWeightDependence",
    "SpikePairRule",
    "Vogels2011Rule",
]

#: lambda where potentiation is off: depression is lambda * alpha, and lambda alone changes no weight
_NO_POTENTIATION = 2.0**-600
#: ms; what tau_psc is where synapses act at once: the released returns within a step
_AT_ONCE = 1e-9


def _same_names(component):
    return build_translations(*[(name, name) for name in component.default_parameters])


def check_weights(weights, projection):
    """PyNN's rule of signs: ConnectionError for weights that a projection cannot have.

    Parameters
    ----------
    weights : number or array
        In PyNN's unit.
    projection : Projection
    """
    values = np.asarray(weights)
    if not values.size:
        return

    def reject(value, allowed, remedy):
        raise errors.ConnectionError(f"{projection.label}: weight = {value}, allowed: {allowed}; {remedy}")

    if values.dtype.kind not in "iuf":
        reject(repr(weights), "a number or an array of numbers", "convert it")
    low, high = values.min(), values.max()
    receptor, conductances = projection.receptor_type, projection.post.conductance_based
    if np.isnan(low):
        reject("nan", "numbers", "look at where it comes from")
    if low < 0 < high:
        reject(
            f"{low} ... {high}", "all of one sign", "make a projection for each, or take FromListConnector"
        )
    if low < 0 and (conductances or receptor in excitatory_receptor_types):
        kind = "conductances" if conductances else "excitatory synapses"
        remedy = "the receptor type says whether they inhibit" if conductances else "or make them inhibitory"
        reject(low, f">= 0 for {kind}", remedy)
    if high > 0 and not conductances and receptor in inhibitory_receptor_types:
        reject(high, "<= 0 for inhibitory synapses that are no conductances", "give it its sign")


class _Synapse:
    """What synapse types have in common.

    Attributes
    ----------
    states : tuple of str
        State variables that initialize() may set.
    targets_learn : bool
        Whether the targets' spikes matter: they are archived then, with tau_minus.
    needs_tau_syn : bool
        Whether the time constants of the targets' receptors matter, those that they have when the projection is made.
    """

    parameter_checks = {"weight": check_weights}  # PyNN's connectors call it
    states = ()
    targets_learn = False
    needs_tau_syn = False

    def _get_minimum_delay(self):
        return simulator.state.min_delay

    def native_model(self, parameters):
        """Name of the model, for a dict of parameters in PyNN's units."""
        return self.native_name

    def common(self, parameters, weight_factor):
        """Parameters that are the model's, not each connection's: a dict in the library's units."""
        return {}

    def native(self, parameters, weight_factor, tau_syn):
        """Parameters of connections in the library's names and units, without weight and delay.

        Parameters
        ----------
        parameters : dict
            In PyNN's units: numbers, or arrays with one value for each connection.
        weight_factor : float
            From PyNN's unit of weights to the library's, negative for inhibitory conductances.
        tau_syn : float, array or None
            Of the targets' receptors, ms.
        """
        return {self.names[k]: v for k, v in parameters.items() if k in self.names}

    def get_native_names(self, *names):
        """PyNN's own names; NonExistentParameterError for others."""
        for name in names:
            if name not in self.translations:
                raise errors.NonExistentParameterError(name, type(self).__name__, list(self.translations))
        return list(names or self.translations)

    def check(self, parameters, projection):
        """ConnectionError or InvalidParameterValueError for what the model cannot do."""


class StaticSynapse(_Synapse, synapses.StaticSynapse):
    __doc__ = synapses.StaticSynapse.__doc__
    translations = _same_names(synapses.StaticSynapse)
    native_name = "static_synapse"
    names = {}


class ElectricalSynapse(ModelNotAvailable):
    """Not available: the library has no gap junctions. NotImplementedError says so."""


class TsodyksMarkramSynapse(_Synapse, synapses.TsodyksMarkramSynapse):
    __doc__ = synapses.TsodyksMarkramSynapse.__doc__
    translations = _same_names(synapses.TsodyksMarkramSynapse)
    native_name = "tsodyks_synapse"
    names = {"U": "U", "tau_rec": "tau_rec", "tau_facil": "tau_fac"}
    states = ("u",)
    needs_tau_syn = True

    def native(self, parameters, weight_factor, tau_syn):
        """As _Synapse.native; tau_psc is the targets' time constant."""
        native = super().native(parameters, weight_factor, tau_syn)
        tau_psc = _AT_ONCE if tau_syn is None else tau_syn
        # The model's solution divides by tau_psc - tau_rec.
        equal = np.equal(tau_psc, native["tau_rec"])
        native["tau_psc"] = (
            np.where(equal, np.multiply(tau_psc, 1 + 1e-6), tau_psc) if np.any(equal) else tau_psc
        )
        if np.ndim(native["tau_psc"]) == 0:
            native["tau_psc"] = float(native["tau_psc"])
        return native


class SimpleStochasticSynapse(_Synapse, synapses.SimpleStochasticSynapse):
    __doc__ = synapses.SimpleStochasticSynapse.__doc__
    translations = _same_names(synapses.SimpleStochasticSynapse)
    native_name = "bernoulli_synapse"
    names = {"p": "p_transmit"}


class StochasticTsodyksMarkramSynapse(_Synapse, synapses.StochasticTsodyksMarkramSynapse):
    __doc__ = synapses.StochasticTsodyksMarkramSynapse.__doc__
    translations = _same_names(synapses.StochasticTsodyksMarkramSynapse)
    native_name = "stochastic_stp_synapse"
    names = {"U": "U", "tau_rec": "tau_rec", "tau_facil": "tau_fac"}
    states = ("u",)


class MultiQuantalSynapse(_Synapse, synapses.MultiQuantalSynapse):
    __doc__ = synapses.MultiQuantalSynapse.__doc__
    translations = _same_names(synapses.MultiQuantalSynapse)
    native_name = "quantal_stp_synapse"
    names = {"U": "U", "tau_rec": "tau_rec", "tau_facil": "tau_fac", "n": "n"}
    states = ("u", "a")

    def native(self, parameters, weight_factor, tau_syn):
        """As _Synapse.native; all n sites are full at first, and u is U."""
        native = super().native(parameters, weight_factor, tau_syn)
        n = np.asarray(native["n"]).astype(int)
        native["n"] = n if n.ndim else int(n)
        return {**native, "a": native["n"], "u": native["U"]}


class AdditiveWeightDependence(synapses.AdditiveWeightDependence):
    __doc__ = synapses.AdditiveWeightDependence.__doc__
    translations = _same_names(synapses.AdditiveWeightDependence)
    possible_models = {"stdp_synapse", "vogels_sprekeler_synapse"}
    exponents = (0.0, 0.0)


class MultiplicativeWeightDependence(synapses.MultiplicativeWeightDependence):
    __doc__ = synapses.MultiplicativeWeightDependence.__doc__
    translations = _same_names(synapses.MultiplicativeWeightDependence)
    possible_models = {"stdp_synapse"}
    exponents = (1.0, 1.0)


class AdditivePotentiationMultiplicativeDepression(synapses.AdditivePotentiationMultiplicativeDepression):
    __doc__ = synapses.AdditivePotentiationMultiplicativeDepression.__doc__
    translations = _same_names(synapses.AdditivePotentiationMultiplicativeDepression)
    possible_models = {"stdp_synapse"}
    exponents = (0.0, 1.0)


class GutigWeightDependence(synapses.GutigWeightDependence):
    __doc__ = synapses.GutigWeightDependence.__doc__
    translations = _same_names(synapses.GutigWeightDependence)
    possible_models = {"stdp_synapse"}
    exponents = None  # parameters of each


class SpikePairRule(synapses.SpikePairRule):
    __doc__ = synapses.SpikePairRule.__doc__
    translations = _same_names(synapses.SpikePairRule)
    possible_models = {"stdp_synapse"}


class Vogels2011Rule(synapses.Vogels2011Rule):
    __doc__ = synapses.Vogels2011Rule.__doc__
    translations = _same_names(synapses.Vogels2011Rule)
    possible_models = {"vogels_sprekeler_synapse"}


class STDPMechanism(_Synapse, synapses.STDPMechanism):
    __doc__ = synapses.STDPMechanism.__doc__
    targets_learn = True

    def _build_translations(self):
        self.translations = _same_names(StaticSynapse)
        self.translations.update(build_translations(("dendritic_delay_fraction", "dendritic_delay_fraction")))
        for part in (self.timing_dependence, self.weight_dependence):
            if part is None or not hasattr(part, "possible_models"):
                raise errors.InvalidParameterValueError(
                    f"STDPMechanism: {part!r}, allowed: a timing_dependence and a weight_dependence of this module"
                )
            self.translations.update(part.translations)
        if self.voltage_dependence is not None:
            raise errors.NoModelAvailableError("STDPMechanism: voltage_dependence, allowed: None")
        if not self.possible_models:
            raise errors.NoModelAvailableError("STDPMechanism: no model has both rules")

    @property
    def _vogels(self):
        return isinstance(self.timing_dependence, Vogels2011Rule)

    def tau_minus(self, parameters):
        """Time constant of the targets' traces, ms."""
        return parameters["tau" if self._vogels else "tau_minus"]

    def check(self, parameters, projection):
        """As _Synapse.check."""
        if np.any(np.not_equal(parameters["dendritic_delay_fraction"], 1)):
            raise errors.InvalidParameterValueError(
                f"{projection.label}: dendritic_delay_fraction = {parameters['dendritic_delay_fraction']}, allowed: 1; "
                "delays are dendritic where synapses learn"
            )
        if np.any(np.not_equal(parameters["w_min"], 0)):
            raise errors.InvalidParameterValueError(
                f"{projection.label}: w_min = {parameters['w_min']}, allowed: 0; the lower bound of weights that learn is 0"
            )
        if np.any(np.equal(parameters["w_max"], 0)):
            raise errors.InvalidParameterValueError(f"{projection.label}: w_max = 0, allowed: other than 0")

    def native_model(self, parameters):
        """As _Synapse.native_model: parameters are shared if they are all numbers."""
        if self._vogels:
            return "vogels_sprekeler_synapse"
        plastic = (v for k, v in parameters.items() if k not in ("weight", "delay"))
        return "stdp_synapse" if any(np.ndim(v) for v in plastic) else "stdp_synapse_hom"

    def common(self, parameters, weight_factor):
        """As _Synapse.common."""
        return (
            self._rule(parameters, weight_factor)
            if self.native_model(parameters) == "stdp_synapse_hom"
            else {}
        )

    def native(self, parameters, weight_factor, tau_syn):
        """As _Synapse.native."""
        return (
            {}
            if self.native_model(parameters) == "stdp_synapse_hom"
            else self._rule(parameters, weight_factor)
        )

    def _rule(self, p, weight_factor):
        w_max = np.multiply(np.abs(p["w_max"]), weight_factor)
        if np.ndim(w_max) == 0:
            w_max = float(w_max)
        if self._vogels:
            # Vogels et al. 2011, Science 334:1569. Each presynaptic spike takes eta * alpha, alpha = 2 rho tau (1/s, ms).
            eta = np.multiply(p["eta"], abs(weight_factor))
            alpha = np.multiply(np.multiply(p["rho"], p["tau"]), 2e-3)
            return {"tau": p["tau"], "eta": _number(eta), "alpha": _number(alpha), "Wmax": w_max}
        potentiation = np.where(np.equal(p["A_plus"], 0), _NO_POTENTIATION, p["A_plus"])
        exponents = self.weight_dependence.exponents or (p["mu_plus"], p["mu_minus"])
        return {
            "tau_plus": p["tau_plus"],
            "lambda": _number(potentiation),
            "alpha": _number(np.divide(p["A_minus"], potentiation)),
            "mu_plus": exponents[0],
            "mu_minus": exponents[1],
            "Wmax": w_max,
        }


def _number(value):
    return value if np.ndim(value) else float(value)
