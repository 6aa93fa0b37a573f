#include "bench/common/experiment.h"

#include <atomic>
#include <cmath>
#include <csignal>

#include "bench/common/machine.h"
#include "bench/common/progress_bar.h"

namespace ranvier::bench {
namespace {

std::atomic<network*> running = nullptr;
std::atomic<bool> asked_to_stop = false;
static_assert(std::atomic<network*>::is_always_lock_free);

extern "C" void on_interrupt(int) {
    asked_to_stop = true;
    if (auto* const net = running.load()) net->interrupt();
}

statistics operator-(statistics a, statistics const& b) {
    a.build_seconds -= b.build_seconds;
    a.update_seconds -= b.update_seconds;
    a.drive_seconds -= b.drive_seconds;
    a.gather_seconds -= b.gather_seconds;
    a.deliver_seconds -= b.deliver_seconds;
    a.plastic_seconds -= b.plastic_seconds;
    a.record_seconds -= b.record_seconds;
    a.simulate_seconds -= b.simulate_seconds;
    a.spikes -= b.spikes;
    a.synaptic_events -= b.synaptic_events;
    a.plastic_events -= b.plastic_events;
    return a;
}

options network_options(run_options const& how) {
    return {.resolution = how.dt,
            .seed = how.seed,
            .threads = how.threads,
            .backend = how.backend,
            .device = how.device,
            .profile = how.profile,
            .partitions = how.partitions,
            .memory_limit = std::int64_t(how.memory_limit * 0x1p30)};
}

}  // namespace

void run_options::add_to(CLI::App& app, std::string const& program) {
    raster = program + "_raster.png";
    auto const run = "Run";
    add(app, "--dt", dt, "ms", "resolution")->group(run);
    add(app, "--seed", seed, "integer", "seed of all random numbers, from 1")->group(run);
    add(app, "--threads", threads, "number", "CPU threads; 0: one per core. Results do not depend on it")
        ->group(run);
    add(app, "--partitions", partitions, "number",
        "parts of each population; 0: chosen. Results do not depend on it")
        ->group(run);
    add(app, "--backend", backend, "name", "cpu, cuda or auto (a GPU if there is one)")->group(run);
    add(app, "--device", device, "number", "which GPU")->group(run);
    app.add_flag("--profile", profile, "GPU: measure the phases of a slice; slower")->group(run);
    add(app, "--memory-limit", memory_limit, "GiB", "memory that the network may take; 0: what is free")
        ->group(run);
    add(app, "--chunks", chunks, "number", "simulate calls that each phase is split into")->group(run);
    auto const output = "Output";
    add(app, "--json", json, "FILE", "write all results, times and parameters here")->group(output);
    add(app, "--spikes", spikes, "PREFIX", "write recorded spikes to PREFIX-<population>.dat")->group(output);
    add(app, "--raster", raster, "FILE", "picture of the spikes (PNG)")->group(output);
    app.add_flag("--no-raster", no_raster, "no picture")->group(output);
    app.add_flag("--floor", floor, "measure memory bandwidth and the time that moving the data must take")
        ->group(output);
    app.add_flag("--quiet", quiet, "print the three lines of hashes only")->group(output);
}

void run_options::check() const {
    if (chunks < 1)
        throw out_of_range(
            {"--chunks", "", std::to_string(chunks), ">= 1", "1 runs each phase in one piece"});
    check_writable(json);
    check_writable(raster_file());
}

experiment::experiment(run_options const& how)
    : how_(how), baseline_(resident_bytes()), begin_(clock::now()), net_(network_options(how)) {
    running = &net_;
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    action.sa_flags = SA_RESETHAND;  // a second Ctrl-C ends the program at once
    sigaction(SIGINT, &action, nullptr);
}

experiment::~experiment() {
    running = nullptr;
    net_.on_progress({});
}

template <class Work> void experiment::measure(std::string const& name, Work work) {
    phase p;
    p.name = name;
    auto const from = net_.time();
    try {
        if (!asked_to_stop) work();
    } catch (ranvier::interrupted const&) { interrupted_ = true; }
    interrupted_ = interrupted_ || asked_to_stop;
    p.seconds = std::chrono::duration<double>(clock::now() - begin_).count();
    p.simulated = net_.time() - from;
    auto const now = net_.stats();
    p.change = now - before_;
    before_ = now;
    p.resident = resident_bytes();
    p.peak = peak_resident_bytes();
    phases_.push_back(p);
}

void experiment::build() {
    progress_bar bar("build", "million connections", 1e6, how_.quiet);
    net_.on_progress([&](progress const& p) {
        if (p.task == "build") bar.show(p.done, p.total);
    });
    measure("build", [&] { net_.prepare(); });
    net_.on_progress({});
}

void experiment::simulate(std::string const& name, double ms) {
    if (interrupted_ || ms == 0) return;
    begin_ = clock::now();
    progress_bar bar(name, "ms", 1, how_.quiet);
    auto const dt = net_.resolution();
    auto const total = std::llround(ms / dt);
    bool const on_grid = std::abs(double(total) * dt - ms) < 1e-6 && total > 0;
    auto const first = net_.steps();
    std::int64_t done_before = 0;  // steps of this phase
    net_.on_progress([&](progress const& p) {
        if (p.task == "simulate")
            bar.show(std::llround(double(done_before + p.done) * dt), std::llround(double(total) * dt));
    });
    measure(name, [&] {
        if (!on_grid) return net_.simulate(ms);  // which says what is wrong
        for (std::int64_t k = 0; k < how_.chunks; ++k) {
            auto const n = total * (k + 1) / how_.chunks - total * k / how_.chunks;
            if (n > 0) net_.simulate(double(n) * dt);
            done_before = net_.steps() - first;
            if (asked_to_stop) return;
        }
    });
    net_.on_progress({});
}

phase const* experiment::find(std::string_view name) const {
    for (auto const& p : phases_)
        if (p.name == name) return &p;
    return nullptr;
}

}  // namespace ranvier::bench
