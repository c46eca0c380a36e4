// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The loops of a product whose operands are codes narrower than float32. SK_GROUP neighbours in k share a 32-bit lane;
// one instruction multiplies them and adds the products to a 32-bit sum.
//
// A kind of code defines, with the prefix that SK_DOT adds, the types
//     code            one element of A
//     row_code        what a row of A needs besides its codes, to turn sums back into float32
//     sums            a vector of 32-bit sums
// and the functions
//     size_t encode_size(size_t k)                                          bytes of scratch that `encode` needs
//     row_code encode(code *out, void *scratch, const float *a, size_t k)   codes of a row, zeros up to a full group
//     size_t panel_header_size(void), panel_row_size(void)                  bytes before the codes, of one group of k
//     vu load(const char *row, int vector)                                  lanes of one vector of columns
//     sums multiply_add(sums sum, vu a, vu b)
//     vf decode(sums sum, row_code row, const char *panel, int vector)
// and then includes this file, which defines `multiply`, `scratch_size` and `panel_size`.
//
// A kind with SK_READS_COLUMNS also defines
//     void encode_columns(code *out, const float *a, size_t rows, size_t k, size_t row_stride, size_t column_stride)
// for a block of A that lies in columns: the groups of k one after another, each with a lane for every row.

static size_t SK_DOT(groups)(size_t k) { return sk_ceil_div(k, SK_GROUP); }
static size_t SK_DOT(row_size)(size_t k) { return SK_DOT(groups)(k) * SK_GROUP * sizeof(SK_DOT(code)); }
static size_t SK_DOT(panel_size)(size_t k) {
    return SK_DOT(panel_header_size)() + SK_DOT(groups)(k) * SK_DOT(panel_row_size)();
}
static size_t SK_DOT(scratch_size)(const sk_gemm *g) {
    return SK_DOT(encode_size)(g->k) +
           sk_min(g->m, SK_BLOCK_ROWS) * (sizeof(SK_DOT(row_code)) + SK_DOT(row_size)(g->k));
}

// The codes of rows of A: how many bytes lie between two rows, and between two groups of k.
typedef struct SK_DOT(codes) {
    const char *first;
    size_t row_stride, group_stride;
} SK_DOT(codes);

// The sums `[rows, SK_PANEL]` of `rows` rows of codes; `stride` is the number of sums from one row to the next.
SK_INLINE void SK_DOT(tile)(const int rows, SK_DOT(codes) a, const char *panel, size_t groups, void *sums,
                            size_t stride) {
    SK_DOT(sums) sum[SK_TILE_ROWS][SK_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) sum[i][j] = (SK_DOT(sums)){0};
    // One pointer for every three rows, as in the float32 tile.
    const char *three[SK_TILE_ROWS / 3 + 1];
#pragma clang loop unroll(full)
    for (int g = 0; g < (rows + 2) / 3; g++) {
        three[g] = a.first + (size_t)(g * 3) * a.row_stride;
        __asm__("" : "+r"(three[g]));
    }
    const char *lanes = panel + SK_DOT(panel_header_size)();
    [[clang::code_align(64)]]
    for (size_t p = 0; p < groups; p++, lanes += SK_DOT(panel_row_size)()) {
        vu b[SK_TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) b[j] = SK_DOT(load)(lanes, j);
#pragma clang loop unroll(full)
        for (size_t line = 0; line < SK_DOT(panel_row_size)(); line += 64)
            __builtin_prefetch(lanes + SK_PREFETCH_DISTANCE + line);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            uint32_t group;
            memcpy(&group, three[i / 3] + (size_t)(i % 3) * a.row_stride, sizeof group);
            const vu factor = group - (vu){0};
#pragma clang loop unroll(full)
            for (int j = 0; j < SK_TILE_VECTORS; j++) sum[i][j] = SK_DOT(multiply_add)(sum[i][j], factor, b[j]);
        }
#pragma clang loop unroll(full)
        for (int g = 0; g < (rows + 2) / 3; g++) three[g] += a.group_stride;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++)
            *(SK_DOT(sums) *)((char *)sums + ((size_t)i * stride + j * SK_WIDTH) * 4) = sum[i][j];
}

// `codes` is not passed by value: in memory it would be read at once just after its parts were written, which waits for
// all that was written before.
static void SK_DOT(tile_of)(size_t rows, const SK_DOT(codes) *a, const char *panel, size_t groups, void *sums,
                            size_t stride) {
#define SK_CASE(R)                                                                                                     \
    case R:                                                                                                            \
        if (R <= SK_TILE_ROWS) SK_DOT(tile)(R, *a, panel, groups, sums, stride);                                           \
        break;
    switch (rows) {
        SK_CASE(1)
        SK_CASE(2)
        SK_CASE(3)
        SK_CASE(4)
        SK_CASE(5)
        SK_CASE(6)
#if SK_TILE_ROWS > 6
        SK_CASE(7)
        SK_CASE(8)
        SK_CASE(9)
        SK_CASE(10)
        SK_CASE(11)
        SK_CASE(12)
#endif
    }
#undef SK_CASE
}

// Writes a tile of C: sums turned into float32, bias, activation, residual.
SK_INLINE void SK_DOT(finish_tile)(const sk_activation activation, const bool has_residual, const sk_gemm *g,
                                   const SK_DOT(sums) *sums, const SK_DOT(row_code) *codes, const char *panel,
                                   size_t first_row, size_t rows, size_t first_column, size_t columns) {
    vf bias[SK_TILE_VECTORS];
    load_bias(g, first_column, columns, bias);
    float *c = g->c + first_row * g->c_stride + first_column;
    const float *residual = has_residual ? g->residual + first_row * g->residual_stride + first_column : NULL;
    for (size_t row = 0; row < rows; row++, c += g->c_stride, sums += SK_TILE_VECTORS) {
        const SK_DOT(row_code) code = codes[row];
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++) {
            const size_t first = (size_t)j * SK_WIDTH;
            vf x = vactivation_short(activation, SK_DOT(decode)(sums[j], code, panel, j) + bias[j]);
            if (__builtin_expect(first + SK_WIDTH <= columns, 1)) {
                if (has_residual) x += vload(residual + first);
                vstore(c + first, x);
            } else if (first < columns) {
                if (has_residual) x += vload_first(residual + first, columns - first);
                vstore_first(c + first, x, columns - first);
            }
        }
        if (has_residual) residual += g->residual_stride;
    }
}

// The codes of a block of rows, and in `row_codes` what else belongs to them.
static SK_DOT(codes) SK_DOT(encode_block)(const sk_gemm *g, size_t first, size_t rows, SK_DOT(row_code) *row_codes,
                                          char *out) {
    const float *a = g->a + first * g->a_row_stride;
    const size_t row_size = SK_DOT(row_size)(g->k);
#ifdef SK_READS_COLUMNS
    if (g->a_column_stride != 1) {
        const size_t group_stride = rows * SK_GROUP * sizeof(SK_DOT(code));
        SK_DOT(encode_columns)((SK_DOT(code) *)out, a, rows, g->k, g->a_row_stride, g->a_column_stride);
        return (SK_DOT(codes)){out, SK_GROUP * sizeof(SK_DOT(code)), group_stride};
    }
#endif
    for (size_t i = 0; i < rows; i++)
        row_codes[i] =
            SK_DOT(encode)((SK_DOT(code) *)(out + i * row_size), g->scratch, a + i * g->a_row_stride, g->k);
    return (SK_DOT(codes)){out, row_size, SK_GROUP * sizeof(SK_DOT(code))};
}

static void SK_DOT(multiply)(const sk_gemm *g) {
    const size_t groups = SK_DOT(groups)(g->k), panel_size = SK_DOT(panel_size)(g->k);
    const size_t last_panel = sk_min(g->last_panel, sk_ceil_div(g->n, SK_PANEL));
    SK_DOT(row_code) *row_codes = (SK_DOT(row_code) *)((char *)g->scratch + SK_DOT(encode_size)(g->k));
    for (size_t first = 0; first < g->m; first += SK_BLOCK_ROWS) {
        const size_t rows = sk_min(g->m - first, SK_BLOCK_ROWS);
        const SK_DOT(codes) block =
            SK_DOT(encode_block)(g, first, rows, row_codes, (char *)(row_codes + sk_min(g->m, SK_BLOCK_ROWS)));
        for (size_t panel = g->first_panel; panel < last_panel; panel++) {
            const char *b = (const char *)g->b + panel * panel_size;
            const size_t column = panel * SK_PANEL, columns = sk_min(g->n - column, SK_PANEL);
            for (size_t i = 0, height; i < rows; i += height) {
                height = tile_height(rows - i);
                SK_DOT(sums) sums[SK_TILE_ROWS * SK_TILE_VECTORS];
                SK_DOT(codes) a = block;
                a.first += i * a.row_stride;
                SK_DOT(tile_of)(height, &a, b, groups, sums, SK_PANEL);
#define SK_FINISH(activation, has_residual)                                                                            \
    SK_DOT(finish_tile)(activation, has_residual, g, sums, row_codes + i, b, first + i, height, column, columns)
                SK_FINISH_AS(g)
#undef SK_FINISH
            }
        }
    }
}
