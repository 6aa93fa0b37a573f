// The one attribute macro: what runs inside a kernel carries it.
#pragma once

#ifdef __CUDACC__
#define RANVIER_FN __host__ __device__ __forceinline__
#else
#define RANVIER_FN inline __attribute__((always_inline))
#endif
