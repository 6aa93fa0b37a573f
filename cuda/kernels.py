#!/usr/bin/env python3
"""Table of all kernels in compiled CUDA objects: registers, stack, shared memory, local loads and stores (spills, or
arrays that are indexed at run time). Checks that no multiplication and addition have become one:

- in PTX, every addition and multiplication of floating-point numbers has a rounding of its own, which forbids the
  assembler to contract them;
- kernels whose PTX has no fma, division, square root or reciprocal, which are made of fused operations, have none in
  machine code either.

Usage: kernels.py ARCHITECTURE OBJECT...   (sm_90, for example). Exit status 1: contraction, or nothing found.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

CUDA = os.path.dirname(shutil.which("cuobjdump") or "/usr/local/cuda/bin/cuobjdump")
ROUNDED = re.compile(r"\b(add|sub|mul)\.(rn|rz|rm|rp)\.(f32|f64)")
UNROUNDED = re.compile(r"\b(add|sub|mul|mad)\.(ftz\.)?(f32|f64)\b")
FUSED_SOURCE = re.compile(r"\b(fma|div|sqrt|rcp|rsqrt)\.[a-z.]*f(32|64)|cvt\.[a-z.]*f64\.[su]64|call")


def tool(*command):
    return subprocess.run([os.path.join(CUDA, command[0]), *command[1:]], check=True, capture_output=True, text=True).stdout


def by_kernel(text, head):
    parts = {}
    name = None
    for line in text.splitlines():
        found = head.search(line)
        if found:
            name = found[1]
            parts[name] = []
        elif name:
            parts[name].append(line)
    return parts


def short(names):
    shown = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True).stdout.splitlines()
    for name, text in zip(names, shown):
        text = text.replace("ranvier::", "").replace("void run_kernel<", "")
        depth = 0
        for i, c in enumerate(text):
            depth += c == "<"
            depth -= c == ">"
            if depth == 0 and c == ",":
                text = text[:i]
                break
        yield name, text


def main():
    architecture, objects = sys.argv[1], sys.argv[2:]
    rows, contracted = {}, []

    def dumps(o):
        return (tool("cuobjdump", "-arch", architecture, "-res-usage", o),
                tool("cuobjdump", "-arch", architecture, "-sass", o), tool("cuobjdump", "-ptx", o))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        of_objects = pool.map(dumps, objects)
    for text, sass, ptx in of_objects:
        resources = {}
        for name, usage in re.findall(r"Function (\S+):\s*\n\s*(REG.*)", text):
            resources[name] = dict(re.findall(r"(\w+)(?:\[\d+\])?:(\d+)", usage))
        sass = by_kernel(sass, re.compile(r"Function : (\S+)"))
        ptx = by_kernel(ptx, re.compile(r"\.entry (\w+)\("))
        for name, lines in ptx.items():
            if any(UNROUNDED.search(x) for x in lines):
                contracted.append((name, "PTX leaves rounding to the assembler"))
        for name, lines in sass.items():
            operations = collections.Counter(re.findall(r"^\s*/\*[0-9a-f]+\*/\s+(?:@!?U?P\w+\s+)?([A-Z0-9]+)", "\n".join(lines), re.M))
            fused = operations["DFMA"] + operations["FFMA"]
            if fused and name in ptx and not any(FUSED_SOURCE.search(x) for x in ptx[name]):
                contracted.append((name, f"{fused} fused operations that the source does not ask for"))
            usage = resources.get(name, {})
            rows[name] = [usage.get("REG", "?"), usage.get("STACK", "?"), usage.get("SHARED", "?"),
                          str(operations["LDL"] + operations["STL"]), str(fused)]
    names = dict(short(sorted(rows)))
    print(f"{'registers':>9} {'stack':>6} {'shared':>7} {'local':>6} {'fused':>6}  kernel ({architecture})")
    for name in sorted(rows, key=lambda n: names[n]):
        r = rows[name]
        print(f"{r[0]:>9} {r[1]:>6} {r[2]:>7} {r[3]:>6} {r[4]:>6}  {names[name]}")
    for name, why in contracted:
        print(f"{names.get(name, name)}: {why}")
    print(f"{len(rows)} kernels, {len(contracted)} with contraction")
    return 1 if contracted or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
