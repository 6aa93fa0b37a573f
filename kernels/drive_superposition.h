// Superposed renewal processes (Deger, Helias, Boucsein, Rotter: J. Comput. Neurosci. 32:443, 2012): each
// connection has numbers of members in groups, of which a binomial number moves on in each active step.
#pragma once
#include "kernels/distributions.h"
#include "kernels/drive_views.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Events of a stretch that are read in the steps [t, t + steps). Steps must be taken in order: what is
/// emitted in one changes the members.
struct drive_superposition {
    template <class Team> RANVIER_FN void operator()(Team& team, inbox_view const& box, std::int32_t first_id,
                                                     drive_view const& drive, stretch const& in,
                                                     std::int64_t t, int steps) const {
        auto const [from, until] = steps_of(in, t, steps, drive.delay);
        if (from >= until) return;
        auto const inbox = box;
        auto const d = drive;
        auto const s = in;
        auto const first = from, end = until;
        team.scatter(d.n, [&](std::int64_t i) {
            auto const edge = drive_edge::of(d, i, first_id, inbox.scale);
            members const m{d.members + i, d.n, s.emitted};
            if (s.restarts && first == s.from) m.begin();
            auto const own = philox(d.draws_key, edge.id, ~std::uint64_t{0}, edge.draw);
            for (auto e = first; e < end; ++e) {
                draws from_own({own.w[0], own.w[1]}, edge.id, std::uint64_t(e));
                auto const p = s.emitted.value.at(e + 1);
                auto const count = s.emitted.what == signal::kind::stages
                                       ? m.through_stages(from_own, p)
                                       : m.with_dead_time(from_own, p, s.since + (e - s.from));
                if (d.route.what != routing::value::none) edge.send(team, inbox, e + d.delay, count);
            }
        });
        team.sync();
    }

  private:
    struct members {
        std::int32_t* at;  // [row], `stride` apart
        std::int64_t stride;
        signal const& of;
        RANVIER_FN std::int32_t& row(std::int64_t r) const { return at[r * stride]; }
        RANVIER_FN void begin() const {
            for (std::int64_t r = 0; r + 1 < of.rows; ++r) row(r) = std::int32_t(of.each);
            row(of.rows - 1) = std::int32_t(of.n_proc - (of.rows - 1) * of.each);
        }
        /// From each stage to the next, from the last to the first.
        RANVIER_FN std::int32_t through_stages(draws& from, double p) const {
            std::int32_t moved = 0;  // from the stage before
            for (std::int64_t r = 0; r < of.rows; ++r) {
                auto const leaving = std::int32_t(binomial(from, row(r), p));
                row(r) += moved - leaving;
                moved = leaving;
            }
            row(0) += moved;
            return moved;
        }
        /// The last row may fire; the others are a ring of those that have, by step.
        RANVIER_FN std::int32_t with_dead_time(draws& from, double p, std::int64_t steps_before) const {
            auto const bins = of.rows - 1;
            auto& ready = row(bins);
            auto const fired = std::int32_t(binomial(from, ready, p));
            if (bins == 0) return fired;
            auto& oldest = row(steps_before % bins);
            ready += oldest - fired;
            oldest = fired;
            return fired;
        }
    };
};

}  // namespace ranvier
