// Named models: copies and defaults.
#include <algorithm>
#include <cmath>

#include "host/device_values.h"
#include "host/lists.h"
#include "host/network_impl.h"
#include "host/registry.h"

namespace ranvier {

namespace {

double scalar(parameter const& value, field_info const& f, std::string const& object) {
    auto wrong = [&](char const* needed) {
        throw wrong_type({object, f.name, value.text(), needed, "it was given as " + value.type()});
    };
    if (auto const* b = value.get<bool>()) {
        if (f.type != field_type::flag) wrong("a number");
        return *b;
    }
    if (auto const* i = value.get<std::int64_t>()) {
        if (f.type == field_type::flag) wrong("a bool");
        return double(*i);
    }
    if (auto const* x = value.get<double>()) {
        if (f.type != field_type::real) wrong(f.type == field_type::flag ? "a bool" : "an integer");
        mistake const nan{object, f.name, "NaN", "numbers", "look at where it comes from"};
        if (std::isnan(*x) && f.name == "delay") throw bad_delay(nan);
        if (std::isnan(*x)) throw out_of_range(nan);
        return *x;
    }
    wrong("a scalar");
    return 0;
}

void check(record_info const& info, void const* record, std::string const& object) {
    if (auto bad = info.check(record, object)) throw out_of_range(*bad);
}

/// The variant of a generator model with a train for each connection, or with one for all.
node_model const* with_trains(node_model const& m, bool individual) {
    auto const& all = node_models();
    auto const listed = std::find_if(all.begin(), all.end(), [&](auto const& x) { return x.name == m.name; });
    return individual ? &*listed : listed->shared;
}

}  // namespace

record_info const& archive_info() {
    static auto const info = describe_record<archiving>();
    return info;
}

std::string parameters_of(node_model const& m) {
    auto all = m.params.fields;
    all.insert(all.end(), m.state.fields.begin(), m.state.fields.end());
    for (auto const& e : m.lists)
        for (auto const* r : {&e.params, &e.state}) all.insert(all.end(), r->fields.begin(), r->fields.end());
    if (m.archives) all.insert(all.end(), archive_info().fields.begin(), archive_info().fields.end());
    return names_of(all);
}
std::string parameters_of(synapse_model const& m) {
    std::string s = "weight, delay";
    for (auto const* r : {&m.common, &m.params, &m.state})
        for (auto const& f : r->fields) s += ", " + f.name;
    s += ", weight_recorder";
    if (!m.modulator.empty()) s += ", " + m.modulator;
    return has_label(m) ? s + ", synapse_label" : s;
}

void network::implementation::set_instance(node_instance& m, dictionary const& values) {
    auto copy = m;
    if (m.model->role != node_role::neuron) {
        for (auto const& [name, value] : values) {
            if (m.model->individual.empty() || name != m.model->individual)
                copy.device.emplace_back(name, value);
            else
                copy.model = with_trains(*m.model, flag_of(value, m.name, name));
        }
        check_device(copy);
        m = std::move(copy);
        return;
    }
    auto const& archive = archive_info();
    std::vector<list_values> lists;
    for (auto const& [name, value] : values) {
        if (auto list = to_list_values(*m.model, m.name, name, value, 1))
            lists.push_back(std::move(*list));
        else if (auto const* f = m.model->params.find(name))
            write_field(*f, copy.params.data(), scalar(value, *f, m.name));
        else if (auto const* g = m.model->state.find(name))
            write_field(*g, copy.state.data(), scalar(value, *g, m.name));
        else if (auto const* a = m.model->archives ? archive.find(name) : nullptr)
            write_field(*a, &copy.archive, scalar(value, *a, m.name));
        else
            throw unknown_parameter(
                {m.name, name, value.text(), parameters_of(*m.model), "check the spelling"});
    }
    check(m.model->params, copy.params.data(), m.name);
    check(m.model->state, copy.state.data(), m.name);
    check(archive, &copy.archive, m.name);
    record_array params{copy.params.size(), 1, copy.params}, state{copy.state.size(), 1, copy.state};
    apply_lists(*m.model, m.name, lists, {params, state, copy.lengths, {}}, 1,
                [](std::int64_t i) { return i; });
    copy.params = std::move(params.bytes);
    copy.state = std::move(state.bytes);
    m = std::move(copy);
}

/// By a device that nobody sees.
void network::implementation::check_device(node_instance const& m) {
    population trial;
    trial.model = m.model;
    trial.model_name = m.name;
    trial.first = 0;  // no node's id
    trial.n = 1;
    add_device(trial);
    try {
        set_device(trial, {trial.first, trial.n}, m.device);
    } catch (...) {
        remove_device(trial);
        throw;
    }
    remove_device(trial);
}

void network::implementation::set_instance(synapse_instance& s, dictionary const& values) const {
    auto copy = s;
    for (auto const& [name, value] : values) {
        if (name == "weight" || name == "delay") {
            field_info const f{name, "", field_type::real, 0, "", 0};
            auto const x = scalar(value, f, s.name);
            if (name == "delay" && !(std::floor(x / h + 0.5) >= 1 && x <= longest_delay * h))
                throw bad_delay(
                    {s.name, name, fmt::format("{} ms", x),
                     fmt::format("{} ms (one step) ... {:.3g} ms", h, longest_delay * h),
                     x < h ? "give a longer delay or a finer resolution" : "give a shorter delay"});
            if (name == "weight") check_weight(s, x);
            (name == "weight" ? copy.weight : copy.delay) = x;
        } else if (name == "weight_recorder") {
            copy.weight_recorder = node_of_model(s.name, name, value, node_role::weight_recorder);
        } else if (!name.empty() && name == s.model->modulator) {
            copy.modulator = node_of_model(s.name, name, value, node_role::volume_transmitter);
        } else if (auto const* f = s.model->common.find(name)) {
            write_field(*f, copy.common.data(), scalar(value, *f, s.name));
        } else if (auto const* g = s.model->params.find(name)) {
            write_field(*g, copy.params.data(), scalar(value, *g, s.name));
        } else if (auto const* first = s.model->state.find(name)) {
            write_field(*first, copy.state.data(), scalar(value, *first, s.name));
        } else {
            throw unknown_parameter(
                {s.name, name, value.text(), parameters_of(*s.model), "check the spelling"});
        }
    }
    check(s.model->common, copy.common.data(), s.name);
    check(s.model->params, copy.params.data(), s.name);
    check(s.model->state, copy.state.data(), s.name);
    check_weight_sign(s, copy.params.data(), copy.weight);
    s = std::move(copy);
}

std::int64_t network::implementation::label_of(synapse_instance const& s, parameter const& value) const {
    mistake const m{s.name, "synapse_label", value.text(), "an integer >= 0, the same for all of a call",
                    "connections without one have -1"};
    auto const* const label = value.get<std::int64_t>();
    if (!label) throw wrong_type(m);
    if (*label < 0) throw out_of_range(m);
    return *label;
}

std::optional<std::int64_t> network::implementation::take_label(synapse_instance const& s,
                                                                dictionary& values) const {
    std::optional<std::int64_t> label;
    if (!has_label(*s.model)) return label;
    std::erase_if(values, [&](auto const& v) {
        if (v.first != "synapse_label") return false;
        label = label_of(s, v.second);
        return true;
    });
    return label;
}

unknown_model network::implementation::unknown(std::string_view name) const {
    return unknown_model({"model", "name", std::string(name),
                          names_of(node_instances) + ", " + names_of(synapses), "check the spelling"});
}

void network::implementation::copy_model(std::string_view existing, std::string const& name,
                                         dictionary const& defaults) {
    check_usable();
    auto has = [](auto const& all, std::string_view n) {
        return std::any_of(all.begin(), all.end(), [&](auto const& m) { return m.name == n; });
    };
    if (name.empty() || has(node_instances, name) || has(synapses, name))
        throw unknown_model(
            {"copy_model", "name", '"' + name + '"', "names that no model has", "choose another"});
    if (!has(node_instances, existing) && !has(synapses, existing)) throw unknown(existing);
    for (auto const& m : node_instances) {
        if (m.name != existing) continue;
        auto copy = m;
        copy.name = name;
        set_instance(copy, defaults);
        node_instances.push_back(std::move(copy));
        return;
    }
    auto copy = synapses[std::size_t(synapse_named(existing))];
    auto values = defaults;
    copy.name = name;
    auto const label = take_label(copy, values);
    set_instance(copy, values);
    auto const before = model_labels.find(std::string(existing));
    if (label || before != model_labels.end()) model_labels[name] = label.value_or(before->second);
    synapses.push_back(std::move(copy));
}

void network::implementation::set_defaults(std::string_view model, dictionary const& defaults) {
    check_usable();
    for (auto& m : node_instances)
        if (m.name == model) return set_instance(m, defaults);
    if (std::none_of(synapses.begin(), synapses.end(), [&](auto const& s) { return s.name == model; }))
        throw unknown(model);
    auto& s = synapses[std::size_t(synapse_named(model))];
    auto values = defaults;
    auto const label = take_label(s, values);
    auto changed = s;
    set_instance(changed, values);
    if (changed.common != s.common || changed.modulator != s.modulator)
        engine->settle(std::int32_t(&s - synapses.data()));
    s = std::move(changed);
    if (label) model_labels[s.name] = *label;
    if (s.model->common_weight)
        for (std::size_t p = 0; p < populations.size(); ++p) heavier(std::int32_t(p), std::fabs(s.weight));
    dirty = true;
}

}  // namespace ranvier
