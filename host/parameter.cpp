#include "host/parameter.h"

#include <fmt/format.h>

namespace ranvier {
namespace {

constexpr std::size_t values_shown = 8, characters_shown = 200;

std::string shown(double x) { return fmt::format("{}", x); }
std::string shown(std::int64_t x) { return fmt::format("{}", x); }
std::string shown(bool x) { return x ? "true" : "false"; }
std::string shown(std::string const& x) {
    return x.size() <= characters_shown ? '"' + x + '"' : '"' + x.substr(0, characters_shown) + "...\"";
}

template <class T> std::string shown(std::vector<T> const& x) {
    std::string s = "[";
    for (std::size_t i = 0; i < x.size() && i < values_shown; ++i) s += (i ? ", " : "") + shown(x[i]);
    return x.size() <= values_shown ? s + "]" : s + fmt::format(", ...] ({} values)", x.size());
}

std::string shown(distribution const& d) {
    auto const& v = d.spec;
    std::string s;
    switch (v.kind) {
        case value_kind::constant:
            s = fmt::format("constant({})", v.a);
            break;
        case value_kind::array:
            s = "array";
            break;
        case value_kind::uniform:
            s = fmt::format("uniform({}, {})", v.a, v.b);
            break;
        case value_kind::uniform_int:
            s = fmt::format("uniform_int({})", v.a);
            break;
        case value_kind::normal:
            s = fmt::format("normal({}, {})", v.a, v.b);
            break;
        case value_kind::lognormal:
            s = fmt::format("lognormal({}, {})", v.a, v.b);
            break;
        case value_kind::exponential:
            s = fmt::format("exponential({})", v.a);
            break;
    }
    value_spec const open;
    return v.min == open.min && v.max == open.max ? s : s + fmt::format(".redraw({}, {})", v.min, v.max);
}

struct name_of_type {
    std::string operator()(double) const { return "number"; }
    std::string operator()(std::int64_t) const { return "integer"; }
    std::string operator()(bool) const { return "bool"; }
    std::string operator()(std::string const&) const { return "text"; }
    std::string operator()(std::vector<double> const&) const { return "array of numbers"; }
    std::string operator()(std::vector<std::int64_t> const&) const { return "array of integers"; }
    std::string operator()(std::vector<std::string> const&) const { return "array of texts"; }
    std::string operator()(distribution const&) const { return "distribution"; }
};

}  // namespace

std::string parameter::text() const {
    return std::visit([](auto const& x) { return shown(x); }, value_);
}

std::string parameter::type() const { return std::visit(name_of_type{}, value_); }

}  // namespace ranvier
