// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2
#define SK_INT8_SHIFT 0
#define SK_MULTIPLY_ADD_QUADS(sum, a, b)                                                                               \
    (sum) + (vi)_mm512_madd_epi16(_mm512_maddubs_epi16((__m512i)(a), (__m512i)(b)), _mm512_set1_epi16(1))

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2,popcnt"))), apply_to = function)
#define SK_HAMMING hamming_avx512
static void hamming_avx512(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices,
                           const uint8_t *query, size_t m, size_t k);
#include "simd/table.h"
#pragma clang attribute pop

static void hamming_avx512(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices,
                           const uint8_t *query, size_t m, size_t k) {
    const bool counts = __builtin_cpu_supports("avx512vpopcntdq");
    (counts ? sk_hamming_avx512_popcnt : hamming_u8)(c, rows, row_stride, indices, query, m, k);
}

SK_TABLE(sk_kernels_avx512, SK_LEVEL_AVX512, "avx512", &product_f32, &product_f32, &product_bf16, &product_int8,
         SK_ATTENTION_F32);
SK_TABLE(sk_kernels_avx512_vnni, SK_LEVEL_AVX512_VNNI, "avx512-vnni", &product_f32, &product_f32, &product_bf16,
         &sk_int8_avx512_vnni, SK_ATTENTION_F32);
SK_TABLE(sk_kernels_avx512_bf16, SK_LEVEL_AVX512_BF16, "avx512-bf16", &product_f32, &product_f32, &sk_bf16_avx512,
         &sk_int8_avx512_vnni, &attention_f32, &attention_f32, &sk_attention_bf16_avx512, &sk_attention_bf16_avx512);
SK_TABLE(sk_kernels_amx, SK_LEVEL_AMX, "amx", &sk_bf16x3_amx, &sk_bf16x2_amx, &sk_bf16_amx, &sk_int8_amx,
         &attention_f32, &sk_attention_bf16x2_amx, &sk_attention_bf16_amx, &sk_attention_bf16_amx);

#endif
