#include "host/recorder.h"

#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "host/error.h"
#include "host/recorder_impl.h"

namespace ranvier {

namespace {

bool contains(std::vector<std::string> const& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string column_names(recorder_settings const& s, std::vector<std::string> const& names) {
    std::string line = s.time_in_steps ? "sender\ttime_step\ttime_offset" : "sender\ttime_ms";
    for (auto const& name : names) line += '\t' + name;
    return line;
}

void check_settings(std::string const& model, recorder_settings const& s) {
    for (auto const& name : s.record_to)
        if (name != "memory" && name != "ascii" && name != "screen")
            throw out_of_range({model, "record_to", '"' + name + '"',
                                "\"memory\", \"ascii\", \"screen\", several of them, or none",
                                "an empty list records nothing"});
    if (s.precision < 0 || s.precision > 100)
        throw out_of_range({model, "precision", fmt::format("{}", s.precision), "0 ... 100",
                            "it is the number of digits after the point"});
    if (s.file_extension.find('/') != std::string::npos)
        throw out_of_range({model, "file_extension", '"' + s.file_extension + '"', "no '/'",
                            "set data_path for directories"});
}

file_error shared_file(std::string const& path) {
    return file_error(
        {path, "", "would be the file of two recorders", "a file for each", "set other labels"});
}

/// Does f for all, then throws what was thrown first.
template <class Range, class F> void for_all(Range&& range, F f) {
    std::exception_ptr first;
    for (auto&& x : range) {
        try {
            f(x);
        } catch (...) {
            if (!first) first = std::current_exception();
        }
    }
    if (first) std::rethrow_exception(first);
}

}  // namespace

recording::recording(double h) : tics_per_step_(std::int64_t(h * 1000 + 0.5)) {}
recording::recording(recording&&) noexcept = default;
recording& recording::operator=(recording&&) noexcept = default;
recording::~recording() = default;

void recording::set_output(output_settings const& output) {
    auto const& path = output.data_path;
    struct stat s;
    if (!path.empty() && (::stat(path.c_str(), &s) != 0 || !S_ISDIR(s.st_mode)))
        throw file_error({"data_path", "", '"' + path + '"', "an existing directory", "make it first"});
    if (output.data_prefix.find('/') != std::string::npos)
        throw out_of_range(
            {"data_prefix", "", '"' + output.data_prefix + '"', "no '/'", "set data_path for directories"});
    output_ = output;
}

recording::recorder const& recording::at(std::int32_t id) const {
    auto const found = recorders_.find(id);
    if (found == recorders_.end())
        throw unknown_node(
            {"recorder", "", fmt::format("{}", id), "ids of recorders", "use what create has returned"});
    return found->second;
}
recording::recorder& recording::at(std::int32_t id) {
    return const_cast<recorder&>(static_cast<recording const*>(this)->at(id));
}

void recording::add_spike_recorder(std::int32_t id, std::string const& model) {
    auto& r = recorders_[id];
    r.id = id;
    r.model = model;
}

void recording::add_weight_recorder(std::int32_t id, std::string const& model) {
    auto& r = recorders_[id];
    r.id = id;
    r.model = model;
    r.what = recorder::of_weights;
    r.names = {"weights", "targets", "receptors", "ports"};
    r.values.assign(r.names.size(), {});
}

void recording::add_multimeter(std::int32_t id, std::string const& model,
                               std::vector<std::string> const& names) {
    auto& r = recorders_[id];
    if (r.n_events > 0 && names == r.names) return;
    if (r.n_events > 0)
        throw unusable({model, "record_from", "changed after recording", "",
                        "set it before the first run, or set n_events to 0"});
    r.id = id;
    r.model = model;
    r.what = recorder::of_samples;
    r.names = names;
    r.values.assign(names.size(), {});
}

void recording::remove(std::int32_t id) {
    auto& r = at(id);
    for (auto& list : lists_) std::erase(list, &r);
    std::erase(full_, &r);
    recorders_.erase(id);
}

bool recording::exists(std::int32_t id) const { return recorders_.contains(id); }
recorder_settings recording::settings(std::int32_t id) const { return at(id).settings; }
std::vector<std::string> const& recording::names(std::int32_t id) const { return at(id).names; }

std::string recording::path(std::int32_t id, recorder const& r, recorder_settings const& s,
                            std::int64_t nodes) const {
    auto const digits = fmt::format_int(r.nodes_when_enrolled > 0 ? r.nodes_when_enrolled : nodes).size();
    auto const directory = output_.data_path.empty() ? "" : output_.data_path + '/';
    return fmt::format("{}{}{}-{:0{}}-0.{}", directory, output_.data_prefix,
                       s.label.empty() ? r.model : s.label, id, digits, s.file_extension);
}

std::string recording::file_name(std::int32_t id, std::int64_t nodes) const {
    auto const& r = at(id);
    return path(id, r, r.settings, nodes);
}

bool recording::has_made(std::string const& path, std::int32_t id, std::string const& columns) const {
    auto const found = made_.find(path);
    if (found == made_.end()) return false;
    if (found->second.id != id) throw shared_file(path);
    if (found->second.columns != columns)
        throw file_error(
            {path, "", "has been started with other columns", "the same columns", "set another label"});
    return true;
}

void recording::validate(std::int32_t id, recorder_settings const& settings,
                         std::vector<std::string> const& names, std::int64_t nodes) const {
    auto const& r = at(id);
    check_settings(r.model, settings);
    if (contains(settings.record_to, "ascii"))
        has_made(path(id, r, settings, nodes), id, column_names(settings, names));
}

void recording::set(std::int32_t id, recorder_settings const& settings, std::int64_t nodes) {
    auto& r = at(id);
    validate(id, settings, r.names, nodes);
    auto const to_ascii = contains(settings.record_to, "ascii");
    if (to_ascii && r.nodes_when_enrolled == 0) r.nodes_when_enrolled = nodes;
    r.settings = settings;
    r.to_ascii = to_ascii;
    r.to_memory = contains(settings.record_to, "memory");
    r.to_screen = contains(settings.record_to, "screen");
    r.stamp_written = -1;
}

void recording::connect_spikes(nodes const& senders, std::int32_t recorder) {
    auto& r = at(recorder);
    if (r.what != recorder::of_spikes)
        throw unknown_node({r.model, "", fmt::format("{}", recorder), "spike recorders",
                            "multimeters are sources: connect(meter, neurons)"});
    if (senders.empty()) return;
    if (list_of_.size() <= std::size_t(senders.back())) list_of_.resize(std::size_t(senders.back()) + 1);
    std::map<std::uint32_t, std::uint32_t> with_r;  // list: the same and r
    for (std::int64_t i = 0; i < senders.size(); ++i) {
        auto& list = list_of_[std::size_t(senders[i])];
        auto const [extended, is_new] = with_r.try_emplace(list, std::uint32_t(lists_.size()));
        if (is_new) {
            auto longer = lists_[list];
            longer.push_back(&r);
            lists_.push_back(std::move(longer));
        }
        list = extended->second;
    }
}

void recording::begin(std::int64_t nodes) {
    struct opening {
        recorder* r;
        std::unique_ptr<ascii_file> file;
        std::string columns;
        bool resumed;
    };
    failure_ = nullptr;
    std::vector<opening> openings;
    try {
        for (auto& [id, r] : recorders_) {
            if (r.file) r.file->flush();
            if (!r.to_ascii) continue;
            if (r.nodes_when_enrolled == 0) r.nodes_when_enrolled = nodes;
            auto const name = path(id, r, r.settings, nodes);
            auto columns = column_names(r.settings, r.names);
            auto const ours = has_made(name, id, columns);
            if (r.file && r.file->path() == name && r.file->in_place()) continue;
            for (auto const& o : openings)
                if (o.file->path() == name) throw shared_file(name);
            struct stat s;
            auto const resume = ours && ::stat(name.c_str(), &s) == 0;
            auto const how = resume                    ? ascii_file::mode::resume
                             : output_.overwrite_files ? ascii_file::mode::overwrite
                                                       : ascii_file::mode::create;
            openings.push_back({&r, std::make_unique<ascii_file>(name, how), std::move(columns), resume});
        }
        for (bool const made : {true, false})  // what was there is emptied last
            for (auto& o : openings)
                if (!o.resumed && o.file->made() == made)
                    o.file->start(ascii_header(o.columns, output_.version));
    } catch (...) {
        for (auto& o : openings) o.file->discard();
        throw;
    }
    for (auto& o : openings) {
        made_[o.file->path()] = {o.r->id, std::move(o.columns)};
        o.r->file = std::move(o.file);
    }
}

void recording::check() {
    show();
    if (failure_) std::rethrow_exception(failure_);
}

void recording::end() {
    for_all(recorders_, [](auto& entry) {
        if (entry.second.file) entry.second.file->finish();
    });
}

std::int64_t recording::n_events(std::int32_t id) const { return at(id).n_events; }
void recording::clear(std::int32_t id) { at(id).clear(); }

}  // namespace ranvier
