"""The library's generators of currents as current sources: in its names and units, exact from the step on in which they begin."""

import numpy as np
import pytest

from pynn_common import both, signal

TAU, CM = 20.0, 1.0


def cell_of(sim, n=1):
    cell = sim.Population(n, sim.IF_curr_exp(v_thresh=1e3, tau_m=TAU, cm=CM))
    cell.record("v")
    return cell


def flowed(cells):
    """Current in pA of each step: array of shape (steps, cells), from the potentials."""
    v, decay = signal(cells, "v") + 65.0, np.exp(-0.1 / TAU)
    return (v[1:] - v[:-1] * decay) / (TAU / CM * (1 - decay)) * 1e3


T = np.arange(300) * 0.1


def window(begin, end):
    return (T > begin - 1e-9) & (T < end - 1e-9)


#: name: (parameters, what flows from each time of T on, pA)
DETERMINISTIC = {
    "dc_generator": (
        dict(amplitude=500.0, origin=2.0, start=3.0, stop=12.0),
        500.0 * window(5, 14),
    ),
    "ac_generator": (
        dict(amplitude=300.0, offset=200.0, frequency=80.0, phase=30.0, start=4.0, stop=25.0),
        (200.0 + 300.0 * np.sin(2 * np.pi * 0.08 * T + np.pi / 6)) * window(4, 25),
    ),
    "step_current_generator": (
        dict(
            amplitude_times=[1.0, 3.04, 7.0],
            amplitude_values=[100.0, 400.0, -200.0],
            allow_offgrid_times=True,
            start=1.5,
            stop=20.0,
        ),
        np.repeat([0.0, 100.0, 400.0, -200.0, 0.0], [15, 16, 39, 130, 100]),
    ),
}


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_currents_follow_the_closed_form(sim, name):
    parameters, expected = DETERMINISTIC[name]
    cells = cell_of(sim, 2)
    source = sim.native_electrode_type(name)(**parameters)
    source.inject_into(cells[1:])
    source.record()
    for ms in (0.1, 6.9, 23.0):
        sim.run(ms)
    current = flowed(cells)
    assert np.abs(current[:, 0]).max() < 1e-8 and np.ptp(expected) > 400
    assert np.allclose(current[:, 1], expected, rtol=0, atol=1e-8)
    assert np.allclose(source.get_data().magnitude[:300, 0] * 1e3, expected, rtol=0, atol=1e-9)
    for key, value in parameters.items():
        assert np.array_equal(getattr(source, key), value) and isinstance(getattr(source, key), bool) == (
            key == "allow_offgrid_times"
        )
    sim.reset()
    sim.run(30.0)
    assert np.allclose(flowed(cells)[:, 1], expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_currents_are_those_of_the_reference(name):
    """There all flow a step (min_delay) later than they should."""
    parameters = {
        "dc_generator": dict(amplitude=500.0, start=3.0, stop=12.0),
        "ac_generator": dict(amplitude=300.0, offset=200.0, frequency=80.0, phase=30.0),
        "step_current_generator": dict(amplitude_times=[1.0, 7.0], amplitude_values=[100.0, -200.0]),
    }[name]

    def script(sim):
        cell = cell_of(sim)
        kind = getattr(sim, "native_electrode_type", None) or sim.electrodes.native_electrode_type
        kind(name)(**parameters).inject_into(cell)
        sim.run(30.0)
        return flowed(cell)[:, 0]

    ours, theirs = both(script)
    # The first value of an alternating current is lost there.
    assert np.ptp(ours) > 290 and np.allclose(theirs[:2], 0, rtol=0, atol=1e-8)
    assert np.allclose(ours[1:-1], theirs[2:], rtol=0, atol=1e-8)


def test_changes_between_runs_act_at_once(sim):
    cells, source = cell_of(sim), sim.native_electrode_type("ac_generator")(offset=500.0)
    source.inject_into(cells)
    sim.run(5.0)
    source.offset = 100.0
    sim.run(5.0)
    source.set_parameters(amplitude=300.0, frequency=50.0, stop=18.0)
    sim.run(20.0)
    expected = np.where(T < 4.95, 500.0, 100.0)
    expected = np.where(T < 9.95, expected, 100.0 + 300.0 * np.sin(2 * np.pi * 0.05 * T)) * window(0, 18)
    assert np.allclose(flowed(cells)[:, 0], expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("recorded", [False, True])
def test_modulated_noise(sim, recorded):
    """Drawn every 0.5 ms, with the deviation of that time: closed form over 400 cells."""
    n, begin, every = 400, 5, 5
    cells = cell_of(sim, n)
    parameters = dict(mean=100.0, std=200.0, std_mod=200.0, dt=0.5, frequency=100.0, phase=40.0)
    source = sim.native_electrode_type("noise_generator")(start=0.5, stop=28.0, **parameters)
    source.inject_into(cells)
    if recorded:
        source.record()
    sim.run(30.0)
    current = flowed(cells)
    assert np.abs(current[:begin]).max() < 1e-8 and np.abs(current[280:]).max() < 1e-8
    values = current[begin:280].reshape(55, every, n)
    assert np.abs(values - values[:, :1]).max() < 1e-7
    drawn, t = values[:, 0], 0.5 + 0.5 * np.arange(55)
    deviation = 200.0 * np.sqrt(np.maximum(1 + np.sin(2 * np.pi * 0.1 * t + np.radians(40.0)), 0))
    # Estimated from n values a deviation has a standard error of itself / sqrt(2 n).
    assert (np.abs(drawn.std(axis=1) - deviation) < 4.5 * deviation / np.sqrt(2 * n) + 1e-6).all()
    assert (np.abs(drawn.mean(axis=1) - 100.0) < 4.5 * deviation / np.sqrt(n) + 1e-6).all()
    assert deviation.min() < 20 and deviation.max() > 270
    if recorded:
        assert np.allclose(source.get_data().magnitude[:300] * 1e3, current, rtol=0, atol=1e-7)
    assert source.std_mod == 200.0 and source.mean == 100.0


def test_noise_draws_every_millisecond_as_the_model_declares(sim):
    assert sim.native_electrode_type("noise_generator")().dt == 1.0 and sim.NoisyCurrentSource().dt == 0.1


def test_every_generator_of_currents_is_there(sim):
    """Those that no cell type can be made of, as they send no spikes."""
    import ranvier
    from pyNN import errors

    found = set()
    for name in ranvier.models("generator"):
        try:
            sim.native_cell_type(name)
        except errors.NoModelAvailableError:
            found.add(name)
    for name in found - {"mip_generator"}:
        kind = sim.native_electrode_type(name)
        assert kind.native_name == name and set(kind().get_parameters()) == set(kind.default_parameters)
    assert len(found) >= 5
    for name in ("iaf_psc_exp", "mip_generator", "poisson_generator", "dc_gen", None):
        with pytest.raises(errors.NoModelAvailableError, match="dc_generator, ac_generator"):
            sim.native_electrode_type(name)


@pytest.mark.parametrize(
    "name, wrong, word",
    [
        ("dc_generator", dict(amplitude=float("nan")), "amplitude"),
        ("dc_generator", dict(start=3.0, stop=1.0), "stop"),
        (
            "step_current_generator",
            dict(amplitude_times=[2.0, 1.0], amplitude_values=[1.0, 2.0]),
            "ascending",
        ),
        ("step_current_generator", dict(amplitude_times=[1.0], amplitude_values=[]), "amplitude_values"),
        (
            "step_current_generator",
            dict(amplitude_times=[1.04], amplitude_values=[1.0]),
            "allow_offgrid_times",
        ),
        ("noise_generator", dict(std=1.0, std_mod=2.0), "std"),
        ("noise_generator", dict(dt=0.25), "dt"),
    ],
)
def test_wrong_values_change_nothing(sim, name, wrong, word):
    from pyNN import errors

    kind = sim.native_electrode_type(name)
    with pytest.raises(errors.InvalidParameterValueError, match=word):
        kind(**wrong)
    source, cells = kind(), cell_of(sim)
    source.inject_into(cells)
    sim.run(1.0)
    before = source.get_parameters()
    with pytest.raises(errors.InvalidParameterValueError, match=word):
        source.set_parameters(**wrong)
    after = source.get_parameters()
    assert all(np.array_equal(after[key], value) for key, value in before.items())
    sim.run(5.0)
    assert not flowed(cells).any()


def test_targets_and_names_that_cannot_be(sim):
    from pyNN import errors

    kind = sim.native_electrode_type("dc_generator")
    with pytest.raises(errors.NonExistentParameterError):
        kind(current=1.0)
    with pytest.raises(errors.NonExistentParameterError):
        kind().set_parameters(current=1.0)
    with pytest.raises(TypeError):
        kind(amplitude=1.0).inject_into(sim.Population(1, sim.SpikeSourceArray()))
