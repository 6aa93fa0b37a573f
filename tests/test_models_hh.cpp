// What the Hodgkin-Huxley neurons are made of: power series, the rates, the courses of synapses, the
// solution, the parts of a step. Whole neurons against a high-precision solver: test_reference_neurons.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/parts.h"
#include "models/hh_cond_exp_traub.h"
#include "models/hh_psc_alpha.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

namespace hh = hodgkin_huxley;
namespace series = power_series;

static_assert(in_parts<hh_psc_alpha> && in_parts<hh_cond_exp_traub>);

double relative(double x, double right) { return std::fabs(x / right - 1); }
double linoid(double x) { return x == 0 ? 1 : -x / std::expm1(-x); }

TEST(PowerSeries, ProductsAreThoseOfPolynomials) {
    constexpr int N = 9;
    values<N> const a{{0.7, -1.3, 2.1, 0.4, -0.9, 1.7, -0.2, 3.1, 0.6}};
    values<N> const b{{-0.3, 0.8, 1.9, -2.4, 0.5, 1.1, -1.6, 0.1, 2.2}};
    unroll<N>([&](auto k) {
        double right = 0, twice = 0;
        for (int i = 0; i <= k; ++i) right += a[i] * b[k - i], twice += a[i] * a[k - i];
        EXPECT_NEAR(series::product<k>(a, b), right, 1e-14) << int(k);
        EXPECT_NEAR(series::square<k>(a), twice, 1e-14) << int(k);
    });
}

/// Of an expansion about 0: that it goes on as the function does.
template <int N, class F> void expect_series(values<N> const& c, F f, double x, double tolerance) {
    for (double const at : {0.0, x / 2, -x, x})
        EXPECT_NEAR(polynomial(c, at), f(at), tolerance * std::fabs(f(at))) << "order " << N << ", at " << at;
}
TEST(PowerSeries, FunctionsGoOnAsTheyShould) {
    expect_series(
        series::exponential<9>(1.7, -0.3), [](double x) { return 1.7 * std::exp(-0.3 * x); }, 0.5, 1e-12);
    expect_series(
        series::logistic<9>(1 / (1 + 2.5), 0.2), [](double x) { return 1 / (1 + 2.5 * std::exp(-0.2 * x)); },
        0.5, 1e-11);
    // The linoid, where it begins far from 0 and near it, on both sides of where its formulas meet.
    for (double const y : {1e-12, 1e-3, 0.05, 0.09999, 0.10001, 0.5, 2.0, 7.0, 30.0})
        for (double const s : {y, -y}) {
            SCOPED_TRACE(s);
            auto f = [=](double x) { return 1.3 * linoid(s + 0.25 * x); };
            expect_series(series::linoid<6>(1.3, 0.25, s, std::exp(-s)), f, 0.05, 1e-12);
            expect_series(series::linoid<9>(1.3, 0.25, s, std::exp(-s)), f, 0.5, 1e-10);
        }
    EXPECT_EQ(series::linoid<6>(1.3, 0.25, 0, 1)[0], 1.3);
}

template <int N> void expect_rates() {
    for (double V = -214; V < 500; V += 0.37) {
        auto const r = hh_psc_alpha::rates_at<N>(V);
        EXPECT_LT(relative(r.alpha_m[0], linoid((V + 40) / 10)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_m[0], 4 * std::exp(-(V + 65) / 18)), 1e-13) << V;
        EXPECT_LT(relative(r.alpha_h[0], 0.07 * std::exp(-(V + 65) / 20)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_h[0], 1 / (1 + std::exp(-(V + 35) / 10))), 1e-13) << V;
        EXPECT_LT(relative(r.alpha_n[0], 0.1 * linoid((V + 55) / 10)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_n[0], 0.125 * std::exp(-(V + 65) / 80)), 1e-13) << V;
    }
    for (double v = -149; v < 500; v += 0.37) {
        auto const r = hh_cond_exp_traub::rates_at<N>(v);
        EXPECT_LT(relative(r.alpha_m[0], 1.28 * linoid((v - 13) / 4)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_m[0], 1.4 * linoid((40 - v) / 5)), 1e-13) << v;
        EXPECT_LT(relative(r.alpha_h[0], 0.128 * std::exp((17 - v) / 18)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_h[0], 4 / (1 + std::exp((40 - v) / 5))), 1e-13) << v;
        EXPECT_LT(relative(r.alpha_n[0], 0.16 * linoid((v - 15) / 5)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_n[0], 0.5 * std::exp((10 - v) / 40)), 1e-13) << v;
    }
    // At the removable singularities.
    EXPECT_EQ(hh_psc_alpha::rates_at<N>(-40).alpha_m[0], 1);
    EXPECT_EQ(hh_psc_alpha::rates_at<N>(-55).alpha_n[0], 0.1);
    EXPECT_EQ(hh_cond_exp_traub::rates_at<N>(13).alpha_m[0], 1.28);
    EXPECT_EQ(hh_cond_exp_traub::rates_at<N>(15).alpha_n[0], 0.16);
}
TEST(HodgkinHuxley, RatesAreThoseOfThePapers) {
    expect_rates<hh::low>();
    expect_rates<hh::high>();
}

template <class M> void rates_go_on(double from, double to) {
    double largest = 0;
    for (double V = from; V < to; V += 0.37)
        for (double const x : {-0.5, 0.5}) {
            auto const here = M::template rates_at<hh::high>(V),
                       there = M::template rates_at<hh::high>(V + x);
            for (auto const rate :
                 {&hh::rates<hh::high>::alpha_m, &hh::rates<hh::high>::beta_m, &hh::rates<hh::high>::alpha_h,
                  &hh::rates<hh::high>::beta_h, &hh::rates<hh::high>::alpha_n, &hh::rates<hh::high>::beta_n})
                largest = std::max(largest, std::fabs(polynomial(here.*rate, x) - (there.*rate)[0]) /
                                                ((there.*rate)[0] + 0.01));
        }
    EXPECT_LT(largest, 1e-10);
}
TEST(HodgkinHuxley, RatesGoOnAsTheyShould) {
    rates_go_on<hh_psc_alpha>(-200, 150);
    rates_go_on<hh_cond_exp_traub>(-100, 150);
}

/// The solution obeys the equations: its slope is what they say for where it is, but for the terms it lacks.
TEST(HodgkinHuxley, TheSolutionObeysTheEquations) {
    using model = hh_cond_exp_traub;
    constexpr int N = hh::high;
    model::params const p;
    double const h = 0.1;
    auto const d = model::derive(p, h);
    model::state s;
    s.V_m = -52, s.Act_m = 0.11, s.Inact_h = 0.95, s.Act_n = 0.1, s.g_ex = 30, s.g_in = 20;
    auto const y = model::solve<N>(d, s, 70, s.g_ex, s.g_in);
    auto residual = [&](double t) {
        auto const V = polynomial(y.V, t), m = polynomial(y.m, t), gate_h = polynomial(y.h, t),
                   n = polynomial(y.n, t);
        auto const g_ex = 30 * std::exp(-t * h / p.tau_syn_ex), g_in = 20 * std::exp(-t * h / p.tau_syn_in);
        auto const I = 70 - p.g_Na * m * m * m * gate_h * (V - p.E_Na) - p.g_K * n * n * n * n * (V - p.E_K) -
                       p.g_L * (V - p.E_L) - g_ex * (V - p.E_ex) - g_in * (V - p.E_in);
        auto const v = V - p.V_T;
        auto gate = [&](double x, values<N + 1> const& c, double alpha, double beta) {
            return std::fabs(polynomial_slope(c, t) - h * (alpha * (1 - x) - beta * x));
        };
        return std::max(
            {std::fabs(polynomial_slope(y.V, t) - h * I / p.C_m),
             100 * gate(m, y.m, 1.28 * linoid((v - 13) / 4), 1.4 * linoid((40 - v) / 5)),
             100 * gate(gate_h, y.h, 0.128 * std::exp((17 - v) / 18), 4 / (1 + std::exp((40 - v) / 5))),
             100 * gate(n, y.n, 0.16 * linoid((v - 15) / 5), 0.5 * std::exp((10 - v) / 40))});
    };
    EXPECT_LT(residual(0), 1e-12);
    EXPECT_LT(residual(0.1), 1e-11);
    EXPECT_GT(residual(0.8), 1e-9);
    EXPECT_NEAR(std::log2(residual(0.8) / residual(0.4)), N, 0.7);
}

TEST(HodgkinHuxley, RootsAreNeverTooLarge) {
    for (double x = 1e-300; x < 1e300; x *= 1.37) {
        auto const right = std::pow(x, 1.0 / 9), root = hh::root<9>(x);
        EXPECT_LE(root, right * (1 + 1e-12)) << x;
        EXPECT_GT(root, 0.93 * right) << x;
    }
    EXPECT_LT(hh::root<9>(0), 1e-30);
}

struct tag {};
TEST(HodgkinHuxley, DecayIsAsGoodAsItSays) {
    auto largest = [](double steps) {
        hh::decay<tag> d;
        d.set(steps);
        double e = 0;
        for (double x = 0; x <= 1; x += 1.0 / 512) {
            EXPECT_GE(d.at(x), 0);
            e = std::max(e, std::fabs(d.at(x) - std::exp(-x * steps)));
        }
        return e;
    };
    EXPECT_LT(largest(0.5), 1e-11);
    EXPECT_LT(largest(5), 1e-9);
    EXPECT_LT(largest(20), 1e-5);
    EXPECT_LE(largest(1e6), 1);
    EXPECT_LT(largest(0), 1e-11);
}

/// Parts that the step takes, none if it is taken at once, and whether all is finite after it.
template <class M> int parts_of(typename M::state s, double h) {
    auto const d = M::derive({}, h);
    int n = 0;
    for (double left = M::whole(d, s, {}); left > 0; ++n) left = M::part(d, s, {}, left);
    EXPECT_TRUE(std::isfinite(s.V_m)) << s.V_m;
    return n;
}

template <class M> void takes_few_parts_and_always_ends() {
    single_neuron<M> settled(0.1);
    settled.run(300);
    auto s = settled.state;
    EXPECT_EQ(parts_of<M>(s, 0.1), 0);
    EXPECT_EQ(parts_of<M>(s, 0.05), 0);
    EXPECT_LE(parts_of<M>(s, 1), 4);
    s.V_m = -35, s.Act_m = 0.4;  // upstroke
    auto const n = parts_of<M>(s, 0.1);
    EXPECT_GT(n, 1);
    EXPECT_LT(n, 20);
    for (double const V : {-1e4, -300.0, -200.0, 150.0, 300.0, 1e4}) {
        s.V_m = V;
        EXPECT_LT(parts_of<M>(s, 0.1), 2000) << V;
    }
    // What cannot be taken at once changes nothing yet.
    auto const d = M::derive({}, 0.1);
    s.V_m = -35;
    auto after = s;
    EXPECT_EQ(M::whole(d, after, {}), 1);
    EXPECT_EQ(after.V_m, s.V_m);
    EXPECT_EQ(after.Act_m, s.Act_m);
    EXPECT_EQ(after.Inact_h, s.Inact_h);
    EXPECT_EQ(after.Act_n, s.Act_n);
    EXPECT_EQ(after.V_before, s.V_m);
    // What overflows is not hidden, and ends.
    for (double const V : {double(NAN), double(INFINITY), 1e200}) {
        s.V_m = V;
        auto left = M::whole(d, s, {});
        if (left > 0) left = M::part(d, s, {}, left);
        EXPECT_EQ(left, 0) << V;
        EXPECT_FALSE(std::isfinite(s.V_m)) << V;
    }
}
TEST(HodgkinHuxley, AlphaTakesFewParts) { takes_few_parts_and_always_ends<hh_psc_alpha>(); }
TEST(HodgkinHuxley, TraubTakesFewParts) { takes_few_parts_and_always_ends<hh_cond_exp_traub>(); }

/// From each sample of the reference to the next, where an error has no time to grow.
TEST(HodgkinHuxley, TraubIsRightFromSampleToSample) {
    using model = hh_cond_exp_traub;
    auto const data = read_json("reference_hh_cond_exp_traub.json");
    double largest = 0;
    int compared = 0;
    for (auto const& c : data["cases"]) {
        double const h = c["h"];
        std::int64_t const every = c["every"], steps = c["steps"];
        auto const& out = c["out"];
        for (std::size_t i = 0; i + 1 < out["V_m"].size(); ++i) {
            single_neuron<model> n(h, record_from<model::params>(c["params"]));
            n.state = record_from<model::state>({{"V_m", out["V_m"][i]},
                                                 {"Act_m", out["Act_m"][i]},
                                                 {"Inact_h", out["Inact_h"][i]},
                                                 {"Act_n", out["Act_n"][i]},
                                                 {"g_ex", out["g_ex"][i]},
                                                 {"g_in", out["g_in"][i]}});
            auto const first = std::int64_t(i + 1) * every;  // the step that the neuron is at
            auto in_time = [&](std::int64_t k) { return k >= first && k < first + every; };
            for (auto const& train : c["spikes"])
                for (std::size_t s = 0; s < train["stamps"].size(); ++s) {
                    auto const k = train["stamps"][s].get<std::int64_t>() + train["delay"].get<int>() - 1;
                    auto const m =
                        train.contains("multiplicities") ? train["multiplicities"][s].get<int>() : 1;
                    if (in_time(k)) n.spike(k - first, train["weight"].get<double>(), 0, m);
                }
            for (auto const& current : c["currents"]) {
                std::int64_t const start = current["start"], delay = current["delay"],
                                   stop = current["stop"].is_null() ? steps
                                                                    : current["stop"].get<std::int64_t>();
                for (auto k = first; k < first + every; ++k)  // emitted in step k - 1 - delay
                    if (k >= std::max<std::int64_t>(start, 1) + delay && k < stop + delay)
                        n.current(k - first, k - first + 1,
                                  current["amplitude"].get<double>() * current["weight"].get<double>());
            }
            n.run(every);
            auto const difference = std::fabs(n.state.V_m - out["V_m"][i + 1].get<double>());
            EXPECT_LT(difference, 1e-6) << "resolution " << h << ", sample " << i + 1;
            largest = std::max(largest, difference);
            ++compared;
        }
    }
    EXPECT_GT(compared, 1500);
    RecordProperty("largest_deviation", std::to_string(largest));
    std::printf("%d intervals, largest deviation %.1e mV\n", compared, largest);
}

}  // namespace
}  // namespace ranvier::test
