"""The low-level interface of versions before 3.10: the few SLI expressions that scripts use. There is no SLI."""

import math
import re

from ..lambert import lambert_wm1
from . import _attributes, _log
from ._errors import NESTError, not_supported

_stack = []


def sli_run(code):
    """memory_thisjob, <x> LambertWm1 and M_X setverbosity; anything else is an error."""
    text = code.strip()
    number = re.fullmatch(r"(\S+)\s+LambertWm1", text)
    level = re.fullmatch(r"(M_\w+)\s+setverbosity", text)
    if text == "memory_thisjob":
        _stack.append(_attributes.get("memory_size"))
    elif number and -1 / math.e < float(number.group(1)) < 0:
        _stack.append(lambert_wm1(float(number.group(1))))
    elif level:
        _log.set_verbosity(level.group(1))
    elif text:
        raise not_supported(f"SLI ({text!r})", "use the functions of nest")


def sli_pop():
    """What the last expression gave."""
    if not _stack:
        raise NESTError("spp: there is nothing on the stack")
    return _stack.pop()


def sps(value):
    """Puts a value on the stack."""
    _stack.append(value)


def sli_func(code, *args):
    """Runs an expression after putting arguments on the stack."""
    _stack.extend(args)
    sli_run(code)
    return _stack.pop() if _stack else None


sr, spp = sli_run, sli_pop


def set_verbosity(level):
    """Which messages are shown."""
    _log.set_verbosity(level)


def check_stack(function):
    """Nothing is left on a stack."""
    return function
