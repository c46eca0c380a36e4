// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What the kernel files share. The system headers are included here, before a level file applies its target attribute
// to everything that follows.

#ifndef SK_INTERNAL_H
#define SK_INTERNAL_H

#include "CSentenceKernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// The number of elements of a row that an 8-bit product rotates together.
#define SK_HADAMARD 128
// 8-bit codes: the largest code in a row of A; the largest magnitude in a column of B, and the largest magnitude of the
// sum of two neighbours there. With these, two products fit in 16 bits, in which AVX2 and AVX-512 without VNNI add
// them.
#define SK_INT8_ROW 191
#define SK_INT8_COLUMN 127
#define SK_INT8_NEIGHBOURS 171
_Static_assert(SK_INT8_ROW * SK_INT8_NEIGHBOURS <= INT16_MAX && SK_INT8_ROW * SK_INT8_COLUMN <= INT16_MAX, "");

#define SK_INLINE static inline __attribute__((always_inline))

SK_INLINE size_t sk_min(size_t a, size_t b) { return a < b ? a : b; }
SK_INLINE size_t sk_round_up(size_t x, size_t step) { return (x + step - 1) / step * step; }
SK_INLINE size_t sk_ceil_div(size_t x, size_t step) { return (x + step - 1) / step; }

// The step of a column's 8-bit codes, from its largest magnitude and the largest sum of two neighbours; rounding both
// neighbours may add one to the sum.
SK_INLINE float sk_int8_column_scale(float largest, float neighbours) {
    return fmaxf(largest / SK_INT8_COLUMN, neighbours / (SK_INT8_NEIGHBOURS - 1));
}

// The nearest bfloat16, ties to even; NaN stays NaN.
SK_INLINE uint16_t sk_round_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// The range of keys that queries see; `first` is a multiple of the requested number.
typedef struct sk_key_range {
    size_t first, last;
} sk_key_range;

// The position of query i in its text.
SK_INLINE size_t sk_query_position(const sk_attention *t, size_t i) {
    return t->query_positions ? t->query_positions[i] : i;
}

// The keys that queries i ..< i + rows see; if there are none, an empty range or one of fewer than `multiple` keys.
SK_INLINE sk_key_range sk_keys_in_reach(const sk_attention *t, size_t i, size_t rows, size_t multiple) {
    const size_t from = sk_query_position(t, i), behind = t->length - 1 - sk_query_position(t, i + rows - 1);
    const size_t first = from > t->left ? from - t->left : 0;
    const size_t last = sk_min(t->length - (t->right < behind ? behind - t->right : 0), t->key_length);
    return (sk_key_range){sk_min(first, last) / multiple * multiple, last};
}

// Finishes the softmax of query i: returns the factor for its exponentials, whose scores were reduced by `shift`. Zero
// if the query sees no key; with the infinite logarithm, its gradients are then zero too.
SK_INLINE float sk_finish_row(const sk_attention *t, size_t i, float shift, float sum) {
    if (t->log_sum_exp) t->log_sum_exp[i] = sum == 0.0f ? INFINITY : shift + logf(sum);
    return sum == 0.0f ? 0.0f : 1.0f / sum;
}

// Adds what depends on positions to the products of query i with `keys`, where the product with key j is at row[j], and
// sets keys out of its reach to -infinity. Returns the scale that must still be applied to the scores.
SK_INLINE float sk_place_scores(const sk_attention *t, float *row, size_t i, sk_key_range keys) {
    const size_t place = sk_query_position(t, i);
    if (t->term_positions) {
        const int32_t *positions = t->term_positions - place;
        const float *query_terms = t->query_terms + i * t->term_stride;
        for (size_t j = keys.first; j < keys.last; j++)
            row[j] += query_terms[positions[j]] + t->key_terms[j * t->term_stride + (size_t)positions[j]];
    }
    if (t->relative_bias) {
        const float *bias = t->relative_bias - place;
        for (size_t j = keys.first; j < keys.last; j++) row[j] = row[j] * t->scale + bias[j];
    }
    const sk_key_range own = sk_keys_in_reach(t, i, 1, 1);
    for (size_t j = keys.first; j < own.first; j++) row[j] = -INFINITY;
    for (size_t j = own.last; j < keys.last; j++) row[j] = -INFINITY;
    return t->relative_bias ? 1.0f : t->scale;
}

// The first group of random numbers of query i, for the keys from a multiple of 64 on.
SK_INLINE uint32_t sk_dropout_group(const sk_attention *t, size_t i, size_t key) {
    return (uint32_t)(256 * (t->dropout_row + sk_query_position(t, i)) + key / 64);
}

// Adds the gradients of query i's scores (for key j at slopes[j]) to the gradients of what depends on positions.
SK_INLINE void sk_collect_slopes(const sk_attention_backward_f32 *t, const float *slopes, size_t i, sk_key_range keys) {
    const sk_attention *f = &t->forward;
    if (t->d_relative_bias) {
        float *d_bias = t->d_relative_bias - i;
        for (size_t j = keys.first; j < keys.last; j++) d_bias[j] += slopes[j];
    }
    if (t->d_query_terms && t->d_key_terms && f->term_positions) {
        const int32_t *positions = f->term_positions - i;
        for (size_t j = keys.first; j < keys.last; j++) {
            const float slope = slopes[j] * f->scale;
            t->d_query_terms[i * f->term_stride + (size_t)positions[j]] += slope;
            t->d_key_terms[j * f->term_stride + (size_t)positions[j]] += slope;
        }
    }
}

// The activations from SK_ACTIVATION_FIRST_RARE on, which every level computes with the same code.
void sk_rare_activation_f32(sk_activation activation, float *y, const float *x, size_t n);
void sk_rare_activation_backward_f32(sk_activation activation, float *d_x, const float *x, const float *d_y, size_t n);

extern const sk_kernels sk_kernels_portable;
#if defined(__x86_64__)
extern const sk_kernels sk_kernels_avx2, sk_kernels_avx2_vnni;
void sk_hamming_avx512_popcnt(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices,
                              const uint8_t *query, size_t m, size_t k);
extern const sk_kernels sk_kernels_avx512, sk_kernels_avx512_vnni, sk_kernels_avx512_bf16, sk_kernels_amx;
extern const sk_product sk_int8_avx2_vnni, sk_int8_avx512_vnni, sk_bf16_avx512;
extern const sk_product sk_bf16_amx, sk_bf16x2_amx, sk_bf16x3_amx, sk_int8_amx;
extern const sk_attention_kernel sk_attention_bf16_avx512, sk_attention_bf16_amx, sk_attention_bf16x2_amx;
#elif defined(__aarch64__)
extern const sk_kernels sk_kernels_neon, sk_kernels_neon_dotprod, sk_kernels_neon_i8mm;
extern const sk_product sk_int8_neon_dotprod, sk_int8_neon_i8mm, sk_bf16_neon;
extern const sk_attention_kernel sk_attention_bf16_neon;
#endif

#endif
