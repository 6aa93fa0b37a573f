// Connections as users see and set them, those that are modulated as of now: members of synapse_block_of.
#pragma once
#include "host/engine/synapse_block_of.h"

namespace ranvier {

/// The step up to which spikes of sources have been delivered.
template <class Device, class S, class Real>
std::int64_t synapse_block_of<Device, S, Real>::reached(group const& g) const {
    return this->now_ - band_lag(g.plan.band);
}

/// All edges of a group, or one.
template <class Device, class S, class Real>
auto synapse_block_of<Device, S, Real>::in_place(group& g, std::int64_t only, bool evolve) {
    return typename advance_group<rule>::argument{
        g.view,
        {reached(g), evolve, 0, g.rows, only, 0, g.weight.data(), {g.state.data(), g.room}, g.as_of.data()}};
}

template <class Device, class S, class Real> template <class Arguments>
void synapse_block_of<Device, S, Real>::advance(Arguments const& arguments) {
    if (arguments.empty()) return;
    device_array<Device, typename Arguments::value_type> const on_device(device_, arguments);
    device_.launch_rows(int(arguments.size()), advance_group<rule>{}, on_device.data(), views_.data());
    device_.synchronize();
}

template <class Device, class S, class Real> template <class Which>
void synapse_block_of<Device, S, Real>::advance_all(Which which, bool evolve) {
    std::vector<typename advance_group<rule>::argument> arguments;
    for (auto& g : groups_)
        if (g.view >= 0 && which(g)) arguments.push_back(in_place(g, -1, evolve));
    advance(arguments);
}

/// The edges [e0, e1) of the rows [r0, r1); or one edge, `only`, of which e0 is the position.
template <class Device, class S, class Real>
typename synapse_block_of<Device, S, Real>::edges_now synapse_block_of<Device, S, Real>::present(
    group const& g, std::int32_t r0, std::int32_t r1, std::int64_t e0, std::int64_t e1, std::int64_t only) {
    edges_now now;
    now.room = (e1 - e0 + 15) / 16 * 16;
    now.weight = {device_, e1 - e0};
    now.state = {device_, std::int64_t(columns<kept>::bytes(now.room))};
    using argument = typename advance_group<rule>::argument;
    advance(std::vector<argument>{{g.view,
                                   {reached(g),
                                    true,
                                    r0,
                                    r1 - r0,
                                    only,
                                    e0,
                                    now.weight.data(),
                                    {now.state.data(), now.room},
                                    nullptr}}});
    return now;
}

template <class Device, class S, class Real>
std::vector<double> synapse_block_of<Device, S, Real>::traces_of_sources(group const& g, std::int32_t r0,
                                                                         std::int32_t r1) const {
    auto trace = g.k_plus.read(r0, r1);
    if constexpr (is_modulated<S>) {
        auto const last = g.last.read(r0, r1);
        auto const decay = host_views_[std::size_t(g.view)].shared.decay;
        for (std::size_t r = 0; r < trace.size(); ++r)
            trace[r] = decayed_trace(trace[r], std::max<std::int64_t>(reached(g) - last[r], 0), decay);
    }
    return trace;
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::visit(std::int32_t index, std::int32_t first, std::int32_t last,
                                              std::function<void(edge_record&)> const& f) {
    auto& g = at(index);
    auto const r0 = std::max(first - g.first_source, 0), r1 = std::min(last - g.first_source + 1, g.rows);
    if (r0 >= r1) return;
    auto const begin = g.begin.read(r0, r1 + 1);
    std::int64_t const e0 = begin.front(), e1 = begin.back();
    if (e0 == e1) return;
    auto const target = g.target.read(e0, e1);
    std::vector<Real> weight;
    if constexpr (is_modulated<S>)
        weight = present(g, r0, r1, e0, e1).weight.read();
    else if (g.weight.size())
        weight = g.weight.read(e0, e1);
    auto const width = g.plan.delay_width;
    auto const delay = width ? g.delay.read(e0 * width, e1 * width) : std::vector<std::byte>{};
    bool const own = g.plan.own_params;
    auto const k_plus = own && is_pairs<S> ? g.k_plus.read(e0, e1)
                        : g.k_plus.size()  ? traces_of_sources(g, r0, r1)
                                           : std::vector<double>{};
    delay_view const delays{delay.data(), width, g.plan.delay.value_or(0)};
    for (auto r = r0; r < r1; ++r)
        for (std::int64_t e = begin[std::size_t(r - r0)]; e < begin[std::size_t(r - r0 + 1)]; ++e) {
            auto const i = std::size_t(e - e0);
            edge_record record{g.first_source + r,
                               std::int32_t(g.first_id + target[i]),
                               delays(std::int64_t(i)),
                               weight.empty() ? double(g.common_weight) : double(weight[i]),
                               std::numeric_limits<double>::quiet_NaN(),
                               std::uint64_t(e)};
            if (!k_plus.empty()) record.kplus = own ? k_plus[i] : k_plus[std::size_t(r - r0)];
            f(record);
        }
}

template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::set_weight(std::int32_t index, std::int64_t position, double weight) {
    auto& g = at(index);
    if (g.weight.size() == 0) {
        g.weight = {device_, std::vector<Real>(std::size_t(g.n), g.common_weight)};
        g.plan.weight.reset();
    }
    if constexpr (is_modulated<S>) advance(std::vector{in_place(g, position, true)});
    auto const w = Real(weight);
    device_.copy_in(g.weight.data() + position, &w, sizeof w);
    device_.synchronize();
}

template <class Device, class S, class Real>
bool synapse_block_of<Device, S, Real>::weight_ok(std::int32_t index, [[maybe_unused]] std::int64_t position,
                                                  double weight) const {
    auto const& g = at(index);
    if (!model_.weight_ok) return true;
    auto p = *reinterpret_cast<params const*>(g.plan.params.data());
    if constexpr (requires {
                      &rule::Wmax;
                      p.Wmax;
                  })
        if (g.own.size() > 0) {
            decltype(rule::Wmax) x;
            device_.copy_out(
                &x, columns<rule>{g.own.data(), g.room}.template column<&rule::Wmax>() + position, sizeof x);
            device_.synchronize();
            p.Wmax = double(x);
        }
    return model_.weight_ok(&p, weight);
}

template <class Device, class S, class Real>
std::vector<double> synapse_block_of<Device, S, Real>::state(std::int32_t index,
                                                             [[maybe_unused]] std::size_t field) {
    [[maybe_unused]] auto& g = at(index);
    if constexpr (is_pairs<S>) {
        if (!is_modulated<S> || field == 0) {
            if (g.plan.own_params) return (field == 0 ? g.k_plus : g.k_plus_triplet).read();
            auto const trace = field == 0 ? traces_of_sources(g, 0, g.rows) : g.k_plus_triplet.read();
            auto const begin = g.begin.read();
            std::vector<double> all;
            for (std::size_t r = 0; r < trace.size(); ++r) all.resize(begin[r + 1], trace[r]);
            return all;
        }
    }
    if constexpr (is_modulated<S>) {
        auto const now = present(g, 0, g.rows, 0, g.n);
        return column({now.state.data(), now.room}, g.n, field - 1);
    } else if constexpr (is_sending<S>) {
        return column({g.state.data(), g.room}, g.n, field);
    } else {
        return {};
    }
}
template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::read_state([[maybe_unused]] std::int32_t index,
                                                   [[maybe_unused]] std::int64_t position,
                                                   [[maybe_unused]] void* to) {
    if constexpr (is_sending<S>) {
        auto const& g = at(index);
        load({g.state.data(), g.room}, position, *static_cast<record*>(to));
    } else if constexpr (is_modulated<S>) {
        auto const now = present(at(index), 0, 0, position, position + 1, position);
        kept x;
        load({now.state.data(), now.room}, 0, x);
        for_each_kept(*static_cast<record*>(to), x, [](auto& shown, auto const& own) { shown = own; });
    }
}
template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::write_state([[maybe_unused]] std::int32_t index,
                                                    [[maybe_unused]] std::int64_t position,
                                                    [[maybe_unused]] void const* from) {
    if constexpr (is_sending<S> || is_modulated<S>) {
        auto& g = at(index);
        auto const& r = *static_cast<record const*>(from);
        kept x;
        if constexpr (is_modulated<S>) {
            advance(std::vector{in_place(g, position, true)});
            for_each_kept(r, x, [](auto const& shown, auto& own) { own = shown; });
        } else {
            x = r;
        }
        columns<kept> const state{g.state.data(), g.room};
        kept::fields::for_each([&]<auto M>() {
            device_.copy_in(state.template column<M>() + position, &(x.*M), sizeof(x.*M));
        });
        device_.synchronize();
    }
}

template <class Device, class S, class Real>
edge_statistics synapse_block_of<Device, S, Real>::statistics(std::int32_t index) {
    auto const& g = at(index);
    edge_statistics s{g.n,
                      bytes(index),
                      0,
                      0,
                      std::numeric_limits<double>::infinity(),
                      -std::numeric_limits<double>::infinity()};
    if (g.n == 0) return s;
    if (g.weight.size() == 0) {
        auto const w = double(g.common_weight);
        return {g.n, s.bytes, w * double(g.n), w * w * double(g.n), w, w};
    }
    constexpr std::int64_t piece = 1 << 20;
    auto const* weight = &g.weight;
    [[maybe_unused]] edges_now now;
    if constexpr (is_modulated<S>) weight = &(now = present(g, 0, g.rows, 0, g.n)).weight;
    for (std::int64_t e = 0; e < g.n; e += piece)
        for (double const w : weight->read(e, std::min(e + piece, g.n))) {
            s.sum += w;
            s.sum_of_squares += w * w;
            s.min = std::min(s.min, w);
            s.max = std::max(s.max, w);
        }
    return s;
}

template <class Device, class S, class Real>
std::vector<double> synapse_block_of<Device, S, Real>::column(columns<kept> const& of, std::int64_t n,
                                                              std::size_t field) const {
    std::vector<double> all;
    all.resize(std::size_t(n));
    std::size_t f = 0;
    kept::fields::for_each([&]<auto M>() {
        if (f++ != field) return;
        std::vector<plain_type<M>> values(all.size());
        device_.copy_out(values.data(), of.template column<M>(), values.size() * sizeof(values[0]));
        device_.synchronize();
        for (std::size_t e = 0; e < all.size(); ++e) all[e] = double(values[e]);
    });
    return all;
}
template <class Device, class S, class Real>
void synapse_block_of<Device, S, Real>::load(columns<kept> const& from, std::int64_t position,
                                             kept& to) const {
    kept::fields::for_each([&]<auto M>() {
        device_.copy_out(&(to.*M), from.template column<M>() + position, sizeof(to.*M));
    });
    device_.synchronize();
}

}  // namespace ranvier
