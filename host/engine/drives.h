// Generators' connections in a partition: memory, and how it follows what the generators emit.
#pragma once
#include <map>

#include "host/engine/emission.h"
#include "host/engine/partition.h"
#include "kernels/partition_view.h"

namespace ranvier {

template <class Device> struct drive_memory {
    drive_plan plan;
    device_array<Device, std::int32_t> neurons, draws, members;
    device_array<Device, double> weights;
    device_array<Device, stretch> stretches;

    drive_memory(Device& device, drive_plan const& p)
        : plan(p), neurons(device, p.neurons), draws(device, p.draws), weights(device, p.weights) {}

    /// More groups of members; those that there are stay.
    void reserve_members(Device& device, emission_plan const& plan_of) {
        std::int64_t rows = 0;
        for (auto const& s : plan_of)
            if (s.emitted.superposed()) rows = std::max(rows, s.emitted.rows);
        if (rows * plan.n <= members.size()) return;
        auto all = members.read();
        all.resize(std::size_t(rows) * std::size_t(plan.n));
        members = {device, all};
    }
    drive_view view() const {
        return {plan.n,           neurons.data(),
                weights.data(),   plan.weight,
                draws.data(),     plan.several,
                plan.delay,       plan.receptor,
                plan.route,       plan.draws_key,
                plan.common_key,  std::uint32_t(plan.generator),
                stretches.data(), std::int32_t(stretches.size()),
                members.data()};
    }
};

template <class Device> struct partition_drives {
    std::vector<drive_memory<Device>> trains, currents;
    device_array<Device, drive_view> train_views, current_views;
};

/// Emissions of all generators that have connections, and their tables on the device.
template <class Device> class emissions {
  public:
    void refresh(Device& device, std::vector<std::unique_ptr<partition<Device>>> const& partitions,
                 std::function<emission_plan(std::int32_t)> const& emission, std::int64_t now) {
        plans_.clear();
        tables_ = {};
        for_drives(partitions, [&](auto& d) {
            auto const [at, is_new] = plans_.try_emplace(d.plan.generator);
            if (is_new) at->second = emission(d.plan.generator);
            tables_.add(emission_from(at->second, d.plan.made_at, now - d.plan.delay - 1));
        });
        words_ = {device, tables_.words()};
        for_drives(partitions, [&](auto& d) {
            auto list = emission_from(plans_.at(d.plan.generator), d.plan.made_at, now - d.plan.delay - 1);
            tables_.connect(list, words_.data());
            d.reserve_members(device, list);
            d.stretches = {device, list};
        });
        for (auto const& p : partitions) {
            if (!p->drives) continue;
            auto views = [&](auto const& drives) {
                std::vector<drive_view> all;
                for (auto const& d : drives) all.push_back(d.view());
                return device_array<Device, drive_view>(device, all);
            };
            p->drives->train_views = views(p->drives->trains);
            p->drives->current_views = views(p->drives->currents);
        }
    }

  private:
    template <class F>
    static void for_drives(std::vector<std::unique_ptr<partition<Device>>> const& partitions, F f) {
        for (auto const& p : partitions) {
            if (!p->drives) continue;
            for (auto& d : p->drives->trains) f(d);
            for (auto& d : p->drives->currents) f(d);
        }
    }
    std::map<std::int32_t, emission_plan> plans_;  // by generator
    count_tables tables_;
    device_array<Device, std::uint32_t> words_;
};

}  // namespace ranvier
