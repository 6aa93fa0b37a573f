// Synapse groups of one model with one type of weight on a Device.
#pragma once
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "host/engine/edge_builder.h"
#include "host/engine/synapse_kernels.h"

namespace ranvier {

template <class Device, class S, class Real> class synapse_block_of final : public synapse_block<Device> {
    using view = typename group_view_of<S, Real>::type;
    using rule = typename rule_of<S, Real>::type;
    using params = typename S::params;
    using common = typename S::common;
    using record = typename S::state;
    using kept = typename kept_of<S, Real>::type;

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
                 std::vector<synapse_instance> const& instances, modulators<Device> const& arrivals, double h,
                 int steps) override {
        steps_ = steps;
        for (auto& g : groups_)
            if (g.until <= reached(g)) forget(g);
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
                groups_[g].view = std::int32_t(views.size());
                views.push_back(make_view(groups_[g], *all[p], instances, h));
                if constexpr (is_modulated<S>)
                    views.back().modulated = {
                        {groups_[g].state.data(), groups_[g].room},
                        groups_[g].as_of.data(),
                        arrivals.view(instances[std::size_t(groups_[g].plan.synapse)].modulator)};
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
        host_views_ = std::move(views);
        arguments_ = {device_, arguments};
        first_ids_ = {device_, first_ids};
    }

    void deliver(spike_list const* lists, spike_list const* generators) override {
        if constexpr (is_pairs<S> && !edge_by_edge<rule> && !Device::one_lane)
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

    void pass() override {
        if constexpr (is_modulated<S>) advance_all([](auto const&) { return true; }, false);
    }
    void settle([[maybe_unused]] std::int32_t synapse) override {
        if constexpr (is_modulated<S>)
            advance_all([=](auto const& g) { return g.plan.synapse == synapse; }, true);
    }

    void hash(std::uint64_t* sum) override {
        if (!has_rule<S> || order_.empty()) return;
        auto const* views = views_.data();
        std::vector<edges_now> all;
        device_array<Device, view> shown;
        if constexpr (is_modulated<S>) {
            auto copies = host_views_;
            for (std::size_t v = 0; v < copies.size(); ++v) {
                auto const& g = groups_[std::size_t(order_[v])];
                auto const& now = all.emplace_back(present(g, 0, g.rows, 0, g.n));
                copies[v].edges.weight = now.weight.data();
                copies[v].modulated.traces = {now.state.data(), now.room};
            }
            shown = {device_, copies};
            views = shown.data();
        }
        device_array<Device, std::uint64_t> sums(device_, std::int64_t(order_.size()));
        sums.zero();
        device_.launch(int(order_.size()), hash_group<view>{}, views, first_ids_.data(), sums.data());
        auto const of_views = sums.read();
        for (std::size_t v = 0; v < of_views.size(); ++v)
            if (!leaving(order_[v])) *sum += of_views[v];
    }

    std::int32_t groups() const override { return std::int32_t(groups_.size()); }
    std::int32_t synapse_of(std::int32_t g) const override { return at(g).plan.synapse; }
    std::int32_t partition_of(std::int32_t g) const override { return at(g).plan.partition; }
    std::int32_t largest_delay(std::int32_t g) const override { return at(g).longest; }
    std::int64_t edges(std::int32_t g) const override { return at(g).n; }
    std::int32_t band_of_group(std::int32_t g) const override { return at(g).plan.band; }
    sent_weights<Device>& sent(std::int32_t g) override { return at(g).sent; }
    std::int64_t bytes(std::int32_t g) const override {
        auto const& a = at(g);
        return a.bytes() + std::int64_t(a.weight.bytes() + a.own.bytes() + a.state.bytes() + a.as_of.bytes() +
                                        a.k_plus.bytes() + a.k_plus_triplet.bytes() + a.last.bytes() +
                                        a.seen_rank.bytes() + a.seen_age.bytes() + a.seen_k.bytes());
    }

    // synapse_block_users.h
    void visit(std::int32_t index, std::int32_t first, std::int32_t last,
               std::function<void(edge_record&)> const& f) override;
    void set_weight(std::int32_t index, std::int64_t position, double weight) override;
    bool weight_ok(std::int32_t index, std::int64_t position, double weight) const override;
    std::vector<double> state(std::int32_t index, std::size_t field) override;
    void read_state(std::int32_t index, std::int64_t position, void* to) override;
    void write_state(std::int32_t index, std::int64_t position, void const* from) override;
    edge_statistics statistics(std::int32_t index) override;

    // synapse_block_set.h
    double weight(std::int32_t index, std::int64_t position) const override;
    std::int32_t delay(std::int32_t index, std::int64_t position) const override;
    bool make_delays(std::int32_t index, std::int64_t longest) override;
    void set_delay(std::int32_t index, std::int64_t position, std::int32_t delay) override;
    bool read_params(std::int32_t index, std::int64_t position, void* record) const override;
    bool make_params(std::int32_t index, synapse_instance const& of, double h) override;
    void write_params(std::int32_t index, std::int64_t position, void const* record,
                      synapse_instance const& of, double h) override;

    bool of_sources(std::int32_t index, positioned const& values) const override;
    void set_traces(std::int32_t index, std::size_t field, positioned const& values) override;

    // synapse_block_part.h
    std::vector<std::int32_t> remove(std::int32_t index,
                                     std::vector<std::uint32_t> const& positions) override;
    bool leaving(std::int32_t g) const override { return at(g).until < INT64_MAX; }

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
        bool own_from_start = false;                 // parameters
        std::map<std::int64_t, params> set;          // [position] parameters that have been set since
        device_array<Device, std::byte> own, state;  // columns of rules; of what edges keep
        device_array<Device, std::int64_t> as_of;    // [edge], where modulated
        std::int32_t view = -1;                      // -1: there are no edges
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
    using start_argument = typename start_group<kept>::argument;
    void fill(std::size_t first, std::vector<std::int64_t> const& edges, source_memory<Device> const& sources,
              build_context<Device> const& context);
    /// What edges of a group have beside weight and delay, and how it begins.
    void add_rules(group& g, fill_group::argument& a, build_context<Device> const& context,
                   std::vector<device_array<Device, double>>& drawn, std::vector<derive_argument>& derive,
                   std::vector<start_argument>& start);
    void reserve_scratch_of_rows(std::size_t bytes);
    void keep_histories(std::size_t first, build_context<Device> const& context);
    void sort(std::size_t first);

    // synapse_block_set.h
    std::vector<std::byte> alike(group const& g, rule const& shared) const;

    // synapse_block_part.h
    /// Some edges of a group, ascending, with the traces of sources as they are.
    group part(group const& g, std::vector<std::uint32_t> const& edges) const;
    void forget(group& g) const;

    // synapse_block_users.h
    /// Edges as they are now: weights, columns of what they keep.
    struct edges_now {
        device_array<Device, Real> weight;
        device_array<Device, std::byte> state;
        std::int64_t room = 0;
    };
    std::int64_t reached(group const& g) const;
    auto in_place(group& g, std::int64_t only, bool evolve);  // only: an edge, or -1
    template <class Arguments> void advance(Arguments const& arguments);
    template <class Which> void advance_all(Which which, bool evolve);
    edges_now present(group const& g, std::int32_t r0, std::int32_t r1, std::int64_t e0, std::int64_t e1,
                      std::int64_t only = -1);
    std::vector<double> traces_of_sources(group const& g, std::int32_t r0, std::int32_t r1) const;

    std::vector<double> column(columns<kept> const& of, std::int64_t n, std::size_t field) const;
    void load(columns<kept> const& from, std::int64_t position, kept& to) const;

    view make_view(group& g, partition<Device> const& p, std::vector<synapse_instance> const& instances,
                   double h) {
        auto const& instance = instances[std::size_t(g.plan.synapse)];
        if (S::common_weight) g.common_weight = Real(instance.weight);
        edge_view<Real> const edges{g.row(),         g.target.data(), g.weight.data(),
                                    g.common_weight, g.delays(),      g.plan.route,
                                    g.plan.band,     g.made_at,       g.until};
        if constexpr (has_rule<S>) {
            view v{};
            v.edges = edges;
            v.shared = S::template derive<Real>(*reinterpret_cast<params const*>(g.plan.params.data()),
                                                *reinterpret_cast<common const*>(instance.common.data()), h);
            // Edges without parameters have columns for the sake of their traces.
            if (params::fields::size == 0 && g.own.size() > 0) g.own = {device_, alike(g, v.shared)};
            v.own = {g.own.data(), g.room};
            v.last = g.last.data();
            v.largest = p.largest;
            v.first_fault = p.first_fault;
            if (instance.weight_recorder)
                v.sent = g.sent.record(device_, g.first_source, g.begin, g.made_at, g.until);
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
        if constexpr (!Device::one_lane && !edge_by_edge<rule>)
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
    std::vector<view> host_views_;  // the same
    device_array<Device, typename deliver_group<view>::argument> arguments_;
    device_array<Device, typename catch_up_group<view>::argument> full_;
    device_array<Device, std::int32_t> first_ids_;
};

}  // namespace ranvier

#include "host/engine/synapse_block_fill.h"
#include "host/engine/synapse_block_part.h"
#include "host/engine/synapse_block_set.h"
#include "host/engine/synapse_block_users.h"
