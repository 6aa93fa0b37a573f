// All partitions of one neuron model on a Device.
#pragma once
#include <memory>

#include "host/engine/partition.h"
#include "kernels/hash.h"
#include "kernels/update.h"

namespace ranvier {

/// Arrays that all partitions share.
template <class Device> struct node_arrays {
    device_array<Device, std::uint64_t> fired;        // [id - 1]
    device_array<Device, std::int32_t> multiplicity;  // [step of the slice][id - 1], where any model needs it
    std::int64_t nodes = 0;
};

template <class Device> class neuron_block {
  public:
    virtual ~neuron_block() = default;
    /// Memory for a partition; its position in the block.
    virtual std::int32_t add(std::int32_t n) = 0;
    /// Records of the partition's neurons, whose first is number `begin` of the population's.
    virtual void write_state(std::int32_t index, record_array const& state, std::int64_t begin) = 0;
    virtual void read_state(std::int32_t index, record_array& state, std::int64_t begin) = 0;
    virtual void write_constants(std::int32_t index, record_array const& params, std::int64_t begin,
                                 double h) = 0;
    /// Must be called after anything that a view points to has changed.
    virtual void refresh(std::vector<std::unique_ptr<partition<Device>>> const& all,
                         node_arrays<Device> const& nodes, std::uint32_t seed,
                         std::vector<std::uint32_t> const& ordinals) = 0;
    virtual void advance(slice_clock const* clock) = 0;
    /// Adds hashes of state and undelivered input.
    virtual void hash(std::int64_t t, std::uint64_t* sum) = 0;
    virtual std::int64_t bytes() const = 0;
};

template <class M> struct advance_kernel {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, neuron_view<M> const* views,
                                                     slice_clock const* clock) const {
        advance<M>{}(team, views[index], clock->t, clock->steps);
    }
};
template <class M> struct hash_state_kernel {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, neuron_view<M> const* views,
                                                     std::int64_t t, std::uint64_t* sums) const {
        hash_state<M>{}(team, views[index], t, sums + index);
    }
};

template <class Device, class M> class neuron_block_of final : public neuron_block<Device> {
    using state = typename M::state;
    using derived = typename M::derived;
    using params = typename M::params;

  public:
    neuron_block_of(Device& device, std::int64_t model_id) : device_(device), model_id_(model_id) {}

    std::int32_t add(std::int32_t n) override {
        auto const capacity = (std::int64_t{n} + 15) / 16 * 16;
        auto& p = parts_.emplace_back();
        p.n = n;
        p.capacity = capacity;
        p.state = {device_, std::int64_t(columns<state>::bytes(capacity))};
        p.state.zero();
        return std::int32_t(parts_.size()) - 1;
    }
    void write_state(std::int32_t index, record_array const& from, std::int64_t begin) override {
        auto& p = parts_[std::size_t(index)];
        std::vector<std::byte> bytes(p.state.bytes());
        columns<state> const c{bytes.data(), p.capacity};
        for (std::int32_t i = 0; i < p.n; ++i) c.store(i, *static_cast<state const*>(from.at(begin + i)));
        p.state.write(bytes);
    }
    void read_state(std::int32_t index, record_array& to, std::int64_t begin) override {
        auto const& p = parts_[std::size_t(index)];
        auto bytes = p.state.read();
        columns<state> const c{bytes.data(), p.capacity};
        for (std::int32_t i = 0; i < p.n; ++i) *static_cast<state*>(to.at(begin + i)) = c.load(i);
    }
    void write_constants(std::int32_t index, record_array const& from, std::int64_t begin,
                         double h) override {
        auto& p = parts_[std::size_t(index)];
        auto derive = [&](std::int64_t i) { return M::derive(*static_cast<params const*>(from.at(i)), h); };
        auto draws = [&](std::int64_t i) {
            if constexpr (M::stochastic) return M::draws(*static_cast<params const*>(from.at(i)));
            return false;
        };
        p.shared = derive(begin);
        p.draws = draws(begin);
        p.own = {};
        if (from.shared()) return;
        std::vector<std::byte> bytes(columns<derived>::bytes(p.capacity));
        columns<derived> const c{bytes.data(), p.capacity};
        for (std::int64_t i = 0; i < p.capacity; ++i) c.store(i, p.shared);  // padding is valid, too
        for (std::int64_t i = 0; i < p.n; ++i) {
            c.store(i, derive(begin + i));
            p.draws |= draws(begin + i);
        }
        p.own = {device_, bytes};
    }
    void refresh(std::vector<std::unique_ptr<partition<Device>>> const& all, node_arrays<Device> const& nodes,
                 std::uint32_t seed, std::vector<std::uint32_t> const& ordinals) override {
        std::vector<neuron_view<M>> views(parts_.size());
        for (auto const& q : all) {
            if (q->model->id != model_id_) continue;
            auto const& p = parts_[std::size_t(q->block_index)];
            auto& v = views[std::size_t(q->block_index)];
            auto const first = q->plan.first_id - 1;
            v.first_id = q->plan.first_id;
            v.n = p.n;
            v.state = {p.state.data(), p.capacity};
            v.shared = p.shared;
            v.own = {p.own.data(), p.capacity};
            v.inbox = q->inbox();
            v.current = q->current.data();
            v.current_stride = q->currents.empty() ? 0 : std::int64_t{M::n_currents} * p.n;
            v.fired = nodes.fired.data() + first;
            v.multiplicity = M::multiple ? nodes.multiplicity.data() + first : nullptr;
            v.multiplicity_stride = nodes.nodes;
            v.samplers = q->sampler_views.data();
            v.n_samplers = std::int32_t(q->samplers.size());
            v.draws = p.draws;
            v.draws_key = make_key(seed, stream_kind::neuron, ordinals[std::size_t(q->plan.population)]);
            v.first_fault = q->first_fault;
        }
        views_ = {device_, views};
    }
    void advance(slice_clock const* clock) override {
        device_.launch(int(parts_.size()), advance_kernel<M>{}, views_.data(), clock);
    }
    void hash(std::int64_t t, std::uint64_t* sum) override {
        device_array<Device, std::uint64_t> sums(device_, std::int64_t(parts_.size()));
        sums.zero();
        device_.launch(int(parts_.size()), hash_state_kernel<M>{}, views_.data(), t, sums.data());
        for (auto s : sums.read()) *sum += s;
    }
    std::int64_t bytes() const override {
        std::size_t b = 0;
        for (auto const& p : parts_) b += p.state.bytes() + p.own.bytes();
        return std::int64_t(b);
    }

  private:
    struct part {
        std::int32_t n = 0;
        std::int64_t capacity = 0;
        device_array<Device, std::byte> state, own;
        derived shared{};
        bool draws = false;
    };
    Device& device_;
    std::int64_t model_id_;
    std::vector<part> parts_;
    device_array<Device, neuron_view<M>> views_;
};

}  // namespace ranvier
