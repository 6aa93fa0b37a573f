// The network of bench/aeif_network.h for many seeds: each must end with finite state after the same work.
#include "bench/aeif_network.h"

#include <nlohmann/json.hpp>

#include "bench/common/program.h"

namespace {
using namespace ranvier;
using namespace ranvier::bench;
using json = nlohmann::ordered_json;

struct request {
    aeif_network::settings network;
    int seeds = 100;
    std::vector<std::uint32_t> list;  // instead
    std::string file, model = aeif_network::neuron_models()[0].name;
};

/// The two seeds with which others failed come first.
std::vector<std::uint32_t> seeds_of(request const& r) {
    if (!r.list.empty()) return r.list;
    std::vector<std::uint32_t> all{130030284, 1234};
    for (std::uint32_t s = 1; int(all.size()) < r.seeds; ++s)
        if (s != 1234) all.push_back(s);
    all.resize(std::size_t(std::max(r.seeds, 1)));
    return all;
}

int run(request r) {
    check_writable(r.file);
    for (auto const& m : aeif_network::neuron_models())
        if (m.name == r.model) r.network.model = &m;
    auto const& model = *r.network.model;
    auto runs = json::array();
    int failed = 0;
    double V_min = 0, least = INFINITY, most = 0;
    fmt::print("      seed   finite    V_m (mV)         synapses ({:2})     spikes  seconds (simulating)\n",
               model.unit);
    for (auto const seed : seeds_of(r)) {
        auto settings = r.network;
        settings.seed = seed;
        aeif_network::outcome o;
        try {
            o = aeif_network::run(settings);
        } catch (numerical_instability const& e) {
            o.finite = false;
            fmt::print("{}\n", e.what());
        }
        failed += !o.finite;
        V_min = std::min(V_min, o.V_min);
        least = std::min(least, o.simulate_seconds), most = std::max(most, o.simulate_seconds);
        fmt::print("{:10}   {:6} {:9.1f} ... {:5.1f} {:9.0f}, {:6.0f} {:12} {:8.2f} ({:.2f})\n", seed,
                   o.finite ? "yes" : "NO", o.V_min, o.V_max, o.ex, o.in, grouped(o.spikes), o.seconds,
                   o.simulate_seconds);
        std::fflush(stdout);
        runs.push_back({{"seed", seed},
                        {"finite", o.finite},
                        {"V_min_mV", o.V_min},
                        {"V_max_mV", o.V_max},
                        {"w_max_pA", o.w_max},
                        {"synapses_ex", o.ex},
                        {"synapses_in", o.in},
                        {"spikes", o.spikes},
                        {"seconds", o.seconds},
                        {"simulate_seconds", o.simulate_seconds},
                        {"spikes_hash", fmt::format("{:016x}", o.hash.spikes)},
                        {"state_hash", fmt::format("{:016x}", o.hash.state)}});
    }
    fmt::print(
        "{} seeds, {} of them not finite; V_m down to {:.1f} mV; {:.2f} to {:.2f} s of simulation; {} "
        "evaluations of exp and log a calm step and neuron, {} any other\n",
        runs.size(), failed, V_min, least, most, model.evaluations_when_calm, model.evaluations_per_step);
    if (!r.file.empty())
        write_file(r.file, json{{"program", "aeif_network"},
                                {"model", model.name},
                                {"unit_of_synapses", model.unit},
                                {"dt_ms", r.network.h},
                                {"time_ms", r.network.time},
                                {"coupled", r.network.coupled},
                                {"evaluations_when_calm", model.evaluations_when_calm},
                                {"evaluations_per_step", model.evaluations_per_step},
                                {"not_finite", failed},
                                {"runs", runs}}
                                   .dump(1) +
                               "\n");
    return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    request r;
    CLI::App app(
        "AdEx neurons under strong inhibition (5000 neurons), for many seeds. Exit status 1 if any run is "
        "not finite.");
    add(app, "--seeds", r.seeds, "number", "of runs; seeds 130030284 and 1234, then 1, 2, ...")
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", r.list, "these seeds instead")->type_name("list");
    std::vector<std::string> names;
    for (auto const& m : aeif_network::neuron_models()) names.emplace_back(m.name);
    app.add_option("--model", r.model, "of the excitatory neurons")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    add(app, "--time", r.network.time, "ms", "simulated")->check(CLI::NonNegativeNumber);
    add(app, "--dt", r.network.h, "ms", "resolution");
    add(app, "--threads", r.network.threads, "number", "0: one per core");
    app.add_flag("--coupled", r.network.coupled, "connect the two modules, too");
    app.add_option("--json", r.file, "write all figures to this file")->type_name("FILE");
    int code = 0;
    if (!parse(app, argc, argv, code)) return code;
    return guarded("aeif_network", [&] { return run(r); });
}
