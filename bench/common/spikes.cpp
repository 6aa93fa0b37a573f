#include "bench/common/spikes.h"

#include <algorithm>
#include <cmath>

#include "bench/common/machine.h"
#include "bench/common/program.h"

namespace ranvier::bench {

void record(network& net, std::vector<recording>& to, std::string const& name, nodes const& population,
            std::int64_t n, bool excitatory) {
    auto const size = n < 0 ? population.size() : std::min(n, population.size());
    if (size == 0) return;
    recording r{name, population.slice(0, size), net.create("spike_recorder"), excitatory, {}};
    net.connect(r.members, r.recorder);
    to.push_back(std::move(r));
}

void fetch(network const& net, std::vector<recording>& from) {
    for (auto& r : from) r.spikes = net.spikes(r.recorder);
}

spike_statistics statistics_of(recording const& r, double from, double to) {
    constexpr double half_tic = 0.0005;  // ms
    std::vector<std::vector<double>> trains(std::size_t(r.members.size()));
    spike_statistics result;
    for (std::size_t i = 0; i < r.spikes.times.size(); ++i) {
        auto const t = r.spikes.times[i];
        if (t <= from + half_tic || t > to + half_tic) continue;
        trains[std::size_t(r.members.position(r.spikes.senders[i]))].push_back(t);
        ++result.spikes;
    }
    result.rate = to > from ? 1e3 * double(result.spikes) / double(r.members.size()) / (to - from) : 0;
    double sum = 0;
    for (auto const& train : trains) {
        if (train.size() <= 4) continue;
        auto const n = double(train.size() - 1);
        auto const mean = (train.back() - train.front()) / n;
        double squares = 0;
        for (std::size_t i = 1; i < train.size(); ++i) squares += std::pow(train[i] - train[i - 1] - mean, 2);
        sum += std::sqrt(squares / n) / mean;
        ++result.neurons_of_cv;
    }
    result.cv = result.neurons_of_cv > 0 ? sum / double(result.neurons_of_cv) : 0;
    return result;
}

namespace {
std::string file_of(std::string const& prefix, recording const& r) { return prefix + "-" + r.name + ".dat"; }
}  // namespace

void check_spike_files(std::string const& prefix, std::vector<recording> const& recordings) {
    if (prefix.empty()) return;
    for (auto const& r : recordings) check_writable(file_of(prefix, r));
}

void write_spikes(std::string const& prefix, std::vector<recording> const& recordings) {
    if (prefix.empty()) return;
    for (auto const& r : recordings) {
        fmt::memory_buffer text;
        auto const out = std::back_inserter(text);
        fmt::format_to(out, "# Ranvier version: {}\n# Population: {}, ids {} to {}\nsender\ttime_ms\n",
                       this_build().version, r.name, r.members.front(), r.members.back());
        for (std::size_t i = 0; i < r.spikes.times.size(); ++i)
            fmt::format_to(out, "{}\t{:.3f}\n", r.spikes.senders[i], r.spikes.times[i]);
        write_file(file_of(prefix, r), fmt::to_string(text));
    }
}

}  // namespace ranvier::bench
