// What a recorder is behind its interface.
#pragma once
#include "host/ascii_file.h"
#include "host/recorder.h"

namespace ranvier {

struct recording::recorder {
    std::int32_t id = 0;
    std::string model;
    enum { of_spikes, of_samples, of_weights } what = of_spikes;
    std::vector<std::string> names;  // of columns
    recorder_settings settings;
    bool to_memory = true, to_ascii = false, to_screen = false;
    std::int64_t nodes_when_enrolled = 0;  // 0: not yet
    std::int64_t n_events = 0;

    // In memory: entries [first, first of the next run) have the same stamp.
    struct run {
        std::int64_t stamp, first;
    };
    std::vector<run> runs;
    std::vector<std::int32_t> senders;
    std::vector<std::vector<double>> values;  // [name][entry]

    std::unique_ptr<ascii_file> file;
    std::string stamp_text;  // "\t9.900", of stamp_written
    std::int64_t stamp_written = -1;
    bool full = false;  // listed in full_

    /// Of weights all columns but the first are ids and the like.
    bool is_integer(std::size_t column) const { return what == of_weights && column > 0; }
    bool takes(std::int64_t stamp) const { return settings.after < stamp && stamp <= settings.until; }
    void start_run(std::int64_t stamp) {
        if (runs.empty() || runs.back().stamp != stamp) runs.push_back({stamp, std::int64_t(senders.size())});
    }
    void clear() {
        n_events = 0;
        runs = {};
        senders = {};
        values = std::vector<std::vector<double>>(names.size());
    }
};

}  // namespace ranvier
