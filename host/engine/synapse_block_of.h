// Synapse groups of one model with one type of weight on a Device.
#pragma once
#include <bit>
#include <cmath>
#include <limits>

#include "host/engine/edge_builder.h"
#include "host/engine/synapse_kernels.h"

namespace ranvier {

template <class Device, class S, class Real> class synapse_block_of final : public synapse_block<Device> {
    using view = typename group_view_of<S, Real>::type;
    using rule = typename rule_of<S, Real>::type;
    using params = typename S::params;
    using common = typename S::common;
    using record = typename S::state;

  public:
    synapse_block_of(Device& device, synapse_model const& model) : device_(device), model_(model) {}
    synapse_model const& model() const override { return model_; }

    void build(std::vector<group_plan> const& plans, build_context<Device> const& context) override {
        source_memory<Device> const sources(device_, plans, context);
        reserve_scratch_of_rows(sources.scratch());
        auto const first = groups_.size();
        std::vector<count_group::argument> counts;
        for (std::size_t p = 0; p < plans.size(); ++p) {
            auto& g = groups_.emplace_back();
            g.plan = plans[p];
            std::int32_t least = INT32_MAX, last = 0;
            for (auto const* from : plans[p].projections) {
                auto const& pre = from->rule.pre;
                auto const [a, b] = ends(pre, from->pre_ids);
                least = std::min(least, a);
                last = std::max(last, b);
            }
            g.first_source = least;
            g.rows = last - least + 1;
            g.begin = {device_, std::int64_t{g.rows} + 1};
            g.begin.zero();
            counts.push_back({sources.sources(p), std::int32_t(plans[p].projections.size()), g.first_source,
                              g.rows, g.begin.data()});
        }
        device_array<Device, count_group::argument> const count_arguments(device_, counts);
        device_array<Device, std::int64_t> edges(device_, std::int64_t(plans.size()));
        edge_builder<Device>::count(device_, int(plans.size()), count_arguments.data(), edges.data());
        fill(first, edges.read(), sources, context);
    }

    void refresh(std::vector<std::unique_ptr<partition<Device>>> const& all,
                 std::vector<synapse_instance> const& instances, double h, int steps) override {
        steps_ = steps;
        // Views in order of partitions, so that one team has all groups of its partition.
        order_.clear();
        std::vector<view> views;
        std::vector<typename deliver_group<view>::argument> arguments;
        std::vector<typename catch_up_group<view>::argument> full;
        std::vector<std::int32_t> first_ids;
        for (std::size_t p = 0; p < all.size(); ++p) {
            auto const begin = std::int32_t(views.size());
            for (std::size_t g = 0; g < groups_.size(); ++g) {
                if (groups_[g].plan.partition != std::int32_t(p) || groups_[g].n == 0) continue;
                views.push_back(make_view(groups_[g], *all[p], instances, h));
                order_.push_back(std::int32_t(g));
                first_ids.push_back(all[p]->plan.first_id);
            }
            if (begin == std::int32_t(views.size())) continue;
            group_range const range{begin, std::int32_t(views.size())};
            arguments.push_back({range, all[p]->inbox()});
            if constexpr (is_pairs<S>)
                full.push_back({range, std::int32_t(p), all[p]->full.data(), all[p]->drop.data()});
        }
        busy_partitions_ = int(arguments.size());
        full_ = {device_, full};
        views_ = {device_, views};
        arguments_ = {device_, arguments};
        first_ids_ = {device_, first_ids};
    }

    void deliver(spike_list const* lists, spike_list const* generators) override {
        if constexpr (is_pairs<S> && !of_triplets<rule> && !Device::one_lane)
            if (busy_partitions_ > 0)
                device_.launch(int(views_.size()) * steps_, look_back_group<view>{}, views_.data(), steps_,
                               lists);
        if (busy_partitions_ > 0)
            device_.launch_rows(busy_partitions_, deliver_group<view>{}, arguments_.data(), views_.data(),
                                lists, generators);
    }

    void catch_up([[maybe_unused]] std::int64_t const* chosen) override {
        if constexpr (is_pairs<S>)
            if (busy_partitions_ > 0)
                device_.launch_rows(busy_partitions_, catch_up_group<view>{}, full_.data(), views_.data(),
                                    chosen);
    }

    void hash(std::uint64_t* sum) override {
        if (!has_rule<S> || order_.empty()) return;
        device_array<Device, std::uint64_t> sums(device_, std::int64_t(order_.size()));
        sums.zero();
        device_.launch(int(order_.size()), hash_group<view>{}, views_.data(), first_ids_.data(), sums.data());
        for (auto s : sums.read()) *sum += s;
    }

    std::int32_t groups() const override { return std::int32_t(groups_.size()); }
    std::int32_t synapse_of(std::int32_t g) const override { return at(g).plan.synapse; }
    std::int32_t partition_of(std::int32_t g) const override { return at(g).plan.partition; }
    std::int32_t largest_delay(std::int32_t g) const override { return at(g).longest; }
    std::byte const* shared_params(std::int32_t g) const override {
        auto const& plan = at(g).plan;
        return plan.own_params ? nullptr : plan.params.data();
    }
    std::int64_t edges(std::int32_t g) const override { return at(g).n; }
    std::int32_t band_of_group(std::int32_t g) const override { return at(g).plan.band; }
    sent_weights<Device>& sent(std::int32_t g) override { return at(g).sent; }
    std::int64_t bytes(std::int32_t g) const override {
        auto const& a = at(g);
        return a.bytes() + std::int64_t(a.weight.bytes() + a.own.bytes() + a.state.bytes() +
                                        a.k_plus.bytes() + a.k_plus_triplet.bytes() + a.last.bytes() +
                                        a.seen_rank.bytes() + a.seen_age.bytes() + a.seen_k.bytes());
    }

    void visit(std::int32_t index, std::int32_t first, std::int32_t last,
               std::function<void(edge_record&)> const& f) override {
        auto& g = at(index);
        auto const r0 = std::max(first - g.first_source, 0), r1 = std::min(last - g.first_source + 1, g.rows);
        if (r0 >= r1) return;
        auto const begin = g.begin.read(r0, r1 + 1);
        std::int64_t const e0 = begin.front(), e1 = begin.back();
        if (e0 == e1) return;
        auto const target = g.target.read(e0, e1);
        auto const weight = g.weight.size() ? g.weight.read(e0, e1) : std::vector<Real>{};
        auto const width = g.plan.delay_width;
        auto const delay = width ? g.delay.read(e0 * width, e1 * width) : std::vector<std::byte>{};
        bool const own = g.plan.own_params;
        auto const k_plus = own && is_pairs<S> ? g.k_plus.read(e0, e1)
                            : g.k_plus.size()  ? g.k_plus.read(r0, r1)
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

    void set_weight(std::int32_t index, std::int64_t position, double weight) override {
        auto& g = at(index);
        if (g.weight.size() == 0) {
            g.weight = {device_, std::vector<Real>(std::size_t(g.n), g.common_weight)};
            g.plan.weight.reset();
        }
        auto const w = Real(weight);
        device_.copy_in(g.weight.data() + position, &w, sizeof w);
        device_.synchronize();
    }

    bool weight_ok(std::int32_t index, [[maybe_unused]] std::int64_t position, double weight) const override {
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
                    &x, columns<rule>{g.own.data(), g.room}.template column<&rule::Wmax>() + position,
                    sizeof x);
                device_.synchronize();
                p.Wmax = double(x);
            }
        return model_.weight_ok(&p, weight);
    }

    std::vector<double> state(std::int32_t index, [[maybe_unused]] std::size_t field) override {
        [[maybe_unused]] auto& g = at(index);
        if constexpr (is_sending<S>) {
            std::vector<double> all(std::size_t(g.n));
            std::size_t f = 0;
            record::fields::for_each([&]<auto M>() {
                if (f++ != field) return;
                std::vector<plain_type<M>> values(all.size());
                device_.copy_out(values.data(), columns<record>{g.state.data(), g.room}.template column<M>(),
                                 values.size() * sizeof(values[0]));
                device_.synchronize();
                for (std::size_t e = 0; e < all.size(); ++e) all[e] = double(values[e]);
            });
            return all;
        } else if constexpr (is_pairs<S>) {
            auto const trace = (field == 0 ? g.k_plus : g.k_plus_triplet).read();
            if (g.plan.own_params) return trace;
            auto const begin = g.begin.read();
            std::vector<double> all;
            for (std::size_t r = 0; r < trace.size(); ++r) all.resize(begin[r + 1], trace[r]);
            return all;
        } else {
            return {};
        }
    }
    void read_state([[maybe_unused]] std::int32_t index, [[maybe_unused]] std::int64_t position,
                    [[maybe_unused]] void* to) override {
        if constexpr (is_sending<S>) {
            columns<record> const state{at(index).state.data(), at(index).room};
            auto& r = *static_cast<record*>(to);
            record::fields::for_each([&]<auto M>() {
                device_.copy_out(&(r.*M), state.template column<M>() + position, sizeof(r.*M));
            });
            device_.synchronize();
        }
    }
    void write_state([[maybe_unused]] std::int32_t index, [[maybe_unused]] std::int64_t position,
                     [[maybe_unused]] void const* from) override {
        if constexpr (is_sending<S>) {
            columns<record> const state{at(index).state.data(), at(index).room};
            auto const& r = *static_cast<record const*>(from);
            record::fields::for_each([&]<auto M>() {
                device_.copy_in(state.template column<M>() + position, &(r.*M), sizeof(r.*M));
            });
            device_.synchronize();
        }
    }

    edge_statistics statistics(std::int32_t index) override {
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
        for (std::int64_t e = 0; e < g.n; e += piece)
            for (double const w : g.weight.read(e, std::min(e + piece, g.n))) {
                s.sum += w;
                s.sum_of_squares += w * w;
                s.min = std::min(s.min, w);
                s.max = std::max(s.max, w);
            }
        return s;
    }

    void add_out_degrees(std::int32_t first, std::int64_t nodes, std::int64_t* degree) override {
        std::vector<row_view> rows;
        for (auto g = first; g < groups(); ++g) rows.push_back(at(g).row());
        if (rows.empty()) return;
        device_array<Device, row_view> const on_device(device_, rows);
        edge_builder<Device>::add_out_degrees(device_, std::int32_t(rows.size()), on_device.data(), nodes,
                                              degree);
        device_.synchronize();
    }

  private:
    struct group : group_memory<Device> {
        device_array<Device, Real> weight;
        Real common_weight = 0;
        std::int32_t first_id = 1;
        std::int64_t made_at = 0;                    // step
        device_array<Device, std::byte> own, state;  // columns of rules; of state records, where sending
        std::int64_t room = 0;
        key draws_key{};
        device_array<Device, double> k_plus, k_plus_triplet;
        device_array<Device, std::int64_t> last;
        device_array<Device, std::int32_t> seen_rank, seen_age;  // [step of a slice][neuron]
        device_array<Device, Real> seen_k;
    };
    group& at(std::int32_t g) { return groups_[std::size_t(g)]; }
    group const& at(std::int32_t g) const { return groups_[std::size_t(g)]; }

    static std::pair<std::int32_t, std::int32_t> ends(id_view const& pre,
                                                      std::vector<std::int32_t> const& ids) {
        if (ids.empty()) return {pre.first, pre.first + pre.n - 1};
        auto const [a, b] = std::minmax_element(ids.begin(), ids.end());
        return {*a, *b};
    }

    // synapse_block_fill.h
    using derive_argument = typename derive_group<S, Real>::argument;
    using start_argument = typename start_group<S>::argument;
    void fill(std::size_t first, std::vector<std::int64_t> const& edges, source_memory<Device> const& sources,
              build_context<Device> const& context);
    /// What edges of a group have beside weight and delay, and how it begins.
    void add_rules(group& g, fill_group::argument& a, build_context<Device> const& context,
                   std::vector<device_array<Device, double>>& drawn, std::vector<derive_argument>& derive,
                   std::vector<start_argument>& start);
    void reserve_scratch_of_rows(std::size_t bytes);
    void keep_histories(std::size_t first, build_context<Device> const& context);
    void sort(std::size_t first);

    view make_view(group& g, partition<Device> const& p, std::vector<synapse_instance> const& instances,
                   double h) {
        auto const& instance = instances[std::size_t(g.plan.synapse)];
        if (S::common_weight) g.common_weight = Real(instance.weight);
        edge_view<Real> const edges{g.row(),    g.target.data(), g.weight.data(), g.common_weight,
                                    g.delays(), g.plan.route,    g.plan.band,     g.made_at};
        if constexpr (has_rule<S>) {
            view v{};
            v.edges = edges;
            v.shared = S::template derive<Real>(*reinterpret_cast<params const*>(g.plan.params.data()),
                                                *reinterpret_cast<common const*>(instance.common.data()), h);
            v.own = {g.own.data(), g.room};
            v.last = g.last.data();
            v.largest = p.largest;
            v.first_fault = p.first_fault;
            if (instance.weight_recorder)
                v.sent = g.sent.record(device_, g.first_source, g.begin, g.made_at);
            else
                g.sent.stop();
            if constexpr (is_pairs<S>)
                add_pairs(v, g, p);
            else {
                v.state = {g.state.data(), g.room};
                v.first_id = g.first_id;
                v.draws_key = g.draws_key;
            }
            return v;
        } else {
            return edges;
        }
    }
    void add_pairs(auto& v, group& g, partition<Device> const& p) {
        v.k_plus = g.k_plus.data();
        v.k_plus_triplet = g.k_plus_triplet.data();
        v.history = p.history();
        v.seen = {p.seen_rank.data(), p.seen_age.data(), reinterpret_cast<Real*>(p.seen_k.data()), 0};
        if constexpr (!Device::one_lane && !of_triplets<rule>)
            if (g.plan.delay_width == 0 && !v.own.base) v.seen = look_ahead(g, p.plan.n);
    }

    seen_view<Real> look_ahead(group& g, std::int32_t neurons) {
        auto const rows = std::int32_t(std::bit_ceil(unsigned(steps_)));
        auto const n = std::int64_t{rows} * neurons;
        if (g.seen_age.size() != n) {
            g.seen_rank = {device_, n};
            g.seen_age = {device_, n};
            g.seen_k = {device_, n};
        }
        return {g.seen_rank.data(), g.seen_age.data(), g.seen_k.data(), rows};
    }

    Device& device_;
    synapse_model const& model_;
    std::vector<group> groups_;
    int steps_ = 0;                    // of a slice
    std::vector<std::int32_t> order_;  // group of each view
    int busy_partitions_ = 0;          // that have groups
    device_array<Device, view> views_;
    device_array<Device, typename deliver_group<view>::argument> arguments_;
    device_array<Device, typename catch_up_group<view>::argument> full_;
    device_array<Device, std::int32_t> first_ids_;
};

}  // namespace ranvier

#include "host/engine/synapse_block_fill.h"
