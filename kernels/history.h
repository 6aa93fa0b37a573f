// Spikes of the neurons themselves, kept for plasticity (synapses.md, 2).
#pragma once
#include "kernels/synapse_views.h"
#include "kernels/team.h"

#include <type_traits>

namespace ranvier {

/// Spikes of the slice [t, t + steps) into the history. who: the m neurons that have fired, or may have.
struct archive_spikes {
    template <class Team>
    RANVIER_FN void operator()(Team& team, history_view const& h, std::int32_t const* who, std::int64_t m,
                               std::uint64_t const* fired, std::int32_t const* multiplicity,
                               std::int64_t multiplicity_stride, std::int64_t t, int steps) const {
        team.scatter(m, [&](std::int64_t i) {
            std::int64_t const j = who[i];
            for (int k = 0; k < steps; ++k) {
                if (!(fired[j] >> k & 1)) continue;
                h.last_spike[j] = t + k + 1;
                if (h.depth > 0 && h.archives[j])
                    push(h, j, t + k + 1, multiplicity ? multiplicity[k * multiplicity_stride + j] : 1);
            }
        });
    }

  private:
    RANVIER_FN static void push(history_view const& h, std::int64_t j, std::int64_t u, std::int32_t times) {
        auto const before = h.step[j] == history_view::never
                                ? 0.0
                                : h.k_minus[j] * math::exp(-double(u - h.step[j]) * h.rate(j));
        auto const triplet_before =
            !h.k_triplet || h.step[j] == history_view::never
                ? 0.0
                : h.k_triplet[j] * math::exp(-double(u - h.step[j]) * h.rate_triplet(j));
        std::int64_t const all = h.depth;
        auto const kept = put_first(h.step, h.n, j, all, u);
        put_first(h.k_minus, h.n, j, kept, before + times);
        if (h.multiplicity) put_first(h.multiplicity, h.n, j, kept, times);
        if (h.k_triplet) put_first(h.k_triplet, h.n, j, kept, triplet_before + times);
    }
    /// Moves neuron j's entries of a column to later ranks, until one that means no spike or up to `end`.
    /// Returns where it stopped. Some ranks are read before any is written: they are far apart.
    template <class T> RANVIER_FN static std::int64_t put_first(T* column, std::int64_t n, std::int64_t j,
                                                                std::int64_t end, T newest) {
        constexpr int at_once = 4;
        auto carried = newest;
        for (std::int64_t r = 0; r < end; r += at_once) {
            T moved[at_once];
            for (int a = 0; a < at_once; ++a) moved[a] = r + a < end ? column[(r + a) * n + j] : T{};
            for (int a = 0; a < at_once; ++a)
                if (r + a < end) column[(r + a) * n + j] = a == 0 ? carried : moved[a - 1];
            carried = moved[at_once - 1];
            if constexpr (std::is_same_v<T, std::int64_t>)
                if (carried == history_view::never) return r + at_once < end ? r + at_once : end;
        }
        return end;
    }
};

/// Neurons whose history could run over in a slice of `steps` steps, and of each the latest spike to be
/// forgotten. Looks at each neuron alone. All synapses' delays are at most max_delay steps; all spikes up to
/// stamp t are known and have been delivered.
struct choose_full {
    template <class Team> RANVIER_FN std::int64_t operator()(Team& team, history_view const& history,
                                                             std::int64_t t, int steps,
                                                             std::int64_t max_delay, std::int32_t* neurons,
                                                             std::int64_t* drop) const {
        auto const h = history;
        auto const full = std::int64_t(h.depth - steps) * h.n;
        auto const n = compact_few(
            team, h.n, [=](std::int64_t j) { return h.step[full + j] != history_view::never; },
            [=](std::int64_t at, std::int64_t j) { neurons[at] = std::int32_t(j); });
        team.sync();
        team.for_each(n, [=](std::int64_t i) {
            // The latest spike that any synapse can still ask a trace of stays: it is before t + 1 -
            // max_delay.
            auto const j = neurons[i];
            std::int64_t rank = h.depth / 2;
            while (h.step[(rank - 1) * h.n + j] >= t + 1 - max_delay) ++rank;
            drop[j] = h.at(rank, j);
        });
        team.sync();
        return n;
    }
};

/// Forgets what choose_full chose.
struct drop_spikes {
    template <class Team> RANVIER_FN void operator()(Team& team, history_view const& history,
                                                     std::int32_t const* neurons, std::int64_t n,
                                                     std::int64_t const* drop) const {
        auto const h = history;
        team.for_each(n, [=](std::int64_t i) {
            auto const j = neurons[i];
            for (std::int64_t r = h.depth - 1; r >= 0 && h.step[r * h.n + j] <= drop[j]; --r)
                h.step[r * h.n + j] = history_view::never;
        });
        team.sync();
    }
};

/// For every neuron the latest spike at or before stamp x.
template <class Real> struct look_back {
    template <class Team> RANVIER_FN void operator()(Team& team, history_view const& history,
                                                     seen_view<Real> const& seen, std::int64_t x) const {
        auto const h = history;
        auto const s = seen;
        // Nearly always the spike is of rank 0 or 1; the rest is mended afterwards.
        team.for_each(h.n, [=](std::int64_t j) {
            auto const u0 = h.step[j], u1 = h.step[h.n + j], u2 = h.step[2 * h.n + j];
            bool const newer = u0 > x;
            auto const u = newer ? u1 : u0;
            auto const strict = select(u == x, newer ? u2 : u1, u);
            auto const k0 = h.k_minus[j], k1 = h.k_minus[h.n + j], k2 = h.k_minus[2 * h.n + j];
            auto const k = select(u == x, newer ? k2 : k1, newer ? k1 : k0);
            auto const since = double(x - (strict < 0 ? 0 : strict));
            s.rank[j] = newer ? 1 : 0;
            s.age[j] = age(x, u);
            s.k_minus[j] = Real(select(strict < 0, 0.0, k * math::exp(-since * h.rate(j))));
        });
        team.sync();
        if (team.any(h.n, [=](std::int64_t j) { return h.step[s.rank[j] * std::int64_t(h.n) + j] > x; })) {
            team.scatter(h.n, [=](std::int64_t j) {
                std::int32_t rank = s.rank[j];
                if (h.at(rank, j) <= x) return;
                while (h.at(rank, j) > x) ++rank;
                s.rank[j] = rank;
                s.age[j] = age(x, h.at(rank, j));
                s.k_minus[j] = Real(h.trace(rank, j, x));
            });
        }
        team.sync();
    }
    RANVIER_FN static std::int32_t age(std::int64_t x, std::int64_t u) {
        return x - u < INT32_MAX ? std::int32_t(x - u) : INT32_MAX;
    }
};

}  // namespace ranvier
