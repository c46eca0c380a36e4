// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_TABLE sk_kernels_avx512
#define SK_TABLE_LEVEL SK_LEVEL_AVX512
#define SK_TABLE_NAME "avx512"
#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2"))), apply_to = function)
#include "simd/table.h"
#pragma clang attribute pop

#endif
