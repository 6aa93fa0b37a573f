// Python values as parameters, and back.
#include <bit>
#include <cmath>

#include "binding.h"
#include "host/expression.h"
#include "host/text.h"

namespace ranvier::python {

namespace {

using object_vector = std::vector<nb::object>;

[[noreturn]] void wrong(nb::handle value, std::string const& object, std::string const& name,
                        std::string const& needed) {
    throw wrong_type({object, name, repr_of(value), needed,
                      "it was given as " + std::string(Py_TYPE(value.ptr())->tp_name)});
}

std::int64_t to_integer(nb::handle value, std::string const& object, std::string const& name) {
    int overflow = 0;
    nb::object const whole = nb::steal(PyNumber_Index(value.ptr()));
    if (!whole.is_valid()) throw nb::python_error();
    auto const x = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
    if (overflow != 0)
        throw out_of_range({object, name, repr_of(value), "integers of 64 bits", "give a smaller number"});
    if (x == -1 && PyErr_Occurred()) throw nb::python_error();
    return x;
}

/// An array of any kind that NumPy makes of it.
nb::object as_array(nb::handle value) {
    try {
        return nb::module_::import_("numpy").attr("asarray")(value);
    } catch (nb::python_error& e) {
        if (!e.matches(PyExc_ValueError) && !e.matches(PyExc_TypeError) && !e.matches(PyExc_OverflowError))
            throw;
        return nb::none();  // ragged
    }
}

template <class T> std::vector<T> contents(nb::handle numpy_array, char const* type) {
    auto const converted = nb::module_::import_("numpy").attr("ascontiguousarray")(numpy_array, type);
    auto const view = nb::cast<nb::ndarray<nb::ro, T, nb::c_contig, nb::device::cpu>>(converted);
    std::vector<T> all(view.size());
    std::copy_n(view.data(), view.size(), all.begin());
    return all;
}

object_vector items(nb::handle value) {
    object_vector all;
    for (nb::handle x : value) all.push_back(nb::borrow(x));
    return all;
}

bool is_text(nb::handle value) { return PyUnicode_Check(value.ptr()); }
std::string text_of(nb::handle value, std::string const& object, std::string const& name) {
    std::string text;
    if (!nb::try_cast(value, text)) wrong(value, object, name, "text that UTF-8 can hold");
    return text;
}
bool is_list(nb::handle value) {
    return !is_text(value) && !PyBytes_Check(value.ptr()) && PySequence_Check(value.ptr()) &&
           !PyDict_Check(value.ptr());
}

std::vector<std::vector<double>> lists_of(object_vector const& rows, std::string const& object,
                                          std::string const& name) {
    std::vector<std::vector<double>> all;
    for (auto const& row : rows) all.push_back(to_reals(row, object, name));
    return all;
}

parameter from_list(nb::handle value, std::string const& object, std::string const& name) {
    auto const a = as_array(value);
    auto const kind = a.is_none() ? std::string("O") : nb::cast<std::string>(a.attr("dtype").attr("kind"));
    if (kind == "O" || kind == "U") {
        if (!a.is_none() && nb::cast<int>(a.attr("ndim")) == 0)
            wrong(value, object, name, "a number, text or a list");
        auto const all = items(value);
        if (std::all_of(all.begin(), all.end(), is_text)) {
            std::vector<std::string> texts;
            for (auto const& x : all) texts.push_back(text_of(x, object, name));
            return texts;
        }
        if (std::all_of(all.begin(), all.end(), is_list)) return lists_of(all, object, name);
        wrong(value, object, name, "numbers, or texts, or lists of numbers");
    }
    auto const dimensions = nb::cast<int>(a.attr("ndim"));
    if (dimensions == 0) return to_parameter(a.attr("item")(), object, name);
    if (dimensions == 2) return lists_of(items(a), object, name);
    if (dimensions != 1) wrong(value, object, name, "arrays of one or two dimensions");
    // What an empty list lists, only its parameter knows.
    if (nb::cast<std::size_t>(a.attr("size")) == 0 && name.rfind("record_", 0) == 0)
        return std::vector<std::string>{};
    if (kind == "f") return contents<double>(a, "float64");
    if (kind == "i" || kind == "b") return contents<std::int64_t>(a, "int64");
    if (kind == "u") return to_integers(a, object, name);
    wrong(value, object, name, "numbers or texts");
}

template <class T> using view = nb::ndarray<T const, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// A list of n objects, new references from reference_to(i).
template <class F> nb::object to_list(std::size_t n, F reference_to) {
    auto list = nb::steal(PyList_New(Py_ssize_t(n)));
    if (!list.is_valid()) throw nb::python_error();
    for (std::size_t i = 0; i < n; ++i) {
        PyObject* const o = reference_to(i);
        if (!o) throw nb::python_error();
        PyList_SET_ITEM(list.ptr(), Py_ssize_t(i), o);
    }
    return list;
}

nb::object list_of_ids(view<std::int32_t> const& ids) {
    object_vector known;  // [id]
    return to_list(ids.size(), [&](std::size_t i) {
        if (ids.data()[i] < 0)
            throw unknown_node({"as_list", "ids", fmt::format("{}", ids.data()[i]), "0 or more",
                                "use what create has returned"});
        auto const id = std::size_t(ids.data()[i]);
        if (id >= known.size()) known.resize(std::max(id + 1, 2 * known.size()));
        if (!known[id].is_valid()) known[id] = nb::steal(PyLong_FromSize_t(id));
        return nb::object(known[id]).release().ptr();
    });
}

nb::object list_of_reals(view<double> const& values) {
    PyObject* last = nullptr;  // in the list
    return to_list(values.size(), [&, x = values.data()](std::size_t i) {
        bool const same =
            i > 0 && std::bit_cast<std::uint64_t>(x[i]) == std::bit_cast<std::uint64_t>(x[i - 1]);
        if (same) Py_INCREF(last);
        return last = same ? last : PyFloat_FromDouble(x[i]);
    });
}

}  // namespace

std::string repr_of(nb::handle value) {
    try {
        return shortened(nb::cast<std::string>(nb::repr(value)), 80);
    } catch (std::exception const&) { return "an object that cannot be printed"; }
}

parameter to_parameter(nb::handle value, std::string const& object, std::string const& name) {
    auto* const p = value.ptr();
    if (PyFloat_Check(p)) return PyFloat_AS_DOUBLE(p);
    if (PyBool_Check(p)) return p == Py_True;
    if (PyLong_Check(p)) return to_integer(value, object, name);
    if (is_text(value)) return text_of(value, object, name);
    if (nb::isinstance<distribution>(value)) return nb::cast<distribution>(value);
    if (value.is_none() || PyBytes_Check(p) || PyDict_Check(p) || PyAnySet_Check(p) || PyComplex_Check(p))
        wrong(value, object, name, "a number, text, a list or a distribution");
    int dimensions = -1;  // 0: of a scalar of NumPy
    if (nb::hasattr(value, "ndim") && nb::hasattr(value, "item") &&
        nb::try_cast(value.attr("ndim"), dimensions) && dimensions == 0) {
        nb::object const item = value.attr("item")();
        if (Py_TYPE(item.ptr()) == Py_TYPE(p)) wrong(value, object, name, "a number of 64 bits or fewer");
        return to_parameter(item, object, name);
    }
    if (PySequence_Check(p) || nb::hasattr(value, "__array__")) return from_list(value, object, name);
    if (PyIndex_Check(p)) return to_integer(value, object, name);
    wrong(value, object, name, "a number, text, a list or a distribution");
}

dictionary to_dictionary(nb::dict values, std::string const& object) {
    dictionary all;
    for (auto const& [key, value] : values) {
        if (!is_text(key)) wrong(key, object, "names", "texts");
        auto name = text_of(key, object, "names");
        all.emplace_back(name, to_parameter(value, object, name));
    }
    return all;
}

std::vector<double> to_reals(nb::handle value, std::string const& object, std::string const& name) {
    auto const a = as_array(value);
    auto const kind = a.is_none() ? std::string("O") : nb::cast<std::string>(a.attr("dtype").attr("kind"));
    if (kind != "f" && kind != "i" && kind != "u" && kind != "b")
        wrong(value, object, name, "an array of numbers");
    if (nb::cast<int>(a.attr("ndim")) != 1) wrong(value, object, name, "an array of one dimension");
    return contents<double>(a, "float64");
}

std::vector<std::int64_t> to_integers(nb::handle value, std::string const& object, std::string const& name) {
    auto const a = as_array(value);
    auto const kind = a.is_none() ? std::string("O") : nb::cast<std::string>(a.attr("dtype").attr("kind"));
    auto const empty = !a.is_none() && nb::cast<std::size_t>(a.attr("size")) == 0;
    if (kind != "i" && kind != "u" && kind != "b" && !empty)
        wrong(value, object, name, "an array of integers");
    if (nb::cast<int>(a.attr("ndim")) != 1) wrong(value, object, name, "an array of one dimension");
    if (kind == "u" && !empty && nb::cast<std::uint64_t>(a.attr("max")()) > std::uint64_t(INT64_MAX))
        throw out_of_range({object, name, repr_of(value), "integers of 64 bits", "give smaller numbers"});
    return contents<std::int64_t>(a, "int64");
}

std::vector<std::int32_t> to_ids(nb::handle value) {
    std::vector<std::int32_t> ids;
    for (auto const x : to_integers(value, "nodes", "ids")) {
        if (x < 1 || x > INT32_MAX - 1)
            throw unknown_node(
                {"nodes", "id", fmt::format("{}", x), "1 ... 2^31 - 2", "use what create has returned"});
        ids.push_back(std::int32_t(x));
    }
    return ids;
}

nb::object from_parameter(parameter const& value) {
    return std::visit(
        []<class T>(T const& x) -> nb::object {
            if constexpr (std::is_same_v<T, std::vector<double>> ||
                          std::is_same_v<T, std::vector<std::int64_t>>)
                return nb::cast(to_array(x));
            else
                return nb::cast(x);
        },
        value.value());
}

nb::dict from_dictionary(dictionary const& values) {
    nb::dict all;
    for (auto const& [name, value] : values) all[name.c_str()] = from_parameter(value);
    return all;
}

void bind_values(nb::module_& m) {
    nb::class_<distribution>(m, "Distribution",
                             "A random value, drawn for each node or connection independently.\n\n"
                             "Made by uniform, uniform_int, normal, lognormal and exponential.")
        .def(nb::init_implicit<double>(), nb::arg("number"), "The same number always.")
        .def(
            "draw",
            [](distribution const& d, std::int64_t n, std::uint32_t seed, std::uint32_t ordinal) {
                auto const of = make_key(seed, stream_kind::front_end, ordinal);
                return to_array(draws_of(d, n, of, 0, "random value", "draw"));
            },
            nb::arg("n"), nb::arg("seed"), nb::arg("ordinal"),
            "n values; the same for the same seed (1 ... 2^32 - 1) and ordinal (below 2^24).")
        .def("redraw", &distribution::redraw, nb::arg("min"), nb::arg("max"),
             "The same, drawn again until min <= value <= max.")
        .def("__repr__", [](distribution const& d) { return parameter(d).text(); })
        .def(
            "__add__", [](distribution const& x, distribution const& y) { return x + y; }, nb::is_operator())
        .def(
            "__radd__", [](distribution const& x, distribution const& y) { return y + x; }, nb::is_operator())
        .def(
            "__sub__", [](distribution const& x, distribution const& y) { return x - y; }, nb::is_operator())
        .def(
            "__rsub__", [](distribution const& x, distribution const& y) { return y - x; }, nb::is_operator())
        .def(
            "__mul__", [](distribution const& x, distribution const& y) { return x * y; }, nb::is_operator())
        .def(
            "__rmul__", [](distribution const& x, distribution const& y) { return y * x; }, nb::is_operator())
        .def(
            "__truediv__", [](distribution const& x, distribution const& y) { return x / y; },
            nb::is_operator())
        .def(
            "__rtruediv__", [](distribution const& x, distribution const& y) { return y / x; },
            nb::is_operator())
        .def("__neg__", [](distribution const& x) { return -x; })
        .def(
            "__pow__", [](distribution const& x, double y) { return pow(x, y); }, nb::is_operator())
        .def(
            "__lt__", [](distribution const& x, distribution const& y) { return x < y; }, nb::is_operator())
        .def(
            "__le__", [](distribution const& x, distribution const& y) { return x <= y; }, nb::is_operator())
        .def(
            "__gt__", [](distribution const& x, distribution const& y) { return x > y; }, nb::is_operator())
        .def(
            "__ge__", [](distribution const& x, distribution const& y) { return x >= y; }, nb::is_operator());
    m.def(
        "equal", [](distribution const& x, distribution const& y) { return x == y; },
        "1 where two values are equal, else 0.");
    m.def(
        "unequal", [](distribution const& x, distribution const& y) { return x != y; },
        "1 where two values differ, else 0.");
    m.def(
        "exp", [](distribution const& x) { return exp(x); }, "e to the power of a random value.");
    m.def(
        "sin", [](distribution const& x) { return sin(x); }, "Sine of a random value, in radians.");
    m.def(
        "cos", [](distribution const& x) { return cos(x); }, "Cosine of a random value, in radians.");
    m.def(
        "min", [](distribution const& x, distribution const& y) { return min(x, y); },
        "The smaller one of two values.");
    m.def(
        "max", [](distribution const& x, distribution const& y) { return max(x, y); },
        "The larger one of two values.");
    m.def(
        "conditional",
        [](distribution const& condition, distribution const& then, distribution const& otherwise) {
            return conditional(condition, then, otherwise);
        },
        nb::arg("condition"), nb::arg("then"), nb::arg("otherwise"),
        "`then` where `condition` is not 0, else `otherwise`.");
    m.def("as_list", &list_of_ids, nb::arg("ids"),
          "A list of ids, 0 or more. Equal ones are one object: fewer bytes than of array.tolist(), and "
          "sooner there.");
    m.def("as_list", &list_of_reals, nb::arg("values"),
          "A list of floats; equal ones in a row are one object.");
    m.def("uniform", &uniform, nb::arg("min") = 0.0, nb::arg("max") = 1.0, "Uniform on [min, max).");
    m.def("uniform_int", &uniform_int, nb::arg("n"), "Integers 0 ... n - 1, equally likely.");
    m.def("normal", &normal, nb::arg("mean") = 0.0, nb::arg("std") = 1.0, "Normal; std >= 0.");
    m.def("lognormal", &lognormal, nb::arg("mean") = 0.0, nb::arg("std") = 1.0,
          "exp of a normal number of this mean and standard deviation.");
    m.def("exponential", &exponential, nb::arg("scale") = 1.0, "Exponential with this mean.");
}

}  // namespace ranvier::python
