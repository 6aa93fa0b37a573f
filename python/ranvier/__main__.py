"""python -m ranvier info | models [NAME]"""

import argparse
import os
import sys


def info(_):
    """Version, backends, models."""
    import numpy

    import ranvier
    from ranvier import _core

    why = _core.why_no_cuda()
    net = ranvier.Network()
    print(f"ranvier {ranvier.__version__}, Python {sys.version.split()[0]}, NumPy {numpy.__version__}")
    print(f"CPU: {os.cpu_count()} processors")
    print("GPU: " + (f"not used: {why}" if why else ranvier.Network(backend="cuda").device_name))
    print(f"a network uses: {net.backend} ({net.device_name}), {net.threads} threads")
    for kind in ("neuron", "generator", "recorder", "synapse"):
        print(f"{len(ranvier.models(kind))} {kind} models")


def models(arguments):
    """Lists models, or describes one."""
    import ranvier

    if arguments.name:
        print(ranvier.describe(arguments.name))
        return
    for kind in ("neuron", "generator", "recorder", "synapse"):
        print(kind + "s")
        for name in ranvier.models(kind):
            print(f"    {name:32} {ranvier.model(name)['summary']}")


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m ranvier")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("info", help=info.__doc__).set_defaults(run=info)
    listing = commands.add_parser("models", help=models.__doc__)
    listing.add_argument("name", nargs="?", metavar="NAME")
    listing.set_defaults(run=models)
    arguments = parser.parse_args(argv)
    from ranvier import Error

    try:
        arguments.run(arguments)
    except Error as e:
        sys.exit(str(e))
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
