"""python -m ranvier.pynn script.py [arguments]: runs a script that chooses its simulator by the name ranvier.

With --register PyNN gets a module pyNN.ranvier, and such scripts need nothing but their arguments: python script.py ranvier.
"""

import argparse
import importlib.util
import os
import pathlib
import runpy
import sys

SHIM = '''"""Ranvier; written by python -m ranvier.pynn --register, taken away by --unregister."""

import sys

import ranvier.pynn

sys.modules[__name__] = ranvier.pynn
'''


def shim():
    """Where PyNN looks for pyNN.ranvier: a pathlib.Path, at which there is nothing or what register() has written.

    Raises
    ------
    FileNotFoundError
        Without PyNN.
    FileExistsError
        If there is such a module that is not from here.
    """
    found = importlib.util.find_spec("pyNN")
    if found is None or found.origin is None:
        raise FileNotFoundError("there is no PyNN: pip install 'ranvier[pynn]'")
    path = pathlib.Path(found.origin).with_name("ranvier.py")
    if path.exists() and path.read_text() != SHIM:
        raise FileExistsError(f"{path} is there already, and not from here")
    return path


def register():
    """Writes a module pyNN.ranvier that is ranvier.pynn; returns its path.

    Raises
    ------
    FileNotFoundError, FileExistsError
        As shim().
    PermissionError
        Where PyNN's folder cannot be written.
    """
    path = shim()
    path.write_text(SHIM)
    return path


def unregister():
    """Takes away what register() has written; returns its path. Raises as register()."""
    path = shim()
    path.unlink(missing_ok=True)
    return path


def main(argv=None):
    """Runs a script; argv: its name and arguments. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m ranvier.pynn",
        description="Runs a PyNN script in which the simulator is called ranvier: pyNN.ranvier, or ranvier as an argument.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("script", nargs="?", help="the script")
    what.add_argument(
        "--register", action="store_true", help="make a module pyNN.ranvier, for python script.py ranvier"
    )
    what.add_argument("--unregister", action="store_true", help="take it away")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="the script's own")
    arguments = sys.argv[1:] if argv is None else list(argv)
    a = parser.parse_args(arguments)
    try:
        if a.register:
            print(f"python script.py ranvier now finds {register()}")
            return 0
        if a.unregister:
            print(f"{unregister()} is gone")
            return 0
    except OSError as e:
        print(f"python -m ranvier.pynn: {e}", file=sys.stderr)
        return 2
    if not os.path.exists(a.script):
        print(f"python -m ranvier.pynn: there is no file {a.script}", file=sys.stderr)
        return 2
    import ranvier.pynn  # noqa: F401

    sys.argv = [a.script, *a.arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(a.script))
    runpy.run_path(a.script, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
