// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What follows a product, however it was computed.

// Bias, activation and residual, applied while the columns of C just computed are in the L1 cache.
static void finish_columns(const sk_gemm *g, size_t first_row, size_t rows, size_t first_column, size_t columns) {
    if (g->accumulate || !(g->bias || g->residual || g->activation != SK_ACTIVATION_IDENTITY)) return;
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
