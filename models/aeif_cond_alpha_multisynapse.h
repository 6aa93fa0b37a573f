// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// any number of receptors, alpha-shaped synaptic conductances. The integrator is that of models/adex.h
// and models/adex_shunt.h.
#pragma once
#include "models/adex_receptors.h"

namespace ranvier {

struct alpha_receptor {
    mV E_rev = 0;
    ms tau_syn = 2;
    using fields = field_list<&alpha_receptor::E_rev, &alpha_receptor::tau_syn>;
    using checks = check_list<positive<&alpha_receptor::tau_syn>>;
    conductance::two_exponentials kernel() const { return {tau_syn, tau_syn}; }
};

struct aeif_cond_alpha_multisynapse : adex_multisynapse<alpha_receptor> {
    static constexpr char name[] = "aeif_cond_alpha_multisynapse";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with alpha-shaped conductances of several receptors";
};

}  // namespace ranvier
