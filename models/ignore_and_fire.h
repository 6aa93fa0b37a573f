// Neuron that fires periodically whatever its input: its spikes are delivered as any, so that the load of a
// network is set by the user.
#pragma once
#include "models/model.h"

namespace ranvier {

struct ignore_and_fire {
    static constexpr char name[] = "ignore_and_fire";
    static constexpr char summary[] = "Neuron that fires with fixed rate and phase and ignores its input";
    enum port { spikes, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {to_port(spikes)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        real phase = 1;
        Hz rate = 10;
        using fields = field_list<&params::phase, &params::rate>;
        using checks = check_list<in_0_1<&params::phase>, positive<&params::rate>>;
    };
    struct state {
        steps countdown = 0;  // steps that pass before the one with the next spike
        using fields = field_list<&state::countdown>;
        using checks = check_list<>;
    };
    using settable = field_list<>;
    using recordables = field_list<>;
    using relative = relative_list<>;

    using initialised_by = params::fields;
    static void initialise(params const& p, double h, state& s) {
        s.countdown = duration_steps(1000 * p.phase / p.rate, h);
    }

    struct derived {
        std::int64_t period;
        using fields = field_list<&derived::period>;
    };
    static derived derive(params const& p, double h) { return {.period = whole_steps(1000 / p.rate, h)}; }
    static std::int64_t least_interval(derived const& d) { return d.period; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const&, auto const&) {
        bool const fire = s.countdown == 0;
        s.countdown = select(fire, d.period, s.countdown) - 1;
        return fire;
    }
};

}  // namespace ranvier
