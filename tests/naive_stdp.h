// Pair-based plasticity written down once more, spike by spike, from spec/synapses.md, 2 and 3. Nothing is
// forgotten, nothing is lazy.
#pragma once
#include <map>

#include "tests/network_for_tests.h"

namespace ranvier::test {

struct naive_rule {
    bool power_law = false, vogels = false, triplet = false;
    double tau_plus = 20, lambda = 0.01, alpha = 1, mu_plus = 1, mu_minus = 1, Wmax = 100, mu = 0.4;
    double eta = 0.01;  // of the Vogels-Sprekeler rule
    double Aplus = 0, Aminus = 0, Aplus_triplet = 0, Aminus_triplet = 0, tau_plus_triplet = 101;
    /// y: second trace of the target before its spike; r: of the source. Only triplets look at them.
    double facilitate(double w, double k, double y = 0) const {
        if (vogels) return std::copysign(std::min(std::fabs(w) + eta * k, std::fabs(Wmax)), Wmax);
        if (triplet)
            return std::copysign(std::min(std::fabs(w) + k * (Aplus + Aplus_triplet * y), std::fabs(Wmax)),
                                 Wmax);
        if (power_law) return w + lambda * std::pow(w, mu) * k;
        auto const n = w / Wmax + lambda * std::pow(1 - w / Wmax, mu_plus) * k;
        return n < 1 ? n * Wmax : Wmax;
    }
    double depress(double w, double k, double r = 0) const {
        if (vogels) return std::copysign(std::max(std::fabs(facilitate(w, k)) - alpha * eta, 0.0), Wmax);
        if (triplet)
            return std::copysign(std::max(std::fabs(w) - k * (Aminus + Aminus_triplet * r), 0.0), Wmax);
        if (power_law) return std::max(w - lambda * alpha * w * k, 0.0);
        auto const n = w / Wmax - alpha * lambda * std::pow(w / Wmax, mu_minus) * k;
        return n > 0 ? n * Wmax : 0;
    }
};
/// Defaults of the models in the registry, and of their weak copies: with neurons that fire in every step,
/// traces are in the hundreds, and strong plasticity does not get away from its bounds.
inline naive_rule rule_of_model(std::string_view model) {
    bool const weak = model.starts_with("weak");
    if (model.find("vogels") != model.npos) return {.vogels = true, .alpha = 2, .Wmax = 100};
    if (model.find("triplet") != model.npos)
        return {.triplet = true,
                .tau_plus = 16.8,
                .Aplus = 5e-4,
                .Aminus = 7e-3,
                .Aplus_triplet = 6e-6,
                .Aminus_triplet = 2e-6};
    if (model.find("stdp_pl") != model.npos) return {.power_law = true, .lambda = weak ? 1e-3 : 0.1};
    return {.lambda = weak ? 1e-4 : 0.01};
}

inline std::vector<std::string> add_plastic_models(network& net) {
    for (std::string const model : {"stdp_synapse", "stdp_synapse_hpc", "stdp_synapse_hom",
                                    "stdp_pl_synapse_hom", "stdp_pl_synapse_hom_hpc"})
        net.copy_model(model, "weak_" + model, {{"lambda", rule_of_model("weak_" + model).lambda}});
    for (std::string const model : {"vogels_sprekeler_synapse", "vogels_sprekeler_synapse_hpc"}) {
        auto const r = rule_of_model(model);
        net.copy_model(model, "weak_" + model, {{"eta", r.eta}, {"alpha", r.alpha}, {"Wmax", r.Wmax}});
    }
    for (std::string const model : {"stdp_triplet_synapse", "stdp_triplet_synapse_hpc"}) {
        auto const r = rule_of_model(model);
        net.copy_model(model, "weak_" + model,
                       {{"Aplus", r.Aplus},
                        {"Aminus", r.Aminus},
                        {"Aplus_triplet", r.Aplus_triplet},
                        {"Aminus_triplet", r.Aminus_triplet}});
    }
    return {"stdp_synapse",
            "weak_stdp_synapse",
            "weak_stdp_synapse_hpc",
            "weak_stdp_synapse_hom",
            "stdp_pl_synapse_hom",
            "weak_stdp_pl_synapse_hom",
            "weak_stdp_pl_synapse_hom_hpc",
            "weak_vogels_sprekeler_synapse",
            "weak_vogels_sprekeler_synapse_hpc",
            "weak_stdp_triplet_synapse",
            "weak_stdp_triplet_synapse_hpc"};
}
constexpr int n_plastic_models = 11;

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
    double Kplus_triplet = 0;
};

/// The weight after the last spike of the source. k_triplet: as k_minus, where the rule is one of triplets.
inline double naive_weight(naive_synapse s, std::vector<std::int64_t> const& pre,
                           std::vector<std::int64_t> const& post, std::vector<double> const& k_minus,
                           double tau_minus, double h, std::vector<double> const& k_triplet = {}) {
    std::int64_t last = 0;
    for (auto const t : pre) {
        if (t <= s.made_at) continue;
        auto u = std::upper_bound(post.begin(), post.end(), last - s.delay);
        for (; u != post.end() && *u <= t - s.delay; ++u)
            s.weight = s.rule.facilitate(
                s.weight, s.Kplus * std::exp(double(last - (*u + s.delay)) * h / s.rule.tau_plus),
                s.rule.triplet ? k_triplet[std::size_t(u - post.begin())] - 1 : 0);
        auto const before = std::lower_bound(post.begin(), post.end(), t - s.delay) - post.begin();
        auto const k =
            before == 0 ? 0.0
                        : k_minus[std::size_t(before) - 1] *
                              std::exp(double(post[std::size_t(before) - 1] - (t - s.delay)) * h / tau_minus);
        auto const r = s.Kplus_triplet * std::exp(double(last - t) * h / s.rule.tau_plus_triplet);
        s.weight = s.rule.depress(s.weight, k, r);
        s.Kplus_triplet = r + 1;
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
        std::map<std::int32_t, std::vector<double>> k_minus, k_triplet;
        std::map<std::int32_t, double> tau_minus;
        std::int64_t n = 0;
        EXPECT_EQ(start.handle, end.handle);
        for (std::size_t i = 0; i < end.source.size(); ++i) {
            auto const model = net.synapse_name(end.synapse_model[i]);
            if (model.find("stdp") == model.npos && model.find("vogels") == model.npos) continue;
            if (!finished.empty() && (end.source[i] < finished.front() || end.source[i] > finished.back()))
                continue;
            auto const target = end.target[i];
            if (!k_minus.contains(target)) {
                tau_minus[target] = net.get({target, 1}, "tau_minus")[0];
                auto const since = archived_since ? archived_since(target) : 0;
                k_minus[target] = traces(spikes[target], tau_minus[target], h, since);
                k_triplet[target] =
                    traces(spikes[target], net.get({target, 1}, "tau_minus_triplet")[0], h, since);
            }
            naive_synapse s{rule_of_model(model), start.weight[i], start.Kplus[i],
                            std::llround(end.delay[i] / h)};
            if (describe) describe(i, s);
            auto const expected = naive_weight(s, spikes[end.source[i]], spikes[target], k_minus[target],
                                               tau_minus[target], h, k_triplet[target]);
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
