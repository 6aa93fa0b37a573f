// Fired masks of all neurons into a list of spikes by step, then by id. Partitions count theirs, one team
// adds up, partitions write theirs.
#pragma once
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Where the slices of a run are; on the device, so that many can be queued without the host.
struct slice_clock {
    std::int64_t t, end;  // step at which the slice begins, and up to which to run
    std::int32_t length;  // of a whole slice: they begin at multiples of it
    std::int32_t steps;   // of this slice
    std::int32_t number;  // of this slice among those that have been queued together, -1 before the first
    std::int32_t room;    // whether histories are to be looked after first
};

struct next_slice {
    template <class Team> RANVIER_FN void operator()(Team& team, slice_clock* clock) const {
        team.single([&] {
            auto c = *clock;
            c.t += c.steps;
            auto const until = (c.t / c.length + 1) * c.length;
            c.steps = std::int32_t((until < c.end ? until : c.end) - c.t);
            c.room = c.t % c.length == 0 || (c.number < 0 && c.room);
            ++c.number;
            *clock = c;
        });
    }
};

/// Memory of gathering. Partitions are in order of ids.
struct gather_view {
    std::int32_t* who;      // [node], at each partition's first node its neurons that have fired, as indices
    std::int32_t* n_who;    // [partition]
    std::int64_t* count;    // [step][partition], spikes; then how many are before
    std::int64_t parts;     // partitions
    spike_event* events;    // of all queued slices
    std::int64_t* begin;    // [slice][stride], first event of each step, and the end
    std::int64_t stride;    // steps of a slice + 1, at most
    spike_list* neurons;    // this slice's spikes
    spike_list* generated;  // and those of spike generators
    spike_event const* generated_events;
    std::int64_t const* generated_begin;  // [slice][stride]
};

/// Returns how many neurons of the partition have fired; they are in g.who.
struct count_spikes {
    template <class Team> RANVIER_FN std::int64_t operator()(Team& team, gather_view const& g,
                                                             std::int64_t part, std::int32_t first_id,
                                                             std::int32_t n, std::uint64_t const* fired,
                                                             int steps) const {
        auto* const who = g.who + (first_id - 1);
        auto const m = compact_few(
            team, n, [=](std::int64_t i) { return fired[i] != 0; },
            [=](std::int64_t at, std::int64_t i) { who[at] = std::int32_t(i); });
        team.sync();
        team.single([&] { g.n_who[part] = std::int32_t(m); });
        team.for_rows(steps, [&](auto& lanes, std::int64_t k) {
            auto const spikes = lanes.scan(
                m, [=](std::int64_t i) { return std::int64_t(fired[who[i]] >> k & 1); },
                [](std::int64_t, std::int64_t) {});
            lanes.single([&] { g.count[k * g.parts + part] = spikes; });
        });
        return m;
    }
};

struct offset_spikes {
    template <class Team>
    RANVIER_FN void operator()(Team& team, gather_view const& g, slice_clock const* clock) const {
        auto const slice = std::int64_t{clock->number};
        auto* const begin = g.begin + slice * g.stride;
        std::int64_t const base = slice > 0 ? begin[-1] : 0;  // the end of the slice before
        auto const parts = g.parts;
        auto* const count = g.count;
        auto const steps = clock->steps;
        auto const total = team.scan(
            steps * parts, [=](std::int64_t i) { return count[i]; },
            [=](std::int64_t i, std::int64_t before) {
                count[i] = base + before;
                if (i % parts == 0) begin[i / parts] = base + before;
            });
        auto const stride = g.stride;
        auto const begun = parts > 0 ? steps : 0;
        team.for_each(stride - begun, [=](std::int64_t k) { begin[begun + k] = base + total; });
        team.single([&] {
            *g.neurons = {g.events, begin, clock->t, steps};
            auto* const generated = g.generated_begin ? g.generated_begin + slice * stride : nullptr;
            *g.generated = {g.generated_events, generated, clock->t, steps};
        });
    }
};

struct place_spikes {
    template <class Team> RANVIER_FN void operator()(Team& team, gather_view const& g, std::int64_t part,
                                                     std::int32_t first_id, std::uint64_t const* fired,
                                                     std::int32_t const* multiplicity,
                                                     std::int64_t multiplicity_stride, int steps) const {
        auto const* const who = g.who + (first_id - 1);
        std::int64_t const m = g.n_who[part];
        team.for_rows(m > 0 ? steps : 0, [&](auto& lanes, std::int64_t k) {
            auto* const to = g.events + g.count[k * g.parts + part];
            lanes.scan(
                m, [=](std::int64_t i) { return std::int64_t(fired[who[i]] >> k & 1); },
                [=](std::int64_t i, std::int64_t before) {
                    auto const j = who[i];
                    if (fired[j] >> k & 1)
                        to[before] = {first_id + j,
                                      multiplicity ? multiplicity[k * multiplicity_stride + j] : 1, 1.0};
                });
        });
    }
};

/// Walks through the events of a slice: in which of its steps is event s? Events come in ascending order,
/// mostly.
class step_cursor {
  public:
    RANVIER_FN explicit step_cursor(spike_list const& list) : begin_(list.begin) {}
    RANVIER_FN std::int32_t operator()(std::int64_t s) {
        if (s < begin_[k_]) k_ = 0;
        while (s >= begin_[k_ + 1]) ++k_;
        return k_;
    }

  private:
    std::int64_t const* begin_;
    std::int32_t k_ = 0;
};

}  // namespace ranvier
