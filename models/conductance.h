// The membrane of neurons with conductance-based synapses. Between inputs
//   C_m V' = -g_L (V - E_L) - sum_k g_k(t) (V - E_k) + I
// is linear in V, and all g_k(t) are known: each is a sum of amplitudes times functions that only the
// synapse's time constants decide. With W = V - E_L, time x in steps and
//   J(x) = h / C_m int_x^1 (g_L + sum_k g_k),  b(x) = h / C_m (I + sum_k g_k(x) (E_k - E_L))
// the step is
//   W(1) = exp(-J(0)) W(0) + int_0^1 exp(-J(x)) b(x) dx,
// the integral by a Gauss rule: one exponential a node, the same work whatever the state, bounded and right
// for any conductance, since all its weights are positive and exp(-J) <= 1. The error is that of the rule for
// exp(-x h / tau) and exp(-J): below rounding where h / tau and J are below 1, 5e-8 of b for 5.
//
// In the reference's equations V counts as V_th where it is above. That can be seen only in a step in which V
// is above V_th and returns below it before the end, which then may be another one by a little.
#pragma once
#include "models/collocation.h"

namespace ranvier {

namespace conductance {

/// Gauss-Legendre rules on [0, 1].
template <int N> struct gauss { values<N> node, weight; };
constexpr gauss<6> rule{{{0.03376524289842398608, 0.16939530676686774318, 0.38069040695840154569,
                          0.61930959304159845431, 0.83060469323313225682, 0.96623475710157601392}},
                        {{0.08566224618958517245, 0.18038078652406930377, 0.23395696728634552369,
                          0.23395696728634552369, 0.18038078652406930377, 0.08566224618958517245}}};
constexpr int nodes = 6;
/// For constants, which are integrals of known functions.
constexpr gauss<8> fine{
    {{0.01985507175123188416, 0.10166676129318663020, 0.23723379504183550709, 0.40828267875217509753,
      0.59171732124782490247, 0.76276620495816449291, 0.89833323870681336980, 0.98014492824876811584}},
    {{0.05061426814518812958, 0.11119051722668723527, 0.15685332293894364367, 0.18134189168918099148,
      0.18134189168918099148, 0.15685332293894364367, 0.11119051722668723527, 0.05061426814518812958}}};

/// int_from^to f, smooth. Pieces no longer than a time constant, of at most so many.
template <class F> double integral(double from, double to, double tau, F f) {
    constexpr double most = 64;
    auto const pieces = int(smaller(std::ceil((to - from) / tau) + 1, most));
    double sum = 0;
    for (int p = 0; p < pieces; ++p) {
        auto const length = (to - from) / pieces, begin = from + p * length;
        for (int i = 0; i < 8; ++i) sum += fine.weight[i] * f(begin + length * fine.node[i]) * length;
    }
    return sum;
}

/// g(t) after g(0) = 1, and after g'(0) = 1 as well, of a synapse with dg' = -dg / tau_decay,
/// g' = dg - g / tau_rise: alpha-shaped for equal time constants.
struct two_exponentials {
    double tau_rise, tau_decay;
    double decay(double t) const { return math::exp(-t / tau_rise); }
    double rise(double t) const {
        auto const difference = 1 / tau_rise - 1 / tau_decay;
        if (difference == 0) return t * decay(t);
        return decay(t) * math::expm1(t * difference) / difference;
    }
    double fastest() const { return smaller(tau_rise, tau_decay); }
    /// dg per weight, so that the conductance peaks at the weight (the reference's beta normalisation).
    double peak() const {
        auto const difference = tau_decay - tau_rise;
        double p = 0;
        if (std::fabs(difference) > 2.220446049250313e-16) {
            auto const t = tau_decay * tau_rise * math::log(tau_decay / tau_rise) / difference;
            p = math::exp(-t / tau_decay) - math::exp(-t / tau_rise);
        }
        if (std::fabs(p) < 2.220446049250313e-16) return 2.718281828459045235 / tau_decay;
        return (1 / tau_rise - 1 / tau_decay) / p;
    }
};

template <int K> struct loss_of {};
template <int K> struct drive_of {};
/// What amplitude k, of a conductance that is `amplitude f(t)` (nS), does in a step.
template <int K> struct amplitude : cells<loss_of<K>, nodes + 1>, cells<drive_of<K>, nodes> {
    using loss = cells<loss_of<K>, nodes + 1>;  // of J at 0 and at the nodes, per nS
    using drive = cells<drive_of<K>, nodes>;    // of b at the nodes, mV per nS
    using fields = joined<typename loss::fields, typename drive::fields>;
    template <class F> void set(double h, double C_m, double reversal, double tau, F f) {
        values<nodes + 1> lost;
        values<nodes> driven;
        for (int i = 0; i <= nodes; ++i) {
            auto const x = i == 0 ? 0.0 : rule.node[i - 1];
            lost[i] = integral(x * h, h, tau, f) / C_m;
            if (i > 0) driven[i - 1] = f(x * h) * h / C_m * reversal;
        }
        loss::set(lost), drive::set(driven);
    }
};

template <class K> struct membrane_of;
template <int... K> struct membrane_of<std::integer_sequence<int, K...>> : amplitude<K>... {
    double g_L_h, E_L, h_per_C;  // leak: J per step; mV; ms/pF
    using own = field_list<&membrane_of::g_L_h, &membrane_of::E_L, &membrane_of::h_per_C>;
    using membrane_fields = joined<typename amplitude<K>::fields..., own>;

    void set_membrane(double g_L, double leak_reversal, double C_m, double h) {
        g_L_h = g_L * h / C_m, E_L = leak_reversal, h_per_C = h / C_m;
    }
    /// V after a step. a: amplitudes at its beginning (nS), I: current (pA).
    RANVIER_FN double advance(double V, double I, values<sizeof...(K)> const& a) const {
        auto J = [&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr double left = i == 0 ? 1 : 1 - rule.node[i == 0 ? 0 : i - 1];
            double sum = g_L_h * left;
            ((sum = std::fma(a[K], amplitude<K>::loss::get()[i], sum)), ...);
            return sum;
        };
        double W = (V - E_L) * math::exp(-J(std::integral_constant<int, 0>{}));
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            double b = I * h_per_C;
            ((b = std::fma(a[K], amplitude<K>::drive::get()[i], b)), ...);
            constexpr double weight = rule.weight[i];
            W = std::fma(math::exp(-J(std::integral_constant<int, i + 1>{})), weight * b, W);
        });
        return E_L + W;
    }
};

/// Constants of a membrane with K amplitudes.
template <int K> using membrane = membrane_of<std::make_integer_sequence<int, K>>;
/// Exponentials that a step takes.
constexpr int evaluations_per_step = nodes + 1;

/// An excitatory and an inhibitory synapse of two exponentials: how their conductances go on in a step.
struct two_channels {
    double ex_decay, ex_rise, ex_slow, ex_peak;  // g to g, dg to g, dg to dg; dg per weight
    double in_decay, in_rise, in_slow, in_peak;
    using fields = field_list<&two_channels::ex_decay, &two_channels::ex_rise, &two_channels::ex_slow,
                              &two_channels::ex_peak, &two_channels::in_decay, &two_channels::in_rise,
                              &two_channels::in_slow, &two_channels::in_peak>;
    static two_channels from(two_exponentials const& ex, two_exponentials const& in, double h) {
        return {ex.decay(h), ex.rise(h), math::exp(-h / ex.tau_decay), ex.peak(),
                in.decay(h), in.rise(h), math::exp(-h / in.tau_decay), in.peak()};
    }
    template <class State> RANVIER_FN void decay(State& s, double ex, double in) const {
        s.g_ex = s.g_ex * ex_decay + s.dg_ex * ex_rise, s.dg_ex = s.dg_ex * ex_slow + ex * ex_peak;
        s.g_in = s.g_in * in_decay + s.dg_in * in_rise, s.dg_in = s.dg_in * in_slow + in * in_peak;
    }
};
/// Amplitudes 0 ... 3 of the membrane: g_ex, dg_ex, g_in, dg_in.
template <class Derived, class Params>
void set_channels(Derived& d, Params const& p, two_exponentials ex, two_exponentials in, double h) {
    auto channel = [&](auto& g, auto& dg, two_exponentials const& k, double reversal) {
        g.set(h, p.C_m, reversal, k.fastest(), [&](double t) { return k.decay(t); });
        dg.set(h, p.C_m, reversal, k.fastest(), [&](double t) { return k.rise(t); });
    };
    channel(static_cast<amplitude<0>&>(d), static_cast<amplitude<1>&>(d), ex, p.E_ex - p.E_L);
    channel(static_cast<amplitude<2>&>(d), static_cast<amplitude<3>&>(d), in, p.E_in - p.E_L);
    static_cast<two_channels&>(d) = two_channels::from(ex, in, h);
}

/// Amplitudes 0 and 1 of the membrane: exponential conductances g_ex, g_in.
template <class Derived, class Params> void set_exponentials(Derived& d, Params const& p, double h) {
    auto channel = [&](auto& amplitude, double reversal, double tau) {
        amplitude.set(h, p.C_m, reversal, tau, [=](double t) { return math::exp(-t / tau); });
    };
    channel(static_cast<amplitude<0>&>(d), p.E_ex - p.E_L, p.tau_syn_ex);
    channel(static_cast<amplitude<1>&>(d), p.E_in - p.E_L, p.tau_syn_in);
}

/// Reset, clamp and spike at the end of a step that has brought V to `V`; whether the neuron fires.
template <class Derived, class State> RANVIER_FN bool fire(Derived const& d, State& s, double V) {
    bool const free = s.refractory == 0, fires = free & (V >= d.V_th);
    s.V_m = select(free & !fires, V, d.V_reset);
    s.refractory = select(fires, d.refractory, s.refractory - std::int64_t(!free));
    return fires;
}

}  // namespace conductance
}  // namespace ranvier
