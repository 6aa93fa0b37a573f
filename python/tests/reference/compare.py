"""Which differences between the reference and Ranvier are meant, and comparison of the rest."""

import re

# (kind, what the call matches, reason). They are listed in docs/compatibility.md.
MEANT = [
    ("indexing", r"^b\+\(a\[::2\]\)", "the reference forgets the stride"),
    ("indexing", r"\[2:2\]|\[3:1\]|\[:0\]|\[:-1\]$|\)\[::2\]$", "empty slices are an error, of one class"),
    (
        "indexing",
        r"\[\[100\]\]|NodeCollection\(\)\)\[\[0|NodeCollection\(\)\)\.spatial",
        "the reference's errors differ from case to case",
    ),
    ("indexing", r"\(\(a\+b\)\[1:9\]\)", "the reference prints slices of composites without semicolons"),
    (
        "indexing",
        r"^\(a\+b\)\[|^\(\(a\+b\)\)\[|\(a\+b\)\[2:\]|\(a\+b\)\[:-1\]",
        "the reference prints slices of composites without semicolons",
    ),
    ("indexing", r"output='x'", "unknown output formats are an error"),
    ("parameters", r"t_ref=0\.", "no refractory time is legal for all models"),
    ("parameters", r"V_m=\[?None|V_m=2\*\*70", "an unknown name is found before its value"),
    ("parameters", r"parrot_neuron'\)\['recordables'\]", "an empty list"),
    ("parameters", r"mat2_psc_exp', 'V_th'", "it is a recordable, not a default"),
    ("devices", r"spike_times': \[(-1\.|float)", "times before the first step are an error"),
    ("connecting", r"'p': 0.5\}", "there are no spatial rules"),
    ("connecting", r"'(nope|stdp)', 'weight': None", "the model is looked for first"),
    ("connecting", r"float\('nan'\)", "NaN is an error, not the default"),
    ("connecting", r"_hom", "the weight of the model can be read from each connection"),
    ("connecting", r"np\.array\(5\.\)", "arrays without dimensions are numbers"),
    ("connecting", r"\[1\.\], \[2\]|\[\], \[\]", "ids are integers"),
    (
        "connecting",
        r"get\(\['source','target'(,'weight','delay')?\]\)\)\[1\]$",
        "targets of a source come in order of their ids",
    ),
    (
        "connections",
        r"c\.get\(\)$|\.get\(\)$|get\(\['source','target'\]\)|'synapse_model'\]\)",
        "numbers of models, and the order of targets and devices",
    ),
    ("connections", r"'nope'", "unknown names are an error"),
    ("kernel", r"= ?True|, True\)|: True\}|=True", "a bool is no number"),
    ("kernel", r"data_path", "a directory must exist"),
    (
        "kernel",
        r"rng_seed', 5|overwrite_files', True|'resolution', 0\.2|local_num_threads', 2",
        "the reference cannot simulate in its first call",
    ),
    ("kernel", r"GetLocalVPs|help\(", "a list; a friendly line"),
    ("models", r", ''\)", "a model needs a name"),
    (
        "models",
        r"SetDefaults|CopyModel",
        "unknown names are an error for devices as well, and unknown models always",
    ),
    ("runs", r"Simulate\(True\)", "a bool is no number"),
    ("recorders", r"'delta_tau': (0\.3\}|0\.15|0\.\}|-)|'tau_max': (1\.3|-)", "errors of bins are BadProperty"),
    ("runs", r"ResetKernel\(\),n\.(set|get)", "collections from before ResetKernel say so"),
]
# Errors of Python itself that the reference lets through where types are wrong; ours name the parameter.
INTERNAL = {
    "RuntimeError",
    "AttributeError",
    "IndexError",
    "ValueError",
    "TypeError",
    "KeyError",
    "BadProperty",
    "UnknownNode",
}
TYPED = {
    "TypeMismatch",
    "TypeError",
    "BadProperty",
    "ValueError",
    "UnknownModelName",
    "UnknownComponent",
    "OverflowError",
    "KernelException",
}


def close(a, b, tolerance=1e-9):
    """Whether values are equal; numbers to a tolerance."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None:
        return a is b or a == b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or abs(a - b) <= tolerance * max(abs(a), abs(b), 1)
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y, tolerance) for x, y in zip(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k], tolerance) for k in a)
    return a == b


def same(reference, ours):
    """Whether a call has the same value, or an error of the same class, in both; or a better named one for wrong types."""
    if "error" in reference and "error" in ours:
        return reference["error"] == ours["error"] or (
            reference["error"] in INTERNAL and ours["error"] in TYPED
        )
    # Traces that the reference integrates to its tolerance are rounded to three places.
    tolerance = 3e-4 if reference.get("call", "").endswith(", 3)") else 1e-9
    a, b = ({k: v for k, v in x.items() if k != "message"} for x in (reference, ours))
    return close(a, b, tolerance)


def meant(kind, call):
    """Why a difference is meant, or None."""
    return next((why for k, pattern, why in MEANT if k == kind and re.search(pattern, call)), None)


def differences(kind, reference, ours):
    """Lines that say what differs and is not meant."""
    lines = []
    for a, b in zip(reference, ours):
        assert (a["setup"], a["call"]) == (b["setup"], b["call"])
        if not same(a, b) and meant(kind, a["call"]) is None:
            lines.append(f"{a['setup']}; {a['call']}\n    reference: {shown(a)}\n    ranvier:   {shown(b)}")
    return lines


def shown(outcome):
    return str({k: v for k, v in outcome.items() if k not in ("setup", "call")})[:300]
