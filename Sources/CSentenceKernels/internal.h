// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What the kernel files share. The system headers stand here so that they are read before a level
// file puts its target attribute on everything that follows.

#ifndef SK_INTERNAL_H
#define SK_INTERNAL_H

#include "CSentenceKernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define SK_INLINE static inline __attribute__((always_inline))

SK_INLINE size_t sk_min(size_t a, size_t b) { return a < b ? a : b; }
SK_INLINE size_t sk_round_up(size_t x, size_t step) { return (x + step - 1) / step * step; }
SK_INLINE size_t sk_ceil_div(size_t x, size_t step) { return (x + step - 1) / step; }

// The nearest bfloat16, ties to even; NaN stays NaN.
SK_INLINE uint16_t sk_round_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

extern const sk_kernels sk_kernels_portable;
#if defined(__x86_64__)
extern const sk_kernels sk_kernels_avx2, sk_kernels_avx2_vnni;
extern const sk_kernels sk_kernels_avx512, sk_kernels_avx512_vnni, sk_kernels_avx512_bf16, sk_kernels_amx;
extern const sk_product sk_int8_avx2_vnni, sk_int8_avx512_vnni, sk_bf16_avx512;
extern const sk_product sk_bf16_amx, sk_bf16x2_amx, sk_bf16x3_amx, sk_int8_amx;
extern const sk_attention_kernel sk_attention_bf16_amx, sk_attention_bf16x2_amx;
#elif defined(__aarch64__)
extern const sk_kernels sk_kernels_neon, sk_kernels_neon_dotprod, sk_kernels_neon_i8mm;
extern const sk_product sk_int8_neon_dotprod, sk_int8_neon_i8mm, sk_bf16_neon;
#endif

#endif
