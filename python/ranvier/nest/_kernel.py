"""The one kernel of the module: settings, the network, and what the library does not keep itself."""

import bisect
import functools
import os

from .. import _core
from ..models import _table as _declared
from ._errors import error, not_supported, reference_errors

VERSION = "3.10.0"  # of the interface; in files as well
BIG = 1.7976931348623157e308  # what the reference shows for infinite times

# Settings that change nothing: stored, shown, never used. None stands for "any int or float".
INTERNAL = {
    "adaptive_target_buffers": True,
    "buffer_size_spike_data": 2,
    "buffer_size_target_data": 2,
    "eprop_learning_window": 1000.0,
    "eprop_reset_neurons_on_update": True,
    "eprop_update_interval": 1000.0,
    "growth_factor_buffer_spike_data": 1.5,
    "growth_factor_buffer_target_data": 1.5,
    "keep_source_table": True,
    "max_buffer_size_target_data": 16777216,
    "spike_buffer_grow_extra": 0.5,
    "spike_buffer_shrink_limit": 0.2,
    "spike_buffer_shrink_spare": 0.1,
    "structural_plasticity_synapses": {},
    "structural_plasticity_update_interval": 10000.0,
    "update_time_limit": float("inf"),
    "use_compressed_spikes": True,
    "use_wfr": True,
    "wfr_comm_interval": 1.0,
    "wfr_interpolation_order": 3,
    "wfr_max_iterations": 10000,
    "wfr_tol": 0.0001,
}


class Kernel:
    """State behind the module; `reset` gives a fresh one in microseconds, the network is made when it is needed."""

    data_path = ""
    data_prefix = ""
    generation = 0

    def __init__(self):
        self.reset()

    def reset(self):
        """What ResetKernel does."""
        self.generation += 1
        self._core = None
        self.resolution = 0.1
        self.tics_per_ms = 1000.0
        self.rng_seed = 143202461
        self.threads = 1
        self.overwrite_files = False
        self.print_time = False
        self.dict_miss_is_error = True
        self.internal = dict(INTERNAL)
        self.fixed_delays = None
        self.prepared = False
        self.failed = False
        self.simulated = False
        self.changed = False  # models
        self.copies = {}  # name: model it is a copy of
        self.firsts, self.counts, self.models = [], [], []  # of blocks of nodes
        self.device_edges = []
        self.connects = 0
        self.weight_changes = self.delay_changes = 0  # by connections that have been set
        self.hidden = {}  # samples of meters that have been cleared, which the reference will show later
        self.draws = 0
        self.step_at_run = 0
        self.seconds = {"create": 0.0, "connect": 0.0, "simulate": 0.0}
        self.spikes_before_run = 0
        self.run_events = 0
        self._names = None

    # The network

    @property
    def core(self):
        if self._core is None:
            with reference_errors():
                self._core = _core.Network(
                    self.resolution,
                    self.rng_seed,
                    int(os.environ.get("RANVIER_THREADS", "0")),
                    "auto",
                    0,
                    False,
                    0,
                    0,
                )
            self.write_output()
        return self._core

    @property
    def exists(self):
        return self._core is not None

    def renew(self):
        """After a change of settings that a network has from its beginning."""
        self._core = None

    def write_output(self):
        if self._core is not None:
            with reference_errors(OutOfRange="BadProperty", FileError="BadProperty"):
                self._core.set_output(self.data_path, self.data_prefix, self.overwrite_files, VERSION)

    @property
    def locked(self):
        """Why the resolution cannot change any more, or None."""
        if self.firsts:
            return "nodes have been created"
        if self.simulated:
            return "the network has been simulated"
        if self.changed:
            return "models have been changed or copied"
        return None

    def check_usable(self):
        if self.failed:
            raise error(
                "KernelException", "An earlier simulation failed; the kernel must be reset with ResetKernel()"
            )

    # Nodes

    @property
    def size(self):
        return self.firsts[-1] + self.counts[-1] - 1 if self.firsts else 0

    def add_block(self, first, n, model):
        if self.models and self.models[-1] == model and self.firsts[-1] + self.counts[-1] == first:
            self.counts[-1] += n
        else:
            self.firsts.append(first)
            self.counts.append(n)
            self.models.append(model)

    def block(self, node):
        return bisect.bisect_right(self.firsts, node) - 1

    def model_of(self, node):
        return self.models[self.block(node)]

    # Models

    def base(self, model):
        """The declared model behind a name."""
        while model in self.copies:
            model = self.copies[model]
        return model

    def info(self, model):
        """Its declaration."""
        return _info(self.base(model))

    def has_model(self, name):
        return isinstance(name, str) and (name in self.copies or name in _declared())

    def names(self):
        """Names of all models, in the order of their ids."""
        return [*_declared(), *self.copies]

    def model_id(self, name):
        if self._names is None or len(self._names) != len(self.copies) + len(_declared()):
            self._names = {m: i for i, m in enumerate(self.names())}
        return self._names[name]

    def kind(self, node):
        return self.info(self.model_of(node))["kind"]

    def synapse_names(self):
        return [m for m in self.names() if self.info(m)["kind"] == "synapse"]

    def node_names(self):
        return [m for m in self.names() if self.info(m)["kind"] != "synapse"]

    # Time

    @property
    def steps(self):
        return self._core.steps() if self._core is not None else 0

    @property
    def time(self):
        return self._core.time() if self._core is not None else 0.0

    @property
    def delays(self):
        """(min_delay, max_delay) in ms, as the reference counts them."""
        if self.fixed_delays:
            return self.fixed_delays
        if self._core is None or not self.connects:
            return self.resolution, self.resolution
        return self._core.delays()

    @property
    def visible_steps(self):
        """Stamps up to which the reference would have fetched samples: the beginning of its last slice."""
        slice_steps = max(1, round(self.delays[0] / self.resolution))
        return (self.step_at_run - 1) // slice_steps * slice_steps if self.step_at_run else 0

    def next_draw(self):
        self.draws += 1
        return self.rng_seed, self.draws


@functools.lru_cache(maxsize=None)
def _info(base):
    m = _declared()[base]
    reals, integers, flags, lists = set(), set(), set(), set()
    for key in ("params", "state", "archive", "window", "common"):
        for f in m.get(key, ()):
            {"float": reals, "int": integers, "bool": flags}.get(f["type"], lists).add(f["name"])
    for e in m.get("lists", ()):
        lists.update(f["name"] for f in e["params"] + e["state"])
        if e["count"]:
            integers.add(e["count"])
    own = [f for f in m["params"] if not (m["kind"] == "synapse" and f["name"] in ("weight", "delay"))]
    return {**m, "own": own, "reals": reals, "integers": integers, "flags": flags, "list_names": lists}


kernel = Kernel()

__all__ = ["kernel", "Kernel", "BIG", "INTERNAL", "error", "not_supported", "reference_errors"]
