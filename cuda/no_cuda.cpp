// Stands for backend.cu in builds without the CUDA toolkit.
#include "host/backends.h"

namespace ranvier {

std::string why_no_cuda() { return "this build has no CUDA backend: configure with RANVIER_CUDA=ON"; }
std::unique_ptr<simulation_backend> make_cuda_backend(options const&) {
    throw backend_error({"options", "backend", "cuda", "cpu", why_no_cuda()});
}

}  // namespace ranvier
