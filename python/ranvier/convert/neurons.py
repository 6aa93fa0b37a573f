"""Populations of integrate-and-fire neurons, in ms and mV."""

import dataclasses
from typing import Any

import numpy as np

__all__ = ["Neurons"]


@dataclasses.dataclass(eq=False)
class Neurons:
    """A population. Numbers below may be arrays with one value for each neuron.

    Their capacity is 1 pF, so that 1 pA raises a potential by 1 mV/ms.

    Parameters
    ----------
    shape : tuple of int
    V_th : float or array
        mV; inf: an integrator, whose potential is its output.
    V_reset, E_L : float or array
        mV; E_L is also the potential at the beginning.
    tau_m : float or array
        ms; inf: no leak.
    tau_syn : float or array, optional
        ms; of exponential synaptic currents. None: spikes are jumps of the potential.
    t_ref : float or array
        ms.
    reset : {"subtract", "modulo", "zero", "none"}
        A spike lowers V_m by V_th - V_reset (for "modulo" the rest is Stepwise's), or sets it to V_reset, or changes nothing:
        neurons fire in every step at whose end V_m is above.
    strict : bool
        They fire where V_m > V_th, else where V_m >= V_th, as Ranvier's models do.
    jump : float or array
        What a spike of weight 1 adds: to V_m (mV), or with tau_syn to the synaptic current (pA).
    slope : float or array
        The current (pA) of an input current of 1. With tau_syn it is filtered as spikes are.
    bernoulli : bool
        Each fires in each step with a probability that is its input current, independently.
    """

    shape: tuple
    V_th: Any = 1.0
    V_reset: Any = 0.0
    E_L: Any = 0.0
    tau_m: Any = np.inf
    tau_syn: Any = None
    t_ref: Any = 0.0
    reset: str = "subtract"
    strict: bool = False
    jump: Any = 1.0
    slope: Any = 1.0
    bernoulli: bool = False

    @property
    def size(self):
        """Number of neurons."""
        return int(np.prod(self.shape))

    @property
    def spiking(self):
        """Whether they can fire."""
        return bool(np.isfinite(self.V_th).all())

    @property
    def model(self):
        """Name of Ranvier's model."""
        return "iaf_psc_delta" if self.tau_syn is None and not self.bernoulli else "iaf_psc_exp"

    def params(self, h):
        """Parameters of the model for steps of h ms: a dict of numbers, or of arrays of shape (size,) where neurons differ."""
        if self.bernoulli:
            return _escape(h)
        values = {"E_L": self.E_L, "tau_m": self.tau_m, "t_ref": self.t_ref, "C_m": 1.0}
        values["V_th"], values["V_reset"] = self.threshold(self.V_th)
        if self.tau_syn is not None:
            values["tau_syn_ex"] = values["tau_syn_in"] = self.tau_syn
        same = {
            name: np.ravel(x)[0] if np.ptp(_finite(x)) == 0 else np.ravel(x) for name, x in values.items()
        }
        return {**same, "reset_by_subtraction": self.reset != "zero" and self.spiking}

    def current(self, drive, h):
        """I_e (pA) for an input current: float64 ndarray of the shape of `drive`, (copies, size)."""
        if not self.bernoulli:
            return drive * np.ravel(self.slope)
        with np.errstate(divide="ignore"):
            return np.maximum(np.log(np.clip(drive, 0, 1)), _NEVER) / (_MEMORY * h)

    def threshold(self, V_th):
        """V_th and V_reset of the model (mV) for thresholds V_th: float64 arrays."""
        V_th, V_reset, E_L = (np.asarray(x, dtype=float) for x in (V_th, self.V_reset, self.E_L))
        if not self.spiking:
            return V_th, V_reset
        jump = V_th - V_reset
        if self.strict:
            # Models compare V_m - E_L with V_th - E_L: the next number above that difference.
            wanted = np.nextafter(V_th - E_L, np.inf)
            V_th = E_L + wanted
            while (low := V_th - E_L < wanted).any():
                V_th = np.where(low, np.nextafter(V_th, np.inf), V_th)
        if self.reset == "none":
            return V_th, np.nextafter(V_th, -np.inf)  # subtracts less than rounding does
        return V_th, V_th - jump if self.strict and self.reset != "zero" else V_reset


# ln of a probability that no random number is below.
_NEVER = -1e4
# Time constant in steps of a potential that is I_e alone: exp(-1 / _MEMORY) is 0.
_MEMORY = 1e-3


def _escape(h):
    """A neuron of the model iaf_psc_exp that fires in each step with probability exp(V_m / mV), where V_m is set by I_e."""
    return {
        **{"E_L": 0.0, "V_th": 0.0, "V_reset": -1.0, "C_m": 1.0, "t_ref": 0.0},
        **{"tau_m": _MEMORY * h, "delta": 1.0, "rho": 1e3 / h},
    }


def _finite(x):
    """x with a number instead of inf, so that differences are numbers."""
    return np.where(np.isinf(x), -1.0, x)
