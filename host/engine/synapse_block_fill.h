// Memory and first values of the groups of one synapse model: members of synapse_block_of.
#pragma once
#include "host/engine/synapse_block_of.h"

namespace ranvier {

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::add_rules(group& g, fill_group::argument& a,
                                                  build_context<Device> const& context,
                                                  std::vector<device_array<Device, double>>& drawn,
                                                  std::vector<derive_argument>& derive,
                                                  std::vector<start_argument>& start) {
    bool const own = g.own_from_start = g.plan.own_params;
    auto const n = own && is_pairs<S> ? g.n : g.rows;
    g.last = {device_, n};
    a.last = g.last.data(), a.traces = n;
    auto const& first_state = *reinterpret_cast<record const*>(g.plan.state.data());
    if constexpr (is_pairs<S>) {
        g.k_plus = {device_, n};
        a.k_plus = g.k_plus.data(), a.first_k_plus = first_state.Kplus;
        if constexpr (of_triplets<rule>) {
            g.k_plus_triplet = {device_, n};
            a.k_plus_triplet = g.k_plus_triplet.data();
            a.first_triplet = first_state.Kplus_triplet;
        }
        if constexpr (is_modulated<S>) {
            g.state = {device_, std::int64_t(columns<kept>::bytes(g.room))};
            kept first;
            for_each_kept(first_state, first, [](auto const& given, auto& own) { own = given; });
            start.push_back({nullptr, g.n, g.room, {g.state.data(), g.room}, first});
            g.as_of = {device_, g.n};
            a.as_of = g.as_of.data();
            a.first_last = g.made_at;
        }
    }
    if (own || g.plan.own_state) {
        auto const of_params = own ? params::fields::size : 0,
                   of_state = g.plan.own_state ? record::fields::size : 0;
        drawn.emplace_back(device_, g.room * (of_params + of_state));
        a.to.params = drawn.back().data();
    }
    if (own) {
        g.own = {device_, std::int64_t(columns<rule>::bytes(g.room))};
        derive.push_back(
            {a.to.params,
             g.n,
             g.room,
             {g.own.data(), g.room},
             context.h,
             *reinterpret_cast<common const*>(context.instances[std::size_t(g.plan.synapse)].common.data())});
    }
    if constexpr (is_sending<S>) {
        a.first_last = rule::no_spike ? -1 : 0;
        g.state = {device_, std::int64_t(columns<record>::bytes(g.room))};
        auto const* const states =
            g.plan.own_state ? a.to.params + (own ? g.room * params::fields::size : 0) : nullptr;
        start.push_back({states, g.n, g.room, {g.state.data(), g.room}, first_state});
        auto const& from = *g.plan.projections.front();
        g.draws_key = make_key(from.seed, stream_kind::synapse, from.ordinal);
    }
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::fill(std::size_t first, std::vector<std::int64_t> const& edges,
                                             source_memory<Device> const& sources,
                                             build_context<Device> const& context) {
    std::vector<device_array<Device, std::uint32_t>> cursors;
    std::vector<device_array<Device, double>> drawn;
    std::vector<fill_group::argument> arguments;
    std::vector<derive_argument> derive;
    std::vector<start_argument> start;
    for (auto i = first; i < groups_.size(); ++i) {
        auto& g = groups_[i];
        g.n = edges[i - first];
        g.room = (g.n + 15) / 16 * 16;
        g.made_at =
            g.plan.projections.front()->made_at;  // of all: what is asked for is built before the next run
        g.first_id = context.partitions[std::size_t(g.plan.partition)]->plan.first_id;
        g.target = {device_, g.n};
        if (g.plan.weight) g.common_weight = Real(*g.plan.weight);
        if (!g.plan.weight || is_pairs<S>) g.weight = {device_, g.n};
        g.delay = {device_, g.n * g.plan.delay_width};
        for (auto const* p : g.plan.projections)
            g.longest = std::max(g.longest, std::int32_t(p->largest_delay));
        fill_group::argument a{};
        a.sources = sources.sources(i - first);
        a.n_sources = std::int32_t(g.plan.projections.size());
        a.first_source = g.first_source;
        a.rows = g.rows;
        a.begin = g.begin.data();
        cursors.emplace_back(device_, g.rows);
        a.cursor = cursors.back().data();
        a.to.target = g.target.data();
        a.to.weight = g.weight.data();
        a.to.weight_width = g.weight.size() > 0 ? std::int32_t(sizeof(Real)) : 0;
        a.to.delay = g.delay.data();
        a.to.delay_width = g.plan.delay_width;
        a.to.room = g.room;
        a.fill_weight = g.plan.weight.has_value() && g.weight.size() > 0;
        a.weight = double(g.common_weight);
        a.n = g.n;
        if constexpr (has_rule<S>) add_rules(g, a, context, drawn, derive, start);
        arguments.push_back(a);
    }
    device_array<Device, fill_group::argument> const on_device(device_, arguments);
    edge_builder<Device>::fill(device_, int(arguments.size()), on_device.data());
    if constexpr (has_rule<S>)
        if (!derive.empty()) {
            device_array<Device, derive_argument> const d(device_, derive);
            device_.launch(int(derive.size()), derive_group<S, Real>{}, d.data());
            device_.synchronize();
        }
    if constexpr (is_sending<S> || is_modulated<S>) {
        device_array<Device, start_argument> const s(device_, start);
        device_.launch(int(start.size()), start_group<kept>{}, s.data());
        device_.synchronize();
    }
    sort(first);
    if constexpr (is_pairs<S>) keep_histories(first, context);
    device_.synchronize();
    for (auto i = first; i < groups_.size(); ++i) context.built(groups_[i].n);
}

/// Every row team's share is cut to an alignment of 64 bytes.
template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::reserve_scratch_of_rows(std::size_t bytes) {
    if (bytes > 0) device_.reserve_scratch(Device::row_teams * (bytes + 128));
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::keep_histories(std::size_t first,
                                                       build_context<Device> const& context) {
    std::vector<count_plastic_inputs::group> targets;
    std::vector<count_plastic_inputs::argument> arguments;
    for (std::size_t p = 0; p < context.partitions.size(); ++p) {
        auto const begin = std::int32_t(targets.size());
        for (auto i = first; i < groups_.size(); ++i)
            if (groups_[i].plan.partition == std::int32_t(p))
                targets.push_back({groups_[i].target.data(), groups_[i].n});
        auto const end = std::int32_t(targets.size());
        if (begin < end) arguments.push_back({{begin, end}, context.partitions[p]->archives.data()});
    }
    device_array<Device, count_plastic_inputs::group> const groups(device_, targets);
    device_array<Device, count_plastic_inputs::argument> const on_device(device_, arguments);
    edge_builder<Device>::count_inputs(device_, int(arguments.size()), on_device.data(), groups.data());
    device_.synchronize();
}

/// Groups whose edges may not have been made in their order.
template <class Device, class S, class Real> void synapse_block_of<Device, S, Real>::sort(std::size_t first) {
    std::vector<sort_group::argument> arguments;
    std::int64_t longest = 0;
    for (auto i = first; i < groups_.size(); ++i) {
        auto& g = groups_[i];
        auto const& from = g.plan.projections;
        bool const alike = g.plan.weight && g.plan.delay_width == 0 && g.own.size() == 0 && !g.plan.own_state;
        if (g.n == 0 || (alike && from.size() == 1 && in_target_order(from.front()->rule, Device::one_lane)))
            continue;
        auto const begin = g.begin.read();
        for (std::size_t r = 1; r < begin.size(); ++r)
            longest = std::max(longest, std::int64_t{begin[r]} - begin[r - 1]);
        sort_group::argument a{g.row(), g.target.data(), {}, 0};
        auto add = [&](void* data, std::size_t width) {
            a.columns[a.n_columns++] = {data, std::int32_t(width)};
        };
        if (g.plan.delay_width > 0) add(g.delay.data(), std::size_t(g.plan.delay_width));
        if (g.weight.size() > 0 && !g.plan.weight) add(g.weight.data(), sizeof(Real));
        auto add_all = [&]<class R>(columns<R> const& c) {
            R::fields::for_each([&]<auto M>() {
                add(c.template column<M>(), sizeof(*c.template column<M>()));
            });
        };
        if constexpr (has_rule<S>)
            if (g.own.size() > 0) add_all(columns<rule>{g.own.data(), g.room});
        if constexpr (is_sending<S>) {
            static_assert(2 + rule::fields::size + record::fields::size <= sort_group::most_columns);
            if (g.plan.own_state) add_all(columns<record>{g.state.data(), g.room});
        }
        arguments.push_back(a);
    }
    if (arguments.empty()) return;
    reserve_scratch_of_rows(sort_rows::scratch(longest));
    device_array<Device, sort_group::argument> const on_device(device_, arguments);
    edge_builder<Device>::sort(device_, int(arguments.size()), on_device.data());
    device_.synchronize();
}

}  // namespace ranvier
