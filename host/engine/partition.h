// Memory of a partition that does not depend on its neuron model.
#pragma once
#include "host/engine/device_array.h"
#include "host/engine/plan.h"
#include "kernels/gather.h"
#include "kernels/history.h"

namespace ranvier {

template <class Device> struct partition_drives;  // host/engine/drives.h, which neurons do not see

template <class Device> struct sampler_memory {
    sampler_plan plan;
    device_array<Device, std::int32_t> neurons, count;
    device_array<Device, std::int64_t> columns;
    device_array<Device, double> values;  // [sample][column][neuron], of all slices that are queued together
    std::size_t row() const { return plan.columns.size() * plan.neurons.size(); }
};

template <class Device> struct partition {
    partition_plan plan;
    node_model const* model = nullptr;
    std::int32_t block = 0, block_index = 0;  // neuron block of its model, and position there

    std::int64_t n_slots = 0;
    std::int32_t ports = 0;
    std::int32_t exponent = 32;  // fixed point: units of 2^-exponent
    double largest = 0;
    device_array<Device, std::int64_t> slots;
    device_array<Device, double> current;  // one slice if there are current drives, else one row of zeros
    std::int64_t current_stride = 0;       // between steps
    fault* first_fault = nullptr;          // on the device

    std::int32_t depth = 0;
    device_array<Device, std::int64_t> history_step, last_spike;
    device_array<Device, double> history_k, decay, history_triplet, decay_triplet;
    device_array<Device, std::int32_t> history_multiplicity;
    device_array<Device, std::uint32_t> archives;
    double common_decay = 0, common_decay_triplet = 0;

    device_array<Device, std::int32_t> seen_rank, seen_age, full;
    device_array<Device, double> seen_k;  // Real of the group that looks
    device_array<Device, std::int64_t> drop;

    std::unique_ptr<partition_drives<Device>> drives;  // null: none
    std::vector<sampler_memory<Device>> samplers;
    device_array<Device, sampler_view> sampler_views;

    inbox_view inbox() const {
        auto const scale = std::ldexp(1.0, exponent);
        return {slots.data(), n_slots - 1, plan.n, ports, scale, 1 / scale, largest};
    }
    history_view history() const {
        return {plan.n,
                depth,
                history_step.data(),
                history_k.data(),
                history_multiplicity.data(),
                decay.data(),
                common_decay,
                archives.data(),
                last_spike.data(),
                history_triplet.data(),
                decay_triplet.data(),
                common_decay_triplet};
    }
    std::int64_t bytes() const {
        std::size_t b = slots.bytes() + current.bytes() + history_step.bytes() + history_k.bytes() +
                        history_triplet.bytes() + decay_triplet.bytes() + history_multiplicity.bytes() +
                        decay.bytes() + archives.bytes() + last_spike.bytes() + seen_rank.bytes() +
                        seen_age.bytes() + seen_k.bytes() + full.bytes() + drop.bytes();
        for (auto const& s : samplers) b += s.values.bytes() + s.neurons.bytes();
        return std::int64_t(b);
    }

    /// A deeper history, or the first one; what is remembered stays. With triplets it has second traces,
    /// which begin with what is remembered.
    void deepen(Device& device, std::int32_t new_depth, bool triplets) {
        grow_history(device, new_depth);
        if (triplets && history_triplet.size() == 0) add_triplets(device);
    }

  private:
    void add_triplets(Device& device) {
        auto const step = history_step.read();
        auto const times = history_multiplicity.read();
        auto const rate = decay_triplet.read();
        std::vector<double> trace(step.size(), 0.0);
        auto const n = std::size_t(plan.n);
        for (std::size_t j = 0; j < n; ++j) {
            double value = 0;
            std::int64_t before = history_view::never;
            for (auto r = std::size_t(depth); r-- > 0;) {
                auto const i = r * n + j;
                if (step[i] == history_view::never) continue;
                auto const decay = rate.empty() ? common_decay_triplet : rate[j];
                if (before != history_view::never) value *= math::exp(-double(step[i] - before) * decay);
                value += times.empty() ? 1 : times[i];
                trace[i] = value;
                before = step[i];
            }
        }
        history_triplet = {device, trace};
    }
    void grow_history(Device& device, std::int32_t new_depth) {
        if (new_depth <= depth) return;
        auto const old = std::size_t(depth) * std::size_t(plan.n),
                   all = std::size_t(new_depth) * std::size_t(plan.n);
        auto grow = [&]<class T>(device_array<Device, T>& a, T fill) {
            auto values = a.read();
            values.resize(old);
            values.resize(all, fill);
            a = device_array<Device, T>(device, values);
        };
        grow(history_step, history_view::never);
        grow(history_k, 0.0);
        if (history_triplet.size() > 0) grow(history_triplet, 0.0);
        if (model->multiple) grow(history_multiplicity, std::int32_t{1});
        depth = new_depth;
        auto reserve = [&]<class T>(device_array<Device, T>& a) {
            if (a.size() == 0) a = device_array<Device, T>(device, plan.n + 1);
        };
        reserve(seen_rank);
        reserve(seen_age);
        reserve(seen_k);
        reserve(full);
        reserve(drop);
    }
};

}  // namespace ranvier
