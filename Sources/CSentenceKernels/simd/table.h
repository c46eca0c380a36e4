// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// All kernels of one vector width, and a macro that creates a level's table of them. A level file defines SK_WIDTH
// (floats in a vector), SK_TILE_ROWS and SK_TILE_VECTORS (the register tile), SK_MULTIPLY_ADD_QUADS if there is an
// instruction for bytes, and then includes this.

#include "vector.h"

#include "elementary.h"

#include "exponentials.h"

#include "rows.h"

#include "training.h"

#include "search.h"

#include "epilogue.h"

#include "finish.h"

#include "gemm.h"

#if defined(SK_MULTIPLY_ADD_QUADS)
#include "int8_quads.h"
#else
#include "int8_pairs.h"
#endif
static const sk_product product_int8 = {SK_PANEL, int8_panel_size, int8_pack, int8_scratch_size, int8_multiply, NULL, false};

#include "attention.h"

// How distances of bits are computed, unless the level file says otherwise.
#if !defined(SK_HAMMING)
#define SK_HAMMING hamming_u8
#endif

// The table of a level, with its products for float32-highest, float32, bfloat16 and int8, and its attention.
#define SK_TABLE(symbol, level_, name_, highest, float32, bfloat16, int8, ...)                                         \
    const sk_kernels symbol = {                                                                                        \
        .level = level_,                                                                                               \
        .name = name_,                                                                                                 \
        .products = {highest, float32, bfloat16, int8},                                                                \
        .f32 = &product_f32,                                                                                           \
        .attention = {__VA_ARGS__},                                                                                    \
        .attention_backward_scratch = attention_backward_scratch,                                                      \
        .attention_backward_f32 = attention_backward_f32,                                                              \
        .layer_norm_f32 = layer_norm_f32,                                                                              \
        .layer_norm_backward_f32 = layer_norm_backward_f32,                                                            \
        .rms_norm_f32 = rms_norm_f32,                                                                                  \
        .rms_norm_backward_f32 = rms_norm_backward_f32,                                                                \
        .rotate_f32 = rotate_f32,                                                                                      \
        .activation_f32 = activation_f32,                                                                              \
        .activation_backward_f32 = activation_backward_f32,                                                            \
        .softmax_f32 = softmax_f32,                                                                                    \
        .add_f32 = add_f32,                                                                                            \
        .axpy_f32 = axpy_f32,                                                                                          \
        .scale_f32 = scale_f32,                                                                                        \
        .multiply_f32 = multiply_elements_f32,                                                                         \
        .maximum_f32 = maximum_f32,                                                                                    \
        .adamw_f32 = adamw_f32,                                                                                        \
        .dropout_f32 = dropout_f32,                                                                                    \
        .dot_f32 = dot_f32,                                                                                            \
        .squared_distance_f32 = squared_distance_f32,                                                                  \
        .manhattan_distance_f32 = manhattan_distance_f32,                                                              \
        .f16_to_f32 = f16_to_f32,                                                                                      \
        .bf16_to_f32 = bf16_to_f32,                                                                                    \
        .codes_to_f32 = codes_to_f32,                                                                                  \
        .row_products_f32 = row_products_f32,                                                                          \
        .code_products_f32 = code_products_f32,                                                                        \
        .select_f32 = select_f32,                                                                                      \
        .select_above_f32 = select_above_f32,                                                                          \
        .hamming_u8 = SK_HAMMING,                                                                                      \
    }

// Attention by multiply-adds in every precision, for levels without products of bfloat16.
#define SK_ATTENTION_F32 &attention_f32, &attention_f32, &attention_f32, &attention_f32
