"""setup, run, reset, end, and the older functions create, connect and record."""

from pyNN import common
from pyNN.common.control import DEFAULT_MIN_DELAY, DEFAULT_TIMESTEP
from pyNN.recording import get_io

from .. import errors as _errors
from . import simulator
from .connectors import FixedProbabilityConnector
from .populations import Population
from .projections import Projection
from .synapses import StaticSynapse

__all__ = [
    "setup",
    "end",
    "run",
    "run_until",
    "run_for",
    "reset",
    "initialize",
    "get_current_time",
    "get_time_step",
    "get_min_delay",
    "get_max_delay",
    "num_processes",
    "rank",
    "create",
    "connect",
    "set",
    "record",
    "record_v",
    "record_gsyn",
]


def setup(timestep=DEFAULT_TIMESTEP, min_delay=DEFAULT_MIN_DELAY, **extra_params):
    """Begins anew: nothing of an earlier network is left.

    Parameters
    ----------
    timestep : float
        ms, a multiple of 0.001.
    min_delay : float or "auto"
        The shortest delay in ms, which synapses without a delay have; "auto": the time step.
    **extra_params
        max_delay: the longest delay in ms, or "auto". rng_seed: 1 ... 2**32 - 1, default 42. threads, backend ("auto", "cpu",
        "cuda"), device, partitions, memory_limit: as for ranvier.Network. What other simulators take is ignored.

    Returns
    -------
    int
        The rank of the process: 0.

    Raises
    ------
    Exception
        For dt, time_step, mindelay or maxdelay, and for a min_delay below the time step or above max_delay.
    ValueError
        For a time step or an option that is not allowed.
    """
    common.setup(timestep, min_delay, **extra_params)
    options = {
        k: extra_params[k]
        for k in ("threads", "backend", "device", "partitions", "memory_limit")
        if k in extra_params
    }
    options["threads"] = options.get("threads") or 0
    options["seed"] = _seed(extra_params)
    longest = extra_params.get("max_delay", "auto")
    state = simulator.state
    state.clear(
        timestep,
        None if min_delay == "auto" else min_delay,
        None if longest == "auto" else longest,
        **options,
    )
    try:
        state.network
    except _errors.Error:
        state.clear()
        raise
    return rank()


def _seed(extra_params):
    for name in ("rng_seed", "rng_seeds_seed", "grng_seed"):
        if extra_params.get(name) is not None:
            return extra_params[name]
    return (extra_params.get("rng_seeds") or [simulator.DEFAULT_SEED])[0]


def end(compatible_output=True):
    """Writes what record(..., to_file=...) has asked for."""
    state = simulator.state
    for population, variables, file in state.write_on_end:
        population.write_data(get_io(file) if isinstance(file, str) else file, variables)
    state.write_on_end = []


run, run_until = common.build_run(simulator)
run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
(
    get_current_time,
    get_time_step,
    _,
    get_max_delay,
    num_processes,
    rank,
) = common.build_state_queries(simulator)


def get_min_delay():
    """The shortest delay in ms: that of setup(); after "auto" that of the connections there are, without any the time step."""
    state = simulator.state
    found = [projection._shortest_delay() for projection in state.projections] if state.auto_delay else []
    return min(found, default=state.min_delay)


create = common.build_create(Population)
connect = common.build_connect(Projection, FixedProbabilityConnector, StaticSynapse)
set = common.set
record = common.build_record(simulator)


def record_v(source, filename):
    """Records the membrane potential of cells to a file. Kept for older scripts; use Population.record."""
    record(["v"], source, filename)


def record_gsyn(source, filename):
    """Records the synaptic conductances of cells to a file. Kept for older scripts; use Population.record."""
    record(["gsyn_exc", "gsyn_inh"], source, filename)
