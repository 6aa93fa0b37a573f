// Values that users give: numbers, arrays, distributions.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kernels/values.h"

namespace ranvier {

/// A random value, drawn for each node or connection independently (connectivity.md, 3).
struct distribution {
    value_spec spec;
    /// Draw again until min <= x <= max.
    distribution redraw(double min, double max) const {
        auto d = *this;
        d.spec.min = min;
        d.spec.max = max;
        return d;
    }
};
inline distribution uniform(double min, double max) { return {{value_kind::uniform, min, max}}; }
inline distribution uniform_int(std::int64_t n) { return {{value_kind::uniform_int, double(n), 0}}; }
inline distribution normal(double mean, double std) { return {{value_kind::normal, mean, std}}; }
inline distribution lognormal(double mean, double std) { return {{value_kind::lognormal, mean, std}}; }
inline distribution exponential(double scale) { return {{value_kind::exponential, scale, 0}}; }

/// A scalar, an array (one value per node or connection; see connect), or a distribution.
class parameter {
  public:
    parameter(double x) : value_(x) {}
    parameter(int x) : value_(std::int64_t{x}) {}
    parameter(std::int64_t x) : value_(x) {}
    parameter(bool x) : value_(x) {}
    parameter(char const* x) : value_(std::string(x)) {}
    parameter(std::string x) : value_(std::move(x)) {}
    parameter(std::vector<double> x) : value_(std::move(x)) {}
    parameter(std::vector<std::int64_t> x) : value_(std::move(x)) {}
    parameter(std::vector<std::string> x) : value_(std::move(x)) {}
    parameter(distribution d) : value_(d) {}

    using variant = std::variant<double, std::int64_t, bool, std::string, std::vector<double>,
                                 std::vector<std::int64_t>, std::vector<std::string>, distribution>;
    variant const& value() const { return value_; }
    template <class T> T const* get() const { return std::get_if<T>(&value_); }
    /// As text, for messages; long arrays are cut.
    std::string text() const;
    /// "number", "integer", "bool", "text", "array", ...
    std::string type() const;

  private:
    variant value_;
};

/// Names and values, in the order given.
using dictionary = std::vector<std::pair<std::string, parameter>>;

}  // namespace ranvier
