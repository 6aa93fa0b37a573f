#include "bench/common/report.h"

#include <fmt/format.h>

#include "bench/common/machine.h"

namespace ranvier::bench {
namespace {

// What the benchmark's memory is measured against (bytes): everything included but 100 MB.
constexpr double plastic_budget = 6.5, static_budget = 2.5, fixed_budget = 100e6;

double per(double a, double b) { return b > 0 ? a / b : 0; }

/// Figures that need the phase that is measured; the last one if the run was cut short.
struct figures {
    phase const* sim;
    double events_per_second, real_time_factor;
    statistics now;
    double plastic_bytes, static_bytes, all_bytes, budget;

    explicit figures(experiment& run) : sim(run.find("sim")), now(run.net().stats()) {
        if (!sim) sim = &run.phases().back();
        events_per_second = per(double(sim->change.synaptic_events), sim->seconds);
        real_time_factor = per(sim->seconds, sim->simulated / 1e3);
        auto const plastic = double(now.plastic_connections), all = double(now.connections);
        plastic_bytes = per(double(now.plastic_bytes), plastic);
        static_bytes = per(double(now.static_bytes), all - plastic);
        all_bytes = per(double(run.phases().back().resident - run.baseline()), all);
        budget = plastic_budget * plastic + static_budget * (all - plastic) + fixed_budget;
    }
};

json within(phase const& p) {
    auto const& c = p.change;
    return {{"build", c.build_seconds},   {"update", c.update_seconds},    {"drive", c.drive_seconds},
            {"gather", c.gather_seconds}, {"deliver", c.deliver_seconds},  {"plastic", c.plastic_seconds},
            {"record", c.record_seconds}, {"simulate", c.simulate_seconds}};
}

json phase_json(phase const& p) {
    return {{"name", p.name},
            {"simulated_ms", p.simulated},
            {"seconds", p.seconds},
            {"real_time_factor", per(p.seconds, p.simulated / 1e3)},
            {"spikes", p.change.spikes},
            {"synaptic_events", p.change.synaptic_events},
            {"plastic_events", p.change.plastic_events},
            {"synaptic_events_per_second", per(double(p.change.synaptic_events), p.seconds)},
            {"seconds_within", within(p)},
            {"resident_bytes", p.resident},
            {"peak_bytes", p.peak}};
}

json machine_json(experiment& run) {
    auto const m = this_machine();
    return {{"processor", m.processor},         {"cores", m.cores},
            {"memory_bytes", m.memory},         {"system", m.host_system},
            {"backend", run.net().backend()},   {"threads", run.net().threads()},
            {"device", run.net().device_name()}};
}

json build_json() {
    auto const b = this_build();
    return {{"version", b.version},
            {"commit", b.commit},
            {"compiler", b.compiler},
            {"flags", b.flags},
            {"type", b.type}};
}

double sim_floor(results const& r, figures const& f, double dt) {
    auto const& c = f.sim->change;
    return floor_seconds(*r.bandwidths, double(c.plastic_events),
                         double(c.synaptic_events - c.plastic_events),
                         double(f.now.neurons) * f.sim->simulated / dt);
}

json floor_json(results const& r, figures const& f, double dt) {
    auto const traffic_json = [](traffic const& t) { return json{{"memory", t.memory}, {"cache", t.cache}}; };
    auto const seconds = sim_floor(r, f, dt);
    return {{"memory_bytes_per_second", r.bandwidths->memory},
            {"cache_bytes_per_second", r.bandwidths->cache},
            {"bytes_per_plastic_event", traffic_json(plastic_event)},
            {"bytes_per_static_event", traffic_json(static_event)},
            {"bytes_per_neuron_step", traffic_json(neuron_step)},
            {"sim_seconds", seconds},
            {"distance", per(f.sim->seconds, seconds)}};
}

json spikes_json(results const& r, double end) {
    json all = json::array();
    for (auto const& x : r.recordings) {
        auto const s = statistics_of(x, r.measured_from, end);
        all.push_back({{"population", x.name},
                       {"neurons", x.members.size()},
                       {"first_id", x.members.front()},
                       {"spikes", s.spikes},
                       {"rate", s.rate},
                       {"cv_isi", s.cv},
                       {"neurons_of_cv", s.neurons_of_cv}});
    }
    return all;
}

std::string millions(double x) { return fmt::format("{:.1f} million", x / 1e6); }

void print_phases(experiment& run) {
    for (auto const& p : run.phases()) {
        if (p.name == "build") {
            auto const s = run.net().stats();
            fmt::print("{:<18}{:8.2f} s   {} connections/s, peak {:.0f} MB\n", p.name, p.seconds,
                       millions(per(double(s.connections), p.seconds)), double(p.peak) / 1e6);
            continue;
        }
        fmt::print("{:<18}{:8.2f} s   {:.1f} s per simulated second, {} synaptic events/s\n",
                   fmt::format("{} {:g} ms", p.name, p.simulated), p.seconds,
                   per(p.seconds, p.simulated / 1e3),
                   millions(per(double(p.change.synaptic_events), p.seconds)));
    }
}

void print_times_within(phase const& p) {
    fmt::print("{:<18}", "of this");
    auto separator = "";
    auto const times = within(p);
    for (auto const& [name, seconds] : times.items()) {
        if (name == "build" || name == "simulate" || seconds.get<double>() < 0.0005) continue;
        fmt::print("{}{} {:.2f} s", separator, name, seconds.get<double>());
        separator = ", ";
    }
    fmt::print("\n");
}

}  // namespace

void results::collect(experiment& run) {
    auto& net = run.net();
    fetch(net, recordings);
    if (!plastic_model.empty()) plastic_weights = net.summarise_weights(plastic_model);
    hash = net.hash();
    if (run.how().floor) bandwidths = measure_bandwidth(net.threads());
}

std::string size_text(experiment& run) {
    auto const s = run.net().stats();
    return fmt::format("{} neurons, {} synapses ({} plastic), seed {}", grouped(s.neurons),
                       millions(double(s.connections)), millions(double(s.plastic_connections)),
                       run.how().seed);
}

std::string resources_text(experiment& run) {
    if (run.net().backend() == "cuda") return "cuda, " + run.net().device_name();
    auto const n = run.net().threads();
    return fmt::format("{}, {} thread{}", run.net().backend(), n, n == 1 ? "" : "s");
}

json to_json(results const& r, experiment& run) {
    figures const f(run);
    auto const& built = run.phases().front();
    auto seconds_of = [&](char const* name) { return run.find(name) ? run.find(name)->seconds : 0.0; };
    json phases = json::array();
    for (auto const& p : run.phases()) phases.push_back(phase_json(p));
    json out{{"program", r.program},
             {"date", date_now()},
             {"interrupted", run.interrupted()},
             {"simulated_ms", run.net().time()},
             {"parameters", r.parameters},
             {"neurons", f.now.neurons},
             {"connections", f.now.connections},
             {"plastic_connections", f.now.plastic_connections},
             {"build_seconds", seconds_of("build")},
             {"presim_seconds", seconds_of("presim")},
             {"sim_seconds", seconds_of("sim")},
             {"real_time_factor", f.real_time_factor},
             {"spikes", f.sim->change.spikes},
             {"synaptic_events", f.sim->change.synaptic_events},
             {"synaptic_events_per_second", f.events_per_second},
             {"phases", phases},
             {"recordings", spikes_json(r, run.net().time())}};
    if (!r.recordings.empty()) {
        auto const s = statistics_of(r.recordings.front(), r.measured_from, run.net().time());
        out["rate"] = s.rate;
        out["cv_isi"] = s.cv;
    }
    if (auto const& w = r.plastic_weights)
        out["plastic_weights"] = {
            {"mean", w->mean}, {"std", w->std}, {"min", w->min}, {"max", w->max}, {"n", w->n}};
    out["bytes_per_synapse"] = {
        {"plastic", f.plastic_bytes}, {"static", f.static_bytes}, {"everything", f.all_bytes}};
    out["memory"] = {{"baseline_bytes", run.baseline()},
                     {"built_bytes", built.resident},
                     {"build_peak_bytes", built.peak},
                     {"build_peak_over_built", per(double(built.peak), double(built.resident))},
                     {"final_bytes", run.phases().back().resident},
                     {"peak_bytes", run.phases().back().peak},
                     {"connection_bytes", f.now.connection_bytes},
                     {"plastic_bytes", f.now.plastic_bytes},
                     {"static_bytes", f.now.static_bytes},
                     {"neuron_bytes", f.now.neuron_bytes},
                     {"other_bytes", f.now.other_bytes},
                     {"device_bytes", f.now.device_bytes},
                     {"budget_bytes", f.budget}};
    if (r.bandwidths) out["floor"] = floor_json(r, f, run.how().dt);
    out["hashes"] = {{"spikes", fmt::format("{:016x}", r.hash.spikes)},
                     {"weights", fmt::format("{:016x}", r.hash.weights)},
                     {"state", fmt::format("{:016x}", r.hash.state)}};
    out["machine"] = machine_json(run);
    out["build"] = build_json();
    return out;
}

void print_summary(results const& r, experiment& run) {
    if (!run.how().quiet) {
        figures const f(run);
        if (run.interrupted())
            fmt::print("interrupted at {:g} ms; what follows is what was reached\n", run.net().time());
        print_phases(run);
        print_times_within(*f.sim);
        for (auto const& x : r.recordings) {
            auto const s = statistics_of(x, r.measured_from, run.net().time());
            fmt::print("{:<18}{:8.2f} spikes/s, CV of intervals {}\n", x.name, s.rate,
                       s.neurons_of_cv > 0 ? fmt::format("{:.2f}", s.cv) : "unknown: too few spikes");
        }
        if (auto const& w = r.plastic_weights)
            fmt::print("{:<18}{:8.2f} ± {:.2f} pA\n", "plastic weights", w->mean, w->std);
        fmt::print("{:<18}{:8.2f} bytes per plastic synapse, {:.2f} per static one, {:.2f} all in all\n",
                   "memory", f.plastic_bytes, f.static_bytes, f.all_bytes);
        fmt::print("{:<18}{:8.0f} MB now, peak {:.0f} MB\n", "", double(run.phases().back().resident) / 1e6,
                   double(run.phases().back().peak) / 1e6);
        if (r.bandwidths)
            fmt::print(
                "{:<18}{:8.2f} s   moving the bytes at {:.1f} GB/s (memory), {:.0f} GB/s (cache): {:.1f} "
                "times\n",
                "floor", sim_floor(r, f, run.how().dt), r.bandwidths->memory / 1e9, r.bandwidths->cache / 1e9,
                per(f.sim->seconds, sim_floor(r, f, run.how().dt)));
    }
    fmt::print("spikes {:016x}\nweights {:016x}\nstate {:016x}\n", r.hash.spikes, r.hash.weights,
               r.hash.state);
}

}  // namespace ranvier::bench
