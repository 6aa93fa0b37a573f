"""Runs a script on whatever `nest` is and writes what its recorders hold in the end, as JSON: run_example.py SCRIPT FILE."""

import json
import os
import runpy
import sys
import warnings

os.environ["PYNEST_QUIET"] = "1"
os.environ["MPLBACKEND"] = "Agg"
warnings.simplefilter("ignore")

import nest
import numpy as np

script, file = sys.argv[1:3]
sys.argv = [script]
sys.path[0] = os.path.dirname(os.path.abspath(script))
result = {"error": None}
try:
    runpy.run_path(script, run_name="__main__")
except SystemExit as e:
    result["error"] = None if not e.code else f"SystemExit {e.code}"
except BaseException as e:
    result["error"] = type(e).__name__
    result["message"] = str(e)[:500]


def recorded():
    """n_events and sorted data of each recorder."""
    out = []
    for node in nest.GetNodes({"element_type": "recorder"}):
        try:
            if node.record_to != "memory" or "recorder" not in node.model and "meter" not in node.model:
                continue
            events = {k: np.asarray(v, float) for k, v in node.events.items()}
            n = min(len(v) for v in events.values())
            order = np.lexsort((events["senders"][:n], events["times"][:n]))
            cut = order[:5000]
            data = {k: np.round(v[:n][cut], 6).tolist() for k, v in events.items()}
            out.append({"model": node.model, "n": int(node.n_events), "data": data})
        except Exception as e:
            out.append({"model": str(node.model), "n": -1, "data": {}, "error": str(e)})
    return out


if result["error"] is None:
    result["time"] = nest.biological_time
    result["size"] = nest.network_size
    result["connections"] = nest.num_connections
    result["recorders"] = recorded()
with open(file, "w") as out:
    json.dump(result, out)
