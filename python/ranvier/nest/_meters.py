"""Multimeters on generators. What a generator emits follows from its parameters: samples are computed after each run."""

import numpy as np

from ._device_edges import DeviceEdges
from ._errors import error, not_supported
from ._kernel import RECORDABLES, kernel
from ._pairs import pairs


def connect(pre, post, rule, synapse):
    """Connects multimeters to generators of one model.

    Raises
    ------
    NESTErrors.NotImplemented, NESTErrors.IllegalConnection
    """
    model = kernel.info(kernel.model_of(post._first))["name"]
    if model not in RECORDABLES:
        raise not_supported(f"a multimeter on {model}", "compute what it emits from its parameters")
    meters, generators = (np.array(ids) for ids in pairs(pre, post, rule))
    for meter in np.unique(meters).tolist():
        unknown = set(kernel.core.value(meter, "record_from")) - set(RECORDABLES[model])
        if unknown:
            raise _illegal(
                f"{model} has no recordable {', '.join(sorted(unknown))}; {RECORDABLES[model][0]} is one"
            )
        if kernel.core.value(meter, "record_to") != ["memory"]:
            raise not_supported(
                "a multimeter on generators that records to files or the screen", 'use "memory"'
            )
        mine = generators[meters == meter].tolist()
        if len(set(mine)) < len(mine) or not kernel.meters.get(meter, {}).keys().isdisjoint(mine):
            raise _illegal("Each multimeter can only be connected once to a given node.")
    edges = DeviceEdges(meters, generators, True, synapse.model, None, synapse.delay, 0)
    delays = edges.rows()[3]
    if not len(delays):
        return
    for meter, generator in zip(meters.tolist(), generators.tolist()):
        kernel.meters.setdefault(meter, {})[generator] = None
    kernel.device_edges.append(edges)
    kernel.meter_delays.append((delays.min(), delays.max()))
    kernel.connects += 1


def _illegal(why):
    return error("IllegalConnection", f"Creation of connection is not possible because: {why}")


def sample(before, after):
    """Adds the samples of a run over steps (before, after]."""
    for meter, generators in kernel.meters.items():
        parts = []
        names = list(kernel.core.value(meter, "record_from"))
        for generator, since in generators.items():
            since = generators[generator] = before if since is None else since
            steps = _stamps(meter, since, before, after)
            emitted = _emitted(kernel.info(kernel.model_of(generator))["name"], generator, steps)
            parts.append((np.full(len(steps), generator), steps, steps * kernel.resolution, emitted))
        old = kernel.hidden.get(meter)
        if old is not None:
            parts.insert(0, (*old[:3], old[3].get(names[0]) if names else old[1]))
        senders, steps, times, emitted = (np.concatenate(column) for column in zip(*parts))
        order = np.lexsort((senders, steps))
        columns = {name: emitted[order] for name in names}
        kernel.hidden[meter] = senders[order], steps[order], times[order], columns


def _stamps(meter, since, before, after):
    """Steps at which a meter takes samples; it is there since a step."""

    def steps_of(name):
        ms = kernel.core.value(meter, name)
        return np.ceil(ms / kernel.resolution - 1e-6)

    interval, offset = int(steps_of("interval")), int(steps_of("offset"))
    steps = np.arange(before + 1, after + 1)
    steps = steps[(steps >= offset) & ((steps - offset) % interval == 0)]
    if offset:
        steps = steps[steps - 1 > since]
    first, last = (steps_of("origin") + steps_of(name) for name in ("start", "stop"))
    return steps[(first < steps) & (steps <= last)]


def _emitted(model, generator, steps):
    """What a generator emits in the steps that end at these."""

    def value(name):
        return kernel.core.value(generator, name)

    h = kernel.resolution
    if model == "sinusoidal_poisson_generator":
        wave = np.sin(2e-3 * np.pi * value("frequency") * steps * h + np.deg2rad(value("phase")))
        return np.maximum(value("rate") + value("amplitude") * wave, 0.0)
    if model == "dc_generator":
        current = np.full(len(steps), value("amplitude"))
    elif model == "ac_generator":
        wave = np.sin(2e-3 * np.pi * value("frequency") * steps * h + np.deg2rad(value("phase")))
        current = value("offset") + value("amplitude") * wave
    else:
        times, values = value("amplitude_times"), np.append(0.0, value("amplitude_values"))
        current = values[np.searchsorted(np.ceil(np.asarray(times) / h - 1e-6), steps, "right")]
    first, last = ((value("origin") + value(name)) / h for name in ("start", "stop"))
    return np.where((first < steps + 0.5) & (steps + 0.5 < last), current, 0.0)
