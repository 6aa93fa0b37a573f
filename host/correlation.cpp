#include "host/correlation.h"

#include <algorithm>
#include <cmath>

namespace ranvier {

correlation_detectors::correlation_detectors(double h) : tics_per_step_(std::int64_t(h * 1000 + 0.5)) {}

void correlation_detectors::detector::reset() {
    sums.assign(settings.bins(), 0);
    corrections.assign(settings.bins(), 0);
    counts.assign(settings.bins(), 0);
    n_events = {};
    before = {};
}

void correlation_detectors::add(std::int32_t id, correlation_settings const& s) {
    auto& d = detectors_[id];
    d.settings = s;
    d.reset();
}

void correlation_detectors::set(std::int32_t id, correlation_settings const& s, bool reset) {
    auto& d = detectors_.at(id);
    auto same = d.settings;
    same.after = s.after, same.until = s.until;
    reset |= same != s;
    d.settings = s;
    if (reset) d.reset();
}

void correlation_detectors::connect(std::int32_t sender, std::int32_t detector, int receptor, double weight) {
    inputs_[sender].push_back({detector, receptor, weight});
}

void correlation_detectors::spikes(spike_list const& s, bool apart) {
    if (inputs_.empty()) return;
    for (std::int32_t step = 0; step < s.steps; ++step)
        for (auto i = s.begin[step]; i < s.begin[step + 1]; ++i) {
            auto const& e = s.events[i];
            auto const found = inputs_.find(e.source);
            if (found == inputs_.end()) continue;
            for (auto const& to : found->second)
                for (int m = 0; m < (apart ? e.multiplicity : 1); ++m)
                    train(to.detector, to.receptor, s.t + step + 1,
                          {e.source, apart ? 1 : e.multiplicity, to.weight * e.factor});
        }
}

void correlation_detectors::train(std::int32_t id, int receptor, std::int64_t stamp, spike_event const& e) {
    auto& d = detectors_.at(id);
    if (d.settings.after < stamp && stamp <= d.settings.until)
        d.arrived.push_back({stamp, e.source, receptor, e.multiplicity, e.factor});
}

void correlation_detectors::count() {
    for (auto& [id, d] : detectors_) {
        std::stable_sort(d.arrived.begin(), d.arrived.end(), [](spike const& a, spike const& b) {
            return a.stamp != b.stamp ? a.stamp < b.stamp : a.sender < b.sender;
        });
        for (auto const& s : d.arrived) take(d, s);
        d.arrived.clear();
    }
}

void correlation_detectors::take(detector& d, spike const& s) const {
    auto const& p = d.settings;
    auto const edge = double(p.tau_max) + 0.5 * double(p.delta_tau);  // steps
    for (auto& before : d.before)
        before.erase(before.begin(), std::find_if(before.begin(), before.end(), [&](earlier const& o) {
                         return double(s.stamp - o.stamp) <= edge;
                     }));
    auto const& others = d.before[std::size_t(1 - s.receptor)];
    auto const tics = double(s.stamp * tics_per_step_);
    auto const product = double(s.multiplicity) * s.weight;
    if (std::floor(p.t_start * 1000 + 0.5) <= tics && tics <= std::floor(p.t_stop * 1000 + 0.5)) {
        ++d.n_events[std::size_t(s.receptor)];
        for (auto const& o : others) {
            auto const difference = double(s.receptor == 1 ? s.stamp - o.stamp : o.stamp - s.stamp);
            auto const bin = std::size_t((edge + difference) / double(p.delta_tau));
            if (bin >= d.sums.size()) continue;  // bins are half open: [-edge, edge)
            d.counts[bin] += s.multiplicity;
            auto const y = product * o.weight - d.corrections[bin];
            auto const sum = d.sums[bin] + y;
            d.corrections[bin] = (sum - d.sums[bin]) - y;
            d.sums[bin] = sum;
        }
    }
    d.before[std::size_t(s.receptor)].push_back({s.stamp, product});
}

}  // namespace ranvier
