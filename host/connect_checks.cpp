// Values that connect takes for parameters and state of connections: are they allowed?
#include <algorithm>
#include <cmath>
#include <limits>

#include "host/network_impl.h"

namespace ranvier {

void network::implementation::check_weight(synapse_instance const& s, double weight) const {
    auto const most =
        double(s.model->single ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max());
    if (!(std::fabs(weight) <= most))
        throw out_of_range({s.name, "weight", fmt::format("{}", weight),
                            fmt::format("finite numbers, |weight| <= {:.3g}", most),
                            fmt::format("the default is {}", s.model->weight)});
}

void network::implementation::check_weight_sign(synapse_instance const& s, void const* params,
                                                double weight) const {
    if (s.model->weight_ok && !s.model->weight_ok(params, weight))
        throw out_of_range({s.name, "weight", fmt::format("{}", weight), s.model->weight_range,
                            "set weight and Wmax in one call"});
}

namespace {

/// The least or the largest value of a specification; of edge e, if it is an array.
double corner_of(value_spec const& v, bool high, std::int64_t e) {
    if (v.kind == value_kind::array) return v.array[e];
    auto const bound = bounds(v, 0);
    return high ? bound.second : bound.first;
}
/// A record of such values. Integers that are far too large are so in the record, too.
std::vector<std::byte> corner_of(record_info const& info, std::vector<value_spec> const& specs, bool high,
                                 std::int64_t e) {
    std::vector<std::byte> record(info.size);
    info.make(record.data());
    for (std::size_t f = 0; f < specs.size(); ++f) {
        auto const x = corner_of(specs[f], high, e);
        bool const integer = info.fields[f].type == field_type::integer;
        write_field(info.fields[f], record.data(), integer ? std::clamp(x, -1e15, 1e15) : x);
    }
    return record;
}

/// How many edges differ in what is known of them beforehand.
std::int64_t corners_of(projection const& p, std::int64_t expected) {
    bool arrays = p.weight.kind == value_kind::array;
    for (auto const* specs : {&p.params, &p.state})
        for (auto const& v : *specs) arrays |= v.kind == value_kind::array;
    return arrays ? expected : 1;
}

/// Integers are given as whole numbers, one by one.
void check_whole(record_info const& info, std::vector<value_spec> const& specs, dictionary const& given,
                 std::string const& object) {
    for (auto const& [name, value] : given) {
        auto const* const f = info.find(name);
        if (!f || f->type != field_type::integer) continue;
        auto const& spec = specs[std::size_t(f - info.fields.data())];
        bool whole = spec.kind == value_kind::uniform_int ||
                     (spec.kind == value_kind::constant && spec.a == std::floor(spec.a));
        if (auto const* a = value.get<std::vector<double>>())
            whole = std::all_of(a->begin(), a->end(), [](double x) { return x == std::floor(x); });
        whole |= value.get<std::vector<std::int64_t>>() != nullptr;
        if (!whole) throw wrong_type({object, name, value.text(), "integers", "round them"});
    }
}

}  // namespace

double network::implementation::largest_factor(synapse_instance const& s, projection const& p,
                                               std::int64_t expected) const {
    double most = 1;
    if (!s.model->largest_factor) return most;
    for (std::int64_t e = 0; e < corners_of(p, expected); ++e)
        for (bool const high : {false, true})
            most =
                std::max(most, s.model->largest_factor(corner_of(s.model->params, p.params, high, e).data(),
                                                       corner_of(s.model->state, p.state, high, e).data()));
    return most;
}

void network::implementation::check_synapse_params(synapse_instance const& s, projection const& p,
                                                   synapse const& with, std::int64_t expected) const {
    // The reference checks the weight only where another parameter is given (synapses.md, 1); so does this.
    if (with.params.empty()) return;
    for (std::int64_t e = 0; e < corners_of(p, expected); ++e)
        for (bool const high : {false, true}) {
            auto const record = corner_of(s.model->params, p.params, high, e);
            if (auto bad = s.model->params.check(record.data(), s.name)) throw out_of_range(*bad);
            auto const state = corner_of(s.model->state, p.state, high, e);
            if (auto bad = s.model->state.check(state.data(), s.name)) throw out_of_range(*bad);
            for (bool const heavy : {false, true})
                check_weight_sign(s, record.data(), corner_of(p.weight, heavy, e));
        }
    check_whole(s.model->params, p.params, with.params, s.name);
    check_whole(s.model->state, p.state, with.params, s.name);
}

}  // namespace ranvier
