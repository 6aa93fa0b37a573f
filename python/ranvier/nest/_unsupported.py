"""What the library does not have: one clear error each, naming it and the nearest thing that exists."""

from ._errors import error, not_supported

_PAIRS = "nodes have no positions; choose pairs by arrays of ids, or by rules"

INSTEAD = {
    "TripartiteConnect": "connect the three pairs of populations one by one",
    "Compartments": "use point neurons, see nest.node_models",
    "Receptors": "use point neurons, see nest.node_models",
    "SonataNetwork": "read the files with h5py and connect with arrays of ids and weights",
    "EnableStructuralPlasticity": "connections stay; build the network anew",
    "DisableStructuralPlasticity": "there is none to disable",
    "SetStructuralPlasticityStatus": "connections stay; build the network anew",
    "GetStructuralPlasticityStatus": "connections stay; build the network anew",
    "SetAcceptableLatency": "there is no MUSIC; exchange arrays between short runs",
    "SetMaxBuffered": "there is no MUSIC; exchange arrays between short runs",
    "set_communicator": "there is no MPI; the GPU and all cores of a machine are used",
    "Mask": _PAIRS,
    "CreateMask": _PAIRS,
    "Distance": _PAIRS,
    "Displacement": _PAIRS,
    "DumpLayerConnections": _PAIRS,
    "DumpLayerNodes": _PAIRS,
    "FindCenterElement": _PAIRS,
    "FindNearestElement": _PAIRS,
    "GetPosition": _PAIRS,
    "GetSourceNodes": _PAIRS,
    "GetSourcePositions": _PAIRS,
    "GetTargetNodes": _PAIRS,
    "GetTargetPositions": _PAIRS,
    "PlotLayer": _PAIRS,
    "PlotProbabilityParameter": _PAIRS,
    "PlotSources": _PAIRS,
    "PlotTargets": _PAIRS,
    "SelectNodesByMask": _PAIRS,
}

LIBRARY_HAS_INSTEAD = {
    "iaf_psc_alpha_ps": "Spikes lie on the grid: use iaf_psc_alpha with a finer resolution.",
    "iaf_psc_delta_ps": "Spikes lie on the grid: use iaf_psc_delta with a finer resolution.",
    "iaf_psc_exp_ps": "Spikes lie on the grid: use iaf_psc_exp with a finer resolution.",
    "iaf_psc_exp_ps_lossless": "Spikes lie on the grid: use iaf_psc_exp with a finer resolution.",
    "parrot_neuron_ps": "Spikes lie on the grid: use parrot_neuron.",
    "poisson_generator_ps": "Spikes lie on the grid: use poisson_generator.",
    "gap_junction": "Gap junctions are not supported.",
    "glif_cond": "Use glif_psc.",
    "hh_cond_beta_gap_traub": "Gap junctions are not supported: use hh_cond_exp_traub.",
    "hh_psc_alpha_gap": "Gap junctions are not supported: use hh_psc_alpha.",
    "hh_psc_alpha_clopath": "Clopath plasticity is not supported: use hh_psc_alpha.",
    "iaf_cond_alpha_mc": "Compartments are not supported: use iaf_cond_alpha.",
    "cm_default": "Compartments are not supported.",
    "amat2_psc_exp": "Use mat2_psc_exp.",
    "spike_detector": "Since version 3 it is called spike_recorder; ranvier.nest2 runs older scripts.",
    "cont_delay_synapse": "Delays lie on the grid: use static_synapse with a finer resolution.",
    "spike_train_injector": "Use spike_generator.",
}


def _function(name, instead):
    def f(*args, **kwargs):
        raise not_supported(name, instead)

    f.__name__ = f.__qualname__ = name
    f.__doc__ = f"Not supported: {instead}."
    return f


functions = {name: _function(name, instead) for name, instead in INSTEAD.items()}


def Install(module_name):
    """Not supported: models are compiled into the library."""
    raise error(
        "DynamicModuleManagementError",
        f"Install({module_name!r}): models are compiled into the library; nest.node_models lists them",
    )


functions["Install"] = Install
