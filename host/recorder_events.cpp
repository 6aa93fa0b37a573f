// What comes to recorders, and what they have of it.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <numeric>
#include <utility>

#include "host/error.h"
#include "host/recorder_impl.h"

namespace ranvier {

namespace {

void append_integer(std::string& text, std::int64_t i) {
    fmt::format_int const digits(i);
    text.append(digits.data(), digits.size());
}

template <class T> void make_room(std::vector<T>& v, std::size_t n) {
    if (v.capacity() - v.size() < n) v.reserve(std::max(2 * v.capacity(), v.size() + n));
}

/// By time, then sender: generators' spikes of a slice come before those of neurons, and with long delays
/// weights come late. others(permute): the columns beside senders and steps.
template <class Data, class Others> void sort(Data& d, Others others) {
    auto const less = [&](std::size_t a, std::size_t b) {
        return std::pair{d.steps[a], d.senders[a]} < std::pair{d.steps[b], d.senders[b]};
    };
    std::vector<std::size_t> order(d.senders.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (std::is_sorted(order.begin(), order.end(), less)) return;
    std::stable_sort(order.begin(), order.end(), less);
    auto const permute = [&](auto& column) {
        auto const old = column;
        for (std::size_t i = 0; i < order.size(); ++i) column[i] = old[order[i]];
    };
    others(permute);
    permute(d.senders);
    permute(d.steps);
}

}  // namespace

void recording::write_spike(recorder& r, std::int64_t stamp, spike_event const& e) {
    if (r.to_memory) {
        r.start_run(stamp);
        make_room(r.senders, std::size_t(e.multiplicity));
        r.senders.insert(r.senders.end(), std::size_t(e.multiplicity), e.source);
    }
    write_rows(
        r, stamp, e.multiplicity, [&](std::int64_t) { return e.source; }, [](std::string&, std::int64_t) {});
    r.n_events += e.multiplicity;
}

/// n lines with a sender each and what `rest` appends, to a file and to the screen.
template <class Sender, class Rest>
void recording::write_rows(recorder& r, std::int64_t stamp, std::int64_t n, Sender sender, Rest rest) {
    if (!r.to_ascii && !r.to_screen) return;
    write_stamp(r, stamp);
    auto const append = [&](std::string& text) {
        for (std::int64_t i = 0; i < n; ++i) {
            append_integer(text, sender(i));
            text += r.stamp_text;
            rest(text, i);
            text += '\n';
        }
    };
    if (r.to_screen) append(screen_);
    if (!r.to_ascii) return;
    append(r.file->text);
    if (r.file->text.size() >= ascii_file::enough && !std::exchange(r.full, true)) full_.push_back(&r);
}

void recording::write_stamp(recorder& r, std::int64_t stamp) {
    if (r.stamp_written == stamp) return;
    auto const& s = r.settings;
    r.stamp_text = s.time_in_steps ? fmt::format("\t{}\t{:.{}f}", stamp, 0.0, s.precision)
                                   : fmt::format("\t{:.{}f}", time(stamp), s.precision);
    r.stamp_written = stamp;
}

void recording::write_samples(recorder& r, std::int64_t stamp, std::int32_t const* senders, std::int64_t n,
                              double const* const* columns) {
    auto const n_columns = r.names.size();
    if (r.to_memory) {
        r.start_run(stamp);
        make_room(r.senders, std::size_t(n));
        for (auto& column : r.values) make_room(column, std::size_t(n));
        r.senders.insert(r.senders.end(), senders, senders + n);
        for (std::size_t c = 0; c < n_columns; ++c)
            r.values[c].insert(r.values[c].end(), columns[c], columns[c] + n);
    }
    write_rows(
        r, stamp, n, [&](std::int64_t i) { return senders[i]; },
        [&](std::string& text, std::int64_t i) {
            for (std::size_t c = 0; c < n_columns; ++c) {
                auto const precision = r.is_integer(c) ? 0 : r.settings.precision;
                fmt::format_to(std::back_inserter(text), "\t{:.{}f}", columns[c][i], precision);
            }
        });
    r.n_events += n;
}

void recording::spikes(spike_list const& s) {
    auto const known = list_of_.size();
    for (std::int32_t step = 0; step < s.steps; ++step) {
        auto const stamp = s.t + step + 1;
        for (auto i = s.begin[step]; i < s.begin[step + 1]; ++i) {
            auto const& e = s.events[i];
            if (std::size_t(e.source) >= known) continue;
            for (auto* r : lists_[list_of_[std::size_t(e.source)]])
                if (r->takes(stamp)) write_spike(*r, stamp, e);
        }
    }
    flush_full();
}

void recording::train(std::int32_t recorder, std::int64_t stamp, spike_event const& e) {
    auto& r = at(recorder);
    if (!r.takes(stamp)) return;
    write_spike(r, stamp, e);
    flush_full();
}

void recording::samples(std::int32_t recorder, std::int64_t stamp, std::int32_t const* senders,
                        std::int64_t n, double const* const* columns) {
    auto& r = at(recorder);
    if (!r.takes(stamp)) return;
    write_samples(r, stamp, senders, n, columns);
    flush_full();
}

void recording::flush_full() {
    std::erase_if(full_, [&](recorder* r) {
        try {
            r->file->flush();
            return !(r->full = false);
        } catch (file_error const&) {
            if (!failure_) failure_ = std::current_exception();
            return false;
        }
    });
}

void recording::show() {
    if (screen_.empty()) return;
    auto const written = std::fwrite(screen_.data(), 1, screen_.size(), stdout);
    screen_.erase(0, written);
    if (std::fflush(stdout) != 0 || !screen_.empty())
        throw file_error({"record_to", "", "\"screen\"", "a standard output that takes text",
                          "record to memory or to files"});
}

spike_data recording::spike_events(std::int32_t id) const {
    auto const& r = at(id);
    if (r.what != recorder::of_spikes)
        throw unknown_node({r.model, "", fmt::format("{}", id), "ids of spike recorders", "use samples()"});
    spike_data data{r.senders, {}, {}};
    stamps(r, data.steps, data.times);
    sort(data, [&](auto permute) { permute(data.times); });
    return data;
}

sample_data recording::sample_events(std::int32_t id) const {
    auto const& r = at(id);
    if (r.what == recorder::of_spikes)
        throw unknown_node(
            {r.model, "", fmt::format("{}", id), "ids of multimeters and weight recorders", "use spikes()"});
    sample_data data{r.senders, {}, {}, r.names, r.values};
    stamps(r, data.steps, data.times);
    if (r.what == recorder::of_weights)
        sort(data, [&](auto permute) {
            permute(data.times);
            for (auto& column : data.values) permute(column);
        });
    return data;
}

void recording::stamps(recorder const& r, std::vector<std::int64_t>& steps,
                       std::vector<double>& times) const {
    steps.reserve(r.senders.size());
    times.reserve(r.senders.size());
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        auto const end = i + 1 < r.runs.size() ? std::size_t(r.runs[i + 1].first) : r.senders.size();
        steps.resize(end, r.runs[i].stamp);
        times.resize(end, time(r.runs[i].stamp));
    }
}

}  // namespace ranvier
