// Relay: repeats what arrives at receptor 0, with its multiplicity.
#pragma once
#include "models/model.h"

namespace ranvier {

struct parrot_neuron {
    static constexpr char name[] = "parrot_neuron";
    static constexpr char summary[] = "Relay that repeats the spikes it receives";
    enum port { spikes, n_ports };
    static constexpr int n_currents = 0;
    static constexpr routing routes[] = {spike_count(spikes), ignored()};
    static constexpr bool multiple = true;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params : nothing {
        using checks = check_list<>;
    };
    struct state : nothing {
        using checks = check_list<>;
    };
    using settable = field_list<>;
    using recordables = field_list<>;
    using relative = relative_list<>;

    struct derived : nothing {};
    static derived derive(params const&, double) { return {}; }
    static std::int64_t least_interval(derived const&) { return 1; }

    RANVIER_FN static int step(derived const&, state&, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        return static_cast<int>(smaller(input[spikes], 1e9));
    }
};

}  // namespace ranvier
