// Dopamine-modulated STDP (Potjans, Morrison & Diesmann 2010, Front Comput Neurosci 4:141): pairs of spikes
// leave an eligibility c, which becomes weight where there is dopamine n.
#pragma once
#include "models/synapse.h"

namespace ranvier {

struct stdp_dopamine_synapse {
    static constexpr char name[] = "stdp_dopamine_synapse";
    static constexpr char summary[] =
        "Spike-timing dependent plasticity modulated by dopamine, the spikes that reach a volume "
        "transmitter; "
        "Wmin and Wmax hold at every step";
    static constexpr char reference[] = "Potjans, Morrison & Diesmann 2010, Front Comput Neurosci 4:141";
    static constexpr auto kind = synapse_kind::pairs;
    static constexpr double weight = 1;
    static constexpr bool common_weight = false;
    static constexpr char modulator[] = "volume_transmitter";
    static constexpr char no_modulator[] = "No volume transmitter has been assigned to the dopamine synapse.";

    struct common {
        real A_plus = 1, A_minus = 1.5;
        ms tau_plus = 20, tau_c = 1000, tau_n = 200;
        real b = 0, Wmin = 0, Wmax = 200;
        using fields = field_list<&common::A_plus, &common::A_minus, &common::tau_plus, &common::tau_c,
                                  &common::tau_n, &common::b, &common::Wmin, &common::Wmax>;
        using checks = check_list<positive<&common::tau_plus>, positive<&common::tau_c>,
                                  positive<&common::tau_n>, at_least<&common::Wmax, &common::Wmin>>;
    };
    using params = nothing;
    struct state {
        real Kplus = 0, c = 0, n = 0;
        using fields = field_list<&state::Kplus, &state::c, &state::n>;
        using checks = check_list<non_negative<&state::Kplus>>;
    };

    /// Over steps in which nothing arrives, c and n decay and w' = c (n - b).
    template <class Real> struct rule {
        using value_type = Real;
        using working_type = double;
        struct traces {
            double c = 0, n = 0;
            using fields = field_list<&traces::c, &traces::n>;
        };
        double A_plus, A_minus, Wmin, Wmax, b, jump, h, decay, decay_c, decay_n;
        using fields = field_list<&rule::A_plus, &rule::A_minus, &rule::Wmin, &rule::Wmax, &rule::b,
                                  &rule::jump, &rule::h, &rule::decay, &rule::decay_c, &rule::decay_n>;
        RANVIER_FN void facilitate(traces& x, double k) const { x.c += A_plus * k; }
        RANVIER_FN void depress(traces& x, double k) const { x.c -= A_minus * k; }
        RANVIER_FN void modulate(traces& x, double spikes) const { x.n += spikes * jump; }
        /// Bounded as if in every step: at the ends of the steps in which w' changes its sign, as n passes b.
        RANVIER_FN Real evolve(double w, traces& x, std::int64_t steps) const {
            if (steps > 0 && !(Wmin <= w && w <= Wmax)) {  // as it may have been set
                w = monotone(w, x, 1);
                --steps;
            }
            if (auto const ratio = b == 0 ? 0 : x.n / b; ratio > 1) {
                auto const turn = math::log(ratio) / decay_n;
                if (turn < double(steps)) {
                    auto const before = std::int64_t(turn);
                    w = monotone(monotone(w, x, before), x, 1);
                    steps -= before + 1;
                }
            }
            return Real(monotone(w, x, steps));
        }

      private:
        RANVIER_FN double monotone(double w, traces& x, std::int64_t steps) const {
            auto const lost_c = math::expm1(-double(steps) * decay_c),
                       lost_n = math::expm1(-double(steps) * decay_n);
            auto const lost = lost_c + lost_n + lost_c * lost_n;  // of c n
            w -= x.c * h * (x.n / (decay_c + decay_n) * lost - b / decay_c * lost_c);
            x.c += x.c * lost_c;
            x.n += x.n * lost_n;
            w = w < Wmin ? Wmin : w;
            return w > Wmax ? Wmax : w;
        }
    };
    template <class Real> RANVIER_FN static rule<Real> derive(params const&, common const& c, double h) {
        return {c.A_plus,    c.A_minus, c.Wmin,         c.Wmax,      c.b,
                1 / c.tau_n, h,         h / c.tau_plus, h / c.tau_c, h / c.tau_n};
    }
};

}  // namespace ranvier
