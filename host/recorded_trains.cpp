#include "host/recorded_trains.h"

namespace ranvier {

void recorded_trains::prepare(std::int64_t now,
                              std::function<timeline(std::int32_t generator)> const& emission) {
    emissions_.clear();
    for (auto const& c : connections_) {
        auto const [at, is_new] = emissions_.try_emplace(c.generator);
        if (!is_new) continue;
        auto const rates = emission(c.generator).values;
        for (std::size_t i = 0; i < rates.size(); ++i) {
            auto const until = i + 1 < rates.size() ? rates[i + 1].first : INT64_MAX;
            auto const mean = rates[i].second * h_ * 1e-3;
            if (until > now && mean > 0)
                at->second.push_back({rates[i].first, until, make_poisson_table(mean)});
        }
    }
}

void recorded_trains::record(std::int64_t t, int steps, recording& into) const {
    // By step, so that files are in order of time within a slice.
    for (auto e = t; e < t + steps && !connections_.empty(); ++e)
        for (auto const& c : connections_)
            for (auto const& s : emissions_.at(c.generator)) {
                if (e < s.from || e >= s.until) continue;
                auto const n = poisson_at(s.counts.view(), c.draws, std::uint32_t(c.recorder), e, c.rank);
                if (n > 0) into.train(c.recorder, e + 1, {c.generator, n, 1});
            }
}

}  // namespace ranvier
