// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 8
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 2
#define SK_INT8_SHIFT 0
#define SK_MULTIPLY_ADD_QUADS(sum, a, b) (vi)_mm256_dpbusd_avx_epi32((__m256i)(sum), (__m256i)(a), (__m256i)(b))

#pragma clang attribute push(__attribute__((target("avxvnni,avx2,fma,f16c,bmi2"))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/epilogue.h"

#include "simd/int8_quads.h"
#pragma clang attribute pop

const sk_product sk_int8_avx2_vnni = {SK_PANEL, int8_panel_size, int8_pack, int8_scratch_size, int8_multiply, NULL, false};

#endif
