#include "bench/common/progress_bar.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace ranvier::bench {
namespace {

constexpr auto terminal_interval = std::chrono::milliseconds(80);
constexpr auto plain_interval = std::chrono::seconds(10);

int terminal_columns() {
    winsize w{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/// A bar of `width` cells, the last one drawn by eighths.
std::string cells(double share, int width) {
    static constexpr char const* eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    auto const filled = int(share * width * 8);
    std::string bar;
    for (int i = 0; i < width; ++i)
        bar += filled >= 8 * (i + 1) ? "█" : filled > 8 * i ? eighths[filled - 8 * i] : " ";
    return bar;
}

}  // namespace

progress_bar::progress_bar(std::string label, std::string unit, double per_unit, bool quiet)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      per_unit_(per_unit),
      quiet_(quiet),
      terminal_(isatty(STDOUT_FILENO) == 1),
      begin_(clock::now()),
      last_(begin_) {}

std::string progress_bar::text(double share, std::int64_t done, std::int64_t total) const {
    auto const seconds = std::chrono::duration<double>(clock::now() - begin_).count();
    auto const left = share > 0.02 ? fmt::format("{:.0f} s left", seconds * (1 - share) / share) : "";
    return fmt::format("{:3.0f} %  {:.1f} of {:.1f} {}  {}", 100 * share, double(done) / per_unit_,
                       double(total) / per_unit_, unit_, left);
}

void progress_bar::show(std::int64_t done, std::int64_t total) {
    if (quiet_ || total <= 0) return;
    auto const now = clock::now();
    if (now - last_ < (terminal_ ? std::chrono::nanoseconds(terminal_interval) : plain_interval)) return;
    last_ = now;
    auto const share = std::clamp(double(done) / double(total), 0.0, 1.0);
    auto const numbers = text(share, done, total);
    if (terminal_) {
        auto const room = terminal_columns() - 12 - int(numbers.size()) - 4;
        fmt::print("\r\033[K{:<10} ▕{}▏ {}", label_, cells(share, std::clamp(room, 8, 40)), numbers);
        drawn_ = true;
    } else {
        fmt::print("{:<10} {}\n", label_, numbers);
    }
    std::fflush(stdout);
}

void progress_bar::clear() {
    if (drawn_) fmt::print("\r\033[K");
    std::fflush(stdout);
    drawn_ = false;
}

}  // namespace ranvier::bench
