// Generators and recorders: settings.
#include <cmath>

#include "host/network_impl.h"
#include "models/devices.h"

namespace ranvier {

namespace {

constexpr double longest_time = 1e12;  // ms, 30 years

[[noreturn]] void wrong(parameter const& value, std::string const& object, std::string const& name,
                        std::string const& needed) {
    throw wrong_type({object, name, value.text(), needed, "it was given as " + value.type()});
}

double number(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* x = value.get<double>()) return *x;
    if (auto const* i = value.get<std::int64_t>()) return double(*i);
    if (auto const* b = value.get<bool>()) return double(*b);
    wrong(value, object, name, "a number");
}
std::int64_t whole(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* i = value.get<std::int64_t>()) return *i;
    wrong(value, object, name, "an integer");
}
bool yes_or_no(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* b = value.get<bool>()) return *b;
    wrong(value, object, name, "true or false");
}

std::int64_t tics(double ms) { return std::int64_t(ms * 1000 + (ms < 0 ? -0.5 : 0.5)); }
/// Up to `longest_time`.
bool on_grid(double ms, double h) { return std::fabs(ms) <= longest_time && tics(ms) % tics(h) == 0; }
std::int64_t grid_steps(double ms, double h) {
    if (std::isinf(ms)) return ms > 0 ? INT64_MAX / 4 : -INT64_MAX / 4;
    return tics(ms) / tics(h);
}

std::vector<std::string> texts(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* s = value.get<std::string>()) return {*s};
    if (auto const* v = value.get<std::vector<std::string>>()) return *v;
    wrong(value, object, name, "text or a list of texts");
}
std::string one_text(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* s = value.get<std::string>()) return *s;
    wrong(value, object, name, "text");
}

/// Whether it was one of a window's values.
bool set_window(device_window& w, std::string const& object, std::string const& name,
                parameter const& value) {
    if (name != "origin" && name != "start" && name != "stop") return false;
    (name == "origin" ? w.origin : name == "start" ? w.start : w.stop) = number(value, object, name);
    return true;
}

[[noreturn]] void reject_unknown(std::string const& object, std::string const& name, parameter const& value,
                                 std::string const& known) {
    throw unknown_parameter({object, name, value.text(), known, "check the spelling"});
}

}  // namespace

void network::implementation::check_window(population const& p, device_window const& w) const {
    for (auto const& [name, ms] :
         {std::pair{"origin", double(w.origin)}, {"start", double(w.start)}, {"stop", double(w.stop)}})
        if (!(ms >= 0) || !(std::isinf(ms) || on_grid(ms, h)))
            throw bad_time({p.model_name, name, fmt::format("{} ms", ms),
                            fmt::format("multiples of {} ms from 0 to {} ms, or infinity", h, longest_time),
                            "round it to the resolution"});
    if (auto bad = p.model->state.check(&w, p.model_name)) throw out_of_range(*bad);
}

void network::implementation::add_device(population const& p) {
    for (auto id = p.first; id < p.first + p.n; ++id) {
        switch (p.model->role) {
            case node_role::spike_source:
                sources.add(id);
                break;
            case node_role::spike_recorder:
                recorders.add_spike_recorder(id, p.model_name);
                break;
            case node_role::multimeter:
                recorders.add_multimeter(id, p.model_name, {});
                meters[id] = {};
                break;
            default: {
                auto const& field = p.model->params.fields[0];
                generators[id] = {{{0, field.default_value}}, {{0, device_window{}}}};
            }
        }
    }
}

void network::implementation::remove_device(population const& p) {
    for (auto id = p.first; id < p.first + p.n; ++id) {
        generators.erase(id);
        meters.erase(id);
        windows.erase(id);
        if (recorders.exists(id)) recorders.remove(id);
        if (p.model->role == node_role::spike_source) sources.remove(id);
    }
}

generator_state network::implementation::changed_generator(population const& p, std::int32_t id,
                                                           dictionary const& values) const {
    auto const& object = p.model_name;
    auto g = generators.at(id);
    auto const& field = p.model->params.fields[0];
    auto window = g.windows.back().second;
    for (auto const& [name, value] : values) {
        if (set_window(window, object, name, value)) continue;
        if (name != field.name) reject_unknown(object, name, value, field.name + ", origin, start, stop");
        auto const x = number(value, object, name);
        std::vector<std::byte> record(p.model->params.size);
        p.model->params.make(record.data());
        write_field(field, record.data(), x);
        if (auto bad = p.model->params.check(record.data(), object)) throw out_of_range(*bad);
        bool const poisson = p.model->role == node_role::poisson_drive;
        if (!std::isfinite(x) || (poisson && x * h * 1e-3 > 1e9))
            throw out_of_range({object, name, shown(field, x),
                                poisson ? "finite numbers, at most 1e9 spikes per step" : "finite numbers",
                                "the default is " + shown(field, field.default_value)});
        if (g.values.back().first == now) g.values.pop_back();
        g.values.emplace_back(now, x);
    }
    check_window(p, window);
    if (g.windows.back().first == now) g.windows.pop_back();
    g.windows.emplace_back(now, window);
    return g;
}

network::implementation::recorder_change network::implementation::changed_recorder(
    population const& p, std::int32_t id, dictionary const& values) const {
    auto const& object = p.model_name;
    bool const multi = p.model->role == node_role::multimeter;
    recorder_change c{recorders.settings(id), {}, {}, false};
    auto& s = c.settings;
    if (multi) c.sampling = meters.at(id);
    std::vector<std::byte> record(p.model->params.size);
    p.model->params.make(record.data());
    if (auto const w = windows.find(id); w != windows.end()) c.window = w->second;
    for (auto const& [name, value] : values) {
        if (set_window(c.window, object, name, value)) continue;
        auto const* const declared = p.model->params.find(name);
        bool const of_meter = multi && (name == "record_from" || name == "interval" || name == "offset");
        if (of_meter && !c.sampling.targets.empty())
            throw out_of_range(
                {object, name, value.text(), "changes before it is connected", "make another multimeter"});
        if (name == "label")
            s.label = one_text(value, object, name);
        else if (name == "record_to")
            s.record_to = texts(value, object, name);
        else if (name == "file_extension")
            s.file_extension = one_text(value, object, name);
        else if (name == "precision")
            s.precision = whole(value, object, name);
        else if (name == "time_in_steps")
            s.time_in_steps = yes_or_no(value, object, name);
        else if (name == "n_events" && whole(value, object, name) == 0)
            c.clear = true;
        else if (name == "n_events")
            throw out_of_range({object, name, value.text(), "0, which forgets what has been recorded",
                                "make another recorder to go on counting"});
        else if (of_meter && name == "record_from")
            c.sampling.names = texts(value, object, name);
        else if (!declared)
            reject_unknown(
                object, name, value,
                std::string(multi ? "record_from, interval, offset, " : "") +
                    "start, stop, origin, label, record_to, file_extension, precision, time_in_steps, "
                    "n_events");
        if (!declared) continue;
        write_field(*declared, record.data(), number(value, object, name));
        if (auto bad = p.model->params.check(record.data(), object)) throw out_of_range(*bad);
        if (of_meter)
            (name == "interval" ? c.sampling.interval : c.sampling.offset) =
                meter_steps(object, name, number(value, object, name));
    }
    check_window(p, c.window);
    auto const origin = grid_steps(c.window.origin, h);
    s.after = origin + grid_steps(c.window.start, h);
    s.until = std::isinf(double(c.window.stop)) ? INT64_MAX : origin + grid_steps(c.window.stop, h);
    recorders.validate(id, s, c.sampling.names, std::max(id_after_last(), p.first + p.n) - 1);
    return c;
}

void network::implementation::set_device(population const& p, nodes const& which, dictionary const& values) {
    auto const n = std::size_t(which.size());
    switch (p.model->role) {
        case node_role::spike_source: {
            auto changed = n > 1 ? sources : spike_sources(h);
            auto& s = n > 1 ? changed : sources;  // one is all or none by itself
            for (std::size_t i = 0; i < n; ++i) s.set(which[std::int64_t(i)], values, now);
            if (n > 1) sources = std::move(changed);
            return;
        }
        case node_role::spike_recorder:
        case node_role::multimeter: {
            std::vector<recorder_change> changed;
            for (std::size_t i = 0; i < n; ++i)
                changed.push_back(changed_recorder(p, which[std::int64_t(i)], values));
            auto const nodes = std::max(id_after_last(), p.first + p.n) - 1;
            for (std::size_t i = 0; i < n; ++i) {
                auto const id = which[std::int64_t(i)];
                auto& c = changed[i];
                if (p.model->role == node_role::multimeter) {
                    if (c.sampling.targets.empty())
                        recorders.add_multimeter(id, p.model_name, c.sampling.names);
                    meters[id] = std::move(c.sampling);
                }
                recorders.set(id, c.settings, nodes);
                if (c.clear) recorders.clear(id);
                windows[id] = c.window;
            }
            return;
        }
        default: {
            std::vector<generator_state> changed;
            for (std::size_t i = 0; i < n; ++i)
                changed.push_back(changed_generator(p, which[std::int64_t(i)], values));
            for (std::size_t i = 0; i < n; ++i) generators[which[std::int64_t(i)]] = std::move(changed[i]);
        }
    }
}

std::int64_t network::implementation::meter_steps(std::string const& object, std::string const& name,
                                                  double ms) const {
    bool const interval = name == "interval", zero = !interval && ms == 0;
    if (!zero && (!(ms >= h && ms <= longest_time) || (interval && !on_grid(ms, h))))
        throw bad_time(
            {object, name, fmt::format("{} ms", ms),
             fmt::format("{} {} ms up to {} ms", interval ? "multiples of" : "0, or from", h, longest_time),
             "round it to the resolution"});
    return duration_steps(ms, h);
}

double network::implementation::device_value(std::int32_t id, population const& p,
                                             std::string_view name) const {
    auto window_value = [&](device_window const& w) {
        return name == "origin" ? double(w.origin) : name == "start" ? double(w.start) : double(w.stop);
    };
    bool const in_window = name == "origin" || name == "start" || name == "stop";
    if (auto const g = generators.find(id); g != generators.end()) {
        if (in_window) return window_value(g->second.windows.back().second);
        if (name == p.model->params.fields[0].name) return g->second.values.back().second;
    } else if (auto const w = windows.find(id); w != windows.end()) {
        if (in_window) return window_value(w->second);
        auto const s = recorders.settings(id);
        if (name == "n_events") return double(recorders.n_events(id));
        if (name == "precision") return double(s.precision);
        if (name == "time_in_steps") return s.time_in_steps;
        if (auto const m = meters.find(id); m != meters.end() && name == "interval")
            return m->second.interval > 0 ? m->second.interval * h : 1;
        else if (m != meters.end() && name == "offset")
            return m->second.offset * h;
    } else if (p.model->role == node_role::spike_source) {
        auto const v = sources.get(id, name);
        if (v.size() == 1) return v[0];
        throw wrong_size(
            {p.model_name, std::string(name), fmt::format("{} values", v.size()), "one value", "use list()"});
    }
    throw unknown_parameter({p.model_name, std::string(name), "",
                             names_of(p.model->params.fields) + ", origin, start, stop",
                             "check the spelling"});
}

}  // namespace ranvier
