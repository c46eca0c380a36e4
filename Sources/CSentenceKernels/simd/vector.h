// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The vector type of a level and its elementary operations.
//
// The kernels are written once, with the compiler's vector types, and compiled for each level with its
// own SK_WIDTH (floats in a vector) and target attribute.

// The number of columns of B that a tile of sums covers, which is also the width of a packed panel.
#define SK_PANEL (SK_TILE_VECTORS * SK_WIDTH)
// How many bytes ahead the panel is prefetched: with few rows a product waits for its weights, and the processor's own
// prefetching stops at page boundaries. Reading past the last panel is harmless.
#define SK_PREFETCH_DISTANCE 2048
// The number of rows of A that stay in the L2 cache while all panels are processed.
#define SK_BLOCK_ROWS (SK_TILE_ROWS * (144 / SK_TILE_ROWS))
// How much of A is copied at a time where it lies in columns: a part of the L2 cache.
#define SK_COPIED_FLOATS (96 << 10)

typedef float vf __attribute__((vector_size(SK_WIDTH * 4), aligned(4)));
typedef int32_t vi __attribute__((vector_size(SK_WIDTH * 4), aligned(4)));
typedef uint32_t vu __attribute__((vector_size(SK_WIDTH * 4), aligned(4)));
typedef uint16_t vu16 __attribute__((vector_size(SK_WIDTH * 2), aligned(2)));
typedef _Float16 vh __attribute__((vector_size(SK_WIDTH * 2), aligned(2)));

SK_INLINE vf vload(const float *p) { return *(const vf *)p; }
SK_INLINE void vstore(float *p, vf x) { *(vf *)p = x; }
// x - 0 is x for every x, including -0 and NaN, so this is only a broadcast.
SK_INLINE vf vset(float x) { return x - (vf){0}; }
SK_INLINE vf vfma(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }
SK_INLINE vf vselect(vi mask, vf yes, vf no) { return (vf)((mask & (vi)yes) | (~mask & (vi)no)); }
SK_INLINE vf vabs(vf x) { return (vf)((vi)x & 0x7fffffff); }
SK_INLINE vf vcopysign(vf magnitude, vf sign) {
    return (vf)(((vi)magnitude & 0x7fffffff) | ((vi)sign & (vi)vset(-0.0f)));
}

// The first `count` floats at p, followed by zeros.
SK_INLINE vf vload_first(const float *p, size_t count) {
    vf x = {0};
    for (size_t i = 0; i < count; i++) x[i] = p[i];
    return x;
}

SK_INLINE void vstore_first(float *p, vf x, size_t count) {
    for (size_t i = 0; i < count; i++) p[i] = x[i];
}

// The sum of all lanes, by halves.
SK_INLINE float vsum(vf x) {
    float lanes[SK_WIDTH];
    vstore(lanes, x);
#pragma clang loop unroll(full)
    for (int half = SK_WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}

// The largest lane; a NaN among them is lost.
SK_INLINE float vmax(vf x) {
    float largest = x[0];
    for (int i = 1; i < SK_WIDTH; i++) largest = x[i] > largest ? x[i] : largest;
    return largest;
}

// Runs `body` for every vector of n elements; inside, `i` is the index and `count` the number of lanes. LOAD and STORE
// respect `count`, so the last, shorter vector is handled like the others.
#define SK_FOR_EACH_VECTOR(n)                                                                                          \
    for (size_t i = 0, count; count = sk_min((n) - i, SK_WIDTH), i < (n); i += SK_WIDTH)
#define SK_LOAD(p) (__builtin_expect(count == SK_WIDTH, 1) ? vload((p) + i) : vload_first((p) + i, count))
#define SK_STORE(p, x)                                                                                                 \
    (__builtin_expect(count == SK_WIDTH, 1) ? vstore((p) + i, (x)) : vstore_first((p) + i, (x), count))
