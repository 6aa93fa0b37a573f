// Poisson trains: each connection's own, or copies of a common one, thinned where the rate is not constant.
#pragma once
#include "kernels/distributions.h"
#include "kernels/drive_views.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Events of a stretch of Poisson numbers that are read in the steps [t, t + steps). An event emitted in step
/// e is read in step e + delay.
struct drive_counts {
    template <class Team> RANVIER_FN void operator()(Team& team, inbox_view const& inbox,
                                                     std::int32_t first_id, drive_view const& d,
                                                     stretch const& s, std::int64_t t, int steps) const {
        auto const [from, until] = steps_of(s, t, steps, d.delay);
        if (from >= until || d.route.what == routing::value::none) return;
        if (s.emitted.common) return copies(team, inbox, first_id, d, s, from, until);
        // Four steps share a call of the generator.
        if constexpr (Team::one_lane) {
            for (auto call = from >> 2; call <= (until - 1) >> 2; ++call)
                four_steps(team, inbox, first_id, d, s, call, from, until);
        } else {
            edge_by_edge(team, inbox, first_id, d, s, from, until);
        }
    }

  private:
    static constexpr int tile = 512;             // edges
    static constexpr int compare_with_all = 64;  // thresholds, at most; more are searched

    /// Of n spikes emitted in step e, those that are kept.
    RANVIER_FN static std::int32_t thinned(std::int32_t n, key k, std::uint32_t id, std::uint32_t draw,
                                           std::int64_t e, double p) {
        if (n == 0 || p >= 1) return n;
        if (!(p > 0)) return 0;
        auto own = edge_draws(k, id, draw, e);
        return std::int32_t(binomial(own, n, p));
    }
    /// Of spikes emitted in step e.
    RANVIER_FN static double kept(stretch const& s, std::int64_t e) { return s.emitted.value.at(e + 1); }

    template <class Team> RANVIER_FN static void copies(Team& team, inbox_view const& box,
                                                        std::int32_t first_id, drive_view const& drive,
                                                        stretch const& s, std::int64_t from,
                                                        std::int64_t until) {
        auto const inbox = box;
        auto const d = drive;
        for (auto e = from; e < until; ++e) {
            auto const n = poisson_at(s.counts, d.common_key, d.common_id, e, 0);
            auto const p = kept(s, e);
            if (n == 0) continue;
            team.scatter(d.n, [&](std::int64_t i) {
                auto const edge = drive_edge::of(d, i, first_id, inbox.scale);
                edge.send(team, inbox, e + d.delay, thinned(n, d.draws_key, edge.id, edge.draw, e, p));
            });
            team.sync();
        }
    }

    /// A lane takes an edge through all steps.
    template <class Team> RANVIER_FN static void edge_by_edge(Team& team, inbox_view const& box,
                                                              std::int32_t first_id, drive_view const& drive,
                                                              stretch const& s, std::int64_t from,
                                                              std::int64_t until) {
        auto const inbox = box;
        auto const d = drive;
        auto const table = s.counts;
        auto const value = s.emitted.value;
        bool const thin = value.amplitude != 0 || value.base < 1;
        team.scatter(d.n, [&](std::int64_t i) {
            auto const edge = drive_edge::of(d, i, first_id, inbox.scale);
            auto const id = edge.id, draw = edge.draw;
            for (auto call = from >> 2; call <= (until - 1) >> 2; ++call) {
                auto const words = poisson_words(d.draws_key, id, 4 * call, draw);
                for (int w = 0; w < 4; ++w) {
                    auto const e = 4 * call + w;
                    if (e < from || e >= until) continue;
                    auto const found = poisson_search(table, words.w[w]);
                    auto count = found.tie ? poisson_count(table, words.w[w],
                                                           poisson_tie_word(d.draws_key, id, e, draw))
                                           : found.count;
                    if (thin && count != 0) count = thinned(count, d.draws_key, id, draw, e, value.at(e + 1));
                    edge.send(team, inbox, e + d.delay, count);
                }
            }
        });
        team.sync();
    }

    template <class Team> RANVIER_FN static void four_steps(Team& team, inbox_view const& inbox,
                                                            std::int32_t first_id, drive_view const& drive,
                                                            stretch const& s, std::int64_t call,
                                                            std::int64_t from, std::int64_t until) {
        auto const mark = team.mark();
        auto* const word = team.template scratch<std::uint32_t>(4 * tile);
        auto* const count = team.template scratch<std::int32_t>(tile);
        auto const d = drive;
        auto const table = s.counts;
        auto const& value = s.emitted.value;
        bool const thin = value.amplitude != 0 || value.base < 1;
        for (std::int32_t begin = 0; begin < d.n; begin += tile) {
            auto const n = d.n - begin < tile ? d.n - begin : tile;
            auto id = [=](std::int64_t i) {
                return std::uint32_t(first_id + (d.neurons ? d.neurons[begin + i] : begin + i));
            };
            auto draw = [=](std::int64_t i) { return d.draws ? std::uint32_t(d.draws[begin + i]) : 0u; };
            if (!d.neurons && !d.draws) {
                auto const id0 = std::uint32_t(first_id + begin);
                team.for_each(n, [=](std::int64_t i) {
                    auto const r = philox(d.draws_key, id0 + std::uint32_t(i), std::uint64_t(call), 0);
                    for (int w = 0; w < 4; ++w) word[w * tile + i] = r.w[w];
                });
            } else {
                team.for_each(n, [=](std::int64_t i) {
                    auto const r = philox(d.draws_key, id(i), std::uint64_t(call), draw(i));
                    for (int w = 0; w < 4; ++w) word[w * tile + i] = r.w[w];
                });
            }
            team.sync();
            for (int w = 0; w < 4; ++w) {
                auto const e = 4 * call + w;
                if (e < from || e >= until) continue;
                count_words(team, table, d.draws_key, id, draw, e, word + w * tile, n, count);
                if (thin) {
                    auto const p = kept(s, e);
                    team.scatter(n, [=](std::int64_t i) {
                        count[i] = thinned(count[i], d.draws_key, id(i), draw(i), e, p);
                    });
                    team.sync();
                }
                add(team, inbox, d, e + d.delay, begin, n, count);
            }
        }
        team.release(mark);
    }

    /// Counts of emission step e from one word each.
    template <class Team, class Id, class Draw>
    RANVIER_FN static void count_words(Team& team, poisson_table_view const& table, key k, Id id, Draw draw,
                                       std::int64_t e, std::uint32_t const* word, std::int64_t n,
                                       std::int32_t* count) {
        auto const* const high = table.high + table.begin;
        auto const thresholds = table.end - table.begin;
        auto const base = table.first + table.begin;
        // About one word in 10^8 equals a threshold and is continued by another.
        if (thresholds <= compare_with_all) {
            team.for_each(n, [=](std::int64_t i) { count[i] = 0; });
            team.sync();
            std::int32_t r = 0;
            for (; r + 4 <= thresholds; r += 4) {
                auto const a = high[r], b = high[r + 1], c = high[r + 2], d = high[r + 3];
                team.for_each(n, [=](std::int64_t i) {
                    auto const w = word[i];
                    count[i] += (a < w ? 1 : 0) + (b < w ? 1 : 0) + (c < w ? 1 : 0) + (d < w ? 1 : 0);
                });
                team.sync();
            }
            for (; r < thresholds; ++r) {
                auto const a = high[r];
                team.for_each(n, [=](std::int64_t i) { count[i] += a < word[i] ? 1 : 0; });
                team.sync();
            }
            // The first threshold that is not below a word is the only one that it may equal. Nothing past
            // the last is read, even if lanes did not wait for each other (tests' broken twins).
            auto const last = std::uint32_t(thresholds);
            bool const tie = team.any(n, [=](std::int64_t i) {
                auto const c = std::uint32_t(count[i]);
                return word[i] == 0 || word[i] == high[c < last ? c : last];
            });
            if (!tie) {
                team.for_each(n, [=](std::int64_t i) { count[i] += base; });
                return team.sync();
            }
        }
        team.scatter(n, [=](std::int64_t i) {
            auto const quick = poisson_search(table, word[i]);
            count[i] = quick.tie ? poisson_at(table, k, id(i), e, draw(i)) : quick.count;
        });
        team.sync();
    }

    template <class Team> RANVIER_FN static void add(Team& team, inbox_view const& inbox, drive_view const& d,
                                                     std::int64_t step, std::int32_t begin, std::int64_t n,
                                                     std::int32_t const* count) {
        if (d.route.what == routing::value::none) return;
        if (!d.neurons && !d.weights) {
            auto* const row = inbox.row(step, d.weight > 0 ? d.route.positive : d.route.negative) + begin;
            // q * count by products of 32 bits, which vectorise.
            auto const q = fixed_spike(d.route, d.weight, inbox.scale);
            auto const low = std::uint32_t(q), high = std::uint32_t(q >> 32);
            team.for_each(n, [=](std::int64_t i) {
                auto const c = std::uint64_t(std::uint32_t(count[i]));
                row[i] += std::int64_t(low * c + (high * c << 32));
            });
        } else {
            team.scatter(n, [&](std::int64_t i) {
                auto const w = d.weights ? d.weights[begin + i] : d.weight;
                auto* const row = inbox.row(step, w > 0 ? d.route.positive : d.route.negative);
                team.add(row[d.neurons ? d.neurons[begin + i] : begin + i],
                         fixed_spike(d.route, w, inbox.scale) * count[i]);
            });
        }
        team.sync();
    }
};

}  // namespace ranvier
