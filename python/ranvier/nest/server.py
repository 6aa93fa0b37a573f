"""Not supported: there is no server."""

from ._absent import absent as _absent

globals().update(
    _absent("server", ("app", "nestify", "run_mpi_app", "do_exec"), "run scripts with python -m ranvier.nest")
)
