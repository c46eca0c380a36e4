// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// 8-bit operands, for every instruction that multiplies them: columns of B symmetrically, rows of A from their smallest
// to their largest number; internal.h has the ranges of their codes. A level defines how codes of A are stored:
// SK_INT8_CODE is their type, and SK_INT8_SHIFT is subtracted from them so that they fit in it.
//
// Rows and columns are rotated before they are rounded; see hadamard.h.

#include "hadamard.h"

typedef SK_INT8_CODE vcodes __attribute__((vector_size(SK_WIDTH * sizeof(SK_INT8_CODE))));

typedef struct int8_row {
    float scale;
    int32_t zero; // the code of 0.0
} int8_row;

// Rounding may have moved an end of a row beyond the range of codes.
SK_INLINE vi int8_limited(vi codes) {
    codes = __builtin_elementwise_min(codes, (vi){0} + (SK_INT8_ROW - SK_INT8_SHIFT));
    return __builtin_elementwise_max(codes, (vi){0} - SK_INT8_SHIFT);
}

// Codes round(x * SK_INT8_ROW / range) + zero of a row; infinity or NaN anywhere makes its scale NaN, and so all its
// sums. The rotated row is in `rotated`, `[k]`.
static int8_row int8_encode_row(SK_INT8_CODE *out, float *rotated, const float *a, size_t k, size_t padded) {
    const element_range elements = hadamard_rotate(rotated, a, k);
    const float least = -vmax(-elements.low), range = vmax(elements.high) - least;
    const float step = range > 1e-30f ? SK_INT8_ROW / range : 0.0f; // a smaller range counts as zero
    const int32_t zero = (int32_t)lrintf(step < INFINITY && range < INFINITY ? -least * step : 0.0f);
    // The sum has no fraction bits at this magnitude, so adding rounds to even; the low bits are the integer.
    const vf steps = vset(step), shift = vset(0x1.8p23f + (float)(zero - SK_INT8_SHIFT));
    size_t done = 0;
    for (; done + SK_WIDTH <= k; done += SK_WIDTH) {
        const vi codes = int8_limited((vi)vfma(vload(rotated + done), steps, shift) - (vi)vset(0x1.8p23f));
        const vcodes narrow = __builtin_convertvector(codes, vcodes);
        memcpy(out + done, &narrow, sizeof narrow);
    }
    for (; done < k; done++)
        out[done] = (SK_INT8_CODE)int8_limited((vi)vfma(vset(rotated[done]), steps, shift) - (vi)vset(0x1.8p23f))[0];
    memset(out + k, 0, (padded - k) * sizeof *out);
    return (int8_row){range / SK_INT8_ROW + vsum(elements.poison), zero - SK_INT8_SHIFT};
}

typedef struct int8_header {
    float scale[SK_PANEL];
    int32_t sum[SK_PANEL]; // of a column's codes, for the zero of the rows
} int8_header;

// The position of code (p, j) after the panel's header: groups of neighbours in k, column after column.
SK_INLINE size_t int8_position(size_t p, size_t j) { return p / SK_GROUP * SK_PANEL * SK_GROUP + j * SK_GROUP + p % SK_GROUP; }

static void int8_pack(void *packed, const float *b, float *rotated, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    char *panel = packed;
    const size_t codes_size = sk_round_up(k, SK_GROUP) * SK_PANEL;
    for (size_t first = 0; first < n; first += SK_PANEL, panel += sizeof(int8_header) + codes_size) {
        int8_header *header = (int8_header *)panel;
        int8_t *codes = (int8_t *)(header + 1);
        memset(panel, 0, sizeof(int8_header) + codes_size);
        for (size_t j = 0; j < SK_PANEL && first + j < n; j++) {
            const float *column = b + (first + j) * column_stride;
            for (size_t p = 0; p < k; p++) rotated[p] = column[p * row_stride];
            hadamard_rotate(rotated, rotated, k);
            float largest = 0.0f, neighbours = 0.0f, poison = 0.0f; // infinity or NaN makes the column's sums NaN
            for (size_t p = 0; p < k; p++) {
                const float x = fabsf(rotated[p]), pair = p % 2 ? fabsf(rotated[p - 1] + rotated[p]) : 0.0f;
                largest = x > largest ? x : largest;
                neighbours = pair > neighbours ? pair : neighbours;
                poison += x * 0.0f;
            }
            const float scale = sk_int8_column_scale(largest, neighbours);
            const float step = scale > 1e-30f && scale < INFINITY ? 1.0f / scale : 0.0f;
            int32_t sum = 0;
            for (size_t p = 0; p < k; p++) {
                const float x = rotated[p] * step;
                const int8_t code = fabsf(x) < SK_INT8_COLUMN + 0.5f ? (int8_t)lrintf(x) : 0;
                codes[int8_position(p, j)] = code;
                sum += code;
            }
            header->scale[j] = scale + poison;
            header->sum[j] = sum;
        }
    }
}

SK_INLINE vf int8_decode(vi sum, int8_row row, const char *panel, int vector) {
    const int8_header *header = (const int8_header *)panel;
    const vi column_sum = *(const vi *)(header->sum + vector * SK_WIDTH);
    const vf value = __builtin_convertvector(sum - row.zero * column_sum, vf);
    return value * (row.scale * vload(header->scale + vector * SK_WIDTH));
}
