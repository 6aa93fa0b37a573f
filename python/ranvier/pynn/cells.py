"""Standard cells: how PyNN's parameters, states and recordables are called in the library, and in what units."""

import math
import warnings

import numpy as np
from pyNN import errors
from pyNN.parameters import ArrayParameter, Sequence
from pyNN.standardmodels import ModelNotAvailable, build_translations, cells

from ..rules import one_to_one
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
    "SpikeSourcePoisson",
    "SpikeSourcePoissonRefractory",
    "SpikeSourceGamma",
    "SpikeSourceInhGamma",
    "SpikeSourceArray",
]


def translated(translations, values):
    """PyNN's values (dict of numbers and arrays) in the library's names and units."""
    native = {}
    for name, rule in translations.items():
        forward = rule["forward_transform"]
        native[rule["translated_name"]] = forward(**values) if callable(forward) else eval(forward, {}, values)
    return native


def grid_down(ms):
    """Refractory periods are whole steps: the ones that fit in."""
    dt = simulator.state.dt
    return np.floor(np.asarray(ms) / dt + 1e-6) * dt if isinstance(ms, np.ndarray) else math.floor(ms / dt + 1e-6) * dt


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
        simulator.set_parameters(network, ids, {k: self.listed(v, len(ids)) for k, v in values.items()}, label)

    def create(self, network, n, values):
        """Makes n cells. Returns the first id of the cells, and of what has their parameters."""
        listed = {k: self.listed(v, n) for k, v in values.items()}
        first = int(network.create(self.native_name, n, listed).ids[0])
        return first, first


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
    translations = build_translations(("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("i_offset", "I_e", 1000.0))


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


class HH_cond_exp(ModelNotAvailable):
    """Not available: the library has no Hodgkin-Huxley neurons. NotImplementedError says so."""


class SpikeSourceInhGamma(ModelNotAvailable):
    """Not available: nor has any simulator a generator of inhomogeneous gamma processes. NotImplementedError says so."""


class _Source(Model):
    states = {}
    variables = {}

    @property
    def weight_factor(self):
        """Of weights onto it; nothing connects to a source."""
        return 1.0


class _Relayed(_Source):
    """Random trains: a generator for each cell, and a neuron that repeats its spikes for all targets and recorders."""

    def native(self, values, n):
        """As Model.native. Spikes are in (start, start + duration]; the first two steps of a simulation have none."""
        native = translated(self.translations, values)
        # A generator active from step k on is heard of through the relay in spikes from k + 3 on.
        native["start"] = self._window(native["start"])
        native["stop"] = self._window(native["stop"])
        return {**native, **self.extra}

    @staticmethod
    def _window(ms):
        state = simulator.state
        at = np.array([x if not math.isfinite(x) else state.ms(max(x - 2, 0)) for x in map(state.steps, np.atleast_1d(ms))])
        return at if isinstance(ms, np.ndarray) else float(at[0])

    def create(self, network, n, values):
        """As Model.create: relays and generators."""
        generators = network.create(self.native_name, n, values)
        relays = network.create("parrot_neuron", n)
        network.connect(generators, relays, one_to_one(), weight=1.0, delay=network.resolution)
        return int(relays.ids[0]), int(generators.ids[0])


_WINDOW = [("start", "start"), ("duration", "stop", "start+duration", "stop-start")]


class SpikeSourcePoisson(_Relayed, cells.SpikeSourcePoisson):
    __doc__ = cells.SpikeSourcePoisson.__doc__
    native_name = "poisson_generator"
    translations = build_translations(("rate", "rate"), *_WINDOW)


class SpikeSourcePoissonRefractory(_Relayed, cells.SpikeSourcePoissonRefractory):
    __doc__ = cells.SpikeSourcePoissonRefractory.__doc__
    native_name = "ppd_sup_generator"
    extra = {"n_proc": 1}
    translations = build_translations(("rate", "rate"), ("tau_refrac", "dead_time"), *_WINDOW)


class SpikeSourceGamma(_Relayed, cells.SpikeSourceGamma):
    __doc__ = cells.SpikeSourceGamma.__doc__
    native_name = "gamma_sup_generator"
    translations = build_translations(
        ("alpha", "gamma_shape"), ("beta", "rate", "beta/alpha", "rate*gamma_shape"), *_WINDOW
    )

    def native(self, values, n):
        """As _Relayed.native."""
        native = super().native(values, n)
        shape = native["gamma_shape"]
        native["gamma_shape"] = shape.astype(int) if isinstance(shape, np.ndarray) else int(shape)
        return native


class SpikeSourceArray(_Source, cells.SpikeSourceArray):
    __doc__ = cells.SpikeSourceArray.__doc__
    native_name = "spike_generator"
    translations = build_translations(("spike_times", "spike_times"))

    def check(self, values, label):
        """Spike times in ms are not negative and do not descend."""
        times = values["spike_times"]
        dt, moved = simulator.state.dt, False
        for one in times if isinstance(times, np.ndarray) else [times]:
            t = np.asarray(one.value, float)
            if not np.isfinite(t).all() or (t < 0).any():
                raise errors.InvalidParameterValueError(
                    f"{label}: spike_times = {t}, allowed: finite times >= 0 ms; time begins at 0"
                )
            if (np.diff(t) < 0).any():
                raise errors.InvalidParameterValueError(
                    f"{label}: spike_times = {t}, allowed: ascending times; sort them"
                )
            moved |= bool(len(t) and (np.abs(t / dt - self._steps(t)) > 1e-3).any())
        if moved:
            warnings.warn(f"{label}: spike_times are moved to the nearest of {dt} ms, {2 * dt} ms, ...", errors.RoundingWarning)

    @staticmethod
    def _steps(ms):
        """A spike belongs to the end of a step: the first is that of step 1."""
        return np.maximum(np.floor(np.asarray(ms, float) / simulator.state.dt + 0.5), 1)

    def native(self, values, n):
        """As Model.native, on the grid."""
        times = values["spike_times"]
        if not isinstance(times, np.ndarray):
            return {"spike_times": Sequence(simulator.state.ms(self._steps(times.value)))}
        grid = np.empty(len(times), object)
        for i, one in enumerate(times):
            grid[i] = Sequence(simulator.state.ms(self._steps(one.value)))
        return {"spike_times": grid}

    def relays(self, network, n, values):
        """Makes neurons that repeat the spikes of n cells, which plastic synapses need as sources.

        Returns the first id of the relays, and of the generators that feed them, a step ahead.
        """
        feeders = network.create(self.native_name, n)
        relays = network.create("parrot_neuron", n)
        network.connect(feeders, relays, one_to_one(), weight=1.0, delay=network.resolution)
        self.feed(network, feeders.ids, values)
        return int(relays.ids[0]), int(feeders.ids[0])

    def feed(self, network, ids, values):
        """Sets the times of generators of relays. A spike of the next step comes a step late, with a warning."""
        state, times = simulator.state, values["spike_times"]
        now = network.step

        def ahead(one):
            steps = self._steps(one.value)
            if (steps == now + 1).any():
                warnings.warn(
                    f"spike_times: plastic synapses see the spike at {state.ms(now + 1):g} ms one step late",
                    errors.RoundingWarning,
                )
            return Sequence(state.ms(np.where(steps > now, np.maximum(steps - 1, now + 1), np.maximum(steps - 1, 1))))

        if isinstance(times, np.ndarray):
            early = np.empty(len(times), object)
            early[:] = [ahead(one) for one in times]
        else:
            early = ahead(times)
        self.assign(network, ids, {"spike_times": early}, self.native_name)

    def assign(self, network, ids, values, label):
        """As Model.assign."""
        times = values["spike_times"]
        if not isinstance(times, np.ndarray):
            simulator.set_parameters(network, ids, {"spike_times": times.value}, label)
            return
        for node, one in zip(ids, times):
            simulator.set_parameters(network, (int(node), 1), {"spike_times": one.value}, label)

    def create(self, network, n, values):
        """As Model.create."""
        cells = network.create(self.native_name, n)
        self.assign(network, cells.ids, values, self.native_name)
        return int(cells.ids[0]), int(cells.ids[0])
