// Single neurons against the reference simulator: tests/data/reference_<model>.json
// (tests/reference/neurons.py).
#include <gtest/gtest.h>

#include <cmath>

#include "models/iaf_psc_alpha.h"
#include "models/iaf_psc_delta.h"
#include "models/iaf_psc_exp.h"
#include "models/ignore_and_fire.h"
#include "models/parrot_neuron.h"
#include "tests/single_neuron.h"

namespace ranvier::test {
namespace {

using json = nlohmann::json;

/// The trains of a case, each a spike generator with one connection.
template <class M> void connect_spikes(single_neuron<M>& neuron, json const& trains) {
    for (auto const& train : trains)
        for (std::size_t i = 0; i < train["stamps"].size(); ++i) {
            double const factor = train.contains("weights") ? train["weights"][i].get<double>() : 1.0;
            int const multiplicity =
                train.contains("multiplicities") ? train["multiplicities"][i].get<int>() : 1;
            std::int64_t const step = train["stamps"][i].get<int>() + train["delay"].get<int>() - 1;
            neuron.spike(step, train["weight"].get<double>() * factor, train["receptor"], multiplicity);
        }
}

/// dc generators: their event of step k acts in step k + delay + 1 (devices.md, 3; time_and_events.md, 4).
template <class M> void connect_currents(single_neuron<M>& neuron, json const& currents, std::int64_t steps) {
    for (auto const& c : currents) {
        std::int64_t const start = c["start"], shift = c["delay"].get<int>() + 1;
        auto const stop = c["stop"].is_null() ? steps + 1 : c["stop"].get<std::int64_t>();
        neuron.current(std::max<std::int64_t>(start - 1, 0) + shift, stop - 1 + shift,
                       c["amplitude"].get<double>() * c["weight"].get<double>(), c["receptor"]);
    }
}

struct comparison {
    bool same_spikes = true;
    double largest = 0;  // deviation over max(|V - E_L|, 1 mV), of currents over max(|I|, 1 pA)
};

template <class M> comparison compare(json const& c) {
    single_neuron<M> neuron(c["h"], record_from<typename M::params>(c["params"]));
    EXPECT_TRUE(valid(neuron.params));
    M::settable::for_each([&]<auto Member>() {
        auto const given = c["params"].find(member_name<Member>());
        if (given != c["params"].end()) neuron.template set<Member>(given->template get<double>());
    });
    std::int64_t const steps = c["steps"], every = c.value("every", steps + 1);
    connect_spikes(neuron, c["spikes"]);
    if constexpr (M::n_currents > 0) connect_currents(neuron, c["currents"], steps);
    comparison result;
    auto const stamps = neuron.run(steps, [&](std::int64_t stamp) {
        if (stamp % every) return;
        for (auto const& [name, values] : c["out"].items()) {
            if (name == "spikes") continue;
            auto const expected = values[std::size_t(stamp / every - 1)].template get<double>();
            double zero = 0;
            if constexpr (requires { neuron.params.E_L; })
                if (name == "V_m") zero = neuron.params.E_L;
            auto const scale = std::max(std::fabs(expected - zero), 1.0);
            result.largest = std::max(result.largest, std::fabs(neuron.recorded(name) - expected) / scale);
        }
    });
    result.same_spikes = stamps == c["out"]["spikes"].get<std::vector<std::int64_t>>();
    return result;
}

template <class M> class reference : public testing::Test {};
using models = testing::Types<iaf_psc_exp, iaf_psc_alpha, iaf_psc_delta, ignore_and_fire, parrot_neuron>;
struct names {
    template <class M> static std::string GetName(int) { return M::name; }
};
TYPED_TEST_SUITE(reference, models, names);

TYPED_TEST(reference, same_spikes_and_traces) {
    auto const data = read_json(std::string("reference_") + TypeParam::name + ".json");
    ASSERT_EQ(data["model"], TypeParam::name);
    ASSERT_GE(data["cases"].size(), 20u);
    double largest = 0;
    for (std::size_t i = 0; i < data["cases"].size(); ++i) {
        auto const result = compare<TypeParam>(data["cases"][i]);
        EXPECT_TRUE(result.same_spikes) << "case " << i;
        EXPECT_LT(result.largest, 1e-9) << "case " << i;
        largest = std::max(largest, result.largest);
    }
    this->RecordProperty("largest_deviation", std::to_string(largest * 1e12) + "e-12");
}

/// Wrong on purpose: what this test can see must be small.
struct late_input : iaf_psc_exp {  // synaptic current acts in the step of its arrival
    static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                    auto const& context) {
        s.I_syn_ex = s.I_syn_ex + input[ex] / d.P11ex;
        auto rest = input;
        rest.spikes[ex] = 0;
        return iaf_psc_exp::step(d, s, rest, context);
    }
};
struct slightly_off : iaf_psc_exp {
    static int step(derived const& d, state& s, inputs<n_ports, n_currents> const& input,
                    auto const& context) {
        auto twin = d;
        twin.P22 *= 1 - 1e-9;
        return iaf_psc_exp::step(twin, s, input, context);
    }
};

TEST(reference_twins, wrong_models_are_found) {
    auto const data = read_json("reference_iaf_psc_exp.json");
    auto found = [&]<class M>(M) {
        for (auto const& c : data["cases"]) {
            auto const result = compare<M>(c);
            if (!result.same_spikes || result.largest > 1e-9) return true;
        }
        return false;
    };
    EXPECT_TRUE(found(late_input{}));
    EXPECT_TRUE(found(slightly_off{}));
    EXPECT_FALSE(found(iaf_psc_exp{}));
}

}  // namespace
}  // namespace ranvier::test
