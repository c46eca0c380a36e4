// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2
#define SK_MULTIPLY_ADD_BF16(sum, a, b) (vf)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(a), (__m512bh)(b))
#define SK_ROUND_BF16(first, second) (vu)_mm512_cvtne2ps_pbh((__m512)(second), (__m512)(first))

#pragma clang attribute push(__attribute__((target("avx512bf16,avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2"))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/epilogue.h"

#include "simd/bf16.h"

#include "simd/bf16_pairs.h"

#include "simd/exponentials.h"

#include "simd/bf16_attention.h"
#pragma clang attribute pop

const sk_product sk_bf16_avx512 = {SK_PANEL, bf16_panel_size, bf16_pack, bf16_scratch_size, bf16_multiply, NULL, true};
const sk_attention_kernel sk_attention_bf16_avx512 = {attention_scratch_bf16, attend_bf16};

#endif
