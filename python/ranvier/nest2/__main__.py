"""python -m ranvier.nest2 script.py [arguments]: runs a script of NEST 2, unmodified."""

import sys

from ranvier.nest.__main__ import main

if __name__ == "__main__":
    sys.exit(main(package="ranvier.nest2"))
