// Progress of building and simulating on standard output. On a terminal one line that is redrawn; elsewhere
// (a file, a pipe) a plain line every ten seconds at most, so that logs stay readable.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace ranvier::bench {

class progress_bar {
  public:
    /// `unit` scales the numbers shown: done / per_unit.
    progress_bar(std::string label, std::string unit, double per_unit, bool quiet);
    progress_bar(progress_bar const&) = delete;
    progress_bar& operator=(progress_bar const&) = delete;
    ~progress_bar() { clear(); }
    void show(std::int64_t done, std::int64_t total);

  private:
    void clear();
    std::string text(double share, std::int64_t done, std::int64_t total) const;
    using clock = std::chrono::steady_clock;
    std::string label_, unit_;
    double per_unit_;
    bool quiet_, terminal_, drawn_ = false;
    clock::time_point begin_, last_;
};

}  // namespace ranvier::bench
