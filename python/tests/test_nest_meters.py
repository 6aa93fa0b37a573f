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
    for change in ({"interval": 1.0}, {"offset": 1.0}, {"record_from": []}):
        with pytest.raises(nest.NESTErrors.BadProperty):
            m[0].set(change)


def test_meters_record_generators_to_files(tmp_path):
    nest.SetKernelStatus({"data_path": str(tmp_path)})
    m = nest.Create("multimeter", {"record_from": ["I"], "record_to": "ascii", "interval": 0.5})
    nest.Connect(m, nest.Create("dc_generator", {"amplitude": 2.5, "stop": 1.0}))
    nest.Simulate(3.0)
    (file,) = tmp_path.iterdir()
    assert file.read_text().splitlines()[3:5] == ["2\t0.500\t2.500", "2\t1.000\t0.000"]


def test_meters_on_generators_that_cannot_be():
    m, dc = nest.Create("multimeter", {"record_from": ["I"]}), nest.Create("dc_generator")
    with pytest.raises(nest.NESTErrors.NotImplemented):
        nest.Connect(m, nest.Create("noise_generator"))
    for model in ("poisson_generator", "sinusoidal_poisson_generator"):
        with pytest.raises(nest.NESTErrors.IllegalConnection):
            nest.Connect(m, nest.Create(model))
    nest.Connect(m, dc)
    with pytest.raises(nest.NESTErrors.IllegalConnection, match="not connected to yet"):
        nest.Connect(m, dc)
    assert nest.num_connections == 1
