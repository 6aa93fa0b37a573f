"""Programs run one by one, with their time and peak memory; tables of ratios."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time


class Failed(Exception):
    pass


def run(command, name):
    """Runs a command that writes its results to a JSON file, whose name is appended ("... --json", "...out=").

    Returns them, with the process's wall time (s), CPU time (s) and peak resident memory (bytes) beside.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        log_path = os.path.join(folder, "log.txt")
        start = time.perf_counter()
        with open(log_path, "wb") as log:
            *rest, last = map(str, command)
            whole = [*rest, last + path] if last.endswith("=") else [*rest, last, path]
            process = subprocess.Popen(whole, stdout=log, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode != 0 or not os.path.exists(path):
            with open(log_path, errors="replace") as log:
                tail = log.read()[-2000:]
            raise Failed(f"{name} ended with code {process.returncode}: {' '.join(map(str, command))}\n{tail}")
        with open(path) as f:
            result = json.load(f)
    result["process"] = dict(seconds=seconds, cpu_seconds=usage.ru_utime + usage.ru_stime,
                             peak_bytes=usage.ru_maxrss * 1024)
    return result


def middle(values):
    return statistics.median(values)


def spread(values):
    """Half the range over the median, as text."""
    return f"±{50 * (max(values) - min(values)) / abs(middle(values)):.0f} %" if len(values) > 1 and middle(values) else ""


def table(rows, header):
    """Rows of text in columns: the first to the left, the others to the right."""
    rows = [header, *rows]
    widths = [max(len(r[i]) for r in rows) for i in range(len(header))]
    lines = ["  ".join([r[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(r[1:], widths[1:]))]).rstrip() for r in rows]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def say(*words):
    print(*words, file=sys.stderr, flush=True)
