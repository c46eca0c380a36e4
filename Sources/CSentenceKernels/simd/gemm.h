// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The matrix product: B packed in panels, a tile of C in registers, blocks for the caches.
//
// Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008,
// https://doi.org/10.1145/1356052.1356053.

#define SK_PANEL (SK_TILE_VECTORS * SK_WIDTH)
// How many floats ahead of its use the panel is fetched: with few rows a product waits for its weights, and the
// processor's own prefetching stops at page borders. Reaching past the last panel is harmless.
#define SK_PREFETCH_DISTANCE 512
// Rows of A that stay in the second-level cache while all panels pass by.
#define SK_BLOCK_ROWS (SK_TILE_ROWS * (144 / SK_TILE_ROWS))

static void pack_f32(float *packed, const float *b, size_t n, size_t k, size_t column_stride, size_t row_stride) {
    for (size_t first = 0; first < n; first += SK_PANEL, packed += k * SK_PANEL) {
        const size_t columns = sk_min(n - first, SK_PANEL);
        const float *source = b + first * column_stride;
        if (columns < SK_PANEL) memset(packed, 0, k * SK_PANEL * sizeof *packed);
        if (column_stride == 1) {
            for (size_t p = 0; p < k; p++) memcpy(packed + p * SK_PANEL, source + p * row_stride, columns * sizeof *b);
        } else {
            for (size_t p = 0; p < k; p++)
                for (size_t j = 0; j < columns; j++)
                    packed[p * SK_PANEL + j] = source[j * column_stride + p * row_stride];
        }
    }
}

// C[rows, SK_PANEL] = A · panel, or += where `add`.
SK_INLINE void tile(const int rows, const float *a, size_t a_row_stride, size_t a_column_stride, const float *panel,
                    size_t k, float *c, size_t c_stride, bool add) {
    vf sum[SK_TILE_ROWS][SK_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++)
            sum[i][j] = add ? vload(c + (size_t)i * c_stride + j * SK_WIDTH) : vset(0.0f);
    // One pointer for three rows, which an addressing mode reaches by the stride; the compiler would otherwise
    // derive each row's address from the last one's, a chain as long as the arithmetic.
    const float *group[SK_TILE_ROWS / 3];
#pragma clang loop unroll(full)
    for (int g = 0; g < SK_TILE_ROWS / 3; g++) {
        group[g] = a + (size_t)(g * 3) * a_row_stride;
        __asm__("" : "+r"(group[g]));
    }
    for (size_t p = 0; p < k; p++, panel += SK_PANEL) {
        vf b[SK_TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) b[j] = vload(panel + j * SK_WIDTH);
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_PANEL; j += 16) __builtin_prefetch(panel + SK_PREFETCH_DISTANCE + j);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const vf factor = vset(group[i / 3][(size_t)(i % 3) * a_row_stride]);
#pragma clang loop unroll(full)
            for (int j = 0; j < SK_TILE_VECTORS; j++) sum[i][j] = vfma(factor, b[j], sum[i][j]);
        }
#pragma clang loop unroll(full)
        for (int g = 0; g < (rows + 2) / 3; g++) group[g] += a_column_stride;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) vstore(c + (size_t)i * c_stride + j * SK_WIDTH, sum[i][j]);
}

// `tile` for 1 ..< SK_TILE_ROWS rows, each size with its own unrolled code.
static void short_tile(size_t rows, const float *a, size_t a_row_stride, size_t a_column_stride, const float *panel,
                       size_t k, float *c, size_t c_stride, bool add) {
#define SK_CASE(R)                                                                                                     \
    case R:                                                                                                            \
        if (R < SK_TILE_ROWS) tile(R, a, a_row_stride, a_column_stride, panel, k, c, c_stride, add);                   \
        break;
    switch (rows) {
        SK_CASE(1)
        SK_CASE(2)
        SK_CASE(3)
        SK_CASE(4)
        SK_CASE(5)
#if SK_TILE_ROWS > 6
        SK_CASE(6)
        SK_CASE(7)
        SK_CASE(8)
        SK_CASE(9)
        SK_CASE(10)
        SK_CASE(11)
#endif
    }
#undef SK_CASE
}

// A block of rows times one panel, C of full width.
static void panel_product(const float *a, size_t a_row_stride, size_t a_column_stride, const float *panel, size_t rows,
                          size_t k, float *c, size_t c_stride, bool add) {
    // Tiles of nearly equal height: a single row left over would cost as much time as four.
    for (size_t tiles = sk_ceil_div(rows, SK_TILE_ROWS); tiles > 0; tiles--) {
        const size_t height = sk_ceil_div(rows, tiles);
        if (height == SK_TILE_ROWS)
            tile(SK_TILE_ROWS, a, a_row_stride, a_column_stride, panel, k, c, c_stride, add);
        else
            short_tile(height, a, a_row_stride, a_column_stride, panel, k, c, c_stride, add);
        a += height * a_row_stride;
        c += height * c_stride;
        rows -= height;
    }
}

// The same where only `columns` < SK_PANEL columns of C exist: through a tile of full width.
static void narrow_panel_product(const float *a, size_t a_row_stride, size_t a_column_stride, const float *panel,
                                 size_t rows, size_t columns, size_t k, float *c, size_t c_stride, bool add) {
    float wide[SK_TILE_ROWS * SK_PANEL];
    for (size_t i = 0; i < rows; i += SK_TILE_ROWS) {
        const size_t height = sk_min(rows - i, SK_TILE_ROWS);
        if (add) {
            memset(wide, 0, sizeof wide);
            for (size_t r = 0; r < height; r++)
                memcpy(wide + r * SK_PANEL, c + (i + r) * c_stride, columns * sizeof *c);
        }
        panel_product(a + i * a_row_stride, a_row_stride, a_column_stride, panel, height, k, wide, SK_PANEL, add);
        for (size_t r = 0; r < height; r++)
            memcpy(c + (i + r) * c_stride, wide + r * SK_PANEL, columns * sizeof *c);
    }
}

// Bias, activation and residual, while the columns of C that were just computed are in the first-level cache.
static void epilogue(const sk_gemm_f32 *g, size_t first_row, size_t rows, size_t first_column, size_t columns) {
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

static void gemm_f32(const sk_gemm_f32 *g) {
    const bool finish = !g->accumulate && (g->bias || g->residual || g->activation != SK_ACTIVATION_IDENTITY);
    const size_t last_panel = sk_min(g->last_panel, sk_ceil_div(g->n, SK_PANEL));
    for (size_t row = 0; row < g->m; row += SK_BLOCK_ROWS) {
        const size_t rows = sk_min(g->m - row, SK_BLOCK_ROWS);
        size_t p = 0;
        do { // once also for k = 0, which gives zeros
            const size_t depth = sk_min(g->k - p, SK_GEMM_DEPTH);
            const bool add = g->accumulate || p > 0, last = p + depth == g->k;
            const float *a = g->a + row * g->a_row_stride + p * g->a_column_stride;
            for (size_t panel = g->first_panel; panel < last_panel; panel++) {
                const float *b = g->b + panel * g->k * SK_PANEL + p * SK_PANEL;
                const size_t column = panel * SK_PANEL, columns = sk_min(g->n - column, SK_PANEL);
                float *c = g->c + row * g->c_stride + column;
                if (columns == SK_PANEL)
                    panel_product(a, g->a_row_stride, g->a_column_stride, b, rows, depth, c, g->c_stride, add);
                else
                    narrow_panel_product(a, g->a_row_stride, g->a_column_stride, b, rows, columns, depth, c,
                                         g->c_stride, add);
                if (last && finish) epilogue(g, row, rows, column, columns);
            }
            p += depth;
        } while (p < g->k);
    }
}
