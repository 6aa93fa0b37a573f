"""SynapseCollection: connections as the reference's scripts handle them."""

import contextlib

import numpy as np

from .. import _core
from .. import errors as _errors
from ._disconnect import remove
from ._errors import NESTErrors, error
from ._kernel import kernel
from ._nodes import NodeCollection
from ._rows import NO_HANDLE, Rows, device_weights, moment, ports, values_now
from ._specs import check_synapse_model
from ._synapse_setting import ALWAYS, Settable


def GetConnections(source=None, target=None, synapse_model=None, synapse_label=None):
    """Connections that have been made.

    Parameters
    ----------
    source, target : NodeCollection, optional
        Only those from, or to, these nodes.
    synapse_model : str, optional
    synapse_label : int, optional

    Returns
    -------
    SynapseCollection

    Raises
    ------
    TypeError, NESTErrors.UnknownSynapseType
    """
    for name, nodes in (("source", source), ("target", target)):
        if nodes is None:
            continue
        if not isinstance(nodes, NodeCollection):
            raise TypeError(f"{name} must be NodeCollection.")
        nodes._check()
        if not len(nodes):
            return SynapseCollection(Rows.empty())
    if synapse_model is not None:
        check_synapse_model(synapse_model)
    if synapse_label is not None and (
        isinstance(synapse_label, bool) or not isinstance(synapse_label, (int, np.integer))
    ):
        raise error("TypeMismatch", "synapse_label must be an integer")
    if not kernel.exists or not kernel.connects:
        return SynapseCollection(Rows.empty())
    rows = Rows.of(source, target, synapse_model)
    collection = SynapseCollection(rows)
    if synapse_label is not None:
        keep = np.array([v == synapse_label for v in collection._values("synapse_label", -1)], bool)
        collection = SynapseCollection(rows.take(np.flatnonzero(keep)))
    return collection


def _list(values):
    """The same as values.tolist(), in less time and memory."""
    return _core.as_list(np.ascontiguousarray(values)) if values.dtype in _LISTED else values.tolist()


_LISTED = (np.dtype(np.int32), np.dtype(float))


class SynapseCollection(Settable):
    """Connections. Made by GetConnections; parameters are attributes.

    ``len``, iteration, indexing with an int or a slice, and ``==`` are as one expects.
    """

    def __init__(self, rows):
        self.__dict__["_rows"] = rows
        self.__dict__["print_full"] = False

    # A sequence

    def __len__(self):
        return len(self._rows)

    def __bool__(self):
        return len(self) > 0

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key):
        if isinstance(key, slice):
            return SynapseCollection(self._rows.take(key))
        if isinstance(key, (int, np.integer)) and not isinstance(key, (bool, np.bool_)):
            if not -len(self) <= key < len(self):
                raise IndexError("list index out of range")
            at = int(key) % len(self)
            return SynapseCollection(self._rows.take(slice(at, at + 1)))
        raise TypeError(f"list indices must be integers or slices, not {type(key).__name__}")

    def __eq__(self, other):
        if not isinstance(other, SynapseCollection):
            raise NotImplementedError(f"Cannot compare SynapseCollection to {type(other).__name__}")
        a, b = self._rows.columns, other._rows.columns
        return all(np.array_equal(a[n], b[n]) for n in ("source", "target", "model", "handle"))

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    @property
    def _alive(self):
        return len(self) > 0 and self._rows.generation == kernel.generation

    # Reading

    def sources(self):
        """Iterator over the ids of sources."""
        return iter(self._rows.columns["source"].tolist())

    def targets(self):
        """Iterator over the ids of targets."""
        return iter(self._rows.columns["target"].tolist())

    def get(self, keys=None, output=""):
        """Parameters of the connections.

        Parameters
        ----------
        keys : str or list of str, optional
            Default: all.
        output : {"", "pandas", "json"}

        Returns
        -------
        A value (one connection), a list of values, or a dict of them.

        Raises
        ------
        KeyError
        """
        if output not in ("", "pandas", "json"):
            raise ValueError('output must be "", "pandas" or "json"')
        if keys is not None and not isinstance(keys, str):
            if not isinstance(keys, (list, tuple)) or not all(isinstance(k, str) for k in keys):
                raise TypeError("keys must be either a string or an iterable of strings")
        if not self._alive:
            return {} if keys is None else ()
        if isinstance(keys, str) and output != "pandas":
            result = self._get(keys)
        else:
            names = [keys] if isinstance(keys, str) else keys
            result = self._everything() if keys is None else {k: self._get(k) for k in names}
        if output == "pandas":
            import pandas

            columns = {k: [v] if len(self) == 1 else v for k, v in result.items()}
            return pandas.DataFrame(columns, index=list(self.sources()))
        if output == "json":
            from ._info import to_json

            return to_json(result)
        return result

    def _get(self, name):
        values = self._values(name)
        return values[0] if len(values) == 1 else values

    def _models(self):
        return [self._rows.models[i] for i in self._rows.models_used()]

    def _everything(self):
        """Values by name, of all names that all the connections have."""
        common = None
        for model in self._models():
            info = kernel.info(model)
            names = [f["name"] for f in info["common"] + info["own"] + info["state"]]
            names += ["synapse_label"] if info["labels"] else []
            common = names if common is None else [n for n in common if n in names]
        values = {}
        for n in sorted({*ALWAYS, *common}):
            with contextlib.suppress(KeyError, _errors.Error):
                values[n] = self._get(n)
        return values

    def _values(self, name, otherwise=None):
        """A list with one value for each connection."""
        c = self._rows.columns
        if name in ("source", "target"):
            return _list(c[name])
        if name == "delay":
            return _list(self._rows.delays())
        if name == "weight":
            return _list(self._weights())
        if name == "synapse_model":
            return [self._rows.models[i] for i in c["model"]]
        if name in ("synapse_id", "synapse_modelid"):
            ids = [kernel.model_id(m) for m in self._rows.models]
            return [ids[i] for i in c["model"]]
        if name == "target_thread":
            return (c["target"] % kernel.threads).tolist()
        if name == "sizeof":
            return [32] * len(self)
        if name == "port":
            return ports(self._rows).tolist()
        if name in ("receptor", "receptor_type"):
            return self._receptors().tolist()
        return self._parameters(name, otherwise)

    def _receptors(self):
        c = self._rows.columns
        receptors = np.maximum(c["receptor"], 0)
        real = c["handle"] != NO_HANDLE
        if real.any():
            receptors[real] = values_now(c["handle"][real], "receptor")
        return receptors

    def _parameters(self, name, otherwise):
        c = self._rows.columns
        out = np.empty(len(self), object)
        for number in self._rows.models_used():
            model = self._rows.models[number]
            info = kernel.info(model)
            at = np.flatnonzero(c["model"] == number)
            real = at[c["handle"][at] != NO_HANDLE]
            if name == "synapse_label" and info["labels"] or name in {f["name"] for f in info["state"]}:
                out[at] = kernel.core.defaults(model)[name]
                values = values_now(c["handle"][real], name)
                out[real] = (
                    values.astype(np.int64) if name == "synapse_label" or name in info["integers"] else values
                ).tolist()
            elif name in {f["name"] for f in info["common"]}:
                out[at] = kernel.core.defaults(model)[name]
            elif name in {f["name"] for f in info["own"]}:
                out[at] = self._connection_parameter(model, info, name, c["handle"][real], len(at))
            elif otherwise is not None:
                out[at] = otherwise
            else:
                raise KeyError(name)
        return out.tolist()

    def _connection_parameter(self, model, info, name, handles, n):
        if len(handles) != n:
            return [kernel.core.defaults(model)[name]] * n
        values = values_now(handles, name)
        return (values.astype(np.int64) if name in info["integers"] else values).tolist()

    def _weights(self):
        c = self._rows.columns
        if self._rows.weight_at == moment():
            return c["weight"]
        weights = np.array(c["weight"], float)
        real = c["handle"] != NO_HANDLE
        if not real.all():
            weights[~real] = device_weights(c["edge"][~real])
        if real.any():
            sources = c["source"][real]
            weights[real] = values_now(
                c["handle"][real], "weight", int(sources.min()), int(sources.max())
            )
        return weights

    def __getattr__(self, name):
        if name.startswith("_") or name in ("shape", "dtype", "ndim"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name, value):
        if name == "print_full":
            self.__dict__[name] = bool(value)
        elif name.startswith("_"):
            raise AttributeError(f"{name} cannot be set")
        else:
            self.set({name: value})

    def disconnect(self):
        """Takes the connections away; see Disconnect."""
        if self._alive:
            remove(self._rows)

    # Text

    def __str__(self):
        if not self._alive:
            return "The synapse collection does not contain any connections."
        try:
            return self._text()
        except NESTErrors.InexistentConnection:
            return f"{len(self)} connections, some of which have been disconnected."

    def _text(self):
        from ._info import table

        rows = list(range(len(self)))
        cut = len(rows) >= 35 and not self.print_full
        shown = rows[:15] + rows[-15:] if cut else rows
        part = SynapseCollection(self._rows.take(np.array(shown))) if cut else self
        names = ("source", "target", "synapse_model", "weight", "delay")
        return table(names, list(zip(*(part._values(n) for n in names))), 15 if cut else None)

    __repr__ = __str__
