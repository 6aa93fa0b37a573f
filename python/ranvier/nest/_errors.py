"""The reference's exception classes, and what the library's errors become."""

import contextlib

from .. import errors as _errors


class NESTError(Exception):
    """Base of all errors of the simulator."""


NESTError.__name__ = NESTError.__qualname__ = "KernelException"
NESTError.__module__ = "NESTErrors"

_names = """BadProperty IllegalConnection UnaccessedDictionaryEntry NotImplemented UnknownNode BadParameter BadDelay
IncompatibleReceptorType TypeMismatch NewModelNameExists BadParameterValue NumericalInstability StepMultipleRequired
UnknownReceptorType UnknownModelName UnknownModelID UnknownSynapseType UnknownComponent UnsupportedEvent UnexpectedEvent
InvalidTimeInModel InvalidDefaultResolution InvalidTimeInModel TimeMultipleRequired RangeCheck IOError KeyError
DimensionMismatch GSLSolverFailure InexistentConnection ModelInUse DistributionError BackendPrepared BackendNotPrepared
LayerExpected LayerNodeExpected LocalNodeExpected NodeWithProxiesExpected UndefinedName InternalError
DynamicModuleManagementError NamingConflict UnmatchedSteps InvalidNodeCollection NoThreadSiblingsAvailable
BadProperty2 UserWarningAsError PyNESTError""".split()


class NESTErrors:
    """Error classes by name; unknown ones are made on demand, so that ``except`` clauses always work."""

    NESTError = KernelException = NESTError

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        cls = type(name, (NESTError,), {"__module__": "NESTErrors", "__doc__": f"The reference's {name}."})
        setattr(self, name, cls)
        return cls


NESTErrors = NESTErrors()
for _name in _names:
    getattr(NESTErrors, _name)


def error(name, text):
    """An error of the reference's class of that name."""
    return getattr(NESTErrors, name)(text)


_classes = {
    _errors.UnknownModel: "UnknownModelName",
    _errors.UnknownParameter: "UnaccessedDictionaryEntry",
    _errors.UnknownRule: "BadProperty",
    _errors.UnknownNode: "UnknownNode",
    _errors.WrongType: "TypeMismatch",
    _errors.WrongSize: "BadProperty",
    _errors.OutOfRange: "BadProperty",
    _errors.UnknownConnection: "InexistentConnection",
    _errors.BadDelay: "BadDelay",
    _errors.BadTime: "BadProperty",
    _errors.IllegalConnection: "IllegalConnection",
    _errors.ImpossibleConnectivity: "BadProperty",
    _errors.FileError: "IOError",
    _errors.NumericalInstability: "NumericalInstability",
}


def translated(e, **classes):
    """The reference's error for one of the library's; keyword arguments: other classes, by the library's class name."""
    kind = type(e).__name__
    name = classes.get(kind) or _classes.get(type(e), "KernelException")
    text = str(e)
    if name == "UnaccessedDictionaryEntry":
        text = f"Unaccessed elements: {text}"
    if name == "IllegalConnection":
        text = f"Creation of connection is not possible because: {text}"
    if name == "BadDelay" and "step" in e.allowed and text.count("longer"):
        text = f"Delay must be greater than or equal to resolution: {text}"
    return error(name, text)


@contextlib.contextmanager
def reference_errors(**classes):
    """Turns the library's errors into the reference's."""
    try:
        yield
    except _errors.OutOfRange as e:
        if e.allowed == "integers of 64 bits":
            raise OverflowError(str(e)) from e
        raise translated(e, **classes) from e
    except _errors.Error as e:
        raise translated(e, **classes) from e


def not_supported(what, instead):
    """The error for what the library does not have."""
    return error("NotImplemented", f"{what} is not supported; {instead}")
