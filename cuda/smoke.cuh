// Until the GPU backend is there, translating all kernels for all models keeps them translatable.
#pragma once
#include <vector>

#include "cuda/cuda_team.cuh"

namespace ranvier {

using kernel_list = std::vector<void const*>;

/// Makes the compiler translate the kernel for these arguments.
template <class... A, class K> void use(kernel_list& list, K) {
    void (*const kernel)(K, std::byte*, std::size_t, A...) = run_kernel<K, A...>;
    list.push_back(reinterpret_cast<void const*>(kernel));
}

kernel_list run_kernels();    // of a running simulation
kernel_list build_kernels();  // that make connections

}  // namespace ranvier
