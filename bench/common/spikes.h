// Recorded spikes: per population, with statistics and text files.
#pragma once
#include <string>
#include <vector>

#include "host/network.h"

namespace ranvier::bench {

/// The recorded part of a population.
struct recording {
    std::string name;
    nodes members, recorder;
    bool excitatory = true;
    spike_data spikes;  // filled by fetch
};

/// A recorder for the first n members of a population (n < 0: all); nothing is made if n is 0.
void record(network& net, std::vector<recording>& to, std::string const& name, nodes const& population,
            std::int64_t n, bool excitatory);
void fetch(network const& net, std::vector<recording>& from);

struct spike_statistics {
    double rate = 0;  // 1/s, mean over the members
    double cv = 0;    // of inter-spike intervals, mean over members with more than four spikes
    std::int64_t neurons_of_cv = 0, spikes = 0;
};
/// Of the spikes in (from, to], ms.
spike_statistics statistics_of(recording const& r, double from, double to);

/// One file a recording, `prefix`-name.dat: three comment or header lines, then "sender<TAB>time_ms", by
/// time.
void write_spikes(std::string const& prefix, std::vector<recording> const& recordings);
void check_spike_files(std::string const& prefix, std::vector<recording> const& recordings);

}  // namespace ranvier::bench
