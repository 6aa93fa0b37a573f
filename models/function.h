// The function attributes: what runs inside a kernel carries RANVIER_FN (small, part of its caller) or
// RANVIER_CALL (large, or rarely called); a lambda that must not become a call, lest a loop does not
// vectorise, the third. RANVIER_ROLLED stands before a loop whose copies would cost registers. RANVIER_WIDE
// is a function that g++ compiles, with all that it calls, for AVX-512 (ranvier::wide_vectors) in a program
// that runs without (clang keeps to 256 bits, sanitizers do not let it inline); else there is none.
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

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__) && \
    !defined(__AVX512F__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RANVIER_HAS_WIDE true
#define RANVIER_WIDE \
    __attribute__((flatten, target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,prefer-vector-width=512")))
#else
#define RANVIER_HAS_WIDE false
#define RANVIER_WIDE
#endif
