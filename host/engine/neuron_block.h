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
    virtual std::int32_t add(std::int32_t n, list_lengths const& lengths) = 0;
    /// Of the partition's neurons, whose first is number `begin` of the population's.
    virtual void write_state(std::int32_t index, population const& from, std::int64_t begin) = 0;
    virtual void read_state(std::int32_t index, population& to, std::int64_t begin) = 0;
    virtual void write_constants(std::int32_t index, population const& from, std::int64_t begin,
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
        advance<M>{}(team, views[index], clock->t, clock->steps, clock->end);
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

    std::int32_t add(std::int32_t n, list_lengths const& lengths) override {
        auto& p = parts_.emplace_back();
        p.n = n;
        p.capacity = capacity_of(n);
        p.lengths = lengths;
        p.state = {device_, state_bytes(p)};
        p.state.zero();
        return std::int32_t(parts_.size()) - 1;
    }
    void write_state(std::int32_t index, population const& from, std::int64_t begin) override {
        auto& p = parts_[std::size_t(index)];
        bool const longer = p.lengths != from.lengths;
        p.lengths = from.lengths;
        std::vector<std::byte> bytes(static_cast<std::size_t>(state_bytes(p)));
        for_states(p, from, begin, bytes,
                   [](auto& record, auto const& c, std::int64_t i) { c.store(i, record); });
        if (longer)
            p.state = {device_, bytes};
        else
            p.state.write(bytes);
    }
    void read_state(std::int32_t index, population& to, std::int64_t begin) override {
        auto const& p = parts_[std::size_t(index)];
        auto bytes = p.state.read();
        for_states(p, to, begin, bytes,
                   [](auto& record, auto const& c, std::int64_t i) { record = c.load(i); });
    }
    void write_constants(std::int32_t index, population const& from, std::int64_t begin, double h) override {
        auto& p = parts_[std::size_t(index)];
        auto record = [&](std::int64_t i) { return static_cast<std::byte const*>(from.params.at(i)); };
        auto neuron = [&](std::int64_t i) -> params const& {
            return *reinterpret_cast<params const*>(record(i));
        };
        auto derive = [&](std::int64_t i) { return M::derive(neuron(i), h); };
        auto element = [&]<class E>(std::size_t list, std::int64_t i, std::int64_t j) {
            auto const at = from.model->params_at(from.lengths, list, j);
            return j < from.model->count(record(i), list)
                       ? E::derive(neuron(i), *reinterpret_cast<typename E::params const*>(record(i) + at), h)
                       : typename E::derived{};
        };
        auto draws = [&](std::int64_t i) {
            if constexpr (may_draw<M>) return M::draws(neuron(i));
            return M::stochastic;
        };
        p.shared = derive(begin);
        p.draws = draws(begin);
        p.own = {};
        std::vector<std::byte> bytes;
        if (from.params.shared()) {
            lists::for_each([&]<int L, class E>() {
                for (std::int64_t j = 0; j < p.lengths[L]; ++j) {
                    auto const d = element.template operator()<E>(L, begin, j);
                    auto const* const at = reinterpret_cast<std::byte const*>(&d);
                    bytes.insert(bytes.end(), at, at + sizeof d);
                }
            });
            p.shared_elements = {device_, bytes};
            return;
        }
        bytes.resize(std::size_t(element_offset<M, derived_of_element>(
                         p.lengths.data(), columns<derived>::width, lists::size, 0)) *
                     std::size_t(p.capacity));
        neuron_view<M> v{};
        v.own = {bytes.data(), p.capacity};
        std::copy(p.lengths.begin(), p.lengths.end(), v.lengths);
        for (std::int64_t i = 0; i < p.capacity; ++i) v.own.store(i, p.shared);  // padding is valid, too
        for (std::int64_t i = 0; i < p.n; ++i) {
            v.own.store(i, derive(begin + i));
            p.draws |= draws(begin + i);
            lists::for_each([&]<int L, class E>() {
                for (std::int64_t j = 0; j < p.lengths[L]; ++j)
                    element_constants<L, E>(v, v.own, j)
                        .store(i, element.template operator()<E>(L, begin + i, j));
            });
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
            v.shared_elements = p.shared_elements.data();
            std::copy(p.lengths.begin(), p.lengths.end(), v.lengths);
            v.inbox = q->inbox();
            v.current = q->current.data();
            v.current_stride = q->current_stride;
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
    using lists = lists_of<M>;
    struct part {
        std::int32_t n = 0;
        std::int64_t capacity = 0;
        list_lengths lengths;
        device_array<Device, std::byte> state, own, shared_elements;
        derived shared{};
        bool draws = false;
    };
    /// Whole lines. On a CPU no two columns of the first few dozen lie nearly a multiple of 4096 bytes apart,
    /// where caches and stores under way take them for one another.
    static std::int64_t capacity_of(std::int64_t n) {
        constexpr std::int64_t unit = 16, period = 4096 / (unit * 8);
        auto units = (n + unit - 1) / unit;
        if (Device::one_lane && units >= period)
            while (units % 8 != 3 && units % 8 != 5) ++units;
        return units * unit;
    }
    static std::int64_t state_bytes(part const& p) {
        return element_offset<M, state_of_element>(p.lengths.data(), columns<state>::width, lists::size, 0) *
               p.capacity;
    }
    /// f(record, columns, i) of the neurons' states, and their elements', in `bytes` and in the population.
    template <class Population, class F> static void for_states(part const& p, Population& all,
                                                                std::int64_t begin,
                                                                std::vector<std::byte>& bytes, F f) {
        neuron_view<M> v{};
        v.state = {bytes.data(), p.capacity};
        std::copy(p.lengths.begin(), p.lengths.end(), v.lengths);
        auto record = [&]<class R>(std::int64_t i, std::size_t offset, R*) -> auto& {
            auto* const at = all.state.at(begin + i);
            if constexpr (std::is_const_v<Population>)
                return *reinterpret_cast<R const*>(static_cast<std::byte const*>(at) + offset);
            else
                return *reinterpret_cast<R*>(static_cast<std::byte*>(at) + offset);
        };
        for (std::int32_t i = 0; i < p.n; ++i) {
            f(record(i, 0, static_cast<state*>(nullptr)), v.state, i);
            lists::for_each([&]<int L, class E>() {
                for (std::int64_t j = 0; j < p.lengths[L]; ++j)
                    f(record(i, all.model->state_at(all.lengths, L, j),
                             static_cast<typename E::state*>(nullptr)),
                      element_state<L, E>(v, j), i);
            });
        }
    }
    Device& device_;
    std::int64_t model_id_;
    std::vector<part> parts_;
    device_array<Device, neuron_view<M>> views_;
};

}  // namespace ranvier
