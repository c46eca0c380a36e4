// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Products of rows with queries, both row-major, and the selection of large scores.
//
// A product is one vector of partial sums over k, added by halves at the end: the bits of `dot_f32`, however many rows
// and queries are computed together.

// The rows and the queries whose sums are in registers together.
#define SK_SEARCH_ROWS (SK_WIDTH == 8 ? 2 : 4)
#define SK_SEARCH_QUERIES 4
// How many bytes of rows stay in the L1 cache while all queries are processed.
#define SK_SEARCH_BYTES 20480
// Each macro adds the halves of groups of lanes: those of the groups of a, then those of b.
#if SK_WIDTH == 16
#define SK_FOLD_HALVES(a, b)                                                                                           \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +                           \
     __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define SK_FOLD_FOURS(a, b)                                                                                            \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +                         \
     __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31))
#define SK_FOLD_TWOS(a, b)                                                                                             \
    (__builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29) +                         \
     __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31))
#define SK_FOLD_ONES(a, b)                                                                                             \
    (__builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30) +                        \
     __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31))
#elif SK_WIDTH == 8
#define SK_FOLD_FOURS(a, b)                                                                                            \
    (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))
#define SK_FOLD_TWOS(a, b)                                                                                             \
    (__builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15))
#define SK_FOLD_ONES(a, b)                                                                                             \
    (__builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) + __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15))
#else
#define SK_FOLD_TWOS(a, b) (__builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7))
#define SK_FOLD_ONES(a, b) (__builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7))
#endif

// The sums of SK_WIDTH vectors as the lanes of one, each with the bits of `vsum`.
SK_INLINE vf vsums(const vf *x) {
    vf folded[SK_WIDTH];
#pragma clang loop unroll(full)
    for (int i = 0; i < SK_WIDTH; i++) folded[i] = x[i];
#if SK_WIDTH == 16
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) folded[i] = SK_FOLD_HALVES(folded[2 * i], folded[2 * i + 1]);
#endif
#if SK_WIDTH >= 8
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) folded[i] = SK_FOLD_FOURS(folded[2 * i], folded[2 * i + 1]);
#endif
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) folded[i] = SK_FOLD_TWOS(folded[2 * i], folded[2 * i + 1]);
    return SK_FOLD_ONES(folded[0], folded[1]);
}

// Partial sums of `rows` rows with `queries` queries; the sum of row i and query j is sums[j * rows + i].
SK_INLINE void search_tile(const int rows, const int queries, const float *const *row, const float *const *query,
                           size_t k, vf *sums) {
    vf sum[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * queries; i++) sum[i] = (vf){0};
    size_t p = 0;
    for (; p + SK_WIDTH <= k; p += SK_WIDTH) {
        vf x[SK_SEARCH_ROWS];
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) x[i] = vload(row[i] + p);
#pragma clang loop unroll(full)
        for (int j = 0; j < queries; j++) {
            const vf y = vload(query[j] + p);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) sum[j * rows + i] = vfma(x[i], y, sum[j * rows + i]);
        }
    }
    if (p < k) {
#pragma clang loop unroll(full)
        for (int j = 0; j < queries; j++) {
            const vf y = vload_first(query[j] + p, k - p);
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++)
                sum[j * rows + i] = vfma(vload_first(row[i] + p, k - p), y, sum[j * rows + i]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * queries; i++) sums[i] = sum[i];
}

SK_INLINE const float *search_row(const sk_row_products *t, size_t i) {
    i = sk_min(i, t->m - 1); // rows beyond the last are computed too, and not stored
    return t->rows + (t->indices ? t->indices[i] : i) * t->row_stride;
}

// SK_WIDTH rows with one query: row by row, since what waits for memory is fastest if it reads in order.
static void search_column(const sk_row_products *t, size_t first, size_t j) {
    const float *const query = t->queries + j * t->query_stride;
    vf sums[SK_WIDTH];
    for (int i = 0; i < SK_WIDTH; i++) {
        const float *const row = search_row(t, first + (size_t)i);
        search_tile(1, 1, &row, &query, t->k, sums + i);
    }
    const size_t rows = sk_min(t->m - first, SK_WIDTH);
    float *c = t->c + j * t->c_stride + first;
    if (__builtin_expect(rows == SK_WIDTH, 1))
        vstore(c, vsums(sums));
    else
        vstore_first(c, vsums(sums), rows);
}

// Some rows with all queries.
static void search_rows(const sk_row_products *t, size_t first, size_t last) {
    for (size_t j = 0; j < t->n; j += SK_SEARCH_QUERIES) {
        const size_t queries = sk_min(t->n - j, SK_SEARCH_QUERIES);
        if (queries == 1) {
            for (size_t i = first; i < last; i += SK_WIDTH) search_column(t, i, j);
            continue;
        }
        const float *query[SK_SEARCH_QUERIES];
        for (size_t q = 0; q < SK_SEARCH_QUERIES; q++) query[q] = t->queries + sk_min(j + q, t->n - 1) * t->query_stride;
        for (size_t i = first; i < last; i += SK_SEARCH_ROWS) {
            const float *row[SK_SEARCH_ROWS];
            for (size_t r = 0; r < SK_SEARCH_ROWS; r++) row[r] = search_row(t, i + r);
            enum { count = SK_SEARCH_ROWS * SK_SEARCH_QUERIES };
            vf sums[count];
            float out[count];
            search_tile(SK_SEARCH_ROWS, SK_SEARCH_QUERIES, row, query, t->k, sums);
#pragma clang loop unroll(full)
            for (int s = 0; s < count; s += SK_WIDTH) vstore(out + s, vsums(sums + s));
            const size_t rows = sk_min(last - i, SK_SEARCH_ROWS);
            for (size_t q = 0; q < queries; q++)
                memcpy(t->c + (j + q) * t->c_stride + i, out + q * SK_SEARCH_ROWS, rows * sizeof(float));
        }
    }
}

static void row_products_f32(const sk_row_products *t) {
    // A multiple of the vector, so that columns of one query do not overlap.
    const size_t fitting = SK_SEARCH_BYTES / sizeof(float) / (t->k ? t->k : 1) / SK_WIDTH * SK_WIDTH;
    const size_t block = fitting > SK_WIDTH ? fitting : SK_WIDTH;
    for (size_t first = 0; first < t->m; first += block) search_rows(t, first, sk_min(first + block, t->m));
}

static size_t select_f32(uint32_t *out, const float *x, float least, size_t n) {
    size_t found = 0;
    const vf bound = vset(least);
    SK_FOR_EACH_VECTOR(n) {
        const vi mask = SK_LOAD(x) >= bound;
        if (__builtin_expect(__builtin_reduce_or(mask) == 0, 1)) continue;
        for (size_t lane = 0; lane < count; lane++)
            if (mask[lane]) out[found++] = (uint32_t)(i + lane);
    }
    return found;
}

static size_t select_above_f32(uint32_t *out, const float *x, float added, const float *floors, float least, size_t n) {
    size_t found = 0;
    const vf addend = vset(added), lowest = vset(least);
    SK_FOR_EACH_VECTOR(n) {
        const vf sum = SK_LOAD(x) + addend;
        const vi mask = (sum >= lowest) | (sum >= SK_LOAD(floors));
        if (__builtin_expect(__builtin_reduce_or(mask) == 0, 1)) continue;
        for (size_t lane = 0; lane < count; lane++)
            if (mask[lane]) out[found++] = (uint32_t)(i + lane);
    }
    return found;
}

typedef uint8_t vcode __attribute__((vector_size(SK_WIDTH), aligned(1)));

SK_INLINE vf decoded(vcode codes, vf scale, vf offset) {
    return vfma(__builtin_convertvector(__builtin_convertvector(codes, vi), vf), scale, offset);
}

static void codes_to_f32(float *y, const uint8_t *x, uint8_t flip, const float *scale, const float *offset, size_t n) {
    size_t i = 0;
    for (; i + SK_WIDTH <= n; i += SK_WIDTH)
        vstore(y + i, decoded(*(const vcode *)(x + i) ^ flip, vload(scale + i), vload(offset + i)));
    if (i == n) return;
    vcode codes = {0};
    memcpy(&codes, x + i, n - i);
    vstore_first(y + i, decoded(codes ^ flip, vload_first(scale + i, n - i), vload_first(offset + i, n - i)), n - i);
}

// Rows of codes with one query, without a decoded copy; the sums of four rows share what is read of the others.
SK_INLINE void code_tile(const sk_code_products *t, const uint8_t *const *row, vf *sums, vf *squares) {
    enum { rows = 4 };
    vf sum[rows] = {{0}}, square[rows] = {{0}};
    size_t p = 0;
    for (; p + SK_WIDTH <= t->k; p += SK_WIDTH) {
        const vf scale = vload(t->scale + p), offset = vload(t->offset + p), query = vload(t->query + p);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            const vf x = decoded(*(const vcode *)(row[i] + p) ^ t->flip, scale, offset);
            sum[i] = vfma(x, query, sum[i]);
            square[i] = vfma(x, x, square[i]);
        }
    }
    if (p < t->k) {
        const size_t count = t->k - p;
        const vf scale = vload_first(t->scale + p, count), offset = vload_first(t->offset + p, count);
        const vf query = vload_first(t->query + p, count);
        for (int i = 0; i < rows; i++) {
            vcode codes = {0};
            memcpy(&codes, row[i] + p, count);
            const vf x = decoded(codes ^ t->flip, scale, offset); // zero behind the last
            sum[i] = vfma(x, query, sum[i]);
            square[i] = vfma(x, x, square[i]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sums[i] = sum[i], squares[i] = square[i];
}

static void code_products_f32(const sk_code_products *t) {
    for (size_t first = 0; first < t->m; first += SK_WIDTH) {
        vf sums[SK_WIDTH], squares[SK_WIDTH];
        for (size_t group = 0; group < SK_WIDTH; group += 4) {
            const uint8_t *row[4];
            for (size_t i = 0; i < 4; i++) {
                const size_t index = sk_min(first + group + i, t->m - 1);
                row[i] = t->rows + (t->indices ? t->indices[index] : index) * t->row_stride;
            }
            code_tile(t, row, sums + group, squares + group);
        }
        const size_t count = sk_min(t->m - first, SK_WIDTH);
        float all[SK_WIDTH];
        vstore(all, vsums(sums));
        memcpy(t->c + first, all, count * sizeof(float));
        vstore(all, vsums(squares));
        memcpy(t->squares + first, all, count * sizeof(float));
    }
}

// By 64-bit words.
static void hamming_u8(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices, const uint8_t *query,
                       size_t m, size_t k) {
    for (size_t i = 0; i < m; i++) {
        const uint8_t *row = rows + (indices ? indices[i] : i) * row_stride;
        uint64_t distance = 0;
        size_t p = 0;
        for (; p + 8 <= k; p += 8) {
            uint64_t a, b;
            memcpy(&a, row + p, 8), memcpy(&b, query + p, 8);
            distance += (uint64_t)__builtin_popcountll(a ^ b);
        }
        for (; p < k; p++) distance += (uint64_t)__builtin_popcountll((uint64_t)(row[p] ^ query[p]));
        c[i] = 0.0f - (float)distance;
    }
}
