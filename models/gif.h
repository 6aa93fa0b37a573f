// What generalised integrate-and-fire neurons share (Mensi et al. 2012, J Neurophysiol 107:1756): currents
// and threshold shifts that spikes trigger, and escape noise.
#pragma once
#include "models/escape.h"

namespace ranvier::gif {

/// Sums of all elements in a step, before they decay.
struct sums {
    double I_stc = 0, E_sfa = 0;  // pA, mV
    using fields = field_list<&sums::I_stc, &sums::E_sfa>;
};

/// What spikes add to and decays by itself. To: the sum that it is part of.
template <class Params, class State, auto Tau, auto Q, auto X, auto To> struct element {
    static constexpr char count[] = "";
    static constexpr int initial = 0;
    static constexpr bool receptors = false, negative_weights = true;
    using params = Params;
    using state = State;
    using settable = field_list<>;
    using recordables = field_list<>;
    struct derived {
        double decay, jump;
        using fields = field_list<&derived::decay, &derived::jump>;
    };
    static derived derive(auto const&, params const& own, double h) {
        return {math::exp(-h / own.*Tau), own.*Q};
    }
    RANVIER_FN static void advance(derived const& d, state& s, double, auto const&, sums& sum) {
        sum.*To += s.*X;
        s.*X = s.*X * d.decay;
    }
    RANVIER_FN static void spike(derived const& d, state& s, int) { s.*X = s.*X + d.jump; }
};

struct current_params {
    ms tau_stc = 10;
    pA q_stc = 0;
    using fields = field_list<&current_params::tau_stc, &current_params::q_stc>;
    using checks = check_list<positive<&current_params::tau_stc>>;
};
struct current_state {
    pA stc = 0;
    using fields = field_list<&current_state::stc>;
    using checks = check_list<>;
};
using spike_triggered_current = element<current_params, current_state, &current_params::tau_stc,
                                        &current_params::q_stc, &current_state::stc, &sums::I_stc>;

struct shift_params {
    ms tau_sfa = 10;
    mV q_sfa = 0;
    using fields = field_list<&shift_params::tau_sfa, &shift_params::q_sfa>;
    using checks = check_list<positive<&shift_params::tau_sfa>>;
};
struct shift_state {
    mV sfa = 0;
    using fields = field_list<&shift_state::sfa>;
    using checks = check_list<>;
};
using threshold_shift = element<shift_params, shift_state, &shift_params::tau_sfa, &shift_params::q_sfa,
                                &shift_state::sfa, &sums::E_sfa>;

using lists = element_lists<spike_triggered_current, threshold_shift>;

/// Spikes expected in a step, at the rate lambda_0 exp((V - E_sfa) / Delta_V). lambda_h: lambda_0 h.
template <class Derived, class State> RANVIER_FN double expected(Derived const& d, State const& s) {
    return d.lambda_h * math::exp((s.V_m - s.E_sfa) * d.per_Delta_V);
}
/// The end of a step; whether the neuron may fire.
template <class Derived, class State> RANVIER_FN int end(Derived const& d, State& s, bool free) {
    s.refractory = s.refractory - std::int64_t(!free);
    return escape::due(s.until_spike, select(free, expected(d, s), 0.0));
}
/// How many spikes of a neuron that may fire.
template <class Derived, class State> RANVIER_FN int spike(Derived const& d, State& s, auto const& context) {
    if (!escape::fires(s.until_spike, expected(d, s), context)) return 0;
    escape::fire(s.until_spike, context);
    s.refractory = d.refractory;
    return 1;
}

}  // namespace ranvier::gif
