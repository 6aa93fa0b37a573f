// Attribute macros: what runs inside a kernel carries the first; a lambda there the second, lest it becomes a
// call, with which a loop does not vectorise.
#pragma once

#ifdef __CUDACC__
#define RANVIER_FN __host__ __device__ __forceinline__
#define RANVIER_INLINE_LAMBDA
#else
#define RANVIER_FN inline __attribute__((always_inline))
#define RANVIER_INLINE_LAMBDA __attribute__((always_inline))
#endif
