// All models there are: the only registration. The build reads these lines and makes one translation unit for
// each and backend. RANVIER_NEURON(x) and RANVIER_SYNAPSE(x) need models/x.h with struct x.
RANVIER_NEURON(aeif_psc_alpha)
RANVIER_NEURON(iaf_psc_alpha)
RANVIER_NEURON(iaf_psc_delta)
RANVIER_NEURON(iaf_psc_exp)
RANVIER_NEURON(ignore_and_fire)
RANVIER_NEURON(parrot_neuron)
RANVIER_SYNAPSE(static_synapse)
RANVIER_SYNAPSE(static_synapse_hom_w)
RANVIER_SYNAPSE(stdp_synapse)
RANVIER_SYNAPSE(stdp_pl_synapse_hom)
