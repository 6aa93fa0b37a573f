#include "binding.h"
#include "host/backends.h"
#include "host/engine/backend.h"

NB_MODULE(_core, m) {
    using namespace ranvier::python;
    m.doc() = "The library behind the package ranvier; its names are in ranvier itself.";
    nb::set_leak_warnings(false);  // at exit, of objects that scripts keep in globals
    bind_errors(m);
    bind_values(m);
    bind_models(m);
    bind_network(m);
    m.def("why_no_cuda", &ranvier::why_no_cuda, "Why there is no GPU backend; empty if there is one.");
}
