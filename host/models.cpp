// Named models: copies and defaults.
#include <cmath>

#include "host/network_impl.h"

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
        if (std::isnan(*x))
            throw out_of_range({object, f.name, "NaN", "numbers", "look at where it comes from"});
        return *x;
    }
    wrong("a scalar");
    return 0;
}

void check(record_info const& info, void const* record, std::string const& object) {
    if (auto bad = info.check(record)) {
        bad->object = object;
        throw out_of_range(*bad);
    }
}

}  // namespace

void network::implementation::set_instance(node_instance& m, dictionary const& values) const {
    auto copy = m;
    static auto const archive = describe_record<archiving>();
    for (auto const& [name, value] : values) {
        if (auto const* f = m.model->params.find(name))
            write_field(*f, copy.params.data(), scalar(value, *f, m.name));
        else if (auto const* g = m.model->state.find(name))
            write_field(*g, copy.state.data(), scalar(value, *g, m.name));
        else if (auto const* a = m.model->archives ? archive.find(name) : nullptr)
            write_field(*a, &copy.archive, scalar(value, *a, m.name));
        else if (m.model->role == node_role::neuron)
            throw unknown_parameter({m.name, name, value.text(), "the model's parameters", ""});
        else
            copy.device.emplace_back(name, value);  // checked when a device is made
    }
    check(m.model->params, copy.params.data(), m.name);
    if (m.model->role == node_role::neuron) {
        check(m.model->state, copy.state.data(), m.name);
        check(archive, &copy.archive, m.name);
    }
    m = std::move(copy);
}

void network::implementation::set_instance(synapse_instance& s, dictionary const& values) const {
    auto copy = s;
    for (auto const& [name, value] : values) {
        if (name == "weight" || name == "delay" || name == "Kplus") {
            field_info const f{name, "", field_type::real, 0, "", 0};
            auto const x = scalar(value, f, s.name);
            if (name == "delay" && !(std::floor(x / h + 0.5) >= 1 && std::isfinite(x)))
                throw bad_delay({s.name, name, fmt::format("{} ms", x), fmt::format(">= {} ms", h), ""});
            if (name == "Kplus" && (!s.model->state.find(name) || !(x >= 0)))
                throw out_of_range({s.name, name, fmt::format("{}", x), ">= 0", ""});
            if (name == "weight") check_weight(s, std::fabs(x));
            (name == "weight" ? copy.weight : name == "delay" ? copy.delay : copy.kplus) = x;
        } else if (auto const* f = s.model->common.find(name)) {
            write_field(*f, copy.common.data(), scalar(value, *f, s.name));
        } else if (auto const* g = s.model->params.find(name)) {
            write_field(*g, copy.params.data(), scalar(value, *g, s.name));
        } else {
            throw unknown_parameter({s.name, name, value.text(), "the synapse model's parameters", ""});
        }
    }
    check(s.model->common, copy.common.data(), s.name);
    check(s.model->params, copy.params.data(), s.name);
    s = std::move(copy);
}

void network::implementation::copy_model(std::string_view existing, std::string const& name,
                                         dictionary const& defaults) {
    check_usable();
    auto taken = [&] {
        throw unknown_model({"copy_model", "name", name, "names that no model has", "choose another"});
    };
    for (auto const& m : node_instances)
        if (m.name == name) taken();
    for (auto const& s : synapses)
        if (s.name == name) taken();
    for (auto const& m : node_instances) {
        if (m.name != existing) continue;
        auto copy = m;
        copy.name = name;
        set_instance(copy, defaults);
        node_instances.push_back(std::move(copy));
        return;
    }
    auto copy = synapses[std::size_t(synapse_named(existing))];
    copy.name = name;
    set_instance(copy, defaults);
    synapses.push_back(std::move(copy));
}

void network::implementation::set_defaults(std::string_view model, dictionary const& defaults) {
    check_usable();
    for (auto& m : node_instances)
        if (m.name == model) return set_instance(m, defaults);
    auto& s = synapses[std::size_t(synapse_named(model))];
    set_instance(s, defaults);
    if (s.model->common_weight)
        for (std::size_t p = 0; p < populations.size(); ++p) heavier(std::int32_t(p), std::fabs(s.weight));
    dirty = true;
}

}  // namespace ranvier
