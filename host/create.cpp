// Nodes and models: creation, parameters, state.
#include <algorithm>
#include <cmath>

#include "host/expression.h"
#include "host/lists.h"
#include "host/network_impl.h"
#include "host/registry.h"
#include "kernels/random.h"

namespace ranvier {

namespace {

/// A user's value for one field of n nodes. At least one value; one if it is a scalar.
std::vector<double> expand(parameter const& value, field_info const& f, std::string const& object,
                           std::int64_t n, key draws, std::uint64_t draw) {
    auto wrong = [&](std::string const& needed) {
        throw wrong_type({object, f.name, value.text(), needed, "it was given as " + value.type()});
    };
    std::vector<double> out;
    if (auto const* b = value.get<bool>()) {
        if (f.type != field_type::flag) wrong("a number");
        out = {double(*b)};
    } else if (auto const* i = value.get<std::int64_t>()) {
        if (f.type == field_type::flag) wrong("a bool");
        out = {double(*i)};
    } else if (auto const* x = value.get<double>()) {
        if (f.type != field_type::real) wrong(f.type == field_type::flag ? "a bool" : "an integer");
        out = {*x};
    } else if (auto const* v = value.get<std::vector<double>>()) {
        if (f.type != field_type::real) wrong("integers or bools");
        out = *v;
    } else if (auto const* w = value.get<std::vector<std::int64_t>>()) {
        out.assign(w->begin(), w->end());
    } else if (auto const* d = value.get<distribution>()) {
        if (f.type != field_type::real) wrong("a number or an array");
        out = draws_of(*d, n, draws, draw, object, f.name);
    } else {
        wrong("a number, an array or a distribution");
    }
    bool const scalar = !std::holds_alternative<std::vector<double>>(value.value()) &&
                        !std::holds_alternative<std::vector<std::int64_t>>(value.value()) &&
                        !value.get<distribution>();
    if (!scalar && std::int64_t(out.size()) != n)
        throw wrong_size({object, f.name, fmt::format("{} values", out.size()), fmt::format("{} values", n),
                          "give one for each node"});
    for (auto const x : out)
        if (std::isnan(x))
            throw out_of_range({object, f.name, "NaN", "numbers", "look at where it comes from"});
    return out;
}

struct assignment {
    enum { params, archive, state } where;
    field_info const* field;
    std::vector<double> values;  // 1 or one per node
    double at(std::int64_t i) const { return values.size() == 1 ? values[0] : values[std::size_t(i)]; }
};

/// What a call sets.
struct assignments {
    std::vector<assignment> fields;
    std::vector<list_values> lists;
};

/// Names of parameters that decide about model-initialised state.
bool initialises(node_model const& m, std::string_view name) {
    return std::find(m.initialised_by.begin(), m.initialised_by.end(), name) != m.initialised_by.end();
}

/// What can be read.
std::string readable(node_model const& m) {
    auto s = parameters_of(m) + ", t_spike";
    for (auto const& r : m.recordables)
        if (!m.state.find(r.name)) s += ", " + r.name;
    for (auto const& e : m.lists)
        if (!e.count.empty()) s += ", " + e.count;
    return s;
}

/// Whether values make parameters differ between nodes.
bool varies(node_model const& m, dictionary const& values) {
    return std::any_of(values.begin(), values.end(), [&](auto const& v) {
        auto const& given = v.second;
        return given.template get<std::vector<std::vector<double>>>() ||
               (m.params.find(v.first) &&
                (given.template get<std::vector<double>>() ||
                 given.template get<std::vector<std::int64_t>>() || given.template get<distribution>()));
    });
}

void spread(record_array& r, std::int64_t n) {
    if (r.n == n) return;
    std::vector<std::byte> all(r.size * std::size_t(n));
    for (std::int64_t i = 0; i < n; ++i)
        std::copy_n(r.bytes.begin(), r.size, all.begin() + std::ptrdiff_t(r.size * std::size_t(i)));
    r.bytes = std::move(all);
    r.n = n;
}

/// State whose absolute value and origin stay as they are keeps its bits: to add and subtract an origin would
/// change the last ones. All are records; `kept` is the internal one from before.
void keep_bits(node_model const& m, void const* params, std::vector<std::byte> const& kept,
               std::vector<std::byte> const& absolute_before, std::vector<std::byte> const& absolute_now,
               void* state) {
    auto same_origin = kept;
    m.to_absolute(params, same_origin.data());
    for (std::size_t at = 0; at + 8 <= kept.size(); at += 8) {  // an empty record has one byte
        auto equal = [&](auto const& a, auto const& b) {
            return std::memcmp(a.data() + at, b.data() + at, 8) == 0;
        };
        if (equal(absolute_before, absolute_now) && equal(absolute_before, same_origin))
            std::memcpy(static_cast<std::byte*>(state) + at, kept.data() + at, 8);
    }
}

/// Applies assignments to the nodes of a population at positions where(i), i < n; throws before anything is
/// changed.
template <class Where>
void assign(population& p, assignments const& all, std::int64_t n, Where where, double h, bool fresh) {
    auto const& m = *p.model;
    auto const& list = all.fields;
    auto params = p.params, archive = p.archive, state = p.state;
    auto lengths = p.lengths;
    bool whole = n == p.n, initialise = fresh && m.initialise;
    for (auto const& v : all.lists)
        if (!v.state && !(whole && params.shared() && v.values.size() == 1)) spread(params, p.n);
    for (auto const& a : list) {
        auto& r = a.where == assignment::params ? params : archive;
        if (a.where == assignment::state) continue;
        if (!(whole && r.shared() && a.values.size() == 1)) spread(r, p.n);
        initialise |= m.initialise && initialises(m, a.field->name);
    }
    auto write = [&](record_array& r, int what, std::int64_t at, std::int64_t i) {
        for (auto const& a : list)
            if (a.where == what) write_field(*a.field, r.at(at), a.at(i));
    };
    auto check = [&](record_info const& info, void const* record) {
        if (auto bad = info.check(record, p.model_name)) throw out_of_range(*bad);
    };
    auto const records = params.shared() ? 1 : n;
    for (std::int64_t i = 0; i < records; ++i) {
        write(params, assignment::params, where(i), i);
        check(m.params, params.at(where(i)));
    }
    for (std::int64_t i = 0; m.archives && i < (archive.shared() ? 1 : n); ++i) {
        write(archive, assignment::archive, where(i), i);
        check(archive_info(), archive.at(where(i)));
    }
    std::vector<std::byte> kept(m.state_size), before(m.state_size), after(m.state_size);
    for (std::int64_t i = 0; i < n; ++i) {
        auto* const s = state.at(where(i));
        if (!fresh) {
            std::memcpy(kept.data(), s, kept.size());
            m.to_absolute(p.params.at(where(i)), s);
            std::memcpy(before.data(), s, before.size());
        }
        write(state, assignment::state, where(i), i);
        check(m.state, s);
        std::memcpy(after.data(), s, after.size());
        m.to_internal(params.at(where(i)), s);
        if (!fresh) keep_bits(m, params.at(where(i)), kept, before, after, s);
        if (initialise) m.initialise(params.at(where(i)), h, s);
    }
    apply_lists(m, p.model_name, all.lists, {params, state, lengths, p.connected}, n, where);
    p.lengths = std::move(lengths);
    p.params = std::move(params);
    p.archive = std::move(archive);
    p.state = std::move(state);
}

assignments to_assignments(population const& p, dictionary const& values, std::int64_t n,
                           std::uint32_t seed) {
    assignments all;
    for (auto const& [name, value] : values) {
        if (auto list = to_list_values(*p.model, p.model_name, name, value, n)) {
            all.lists.push_back(std::move(*list));
            continue;
        }
        assignment a{assignment::params, p.model->params.find(name), {}};
        if (!a.field) a = {assignment::state, p.model->state.find(name), {}};
        if (!a.field && p.model->archives) a = {assignment::archive, archive_info().find(name), {}};
        if (!a.field)
            throw unknown_parameter(
                {p.model_name, name, value.text(), parameters_of(*p.model), "check the spelling"});
        auto const slot = std::uint32_t(a.field->offset / 8 + (a.where == assignment::state ? 32 : 0));
        a.values =
            expand(value, *a.field, p.model_name, n,
                   make_key(seed, stream_kind::initial_value, p.ordinal, slot % initial_value_slots), p.sets);
        all.fields.push_back(std::move(a));
    }
    return all;
}

}  // namespace

std::int64_t network::implementation::id_after_last() const {
    return populations.empty() ? 1 : populations.back().first + populations.back().n;
}
std::int32_t network::implementation::population_index(std::int32_t id) const {
    auto const after = std::upper_bound(populations.begin(), populations.end(), id,
                                        [](std::int32_t x, population const& p) { return x < p.first; });
    if (id < 1 || after == populations.begin() || id >= std::prev(after)->first + std::prev(after)->n)
        throw unknown_node({"node", "id", fmt::format("{}", id),
                            populations.empty() ? "none: there are no nodes yet"
                                                : fmt::format("1 ... {}", id_after_last() - 1),
                            "use what create has returned"});
    return std::int32_t(after - populations.begin()) - 1;
}
population& network::implementation::population_of(std::int32_t id) {
    return populations[std::size_t(population_index(id))];
}
void network::implementation::check_ids(nodes const& which) const {
    if (which.empty()) return;
    population_index(which.front());
    population_index(which.back());
}

node_instance& network::implementation::node_named(std::string_view name) {
    for (auto& m : node_instances)
        if (m.name == name) return m;
    throw unknown_model({"model", "name", std::string(name), names_of(node_instances), "check the spelling"});
}
std::int32_t network::implementation::synapse_named(std::string_view name) const {
    for (std::size_t i = 0; i < synapses.size(); ++i)
        if (synapses[i].name == name) return std::int32_t(i);
    throw unknown_model(
        {"synapse model", "name", std::string(name), names_of(synapses), "check the spelling"});
}

nodes network::implementation::create(std::string_view model, std::int64_t n, void const* typed,
                                      dictionary const& values) {
    check_usable();
    auto const& instance = node_named(model);
    auto const first = id_after_last();
    if (n < 1 || n > INT32_MAX - first)
        throw out_of_range({std::string(model), "n", fmt::format("{}", n),
                            fmt::format("1 ... {}", std::int64_t{INT32_MAX} - first),
                            "give a positive number"});
    population p;
    p.model = instance.model;
    p.model_name = instance.name;
    p.ordinal = std::uint32_t(populations.size());
    p.first = std::int32_t(first);
    p.n = n;
    p.params = {instance.params.size(), 1, instance.params};
    p.lengths = instance.lengths;
    if (typed) {
        std::memcpy(p.params.at(0), typed, p.model->params.size);
        for (auto const& f : p.model->params.fields)
            if (std::isnan(read_field(f, typed)))
                throw out_of_range({p.model_name, f.name, "NaN", "numbers", "look at where it comes from"});
    }
    if (auto bad = p.model->params.check(p.params.at(0), p.model_name)) throw out_of_range(*bad);
    bool const neuron = p.model->role == node_role::neuron;
    if (neuron || n > 1000) check_room(&p, nullptr, varies(*p.model, values));
    if (neuron) {
        p.archive = {sizeof(archiving), 1, std::vector<std::byte>(sizeof(archiving))};
        std::memcpy(p.archive.at(0), &instance.archive, sizeof(archiving));
        p.state = {instance.state.size(), 1, instance.state};
        spread(p.state, n);
        assign(
            p, to_assignments(p, values, n, opt.seed), n, [](std::int64_t i) { return i; }, h, true);
    } else {
        auto all = instance.device;
        all.insert(all.end(), values.begin(), values.end());
        add_device(p);
        try {
            set_device(p, {p.first, n}, all);
        } catch (...) {
            remove_device(p);
            throw;
        }
    }
    auto const index = std::int32_t(populations.size());
    if (neuron) {
        auto const least = (n + max_partition - 1) / max_partition;
        auto const wanted = opt.partitions > 0 ? opt.partitions : engine->partitions_for(n);
        auto const parts = std::min(n, std::max<std::int64_t>(least, wanted));
        std::vector<partition_plan> plans;
        for (std::int64_t i = 0; i < parts; ++i) {
            auto const begin = n * i / parts, end = n * (i + 1) / parts;
            plans.push_back({index, std::int32_t(p.first + begin), std::int32_t(end - begin)});
        }
        engine->add_population(p, index, plans);
        partitions.insert(partitions.end(), plans.begin(), plans.end());
        counted.neurons += n;
    }
    populations.push_back(std::move(p));
    host_current.push_back(1);
    device_current.push_back(neuron ? 0 : 1);
    constants_current.push_back(neuron ? 0 : 1);
    load.push_back(0);
    heaviest.push_back(0);
    indegree.push_back(0);
    exponents.push_back(INT32_MAX);
    dirty = true;
    return {std::int32_t(first), n};
}

void network::implementation::read_state(std::int32_t index) {
    auto const i = std::size_t(index);
    if (host_current[i]) return;
    engine->read_state(populations[i], index);
    host_current[i] = 1;
}

void network::implementation::set(nodes const& which, dictionary const& values) {
    check_usable();
    check_ids(which);
    // Changed copies first, so that an error in one population leaves all as they were.
    std::vector<std::pair<std::int32_t, population>> changed;
    for (std::int64_t i = 0; i < which.size();) {
        auto const index = population_index(which[i]);
        auto& p = populations[std::size_t(index)];
        auto const end = which.position(p.first + std::int32_t(p.n));
        if (p.model->role != node_role::neuron) {
            for (std::int64_t k = 0; k < which.size(); ++k)
                if (auto const& other = population_of(which[k]).model_name; other != p.model_name)
                    throw wrong_type({p.model_name, "nodes", "a mixture with " + other,
                                      "neurons, or devices of one model", "set them one after the other"});
            set_device(p, which, values);
            dirty = true;
            return;
        }
        read_state(index);
        auto copy = p;
        ++copy.sets;
        auto list = to_assignments(copy, values, which.size(), opt.seed);
        auto cut = [&](auto& v) {
            if (v.size() > 1) v = {v.begin() + i, v.begin() + end};
        };
        for (auto& a : list.fields) cut(a.values);
        for (auto& a : list.lists) cut(a.values);
        assign(
            copy, list, end - i, [&](std::int64_t k) { return std::int64_t{which[i + k]} - p.first; }, h,
            false);
        changed.emplace_back(index, std::move(copy));
        i = end;
    }
    for (auto& [index, p] : changed) {
        populations[std::size_t(index)] = std::move(p);
        device_current[std::size_t(index)] = 0;
        constants_current[std::size_t(index)] = 0;
    }
    dirty = true;
}

std::vector<double> network::implementation::get(nodes const& which, std::string_view name) {
    check_ids(which);
    std::vector<double> out;
    out.reserve(std::size_t(which.size()));
    for (std::int64_t i = 0; i < which.size();) {
        auto const index = population_index(which[i]);
        auto& p = populations[std::size_t(index)];
        auto const& m = *p.model;
        auto const end = which.position(p.first + std::int32_t(p.n));
        auto const fill = [&](auto f) {
            for (auto j = i; j < end; ++j) out.push_back(f(which[j] - p.first));
        };
        auto const* const param = m.params.find(name);
        auto const* const archive = m.archives ? archive_info().find(name) : nullptr;
        auto const recordable = m.role == node_role::neuron ? find_recordable(m, p.lengths, name)
                                                            : std::optional<recordable_info>{};
        auto const counted_list =
            std::find_if(m.lists.begin(), m.lists.end(), [&](auto const& e) { return e.count == name; });
        if (m.role != node_role::neuron) {
            for (auto j = i; j < end; ++j) out.push_back(device_value(which[j], p, name));
        } else if (param) {
            fill([&](std::int64_t k) { return read_field(*param, p.params.at(k)); });
        } else if (archive) {
            fill([&](std::int64_t k) { return read_field(*archive, p.archive.at(k)); });
        } else if (name == "t_spike") {
            auto const last = engine->last_spikes(p, index);
            fill([&](std::int64_t k) {
                return last[std::size_t(k)] < 0 ? -1 : double(last[std::size_t(k)]) * h;
            });
        } else if (m.state.find(name) || recordable) {
            read_state(index);
            auto const* const field = m.state.find(name);
            field_info const other{"", "", field_type::real, 0, "", field ? 0 : recordable->offset};
            fill([&](std::int64_t k) {
                auto const* const record = static_cast<std::byte const*>(p.state.at(k));
                std::vector<std::byte> s(record, record + p.state.size);
                m.to_absolute(p.params.at(k), s.data());
                return read_field(field ? *field : other, s.data());
            });
        } else if (counted_list != m.lists.end() && !name.empty()) {
            auto const l = std::size_t(counted_list - m.lists.begin());
            fill([&](std::int64_t k) { return double(m.count(p.params.at(k), l)); });
        } else if (read_list(m, p.params.at(0), p.state.at(0), p.lengths, name)) {
            throw wrong_type({p.model_name, std::string(name), "a list", "one value", "use list()"});
        } else {
            throw unknown_parameter({p.model_name, std::string(name), "", readable(m), "check the spelling"});
        }
        i = end;
    }
    return out;
}

}  // namespace ranvier
