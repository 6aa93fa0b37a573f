// Fired masks of all neurons into spike lists.
#pragma once
#include <bit>

#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Spikes of the slice by step, then by id. `who` is room for one index per node; events for all spikes.
struct gather_spikes {
    template <class Team> RANVIER_FN void operator()(Team& team, std::uint64_t const* fired,
                                                     std::int32_t const* multiplicity, std::int64_t nodes,
                                                     int steps, std::int32_t* who, spike_event* events,
                                                     std::int64_t* begin) const {
        auto const m = team.compact(
            nodes, [=](std::int64_t i) { return fired[i] != 0; },
            [=](std::int64_t at, std::int64_t i) { who[at] = std::int32_t(i); });
        team.sync();
        std::int64_t total = 0;
        for (int k = 0; k < steps; ++k) {
            team.single([&] { begin[k] = total; });
            total += team.compact(
                m, [=](std::int64_t i) { return fired[who[i]] >> k & 1; },
                [=](std::int64_t at, std::int64_t i) {
                    events[total + at] = {who[i] + 1, multiplicity ? multiplicity[k * nodes + who[i]] : 1,
                                          1.0};
                });
            team.sync();
        }
        team.single([&] { begin[steps] = total; });
    }
};

}  // namespace ranvier
