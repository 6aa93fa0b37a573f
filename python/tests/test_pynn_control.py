"""Control: setup, runs, reset, scripts, the older functions."""

import os
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy as np
import pytest

from pynn_common import both, same_trains, signal, trains


def test_initial_values(sim):
    cells = sim.Population(3, sim.IF_cond_exp(), initial_values={"v": -60.0})
    cells[1:].initialize(v=[-61.0, -62.0], gsyn_exc=0.01)
    cells[0].set_initial_value("v", -59.0)
    cells.record(["v", "gsyn_exc"])
    for _ in range(2):
        sim.run(0.1)
        assert list(signal(cells, "v")[0]) == [-59.0, -61.0, -62.0] and list(
            signal(cells, "gsyn_exc")[0]
        ) == [0.0, 0.01, 0.01]
        sim.reset()
    assert [c.get_initial_value("v") for c in cells] == [-59.0, -61.0, -62.0]


def test_reset_reproduces_everything(sim):
    noise = sim.Population(20, sim.SpikeSourcePoisson(rate=100.0))
    cells = sim.Population(
        10, sim.IF_curr_exp(), initial_values={"v": sim.RandomDistribution("uniform", (-65, -55))}
    )
    drive = sim.Projection(
        noise, cells, sim.FixedProbabilityConnector(0.5), sim.StaticSynapse(weight=1.5, delay=0.5)
    )
    stdp = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.1, A_minus=0.05),
        sim.AdditiveWeightDependence(w_max=3.0),
        weight=0.3,
        delay=1.0,
    )
    learning = sim.Projection(cells, cells, sim.AllToAllConnector(allow_self_connections=False), stdp)
    sim.NoisyCurrentSource(mean=0.1, stdev=0.2, dt=1.0).inject_into(cells)
    cells.record(["v", "spikes"])
    results = []
    for _ in range(3):
        sim.run(50.0)
        sim.run(30.0)
        results.append(
            (signal(cells, "v"), trains(cells), learning.get("weight", "list", with_address=False))
        )
        sim.reset()
        assert sim.get_current_time() == 0
        assert learning.get("weight", "list", with_address=False) == pytest.approx([0.3] * 90, abs=1e-15)
    assert sum(map(len, results[0][1])) > 20 and len(set(results[0][2])) > 10
    for v, spikes, weights in results[1:]:
        assert (
            np.array_equal(v, results[0][0])
            and same_trains(spikes, results[0][1], 0)
            and weights == results[0][2]
        )
    assert len(cells.get_data().segments) == 3 and len(drive) > 0


def test_reset_keeps_what_was_set(sim):
    cells = sim.Population(2, sim.IF_curr_exp(tau_m=10.0))
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    prj = sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0, delay=1.0))
    cells.record("v")
    sim.run(20.0)
    cells.set(tau_m=15.0)
    prj.set(weight=2.0)
    source.set(spike_times=[3.0])
    cells.initialize(v=-60.0)
    sim.reset()
    sim.run(20.0)
    second = signal(cells, "v")
    assert second[0, 0] == -60.0 and prj.get("weight", "list", with_address=False) == [2.0, 2.0]
    sim.setup(timestep=0.1, min_delay=0.1, backend="cpu", threads=1)
    cells = sim.Population(2, sim.IF_curr_exp(tau_m=15.0), initial_values={"v": -60.0})
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[3.0]))
    sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=2.0, delay=1.0))
    cells.record("v")
    sim.run(20.0)
    assert np.array_equal(signal(cells, "v"), second)


def test_offset_acts_from_the_step_in_which_it_is_set(sim):
    cell = sim.Population(1, sim.IF_curr_delta(tau_m=20.0, cm=1.0))
    cell.record("v")
    sim.run(1.0)
    cell.set(i_offset=0.5)
    sim.run(1.0)
    v = signal(cell, "v")[:, 0]
    assert (v[:11] == -65).all() and v[11] == pytest.approx(-65 + 10 * (1 - np.exp(-0.1 / 20)))


def test_setup(sim):
    import ranvier

    for name in ("dt", "time_step", "mindelay", "maxdelay"):
        with pytest.raises(Exception, match=name):
            sim.setup(**{name: 0.1})
    with pytest.raises(Exception, match="min_delay"):
        sim.setup(timestep=0.1, min_delay=0.05)
    with pytest.raises(ranvier.OutOfRange):
        sim.setup(timestep=0.03333, backend="cpu")
    assert (
        sim.setup(
            timestep=0.2, threads=1, spike_precision="on_grid", t_flush=100, verbosity="error", backend="cpu"
        )
        == 0
    )
    assert (
        sim.get_time_step() == 0.2
        and sim.get_min_delay() == 0.2
        and sim.num_processes() == 1
        and sim.rank() == 0
    )
    cells = sim.Population(1, sim.IF_curr_exp())
    assert sim.run(1.0) == 1.0 and sim.run_until(3.0) == 3.0 and sim.run_for(0.5) == pytest.approx(3.6)
    with pytest.raises(ValueError):
        sim.run_until(1.0)
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"run: until {wrong} ms"):
            sim.run(wrong)
    called = []

    def callback(t):
        called.append(t)
        return t + 1.0

    sim.run(4.0, callbacks=[callback])
    assert len(called) >= 4 and cells.size == 1


def test_shortest_delay(sim):
    """With "auto" it follows from the connections; synapses without a delay have a step all the same."""

    def connect(**delay):
        synapse = sim.StaticSynapse(weight=0.1, **delay)
        return sim.Projection(cells, cells, sim.FixedProbabilityConnector(0.5), synapse)

    sim.setup(timestep=0.1, min_delay="auto", backend="cpu", threads=1)
    cells = sim.Population(20, sim.IF_curr_exp())
    assert sim.get_min_delay() == 0.1
    connect(delay=2.0)
    assert sim.get_min_delay() == 2.0
    drawn = connect(delay=sim.RandomDistribution("uniform", (0.45, 1.5), rng=sim.NativeRNG(seed=2)))
    assert sim.get_min_delay() == min(drawn.get("delay", format="list", with_address=False)) < 1
    listed = connect(delay=sim.RandomDistribution("uniform", (0.15, 0.4), rng=sim.NumpyRNG(seed=2)))
    assert 0.15 <= sim.get_min_delay() < 0.2
    listed.set(delay=3.0)
    drawn.set(delay=1.7)
    assert sim.get_min_delay() == 1.7
    connect()
    sim.run(1.0)
    assert sim.get_min_delay() == 0.1
    sim.setup(timestep=0.1, min_delay=0.3, backend="cpu", threads=1)
    cells = sim.Population(20, sim.IF_curr_exp())
    connect(delay=2.0)
    assert sim.get_min_delay() == 0.3


def test_scripts_that_name_their_simulator(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from pyNN.utility import get_simulator\n"
        "sim, options = get_simulator()\n"
        "sim.setup(timestep=0.1, backend='cpu', threads=1)\n"
        "import pyNN.ranvier as again\n"
        "assert again is sim\n"
        "p = sim.Population(1, sim.IF_curr_exp(i_offset=1.0)); p.record('spikes'); sim.run(100.0)\n"
        "print(sim.simulator.name, p.get_spike_counts()[p[0]])\n"
    )
    command = [sys.executable, "-m", "ranvier.pynn", str(script), "ranvier"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    name, count = done.stdout.split()
    assert name == "Ranvier" and int(count) > 2


def test_registered_with_pynn(tmp_path):
    # With a PyNN of its own, as others may run tests at the same time.
    pynn = pathlib.Path(pytest.importorskip("pyNN").__file__).parent
    shutil.copytree(pynn, tmp_path / "pyNN", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "script.py").write_text(
        "from pyNN.utility import get_simulator\n"
        "sim, options = get_simulator()\n"
        "import pyNN.ranvier as again, ranvier.pynn as ours\n"
        "assert sim is ours and again is ours\n"
        "sim.setup(timestep=0.5, backend='cpu', threads=1); sim.run(2.0); print(ours.get_current_time())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd=tmp_path,
        )

    script = ("script.py", "ranvier")
    assert "No module named 'pyNN.ranvier'" in run(*script).stderr
    for _ in range(2):
        done = run("-m", "ranvier.pynn", "--register")
        assert done.returncode == 0 and str(tmp_path / "pyNN/ranvier.py") in done.stdout, done.stderr
    done = run(*script)
    assert done.returncode == 0 and float(done.stdout) == 2.0, done.stderr
    assert run("-m", "ranvier.pynn", "--unregister").returncode == 0
    assert run(*script).returncode != 0
    (tmp_path / "pyNN/ranvier.py").write_text("mine = 1\n")
    for option in ("--register", "--unregister"):
        done = run("-m", "ranvier.pynn", option)
        assert done.returncode == 2 and "not from here" in done.stderr
    assert run("-m", "ranvier.pynn").returncode == 2
    assert run("-m", "ranvier.pynn", "none.py").returncode == 2


def test_procedural_interface(sim):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cells = sim.create(sim.IF_curr_exp, {"i_offset": 1.0}, n=3)
        source = sim.create(sim.SpikeSourceArray, {"spike_times": [1.0]})
        prj = sim.connect(source, cells, weight=0.5, delay=1.0)
        sim.set(cells, cm=0.5)
        sim.initialize(cells, v=-60.0)
    assert len(prj) == 3 and cells.get("cm") == 0.5
    assert "IF_curr_delta" in sim.list_standard_models()


def test_network_of_many_parts_as_the_reference():
    def script(sim):
        from pyNN.random import NumpyRNG, RandomDistribution

        rng = NumpyRNG(seed=5)
        source = sim.Population(
            20,
            sim.SpikeSourceArray(
                spike_times=[list(np.arange(1 + i % 7, 90.0, 5 + i % 3)) for i in range(20)]
            ),
        )
        e = sim.Population(
            16,
            sim.IF_curr_exp(tau_refrac=2.0, i_offset=0.6),
            initial_values={"v": RandomDistribution("uniform", (-65, -52), rng)},
        )
        i = sim.Population(4, sim.IF_curr_exp(tau_refrac=1.0, i_offset=0.7))
        weights = RandomDistribution("uniform", (0.2, 0.9), rng)
        delays = RandomDistribution("uniform_int", (1, 4), rng)
        sim.Projection(
            source,
            e + i,
            sim.FixedProbabilityConnector(0.4, rng=rng),
            sim.StaticSynapse(weight=weights, delay=delays),
            receptor_type="excitatory",
        )
        sim.Projection(e, i, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.4, delay=1.0))
        sim.Projection(
            i,
            e,
            sim.AllToAllConnector(),
            sim.StaticSynapse(weight=-0.8, delay=2.0),
            receptor_type="inhibitory",
        )
        (e + i).record("spikes")
        sim.run(100.0)
        return trains(e) + trains(i)

    ours, theirs = both(script)
    assert sum(map(len, ours)) > 50 and same_trains(ours, theirs)


def test_without_pynn_the_import_says_what_is_missing():
    code = "import sys; sys.modules['pyNN'] = None\nimport ranvier.pynn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "ranvier[pynn]" in done.stderr
