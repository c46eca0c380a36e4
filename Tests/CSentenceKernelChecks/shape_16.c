// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "../../Sources/CSentenceKernels/internal.h"

#define SK_WIDTH 16
#define SK_TILE_ROWS 12
#define SK_TILE_VECTORS 2
#if defined(__x86_64__)
// Functions that take vectors wider than the machine's are all inlined, so no call has that convention.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#endif
#include "../../Sources/CSentenceKernels/simd/table.h"
#if defined(__x86_64__)
#pragma clang attribute pop
#endif

SK_TABLE(skc_kernels_16, SK_LEVEL_PORTABLE, "16 wide", &product_f32, &product_f32, &product_bf16, &product_int8, SK_ATTENTION_F32);
