"""Progress bars."""

import contextlib
import sys


@contextlib.contextmanager
def bar():
    """A callback f(task, done, total) that draws a bar: tqdm's, or a line of text if that is not installed."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield _text
        print(file=sys.stderr)
        return
    bars = {}

    def update(task, done, total):
        if task not in bars:
            bars[task] = tqdm(
                desc=task, total=total, unit="step" if task == "simulate" else "conn", unit_scale=True
            )
        bars[task].total = total
        bars[task].update(done - bars[task].n)

    try:
        yield update
    finally:
        for each in bars.values():
            each.close()


def _text(task, done, total):
    print(f"\r{task}: {100 * done // max(total, 1):3} %", end="", file=sys.stderr, flush=True)
