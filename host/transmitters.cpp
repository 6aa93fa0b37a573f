#include "host/transmitters.h"

namespace ranvier {

void volume_transmitters::spikes(spike_list const& s) {
    if (targets_.empty()) return;
    for (std::int32_t step = 0; step < s.steps; ++step)
        for (auto i = s.begin[step]; i < s.begin[step + 1]; ++i) {
            auto const& e = s.events[i];
            auto const found = targets_.find(e.source);
            if (found == targets_.end()) continue;
            for (auto const& to : found->second)
                pending_[to.transmitter][s.t + step + 1 + to.delay] += e.multiplicity;
        }
}

void volume_transmitters::arrivals(std::int64_t t, int steps, std::vector<modulator_arrival>& all) const {
    for (auto const& [id, train] : pending_)
        for (auto a = train.upper_bound(t); a != train.end() && a->first <= t + steps; ++a)
            all.push_back({id, a->first, a->second});
}

void volume_transmitters::forget(std::int64_t stamp) {
    for (auto& [id, train] : pending_) train.erase(train.begin(), train.upper_bound(stamp));
}

}  // namespace ranvier
