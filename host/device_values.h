// Values that users give to devices.
#pragma once
#include <string>
#include <vector>

#include "host/error.h"
#include "host/parameter.h"
#include "models/device.h"

namespace ranvier {

constexpr double longest_time = 1e12;  // ms, 30 years

/// A value as a number, an integer, ...; wrong_type.
double number_of(parameter const& value, std::string const& object, std::string const& name);
std::int64_t integer_of(parameter const& value, std::string const& object, std::string const& name);
bool flag_of(parameter const& value, std::string const& object, std::string const& name);
std::string text_of(parameter const& value, std::string const& object, std::string const& name);
/// One text, or a list.
std::vector<std::string> texts_of(parameter const& value, std::string const& object, std::string const& name);
/// An array; empty ones of any type.
std::vector<double> numbers_of(parameter const& value, std::string const& object, std::string const& name);

/// Nearest microsecond.
std::int64_t tics_of(double ms);
/// Whether a time up to `longest_time` is a multiple of h ms.
bool on_grid(double ms, double h);
/// Steps of a time on the grid, or of an infinite one.
std::int64_t grid_steps(double ms, double h);

/// Sets start, stop or origin; whether it was one of them.
bool set_window(device_window& w, std::string const& object, std::string const& name, parameter const& value);

[[noreturn]] void reject_unknown(std::string const& object, std::string const& name, parameter const& value,
                                 std::string const& known);

}  // namespace ranvier
