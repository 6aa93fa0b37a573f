// aeif_psc_alpha against a high-precision solution of the same equations, interval by interval between
// spikes: tests/data/reference_aeif_psc_alpha.json (tests/reference/aeif.py).
#include <gtest/gtest.h>

#include <cmath>

#include "models/aeif_psc_alpha.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

using json = nlohmann::json;
using model = aeif_psc_alpha;

struct summary {
    int intervals = 0, same_step = 0, next_step = 0;
    // Largest deviations at samples below threshold; `calm` as long as V has not been above it and currents
    // are below 3 nA.
    double V_calm = 0, V = 0, w = 0, I = 0;
    double V_after = 0;  // at the end of the spike's step and five steps later
};

single_neuron<model> start(json const& set, json const& interval) {
    auto p = record_from<model::params>(set["params"]);
    p.I_e = interval["I_e"].get<double>();
    EXPECT_TRUE(valid(p));
    single_neuron<model> n(set["h"], p);
    auto const s = interval["state"].get<std::vector<double>>();
    n.state.V_m = s[0], n.state.w = s[1], n.state.dI_syn_ex = s[2], n.state.I_syn_ex = s[3];
    n.state.dI_syn_in = s[4], n.state.I_syn_in = s[5];
    EXPECT_TRUE(valid(n.state));
    for (auto const& x : interval["inputs"]) {
        n.spike(x[0], x[1].get<double>());
        n.spike(x[0], -x[2].get<double>());
    }
    return n;
}

void note(double& largest, double x, json const& expected) {
    largest = std::max(largest, std::fabs(x - expected.get<double>()));
}

template <class Model = model> void compare(json const& set, json const& interval, summary& sum) {
    auto n = start(set, interval);
    auto step = [&] { return Model::step(n.derived, n.state, n.take_input(), no_draws{}); };
    std::int64_t spike = -1;
    bool calm = n.state.V_m < n.params.V_th;
    auto sample = interval["samples"].begin();
    for (std::int64_t const last = std::llround(60 / n.h); spike < 0 && n.now() < last;) {
        calm = calm && n.state.I_syn_ex < 3000 && n.state.I_syn_in < 3000;
        if (step()) spike = n.now();
        calm = calm && n.state.V_m < n.params.V_th;
        if (spike >= 0 || sample == interval["samples"].end() || (*sample)[0] != n.now()) continue;
        note(calm ? sum.V_calm : sum.V, n.state.V_m, (*sample)[1]);
        note(sum.w, n.state.w, (*sample)[2]);
        note(sum.I, n.state.I_syn_ex, (*sample)[3]);
        note(sum.I, n.state.I_syn_in, (*sample)[4]);
        ++sample;
    }
    auto const expected = interval["spike"].is_null() ? -1 : interval["spike"].get<std::int64_t>();
    ++sum.intervals;
    sum.same_step += spike == expected;
    sum.next_step += std::abs(spike - expected) == 1;
    if (spike != expected || spike < 0) return;
    note(sum.V_after, n.state.V_m, interval["after"][0][1]);
    for (int k = 0; k < 5; ++k) step();
    note(sum.V_after, n.state.V_m, interval["after"][1][1]);
}

template <class Model = model> summary compare_all() {
    static auto const data = read_json("reference_aeif_psc_alpha.json");
    summary sum;
    for (auto const& interval : data["intervals"]) {
        std::size_t const i = interval["set"];
        compare<Model>(data["sets"][i], interval, sum);
    }
    return sum;
}

TEST(aeif_psc_alpha, agrees_with_the_exact_solution) {
    auto const sum = compare_all();
    EXPECT_GE(sum.intervals, 600);
    EXPECT_GE(sum.same_step, 0.995 * sum.intervals);
    EXPECT_EQ(sum.same_step + sum.next_step, sum.intervals);
    EXPECT_LT(sum.V_calm, 1e-6);
    EXPECT_LT(sum.V, 1e-4);
    EXPECT_LT(sum.w, 1e-4);
    EXPECT_LT(sum.I, 1e-9);
    EXPECT_LT(sum.V_after, 1e-2);
    for (auto const& [name, x] :
         {std::pair{"V_calm", sum.V_calm}, {"V", sum.V}, {"w", sum.w}, {"after", sum.V_after}})
        RecordProperty(name, std::to_string(x * 1e6) + "e-6");
    RecordProperty("same_step", sum.same_step);
}

/// Wrong on purpose: the effect of w is a little too large.
struct slightly_off : model {
    static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                    auto const& context) {
        auto twin = d;
        twin.I_e -= 1e-5 * s.w;
        return model::step(twin, s, input, context);
    }
};
TEST(aeif_psc_alpha, a_wrong_model_is_found) { EXPECT_GT(compare_all<slightly_off>().V_calm, 1e-6); }

}  // namespace
}  // namespace ranvier::test
