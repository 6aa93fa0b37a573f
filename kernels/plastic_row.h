// Pair-based STDP, lazily: a synapse is touched when its source spikes (synapses.md, 3; Morrison, Diesmann &
// Gerstner 2008, Biol Cybern 98:459). The whole delay D is dendritic: a spike of the source at t meets target
// spikes u in (t_last - D, t - D].
//
// Rows whose edges share delay and parameters are worked in passes over chunks of edges, each a loop that
// vectorises:
//   1. list the edges whose target has fired since the source's last spike; of these the ones whose target
//   fired
//      twice; and so on
//   2. from the last list to the first, that is from the oldest target spike on: facilitate
//   3. depress all edges, and add them to the inbox
// Where a team has many lanes, each takes a few edges of such a row and goes through their target spikes as
// one sequence, so that lanes of a warp do not wait for the edge that has most. Other rows take one edge at a
// time. The operations are the same.
#pragma once
#include "kernels/deliver.h"
#include "kernels/modulation.h"

namespace ranvier {

/// Target spikes this many steps before a source's spike, or more, are forgotten.
constexpr std::int64_t memory_of_pairs = INT32_MAX;

/// Facilitation of edge e by target spikes u with after < u <= until, oldest first. `last` is the stamp of
/// the source's spike just after which its trace was k_plus.
template <class Rule> RANVIER_FN void facilitate_edge(pair_stdp_view<Rule> const& v, Rule const& rule,
                                                      std::int64_t e, double k_plus, std::int64_t last,
                                                      std::int64_t after, std::int64_t until) {
    using Real = working_of<Rule>;
    auto const& h = v.history;
    auto const j = v.edges.target[e];
    auto const delay = v.edges.delay(e);
    std::int64_t newest = 0;
    while (h.at(newest, j) > until) ++newest;
    auto rank = newest;
    while (h.at(rank, j) > after) ++rank;
    auto w = v.edges.weight[e];
    while (rank-- > newest) {
        auto const decayed = Real(std::int32_t(h.at(rank, j) + delay - last));
        auto const k = Real(k_plus) * math::exp(-decayed * rule.decay);
        auto const times = h.multiplicity ? h.multiplicity[rank * h.n + j] : 1;
        if constexpr (of_triplets<Rule>) {
            auto const before = h.k_triplet[rank * h.n + j] - times;
            for (int m = 0; m < times; ++m) w = rule.facilitate(w, k, Real(before + m));
        } else {
            for (int m = 0; m < times; ++m) w = rule.facilitate(w, k);
        }
    }
    v.edges.weight[e] = w;
}

/// Trace of a source after another `steps` steps.
RANVIER_FN double decayed_trace(double trace, std::int64_t steps, double decay) {
    return trace * math::exp(-double(steps) * decay);
}
/// The same with a spike at their end.
RANVIER_FN double next_trace(double k_plus, std::int64_t steps, double decay) {
    return decayed_trace(k_plus, steps, decay) + 1;
}

/// Traces of a source just after its last spike.
struct source_traces {
    double k_plus;
    std::int64_t last;
    double triplet;  // of rules of triplets
};

/// One spike of a source through the edges [first, first + m) of its row.
template <class Rule> struct pair_stdp_row {
    using Real = typename Rule::value_type;
    static constexpr int chunk = 1024;           // edges worked at a time
    static constexpr int list_room = 4 * chunk;  // entries of all lists of a chunk
    static constexpr int max_lists = 16;

    pair_stdp_view<Rule> const& v;
    inbox_view const& inbox;
    std::int64_t step;  // in which the source spiked; its stamp t is step + 1
    std::int32_t source;
    double factor;  // of the spike, 1 of neurons' spikes

    /// All edges share delay and parameters; seen is as of t - delay.
    template <class Lanes> RANVIER_FN void in_passes(Lanes& lanes, std::int64_t first, std::int64_t m,
                                                     double k_plus, std::int64_t last) const {
        auto const mark = lanes.mark();
        auto* const list = lanes.template scratch<std::uint16_t>(list_room + 1);
        auto* const w = lanes.template scratch<Real>(chunk);
        auto* const k = lanes.template scratch<Real>(chunk);
        auto* const q = lanes.template scratch<std::int64_t>(chunk);
        for (std::int64_t done = 0; done < m; done += chunk) {
            auto const n = m - done < chunk ? m - done : std::int64_t{chunk};
            facilitate_chunk(lanes, first + done, n, k_plus, last, list, w, k);
            depress_chunk(lanes, first + done, n, q);
        }
        lanes.release(mark);
    }

    /// The same for many lanes; seen has this step's row.
    template <class Lanes> RANVIER_FN void in_handfuls(Lanes& lanes, std::int64_t first, std::int64_t m,
                                                       double k_plus, std::int64_t last) const {
        // So many edges apart, whole warps where there are more than a handful.
        auto const stride = std::int32_t((m + handful - 1) / handful + 31) / 32 * 32;
        lanes.scatter(stride < m ? stride : m, [&](std::int64_t i) {
            take_handful(lanes, first + i, stride, std::int32_t(m - i), k_plus, last);
        });
    }

    /// Edges have delays or parameters of their own; with parameters, also traces.
    template <class Lanes> RANVIER_FN void one_by_one(Lanes& lanes, std::int64_t first, std::int64_t m,
                                                      source_traces const& of_row) const {
        auto const t = step + 1;
        auto const most = largest();
        lanes.scatter(m, [&](std::int64_t i) {
            auto const e = first + i;
            bool const own = v.own.base != nullptr;
            auto const rule = own ? v.own.load(e) : v.shared;
            auto const k_plus = own ? v.k_plus[e] : of_row.k_plus;
            auto const last = own ? v.last[e] : of_row.last;
            auto const delay = v.edges.delay(e);
            auto const x = t - delay;
            if constexpr (!modulated<Rule>) {
                auto const after = last - delay > x - memory_of_pairs ? last - delay : x - memory_of_pairs;
                facilitate_edge(v, rule, e, k_plus, last, after, x);
            }
            auto const j = v.edges.target[e];
            std::int64_t rank = 0;
            while (v.history.at(rank, j) > x) ++rank;
            auto const k_minus = working_of<Rule>(v.history.trace(rank, j, x));
            Real wi;
            if constexpr (of_triplets<Rule>) {
                auto const triplet = own ? v.k_plus_triplet[e] : of_row.triplet;
                auto const r = decayed_trace(triplet, t - last, double(rule.decay_triplet));
                wi = rule.depress(v.edges.weight[e], k_minus, r);
                if (own) v.k_plus_triplet[e] = r + 1;
            } else if constexpr (modulated<Rule>) {
                auto edge = modulated_edge<Rule>::load(v, e);
                edge.pass(v, e, k_plus, last, t);
                edge.evolve(rule, t);
                rule.depress(edge.traces, k_minus);
                edge.store(v, e);
                wi = edge.weight;
            } else {
                wi = rule.depress(v.edges.weight[e], k_minus);
            }
            v.edges.weight[e] = wi;
            if (own) {
                v.k_plus[e] = next_trace(k_plus, t - last, double(rule.decay));
                v.last[e] = t;
            }
            auto* const to = v.sent ? v.sent->of(source - v.edges.rows.first_source) : nullptr;
            if (to) to[i] = double(wi);
            if (!(wi <= most && -wi <= most)) return too_large(lanes, j);
            if (v.edges.route.what != routing::value::none) {
                auto const value = event_value(v.edges.route, double(wi), factor, 1, inbox.scale);
                deposit(inbox, v.edges.route, step + delay)(lanes, j, value);
            }
        });
    }

  private:
    static constexpr int handful = 3;  // edges of a lane
    template <class T> RANVIER_FN static T pick(T const (&a)[handful], int b) {
        return b == 0 ? a[0] : b == 1 ? a[1] : a[2];
    }

    /// Edges first, first + stride, ... of those below first + room.
    template <class Lanes> RANVIER_FN void take_handful(Lanes& lanes, std::int64_t first, std::int32_t stride,
                                                        std::int32_t room, double k_plus,
                                                        std::int64_t last) const {
        auto const* const target = v.edges.target + first;
        auto* const weight = v.edges.weight + first;
        auto const h = v.history;
        auto const seen = v.seen.of_step(step, h.n);
        auto const rule = v.shared;
        auto const x = step + 1 - v.edges.delay.constant;
        auto const since = look_back<Real>::age(step + 1, last);  // the source's last interval

        std::int32_t j[handful], age[handful];
        Real w[handful], k_minus[handful];
        for (int b = 0; b < handful; ++b) j[b] = b * stride < room ? target[b * stride] : 0;
        for (int b = 0; b < handful; ++b) w[b] = b * stride < room ? weight[b * stride] : Real(0);
        for (int b = 0; b < handful; ++b) {
            age[b] = b * stride < room ? seen.age[j[b]] : INT32_MAX;
            k_minus[b] = seen.k_minus[j[b]];
        }
        std::int32_t rank[handful], spikes[handful];  // of the latest spike; how many since the source's last
        for (int b = 0; b < handful; ++b) {
            rank[b] = spikes[b] = 0;
            if (age[b] >= since) continue;
            rank[b] = seen.rank[j[b]];
            do ++spikes[b];
            while (look_back<Real>::age(x, h.at(rank[b] + spikes[b], j[b])) < since);
        }

        int b = 0;
        RANVIER_ROLLED for (auto left = spikes[0] + spikes[1] + spikes[2]; left > 0; --left) {
            auto r = pick(spikes, b);
            while (r == 0) r = pick(spikes, ++b);
            --r;
            auto const at = (pick(rank, b) + r) * h.n + pick(j, b);
            auto const past = r == 0 ? pick(age, b) : std::int32_t(x - h.step[at]);
            auto const k = Real(k_plus) * math::exp(-Real(since - past) * rule.decay);
            auto wi = pick(w, b);
            auto const times = h.multiplicity ? h.multiplicity[at] : 1;
            RANVIER_ROLLED for (int m = 0; m < times; ++m) wi = rule.facilitate(wi, k);
            for (int c = 0; c < handful; ++c) {
                w[c] = c == b ? wi : w[c];
                spikes[c] = c == b ? r : spikes[c];
            }
        }

        auto const most = largest();
        deposit const to(inbox, v.edges.route, step + v.edges.delay.constant);
        for (int c = 0; c < handful; ++c) {
            if (c * stride >= room) break;
            auto const wi = rule.depress(w[c], k_minus[c]);
            weight[c * stride] = wi;
            if (!(wi <= most && -wi <= most)) {
                too_large(lanes, j[c]);
                continue;
            }
            if (v.edges.route.what != routing::value::none)
                to(lanes, j[c], event_value(v.edges.route, double(wi), factor, 1, inbox.scale));
        }
    }

    RANVIER_FN Real largest() const { return Real(largest_weight(v.largest, factor)); }
    template <class Lanes> RANVIER_FN void too_large(Lanes& lanes, std::int32_t j) const {
        auto& f = *v.first_fault;
        if (lanes.fetch_add(f.claims, 1) > 0) return;
        f.what = fault::weight_too_large, f.neuron = j, f.source = source, f.step = step;
    }

    template <class Lanes> RANVIER_FN void facilitate_chunk(Lanes& lanes, std::int64_t first, std::int64_t n,
                                                            double k_plus, std::int64_t last,
                                                            std::uint16_t* list, Real* w, Real* k) const {
        auto const* const target = v.edges.target + first;
        auto const h = v.history;
        auto const seen = v.seen;
        auto const x = step + 1 - v.edges.delay.constant;
        auto const since = look_back<Real>::age(step + 1, last);  // the source's last interval
        int start[max_lists + 1] = {0};
        int lists = 0;
        auto found = lanes.compact(
            n, [&](std::int64_t i) { return seen.age[target[i]] < since; },
            [&](std::int64_t at, std::int64_t i) { list[at] = std::uint16_t(i); });
        lanes.sync();
        while (found > 0) {
            auto const* const from = list + start[lists];
            auto* const to = list + start[lists] + found;
            start[lists + 1] = int(start[lists] + found);
            ++lists;
            if (lists == max_lists || start[lists] + found > list_room)
                return facilitate_many(lanes, first, n, k_plus, last);
            found = lanes.compact(
                found,
                [&](std::int64_t i) {
                    auto const j = target[from[i]];
                    return look_back<Real>::age(x, h.at(seen.rank[j] + lists, j)) < since;
                },
                [&](std::int64_t at, std::int64_t i) { to[at] = from[i]; });
            lanes.sync();
        }
        for (int r = lists - 1; r >= 0; --r)
            facilitate_list(lanes, list + start[r], start[r + 1] - start[r], r, first, k_plus, since, w, k);
    }

    /// Facilitation of the listed edges by their targets' spike of one rank.
    template <class Lanes> RANVIER_FN void facilitate_list(Lanes& lanes, std::uint16_t const* list,
                                                           std::int64_t n, int r, std::int64_t first,
                                                           double k_plus, std::int32_t since, Real* w,
                                                           Real* k) const {
        auto const* const target = v.edges.target + first;
        auto* const weight = v.edges.weight + first;
        auto const h = v.history;
        auto const seen = v.seen;
        auto const x = step + 1 - v.edges.delay.constant;
        auto const rule = v.shared;
        auto const trace = Real(k_plus);
        lanes.scatter(n, [&](std::int64_t i) {
            auto const j = target[list[i]];
            auto const age = r == 0 ? seen.age[j] : std::int32_t(x - h.at(seen.rank[j] + r, j));
            w[i] = weight[list[i]];
            k[i] = Real(since - age);
        });
        lanes.sync();
        lanes.for_each(n, [=](std::int64_t i) {
            k[i] = trace * math::exp(-k[i] * rule.decay);
            w[i] = rule.facilitate(w[i], k[i]);
        });
        lanes.sync();
        lanes.scatter(n, [&](std::int64_t i) {
            auto wi = w[i];
            if (h.multiplicity) {
                auto const j = target[list[i]];
                for (int m = 1; m < h.multiplicity[(seen.rank[j] + r) * std::int64_t(h.n) + j]; ++m)
                    wi = rule.facilitate(wi, k[i]);
            }
            weight[list[i]] = wi;
        });
        lanes.sync();
    }

    /// The same for a chunk whose targets have fired too often for the lists.
    template <class Lanes> RANVIER_FN void facilitate_many(Lanes& lanes, std::int64_t first, std::int64_t n,
                                                           double k_plus, std::int64_t last) const {
        auto const delay = v.edges.delay.constant;
        auto const x = step + 1 - delay;
        auto const after = last - delay > x - memory_of_pairs ? last - delay : x - memory_of_pairs;
        lanes.scatter(
            n, [&](std::int64_t i) { facilitate_edge(v, v.shared, first + i, k_plus, last, after, x); });
        lanes.sync();
    }

    template <class Lanes>
    RANVIER_FN void depress_chunk(Lanes& lanes, std::int64_t first, std::int64_t n, std::int64_t* q) const {
        auto const* const target = v.edges.target + first;
        auto* const weight = v.edges.weight + first;
        auto const* const k_minus = v.seen.k_minus;
        auto const rule = v.shared;
        auto const scale = inbox.scale, times = factor;
        bool const counts = v.edges.route.what == routing::value::count;
        lanes.for_each(n, [=](std::int64_t i) {
            auto const w = rule.depress(weight[i], k_minus[target[i]]);
            weight[i] = w;
            q[i] = to_fixed(counts ? 1.0 : double(w) * times, scale);
        });
        lanes.sync();
        auto const most = largest();
        if (lanes.any(n, [=](std::int64_t i) { return !(weight[i] <= most && -weight[i] <= most); })) {
            lanes.single([&] {
                std::int64_t i = 0;
                while (weight[i] <= most && -weight[i] <= most) ++i;
                too_large(lanes, target[i]);
            });
        } else if (v.edges.route.what != routing::value::none) {
            deposit const to(inbox, v.edges.route, step + v.edges.delay.constant);
            lanes.scatter(n, [&](std::int64_t i) { to(lanes, target[i], q[i]); });
        }
        lanes.sync();
    }
};

}  // namespace ranvier
