// The function attributes: what runs inside a kernel carries RANVIER_FN (small, part of its caller) or
// RANVIER_CALL (large, or rarely called); a lambda that must not become a call, lest a loop does not
// vectorise, the third. RANVIER_ROLLED stands before a loop whose copies would cost registers.
#pragma once

#ifdef __CUDACC__
#define RANVIER_FN __host__ __device__ __forceinline__
#define RANVIER_CALL inline __host__ __device__ __noinline__
#define RANVIER_INLINE_LAMBDA
#define RANVIER_ROLLED _Pragma("unroll 1")
#else
#define RANVIER_FN inline __attribute__((always_inline))
#define RANVIER_CALL inline
#define RANVIER_INLINE_LAMBDA __attribute__((always_inline))
#define RANVIER_ROLLED
#endif
