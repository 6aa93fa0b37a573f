"""Makes ``import nest`` and ``import nest.anything`` give this package."""

import importlib
import importlib.util
import importlib.abc
import importlib.machinery
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Maps a top-level name and what is below it onto a package."""

    def __init__(self, name, package):
        self.name, self.package = name, package

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name and not fullname.startswith(self.name + "."):
            return None
        real = self.package + fullname[len(self.name) :]
        try:
            found = importlib.util.find_spec(real)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return None
        return importlib.machinery.ModuleSpec(
            fullname, self, is_package=found.submodule_search_locations is not None
        )

    def create_module(self, spec):
        module = importlib.import_module(self.package + spec.name[len(self.name) :])
        if spec.name == self.name:
            module.show_banner()
        self.spec_of = getattr(self, "spec_of", {})
        self.spec_of[spec.name] = module.__spec__
        return module

    def exec_module(self, module):
        """It has been executed under its own name; its own description is put back."""
        for name, spec in list(self.spec_of.items()):
            if sys.modules.get(self.package + name[len(self.name) :]) is module:
                module.__spec__ = spec


def install(name="nest", package=__package__):
    """Makes `name` mean `package` from now on."""
    if not any(isinstance(f, Finder) and (f.name, f.package) == (name, package) for f in sys.meta_path):
        sys.meta_path.insert(0, Finder(name, package))
    for module in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
        del sys.modules[module]
