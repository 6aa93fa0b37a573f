// What can be said of random values before they are drawn.
#pragma once
#include "host/parameter.h"

namespace ranvier {

/// out_of_range for parameters that a distribution does not allow, and where redrawing n values would
/// probably not reach the bounds.
void check_distribution(distribution const& d, std::string const& object, std::string const& name, double n);
/// A value for each of n nodes or whatever else, from the counters (i, k). The errors of check_distribution.
std::vector<double> draws_of(distribution const& d, std::int64_t n, key of, std::uint64_t k,
                             std::string const& object, std::string const& name);
/// As users would write it.
std::string text_of(distribution const& d);
/// With a program in place of what is no expression.
std::vector<instruction> program_of(distribution const& d);
/// Bounds of an expression, from those of its parts; infinite where nothing is known, as of 1 / normal(0, 1).
std::pair<double, double> bounds_of(std::vector<instruction> const& program);
/// What is wrong with an expression, or "": parameters of its distributions, too many of them, nested too
/// deep, redraw bounds that less than one draw in fifty reaches (from 4000 draws).
std::string fault_of(std::vector<instruction> const& program);
/// Whether a distribution's parameters are allowed.
bool allowed(value_kind kind, double a, double b);
/// Bounds of a draw; of unbounded distributions those of numbers made from 53 bits.
std::pair<double, double> bounds_of(value_kind kind, double a, double b);

}  // namespace ranvier
