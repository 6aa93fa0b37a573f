"""Values of connections that are set: what a SynapseCollection writes."""

import numpy as np

from .. import errors as _errors
from ._errors import error, not_supported, reference_errors
from ._kernel import kernel
from ._parameters import Parameter
from ._rows import NO_HANDLE, can_be_weighted, set_device_weights

ALWAYS = (
    "source",
    "target",
    "weight",
    "delay",
    "synapse_model",
    "synapse_id",
    "target_thread",
    "port",
    "receptor",
    "sizeof",
)
_READ_ONLY = (*(name for name in ALWAYS if name not in ("weight", "delay")), "synapse_modelid")


def _numbers(name, values):
    """A float array. NESTErrors.TypeMismatch"""
    if not all(isinstance(v, (int, float, np.integer, np.floating, bool, np.bool_)) for v in values):
        raise error("TypeMismatch", f"{name} must be numbers")
    return np.asarray(values, float)


def _check_delays(delay):
    """After a simulation only delays between the shortest and the longest can be set."""
    if not kernel.simulated:
        return
    low, high = kernel.delays
    steps = np.floor(delay / kernel.resolution + 0.5)
    wrong = (steps < round(low / kernel.resolution)) | (steps > round(high / kernel.resolution))
    if wrong.any():
        raise error(
            "BadDelay",
            f"Delay value {delay[wrong][0]:g} is invalid: after Simulate it must be between min_delay = {low:g} ms and "
            f"max_delay = {high:g} ms; set both before",
        )


class Settable:
    """What SynapseCollection inherits; it has `_rows`, `_alive`, `_models()`, `_values(name)` and `_weights()`."""

    def set(self, params=None, **kwargs):
        """Sets weights, delays, parameters and state of the connections, all or none.

        Spikes that have been sent arrive as they were sent.

        Parameters
        ----------
        params : dict or list of dict, optional
            One for all, or one for each connection.
        **kwargs
            Numbers, or sequences of one value for each connection.

        Raises
        ------
        NESTErrors.UnaccessedDictionaryEntry, NESTErrors.BadProperty, NESTErrors.TypeMismatch, NESTErrors.BadDelay,
        NESTErrors.NotImplemented, TypeError
        """
        if kwargs and params is not None:
            raise TypeError("must either provide params or kwargs, but not both.")
        params = kwargs if params is None else params
        if isinstance(params, (list, tuple)) and all(isinstance(p, dict) for p in params):
            if len(params) != len(self):
                raise TypeError(f"status dict must be a dict, or a list of dicts of length {len(self)}")
            keys = dict.fromkeys(k for p in params for k in p)
            if params and all(len(p) == len(keys) for p in params):
                self.set({k: [p[k] for p in params] for k in keys})
                return
            for k in keys:
                with_it = [i for i, p in enumerate(params) if k in p]
                part = self if len(with_it) == len(self) else type(self)(self._rows.take(np.array(with_it)))
                part.set({k: [params[i][k] for i in with_it]})
            return
        if not isinstance(params, dict):
            raise TypeError("params must be a dict or a list of dicts")
        if not self._alive:
            return
        checked = {k: self._checked(k, v) for k, v in params.items()}
        checked = {k: v for k, v in checked.items() if v is not None}
        for name in checked:
            self._check_own(name)
        columns = {name: _numbers(name, values) for name, values in checked.items()}
        device = self._rows.columns["handle"] == NO_HANDLE
        if device.any() and "delay" in columns and columns["delay"].tolist() == self._values("delay"):
            del columns["delay"]
        if "delay" in columns:
            _check_delays(columns["delay"])
        if columns:
            self._write(columns, device)

    def _checked(self, name, value):
        """One value for each connection; None: nothing to do."""
        names = {n for m in self._models() for n in kernel.core.defaults(m)}
        if name in _READ_ONLY or (name not in names and kernel.dict_miss_is_error):
            what = "cannot be set" if name in _READ_ONLY else "is unknown"
            raise error(
                "UnaccessedDictionaryEntry",
                f"Unaccessed elements in params, in function SynapseCollection.set:  {name} ({what})",
            )
        if name not in names:
            return None
        if isinstance(value, Parameter):
            raise error(
                "TypeMismatch",
                f"{name}: Parameters cannot be given to existing connections; draw values with GetValue()",
            )
        if np.ndim(value) == 0:
            return [value] * len(self)
        if len(value) != len(self):
            raise IndexError(
                f"list index out of range: {name} has {len(value)} values for {len(self)} connections"
            )
        return list(value)

    def _check_own(self, name):
        """NESTErrors.UnaccessedDictionaryEntry for what belongs to a model."""
        for model in self._models():
            info = kernel.info(model)
            common = {f["name"] for f in info["common"]} | {"weight_recorder", info["modulator"]}
            if name in common or (name == "weight" and info["common_weight"]):
                raise error(
                    "UnaccessedDictionaryEntry",
                    f"Unaccessed elements in params, in function SynapseCollection.set:  {name} (it belongs to {model}; use SetDefaults)",
                )

    def _write(self, columns, device):
        """columns: float arrays by name, one value for each connection; device: bool array, which are a device's."""
        with reference_errors(IllegalConnection="NotImplemented"):
            if device.any():
                for name, values in columns.items():
                    self._check_device_weights(name, values, device)
                self._write_with_devices(columns["weight"], device)
            else:
                handles = np.ascontiguousarray(self._rows.columns["handle"])
                kernel.core.set_connection_values(handles, columns)
        kernel.weight_changes += 1
        kernel.delay_changes += "delay" in columns

    def _write_with_devices(self, weights, device):
        c, core = self._rows.columns, kernel.core
        real = np.ascontiguousarray(c["handle"][~device])
        before = core.connection_values(real, "weight")
        core.set_connection_values(real, {"weight": weights[~device]})
        try:
            set_device_weights(c["edge"][device], weights[device])
        except _errors.Error:
            core.set_connection_values(real, {"weight": before})
            raise

    def _check_device_weights(self, name, array, device):
        """What drives a neuron can be added to only."""
        c, old = self._rows.columns, self._weights()
        for i in np.flatnonzero(device if name != "weight" else device & (array != old)).tolist():
            source, target = int(c["source"][i]), int(c["target"][i])
            if name != "weight" or not can_be_weighted(source, target, old[i]):
                what = f"{name} of existing connections of {kernel.model_of(source)}"
                raise not_supported(what, "give it in Connect; weights of 0 can be set later, too")
