// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// All kernels of one level and their table. A level file defines SK_TABLE, SK_TABLE_LEVEL, SK_TABLE_NAME,
// SK_WIDTH (floats in a vector), SK_TILE_ROWS and SK_TILE_VECTORS (the register tile) and includes this.

#include "vector.h"

#include "elementary.h"

#include "rows.h"

#include "gemm.h"

#include "attention.h"

const sk_kernels SK_TABLE = {
    .level = SK_TABLE_LEVEL,
    .name = SK_TABLE_NAME,
    .panel_width = SK_PANEL,
    .pack_f32 = pack_f32,
    .gemm_f32 = gemm_f32,
    .attention_scratch = attention_scratch,
    .attention_backward_scratch = attention_backward_scratch,
    .attention_f32 = attention_f32,
    .attention_backward_f32 = attention_backward_f32,
    .layer_norm_f32 = layer_norm_f32,
    .layer_norm_backward_f32 = layer_norm_backward_f32,
    .activation_f32 = activation_f32,
    .activation_backward_f32 = activation_backward_f32,
    .softmax_f32 = softmax_f32,
    .add_f32 = add_f32,
    .axpy_f32 = axpy_f32,
    .scale_f32 = scale_f32,
    .multiply_f32 = multiply_f32,
    .maximum_f32 = maximum_f32,
    .dot_f32 = dot_f32,
    .squared_distance_f32 = squared_distance_f32,
    .manhattan_distance_f32 = manhattan_distance_f32,
    .f16_to_f32 = f16_to_f32,
    .bf16_to_f32 = bf16_to_f32,
};
