// What kernels that do not depend on the neuron model see of a partition.
#pragma once
#include "kernels/drive.h"
#include "kernels/gather.h"
#include "kernels/history.h"
#include "kernels/views.h"

namespace ranvier {

struct partition_view {
    std::int32_t first_id, n;
    inbox_view inbox;
    drive_view const* trains;
    std::int32_t n_trains;
    drive_view const* currents;
    std::int32_t n_currents, receptors;
    double* current;                   // [step of the slice][receptor][neuron]
    std::uint64_t const* fired;        // [neuron]
    std::int32_t const* multiplicity;  // [step][neuron] with the given stride, or null
    std::int64_t multiplicity_stride;
    history_view history;
};

/// Input of the steps [t, t + steps) that is computed at the target.
struct drive_partition {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     slice_clock const* clock) const {
        auto const& p = partitions[index];
        auto const t = clock->t;
        auto const steps = clock->steps;
        for (std::int32_t d = 0; d < p.n_trains; ++d)
            drive_spikes{}(team, p.inbox, p.first_id, p.trains[d], t, steps);
        if (p.n_currents > 0)
            drive_currents{}(team, p.current, p.receptors, p.n, p.first_id, p.currents, p.n_currents, t,
                             steps);
    }
};

/// Spikes of the slice into the partitions' histories, and counted.
struct archive_partition {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     gather_view const* gather,
                                                     slice_clock const* clock) const {
        auto const& p = partitions[index];
        auto const m = count_spikes{}(team, *gather, index, p.first_id, p.n, p.fired, clock->steps);
        archive_spikes{}(team, p.history, gather->who + (p.first_id - 1), m, p.fired, p.multiplicity,
                         p.multiplicity_stride, clock->t, clock->steps);
    }
};
struct offset_kernel {
    template <class Team>
    RANVIER_FN void operator()(Team& team, int, gather_view const* gather, slice_clock const* clock) const {
        offset_spikes{}(team, *gather, clock);
    }
};
/// Spikes of the slice into the list.
struct list_partition {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     gather_view const* gather,
                                                     slice_clock const* clock) const {
        auto const& p = partitions[index];
        place_spikes{}(team, *gather, index, p.first_id, p.fired, p.multiplicity, p.multiplicity_stride,
                       clock->steps);
    }
};
struct next_slice_kernel {
    template <class Team> RANVIER_FN void operator()(Team& team, int, slice_clock* clock) const {
        next_slice{}(team, clock);
    }
};

/// Input slots into another fixed-point scale: each value is shifted right by `bits`, rounded down.
struct rescale_partition {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, partition_view const* partitions,
                                                     std::int32_t const* bits) const {
        auto const& p = partitions[index];
        auto const shift = bits[index];
        auto* const slots = p.inbox.slots;
        team.for_each((p.inbox.mask + 1) * p.inbox.ports * p.inbox.n,
                      [=](std::int64_t i) { slots[i] >>= shift; });
    }
};

}  // namespace ranvier
