"""Runs."""

import contextlib
import math
import sys
import time

import numpy as np

from .. import errors as _errors
from . import _log
from ._errors import error, reference_errors
from ._kernel import kernel


def Simulate(t):
    """Simulates for a time; further calls go on from there.

    Parameters
    ----------
    t : float
        ms, a multiple of the resolution.

    Raises
    ------
    NESTErrors.BadParameter, NESTErrors.NumericalInstability, NESTErrors.IOError
    KeyboardInterrupt
        After Ctrl-C, at the end of a slice; the network can go on from there.
    """
    ms = _duration(t)
    if kernel.prepared:
        raise error(
            "KernelException",
            "Prepare called twice: Simulate is Prepare, Run and Cleanup; call Cleanup first, or use Run",
        )
    kernel.check_usable()
    _run(ms)


def Prepare():
    """Builds the network, so that Run can follow; ended by Cleanup.

    Raises
    ------
    NESTErrors.KernelException
    """
    if kernel.prepared:
        raise error("KernelException", "Prepare called twice: call Cleanup first")
    kernel.check_usable()
    with reference_errors():
        kernel.core.prepare()
    kernel.prepared = True


def Run(t):
    """Simulates for a time in ms, between Prepare and Cleanup.

    Raises
    ------
    NESTErrors.KernelException, NESTErrors.BadParameter
    """
    ms = _duration(t)
    kernel.check_usable()
    if not kernel.prepared:
        raise error("KernelException", "Run called without calling Prepare.")
    _run(ms)


def Cleanup():
    """Ends what Prepare began.

    Raises
    ------
    NESTErrors.KernelException
    """
    if not kernel.prepared:
        raise error("KernelException", "Cleanup called without calling Prepare.")
    kernel.prepared = False


@contextlib.contextmanager
def RunManager():
    """``with nest.RunManager(): nest.Run(...)``: Prepare and Cleanup around."""
    Prepare()
    try:
        yield
    finally:
        if kernel.prepared:
            Cleanup()


def _duration(t):
    if isinstance(t, (bool, np.bool_)) or not isinstance(t, (int, float, np.integer, np.floating)):
        raise TypeError(f"the time to simulate must be a number, not {type(t).__name__}")
    if not (t >= 0 and math.isfinite(t)):
        raise error("BadParameter", f"The simulation time must be finite and >= 0 ms, not {t}")
    return float(t)


class _Progress:
    """One line that is rewritten."""

    def __init__(self, start, ms):
        self.start, self.ms, self.began = start, ms, time.perf_counter()

    def __call__(self, task, done, total):
        if task != "simulate":
            return
        self.show(done * kernel.resolution)

    def show(self, model_time):
        factor = (time.perf_counter() - self.began) / max(model_time * 1e-3, 1e-12)
        percent = int(100 * model_time / self.ms) if self.ms else 100
        text = f"[{percent:4}% ] Model time: {self.start + model_time:.1f} ms, Real-time factor: {factor:.4f}"
        sys.stdout.write("\r" + text)
        sys.stdout.flush()


def _run(ms):
    core = kernel.core
    if _log.verbosity <= 10:
        _log.message(
            f"Number of local nodes: {kernel.size}\nSimulation time (ms): {ms:g}\nNumber of OpenMP threads: {kernel.threads}\nNot using MPI"
        )
    began = time.perf_counter()
    before = core.steps()
    kernel.spikes_before_run = core.stats()["spikes"] if before else 0
    progress = None
    if kernel.print_time:
        progress = _Progress(core.time(), ms)
        core.set_progress(progress)
    try:
        core.simulate(ms)
    except _errors.BadTime as e:
        raise error("BadParameter", f"Simulate: the time must be a multiple of the resolution: {e}") from e
    except _errors.Interrupted:
        raise
    except (_errors.NumericalInstability, _errors.Overflow, _errors.Unusable, _errors.BackendError) as e:
        kernel.failed = isinstance(e, (_errors.NumericalInstability, _errors.Overflow))
        name = "NumericalInstability" if isinstance(e, _errors.NumericalInstability) else "KernelException"
        raise error(name, str(e)) from e
    except _errors.Error as e:
        from ._errors import translated

        raise translated(e) from e
    finally:
        after = core.steps()
        kernel.step_at_run = after
        if after > before:
            kernel.simulated = True
        kernel.seconds["simulate"] += time.perf_counter() - began
        if progress is not None:
            progress.show(after * kernel.resolution - progress.start)
            sys.stdout.write("\n")
            core.set_progress(None)
    kernel.simulated = True
    if _log.verbosity <= 10:
        _log.message("Simulation finished.")


def ResetKernel():
    """Removes nodes, connections, copied models and changed defaults, and sets time, seed and settings back.

    data_path, data_prefix and verbosity stay.
    """
    kernel.reset()
