"""Messages and their levels."""

import enum
import sys
import time

from ._errors import error


class VerbosityLevel(enum.IntEnum):
    """How important a message is; less important ones than nest.verbosity are not shown."""

    ALL = 0
    DEBUG = 5
    STATUS = 7
    INFO = 10
    PROGRESS = 15
    DEPRECATED = 18
    WARNING = 20
    ERROR = 30
    FATAL = 40
    QUIET = 100


verbosity = VerbosityLevel.INFO


def level(value):
    """A level from itself, an int or a name such as "M_WARNING". TypeError, NESTErrors.TypeMismatch."""
    if isinstance(value, str):
        name = value[2:] if value.startswith("M_") else value
        try:
            return VerbosityLevel[name]
        except KeyError:
            raise error(
                "TypeMismatch", f"verbosity {value!r}: there are {', '.join(VerbosityLevel.__members__)}"
            ) from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"verbosity must be a VerbosityLevel, not {type(value).__name__}")
    try:
        return VerbosityLevel(value)
    except ValueError:
        return value if value >= 0 else VerbosityLevel.ALL


def message(text, severity=VerbosityLevel.INFO, *old):
    """Shows a message, if nest.verbosity lets it.

    Parameters
    ----------
    text : str
    severity : VerbosityLevel

    Called with three arguments, (level, sender, text), as in versions 3.0 to 3.9.
    """
    if old:
        severity, text = level(text), old[0]
    severity = level(severity)
    if severity < verbosity:
        return
    name = next((m.name for m in VerbosityLevel if m == severity), str(int(severity)))
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    stream = sys.stderr if severity >= VerbosityLevel.WARNING else sys.stdout
    lines = str(text).split("\n")
    print(f"[{name}] [{stamp}] " + "\n    ".join(lines), file=stream)


def set_verbosity(value):
    """Sets nest.verbosity; also by names such as "M_WARNING"."""
    global verbosity
    verbosity = level(value)


def get_verbosity():
    """nest.verbosity."""
    return verbosity
