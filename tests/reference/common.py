"""Shared by the scripts here: fresh kernels, times in steps, deterministic JSON."""

import json
import pathlib

import nest
import numpy as np

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
SIMULATOR = "NEST " + nest.__version__

nest.verbosity = nest.VerbosityLevel.ERROR


def fresh_kernel(h):
    """A single-threaded kernel of resolution h (ms) without nodes."""
    nest.ResetKernel()
    nest.local_num_threads = 1
    nest.resolution = h


def to_ms(steps, h):
    """Steps to ms, the double nearest to the decimal value (h is a whole number of 1/1000 ms)."""
    tics = round(h * 1000)
    if np.ndim(steps):
        return [int(s) * tics / 1000 for s in steps]
    return int(steps) * tics / 1000


def to_steps(times, h):
    """Times on the grid (ms) to steps."""
    return [int(s) for s in np.rint(np.asarray(times) / h)]


def dyadic(x, bits=6):
    """x rounded to a multiple of 2^-bits: exact in fixed point and in float."""
    return float(np.round(np.asarray(x) * 2.0**bits) / 2.0**bits)


def plain(x):
    """NumPy scalars, arrays and tuples as what JSON knows."""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [plain(v) for v in x]
    return x.item() if isinstance(x, np.generic) else x


def dump(name, head, cases, key="cases"):
    """Writes {head..., key: [cases]} with one case per line; doubles as repr, so that they read back exactly."""

    def text(x):
        return json.dumps(plain(x), separators=(",", ":"), allow_nan=False)

    path = DATA / f"reference_{name}.json"
    DATA.mkdir(exist_ok=True)
    with open(path, "w", encoding="ascii", newline="\n") as f:
        f.write(text(head)[:-1] + "," + text(key) + ":[\n")
        f.write(",\n".join(text(case) for case in cases))
        f.write("\n]}\n")
    print(f"{path.name}: {len(cases)} {key}, {path.stat().st_size / 1e6:.2f} MB")
