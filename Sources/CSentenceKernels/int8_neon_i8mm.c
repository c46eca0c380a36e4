// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__aarch64__)

#include "internal.h"

#define SK_WIDTH 4
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 4
#define SK_INT8_SHIFT 0
#define SK_MULTIPLY_ADD_QUADS(sum, a, b) (vi)vusdotq_s32((int32x4_t)(sum), (uint8x16_t)(a), (int8x16_t)(b))

#pragma clang attribute push(__attribute__((target("i8mm"))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/epilogue.h"

#include "simd/int8_quads.h"
#pragma clang attribute pop

const sk_product sk_int8_neon_i8mm = {SK_PANEL, int8_panel_size, int8_pack, int8_scratch_size, int8_multiply, NULL, false};

#endif
