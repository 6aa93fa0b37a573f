#!/usr/bin/env python3
"""The reference's example scripts, unmodified, under it and under Ranvier: who runs them, whether they agree, seconds.

    python3 nest_examples.py                      # with a Python that has both
    python3 nest_examples.py twoneurons testiaf --python PYTHON-THAT-HAS-NEST
    python3 nest_examples.py --seeds 8            # random scripts against the reference's own spread

A row for each script of the folder doc/examples/pynest of the PyPI package nest-simulator. Seconds are those of whole
processes, imports included. `agrees`:

    same     spikes and samples of all recorders, to 1e-6
    alike    the same nodes, recorders and time; numbers of connections and of events differ by less than 20 % and 5 times
             the square root, as random networks do
    nothing  the script leaves no recorder with events to compare; both came to their end
    no: ...  what differs

With --seeds N a script that is not `same` runs with N seeds under each, or with fewer where they would take more than half
of --budget, but at least 3: every seed that it sets is moved (seeds.py). Of each run statistics are taken
(example_statistics.py): events and CV of intervals of spike recorders, means and deviations of recorded quantities, in
memory or in files, of weights and of membrane potentials in the end, spikes, connections, simulated time, printed numbers.
Student's t test compares them (spreads.py), at a false-alarm rate of --false-alarms for each script:

    spread   the means over seeds differ by no more than the spread over seeds explains
    equal    nothing depends on the seed in the reference, and the statistics are the same to some 1e-4
    no: ...  the statistic that differs, mean and deviation over seeds in the reference and here
    untested: ...  a run with another seed came to no end

A test of 10 statistics at 0.1 % finds with a probability of 90 % a shift of 3.5 standard deviations over seeds with 8
seeds of both, of 5.9 with 3 and 8, and of 18 with 3 and 3; the column `finds` has it for each script.
"""

import argparse
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import measuring
from measuring import say

RUN = pathlib.Path(__file__).resolve().parent.parent / "python/tests/reference/run_example.py"
sys.path.append(str(RUN.parent))
import spreads  # noqa: E402

APART = 10_007  # between the offsets of seeds


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("scripts", nargs="*", help="names without .py, with their folder below pynest (default: all)")
    p.add_argument("--python", default=sys.executable, help="interpreter that has the reference (default: this one)")
    p.add_argument("--ours", default=sys.executable, help="interpreter that has Ranvier (default: this one)")
    p.add_argument("--timeout", type=float, default=300, help="seconds that a script may take (default 300)")
    p.add_argument("--seeds", type=int, default=1, help="runs of each with different seeds (default 1; else 3 or more)")
    p.add_argument("--budget", type=float, default=300, help="seconds for all seeds of a script (default 300)")
    p.add_argument("--false-alarms", type=float, default=0.001, help="of each script with --seeds (default 0.001)")
    p.add_argument("--json", metavar="FILE", help="write the rows here")
    a = p.parse_args()
    if a.seeds == 2:
        p.error("--seeds 2: a spread needs 3 or more")
    return a


def examples(python):
    """The folder of the scripts."""
    said = subprocess.run([python, "-c", "import nest; print(nest.__path__[0])"], capture_output=True, text=True,
                          env={**os.environ, "PYNEST_QUIET": "1"})
    if said.returncode != 0:
        sys.exit(f"nest_examples: {python} cannot import nest; name one that can with --python\n{said.stderr[-500:]}")
    return pathlib.Path(said.stdout.split()[-1]) / "doc/examples/pynest"


def scripts_of(folder):
    """Names of scripts; not of the modules that others beside them import."""
    names = []
    for path in sorted(folder.rglob("*.py")):
        beside = "\n".join(p.read_text() for p in path.parent.glob("*.py") if p != path)
        if path.stem == "__init__" or re.search(rf"^\s*(from|import) \.?{path.stem}\b", beside, re.M):
            continue
        names.append(str(path.relative_to(folder).with_suffix("")))
    return names


def run(command, script, timeout, seed=0):
    """What run_example.py writes, with `seconds`; an `error` where a script fails."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # scripts write files where they are
        try:
            done = measuring.run(["timeout", timeout, *command, RUN, "--seed", seed * APART, script], script.stem)
        except measuring.Failed as e:
            late = time.perf_counter() - start >= timeout
            last = str(e).strip().splitlines()[-1]
            done = {"error": "timeout" if late else "crash", "message": "" if late else last[:200]}
        finally:
            os.chdir("/")
    done["seconds"] = time.perf_counter() - start
    return done


def close(a, b):
    """Lists of numbers, NaN equal to itself."""
    return len(a) == len(b) and all(
        x == y or abs(x - y) <= 1e-5 + 1e-6 * abs(x) or (math.isnan(x) and math.isnan(y)) for x, y in zip(a, b))


def verdict(reference, ours):
    """How far two results agree: see the head of this file."""
    for key in ("size", "time"):
        if abs(reference[key] - ours[key]) > 1e-6:
            return f"no: {key} {reference[key]} and {ours[key]}"
    a, b = reference["connections"], ours["connections"]
    if abs(a - b) > 0.2 * a + 5 * math.sqrt(a):
        return f"no: {a} and {b} connections"
    pairs = list(zip(reference["recorders"], ours["recorders"]))
    if len(reference["recorders"]) != len(ours["recorders"]):
        return f"no: {len(reference['recorders'])} and {len(ours['recorders'])} recorders"
    if not any(x["n"] or y["n"] for x, y in pairs):
        return "nothing"
    if a == b and all(x["n"] == y["n"] and x["data"].keys() == y["data"].keys() and
                      all(close(x["data"][k], y["data"][k]) for k in x["data"]) for x, y in pairs):
        return "same"
    for x, y in pairs:
        if abs(x["n"] - y["n"]) > 0.2 * x["n"] + 5 * math.sqrt(max(x["n"], 1)):
            return f"no: {x['model']} has {x['n']} and {y['n']} events"
    return "alike"


def reason(result):
    return f"{result['error']}: {result.get('message', '')}".strip().splitlines()[0][:90]


def over_seeds(a, script, reference, ours):
    """What spreads.compare says of several runs of both, of which the first have been; seeds are never the same."""
    runs = [reference], [ours]
    for side, command in zip(runs, ([a.python], command_of_ours(a))):
        n = min(a.seeds, max(3, int(a.budget / 2 / side[0]["seconds"])))
        for k in range(1, n):
            one = run(command, script, a.timeout, k if side is runs[0] else a.seeds + k)
            if one["error"]:
                failed = side is runs[1] and one["error"] != "timeout"
                who = "Ranvier" if side is runs[1] else "the reference"
                return {"agrees": f"{'no' if failed else 'untested'}: with another seed {who} has {reason(one)}"}
            side.append(one)
    result = spreads.compare(*([r["statistics"] for r in side] for side in runs), a.false_alarms)
    seconds = [measuring.middle([r["seconds"] for r in side]) for side in runs]
    n, m = map(len, runs)
    return {**result, "seeds": f"{n} + {m}", "finds": spreads.detectable(n, m, result["level"]),
            "theirs": seconds[0], "ours": seconds[1]}


def command_of_ours(a):
    return [a.ours, "-m", "ranvier.nest"]


def row_of(a, name, script):
    row = {"script": name, "runs": "no", "agrees": "", "theirs": None, "ours": None}
    ours = run(command_of_ours(a), script, a.timeout)
    if ours["error"]:
        return {**row, "agrees": reason(ours)}
    reference = run([a.python], script, a.timeout)
    row.update(runs="yes", ours=ours["seconds"])
    if reference["error"]:
        return {**row, "agrees": f"the reference: {reason(reference)}"}
    row.update(theirs=reference["seconds"], agrees=verdict(reference, ours))
    if a.seeds > 1 and row["agrees"] != "same":
        row.update(over_seeds(a, script, reference, ours))
    return row


def main():
    a = parse()
    folder = examples(a.python)
    rows, report = [], a.json and os.path.abspath(a.json)
    os.environ["PYNEST_QUIET"] = "1"
    for name in a.scripts or scripts_of(folder):
        rows.append(row_of(a, name, folder / f"{name}.py"))
        say({k: v[:3] if k == "tests" else v for k, v in rows[-1].items()})
        if report:
            with open(report, "w") as f:
                json.dump(rows, f, indent=1)
    shown = lambda s: "" if s is None else f"{s:.1f}"  # noqa: E731
    print(measuring.table([[r["script"], r["runs"], shown(r["theirs"]), shown(r["ours"]), str(r.get("seeds", "")),
                            str(r.get("statistics", "")), shown(r.get("finds")), r["agrees"]] for r in rows],
                          ["script", "runs", "reference, s", "Ranvier, s", "seeds", "statistics", "finds", "agrees"]))
    if any(r["agrees"].startswith("no:") or r["agrees"].startswith("crash") for r in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
