"""The class of the module object: kernel attributes are checked data descriptors."""

import importlib
import types

from . import _attributes, _log

LAZY = ("raster_plot", "voltage_trace", "visualization", "spatial", "server", "ll_api")


class KernelAttribute:
    """A kernel attribute of the module; on the class it shows its default and documentation."""

    def __init__(self, name, default, doc, readonly):
        self.name, self._default, self._readonly = name, default, readonly
        kind = type(default).__name__ if default is not None else "object"
        shown = "read only" if readonly else f"default {default!r}"
        self.__doc__ = f"{name} : {kind}, {shown}\n\n{doc}"

    def __get__(self, module, cls=None):
        return self if module is None else _attributes.get(self.name)

    def __set__(self, module, value):
        if self._readonly:
            raise AttributeError(f"kernel attribute {self.name} is read only")
        _attributes.set_many({self.name: value})


class _Status:
    """kernel_status : dict, read only. All kernel attributes."""

    _default, _readonly = None, True
    __doc__ = "kernel_status : dict, read only\n\nAll kernel attributes."

    def __get__(self, module, cls=None):
        return self if module is None else _attributes.status()

    def __set__(self, module, value):
        raise AttributeError("kernel attribute kernel_status is read only")


class _Verbosity:
    _default, _readonly = _log.VerbosityLevel.INFO, False
    __doc__ = "verbosity : VerbosityLevel, default INFO\n\nLess important messages are not shown."

    def __get__(self, module, cls=None):
        return self if module is None else _log.verbosity

    def __set__(self, module, value):
        _log.set_verbosity(value)


class NestModule(types.ModuleType):
    """The module nest."""

    kernel_status = _Status()
    verbosity = _Verbosity()

    def set(self, **kwargs):
        """Sets kernel attributes by name.

        Raises
        ------
        ValueError
            A name is unknown or read only.
        NESTErrors.TypeMismatch, NESTErrors.BadProperty, NESTErrors.KernelException
        """
        if "verbosity" in kwargs:
            _log.set_verbosity(kwargs.pop("verbosity"))
        _attributes.set_many(kwargs)

    def get(self, *args):
        """Kernel attributes: all as a dict, one by its name, or several as a tuple."""
        if not args:
            return _attributes.status()
        if len(args) == 1:
            return _attributes.get(args[0])
        return tuple(_attributes.get(name) for name in args)

    def __getattr__(self, name):
        if name in LAZY:
            return importlib.import_module(f"{type(self)._package}.{name}")
        raise AttributeError(f"module 'nest' has no attribute {name!r}")

    def __setattr__(self, name, value):
        cls = type(self)
        descriptor = getattr(cls, name, None)
        if hasattr(type(descriptor), "__set__"):
            descriptor.__set__(self, value)
        elif isinstance(value, types.ModuleType) or (name.startswith("__") and name.endswith("__")):
            super().__setattr__(name, value)
        elif name in self.__dict__ or descriptor is not None:
            raise AttributeError(f"module attribute {name!r} cannot be set")
        else:
            raise AttributeError(f"can't set attribute {name!r} on module 'nest'; nest.userdict is free")

    def __dir__(self):
        return sorted(
            {
                *self.__dict__,
                *_attributes.WRITABLE,
                *_attributes.READ_ONLY,
                *LAZY,
                "set",
                "get",
                "kernel_status",
                "verbosity",
            }
        )


NestModule._package = __package__
for _name, (_default, _doc, _, _) in _attributes.WRITABLE.items():
    setattr(NestModule, _name, KernelAttribute(_name, _default, _doc, False))
for _name, (_doc, _) in _attributes.READ_ONLY.items():
    setattr(NestModule, _name, KernelAttribute(_name, None, _doc, True))
