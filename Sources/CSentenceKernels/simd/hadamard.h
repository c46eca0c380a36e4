// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Orthogonal rotation of a row by Hadamard matrices of SK_HADAMARD, and of the remainder by those of the powers of two
// that add up to its length.
//
// Both operands of an 8-bit product are rotated, which does not change the product; outliers are spread over their
// block, so the steps of the codes get smaller. There are only sums and differences, in the order of distances, so
// every level has the same bits.
//
// Ashkboos et al., QuaRot, 2024, https://arxiv.org/abs/2404.00456.

#define SK_SAME(lane, d) lane
#define SK_LANES {SK_EACH_LANE(SK_SAME, 0)}

// The sum with the lane `distance` after it, or the difference from the lane before it.
#define SK_BUTTERFLY(x, d) vfma(x, vselect(((vi)SK_LANES & (d)) != 0, vset(-1.0f), vset(1.0f)), SK_EXCHANGE(x, d))

SK_INLINE vf hadamard_lanes(vf x) {
    x = SK_BUTTERFLY(x, 1);
    x = SK_BUTTERFLY(x, 2);
#if SK_WIDTH > 4
    x = SK_BUTTERFLY(x, 4);
#endif
#if SK_WIDTH > 8
    x = SK_BUTTERFLY(x, 8);
#endif
    return x;
}

// The smallest and the largest element so far and zero, and NaN in `poison` if one is infinite or NaN.
typedef struct element_range {
    vf low, high, poison;
} element_range;

SK_INLINE void widen(element_range *range, vf x) {
    range->low = vselect(x < range->low, x, range->low);
    range->high = vselect(x > range->high, x, range->high);
}

SK_INLINE void hadamard_block(float *y, const float *x, element_range *range) {
    enum { vectors = SK_HADAMARD / SK_WIDTH };
    vf v[vectors];
#pragma clang loop unroll(full)
    for (int i = 0; i < vectors; i++) v[i] = hadamard_lanes(vload(x + i * SK_WIDTH));
#pragma clang loop unroll(full)
    for (int distance = 1; distance < vectors; distance *= 2)
#pragma clang loop unroll(full)
        for (int i = 0; i < vectors; i++) {
            if (i & distance) continue;
            const vf low = v[i], high = v[i + distance];
            v[i] = low + high;
            v[i + distance] = low - high;
        }
    const vf scale = vset(1.0f / sqrtf(SK_HADAMARD));
#pragma clang loop unroll(full)
    for (int i = 0; i < vectors; i++) {
        v[i] *= scale;
        widen(range, v[i]);
        vstore(y + i * SK_WIDTH, v[i]);
    }
    // Every element is in every sum, so what is not finite is everywhere.
    range->poison += v[0] * 0.0f;
}

// y = x rotated, `[k]`, and the range of its elements; y may be x.
static element_range hadamard_rotate(float *y, const float *x, size_t k) {
    element_range range = {{0}, {0}, {0}};
    size_t first = 0;
    for (; first + SK_HADAMARD <= k; first += SK_HADAMARD) hadamard_block(y + first, x + first, &range);
    const size_t rest = first;
    for (size_t size = SK_HADAMARD / 2; size > 0; size /= 2) {
        if (!(k & size)) continue;
        for (size_t i = 0; i < size; i++) y[first + i] = x[first + i];
        for (size_t distance = 1; distance < size; distance *= 2)
            for (size_t i = first; i < first + size; i++) {
                if ((i - first) & distance) continue;
                const float low = y[i], high = y[i + distance];
                y[i] = low + high;
                y[i + distance] = low - high;
            }
        const float scale = 1.0f / sqrtf((float)size);
        for (size_t i = first; i < first + size; i++) y[i] *= scale;
        first += size;
    }
    for (size_t i = rest; i < k; i++) {
        widen(&range, vset(y[i]));
        range.poison += vset(y[i]) * 0.0f;
    }
    return range;
}
