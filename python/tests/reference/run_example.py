"""Runs a script on whatever `nest` is and writes what its recorders hold in the end, and statistics of the run, as JSON.

run_example.py [--seed OFFSET] SCRIPT FILE: every seed of the script is moved by OFFSET.
"""

import argparse
import json
import os
import runpy
import sys
import warnings

os.environ["PYNEST_QUIET"] = "1"
os.environ["MPLBACKEND"] = "Agg"
warnings.simplefilter("ignore")

import example_statistics
import nest
import numpy as np
import seeds

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("script")
parser.add_argument("file")
options = parser.parse_args()
options.file = os.path.abspath(options.file)
sys.argv = [options.script]
sys.path[0] = os.path.dirname(os.path.abspath(options.script))
result = {"error": None}
seeds.shift(nest, options.seed)
watch = example_statistics.Watch(nest)
try:
    runpy.run_path(options.script, run_name="__main__")
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
            events = example_statistics.samples(node, nest)
            if events is None:
                continue
            order = np.lexsort((events["senders"], events["times"]))
            data = {k: np.round(v[order[:5000]], 6).tolist() for k, v in events.items()}
            n = node.n_events if node.record_to == "memory" else len(order)
            out.append({"model": node.model, "n": int(n), "data": data})
        except Exception as e:
            out.append({"model": str(node.model), "n": -1, "data": {}, "error": str(e)})
    return out


if result["error"] is None:
    result["time"] = nest.biological_time
    result["size"] = nest.network_size
    result["connections"] = nest.num_connections
    result["recorders"] = recorded()
    result["statistics"] = watch.finish()
with open(options.file, "w") as out:
    json.dump(result, out)
