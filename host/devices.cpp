// Devices: creation, settings of recorders.
#include <cmath>

#include "host/device_values.h"
#include "host/network_impl.h"

namespace ranvier {

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
            case node_role::packet_source: {
                sources.add(id);
                auto& made = packets[id];
                made.params.resize(p.model->params.size);
                p.model->params.make(made.params.data());
                made.seed = opt.seed;
                break;
            }
            case node_role::correlation_detector:
                correlations.add(id, new_detector());
                break;
            case node_role::volume_transmitter:
                transmitters.add(id);
                break;
            case node_role::weight_recorder:
                recorders.add_weight_recorder(id, p.model_name);
                weight_filters[id] = {};
                break;
            case node_role::spike_recorder:
                recorders.add_spike_recorder(id, p.model_name);
                break;
            case node_role::multimeter:
                recorders.add_multimeter(id, p.model_name, p.model->record_from);
                meters[id] = {p.model->record_from, 0, 0, {}};
                break;
            default:
                generators[id] = new_generator(*p.model);
                if (p.model->role == node_role::train_source && id > 0)
                    shared_trains.add(id, id, make_key(opt.seed, stream_kind::neuron, p.ordinal), now);
        }
    }
}

void network::implementation::remove_device(population const& p) {
    for (auto id = p.first; id < p.first + p.n; ++id) {
        generators.erase(id);
        meters.erase(id);
        windows.erase(id);
        packets.erase(id);
        correlations.remove(id);
        transmitters.remove(id);
        weight_filters.erase(id);
        if (recorders.exists(id)) recorders.remove(id);
        if (p.model->role == node_role::spike_source || p.model->role == node_role::packet_source)
            sources.remove(id);
        if (p.model->role == node_role::train_source) shared_trains.remove(id);
    }
}

network::implementation::recorder_change network::implementation::changed_recorder(
    population const& p, std::int32_t id, dictionary const& values) const {
    auto const& object = p.model_name;
    bool const multi = p.model->role == node_role::multimeter,
               weighing = p.model->role == node_role::weight_recorder;
    recorder_change c{recorders.settings(id), {}, {}, {}, false};
    auto& s = c.settings;
    if (multi) c.sampling = meters.at(id);
    if (weighing) c.filter = weight_filters.at(id);
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
            s.label = text_of(value, object, name);
        else if (name == "record_to")
            s.record_to = texts_of(value, object, name);
        else if (name == "file_extension")
            s.file_extension = text_of(value, object, name);
        else if (name == "precision")
            s.precision = integer_of(value, object, name);
        else if (name == "time_in_steps")
            s.time_in_steps = flag_of(value, object, name);
        else if (name == "n_events" && integer_of(value, object, name) == 0)
            c.clear = true;
        else if (name == "n_events")
            throw out_of_range({object, name, value.text(), "0, which forgets what has been recorded",
                                "make another recorder to go on counting"});
        else if (weighing && (name == "senders" || name == "targets"))
            (name == "senders" ? c.filter.senders : c.filter.targets) = ids_of(object, name, value);
        else if (of_meter && name == "record_from")
            c.sampling.names = texts_of(value, object, name);
        else if (!declared)
            reject_unknown(
                object, name, value,
                std::string(multi      ? "record_from, interval, offset, "
                            : weighing ? "senders, targets, "
                                       : "") +
                    "start, stop, origin, label, record_to, file_extension, precision, time_in_steps, "
                    "n_events");
        if (!declared) continue;
        write_field(*declared, record.data(), number_of(value, object, name));
        if (auto bad = p.model->params.check(record.data(), object)) throw out_of_range(*bad);
        if (of_meter)
            (name == "interval" ? c.sampling.interval : c.sampling.offset) =
                meter_steps(object, name, number_of(value, object, name));
    }
    check_window(p, c.window);
    auto const origin = grid_steps(c.window.origin, h);
    s.after = origin + grid_steps(c.window.start, h);
    s.until = std::isinf(double(c.window.stop)) ? INT64_MAX : origin + grid_steps(c.window.stop, h);
    recorders.validate(id, s, weighing ? recorders.names(id) : c.sampling.names,
                       std::max(id_after_last(), p.first + p.n) - 1);
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
        case node_role::packet_source: {
            std::vector<packet_state> changed;
            for (std::size_t i = 0; i < n; ++i)
                changed.push_back(changed_packets(p, which[std::int64_t(i)], values));
            for (std::size_t i = 0; i < n; ++i) packets[which[std::int64_t(i)]] = std::move(changed[i]);
            return;
        }
        case node_role::correlation_detector: {
            std::vector<detector_change> changed;
            for (std::size_t i = 0; i < n; ++i)
                changed.push_back(changed_detector(p, which[std::int64_t(i)], values));
            for (std::size_t i = 0; i < n; ++i) {
                correlations.set(which[std::int64_t(i)], changed[i].settings, changed[i].reset);
                windows[which[std::int64_t(i)]] = changed[i].window;
            }
            return;
        }
        case node_role::volume_transmitter: {
            std::vector<std::int64_t> changed;
            for (std::size_t i = 0; i < n; ++i)
                changed.push_back(changed_interval(p, which[std::int64_t(i)], values));
            for (std::size_t i = 0; i < n; ++i) transmitters.interval(which[std::int64_t(i)]) = changed[i];
            return;
        }
        case node_role::spike_recorder:
        case node_role::weight_recorder:
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
                if (p.model->role == node_role::weight_recorder) weight_filters[id] = std::move(c.filter);
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

std::optional<std::vector<double>> network::implementation::detector_list(std::int32_t id,
                                                                          std::string_view name) const {
    if (!correlations.exists(id)) return {};
    auto const doubles = [](auto const& v) { return std::vector<double>(v.begin(), v.end()); };
    if (name == "histogram") return correlations.histogram(id);
    if (name == "histogram_correction") return correlations.correction(id);
    if (name == "count_histogram") return doubles(correlations.counts(id));
    if (name == "n_events") return doubles(correlations.n_events(id));
    return {};
}

double network::implementation::device_value(std::int32_t id, population const& p,
                                             std::string_view name) const {
    auto window_value = [&](device_window const& w) {
        return name == "origin" ? double(w.origin) : name == "start" ? double(w.start) : double(w.stop);
    };
    bool const in_window = name == "origin" || name == "start" || name == "stop";
    if (auto const g = generators.find(id); g != generators.end()) {
        if (in_window) return window_value(g->second.windows.back().second);
        if (auto const* const f = p.model->params.find(name))
            return read_field(*f, g->second.params.back().second.data());
        if (!name.empty() && name == p.model->individual) return p.model->role != node_role::train_source;
        if (p.model->list && (name == p.model->list->times || name == p.model->list->values))
            throw wrong_type({p.model_name, std::string(name), "a list", "one value", "use list()"});
    } else if (auto const g = packets.find(id); g != packets.end()) {
        if (in_window) return window_value(g->second.window);
        if (auto const* const f = p.model->params.find(name)) return read_field(*f, g->second.params.data());
        if (name == pulse_times)
            throw wrong_type({p.model_name, std::string(name), "a list", "one value", "use list()"});
    } else if (correlations.exists(id)) {
        auto const& s = correlations.settings(id);
        auto const w = windows.find(id);
        if (in_window) return window_value(w == windows.end() ? device_window{} : w->second);
        if (name == "delta_tau") return 0.001 * double(s.delta_tau * tics_of(h));
        if (name == "tau_max") return 0.001 * double(s.tau_max * tics_of(h));
        if (name == "Tstart") return s.t_start;
        if (name == "Tstop") return s.t_stop;
        if (detector_list(id, name))
            throw wrong_type({p.model_name, std::string(name), "a list", "one value", "use list()"});
    } else if (transmitters.exists(id)) {
        if (name == p.model->params.fields.front().name) return double(transmitters.interval(id));
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
    auto const window = names_of(p.model->state.fields);
    throw unknown_parameter({p.model_name, std::string(name), "",
                             names_of(p.model->params.fields) + (window.empty() ? "" : ", ") + window,
                             "check the spelling"});
}

}  // namespace ranvier
