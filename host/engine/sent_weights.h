// What a synapse group with a weight recorder sends in a slice, from a Device to the host.
#pragma once
#include <limits>
#include <utility>
#include <vector>

#include "host/engine/device_array.h"
#include "kernels/synapse_views.h"

namespace ranvier {

template <class Device> class sent_weights {
  public:
    /// begin: [row + 1], where edges of rows begin. made_at, until: steps; spikes of before, and from then
    /// on, are not delivered. For the kernel's view: stays where it is.
    sent_view const* record(Device& device, std::int32_t first_source,
                            device_array<Device, std::uint32_t> const& begin, std::int64_t made_at,
                            std::int64_t until) {
        if (view_.size() == 0) {
            first_source_ = first_source;
            made_at_ = made_at;
            until_ = until;
            rows_ = begin.read();
            view_ = {device, 1};
            next_ = {device, std::int64_t(rows_.size())};
        }
        return view_.data();
    }
    void stop() { *this = {}; }

    /// Before these spikes are delivered.
    void expect(Device& device, spike_list const& spikes) {
        row_view const rows{first_source_, std::int32_t(rows_.size()) - 1, rows_.data()};
        auto const for_each = [&](auto f) {
            for (int k = 0; k < spikes.steps; ++k)
                for (auto s = spikes.begin[k]; s < spikes.begin[k + 1]; ++s)
                    if (auto const r = rows.find(spikes.events[s].source);
                        spikes.t + k >= made_at_ && spikes.t + k < until_ && r >= 0)
                        f(s, std::size_t(r),
                          std::int64_t{spikes.events[s].multiplicity} *
                              (rows_[std::size_t(r) + 1] - rows_[std::size_t(r)]));
        };
        std::vector<std::int64_t> next(rows_.size());
        for_each([&](std::int64_t, std::size_t r, std::int64_t n) { next[r] += n; });
        std::int64_t total = 0;
        for (auto& n : next) total += std::exchange(n, n > 0 ? total : -1);
        device.copy_in(next_.data(), next.data(), next.size() * sizeof next[0]);
        device.synchronize();
        begin_.assign(std::size_t(spikes.begin[spikes.steps]), -1);
        for_each([&](std::int64_t s, std::size_t r, std::int64_t n) {
            begin_[std::size_t(s)] = std::exchange(next[r], next[r] + n);
        });
        if (weight_.size() < total) weight_ = {device, 2 * total};
        weights_.assign(std::size_t(total), std::numeric_limits<double>::quiet_NaN());
        device.copy_in(weight_.data(), weights_.data(), weights_.size() * sizeof weights_[0]);
        sent_view const view{next_.data(), weight_.data()};
        device.copy_in(view_.data(), &view, sizeof view);
        device.synchronize();
    }
    /// Afterwards; valid until the next call of expect(). NaN: nothing was sent.
    double const* read() {
        if (!weights_.empty()) weights_ = weight_.read(0, std::int64_t(weights_.size()));
        return weights_.data();
    }
    /// [event] where its weights begin, a row for each unit of multiplicity; -1: it is not for this group.
    std::int64_t const* begin() const { return begin_.data(); }

  private:
    std::int32_t first_source_ = 0;
    std::int64_t made_at_ = 0, until_ = INT64_MAX;
    std::vector<std::uint32_t> rows_;
    device_array<Device, sent_view> view_;
    device_array<Device, std::int64_t> next_;  // [row]
    device_array<Device, double> weight_;
    std::vector<std::int64_t> begin_;
    std::vector<double> weights_;
};

}  // namespace ranvier
