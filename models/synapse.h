// What a synapse model is made of. A synapse model is a struct with
//   name, summary       text
//   reference           text, optional: where the model is from
//   kind                fixed, sending or pairs, see below
//   weight              default weight
//   common_weight       whether the weight belongs to the model, not to each connection
//   common, common::checks    parameters of the (named) model, nothing if none
//   params, params::checks    parameters of each connection beside weight and delay, nothing if none
//   state, state::checks      what changes with spikes beside the weight, and users may set
//   and, unless its kind is fixed,
//   rule<Real>          constants and formulas
//   derive<Real>(params, common, h)   host and device: edges with parameters of their own are derived where
//                       they are built
//
// sending: what a spike does depends on state that only the source's spikes change (kernels/sending.h). A
// rule has
//   stochastic          whether send asks for random numbers
//   no_spike            steps since the source's last spike are counted from step 0 while it has not spiked,
//                       or, if this is true, are -1
//   after(steps)        what an interval of so many steps does to any state: a value
//   send(interval, state&, draws)     the factor of the weight that is sent, if any is
//   largest_factor(params, state)     of the model: bound of |factor|; 1 if it is missing
// pairs: the weight depends on pairs of spikes of source and target (kernels/plasticity.h). A rule has
//   decay               resolution / time constant of the source's trace Kplus
//   facilitate(w, k), depress(w, k)   new weights; or, if it is one of triplets,
//   decay_triplet       of the source's second trace
//   working_type        optional, see working_of
//   facilitate(w, k, y), depress(w, k, r)   y: second trace of the target just before its spike, r: of source
// or, if spikes of a third party modulate what becomes of pairs (kernels/modulation.h),
//   traces              record of what each edge keeps beside its weight: members of the state after Kplus
//   facilitate(traces&, k), depress(traces&, k), modulate(traces&, spikes)
//   evolve(w, traces&, steps)   new weight, after steps in which nothing of that happens
// and its model
//   modulator           name of its property (set_defaults, copy_model): the node at which those spikes
//   arrive no_modulator        what is said if there is none
// Every model exists twice: `name` with double weights, `name_hpc` with float weights.
#pragma once
#include "models/model.h"

namespace ranvier {

enum class synapse_kind { fixed, sending, pairs };

/// State of a pair-based plastic connection that users see.
struct plastic_state {
    real Kplus = 0;
    using fields = field_list<&plastic_state::Kplus>;
    using checks = check_list<non_negative<&plastic_state::Kplus>>;
};

/// Whether a rule of pairs has second traces.
template <class Rule>
concept of_triplets = requires(Rule r) {
    r.decay_triplet;
};

/// Whether a rule of pairs is modulated by spikes of a third party.
template <class Rule>
concept modulated = requires {
    typename Rule::traces;
};

/// Whether edges are worked one by one, not in passes that vectorise.
template <class Rule>
concept edge_by_edge = of_triplets<Rule> || modulated<Rule>;

/// Type in which a rule of pairs computes: that of its weights, but if it says otherwise.
template <class Rule> struct working { using type = typename Rule::value_type; };
template <class Rule>
requires requires { typename Rule::working_type; }
struct working<Rule> {
    using type = typename Rule::working_type;
};
template <class Rule> using working_of = typename working<Rule>::type;

/// What one spike sends: factor * weight, or nothing at all.
struct transmission {
    double factor;
    bool any = true;
};

/// e^(-steps * rate) for a time constant that may be 0, at which nothing is left.
struct decay_or_nothing {
    double rate, left;
    RANVIER_FN static decay_or_nothing of(double tau, double h, double least = 0) {
        return tau > least ? decay_or_nothing{h / tau, 1} : decay_or_nothing{0, 0};
    }
    RANVIER_FN double after(std::int64_t steps) const { return left * math::exp(-double(steps) * rate); }
};

}  // namespace ranvier
