"""Sub-modules of the reference that are not here: their names raise one clear error."""

from ._errors import not_supported


def absent(module, names, instead):
    """Functions that raise."""

    def make(name):
        def f(*args, **kwargs):
            raise not_supported(f"nest.{module}.{name}", instead)

        f.__name__ = f.__qualname__ = name
        f.__doc__ = f"Not supported: {instead}."
        return f

    return {name: make(name) for name in names}
