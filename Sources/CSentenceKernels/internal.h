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

#define SK_INLINE static inline __attribute__((always_inline))

SK_INLINE size_t sk_min(size_t a, size_t b) { return a < b ? a : b; }
SK_INLINE size_t sk_round_up(size_t x, size_t step) { return (x + step - 1) / step * step; }
SK_INLINE size_t sk_ceil_div(size_t x, size_t step) { return (x + step - 1) / step; }

extern const sk_kernels sk_kernels_portable;
#if defined(__x86_64__)
extern const sk_kernels sk_kernels_avx2;
extern const sk_kernels sk_kernels_avx512;
#elif defined(__aarch64__)
extern const sk_kernels sk_kernels_neon;
#endif

#endif
