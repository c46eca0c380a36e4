// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// AMX: the matrix product. Rows of A are converted to codes one block at a time; `tile_product` multiplies a strip of
// 32 rows with a panel of 32 columns.

#define SK_GROUP 4
#define SK_INT8_CODE uint8_t
#define SK_INT8_SHIFT 0

#include "int8.h"

// How much of the L2 cache rows of A may occupy.
#define SK_BLOCK_BYTES (768u << 10)

SK_INLINE size_t code_bytes(tile_kind kind, size_t k) { return kind == TILE_INT8 ? k : 2 * k; }
SK_INLINE size_t step_count(tile_kind kind, size_t k) { return sk_ceil_div(code_bytes(kind, k), SK_STEP_BYTES); }

SK_INLINE size_t amx_panel_size(tile_kind kind, size_t k) {
    const size_t header = kind == TILE_INT8 ? sizeof(int8_header) : 0;
    return header + step_count(kind, k) * part_count(kind) * SK_STEP_PANEL_BYTES;
}

SK_INLINE size_t block_rows(tile_kind kind, size_t m, size_t k) {
    const size_t row_bytes = part_count(kind) * code_stride(code_bytes(kind, k));
    const size_t fitting = SK_BLOCK_BYTES / row_bytes / SK_STRIP_ROWS * SK_STRIP_ROWS;
    return sk_min(m, fitting < 64 ? 64 : sk_min(fitting, 256));
}

SK_INLINE size_t amx_scratch_size(tile_kind kind, size_t m, size_t k) {
    const size_t rows = block_rows(kind, m, k);
    const size_t rotated_size = kind == TILE_INT8 ? k * sizeof(float) : 0;
    return 64 + rows * (part_count(kind) * code_stride(code_bytes(kind, k)) + sizeof(int8_row)) + rotated_size;
}

SK_INLINE void amx_pack_bf16(const tile_kind kind, char *out, const float *b, size_t n, size_t k, size_t column_stride,
                             size_t row_stride) {
    const size_t panel_size = amx_panel_size(kind, k);
    for (size_t first = 0; first < n; first += SK_PANEL, out += panel_size) {
        memset(out, 0, panel_size);
        for (size_t j = 0; j < SK_PANEL && first + j < n; j++)
            for (size_t p = 0; p < k; p++) {
                float x = b[(first + j) * column_stride + p * row_stride];
                uint16_t *lane = (uint16_t *)(out + p / 32 * part_count(kind) * SK_STEP_PANEL_BYTES) +
                                 p % 32 / 2 * SK_PANEL * 2 + j * 2 + p % 2;
                for (size_t part = 0; part < part_count(kind); part++, lane += SK_STEP_PANEL_BYTES / 2) {
                    *lane = sk_round_bf16(x);
                    const uint32_t bits = (uint32_t)*lane << 16;
                    float rounded;
                    memcpy(&rounded, &bits, sizeof rounded);
                    x -= rounded;
                }
            }
    }
}

// int8_pack fills whole groups of k, but the tiles need whole steps, so every panel is packed in its place.
static void pack_int8(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    const size_t panel_size = amx_panel_size(TILE_INT8, k);
    char *out = packed;
    for (size_t first = 0; first < n; first += SK_PANEL, out += panel_size) {
        memset(out, 0, panel_size);
        int8_pack(out, b + first * column_stride, scratch, sk_min(n - first, SK_PANEL), k, column_stride, row_stride);
    }
}

// Converts the 32-bit sums in C to float32.
static void decode_sums(float *c, size_t c_stride, const int8_row *rows, size_t row_count, const char *panel,
                        size_t columns) {
    for (size_t r = 0; r < row_count; r++, c += c_stride)
        for (int j = 0; j < SK_TILE_VECTORS && (size_t)j * SK_WIDTH < columns; j++) {
            const size_t count = sk_min(columns - (size_t)j * SK_WIDTH, SK_WIDTH);
            float *at = c + j * SK_WIDTH;
            vi sum = {0};
            memcpy(&sum, at, count * sizeof *at);
            const vf value = int8_decode(sum, rows[r], panel, j);
            memcpy(at, &value, count * sizeof *at);
        }
}

SK_INLINE void amx_multiply(const tile_kind kind, const sk_gemm *g) {
    const size_t panel_size = amx_panel_size(kind, g->k), header = kind == TILE_INT8 ? sizeof(int8_header) : 0;
    const size_t last_panel = sk_min(g->last_panel, sk_ceil_div(g->n, SK_PANEL));
    const size_t steps = step_count(kind, g->k), block = block_rows(kind, g->m, g->k);
    const size_t stride = code_stride(code_bytes(kind, g->k)), plane = block * stride;
    char *codes = (char *)(((uintptr_t)g->scratch + 63) & ~(uintptr_t)63);
    int8_row *row_codes = (int8_row *)(codes + part_count(kind) * plane);
    float *rotated = (float *)(row_codes + block);
    size_t configured = 0;
    for (size_t first = 0; first < g->m; first += block) {
        const size_t rows = sk_min(g->m - first, block);
        for (size_t i = 0; i < rows; i++) {
            const float *a = g->a + (first + i) * g->a_row_stride;
            if (kind == TILE_INT8)
                row_codes[i] = int8_encode_row((uint8_t *)codes + i * stride, rotated, a, g->k,
                                               sk_round_up(g->k, SK_STEP_BYTES));
            else
                split_row(kind, codes + i * stride, plane, a, g->k);
        }
        size_t step = 0;
        do { // once also for k = 0, which gives zeros
            const size_t some = sk_min(steps - step, SK_STEPS);
            const bool last = step + some == steps;
            for (size_t panel = g->first_panel; panel < last_panel; panel++) {
                const char *b = (const char *)g->b + panel * panel_size;
                const size_t column = panel * SK_PANEL, columns = sk_min(g->n - column, SK_PANEL);
                for (size_t i = 0; i < rows; i += SK_STRIP_ROWS) {
                    const size_t height = sk_min(rows - i, SK_STRIP_ROWS);
                    if (height != configured) configure_tiles(configured = height);
                    float *c = g->c + (first + i) * g->c_stride + column, wide[SK_STRIP_ROWS * SK_PANEL];
                    const bool narrow = columns < SK_PANEL;
                    for (size_t r = 0; narrow && step > 0 && r < height; r++)
                        memcpy(wide + r * SK_PANEL, c + r * g->c_stride, columns * sizeof *c);
                    const tile_operands operands = {
                        .a = codes + i * stride + step * SK_STEP_BYTES, .a_stride = stride, .a_plane = plane,
                        .b = b + header + step * part_count(kind) * SK_STEP_PANEL_BYTES};
                    char *sums = (char *)(narrow ? wide : c);
                    const size_t sums_stride = (narrow ? SK_PANEL : g->c_stride) * sizeof *c;
                    if (height > 16)
                        tile_product(kind, true, operands, some, sums, sums_stride, step > 0);
                    else
                        tile_product(kind, false, operands, some, sums, sums_stride, step > 0);
                    for (size_t r = 0; narrow && r < height; r++)
                        memcpy(c + r * g->c_stride, wide + r * SK_PANEL, columns * sizeof *c);
                    if (last && kind == TILE_INT8) decode_sums(c, g->c_stride, row_codes + i, height, b, columns);
                }
                if (last) finish_columns(g, first, rows, column, columns);
            }
            step += some;
        } while (step < steps);
    }
    _tile_release();
}

// The functions in the table, one for each kind.
#define SK_AMX_PRODUCT(suffix, kind)                                                                                   \
    static size_t panel_size_##suffix(size_t k) { return amx_panel_size(kind, k); }                                    \
    static size_t scratch_size_##suffix(const sk_gemm *g) { return amx_scratch_size(kind, g->m, g->k); }               \
    static void multiply_##suffix(const sk_gemm *g) { amx_multiply(kind, g); }
#define SK_AMX_BF16_PRODUCT(suffix, kind)                                                                              \
    SK_AMX_PRODUCT(suffix, kind)                                                                                       \
    static void pack_##suffix(void *packed, const float *b, float *scratch, size_t n, size_t k,                        \
                              size_t column_stride, size_t row_stride) {                                               \
        (void)scratch;                                                                                                 \
        amx_pack_bf16(kind, packed, b, n, k, column_stride, row_stride);                                               \
    }

SK_AMX_BF16_PRODUCT(1, TILE_BF16)
SK_AMX_BF16_PRODUCT(2, TILE_BF16X2)
SK_AMX_BF16_PRODUCT(3, TILE_BF16X3)
SK_AMX_PRODUCT(int8, TILE_INT8)
