// What the Hodgkin-Huxley neurons are made of: the method, the rates, the courses of synapses, the parts of a
// step. Whole neurons against a high-precision solver: test_reference_neurons.cpp.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/parts.h"
#include "models/hh_cond_exp_traub.h"
#include "models/hh_psc_alpha.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

namespace hh = hodgkin_huxley;

static_assert(in_parts<hh_psc_alpha> && in_parts<hh_cond_exp_traub>);

TEST(DormandPrince, IsOfOrderEight) {
    // y' = n x^(n - 1) is integrated exactly up to n = 8, and not beyond.
    auto power = [](int n, double length) {
        auto slope = [=](values<1> const&, double x) { return values<1>{{n * std::pow(x * length, n - 1)}}; };
        return dormand_prince::advance(values<1>{{0}}, slope({}, 0), length, slope)[0];
    };
    for (int n = 1; n <= 8; ++n) EXPECT_NEAR(power(n, 1), 1, 2e-14) << n;
    EXPECT_GT(std::fabs(power(9, 1) - 1), 1e-7);
    // A nonlinear equation with a closed form, y' = -y^2: halving the step divides the error by about 2^8.
    auto error = [](int steps) {
        auto slope = [](values<1> const& y, double) { return values<1>{{-y[0] * y[0]}}; };
        values<1> y{{1}};
        for (int i = 0; i < steps; ++i) y = dormand_prince::advance(y, slope(y, 0), 2.0 / steps, slope);
        return std::fabs(y[0] - 1.0 / 3);
    };
    EXPECT_GT(error(2) / error(4), 128);
    EXPECT_LT(error(8), 1e-10);
}

TEST(DormandPrince, NothingChangesInNoTime) {
    auto slope = [](values<2> const& y, double) { return values<2>{{-3e5 * y[0], 1e9}}; };
    values<2> const y{{0.1, -70.123}};
    auto const z = dormand_prince::advance(y, slope(y, 0), 0, slope);
    EXPECT_EQ(z[0], y[0]);
    EXPECT_EQ(z[1], y[1]);
}

TEST(HodgkinHuxley, LinoidIsRightEverywhere) {
    EXPECT_EQ(hh::linoid(0, 1), 1);
    for (double x : {1e-300, 1e-12, 1e-6, 0.01, 0.1, 0.299999, 0.3, 0.300001, 1.0, 7.0, 30.0, 300.0})
        for (double const s : {x, -x}) {
            double const right = s / -std::expm1(-s);
            EXPECT_NEAR(hh::linoid(s, std::exp(-s)) / right, 1, 4e-15) << s;
        }
}

double relative(double x, double right) { return std::fabs(x / right - 1); }
double linoid(double x) { return x == 0 ? 1 : -x / std::expm1(-x); }

TEST(HodgkinHuxley, RatesAreThoseOfThePapers) {
    for (double V = -214; V < 500; V += 0.37) {
        auto const r = hh_psc_alpha::rates_at(V);
        EXPECT_LT(relative(r.alpha_m, linoid((V + 40) / 10)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_m, 4 * std::exp(-(V + 65) / 18)), 1e-13) << V;
        EXPECT_LT(relative(r.alpha_h, 0.07 * std::exp(-(V + 65) / 20)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_h, 1 / (1 + std::exp(-(V + 35) / 10))), 1e-13) << V;
        EXPECT_LT(relative(r.alpha_n, 0.1 * linoid((V + 55) / 10)), 1e-13) << V;
        EXPECT_LT(relative(r.beta_n, 0.125 * std::exp(-(V + 65) / 80)), 1e-13) << V;
    }
    for (double v = -149; v < 500; v += 0.37) {
        auto const r = hh_cond_exp_traub::rates_at(v);
        EXPECT_LT(relative(r.alpha_m, 1.28 * linoid((v - 13) / 4)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_m, 1.4 * linoid((40 - v) / 5)), 1e-13) << v;
        EXPECT_LT(relative(r.alpha_h, 0.128 * std::exp((17 - v) / 18)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_h, 4 / (1 + std::exp((40 - v) / 5))), 1e-13) << v;
        EXPECT_LT(relative(r.alpha_n, 0.16 * linoid((v - 15) / 5)), 1e-13) << v;
        EXPECT_LT(relative(r.beta_n, 0.5 * std::exp((10 - v) / 40)), 1e-13) << v;
    }
    // At the removable singularities.
    EXPECT_EQ(hh_psc_alpha::rates_at(-40).alpha_m, 1);
    EXPECT_EQ(hh_psc_alpha::rates_at(-55).alpha_n, 0.1);
    EXPECT_EQ(hh_cond_exp_traub::rates_at(13).alpha_m, 1.28);
    EXPECT_EQ(hh_cond_exp_traub::rates_at(15).alpha_n, 0.16);
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

/// Parts that the step takes, and whether all is finite after it.
template <class M> int parts_of(typename M::state s, typename M::params const& p, double h, double I) {
    auto const d = M::derive(p, h);
    inputs<M::n_ports, M::n_currents> in{};
    in.currents[0] = I;
    int n = 0;
    for (double left = 1; left > 0; ++n) left = M::part(d, s, in, left);
    EXPECT_TRUE(std::isfinite(s.V_m)) << s.V_m;
    return n;
}

template <class M> void takes_few_parts_at_rest_and_always_ends() {
    typename M::state s;
    EXPECT_EQ(parts_of<M>(s, {}, 0.1, 0), 1);
    EXPECT_EQ(parts_of<M>(s, {}, 0.05, 0), 1);
    EXPECT_EQ(parts_of<M>(s, {}, 1, 0), 10);
    s.V_m = -35, s.Act_m = 0.4;  // upstroke
    auto const n = parts_of<M>(s, {}, 0.1, 0);
    EXPECT_GT(n, 1);
    EXPECT_LT(n, 20);
    for (double const V : {-1e4, -300.0, -200.0, 150.0, 300.0, 1e4}) {
        s.V_m = V;
        EXPECT_LT(parts_of<M>(s, {}, 0.1, 0), 2000) << V;
    }
    auto const d = M::derive({}, 0.1);
    s.V_m = NAN;
    EXPECT_FALSE(M::part(d, s, {}, 1.0) > 0);
    typename M::state const before;
    auto after = before;
    EXPECT_EQ(M::part(d, after, {}, 0.0), 0);
    EXPECT_EQ(after.V_m, before.V_m);
    EXPECT_EQ(after.Act_m, before.Act_m);
    EXPECT_EQ(after.Inact_h, before.Inact_h);
    EXPECT_EQ(after.Act_n, before.Act_n);
    EXPECT_EQ(after.V_before, before.V_before);
}
TEST(HodgkinHuxley, AlphaTakesFewParts) { takes_few_parts_at_rest_and_always_ends<hh_psc_alpha>(); }
TEST(HodgkinHuxley, TraubTakesFewParts) { takes_few_parts_at_rest_and_always_ends<hh_cond_exp_traub>(); }

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
