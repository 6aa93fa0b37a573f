"""State variables that can be set."""

import numpy as np
import pytest


@pytest.mark.parametrize("model", ["gif_psc_exp", "hh_psc_alpha", "iaf_psc_alpha", "iaf_psc_exp", "mat2_psc_exp"])
def test_synaptic_currents_are_state(net, model):
    """They are set when neurons are made and between runs, and decay from there; other neurons keep theirs."""
    neurons = net.create(model, 3, I_syn_ex=[0.0, 5.0, 7.0])
    tau_ex, tau_in = neurons.get("tau_syn_ex")[0], neurons.get("tau_syn_in")[0]
    net.run(1.0)
    np.testing.assert_allclose(neurons.I_syn_ex, np.array([0, 5, 7]) * np.exp(-1 / tau_ex), rtol=1e-12)
    neurons[:2].I_syn_in = [-3.0, -4.0]
    neurons[1].I_syn_ex = 2.0
    net.run(1.0)
    expected = np.array([0, 2, 7 * np.exp(-1 / tau_ex)]) * np.exp(-1 / tau_ex)
    np.testing.assert_allclose(neurons.I_syn_ex, expected, rtol=1e-12)
    np.testing.assert_allclose(neurons.I_syn_in, np.array([-3, -4, 0]) * np.exp(-1 / tau_in), rtol=1e-12)
    assert len(set(neurons.V_m)) == 3
