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
#define SK_PREFETCH_DISTANCE 4096
// The number of rows of A that stay in the L2 cache while all panels are processed.
#define SK_BLOCK_ROWS (SK_TILE_ROWS * (144 / SK_TILE_ROWS))
// How much of A is copied at a time where it lies in columns: a part of the L2 cache.
#define SK_COPIED_FLOATS (96 << 10)

// The height of the next tile: tiles are nearly equal, since a single remaining row would take as long as four.
SK_INLINE size_t tile_height(size_t rows) { return sk_ceil_div(rows, sk_ceil_div(rows, SK_TILE_ROWS)); }

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

// The lanes of x, each swapped with the one `distance` away, which is a power of two.
#define SK_LANES_4(f, d) f(0, d), f(1, d), f(2, d), f(3, d)
#define SK_LANES_8(f, d) SK_LANES_4(f, d), f(4, d), f(5, d), f(6, d), f(7, d)
#define SK_LANES_16(f, d)                                                                                              \
    SK_LANES_8(f, d), f(8, d), f(9, d), f(10, d), f(11, d), f(12, d), f(13, d), f(14, d), f(15, d)
#if SK_WIDTH == 4
#define SK_EACH_LANE SK_LANES_4
#elif SK_WIDTH == 8
#define SK_EACH_LANE SK_LANES_8
#elif SK_WIDTH == 16
#define SK_EACH_LANE SK_LANES_16
#endif
#define SK_SWAPPED(lane, d) ((lane) ^ (d))
#define SK_EXCHANGE(x, d) __builtin_shufflevector(x, x, SK_EACH_LANE(SK_SWAPPED, d))

// x with `body`, which says what becomes of it and of its lanes swapped over a distance `d`, for each half of the lanes.
#if SK_WIDTH == 16
#define SK_BY_HALVES(body) body(8) body(4) body(2) body(1)
#elif SK_WIDTH == 8
#define SK_BY_HALVES(body) body(4) body(2) body(1)
#else
#define SK_BY_HALVES(body) body(2) body(1)
#endif

// The sum of all lanes, by halves, in every lane.
SK_INLINE vf vlane_sums(vf x) {
#define SK_ADD(d) x += SK_EXCHANGE(x, d);
    SK_BY_HALVES(SK_ADD)
#undef SK_ADD
    return x;
}
SK_INLINE float vsum(vf x) { return vlane_sums(x)[0]; }

// The largest lane, in every lane; a NaN among them is lost, or all that is left.
SK_INLINE vf vlane_maxima(vf x) {
#define SK_LARGER(d)                                                                                                   \
    {                                                                                                                  \
        const vf other = SK_EXCHANGE(x, d);                                                                            \
        x = vselect(other > x, other, x);                                                                              \
    }
    SK_BY_HALVES(SK_LARGER)
#undef SK_LARGER
    return x;
}
SK_INLINE float vmax(vf x) { return vlane_maxima(x)[0]; }

// Turns SK_WIDTH vectors, the rows of a square, into its columns: blocks off the diagonal change places, for blocks of
// every size.
SK_INLINE void vtranspose(vu rows[SK_WIDTH]) {
#define SK_UPPER(lane, d) ((lane) & (d) ? SK_WIDTH + (lane) - (d) : (lane))
#define SK_LOWER(lane, d) ((lane) & (d) ? SK_WIDTH + (lane) : (lane) + (d))
#define SK_SWAP_BLOCKS(d)                                                                                              \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < SK_WIDTH; i++) {                                            \
        if (i & (d)) continue;                                                                                         \
        const vu a = rows[i], b = rows[i + (d)];                                                                       \
        rows[i] = __builtin_shufflevector(a, b, SK_EACH_LANE(SK_UPPER, d));                                            \
        rows[i + (d)] = __builtin_shufflevector(a, b, SK_EACH_LANE(SK_LOWER, d));                                      \
    }
    SK_BY_HALVES(SK_SWAP_BLOCKS)
#undef SK_SWAP_BLOCKS
#undef SK_LOWER
#undef SK_UPPER
}

// Runs `body` for every vector of n elements; inside, `i` is the index and `count` the number of lanes. LOAD and STORE
// respect `count`, so the last, shorter vector is handled like the others.
#define SK_FOR_EACH_VECTOR(n)                                                                                          \
    for (size_t i = 0, count; count = sk_min((n) - i, SK_WIDTH), i < (n); i += SK_WIDTH)
#define SK_LOAD(p) (__builtin_expect(count == SK_WIDTH, 1) ? vload((p) + i) : vload_first((p) + i, count))
#define SK_STORE(p, x)                                                                                                 \
    (__builtin_expect(count == SK_WIDTH, 1) ? vstore((p) + i, (x)) : vstore_first((p) + i, (x), count))
