// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if defined(__aarch64__)

#include "internal.h"

#define SK_WIDTH 4
#define SK_TILE_ROWS 6
#define SK_TILE_VECTORS 4

#include "simd/table.h"

SK_TABLE(sk_kernels_neon, SK_LEVEL_NEON, "neon", &product_f32, &product_f32, &product_bf16, &product_int8, SK_ATTENTION_F32);
SK_TABLE(sk_kernels_neon_dotprod, SK_LEVEL_NEON_DOTPROD, "neon-dotprod", &product_f32, &product_f32, &product_bf16,
         &sk_int8_neon_dotprod, SK_ATTENTION_F32);
SK_TABLE(sk_kernels_neon_i8mm, SK_LEVEL_NEON_I8MM, "neon-i8mm", &product_f32, &product_f32, &sk_bf16_neon,
         &sk_int8_neon_i8mm, &attention_f32, &attention_f32, &sk_attention_bf16_neon, &sk_attention_bf16_neon);

#endif
