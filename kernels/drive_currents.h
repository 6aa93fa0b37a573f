// Currents that are computed at the target.
#pragma once
#include "kernels/distributions.h"
#include "kernels/drive_views.h"
#include "kernels/team.h"

namespace ranvier {

/// Currents that act in the steps [t, t + steps): [step][receptor][neuron], pA. An event emitted in step e
/// acts in step e + delay + 1 (time_and_events.md, 4). Drives are summed in the order in which they were
/// connected.
struct drive_currents {
    template <class Team> RANVIER_FN void operator()(Team& team, double* current, std::int32_t receptors,
                                                     std::int32_t n, std::int32_t first_id,
                                                     drive_view const* drives, std::int32_t n_drives,
                                                     std::int64_t t, int steps) const {
        team.for_each(std::int64_t{steps} * receptors * n, [=](std::int64_t i) { current[i] = 0; });
        team.sync();
        for (std::int32_t a = 0; a < n_drives; ++a) {
            auto const d = drives[a];
            for (std::int32_t s = 0; s < d.n_stretches; ++s) {
                auto const& in = d.stretches[s];
                auto const [from, until] = steps_of(in, t, steps, d.delay + 1);
                for (auto e = from; e < until;) {
                    auto const next = end_of_value(in, e), end = next < until ? next : until;
                    rows const at{current + (std::int64_t(e + d.delay + 1 - t) * receptors + d.receptor) * n,
                                  std::int64_t{receptors} * n, end - e};
                    if (in.emitted.what == signal::kind::noise)
                        add_noise(team, at, d, in, first_id, e);
                    else
                        add(team, at, d,
                            [value = in.emitted.value.at(e + 1)](std::int64_t) { return value; });
                    e = end;
                }
            }
        }
    }

  private:
    /// Where currents of one value go: n rows, `stride` apart.
    struct rows {
        double* first;
        std::int64_t stride, n;
    };
    /// The step of the last change of noise, at step e.
    RANVIER_FN static std::int64_t changed(stretch const& s, std::int64_t e) {
        return e - (e - s.since) % s.emitted.every;
    }
    /// The first step after e in which a connection has another value.
    RANVIER_FN static std::int64_t end_of_value(stretch const& s, std::int64_t e) {
        if (s.emitted.what == signal::kind::noise) return changed(s, e) + s.emitted.every;
        return s.emitted.value.amplitude == 0 ? s.until : e + 1;
    }

    template <class Team> RANVIER_FN static void add_noise(Team& team, rows const& at, drive_view const& d,
                                                           stretch const& s, std::int32_t first_id,
                                                           std::int64_t e) {
        auto const change = changed(s, e);
        auto const variance = s.emitted.value.at(change + 1), mean = s.emitted.mean;
        auto const deviation = math::sqrt(larger(variance, 0));
        add(team, at, d, [=](std::int64_t i) {
            auto const id = std::uint32_t(first_id + d.neuron(i));
            return mean +
                   deviation * standard_normal(philox(d.draws_key, id, std::uint64_t(change), d.draw(i)));
        });
    }
    /// value(i) of each edge. Sums of a neuron are in the order of its edges.
    template <class Team, class Value>
    RANVIER_FN static void add(Team& team, rows const& at, drive_view const& d, Value value) {
        auto const to = at;
        auto edge = [=](std::int64_t i) {
            auto const x = d.weight_of(i) * value(i);
            auto* row = to.first + d.neuron(i);
            for (std::int64_t k = 0; k < to.n; ++k, row += to.stride) *row += x;
        };
        if (d.several)
            team.single([=] {
                for (std::int32_t i = 0; i < d.n; ++i) edge(i);
            });
        else
            team.scatter(d.n, edge);
        team.sync();
    }
};

}  // namespace ranvier
