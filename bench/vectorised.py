#!/usr/bin/env python3
"""Which update loops the compiler has vectorised: for every neuron model, floating-point instructions of the kernel of
updates that take several neurons at a time, and those that take one (as the last neurons of a loop).

    bench/vectorised.py build/release/libranvier.a
"""

import collections
import re
import subprocess
import sys

import measuring

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
KERNEL = re.compile(r"\b(?:march_any|march_neurons|march_in_parts|march_with_elements|advance|advance_kernel)<ranvier::(\w+)[,>]")
PACKED = re.compile(r"\tv(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d+)pd\s.*%[yz]mm")
SINGLE = re.compile(r"\tv(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d+)sd\s")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    dump = subprocess.Popen(["objdump", "-d", "-C", "--no-show-raw-insn", sys.argv[1]], stdout=subprocess.PIPE, text=True)
    packed, single, model = collections.Counter(), collections.Counter(), None
    for line in dump.stdout:
        if found := FUNCTION.match(line):
            name = found[1]
            kernel = KERNEL.search(name) if "neuron_block_of" not in name else None
            model = kernel[1] if kernel else None
        elif model:
            packed[model] += bool(PACKED.search(line))
            single[model] += bool(SINGLE.search(line))
    if dump.wait():
        sys.exit(f"vectorised: error: objdump fails for {sys.argv[1]}")
    rows = [[m, str(packed[m]), str(single[m]), "yes" if 2 * packed[m] >= single[m] else "no"]
            for m in sorted(packed | single)]
    print(measuring.table(rows, ["model", "several neurons", "one neuron", "vectorised"]))


if __name__ == "__main__":
    main()
