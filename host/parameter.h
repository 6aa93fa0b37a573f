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

/// A random value, drawn for each node or connection independently, or an expression of such and of numbers
/// (connectivity.md, 4):
///   2 * normal(10, 2) + exponential(3);   min(uniform(0, 5), 2);   conditional(uniform(0, 1) < 0.2, 1, 7.5)
/// Each occurrence of a random value in an expression draws for itself, also of the same variable. What is
/// not allowed is found when the expression is used.
struct distribution {
    value_spec spec;                   // if there is no program
    std::vector<instruction> program;  // of an expression

    distribution(double number = 0) { spec.a = number; }
    distribution(value_kind kind, double a, double b) { spec.kind = kind, spec.a = a, spec.b = b; }
    /// Draw again until min <= x <= max.
    distribution redraw(double min, double max) const;
    /// What `value` draws from; points into this.
    value_spec view() const {
        auto v = spec;
        v.program = program.data(), v.length = std::int32_t(program.size());
        return v;
    }
};
inline distribution uniform(double min, double max) { return {value_kind::uniform, min, max}; }
inline distribution uniform_int(std::int64_t n) { return {value_kind::uniform_int, double(n), 0}; }
inline distribution normal(double mean, double std) { return {value_kind::normal, mean, std}; }
inline distribution lognormal(double mean, double std) { return {value_kind::lognormal, mean, std}; }
inline distribution exponential(double scale) { return {value_kind::exponential, scale, 0}; }

distribution operator+(distribution const& x, distribution const& y);
distribution operator-(distribution const& x, distribution const& y);
distribution operator*(distribution const& x, distribution const& y);
distribution operator/(distribution const& x, distribution const& y);
distribution operator-(distribution const& x);
/// Comparisons: 1 or 0.
distribution operator<(distribution const& x, distribution const& y);
distribution operator<=(distribution const& x, distribution const& y);
distribution operator>(distribution const& x, distribution const& y);
distribution operator>=(distribution const& x, distribution const& y);
distribution operator==(distribution const& x, distribution const& y);
distribution operator!=(distribution const& x, distribution const& y);
distribution pow(distribution const& x, double exponent);
distribution exp(distribution const& x);
distribution sin(distribution const& x);
distribution cos(distribution const& x);
distribution min(distribution const& x, distribution const& y);
distribution max(distribution const& x, distribution const& y);
/// `then` where `condition` is not 0, else `otherwise`.
distribution conditional(distribution const& condition, distribution const& then,
                         distribution const& otherwise);

/// A scalar, an array (one value per node or connection, see connect; or the values of a list of which each
/// node has one), one list for each node, or a distribution.
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
    parameter(std::vector<std::vector<double>> x) : value_(std::move(x)) {}
    parameter(distribution d) : value_(std::move(d)) {}

    using variant =
        std::variant<double, std::int64_t, bool, std::string, std::vector<double>, std::vector<std::int64_t>,
                     std::vector<std::string>, std::vector<std::vector<double>>, distribution>;
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
