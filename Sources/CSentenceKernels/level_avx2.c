// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 8
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 2
#define SK_INT8_SHIFT 0
#define SK_MULTIPLY_ADD_QUADS(sum, a, b)                                                                               \
    (sum) + (vi)_mm256_madd_epi16(_mm256_maddubs_epi16((__m256i)(a), (__m256i)(b)), _mm256_set1_epi16(1))

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2,popcnt"))), apply_to = function)
#include "simd/table.h"
#pragma clang attribute pop

SK_TABLE(sk_kernels_avx2, SK_LEVEL_AVX2, "avx2", &product_f32, &product_f32, &product_bf16, &product_int8, SK_ATTENTION_F32);
SK_TABLE(sk_kernels_avx2_vnni, SK_LEVEL_AVX2_VNNI, "avx2-vnni", &product_f32, &product_f32, &product_bf16,
         &sk_int8_avx2_vnni, SK_ATTENTION_F32);

#endif
