// AdEx neurons under strong inhibition: the network of a public report on another simulator, where seed
// 130030284 hangs and seed 1234 ends with a numerical instability (two modules of excitatory aeif_psc_alpha
// and inhibitory iaf_psc_exp neurons, 5000 in all). Its potentials reach about -1000 mV, which is right: 43
// nA of inhibition on a leak of 12 nS. The same with each other AdEx model.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <ostream>

#include "host/network.h"
#include "models/aeif_cond_alpha.h"
#include "models/aeif_cond_alpha_multisynapse.h"
#include "models/aeif_cond_beta_multisynapse.h"
#include "models/aeif_cond_exp.h"
#include "models/aeif_psc_alpha.h"
#include "models/aeif_psc_delta.h"
#include "models/aeif_psc_exp.h"

namespace ranvier::aeif_network {

/// What stands for the published aeif_psc_alpha.
struct neuron_model {
    char const* name;
    int evaluations_when_calm, evaluations_per_step;  // of exp and log, by a calm step and by any other
    double ex, in;                                    // for a published weight of 1 pA
    int ex_receptor, in_receptor;                     // for spikes
    char const *ex_state, *in_state, *unit;           // synaptic state, if there is any
    dictionary params;
    friend void PrintTo(neuron_model const& m, std::ostream* out) { *out << m.name; }
};
inline std::vector<neuron_model> const& neuron_models() {
    using list = std::vector<double>;
    // The same charge, of a current e / tau t exp(-t / tau), where currents are exponential or jumps of V on
    // 200 pF. Conductances: the same current 50 mV below E_ex and 35 mV above E_in.
    constexpr double e = 2.718281828459045, g_ex = 1.0 / 50, g_in = 1.0 / 35;
    static dictionary const two{{"tau_syn_ex", 5.0}, {"tau_syn_in", 10.0}};
    static auto const make = []<class M>(M, double ex, double in, dictionary params, char const* ex_state,
                                         char const* in_state, char const* unit) {
        int const listed = M::n_ports == 0;
        return neuron_model{M::name,
                            M::evaluations_when_calm,
                            M::evaluations_per_step,
                            ex,
                            in,
                            listed,
                            2 * listed,
                            ex_state,
                            in_state,
                            unit,
                            std::move(params)};
    };
    static std::vector<neuron_model> const all{
        make(aeif_psc_alpha{}, 1, 1, two, "I_syn_ex", "I_syn_in", "pA"),
        make(aeif_psc_exp{}, e, e, two, "I_syn_ex", "I_syn_in", "pA"),
        make(aeif_psc_delta{}, 5 * e / 200, 10 * e / 200, {}, nullptr, nullptr, ""),
        make(aeif_cond_exp{}, e * g_ex, e * g_in, two, "g_ex", "g_in", "nS"),
        make(aeif_cond_alpha{}, g_ex, g_in, two, "g_ex", "g_in", "nS"),
        make(aeif_cond_alpha_multisynapse{}, g_ex, g_in, {{"E_rev", list{0, -85}}, {"tau_syn", list{5, 10}}},
             nullptr, nullptr, ""),
        make(aeif_cond_beta_multisynapse{}, g_ex, g_in,
             {{"E_rev", list{0, -85}}, {"tau_rise", list{4, 8}}, {"tau_decay", list{5, 10}}}, nullptr,
             nullptr, "")};
    return all;
}

struct settings {
    neuron_model const* model = &neuron_models()[0];
    int threads = 0, partitions = 0;
    std::uint32_t seed = 1;
    double h = 0.1, time = 36;  // ms
    bool coupled = false;       // E1 -> E2 and E2 -> E1, which the published script defines and does not use
};

struct outcome {
    bool finite = true;
    double V_min = INFINITY, V_max = -INFINITY;  // of excitatory neurons after each ms, mV
    double w_max = 0;                            // largest magnitude, pA
    double ex = 0, in = 0;                       // largest synaptic state, of the model's unit
    std::int64_t spikes = 0;
    result_hash hash{};
    double seconds = 0, simulate_seconds = 0;
};

struct module {
    nodes excitatory, inhibitory;
};

/// A connection to neurons of the model that stands for a published weight (pA).
inline synapse onto(neuron_model const& m, double pA, double delay) {
    if (pA >= 0) return {.weight = pA * m.ex, .delay = delay, .receptor = m.ex_receptor};
    return {.weight = (m.in_receptor ? -pA : pA) * m.in, .delay = delay, .receptor = m.in_receptor};
}

/// Weights: pA, as published.
inline module make_module(network& net, neuron_model const& model, dictionary const& excitatory, double E_L,
                          nodes const& noise, double noise_ex, double noise_in, double w_exc, double w_to_inh,
                          double w_from_inh, double w_inh) {
    dictionary e{{"C_m", 200.0}, {"V_th", -50.0}, {"Delta_T", 2.0},
                 {"a", 2.0},     {"E_L", E_L},    {"I_e", 0.0},
                 {"t_ref", 0.1}, {"V_peak", 0.0}, {"V_m", uniform(E_L, -50)}};
    e.insert(e.end(), excitatory.begin(), excitatory.end());
    e.insert(e.end(), model.params.begin(), model.params.end());
    module const m{net.create(model.name, 2000, e), net.create("iaf_psc_exp", 500,
                                                               {{"C_m", 250.0},
                                                                {"tau_m", 20.0},
                                                                {"E_L", -70.0},
                                                                {"V_th", -55.0},
                                                                {"V_reset", -70.0},
                                                                {"t_ref", 2.0},
                                                                {"tau_syn_ex", 5.0},
                                                                {"tau_syn_in", 10.0},
                                                                {"V_m", uniform(-70, -55)}})};
    net.connect(noise, m.excitatory, all_to_all(), onto(model, noise_ex, 1.0));
    net.connect(noise, m.inhibitory, all_to_all(), {.weight = noise_in, .delay = 1.0});
    auto const random = [&](nodes const& pre, nodes const& post, double p, synapse const& s) {
        net.connect(pre, post, pairwise_bernoulli(p).without_autapses(), s);
    };
    random(m.excitatory, m.excitatory, 0.05, onto(model, w_exc, 1.5));
    random(m.excitatory, m.inhibitory, 0.1, {.weight = w_to_inh, .delay = 1.5});
    random(m.inhibitory, m.excitatory, 0.1, onto(model, w_from_inh, 1.5));
    random(m.inhibitory, m.inhibitory, 0.1, {.weight = w_inh, .delay = 1.5});
    return m;
}

/// In pieces of 1 ms, after each of which the state is looked at.
inline outcome run(settings const& s) {
    auto const start = std::chrono::steady_clock::now();
    constexpr double wI = 17, wP = 32, wx = 4.960628287400623, gamma = 10;  // pA
    network net({.resolution = s.h,
                 .seed = s.seed,
                 .threads = s.threads,
                 .backend = "cpu",
                 .partitions = s.partitions});
    auto const noise = net.create("poisson_generator", 1, {{"rate", 2400.0}});
    auto const first =
        make_module(net, *s.model, {{"g_L", 12.0}, {"tau_w", 300.0}, {"b", 60.0}, {"V_reset", -58.0}}, -70,
                    noise, 10, 40, wI, 2 * wI, -gamma * wI, -gamma * wx);
    auto const second =
        make_module(net, *s.model, {{"g_L", 10.0}, {"tau_w", 120.0}, {"b", 100.0}, {"V_reset", -46.0}}, -58,
                    noise, 10, 20, wP, wP, -gamma * wP, -gamma * wx);
    if (s.coupled) {
        net.connect(first.excitatory, second.excitatory, pairwise_bernoulli(0.05), onto(*s.model, 14.7, 1.5));
        net.connect(second.excitatory, first.excitatory, pairwise_bernoulli(0.05), onto(*s.model, wP, 1.5));
    }
    outcome out;
    auto const look = [&](nodes const& which, char const* name, double& low, double& high) {
        for (auto const x : net.get(which, name)) {
            out.finite &= std::isfinite(x);
            low = std::min(low, x), high = std::max(high, x);
        }
    };
    for (double t = 0; t < s.time; t += 1) {
        net.simulate(std::min(1.0, s.time - t));
        double zero = 0;
        for (auto const& which : {first.excitatory, second.excitatory}) {
            look(which, "V_m", out.V_min, out.V_max);
            look(which, "w", zero, out.w_max);
            if (!s.model->ex_state) continue;
            look(which, s.model->ex_state, zero, out.ex);
            look(which, s.model->in_state, zero, out.in);
        }
    }
    out.spikes = net.stats().spikes;
    out.simulate_seconds = net.stats().simulate_seconds;
    out.hash = net.hash();
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace ranvier::aeif_network
