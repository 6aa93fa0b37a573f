"""Values of connections that are set: what a SynapseCollection writes."""

import numpy as np

from .. import errors as _errors
from ._disconnect import check_there
from ._errors import error, not_supported, reference_errors
from ._kernel import kernel
from ._parameters import Parameter
from ._replace import replace
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


class Settable:
    """What SynapseCollection inherits; it has `_rows`, `_alive`, `_models()`, `_values(name)` and `_weights()`."""

    def set(self, params=None, **kwargs):
        """Sets weights, delays, parameters and state of the connections, all or none.

        Delays and parameters of synapses that learn, are recorded or have one weight for all, and of those to parrot_neuron,
        are those of Connect.

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
        check_there(self._rows.columns["handle"])
        checked = {k: self._checked(k, v) for k, v in params.items()}
        checked = {k: v for k, v in checked.items() if v is not None}
        built, written, undo = {}, {}, {}
        for name, values in checked.items():
            (built if self._is_built(name) else written)[name] = _numbers(name, values)
        try:
            for name, values in written.items():
                before = self._values(name) if len(checked) > 1 else None
                self._write(name, values)
                undo[name] = before
            with reference_errors():
                built = {k: v for k, v in built.items() if v.tolist() != self._values(k)}
                if built:
                    replace(self._rows, built)
        except Exception:
            for name, values in undo.items():
                self._write(name, np.asarray(values, float))
            raise

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

    def _is_built(self, name):
        """Whether a value belongs to how connections are built, rather than to what they keep."""
        built = name == "delay"
        for model in self._models():
            info = kernel.info(model)
            common = {f["name"] for f in info["common"]} | {"weight_recorder", info["modulator"]}
            if name in common or (name == "weight" and info["common_weight"]):
                raise error(
                    "UnaccessedDictionaryEntry",
                    f"Unaccessed elements in params, in function SynapseCollection.set:  {name} (it belongs to {model}; use SetDefaults)",
                )
            built |= name in {f["name"] for f in info["own"]}
        return built

    def _write(self, name, values):
        """values: float array, one for each connection."""
        c = self._rows.columns
        device = c["handle"] == NO_HANDLE
        with reference_errors():
            if device.any():
                self._check_device_weights(name, values, device)
                self._write_with_devices(name, values, device)
            else:
                kernel.core.set_connection_values(np.ascontiguousarray(c["handle"]), name, values)
        kernel.weight_changes += 1

    def _write_with_devices(self, name, array, device):
        c, core = self._rows.columns, kernel.core
        real = np.ascontiguousarray(c["handle"][~device])
        before = core.connection_values(real, name)
        core.set_connection_values(real, name, array[~device])
        try:
            set_device_weights(c["edge"][device], array[device])
        except _errors.Error:
            core.set_connection_values(real, name, before)
            raise

    def _check_device_weights(self, name, array, device):
        """What drives a neuron can be added to only."""
        c, old = self._rows.columns, self._weights()
        for i in np.flatnonzero(device if name != "weight" else device & (array != old)).tolist():
            source, target = int(c["source"][i]), int(c["target"][i])
            if name != "weight" or not can_be_weighted(source, target, old[i]):
                what = f"{name} of existing connections of {kernel.model_of(source)}"
                raise not_supported(what, "give it in Connect; weights of 0 can be set later, too")
