// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__x86_64__)

#include "internal.h"

#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2
// The target of everything in this file. The system must have granted the tiles already (dispatch.c).
#define SK_AMX_TARGET                                                                                                  \
    "amx-tile,amx-bf16,amx-int8,avx512bf16,avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c,bmi2"

#pragma clang attribute push(__attribute__((target(SK_AMX_TARGET))), apply_to = function)
#include "simd/vector.h"

#include "simd/elementary.h"

#include "simd/exponentials.h"

#include "simd/epilogue.h"

#include "simd/finish.h"

#include "simd/amx_tiles.h"

#include "simd/amx_gemm.h"

#include "simd/amx_attention.h"
#pragma clang attribute pop

const sk_product sk_bf16_amx = {SK_PANEL, panel_size_1, pack_1, scratch_size_1, multiply_1, NULL, false};
const sk_product sk_bf16x2_amx = {SK_PANEL, panel_size_2, pack_2, scratch_size_2, multiply_2, NULL, false};
const sk_product sk_bf16x3_amx = {SK_PANEL, panel_size_3, pack_3, scratch_size_3, multiply_3, NULL, false};
const sk_product sk_int8_amx = {SK_PANEL, panel_size_int8, pack_int8, scratch_size_int8, multiply_int8, NULL, false};

const sk_attention_kernel sk_attention_bf16_amx = {attention_scratch_1, attend_1};
const sk_attention_kernel sk_attention_bf16x2_amx = {attention_scratch_2, attend_2};

#endif
