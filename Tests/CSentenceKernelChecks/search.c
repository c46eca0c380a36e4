// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void skc_row_products(context *t) {
    static const size_t rows[] = {0, 1, 3, 4, 5, 16, 17, 70}, queries[] = {1, 2, 4, 5, 9}, sizes[] = {0, 1, 7, 16, 33, 384, 1100};
    for (size_t a = 0; a < sizeof rows / sizeof *rows; a++)
        for (size_t b = 0; b < sizeof queries / sizeof *queries; b++)
            for (size_t d = 0; d < sizeof sizes / sizeof *sizes; d++)
                for (int gathers = 0; gathers < 2; gathers++) {
                    const size_t m = rows[a], n = queries[b], k = sizes[d];
                    buffer x = make(t, (2 * m + 1) * (k + 2)), y = make(t, n * (k + 1)), c = make(t, n * (m + 3));
                    if (m > 1 && k > 0) x.at[k + 2] = NAN, x.at[3 * (k + 2) - 3] = INFINITY;
                    uint32_t indices[70];
                    for (size_t i = 0; i < m; i++) indices[i] = (uint32_t)(2 * i + next(t) % 2);
                    buffer expected = copy(c);
                    const sk_row_products products = {.rows = x.at, .row_stride = k + 2, .m = m,
                        .indices = gathers ? indices : NULL, .queries = y.at, .query_stride = k + 1, .n = n, .k = k,
                        .c = c.at, .c_stride = m + 3};
                    t->kernels->row_products_f32(&products);
                    for (size_t j = 0; j < n; j++)
                        for (size_t i = 0; i < m; i++)
                            expected.at[j * (m + 3) + i] = t->kernels->dot_f32(
                                x.at + (gathers ? indices[i] : i) * (k + 2), y.at + j * (k + 1), k);
                    expect_equal(t, "products of rows", c.at, expected.at, n * (m + 3));
                    drop(t, "rows", x), drop(t, "queries", y), drop(t, "products of rows", c), drop(t, "expected", expected);
                }
}

void skc_code_products(context *t) {
    static const size_t rows[] = {0, 1, 5, 16, 37}, sizes[] = {0, 1, 7, 16, 33, 384};
    for (size_t a = 0; a < sizeof rows / sizeof *rows; a++)
        for (size_t d = 0; d < sizeof sizes / sizeof *sizes; d++)
            for (int gathers = 0; gathers < 2; gathers++) {
                const size_t m = rows[a], k = sizes[d], stride = k + 3;
                uint8_t *codes = malloc((2 * m + 1) * stride);
                for (size_t i = 0; i < (2 * m + 1) * stride; i++) codes[i] = (uint8_t)next(t);
                uint32_t indices[37];
                for (size_t i = 0; i < m; i++) indices[i] = (uint32_t)(2 * i + next(t) % 2);
                buffer scale = make(t, k), offset = make(t, k), query = make(t, k), row = make(t, k);
                buffer c = make(t, m), squares = make(t, m), products = make(t, m), own = make(t, m);
                const sk_code_products arguments = {.rows = codes, .row_stride = stride, .m = m, .flip = 0x80,
                    .indices = gathers ? indices : NULL, .scale = scale.at, .offset = offset.at, .query = query.at,
                    .k = k, .c = c.at, .squares = squares.at};
                t->kernels->code_products_f32(&arguments);
                for (size_t i = 0; i < m; i++) {
                    t->kernels->codes_to_f32(row.at, codes + (gathers ? indices[i] : i) * stride, 0x80, scale.at,
                                             offset.at, k);
                    products.at[i] = t->kernels->dot_f32(row.at, query.at, k);
                    own.at[i] = t->kernels->dot_f32(row.at, row.at, k);
                }
                expect_equal(t, "products of codes", c.at, products.at, m);
                expect_equal(t, "squares of codes", squares.at, own.at, m);
                drop(t, "scale", scale), drop(t, "offset", offset), drop(t, "query", query), drop(t, "row", row);
                drop(t, "products of codes", c), drop(t, "squares of codes", squares);
                drop(t, "expected", products), drop(t, "expected", own);
                free(codes);
            }
}

// Fills a vector in one of several ways that rounding likes more or less.
static void fill_kind(context *t, float *x, size_t k, int kind) {
    for (size_t p = 0; p < k; p++) {
        const float random = uniform(t) + uniform(t) + uniform(t);
        x[p] = kind == 0 ? random : kind == 1 ? (p == k / 2) : kind == 2 ? 1.0f : kind == 3 ? (p % 2 ? -3.0f : 3.0f) : 0.0f;
        if (kind == 5) x[p] = p == k / 3 ? 40.0f : random;
    }
}

void skc_rounding(context *t) {
    // What rotating and summing in float32 adds, of the product of both lengths.
    static const double float_loss = 1e-5;
    static const size_t sizes[] = {1, 7, 33, 128, 384, 500};
    const sk_product *product = t->kernels->products[SK_PRECISION_INT8];
    for (size_t d = 0; d < sizeof sizes / sizeof *sizes; d++) {
        const size_t k = sizes[d], m = 12, n = 18;
        buffer a = make(t, m * k), b = make(t, n * k), c = make(t, m * n), scratch = make(t, 2 * k);
        for (size_t i = 0; i < m; i++) fill_kind(t, a.at + i * k, k, (int)(i % 6));
        for (size_t j = 0; j < n; j++) fill_kind(t, b.at + j * k, k, (int)(j / 3));
        void *packed = malloc(panel_count(product, n) * product->panel_size(k));
        product->pack(packed, b.at, scratch.at, n, k, k, 1);
        sk_gemm g = {.a = a.at, .a_row_stride = k, .a_column_stride = 1, .b = packed, .c = c.at, .c_stride = n, .m = m,
                     .n = n, .k = k, .last_panel = panel_count(product, n)};
        void *memory = malloc(product->scratch_size(&g) + 1);
        g.scratch = memory;
        product->multiply(&g);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                const float *x = a.at + i * k, *y = b.at + j * k;
                double exact = 0, rows = 0, columns = 0;
                for (size_t p = 0; p < k; p++)
                    exact += (double)x[p] * y[p], rows += (double)x[p] * x[p], columns += (double)y[p] * y[p];
                rows = sqrt(rows), columns = sqrt(columns);
                const double lost = sk_int8_rounding(x, k, scratch.at).row, other = sk_int8_rounding(y, k, scratch.at).column;
                const double bound = lost * columns + (rows + lost) * other + float_loss * rows * columns;
                if (!(fabs(c.at[i * n + j] - exact) <= bound))
                    fail(t, "product (%zu, %zu) of %zu differs by %g, expected up to %g", i, j, k, c.at[i * n + j] - exact, bound);
                if (k >= 128 && !(lost <= 0.02 * rows && other <= 0.02 * columns))
                    fail(t, "rounding takes %g and %g of vectors of %zu numbers of length %g and %g", lost, other, k, rows, columns);
            }
        free(packed), free(memory);
        drop(t, "a", a), drop(t, "b", b), drop(t, "products", c), drop(t, "scratch", scratch);
    }
}

void skc_selections(context *t) {
    static const float bounds[] = {-INFINITY, -1, 0, 0.5f, 1, INFINITY, NAN};
    for (size_t n = 0; n < 100; n++)
        for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
            buffer x = make(t, n);
            if (n) x.at[n / 2] = b % 2 ? NAN : 0.5f, x.at[n - 1] = b % 2 ? -INFINITY : NAN;
            uint32_t found[101], expected[101];
            found[n] = expected[n] = 77;
            const size_t count = t->kernels->select_f32(found, x.at, bounds[b], n);
            const size_t wanted = sk_kernels_at(SK_LEVEL_PORTABLE)->select_f32(expected, x.at, bounds[b], n);
            if (count != wanted || memcmp(found, expected, count * sizeof *found) != 0 || found[n] != 77)
                fail(t, "selected %zu of %zu numbers of at least %g, expected %zu", count, n, bounds[b], wanted);
            buffer floors = make(t, n);
            if (n) floors.at[n / 3] = NAN, floors.at[n / 5] = -INFINITY;
            const size_t above = t->kernels->select_above_f32(found, x.at, 0.25f, floors.at, bounds[b], n);
            const size_t expected_above =
                sk_kernels_at(SK_LEVEL_PORTABLE)->select_above_f32(expected, x.at, 0.25f, floors.at, bounds[b], n);
            if (above != expected_above || memcmp(found, expected, above * sizeof *found) != 0 || found[n] != 77)
                fail(t, "selected %zu of %zu numbers above floors and %g, expected %zu", above, n, bounds[b], expected_above);
            drop(t, "numbers", x), drop(t, "floors", floors);
        }
}

void skc_bytes(context *t) {
    uint8_t all[256 + 1];
    for (int i = 0; i < 257; i++) all[i] = (uint8_t)i;
    for (size_t n = 0; n <= 256; n += n < 40 ? 1 : 36)
        for (int flip = 0; flip < 256; flip += 0x80) {
            buffer scale = make(t, n), offset = make(t, n), found = make(t, n), expected = make(t, n);
            t->kernels->codes_to_f32(found.at, all + 1, (uint8_t)flip, scale.at, offset.at, n);
            sk_kernels_at(SK_LEVEL_PORTABLE)->codes_to_f32(expected.at, all + 1, (uint8_t)flip, scale.at, offset.at, n);
            expect_equal(t, "bytes", found.at, expected.at, n);
            drop(t, "bytes", found), drop(t, "expected", expected), drop(t, "scale", scale), drop(t, "offset", offset);
        }
}

void skc_distances(context *t) {
    for (size_t k = 0; k < 200; k += k < 70 ? 1 : 29)
        for (size_t m = 0; m < 40; m += m < 10 ? 1 : 7)
            for (int gathers = 0; gathers < 2; gathers++) {
                uint8_t *rows = malloc((2 * m + 1) * (k + 3)), query[200];
                for (size_t i = 0; i < (2 * m + 1) * (k + 3); i++) rows[i] = (uint8_t)next(t);
                for (size_t i = 0; i < k; i++) query[i] = (uint8_t)next(t);
                uint32_t indices[40];
                for (size_t i = 0; i < m; i++) indices[i] = (uint32_t)(2 * i + next(t) % 2);
                float found[41], expected[41];
                found[m] = guard;
                t->kernels->hamming_u8(found, rows + 1, k + 3, gathers ? indices : NULL, query, m, k);
                sk_kernels_at(SK_LEVEL_PORTABLE)->hamming_u8(expected, rows + 1, k + 3, gathers ? indices : NULL, query, m, k);
                expect_equal(t, "distances of bits", found, expected, m);
                if (found[m] != guard) fail(t, "distances: wrote behind %zu rows", m);
                free(rows);
            }
}
