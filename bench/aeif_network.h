// AdEx neurons under strong inhibition: the network of a public report on another simulator, where seed
// 130030284 hangs and seed 1234 ends with a numerical instability (two modules of excitatory aeif_psc_alpha
// and inhibitory iaf_psc_exp neurons, 5000 in all). Its potentials reach about -1000 mV, which is right: 43
// nA of inhibition on a leak of 12 nS.
#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>

#include "host/network.h"

namespace ranvier::aeif_network {

struct settings {
    int threads = 0, partitions = 0;
    std::uint32_t seed = 1;
    double h = 0.1, time = 36;  // ms
    bool coupled = false;       // E1 -> E2 and E2 -> E1, which the published script defines and does not use
};

struct outcome {
    bool finite = true;
    double V_min = INFINITY, V_max = -INFINITY;  // of excitatory neurons after each ms, mV
    double w_max = 0, I_ex = 0, I_in = 0;        // largest magnitudes, pA
    std::int64_t spikes = 0;
    result_hash hash{};
    double seconds = 0, simulate_seconds = 0;
};

struct module {
    nodes excitatory, inhibitory;
};

inline module make_module(network& net, dictionary const& excitatory, double E_L, nodes const& noise,
                          double noise_ex, double noise_in, double w_exc, double w_to_inh, double w_from_inh,
                          double w_inh) {
    dictionary e{{"C_m", 200.0}, {"V_th", -50.0}, {"Delta_T", 2.0},          {"a", 2.0},
                 {"E_L", E_L},   {"I_e", 0.0},    {"tau_syn_ex", 5.0},       {"tau_syn_in", 10.0},
                 {"t_ref", 0.1}, {"V_peak", 0.0}, {"V_m", uniform(E_L, -50)}};
    e.insert(e.end(), excitatory.begin(), excitatory.end());
    module const m{net.create("aeif_psc_alpha", 2000, e), net.create("iaf_psc_exp", 500,
                                                                     {{"C_m", 250.0},
                                                                      {"tau_m", 20.0},
                                                                      {"E_L", -70.0},
                                                                      {"V_th", -55.0},
                                                                      {"V_reset", -70.0},
                                                                      {"t_ref", 2.0},
                                                                      {"tau_syn_ex", 5.0},
                                                                      {"tau_syn_in", 10.0},
                                                                      {"V_m", uniform(-70, -55)}})};
    net.connect(noise, m.excitatory, all_to_all(), {.weight = noise_ex, .delay = 1.0});
    net.connect(noise, m.inhibitory, all_to_all(), {.weight = noise_in, .delay = 1.0});
    auto const random = [&](nodes const& pre, nodes const& post, double p, double weight) {
        net.connect(pre, post, pairwise_bernoulli(p).without_autapses(), {.weight = weight, .delay = 1.5});
    };
    random(m.excitatory, m.excitatory, 0.05, w_exc);
    random(m.excitatory, m.inhibitory, 0.1, w_to_inh);
    random(m.inhibitory, m.excitatory, 0.1, w_from_inh);
    random(m.inhibitory, m.inhibitory, 0.1, w_inh);
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
    auto const first = make_module(net, {{"g_L", 12.0}, {"tau_w", 300.0}, {"b", 60.0}, {"V_reset", -58.0}},
                                   -70, noise, 10, 40, wI, 2 * wI, -gamma * wI, -gamma * wx);
    auto const second = make_module(net, {{"g_L", 10.0}, {"tau_w", 120.0}, {"b", 100.0}, {"V_reset", -46.0}},
                                    -58, noise, 10, 20, wP, wP, -gamma * wP, -gamma * wx);
    if (s.coupled) {
        net.connect(first.excitatory, second.excitatory, pairwise_bernoulli(0.05),
                    {.weight = 14.7, .delay = 1.5});
        net.connect(second.excitatory, first.excitatory, pairwise_bernoulli(0.05),
                    {.weight = wP, .delay = 1.5});
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
            look(which, "I_syn_ex", zero, out.I_ex);
            look(which, "I_syn_in", zero, out.I_in);
        }
    }
    out.spikes = net.stats().spikes;
    out.simulate_seconds = net.stats().simulate_seconds;
    out.hash = net.hash();
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace ranvier::aeif_network
