// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// bfloat16 products for levels with a dot product of bfloat16: two neighbours in k share a lane. The level file defines
// SK_MULTIPLY_ADD_BF16(sum, a, b).

#define SK_GROUP 2

// Rounded numbers, each with its neighbour in k in the upper half of the lane.
SK_INLINE vu bf16_pairs(vf even, vf odd) {
#if defined(SK_ROUND_BF16)
    const vu codes = bf16_rounded(even, odd);
#define SK_ALTERNATING(lane, d) lane, SK_WIDTH + (lane)
    typedef uint16_t halves __attribute__((vector_size(SK_WIDTH * 4)));
    return (vu)__builtin_shufflevector((halves)codes, (halves)codes, SK_EACH_LANE(SK_ALTERNATING, 0));
#undef SK_ALTERNATING
#else
    return (vu)vround_bf16(even) >> 16 | (vu)vround_bf16(odd);
#endif
}

typedef uint16_t bf16_code;
typedef struct bf16_row_code {
    char none;
} bf16_row_code;
typedef vf bf16_sums;

static size_t bf16_encode_size(size_t k) { return (void)k, 0; }
static bf16_row_code bf16_encode(bf16_code *out, void *scratch, const float *a, size_t k) {
    (void)scratch;
    bf16_encode_row(out, a, k, sk_round_up(k, SK_GROUP));
    return (bf16_row_code){0};
}

#define SK_READS_COLUMNS
static void bf16_encode_columns(bf16_code *out, const float *a, size_t rows, size_t k, size_t row_stride,
                                size_t column_stride) {
    for (size_t p = 0; p < k; p += SK_GROUP, out += SK_GROUP * rows) {
        const float *even = a + p * column_stride, *odd = even + column_stride;
        const bool is_pair = p + 1 < k;
        SK_FOR_EACH_VECTOR(rows) {
            if (count == SK_WIDTH && row_stride == 1) {
                const vu pairs = bf16_pairs(vload(even + i), is_pair ? vload(odd + i) : (vf){0});
                memcpy(out + SK_GROUP * i, &pairs, sizeof pairs);
                continue;
            }
            for (size_t row = i; row < i + count; row++) {
                out[SK_GROUP * row] = sk_round_bf16(even[row * row_stride]);
                out[SK_GROUP * row + 1] = is_pair ? sk_round_bf16(odd[row * row_stride]) : 0;
            }
        }
    }
}

static size_t bf16_panel_header_size(void) { return 0; }
static size_t bf16_panel_row_size(void) { return SK_PANEL * SK_GROUP * sizeof(bf16_code); }
SK_INLINE vu bf16_load(const char *row, int vector) { return *(const vu *)(row + vector * (int)sizeof(vu)); }
SK_INLINE vf bf16_multiply_add(vf sum, vu a, vu b) { return SK_MULTIPLY_ADD_BF16(sum, a, b); }
SK_INLINE vf bf16_decode(vf sum, bf16_row_code row, const char *panel, int vector) {
    (void)row, (void)panel, (void)vector;
    return sum;
}

// Packs up to SK_WIDTH columns of B and 2 * SK_WIDTH of its rows, where columns lie in memory as rows do elsewhere: each
// row of a square of pairs is read at once. There are zeros where there are no columns.
SK_INLINE void bf16_pack_square(bf16_code *out, const float *b, size_t column_stride, size_t columns) {
    vu square[SK_WIDTH];
#pragma clang loop unroll(full)
    for (size_t i = 0; i < SK_WIDTH; i++) {
        const float *column = b + i * column_stride;
        square[i] = i < columns ? bf16_rounded(vload(column), vload(column + SK_WIDTH)) : (vu){0};
    }
    vtranspose(square);
#pragma clang loop unroll(full)
    for (int i = 0; i < SK_WIDTH; i++) memcpy(out + i * SK_PANEL * SK_GROUP, &square[i], sizeof square[i]);
}

static void bf16_pack(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    (void)scratch;
    bf16_code *out = packed;
    for (size_t first = 0; first < n; first += SK_PANEL) {
        const size_t squared = row_stride == 1 ? k / (2 * SK_WIDTH) * (2 * SK_WIDTH) : 0;
        for (size_t j = 0; j < SK_PANEL; j += SK_WIDTH)
            for (size_t p = 0; p < squared; p += 2 * SK_WIDTH)
                bf16_pack_square(out + p * SK_PANEL + j * SK_GROUP, b + (first + j) * column_stride + p, column_stride,
                                 first + j < n ? n - first - j : 0);
        const size_t whole = sk_min(n - first, SK_PANEL) / SK_WIDTH * SK_WIDTH;
        out += squared * SK_PANEL;
        for (size_t p = squared; p < k; p += SK_GROUP, out += SK_GROUP * SK_PANEL) {
            size_t j = 0;
            if (column_stride == 1) {
                const float *upper = b + p * row_stride + first, *lower = upper + row_stride;
                for (; j < whole; j += SK_WIDTH) {
                    const vu pairs = bf16_pairs(vload(upper + j), p + 1 < k ? vload(lower + j) : (vf){0});
                    memcpy(out + SK_GROUP * j, &pairs, sizeof pairs);
                }
            }
            for (; j < SK_PANEL; j++)
                for (size_t q = 0; q < SK_GROUP; q++)
                    out[SK_GROUP * j + q] = first + j < n && p + q < k
                                                ? sk_round_bf16(b[(first + j) * column_stride + (p + q) * row_stride])
                                                : 0;
        }
    }
}

#define SK_DOT(name) bf16_##name
#include "dot.h"
#undef SK_DOT
#undef SK_READS_COLUMNS
