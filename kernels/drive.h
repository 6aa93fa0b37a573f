// Input that is computed at the target instead of being sent: trains of spikes and currents.
#pragma once
#include "kernels/drive_counts.h"
#include "kernels/drive_currents.h"
#include "kernels/drive_superposition.h"

namespace ranvier {

/// Spikes of one drive that are read in the steps [t, t + steps), into the inbox. Each step of a run is asked
/// for once, in order.
struct drive_spikes {
    template <class Team> RANVIER_FN void operator()(Team& team, inbox_view const& inbox,
                                                     std::int32_t first_id, drive_view const& d,
                                                     std::int64_t t, int steps) const {
        for (int s = 0; s < d.n_stretches; ++s)
            if (d.stretches[s].emitted.superposed())
                drive_superposition{}(team, inbox, first_id, d, d.stretches[s], t, steps);
            else
                drive_counts{}(team, inbox, first_id, d, d.stretches[s], t, steps);
    }
};

}  // namespace ranvier
