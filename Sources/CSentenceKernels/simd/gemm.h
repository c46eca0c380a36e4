// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The matrix product: B is packed in panels, a tile of C is in registers, and blocks fit the caches.
//
// Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008,
// https://doi.org/10.1145/1356052.1356053.


static size_t panel_size_f32(size_t k) { return k * SK_PANEL * sizeof(float); }
static size_t panel_size_bf16(size_t k) { return k * SK_PANEL * sizeof(uint16_t); }

static void pack_panels_f32(float *packed, const float *b, size_t n, size_t k, size_t column_stride,
                            size_t row_stride) {
    for (size_t first = 0; first < n; first += SK_PANEL, packed += k * SK_PANEL) {
        const size_t columns = sk_min(n - first, SK_PANEL);
        const float *source = b + first * column_stride;
        if (columns < SK_PANEL) memset(packed, 0, k * SK_PANEL * sizeof *packed);
        if (column_stride == 1) {
            for (size_t p = 0; p < k; p++) memcpy(packed + p * SK_PANEL, source + p * row_stride, columns * sizeof *b);
            continue;
        }
        // Where columns lie in memory as rows do elsewhere, squares are read row by row and turned.
        const size_t squared = row_stride == 1 ? k / SK_WIDTH * SK_WIDTH : 0, whole = columns / SK_WIDTH * SK_WIDTH;
        for (size_t j = 0; j < whole; j += SK_WIDTH)
            for (size_t p = 0; p < squared; p += SK_WIDTH) {
                vu square[SK_WIDTH];
#pragma clang loop unroll(full)
                for (int i = 0; i < SK_WIDTH; i++) square[i] = (vu)vload(source + (j + (size_t)i) * column_stride + p);
                vtranspose(square);
#pragma clang loop unroll(full)
                for (int i = 0; i < SK_WIDTH; i++)
                    vstore(packed + (p + (size_t)i) * SK_PANEL + j, (vf)square[i]);
            }
        for (size_t p = 0; p < k; p++)
            for (size_t j = p < squared ? whole : 0; j < columns; j++)
                packed[p * SK_PANEL + j] = source[j * column_stride + p * row_stride];
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

// A block of rows of A.
typedef struct left_rows {
    const float *first;
    size_t row_stride, column_stride;
    // From one tile to the next; 0 if the rows of all tiles are equally far apart.
    size_t tile_stride;
} left_rows;

SK_INLINE void skip_tile(left_rows *a, size_t height) {
    a->first += a->tile_stride ? a->tile_stride : height * a->row_stride;
}

// A block of rows times one panel, C of full width.
SK_INLINE void panel_product(const panel_type type, left_rows a, panel_rows panel, size_t rows, float *c,
                             size_t c_stride, bool add) {
    // The next panel is fetched evenly while this one is used; with only one tile, memory is busy with this one.
    const size_t tiles = sk_ceil_div(rows, SK_TILE_ROWS);
    panel.fetched = tiles > 1 ? panel_row_size(type) / tiles : 0;
    for (size_t height; rows > 0; rows -= height, panel.next += panel.k * panel.fetched) {
        height = tile_height(rows);
        if (height == SK_TILE_ROWS)
            tile(SK_TILE_ROWS, type, a.first, a.row_stride, a.column_stride, panel, c, c_stride, add);
        else
            short_tile(height, type, a.first, a.row_stride, a.column_stride, panel, c, c_stride, add);
        skip_tile(&a, height);
        c += height * c_stride;
    }
}

static void panel_product_f32(left_rows a, panel_rows panel, size_t rows, float *c, size_t c_stride, bool add) {
    panel_product(PANEL_F32, a, panel, rows, c, c_stride, add);
}

static void panel_product_bf16(left_rows a, panel_rows panel, size_t rows, float *c, size_t c_stride, bool add) {
    panel_product(PANEL_BF16, a, panel, rows, c, c_stride, add);
}

// The same for C of `columns` columns: if they are fewer than SK_PANEL, through a tile of full width.
static void columns_product(panel_type type, left_rows a, panel_rows panel, size_t rows, size_t columns, float *c,
                            size_t c_stride, bool add) {
    if (columns == SK_PANEL)
        return (type == PANEL_F32 ? panel_product_f32 : panel_product_bf16)(a, panel, rows, c, c_stride, add);
    float wide[SK_TILE_ROWS * SK_PANEL];
    for (size_t height; rows > 0; rows -= height, c += height * c_stride) {
        height = tile_height(rows);
        if (add) {
            memset(wide, 0, sizeof wide);
            for (size_t r = 0; r < height; r++) memcpy(wide + r * SK_PANEL, c + r * c_stride, columns * sizeof *c);
        }
        (type == PANEL_F32 ? panel_product_f32 : panel_product_bf16)(a, panel, height, wide, SK_PANEL, add);
        for (size_t r = 0; r < height; r++) memcpy(c + r * c_stride, wide + r * SK_PANEL, columns * sizeof *c);
        skip_tile(&a, height);
    }
}

// The number of rows of A that are multiplied with one panel after another. Rows that are copied also share the L2
// cache with the panel.
static size_t rows_at_a_time(const sk_gemm *g) {
    if (g->a_column_stride == 1) return SK_BLOCK_ROWS;
    const size_t fitting = SK_COPIED_FLOATS / sk_min(g->k + 1, SK_GEMM_DEPTH) / SK_TILE_ROWS * SK_TILE_ROWS;
    return sk_min(fitting, SK_BLOCK_ROWS);
}

static size_t columns_scratch_size(const sk_gemm *g) {
    if (g->a_column_stride == 1) return 0;
    const size_t rows = sk_round_up(sk_min(g->m, rows_at_a_time(g)), SK_TILE_ROWS);
    return rows * sk_min(g->k, SK_GEMM_DEPTH) * sizeof(float);
}

// Copies a block of A that lies in columns, tile after tile, each `[k, SK_TILE_ROWS]`: in place, every step in k would
// read from another page.
static left_rows copied_columns(const sk_gemm *g, const float *a, size_t rows, size_t depth) {
    const left_rows copy = {g->scratch, 1, SK_TILE_ROWS, depth * SK_TILE_ROWS};
    for (size_t p = 0; p < depth; p++) {
        float *to = (float *)copy.first + p * SK_TILE_ROWS;
        const float *from = a + p * g->a_column_stride;
        for (size_t left = rows, height; left > 0; left -= height, to += copy.tile_stride) {
            height = tile_height(left);
            if (height == SK_TILE_ROWS && g->a_row_stride == 1)
                memcpy(to, from, SK_TILE_ROWS * sizeof *to);
            else
                for (size_t i = 0; i < height; i++) to[i] = from[i * g->a_row_stride];
            from += height * g->a_row_stride;
        }
    }
    return copy;
}

static void multiply(const sk_gemm *g, panel_type type) {
    const size_t last_panel = sk_min(g->last_panel, sk_ceil_div(g->n, SK_PANEL));
    const bool copies = g->a_column_stride != 1;
    for (size_t row = 0, rows; row < g->m; row += rows) {
        rows = sk_min(g->m - row, rows_at_a_time(g));
        size_t p = 0;
        do { // once also for k = 0, which gives zeros
            const size_t depth = sk_min(g->k - p, SK_GEMM_DEPTH);
            const bool add = g->accumulate || p > 0, last = p + depth == g->k;
            const float *first = g->a + row * g->a_row_stride + p * g->a_column_stride;
            const left_rows a = copies ? copied_columns(g, first, rows, depth)
                                       : (left_rows){first, g->a_row_stride, g->a_column_stride, 0};
            for (size_t panel = g->first_panel; panel < last_panel; panel++) {
                const char *b = (const char *)g->b + (panel * g->k + p) * panel_row_size(type);
                const panel_rows right = {b, depth, b + g->k * panel_row_size(type), 0};
                const size_t column = panel * SK_PANEL, columns = sk_min(g->n - column, SK_PANEL);
                float *c = g->c + row * g->c_stride + column;
                columns_product(type, a, right, rows, columns, c, g->c_stride, add);
                if (last) finish_columns(g, row, rows, column, columns);
            }
            p += depth;
        } while (p < g->k);
    }
}

static void multiply_f32(const sk_gemm *g) { multiply(g, PANEL_F32); }
static void multiply_bf16(const sk_gemm *g) { multiply(g, PANEL_BF16); }

static const sk_product product_f32 = {SK_PANEL, panel_size_f32, pack_f32, columns_scratch_size, multiply_f32,
                                       unpack_f32, true};
static const sk_product product_bf16 = {SK_PANEL, panel_size_bf16, pack_bf16, columns_scratch_size, multiply_bf16,
                                        NULL, true};
