// Receptors of AdEx neurons with any number of them: conductances of two exponentials.
#pragma once
#include "models/adex_neuron.h"
#include "models/adex_shunt.h"

namespace ranvier {

namespace adex {

struct rate_sum {};
struct drive_sum {};
struct loss_sum {};
/// Sums over receptors.
struct shunt_sums : cells<rate_sum, nodes>, cells<drive_sum, nodes>, cells<loss_sum, nodes - 1> {
    using rates = cells<rate_sum, nodes>;
    using drives = cells<drive_sum, nodes>;
    using losses = cells<loss_sum, nodes - 1>;
    using fields = joined<rates::fields, drives::fields, losses::fields>;
    RANVIER_FN shunt get() const { return {rates::get(), drives::get(), losses::get()}; }
    RANVIER_FN void set(shunt const& s) { rates::set(s.rate), drives::set(s.drive), losses::set(s.loss); }
    /// With what else there is.
    RANVIER_FN shunt with(shunt s) const {
        auto const more = get();
        unroll<nodes>([&](auto i)
                          RANVIER_INLINE_LAMBDA { s.rate[i] += more.rate[i], s.drive[i] += more.drive[i]; });
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA { s.loss[i] += more.loss[i]; });
        return s;
    }
};

struct receptor_state {
    nS_per_ms dg = 0;
    nS g = 0;
    using fields = field_list<&receptor_state::dg, &receptor_state::g>;
    using checks = check_list<>;
};

struct receptor_constants : channel<0>, channel<1> {
    double distance;                 // of the reversal potential from E_L, mV
    double decay, rise, slow, peak;  // in a step: g to g, dg to g, dg to dg; dg per weight
    using own = field_list<&receptor_constants::distance, &receptor_constants::decay,
                           &receptor_constants::rise, &receptor_constants::slow, &receptor_constants::peak>;
    using fields = joined<channel<0>::fields, channel<1>::fields, own>;
    /// E_rev: mV; h: ms.
    template <class Params> static receptor_constants from(Params const& p,
                                                           conductance::two_exponentials const& k,
                                                           double E_rev, double h) {
        receptor_constants d{};
        set_pair<0>(d, k, h, p.C_m);
        d.distance = E_rev - p.E_L;
        d.decay = k.decay(h), d.rise = k.rise(h), d.slow = math::exp(-h / k.tau_decay), d.peak = k.peak();
        return d;
    }
    RANVIER_FN void advance(receptor_state& s, double input, shunt_sums& sums) const {
        auto open = sums.get();
        channel<0>::add(s.g, distance, open), channel<1>::add(s.dg, distance, open);
        sums.set(open);
        s.g = s.g * decay + s.dg * rise, s.dg = s.dg * slow + input * peak;
    }
};

}  // namespace adex

/// A neuron with any number of receptors. Receptor: parameters of one, with its reversal potential E_rev and
/// kernel(), the course of its conductance.
template <class Receptor> struct adex_multisynapse : adex_neuron {
    enum port { n_ports };

    struct params {
        pF C_m = 281;
        ms t_ref = 0;
        mV V_reset = -60, V_peak = 0, V_th = -50.4;
        nS g_L = 30;
        mV E_L = -70.6, Delta_T = 2;
        ms tau_w = 144;
        nS a = 4;
        pA b = 80.5, I_e = 0, I_exp_max = 2e6;
        real gsl_error_tol = 1e-6;  // of the reference's adaptive solver; not used
        using fields = adex::membrane_fields<params>;
        using checks = adex::membrane_checks<params>;
    };
    struct state {
        mV V_m = -70.6;
        pA w = 0;
        steps refractory = 0;
        using fields = field_list<&state::V_m, &state::w, &state::refractory>;
        using checks = check_list<>;
    };
    using settable = field_list<&state::V_m, &state::w>;
    using recordables = field_list<&state::V_m, &state::w>;

    using derived = adex_shunt;
    static derived derive(params const& p, double h) {
        derived d{};
        d.set_shunt(p, h);
        return d;
    }

    /// Evaluations of exp and log by a calm step, and by any other.
    static constexpr int evaluations_when_calm = adex_shunt::evaluations_when_calm,
                         evaluations_per_step = adex_shunt::evaluations_per_step;

    using sums = adex::shunt_sums;
    struct receptor {
        static constexpr char count[] = "n_receptors";
        static constexpr int initial = 1;
        static constexpr bool receptors = true, negative_weights = false;
        using params = Receptor;
        using state = adex::receptor_state;
        using settable = field_list<>;
        using recordables = field_list<&state::g>;
        using derived = adex::receptor_constants;
        static derived derive(adex_multisynapse::params const& p, params const& own, double h) {
            return derived::from(p, own.kernel(), own.E_rev, h);
        }
        RANVIER_FN static void advance(derived const& d, state& s, double input, auto const&, sums& sum) {
            d.advance(s, input, sum);
        }
    };
    using lists = element_lists<receptor>;

    template <class Functions = adex_functions>
    RANVIER_FN static double whole(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                                   sums const& receptors) {
        return d.template whole<Functions>(s, input.currents[0], receptors.with(d.alone()));
    }
    template <class Functions = adex_functions>
    RANVIER_FN static double part(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                                  double, sums const& receptors) {
        return d.template part<Functions>(s, input.currents[0], receptors.with(d.alone()));
    }
    RANVIER_FN static int step(derived const& d, state& s, inputs<n_ports, n_currents> const&, auto const&,
                               sums const&) {
        return adex::spikes_of(d, s);
    }
};

}  // namespace ranvier
