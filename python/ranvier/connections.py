"""Connections of a network as arrays."""

import numpy as np

from .errors import Unusable

__all__ = ["Connections"]


class Connections:
    """Connections that have been made, as arrays in order of source, then target.

    Attributes
    ----------
    source, target : int32 ndarray of shape (n,)
        Ids.
    delay : float64 ndarray of shape (n,)
        ms, as they were listed.
    weight : float64 ndarray of shape (n,)
        As they are now; assigning a number or an array of n values sets them.

    Made by :meth:`Network.connections`. Valid until the network gets more connections (:class:`Unusable` after that).
    """

    def __init__(self, network, table, version):
        self._network = network
        self._table = table
        self._version = version

    def _handles(self):
        if self._version != self._network._version:
            raise Unusable("connections: the network has got more since; list them again")
        return self._table["handle"]

    source = property(lambda self: self._table["source"])
    target = property(lambda self: self._table["target"])
    delay = property(lambda self: self._table["delay"])

    @property
    def model(self):
        """Names of the synapse models: an array of n texts."""
        indices = self._table["model"]
        used, inverse = np.unique(indices, return_inverse=True)
        names = np.array([self._network._core.synapse_name(int(i)) for i in used] or [""], dtype=object)
        return names[inverse]

    @property
    def weight(self):
        return self.get("weight")

    @weight.setter
    def weight(self, values):
        self.set("weight", values)

    def get(self, name):
        """Values of "weight", "delay", or a parameter or state variable that all their models have.

        Returns
        -------
        float64 ndarray of shape (n,)

        Raises
        ------
        UnknownParameter, Unusable
        """
        return self._network._core.connection_values(self._handles(), name)

    def set(self, name, values):
        """Sets weights, delays, parameters or state, all or none.

        Spikes that have been sent arrive as they were sent. Delays of 1024 steps or more stay what they are after a run, and
        do not become shorter ones.

        Parameters
        ----------
        name : str
        values : float or array of shape (n,)

        Raises
        ------
        UnknownParameter, OutOfRange, WrongType, WrongSize, BadDelay, IllegalConnection, Unusable
        """
        handles = self._handles()
        if np.ndim(values) == 0:
            values = np.full(len(handles), values)
        self._network._core.set_connection_values(handles, {name: values})

    def matrix(self, sources=None, targets=None):
        """Summed weights as a matrix.

        Parameters
        ----------
        sources, targets : Population, optional
            Columns and rows; default: those that occur.

        Returns
        -------
        float64 ndarray of shape (targets, sources)
            NaN where there is no connection.
        """
        columns = np.unique(self.source) if sources is None else sources.ids
        rows = np.unique(self.target) if targets is None else targets.ids
        keep = np.isin(self.source, columns) & np.isin(self.target, rows)
        at = np.searchsorted(rows, self.target[keep]), np.searchsorted(columns, self.source[keep])
        sums = np.zeros((len(rows), len(columns)))
        np.add.at(sums, at, self.weight[keep])
        made = np.zeros_like(sums, dtype=bool)
        made[at] = True
        return np.where(made, sums, np.nan)

    def to_pandas(self):
        """A pandas.DataFrame with columns source, target, weight, delay, model."""
        import pandas

        columns = {name: getattr(self, name) for name in ("source", "target", "weight", "delay", "model")}
        return pandas.DataFrame(columns)

    def __len__(self):
        return len(self._table["source"])

    def __repr__(self):
        return f"Connections({len(self)})"
