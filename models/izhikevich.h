// Two-variable spiking neuron (Izhikevich 2003, IEEE Trans Neural Netw 14:1569): the published update in two
// half steps with the input as a current, or one Euler step of both variables with the input as a jump of
// V_m.
#pragma once
#include <limits>

#include "models/model.h"

namespace ranvier {

struct izhikevich {
    static constexpr char name[] = "izhikevich";
    static constexpr char summary[] = "Two-variable spiking neuron of Izhikevich";
    static constexpr char reference[] = "Izhikevich 2003, IEEE Trans Neural Netw 14:1569";
    enum port { spikes, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {to_port(spikes)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        real a = 0.02, b = 0.2;
        mV c = -65, d = 8;
        pA I_e = 0;
        mV V_th = 30, V_min = -std::numeric_limits<double>::max();
        flag consistent_integration = 1;
        using fields = field_list<&params::a, &params::b, &params::c, &params::d, &params::I_e, &params::V_th,
                                  &params::V_min, &params::consistent_integration>;
        using checks = check_list<>;
    };
    struct state {
        mV V_m = -65, U_m = -13;
        using fields = field_list<&state::V_m, &state::U_m>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::U_m>;
    using recordables = field_list<&state::V_m, &state::U_m>;
    using relative = relative_list<>;

    struct derived {
        double h, a_h, b, c, d, I_e, V_th, V_min;
        std::int64_t consistent;
        using fields = field_list<&derived::h, &derived::a_h, &derived::b, &derived::c, &derived::d,
                                  &derived::I_e, &derived::V_th, &derived::V_min, &derived::consistent>;
    };
    static derived derive(params const& p, double h) {
        return {.h = h,
                .a_h = h * p.a,
                .b = p.b,
                .c = p.c,
                .d = p.d,
                .I_e = p.I_e,
                .V_th = p.V_th,
                .V_min = p.V_min,
                .consistent = p.consistent_integration};
    }
    /// Steps between two spikes, at least: there is no refractoriness.
    static std::int64_t least_interval(derived const&) { return 1; }

    /// V_m' (mV/ms).
    RANVIER_FN static double slope(double v, double u, double I) {
        return 0.04 * v * v + 5 * v + 140 - u + I;
    }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        double const v = s.V_m, u = s.U_m, I = input.currents[0] + d.I_e, x = input[spikes];
        bool const euler = d.consistent != 0;
        auto const half = v + 0.5 * d.h * slope(v, u, I + x);
        auto const V =
            select(euler, v + (d.h * slope(v, u, I) + x), half + 0.5 * d.h * slope(half, u, I + x));
        auto const U = u + d.a_h * (d.b * select(euler, v, V) - u);
        auto const bounded = larger(V, d.V_min);
        bool const fire = bounded >= d.V_th;
        s.V_m = select(fire, d.c, bounded);
        s.U_m = U + select(fire, d.d, 0.0);
        return fire;
    }
};

}  // namespace ranvier
