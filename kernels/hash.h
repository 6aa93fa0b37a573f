// Hashes of results. Each is a sum over items, so it depends neither on order nor on partitions.
#pragma once
#include <bit>
#include <cstdint>

#include "kernels/synapse_views.h"
#include "kernels/team.h"
#include "kernels/views.h"

namespace ranvier {

/// Finaliser of MurmurHash3 (Appleby, public domain).
RANVIER_FN constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdu;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
}
RANVIER_FN constexpr std::uint64_t hash_item(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return mix(mix(mix(a + 0x9e3779b97f4a7c15u) + b) + c);
}

/// State of a partition's neurons, and input not yet delivered in the steps after t.
template <class M> struct hash_state {
    template <class Team> RANVIER_FN void operator()(Team& team, neuron_view<M> const& p, std::int64_t t,
                                                     std::uint64_t* sum) const {
        team.scatter(p.n, [&](std::int64_t i) {
            std::uint64_t h = 0, field = 0;
            auto const id = std::uint64_t(p.first_id + i);
            auto columns_of = [&]<class R>(columns<R> const& c) {
                R::fields::for_each([&]<auto Member>() {
                    h += hash_item(id, field++, std::bit_cast<std::uint64_t>(c.template column<Member>()[i]));
                });
            };
            columns_of(p.state);
            lists_of<M>::for_each([&]<int L, class E>() {
                for (std::int64_t j = 0; j < p.lengths[L]; ++j) columns_of(element_state<L, E>(p, j));
            });
            for (std::int64_t s = t; s <= t + p.inbox.mask; ++s)
                for (int port = 0; port < p.inbox.ports; ++port) {
                    auto const q = p.inbox.row(s, port)[i];
                    if (q != 0)
                        h += hash_item(id << 8 | std::uint64_t(port), std::uint64_t(s) + 1000,
                                       std::uint64_t(q));
                }
            team.add(*sum, h);
        });
    }
};

/// Weights of a group.
template <class Real> struct hash_weights {
    template <class Team> RANVIER_FN void operator()(Team& team, edge_view<Real> const& v,
                                                     std::int32_t first_id, std::uint64_t* sum) const {
        team.for_rows(v.rows.n, [&](auto& lanes, std::int64_t r) {
            auto const first = v.rows.begin[r];
            auto const source = std::uint64_t(v.rows.first_source + r);
            lanes.scatter(v.rows.begin[r + 1] - first, [&](std::int64_t i) {
                auto const target = std::uint64_t(first_id) + v.target[first + i];
                auto const w = v.weight ? v.weight[first + i] : v.common_weight;
                lanes.add(*sum, hash_item(source << 32 | target, std::uint64_t(v.delay(first + i)),
                                          std::bit_cast<std::uint64_t>(double(w))));
            });
        });
    }
};

/// State of a group's edges.
struct hash_states {
    template <class Team, class Real, class State>
    RANVIER_FN void operator()(Team& team, edge_view<Real> const& v, columns<State> const& state,
                               std::int32_t first_id, std::uint64_t* sum) const {
        team.for_rows(v.rows.n, [&](auto& lanes, std::int64_t r) {
            auto const first = v.rows.begin[r];
            auto const source = std::uint64_t(v.rows.first_source + r);
            lanes.scatter(v.rows.begin[r + 1] - first, [&](std::int64_t i) {
                auto const e = first + i;
                auto const target = std::uint64_t(first_id) + v.target[e];
                std::uint64_t h = 0, field = 1;  // 0 would be the weight
                State::fields::for_each([&]<auto M>() {
                    h += hash_item(source << 32 | target, std::uint64_t(v.delay(e)) | field++ << 40,
                                   std::bit_cast<std::uint64_t>(state.template column<M>()[e]));
                });
                lanes.add(*sum, h);
            });
        });
    }
};

}  // namespace ranvier
