"""Connect: what is asked for, in calls of the library."""

import time

import numpy as np

from ._device_edges import DeviceEdges
from ._errors import error, not_supported, reference_errors
from ._kernel import kernel
from ._nodes import NodeCollection
from ._pairs import connect_errors, degrees, pairs
from ._parameters import Parameter
from ._specs import Rule, Synapse, parse_rule, parse_synapses

_KNOWN_NUMBER = ("all_to_all", "one_to_one", "fixed_indegree", "fixed_outdegree", "fixed_total_number")


def Connect(pre, post, conn_spec=None, syn_spec=None, return_synapsecollection=False):
    """Connects nodes.

    Parameters
    ----------
    pre, post : NodeCollection
        Or arrays of ids of equal length, which are connected pair by pair.
    conn_spec : str or dict, optional
        A rule ("all_to_all", the default, "one_to_one", "fixed_indegree", "fixed_outdegree", "fixed_total_number",
        "pairwise_bernoulli", "pairwise_poisson", "symmetric_pairwise_bernoulli"), or a dict with key "rule", what the rule
        needs (indegree, outdegree, N, p, pairwise_avg_num_conns), allow_autapses, allow_multapses, make_symmetric.
    syn_spec : str, dict or CollocatedSynapses, optional
        A synapse model, or a dict with synapse_model, weight (pA, nS or mV, as the target's input), delay (ms), receptor_type
        and other parameters of the model: numbers, Parameters, arrays of one value for each connection (targets × sources for
        all_to_all, targets × indegree, sources × outdegree).
    return_synapsecollection : bool
        Whether to return all connections between pre and post.

    Raises
    ------
    NESTErrors.IllegalConnection, NESTErrors.BadProperty, NESTErrors.BadDelay, NESTErrors.UnaccessedDictionaryEntry,
    NESTErrors.UnknownSynapseType, NESTErrors.DimensionMismatch, TypeError, ValueError, KeyError, IndexError

    See Also
    --------
    GetConnections, CollocatedSynapses
    """
    began = time.perf_counter()
    kernel.check_usable()
    if isinstance(pre, NodeCollection) and isinstance(post, NodeCollection):
        pre._check()
        post._check()
        _connect_collections(pre, post, conn_spec, syn_spec)
    else:
        _connect_arrays(pre, post, conn_spec, syn_spec)
    kernel.seconds["connect"] += time.perf_counter() - began
    if return_synapsecollection:
        from ._synapses import GetConnections

        return GetConnections(_collection(pre), _collection(post))
    return None


def _collection(nodes):
    return nodes if isinstance(nodes, NodeCollection) else NodeCollection(np.unique(np.asarray(nodes)))


def _connect_collections(pre, post, conn_spec, syn_spec):
    rule = parse_rule(conn_spec)
    if not len(pre) or not len(post):
        which = "Presynaptic" if not len(pre) else "Postsynaptic"
        raise error(
            "IllegalConnection",
            f"Creation of connection is not possible because: {which} nodes cannot be an empty NodeCollection",
        )
    if rule.name == "one_to_one" and len(pre) != len(post):
        raise error("DimensionMismatch", "Source and Target population must be of the same size.")
    if (
        rule.name == "fixed_indegree"
        and not rule.multapses
        and not isinstance(rule.value, Parameter)
        and rule.value > len(pre)
    ):
        raise error("BadProperty", "Indegree cannot be larger than population size.")
    if (
        rule.name == "fixed_outdegree"
        and not rule.multapses
        and not isinstance(rule.value, Parameter)
        and rule.value > len(post)
    ):
        raise error("BadProperty", "Outdegree cannot be larger than population size.")
    if rule.name == "fixed_total_number" and not rule.multapses:
        if rule.value > len(pre) * len(post):
            raise error(
                "BadProperty",
                "Total number of connections cannot exceed product of source and target population sizes.",
            )
        raise error(
            "NotImplemented",
            "Connect doesn't support the suppression of multapses in the FixedTotalNumber connector; allow_multapses must be True",
        )
    synapses = parse_synapses(syn_spec, rule, len(pre), len(post))
    pieces = _pieces(pre, post, rule, synapses)
    for p, q, r, s in pieces:
        _connect_piece(p, q, r, s)
    if rule.symmetric and rule.name == "one_to_one":
        if any(isinstance(v, Parameter) for s in synapses for _, v in s.values()):
            raise error("NotImplemented", "Symmetric connections require parameters that can be reset.")
        _connect_piece(post, pre, Rule("one_to_one"), synapses)


# Pieces: sources of one kind, targets of one kind


def _class_of(model):
    info = kernel.info(model)
    return "spikes" if info["kind"] == "neuron" else info["name"]


def _groups(nodes):
    """{class: ids}."""
    found = {}
    for model, ids in nodes._blocks():
        found.setdefault(_class_of(model), []).append(ids)
    return {k: np.concatenate(v) for k, v in found.items()}


def _pieces(pre, post, rule, synapses):
    sources, targets = _groups(pre), _groups(post)
    if len(sources) == 1 and len(targets) == 1:
        return [(pre, post, rule, synapses)]
    if rule.name != "all_to_all":
        return [(pre, post, rule, synapses)]  # the library says what cannot be
    pieces = []
    for s in sources.values():
        for t in targets.values():
            rows, columns = np.isin(post._array(), t), np.isin(pre._array(), s)
            pieces.append(
                (NodeCollection(s), NodeCollection(t), rule, [_part(x, rows, columns) for x in synapses])
            )
    return pieces


def _part(synapse, rows, columns):
    def cut(v):
        return (
            v.reshape(len(rows), len(columns))[np.ix_(rows, columns)].ravel()
            if isinstance(v, np.ndarray)
            else v
        )

    params = {k: cut(v) for k, v in synapse.params.items()}
    return Synapse(synapse.model, cut(synapse.weight), cut(synapse.delay), cut(synapse.receptor), params)


def _number(rule, n_pre, n_post):
    """Connections that a rule makes, if it always makes as many; -1 otherwise."""
    if isinstance(rule.value, Parameter) or rule.name not in _KNOWN_NUMBER:
        return -1
    counts = {"all_to_all": n_pre * n_post, "one_to_one": n_post, "fixed_total_number": rule.value}
    counts.update(fixed_indegree=n_post * rule.value, fixed_outdegree=n_pre * rule.value)
    return counts[rule.name]


def is_device_edge(pre, post):
    """Whether the library keeps the connection of two nodes with the device rather than among the connections."""
    source, target = kernel.info(kernel.model_of(pre)), kernel.info(kernel.model_of(post))
    if target["kind"] != "neuron":
        return True
    if source["kind"] == "neuron" or source["sends_through_synapses"]:
        return False
    return not source["individual"] or bool(kernel.core.value(pre, source["individual"]))


def _check_source(model, synapses):
    """Spikes of generators go through static synapses, but for pulse packets; the library has no such limit."""
    info = kernel.info(model)
    if info["kind"] == "neuron" or not info["sends_through_synapses"] or info["name"] == "pulsepacket_generator":
        return
    for s in synapses:
        if kernel.info(s.model)["plastic"]:
            raise error(
                "IllegalConnection",
                f"Creation of connection is not possible because: {info['name']} cannot send through {s.model}; "
                "put a parrot_neuron in between",
            )


def _connect_piece(pre, post, rule, synapses):
    _check_source(kernel.model_of(pre._first), synapses)
    source, target = (kernel.info(kernel.model_of(x._first)) for x in (pre, post))
    if source.get("records") == "samples" and target["name"] == "noise_generator":
        raise not_supported("a multimeter on noise_generator", "record what it does to a neuron")
    explicit = (
        len(synapses) > 1
        or (isinstance(rule.value, Parameter) and rule.name.startswith("pairwise"))
        or any(isinstance(s.receptor, (Parameter, np.ndarray)) for s in synapses)
    )
    n = _number(rule, len(pre), len(post))
    device = is_device_edge(pre._first, post._first)
    if device and rule.name not in ("all_to_all", "one_to_one"):
        explicit = True
    if explicit and target["kind"] in ("neuron", "generator"):
        source, target = pairs(pre, post, rule)
        if not len(source):
            _check_only(pre, post, synapses)
            return
        for s in synapses:
            _connect_edges(source, target, s, device)
        return
    for s in synapses:
        _connect_rule(pre, post, rule, s, n, device)


def _check_only(pre, post, synapses):
    """Errors of a call that happens to make no connections."""
    for s in synapses:
        receptor = 0 if isinstance(s.receptor, (Parameter, np.ndarray)) else s.receptor
        with connect_errors(post):
            kernel.core.connect(
                pre._spec,
                post._spec,
                "fixed_total_number",
                0,
                True,
                True,
                False,
                s.model,
                None,
                None,
                receptor,
                {},
            )


# By rule


def _folded(value, n, device):
    """A value as the library takes it."""
    if isinstance(value, Parameter):
        if not device and not (value.integer and n >= 0):
            return value.distribution
        return value.draw(n)
    return value


def _connect_rule(pre, post, rule, s, n, device):
    weight, delay = _folded(s.weight, n, device), _folded(s.delay, n, device)
    params = {k: _folded(v, n, device) for k, v in s.params.items()}
    with connect_errors(post):
        kernel.core.connect(
            pre._spec,
            post._spec,
            rule.name,
            degrees(rule.value),
            rule.autapses,
            rule.multapses,
            rule.name.startswith("symmetric"),
            s.model,
            weight,
            delay,
            s.receptor,
            params,
        )
    kernel.connects += 1
    if device:
        edges = DeviceEdges.of_rule(pre._array(), post._array(), rule, s.model, weight, delay, s.receptor)
        kernel.device_edges.append(edges)


# By pairs


def _connect_edges(source, target, s, device):
    n = len(source)
    receptors = s.receptor.draw(n) if isinstance(s.receptor, Parameter) else s.receptor

    def drawn(v):
        return v.draw(n) if isinstance(v, Parameter) else v

    weight, delay = drawn(s.weight), drawn(s.delay)
    params = {k: drawn(v) for k, v in s.params.items()}
    for receptor in np.unique(receptors) if isinstance(receptors, np.ndarray) else (receptors,):
        keep = receptors == receptor if isinstance(receptors, np.ndarray) else slice(None)

        def cut(v):
            return v[keep] if isinstance(v, np.ndarray) else v

        values = cut(weight), cut(delay), {k: cut(v) for k, v in params.items()}
        with connect_errors(_collection(target)):
            kernel.core.connect_edges(
                source[keep], target[keep], s.model, values[0], values[1], int(receptor), values[2]
            )
        kernel.connects += 1
        if device:
            kernel.device_edges.append(
                DeviceEdges(source[keep], target[keep], True, s.model, values[0], values[1], int(receptor))
            )


# Arrays of ids


def _connect_arrays(pre, post, conn_spec, syn_spec):
    rule = parse_rule(conn_spec)
    arrays = []
    for nodes in (pre, post):
        a = np.asarray(nodes) if not isinstance(nodes, NodeCollection) else nodes._array()
        if a.ndim != 1:
            raise TypeError("Connect: pre and post must be NodeCollections or one-dimensional arrays of ids")
        if a.size and a.dtype.kind not in "iu":
            raise TypeError("Connect: node ids must be integers")
        arrays.append(a.astype(np.int64))
    source, target = arrays
    for a in arrays:
        for node in a[(a < 1) | (a > kernel.size)][:1]:
            raise error("UnknownNode", f"Node with id {node} does not exist.")
    distinct = all(len(np.unique(a)) == len(a) for a in arrays)
    if rule.name != "one_to_one" and distinct and len(source) and len(target):
        _connect_collections(
            NodeCollection(np.sort(source)), NodeCollection(np.sort(target)), conn_spec, syn_spec
        )
        return
    if rule.name != "one_to_one" and not distinct:
        raise ValueError(
            "When connecting two arrays with non-unique IDs, the connection rule must be 'one_to_one'."
        )
    if len(source) != len(target):
        raise ValueError("When connecting two arrays of node IDs, the arrays must have the same length.")
    if not len(source):
        raise error(
            "IllegalConnection",
            "Creation of connection is not possible because: Presynaptic nodes cannot be empty",
        )
    synapses = parse_synapses(syn_spec, Rule("one_to_one"), len(source), len(source))
    kinds = {
        (_class_of(kernel.model_of(int(s))), kernel.info(kernel.model_of(int(t)))["kind"])
        for s, t in zip(source, target)
    }
    if len(kinds) > 1 or "recorder" in {k[1] for k in kinds} or _records(kinds):
        for s, t in zip(source, target):
            if any(isinstance(v, np.ndarray) for x in synapses for _, v in x.values()):
                raise not_supported(
                    "Connect with arrays of ids of several kinds and arrays of values", "connect kind by kind"
                )
            _connect_piece(NodeCollection([s]), NodeCollection([t]), Rule("one_to_one"), synapses)
        return
    _check_source(kernel.model_of(int(source[0])), synapses)
    device = is_device_edge(int(source[0]), int(target[0]))
    for s in synapses:
        _connect_edges(source, target, s, device)


def _records(kinds):
    return any(k[0] != "spikes" and kernel.info(k[0])["kind"] == "recorder" for k in kinds)


__all__ = ["Connect", "reference_errors"]
