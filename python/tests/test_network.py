"""ranvier.Network: nodes, connections, runs, as in C++."""

import gc
import pathlib
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

import ranvier


def balanced(seed=7, **options):
    net = ranvier.Network(seed=seed, **options)
    e = net.create("iaf_psc_exp", 80, V_m=ranvier.normal(-62, 4))
    i = net.create("iaf_psc_exp", 20)
    noise = net.create("poisson_generator", rate=9000.0)
    net.connect(e, e, ranvier.fixed_indegree(10), weight=20.0, delay=1.5, synapse="stdp_synapse")
    net.connect(
        e, i, ranvier.pairwise_bernoulli(0.2), weight=ranvier.normal(20, 2), delay=ranvier.uniform(0.5, 3)
    )
    net.connect(i, e + i, ranvier.fixed_indegree(5), weight=-100.0, delay=1.0)
    net.connect(noise, e + i, weight=40.0)
    return net, e, i


def test_hash_does_not_depend_on_threads_partitions_or_pieces():
    one, *_ = balanced(threads=1)
    one.run(60)
    two, *_ = balanced(threads=2, partitions=3)
    for _ in range(60):
        two.run(1)
    other, *_ = balanced(seed=8)
    other.run(60)
    assert one.hash() == two.hash()
    assert one.hash() != other.hash()
    assert one.stats["spikes"] > 100


def test_recorded_spikes_are_sorted_and_rates_are_counts(net):
    n = net.create("iaf_psc_alpha", 3, I_e=[500.0, 600.0, 0.0])
    s = net.record(n)
    net.run(200)
    times, senders = s.times, s.senders
    assert senders.dtype == np.int32 and times.dtype == np.float64
    assert (np.diff(times) >= 0).all() and len(s) == len(times) > 10
    assert np.array_equal(s.rates(), [np.sum(senders == i) / 0.2 for i in n.ids])
    assert s.rates()[2] == 0
    assert np.array_equal(s.steps, np.round(times / 0.1))
    s.clear()
    assert len(s) == 0 == len(s.times)


def test_membrane_follows_the_exact_solution(net):
    n = net.create("iaf_psc_exp", 2, I_e=100.0, tau_m=[10.0, 20.0], V_th=1e3)
    v = net.record(n, "V_m", interval=0.1)
    net.run(50)
    t = v.times[:, None]
    expected = -70 + 100.0 * n.tau_m / n.C_m * (1 - np.exp(-t / n.tau_m))
    assert v["V_m"].shape == (500, 2)
    np.testing.assert_allclose(v["V_m"], expected, rtol=0, atol=1e-10)
    with pytest.raises(KeyError, match="recorded are V_m"):
        v["w"]


def test_state_input_and_weights_between_runs(net):
    n = net.create("iaf_psc_exp", 4, V_th=1e9)
    net.connect(n[:2], n[2:], ranvier.one_to_one(), weight=[3.0, 4.0])
    n.V_m = np.array([-60.0, -61, -62, -63])
    n[:2].I_e = 100.0
    net.run(0.1)
    assert n.V_m[0] != -60 and np.array_equal(n.I_e, [100, 100, 0, 0])
    c = net.connections(n[:2])
    before = c.weight
    c.weight = before * 2
    assert np.array_equal(c.weight, [6, 8]) and np.array_equal(before, [3, 4])
    net.run(1)
    assert np.array_equal(net.connections().weight, [6, 8])
    c.weight = 1.5
    assert np.array_equal(net.connections().weight, [1.5, 1.5])


def test_connections_as_arrays(net):
    a, b = net.create("iaf_psc_alpha", 3), net.create("iaf_psc_alpha", 2)
    w = np.arange(6.0).reshape(2, 3)
    net.connect(a, b, weight=w, delay=2.0)
    net.connect(b, a, "all_to_all", synapse="stdp_synapse", weight=9.0)
    c = net.connections(a, b)
    assert np.array_equal(c.source, [1, 1, 2, 2, 3, 3]) and np.array_equal(c.target, [4, 5] * 3)
    assert np.array_equal(c.weight, w.T.ravel()) and set(c.delay) == {2.0}
    assert np.array_equal(c.matrix(a, b), w)
    assert len(net.connections(synapse="stdp_synapse")) == 6
    assert list(net.connections(b, a).model) == ["stdp_synapse"] * 6
    assert net.weight_summary("stdp_synapse") == {"mean": 9, "std": 0, "min": 9, "max": 9, "n": 6}
    assert net.weight_histogram("static_synapse", 0, 6, 6).tolist() == [1] * 6
    frame = pytest.importorskip("pandas").DataFrame(c.to_pandas())
    assert list(frame.columns) == ["source", "target", "weight", "delay", "model"]
    net.connect(a, a)
    with pytest.raises(ranvier.Unusable, match="list them again"):
        c.weight


def test_explicit_edges_take_values_in_their_order(net):
    n = net.create("parrot_neuron", 5)
    net.connect_edges([3, 1, 2], np.array([1, 5, 4], np.int64), weight=[0.3, 0.1, 0.2], delay=[1.0, 2.0, 3.0])
    c = net.connections()
    assert c.source.tolist() == [1, 2, 3] and c.target.tolist() == [5, 4, 1]
    assert c.weight.tolist() == [0.1, 0.2, 0.3] and c.delay.tolist() == [2.0, 3.0, 1.0]
    assert len(n) == 5


def test_population_is_a_sequence(net):
    n = net.create("iaf_psc_exp", 6, C_m=np.arange(1.0, 7.0))
    m = net.create("parrot_neuron", 2)
    assert (len(n), n[0].ids[0], n[-1].ids[0]) == (6, 1, 6)
    assert n[1:3].ids.tolist() == [2, 3] and n[::2].ids.tolist() == [1, 3, 5]
    assert n[[0, 4]].C_m.tolist() == [1, 5] and n[n.C_m > 4].ids.tolist() == [5, 6]
    assert (n + m).ids.tolist() == list(range(1, 9)) and n + m == net.nodes
    assert [p.ids[0] for p in m] == [7, 8] and m[0] in m and 1 not in m
    assert n.model == "iaf_psc_exp" and (n + m).model == ("iaf_psc_exp", "parrot_neuron")
    assert (n + m)[[0, 7]].get("model") == ["iaf_psc_exp", "parrot_neuron"]
    assert n[:0].get("C_m").shape == (0,)
    assert "6 iaf_psc_exp, ids 1 ... 6" in repr(n) and repr(n[:0]) == "Population(empty)"
    assert "C_m" in dir(n) and "V_m" in dir(n[:2])
    with pytest.raises(IndexError):
        n[6]
    with pytest.raises(ranvier.WrongSize):
        n[::-1]
    with pytest.raises(ranvier.WrongSize):
        m + n
    with pytest.raises(AttributeError, match="C_n"):
        n.C_n
    with pytest.raises(ranvier.UnknownParameter):
        n.C_n = 1.0
    with pytest.raises(AttributeError):
        n.ids = [1]


@pytest.mark.parametrize("name", ranvier.models())
def test_every_model_is_described_and_can_be_made(name):
    m = ranvier.model(name)
    text = ranvier.describe(name)
    assert m["summary"] in text
    for f in m["params"]:
        assert f["name"] in text
    net = ranvier.Network()
    defaults = net.defaults(name)
    if m["kind"] == "synapse":
        assert {"weight", "delay"} <= set(defaults)
        net.copy_model(name, "mine", weight=0.5)
        assert net.defaults("mine")["weight"] == 0.5
        return
    nodes = net.create(name, 2)
    for f in m["params"]:
        values = nodes.get(f["name"])
        assert len(values) == 2 and values[0] == f["default"] == defaults[f["name"]], f["name"]
    for e in m["lists"]:
        for f in e["params"]:
            assert list(nodes.get(f["name"])[1]) == f["default"]


@pytest.mark.parametrize("name", ranvier.models("neuron"))
def test_every_recordable_is_recorded(name):
    net = ranvier.Network()
    n = net.create(name, 2)
    names = [r for r, _ in ranvier.model(name)["recordables"]]
    if not names:
        pytest.skip(f"{name} has nothing to record")
    s = net.record(n, names)
    net.run(3)
    for r in names:
        assert s[r].shape == (3, 2) and np.isfinite(s[r]).all()


def test_copies_and_defaults(net):
    net.copy_model("iaf_psc_exp", "small", C_m=100.0)
    net.set_defaults("small", tau_m=5.0)
    n = net.create("small", 2, tau_m=[6.0, 7.0])
    assert n.C_m.tolist() == [100, 100] and n.tau_m.tolist() == [6, 7] and n.model == "small"
    assert net.defaults("small")["tau_m"] == 5 and net.defaults("iaf_psc_exp")["tau_m"] == 10


def test_lists_and_texts(net):
    n = net.create("iaf_psc_exp_multisynapse", 2, tau_syn=[[1.0, 2.0], [3.0]])
    assert [v.tolist() for v in n.tau_syn] == [[1, 2], [3]]
    g = net.create("spike_generator", spike_times=[1.0, 2.5])
    assert g.spike_times[0].tolist() == [1.0, 2.5]
    r = net.create("spike_recorder", record_to=[])
    assert r.record_to == [[]]
    r.record_to = "ascii"
    assert r.get("record_to") == [["ascii"]] and r.filenames[0][0].endswith("-4-0.dat")


def test_files(net, tmp_path):
    net.set_output(tmp_path, "x_", True)
    n = net.create("iaf_psc_alpha", I_e=900.0)
    s = net.record(n, record_to="ascii", label="spikes")
    net.run(100)
    data = np.loadtxt(s.recorder.filenames[0][0], skiprows=3)
    assert len(data) == len(s) > 3
    assert pathlib.Path(s.recorder.filenames[0][0]).parent == tmp_path
    with pytest.raises(OSError):
        net.set_output(tmp_path / "missing")


def test_progress_is_called_and_its_error_ends_the_run(net):
    n = net.create("iaf_psc_exp", 20000, I_e=400.0)
    net.connect(n, n, ranvier.fixed_indegree(50), weight=1.0)
    calls = []
    net.run(20, progress=lambda *a: calls.append(a))
    assert {"build", "simulate"} >= {c[0] for c in calls} and calls
    assert all(0 <= done <= total for _, done, total in calls)

    def fail(*_):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        net.run(1000, progress=fail)
    at = net.time
    assert 20 < at < 1020
    net.run(1)
    assert net.time == pytest.approx(at + 1)
    with pytest.raises(ranvier.Unusable, match="in use"):
        net.run(1000, progress=lambda *_: net.run(1))


def test_interrupt_and_use_from_other_threads(net):
    net.create("iaf_psc_exp", 20000, I_e=400.0)
    failures = []

    def run():
        try:
            net.run(1e6)
        except ranvier.Interrupted as e:
            failures.append(e)

    worker = threading.Thread(target=run)
    worker.start()
    refused = False
    for _ in range(2000):
        time.sleep(0.002)
        try:
            net.time
        except ranvier.Unusable:
            refused = True
            break
    for _ in range(300):
        net.interrupt()  # the run may not have begun yet
        worker.join(0.1)
        if failures:
            break
    assert refused and len(failures) == 1
    net.run(1)


def test_ctrl_c_ends_a_run_and_the_network_goes_on():
    script = """
import os, signal, threading, ranvier
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
net = ranvier.Network()
net.create("iaf_psc_exp", 20000, I_e=400.0)
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    net.run(1e6)
except KeyboardInterrupt:
    at = net.time
    net.run(1)
    print("stopped", 0 < at < 1e6, abs(net.time - at - 1) < 1e-6)
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert out.stdout == "stopped True True\n", out.stderr


def test_fork_is_refused(net):
    import os

    net.create("iaf_psc_exp", 10)
    net.run(1)
    pid = os.fork()
    if pid == 0:
        try:
            net.run(1)
        except ranvier.Unusable:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_networks_are_collected():
    net = ranvier.Network()

    def callback(*_, held=net):
        return held

    net.run(1, progress=callback)
    net._core.set_progress(callback)
    gone = weakref.ref(net)
    del net, callback
    gc.collect()
    assert gone() is None


def test_command_line():
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "ranvier", *arguments], capture_output=True, text=True, timeout=60
        )

    assert "neuron models" in run("info").stdout
    listed = run("models").stdout
    assert all(name in listed for name in ranvier.models())
    assert "tau_m" in run("models", "iaf_psc_exp").stdout
    bad = run("models", "iaf_psc_ex")
    assert bad.returncode == 1 and "did you mean 'iaf_psc_exp'" in bad.stderr


def relays(net, model, **values):
    pre, post = net.create("parrot_neuron", 3), net.create("parrot_neuron", 2)
    net.connect(net.create("spike_generator", spike_times=[1.0, 2.0, 2.0, 5.0]), pre)
    net.connect(pre, post, synapse=model, receptor=1, **values)
    return pre, post


def test_weights_are_recorded_as_they_are_sent(net):
    net.copy_model("tsodyks_synapse", "depressing", U=0.5, tau_rec=1e6)
    pre, post = relays(net, "depressing", weight=8.0)
    weights = net.record_weights("depressing", senders=pre[:2], targets=post[1:])
    net.run(4)
    assert len(weights) == 6 and weights.synapse == "depressing"
    assert weights.times.tolist() == [2.0, 2.0, 3.0, 3.0, 3.0, 3.0]
    assert weights.senders.tolist() == [*pre.ids[:2], *np.repeat(pre.ids[:2], 2)]
    assert set(weights.targets) == {post.ids[1]} and set(weights.receptors) == {1}
    assert weights.ports.tolist() == [1, 3, 1, 1, 3, 3]
    # Half of what is left each time.
    assert weights.weights == pytest.approx([4, 4, 2, 1, 2, 1], rel=1e-5)
    assert sorted(weights.to_dict()) == ["ports", "receptors", "senders", "targets", "times", "weights"]
    weights.clear()
    net.set_defaults("depressing", weight_recorder=0)
    net.run(10)
    assert len(weights) == 0


def test_weights_of_static_synapses_are_recorded(net):
    relays(net, "static_synapse", weight=3.0)
    weights = net.record_weights("static_synapse", start=4.0)
    net.run(8)
    assert weights.times.tolist() == [6.0] * 6 and weights.weights.tolist() == [3.0] * 6


def test_mistakes_in_recording_weights(net):
    neurons = net.create("iaf_psc_exp", 2)
    for bad in ("iaf_psc_exp", "nope"):
        with pytest.raises(ranvier.UnknownModel):
            net.record_weights(bad)
    with pytest.raises(ranvier.OutOfRange):
        net.record_weights("stdp_synapse", senders=neurons, precision=-1)
    with pytest.raises(ranvier.WrongType):
        net.record_weights("stdp_synapse", targets=[1])
    assert net.nodes == neurons and net.defaults("stdp_synapse")["weight_recorder"] == 0


def test_correlations(net):
    detector = net.create("correlation_detector", delta_tau=1.0, tau_max=3.0)
    for times, receptor in (([2.0, 8.0], 0), ([4.0, 7.0], 1)):
        net.connect(net.create("spike_generator", spike_times=times), detector, receptor=receptor, weight=2.0)
    net.run(10)
    assert detector.get("count_histogram")[0].tolist() == [0, 0, 1, 0, 0, 1, 0]
    assert detector.get("histogram")[0].tolist() == [0, 0, 4.0, 0, 0, 4.0, 0]
    assert detector.get("n_events")[0].tolist() == [2, 2]


def test_packets(net):
    packets = net.create("pulsepacket_generator", pulse_times=[5.0, 15.0], activity=30, sdev=1.0)
    spikes = net.record(packets)
    net.run(30)
    assert len(spikes) == 60 and abs(np.median(spikes.times[:30]) - 5) < 1


def test_the_screen(capfd, net):
    neuron = net.create("iaf_psc_exp", I_e=1000.0)
    spikes = net.record(neuron, record_to="screen", precision=1)
    voltage = net.record(neuron, "V_m", interval=5.0, record_to=["screen", "memory"], stop=5.0)
    net.run(6)
    rows = [line.split("\t") for line in capfd.readouterr().out.splitlines()]
    assert rows[-1] == ["1", "5.000", f"{voltage['V_m'][0, 0]:.3f}"]
    assert len(rows) == len(spikes) + 1 and all(r[0] == "1" and "." in r[1] for r in rows[:-1])
