"""python -m ranvier.pynn script.py [arguments]: runs a script that chooses its simulator by the name ranvier."""

import os
import runpy
import sys


def main(argv=None):
    """Runs a script; argv: its name and arguments. Returns the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    usage = (
        "usage: python -m ranvier.pynn script.py [arguments]\n\n"
        "Runs a PyNN script in which the simulator is called ranvier: pyNN.ranvier, or ranvier as an argument."
    )
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage)
        return 0 if arguments else 2
    script = arguments[0]
    if not os.path.exists(script):
        print(f"python -m ranvier.pynn: there is no file {script}", file=sys.stderr)
        return 2
    import ranvier.pynn  # noqa: F401

    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
