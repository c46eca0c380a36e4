// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// 8-bit products for levels with an instruction for bytes: four codes share a lane. The level file defines
// SK_MULTIPLY_ADD_QUADS(sum, a, b), and SK_INT8_SHIFT as 128 if the instruction takes signed bytes of A, otherwise as
// 0.

#define SK_GROUP 4
#if SK_INT8_SHIFT == 0
#define SK_INT8_CODE uint8_t
#else
#define SK_INT8_CODE int8_t
#endif

#include "int8.h"

typedef SK_INT8_CODE int8_code;
typedef int8_row int8_row_code;
typedef vi int8_sums;

static size_t int8_encode_size(size_t k) { return k * sizeof(float); }
static int8_row int8_encode(int8_code *out, void *scratch, const float *a, size_t k) {
    return int8_encode_row(out, scratch, a, k, sk_round_up(k, SK_GROUP));
}

static size_t int8_panel_header_size(void) { return sizeof(int8_header); }
static size_t int8_panel_row_size(void) { return SK_PANEL * SK_GROUP; }
SK_INLINE vu int8_load(const char *row, int vector) { return *(const vu *)(row + vector * (int)sizeof(vu)); }
SK_INLINE vi int8_multiply_add(vi sum, vu a, vu b) { return SK_MULTIPLY_ADD_QUADS(sum, a, b); }

#define SK_DOT(name) int8_##name
#include "dot.h"
#undef SK_DOT
