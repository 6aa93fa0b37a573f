// What a synapse group with a weight recorder sends in a slice, from a Device to the host.
#pragma once
#include <limits>

#include "host/engine/device_array.h"
#include "kernels/synapse_views.h"

namespace ranvier {

template <class Device> class sent_weights {
  public:
    /// begin: [row + 1], where edges of rows begin. For the kernel's view: stays where it is.
    sent_view const* record(Device& device, device_array<Device, std::uint32_t> const& begin) {
        if (view_.size() == 0) {
            rows_ = begin.read();
            view_ = {device, 1};
        }
        return view_.data();
    }
    void stop() { *this = {}; }
    bool recorded() const { return view_.size() > 0; }

    /// Before these spikes are delivered.
    void expect(Device& device, std::int32_t first_source, spike_list const& spikes) {
        auto const n = spikes.begin[spikes.steps];
        row_view const rows{first_source, std::int32_t(rows_.size()) - 1, rows_.data()};
        host_begin_.resize(std::size_t(n));
        std::int64_t total = 0;
        for (std::int64_t s = 0; s < n; ++s) {
            auto const r = rows.edges(spikes.events[s].source);
            host_begin_[std::size_t(s)] = total;
            total += std::int64_t{spikes.events[s].multiplicity} * (r.end - r.begin);
        }
        if (begin_.size() < n) begin_ = {device, 2 * n};
        if (weight_.size() < total) weight_ = {device, 2 * total};
        weights_.assign(std::size_t(total), std::numeric_limits<double>::quiet_NaN());
        device.copy_in(weight_.data(), weights_.data(), weights_.size() * sizeof(double));
        device.copy_in(begin_.data(), host_begin_.data(), host_begin_.size() * sizeof(std::int64_t));
        sent_view const view{begin_.data(), weight_.data()};
        device.copy_in(view_.data(), &view, sizeof view);
        device.synchronize();
    }
    /// Afterwards; valid until the next call of expect(). NaN: nothing was sent.
    double const* read() {
        if (!weights_.empty()) weights_ = weight_.read(0, std::int64_t(weights_.size()));
        return weights_.data();
    }
    std::int64_t const* begin() const { return host_begin_.data(); }

  private:
    std::vector<std::uint32_t> rows_;
    device_array<Device, sent_view> view_;
    device_array<Device, std::int64_t> begin_;
    device_array<Device, double> weight_;
    std::vector<std::int64_t> host_begin_;  // [event]
    std::vector<double> weights_;
};

}  // namespace ranvier
