#include "host/parameter.h"

#include <fmt/format.h>

#include "host/expression.h"
#include "host/text.h"

namespace ranvier {
namespace {

constexpr std::size_t values_shown = 8, characters_shown = 200;

std::string shown(double x) { return fmt::format("{}", x); }
std::string shown(std::int64_t x) { return fmt::format("{}", x); }
std::string shown(bool x) { return x ? "true" : "false"; }
std::string shown(std::string const& x) { return '"' + shortened(x, characters_shown) + '"'; }

template <class T> std::string shown(std::vector<T> const& x) {
    std::string s = "[";
    for (std::size_t i = 0; i < x.size() && i < values_shown; ++i) s += (i ? ", " : "") + shown(x[i]);
    return x.size() <= values_shown ? s + "]" : s + fmt::format(", ...] ({} values)", x.size());
}

std::string shown(distribution const& d) { return text_of(d); }

struct name_of_type {
    std::string operator()(double) const { return "number"; }
    std::string operator()(std::int64_t) const { return "integer"; }
    std::string operator()(bool) const { return "bool"; }
    std::string operator()(std::string const&) const { return "text"; }
    std::string operator()(std::vector<double> const&) const { return "array of numbers"; }
    std::string operator()(std::vector<std::int64_t> const&) const { return "array of integers"; }
    std::string operator()(std::vector<std::string> const&) const { return "array of texts"; }
    std::string operator()(std::vector<std::vector<double>> const&) const { return "array of lists"; }
    std::string operator()(distribution const&) const { return "distribution"; }
};

}  // namespace

std::string parameter::text() const {
    return std::visit([](auto const& x) { return shown(x); }, value_);
}

std::string parameter::type() const { return std::visit(name_of_type{}, value_); }

}  // namespace ranvier
