// The GPU backend: the engine over the CUDA device.
#include "cuda/cuda_device.cuh"
#include "host/backends.h"
#include "host/engine/engine.h"

namespace ranvier {

std::string why_no_cuda() {
    int devices = 0;
    auto const e = cudaGetDeviceCount(&devices);
    cudaGetLastError();
    if (e == cudaErrorInsufficientDriver)
        return "the CUDA driver is missing or older than this build's toolkit";
    if (e == cudaErrorNoDevice || (e == cudaSuccess && devices == 0)) return "there is no CUDA device";
    return e == cudaSuccess ? "" : cudaGetErrorString(e);
}

std::unique_ptr<simulation_backend> make_cuda_backend(options const& o) {
    int devices = 0;
    check_cuda(cudaGetDeviceCount(&devices), "cudaGetDeviceCount");
    if (o.device < 0 || o.device >= devices)
        throw backend_error({"options", "device", std::to_string(o.device),
                             "0 ... " + std::to_string(devices - 1) + ", the CUDA devices that are there",
                             ""});
    auto device = std::make_unique<cuda_device>(
        cuda_device::settings{.index = o.device, .memory_limit = o.memory_limit, .profile = o.profile});
    return std::make_unique<engine<cuda_device>>(std::move(device), blocks_of<cuda_device>(), o.resolution);
}

}  // namespace ranvier
