#include "host/backends.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <thread>

#include "host/cpu_device.h"
#include "host/engine/engine.h"
#include "host/registry.h"

namespace ranvier {

namespace {

std::map<std::string, backend_maker>& makers() {
    static std::map<std::string, backend_maker> all{
        {"cpu",
         [](options const& o) -> std::unique_ptr<simulation_backend> {
             auto const threads =
                 o.threads > 0 ? o.threads : int(std::max(1u, std::thread::hardware_concurrency()));
             return std::make_unique<engine<cpu_device>>(std::make_unique<cpu_device>(threads),
                                                         blocks_of<cpu_device>(), o.resolution);
         }},
        {"cuda", [](options const& o) {
             if (auto const why = why_no_cuda(); !why.empty())
                 throw backend_error({"options", "backend", "cuda", "cpu", why});
             return make_cuda_backend(o);
         }}};
    return all;
}

std::string chosen(std::string const& name) {
    if (name != "auto") return name;
    auto const* const wished = std::getenv("RANVIER_BACKEND");
    if (wished && *wished && std::string(wished) != "auto") return wished;
    return why_no_cuda().empty() ? "cuda" : "cpu";
}

}  // namespace

void add_backend(std::string const& name, backend_maker maker) { makers()[name] = std::move(maker); }

std::unique_ptr<simulation_backend> make_backend(options const& o) {
    auto const name = chosen(o.backend);
    auto const found = makers().find(name);
    if (found != makers().end()) return found->second(o);
    std::string known = "auto";
    for (auto const& [k, maker] : makers()) known += ", " + k;
    throw backend_error({"options", "backend", name, known, "leave it at auto, or choose one of these"});
}

}  // namespace ranvier
