#include "host/lists.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace ranvier {

namespace {

/// Names of a record's members.
std::string members_of(record_info const& r) {
    std::string s;
    for (auto const& f : r.fields) s += (s.empty() ? "" : ", ") + f.name;
    return s;
}

/// The count of a list as users know it.
std::string count_name(element_info const& e) {
    return e.count.empty() ? "number of " + members_of(e.params) : e.count;
}

/// What one call gives to a neuron's list.
class one_list {
  public:
    one_list(node_model const& m, std::string const& object, std::size_t list,
             std::vector<list_values> const& all)
        : model_(m), element_(m.lists[list]), object_(object), list_(list) {
        for (auto const& v : all)
            if (v.list == list) (v.state ? states_ : params_).push_back(&v);
    }
    bool empty() const { return params_.empty() && states_.empty(); }
    /// How many elements neuron i is to have, which has `before` now.
    std::int64_t count(std::int64_t i, std::int64_t before, bool frozen) const {
        auto n = before;
        if (!params_.empty()) n = std::int64_t(params_[0]->at(i).size());
        for (auto const* of : {&params_, &states_})
            for (auto const* v : *of)
                if (auto const size = std::int64_t(v->at(i).size()); size != n)
                    throw wrong_size({object_, v->field->name, fmt::format("{} values", size),
                                      fmt::format("{} values", n),
                                      "give lists of equal length: " + members_of(element_.params)});
        if (n == before) return n;
        if (params_.size() < element_.params.fields.size())
            throw wrong_size(
                {object_, count_name(element_), fmt::format("{}", n),
                 fmt::format("{}, unless all of {} are given", before, members_of(element_.params)),
                 "give all of them in one call"});
        if (frozen)
            throw out_of_range({object_, count_name(element_), fmt::format("{}", n),
                                fmt::format("{}: neurons have connections", before),
                                "set it before the first connection"});
        return n;
    }
    void write(std::int64_t i, std::int64_t n, list_lengths const& lengths, void* params, void* state) const {
        auto* const p = static_cast<std::byte*>(params);
        std::memcpy(p + model_.params.size + 8 * list_, &n, sizeof n);
        for (std::int64_t j = 0; j < n; ++j) {
            for (auto const* v : params_)
                write_field(*v->field, p + model_.params_at(lengths, list_, j), v->at(i)[std::size_t(j)]);
            for (auto const* v : states_)
                write_field(*v->field, static_cast<std::byte*>(state) + model_.state_at(lengths, list_, j),
                            v->at(i)[std::size_t(j)]);
        }
    }
    void check(std::int64_t n, list_lengths const& lengths, void const* params, void const* state) const {
        for (std::int64_t j = 0; j < n; ++j) {
            auto const* const p = static_cast<std::byte const*>(params) + model_.params_at(lengths, list_, j);
            auto const* const s = static_cast<std::byte const*>(state) + model_.state_at(lengths, list_, j);
            if (auto bad = element_.params.check(p, object_)) throw out_of_range(*bad);
            if (auto bad = element_.state.check(s, object_)) throw out_of_range(*bad);
            auto const& f = element_.params.fields[0];
            if (element_.compatible && !element_.compatible(params, p))
                throw out_of_range({object_, f.name, shown(f, read_field(f, p)), element_.compatible_range,
                                    "choose another value"});
        }
    }

  private:
    node_model const& model_;
    element_info const& element_;
    std::string const& object_;
    std::size_t list_;
    std::vector<list_values const*> params_, states_;
};

}  // namespace

std::optional<list_values> to_list_values(node_model const& m, std::string const& object,
                                          std::string const& name, parameter const& value, std::int64_t n) {
    list_values out{0, false, nullptr, {}};
    for (std::size_t l = 0; l < m.lists.size() && !out.field; ++l) {
        auto const* const f = m.lists[l].params.find(name);
        auto const* const g = m.lists[l].state.find(name);
        if (f || g) out = {l, !f, f ? f : g, {}};
    }
    if (!out.field) return {};
    using list = std::vector<double>;
    if (auto const* v = value.get<list>())
        out.values = {*v};
    else if (auto const* w = value.get<std::vector<std::int64_t>>())
        out.values = {list(w->begin(), w->end())};
    else if (auto const* all = value.get<std::vector<list>>())
        out.values = *all;
    else
        throw wrong_type({object, name, value.text(), "a list of numbers, or one list for each node",
                          "it was given as " + value.type()});
    if (out.values.size() != 1 && std::int64_t(out.values.size()) != n)
        throw wrong_size({object, name, fmt::format("{} lists", out.values.size()),
                          fmt::format("{} lists", n), "give one for each node"});
    for (auto const& v : out.values)
        for (auto const x : v)
            if (std::isnan(x))
                throw out_of_range({object, name, "NaN", "numbers", "look at where it comes from"});
    return out;
}

void resize_lists(node_model const& m, neuron_records records, list_lengths const& lengths) {
    auto move = [&](record_array& r, std::size_t fixed, auto bytes, auto at, auto size_of) {
        record_array to{bytes(lengths), r.n, {}};
        to.bytes.resize(to.size * std::size_t(r.n));
        for (std::int64_t i = 0; i < r.n; ++i) {
            auto const* const a = static_cast<std::byte const*>(r.at(i));
            auto* const b = static_cast<std::byte*>(to.at(i));
            std::memcpy(b, a, fixed);
            for (std::size_t l = 0; l < m.lists.size(); ++l)
                std::memcpy(b + at(lengths, l), a + at(records.lengths, l),
                            size_of(m.lists[l]) * std::size_t(std::min(lengths[l], records.lengths[l])));
        }
        r = std::move(to);
    };
    move(
        records.params, m.params.size + 8 * m.lists.size(), [&](auto const& n) { return m.params_bytes(n); },
        [&](auto const& n, std::size_t l) { return m.params_at(n, l, 0); },
        [](element_info const& e) { return e.params.size; });
    move(
        records.state, m.state_size, [&](auto const& n) { return m.state_bytes(n); },
        [&](auto const& n, std::size_t l) { return m.state_at(n, l, 0); },
        [](element_info const& e) { return e.state_size; });
    records.lengths = lengths;
}

void apply_lists(node_model const& m, std::string const& object, std::vector<list_values> const& lists,
                 neuron_records records, std::int64_t n,
                 std::function<std::int64_t(std::int64_t)> const& where) {
    if (lists.empty()) return;
    auto const neurons = records.params.shared() && records.state.shared() ? 1 : n;
    auto longest = records.lengths;
    std::vector<one_list> given;
    std::vector<std::vector<std::int64_t>> counts(m.lists.size());
    for (std::size_t l = 0; l < m.lists.size(); ++l) {
        auto const& one = given.emplace_back(m, object, l, lists);
        if (one.empty()) continue;
        auto frozen = [&](std::int64_t i) {
            return m.lists[l].receptors && !records.connected.empty() && records.connected[std::size_t(i)];
        };
        bool const all_alike = neurons < n;
        bool any = false;
        for (std::int64_t i = 0; i < n && all_alike; ++i) any |= frozen(where(i));
        for (std::int64_t i = 0; i < neurons; ++i) {
            counts[l].push_back(
                one.count(i, m.count(records.params.at(where(i)), l), all_alike ? any : frozen(where(i))));
            longest[l] = std::max(longest[l], std::int32_t(counts[l].back()));
        }
    }
    if (longest != records.lengths) resize_lists(m, records, longest);
    for (std::size_t l = 0; l < m.lists.size(); ++l)
        for (std::size_t i = 0; i < counts[l].size(); ++i) {
            auto const at = where(std::int64_t(i));
            auto *const p = records.params.at(at), *const s = records.state.at(at);
            given[l].write(std::int64_t(i), counts[l][i], longest, p, s);
            given[l].check(counts[l][i], longest, p, s);
        }
}

std::optional<recordable_info> find_recordable(node_model const& m, list_lengths const& lengths,
                                               std::string_view name) {
    for (auto const& r : m.recordables)
        if (r.name == name) return r;
    auto const underscore = name.rfind('_');
    if (underscore == name.npos) return {};
    std::int64_t element = 0;
    auto const [end, error] =
        std::from_chars(name.data() + underscore + 1, name.data() + name.size(), element);
    if (error != std::errc{} || end != name.data() + name.size() || name[underscore + 1] == '0') return {};
    for (std::size_t l = 0; l < m.lists.size(); ++l)
        for (auto r : m.lists[l].recordables) {
            if (r.name != name.substr(0, underscore) || element < 1 || element > lengths[l]) continue;
            auto const at = m.state_at(lengths, l, element - 1);
            r.name = name;
            r.offset += at;
            r.column += std::int64_t(at);
            return r;
        }
    return {};
}

std::string recordables_of(node_model const& m, list_lengths const& lengths) {
    std::string s;
    auto add = [&](std::string const& name) { s += (s.empty() ? "" : ", ") + name; };
    for (auto const& r : m.recordables) add(r.name);
    if (!m.emitted.empty()) add(m.emitted);
    for (std::size_t l = 0; l < m.lists.size(); ++l)
        for (auto const& r : m.lists[l].recordables)
            if (lengths[l] > 0) add(fmt::format("{}_1 ... {}_{}", r.name, r.name, lengths[l]));
    return s.empty() ? "none" : s;
}

std::string list_names(node_model const& m) {
    std::string s;
    for (auto const& e : m.lists)
        for (auto const* r : {&e.params, &e.state})
            if (!r->fields.empty()) s += (s.empty() ? "" : ", ") + members_of(*r);
    return s.empty() ? "none: it has no lists" : s;
}

std::optional<std::vector<double>> read_list(node_model const& m, void const* params, void const* state,
                                             list_lengths const& lengths, std::string_view name) {
    for (std::size_t l = 0; l < m.lists.size(); ++l) {
        auto const* const f = m.lists[l].params.find(name);
        auto const* const g = m.lists[l].state.find(name);
        if (!f && !g) continue;
        std::vector<double> values;
        for (std::int64_t j = 0; j < m.count(params, l); ++j)
            values.push_back(
                f ? read_field(*f, static_cast<std::byte const*>(params) + m.params_at(lengths, l, j))
                  : read_field(*g, static_cast<std::byte const*>(state) + m.state_at(lengths, l, j)));
        return values;
    }
    return {};
}

}  // namespace ranvier
