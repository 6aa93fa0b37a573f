"""Connection and synapse specifications: from dicts and strings to what is asked for."""

import dataclasses

import numpy as np

from ..models import nearest
from ._errors import error, not_supported
from ._kernel import kernel
from ._parameters import Parameter

RULES = (
    "all_to_all",
    "fixed_indegree",
    "fixed_outdegree",
    "fixed_total_number",
    "one_to_one",
    "pairwise_bernoulli",
    "pairwise_poisson",
    "symmetric_pairwise_bernoulli",
)
_NEEDED = {
    "fixed_indegree": "indegree",
    "fixed_outdegree": "outdegree",
    "fixed_total_number": "N",
    "pairwise_bernoulli": "p",
    "pairwise_poisson": "pairwise_avg_num_conns",
    "symmetric_pairwise_bernoulli": "p",
}
_SPATIAL = ("mask", "use_on_source", "kernel")


@dataclasses.dataclass
class Rule:
    """A rule with what it needs; `value` may be a Parameter."""

    name: str
    value: object = 0
    autapses: bool = True
    multapses: bool = True
    symmetric: bool = False


@dataclasses.dataclass
class Synapse:
    """How pairs are connected. Values: numbers, arrays in order of creation, Parameters; None: the model's."""

    model: str = "static_synapse"
    weight: object = None
    delay: object = None
    receptor: object = 0
    params: dict = dataclasses.field(default_factory=dict)

    def values(self):
        """(name, value) of all that is given."""
        given = [("weight", self.weight), ("delay", self.delay), ("receptor_type", self.receptor)]
        return [(n, v) for n, v in given if v is not None] + list(self.params.items())


class CollocatedSynapses:
    """Several synapse specifications: each pair gets a connection of each.

    Parameters
    ----------
    *args : dict
        Synapse specifications.
    """

    def __init__(self, *args):
        if not all(isinstance(a, (dict, str)) for a in args):
            raise TypeError("CollocatedSynapses takes dictionaries")
        self.syn_specs = args

    def __len__(self):
        return len(self.syn_specs)


def _integer(value, what):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise error("TypeMismatch", f"{what} must be an integer, not {type(value).__name__}")
    return int(value)


def _flag(spec, name, default):
    value = spec.pop(name, default)
    if not isinstance(value, (bool, np.bool_)):
        raise error("TypeMismatch", f"{name} must be a bool, not {type(value).__name__}")
    return bool(value)


def parse_rule(conn_spec):
    """A Rule from None, a rule's name or a dict."""
    if conn_spec is None:
        return Rule("all_to_all")
    if isinstance(conn_spec, str):
        conn_spec = {"rule": conn_spec}
    if not isinstance(conn_spec, dict):
        raise TypeError("conn_spec must be a string or dict.")
    spec = dict(conn_spec)
    if "rule" not in spec:
        raise KeyError("rule")
    name = spec.pop("rule")
    if name not in RULES:
        raise error("BadProperty", f"Unknown connectivity rule: {name}; {nearest(name, RULES)}")
    for key in _SPATIAL:
        if key in spec:
            raise not_supported(f"conn_spec: {key}", "nodes have no positions; choose pairs by arrays of ids")
    rule = Rule(name)
    if name in _NEEDED:
        key = _NEEDED[name]
        if key not in spec:
            raise IndexError(f"conn_spec: rule {name} needs {key}")
        rule.value = _rule_value(name, key, spec.pop(key))
    rule.autapses = _flag(spec, "allow_autapses", True)
    rule.multapses = _flag(spec, "allow_multapses", True)
    rule.symmetric = _flag(spec, "make_symmetric", False)
    if spec and kernel.dict_miss_is_error:
        known = ("rule", "allow_autapses", "allow_multapses", "make_symmetric", *_NEEDED.values())
        hint = nearest(next(iter(spec)), known, "")
        text = f"Unaccessed elements in conn_spec, in function ConnectionManager::connect:  {' '.join(map(str, spec))}"
        raise error("UnaccessedDictionaryEntry", text + (f" ({hint})" if hint else ""))
    _check_flags(rule)
    return rule


def _rule_value(name, key, value):
    if isinstance(value, Parameter):
        if name in ("fixed_total_number", "symmetric_pairwise_bernoulli"):
            raise error("TypeMismatch", f"{key} of {name} must be a number")
        return value
    if name.startswith("fixed"):
        count = _integer(value, key)
        if count < 0:
            what = {
                "indegree": "Indegree cannot be less than zero.",
                "outdegree": "Outdegree cannot be less than zero.",
            }
            raise error("BadProperty", what.get(key, "Total number of connections cannot be negative."))
        return count
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise error("TypeMismatch", f"{key} must be a number, not {type(value).__name__}")
    x = float(value)
    if name == "pairwise_bernoulli" and not 0 <= x <= 1:
        raise error("BadProperty", "Connection probability 0 <= p <= 1 required.")
    if name == "symmetric_pairwise_bernoulli" and not 0 <= x < 1:
        raise error("BadProperty", "Connection probability 0 <= p < 1 required.")
    if not x >= 0:
        raise error("BadProperty", "Connection probability 0 <= pairwise_avg_num_conns required.")
    return x


def _check_flags(rule):
    if rule.name == "symmetric_pairwise_bernoulli":
        if rule.autapses:
            raise error("BadProperty", "Conflicting settings: Autapses must be disabled.")
        if not rule.symmetric:
            raise error("BadProperty", "Symmetric connections must be enabled.")
        if not rule.multapses:
            raise error("BadProperty", "Multapses must be enabled.")
    elif rule.symmetric and rule.name != "one_to_one":
        raise error("NotImplemented", "This connection rule does not support symmetric connections.")
    if rule.name == "pairwise_poisson" and not rule.multapses:
        raise error("BadProperty", "Multapses must be allowed for this connection rule.")


def parse_synapses(syn_spec, rule, n_pre, n_post):
    """A list of Synapse; arrays are checked against the rule and flattened."""
    if isinstance(syn_spec, CollocatedSynapses):
        return [_parse_synapse(s, rule, n_pre, n_post) for s in syn_spec.syn_specs]
    return [_parse_synapse(syn_spec, rule, n_pre, n_post)]


def _parse_synapse(syn_spec, rule, n_pre, n_post):
    if syn_spec is None:
        return Synapse()
    if isinstance(syn_spec, str):
        syn_spec = {"synapse_model": syn_spec}
    if not isinstance(syn_spec, dict):
        raise TypeError("syn_spec must be a string, dict or CollocatedSynapses object")
    spec = dict(syn_spec)
    s = Synapse()
    s.model = spec.pop("synapse_model", "static_synapse")
    check_synapse_model(s.model)
    known = kernel.core.defaults(s.model)
    for name in list(spec):
        if name not in ("weight", "delay", "receptor_type") and name not in known:
            if not kernel.dict_miss_is_error:
                del spec[name]
    unknown = [n for n in spec if n != "receptor_type" and n not in known]
    if unknown:
        hint = nearest(unknown[0], [*known, "receptor_type", "synapse_model"], "")
        text = f"Unaccessed elements in syn_spec, in function ConnectionManager::connect:  {' '.join(map(str, unknown))}"
        raise error(
            "UnaccessedDictionaryEntry", f"{text} (synapse_model {s.model}{'; ' + hint if hint else ''})"
        )
    for name, value in spec.items():
        value = _shaped(name, value, rule, n_pre, n_post)
        if name in ("weight", "delay"):
            setattr(s, name, value)
        elif name == "receptor_type":
            s.receptor = _receptor(value)
        else:
            s.params[name] = value
    info = kernel.info(s.model)
    common = {f["name"] for f in info["common"]} | {"weight_recorder", info["modulator"]}
    common |= {"weight"} if info["common_weight"] else set()
    for name in spec:
        if name in common:
            raise error(
                "NotImplemented",
                f"{name} of {s.model} is the model's own; set it with SetDefaults or CopyModel",
            )
    return s


def check_synapse_model(name):
    """NESTErrors.UnknownSynapseType if there is no synapse model of that name."""
    if not isinstance(name, str):
        raise TypeError(f"synapse_model must be a string, not {type(name).__name__}")
    if not kernel.has_model(name) or kernel.info(name)["kind"] != "synapse":
        close = nearest(name, kernel.synapse_names())
        raise error("UnknownSynapseType", f"Synapse with name {name} does not exist. synapse_model: {close}")


def _receptor(value):
    if isinstance(value, Parameter):
        if not value.integer:
            raise error("TypeMismatch", "receptor_type must be an integer")
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "iu":
            raise error("TypeMismatch", "receptor_type must be integers")
        return value
    receptor = _integer(value, "receptor_type")
    if not -(2**31) <= receptor < 2**31:
        raise error("UnknownReceptorType", f"Receptor type {receptor} is not available.")
    return receptor


def _shaped(name, value, rule, n_pre, n_post):
    """A number or Parameter as it is; arrays flattened in order of creation."""
    if value is None:
        raise AttributeError(
            f"when converting Python Dictionary: value of key ({name}) is not a known type, got {type(value)}"
        )
    if isinstance(value, Parameter):
        return value
    if isinstance(value, (bool, np.bool_)) and name in ("weight", "delay"):
        return float(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, (list, tuple, np.ndarray)):
        return value.tolist()[0] if hasattr(value, "tolist") and len(value) == 1 else value
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{name}: arrays must be of numbers")
    if array.ndim == 0:
        return array.item()
    if array.ndim == 1:
        sizes = {"one_to_one": n_pre, "fixed_total_number": rule.value}
        if rule.name not in sizes:
            raise TypeError(f"{name}: one-dimensional arrays go with one_to_one and fixed_total_number only")
        shape = (sizes[rule.name],)
    elif array.ndim == 2:
        shapes = {
            "all_to_all": (n_post, n_pre),
            "fixed_indegree": (n_post, rule.value),
            "fixed_outdegree": (n_pre, rule.value),
        }
        if rule.name not in shapes or isinstance(rule.value, Parameter):
            raise TypeError(
                f"{name}: two-dimensional arrays go with all_to_all, fixed_indegree and fixed_outdegree only"
            )
        shape = shapes[rule.name]
    else:
        raise ValueError(f"{name}: arrays of one or two dimensions")
    if array.shape != shape:
        raise ValueError(f"{name} has to be an array of shape {shape}, but has shape {array.shape}")
    return array.ravel()
