"""Standard cells: how PyNN's parameters, states and recordables are called in the library, and in what units."""

import functools

import numpy as np
from pyNN.parameters import ArrayParameter
from pyNN.standardmodels import build_translations, cells

from . import simulator

__all__ = [
    "IF_curr_alpha",
    "IF_curr_exp",
    "IF_curr_delta",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_cond_exp_gsfa_grr",
    "IF_facets_hardware1",
    "HH_cond_exp",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "Izhikevich",
    "GIF_cond_exp",
]


@functools.lru_cache(maxsize=None)
def _compiled(expression):
    return compile(expression, expression, "eval")


def translated(translations, values):
    """PyNN's values (dict of numbers and arrays) in the library's names and units."""
    native = {}
    for name, rule in translations.items():
        forward = rule["forward_transform"]
        native[rule["translated_name"]] = (
            forward(**values) if callable(forward) else eval(_compiled(forward), {}, values)
        )
    return native


def grid_down(ms):
    """Refractory periods in ms are whole steps: as many as fit in."""
    dt = simulator.state.dt
    return np.floor(np.divide(ms, dt) + 1e-6) * dt


class Model:
    """A cell type that is a model of the library.

    Attributes
    ----------
    native_name : str
        Of the model.
    states : dict
        Variable: (name, factor) of state variables that can be set.
    variables : dict
        Variable: (name, factor to PyNN's unit) of what can be recorded at intervals.
    extra : dict
        Parameters of the model that PyNN does not have, in the library's units.
    """

    extra = {}
    states = {"v": ("V_m", 1.0)}
    variables = {"v": ("V_m", 1.0)}

    @property
    def weight_factor(self):
        """From PyNN's unit of weights to the library's: nA to pA, uS to nS, or mV as it is."""
        return 1.0 if getattr(self, "voltage_based_synapses", False) else 1000.0

    def port(self, receptor):
        """(receptor of the model, sign of its weights) for a receptor type."""
        return 0, -1.0 if self.conductance_based and receptor == "inhibitory" else 1.0

    def tau_syn(self, values, receptor):
        """Time constant of a receptor in ms: a number or an array; None where synapses act at once."""
        return values.get("tau_syn_I" if receptor == "inhibitory" else "tau_syn_E")

    def check(self, values, label):
        """pyNN.errors.InvalidParameterValueError for values that the model does not see as they are given."""

    def at_start(self, values, variable):
        """What a variable that is no state is at t = 0, in PyNN's unit: a number or an array."""
        return 0.0

    def native(self, values, n):
        """Parameters of n cells in the library's names and units."""
        native = {**translated(self.translations, values), **self.extra}
        if "t_ref" in native:
            native["t_ref"] = grid_down(native["t_ref"])
        return native

    @staticmethod
    def listed(value, n):
        """A value as the library takes it: of lists, one for each cell."""
        if isinstance(value, ArrayParameter):
            return [np.asarray(value.value, float)] * n
        if isinstance(value, np.ndarray) and value.dtype == object:
            return [np.asarray(x.value, float) for x in value]
        return value

    def assign(self, network, ids, values, label):
        """Sets parameters in the library's units, all or none. InvalidParameterValueError if they are not allowed."""
        simulator.set_parameters(
            network, ids, {k: self.listed(v, len(ids)) for k, v in values.items()}, label
        )

    def create(self, network, n, values):
        """Makes n cells. Returns the first id."""
        listed = {k: self.listed(v, n) for k, v in values.items()}
        return int(network.create(self.native_name, n, listed).ids[0])


_MEMBRANE = [
    ("v_rest", "E_L"),
    ("v_reset", "V_reset"),
    ("cm", "C_m", 1000.0),
    ("tau_refrac", "t_ref"),
    ("v_thresh", "V_th"),
    ("i_offset", "I_e", 1000.0),
]
_TAU = [("tau_m", "tau_m")]
_LEAK = [("tau_m", "g_L", "cm/tau_m*1000.0", "C_m/g_L")]
_SYNAPSES = [("tau_syn_E", "tau_syn_ex"), ("tau_syn_I", "tau_syn_in")]
_REVERSAL = [("e_rev_E", "E_ex"), ("e_rev_I", "E_in")]
_ADEX = [("v_spike", "V_peak"), ("a", "a"), ("b", "b", 1000.0), ("delta_T", "Delta_T"), ("tau_w", "tau_w")]


class _Current(Model):
    recordable = ["spikes", "v", "isyn_exc", "isyn_inh"]
    states = {"v": ("V_m", 1.0), "isyn_exc": ("I_syn_ex", 1e3), "isyn_inh": ("I_syn_in", 1e3)}
    variables = {"v": ("V_m", 1.0), "isyn_exc": ("I_syn_ex", 1e-3), "isyn_inh": ("I_syn_in", 1e-3)}
    translations = build_translations(*_MEMBRANE, *_TAU, *_SYNAPSES)


class _Conductance(Model):
    states = {"v": ("V_m", 1.0), "gsyn_exc": ("g_ex", 1e3), "gsyn_inh": ("g_in", 1e3)}
    variables = {"v": ("V_m", 1.0), "gsyn_exc": ("g_ex", 1e-3), "gsyn_inh": ("g_in", 1e-3)}
    translations = build_translations(*_MEMBRANE, *_LEAK, *_SYNAPSES, *_REVERSAL)


class IF_curr_alpha(_Current, cells.IF_curr_alpha):
    __doc__ = cells.IF_curr_alpha.__doc__
    native_name = "iaf_psc_alpha"


class IF_curr_exp(_Current, cells.IF_curr_exp):
    __doc__ = cells.IF_curr_exp.__doc__
    native_name = "iaf_psc_exp"


class IF_curr_delta(Model, cells.IF_curr_delta):
    __doc__ = cells.IF_curr_delta.__doc__
    native_name = "iaf_psc_delta"
    translations = build_translations(*_MEMBRANE, *_TAU)


class IF_cond_alpha(_Conductance, cells.IF_cond_alpha):
    __doc__ = cells.IF_cond_alpha.__doc__
    native_name = "iaf_cond_alpha"


class IF_cond_exp(_Conductance, cells.IF_cond_exp):
    __doc__ = cells.IF_cond_exp.__doc__
    native_name = "iaf_cond_exp"


class IF_cond_exp_gsfa_grr(_Conductance, cells.IF_cond_exp_gsfa_grr):
    __doc__ = cells.IF_cond_exp_gsfa_grr.__doc__
    native_name = "iaf_cond_exp_sfa_rr"
    states = {**_Conductance.states, "g_s": ("g_sfa", 1.0), "g_r": ("g_rr", 1.0)}
    variables = {**_Conductance.variables, "g_s": ("g_sfa", 1.0), "g_r": ("g_rr", 1.0)}
    translations = build_translations(
        *_MEMBRANE,
        *_LEAK,
        *_SYNAPSES,
        *_REVERSAL,
        ("tau_sfa", "tau_sfa"),
        ("e_rev_sfa", "E_sfa"),
        ("q_sfa", "q_sfa"),
        ("tau_rr", "tau_rr"),
        ("e_rev_rr", "E_rr"),
        ("q_rr", "q_rr"),
    )


class IF_facets_hardware1(_Conductance, cells.IF_facets_hardware1):
    __doc__ = cells.IF_facets_hardware1.__doc__
    native_name = "iaf_cond_exp"
    extra = {"C_m": 200.0, "t_ref": 1.0, "E_ex": 0.0, "I_e": 0.0}
    translations = build_translations(
        ("v_reset", "V_reset"),
        ("v_rest", "E_L"),
        ("v_thresh", "V_th"),
        ("e_rev_I", "E_in"),
        ("tau_syn_E", "tau_syn_ex"),
        ("tau_syn_I", "tau_syn_in"),
        ("g_leak", "g_L"),
    )


class _AdEx(_Conductance):
    states = {**_Conductance.states, "w": ("w", 1e3)}
    variables = {**_Conductance.variables, "w": ("w", 1e-3)}
    translations = build_translations(*_MEMBRANE, *_LEAK, *_SYNAPSES, *_REVERSAL, *_ADEX)


class EIF_cond_alpha_isfa_ista(_AdEx, cells.EIF_cond_alpha_isfa_ista):
    __doc__ = cells.EIF_cond_alpha_isfa_ista.__doc__
    native_name = "aeif_cond_alpha"


class EIF_cond_exp_isfa_ista(_AdEx, cells.EIF_cond_exp_isfa_ista):
    __doc__ = cells.EIF_cond_exp_isfa_ista.__doc__
    native_name = "aeif_cond_exp"


class Izhikevich(Model, cells.Izhikevich):
    __doc__ = cells.Izhikevich.__doc__
    native_name = "izhikevich"
    states = {"v": ("V_m", 1.0), "u": ("U_m", 1.0)}
    variables = {"v": ("V_m", 1.0), "u": ("U_m", 1.0)}
    translations = build_translations(
        ("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("i_offset", "I_e", 1000.0)
    )


class GIF_cond_exp(_Conductance, cells.GIF_cond_exp):
    __doc__ = cells.GIF_cond_exp.__doc__
    native_name = "gif_cond_exp"
    variables = {**_Conductance.variables, "i_eta": ("I_stc", 1e-3), "v_t": ("E_sfa", 1.0)}
    translations = build_translations(
        *[t for t in _MEMBRANE if t[0] != "v_thresh"],
        *_LEAK,
        *_SYNAPSES,
        *_REVERSAL,
        ("delta_v", "Delta_V"),
        ("v_t_star", "V_T_star"),
        ("lambda0", "lambda_0"),
        ("tau_eta", "tau_stc"),
        ("tau_gamma", "tau_sfa"),
        ("a_eta", "q_stc", 1000.0),
        ("a_gamma", "q_sfa"),
    )

    def at_start(self, values, variable):
        """As Model.at_start: the threshold is v_t_star."""
        return values["v_t_star"] if variable == "v_t" else 0.0


class HH_cond_exp(_Conductance, cells.HH_cond_exp):
    __doc__ = cells.HH_cond_exp.__doc__
    native_name = "hh_cond_exp_traub"
    recordable = ["spikes", "v", "gsyn_exc", "gsyn_inh", "m", "n", "h"]
    receptor_types = ("excitatory", "inhibitory")
    states = {"v": ("V_m", 1.0), "m": ("Act_m", 1.0), "n": ("Act_n", 1.0), "h": ("Inact_h", 1.0)}
    variables = {**_Conductance.variables, **states}
    translations = build_translations(
        ("gbar_Na", "g_Na", 1000.0),
        ("gbar_K", "g_K", 1000.0),
        ("g_leak", "g_L", 1000.0),
        ("cm", "C_m", 1000.0),
        ("v_offset", "V_T"),
        ("e_rev_Na", "E_Na"),
        ("e_rev_K", "E_K"),
        ("e_rev_leak", "E_L"),
        ("i_offset", "I_e", 1000.0),
        *_SYNAPSES,
        *_REVERSAL,
    )
