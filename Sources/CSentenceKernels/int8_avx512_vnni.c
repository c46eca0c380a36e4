// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2
#define SK_INT8_SHIFT 0
#define SK_MULTIPLY_ADD_QUADS(sum, a, b) (vi)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(a), (__m512i)(b))

#pragma clang attribute push(__attribute__((target("avx512vnni,avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2"))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/epilogue.h"

#include "simd/int8_quads.h"
#pragma clang attribute pop

const sk_product sk_int8_avx512_vnni = {SK_PANEL, int8_panel_size, int8_pack, int8_scratch_size, int8_multiply, NULL, false};

#endif
