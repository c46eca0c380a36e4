// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What follows a product, however it was computed.

// Calls SK_FINISH(activation, has_residual) for what `g` says, with constants, so that those of the activation stay in
// registers. Rare activations are never part of a product; an activation and a residual seldom are.
#define SK_FINISH_AS(g)                                                                                                \
    if ((g)->residual && (g)->activation == SK_ACTIVATION_IDENTITY) {                                                  \
        SK_FINISH(SK_ACTIVATION_IDENTITY, true);                                                                       \
    } else if ((g)->residual) {                                                                                        \
        SK_FINISH((g)->activation, true);                                                                              \
    } else {                                                                                                           \
        switch ((g)->activation) {                                                                                     \
        case SK_ACTIVATION_RELU: SK_FINISH(SK_ACTIVATION_RELU, false); break;                                          \
        case SK_ACTIVATION_GELU: SK_FINISH(SK_ACTIVATION_GELU, false); break;                                          \
        case SK_ACTIVATION_GELU_TANH: SK_FINISH(SK_ACTIVATION_GELU_TANH, false); break;                                \
        case SK_ACTIVATION_TANH: SK_FINISH(SK_ACTIVATION_TANH, false); break;                                          \
        case SK_ACTIVATION_SIGMOID: SK_FINISH(SK_ACTIVATION_SIGMOID, false); break;                                    \
        case SK_ACTIVATION_SILU: SK_FINISH(SK_ACTIVATION_SILU, false); break;                                          \
        default: SK_FINISH(SK_ACTIVATION_IDENTITY, false);                                                             \
        }                                                                                                              \
    }

// The vectors of a bias for the columns of a panel; adding -0 changes no number.
SK_INLINE void load_bias(const sk_gemm *g, size_t first_column, size_t columns, vf bias[SK_TILE_VECTORS]) {
#pragma clang loop unroll(full)
    for (int j = 0; j < SK_TILE_VECTORS; j++) {
        const size_t first = (size_t)j * SK_WIDTH;
        if (!g->bias)
            bias[j] = vset(-0.0f);
        else if (first + SK_WIDTH <= columns)
            bias[j] = vload(g->bias + first_column + first);
        else
            bias[j] = vload_first(g->bias + first_column + first, columns - sk_min(first, columns));
    }
}
