"""Kernel attributes: what nest.resolution and the like read and set."""

import os
import resource

import numpy as np

from . import _log
from ._errors import error
from ._kernel import INTERNAL, VERSION, kernel
from ._specs import RULES

T_MAX = 1152921504606846.8


def _type_error(name, value, needed):
    return error("TypeMismatch", f"{name} must be {needed}, not {type(value).__name__} {value!r}")


def real(name, value):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise _type_error(name, value, "a number")
    return float(value)


def integer(name, value):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise _type_error(name, value, "an integer")
    return int(value)


def flag(name, value):
    if not isinstance(value, (bool, np.bool_)):
        raise _type_error(name, value, "a bool")
    return bool(value)


def text(name, value):
    if not isinstance(value, str):
        raise _type_error(name, value, "a string")
    return value


# Setters


def _on_grid(value, tic, name):
    tics = value / tic
    if not (np.isfinite(value) and tics >= 1) or abs(tics - round(tics)) > 4 * tics * np.finfo(float).eps:
        raise error(
            "KernelException", f"{name} must be a positive multiple of the tic, {tic} ms, not {value} ms"
        )


def set_times(values):
    """resolution and tics_per_ms, together or the former alone."""
    if kernel.locked:
        raise error("KernelException", f"Cannot change time representation: {kernel.locked}")
    tics = kernel.tics_per_ms
    if "tics_per_ms" in values:
        tics = real("tics_per_ms", values["tics_per_ms"])
        if tics < 1 or tics != int(tics):
            raise error("KernelException", f"tics_per_ms must be a whole number, not {tics}")
        if "resolution" not in values and tics != kernel.tics_per_ms:
            raise error("KernelException", "tics_per_ms can be set only together with resolution")
    h = real("resolution", values.get("resolution", kernel.resolution))
    _on_grid(h, 1.0 / tics, "resolution")
    if abs(h * 1000 - round(h * 1000)) > 1e-9 * h * 1000:
        nearest = max(1, round(h * 1000)) / 1000
        raise error(
            "KernelException",
            f"resolution = {h} ms is not supported: multiples of 0.001 ms are, for example {nearest} ms",
        )
    if h != kernel.resolution or tics != kernel.tics_per_ms:
        _log.message("Temporal resolution changed.", _log.VerbosityLevel.INFO)
    kernel.resolution, kernel.tics_per_ms = h, tics
    kernel.renew()


def set_time(name, value):
    x = real(name, value)
    if x != 0:
        raise error("BadProperty", "biological_time can only be set to 0.0")
    if kernel.time:
        raise error(
            "NotImplemented",
            "biological_time = 0 after a simulation is not supported, as windows of devices and what is under way have their "
            f"times; allowed: {kernel.time:g} ms; subtract it from later times, or use ResetKernel and build the network anew",
        )


def set_seed(name, value):
    seed = integer(name, value)
    if not 0 < seed < 2**32:
        raise error("BadProperty", "RNG seed must be in (0, 2^32-1).")
    kernel.rng_seed = seed
    if kernel.exists:
        kernel.core.set_seed(seed)


def set_threads(name, value):
    n = integer(name, value)
    if not 1 <= n <= 256:
        raise error("BadProperty", f"{name} must be 1 ... 256, not {n}")
    if n != kernel.threads and kernel.locked:
        raise error("KernelException", f"Number of threads unchanged: {kernel.locked}")
    if n != kernel.threads and kernel.fixed_delays:
        raise error("KernelException", "Number of threads unchanged: delay extrema have been set")
    kernel.threads = n


def set_delays(values):
    for name in ("min_delay", "max_delay"):
        real(name, values.get(name, 0.0))
    if "min_delay" not in values or "max_delay" not in values:
        raise error("BadProperty", "min_delay and max_delay must be set together")
    low, high = real("min_delay", values["min_delay"]), real("max_delay", values["max_delay"])
    if kernel.connects:
        raise error("BadProperty", "Connections already exist. Delay extrema cannot be set.")
    h = kernel.resolution
    if not (np.isfinite(low) and np.isfinite(high)) or low < h or high < low:
        raise error(
            "BadDelay", f"min_delay = {low} ms, max_delay = {high} ms: {h} <= min_delay <= max_delay required"
        )
    kernel.fixed_delays = np.floor(low / h + 1e-9) * h, np.ceil(high / h - 1e-9) * h


def _set_path(name, value):
    path = text(name, value)
    if path and not os.path.isdir(path):
        raise error("BadProperty", f"Directory '{path}' does not exist.")
    kernel.data_path = path
    kernel.write_output()


def _set_prefix(name, value):
    prefix = text(name, value)
    if "/" in prefix:
        raise error("BadProperty", "data_prefix must not contain '/'")
    kernel.data_prefix = prefix
    kernel.write_output()


def _set_overwrite(name, value):
    kernel.overwrite_files = flag(name, value)
    kernel.write_output()


def _setter(attribute, check):
    return lambda name, value: setattr(kernel, attribute, check(name, value))


def _set_rng_type(name, value):
    if text(name, value) not in RNG_TYPES:
        raise error("BadProperty", f"'{value}' is not a known RNG type; there are {', '.join(RNG_TYPES)}")
    kernel.internal["rng_type"] = value


def _set_internal(name, value):
    known = INTERNAL[name]
    if isinstance(known, bool):
        value = flag(name, value)
    elif isinstance(known, int):
        value = integer(name, value)
    elif isinstance(known, float):
        value = real(name, value)
    kernel.internal[name] = value


# Getters

RNG_TYPES = ["Philox_32", "Philox_64", "Threefry_32", "Threefry_64", "mt19937", "mt19937_64"]


def build_info():
    from .. import __version__

    here = os.path.dirname(os.path.abspath(__file__))
    have = ("boost", "gsl", "hdf5", "libneurosim", "mpi", "music", "sionlib", "threads")
    info = {f"have_{name}": name in ("threads", "gsl") for name in have}
    info.update(version=VERSION, built="", datadir=here, docdir=here, prefix=here, exitcode=0, ndebug=True)
    info.update(host="x86_64", hostcpu="x86_64", hostos="linux", hostvendor="pc", threads_model="pool")
    info.update(ranvier_version=__version__)
    return info


def num_connections():
    """All connections, those of devices included."""
    if not kernel.connects:
        return 0
    kernel.core.prepare()
    return kernel.core.stats()["connections"] + sum(len(e) for e in kernel.device_edges)


def _stat(name):
    return kernel.core.stats()[name] if kernel.exists else 0


def _memory():
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * resource.getpagesize() // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


WRITABLE = {
    # name: (default, doc, get, set)
    "resolution": (0.1, "Length of a step in ms.", lambda: kernel.resolution, None),
    "tics_per_ms": (1000.0, "Ticks per ms; set together with resolution.", lambda: kernel.tics_per_ms, None),
    "biological_time": (
        0.0,
        "ms simulated so far; may be set to 0 before a simulation.",
        lambda: kernel.time,
        set_time,
    ),
    "min_delay": (
        0.1,
        "Shortest delay in ms; set together with max_delay.",
        lambda: float(kernel.delays[0]),
        None,
    ),
    "max_delay": (
        0.1,
        "Longest delay in ms; set together with min_delay.",
        lambda: float(kernel.delays[1]),
        None,
    ),
    "rng_type": (
        "mt19937_64",
        "Stored; the generator is Philox.",
        lambda: kernel.internal.get("rng_type", "mt19937_64"),
        _set_rng_type,
    ),
    "rng_seed": (
        143202461,
        "Seed, 1 ... 2^32 - 1; of all that is drawn from now on.",
        lambda: kernel.rng_seed,
        set_seed,
    ),
    "local_num_threads": (1, "Stored; results do not depend on it.", lambda: kernel.threads, set_threads),
    "total_num_virtual_procs": (
        1,
        "Stored; results do not depend on it.",
        lambda: kernel.threads,
        set_threads,
    ),
    "data_path": ("", "Where files are made.", lambda: kernel.data_path, _set_path),
    "data_prefix": ("", "What names of files begin with.", lambda: kernel.data_prefix, _set_prefix),
    "overwrite_files": (
        False,
        "Whether files that are there may be overwritten.",
        lambda: kernel.overwrite_files,
        _set_overwrite,
    ),
    "print_time": (
        False,
        "Whether runs show their progress.",
        lambda: kernel.print_time,
        _setter("print_time", flag),
    ),
    "dict_miss_is_error": (
        True,
        "Whether unknown names are errors.",
        lambda: kernel.dict_miss_is_error,
        _setter("dict_miss_is_error", flag),
    ),
}
for _name, _default in INTERNAL.items():
    WRITABLE[_name] = (
        _default,
        "Stored; it has no effect.",
        (lambda n: lambda: kernel.internal[n])(_name),
        _set_internal,
    )

READ_ONLY = {
    "build_info": ("What this is.", build_info),
    "memory_size": ("Resident memory in kB.", _memory),
    "to_do": ("Steps left to do.", lambda: 0),
    "ms_per_tic": ("Length of a tick in ms.", lambda: 1.0 / kernel.tics_per_ms),
    "tics_per_step": ("Ticks in a step.", lambda: round(kernel.resolution * kernel.tics_per_ms)),
    "T_min": ("Earliest time.", lambda: -T_MAX),
    "T_max": ("Latest time.", lambda: T_MAX),
    "rng_types": ("Names that rng_type may have.", lambda: list(RNG_TYPES)),
    "num_processes": ("1.", lambda: 1),
    "mpi_rank": ("0.", lambda: 0),
    "off_grid_spiking": ("False: spikes lie on the grid.", lambda: False),
    "network_size": ("Number of nodes.", lambda: kernel.size),
    "num_connections": ("Number of connections.", num_connections),
    "node_models": ("Names of node models.", lambda: sorted(kernel.node_names())),
    "synapse_models": ("Names of synapse models.", lambda: sorted(kernel.synapse_names())),
    "connection_rules": ("Names of connection rules.", lambda: list(RULES)),
    "recording_backends": ("Where recorders may record to.", lambda: ["ascii", "memory", "screen"]),
    "stimulation_backends": ("Other sources of stimuli.", lambda: []),
    "growth_curves": ("None.", lambda: []),
    "local_spike_counter": ("Spikes of neurons.", lambda: _stat("spikes") - kernel.spikes_before_run),
    "max_update_time": ("Stored.", lambda: 0.0),
    "min_update_time": ("Stored.", lambda: 0.0),
    "max_num_syn_models": ("Most synapse models.", lambda: 512),
    "cycle_time_log": ("Empty.", dict),
    "spike_buffer_resize_log": ("Empty.", dict),
    "send_buffer_size_secondary_events": ("0.", lambda: 0),
    "recv_buffer_size_secondary_events": ("0.", lambda: 0),
    "prepared": ("Whether Prepare has been called, and Cleanup not yet.", lambda: kernel.prepared),
    "time_simulate": ("Seconds of runs.", lambda: kernel.seconds["simulate"]),
    "time_construction_create": ("Seconds of Create.", lambda: kernel.seconds["create"]),
    "time_construction_connect": ("Seconds of Connect.", lambda: kernel.seconds["connect"]),
    "time_simulate_cpu": ("Seconds of runs.", lambda: kernel.seconds["simulate"]),
    "time_construction_create_cpu": ("Seconds of Create.", lambda: kernel.seconds["create"]),
    "time_construction_connect_cpu": ("Seconds of Connect.", lambda: kernel.seconds["connect"]),
}


def status():
    """All kernel attributes: a dict."""
    out = {name: entry[2]() for name, entry in WRITABLE.items()}
    out.update({name: entry[1]() for name, entry in READ_ONLY.items()})
    return dict(sorted(out.items()))


def get(name):
    """One. KeyError."""
    if name in WRITABLE:
        return WRITABLE[name][2]()
    if name in READ_ONLY:
        return READ_ONLY[name][1]()
    raise KeyError(name)


def set_many(values):
    """Sets kernel attributes, or none."""
    for name in values:
        if name in READ_ONLY or name not in WRITABLE:
            what = f"{name!r} is read-only" if name in READ_ONLY else f"{name!r} is not a kernel parameter"
            if not kernel.dict_miss_is_error:
                import warnings

                warnings.warn(f"{what}; it is ignored", stacklevel=3)
                continue
            raise ValueError(f"{what}; valid are {', '.join(sorted(WRITABLE))}")
    values = {n: v for n, v in values.items() if n in WRITABLE}
    if kernel.prepared and values:
        raise error("KernelException", "Kernel parameters cannot be set between Prepare and Cleanup")
    threads = [values[n] for n in ("local_num_threads", "total_num_virtual_procs") if n in values]
    if len(threads) == 2 and threads[0] != threads[1]:
        raise error(
            "BadProperty", "local_num_threads and total_num_virtual_procs differ: there is one process"
        )
    if "resolution" in values or "tics_per_ms" in values:
        set_times(values)
    if "min_delay" in values or "max_delay" in values:
        set_delays(values)
    for name, value in values.items():
        setter = WRITABLE[name][3]
        if setter is not None:
            setter(name, value)
