#include "host/host_trains.h"

#include <algorithm>
#include <utility>

#include "host/engine/plan.h"
#include "kernels/drive.h"

namespace ranvier {

void host_trains::add(std::int32_t generator, std::int32_t receiver, key draws, std::int64_t made_at,
                      std::int32_t receptor, double weight) {
    trains_.push_back({generator,
                       receiver,
                       draws,
                       ranks_[{draws.stream, receiver}]++,
                       made_at,
                       receptor,
                       weight,
                       {},
                       {},
                       std::vector<std::int64_t>(max_slice)});
}

void host_trains::prepare(std::int64_t now, std::function<emission_plan(std::int32_t)> const& emission) {
    tables_ = {};
    std::map<std::int32_t, emission_plan> plans;
    for (auto& t : trains_) {
        auto const [at, is_new] = plans.try_emplace(t.generator);
        if (is_new) at->second = emission(t.generator);
        t.stretches = emission_from(at->second, t.made_at, now);
        tables_.add(t.stretches);
        std::size_t rows = t.members.size();
        for (auto const& s : t.stretches)
            if (s.emitted.superposed()) rows = std::max(rows, std::size_t(s.emitted.rows));
        t.members.resize(rows);
    }
    for (auto& t : trains_) tables_.connect(t.stretches, tables_.words().data());
    if (!empty() && !scratch_) scratch_ = std::make_unique<scratch_memory>(scratch_bytes);
}

void host_trains::advance(std::int64_t t, int steps) {
    serial_team team(*scratch_);
    for (auto& train : trains_) {
        inbox_view const counts{train.counts.data(), max_slice - 1, 1, 1, 1, 1, 0};
        drive_view d{};
        d.n = 1;
        d.weight = 1;
        d.draws = &train.rank;
        d.route = spike_count(0);
        d.draws_key = d.common_key = train.draws;
        d.common_id = std::uint32_t(train.generator);
        d.stretches = train.stretches.data();
        d.n_stretches = std::int32_t(train.stretches.size());
        d.members = train.members.data();
        drive_spikes{}(team, counts, train.receiver, d, t, steps);
    }
}

std::int32_t host_trains::take(train& of, std::int64_t t) {
    return std::int32_t(std::exchange(of.counts[std::size_t(t % max_slice)], 0));
}

void host_trains::record(std::int64_t t, int steps, to_receiver const& into) {
    if (empty()) return;
    advance(t, steps);
    // By step, so that files are in order of time within a slice.
    for (auto e = t; e < t + steps; ++e)
        for (auto& train : trains_)
            if (auto const n = take(train, e); n > 0)
                into(train.receiver, train.receptor, e + 1, {train.generator, n, train.weight});
}

void host_trains::generate(std::int64_t t, int steps, std::vector<spike_event>& events,
                           std::vector<std::int64_t>& begin) {
    if (empty()) return;
    advance(t, steps);
    auto& all = merged_;
    auto& begins = merged_begin_;
    all.clear();
    begins.assign(1, 0);
    for (int k = 0; k < steps; ++k) {
        all.insert(all.end(), events.begin() + begin[std::size_t(k)],
                   events.begin() + begin[std::size_t(k) + 1]);
        for (auto& train : trains_)
            if (auto const n = take(train, t + k); n > 0) all.push_back({train.generator, n, 1});
        std::stable_sort(all.begin() + begins.back(), all.end(),
                         [](auto const& a, auto const& b) { return a.source < b.source; });
        begins.push_back(std::int64_t(all.size()));
    }
    events.swap(all);
    begin.swap(begins);
}

}  // namespace ranvier
