"""Graphs in the Neuromorphic Intermediate Representation (Pedersen et al. 2024, Nat Commun 15:8122) as networks."""

import dataclasses

import numpy as np

from ..errors import BadDelay, IllegalConnection, OutOfRange, UnknownModel, WrongSize
from ._checks import array, choice, mistake, whole
from .graph import Delay, Graph, Sink, Source
from .layers import AveragePool, Convolution, Dense, Flatten, Scale, SumPool
from .neurons import Neurons
from .nir_network import NirNetwork
from .nir_thresholds import heaviside, read_thresholds

__all__ = ["from_nir"]

TIME_UNITS = {"s": 1000.0, "ms": 1.0, "us": 0.001}


def import_nir():
    """The package nir."""
    try:
        import nir
    except ImportError:
        raise ImportError("graphs in NIR need the package nir: pip install 'ranvier[nir]'") from None
    return nir


@dataclasses.dataclass(frozen=True)
class Units:
    """How numbers of a graph are read.

    Parameters
    ----------
    dt : float
        Resolution, ms.
    time_unit : {"s", "ms", "us", "step"}
    spikes : {"dirac", "step"}
    reset : {"subtract", "zero"}
    strict : bool
    """

    dt: float
    time_unit: str
    spikes: str
    reset: str = "subtract"
    strict: bool = True

    def __post_init__(self):
        choice(self.time_unit, "NIR", "time_unit", (*TIME_UNITS, "step"))
        choice(self.spikes, "NIR", "spikes", ("dirac", "step"))
        choice(self.reset, "NIR", "reset", ("subtract", "zero"))

    @property
    def ms(self):
        """ms of a unit of time."""
        return self.dt if self.time_unit == "step" else TIME_UNITS[self.time_unit]

    def rise(self, tau):
        """What tau dx/dt = -x + S gains by a spike S, for time constants in the graph's unit; for inf, what dx/dt = S gains."""
        step = np.float64(self.dt / self.ms)
        if np.isinf(tau).any():
            return 1.0 if self.spikes == "dirac" else step
        return 1 / tau if self.spikes == "dirac" else -np.expm1(-step / tau)


def from_nir(
    graph,
    dt,
    *,
    reset="subtract",
    time_unit="s",
    strict_threshold=True,
    spikes="dirac",
    input="spikes",
    batch=1,
    record=(),
    **options,
):
    """Makes a network of a graph in NIR.

    Parameters
    ----------
    graph : nir.NIRGraph or path
    dt : float
        Resolution, ms.
    reset : {"subtract", "zero"}
        A spike lowers the potential by v_threshold - v_reset, or sets it to v_reset ("zero": v_reset is 0 in most graphs). Files do
        not say what they were trained with: in continuous time both are the same. snnTorch and Sinabs subtract unless told
        otherwise.
    time_unit : {"s", "ms", "us", "step"}
        Of the graph's time constants, delays and rates of change. "step": dt.
    strict_threshold : bool
        Neurons fire where v > v_threshold, as NIR has it, else also where they are equal.
    spikes : {"dirac", "step"}
        A spike is a Dirac pulse, whose integral over time is 1 in the graph's unit of time, as NIR's equations have it; or it has
        height 1 for one step, as in graphs that come from frameworks with steps and in the traces published with NIR. A weight w
        raises the potential of an LIF neuron by w r / tau in the first case, by w r (1 - exp(-dt / tau)) in the second one; the
        filtered current of CubaLIF likewise, with tau_syn, by w w_in.
    input : {"spikes", "current"}
        What comes in at the graph's inputs.
    batch : int
        How many copies run side by side.
    record : list of str
        Populations whose spikes and potentials are kept in addition to those at the outputs; in subgraphs "subgraph.name".
    **options
        Of :class:`ranvier.Network`: seed, threads, backend, ...

    Returns
    -------
    NirNetwork

    Raises
    ------
    UnknownModel
        The graph has nodes that cannot be simulated; they are named.
    OutOfRange, WrongSize, WrongType, BadDelay, UnknownNode, IllegalConnection

    Notes
    -----
    Neurons are iaf_psc_delta, for CubaLIF and CubaLI iaf_psc_exp; the linear layers between them become synapses, which take one
    step in addition to delays. Between spikes potentials are exact. They begin at v_leak, at 0 without a leak. Biases are currents,
    from the beginning on. LI, CubaLI and I send nothing to neurons; their potentials are outputs, or go to a Threshold. A Threshold
    sends a spike in every step in which its input is above (with strict_threshold=False: or at) the threshold: the potential at the
    end of the step, or what spikes and currents bring in it, of which spikes need spikes="step", as a Dirac pulse has no height.
    Rows of padding count in AvgPool2d. An edge to or from a subgraph with several inputs or outputs names one: "graph.input"; from a
    subgraph to one with as many inputs as the first has outputs, they are joined in their order.
    """
    nir = import_nir()
    units = Units(float(dt), time_unit, spikes, reset, bool(strict_threshold))
    choice(input, "from_nir", "input", ("spikes", "current"))
    if not isinstance(graph, nir.NIRGraph):
        graph = nir.read(graph, type_check=False)  # Graph checks shapes, those of grouped convolutions too
    nodes, edges = _flat(nir, graph)
    _check_kinds(nodes)
    made = {name: _READERS[type(node).__name__](name, node, units) for name, node in nodes.items()}
    for node in made.values():
        if isinstance(node, Source):
            node.spikes = input == "spikes"
    edges = read_thresholds(nodes, made, edges, units)
    return NirNetwork(Graph(made, edges), units, whole(batch, "from_nir", "batch", 1), record, options)


def _flat(nir, graph, prefix=""):
    """Nodes and edges of a graph and of those within; inputs and outputs of inner ones only pass on."""
    nodes, enter, leave = {}, {}, {}  # the latter: full names of inputs and outputs, by name of the node
    edges = []
    for name, node in graph.nodes.items():
        full = prefix + name
        if not isinstance(node, nir.NIRGraph):
            inner = prefix and isinstance(node, (nir.Input, nir.Output))
            nodes[full] = nir.Scale(np.array(1.0)) if inner else node
            enter[name] = leave[name] = [full]
            continue
        inner_nodes, inner_edges = _flat(nir, node, full + ".")
        nodes.update(inner_nodes)
        edges += inner_edges
        for doors, kind in ((enter, nir.Input), (leave, nir.Output)):
            doors[name] = [f"{full}.{k}" for k, n in node.nodes.items() if isinstance(n, kind)]
    for a, b in graph.edges:
        starts, ends = leave.get(a, [prefix + a]), enter.get(b, [prefix + b])
        if len(starts) != len(ends):
            raise mistake(
                IllegalConnection,
                "from_nir",
                "edge",
                (prefix + a, prefix + b),
                f"as many outputs as inputs, which are {', '.join(starts) or 'none'} and {', '.join(ends) or 'none'}",
                "name one of them in the edge",
            )
        edges += zip(starts, ends)
    return nodes, edges


def _check_kinds(nodes):
    unknown = [
        f"{name} ({type(n).__name__})" for name, n in nodes.items() if type(n).__name__ not in _READERS
    ]
    if unknown:
        raise mistake(
            UnknownModel,
            "from_nir",
            "nodes",
            ", ".join(unknown),
            ", ".join(_READERS),
            "replace these nodes",
        )


# Readers of nodes


def _ints(value):
    return value if isinstance(value, str) else np.ravel(value).astype(int)


def _shape(name, types):
    shape = next(iter((types or {}).values()), None)
    if shape is None:
        raise mistake(
            WrongSize, f"from_nir: {name}", "shape", None, "a shape", "give Input and Output a shape"
        )
    return tuple(int(n) for n in np.ravel(shape))


def _delay(name, node, units):
    steps = array(node.delay, f"from_nir: {name}", "delay").ravel() * units.ms / units.dt
    near = np.round(steps)
    wrong = (steps < 0) | (np.abs(steps - near) > 1e-6 * np.maximum(near, 1))
    if wrong.any():
        raise mistake(
            BadDelay,
            f"from_nir: {name}",
            "delay",
            np.ravel(node.delay)[wrong][0],
            f"multiples of dt = {units.dt} ms, not negative",
            "choose dt, time_unit or delays that fit",
        )
    return Delay(near.astype(np.int64))


def _values(name, node, *names):
    """Arrays of a node's parameters, flattened; positive where they are time constants."""
    all_ = []
    for parameter in names:
        x = array(getattr(node, parameter), f"from_nir: {name}", parameter).ravel()
        if parameter.startswith("tau") and (x <= 0).any():
            raise mistake(OutOfRange, f"from_nir: {name}", parameter, x.min(), "> 0", "give a time constant")
        all_.append(x)
    return all_


def _threshold(name, node, units):
    """Threshold and reset of a node that has them; nodes without are integrators."""
    if not hasattr(node, "v_threshold"):
        leak = np.ravel(node.v_leak) if hasattr(node, "v_leak") else 0.0
        return {"V_th": np.inf, "V_reset": leak}
    V_th, V_reset = _values(name, node, "v_threshold", "v_reset")
    if (V_reset >= V_th).any():
        raise mistake(
            OutOfRange,
            f"from_nir: {name}",
            "v_reset",
            V_reset[V_reset >= V_th][0],
            "< v_threshold",
            "give a lower reset or a higher threshold",
        )
    return {"V_th": V_th, "V_reset": V_reset, "reset": units.reset, "strict": units.strict}


def _integrate(name, node, units):
    (r,) = _values(name, node, "r")
    return Neurons(
        node.r.shape, jump=r * units.rise(np.inf), slope=r / units.ms, **_threshold(name, node, units)
    )


def _leaky(name, node, units):
    tau, r, leak = _values(name, node, "tau", "r", "v_leak")
    tau_m = tau * units.ms
    jump = r * units.rise(tau)
    like = {"E_L": leak, "tau_m": tau_m, "jump": jump, "slope": r / tau_m}
    return Neurons(node.r.shape, **like, **_threshold(name, node, units))


def _current_based(name, node, units):
    tau, tau_syn, r, leak, w = _values(name, node, "tau_mem", "tau_syn", "r", "v_leak", "w_in")
    tau_m = tau * units.ms
    like = {"E_L": leak, "tau_m": tau_m, "tau_syn": tau_syn * units.ms}
    like.update(jump=w * units.rise(tau_syn) * r / tau_m, slope=w * r / tau_m)
    return Neurons(node.r.shape, **like, **_threshold(name, node, units))


def _convolution(name, node, units):
    stride, padding, dilation = _ints(node.stride), _ints(node.padding), _ints(node.dilation)
    return Convolution(node.weight, node.bias, stride, padding, dilation, int(node.groups))


_READERS = {
    "Input": lambda name, n, u: Source(_shape(name, n.input_type)),
    "Output": lambda name, n, u: Sink(_shape(name, n.output_type)),
    "Affine": lambda name, n, u: Dense(n.weight, n.bias),
    "Linear": lambda name, n, u: Dense(n.weight),
    "Scale": lambda name, n, u: Scale(n.scale),
    "Conv1d": _convolution,
    "Conv2d": _convolution,
    "SumPool2d": lambda name, n, u: SumPool(_ints(n.kernel_size), _ints(n.stride), _ints(n.padding)),
    "AvgPool2d": lambda name, n, u: AveragePool(_ints(n.kernel_size), _ints(n.stride), _ints(n.padding)),
    "Flatten": lambda name, n, u: Flatten(),
    "Delay": _delay,
    "I": _integrate,
    "IF": _integrate,
    "LI": _leaky,
    "LIF": _leaky,
    "CubaLI": _current_based,
    "CubaLIF": _current_based,
    "Threshold": heaviside,
}
