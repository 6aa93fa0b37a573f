"""Plasticity: closed forms, pyNN.nest where it is right, and where it is not."""

import numpy as np
import pytest

from pynn_common import both, trains

PRE = [5.0, 21.0, 40.0, 58.0, 77.0, 90.0]
POST = [9.0, 24.0, 35.0, 55.0, 80.0]


def learn(
    sim,
    timing,
    weight_dependence,
    weight=0.5,
    delay=1.0,
    pre=PRE,
    post=POST,
    times=100.0,
    kind="IF_curr_exp",
    receptor="excitatory",
):
    """One plastic synapse onto a cell that fires when it is told. Returns the projection."""
    brief = {} if kind == "IF_curr_delta" else {"tau_syn_E": 0.1}
    cell = sim.Population(1, getattr(sim, kind)(tau_refrac=5.0, **brief))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=pre))
    kick = sim.Population(1, sim.SpikeSourceArray(spike_times=list(np.array(post) - 1.0)))
    strong = {"IF_curr_exp": 400.0, "IF_cond_exp": 10.0, "IF_curr_delta": 100.0}[kind]
    sim.Projection(kick, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=strong, delay=1.0))
    stdp = sim.STDPMechanism(timing, weight_dependence, weight=weight, delay=delay)
    prj = sim.Projection(source, cell, sim.AllToAllConnector(), stdp, receptor_type=receptor)
    cell.record("spikes")
    if times:
        sim.run(times)
    return prj, cell


def additive(pre, post, delay, w, w_max, a_plus, a_minus, tau_plus=20.0, tau_minus=20.0, mu=(0, 0)):
    """Weight after the last presynaptic spike: all pairs, the delay dendritic, in order of arrival at the synapse."""
    seen = sorted(
        [(t, 1, "pre") for t in pre] + [(t + delay, 0, "post") for t in post if t + delay <= pre[-1]]
    )
    for t, _, what in seen:
        if what == "post":
            trace = sum(np.exp((s - t) / tau_plus) for s in pre if s < t)
            w = min(w_max, w + w_max * a_plus * (1 - w / w_max) ** mu[0] * trace)
        else:
            trace = sum(np.exp((s + delay - t) / tau_minus) for s in post if s + delay < t)
            w = max(0.0, w - w_max * a_minus * (w / w_max) ** mu[1] * trace)
    return w


def weight_of(prj):
    return prj.get("weight", format="list", with_address=False)[0]


RULES = {
    "AdditiveWeightDependence": ({}, (0, 0)),
    "MultiplicativeWeightDependence": ({}, (1, 1)),
    "AdditivePotentiationMultiplicativeDepression": ({}, (0, 1)),
    "GutigWeightDependence": (dict(mu_plus=0.3, mu_minus=0.7), (0.3, 0.7)),
}


@pytest.mark.parametrize("name", RULES)
def test_weights_follow_the_closed_form(sim, name):
    more, mu = RULES[name]
    timing = sim.SpikePairRule(tau_plus=15.0, tau_minus=25.0, A_plus=0.05, A_minus=0.04)
    prj, cell = learn(sim, timing, getattr(sim, name)(w_max=0.9, **more))
    post = trains(cell)[0]
    assert len(post) == len(POST)
    assert weight_of(prj) == pytest.approx(
        additive(PRE, post, 1.0, 0.5, 0.9, 0.05, 0.04, 15.0, 25.0, mu), rel=1e-9
    )
    assert abs(weight_of(prj) - 0.5) > 1e-3


@pytest.mark.parametrize("name", [n for n in RULES if n != "GutigWeightDependence"])
def test_weights_are_those_of_the_reference(name):
    def script(sim):
        timing = sim.SpikePairRule(tau_plus=15.0, tau_minus=20.0, A_plus=0.05, A_minus=0.04)
        prj, cell = learn(sim, timing, getattr(sim, name)(w_max=0.9))
        return weight_of(prj), trains(cell)[0]

    (ours, spikes), (theirs, expected) = both(script)
    assert (
        np.allclose(spikes, expected) and ours == pytest.approx(theirs, rel=1e-9) and abs(ours - 0.5) > 1e-3
    )


@pytest.mark.parametrize("a_plus, a_minus", [(0.0, 0.05), (0.05, 0.0), (0.0, 0.0)])
def test_potentiation_and_depression_alone(sim, a_plus, a_minus):
    # pyNN.nest loses depression where A_plus is 0.
    prj, cell = learn(
        sim, sim.SpikePairRule(A_plus=a_plus, A_minus=a_minus), sim.AdditiveWeightDependence(w_max=1.0)
    )
    assert weight_of(prj) == pytest.approx(
        additive(PRE, trains(cell)[0], 1.0, 0.5, 1.0, a_plus, a_minus), rel=1e-9
    )
    assert np.sign(weight_of(prj) - 0.5) == np.sign(a_plus - a_minus)


@pytest.mark.parametrize(
    "kind, receptor, weight",
    [
        ("IF_cond_exp", "inhibitory", 0.004),
        ("IF_cond_exp", "excitatory", 0.004),
        ("IF_curr_delta", "excitatory", 0.5),
    ],
)
def test_bounds_have_the_unit_of_the_weights(sim, kind, receptor, weight):
    prj, cell = learn(
        sim,
        sim.SpikePairRule(A_plus=0.05, A_minus=0.02),
        sim.MultiplicativeWeightDependence(w_max=2 * weight),
        weight,
        kind=kind,
        receptor=receptor,
    )
    expected = additive(PRE, trains(cell)[0], 1.0, weight, 2 * weight, 0.05, 0.02, mu=(1, 1))
    assert weight_of(prj) == pytest.approx(expected, rel=1e-9) and expected != weight


def test_inhibitory_currents_learn_below_zero(sim):
    prj, cell = learn(
        sim,
        sim.SpikePairRule(A_plus=0.05, A_minus=0.02),
        sim.AdditiveWeightDependence(w_max=-1.0),
        -0.5,
        receptor="inhibitory",
    )
    assert weight_of(prj) == pytest.approx(
        -additive(PRE, trains(cell)[0], 1.0, 0.5, 1.0, 0.05, 0.02), rel=1e-9
    )


def test_parameters_read_back_and_can_be_set(sim):
    # In pyNN.nest: 500, alpha, KeyError, and A_plus changes depression.
    timing = sim.SpikePairRule(tau_plus=15.0, tau_minus=25.0, A_plus=0.05, A_minus=0.04)
    prj, cell = learn(sim, timing, sim.AdditiveWeightDependence(w_max=0.9), times=0)
    names = ["w_max", "A_minus", "A_plus", "tau_minus", "tau_plus", "w_min", "dendritic_delay_fraction"]
    assert prj.get(names, format="list", with_address=False) == [(0.9, 0.04, 0.05, 25.0, 15.0, 0.0, 1.0)]
    prj.set(A_plus=0.02, tau_minus=30.0)
    sim.run(100.0)
    expected = additive(PRE, trains(cell)[0], 1.0, 0.5, 0.9, 0.02, 0.04, 15.0, 30.0)
    assert weight_of(prj) == pytest.approx(expected, rel=1e-9)
    assert prj.get(["A_plus", "A_minus", "tau_minus"], format="list", with_address=False) == [
        (0.02, 0.04, 30.0)
    ]
    prj.set(A_minus=0.01, w_max=2.0)
    assert prj.get(["A_minus", "w_max"], format="list", with_address=False) == [(0.01, 2.0)]
    sim.reset()
    sim.run(100.0)
    assert weight_of(prj) == pytest.approx(
        additive(PRE, trains(cell)[0], 1.0, 0.5, 2.0, 0.02, 0.01, 15.0, 30.0), rel=1e-9
    )


def test_parameters_of_each_connection(sim):
    cells = sim.Population(2, sim.IF_curr_exp(tau_refrac=5.0, tau_syn_E=0.1))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=PRE))
    kick = sim.Population(1, sim.SpikeSourceArray(spike_times=list(np.array(POST) - 1.0)))
    sim.Projection(kick, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=400.0, delay=1.0))
    stdp = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.05, A_minus=0.02),
        sim.AdditiveWeightDependence(w_max=1.0),
        weight=0.5,
        delay=1.0,
    )
    prj = sim.Projection(source, cells, sim.AllToAllConnector(), stdp)
    cells.record("spikes")
    prj.set(A_plus=[[0.01, 0.03]])
    assert prj.get("A_plus", format="list", with_address=False) == [0.01, 0.03]
    sim.run(100.0)
    expected = [additive(PRE, trains(cells)[k], 1.0, 0.5, 1.0, a, 0.02) for k, a in enumerate((0.01, 0.03))]
    assert prj.get("weight", format="list", with_address=False) == pytest.approx(expected, rel=1e-9)


def test_what_the_models_cannot_do_is_an_error(sim):
    from pyNN import errors

    cells = sim.Population(2, sim.IF_curr_exp())
    pair, rule = sim.SpikePairRule, sim.AdditiveWeightDependence

    def connect(timing, dependence, **named):
        return sim.Projection(
            cells, cells, sim.AllToAllConnector(), sim.STDPMechanism(timing, dependence, weight=0.1, **named)
        )

    with pytest.raises(errors.InvalidParameterValueError, match="dendritic_delay_fraction"):
        connect(pair(), rule(), dendritic_delay_fraction=0.0)
    with pytest.raises(errors.InvalidParameterValueError, match="w_min"):
        connect(pair(), rule(w_min=0.05))
    with pytest.raises(errors.NoModelAvailableError):
        connect(sim.Vogels2011Rule(), sim.MultiplicativeWeightDependence())
    connect(pair(tau_minus=20.0), rule())
    with pytest.raises(errors.ConnectionError, match="tau_minus"):
        connect(pair(tau_minus=30.0), rule())
    with pytest.raises(NotImplementedError, match="ElectricalSynapse"):
        sim.ElectricalSynapse(weight=1.0)


def test_inhibitory_rule_of_vogels(sim):
    eta, rho, tau = 0.02, 5.0, 20.0
    prj, cell = learn(
        sim,
        sim.Vogels2011Rule(eta=eta, rho=rho, tau=tau),
        sim.AdditiveWeightDependence(w_max=1.0),
        0.004,
        kind="IF_cond_exp",
        receptor="inhibitory",
    )
    w, post = 0.004, trains(cell)[0]
    for t, what in sorted([(t, "pre") for t in PRE] + [(t + 1.0, "post") for t in post if t + 1.0 < PRE[-1]]):
        if what == "pre":
            w = max(
                0.0,
                w
                + eta
                * (sum(np.exp((s + 1.0 - t) / tau) for s in post if s + 1.0 < t) - 2 * rho * tau * 1e-3),
            )
        else:
            w = w + eta * sum(np.exp((s - t) / tau) for s in PRE if s < t)
    assert weight_of(prj) == pytest.approx(w, rel=1e-9) and w > 0.005
