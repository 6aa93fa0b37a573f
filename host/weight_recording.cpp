#include "host/weight_recording.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace ranvier {

namespace {
bool takes(std::vector<std::int64_t> const& ids, std::int32_t id) {
    return ids.empty() || std::binary_search(ids.begin(), ids.end(), id);
}
}  // namespace

void weight_recordings::set(std::map<std::int32_t, recorded_group> groups,
                            std::map<std::int32_t, weight_filter> const& filters) {
    groups_ = std::move(groups);
    filters_ = filters;
}

template <class Weights>
void weight_recordings::take(recorded_group const& g, spike_list const& s, Weights weights) {
    auto const& filter = filters_.at(g.recorder);
    auto const rows = std::int64_t(g.begin.size()) - 1;
    for (std::int32_t step = 0; step < s.steps; ++step)
        for (auto i = s.begin[step]; i < s.begin[step + 1]; ++i) {
            auto const& e = s.events[i];
            auto const row = std::int64_t{e.source} - g.first_source;
            if (row < 0 || row >= rows || !takes(filter.senders, e.source)) continue;
            auto const first = g.begin[std::size_t(row)], end = g.begin[std::size_t(row) + 1];
            for (std::int32_t nth = 0; first < end && nth < e.multiplicity; ++nth) {
                auto const* const w = weights(i, nth, first, end - first);
                if (!w) break;
                for (auto c = first; c < end; ++c) {
                    auto const at = std::size_t(c);
                    if (std::isnan(w[c - first]) || !takes(filter.targets, g.target[at])) continue;
                    sent_.push_back({s.t + step + 1, g.recorder, e.source, nth, g.synapse, g.target[at],
                                     g.receptor, g.port[at], w[c - first]});
                }
            }
        }
}

void weight_recordings::spikes(spike_list const& s) {
    for (auto const& numbered : groups_) {
        auto const& g = numbered.second;
        if (!g.plastic)
            take(g, s, [&g](std::int64_t, std::int32_t, std::int64_t first, std::int64_t) {
                return g.weight.data() + first;
            });
    }
}

void weight_recordings::sent(std::int32_t group, spike_list const& s, std::int64_t const* begin,
                             double const* weight) {
    take(groups_.at(group), s, [&](std::int64_t event, std::int32_t nth, std::int64_t, std::int64_t n) {
        return begin[event] < 0 ? nullptr : weight + begin[event] + nth * n;
    });
}

void weight_recordings::record(recording& into) {
    auto const key = [](transmission const& x) {
        return std::tuple(x.recorder, x.stamp, x.sender, x.nth, x.synapse, x.port);
    };
    std::sort(sent_.begin(), sent_.end(), [&](auto const& a, auto const& b) { return key(a) < key(b); });
    std::vector<std::int32_t> senders;
    std::vector<double> columns[4];
    for (std::size_t i = 0; i < sent_.size();) {
        auto const [recorder, stamp] = std::pair(sent_[i].recorder, sent_[i].stamp);
        senders.clear();
        for (auto& c : columns) c.clear();
        for (; i < sent_.size() && sent_[i].recorder == recorder && sent_[i].stamp == stamp; ++i) {
            auto const& x = sent_[i];
            senders.push_back(x.sender);
            columns[0].push_back(x.weight);
            columns[1].push_back(x.target);
            columns[2].push_back(x.receptor);
            columns[3].push_back(double(x.port));
        }
        double const* const pointers[] = {columns[0].data(), columns[1].data(), columns[2].data(),
                                          columns[3].data()};
        into.samples(recorder, stamp, senders.data(), std::int64_t(senders.size()), pointers);
    }
    sent_.clear();
}

}  // namespace ranvier
