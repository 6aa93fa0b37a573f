// Pair-based plasticity written down once more, spike by spike, from spec/synapses.md, 2 and 3. Nothing is
// forgotten, nothing is lazy.
#pragma once
#include <map>

#include "tests/network_for_tests.h"

namespace ranvier::test {

struct naive_rule {
    bool power_law = false;
    double tau_plus = 20, lambda = 0.01, alpha = 1, mu_plus = 1, mu_minus = 1, Wmax = 100, mu = 0.4;
    double facilitate(double w, double k) const {
        if (power_law) return w + lambda * std::pow(w, mu) * k;
        auto const n = w / Wmax + lambda * std::pow(1 - w / Wmax, mu_plus) * k;
        return n < 1 ? n * Wmax : Wmax;
    }
    double depress(double w, double k) const {
        if (power_law) return std::max(w - lambda * alpha * w * k, 0.0);
        auto const n = w / Wmax - alpha * lambda * std::pow(w / Wmax, mu_minus) * k;
        return n > 0 ? n * Wmax : 0;
    }
};
/// Defaults of the models in the registry, and of their weak copies: with neurons that fire in every step,
/// traces are in the hundreds, and strong plasticity does not get away from its bounds.
inline naive_rule rule_of_model(std::string_view model) {
    bool const weak = model.starts_with("weak");
    if (model.find("stdp_pl") != model.npos) return {.power_law = true, .lambda = weak ? 1e-3 : 0.1};
    return {.lambda = weak ? 1e-4 : 0.01};
}

inline std::vector<std::string> add_plastic_models(network& net) {
    for (std::string const model :
         {"stdp_synapse", "stdp_synapse_hpc", "stdp_pl_synapse_hom", "stdp_pl_synapse_hom_hpc"})
        net.copy_model(model, "weak_" + model, {{"lambda", rule_of_model("weak_" + model).lambda}});
    return {"stdp_synapse",        "weak_stdp_synapse",        "weak_stdp_synapse_hpc",
            "stdp_pl_synapse_hom", "weak_stdp_pl_synapse_hom", "weak_stdp_pl_synapse_hom_hpc"};
}

/// Spikes of each neuron, stamps in steps, repeated where there were several at once.
using trains = std::map<std::int32_t, std::vector<std::int64_t>>;
inline trains trains_of(spike_data const& d) {
    trains all;
    for (std::size_t i = 0; i < d.senders.size(); ++i) all[d.senders[i]].push_back(d.steps[i]);
    return all;
}

/// K- of a neuron just after each of its spikes, from those on that are later than `since`.
inline std::vector<double> traces(std::vector<std::int64_t> const& post, double tau_minus, double h,
                                  std::int64_t since) {
    std::vector<double> k;
    double value = 0;
    for (std::size_t i = 0; i < post.size(); ++i) {
        if (i > 0) value *= std::exp(double(post[i - 1] - post[i]) * h / tau_minus);
        value = post[i] > since ? value + 1 : 0;
        k.push_back(value);
    }
    return k;
}

struct naive_synapse {
    naive_rule rule;
    double weight, Kplus = 0;
    std::int64_t delay;        // steps
    std::int64_t made_at = 0;  // step; spikes of the source up to it pass by
};

/// The weight after the last spike of the source.
inline double naive_weight(naive_synapse s, std::vector<std::int64_t> const& pre,
                           std::vector<std::int64_t> const& post, std::vector<double> const& k_minus,
                           double tau_minus, double h) {
    std::int64_t last = 0;
    for (auto const t : pre) {
        if (t <= s.made_at) continue;
        auto u = std::upper_bound(post.begin(), post.end(), last - s.delay);
        for (; u != post.end() && *u <= t - s.delay; ++u)
            s.weight = s.rule.facilitate(
                s.weight, s.Kplus * std::exp(double(last - (*u + s.delay)) * h / s.rule.tau_plus));
        auto const before = std::lower_bound(post.begin(), post.end(), t - s.delay) - post.begin();
        auto const k =
            before == 0 ? 0.0
                        : k_minus[std::size_t(before) - 1] *
                              std::exp(double(post[std::size_t(before) - 1] - (t - s.delay)) * h / tau_minus);
        s.weight = s.rule.depress(s.weight, k);
        s.Kplus = s.Kplus * std::exp(double(last - t) * h / s.rule.tau_plus) + 1;
        last = t;
    }
    return s.weight;
}

/// All plastic connections of a network against the naive recomputation. describe(i, start) may change what
/// follows from the names of models and the table before the run.
struct naive_comparison {
    connection_table start;
    std::function<void(std::size_t, naive_synapse&)> describe = {};
    std::function<std::int64_t(std::int32_t)> archived_since =
        {};               // [target] step of its first plastic connection
    nodes finished = {};  // sources whose last spike came after all of their targets' (empty: all)
    double tolerance_single = 3e-4, tolerance_double = 1e-12;

    /// Number of connections compared; relative deviations from the naive weights.
    std::int64_t operator()(network& net, trains& spikes) const {
        auto const end = net.connections();
        auto const h = net.resolution();
        std::map<std::int32_t, std::vector<double>> k_minus;
        std::map<std::int32_t, double> tau_minus;
        std::int64_t n = 0;
        EXPECT_EQ(start.handle, end.handle);
        for (std::size_t i = 0; i < end.source.size(); ++i) {
            auto const model = net.synapse_name(end.synapse_model[i]);
            if (model.find("stdp") == model.npos) continue;
            if (!finished.empty() && (end.source[i] < finished.front() || end.source[i] > finished.back()))
                continue;
            auto const target = end.target[i];
            if (!k_minus.contains(target)) {
                tau_minus[target] = net.get({target, 1}, "tau_minus")[0];
                k_minus[target] =
                    traces(spikes[target], tau_minus[target], h, archived_since ? archived_since(target) : 0);
            }
            naive_synapse s{rule_of_model(model), start.weight[i], start.Kplus[i],
                            std::llround(end.delay[i] / h)};
            if (describe) describe(i, s);
            auto const expected =
                naive_weight(s, spikes[end.source[i]], spikes[target], k_minus[target], tau_minus[target], h);
            auto const allowed = model.find("_hpc") != model.npos ? tolerance_single : tolerance_double;
            EXPECT_NEAR(end.weight[i], expected, allowed * std::max(1e-3, std::fabs(expected)))
                << model << " " << end.source[i] << " -> " << target << ", " << net.model(target)
                << ", delay " << end.delay[i] << " ms, at first " << start.weight[i] << ", "
                << spikes[end.source[i]].size() << " and " << spikes[target].size() << " spikes";
            ++n;
            if (testing::Test::HasFailure() && n > 2000) break;
        }
        return n;
    }
};

}  // namespace ranvier::test
