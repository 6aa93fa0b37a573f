// A network, run in phases (build, presim, sim) that are timed one by one. Ctrl-C ends the phase at the next
// slice; what was reached stays there to be reported.
#pragma once
#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "bench/common/program.h"
#include "host/network.h"

namespace ranvier::bench {

struct run_options {
    double dt = 0.1;  // ms
    std::uint32_t seed = 1;
    int threads = 0, partitions = 0, chunks = 1;
    std::string backend = "auto";
    int device = 0;
    bool profile = false;
    double memory_limit = 0;  // GiB
    std::string json = {}, spikes = {}, raster = {};
    bool no_raster = false, floor = false, quiet = false;

    void add_to(CLI::App& app, std::string const& program);
    /// Mistakes that are found before anything is built.
    void check() const;
    std::string raster_file() const { return no_raster ? "" : raster; }
};

struct phase {
    std::string name;
    double simulated = 0;                 // ms
    double seconds = 0;                   // wall time
    statistics change;                    // of the network's counters, during the phase
    std::int64_t resident = 0, peak = 0;  // bytes of this process at the end of the phase
};

class experiment {
  public:
    explicit experiment(run_options const& how);
    ~experiment();
    experiment(experiment const&) = delete;
    experiment& operator=(experiment const&) = delete;

    network& net() { return net_; }
    run_options const& how() const { return how_; }
    /// Ends the phase "build", which began when the experiment was made.
    void build();
    /// Runs `ms` as a phase, in the number of pieces that the options ask for. Nothing if interrupted before.
    void simulate(std::string const& name, double ms);

    bool interrupted() const { return interrupted_; }
    std::vector<phase> const& phases() const { return phases_; }
    phase const* find(std::string_view name) const;
    std::int64_t baseline() const { return baseline_; }  // bytes of this process before the network

  private:
    template <class Work> void measure(std::string const& name, Work work);
    using clock = std::chrono::steady_clock;
    run_options how_;
    std::int64_t baseline_;
    clock::time_point begin_;
    network net_;
    statistics before_;
    std::vector<phase> phases_;
    bool interrupted_ = false;
};

}  // namespace ranvier::bench
