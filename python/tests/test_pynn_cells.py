"""Standard cells: parameters, states, signs, units; against closed forms and against pyNN.nest."""

import numpy as np
import pytest

from pynn_common import both, same_trains, signal, trains

INPUT = [3.0, 8.0, 8.2, 15.0, 31.0]

CELLS = {
    "IF_curr_alpha": (dict(i_offset=0.8, tau_refrac=2.0), 2.0, -1.0),
    "IF_curr_exp": (dict(i_offset=0.6, tau_refrac=2.0, cm=0.5), 1.0, -0.7),
    "IF_cond_alpha": (dict(i_offset=0.7, tau_refrac=2.0), 0.05, 0.03),
    "IF_cond_exp": (dict(i_offset=0.7, tau_refrac=2.0, e_rev_I=-80.0), 0.02, 0.01),
    "IF_facets_hardware1": (dict(v_thresh=-63.0, g_leak=20.0), 0.02, 0.001),
    "EIF_cond_exp_isfa_ista": (dict(i_offset=0.7, tau_refrac=2.0), 0.02, 0.01),
    "EIF_cond_alpha_isfa_ista": (dict(i_offset=0.7, tau_refrac=2.0), 0.02, 0.01),
    "Izhikevich": (dict(i_offset=0.006), 4.0, -3.0),
    # pyNN.nest ignores initial values of this cell and starts from -70 mV.
    "IF_curr_delta": (
        dict(i_offset=0.6, tau_refrac=2.0, v_rest=-70.0, v_reset=-70.0, v_thresh=-55.0),
        6.0,
        -4.0,
    ),
}
RECORDED = {
    "EIF_cond_exp_isfa_ista": ["v", "w", "gsyn_exc"],
    "Izhikevich": ["v", "u"],
    "IF_cond_exp": ["v", "gsyn_exc", "gsyn_inh"],
}


def driven(name, parameters, excitatory, inhibitory, variables, times=50.0):
    """A script: one cell with two inputs. Returns its spikes and the recorded variables."""

    def script(sim):
        cell = sim.Population(1, getattr(sim, name)(**parameters))
        if name == "IF_curr_delta":
            cell.initialize(v=-70.0)
        e = sim.Population(1, sim.SpikeSourceArray(spike_times=INPUT))
        i = sim.Population(1, sim.SpikeSourceArray(spike_times=[20.0, 33.0]))
        one = sim.AllToAllConnector
        sim.Projection(
            e, cell, one(), sim.StaticSynapse(weight=excitatory, delay=1.5), receptor_type="excitatory"
        )
        sim.Projection(
            i, cell, one(), sim.StaticSynapse(weight=inhibitory, delay=0.5), receptor_type="inhibitory"
        )
        cell.record(["spikes"] + variables)
        sim.run(times)
        return trains(cell)[0], [signal(cell, v)[:, 0] for v in variables]

    return script


@pytest.mark.parametrize("name", [n for n in CELLS if n != "IF_curr_delta"])
def test_cell_is_that_of_the_reference(name):
    parameters, excitatory, inhibitory = CELLS[name]
    (ours, values), (theirs, expected) = both(
        driven(name, parameters, excitatory, inhibitory, RECORDED.get(name, ["v"]))
    )
    assert len(ours) > 0 and same_trains([ours], [theirs])
    # Integrators of conductances differ within their tolerances, and most where an exponential runs away.
    quiet = np.all([np.abs(a - b) < 1 for a, b in zip(values, expected)], axis=0)
    assert quiet.mean() > 0.98
    for ours_of, theirs_of in zip(values, expected):
        assert len(ours_of) == len(theirs_of) == 501
        assert np.allclose(ours_of[quiet], theirs_of[quiet], rtol=2e-3, atol=2e-3)


def test_delta_cell_spikes_as_the_reference():
    parameters, excitatory, inhibitory = CELLS["IF_curr_delta"]
    (ours, _), (theirs, _) = both(driven("IF_curr_delta", parameters, excitatory, inhibitory, []))
    assert len(ours) > 0 and same_trains([ours], [theirs])


@pytest.mark.parametrize("name", ["IF_curr_delta", "Izhikevich"])
def test_weights_in_mV_step_the_potential_and_read_back(sim, name):
    resting = dict(a=0.0, b=0.0, c=-65.0, d=0.0) if name == "Izhikevich" else dict(tau_m=1e12)
    start = dict(v=-65.0) if name == "IF_curr_delta" else dict(v=-70.0, u=0.04 * 4900 - 350 + 140)
    cell = sim.Population(1, getattr(sim, name)(**resting), initial_values=start)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0, 6.0]))
    prj = sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=5.0, delay=1.0))
    assert prj.get("weight", format="list", with_address=False) == [5.0]
    cell.record("v")
    sim.run(4.0)
    prj.set(weight=2.5)
    assert prj.get("weight", format="array")[0, 0] == 2.5 and prj[0].weight == 2.5
    prj[0].weight = 3.0
    sim.run(4.0)
    v = signal(cell, "v")[:, 0]
    # Seen in the step in which it arrives: t + delay.
    assert v[29] == pytest.approx(start["v"], abs=1e-9) and v[30] - v[29] == pytest.approx(5.0, abs=1e-12)
    if name == "IF_curr_delta":
        assert v[70] - v[69] == pytest.approx(3.0, abs=1e-12)


def test_assemblies_have_weights_in_mV_too(sim):
    # 5000 mV in pyNN.nest.
    a, b = (sim.Population(1, sim.IF_curr_delta(tau_m=1e12)) for _ in "ab")
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[2.0]))
    prj = sim.Projection(source, a + b, sim.AllToAllConnector(), sim.StaticSynapse(weight=5.0, delay=1.0))
    b.record("v")
    sim.run(4.0)
    v = signal(b, "v")[:, 0]
    assert v[30] - v[29] == pytest.approx(5.0, abs=1e-12) and prj.get("weight", format="list") == [
        (0, 0, 5.0),
        (0, 1, 5.0),
    ]


def test_delta_cell_follows_the_closed_form(sim):
    cell = sim.Population(
        1, sim.IF_curr_delta(tau_m=10.0, cm=0.25, i_offset=0.2, v_rest=-70.0), initial_values={"v": -68.0}
    )
    cell.record("v")
    sim.run(30.0)
    t = np.arange(301) * 0.1
    expected = -70 + 0.2 * 10 / 0.25 + (2 - 8) * np.exp(-t / 10)
    assert np.allclose(signal(cell, "v")[:, 0], expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("dt", [0.01, 0.1])
def test_spike_times_follow_the_closed_form(dt):
    import ranvier.pynn as sim

    sim.setup(timestep=dt, min_delay=dt, backend="cpu", threads=1)
    current = np.array([0.9, 1.0, 1.5, 3.0])
    cells = sim.Population(
        4, sim.IF_curr_exp(v_thresh=-55.0, tau_refrac=2.0, i_offset=current), initial_values={"v": -65.0}
    )
    cells.record("spikes")
    sim.run(100.0)
    period = 20 * np.log(20 * current / (20 * current - 10)) + 2
    for train, expected in zip(trains(cells), period):
        assert np.allclose(np.diff(train), expected, rtol=0, atol=1.5 * dt)
    assert all(len(train) > 1 for train in trains(cells))


def test_adaptation_and_relative_refractoriness(sim):
    # pyNN.nest cannot make this cell. After a spike: conductances jump by q and decay with their time constants.
    cell = sim.Population(1, sim.IF_cond_exp_gsfa_grr(i_offset=1.5, tau_refrac=2.0))
    cell.record(["spikes", "v", "g_s", "g_r"])
    sim.run(40.0)
    spikes = trains(cell)[0]
    first = int(round(spikes[0] * 10))
    slow, fast = signal(cell, "g_s")[:, 0], signal(cell, "g_r")[:, 0]
    assert slow[first] == pytest.approx(15.0) and fast[first] == pytest.approx(3000.0)
    assert slow[first + 100] == pytest.approx(15 * np.exp(-10 / 100), rel=1e-6)
    assert fast[first + 100] == pytest.approx(3000 * np.exp(-10 / 2), rel=1e-6)
    assert slow[first - 1] == fast[first - 1] == 0


def test_generalised_neuron(sim):
    cells = sim.Population(
        2,
        sim.GIF_cond_exp(
            v_t_star=-47.0, lambda0=0.0, tau_eta=(1.0, 10.0), a_eta=(0.1, 0.2), i_offset=np.array([0.1, 0.2])
        ),
    )
    cells.record(["v", "i_eta", "v_t"])
    sim.run(200.0)
    v = signal(cells, "v")
    assert np.allclose(v[-1], -65 + 20 * np.array([0.1, 0.2]), atol=1e-3)  # no spikes: v_rest + R I
    assert (signal(cells, "i_eta") == 0).all() and (signal(cells, "v_t") == -47.0).all()
    assert cells.get("a_eta").value == pytest.approx([0.1, 0.2])


def test_initial_threshold_is_that_of_the_parameters(sim):
    """v_t is no state of the model: it starts from v_t_star, and what says so is right."""
    from pyNN import errors

    kind = sim.GIF_cond_exp(v_t_star=[-55.0, -50.0], lambda0=0.0)
    cells = sim.Population(2, kind, initial_values={"v_t": [-55.0, -50.0]})
    cells.record("v_t")
    cells[1:].initialize(v_t=-50.0)
    sim.run(0.2)
    assert (signal(cells, "v_t") == [-55.0, -50.0]).all()
    for wrong in (-55.0, [-50.0, -55.0]):
        with pytest.raises(errors.InvalidParameterValueError, match="initial v_t.*-55.0"):
            cells.initialize(v_t=wrong)


def test_hodgkin_huxley_cell_is_that_of_the_reference():
    def script(sim):
        cell = sim.Population(1, sim.HH_cond_exp(i_offset=1.0), initial_values={"v": -64.0})
        cell.record(["spikes", "v"])
        sim.run(20.0)
        return trains(cell)[0], signal(cell, "v")[:, 0]

    (ours, v), (theirs, expected) = both(script, timestep=0.01, min_delay=0.1)
    assert len(ours) > 1 and same_trains([ours], [theirs], 0.0101)
    assert np.abs(v[:250] - expected[:250]).max() < 0.05  # up to the first spike


def test_gates_of_hodgkin_huxley_cells_can_be_recorded(sim):
    """pyNN.nest has no m, n and h, though it translates them. Against the equations of Traub and Miles, solved by SciPy."""
    integrate = pytest.importorskip("scipy.integrate")
    start = {"v": -64.0, "m": 0.04, "n": 0.2, "h": 0.7}
    cell = sim.Population(2, sim.HH_cond_exp(i_offset=[0.8, 0.0]), initial_values=start)
    cell.record(["v", "m", "n", "h"])
    sim.run(12.0)

    def slopes(t, y):
        v, m, n, h = y
        u = v + 63.0
        rate = lambda a, x, s: a * s * (x / s / np.expm1(x / s) if x else 1.0)  # noqa: E731
        am, bm = rate(0.32, 13 - u, 4), rate(0.28, u - 40, 5)
        an, bn = rate(0.032, 15 - u, 5), 0.5 * np.exp((10 - u) / 40)
        ah, bh = 0.128 * np.exp((17 - u) / 18), 4 / (1 + np.exp((40 - u) / 5))
        current = 20 * m**3 * h * (50 - v) + 6 * n**4 * (-90 - v) + 0.01 * (-65 - v) + 0.8
        return current / 0.2, am * (1 - m) - bm * m, an * (1 - n) - bn * n, ah * (1 - h) - bh * h

    t = np.arange(121) * 0.1
    solved = integrate.solve_ivp(slopes, (0, 12), list(start.values()), "LSODA", t, rtol=1e-10, atol=1e-12).y
    assert solved[0].max() > 0 and np.ptp(solved[1]) > 0.9  # it has fired
    for name, expected in zip(start, solved):
        found = signal(cell, name)
        assert found[0, 0] == start[name] and found[0, 1] == start[name]
        assert np.allclose(found[:, 0], expected, rtol=0, atol=2e-3 * np.ptp(expected))


def test_reference_cannot_record_gates():
    """If it can one day, docs/compatibility.md has a line less."""
    from pynn_common import reference

    theirs = reference()
    theirs.setup(timestep=0.1, min_delay=0.1)
    with pytest.raises(Exception, match="Cannot record .*'m'"):
        theirs.Population(1, theirs.HH_cond_exp()).record("m")


def test_synaptic_currents_can_be_set(sim):
    """They decay as those that spikes have brought, and are there again after reset()."""
    cells = sim.Population(2, sim.IF_curr_exp(tau_m=10.0, cm=0.5, tau_syn_E=4.0, tau_syn_I=7.0))
    cells.initialize(isyn_exc=[0.3, 0.0], isyn_inh=[0.0, -0.2])
    cells.record(["v", "isyn_exc", "isyn_inh"])
    t = np.arange(101)[:, None] * 0.1
    for _ in range(2):
        sim.run(10.0)
        tau, current = np.array([4.0, 7.0]), np.array([0.3, -0.2])
        rise = current / 0.5 * (np.exp(-t / 10) - np.exp(-t / tau)) / (1 / tau - 1 / 10)
        assert np.allclose(signal(cells, "v"), -65 + rise, rtol=0, atol=1e-9)
        assert np.allclose(signal(cells, "isyn_exc")[:, 0], 0.3 * np.exp(-t[:, 0] / 4), rtol=1e-9)
        assert np.allclose(signal(cells, "isyn_inh")[:, 1], -0.2 * np.exp(-t[:, 0] / 7), rtol=1e-9)
        sim.reset()


def test_cells_that_do_not_exist_say_so(sim):
    with pytest.raises(NotImplementedError, match="SpikeSourceInhGamma"):
        sim.SpikeSourceInhGamma()


def test_parameters_read_back_as_they_were_set(sim):
    cells = sim.Population(3, sim.IF_cond_exp(cm=0.7, tau_m=17.3, tau_refrac=0.25, i_offset=[0.1, 0.2, 0.3]))
    assert cells.get("tau_m") == 17.3 and cells.get("tau_refrac") == 0.25
    assert list(cells.get("i_offset")) == [0.1, 0.2, 0.3]
    cells.set(cm=0.9)
    cells[1:].set(tau_m=[11.0, 12.0])
    assert list(cells.get("tau_m")) == [17.3, 11.0, 12.0] and cells.get("cm") == 0.9
    g = sim.simulator.state.network.nodes[:3].g_L
    assert np.allclose(g, 900 / np.array([17.3, 11.0, 12.0]))
    cells[2].tau_m = 13.0
    assert cells[2].tau_m == 13.0 and cells[0].tau_m == 17.3
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[[1.0, 2.0], [3.0]]))
    assert [list(x.value) for x in source.get("spike_times")] == [[1.0, 2.0], [3.0]]


def test_refractory_period_below_the_step_is_none(sim):
    # pyNN.nest rounds up, which costs a step.
    cells = sim.Population(2, sim.IF_curr_exp(tau_refrac=[0.05, 0.1], i_offset=20.0))
    alone = sim.Population(1, sim.IF_curr_exp(tau_refrac=0.05, i_offset=20.0))
    for some in (cells, alone):
        some.record("spikes")
    sim.run(50.0)
    without, one_step = trains(cells)
    assert same_trains(trains(alone), [without])
    assert np.diff(one_step)[0] == pytest.approx(np.diff(without)[0] + 0.1)


def test_wrong_values_change_nothing(sim):
    from pyNN import errors

    cells = sim.Population(2, sim.IF_curr_exp(tau_m=10.0))
    for wrong in (dict(tau_m=-1.0), dict(v_reset=0.0), dict(tau_m=[1.0, -1.0])):
        with pytest.raises(errors.InvalidParameterValueError):
            cells.set(cm=0.5, **wrong)
        assert cells.get("cm") == 1.0 and cells.get("tau_m") == 10.0
    for kind, wrong in (
        (errors.InvalidDimensionsError, [1.0, 2.0, 3.0]),
        (errors.InvalidParameterValueError, None),
        (errors.InvalidParameterValueError, "much"),
        (errors.InvalidParameterValueError, float("nan")),
    ):
        with pytest.raises(kind, match=f"{cells.label}: IF_curr_exp.*tau_m"):
            cells.set(tau_m=wrong)
        with pytest.raises(errors.InvalidParameterValueError, match=f"{cells.label}.*(v|V_m) = "):
            cells.initialize(v=wrong)
        assert cells.get("tau_m") == 10.0
    with pytest.raises(errors.NonExistentParameterError):
        cells.set(tau_x=1.0)
    with pytest.raises(errors.NonExistentParameterError):
        cells.initialize(x=1.0)
    with pytest.raises(errors.InvalidParameterValueError):
        sim.Population(2, sim.IF_curr_exp(cm=0.0))


def test_lists_of_single_cells(sim):
    cells = sim.Population(2, sim.GIF_cond_exp(tau_eta=[(1.0, 10.0), (2.0, 20.0)], a_eta=(0.1, 0.2)))
    cells[1:].set(tau_eta=[(3.0, 30.0)])
    many = sim.Population(
        2,
        sim.PointNeuron(
            sim.LIF(),
            A=sim.CurrExpPostSynapticResponse(tau_syn=[1.0, 2.0]),
            B=sim.CurrExpPostSynapticResponse(tau_syn=5.0),
        ),
    )
    many[:1].set(**{"A.tau_syn": 9.0})
    many.set(B={"tau_syn": 6.0})
    for _ in range(2):
        look = sim.simulator.state.network._core.value
        assert [list(look(int(c), "tau_stc")) for c in cells] == [[1.0, 10.0], [3.0, 30.0]]
        assert [list(look(int(c), "tau_syn")) for c in many] == [[9.0, 6.0], [2.0, 6.0]]
        sim.run(1.0)
        sim.reset()
    assert [list(x.value) for x in cells.get("tau_eta")] == [[1.0, 10.0], [3.0, 30.0]]
    assert list(many.get("A.tau_syn")) == [9.0, 2.0] and many.get("B.tau_syn") == 6.0


def test_views_in_any_order(sim):
    from pyNN import errors

    cells = sim.Population(4, sim.IF_curr_exp())
    turned = cells[::-1]
    turned.set(tau_m=[1.0, 2.0, 3.0, 4.0])
    turned.initialize(v=[-61.0, -62.0, -63.0, -64.0])
    cells.record("v")
    values = np.diag([0.1, 0.2, 0.3, 0.4])
    prj = sim.Projection(turned, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=values, delay=1.0))
    sim.DCSource(amplitude=0.5).inject_into(turned[:1])
    sim.run(0.1)
    assert list(cells.get("tau_m")) == [4.0, 3.0, 2.0, 1.0] and list(turned.get("tau_m")) == [
        1.0,
        2.0,
        3.0,
        4.0,
    ]
    v = signal(cells, "v")
    assert list(v[0]) == [-64.0, -63.0, -62.0, -61.0]
    free = -65 + (v[0] + 65) * np.exp(-0.1 / cells.get("tau_m"))
    assert np.allclose(v[1, :3], free[:3], rtol=0, atol=1e-12) and v[1, 3] > free[3] + 0.01
    assert sorted(prj.get("weight", format="list")) == [(i, i, values[i, i]) for i in range(4)]
    assert set(zip(prj._table.source, prj._table.target)) == set(
        zip(map(int, turned.all_cells), map(int, cells.all_cells))
    )
    many = sim.Population(
        2, sim.PointNeuron(sim.LIF(), A=sim.CurrExpPostSynapticResponse(tau_syn=[1.0, 2.0]))
    )
    many[::-1].set(A={"tau_syn": [7.0, 8.0]})
    assert list(many.get("A.tau_syn")) == [8.0, 7.0]
    for wrong in (dict(X={"tau_syn": 1.0}), dict(A={"tau": 1.0})):
        with pytest.raises(errors.NonExistentParameterError):
            many.set(**wrong)
