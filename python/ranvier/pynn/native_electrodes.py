"""Current sources that are the library's generators of currents: parameters in the library's names and units."""

import math

import numpy as np
from pyNN import errors
from pyNN.parameters import Sequence
from pyNN.standardmodels import build_translations

from .. import errors as _errors
from ..models import model as declaration
from ..network import Network
from . import simulator
from .electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource, _Source

__all__ = ["NativeElectrodeType", "native_electrode_type"]


class NativeElectrodeType(_Source):
    """A generator of currents of the library as a current source. Made by native_electrode_type.

    Attributes
    ----------
    native_name : str
        Of the model.
    """

    _pA = 1.0

    def _given(self):
        return {}

    def _plain(self, name, value):
        return type(self.default_parameters[name])(value)

    def _check(self, values):
        # What is allowed, the library knows: by a generator of a network that is thrown away.
        network = Network(resolution=simulator.state.dt, backend="cpu", threads=1)
        try:
            network.create(self.native_name, 1, values)
        except _errors.Error as e:
            raise errors.InvalidParameterValueError(str(e)) from e

    def _ends(self, values):
        steps, origin = simulator.state.steps, values["origin"]
        return steps(origin + values["start"]), steps(origin + values["stop"])


class _Direct(NativeElectrodeType, DCSource):
    pass


class _Alternating(NativeElectrodeType, ACSource):
    def _phase(self, values):
        return values["phase"]


class _Steps(NativeElectrodeType, StepCurrentSource):
    def _read(self, values):
        tics, step = np.floor(np.multiply(values["amplitude_times"], 1000) + 0.5), simulator.state.dt * 1000
        return np.ceil(tics / round(step)).astype(np.int64), np.asarray(values["amplitude_values"], float)

    def _value(self, step, values):
        return super()._value(step, values) if self._window(step, values) else 0.0

    def _next(self, step):
        return min([super()._next(step), *(end for end in self._ends(self._values) if end > step)])


class _Noise(NativeElectrodeType, NoisyCurrentSource):
    def _deviation(self, step, values):
        degrees = 0.36 * values["frequency"] * simulator.state.ms(step) + values["phase"]
        variance = values["std"] ** 2 + values["std_mod"] ** 2 * math.sin(math.radians(degrees))
        return math.sqrt(max(variance, 0.0))

    def _settings(self):
        p = self._values
        # As of an alternating current: what is drawn flows a step after the time that it is of.
        own = {name: p[name] for name in ("mean", "std", "std_mod", "dt", "frequency")}
        phase = p["phase"] + 0.36 * p["frequency"] * simulator.state.dt
        return {**own, "phase": phase, **self._sent_in(p)}


_KINDS = {
    "dc_generator": _Direct,
    "ac_generator": _Alternating,
    "step_current_generator": _Steps,
    "noise_generator": _Noise,
}


def native_electrode_type(model_name):
    """A current source of a model of the library.

    Parameters are in the library's names and units (pA, ms, spikes/s, degrees). The current flows from start on, from each of
    amplitude_times on, and with the phase of the time at which it flows; changes between runs act at once, all as with the
    standard sources. get_data() is in nA, as PyNN has it.

    Parameters
    ----------
    model_name : {"dc_generator", "ac_generator", "step_current_generator", "noise_generator"}

    Returns
    -------
    type
        To be called with parameters: native_electrode_type("dc_generator")(amplitude=500.0, start=10.0).

    Raises
    ------
    pyNN.errors.NoModelAvailableError
        For other names.
    """
    if model_name not in _KINDS:
        raise errors.NoModelAvailableError(
            f"native_electrode_type: {model_name!r}, allowed: {', '.join(_KINDS)}; "
            "generators of spikes are cells, of native_cell_type"
        )
    info = declaration(model_name)
    parameters = {f["name"]: f["default"] for part in ("params", "window") for f in info[part]}
    if model_name == "step_current_generator":
        parameters.update(amplitude_times=Sequence([]), amplitude_values=Sequence([]))
    members = {
        "native_name": model_name,
        "__doc__": info["summary"] + ".",
        "default_parameters": parameters,
        "translations": build_translations(*[(name, name) for name in parameters]),
    }
    return type(model_name, (_KINDS[model_name],), members)
