// Connections that are taken away: members of synapse_block_of.
#pragma once
#include <algorithm>
#include <numeric>

#include "host/engine/synapse_block_of.h"

namespace ranvier {

/// Of values of all edges, `width` each, those of some.
template <class T> std::vector<T> values_at(std::vector<T> const& all,
                                            std::vector<std::uint32_t> const& edges, std::size_t width = 1) {
    std::vector<T> some;
    some.reserve(edges.size() * width);
    for (auto const e : edges)
        some.insert(some.end(), all.begin() + std::ptrdiff_t(e * width),
                    all.begin() + std::ptrdiff_t((e + 1) * width));
    return some;
}

template <class Device, class S, class Real>
typename synapse_block_of<Device, S, Real>::group synapse_block_of<Device, S, Real>::part(
    group const& g, std::vector<std::uint32_t> const& edges) const {
    group some;
    some.plan = g.plan;
    some.first_source = g.first_source, some.rows = g.rows;
    some.longest = g.longest;
    some.made_at = g.made_at, some.until = g.until;
    some.common_weight = g.common_weight;
    some.first_id = g.first_id;
    some.own_from_start = g.own_from_start;
    some.draws_key = g.draws_key;
    some.n = std::int64_t(edges.size());
    some.room = (some.n + 15) / 16 * 16;
    for (auto const& [position, given] : g.set) {
        auto const e = std::lower_bound(edges.begin(), edges.end(), std::uint32_t(position));
        if (e != edges.end() && *e == position) some.set[e - edges.begin()] = given;
    }
    auto begin = g.begin.read();
    for (auto& b : begin) b = std::uint32_t(std::lower_bound(edges.begin(), edges.end(), b) - edges.begin());
    some.begin = {device_, begin};
    auto const of_edges = [&]<class T>(device_array<Device, T> const& all, std::size_t width = 1) {
        return device_array<Device, T>(device_, values_at(all.read(), edges, all.size() > 0 ? width : 0));
    };
    auto const of_records = [&]<class R>(device_array<Device, std::byte> const& all, R const&) {
        if (all.size() == 0) return device_array<Device, std::byte>();
        std::vector<std::byte> bytes(columns<R>::bytes(some.room));
        auto from = all.read();
        columns<R> const before{from.data(), g.room}, now{bytes.data(), some.room};
        for (std::size_t i = 0; i < edges.size(); ++i) now.store(std::int64_t(i), before.load(edges[i]));
        return device_array<Device, std::byte>(device_, bytes);
    };
    auto const of_sources = [&]<class T>(device_array<Device, T> const& all) {
        return is_pairs<S> && g.plan.own_params ? of_edges(all)
                                                : device_array<Device, T>(device_, all.read());
    };
    some.target = of_edges(g.target);
    some.delay = of_edges(g.delay, std::size_t(g.plan.delay_width));
    some.weight = of_edges(g.weight);
    some.as_of = of_edges(g.as_of);
    some.own = of_records(g.own, rule{});
    some.state = of_records(g.state, kept{});
    some.last = of_sources(g.last);
    some.k_plus = of_sources(g.k_plus);
    some.k_plus_triplet = of_sources(g.k_plus_triplet);
    return some;
}

template <class Device, class S, class Real>
std::vector<std::int32_t> synapse_block_of<Device, S, Real>::remove(
    std::int32_t index, std::vector<std::uint32_t> const& positions) {
    auto const& g = at(index);
    std::vector<std::int32_t> sources;
    auto const begin = g.begin.read();
    for (auto const p : positions)
        sources.push_back(std::int32_t(std::upper_bound(begin.begin(), begin.end(), p) - begin.begin() - 1) +
                          g.first_source);
    std::vector<std::uint32_t> all(std::size_t(g.n)), others;
    std::iota(all.begin(), all.end(), 0U);
    std::set_difference(all.begin(), all.end(), positions.begin(), positions.end(),
                        std::back_inserter(others));
    auto rest = part(g, others);
    if (g.plan.band > 0 && g.made_at < this->now_) {
        auto taken = part(g, positions);
        taken.until = this->now_;
        groups_.push_back(std::move(taken));
    }
    at(index) = std::move(rest);
    return sources;
}

/// Once all that its edges have been there for has been delivered.
template <class Device, class S, class Real> void synapse_block_of<Device, S, Real>::forget(group& g) const {
    group none;
    none.plan = std::move(g.plan);
    none.until = g.until;
    g = std::move(none);
}

}  // namespace ranvier
