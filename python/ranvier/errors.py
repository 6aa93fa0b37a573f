"""Errors of the library. Each says what was wrong, where, what is allowed and what to do.

All are subclasses of :class:`Error` and of the built-in exception that fits, so that ``except ValueError`` works too.
"""

__all__ = [
    "Error",
    "UnknownModel",
    "UnknownParameter",
    "UnknownRule",
    "UnknownNode",
    "WrongType",
    "WrongSize",
    "OutOfRange",
    "UnknownConnection",
    "BadDelay",
    "BadTime",
    "IllegalConnection",
    "ImpossibleConnectivity",
    "OutOfMemory",
    "FileError",
    "BackendError",
    "NumericalInstability",
    "Overflow",
    "Unusable",
    "Interrupted",
]


class Error(Exception):
    """An error of the library.

    Attributes
    ----------
    object, parameter, value, allowed, remedy : str
        What the message is made of: where, which parameter, its value as given, what is allowed, what to do. Empty where
        there is nothing to say.
    """

    object = parameter = value = allowed = remedy = ""


class UnknownModel(Error, ValueError):
    """There is no model of this name."""


class UnknownParameter(Error, ValueError):
    """The model has no parameter, state or recordable of this name."""


class UnknownRule(Error, ValueError):
    """There is no connection rule of this name."""


class UnknownNode(Error, ValueError):
    """There is no node with this id, or it belongs to another network."""


class WrongType(Error, TypeError):
    """A value is not of the kind that is needed."""


class WrongSize(Error, ValueError):
    """An array has not as many values as are needed."""


class OutOfRange(Error, ValueError):
    """A value lies outside what is allowed."""


class UnknownConnection(OutOfRange):
    """There is no such connection: it has been disconnected, or belongs to another network."""


class BadDelay(Error, ValueError):
    """A delay is shorter than a step, too long, or not a number."""


class BadTime(Error, ValueError):
    """A time or duration is negative or not a multiple of the resolution."""


class IllegalConnection(Error, ValueError):
    """Nodes cannot be connected like this: direction, receptor or synapse model."""


class ImpossibleConnectivity(Error, ValueError):
    """No network satisfies the rule."""


class OutOfMemory(Error, MemoryError):
    """The network does not fit; bytes needed and available are in the text."""


class FileError(Error, OSError):
    """A file cannot be made or written, or is there already."""


class BackendError(Error, RuntimeError):
    """The backend is not there, or has failed."""


class NumericalInstability(Error, ArithmeticError):
    """A state variable is no longer a finite number: neuron, model and time are in the text."""


class Overflow(Error, OverflowError):
    """A weight or number of spikes is too large for the input's fixed point."""


class Unusable(Error, RuntimeError):
    """The network has failed before, or is in use by another thread."""


class Interrupted(Error, RuntimeError):
    """A run was stopped by :meth:`Network.interrupt`; the network can go on."""
