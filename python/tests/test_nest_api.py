"""ranvier.nest as a module: what scripts rely on, without the reference."""

import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

os.environ.setdefault("PYNEST_QUIET", "1")
import ranvier.nest as nest  # noqa: E402


@pytest.fixture(autouse=True)
def fresh(tmp_path):
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.WARNING
    nest.set(data_path=str(tmp_path), data_prefix="", overwrite_files=True)
    yield
    nest.ResetKernel()


def script(text, *arguments, **environment):
    """Runs a script that imports nest, unmodified, on Ranvier."""
    command = [sys.executable, "-m", "ranvier.nest", "script.py", *arguments]

    def run(folder):
        (folder / "script.py").write_text(text)
        env = {**os.environ, "PYNEST_QUIET": "1", "MPLBACKEND": "Agg", **environment}
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=env)

    return run


def test_a_script_gets_one_module_whatever_it_imports(tmp_path):
    pytest.importorskip("matplotlib")
    done = script(
        """
import sys, nest, nest.raster_plot, nest.voltage_trace
from nest import spatial, raster_plot
import ranvier.nest
assert nest is ranvier.nest and nest.raster_plot is ranvier.nest.raster_plot is raster_plot
assert sys.modules["nest.raster_plot"] is sys.modules["ranvier.nest.raster_plot"]
assert type(nest).__name__ == "NestModule" and sys.argv == ["script.py", "--x", "1"], sys.argv
try:
    import nest.nothing
except ModuleNotFoundError:
    print("fine")
""",
        "--x",
        "1",
    )(tmp_path)
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr


def test_scripts_of_3x_use_the_low_level_interface(tmp_path):
    text = """
import nest
nest.set_verbosity(30)
nest.message(10, "build", "quiet")
nest.ll_api.sr("memory_thisjob")
print(nest.ll_api.spp() > 1000, nest.GetLocalNodeCollection(nest.Create("iaf_psc_alpha", 2)).tolist())
try:
    nest.ll_api.sr("1 2 add")
except nest.kernel.NESTErrors.NotImplemented as e:
    print("SLI" in str(e))
"""
    done = script(text)(tmp_path)
    assert done.stdout == "True [1, 2]\nTrue\n", done.stderr


def test_banner_and_help(tmp_path):
    loud = script("import nest", PYNEST_QUIET="")(tmp_path)
    assert "Ranvier" in loud.stdout and "nest.help()" in loud.stdout
    assert script("import nest")(tmp_path).stdout == ""
    text = nest.help("iaf_psc_alpha", return_text=True)
    assert "tau_m" in text and "pF" in text
    assert "no help" in nest.help("nothing", return_text=True)
    missing = subprocess.run([sys.executable, "-m", "ranvier.nest", "no.py"], capture_output=True, text=True)
    assert missing.returncode == 2 and "no file no.py" in missing.stderr


def test_module_attributes():
    nest.resolution = 0.2
    assert nest.resolution == 0.2 == nest.get("resolution") == nest.kernel_status["resolution"]
    for name, value in (("foo", 1), ("get", 5), ("network_size", 3), ("Create", None)):
        with pytest.raises(AttributeError):
            setattr(nest, name, value)
    with pytest.raises(AttributeError):
        nest.nonsense
    with pytest.raises(ValueError, match="resolution"):
        nest.SetKernelStatus({"nonsense": 1})
    with pytest.raises(ValueError, match="read-only"):
        nest.SetKernelStatus({"network_size": 1})
    nest.userdict["mine"] = 1
    assert type(nest).rng_seed._default == 143202461
    assert "read only" in type(nest).network_size.__doc__
    assert {"resolution", "Create", "raster_plot", "random"} <= set(dir(nest))
    for name in nest.__all__:
        thing = getattr(nest, name)
        if callable(thing) and not isinstance(thing, type(nest)):
            assert thing.__doc__, name


def test_results_do_not_depend_on_threads():
    def run(threads):
        nest.ResetKernel()
        nest.set(total_num_virtual_procs=threads, rng_seed=7)
        n = nest.Create("iaf_psc_exp", 50, {"V_m": nest.random.normal(-65, 5)})
        g, r = nest.Create("poisson_generator", {"rate": 12000.0}), nest.Create("spike_recorder")
        nest.Connect(g, n, syn_spec={"weight": 40.0})
        nest.Connect(
            n,
            n,
            {"rule": "fixed_indegree", "indegree": 5},
            {"weight": nest.random.uniform(0, 30), "delay": 1.5},
        )
        nest.Connect(n, r)
        nest.Simulate(100)
        assert set(n.vp) == set(range(threads)) and len(r.events["times"]) > 20
        return r.events["times"], r.events["senders"]

    for a, b in zip(run(1), run(5)):
        assert np.array_equal(a, b)


def test_seed_set_late_governs_generators():
    def run(seed):
        nest.ResetKernel()
        g, n, r = (
            nest.Create("poisson_generator", {"rate": 500.0}),
            nest.Create("parrot_neuron"),
            nest.Create("spike_recorder"),
        )
        nest.Connect(g, n)
        nest.Connect(n, r)
        nest.rng_seed = seed
        nest.Simulate(500)
        return r.events["times"].tolist()

    assert run(3) == run(3) != run(4)


def test_parameters_are_drawn_for_each_node_and_connection():
    n = nest.Create(
        "iaf_psc_alpha", 2000, {"V_m": nest.random.normal(-60.0, 2.0), "I_e": 3 - nest.random.uniform() * 2}
    )
    assert abs(np.mean(n.V_m) + 60) < 0.2 and 1.8 < np.std(n.V_m) < 2.2
    assert 1 < min(n.I_e) and max(n.I_e) <= 3 and len(set(n.I_e)) > 1990
    w = nest.math.redraw(nest.random.normal(1, 1), 0.5, 1.5) * -2
    nest.Connect(
        n[:50],
        n[50:90],
        {"rule": "pairwise_bernoulli", "p": 0.5},
        {"weight": w, "delay": 1 + nest.random.uniform_int(3)},
    )
    c = nest.GetConnections()
    assert -3 <= min(c.weight) < -2.5 and -1.5 < max(c.weight) <= -1 and set(c.delay) == {1.0, 2.0, 3.0}
    assert nest.CreateParameter("constant", {"value": 5.0}).GetValue() == 5
    p = nest.logic.conditional(
        nest.random.uniform() < 0.25, 10.0, nest.math.exp(nest.random.uniform(0, 1e-9))
    )
    values = [p.GetValue() for _ in range(400)]
    assert 60 < sum(v == 10 for v in values) < 140 and min(values) == pytest.approx(1)
    assert 2.0 ** nest.math.max(nest.random.uniform(), 3).GetValue() == 8
    with pytest.raises(nest.NESTErrors.BadProperty):
        nest.random.uniform(2, 1)
    assert (np.float64(2) * nest.random.uniform(1, 1.0001)).GetValue() == pytest.approx(2, abs=1e-3)


def test_random_receptors_and_degrees():
    n = nest.Create("iaf_psc_exp_multisynapse", 10, {"tau_syn": [1.0, 2.0, 3.0]})
    nest.Connect(
        n,
        n,
        {"rule": "fixed_indegree", "indegree": 20},
        {"receptor_type": 1 + nest.random.uniform_int(3), "weight": 2.0},
    )
    assert nest.num_connections == 200
    with pytest.raises(nest.NESTErrors.IncompatibleReceptorType):
        nest.Connect(n, n, syn_spec={"receptor_type": 4})
    a = nest.Create("iaf_psc_alpha", 30)
    nest.Connect(a, a, {"rule": "fixed_indegree", "indegree": 2 + nest.random.uniform_int(3)})
    degrees = np.bincount(nest.GetConnections(target=a).target)[11:]
    assert set(degrees) == {2, 3, 4}
    spec = {"rule": "symmetric_pairwise_bernoulli", "p": 0.2, "allow_autapses": False, "make_symmetric": True}
    b = nest.Create("parrot_neuron", 30)
    nest.Connect(b, b, spec)
    pairs = list(zip(*nest.GetConnections(b, b).get(["source", "target"]).values()))
    assert pairs and sorted(pairs) == sorted((t, s) for s, t in pairs) and all(s != t for s, t in pairs)


def test_collocated_synapses_share_their_pairs():
    n = nest.Create("iaf_psc_alpha", 20)
    both = nest.CollocatedSynapses({"weight": 2.0}, {"weight": 7.0, "synapse_model": "stdp_synapse"})
    nest.Connect(n, n, {"rule": "fixed_indegree", "indegree": 3}, both)
    a, b = (
        nest.GetConnections(synapse_model=m).get(["source", "target"])
        for m in ("static_synapse", "stdp_synapse")
    )
    assert a == b and len(a["source"]) == 60


def test_connections_of_devices_are_listed():
    n, g = nest.Create("iaf_psc_alpha", 2), nest.Create("poisson_generator")
    r, m = nest.Create("spike_recorder"), nest.Create("voltmeter")
    nest.Connect(g, n, syn_spec={"weight": [[3.0], [4.0]], "delay": 2.0})
    nest.Connect(n, r)
    nest.Connect(m, n)
    c = nest.GetConnections(g)
    assert (c.source, c.target, c.weight, c.delay) == ([3, 3], [1, 2], [3.0, 4.0], [2.0, 2.0])
    assert nest.num_connections == 6 and nest.GetDefaults("static_synapse", "num_connections") == 6
    assert (nest.min_delay, nest.max_delay) == (1.0, 2.0)
    assert "static synapse" not in str(c) and "static_synapse" in str(c)
    with pytest.raises(nest.NESTErrors.NotImplemented, match="Connect"):
        c.weight = 5.0


def test_connections_stay_valid_and_inert_after_reset():
    n = nest.Create("iaf_psc_alpha", 3)
    nest.Connect(n, n, syn_spec={"weight": 2.0})
    c = nest.GetConnections()
    nest.Connect(n, n, syn_spec={"synapse_model": "stdp_synapse", "weight": 9.0})
    nest.Simulate(1)
    assert c.weight == [2.0] * 9
    c[0].weight = 5.0
    assert c.weight == [5.0] + [2.0] * 8
    nest.ResetKernel()
    assert c.get() == {} and c.get("weight") == ()
    with pytest.raises(nest.NESTError, match="InvalidNodeCollection"):
        n + n


def test_samples_of_the_last_slice_come_with_the_next_run():
    n, m = nest.Create("iaf_psc_alpha"), nest.Create("multimeter", {"record_from": ["V_m"], "interval": 0.1})
    nest.Connect(m, n)
    nest.Simulate(10)
    assert len(m.events["times"]) == 90 == m.n_events
    nest.Simulate(10)
    assert len(m.events["times"]) == 190 and np.array_equal(
        np.diff(m.events["times"]).round(3), np.full(189, 0.1)
    )
    m.n_events = 0
    nest.Simulate(1)
    assert m.events["times"].min().round(3) == 19.1
    assert set(m.events) == {"senders", "times", "V_m"}
    assert m.get("events", ["times"])["times"] is not None and m.get("events", "V_m").shape == (10,)


def test_ascii_files(tmp_path):
    n = nest.Create("iaf_psc_alpha", {"I_e": 900.0})
    r = nest.Create("spike_recorder", {"record_to": "ascii", "label": "mine"})
    nest.Connect(n, r)
    nest.Simulate(50)
    nest.Simulate(50)
    (file,) = r.filenames
    assert file == str(tmp_path / "mine-2-0.dat")
    lines = open(file).read().splitlines()
    assert lines[0] == f"# NEST version: {nest.build_info['version']}" and lines[2] == "sender\ttime_ms"
    assert len(np.loadtxt(file, skiprows=3)) == r.n_events > 3
    nest.overwrite_files = False
    nest.ResetKernel()
    n, r = nest.Create("iaf_psc_alpha"), nest.Create(
        "spike_recorder", {"record_to": "ascii", "label": "mine"}
    )
    nest.Connect(n, r)
    with pytest.raises(nest.NESTErrors.IOError, match="overwrite_files"):
        nest.Simulate(1)


def test_print_time_and_messages(capsys):
    nest.print_time = True
    nest.Create("iaf_psc_alpha")
    nest.Simulate(10)
    out = capsys.readouterr().out
    assert "[ 100% ] Model time: 10.0 ms, Real-time factor: " in out and out.endswith("\n")
    nest.verbosity = "M_INFO"
    nest.print_time = False
    nest.Simulate(1)
    assert "Simulation finished." in capsys.readouterr().out
    nest.message(30, "me", "old")
    nest.message("new", nest.VerbosityLevel.WARNING)
    nest.message("hidden", nest.VerbosityLevel.DEBUG)
    err = capsys.readouterr().err
    assert "[ERROR]" in err and "old" in err and "new" in err and "hidden" not in err
    nest.PrintNodes()
    assert capsys.readouterr().out.split() == ["1", "iaf_psc_alpha"]


def test_status_in_the_older_spelling():
    n = nest.Create("iaf_psc_alpha", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nest.SetStatus(n, "C_m", [100.0, 200.0])
        nest.SetStatus(n, {"E_L": -60.0})
        assert nest.GetStatus(n, "C_m") == (100.0, 200.0)
        assert nest.GetStatus(n, ["C_m", "E_L"]) == ((100.0, -60.0), (200.0, -60.0))
        assert [d["global_id"] for d in nest.GetStatus(n)] == [1, 2]
        assert json.loads(nest.GetStatus(n[0], output="json"))[0]["C_m"] == 100
    assert nest.kernel.NESTErrors is nest.NESTErrors and issubclass(
        nest.NESTErrors.BadProperty, nest.NESTError
    )
    assert issubclass(nest.NESTErrors.MadeUp, Exception) and "BadProperty" in str(nest.NESTErrors.BadProperty)


def test_what_is_missing_names_what_there_is():
    for call, words in (
        (lambda: nest.Create("iaf_psc_exp_ps"), "iaf_psc_exp with a finer resolution"),
        (lambda: nest.Create("iaf_psc_aplha"), "did you mean 'iaf_psc_alpha'"),
        (lambda: nest.Create("iaf_psc_alpha", positions=[1]), "positions"),
        (lambda: nest.TripartiteConnect(1, 2, 3, 4), "three pairs"),
        (lambda: nest.spatial.grid([3, 3]), "no positions"),
        (lambda: nest.EnableStructuralPlasticity(), "connections stay"),
        (lambda: nest.Create("iaf_psc_alpha", {"C_n": 3.0}), "did you mean 'C_m'"),
        (lambda: nest.Create("iaf_psc_alpha").set(frozen=True), "frozen"),
        (
            lambda: nest.Connect(
                nest.Create("iaf_psc_alpha"), nest.Create("iaf_psc_alpha"), {"rule": "one_to_many"}
            ),
            "one_to_one",
        ),
        (lambda: nest.EnableStructuralPlasticity(), "build the network anew"),
        (lambda: (nest.ResetKernel(), nest.set(tics_per_ms=32, resolution=1 / 32)), "0.031 ms"),
    ):
        with pytest.raises(nest.NESTError, match=words):
            call()


def test_create_and_set_change_all_or_nothing():
    n = nest.Create("iaf_psc_alpha", 3)
    with pytest.raises(nest.NESTErrors.BadProperty):
        n.C_m = [1.0, 2.0, -1.0]
    with pytest.raises(nest.NESTErrors.UnaccessedDictionaryEntry):
        n.set(C_m=3.0, nonsense=1)
    assert n.C_m == (250.0,) * 3
    with pytest.raises(nest.NESTErrors.BadProperty):
        nest.Create("spike_generator", 2, [{"spike_times": [1.0]}, {"spike_times": [0.0]}])
    with pytest.raises(nest.NESTErrors.BadProperty):
        nest.Create("iaf_psc_alpha", 2, {"C_m": -1.0})
    assert nest.network_size == 3
    g = nest.Create("spike_generator", 2)
    with pytest.raises(nest.NESTErrors.BadProperty):
        g.set([{"spike_times": [1.0]}, {"spike_times": [0.0]}])
    assert [list(t) for t in g.spike_times] == [[], []]


def test_a_failed_run_needs_a_reset_and_bad_times_do_not():
    n = nest.Create("izhikevich", {"a": -1e300, "V_m": 1e300})
    with pytest.raises(nest.NESTErrors.BadParameter):
        nest.Simulate(0.05)
    with pytest.raises(nest.NESTErrors.NumericalInstability, match="izhikevich"):
        nest.Simulate(100)
    with pytest.raises(nest.NESTError, match="ResetKernel"):
        nest.Simulate(1)
    nest.ResetKernel()
    nest.Simulate(1)
    assert len(n) == 1


def test_the_screen_shows_rows_as_files_have_them(capfd):
    nest.ResetKernel()
    relays, targets = nest.Create("parrot_neuron", 2), nest.Create("iaf_psc_alpha", 1)
    weights = nest.Create("weight_recorder", params={"record_to": "screen", "precision": 5})
    spikes = nest.Create("spike_recorder", params={"record_to": "screen", "time_in_steps": True})
    nest.CopyModel("stdp_synapse", "recorded", {"weight_recorder": weights})
    nest.Connect(nest.Create("spike_generator", params={"spike_times": [1.0]}), relays)
    nest.Connect(relays, targets, syn_spec={"synapse_model": "recorded", "weight": 2.0})
    nest.Connect(relays, spikes)
    capfd.readouterr()
    nest.Simulate(4.0)
    rows = ["1\t20\t0.000", "2\t20\t0.000", "1\t2.00000\t2.00000\t3\t0\t0", "2\t2.00000\t2.00000\t3\t0\t1"]
    assert [line for line in capfd.readouterr().out.splitlines() if "\t" in line] == rows
    assert weights.n_events == spikes.n_events == 2 and len(spikes.events["times"]) == 0


def test_what_the_library_has_beyond_the_reference_is_refused():
    """Scripts that look for the reference's errors get them."""
    nest.ResetKernel()
    neurons = nest.Create("iaf_psc_exp", 2)
    for call in (
        lambda: neurons.set(I_syn_ex=1.0),
        lambda: nest.Create("iaf_psc_alpha", params={"dI_syn_ex": 1.0}),
        lambda: nest.SetDefaults("poisson_generator", {"individual_spike_trains": False}),
    ):
        with pytest.raises(nest.NESTErrors.UnaccessedDictionaryEntry):
            call()
    for model in ("hh_psc_alpha", "mat2_psc_exp", "gif_psc_exp"):
        assert "I_syn_ex" not in nest.GetDefaults(model)
    train = nest.Create("spike_generator", params={"spike_times": [1.0]})
    for sources, targets in ((train, neurons), ([train.global_id], [neurons.tolist()[0]])):
        with pytest.raises(nest.NESTErrors.IllegalConnection, match="parrot_neuron"):
            nest.Connect(sources, targets, "one_to_one" if sources is not train else None, "stdp_synapse")
    assert nest.num_connections == 0
    nest.Connect(nest.Create("pulsepacket_generator"), neurons, syn_spec="stdp_synapse")
    nest.Connect(train, neurons, syn_spec={"synapse_model": "static_synapse_hom_w"})
    assert nest.num_connections == 4
