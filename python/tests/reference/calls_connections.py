"""Calls that set delays, parameters and state of connections that are there."""

MODELS = {
    "static_synapse": {},
    "bernoulli_synapse": {"p_transmit": (0.25, 1.5, -1.0)},
    "tsodyks_synapse": {
        "U": (0.25, 1.5),
        "tau_rec": (100.0, -1.0),
        "tau_fac": (50.0,),
        "x": (0.5,),
        "u": (0.3,),
    },
    "tsodyks2_synapse": {"U": (0.25, -1.0), "tau_rec": (100.0, 0.0), "u": (0.3,)},
    "quantal_stp_synapse": {"U": (0.25,), "tau_fac": (5.0,), "n": (3,)},
}


def replaced():
    """Of connections between neurons; what they send before and after."""
    for model, names in MODELS.items():
        made = (
            "a = nest.Create('iaf_psc_exp', 2); b = nest.Create('iaf_psc_exp_multisynapse', 2, {'tau_syn': [1., 2.]}); "
            f"nest.Connect(a, a, syn_spec={{'synapse_model': '{model}', 'weight': 5., 'delay': 3.}}); "
            f"nest.Connect(a, b, syn_spec={{'synapse_model': '{model}', 'weight': [[1., 2.], [3., 4.]], 'receptor_type': 2}}); "
            "c = nest.GetConnections(a, b)"
        )
        for delay in "2. 3 0.04 0.85 0.8499 0. -1. 'x' [2.,3.,4.,5.] [2.,3.,0.,5.] [1.] float('nan')".split():
            yield made, f"(c.set(delay={delay}), c.get(['source','target','delay','weight','receptor']), nest.min_delay, nest.max_delay)[1:]"
            yield made, f"(setattr(c, 'delay', {delay}), nest.GetConnections(a[:1]).get('delay'))[1]"
        yield made, "(c.set([{'delay': 2.}, {'delay': 3.}, {'delay': 4.}, {'delay': 5.}]), c.get('delay'))[1]"
        yield made, "(c[1:3].set(delay=7.), c.get('delay'), nest.num_connections)[1:]"
        yield made, "(c.set(delay=7., weight=2.), c[0].get(['delay', 'weight', 'synapse_model']))[1]"
        yield made, "nest.GetConnections().get('receptor')"
        # Those between the shortest and the longest: not for short-term plasticity, see docs/compatibility.md.
        remembers = model not in ("static_synapse", "bernoulli_synapse")
        for after in ("0.5", "3.5", "1.", *(() if remembers else ("2.5", "3."))):
            yield made, f"(nest.Simulate(5.), c.set(delay={after}), c.get('delay'))[1:]"
        for name, values in names.items():
            for value in values:
                yield made, f"(c.set({name}={value}), np.round(c.get('{name}'), 9).tolist())[1]"
        for change in ("delay=[1., 2., 3., 4.]", *(f"{name}={v[0]}" for name, v in names.items())):
            if model in ("bernoulli_synapse", "quantal_stp_synapse"):
                continue  # they draw
            run = (
                f"c.set({change}); a.I_e = 600.; m = nest.Create('multimeter', {{'record_from': ['V_m']}}); "
                "nest.Connect(m, b); c.weight = 300.; nest.Simulate(60.)"
            )
            yield f"{made}; {run}", "np.round(m.events['V_m'], 6)"
