// Adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005, J Neurophysiol 94:3637) with
// any number of receptors, synaptic conductances of two exponentials. The integrator is that of models/adex.h
// and models/adex_shunt.h.
#pragma once
#include "models/adex_receptors.h"

namespace ranvier {

struct beta_receptor {
    mV E_rev = 0;
    ms tau_rise = 2, tau_decay = 20;
    using fields = field_list<&beta_receptor::E_rev, &beta_receptor::tau_rise, &beta_receptor::tau_decay>;
    using checks = check_list<positive<&beta_receptor::tau_rise>, positive<&beta_receptor::tau_decay>,
                              at_least<&beta_receptor::tau_decay, &beta_receptor::tau_rise>>;
    conductance::two_exponentials kernel() const { return {tau_decay, tau_rise}; }
};

struct aeif_cond_beta_multisynapse : adex_multisynapse<beta_receptor> {
    static constexpr char name[] = "aeif_cond_beta_multisynapse";
    static constexpr char summary[] =
        "Adaptive exponential integrate-and-fire neuron with beta-shaped conductances of several receptors";
};

}  // namespace ranvier
