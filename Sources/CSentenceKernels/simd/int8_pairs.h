// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// 8-bit products without an instruction for bytes: codes are widened to 16 bits, and two share a lane.

#define SK_GROUP 2
#define SK_INT8_CODE int16_t
#define SK_INT8_SHIFT 0

#include "int8.h"

typedef int8_t vi8 __attribute__((vector_size(SK_WIDTH * 2), aligned(2)));
typedef int16_t vi16 __attribute__((vector_size(SK_WIDTH * 4), aligned(4)));

typedef SK_INT8_CODE int8_code;
typedef int8_row int8_row_code;
typedef vi int8_sums;

static size_t int8_encode_size(size_t k) { return k * sizeof(float); }
static int8_row int8_encode(int8_code *out, void *scratch, const float *a, size_t k) {
    return int8_encode_row(out, scratch, a, k, sk_round_up(k, SK_GROUP));
}

static size_t int8_panel_header_size(void) { return sizeof(int8_header); }
static size_t int8_panel_row_size(void) { return SK_PANEL * SK_GROUP; }

SK_INLINE vu int8_load(const char *row, int vector) {
    return (vu)__builtin_convertvector(*(const vi8 *)(row + vector * (int)sizeof(vi8)), vi16);
}

SK_INLINE vi int8_multiply_add(vi sum, vu a, vu b) {
    const vi low = ((vi)a << 16 >> 16) * ((vi)b << 16 >> 16), high = ((vi)a >> 16) * ((vi)b >> 16);
    return sum + low + high;
}

#define SK_DOT(name) int8_##name
#include "dot.h"
#undef SK_DOT
