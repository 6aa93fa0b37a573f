// Generators that targets draw from: settings, and what follows from them.
#include <algorithm>
#include <cmath>

#include "host/device_values.h"
#include "host/network_impl.h"

namespace ranvier {

namespace {

constexpr std::int64_t forever = INT64_MAX / 4;
constexpr double most_in_a_step = 1e9;  // spikes

std::string known_names(node_model const& m) {
    auto s = names_of(m.params.fields);
    if (m.list) s += (s.empty() ? "" : ", ") + m.list->times + ", " + m.list->values;
    return s + ", origin, start, stop";
}

/// The value that holds at a step.
template <class T> T const& at_step(std::vector<std::pair<std::int64_t, T>> const& history, std::int64_t e) {
    auto const after = std::upper_bound(history.begin(), history.end(), e,
                                        [](std::int64_t x, auto const& h) { return x < h.first; });
    return after == history.begin() ? history.front().second : std::prev(after)->second;
}
/// Values from `now` on are replaced.
template <class T>
void put(std::vector<std::pair<std::int64_t, T>>& history, std::int64_t now, T const& value) {
    if (history.back().first == now) history.pop_back();
    history.emplace_back(now, value);
}

double one_value(parameter const& value, field_info const& f, std::string const& object) {
    return f.type == field_type::flag      ? double(flag_of(value, object, f.name))
           : f.type == field_type::integer ? double(integer_of(value, object, f.name))
                                           : number_of(value, object, f.name);
}

struct emission_window {
    std::int64_t set, from, until;  // emission steps; set: when it was
};
emission_window window_of(node_model const& m, std::int64_t set, device_window const& w, double h) {
    auto const from = grid_steps(w.origin, h) + grid_steps(w.start, h),
               until = std::min(grid_steps(w.origin, h) + grid_steps(w.stop, h), forever);
    if (m.early) return {set, std::max<std::int64_t>(from - 1, 0), until - 1};
    auto const late = m.role == node_role::train_source ? 0 : 1;  // steps
    return {set, from + late, until + late};
}

/// Noise changes at its first active step, then every `every` of the steps after which it changes; between
/// these it stays as it is, whatever is set.
emission_plan with_changes(emission_plan const& active) {
    emission_plan all;
    std::int64_t next = 0;
    stretch held{};
    for (auto s : active) {
        if (s.emitted.what != signal::kind::noise) {
            all.push_back(s);
            continue;
        }
        if (s.from < next) {
            auto old = held;
            old.from = s.from;
            old.until = std::min(s.until, next);
            all.push_back(old);
            s.from = old.until;
        }
        if (s.from >= s.until) continue;
        s.since = s.from;
        auto const every = s.emitted.every;
        held = s;
        held.since = s.since + (s.until - 1 - s.since) / every * every;
        next = held.since + every;
        all.push_back(s);
    }
    return all;
}

}  // namespace

generator_state network::implementation::new_generator(node_model const& m) const {
    generator_state g;
    std::vector<std::byte> record(m.params.size);
    m.params.make(record.data());
    for (auto const& name : m.on_grid) {
        auto const& f = *m.params.find(name);
        if (!on_grid(f.default_value, h)) write_field(f, record.data(), 10 * h);
    }
    g.params = {{0, record}};
    g.windows = {{0, device_window{}}};
    g.values = {{0, 0.0}};
    return g;
}

void network::implementation::set_value_list(generator_state& g, population const& p, bool rounds,
                                             parameter const* times, parameter const* values) const {
    auto const& object = p.model_name;
    auto const& list = *p.model->list;
    auto const& given = times ? list.times : list.values;
    if (!times || !values)
        throw wrong_size({object, given, (times ? times : values)->text(),
                          list.times + " and " + list.values + " together", "set both in one call"});
    auto const t = numbers_of(*times, object, list.times), x = numbers_of(*values, object, list.values);
    if (t.size() != x.size())
        throw wrong_size({object, list.values, fmt::format("{} values", x.size()),
                          fmt::format("one for each of {} {}", t.size(), list.times),
                          "give as many of both"});
    std::erase_if(g.values, [&](auto const& v) { return v.first >= now && v.first > 0; });
    if (g.values.empty()) g.values = {{0, 0.0}};
    g.times.clear();
    g.given = x;
    std::int64_t last = 0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        auto reject = [&](std::string const& allowed, std::string const& remedy) {
            throw bad_time({object, list.times, fmt::format("{} ms", t[i]), allowed, remedy});
        };
        if (!(t[i] > 0 && t[i] <= longest_time))
            reject(fmt::format("from {} to {} ms", h, longest_time), "time runs forwards from 0");
        if (!rounds && !on_grid(t[i], h))
            reject(fmt::format("multiples of {} ms", h), "set allow_offgrid_times to have it rounded up");
        auto const stamp = duration_steps(t[i], h);
        if (list.future_only && stamp <= now)
            reject(fmt::format("later than {} ms", double(now) * h), "the past stays as it was");
        if (stamp <= last) reject("strictly ascending times on the grid", "sort them, leave out doubles");
        if (!std::isfinite(x[i]))
            throw out_of_range({object, list.values, fmt::format("{}", x[i]), "finite numbers",
                                "look at where it comes from"});
        last = stamp;
        g.times.push_back(0.001 * double(stamp * tics_of(h)));
        if (stamp > now) {
            if (g.values.back().first == stamp - 1) g.values.pop_back();
            g.values.emplace_back(stamp - 1, x[i]);
        }
    }
}

generator_state network::implementation::changed_generator(population const& p, std::int32_t id,
                                                           dictionary const& values) const {
    auto const& object = p.model_name;
    auto const& m = *p.model;
    auto g = generators.at(id);
    auto window = g.windows.back().second;
    auto record = g.params.back().second;
    parameter const *times = nullptr, *listed = nullptr;
    bool options = false;
    std::string rate = m.list ? m.list->values : "";
    std::string shown_rate;
    for (auto const& [name, value] : values) {
        if (set_window(window, object, name, value)) continue;
        if (m.list && (name == m.list->times || name == m.list->values)) {
            (name == m.list->times ? times : listed) = &value;
            continue;
        }
        if (name == m.individual && !name.empty())
            throw out_of_range({object, name, value.text(), "set_defaults or copy_model",
                                "it belongs to the model: what has been created stays as it is"});
        auto const* const f = m.params.find(name);
        if (!f) reject_unknown(object, name, value, known_names(m));
        auto const x = one_value(value, *f, object);
        write_field(*f, record.data(), x);
        options |= m.list && f->type == field_type::flag;
        if (f->unit == "1/s" && name != "frequency") rate = name, shown_rate = shown(*f, x);
    }
    if (auto bad = m.params.check(record.data(), object)) throw out_of_range(*bad);
    for (auto const& [name, value] : values) {
        auto const* const f = m.params.find(name);
        if (!f || f->type != field_type::real) continue;
        auto const x = read_field(*f, record.data());
        auto const of_spikes = m.role != node_role::current_drive && f->unit == "1/s";
        auto const allowed =
            std::string(of_spikes ? "finite numbers, at most 1e9 spikes per step" : "finite numbers");
        if (!std::isfinite(x))
            throw out_of_range(
                {object, name, shown(*f, x), allowed, "the default is " + shown(*f, f->default_value)});
        bool const grid = std::find(m.on_grid.begin(), m.on_grid.end(), name) != m.on_grid.end();
        if (grid && !(on_grid(x, h) && tics_of(x) > 0))
            throw bad_time({object, name, fmt::format("{} ms", x),
                            fmt::format("positive multiples of {} ms", h), "round it to the resolution"});
    }
    if (options && !times && !g.times.empty())
        throw out_of_range({object, m.list->times, "not given", "given with options, once there are times",
                            "give options and times in one call"});
    auto const* const rounds = m.params.find("allow_offgrid_times");
    if (times || listed)
        set_value_list(g, p, rounds && read_field(*rounds, record.data()) != 0, times, listed);
    for (auto const& [step, x] : g.values)
        if (m.emit(record.data(), x, h).most_spikes() > most_in_a_step)
            throw out_of_range({object, rate, listed ? fmt::format("{} 1/s", x) : shown_rate,
                                "finite numbers, at most 1e9 spikes per step", "lower it"});
    check_window(p, window);
    if (record != g.params.back().second) put(g.params, now, record);
    put(g.windows, now, window);
    return g;
}

emission_plan network::implementation::emission(std::int32_t id) const {
    auto const& g = generators.at(id);
    auto const& m = *populations[std::size_t(population_index(id))].model;
    std::vector<emission_window> windows;
    std::vector<std::int64_t> changes{0};
    for (auto const& [set, w] : g.windows) {
        windows.push_back(window_of(m, set, w, h));
        auto const& last = windows.back();
        for (auto const at : {set, std::max(set, last.from), std::max(set, last.until)})
            changes.push_back(at);
    }
    for (auto const& [set, value] : g.values) changes.push_back(set);
    for (auto const& [set, record] : g.params) changes.push_back(set);
    std::sort(changes.begin(), changes.end());
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    emission_plan active;
    std::size_t w = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto const from = changes[i], until = i + 1 < changes.size() ? changes[i + 1] : forever;
        while (w + 1 < windows.size() && windows[w + 1].set <= from) ++w;
        if (from < windows[w].from || from >= windows[w].until || from >= until) continue;
        stretch s{from, until, m.emit(at_step(g.params, from).data(), at_step(g.values, from), h),
                  {},   0,     false};
        auto const* const before = active.empty() ? nullptr : &active.back();
        if (s.emitted.superposed() && !s.emitted.silent()) {
            s.restarts = !before || before->emitted.rows != s.emitted.rows ||
                         before->emitted.n_proc != s.emitted.n_proc;
            s.since = s.restarts ? 0 : before->since + (before->until - before->from);
        }
        if (s.emitted.what == signal::kind::noise || !s.emitted.silent()) active.push_back(s);
    }
    auto all = with_changes(active);
    std::erase_if(all, [](auto const& s) { return s.emitted.silent(); });
    return all;
}

double network::implementation::emitted(std::int32_t id, std::int64_t stamp) const {
    auto const& g = generators.at(id);
    auto const& m = *populations[std::size_t(population_index(id))].model;
    auto const step = stamp - 1;
    auto const s = m.emit(at_step(g.params, step).data(), at_step(g.values, step), h);
    auto const x = s.value.at(stamp);
    if (s.what == signal::kind::counts) return larger(s.mean * x, 0) / (h * 1e-3);
    auto const w = window_of(m, 0, at_step(g.windows, step), h);
    return w.from <= step && step < w.until ? x : 0;
}

double network::implementation::most_spikes(std::int32_t generator) const {
    double mean = 0;
    for (auto const& s : emission(generator))
        if (s.until > now) mean = std::max(mean, s.emitted.most_spikes());
    return mean + 10 * std::sqrt(mean) + 50;
}

}  // namespace ranvier
