"""Arrays of node ids."""

import numpy as np

from ._errors import error
from ._kernel import kernel


def compact(ids):
    """(first, n, ids or None if they are contiguous)."""
    n = len(ids)
    if n == 0:
        return 1, 0, None
    if int(ids[-1]) - int(ids[0]) == n - 1:
        return int(ids[0]), n, None
    return int(ids[0]), n, ids


def ids_of(data):
    items = data if isinstance(data, np.ndarray) else list(data)
    array = np.asarray(items)
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu" or any(isinstance(x, bool) for x in items):
        raise TypeError("NodeCollection needs a sequence of integers")
    if array.dtype.kind == "u" and array.max() >= 2**63:
        raise OverflowError("node ids must fit into 64 bits")
    return array.astype(np.int64)


def check_ids(ids):
    if (np.diff(ids) == 0).any() or len(np.unique(ids)) != len(ids):
        raise error("BadProperty", "All node IDs in a NodeCollection have to be unique")
    if (np.diff(ids) < 0).any():
        raise error("BadProperty", "Indices must be sorted in ascending order")
    for i in (ids[0], ids[-1]) if len(ids) else ():
        if not 1 <= i <= kernel.size:
            raise error("UnknownNode", f"Node with id {i} does not exist.")
