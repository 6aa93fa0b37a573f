// Volume transmitters: spikes on their way to them.
#pragma once
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "host/engine/modulators.h"
#include "kernels/views.h"

namespace ranvier {

/// All volume transmitters of a network (synapses.md, 4.7). A spike arrives a connection's delay after its
/// stamp, and counts once for each unit of its multiplicity.
class volume_transmitters {
  public:
    void add(std::int32_t id) { intervals_[id] = 1; }
    void remove(std::int32_t id) { intervals_.erase(id); }
    bool exists(std::int32_t id) const { return intervals_.contains(id); }
    /// deliver_interval, which users may read.
    std::int64_t& interval(std::int32_t id) { return intervals_.at(id); }
    std::int64_t interval(std::int32_t id) const { return intervals_.at(id); }

    /// delay: steps.
    void connect(std::int32_t sender, std::int32_t transmitter, std::int64_t delay) {
        targets_[sender].push_back({transmitter, delay});
    }
    /// Of neurons, in a slice.
    void spikes(spike_list const& s);
    /// Adds what arrives with stamps in (t, t + steps], by transmitter, then stamp.
    void arrivals(std::int64_t t, int steps, std::vector<modulator_arrival>& all) const;
    /// What has arrived by then.
    void forget(std::int64_t stamp);

  private:
    struct target {
        std::int32_t transmitter;
        std::int64_t delay;
    };
    std::map<std::int32_t, std::int64_t> intervals_;                        // by id
    std::unordered_map<std::int32_t, std::vector<target>> targets_;         // by sender
    std::map<std::int32_t, std::map<std::int64_t, std::int64_t>> pending_;  // by transmitter, stamp: spikes
};

}  // namespace ranvier
