"""Generated calls about nodes and devices."""

import itertools

NODES = "a = nest.Create('iaf_psc_alpha', 7); b = nest.Create('iaf_psc_exp', 4); g = nest.Create('poisson_generator'); r = nest.Create('spike_recorder'); m = nest.Create('multimeter', {'record_from': ['V_m']}); s = nest.Create('spike_generator', {'spike_times': [1.0, 2.0]})"

NEURONS = [
    "aeif_cond_alpha",
    "aeif_cond_alpha_multisynapse",
    "aeif_cond_beta_multisynapse",
    "aeif_cond_exp",
    "aeif_psc_alpha",
    "aeif_psc_delta",
    "aeif_psc_exp",
    "gif_cond_exp",
    "gif_psc_exp",
    "glif_psc",
    "hh_cond_exp_traub",
    "hh_psc_alpha",
    "iaf_cond_alpha",
    "iaf_cond_beta",
    "iaf_cond_exp",
    "iaf_cond_exp_sfa_rr",
    "iaf_psc_alpha",
    "iaf_psc_alpha_multisynapse",
    "iaf_psc_delta",
    "iaf_psc_exp",
    "iaf_psc_exp_multisynapse",
    "ignore_and_fire",
    "izhikevich",
    "mat2_psc_exp",
    "parrot_neuron",
    "pp_psc_delta",
]
PARAMETERS = "C_m E_L V_th V_reset V_m I_e tau_m t_ref tau_syn_ex tau_syn_in g_L Delta_T a b tau_w tau_minus V_peak E_ex E_in c d tau_syn rate phase".split()


def indexing():
    collections = [
        "a",
        "a+b",
        "a[::2]",
        "(a+b)[::3]",
        "(a+b)[1:9]",
        "a[2]",
        "nest.NodeCollection([1,3,5])",
        "nest.NodeCollection()",
    ]
    keys = "0 -1 2 100 -100 1.0 'x' None 1:3 :2 2: ::2 1::3 -3: :-1 ::-1 2:2 3:1 :100 100: -100: [0] [0,2] [2,0] [0,0] [100] [-1] [1.0] [True,False] [] (0,1) np.array([0,1]) np.array([0.5]) np.int64(1) True".split()
    for c, k in itertools.product(collections, keys):
        yield NODES, f"({c})[{k}]"
    for c in collections:
        for (
            text
        ) in "len({0}) bool({0}) {0}.tolist() list({0}) {0}==a {0}!=a {0}+b b+{0} {0}+0 0+{0} {0}+1 {0}==[1] 3 in {0} {0}.index(3) {0}.index(99) {0}.global_id {0}.model {0}.spatial {0}.get('V_m') {0}.V_m {0}.get(['V_m','tau_m']) {0}.get('nonsense') {0}.get(3) {0}.get(output='x') {0}.set(V_m=-60.) {0}.set({{'V_m':-60.}}) {0}.set(3) {0}.set([{{'V_m':-60.}}]) {0}.set(V_m=[-60.]*3) {0}.set(nonsense=1) str({0}) np.array({0}) sum([{0},b]) {0}.element_type {0}.local {0}.vp {0}.thread {0}.frozen".split():
            yield NODES, text.format(f"({c})")


def parameters():
    for model in NEURONS:
        for name in PARAMETERS:
            make = f"n = nest.Create('{model}', 2)"
            yield make, f"n.get('{name}')"
            yield make, f"n[0].{name}"
            yield make, f"(n.set({name}=n[0].{name}), n.get('{name}'))[1]"
            yield make, f"nest.GetDefaults('{model}', '{name}')"
        for value in (
            "'x'",
            "None",
            "[-60.]",
            "[-60.,-61.]",
            "(-60.,-61.)",
            "np.array([-60.,-61.])",
            "[1.,2.,3.]",
            "np.float32(-60)",
            "-60",
            "2**70",
            "[None,1.]",
        ):
            yield f"n = nest.Create('{model}', 2)", f"(n.set(V_m={value}), n.get('V_m'))[1]"
        for value in ("0.", "-1.", "float('inf')"):
            for name in ("C_m", "tau_m", "tau_syn_ex", "t_ref", "tau_w", "V_th", "V_reset"):
                yield f"n = nest.Create('{model}', 2)", f"(n.set({name}={value}), n.get('{name}'))[1]"
        yield "", f"sorted(nest.GetDefaults('{model}')['recordables'])"
        yield "", f"nest.GetDefaults('{model}')['element_type']"
        yield "", f"nest.GetDefaults('{model}')['type_id']"


def devices():
    for values in (
        "{'rate': 5.}",
        "{'rate': -5.}",
        "{'rate': 'x'}",
        "{'start': 1.05}",
        "{'start': 5., 'stop': 1.}",
        "{'foo': 1}",
        "{'start': 1., 'stop': 3., 'origin': 2.}",
    ):
        yield "", f"nest.Create('poisson_generator', {values}).get(['rate','start','stop','origin'])"
        yield "", f"nest.Create('poisson_generator', 2, {values}).get(['rate','start','stop','origin'])"
    for times in (
        "[]",
        "[1.]",
        "[1.,2.]",
        "[2.,1.]",
        "[0.]",
        "[1.05]",
        "[-1.]",
        "'x'",
        "[1,2]",
        "np.array([1.,2.])",
        "[float('nan')]",
        "1.0",
        "[1.,1.]",
    ):
        yield "", f"list(nest.Create('spike_generator', {{'spike_times': {times}}}).spike_times)"
        yield "", f"list(nest.Create('spike_generator', params={{'spike_times': {times}, 'allow_offgrid_times': True}}).spike_times)"
        yield "s = nest.Create('spike_generator', 2)", f"(s.set(spike_times={times}), [list(x) for x in s.spike_times])[1]"
    for w in ("[1.]", "[1.,2.]", "[1.,2.,3.]", "[]"):
        yield "", f"list(nest.Create('spike_generator', {{'spike_times': [1.,2.], 'spike_weights': {w}}}).spike_weights)"
    for key, value in (
        ("record_to", "'memory'"),
        ("record_to", "'nowhere'"),
        ("record_to", "'ascii'"),
        ("label", "'x'"),
        ("label", "3"),
        ("n_events", "0"),
        ("n_events", "1"),
        ("start", "1."),
        ("time_in_steps", "True"),
        ("time_in_steps", "1"),
    ):
        yield "r = nest.Create('spike_recorder')", f"(r.set({key}={value}), r.get('{key}'))[1]"
    for values in (
        "{'interval': 0.1}",
        "{'interval': 0.05}",
        "{'interval': 0.}",
        "{'interval': 2.}",
        "{'record_from': ['V_m']}",
        "{'record_from': ['foo']}",
        "{'record_from': []}",
        "{'offset': 0.5}",
        "{'offset': 0.05}",
    ):
        yield "n = nest.Create('iaf_psc_alpha')", f"(m := nest.Create('multimeter', {values}), nest.Connect(m, n), m.get(['interval','offset','record_from']))[-1]"
    for device in ("spike_recorder", "multimeter", "poisson_generator", "dc_generator", "spike_generator"):
        for name in (
            "element_type",
            "model",
            "start",
            "stop",
            "origin",
            "n_events",
            "events",
            "record_to",
            "label",
            "frozen",
            "rate",
            "amplitude",
            "spike_times",
            "time_in_steps",
            "interval",
            "vp",
            "thread",
            "local",
        ):
            yield f"d = nest.Create('{device}')", f"d.{name}"
            yield f"d = nest.Create('{device}', 2)", f"d.get('{name}')"
    for device, names in GENERATORS.items():
        for name in names:
            yield f"d = nest.Create('{device}')", f"d.{name}"
            yield f"d = nest.Create('{device}', 2)", f"(d.set({name}=d[0].{name}), d.get('{name}'))[1]"
            yield "", f"nest.GetDefaults('{device}', '{name}')"
    for values in (
        "{'amplitude_times': [1.], 'amplitude_values': [5.]}",
        "{'amplitude_times': [1., 2.], 'amplitude_values': [5.]}",
        "{'amplitude_times': [2., 1.], 'amplitude_values': [5., 6.]}",
        "{'amplitude_times': [1.05], 'amplitude_values': [5.]}",
        "{'amplitude_times': [1.05], 'amplitude_values': [5.], 'allow_offgrid_times': True}",
        "{'amplitude_times': [0.], 'amplitude_values': [5.]}",
        "{'amplitude_times': np.array([1., 2.]), 'amplitude_values': np.array([5., 6.])}",
        "{'amplitude_times': [1.]}",
    ):
        yield "", (
            f"[list(x) for x in nest.Create('step_current_generator', params={values})"
            ".get(['amplitude_times', 'amplitude_values']).values()]"
        )


GENERATORS = {
    "ac_generator": ["amplitude", "offset", "frequency", "phase", "start", "stop"],
    "step_current_generator": ["start", "stop", "allow_offgrid_times"],
    "noise_generator": ["mean", "std", "std_mod", "dt", "frequency", "phase"],
    "inhomogeneous_poisson_generator": ["start", "stop", "allow_offgrid_times"],
    "sinusoidal_poisson_generator": ["rate", "amplitude", "frequency", "phase", "start", "stop"],
    "mip_generator": ["rate", "p_copy", "start", "stop"],
    "gamma_sup_generator": ["rate", "gamma_shape", "n_proc"],
    "ppd_sup_generator": ["rate", "dead_time", "n_proc"],
}
