"""Mistakes raise typed exceptions, and nothing changes."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ranvier
from ranvier import errors


def test_every_error_is_also_a_built_in_one():
    for name in errors.__all__:
        cls = getattr(errors, name)
        assert issubclass(cls, ranvier.Error)
        if cls is not ranvier.Error:
            assert any(
                b.__module__ == "builtins" for b in cls.__mro__ if b not in (Exception, BaseException, object)
            )
            assert cls.__doc__


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda n, p: n.create("iaf", 1), ranvier.UnknownModel, ["iaf", "iaf_psc_exp"]),
        (lambda n, p: n.create("iaf_psc_exp", 0), ranvier.OutOfRange, ["n", "0"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m=-1.0), ranvier.OutOfRange, ["C_m", "> 0", "-1"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m="x"), ranvier.WrongType, ["C_m", "number"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m=None), ranvier.WrongType, ["C_m", "None"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m="\ud800"), ranvier.WrongType, ["C_m", "ud800", "UTF-8"]),
        (lambda n, p: n.create("iaf_psc_exp", **{"\ud800": 1.0}), ranvier.WrongType, ["ud800", "UTF-8"]),
        (
            lambda n, p: n.create("spike_recorder", label=["x", "\ud800"]),
            ranvier.WrongType,
            ["label", "UTF-8"],
        ),
        # Long texts are cut, but no character is.
        (
            lambda n, p: n.create("iaf_psc_exp", C_m={"ü" * 90: 1}),
            ranvier.WrongType,
            ["C_m", "{'" + "ü" * 39 + "..., "],
        ),
        (
            lambda n, p: n.create("iaf_psc_exp", C_m={"x" + "ü" * 90: 1}),
            ranvier.WrongType,
            ["C_m", "{'x" + "ü" * 38 + "..., "],
        ),
        (lambda n, p: n.create("iaf_psc_exp", C_m=1j), ranvier.WrongType, ["C_m"]),
        (lambda n, p: n.create("iaf_psc_exp", 3, C_m=[1.0]), ranvier.WrongSize, ["C_m", "3 values"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m=float("nan")), ranvier.OutOfRange, ["NaN"]),
        (lambda n, p: n.create("iaf_psc_exp", C_m=2**70), ranvier.OutOfRange, ["64 bits"]),
        (lambda n, p: n.create("iaf_psc_exp", C_x=1.0), ranvier.UnknownParameter, ["C_x", "C_m"]),
        (lambda n, p: n.connect(p, p, "nearest"), ranvier.UnknownRule, ["nearest", "all_to_all"]),
        (lambda n, p: n.connect(p, p, delay=0.01), ranvier.BadDelay, ["delay", "0.01"]),
        (lambda n, p: n.connect(p, p, weight=[1.0]), ranvier.WrongSize, ["weight"]),
        (lambda n, p: n.connect(p, p, receptor=3), ranvier.IllegalConnection, ["receptor"]),
        (lambda n, p: n.connect(p, p, synapse="stdp"), ranvier.UnknownModel, ["stdp"]),
        (lambda n, p: n.connect(p, n.create("poisson_generator")), ranvier.IllegalConnection, ["direction"]),
        (
            lambda n, p: n.connect(p, p, ranvier.fixed_indegree(9).without_multapses()),
            ranvier.ImpossibleConnectivity,
            ["9"],
        ),
        (lambda n, p: n.connect(p, [1, 2]), ranvier.WrongType, ["Population"]),
        (
            lambda n, p: n.connect(p, ranvier.Network().create("iaf_psc_exp")),
            ranvier.UnknownNode,
            ["another network"],
        ),
        (lambda n, p: n.connect_edges([1], [99]), ranvier.UnknownNode, ["99"]),
        (lambda n, p: n.connect_edges([0], [1]), ranvier.UnknownNode, ["0"]),
        (lambda n, p: n.connect_edges([1.5], [1]), ranvier.WrongType, ["integers"]),
        (lambda n, p: n.run(0.05), ranvier.BadTime, ["0.05", "0.1"]),
        (lambda n, p: n.run(-1), ranvier.BadTime, ["-1"]),
        (lambda n, p: n.run(float("nan")), ranvier.BadTime, ["nan"]),
        (lambda n, p: n.run("1"), TypeError, []),
        (lambda n, p: n.record(p, ["V"]), ranvier.IllegalConnection, ["V", "V_m"]),
        (lambda n, p: ranvier.Network(seed=0), ranvier.OutOfRange, ["seed"]),
        (lambda n, p: ranvier.Network(seed=2**32), ranvier.OutOfRange, ["seed"]),
        (lambda n, p: ranvier.Network(resolution=0.1234567), ranvier.OutOfRange, ["resolution"]),
        (lambda n, p: ranvier.Network(backend="tpu"), ranvier.BackendError, ["tpu", "cpu"]),
    ],
)
def test_mistakes(net, call, error, words):
    n = net.create("iaf_psc_exp", 3)
    with pytest.raises(error) as e:
        call(net, n)
    for word in words:
        assert word in str(e.value)
    net.run(1)
    assert len(net.connections()) == 0


def test_parts_of_an_error(net):
    with pytest.raises(ranvier.OutOfRange) as e:
        net.create("iaf_psc_exp", C_m=-1.0)
    assert (e.value.object, e.value.parameter, e.value.value) == ("iaf_psc_exp", "C_m", "-1 pF")
    assert e.value.allowed == "> 0" and "250" in e.value.remedy


def test_sets_change_all_or_nothing(net):
    n = net.create("iaf_psc_exp", 3)
    with pytest.raises(ranvier.OutOfRange):
        n.set(C_m=[1.0, 2.0, -1.0], tau_m=5.0)
    assert n.C_m.tolist() == [250] * 3 and n.tau_m.tolist() == [10] * 3


letters = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=3)
numbers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    letters,
    st.binary(max_size=3),
    st.complex_numbers(),
    st.sampled_from(
        [
            np.float32(1.5),
            np.int8(3),
            np.uint64(2**64 - 1),
            np.bool_(True),
            np.array(2.0),
            np.array([]),
            object(),
        ]
    ),
    st.sampled_from(
        [
            np.float64("nan"),
            np.longdouble(3),
            np.datetime64("2020-01-01"),
            ranvier.normal(0, 1),
            ranvier.uniform(2, 1),
        ]
    ),
)
anything = st.one_of(
    numbers,
    st.lists(numbers, max_size=4),
    st.lists(st.lists(numbers, max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=2), numbers, max_size=2),
    st.sampled_from(
        [
            np.ones((2, 2, 2)),
            np.ones((2, 2)),
            np.arange(4),
            np.arange(4)[::2],
            np.array(["a"]),
            {1, 2},
            range(3),
        ]
    ),
)
names = st.sampled_from(
    [
        "C_m",
        "V_m",
        "tau_m",
        "I_e",
        "spike_times",
        "record_to",
        "rate",
        "weight",
        "n_events",
        "start",
        "label",
        "",
        "model",
        "x",
    ]
)


@given(st.data())
def test_nothing_that_is_given_crashes(data):
    net = ranvier.Network(threads=1, seed=3)
    p = net.create("iaf_psc_exp", 3)
    net.connect(p, p)
    other = ranvier.Network(threads=1).create("parrot_neuron", 2)
    stale = net.connections()
    values = st.one_of(anything, st.sampled_from([p, other, p[:1], p[:0], ranvier.all_to_all(), stale]))
    draw = data.draw

    def mapping():
        return {draw(names): draw(values) for _ in range(draw(st.integers(0, 2)))}

    calls = [
        lambda: net.create(draw(st.sampled_from(ranvier.models() + ["", "x"])), draw(values), mapping()),
        lambda: net.create(draw(st.sampled_from(ranvier.models())), draw(st.integers(-1, 3)), mapping()),
        lambda: p.set(mapping()),
        lambda: p.get(draw(names)),
        lambda: p[draw(values)],
        lambda: net.connect(draw(values), draw(values)),
        lambda: net.connect(p, p, ranvier.Rule(draw(st.sampled_from(ranvier.rules.__all__)), draw(values))),
        lambda: net.connect(p, p, weight=draw(values), delay=draw(values), receptor=draw(values)),
        lambda: net.connect(p, p, synapse=draw(st.sampled_from(ranvier.models("synapse"))), **mapping()),
        lambda: net.connect_edges(draw(values), draw(values), weight=draw(values)),
        lambda: net.copy_model(draw(st.sampled_from(ranvier.models())), draw(letters), mapping()),
        lambda: net.set_defaults(draw(st.sampled_from(ranvier.models())), mapping()),
        lambda: setattr(stale, "weight", draw(values)),
        lambda: net.connections(draw(values), draw(values)).set(draw(names), draw(values)),
        lambda: net.weight_histogram("static_synapse", draw(values), draw(values), draw(values)),
        lambda: net.record(draw(values), draw(values)),
        lambda: net.run(
            draw(
                st.one_of(values, st.floats(0, 5)).filter(
                    lambda x: not isinstance(x, (int, float)) or not 9 < x < 1e300
                )
            )
        ),
        lambda: net.set_output(draw(letters), draw(letters), draw(st.booleans())),
    ]
    allowed = (ranvier.Error, TypeError, ValueError, IndexError, AttributeError, OverflowError, KeyError)
    for _ in range(draw(st.integers(1, 6))):
        try:
            draw(st.sampled_from(calls))()
        except allowed as e:
            assert str(e) or isinstance(e, (IndexError, TypeError))
            assert not isinstance(e, RecursionError)
    try:
        net.run(0.3)
    except ranvier.Error:
        pass


def test_public_names_have_docstrings():
    for name in ranvier.__all__:
        thing = getattr(ranvier, name)
        assert thing.__doc__, name
        if inspect.isclass(thing):
            for key, member in vars(thing).items():
                if not key.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    described = member.__doc__ or key in thing.__doc__
                    assert described, f"{name}.{key}"
