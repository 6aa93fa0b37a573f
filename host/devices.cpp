// Generators and recorders: settings.
#include <cmath>

#include "host/network_impl.h"
#include "models/devices.h"

namespace ranvier {

namespace {

double number(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* x = value.get<double>()) return *x;
    if (auto const* i = value.get<std::int64_t>()) return double(*i);
    if (auto const* b = value.get<bool>()) return double(*b);
    throw wrong_type({object, name, value.text(), "a number", "it was given as " + value.type()});
}

bool on_grid(double ms, double h) {
    if (std::isinf(ms)) return true;
    auto const tics = std::int64_t(ms * 1000 + (ms < 0 ? -0.5 : 0.5));
    return tics % std::int64_t(h * 1000 + 0.5) == 0;
}

std::int64_t grid_steps(double ms, double h) {
    if (std::isinf(ms)) return ms > 0 ? INT64_MAX / 4 : -INT64_MAX / 4;
    return std::int64_t(ms * 1000 + (ms < 0 ? -0.5 : 0.5)) / std::int64_t(h * 1000 + 0.5);
}

std::vector<std::string> texts(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* s = value.get<std::string>()) return {*s};
    if (auto const* v = value.get<std::vector<std::string>>()) return *v;
    throw wrong_type(
        {object, name, value.text(), "text or a list of texts", "it was given as " + value.type()});
}
std::string one_text(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* s = value.get<std::string>()) return *s;
    throw wrong_type({object, name, value.text(), "text", "it was given as " + value.type()});
}

}  // namespace

void network::implementation::check_window(std::string const& object, device_window const& w) const {
    for (auto const& [name, ms] :
         {std::pair{"origin", double(w.origin)}, {"start", double(w.start)}, {"stop", double(w.stop)}})
        if (std::isnan(ms) || ms < 0 || !on_grid(ms, h))
            throw bad_time({object, name, fmt::format("{} ms", ms),
                            fmt::format("non-negative multiples of {} ms, or infinity", h),
                            "round it to the resolution"});
    if (w.stop < w.start)
        throw out_of_range(
            {object, "stop", fmt::format("{} ms", double(w.stop)), ">= start", "give a later stop"});
}

void network::implementation::add_device(population const& p, node_instance const& defaults) {
    for (auto id = p.first; id < p.first + p.n; ++id) {
        switch (p.model->role) {
            case node_role::spike_source:
                sources.add(id);
                break;
            case node_role::spike_recorder:
                recorders.add_spike_recorder(id, p.model_name);
                break;
            case node_role::multimeter:
                meters[id] = {};
                break;
            default: {
                auto& g = generators[id];
                device_window w;
                std::memcpy(&w, defaults.state.data(), sizeof w);
                g.windows = {{0, w}};
                g.values = {{0, read_field(p.model->params.fields[0], defaults.params.data())}};
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

void network::implementation::set_device(population const& p, node_instance const& defaults,
                                         dictionary const& values) {
    auto const& object = p.model_name;
    auto unknown = [&](std::string const& name, parameter const& value, std::string const& known) {
        throw unknown_parameter(
            {object, name, value.text(), "one of " + known, "look at the model's documentation"});
    };
    auto window_value = [&](device_window& w, std::string const& name, parameter const& value) {
        if (name != "origin" && name != "start" && name != "stop") return false;
        (name == "origin" ? w.origin : name == "start" ? w.start : w.stop) = number(value, object, name);
        return true;
    };
    bool const fresh = populations.empty() || p.first > populations.back().first;
    auto all = fresh ? defaults.device : dictionary{};
    all.insert(all.end(), values.begin(), values.end());
    for (auto id = p.first; id < p.first + p.n; ++id) {
        if (p.model->role == node_role::spike_source) {
            if (!all.empty()) sources.set(id, all, now);
        } else if (p.model->role == node_role::poisson_drive || p.model->role == node_role::current_drive) {
            auto copy = generators.at(id);
            auto const& field = p.model->params.fields[0];
            auto window = copy.windows.back().second;
            for (auto const& [name, value] : all) {
                if (window_value(window, name, value)) continue;
                if (name != field.name) unknown(name, value, field.name + ", origin, start, stop");
                auto record = defaults.params;
                write_field(field, record.data(), number(value, object, name));
                auto const x = read_field(field, record.data());
                if (auto bad = p.model->params.check(record.data()); bad || !std::isfinite(x))
                    throw out_of_range(
                        {object, name, fmt::format("{}", x), bad ? bad->allowed : "finite numbers", ""});
                if (p.model->role == node_role::poisson_drive && x * h * 1e-3 > 1e9)
                    throw out_of_range({object, name, fmt::format("{}", x), "at most 1e9 spikes per step",
                                        "lower the rate"});
                if (copy.values.back().first == now) copy.values.pop_back();
                copy.values.emplace_back(now, x);
            }
            check_window(object, window);
            if (copy.windows.back().first == now) copy.windows.pop_back();
            copy.windows.emplace_back(now, window);
            generators[id] = copy;
        } else {
            auto s = recorders.exists(id) ? recorders.settings(id) : recorder_settings{};
            auto& m = meters[id];
            auto meter = m;
            auto w = windows.contains(id) ? windows[id] : device_window{};
            bool clear = false;
            for (auto const& [name, value] : all) {
                if (window_value(w, name, value)) continue;
                bool const multi = p.model->role == node_role::multimeter;
                if (name == "label")
                    s.label = one_text(value, object, name);
                else if (name == "record_to")
                    s.record_to = texts(value, object, name);
                else if (name == "file_extension")
                    s.file_extension = one_text(value, object, name);
                else if (name == "precision")
                    s.precision = std::int64_t(number(value, object, name));
                else if (name == "time_in_steps")
                    s.time_in_steps = number(value, object, name) != 0;
                else if (name == "n_events" && number(value, object, name) == 0)
                    clear = true;
                else if (name == "n_events")
                    throw out_of_range(
                        {object, name, value.text(), "0, which forgets what has been recorded", ""});
                else if (multi && name == "record_from" && meter.targets.empty())
                    meter.names = texts(value, object, name);
                else if (multi && (name == "interval" || name == "offset") && meter.targets.empty())
                    (name == "interval" ? meter.interval : meter.offset) =
                        meter_steps(object, name, number(value, object, name));
                else if (multi && (name == "record_from" || name == "interval" || name == "offset"))
                    throw out_of_range({object, name, value.text(), "changes before it is connected",
                                        "make another multimeter"});
                else
                    unknown(name, value,
                            multi ? "record_from, interval, offset, start, stop, origin, label, record_to, "
                                    "file_extension, precision, time_in_steps"
                                  : "start, stop, origin, label, record_to, file_extension, precision, "
                                    "time_in_steps");
            }
            check_window(object, w);
            s.after = grid_steps(w.origin, h) + grid_steps(w.start, h);
            s.until =
                std::isinf(double(w.stop)) ? INT64_MAX : grid_steps(w.origin, h) + grid_steps(w.stop, h);
            if (p.model->role == node_role::multimeter && meter.targets.empty())
                recorders.add_multimeter(id, object, meter.names);
            recorders.set(id, s,
                          std::max<std::int64_t>(
                              p.first + p.n - 1,
                              populations.empty() ? 0 : populations.back().first + populations.back().n - 1));
            if (clear) recorders.clear(id);
            m = meter;
            windows[id] = w;
        }
    }
}

void network::implementation::set_devices(nodes const& which, population const& p, dictionary const& values) {
    // What has been changed is put back if a later one cannot be.
    auto const old_generators = generators;
    auto const old_sources = sources;
    auto const old_meters = meters;
    auto const old_windows = windows;
    std::vector<std::pair<std::int32_t, recorder_settings>> old_settings;
    try {
        for (std::int64_t i = 0; i < which.size(); ++i) {
            population one = p;
            one.first = which[i];
            one.n = 1;
            if (recorders.exists(which[i])) old_settings.emplace_back(which[i], recorders.settings(which[i]));
            set_device(one, node_named(p.model_name), values);
        }
    } catch (...) {
        generators = old_generators;
        sources = old_sources;
        meters = old_meters;
        windows = old_windows;
        for (auto const& [id, settings] : old_settings) recorders.set(id, settings);
        throw;
    }
}

std::int64_t network::implementation::meter_steps(std::string const& object, std::string const& name,
                                                  double ms) const {
    bool const interval = name == "interval";
    if (!(ms >= (interval ? h : 0)) || !std::isfinite(ms) || (interval && !on_grid(ms, h)))
        throw bad_time({object, name, fmt::format("{} ms", ms),
                        interval ? fmt::format("positive multiples of {} ms", h) : ">= 0",
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
        if (name == "n_events") return double(recorders.n_events(id));
    } else if (p.model->role == node_role::spike_source) {
        auto const v = sources.get(id, name);
        if (v.size() == 1) return v[0];
        throw wrong_size(
            {p.model_name, std::string(name), fmt::format("{} values", v.size()), "one value", "use list()"});
    }
    throw unknown_parameter({p.model_name, std::string(name), "", "the model's parameters", ""});
}

}  // namespace ranvier
