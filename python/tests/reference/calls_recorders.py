"""Pulse packets, correlation detectors, weight recorders and the back end screen: settings, errors, results."""

_PACKETS = (
    "{'pulse_times': [3., 1., 2.04], 'activity': 3}",
    "{'pulse_times': [1., 1.]}",
    "{'pulse_times': []}",
    "{'pulse_times': 1.}",
    "{'pulse_times': 'x'}",
    "{'activity': -1}",
    "{'activity': 1.5}",
    "{'activity': 7}",
    "{'sdev': -1.}",
    "{'sdev': 2.5}",
    "{'sdev': 2}",
    "{'start': 1., 'stop': 3., 'origin': 2.}",
    "{'start': 1.05}",
    "{'foo': 1}",
)
# Without tau_max = 0, after which the reference aborts sooner or later.
_DETECTORS = (
    "{}",
    "{'delta_tau': 0.2}",
    "{'delta_tau': 0.3, 'tau_max': 0.9}",
    "{'delta_tau': 0.3}",
    "{'tau_max': 1.3}",
    "{'tau_max': -5.}",
    "{'delta_tau': 0.15}",
    "{'delta_tau': 0.}",
    "{'delta_tau': -0.5}",
    "{'Tstart': 5.05}",
    "{'Tstart': 2., 'Tstop': 30.}",
    "{'n_events': [0, 0]}",
    "{'n_events': [1, 0]}",
    "{'histogram': [1.]}",
    "{'start': 1., 'stop': 5.}",
    "{'label': 'a', 'x': 1}",
    "{'foo': 1}",
)
# Not the others: the reference makes no node of some.
_RUN = (
    "{}",
    "{'delta_tau': 0.2}",
    "{'delta_tau': 0.3, 'tau_max': 0.9}",
    "{'Tstart': 5.05}",
    "{'Tstart': 2., 'Tstop': 30.}",
    "{'start': 1., 'stop': 5.}",
)
_DETECTOR = "d = nest.Create('correlation_detector', {values}); " + "; ".join(
    f"nest.Connect(nest.Create('spike_generator', {{{{'spike_times': {times}}}}}), d, syn_spec={{{{'receptor_type': {receptor}, "
    f"'weight': {weight}, 'delay': {{delay}}}}}})"
    for times, receptor, weight in (
        ("[1., 2.5, 2.5, 7.]", 0, 1.0),
        ("[1.2, 3., 6.5, 14.9]", 1, 2.0),
        ("[0.5, 7.2]", 1, -1.5),
    )
)
_RELAYS = (
    "p = nest.Create('parrot_neuron', 2); q = nest.Create('parrot_neuron', 2); w = nest.Create('weight_recorder', {values}); "
    "nest.Connect(nest.Create('spike_generator', {{'spike_times': [1., 2., 2., 5., 11., 19.5]}}), p); "
    "nest.Connect(nest.Create('spike_generator', {{'spike_times': [3., 9., 12.]}}), q); "
    "nest.CopyModel('{model}', 'recorded', {{'weight_recorder': w}}); "
    "nest.Connect(p, q, syn_spec={{'synapse_model': 'recorded', 'receptor_type': 1{more}}})"
)
_ROWS = "sorted(zip(*[e[k].tolist() for k in ('times', 'senders', 'targets', 'receptors', 'ports', 'weights')]))"


def recorders():
    for values in _PACKETS:
        names = "['pulse_times', 'activity', 'sdev', 'start', 'stop', 'origin']"
        yield "", f"nest.Create('pulsepacket_generator', {values}).get({names})"
        yield "g = nest.Create('pulsepacket_generator')", f"(g.set({values}), g.get({names}))[1]"
        yield (
            f"g = nest.Create('pulsepacket_generator', {values}); r = nest.Create('spike_recorder'); p = nest.Create('parrot_neuron'); "
            "nest.Connect(g, r, syn_spec={'delay': 0.1}); nest.Connect(g, p, syn_spec={'delay': 0.1}); "
            "nest.Connect(p, r, syn_spec={'delay': 0.1})",
            "(nest.Simulate(8.), g.sdev == 0. and sorted(r.events['times'].tolist()))[1]",
        )
    yield "", "nest.GetDefaults('pulsepacket_generator', ['activity', 'sdev', 'pulse_times', 'start', 'stop', 'element_type'])"
    for values in _DETECTORS:
        names = "['delta_tau', 'tau_max', 'Tstart', 'Tstop', 'n_events', 'start', 'stop', 'origin']"
        yield "", f"nest.Create('correlation_detector', {values}).get({names})"
        yield "d = nest.Create('correlation_detector')", f"(d.set({values}), d.get({names}))[1]"
        for delay in (0.1, 1.5) if values in _RUN else ():
            yield (
                _DETECTOR.format(values=values, delay=delay),
                "(nest.Simulate(20.), d.get(['histogram', 'count_histogram', 'n_events']))[1]",
            )
    for setting in ("{'delta_tau': 0.1, 'tau_max': 1.}", "{'Tstart': 2.}", "{'n_events': [0, 0]}", "{'stop': 9.}"):
        yield (
            _DETECTOR.format(values="{}", delay=0.1) + f"; nest.Simulate(6.); d.set({setting}); nest.Simulate(6.)",
            "d.get(['histogram', 'count_histogram', 'n_events'])",
        )
    for name in ("label", "record_to", "events", "time_in_steps", "element_type", "model", "frozen", "foo"):
        yield "d = nest.Create('correlation_detector')", f"d.get('{name}')"
    for pre, post, spec in (
        ("n", "d", "{'receptor_type': 1}"),
        ("n", "d", "{'receptor_type': 2}"),
        ("n", "d", "{'synapse_model': 'stdp_synapse'}"),
        ("d", "n", "{}"),
        ("c", "d", "{}"),
        ("m", "d", "{}"),
        ("n", "w", "{}"),
        ("w", "n", "{}"),
        ("n", "n", "{'synapse_model': 'stdp_synapse', 'weight_recorder': w}"),
        ("g", "n", "{}"),
        ("g", "d", "{}"),
    ):
        yield (
            "n = nest.Create('iaf_psc_alpha', 2); d, c, m, w, g = [nest.Create(x) for x in "
            "('correlation_detector', 'dc_generator', 'multimeter', 'weight_recorder', 'pulsepacket_generator')]",
            f"(nest.Connect({pre}, {post}, syn_spec={spec}), nest.num_connections)[1]",
        )
    yield from _weights()
    for model in ("spike_recorder", "multimeter", "weight_recorder"):
        yield f"r = nest.Create('{model}', {{'record_to': 'screen'}})", "r.record_to"
        yield f"r = nest.Create('{model}')", "(r.set(record_to='screen'), r.record_to)[1]"
    yield "", "sorted(b for b in nest.recording_backends if b in ('ascii', 'memory', 'screen'))"


def _weights():
    for value in ("w", "n", "n[0]", "1", "[1]", "2.5", "'w'"):
        for call in ("SetDefaults('stdp_synapse',", "CopyModel('stdp_synapse', 'mine',"):
            name = "stdp_synapse" if "Set" in call else "mine"
            yield (
                "w = nest.Create('weight_recorder'); n = nest.Create('iaf_psc_alpha', 2)",
                f"(nest.{call} {{'weight_recorder': {value}}}), nest.GetDefaults('{name}', 'weight_recorder'))[1]",
            )
    yield "", "nest.GetDefaults('stdp_synapse', 'weight_recorder')"
    for name in ("senders", "targets"):
        for value in ("n", "n[0]", "[1, 2]", "[99]", "[1.5]", "'n'"):
            yield (
                "n = nest.Create('iaf_psc_alpha', 2); w = nest.Create('weight_recorder')",
                f"(w.set({{'{name}': {value}}}), w.get('{name}').tolist())[1]",
            )
    for name in ("events", "n_events", "record_to", "label", "senders", "targets", "start", "stop", "time_in_steps", "foo"):
        yield "w = nest.Create('weight_recorder')", f"w.get('{name}')"
    for model, more in (
        ("static_synapse", ""),
        ("static_synapse", ", 'weight': 2.5, 'delay': 0.1"),
        ("static_synapse", ", 'weight': np.array([[1., 2.], [3., 4.]])"),
        ("stdp_synapse", ", 'weight': 20."),
        ("stdp_synapse", ", 'weight': 20., 'delay': 0.4"),
        ("stdp_pl_synapse_hom", ", 'weight': 20."),
        ("stdp_triplet_synapse", ", 'weight': 2."),
        ("vogels_sprekeler_synapse", ""),
        ("tsodyks_synapse", ", 'weight': 3."),
        ("tsodyks2_synapse", ", 'weight': 3."),
    ):
        for values in ("{}", "{'start': 4., 'stop': 12.}", "{'time_in_steps': True}"):
            setup = _RELAYS.format(model=model, more=more, values=values)
            yield f"{setup}; nest.Simulate(20.); e = w.events", _ROWS
            yield f"{setup}; nest.Simulate(7.); nest.Simulate(13.); e = w.events", _ROWS
        yield f"{setup}; nest.Simulate(6.); w.n_events = 0; nest.Simulate(14.); e = w.events", _ROWS
        yield f"{setup}; w.set(senders=p[1], targets=q[0]); nest.Simulate(20.); e = w.events", _ROWS
        yield f"{setup}; nest.Simulate(20.)", "(w.n_events, sorted(w.events), w.events['ports'].dtype.kind)"
