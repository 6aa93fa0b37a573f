// Cross-correlograms of spikes, as they come.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "host/nodes.h"
#include "kernels/views.h"

namespace ranvier {

/// Of one detector. Steps, but for Tstart and Tstop, which need not lie on the grid.
struct correlation_settings {
    std::int64_t delta_tau = 1, tau_max = 0;                               // tau_max: a multiple of delta_tau
    double t_start = 0, t_stop = std::numeric_limits<double>::infinity();  // ms, compared in microseconds
    std::int64_t after = 0, until = INT64_MAX;  // stamps with after < stamp <= until are looked at
    std::size_t bins() const { return std::size_t(2 * tau_max / delta_tau + 1); }
    bool operator==(correlation_settings const&) const = default;
};

/// All correlation detectors of a network (devices.md, 4). Spikes of a slice come in any order; they are
/// counted by stamp, then by sender, at the slice's end, so that neither slices nor partitions matter.
class correlation_detectors {
  public:
    explicit correlation_detectors(double h);
    void add(std::int32_t id, correlation_settings const& s);
    void remove(std::int32_t id) { detectors_.erase(id); }
    bool exists(std::int32_t id) const { return detectors_.contains(id); }
    correlation_settings const& settings(std::int32_t id) const { return detectors_.at(id).settings; }
    /// Other bins or another Tstart or Tstop: begins anew, and so does `reset`.
    void set(std::int32_t id, correlation_settings const& s, bool reset);

    void connect(std::int32_t sender, std::int32_t detector, int receptor, double weight);
    /// Of a slice, stamps step + 1. apart: each unit of multiplicity is a spike of its own, as from neurons;
    /// those of a generator come at once.
    void spikes(spike_list const& s, bool apart);
    /// Of a train that one detector alone receives; the weight is the event's factor.
    void train(std::int32_t detector, int receptor, std::int64_t stamp, spike_event const& e);
    /// After all spikes of a slice.
    void count();

    /// [bin]
    std::vector<double> const& histogram(std::int32_t id) const { return detectors_.at(id).sums; }
    std::vector<double> const& correction(std::int32_t id) const { return detectors_.at(id).corrections; }
    std::vector<std::int64_t> const& counts(std::int32_t id) const { return detectors_.at(id).counts; }
    /// [receptor] events from Tstart to Tstop.
    std::array<std::int64_t, 2> n_events(std::int32_t id) const { return detectors_.at(id).n_events; }

  private:
    struct spike {
        std::int64_t stamp;
        std::int32_t sender, receptor;
        std::int32_t multiplicity;
        double weight;  // of the connection
    };
    struct earlier {
        std::int64_t stamp;
        double weight;  // times multiplicity
    };
    struct detector {
        correlation_settings settings;
        std::vector<double> sums, corrections;  // [bin]; corrections: of Kahan's summation
        std::vector<std::int64_t> counts;       // [bin]
        std::array<std::int64_t, 2> n_events{};
        std::array<std::vector<earlier>, 2> before{};  // [receptor], by stamp; what may still pair
        std::vector<spike> arrived;                    // in this slice
        void reset();
    };
    struct input {
        std::int32_t detector, receptor;
        double weight;
    };
    void take(detector& d, spike const& s) const;

    std::int64_t tics_per_step_;
    std::map<std::int32_t, detector> detectors_;
    std::unordered_map<std::int32_t, std::vector<input>> inputs_;  // by sender
};

}  // namespace ranvier
