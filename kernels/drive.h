// Input that is computed at the target instead of being sent: Poisson trains and currents.
#pragma once
#include "kernels/fixed_point.h"
#include "kernels/random.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Poisson input of the steps [t, t + steps) into the inbox. An event emitted in step e is read in step e +
/// delay.
struct drive_poisson {
    template <class Team>
    RANVIER_FN void operator()(Team& team, inbox_view const& inbox, std::int32_t first_id,
                               drive_view<poisson_segment> const& d, std::int64_t t, int steps) const {
        for (int s = 0; s < d.n_segments; ++s) {
            auto const& segment = d.segments[s];
            auto const from = t - d.delay > segment.from ? t - d.delay : segment.from;
            auto const until = t + steps - d.delay < segment.until ? t + steps - d.delay : segment.until;
            if (from >= until) continue;
            // Four steps share a call of the generator.
            if constexpr (Team::one_lane) {
                for (auto call = from >> 2; call <= (until - 1) >> 2; ++call)
                    four_steps(team, inbox, first_id, d, segment.counts, call, from, until);
            } else {
                edge_by_edge(team, inbox, first_id, d, segment.counts, from, until);
            }
        }
    }

  private:
    static constexpr int tile = 512;             // edges
    static constexpr int compare_with_all = 64;  // thresholds, at most; more are searched

    /// A lane takes an edge through all steps.
    template <class Team> RANVIER_FN static void edge_by_edge(Team& team, inbox_view const& box,
                                                              std::int32_t first_id,
                                                              drive_view<poisson_segment> const& drive,
                                                              poisson_table_view const& counts,
                                                              std::int64_t from, std::int64_t until) {
        auto const inbox = box;
        auto const d = drive;
        auto const table = counts;
        if (d.route.what == routing::value::none) return;
        team.scatter(d.n, [&](std::int64_t i) {
            auto const j = d.neurons ? d.neurons[i] : std::int32_t(i);
            auto const id = std::uint32_t(first_id + j), draw = d.draws ? std::uint32_t(d.draws[i]) : 0u;
            auto const weight = d.weights ? d.weights[i] : d.weight;
            auto const q = one(d.route, weight, inbox.scale);
            auto const port = weight > 0 ? d.route.positive : d.route.negative;
            for (auto call = from >> 2; call <= (until - 1) >> 2; ++call) {
                auto const words = poisson_words(d.draws_key, id, 4 * call, draw);
                for (int w = 0; w < 4; ++w) {
                    auto const e = 4 * call + w;
                    if (e < from || e >= until) continue;
                    auto const found = poisson_search(table, words.w[w]);
                    auto const count = found.tie ? poisson_count(table, words.w[w],
                                                                 poisson_tie_word(d.draws_key, id, e, draw))
                                                 : found.count;
                    if (count != 0) team.add(inbox.row(e + d.delay, port)[j], q * std::int64_t(count));
                }
            }
        });
        team.sync();
    }
    /// Fixed-point value of one spike.
    RANVIER_FN static std::int64_t one(routing const& route, double weight, double scale) {
        auto const q = to_fixed(route.what == routing::value::count ? 1.0 : weight, scale);
        return route.what == routing::value::magnitude && q < 0 ? -q : q;
    }

    template <class Team>
    RANVIER_FN static void four_steps(Team& team, inbox_view const& inbox, std::int32_t first_id,
                                      drive_view<poisson_segment> const& drive,
                                      poisson_table_view const& counts, std::int64_t call, std::int64_t from,
                                      std::int64_t until) {
        auto const mark = team.mark();
        auto* const word = team.template scratch<std::uint32_t>(4 * tile);
        auto* const count = team.template scratch<std::int32_t>(tile);
        auto const d = drive;
        auto const table = counts;
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

    template <class Team> RANVIER_FN static void add(Team& team, inbox_view const& inbox,
                                                     drive_view<poisson_segment> const& d, std::int64_t step,
                                                     std::int32_t begin, std::int64_t n,
                                                     std::int32_t const* count) {
        if (d.route.what == routing::value::none) return;
        if (!d.neurons && !d.weights) {
            auto* const row = inbox.row(step, d.weight > 0 ? d.route.positive : d.route.negative) + begin;
            // q * count by products of 32 bits, which vectorise.
            auto const q = one(d.route, d.weight, inbox.scale);
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
                         one(d.route, w, inbox.scale) * count[i]);
            });
        }
        team.sync();
    }
};

/// Currents that act in the steps [t, t + steps): [step][receptor][neuron], pA. An event emitted in step e
/// acts in step e + delay + 1 (time_and_events.md, 4). Drives are summed in the order in which they were
/// connected.
struct drive_currents {
    template <class Team> RANVIER_FN void operator()(Team& team, double* current, std::int32_t receptors,
                                                     std::int32_t n,
                                                     drive_view<current_segment> const* drives,
                                                     std::int32_t n_drives, std::int64_t t, int steps) const {
        team.for_each(std::int64_t{steps} * receptors * n, [=](std::int64_t i) { current[i] = 0; });
        team.sync();
        for (std::int32_t a = 0; a < n_drives; ++a) {
            auto const d = drives[a];
            for (std::int32_t s = 0; s < d.n_segments; ++s) {
                auto const segment = d.segments[s];
                for (int k = 0; k < steps; ++k) {
                    auto const e = t + k - d.delay - 1;
                    if (e < segment.from || e >= segment.until) continue;
                    auto* const row = current + (std::int64_t{k} * receptors + d.port_or_receptor) * n;
                    team.single([&] {  // one edge after the other: a neuron may have several
                        for (std::int32_t i = 0; i < d.n; ++i)
                            row[d.neurons ? d.neurons[i] : i] +=
                                (d.weights ? d.weights[i] : d.weight) * segment.amplitude;
                    });
                    team.sync();
                }
            }
        }
    }
};

}  // namespace ranvier
