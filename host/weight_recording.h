// What weight recorders record (synapses.md, 1): spikes of neurons through all connections of some synapse
// models, with the weights as they are sent.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "host/recorder.h"

namespace ranvier {

/// Which transmissions a weight recorder takes: ids in ascending order, empty: all.
struct weight_filter {
    std::vector<std::int64_t> senders, targets;
};

/// Connections of one synapse group, in the group's order: by source.
struct recorded_group {
    std::int32_t recorder = 0, synapse = 0, receptor = 0;  // ids of a node, of a named model
    bool plastic = false;                                  // weights are told when they are sent
    std::int32_t first_source = 0;
    std::vector<std::int64_t> begin{0};  // [row + 1]
    std::vector<std::int32_t> target;    // [connection] id
    std::vector<std::int64_t> port;
    std::vector<double> weight;
};

class weight_recordings {
  public:
    /// Groups by number, and what recorders take.
    void set(std::map<std::int32_t, recorded_group> groups,
             std::map<std::int32_t, weight_filter> const& filters);
    bool empty() const { return groups_.empty(); }
    /// Spikes of neurons, through groups whose weights stay as they are.
    void spikes(spike_list const& s);
    /// What a plastic group has sent, as slice_sink::sent() has it.
    void sent(std::int32_t group, spike_list const& s, std::int64_t const* begin, double const* weight);
    /// After all of a slice: by stamp, sender, spike among those of the sender in a step, synapse model,
    /// port.
    void record(recording& into);

  private:
    struct transmission {
        std::int64_t stamp;
        std::int32_t recorder, sender, nth, synapse, target, receptor;
        std::int64_t port;
        double weight;
    };
    /// weights(event, nth, first, n): of the connections [first, first + n) of the event's row, or null.
    template <class Weights> void take(recorded_group const& g, spike_list const& s, Weights weights);

    std::map<std::int32_t, recorded_group> groups_;
    std::map<std::int32_t, weight_filter> filters_;  // by id of the recorder
    std::vector<transmission> sent_;
};

}  // namespace ranvier
