// Trains of generators that the host draws: those into recorders, and those that all targets share.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "host/engine/emission.h"
#include "kernels/team.h"

namespace ranvier {

/// A train is a function of seed, generator's create call, receiver, rank of the connection among those with
/// both in common, what the generator emits, and step; connect calls do not count, so that recording changes
/// nothing else. It is drawn as targets draw theirs. The delay plays no part: recorders keep the stamp of the
/// emission (devices.md, 4).
class host_trains {
  public:
    /// A train of its own for a recorder; or of a generator for itself. draws: stream of the generator's
    /// population. made_at: step. receptor, weight: of the connection.
    void add(std::int32_t generator, std::int32_t receiver, key draws, std::int64_t made_at,
             std::int32_t receptor = 0, double weight = 1);
    void remove(std::int32_t receiver) {
        std::erase_if(trains_, [&](auto const& t) { return t.receiver == receiver; });
    }
    bool empty() const { return trains_.empty(); }
    /// What generators emit from step `now` on.
    void prepare(std::int64_t now, std::function<emission_plan(std::int32_t generator)> const& emission);
    /// The steps [t, t + steps) to receivers; the weight is the event's factor. Each step once, in order, as
    /// in generate().
    using to_receiver = std::function<void(std::int32_t receiver, std::int32_t receptor, std::int64_t stamp,
                                           spike_event const& e)>;
    void record(std::int64_t t, int steps, to_receiver const& into);
    /// The same, added to events that are in order of step, then id; begin: [steps + 1].
    void generate(std::int64_t t, int steps, std::vector<spike_event>& events,
                  std::vector<std::int64_t>& begin);

  private:
    struct train {
        std::int32_t generator, receiver;  // ids
        key draws;
        std::int32_t rank;
        std::int64_t made_at;
        std::int32_t receptor;
        double weight;
        emission_plan stretches;
        std::vector<std::int32_t> members;  // of superpositions
        std::vector<std::int64_t> counts;   // [step modulo max_slice]
    };
    void advance(std::int64_t t, int steps);
    /// Spikes of step t, which are forgotten.
    static std::int32_t take(train& of, std::int64_t t);

    std::vector<train> trains_;
    std::map<std::pair<std::uint32_t, std::int32_t>, std::int32_t> ranks_;  // next, by stream and receiver
    count_tables tables_;
    std::unique_ptr<scratch_memory> scratch_;
    std::vector<spike_event> merged_;  // of generate(), kept between slices
    std::vector<std::int64_t> merged_begin_;
};

}  // namespace ranvier
