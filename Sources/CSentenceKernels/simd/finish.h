// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What follows a product of float32 sums that were written to C.

// Bias, activation and residual of the rows of a whole panel.
SK_INLINE void finish_panel(const sk_activation activation, const bool has_residual, const sk_gemm *g, size_t first_row,
                            size_t rows, size_t first_column) {
    vf bias[SK_TILE_VECTORS];
    load_bias(g, first_column, SK_PANEL, bias);
    float *c = g->c + first_row * g->c_stride + first_column;
    const float *residual = has_residual ? g->residual + first_row * g->residual_stride + first_column : NULL;
    for (size_t row = 0; row < rows; row++, c += g->c_stride) {
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) {
            vf x = vactivation(activation, vload(c + j * SK_WIDTH) + bias[j]);
            if (has_residual) x += vload(residual + j * SK_WIDTH);
            vstore(c + j * SK_WIDTH, x);
        }
        if (has_residual) residual += g->residual_stride;
    }
}

// The same for some columns, vector by vector.
static void finish_few_columns(const sk_gemm *g, size_t first_row, size_t rows, size_t first_column, size_t columns) {
    for (size_t row = first_row; row < first_row + rows; row++) {
        float *c = g->c + row * g->c_stride + first_column;
        const float *bias = g->bias ? g->bias + first_column : NULL;
        const float *residual = g->residual ? g->residual + row * g->residual_stride + first_column : NULL;
        SK_FOR_EACH_VECTOR(columns) {
            vf x = SK_LOAD(c);
            if (bias) x += SK_LOAD(bias);
            x = vactivation(g->activation, x);
            if (residual) x += SK_LOAD(residual);
            SK_STORE(c, x);
        }
    }
}

// Bias, activation and residual, applied while the columns of C just computed are in the L1 cache.
static void finish_columns(const sk_gemm *g, size_t first_row, size_t rows, size_t first_column, size_t columns) {
    if (g->accumulate || !(g->bias || g->residual || g->activation != SK_ACTIVATION_IDENTITY)) return;
    if (columns < SK_PANEL) return finish_few_columns(g, first_row, rows, first_column, columns);
#define SK_FINISH(activation, has_residual) finish_panel(activation, has_residual, g, first_row, rows, first_column)
    SK_FINISH_AS(g)
#undef SK_FINISH
}
