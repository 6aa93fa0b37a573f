"""ranvier.nest: the AdEx neuron of figure 3D of Brette & Gerstner 2005, where the reference's script differs by a step."""

import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401

# ms; of C V' = -g_L (V - E_L) + g_L Delta_T exp((V - V_th) / Delta_T) - w + I and tau_w w' = a (V - E_L) - w, without a bound,
# by DOP853 for exp(-V / Delta_T) with a tolerance of 1e-12.
EXACT = np.array([417.444079, 434.663885, 471.949661])


def spikes(h, **values):
    nest.ResetKernel()
    nest.resolution = h
    n = nest.Create(
        "aeif_cond_exp", {"V_peak": 20.0, "E_L": -60.0, "a": 80.0, "b": 80.5, "tau_w": 720.0, **values}
    )
    dc = nest.Create("dc_generator", {"amplitude": -800.0, "start": 0.0, "stop": 400.0})
    r = nest.Create("spike_recorder")
    nest.Connect(dc, n)
    nest.Connect(n, r)
    nest.Simulate(500.0)
    return r.events["times"]


@pytest.mark.parametrize("h", [0.1, 0.01, 0.001])
def test_without_a_bound_spikes_are_those_of_the_equation(h):
    late = spikes(h, I_exp_max=np.inf) - EXACT
    assert (late > 0).all() and (late < 1.1 * h).all()


def test_the_bound_delays_spikes():
    # From -29.6 mV, where the bound is reached, to 20 mV with 2e6 pA / 281 pF: 7 us. What follows is as late, and later.
    late = spikes(0.001) - spikes(0.001, I_exp_max=np.inf)
    assert late[0] == pytest.approx(0.007, abs=0.0015)
    assert late == pytest.approx([0.006, 0.017, 0.081], abs=0.0015)
