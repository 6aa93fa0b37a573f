"""ranvier.nest2: scripts of NEST 2."""

import os
import subprocess
import sys

import numpy as np
import pytest

os.environ.setdefault("PYNEST_QUIET", "1")
import ranvier.nest2 as nest  # noqa: E402


@pytest.fixture(autouse=True)
def fresh(tmp_path):
    nest.ResetKernel()
    nest.set_verbosity("M_WARNING")
    nest.SetKernelStatus({"data_path": str(tmp_path), "overwrite_files": True})
    yield
    nest.ResetKernel()


def test_nodes_are_tuples_of_ids():
    n = nest.Create("iaf_neuron", 3)
    assert n == (1, 2, 3)
    nest.SetStatus(n, {"C_m": 100.0})
    nest.SetStatus(n, "V_m", [-60.0, -61.0, -62.0])
    nest.SetStatus([n[2], n[0]], [{"tau_m": 5.0}, {"tau_m": 7.0}])
    assert nest.GetStatus(n, "V_m") == (-60.0, -61.0, -62.0)
    assert nest.GetStatus(n, ["C_m", "tau_m"]) == ((100.0, 7.0), (100.0, 10.0), (100.0, 5.0))
    assert nest.GetStatus([2])[0]["global_id"] == 2
    assert nest.GetStatus([0], "vp") == (0,) and nest.GetStatus([0])[0]["model"] == "subnet"
    with pytest.raises(nest.NESTError, match="node 0"):
        nest.GetStatus([0], "V_m")
    with pytest.raises(nest.NESTError):
        nest.SetStatus(n, [{"C_m": 1.0}])


def test_detectors_and_generators():
    n, sd = nest.Create("iaf_psc_alpha", 2, {"I_e": 500.0}), nest.Create(
        "spike_detector", 1, {"withtime": True, "to_file": True, "label": "s"}
    )
    memory, vm = nest.Create("spike_detector", params={"withgid": True}), nest.Create(
        "voltmeter", params={"interval": 1.0, "withtime": True}
    )
    nest.Connect(n, sd)
    nest.Connect(n, memory)
    nest.Connect(vm, n)
    nest.Simulate(100)
    events = nest.GetStatus(memory, "events")[0]
    assert (
        len(events["times"]) == nest.GetStatus(memory, "n_events")[0] == nest.GetStatus(sd)[0]["n_events"] > 4
    )
    assert nest.GetStatus(sd, ["to_file", "to_memory", "model"]) == ((True, False, "spike_detector"),)
    assert len(nest.GetStatus(vm, "events")[0]["V_m"]) == 2 * 99
    assert nest.GetKernelStatus("time") == 100


def test_connections_in_the_old_words():
    n = nest.Create("iaf_psc_alpha", 20)
    spec = {"rule": "fixed_indegree", "indegree": 4, "autapses": False, "multapses": False}
    weight = {"distribution": "normal_clipped", "mu": 1.0, "sigma": 1.0, "low": 0.5, "high": 1.5}
    nest.Connect(
        n,
        n,
        spec,
        {
            "model": "stdp_synapse",
            "weight": weight,
            "delay": {"distribution": "uniform", "low": 1.0, "high": 3.0},
        },
    )
    c = nest.GetConnections(n, n, "stdp_synapse")
    rows = nest.GetStatus(c, ["source", "target", "weight", "delay"])
    assert len(rows) == 80 and all(s != t and 0.5 <= w <= 1.5 and 1 <= d <= 3 for s, t, w, d in rows)
    assert len(set(r[:2] for r in rows)) == 80
    nest.SetStatus(c, "weight", 2.0)
    assert set(nest.GetStatus(c, "weight")) == {2.0}
    nest.Connect([5, 3], [1, 2], "one_to_one")
    nest.Connect([5, 3], [1, 1])
    assert len(nest.GetConnections([3, 5], [1], "static_synapse")) == 1 + 4
    nest.ConvergentConnect([1, 2], [3], 7.0, 1.0)
    nest.RandomConvergentConnect(list(n), [4], 3, options={"allow_autapses": False})
    nest.RandomDivergentConnect([1], list(n), 5)
    assert len(nest.GetConnections(None, None, "static_synapse")) == 2 + 4 + 2 + 3 + 5


def test_kernel_and_what_is_missing():
    nest.SetKernelStatus(
        {"rng_seeds": [7, 8], "grng_seed": 9, "total_num_virtual_procs": 2, "resolution": 0.2}
    )
    assert nest.GetKernelStatus(["resolution", "rng_seeds", "local_num_threads"]) == (0.2, (7,), 2)
    nest.sr("-0.2 LambertWm1")
    w = nest.spp()
    assert w * np.exp(w) == pytest.approx(-0.2) and w < -1
    nest.ll_api.sr("memory_thisjob")
    assert nest.ll_api.spp() > 1000
    assert "spike_detector" in nest.Models()
    for call in (lambda: nest.sr("1 2 add"), nest.ResetNetwork, lambda: nest.GetLeaves([0]), nest.spp):
        with pytest.raises(nest.NESTError):
            call()
    with pytest.raises(nest.NESTError, match="weibull"):
        nest.Connect(nest.Create("iaf_psc_alpha"), [1], syn_spec={"weight": {"distribution": "weibull"}})
    with pytest.raises(AttributeError):
        nest.NodeCollection2


def test_an_old_script_runs(tmp_path):
    (tmp_path / "old.py").write_text("""
import nest, nest.raster_plot
from nest import voltage_trace
nest.ResetKernel()
nest.SetKernelStatus({"resolution": 0.1, "print_time": False})
n = nest.Create("iaf_psc_alpha", 10)
pg, sd = nest.Create("poisson_generator", params={"rate": 80000.0}), nest.Create("spike_detector")
nest.SetDefaults("static_synapse", {"weight": 10.0})
nest.Connect(pg, n, syn_spec={"model": "static_synapse"})
nest.Connect(n, sd)
nest.Simulate(100.0)
print(nest.GetStatus(sd, "n_events")[0] > 10, nest.version())
""")
    env = {**os.environ, "PYNEST_QUIET": "1", "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-m", "ranvier.nest2", "old.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=env,
        timeout=60,
    )
    assert "\nTrue" in done.stdout, done.stderr
