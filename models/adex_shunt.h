// Linear paths of the membrane in models/adex.h with conductance-based synapses. W = V - E_L and w solve
//   W' = -rate(t) W + drive(t) + h / C_m (I - w),  w' = a h / tau_w W - h / tau_w w,
// time in steps; rate = h / C_m (g_L + sum g_k), drive = h / C_m sum g_k (E_k - E_L) are known functions.
//
// Without w this is W(t) = exp(-J(t)) (W(0) + int_0^t exp(J) b), J = int_0^t rate; b is taken to be, with
// exp(J), a polynomial through the nodes. Where J(1) > 1 that would be none: there the potential b / rate,
// to which W goes, is a cubic function of J between two nodes, kept between its ends, so that W is between
// the reversal potentials for any conductance.
//
// w = exp(-t h / tau_w) w(0) + p; p is taken to be quadratic: p(0) = 0, p'(0) = a h / tau_w W(0), and p(1)
// follows from W, which is linear in p(1). Where a and tau_w are such that V and w would oscillate within a
// step, p is a line: no longer accurate, but stable.
#pragma once
#include "models/adex_neuron.h"
#include "models/conductance.h"

namespace ranvier {

namespace adex {

/// Sums over all conductances, the leak included, in a step.
struct shunt {
    values<nodes> rate, drive;  // at the nodes: per step; mV per step
    values<nodes - 1> loss;     // integrals of rate from node to node
};

template <int K> struct shunt_rate {};
template <int K> struct shunt_loss {};
/// What amplitude K, of a conductance that is `amplitude f(t)` (nS), does in a step.
template <int K> struct channel : cells<shunt_rate<K>, nodes>, cells<shunt_loss<K>, nodes - 1> {
    using rates = cells<shunt_rate<K>, nodes>;
    using losses = cells<shunt_loss<K>, nodes - 1>;
    using fields = joined<typename rates::fields, typename losses::fields>;
    /// f: of ms after the step's begin; tau: of its changes, ms.
    template <class F> void set(double h, double C_m, double tau, F f) {
        values<nodes> rate;
        values<nodes - 1> loss;
        constexpr auto at = collocation::nodes<nodes>;
        for (int i = 0; i < nodes; ++i) {
            rate[i] = f(at[i] * h) * h / C_m;
            if (i > 0) loss[i - 1] = conductance::integral(at[i - 1] * h, at[i] * h, tau, f) / C_m;
        }
        rates::set(rate), losses::set(loss);
    }
    /// distance: of the reversal potential from E_L, mV.
    RANVIER_FN void add(double amplitude, double distance, shunt& s) const {
        auto const rate = rates::get();
        auto const loss = losses::get();
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            auto const r = amplitude * rate[i];
            s.rate[i] += r, s.drive[i] = std::fma(r, distance, s.drive[i]);
        });
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA { s.loss[i] += amplitude * loss[i]; });
    }
};

/// Amplitudes K and K + 1 of a conductance of two exponentials: g and dg.
template <int K, class Derived>
void set_pair(Derived& d, conductance::two_exponentials const& k, double h, double C_m) {
    d.channel<K>::set(h, C_m, k.fastest(), [&](double t) { return k.decay(t); });
    d.channel<K + 1>::set(h, C_m, k.fastest(), [&](double t) { return k.rise(t); });
}

/// How a membrane with these conductances forgets within a step.
struct forgetting {
    values<nodes> J, kept;  // up to a node: integral of rate, exp(-J)
    values<nodes - 1> loss, step_kept;
    values<nodes> rate;
    bool fast;

    template <class Functions> RANVIER_FN static forgetting of(shunt const& s) {
        forgetting f;
        f.loss = s.loss, f.rate = s.rate;
        f.J[0] = 0, f.kept[0] = 1;
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            f.step_kept[i] = Functions::exp(-least(s.loss[i], 150));
            f.J[i + 1] = f.J[i] + s.loss[i];
            f.kept[i + 1] = f.kept[i] * f.step_kept[i];
        });
        f.fast = f.J[nodes - 1] > 1;
        return f;
    }
    /// W at the nodes, from W(0), with b at the nodes.
    RANVIER_FN values<nodes> path(double W, values<nodes> const& b) const {
        values<nodes> raised, goal, result;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            raised[i] = b[i] / kept[i];
            goal[i] = b[i] / larger(rate[i], 1e-6);
        });
        result[0] = W;
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            auto const sum = collocation::integral_to<i + 1>(raised, W);
            result[i + 1] = select(fast, leap(i, result[i], b, goal), sum * kept[i + 1]);
        });
        return result;
    }

  private:
    /// From node i to the next, where W forgets fast.
    template <class I>
    RANVIER_FN double leap(I i, double W, values<nodes> const& b, values<nodes> const& goal) const {
        constexpr double length = collocation::nodes<nodes>[i + 1] - collocation::nodes<nodes>[i];
        auto slope = [&](auto j) RANVIER_INLINE_LAMBDA {
            double sum = 0;
            unroll<nodes>([&](auto k) RANVIER_INLINE_LAMBDA {
                constexpr double m = collocation::slopes<nodes>.at[j][k];
                sum = std::fma(m, goal[k], sum);
            });
            return sum;
        };
        auto const z = loss[i], per_z = 1 / larger(z, 0.05), K = step_kept[i], rise = goal[i + 1] - goal[i];
        // By z, the unit of which is the interval; no more than three times the chord's.
        auto limited = [&](double m) RANVIER_INLINE_LAMBDA {
            auto const most = 3 * rise;
            return select(rise < 0, -within(0, -m, -most), within(0, m, most));
        };
        auto const m0 = limited(slope(i) * z / larger(rate[i], 1e-6)),
                   m1 = limited(slope(std::integral_constant<int, i + 1>{}) * z / larger(rate[i + 1], 1e-6));
        auto const curve = 2 * (3 * rise - 2 * m0 - m1) * per_z, twist = 6 * (m0 + m1 - 2 * rise) * per_z;
        auto const deviation = (m1 - K * m0 - (curve + twist - K * curve - (1 - K) * twist * per_z)) * per_z;
        auto const slow = K * (W + 0.5 * length * b[i]) + 0.5 * length * b[i + 1];
        return select(z > 0.1, goal[i + 1] + K * (W - goal[i]) - deviation, slow);
    }
};

/// The same where a membrane forgets no more than half in a step: by series.
struct slow_forgetting {
    values<nodes> J, kept, lifted;  // lifted: 1 / kept
    values<nodes - 1> step_kept;

    RANVIER_FN static slow_forgetting of(shunt const& s) {
        slow_forgetting f;
        f.J[0] = 0, f.kept[0] = 1;
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            f.J[i + 1] = f.J[i] + s.loss[i];
            f.step_kept[i] = math::detail::horner(-s.loss[i], 1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120,
                                                  1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880);
            f.kept[i + 1] = f.kept[i] * f.step_kept[i];
        });
        f.lifted[nodes - 1] = 1 / f.kept[nodes - 1];
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr int k = nodes - 2 - i;
            f.lifted[k] = f.lifted[k + 1] * f.step_kept[k];
        });
        return f;
    }
    RANVIER_FN bool is_right() const { return J[nodes - 1] <= 0.5; }
    RANVIER_FN values<nodes> path(double W, values<nodes> const& b) const {
        values<nodes> raised, result;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA { raised[i] = b[i] * lifted[i]; });
        result[0] = W;
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            result[i + 1] = collocation::integral_to<i + 1>(raised, W) * kept[i + 1];
        });
        return result;
    }
};

}  // namespace adex

struct w_left {};
struct w_from_W {};
struct w_from_u {};
/// Constants of such a membrane.
struct adex_shunt : adex_constants,
                    cells<w_left, adex::nodes>,
                    cells<w_from_W, adex::nodes>,
                    cells<w_from_u, adex::nodes> {
    static constexpr int nodes = adex::nodes;
    static constexpr int evaluations_when_calm = adex::evaluations_when_calm,
                         evaluations_per_step =
                             adex::evaluations_per_step + nodes - 1 + adex::nodes_after - 1;
    double leak, h_per_C, I_e;  // leak: of g_L, per step
    double line, coupling;      // line: 1 where p is one, else 0; coupling: a h^2 / (tau_w C_m), at most 1
    using own = field_list<&adex_shunt::leak, &adex_shunt::h_per_C, &adex_shunt::I_e, &adex_shunt::line,
                           &adex_shunt::coupling>;
    using fields = joined<adex_constants::fields, cells<w_left, nodes>::fields,
                          cells<w_from_W, nodes>::fields, cells<w_from_u, nodes>::fields, own>;

    template <class Params> void set_shunt(Params const& p, double h) {
        static_cast<adex_constants&>(*this) = adex_constants::from(p, h);
        I_e = p.I_e, h_per_C = h / p.C_m, leak = p.g_L * h_per_C;
        auto const both = a_rate * h_per_C;
        coupling = adex::within(-1, both, 1);
        bool const stiff = std::fabs(both) > 0.3 || w_rate > 1;
        line = stiff;
        auto kernel = [&](double t) { return math::exp(-(1 - t) * w_rate); };
        auto integral = [&](auto f) { return conductance::integral(0, 1, 1 / larger(w_rate, 1e-3), f); };
        values<nodes> left, of_W, of_u;
        for (int i = 0; i < nodes; ++i) {
            auto const t = collocation::nodes<nodes>[i],
                       share = a_rate * collocation::weight<nodes>(i) * kernel(t);
            left[i] = math::exp(-t * w_rate), of_u[i] = share * Delta, of_W[i] = stiff ? 0 : share;
        }
        if (stiff) {
            of_W[0] = a_rate * integral([&](double t) { return kernel(t) * (1 - t); });
            of_W[nodes - 1] = a_rate * integral([&](double t) { return kernel(t) * t; });
        }
        cells<w_left, nodes>::set(left), cells<w_from_W, nodes>::set(of_W), cells<w_from_u, nodes>::set(of_u);
    }
    /// Of the leak; channels are added.
    RANVIER_FN adex::shunt alone() const {
        adex::shunt s;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA { s.rate[i] = leak, s.drive[i] = 0; });
        unroll<nodes - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr double length = collocation::nodes<nodes>[i + 1] - collocation::nodes<nodes>[i];
            s.loss[i] = leak * length;
        });
        return s;
    }

    /// As models/adex.h asks for it.
    template <class Forgetting> struct response {
        adex_shunt const& c;
        Forgetting const& f;
        values<nodes> J;  // polynomial

        RANVIER_FN response(adex_shunt const& c, Forgetting const& f)
            : c(c), f(f), J(collocation::through(f.J)) {}
        RANVIER_FN double leak() const { return f.J[nodes - 1]; }
        RANVIER_FN double through_w(double t) const { return 1 - 0.5 * c.coupling * t * t; }
        RANVIER_FN values<nodes> at_nodes() const {
            values<nodes> K;
            K[nodes - 1] = 1;
            unroll<nodes - 1>([&](auto j) RANVIER_INLINE_LAMBDA {
                constexpr int i = nodes - 2 - j;
                K[i] = K[i + 1] * f.step_kept[i];
            });
            unroll<nodes - 1>(
                [&](auto i) RANVIER_INLINE_LAMBDA { K[i] *= through_w(1 - collocation::nodes<nodes>[i]); });
            return K;
        }
        RANVIER_FN values<nodes> w_weights() const {
            auto weights = c.cells<w_from_u, nodes>::get();
            auto const K = at_nodes();
            unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
                weights[i] *= 1 + adex::excess(1 - K[i]);  // 1 / K
            });
            return weights;
        }
        template <class Functions> RANVIER_FN adex::leg after(double begin, double t) const {
            auto const from = polynomial(J, begin), end = f.J[nodes - 1];
            auto const lost = adex::within(0, polynomial(J, begin + t) - from, 700);
            auto const lost_at_end = adex::within(0, end - polynomial(J, 1 - t), 700);
            auto const kept = Functions::exp(-lost) * through_w(t);
            auto const to_end = kept * adex::within(0, 1 + lost - lost_at_end, 2);
            return {kept, -c.h_per_C * t * adex::relaxed(lost), adex::least(to_end, 1)};
        }
        RANVIER_FN double V_to_w(double t) const {
            return c.a_rate * t * adex::relaxed(leak() * t) * adex::relaxed(c.w_rate * t);
        }
        RANVIER_FN double w_to_w(double t) const {
            auto const x = 1 - t * c.w_rate * adex::relaxed(c.w_rate * t);
            return x - 0.5 * c.coupling * t * t;
        }
    };

    /// From the state s, with a current I from outside (pA).
    template <class Forgetting, class State>
    RANVIER_FN adex::path along(Forgetting const& f, State const& s, double I,
                                adex::shunt const& conductances) const {
        constexpr auto at = collocation::nodes<nodes>;
        double const V = adex::V_of(*this, s), W = V - E_L, w = s.w;
        auto const left = cells<w_left, nodes>::get(), share = cells<w_from_W, nodes>::get();
        auto const current = (I + I_e) * h_per_C, bow = (1 - line) * a_rate * W;
        values<nodes> b, back;  // without p(1), and what p(1) = 1 adds
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            constexpr double t = at[i];
            b[i] = conductances.drive[i] + current - h_per_C * (w * left[i] + bow * (t - t * t));
            back[i] = -h_per_C * (line * t + (1 - line) * (t * t));
        });
        auto W_at = f.path(W, b);
        auto const W_back = f.path(0, back);
        double gain = 0, loop = 0;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            gain = std::fma(share[i], W_at[i], gain), loop = std::fma(share[i], W_back[i], loop);
        });
        auto const p = gain / larger(1 - loop, 0.5);
        adex::path path;
        unroll<nodes>([&](auto i) RANVIER_INLINE_LAMBDA {
            W_at[i] = std::fma(p, W_back[i], W_at[i]);
            path.V[i] = i == 0 ? V : E_L + W_at[i];
        });
        path.w_begin = w, path.w_end = w * left[nodes - 1] + p;
        return path;
    }
    /// A step from the state s, as kernels/parts.h has it, with a current I from outside (pA).
    template <class Functions, class State>
    RANVIER_FN double whole(State& s, double I, adex::shunt const& conductances) const {
        auto const f = adex::slow_forgetting::of(conductances);
        bool const taken = adex::calm_step<Functions>(*this, response{*this, f}, s,
                                                      along(f, s, I, conductances), f.is_right());
        return select(taken, 0.0, 1.0);
    }
    template <class Functions, class State>
    RANVIER_FN double part(State& s, double I, adex::shunt const& conductances) const {
        auto const f = adex::forgetting::of<Functions>(conductances);
        adex::any_step<Functions>(*this, response{*this, f}, s, along(f, s, I, conductances));
        return 0;
    }
};

/// A neuron with such a membrane; Model::open(derived, state): its conductances.
template <class Model> struct adex_shunt_neuron : adex_neuron {
    /// Evaluations of exp and log by a calm step, and by any other.
    static constexpr int evaluations_when_calm = adex_shunt::evaluations_when_calm,
                         evaluations_per_step = adex_shunt::evaluations_per_step;

    template <class Functions = adex_functions>
    RANVIER_FN static double whole(auto const& d, auto& s, auto const& input) {
        return d.template whole<Functions>(s, input.currents[0], Model::open(d, s));
    }
    template <class Functions = adex_functions>
    RANVIER_FN static double part(auto const& d, auto& s, auto const& input, double) {
        return d.template part<Functions>(s, input.currents[0], Model::open(d, s));
    }
};

}  // namespace ranvier
