// Arrivals of spikes that modulate synapses, on a Device: what not all edges have been through yet.
#pragma once
#include <algorithm>
#include <map>
#include <vector>

#include "host/engine/device_array.h"
#include "host/engine/plan.h"
#include "kernels/synapse_views.h"

namespace ranvier {

/// Spikes that arrive at a modulator (id of a node) at one time.
struct modulator_arrival {
    std::int32_t modulator;
    std::int64_t stamp, multiplicity;
};

template <class Device> class modulators {
  public:
    /// From now on of these nodes, too.
    void add(Device& device, std::vector<std::int32_t> const& ids) {
        for (auto const id : ids) trains_.try_emplace(id);
        if (views_.size() == std::int64_t(trains_.size())) return;
        views_ = {device, std::int64_t(trains_.size())};
        auto* view = views_.data();
        for (auto& [id, t] : trains_) {
            t.view = view++;
            t.reserve(device, least_room);
            t.write(device);
        }
        device.synchronize();
    }
    bool empty() const { return trains_.empty(); }
    std::int64_t bytes() const {
        std::int64_t b = 0;
        for (auto const& [id, t] : trains_) b += std::int64_t(t.columns.bytes());
        return b;
    }
    /// For kernels: stays where it is until other nodes are added.
    modulator_view const* view(std::int32_t id) const { return trains_.at(id).view; }
    /// Whether there is memory for another slice.
    bool has_room() const {
        return std::all_of(trains_.begin(), trains_.end(), [](auto const& t) {
            return t.second.room() >= std::int64_t(t.second.stamp.size()) + max_slice;
        });
    }
    /// Arrivals up to stamp `until`, which all edges have been through.
    void forget(Device& device, std::int64_t until) {
        for (auto& [id, t] : trains_) {
            auto const n = std::upper_bound(t.stamp.begin(), t.stamp.end(), until) - t.stamp.begin();
            t.stamp.erase(t.stamp.begin(), t.stamp.begin() + n);
            t.multiplicity.erase(t.multiplicity.begin(), t.multiplicity.begin() + n);
            t.written = 0;
            t.reserve(device, 2 * std::int64_t(t.stamp.size()));
            t.write(device);
        }
        device.synchronize();
    }
    /// Of the next slice, at each node in order of stamps; for those that are known. There is room.
    void append(Device& device, std::vector<modulator_arrival> const& arrivals) {
        for (auto const& a : arrivals)
            if (auto const found = trains_.find(a.modulator); found != trains_.end()) {
                found->second.stamp.push_back(a.stamp);
                found->second.multiplicity.push_back(a.multiplicity);
            }
        for (auto& [id, t] : trains_) t.write(device);
    }

  private:
    static constexpr std::int64_t least_room = 1024;
    struct train {
        std::vector<std::int64_t> stamp, multiplicity;  // [arrival]
        device_array<Device, std::int64_t> columns;     // [2][room]
        std::int64_t written = 0;
        modulator_view known{};  // on the device it is *view
        modulator_view* view = nullptr;

        std::int64_t room() const { return columns.size() / 2; }
        void reserve(Device& device, std::int64_t n) {
            if (n <= room()) return;
            columns = {device, 2 * n};
            written = 0;
        }
        void write(Device& device) {
            auto const n = std::int64_t(stamp.size());
            auto* const to = columns.data();
            auto const bytes = std::size_t(n - written) * sizeof(std::int64_t);
            device.copy_in(to + written, stamp.data() + written, bytes);
            device.copy_in(to + room() + written, multiplicity.data() + written, bytes);
            known = {to, to + room(), written = n};
            device.copy_in(view, &known, sizeof known);
        }
    };
    std::map<std::int32_t, train> trains_;  // by id
    device_array<Device, modulator_view> views_;
};

}  // namespace ranvier
