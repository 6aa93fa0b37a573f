"""ranvier.nest: multimeters on generators, whose values have closed forms."""

import numpy as np
import pytest
from test_nest_api import fresh, nest  # noqa: F401


def test_meters_record_what_generators_emit():
    m = nest.Create("multimeter", 2, {"record_from": ["I"], "interval": 0.5})
    ac = nest.Create("ac_generator", {"amplitude": 3.0, "offset": 1.0, "frequency": 40.0, "start": 2.0})
    steps = nest.Create(
        "step_current_generator", {"amplitude_times": [1.0, 6.0], "amplitude_values": [4.0, -1.0]}
    )
    nest.Connect(m[0], ac + steps)
    nest.Connect(m[1], ac)
    assert nest.num_connections == 3 and ac.recordables == ["I"]
    nest.Simulate(4.0)
    ac.amplitude = 5.0
    m[1].n_events = 0
    nest.Simulate(4.0)
    e = m[0].events
    t = np.arange(0.5, 7.5, 0.5)
    assert e["times"].tolist() == np.repeat(t, 2).tolist() and m[0].n_events == 28
    wave = np.where(t < 2, 0, 1 + np.where(t > 4, 5, 3) * np.sin(2 * np.pi * 0.04 * t))
    np.testing.assert_allclose(e["I"][e["senders"] == ac.global_id], wave, atol=1e-12)
    assert e["I"][e["senders"] == steps.global_id].tolist() == [0.0] + [4.0] * 10 + [-1.0] * 3
    assert (
        m[1].events["times"].tolist() == t[t > 3].tolist()
    )  # of the slice that had not been fetched, and later ones
    for change in ({"interval": 1.0}, {"record_to": "ascii"}):
        with pytest.raises(nest.NESTErrors.BadProperty):
            m[0].set(change)


def test_meters_on_generators_that_cannot_be():
    m, files = (
        nest.Create("multimeter", {"record_from": ["I"], "record_to": to}) for to in ("memory", "ascii")
    )
    dc = nest.Create("dc_generator")
    for meter, model in ((m, "noise_generator"), (files, "dc_generator")):
        with pytest.raises(nest.NESTErrors.NotImplemented):
            nest.Connect(meter, nest.Create(model))
    for model in ("poisson_generator", "sinusoidal_poisson_generator"):
        with pytest.raises(nest.NESTErrors.IllegalConnection):
            nest.Connect(m, nest.Create(model))
    nest.Connect(m, dc)
    with pytest.raises(nest.NESTErrors.IllegalConnection, match="once"):
        nest.Connect(m, dc)
    assert nest.num_connections == 1
