// What the parts of the Python module share.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "host/network.h"

namespace ranvier::python {

namespace nb = nanobind;
template <class T> using array = nb::ndarray<nb::numpy, T, nb::ndim<1>>;

/// An array that owns what was in the vector.
template <class T> array<T> to_array(std::vector<T> values) {
    auto* const kept = new std::vector<T>(std::move(values));
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return array<T>(kept->data(), {kept->size()}, owner);
}

/// What Python objects say: bool, int, float, str, sequences and arrays of them, Distribution. wrong_type for
/// anything else and for arrays of more than two dimensions; a matrix is one list for each row.
parameter to_parameter(nb::handle value, std::string const& object, std::string const& name);
dictionary to_dictionary(nb::dict values, std::string const& object);
/// The same the other way round: numbers and text as Python's, lists of numbers as arrays.
nb::object from_parameter(parameter const& value);
nb::dict from_dictionary(dictionary const& values);
/// Of anything NumPy takes for a one-dimensional array of numbers. wrong_type, wrong_size.
std::vector<double> to_reals(nb::handle value, std::string const& object, std::string const& name);
std::vector<std::int64_t> to_integers(nb::handle value, std::string const& object, std::string const& name);
std::vector<std::int32_t> to_ids(nb::handle value);
std::string repr_of(nb::handle value);

void bind_errors(nb::module_& m);
void bind_values(nb::module_& m);
void bind_models(nb::module_& m);
void bind_network(nb::module_& m);

}  // namespace ranvier::python
