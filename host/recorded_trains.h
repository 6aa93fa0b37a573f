// Poisson trains that go into spike recorders: an independent one for each connection, as targets that draw
// their own have them.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "host/engine/backend.h"
#include "host/recorder.h"
#include "kernels/poisson_table.h"
#include "kernels/random.h"

namespace ranvier {

/// A train is a function of seed, generator's create call, recorder, rank of the connection among those with
/// both in common, rate and step; connect calls do not count, so that recording changes nothing else. The
/// delay plays no part: recorders keep the stamp of the emission (devices.md, 4).
class recorded_trains {
  public:
    explicit recorded_trains(double h) : h_(h) {}
    /// draws: stream of the generator's population.
    void add(std::int32_t generator, std::int32_t recorder, key draws) {
        connections_.push_back({generator, recorder, draws, ranks_[{draws.stream, recorder}]++});
    }
    /// What generators emit from step `now` on.
    void prepare(std::int64_t now, std::function<timeline(std::int32_t generator)> const& emission);
    /// The steps [t, t + steps), of which all are at or after `now` of prepare.
    void record(std::int64_t t, int steps, recording& into) const;

  private:
    struct connection {
        std::int32_t generator, recorder;  // ids
        key draws;
        std::uint32_t rank;
    };
    struct segment {
        std::int64_t from, until;  // emission steps
        poisson_table counts;
    };
    double h_;  // ms
    std::vector<connection> connections_;
    std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> ranks_;  // next, by stream and recorder
    std::map<std::int32_t, std::vector<segment>> emissions_;  // by generator, where the rate is not 0
};

}  // namespace ranvier
