// Delays and parameters of connections that are there: members of synapse_block_of.
#pragma once
#include "host/engine/synapse_block_of.h"

namespace ranvier {

template <class Device, class S, class Real>
bool synapse_block_of<Device, S, Real>::make_delays(std::int32_t index, std::int64_t longest) {
    auto& g = at(index);
    auto const width = std::max(delay_width(longest), std::int32_t(g.plan.delay_width));
    if (width == g.plan.delay_width) return false;
    auto const before = g.delay.read();
    delay_view const delays{before.data(), g.plan.delay_width, g.plan.delay.value_or(0)};
    std::vector<std::byte> column(std::size_t(g.n) * std::size_t(width));
    for (std::int64_t e = 0; e < g.n; ++e) {
        auto const d = std::uint32_t(delays(e));  // little-endian, as on every device
        std::memcpy(column.data() + e * width, &d, std::size_t(width));
    }
    g.delay = {device_, column};
    g.plan.delay.reset();
    g.plan.delay_width = width;
    return true;
}

template <class Device, class S, class Real>
std::int32_t synapse_block_of<Device, S, Real>::delay(std::int32_t index, std::int64_t position) const {
    auto const& g = at(index);
    std::int64_t const width = g.plan.delay_width;
    auto const bytes = g.delay.read(position * width, (position + 1) * width);
    return delay_view{bytes.data(), std::int32_t(width), g.plan.delay.value_or(0)}(0);
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::set_delay(std::int32_t index, std::int64_t position,
                                                  std::int32_t delay) {
    auto& g = at(index);
    auto const width = g.plan.delay_width;
    device_.copy_in(g.delay.data() + position * width, &delay, std::size_t(width));
    device_.synchronize();
    g.longest = std::max(g.longest, delay);
}

template <class Device, class S, class Real>
bool synapse_block_of<Device, S, Real>::read_params(std::int32_t index, std::int64_t position,
                                                    void* record) const {
    auto const& g = at(index);
    auto const set = g.set.find(position);
    if (set == g.set.end() && g.own_from_start) return false;
    auto const& p = set == g.set.end() ? *reinterpret_cast<params const*>(g.plan.params.data()) : set->second;
    *static_cast<params*>(record) = p;
    return true;
}

template <class Device, class S, class Real>
double synapse_block_of<Device, S, Real>::weight(std::int32_t index, std::int64_t position) const {
    auto const& g = at(index);
    return double(g.weight.size() ? g.weight.read(position, position + 1).front() : g.common_weight);
}

/// Sources' traces become those of edges, too, where there are pairs.
template <class Device, class S, class Real>
bool synapse_block_of<Device, S, Real>::make_params(std::int32_t index,
                                                    [[maybe_unused]] synapse_instance const& of,
                                                    [[maybe_unused]] double h) {
    auto& g = at(index);
    if constexpr (has_rule<S> && (params::fields::size > 0 || (is_pairs<S> && !is_modulated<S>))) {
        if (g.plan.own_params) return false;
        auto const shared = S::template derive<Real>(*reinterpret_cast<params const*>(g.plan.params.data()),
                                                     *reinterpret_cast<common const*>(of.common.data()), h);
        device_array<Device, std::byte> own(device_, alike(g, shared));
        if constexpr (is_pairs<S>) {
            auto const begin = g.begin.read();
            auto const of_edges = [&]<class T>(device_array<Device, T> const& of_rows) {
                std::vector<T> each;
                auto const rows = of_rows.read();
                for (std::size_t r = 0; r < rows.size(); ++r) each.resize(begin[r + 1], rows[r]);
                return device_array<Device, T>(device_, each);
            };
            auto k_plus = of_edges(g.k_plus), triplet = of_edges(g.k_plus_triplet);
            g.last = of_edges(g.last);
            g.k_plus = std::move(k_plus);
            g.k_plus_triplet = std::move(triplet);
        }
        g.own = std::move(own);
        g.plan.own_params = true;
        return true;
    } else {
        return false;
    }
}

template <class Device, class S, class Real>
std::vector<std::byte> synapse_block_of<Device, S, Real>::alike(group const& g, rule const& shared) const {
    std::vector<std::byte> bytes(columns<rule>::bytes(g.room));
    columns<rule> const all{bytes.data(), g.room};
    for (std::int64_t e = 0; e < g.n; ++e) all.store(e, shared);
    return bytes;
}

template <class Device, class S, class Real>
bool synapse_block_of<Device, S, Real>::of_sources(std::int32_t index, positioned const& values) const {
    auto const& g = at(index);
    if (is_pairs<S> && g.plan.own_params) return false;
    auto const begin = g.begin.read();
    for (std::size_t i = 0; i < values.size();) {
        auto const [first, value] = values[i];
        auto const end = std::upper_bound(begin.begin(), begin.end(), first);
        if (*std::prev(end) != first) return false;
        for (auto e = first; e < *end; ++e, ++i)
            if (i >= values.size() || values[i] != std::pair(e, value)) return false;
    }
    return true;
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::set_traces([[maybe_unused]] std::int32_t index,
                                                   [[maybe_unused]] std::size_t field,
                                                   [[maybe_unused]] positioned const& values) {
    if constexpr (is_pairs<S>) {
        auto& g = at(index);
        auto const begin = g.begin.read();
        auto& trace = field == 0 ? g.k_plus : g.k_plus_triplet;
        auto all = trace.read();
        [[maybe_unused]] auto last = g.last.read();
        for (auto const& [position, value] : values) {
            auto const row = std::upper_bound(begin.begin(), begin.end(), position) - begin.begin() - 1;
            all[std::size_t(g.plan.own_params ? position : row)] = value;
            if constexpr (is_modulated<S>) last[std::size_t(row)] = reached(g);
        }
        trace.write(all);
        if constexpr (is_modulated<S>) g.last.write(last);
    }
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::write_params(std::int32_t index, std::int64_t position,
                                                     void const* record,
                                                     [[maybe_unused]] synapse_instance const& of,
                                                     [[maybe_unused]] double h) {
    auto& g = at(index);
    auto const& p = g.set[position] = *static_cast<params const*>(record);
    if constexpr (has_rule<S> && params::fields::size > 0) {
        auto const one = S::template derive<Real>(p, *reinterpret_cast<common const*>(of.common.data()), h);
        columns<rule> const own{g.own.data(), g.room};
        rule::fields::for_each([&]<auto M>() {
            device_.copy_in(own.template column<M>() + position, &(one.*M), sizeof(one.*M));
        });
        device_.synchronize();
    }
}

}  // namespace ranvier
