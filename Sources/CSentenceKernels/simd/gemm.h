// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The matrix product: B is packed in panels, a tile of C is in registers, and blocks fit the caches.
//
// Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008,
// https://doi.org/10.1145/1356052.1356053.


static size_t panel_size_f32(size_t k) { return k * SK_PANEL * sizeof(float); }
static size_t panel_size_bf16(size_t k) { return k * SK_PANEL * sizeof(uint16_t); }

static size_t no_scratch(size_t m, size_t k) {
    (void)m, (void)k;
    return 0;
}

static void pack_panels_f32(float *packed, const float *b, size_t n, size_t k, size_t column_stride,
                            size_t row_stride) {
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

static void pack_f32(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                     size_t row_stride) {
    (void)scratch;
    pack_panels_f32(packed, b, n, k, column_stride, row_stride);
}

static void unpack_f32(float *out, const void *packed, size_t column, size_t k) {
    const float *from = (const float *)packed + column / SK_PANEL * k * SK_PANEL + column % SK_PANEL;
    for (size_t p = 0; p < k; p++) out[p] = from[p * SK_PANEL];
}

// bfloat16 in the layout that `load_panel_row` separates: a 32-bit lane holds one column in its low half, and in its
// high half the column one vector further.
static void pack_bf16(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    (void)scratch;
    uint16_t *out = packed;
    for (size_t first = 0; first < n; first += SK_PANEL)
        for (size_t p = 0; p < k; p++, out += SK_PANEL)
            for (size_t j = 0; j < SK_PANEL; j++) {
                const size_t vector = j / SK_WIDTH, lane = vector / 2 * SK_WIDTH + j % SK_WIDTH;
                const size_t column = first + j;
                out[2 * lane + vector % 2] =
                    column < n ? sk_round_bf16(b[column * column_stride + p * row_stride]) : 0;
            }
}

// How the elements of a panel are stored.
typedef enum panel_type { PANEL_F32, PANEL_BF16 } panel_type;

SK_INLINE size_t panel_row_size(panel_type type) { return SK_PANEL * (type == PANEL_F32 ? 4 : 2); }

SK_INLINE void load_panel_row(const panel_type type, const char *row, vf b[SK_TILE_VECTORS]) {
#pragma clang loop unroll(full)
    for (int j = 0; j < SK_TILE_VECTORS; j++) {
        if (type == PANEL_F32) {
            b[j] = vload((const float *)row + j * SK_WIDTH);
        } else {
            const vu pair = *(const vu *)(row + j / 2 * sizeof(vu));
            b[j] = (vf)(j % 2 ? pair & 0xffff0000u : pair << 16);
        }
    }
}

// `k` rows of a panel.
typedef struct panel_rows {
    const void *first;
    size_t k;
    // What follows them, if it comes from memory or a distant cache: `fetched` bytes for each row.
    const char *next;
    size_t fetched;
} panel_rows;

// C[rows, SK_PANEL] = A · B, or += with `add`.
SK_INLINE void tile(const int rows, const panel_type type, const float *a, size_t a_row_stride,
                    size_t a_column_stride, panel_rows panel, float *c, size_t c_stride, bool add) {
    vf sum[SK_TILE_ROWS][SK_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < SK_TILE_VECTORS; j++)
            sum[i][j] = add ? vload(c + (size_t)i * c_stride + j * SK_WIDTH) : vset(0.0f);
    // One pointer for every three rows, which addressing modes reach with the stride; otherwise the compiler derives
    // each row's address from the one before, in a chain as long as the arithmetic.
    const float *group[SK_TILE_ROWS / 3];
#pragma clang loop unroll(full)
    for (int g = 0; g < SK_TILE_ROWS / 3; g++) {
        group[g] = a + (size_t)(g * 3) * a_row_stride;
        __asm__("" : "+r"(group[g]));
    }
    const char *row = panel.first;
    // The alignment of the loop to cache lines changes its speed by a few percent.
    [[clang::code_align(64)]]
    for (size_t p = 0; p < panel.k; p++, row += panel_row_size(type), panel.next += panel.fetched) {
        vf b[SK_TILE_VECTORS];
        load_panel_row(type, row, b);
#pragma clang loop unroll(full)
        for (size_t line = 0; line < panel_row_size(type); line += 64) {
            __builtin_prefetch(row + SK_PREFETCH_DISTANCE + line);
            __builtin_prefetch(panel.next + line, 0, 2);
        }
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

// `tile` for 1 ..< SK_TILE_ROWS rows, with separate unrolled code for each number of rows.
SK_INLINE void short_tile(size_t rows, const panel_type type, const float *a, size_t a_row_stride,
                          size_t a_column_stride, panel_rows panel, float *c, size_t c_stride, bool add) {
#define SK_CASE(R)                                                                                                     \
    case R:                                                                                                            \
        if (R < SK_TILE_ROWS) tile(R, type, a, a_row_stride, a_column_stride, panel, c, c_stride, add);                     \
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
SK_INLINE void panel_product(const panel_type type, const float *a, size_t a_row_stride, size_t a_column_stride,
                             panel_rows panel, size_t rows, float *c, size_t c_stride, bool add) {
    // Tiles of nearly equal height: a single remaining row would take as long as four.
    size_t tiles = sk_ceil_div(rows, SK_TILE_ROWS);
    // The next panel is fetched evenly while this one is used; with only one tile, memory is busy with this one.
    panel.fetched = tiles > 1 ? panel_row_size(type) / tiles : 0;
    for (; tiles > 0; tiles--, panel.next += panel.k * panel.fetched) {
        const size_t height = sk_ceil_div(rows, tiles);
        if (height == SK_TILE_ROWS)
            tile(SK_TILE_ROWS, type, a, a_row_stride, a_column_stride, panel, c, c_stride, add);
        else
            short_tile(height, type, a, a_row_stride, a_column_stride, panel, c, c_stride, add);
        a += height * a_row_stride;
        c += height * c_stride;
        rows -= height;
    }
}

static void panel_product_f32(const float *a, size_t a_row_stride, size_t a_column_stride, panel_rows panel,
                              size_t rows, float *c, size_t c_stride, bool add) {
    panel_product(PANEL_F32, a, a_row_stride, a_column_stride, panel, rows, c, c_stride, add);
}

static void panel_product_bf16(const float *a, size_t a_row_stride, size_t a_column_stride, panel_rows panel,
                               size_t rows, float *c, size_t c_stride, bool add) {
    panel_product(PANEL_BF16, a, a_row_stride, a_column_stride, panel, rows, c, c_stride, add);
}

// The same if only `columns` < SK_PANEL columns of C exist: through a tile of full width.
static void narrow_panel_product(panel_type type, const float *a, size_t a_row_stride, size_t a_column_stride,
                                 panel_rows panel, size_t rows, size_t columns, float *c, size_t c_stride, bool add) {
    float wide[SK_TILE_ROWS * SK_PANEL];
    for (size_t i = 0; i < rows; i += SK_TILE_ROWS) {
        const size_t height = sk_min(rows - i, SK_TILE_ROWS);
        if (add) {
            memset(wide, 0, sizeof wide);
            for (size_t r = 0; r < height; r++)
                memcpy(wide + r * SK_PANEL, c + (i + r) * c_stride, columns * sizeof *c);
        }
        (type == PANEL_F32 ? panel_product_f32 : panel_product_bf16)(
            a + i * a_row_stride, a_row_stride, a_column_stride, panel, height, wide, SK_PANEL, add);
        for (size_t r = 0; r < height; r++)
            memcpy(c + (i + r) * c_stride, wide + r * SK_PANEL, columns * sizeof *c);
    }
}

static void multiply(const sk_gemm *g, panel_type type) {
    const size_t last_panel = sk_min(g->last_panel, sk_ceil_div(g->n, SK_PANEL));
    for (size_t row = 0; row < g->m; row += SK_BLOCK_ROWS) {
        const size_t rows = sk_min(g->m - row, SK_BLOCK_ROWS);
        size_t p = 0;
        do { // once also for k = 0, which gives zeros
            const size_t depth = sk_min(g->k - p, SK_GEMM_DEPTH);
            const bool add = g->accumulate || p > 0, last = p + depth == g->k;
            const float *a = g->a + row * g->a_row_stride + p * g->a_column_stride;
            for (size_t panel = g->first_panel; panel < last_panel; panel++) {
                const char *first = (const char *)g->b + (panel * g->k + p) * panel_row_size(type);
                const panel_rows b = {first, depth, first + g->k * panel_row_size(type), 0};
                const size_t column = panel * SK_PANEL, columns = sk_min(g->n - column, SK_PANEL);
                float *c = g->c + row * g->c_stride + column;
                if (columns == SK_PANEL)
                    (type == PANEL_F32 ? panel_product_f32 : panel_product_bf16)(
                        a, g->a_row_stride, g->a_column_stride, b, rows, c, g->c_stride, add);
                else
                    narrow_panel_product(type, a, g->a_row_stride, g->a_column_stride, b, rows, columns, c, g->c_stride,
                                         add);
                if (last) finish_columns(g, row, rows, column, columns);
            }
            p += depth;
        } while (p < g->k);
    }
}

static void multiply_f32(const sk_gemm *g) { multiply(g, PANEL_F32); }
static void multiply_bf16(const sk_gemm *g) { multiply(g, PANEL_BF16); }

static const sk_product product_f32 = {SK_PANEL, panel_size_f32, pack_f32, no_scratch, multiply_f32, unpack_f32};
static const sk_product product_bf16 = {SK_PANEL, panel_size_bf16, pack_bf16, no_scratch, multiply_bf16, NULL};
