// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Distances of bits by VPOPCNTDQ, which not every processor of the AVX-512 levels has.

#if defined(__x86_64__)

#include "internal.h"

#pragma clang attribute push(__attribute__((target("avx512vpopcntdq,avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi2,popcnt"))), apply_to = function)

typedef uint64_t words __attribute__((vector_size(64)));
typedef float eight __attribute__((vector_size(32), aligned(4)));

// The numbers of differing bits, by words.
SK_INLINE words differing(const uint8_t *row, const uint8_t *query, size_t k) {
    words sum = {0};
    size_t p = 0;
    for (; p + 64 <= k; p += 64)
        sum += (words)_mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(row + p), _mm512_loadu_si512(query + p)));
    if (p < k) {
        const __mmask64 mask = _bzhi_u64(~0ull, (unsigned)(k - p));
        const __m512i a = _mm512_maskz_loadu_epi8(mask, row + p), b = _mm512_maskz_loadu_epi8(mask, query + p);
        sum += (words)_mm512_popcnt_epi64(_mm512_xor_si512(a, b));
    }
    return sum;
}

SK_INLINE words fold_fours(words a, words b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
}
SK_INLINE words fold_twos(words a, words b) {
    return __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
}
SK_INLINE words fold_ones(words a, words b) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) + __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

SK_INLINE void distances(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices,
                         const uint8_t *query, size_t m, const size_t k) {
    for (size_t first = 0; first < m; first += 8) {
        words sum[8];
#pragma clang loop unroll(full)
        for (size_t i = 0; i < 8; i++) {
            const size_t row = sk_min(first + i, m - 1);
            sum[i] = differing(rows + (indices ? indices[row] : row) * row_stride, query, k);
        }
        const words left = fold_twos(fold_fours(sum[0], sum[1]), fold_fours(sum[2], sum[3]));
        const words right = fold_twos(fold_fours(sum[4], sum[5]), fold_fours(sum[6], sum[7]));
        const eight scores = 0.0f - __builtin_convertvector(fold_ones(left, right), eight);
        if (m - first >= 8)
            *(eight *)(c + first) = scores;
        else
            for (size_t i = 0; first + i < m; i++) c[first + i] = scores[i];
    }
}

void sk_hamming_avx512_popcnt(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices,
                              const uint8_t *query, size_t m, size_t k) {
    // With the usual sizes the loop over a row is a few instructions.
    switch (indices ? 0 : k) {
    case 48: return distances(c, rows, row_stride, NULL, query, m, 48);
    case 96: return distances(c, rows, row_stride, NULL, query, m, 96);
    case 128: return distances(c, rows, row_stride, NULL, query, m, 128);
    default: return distances(c, rows, row_stride, indices, query, m, k);
    }
}

#pragma clang attribute pop

#endif
