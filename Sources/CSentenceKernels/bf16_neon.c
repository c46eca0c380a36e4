// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__aarch64__)

#include "internal.h"

#define SK_WIDTH 4
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 4
#define SK_MULTIPLY_ADD_BF16(sum, a, b) (vf)vbfdotq_f32((float32x4_t)(sum), (bfloat16x8_t)(a), (bfloat16x8_t)(b))

#pragma clang attribute push(__attribute__((target("bf16"))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/epilogue.h"

#include "simd/bf16.h"

#include "simd/bf16_pairs.h"

#include "simd/exponentials.h"

#include "simd/bf16_attention.h"
#pragma clang attribute pop

const sk_product sk_bf16_neon = {SK_PANEL, bf16_panel_size, bf16_pack, bf16_scratch_size, bf16_multiply, NULL, true};
const sk_attention_kernel sk_attention_bf16_neon = {attention_scratch_bf16, attend_bf16};

#endif
