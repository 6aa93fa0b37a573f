"""Whatever is given to ranvier.nest, it raises an exception or works; it never crashes, and goes on after a reset."""

import os

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

os.environ.setdefault("PYNEST_QUIET", "1")
import ranvier.nest as nest  # noqa: E402

letters = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=3)
small = st.one_of(st.integers(-3, 12), st.sampled_from([2**31 - 1, 2**31, 2**63, 2**70, -(2**70)]))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    small,
    st.floats(allow_nan=True, allow_infinity=True),
    letters,
    st.sampled_from(
        [
            b"x",
            1j,
            object(),
            np.float32(1.5),
            np.int8(3),
            np.uint64(2**64 - 1),
            np.bool_(True),
            np.array(2.0),
            np.datetime64("2020"),
        ]
    ),
    st.builds(lambda a: nest.random.normal(a, 1.0), st.floats(-1, 1)),
    st.just(nest.random.uniform_int(3)),
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=4),
    st.lists(st.floats(-100, 100), max_size=5),
    st.lists(st.lists(st.floats(-100, 100), max_size=3), max_size=3),
    st.dictionaries(letters, scalars, max_size=2),
    st.sampled_from(
        [
            np.ones((2, 2, 2)),
            np.ones((2, 2)),
            np.arange(4),
            np.array(["a"]),
            {1, 2},
            range(3),
            slice(1, 3),
            slice(None, None, 2),
        ]
    ),
)
node_models = [m for m in type(nest).node_models.__get__(nest)]
synapse_models = [m for m in type(nest).synapse_models.__get__(nest)]
names = st.sampled_from(
    "C_m V_m tau_m I_e spike_times record_to rate weight delay n_events start stop label model x record_from interval receptor_type Wmax tau_syn frozen U p_transmit lambda Kplus".split()
)
rules = st.sampled_from(
    "all_to_all one_to_one fixed_indegree fixed_outdegree fixed_total_number pairwise_bernoulli pairwise_poisson symmetric_pairwise_bernoulli x".split()
)
rule_keys = st.sampled_from(
    "indegree outdegree N p pairwise_avg_num_conns allow_autapses allow_multapses make_symmetric mask x".split()
)


def bounded(value):
    """No networks or runs that take minutes."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return True
    return not 30 < abs(value) < 1e18


@given(st.data())
def test_nothing_crashes(data):
    draw = data.draw
    nest.ResetKernel()
    nest.verbosity = 100
    old = nest.Create("iaf_psc_alpha", 3)
    nest.Connect(old, old)
    old_connections = nest.GetConnections()
    nest.ResetKernel()
    n = nest.Create("iaf_psc_alpha", 4)
    r, g = nest.Create("spike_recorder"), nest.Create("poisson_generator", {"rate": 100.0})
    nest.Connect(n, n, syn_spec={"weight": 2.0})
    nest.Connect(n, r)
    c = nest.GetConnections()
    thing = st.one_of(
        values, st.sampled_from([n, n[1:], r, g, old, c, old_connections, nest.NodeCollection()])
    )

    def mapping(keys=names):
        return {draw(keys): draw(thing) for _ in range(draw(st.integers(0, 3)))}

    def rule():
        counts = {k: v for k, v in mapping(rule_keys).items() if bounded(v)}
        return draw(st.sampled_from([{"rule": draw(rules), **counts}, draw(rules), None]))

    def synapse():
        return draw(
            st.sampled_from(
                [
                    {"synapse_model": draw(st.sampled_from(synapse_models)), **mapping()},
                    draw(st.sampled_from(synapse_models)),
                    draw(thing),
                ]
            )
        )

    few = thing.filter(bounded)
    calls = [
        lambda: nest.Create(draw(st.sampled_from(node_models + ["x"])), draw(few), mapping()),
        lambda: nest.Create(draw(st.sampled_from(node_models)), draw(st.integers(1, 3)), draw(thing)),
        lambda: nest.Create(draw(thing), draw(few)),
        lambda: nest.Connect(n, n, rule(), synapse()),
        lambda: nest.Connect(draw(few), draw(few), rule(), synapse()),
        lambda: nest.Connect(g, n, rule(), mapping()),
        lambda: nest.GetConnections(draw(thing), draw(thing), draw(thing), draw(thing)).get(),
        lambda: n.set(mapping()),
        lambda: n.set(draw(thing)),
        lambda: n.get(draw(thing)),
        lambda: n[draw(thing)],
        lambda: r.set(mapping()),
        lambda: g.set(mapping()),
        lambda: old.set(mapping()),
        lambda: old.get(),
        lambda: nest.NodeCollection(draw(thing)),
        lambda: n + draw(thing),
        lambda: c.set(mapping()),
        lambda: c.set(draw(thing)),
        lambda: nest.GetConnections().set(mapping()),
        lambda: nest.GetConnections().get(),
        lambda: setattr(c, "delay", draw(thing)),
        lambda: c.get(draw(thing)),
        lambda: c[draw(thing)],
        lambda: old_connections.set(mapping()),
        lambda: str(c) + str(n) + str(old) + str(old_connections),
        lambda: nest.Simulate(draw(few)),
        lambda: nest.Simulate(draw(st.floats(0, 3))),
        lambda: nest.Prepare(),
        lambda: nest.Run(draw(few)),
        lambda: nest.Cleanup(),
        lambda: nest.CopyModel(draw(st.sampled_from(node_models + synapse_models)), draw(letters), mapping()),
        lambda: nest.SetDefaults(draw(st.sampled_from(node_models + synapse_models)), mapping()),
        lambda: nest.GetDefaults(draw(st.one_of(thing, st.sampled_from(node_models))), draw(thing)),
        lambda: nest.SetKernelStatus({draw(st.sampled_from(sorted(nest.kernel_status))): draw(thing)}),
        lambda: setattr(nest, draw(st.sampled_from(dir(nest))), draw(thing)),
        lambda: nest.GetStatus(draw(thing), draw(thing)),
        lambda: nest.math.redraw(draw(thing), draw(thing), draw(thing)),
        lambda: nest.random.uniform(draw(thing), draw(thing)).GetValue(),
        lambda: (nest.random.normal() * draw(thing)).GetValue(),
        lambda: nest.CreateParameter(draw(thing), draw(thing)),
        lambda: r.events,
        lambda: c.disconnect(),
        lambda: nest.Disconnect(draw(thing), draw(thing)),
        lambda: nest.Disconnect(n, n[draw(few)], conn_spec=draw(rules), syn_spec=draw(thing)),
        lambda: nest.Connect(
            nest.Create("multimeter", draw(st.integers(1, 3)), mapping()), draw(thing), rule()
        ),
        lambda: nest.Connect(nest.Create("multimeter"), nest.Create("ac_generator"), rule(), synapse()),
    ]
    for _ in range(draw(st.integers(1, 5))):
        try:
            draw(st.sampled_from(calls))()
        except (
            nest.NESTError,
            TypeError,
            ValueError,
            IndexError,
            KeyError,
            AttributeError,
            OverflowError,
            NotImplementedError,
        ):
            pass
    nest.ResetKernel()
    nest.set(data_path="", data_prefix="", overwrite_files=False)
    n = nest.Create("iaf_psc_alpha", {"I_e": 500.0})
    r = nest.Create("spike_recorder")
    nest.Connect(n, r)
    nest.Simulate(20)
    assert r.n_events == 1
