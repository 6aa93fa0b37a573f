#include "host/spike_source.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/error.h"

namespace ranvier {
namespace {

constexpr char object[] = "spike_generator";
constexpr double longest = 1e12;  // ms, 30 years
constexpr std::string_view names[] = {"spike_times",
                                      "spike_weights",
                                      "spike_multiplicities",
                                      "allow_offgrid_times",
                                      "shift_now_spikes",
                                      "precise_times",
                                      "origin",
                                      "start",
                                      "stop"};

std::string known_names() {
    std::string all;
    for (auto const& name : names) (all += all.empty() ? "" : ", ") += name;
    return all;
}

template <class Error> [[noreturn]] void reject(std::string_view parameter, std::string value,
                                                std::string allowed, std::string remedy) {
    throw Error({object, std::string(parameter), std::move(value), std::move(allowed), std::move(remedy)});
}

/// The last value given under a name, or null.
parameter const* find(dictionary const& values, std::string_view name) {
    auto const found =
        std::find_if(values.rbegin(), values.rend(), [&](auto const& v) { return v.first == name; });
    return found == values.rend() ? nullptr : &found->second;
}

bool is_empty_array(parameter const& p) {
    return std::visit(
        []<class T>(T const& x) {
            if constexpr (requires { x.begin(); } && !std::is_same_v<T, std::string>) return x.empty();
            return false;
        },
        p.value());
}

std::vector<double> numbers(std::string_view name, parameter const& p) {
    if (auto const* x = p.get<std::vector<double>>()) return *x;
    if (auto const* x = p.get<std::vector<std::int64_t>>()) return {x->begin(), x->end()};
    if (is_empty_array(p)) return {};
    reject<wrong_type>(name, p.text(), "an array of numbers", "it was given as " + p.type());
}

std::vector<std::int64_t> integers(std::string_view name, parameter const& p) {
    if (auto const* x = p.get<std::vector<std::int64_t>>()) return *x;
    if (is_empty_array(p)) return {};
    reject<wrong_type>(name, p.text(), "an array of integers", "it was given as " + p.type());
}

double number(std::string_view name, parameter const& p) {
    if (auto const* x = p.get<double>()) return *x;
    if (auto const* x = p.get<std::int64_t>()) return double(*x);
    if (auto const* x = p.get<bool>()) return *x;
    reject<wrong_type>(name, p.text(), "a number", "it was given as " + p.type());
}

bool yes_or_no(std::string_view name, parameter const& p) {
    if (auto const* x = p.get<bool>()) return *x;
    reject<wrong_type>(name, p.text(), "true or false", "it was given as " + p.type());
}

void check_size(std::string_view name, std::size_t n, std::size_t n_times) {
    if (n != 0 && n != n_times)
        reject<wrong_size>(name, fmt::format("{} values", n),
                           fmt::format("none, or one for each of {} spike_times", n_times),
                           "set both in one call");
}

double largest_sum(std::vector<std::int64_t> const& stamps, std::vector<double> const& weights,
                   std::vector<std::int32_t> const& multiplicities) {
    double largest = 1, sum = 0;
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        if (i > 0 && stamps[i] != stamps[i - 1]) sum = 0;
        auto const multiplicity = multiplicities.empty() ? 1.0 : double(multiplicities[i]);
        sum += multiplicity * (weights.empty() ? 1.0 : std::abs(weights[i]));
        largest = std::max(largest, sum);
    }
    return largest;
}

}  // namespace

spike_sources::spike_sources(double h) : h_(h), tics_per_step_(std::int64_t(h * 1000 + 0.5)) {}

void spike_sources::add(std::int32_t id) {
    auto const at = std::lower_bound(sources_.begin(), sources_.end(), id,
                                     [](source const& s, std::int32_t i) { return s.id < i; });
    if (at != sources_.end() && at->id == id) return;
    next_.insert(next_.begin() + (at - sources_.begin()), never);
    sources_.insert(at, source{})->id = id;
}

void spike_sources::remove(std::int32_t id) {
    auto const at = index(id);
    sources_.erase(sources_.begin() + std::ptrdiff_t(at));
    next_.erase(next_.begin() + std::ptrdiff_t(at));
}

std::size_t spike_sources::index(std::int32_t id) const {
    auto const at = std::lower_bound(sources_.begin(), sources_.end(), id,
                                     [](source const& s, std::int32_t i) { return s.id < i; });
    if (at == sources_.end() || at->id != id)
        throw unknown_node(
            {object, "", fmt::format("{}", id), "ids of spike generators", "use what create has returned"});
    return std::size_t(at - sources_.begin());
}

double spike_sources::ms(std::int64_t steps) const {
    if (steps == never || steps == -never)
        return std::copysign(std::numeric_limits<double>::infinity(), double(steps));
    return 0.001 * double(steps * tics_per_step_);
}

std::int64_t spike_sources::on_grid(std::string_view name, double ms) const {
    if (ms >= 0 && ms <= longest) {
        auto const tics = std::int64_t(ms * 1000 + 0.5);
        if (tics % tics_per_step_ == 0) return tics / tics_per_step_;
    }
    reject<bad_time>(name, fmt::format("{} ms", ms), fmt::format("multiples of the resolution, {} ms", h_),
                     "round it to the resolution");
}

void spike_sources::set_window(source& s, dictionary const& values) const {
    auto const take = [&](std::string_view name, std::int64_t& steps, bool infinite) {
        auto const* given = find(values, name);
        if (!given) return;
        auto const x = number(name, *given);
        steps = infinite && std::isinf(x) ? (x > 0 ? never : -never) : on_grid(name, x);
    };
    take("origin", s.origin, false);
    take("start", s.start, true);
    take("stop", s.stop, true);
    if (s.stop < s.start)
        reject<out_of_range>("stop", fmt::format("{} ms", ms(s.stop)),
                             fmt::format(">= start ({} ms)", ms(s.start)), "set stop and start in one call");
}

/// Whether any is given.
bool spike_sources::set_options(source& s, dictionary const& values) const {
    bool any = false;
    auto const take = [&](std::string_view name, bool& option) {
        if (auto const* given = find(values, name)) {
            option = yes_or_no(name, *given);
            any = true;
        }
    };
    bool precise = false;
    take("precise_times", precise);
    if (precise)
        reject<out_of_range>(
            "precise_times", "true", "false",
            "spikes lie on the grid; set allow_offgrid_times to have times rounded up to it");
    take("allow_offgrid_times", s.allow_offgrid);
    take("shift_now_spikes", s.shift_now);
    return any;
}

void spike_sources::set_times(source& s, parameter const& times, std::int64_t now) const {
    constexpr std::string_view name = "spike_times";
    auto const given = numbers(name, times);
    s.stamps.clear();
    s.stamps.reserve(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
        auto const t = given[i];
        if (!(t >= 0 && t <= longest))
            reject<bad_time>(name, fmt::format("{} ms", t), fmt::format("from {} to {} ms", h_, longest),
                             "look at where it comes from");
        if (i > 0 && t < given[i - 1])
            reject<bad_time>(name, fmt::format("{} after {} ms", t, given[i - 1]),
                             "times in non-descending order", "sort them");
        auto const tics = std::int64_t(t * 1000 + 0.5);
        if (tics == 0 && !s.shift_now)
            reject<bad_time>(name, fmt::format("{} ms", t), fmt::format("from {} ms", h_),
                             "set shift_now_spikes to have it emitted one step later");
        if (tics % tics_per_step_ != 0 && !s.allow_offgrid)
            reject<bad_time>(name, fmt::format("{} ms", t),
                             fmt::format("multiples of the resolution, {} ms", h_),
                             "set allow_offgrid_times to have it rounded up");
        auto const stamp = (tics + tics_per_step_ - 1) / tics_per_step_;
        s.stamps.push_back(s.shift_now && s.origin + stamp == now ? stamp + 1 : stamp);
    }
}

void spike_sources::set_weights(source& s, parameter const& weights) const {
    s.weights = numbers("spike_weights", weights);
    for (auto const w : s.weights)
        if (!std::isfinite(w))
            reject<out_of_range>("spike_weights", fmt::format("{}", w), "finite numbers",
                                 "look at where it comes from");
}

void spike_sources::set_multiplicities(source& s, parameter const& multiplicities) const {
    s.multiplicities.clear();
    for (auto const n : integers("spike_multiplicities", multiplicities)) {
        if (n < 0 || n > INT32_MAX)
            reject<out_of_range>("spike_multiplicities", fmt::format("{}", n),
                                 fmt::format("0 ... {}", INT32_MAX), "list a spike several times");
        s.multiplicities.push_back(std::int32_t(n));
    }
}

void spike_sources::set(std::int32_t id, dictionary const& values, std::int64_t now) {
    auto const at = index(id);
    for (auto const& [name, value] : values)
        if (std::find(std::begin(names), std::end(names), name) == std::end(names))
            reject<unknown_parameter>(name, value.text(), known_names(), "check the spelling");
    auto s = sources_[at];
    set_window(s, values);
    auto const options = set_options(s, values);
    auto const* times = find(values, "spike_times");
    auto const* weights = find(values, "spike_weights");
    auto const* multiplicities = find(values, "spike_multiplicities");
    if (options && !times && !s.stamps.empty())
        reject<out_of_range>("spike_times", "not given", "given with options, once there are spike times",
                             "give options and times in one call");
    if (times) set_times(s, *times, now);
    if (weights) set_weights(s, *weights);
    if (multiplicities) set_multiplicities(s, *multiplicities);
    check_size("spike_weights", s.weights.size(), s.stamps.size());
    check_size("spike_multiplicities", s.multiplicities.size(), s.stamps.size());
    s.position = 0;  // collect skips what is past
    s.largest_factor = largest_sum(s.stamps, s.weights, s.multiplicities);
    next_[at] = s.next_stamp();
    sources_[at] = std::move(s);
}

void spike_sources::play(std::int32_t id, std::vector<std::int64_t> stamps,
                         std::vector<std::int32_t> multiplicities, std::int64_t after, std::int64_t until) {
    auto const at = index(id);
    source s;
    s.id = id;
    s.largest_factor = largest_sum(stamps, {}, multiplicities);
    s.stamps = std::move(stamps);
    s.multiplicities = std::move(multiplicities);
    s.start = after;
    s.stop = until;
    next_[at] = s.next_stamp();
    sources_[at] = std::move(s);
}

std::vector<double> spike_sources::get(std::int32_t id, std::string_view name) const {
    auto const& s = sources_[index(id)];
    if (name == "spike_times") {
        std::vector<double> times;
        for (auto const stamp : s.stamps) times.push_back(ms(stamp));
        return times;
    }
    if (name == "spike_weights") return s.weights;
    if (name == "spike_multiplicities") return {s.multiplicities.begin(), s.multiplicities.end()};
    if (name == "allow_offgrid_times") return {double(s.allow_offgrid)};
    if (name == "shift_now_spikes") return {double(s.shift_now)};
    if (name == "precise_times") return {0.0};
    if (name == "origin") return {ms(s.origin)};
    if (name == "start") return {ms(s.start)};
    if (name == "stop") return {ms(s.stop)};
    throw unknown_parameter({object, std::string(name), "", known_names(), "check the spelling"});
}

void spike_sources::collect(std::int64_t t, int steps, std::vector<spike_event>& events,
                            std::vector<std::int64_t>& begin) {
    emitted_.clear();
    auto const end = t + steps;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        if (next_[i] > end) continue;
        auto& s = sources_[i];
        auto const after = s.start, until = s.stop;
        for (; s.next_stamp() <= end; ++s.position) {
            auto const relative = s.stamps[s.position], stamp = s.origin + relative;
            if (stamp <= t || relative <= after || relative > until) continue;
            auto const multiplicity = s.multiplicities.empty() ? 1 : s.multiplicities[s.position];
            auto const factor = s.weights.empty() ? 1.0 : s.weights[s.position];
            if (multiplicity > 0) emitted_.push_back({stamp - 1 - t, {s.id, multiplicity, factor}});
        }
        next_[i] = s.next_stamp();
    }
    // Sorted by step, otherwise in the order found: by counting.
    begin.assign(std::size_t(steps) + 1, 0);
    for (auto const& e : emitted_) ++begin[std::size_t(e.step)];
    std::int64_t at = 0;
    for (auto& b : begin) at += std::exchange(b, at);
    events.resize(emitted_.size());
    auto place = begin;
    for (auto const& e : emitted_) events[std::size_t(place[std::size_t(e.step)]++)] = e.event;
}

double spike_sources::largest_factor(std::int32_t id) const { return sources_[index(id)].largest_factor; }

}  // namespace ranvier
