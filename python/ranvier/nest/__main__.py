"""python -m ranvier.nest script.py [arguments]: runs a script that says ``import nest``, unmodified."""

import os
import runpy
import sys


def main(argv=None, package="ranvier.nest"):
    arguments = sys.argv[1:] if argv is None else list(argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(
            f"usage: python -m {package} script.py [arguments]\n\nRuns a script that imports nest on Ranvier."
        )
        return 0 if arguments else 2
    script = arguments[0]
    if not os.path.exists(script):
        print(f"python -m {package}: there is no file {script}", file=sys.stderr)
        return 2
    from ranvier.nest._alias import install

    install("nest", package)
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
