"""Runs the calls of calls.py on whatever `nest` is and writes what they give, as JSON lines: run_calls.py KIND FILE."""

import json
import math
import os
import sys
import warnings

os.environ["PYNEST_QUIET"] = "1"
warnings.simplefilter("ignore")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import nest
import numpy as np

from calls import calls


def plain(x):
    """Anything as JSON that can be compared."""
    if isinstance(x, nest.NodeCollection):
        return {"nodes": x.tolist(), "text": str(x)}
    if type(x).__name__ == "SynapseCollection":
        return {"connections": plain(x.get(["source", "target", "weight"])) if len(x) else {}}
    if isinstance(x, np.ndarray):
        return {"array": [plain(v) for v in x.tolist()]}
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (int, np.integer)):
        return int(x)
    if isinstance(x, (float, np.floating)):
        return float(x) if math.isfinite(x) else repr(float(x))
    if isinstance(x, str) or x is None:
        return x
    if isinstance(x, dict):
        return {"dict": {str(k): plain(v) for k, v in x.items()}}
    if isinstance(x, tuple):
        return {"tuple": [plain(v) for v in x]}
    if isinstance(x, (list, set)):
        return [plain(v) for v in x]
    return {"object": type(x).__name__}


def outcome(setup, text):
    names = {"nest": nest, "np": np}
    try:
        exec(setup, names)
    except Exception as e:
        return {"error": type(e).__name__ + " in setup", "message": str(e)[:200]}
    try:
        return {"value": plain(eval(text, names))}
    except Exception as e:
        return {"error": type(e).__name__, "message": str(e)[:300]}


def main():
    kind, file = sys.argv[1:3]
    os.chdir(os.path.dirname(os.path.abspath(file)))
    with open(file, "w") as out:
        for setup, text in calls(kind):
            nest.ResetKernel()
            nest.verbosity = nest.VerbosityLevel.QUIET
            nest.data_path = ""
            nest.data_prefix = ""
            nest.overwrite_files = True
            nest.dict_miss_is_error = True
            out.write(json.dumps({"setup": setup, "call": text, **outcome(setup, text)}) + "\n")


if __name__ == "__main__":
    main()
