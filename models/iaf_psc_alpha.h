// Leaky integrate-and-fire neuron, alpha-shaped synaptic currents, exact integration (Rotter & Diesmann 1999,
// Biol Cybern 81:381).
#pragma once
#include <limits>
#include <numbers>

#include "models/propagators.h"

namespace ranvier {

struct iaf_psc_alpha {
    static constexpr char name[] = "iaf_psc_alpha";
    static constexpr char summary[] = "Leaky integrate-and-fire neuron with alpha-shaped synaptic currents";
    static constexpr char reference[] = "Rotter & Diesmann 1999, Biol Cybern 81:381";
    enum port { ex, in, n_ports };
    static constexpr int n_currents = 1;
    static constexpr routing routes[] = {by_sign(ex, in)};
    static constexpr bool multiple = false;
    static constexpr bool stochastic = false;
    static constexpr bool archives = true;

    struct params {
        mV E_L = -70;
        pF C_m = 250;
        ms tau_m = 10, t_ref = 2;
        mV V_th = -55, V_reset = -70;
        ms tau_syn_ex = 2, tau_syn_in = 2;
        pA I_e = 0;
        mV V_min = -std::numeric_limits<double>::infinity();
        flag reset_by_subtraction = 0;
        using fields = field_list<&params::E_L, &params::C_m, &params::tau_m, &params::t_ref, &params::V_th,
                                  &params::V_reset, &params::tau_syn_ex, &params::tau_syn_in, &params::I_e,
                                  &params::V_min, &params::reset_by_subtraction>;
        using checks = check_list<positive<&params::C_m>, positive<&params::tau_m>,
                                  non_negative<&params::t_ref>, less<&params::V_reset, &params::V_th>,
                                  positive<&params::tau_syn_ex>, positive<&params::tau_syn_in>>;
    };
    struct state {
        mV V_m = -70;
        pA_per_ms dI_syn_ex = 0, dI_syn_in = 0;
        pA I_syn_ex = 0, I_syn_in = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::dI_syn_ex, &state::dI_syn_in, &state::I_syn_ex,
                                  &state::I_syn_in, &state::refractory>;
        using checks = check_list<>;
    };
    using settable =
        field_list<&state::V_m, &state::dI_syn_ex, &state::dI_syn_in, &state::I_syn_ex, &state::I_syn_in>;
    using recordables = field_list<&state::V_m, &state::I_syn_ex, &state::I_syn_in>;
    using relative = relative_list<relative_to<&state::V_m, &params::E_L>>;

    struct derived {
        double decay_ex, decay_in, P21ex, P21in;       // synaptic: P11 = P22; P21 = h P11
        double P30, P31ex, P31in, P32ex, P32in, leak;  // leak: exp(-h / tau_m) - 1
        double peak_ex, peak_in;  // dI per weight, so that the current peaks at the weight
        double drive, theta, U_reset, jump, U_min;
        std::int64_t refractory;
        using fields =
            field_list<&derived::decay_ex, &derived::decay_in, &derived::P21ex, &derived::P21in,
                       &derived::P30, &derived::P31ex, &derived::P31in, &derived::P32ex, &derived::P32in,
                       &derived::leak, &derived::peak_ex, &derived::peak_in, &derived::drive, &derived::theta,
                       &derived::U_reset, &derived::jump, &derived::U_min, &derived::refractory>;
    };
    static derived derive(params const& p, double h) {
        auto const decay_ex = math::exp(-h / p.tau_syn_ex), decay_in = math::exp(-h / p.tau_syn_in);
        return {.decay_ex = decay_ex,
                .decay_in = decay_in,
                .P21ex = h * decay_ex,
                .P21in = h * decay_in,
                .P30 = propagator_constant(p.tau_m, p.C_m, h),
                .P31ex = propagator_alpha(p.tau_syn_ex, p.tau_m, p.C_m, h),
                .P31in = propagator_alpha(p.tau_syn_in, p.tau_m, p.C_m, h),
                .P32ex = propagator_exp(p.tau_syn_ex, p.tau_m, p.C_m, h),
                .P32in = propagator_exp(p.tau_syn_in, p.tau_m, p.C_m, h),
                .leak = math::expm1(-h / p.tau_m),
                .peak_ex = std::numbers::e / p.tau_syn_ex,
                .peak_in = std::numbers::e / p.tau_syn_in,
                .drive = p.I_e,
                .theta = p.V_th - p.E_L,
                .U_reset = p.V_reset - p.E_L,
                .jump = reset_jump(p),
                .U_min = p.V_min - p.E_L,
                .refractory = duration_steps(p.t_ref, h)};
    }
    /// Steps between two spikes, at least, unless V_m is set from outside.
    static std::int64_t least_interval(derived const& d) { return d.refractory + 1; }

    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                               auto const&) {
        bool const free = s.refractory == 0;
        auto const v = d.P30 * (input.currents[0] + d.drive) + d.P31ex * s.dI_syn_ex + d.P32ex * s.I_syn_ex +
                       d.P31in * s.dI_syn_in + d.P32in * s.I_syn_in + d.leak * s.V_m + s.V_m;
        auto const V = select(free, larger(v, d.U_min), s.V_m);
        s.I_syn_ex = d.P21ex * s.dI_syn_ex + d.decay_ex * s.I_syn_ex;
        s.dI_syn_ex = s.dI_syn_ex * d.decay_ex + d.peak_ex * input[ex];
        s.I_syn_in = d.P21in * s.dI_syn_in + d.decay_in * s.I_syn_in;
        s.dI_syn_in = s.dI_syn_in * d.decay_in + d.peak_in * input[in];
        bool const fire = crosses(V, d, free);
        s.V_m = select(fire, after_reset(V, d), V);
        s.refractory = select(fire, d.refractory, s.refractory - std::int64_t(!free));
        return fire;
    }
};

}  // namespace ranvier
