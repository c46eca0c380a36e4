// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "../../Sources/CSentenceKernels/internal.h"

#define SK_WIDTH 4
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 4
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#endif
#include "../../Sources/CSentenceKernels/simd/table.h"
#if defined(__x86_64__)
#pragma clang attribute pop
#endif

SK_TABLE(skc_kernels_4, SK_LEVEL_PORTABLE, "4 wide", &product_f32, &product_f32, &product_bf16, &product_int8, SK_ATTENTION_F32);
