"""The low-level interface: see ranvier.nest.ll_api."""

from ..nest.ll_api import (  # noqa: F401
    check_stack,
    set_verbosity,
    sli_func,
    sli_pop,
    sli_run,
    spp,
    sps,
    sr,
)
