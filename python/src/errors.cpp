// C++ errors as the Python classes of the same names in ranvier.errors.
#include <typeindex>
#include <unordered_map>

#include "binding.h"

namespace ranvier::python {

namespace {

template <class E> std::pair<std::type_index, char const*> entry(char const* name) {
    return {std::type_index(typeid(E)), name};
}

char const* class_of(error const& e) {
    static std::unordered_map<std::type_index, char const*> const names{
        entry<unknown_model>("UnknownModel"),
        entry<unknown_parameter>("UnknownParameter"),
        entry<unknown_rule>("UnknownRule"),
        entry<unknown_node>("UnknownNode"),
        entry<wrong_type>("WrongType"),
        entry<wrong_size>("WrongSize"),
        entry<out_of_range>("OutOfRange"),
        entry<unknown_connection>("UnknownConnection"),
        entry<bad_delay>("BadDelay"),
        entry<bad_time>("BadTime"),
        entry<illegal_connection>("IllegalConnection"),
        entry<impossible_connectivity>("ImpossibleConnectivity"),
        entry<out_of_memory>("OutOfMemory"),
        entry<file_error>("FileError"),
        entry<backend_error>("BackendError"),
        entry<numerical_instability>("NumericalInstability"),
        entry<overflow>("Overflow"),
        entry<unusable>("Unusable"),
        entry<interrupted>("Interrupted")};
    auto const found = names.find(std::type_index(typeid(e)));
    return found == names.end() ? "Error" : found->second;
}

void raise(error const& e) {
    nb::object const type = nb::module_::import_("ranvier.errors").attr(class_of(e));
    nb::object const object = type(e.what());
    auto const& d = e.details();
    object.attr("object") = d.object;
    object.attr("parameter") = d.parameter;
    object.attr("value") = d.value;
    object.attr("allowed") = d.allowed;
    object.attr("remedy") = d.remedy;
    PyErr_SetObject(type.ptr(), object.ptr());
}

}  // namespace

void bind_errors(nb::module_&) {
    nb::register_exception_translator([](std::exception_ptr const& p, void*) {
        try {
            std::rethrow_exception(p);
        } catch (error const& e) { raise(e); }
    });
}

}  // namespace ranvier::python
