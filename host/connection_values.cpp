// Values of connections that have been built: read, and set.
#include <algorithm>
#include <cmath>
#include <set>

#include "host/network_impl.h"

namespace ranvier {

namespace {
std::string field_names(record_info const& r) {
    std::string s;
    for (auto const& f : r.fields) s += ", " + f.name;
    return s;
}
std::string settable_names(synapse_model const& m) {
    return "weight, delay" + field_names(m.params) + field_names(m.state) +
           (has_label(m) ? ", synapse_label" : "");
}
/// How many of the names are a record's.
std::size_t named_in(named_values const& values, record_info const& r) {
    return std::size_t(std::count_if(values.begin(), values.end(),
                                     [&](auto const& v) { return r.find(v.first) != nullptr; }));
}
void check_number(std::string const& object, field_info const& f, double x) {
    if (std::isnan(x)) throw out_of_range({object, f.name, "nan", "numbers", "look at where it comes from"});
    if (f.type == field_type::integer && !(std::fabs(x) < 1e15 && x == std::floor(x)))
        throw wrong_type({object, f.name, fmt::format("{}", x), "integers", "round it"});
}
}  // namespace

std::vector<double> network::connection_values(std::vector<std::uint64_t> const& handles,
                                               std::string_view name, std::int32_t first, std::int32_t last) {
    self_->prepare();
    struct column {
        std::int64_t begin = 0;  // position of the first
        std::vector<double> values;
    };
    std::map<std::int32_t, column> known;  // [group]
    std::vector<double> all;
    all.reserve(handles.size());
    std::vector<std::byte> record;
    auto take = [&](column const& c, std::uint64_t handle, std::int64_t position) {
        auto const i = position - c.begin;
        if (i < 0 || i >= std::int64_t(c.values.size()))
            throw out_of_range({"connection_values", "sources", fmt::format("{} ... {}", first, last),
                                fmt::format("those of all handles, as {}", handle), "leave them out"});
        all.push_back(c.values[std::size_t(i)]);
    };
    auto& engine = *self_->engine;
    for (auto const handle : handles) {
        auto const [g, position] = self_->place_of(handle, "connection_values");
        auto const& s = self_->synapses[std::size_t(engine.group(g).synapse)];
        auto const& model = *s.model;
        if (name == "receptor") {
            all.push_back(self_->group_receptors[std::size_t(g)]);
            continue;
        }
        if (name == "synapse_label" && has_label(model)) {
            all.push_back(double(self_->label_at(handle, g)));
            continue;
        }
        if (auto const* const p = model.params.find(name)) {
            record.resize(model.params.size);
            if (!engine.read_params(g, position, record.data()))
                throw unknown_parameter(
                    {s.name, std::string(name), "", "receptor, " + settable_names(model),
                     "given to each connection, it is kept as what the model makes of it only"});
            all.push_back(read_field(*p, record.data()));
            continue;
        }
        auto const found = known.find(g);
        if (found != known.end()) {
            take(found->second, handle, position);
            continue;
        }
        auto& [begin, values] = known[g];
        if (name == "weight" || name == "delay") {
            engine.visit(g, first, last, [&, &begin = begin, &values = values](edge_record& e) {
                if (values.empty()) begin = std::int64_t(e.handle);
                values.push_back(name == "weight" ? e.weight : e.delay * self_->h);
            });
        } else if (auto const* const f = model.state.find(name)) {
            values = engine.state(g, std::size_t(f - model.state.fields.data()));
        } else {
            throw unknown_parameter(
                {s.name, std::string(name), "", "receptor, " + settable_names(model), "check the spelling"});
        }
        take(known[g], handle, position);
    }
    return all;
}

/// What is written into connections, once all of it has been checked; nothing where a vector is empty.
struct network::implementation::setting {
    std::vector<double> weights;
    std::vector<std::int64_t> delays;                    // steps
    std::vector<std::vector<std::byte>> params, states;  // records; empty where a model has no such names
    std::vector<std::int64_t> labels;
    std::vector<double> largest;  // of |weight| that is sent
    /// [group, member of the state record] traces of sources, by position.
    std::map<std::pair<std::int32_t, std::size_t>, positioned> traces;
};

void network::implementation::check_under_way(synapse_instance const& s, std::string const& name,
                                              std::string const& value, std::int32_t band) const {
    if (band > 0 && now > 0)
        throw illegal_connection(
            {s.name, name, value,
             fmt::format("only with delays below {} ms once there has been a run", double(max_slots) * h),
             "give it in connect, or set it before the first run: spikes are under way"});
}

/// A trace of sources becomes one of each connection where they are to differ, but where others modulate
/// them.
void network::implementation::check_traces(setting& all) const {
    for (auto& [at, values] : all.traces) {
        std::stable_sort(values.begin(), values.end(),
                         [](auto const& a, auto const& b) { return a.first < b.first; });
        // A connection may be given twice; its last value counts.
        positioned last;
        for (auto const& one : values) {
            if (!last.empty() && last.back().first == one.first) last.pop_back();
            last.push_back(one);
        }
        values = std::move(last);
        auto const& s = synapses[std::size_t(engine->group(at.first).synapse)];
        if (!s.model->modulator.empty() && !engine->of_sources(at.first, values))
            throw illegal_connection({s.name, s.model->state.fields[at.second].name,
                                      fmt::format("{}", values.front().second),
                                      "one value for all connections that a source got in a connect",
                                      "set all of them, or give it in connect"});
    }
}

std::int64_t network::implementation::checked_delay(synapse_instance const& s, std::int32_t band,
                                                    std::int64_t before, double ms) const {
    auto const steps = std::floor(ms / h + 0.5);
    auto const given = fmt::format("{} ms", ms);
    if (!(steps >= 1 && steps <= double(longest_delay)))
        throw bad_delay({s.name, "delay", given,
                         fmt::format("{} ms (one step) ... {:.3g} ms", h, double(longest_delay) * h),
                         steps > 1 ? "give a shorter delay" : "give a longer delay or a finer resolution"});
    if (steps == double(before)) return before;
    auto const from = band == 0 ? 1 : band_lag(band) + max_slice, to = band_lag(band + 1) + max_slice;
    if (band_of(std::int64_t(steps)) != band)
        throw illegal_connection(
            {s.name, "delay", given,
             fmt::format("{} ms <= delay < {} ms of this connection", double(from) * h, double(to) * h),
             "give it in connect"});
    if (now > 0 && band > 0)
        throw illegal_connection(
            {s.name, "delay", given,
             fmt::format("only delays below {} ms once there has been a run", double(max_slots) * h),
             "give it in connect, or set it before the first run: spikes are under way"});
    return std::int64_t(steps);
}

network::implementation::setting network::implementation::checked_setting(
    std::vector<std::uint64_t> const& handles, named_values const& values) {
    setting all;
    auto const n = handles.size();
    std::vector<double> const* weights = nullptr;
    std::vector<std::byte> params, state;  // of one connection
    for (auto const& [name, column] : values) {
        if (column.size() != n)
            throw wrong_size({"set_connection_values", name, fmt::format("{} values", column.size()),
                              fmt::format("{} values", n), "give one for each handle"});
        if (name == "weight") weights = &column;
    }
    for (std::size_t i = 0; i < n; ++i) {
        auto const [g, position] = place_of(handles[i], "set_connection_values");
        auto const group = engine->group(g);
        auto const& s = synapses[std::size_t(group.synapse)];
        auto const& m = *s.model;
        auto state_given = named_in(values, m.state);
        auto const params_given = named_in(values, m.params);
        params.resize(m.params.size), state.assign(m.state.size, std::byte{});
        bool const kept =
            params_given == 0 && !m.largest_factor ? true : engine->read_params(g, position, params.data());
        if (state_given > 0 || m.largest_factor) engine->read_state(g, position, state.data());
        for (auto const& [name, column] : values) {
            auto const x = column[i];
            auto const shown = fmt::format("{}", x);
            if (name == "weight") {
                if (m.common_weight)
                    throw illegal_connection(
                        {s.name, "weight", shown, "only the model's own", "set it with set_defaults"});
                check_weight(s, x);
                all.weights.push_back(x);
            } else if (name == "delay") {
                all.delays.push_back(checked_delay(s, group.band, engine->delay(g, position), x));
            } else if (name == "synapse_label" && has_label(m)) {
                bool const whole = std::fabs(x) < 1e15 && x == std::floor(x);
                all.labels.push_back(label_of(s, whole ? parameter(std::int64_t(x)) : parameter(x)));
            } else if (m.common.find(name) || name == "weight_recorder" || name == m.modulator) {
                throw illegal_connection({s.name, name, shown, "set_defaults or copy_model",
                                          "it belongs to the synapse model, not to a connection"});
            } else if (auto const* const p = m.params.find(name)) {
                check_under_way(s, name, shown, group.band);
                check_number(s.name, *p, x);
                write_field(*p, params.data(), x);
            } else if (auto const* const f = m.state.find(name)) {
                check_number(s.name, *f, x);
                // A connection may be given twice; its last value counts.
                write_field(*f, state.data(), x);
                auto const member = std::size_t(f - m.state.fields.data());
                if (member >= m.source_traces) continue;
                check_under_way(s, name, shown, group.band);
                all.traces[{g, member}].emplace_back(position, x), --state_given;
            } else {
                throw unknown_parameter({s.name, name, shown, settable_names(m), "check the spelling"});
            }
        }
        all.params.emplace_back();
        if (params_given > 0) {
            auto const first = std::find_if(values.begin(), values.end(),
                                            [&](auto const& v) { return m.params.find(v.first); });
            if (!kept && params_given < m.params.fields.size())
                throw illegal_connection({s.name, first->first, fmt::format("{}", first->second[i]),
                                          "in one call with all of " + field_names(m.params).substr(2),
                                          "give all of them: connect gave each connection its own, which is "
                                          "not kept as it was given"});
            if (auto bad = m.params.check(params.data(), s.name)) throw out_of_range(*bad);
            all.params.back() = params;
        }
        all.states.emplace_back();
        if (auto bad = m.state.check(state.data(), s.name); bad && named_in(values, m.state) > 0)
            throw out_of_range(*bad);
        if (state_given > 0) all.states.back() = state;
        auto const weight = weights ? (*weights)[i] : engine->weight(g, position);
        if (params_given > 0)
            check_weight_sign(s, params.data(), weight);
        else if (weights && !engine->weight_ok(g, position, weight))
            throw out_of_range({s.name, "weight", fmt::format("{}", weight), m.weight_range,
                                "give it the other sign, or another Wmax with it"});
        bool const known = kept || params_given == m.params.fields.size();
        auto const factor = m.largest_factor && known ? m.largest_factor(params.data(), state.data()) : 1.0;
        all.largest.push_back(std::fabs(weight) * std::max(factor, 1.0));
    }
    check_traces(all);
    return all;
}

void network::set_connection_values(std::vector<std::uint64_t> const& handles, named_values const& values) {
    if (values.size() == 1 && values.front().first == "weight")
        return set_weights(handles, values.front().second);
    auto& self = *self_;
    self.check_usable();
    auto const all = self.checked_setting(handles, values);
    auto& engine = *self.engine;
    auto const n = handles.size();
    auto const each = [&](auto f) {
        for (std::size_t i = 0; i < n; ++i) {
            auto const [g, position] = self.place_of(handles[i], "set_connection_values");
            f(i, g, position, self.synapses[std::size_t(engine.group(g).synapse)]);
        }
    };
    std::set<std::int32_t> modulated;  // models
    if (!all.delays.empty() || !all.traces.empty())
        each([&](std::size_t, std::int32_t g, std::int64_t, synapse_instance const& s) {
            if (!s.model->modulator.empty()) modulated.insert(engine.group(g).synapse);
        });
    if (!modulated.empty()) self.prepare();
    for (auto const synapse : modulated) engine.settle(synapse);
    // What may fail comes first.
    std::map<std::int32_t, std::int64_t> longest;  // [group], steps
    bool moved = false;
    each([&](std::size_t i, std::int32_t g, std::int64_t position, synapse_instance const& s) {
        if (!all.delays.empty() && engine.delay(g, position) != all.delays[i])
            longest[g] = std::max(longest[g], all.delays[i]);
        if (!all.params[i].empty()) moved |= engine.make_params(g, s);
    });
    for (auto const& [g, steps] : longest) moved |= engine.make_delays(g, steps);
    for (auto const& [at, values] : all.traces)
        if (!engine.of_sources(at.first, values))
            moved |= engine.make_params(at.first, self.synapses[std::size_t(engine.group(at.first).synapse)]);
    for (auto const& [at, values] : all.traces) engine.set_traces(at.first, at.second, values);
    each([&](std::size_t i, std::int32_t g, std::int64_t position, synapse_instance const& s) {
        if (longest.contains(g)) {
            auto const steps = all.delays[i];
            engine.set_delay(g, position, std::int32_t(steps));
            self.count_delays(steps, steps);
            self.make_room_for_delays(*s.model, steps, steps);
        }
        if (!all.params[i].empty()) engine.write_params(g, position, all.params[i].data(), s);
        if (!all.states[i].empty()) engine.write_state(g, position, all.states[i].data());
        if (!all.weights.empty()) engine.set_weight(g, position, all.weights[i]);
        if (!all.labels.empty()) self.own_labels[handles[i]] = all.labels[i];
        self.heavier(self.partitions[std::size_t(engine.group(g).partition)].population, all.largest[i]);
    });
    self.dirty = true;
    if (moved) self.prepare();
}

}  // namespace ranvier
