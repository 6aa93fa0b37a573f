// What generators emit when, and its tables.
#pragma once
#include <map>
#include <vector>

#include "kernels/drive_views.h"

namespace ranvier {

/// All that a generator has emitted and will emit, in order of steps, without silent stretches. Tables are
/// still missing.
using emission_plan = std::vector<stretch>;

/// A connection's part of it: from the step on in which it was made. What is over at step `now` is left out.
inline emission_plan emission_from(emission_plan const& all, std::int64_t made_at, std::int64_t now) {
    emission_plan list;
    bool first = true;
    for (auto s : all) {
        if (s.until <= made_at) continue;
        if (s.from < made_at) {
            s.since += s.emitted.superposed() ? made_at - s.from : 0;
            s.from = made_at;
        }
        if (first) s.restarts = true;  // at any position of the ring, whose bins are equal
        first = false;
        if (s.until > now) list.push_back(s);
    }
    return list;
}

/// Tables of Poisson numbers, each once.
class count_tables {
  public:
    /// Those that stretches need.
    void add(emission_plan const& plan) {
        for (auto const& s : plan)
            if (s.emitted.what == signal::kind::counts && !made_.contains(s.emitted.mean)) {
                auto const table = make_poisson_table(s.emitted.mean);
                made_[s.emitted.mean] = {words_.size(), table.view()};
                words_.insert(words_.end(), table.high.begin(), table.high.end());
                words_.insert(words_.end(), table.low.begin(), table.low.end());
            }
    }
    std::vector<std::uint32_t> const& words() const { return words_; }
    /// Views of what is at `words`, a copy of words().
    void connect(emission_plan& plan, std::uint32_t const* words) const {
        for (auto& s : plan) {
            if (s.emitted.what != signal::kind::counts) continue;
            auto const& [at, view] = made_.at(s.emitted.mean);
            s.counts = view;
            s.counts.high = words + at;
            s.counts.low = s.counts.high + view.n + 1;
        }
    }

  private:
    struct made {
        std::size_t at;
        poisson_table_view view;  // its pointers are not valid
    };
    std::map<double, made> made_;  // by mean
    std::vector<std::uint32_t> words_;
};

}  // namespace ranvier
