// Rules of synapses whose state only the source's spikes change, taken by themselves: what each spike sends
// against the reference simulator (tests/data/reference_synapses.json), limits, and chance.
#include "kernels/sending.h"
#include "models/bernoulli_synapse.h"
#include "models/quantal_stp_synapse.h"
#include "models/stochastic_stp_synapse.h"
#include "models/tsodyks2_synapse.h"
#include "models/tsodyks_synapse.h"
#include "models/tsodyks_synapse_hom.h"

#include "tests/reference_for_tests.h"
#include "tests/statistics_for_tests.h"

namespace ranvier::test {
namespace {

/// Members of a record by their names.
template <class R> void assign(R& r, json const& values) {
    R::fields::for_each([&]<auto M>() {
        auto const name = std::string(member_name<M>());
        if (values.contains(name)) r.*M = values[name].get<plain_type<M>>();
    });
}

template <class S> class short_term : public testing::Test {};
using deterministic = testing::Types<tsodyks_synapse, tsodyks_synapse_hom, tsodyks2_synapse>;
TYPED_TEST_SUITE(short_term, deterministic);

TYPED_TEST(short_term, sends_what_the_reference_sends) {
    using S = TypeParam;
    using rule = typename S::template rule<double>;
    auto const data = reference("synapses");
    double largest = 0, largest_of_state = 0;
    int cases = 0;
    for (auto const& c : data["cases"]) {
        if (c["model"] != S::name) continue;
        ++cases;
        typename S::params params;
        typename S::common common;
        typename S::state state;
        assign(params, c["params"]), assign(state, c["params"]), assign(common, c["common"]);
        auto const w =
            (c["params"].contains("weight") ? c["params"] : c["common"])["weight"].template get<double>();
        auto const r = S::template derive<double>(params, common, c["h"]);
        std::int64_t last = rule::no_spike ? -1 : 0;
        no_draws none;
        auto const pre = c["out"]["pre"].template get<stamps>();
        for (std::size_t i = 0; i < pre.size(); ++i) {
            auto const sent = r.send(r.after(last < 0 ? -1 : pre[i] - last), state, none);
            EXPECT_TRUE(sent.any);
            last = pre[i];
            auto const d =
                std::fabs(sent.factor * w - c["out"]["weights"][i].template get<double>()) / std::fabs(w);
            EXPECT_LT(d, 1e-12) << "spike " << i;
            largest = std::max(largest, d);
        }
        S::state::fields::for_each([&]<auto M>() {
            auto const d =
                std::fabs(double(state.*M) - c["out"][std::string(member_name<M>())].template get<double>());
            EXPECT_LT(d, 1e-12);
            largest_of_state = std::max(largest_of_state, d);
        });
    }
    EXPECT_GE(cases, 20);
    report(std::string(S::name) + ", weight sent", largest);
    report(std::string(S::name) + ", state", largest_of_state);
}

/// Near tau_psc = tau_rec the quotient is replaced by its limit: no jump there.
TEST(tsodyks, time_constants_may_be_equal) {
    auto y_to_x = [](double tau_rec, std::int64_t steps) {
        tsodyks_parameters p;
        p.tau_psc = 20, p.tau_rec = tau_rec;
        return tsodyks_rule<double>::of(p, 0.1).after(steps).y_to_x;
    };
    for (std::int64_t const steps : {0, 1, 10, 200, 2000}) {
        auto const x = 0.1 * double(steps) / 20, limit = -std::expm1(-x) - x * std::exp(-x);
        EXPECT_NEAR(y_to_x(20, steps), limit, 1e-15);
        for (auto const near : {1e-4, 1.1e-6, 0.9e-6, 1e-9, -1e-9, -0.9e-6, -1.1e-6, -1e-4}) {
            // First order: the derivative of the quotient is half the second derivative of -tau expm1(-t /
            // tau).
            auto const slope = -0.5 * x * x * std::exp(-x);
            EXPECT_NEAR(y_to_x(20 * (1 + near), steps), limit + slope * near, 2e-9 + std::fabs(near) * 1e-3)
                << near;
        }
    }
}

key const stream{12345, 678};
draws draws_at(std::int64_t step, std::int32_t target, std::int64_t rank = 0, std::int32_t nth = 0) {
    return draws_of_edge{stream, 0, step, 7, nth}.of(target, rank);
}

constexpr int n_edges = 20000;
stamps const spikes{3, 40, 41, 41, 300, 320, 1000, 1001, 1002, 1500};

/// Counts of what n_edges edges send at each spike, against probabilities of independent sites: a site is
/// there at the first spike with certainty, it is taken with probability u[k] if it is there, and recovers
/// with probability r[k] before spike k.
template <class S>
void expect_sites(typename S::params const& params, int sites, std::vector<double> const& u, double tau_rec) {
    auto const rule = S::template derive<double>(params, {}, 0.1);
    std::vector<typename S::state> states(n_edges);
    if constexpr (requires { states[0].a; })
        for (auto& s : states) s.a = sites;
    double there = 1;
    for (std::size_t k = 0; k < spikes.size(); ++k) {
        std::int64_t const first = k == 0
                                       ? (std::remove_reference_t<decltype(rule)>::no_spike ? -1 : spikes[0])
                                       : spikes[k] - spikes[k - 1];
        auto const interval = rule.after(first);
        auto const nth = std::int32_t(k > 0 && spikes[k] == spikes[k - 1]);
        if (k > 0) there += (1 - there) * -std::expm1(-0.1 * double(first) / tau_rec);
        std::vector<double> observed(std::size_t(sites) + 1), expected(observed.size());
        for (int e = 0; e < n_edges; ++e) {
            auto random = draws_at(spikes[k] - 1, e, 0, nth);
            auto const sent = rule.send(interval, states[std::size_t(e)], random);
            ++observed[sent.any ? std::size_t(sent.factor) : 0];
        }
        auto const p = there * u[k];
        for (int j = 0; j <= sites; ++j)
            expected[std::size_t(j)] =
                n_edges * std::exp(std::lgamma(sites + 1) - std::lgamma(j + 1) - std::lgamma(sites - j + 1)) *
                std::pow(p, j) * std::pow(1 - p, sites - j);
        auto const f = chi_square(observed, expected);
        EXPECT_TRUE(f.good()) << "spike " << k << ": " << f.text();
        there *= 1 - u[k];
    }
}

/// False alarm: 1e-6 for each of the spikes.
TEST(quantal, releases_as_independent_sites_do) {
    for (int const sites : {1, 5, 12}) {
        quantal_stp_synapse::params p;
        p.U = 0.3, p.tau_rec = 40, p.tau_fac = 60, p.n = sites;
        std::vector<double> u{0.5};  // the state's default
        for (std::size_t k = 1; k < spikes.size(); ++k)
            u.push_back(0.3 + u.back() * 0.7 * std::exp(-0.1 * double(spikes[k] - spikes[k - 1]) / 60));
        expect_sites<quantal_stp_synapse>(p, sites, u, 40);
    }
}
TEST(stochastic, releases_as_a_site_does) {
    for (double const tau_fac : {0.0, 1e-11, 50.0}) {
        stochastic_stp_synapse::params p;
        p.U = 0.4, p.tau_rec = 30, p.tau_fac = tau_fac;
        std::vector<double> u;
        for (std::size_t k = 0; k < spikes.size(); ++k) {
            auto const left = tau_fac < 1 || k == 0
                                  ? 0.0
                                  : u.back() * std::exp(-0.1 * double(spikes[k] - spikes[k - 1]) / tau_fac);
            u.push_back(left + 0.4 * (1 - left));
        }
        expect_sites<stochastic_stp_synapse>(p, 1, u, 30);
    }
}
TEST(bernoulli, transmits_with_its_probability) {
    for (double const p : {0.0, 0.01, 0.4, 1.0}) {
        auto const rule = bernoulli_synapse::derive<float>({.p_transmit = p}, {}, 0.1);
        std::vector<double> observed(2), expected{n_edges * (1 - p), n_edges * p};
        for (int e = 0; e < n_edges; ++e) {
            nothing none;
            auto random = draws_at(17, e);
            ++observed[rule.send(rule.after(1), none, random).any ? 1 : 0];
        }
        if (p == 0 || p == 1)
            EXPECT_EQ(observed, expected);
        else
            EXPECT_TRUE(chi_square(observed, expected).good());
    }
}

/// Numbers of any two edges, ranks, spikes of a step, steps (also 2^32 steps apart), bands, sources and
/// connects are independent: the pairs' joint distribution on an 8 x 8 grid. False alarm: 1e-6 each.
TEST(draws_of_edges, are_independent) {
    auto const base = draws_of_edge{stream, 0, 100, 7, 0};
    struct other {
        char const* name;
        std::function<draws(int)> of;
    };
    auto at = [](draws_of_edge d, int target, std::int64_t rank) { return d.of(target, rank); };
    for (auto const& x :
         std::vector<other>{{"rank", [&](int j) { return at(base, j, 1); }},
                            {"target", [&](int j) { return at(base, j + 1, 0); }},
                            {"nth",
                             [&](int j) {
                                 return at({stream, 0, 100, 7, 1}, j, 0);
                             }},
                            {"step",
                             [&](int j) {
                                 return at({stream, 0, 101, 7, 0}, j, 0);
                             }},
                            {"far step",
                             [&](int j) {
                                 return at({stream, 0, 100 + (std::int64_t{1} << 32), 7, 0}, j, 0);
                             }},
                            {"band",
                             [&](int j) {
                                 return at({stream, 1, 100, 7, 0}, j, 0);
                             }},
                            {"source",
                             [&](int j) {
                                 return at({stream, 0, 100, 8, 0}, j, 0);
                             }},
                            {"connect", [&](int j) {
                                 return at({{12345, 679}, 0, 100, 7, 0}, j, 0);
                             }}}) {
        std::vector<double> counts(64);
        for (int j = 0; j < n_edges; ++j) {
            auto a = at(base, j, 0), b = x.of(j);
            ++counts[std::size_t(a.uniform() * 8) * 8 + std::size_t(b.uniform() * 8)];
        }
        EXPECT_TRUE(uniform_counts(counts).good()) << x.name;
    }
    std::vector<double> same(64);  // the broken twin
    for (int j = 0; j < n_edges; ++j) {
        auto a = at(base, j, 0), b = at(base, j, 0);
        ++same[std::size_t(a.uniform() * 8) * 8 + std::size_t(b.uniform() * 8)];
    }
    EXPECT_FALSE(uniform_counts(same).good());
}

}  // namespace
}  // namespace ranvier::test
