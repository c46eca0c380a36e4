// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_TABLE sk_kernels_avx2
#define SK_TABLE_LEVEL SK_LEVEL_AVX2
#define SK_TABLE_NAME "avx2"
#define SK_WIDTH 8
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 2

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#include "simd/table.h"
#pragma clang attribute pop

#endif
