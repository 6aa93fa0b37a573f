// A program of somebody who has installed Ranvier: the example of the README.
#include <host/network.h>
#include <models/iaf_psc_alpha.h>

#include <cstdio>

int main() {
    using namespace ranvier;
    network net({.resolution = 0.1, .seed = 1, .threads = 2});

    auto excitatory = net.create<iaf_psc_alpha>(800, {.C_m = 250, .tau_m = 20});
    auto inhibitory = net.create("iaf_psc_alpha", 200, {{"V_m", normal(-65, 5)}});
    auto noise = net.create("poisson_generator", 1, {{"rate", 2850.0}});
    auto all = excitatory + inhibitory;

    net.connect(excitatory, all, fixed_indegree(80).without_autapses(),
                {.model = "stdp_synapse", .weight = 4.0, .delay = uniform(0.5, 3.0)});
    net.connect(inhibitory, all, fixed_indegree(20), {.weight = -80.0, .delay = 1.5});
    net.connect(noise, all, all_to_all(), {.weight = 10.0});

    auto recorder = net.create("spike_recorder");
    net.connect(all, recorder);
    net.simulate(1000);  // ms

    auto const spikes = net.spikes(recorder).times.size();
    std::printf("%zu spikes, hash %016llx\n", spikes, static_cast<unsigned long long>(net.hash().spikes));
    return spikes > 0 ? 0 : 1;
}
