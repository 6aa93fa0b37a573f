// Where engines come from.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "host/engine/backend.h"
#include "host/network.h"

namespace ranvier {

/// An engine for options.backend. "auto": what the environment variable RANVIER_BACKEND says, else a GPU if
/// there is one, else the CPU. backend_error: no such backend, or it cannot be used.
std::unique_ptr<simulation_backend> make_backend(options const& o);

/// Another backend, for tests.
using backend_maker = std::function<std::unique_ptr<simulation_backend>(options const&)>;
void add_backend(std::string const& name, backend_maker maker);

/// cuda/: why no GPU can be used, empty if one can; the engine.
std::string why_no_cuda();
std::unique_ptr<simulation_backend> make_cuda_backend(options const& o);

}  // namespace ranvier
