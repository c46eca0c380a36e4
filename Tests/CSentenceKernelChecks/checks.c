// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "support.h"

#include "../../Sources/CSentenceKernels/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Matrix products ---------------------------------------------------------------------------------------

static const char *const precision_names[] = {"float32-highest", "float32", "bfloat16", "int8"};

// What a GELU whose result is rounded next may differ by, as `sk_gemm` says.
static const double short_gelu_tolerance = 8.2e-5;

// How far a level's product may be from the portable one, against the largest result.
static double product_tolerance(const sk_kernels *kernels, sk_precision precision, size_t k) {
    const bool is_split = precision == SK_PRECISION_FLOAT32 && kernels->level == SK_LEVEL_AMX;
    return (is_split ? split_tolerance : sum_tolerance) * (1 + sqrt((double)k));
}

// Memory aligned to 64 bytes, with a guard behind what is asked for.
static void *room(size_t bytes) {
    char *p = aligned_alloc(64, (bytes + 64 + 63) / 64 * 64);
    memset(p + bytes, 0x5a, 64);
    return p;
}

static void drop_room(context *t, const char *what, void *p, size_t bytes) {
    for (size_t i = bytes; i < bytes + 64; i++)
        if (((char *)p)[i] != 0x5a) fail(t, "%s: wrote behind its %zu bytes", what, bytes);
    free(p);
}

// Runs a product whose B is not packed yet.
static void multiply(context *t, const char *what, const sk_product *product, sk_gemm g, const float *b,
                     size_t column_stride, size_t row_stride) {
    const size_t packed_size = panel_count(product, g.n) * product->panel_size(g.k);
    const size_t scratch_size = product->scratch_size(&g);
    void *packed = room(packed_size), *scratch = room(scratch_size);
    float *pack_scratch = room(g.k * sizeof(float));
    product->pack(packed, b, pack_scratch, g.n, g.k, column_stride, row_stride);
    drop_room(t, what, pack_scratch, g.k * sizeof(float));
    g.b = packed;
    g.scratch = scratch;
    if (!g.last_panel) g.last_panel = panel_count(product, g.n);
    product->multiply(&g);
    float *column = room(g.k * sizeof(float));
    for (size_t j = 0; product->unpack && j < g.n; j++) {
        product->unpack(column, packed, j, g.k);
        for (size_t p = 0; p < g.k; p++)
            if (memcmp(&column[p], &b[j * column_stride + p * row_stride], sizeof(float)))
                fail(t, "%s: column %zu comes back changed at %zu", what, j, p);
    }
    drop_room(t, what, column, g.k * sizeof(float));
    drop_room(t, what, packed, packed_size), drop_room(t, what, scratch, scratch_size);
}

typedef struct product_case {
    size_t m, n, k;
    sk_activation activation;
    bool bias, residual;
    bool accumulate, transposed; // of the float32 product for any strides
} product_case;

static void check_product(context *t, const char *kind, const sk_product *product, const sk_product *portable,
                          product_case p, bool short_numbers, double tolerance) {
    const size_t c_stride = p.n + 3, m = p.m, n = p.n, k = p.k;
    buffer a = make(t, m * k), b = make(t, n * k), biases = make(t, n), residuals = make(t, m * n);
    buffer c[2] = {make(t, m * c_stride), {0}};
    c[1] = copy(c[0]);
    // Of 8 bits of mantissa, so that rounding to bfloat16 changes nothing.
    for (size_t i = 0; short_numbers && i < m * k; i++) a.at[i] = rintf(a.at[i] * 128.0f) / 128.0f;
    char what[160];
    snprintf(what, sizeof what, "%s product %zu x %zu x %zu, activation %d%s%s%s%s", kind, m, n, k, (int)p.activation,
             p.bias ? ", bias" : "", p.residual ? ", residual" : "", p.accumulate ? ", accumulate" : "",
             p.transposed ? ", transposed" : "");
    for (int i = 0; i < 2; i++) {
        const sk_gemm g = {
            .a = a.at,
            .a_row_stride = p.transposed ? 1 : k,
            .a_column_stride = p.transposed ? m : 1,
            .bias = p.bias ? biases.at : NULL,
            .residual = p.residual ? residuals.at : NULL,
            .residual_stride = n,
            .c = c[i].at,
            .c_stride = c_stride,
            .m = m,
            .n = n,
            .k = k,
            .activation = p.activation,
            .accumulate = p.accumulate,
        };
        multiply(t, what, i ? portable : product, g, b.at, p.transposed ? 1 : k, p.transposed ? n : 1);
    }
    const sk_product *const *products = t->kernels->products;
    if ((product == products[SK_PRECISION_BFLOAT16] || product == products[SK_PRECISION_INT8]) &&
        p.activation == SK_ACTIVATION_GELU) {
        float largest = 1e-30f;
        for (size_t i = 0; i < m * c_stride; i++) largest = fmaxf(largest, fabsf(c[1].at[i]));
        tolerance = fmax(tolerance, short_gelu_tolerance / largest);
    }
    // Columns behind n keep what they held, so the whole of C is compared.
    expect_close(t, what, c[0].at, c[1].at, m * c_stride, tolerance);
    drop(t, what, a), drop(t, what, b), drop(t, what, biases), drop(t, what, residuals),
    drop(t, what, c[0]), drop(t, what, c[1]);
}

static void products(context *t) {
    const size_t ms[] = {0, 1, 2, 5, 6, 7, 11, 12, 13, 16, 17, 33, 145, 300}, ns[] = {1, 3, 16, 31, 32, 33, 48, 100};
    const size_t ks[] = {0, 1, 7, 64, 513, SK_GEMM_DEPTH + 5};
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
            for (size_t l = 0; l < sizeof ks / sizeof *ks; l++) {
                if (ms[i] == 300 && (ns[j] != 48 || ks[l] < 513)) continue; // more than a block of rows
                if (ks[l] > SK_GEMM_DEPTH && (ms[i] != 13 || ns[j] < 33)) continue; // more than a block of k
                const uint64_t r = next(t);
                product_case p = {ms[i], ns[j], ks[l], (sk_activation)(r >> 8) % 7, r >> 16 & 1, r >> 17 & 1,
                                  r % 5 == 0, r >> 18 & 1};
                check_product(t, "strided", t->kernels->f32, portable->f32, p, false,
                              sum_tolerance * (1 + sqrt((double)p.k)));
                p.accumulate = false;
                const bool transposed = p.transposed;
                for (int precision = 0; precision < SK_PRECISION_COUNT; precision++) {
                    p.transposed = transposed && t->kernels->products[precision]->reads_columns &&
                                   portable->products[precision]->reads_columns;
                    check_product(t, precision_names[precision], t->kernels->products[precision],
                                  portable->products[precision], p, precision == SK_PRECISION_BFLOAT16,
                                  product_tolerance(t->kernels, (sk_precision)precision, p.k));
                }
            }
}

// 8-bit codes at their ends: rows whose least number falls half a step below a code once the product that gives its code
// has been rounded, and a row and columns whose codes are all as large as they may be.
static void largest_codes(context *t) {
    enum { count = 6 };
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    const char *what = "8-bit product";
    const size_t m = count + 1, n = 16, k = 2;
    buffer a = make(t, m * k), b = make(t, n * k), c[2] = {make(t, m * n), make(t, m * n)};
    for (size_t found = 0; found < count;) {
        float *row = a.at + found * k;
        for (size_t i = 0; i < k; i++) row[i] = (float)(next(t) >> 40) / (1 << 24);
        row[0] *= 0.5f; // the sum is positive then, and the difference mostly negative
        const float scale = 1.0f / sqrtf(2), high = (row[0] + row[1]) * scale, low = (row[0] - row[1]) * scale;
        const float step = SK_INT8_ROW / (high - low);
        found += low < 0 && rintf(-low * step) < (double)-low * (double)step - 0.5;
    }
    // Rotated, both numbers of these are the same.
    a.at[count * k] = b.at[0] = 1, b.at[k] = -1;
    a.at[count * k + 1] = b.at[1] = b.at[k + 1] = 0;
    for (int i = 0; i < 2; i++) {
        const sk_gemm g = {.a = a.at, .a_row_stride = k, .a_column_stride = 1, .c = c[i].at, .c_stride = n, .m = m, .n = n,
                           .k = k};
        multiply(t, what, (i ? portable : t->kernels)->products[SK_PRECISION_INT8], g, b.at, k, 1);
    }
    expect_close(t, what, c[0].at, c[1].at, m * n, sum_tolerance);
    drop(t, what, a), drop(t, what, b), drop(t, what, c[0]), drop(t, what, c[1]);
}

// A row's bits do not depend on the other rows, on its place, or on how the panels are divided.
static void row_invariance(context *t) {
    const size_t n = 100, k = 1100, most = 70;
    for (int precision = 0; precision < SK_PRECISION_COUNT; precision++) {
        const sk_product *product = t->kernels->products[precision];
        const char *what = precision_names[precision];
        buffer a = make(t, most * k), b = make(t, n * k), bias = make(t, n), all = make(t, most * n);
        const sk_gemm g = {.a = a.at, .a_row_stride = k, .a_column_stride = 1, .bias = bias.at, .c = all.at,
                           .c_stride = n, .m = most, .n = n, .k = k, .activation = SK_ACTIVATION_GELU};
        multiply(t, what, product, g, b.at, k, 1);
        for (size_t first = 0; first < most; first += 7)
            for (size_t m = 1; first + m <= most; m += 11) {
                buffer some = make(t, m * n);
                for (size_t panel = 0; panel < panel_count(product, n); panel++) {
                    sk_gemm part = g;
                    part.a = a.at + first * k;
                    part.c = some.at;
                    part.m = m;
                    part.first_panel = panel;
                    part.last_panel = panel + 1;
                    multiply(t, what, product, part, b.at, k, 1);
                }
                expect_equal(t, what, some.at, all.at + first * n, m * n);
                drop(t, what, some);
            }
        drop(t, what, a), drop(t, what, b), drop(t, what, bias), drop(t, what, all);
    }
}

static void product_specials(context *t) {
    const size_t m = 7, n = 20, k = 5;
    for (int precision = 0; precision < SK_PRECISION_COUNT; precision++) {
        const sk_product *product = t->kernels->products[precision];
        const char *what = precision_names[precision];
        buffer a = make(t, m * k), b = make(t, n * k), c = make(t, m * n);
        a.at[2 * k + 1] = NAN;
        a.at[4 * k] = INFINITY;
        for (size_t p = 0; p < k; p++) a.at[6 * k + p] = 1e-41f, a.at[5 * k + p] = 0;
        const sk_gemm g = {.a = a.at, .a_row_stride = k, .a_column_stride = 1, .c = c.at, .c_stride = n, .m = m, .n = n,
                           .k = k};
        multiply(t, what, product, g, b.at, k, 1);
        for (size_t j = 0; j < n; j++) {
            double expected = 0;
            for (size_t p = 0; p < k; p++) expected += (double)1e-41f * b.at[j * k + p];
            // Only multiply-adds keep infinity apart from NaN, and denormals from zero.
            const bool exact = product == t->kernels->f32;
            if (!isnan(c.at[2 * n + j])) fail(t, "%s: NaN is lost in column %zu", what, j);
            if (exact ? !isinf(c.at[4 * n + j]) : isfinite(c.at[4 * n + j]))
                fail(t, "%s: infinity is lost in column %zu", what, j);
            if (fabs(c.at[6 * n + j] - expected) > (exact ? k * 1.5e-45 : 1e-40))
                fail(t, "%s: denormals are lost in column %zu", what, j);
            if (c.at[5 * n + j] != 0) fail(t, "%s: zeros give %g in column %zu", what, c.at[5 * n + j], j);
            for (size_t i = 0; i < m; i++)
                if (i != 2 && i != 4 && !isfinite(c.at[i * n + j])) fail(t, "%s: row %zu is not finite", what, i);
        }
        // A weight that is not a number spoils its column alone.
        b.at[3 * k + 2] = NAN;
        multiply(t, what, product, g, b.at, k, 1);
        for (size_t j = 0; j < n; j++)
            if (isnan(c.at[j]) != (j == 3)) fail(t, "%s: NaN in column 3 gives %g in column %zu", what, c.at[j], j);
        drop(t, what, a), drop(t, what, b), drop(t, what, c);
    }
}

// Element-wise kernels ----------------------------------------------------------------------------------

static const float specials[] = {0.0f,  -0.0f, 1e-45f, -1e-41f, 1e-38f,     1e-20f,    3e-4f, 0.6249f, 0.625f, 0.9277f, 1.0f,
                                 -1.0f, 5.5f,  -9.0f,  20.0f,   -87.0f,     88.7f,     89.5f, -104.0f, 300.0f, -1e10f,  NAN};

// They are the same code on every level, so that this checks that each level has the way to it, and the places where
// they change: finite where they are, exact at their ends, and NaN for NaN.
static void rare_activations(context *t) {
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    const size_t n = 1003;
    for (int activation = SK_ACTIVATION_FIRST_RARE; activation < SK_ACTIVATION_COUNT; activation++) {
        buffer x = make(t, n), d_y = make(t, n), y = make(t, n), expected = make(t, n);
        for (size_t i = 0; i < n; i++) x.at[i] *= 12.0f;
        memcpy(x.at, specials, sizeof specials);
        t->kernels->activation_f32((sk_activation)activation, y.at, x.at, n);
        portable->activation_f32((sk_activation)activation, expected.at, x.at, n);
        for (size_t i = 0; i < n; i++) {
            if (!same(y.at[i], expected.at[i])) fail(t, "activation %d at %g is %g, expected %g", activation, x.at[i], y.at[i], expected.at[i]);
            if (isnan(x.at[i]) != isnan(y.at[i])) fail(t, "activation %d of %g is %g", activation, x.at[i], y.at[i]);
            if (y.at[i] == x.at[i] && x.at[i] < -200.0f && activation != SK_ACTIVATION_HARDSHRINK && activation != SK_ACTIVATION_LOG_SIGMOID &&
                activation != SK_ACTIVATION_SOFTSHRINK && activation != SK_ACTIVATION_TANHSHRINK)
                fail(t, "activation %d of %g is nothing but that", activation, x.at[i]);
        }
        t->kernels->activation_backward_f32((sk_activation)activation, y.at, x.at, d_y.at, n);
        portable->activation_backward_f32((sk_activation)activation, expected.at, x.at, d_y.at, n);
        for (size_t i = 0; i < n; i++)
            if (!same(y.at[i], expected.at[i])) fail(t, "activation %d' at %g is %g, expected %g", activation, x.at[i], y.at[i], expected.at[i]);
        drop(t, "x", x), drop(t, "d_y", d_y), drop(t, "y", y), drop(t, "expected", expected);
    }
}

static void activations(context *t) {
    static const char *names[] = {"identity", "relu", "gelu", "gelu_tanh", "tanh", "sigmoid", "silu"};
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    const size_t special_count = sizeof specials / sizeof *specials, n = 4003;
    for (int activation = 0; activation < 7; activation++) {
        buffer x = make(t, n), d_y = make(t, n), y = make(t, n), expected = make(t, n);
        for (size_t i = 0; i < n; i++) x.at[i] *= 12.0f;
        memcpy(x.at, specials, sizeof specials);
        for (int backward = 0; backward < 2; backward++) {
            if (backward) {
                t->kernels->activation_backward_f32((sk_activation)activation, y.at, x.at, d_y.at, n);
                portable->activation_backward_f32((sk_activation)activation, expected.at, x.at, d_y.at, n);
            } else {
                t->kernels->activation_f32((sk_activation)activation, y.at, x.at, n);
                portable->activation_f32((sk_activation)activation, expected.at, x.at, n);
            }
            for (size_t i = 0; i < n; i++) {
                // The derivative of saturated functions is a difference of nearly equal numbers.
                const double scale = fmax(fabs((double)expected.at[i]), 1e-30) + (i < special_count && !backward ? 0 : 0.5);
                if (backward && i < special_count && fabsf(x.at[i]) > 50) continue;
                if (activation == SK_ACTIVATION_SIGMOID && fabsf(expected.at[i]) < 1e-37f && y.at[i] < 1e-37f) continue;
                if (activation == SK_ACTIVATION_SILU && x.at[i] < -85.0f && fabsf(y.at[i]) < 1e-35f) continue;
                if (activation == SK_ACTIVATION_GELU_TANH && fabsf(y.at[i] - expected.at[i]) < 2e-7f) continue;
                if (activation == SK_ACTIVATION_GELU && fabsf(y.at[i] - expected.at[i]) < 6e-7f) continue;
                if (!same(y.at[i], expected.at[i]) &&
                    !(fabs((double)y.at[i] - expected.at[i]) <= 2 * function_tolerance * scale))
                    fail(t, "%s%s(%.9g) is %.9g, expected %.9g", names[activation], backward ? "'" : "", x.at[i], y.at[i],
                         expected.at[i]);
            }
        }
        drop(t, "x", x), drop(t, "d_y", d_y), drop(t, names[activation], y), drop(t, "expected", expected);
    }
}

static void elements(context *t) {
    const sk_kernels *k[2] = {t->kernels, sk_kernels_at(SK_LEVEL_PORTABLE)};
    for (size_t n = 0; n < 70; n++) {
        buffer a = make(t, n), b = make(t, n);
        if (n > 20) a.at[n - 1] = NAN, b.at[3] = NAN, a.at[5] = 1e-42f, b.at[7] = INFINITY;
        for (int kernel = 0; kernel < 5; kernel++) {
            buffer y[2] = {copy(a), copy(a)};
            for (int i = 0; i < 2; i++) switch (kernel) {
                case 0: k[i]->add_f32(y[i].at, a.at, b.at, n); break;
                case 1: k[i]->axpy_f32(y[i].at, 0.37f, b.at, n); break;
                case 2: k[i]->scale_f32(y[i].at, -1.7f, y[i].at, n); break;
                case 3: k[i]->multiply_f32(y[i].at, y[i].at, b.at, n); break;
                case 4: k[i]->maximum_f32(y[i].at, b.at, n); break;
                }
            static const char *names[] = {"add", "axpy", "scale", "multiply", "maximum"};
            expect_close(t, names[kernel], y[0].at, y[1].at, n, kernel == 1 ? sum_tolerance : 0);
            drop(t, names[kernel], y[0]), drop(t, names[kernel], y[1]);
        }
        drop(t, "a", a), drop(t, "b", b);
    }
}

static void adamw(context *t) {
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    const sk_adamw step = {0.99f, 0.5f, 0.9f, 0.999f, 1e-8f, 0.01f, 7.0f};
    for (size_t n = 0; n < 70; n++) {
        buffer g = make(t, n), value = make(t, n), mean = make(t, n), square = make(t, n);
        for (size_t i = 0; i < n; i++) square.at[i] = fabsf(square.at[i]);
        if (n > 20) g.at[n - 1] = NAN;
        buffer expected[] = {copy(value), copy(mean), copy(square)}, found[] = {value, mean, square};
        t->kernels->adamw_f32(value.at, mean.at, square.at, g.at, n, &step);
        portable->adamw_f32(expected[0].at, expected[1].at, expected[2].at, g.at, n, &step);
        static const char *names[] = {"value", "mean", "square"};
        for (int i = 0; i < 3; i++) {
            expect_close(t, names[i], found[i].at, expected[i].at, n, function_tolerance);
            drop(t, names[i], found[i]), drop(t, "expected", expected[i]);
        }
        drop(t, "g", g);
    }
}

static void dropouts(context *t) {
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    const sk_dropout dropout = {{{0x12345678u, 0x9abcdef0u}, {3, 5, 7}}, 0x60000000u, 1.6f};
    for (size_t n = 0; n < 400; n += n < 140 ? 1 : 37) {
        buffer x = make(t, n), y = copy(x), expected = copy(x);
        t->kernels->dropout_f32(y.at, x.at, n, &dropout, 11);
        portable->dropout_f32(expected.at, x.at, n, &dropout, 11);
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) kept += y.at[i] != 0;
        // Five of eight numbers stay.
        if (n > 100 && (kept < n / 2 || kept > n * 3 / 4)) fail(t, "dropout keeps %zu of %zu numbers", kept, n);
        expect_close(t, "dropout", y.at, expected.at, n, 0);
        drop(t, "x", x), drop(t, "y", y), drop(t, "expected", expected);
    }
}

static void sums(context *t) {
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    for (size_t n = 0; n < 300; n += n < 70 ? 1 : 23) {
        buffer a = make(t, n), b = make(t, n);
        const float found[] = {t->kernels->dot_f32(a.at, b.at, n), t->kernels->squared_distance_f32(a.at, b.at, n),
                               t->kernels->manhattan_distance_f32(a.at, b.at, n)};
        const float expected[] = {portable->dot_f32(a.at, b.at, n), portable->squared_distance_f32(a.at, b.at, n),
                                  portable->manhattan_distance_f32(a.at, b.at, n)};
        for (int i = 0; i < 3; i++)
            if (fabs((double)found[i] - expected[i]) > sum_tolerance * (1 + (double)n))
                fail(t, "sum %d of %zu is %.9g, expected %.9g", i, n, found[i], expected[i]);
        if (n) {
            a.at[n - 1] = NAN;
            if (!isnan(t->kernels->dot_f32(a.at, b.at, n)) || !isnan(t->kernels->squared_distance_f32(a.at, b.at, n)) ||
                !isnan(t->kernels->manhattan_distance_f32(a.at, b.at, n)))
                fail(t, "a sum of %zu loses NaN", n);
        }
        drop(t, "a", a), drop(t, "b", b);
    }
}

// Rows --------------------------------------------------------------------------------------------------

static void softmaxes(context *t) {
    const sk_kernels *portable = sk_kernels_at(SK_LEVEL_PORTABLE);
    for (size_t n = 1; n < 300; n += n < 70 ? 1 : 23)
        for (int special = 0; special < 4; special++) {
            buffer x = make(t, n), y = make(t, n), expected = make(t, n);
            for (size_t i = 0; i < n; i++) x.at[i] = x.at[i] * 10 + 100;
            if (special == 1) x.at[n / 2] = -INFINITY;
            if (special == 2) x.at[n - 1] = NAN;
            if (special == 3) x.at[0] = 1e4f;
            if (special == 1 && n == 1) x.at[0] = 0;
            const float found = t->kernels->softmax_f32(y.at, x.at, n);
            const float wanted = portable->softmax_f32(expected.at, x.at, n);
            expect_close(t, "softmax", y.at, expected.at, n, 10 * sum_tolerance);
            expect_close(t, "logarithm of the sum of exponentials", &found, &wanted, 1, sum_tolerance);
            drop(t, "x", x), drop(t, "softmax", y), drop(t, "expected", expected);
        }
}

static void layer_norms(context *t) {
    const sk_kernels *k[2] = {t->kernels, sk_kernels_at(SK_LEVEL_PORTABLE)};
    for (size_t n = 1; n < 400; n += n < 40 ? 1 : 37) {
        const size_t rows = 3;
        buffer x = make(t, rows * n), gamma = make(t, n), beta = make(t, n), d_y = make(t, rows * n);
        buffer y[2], d_x[2], d_gamma[2] = {make(t, n)}, d_beta[2] = {make(t, n)};
        d_gamma[1] = copy(d_gamma[0]), d_beta[1] = copy(d_beta[0]);
        for (int i = 0; i < 2; i++) {
            y[i] = make(t, rows * n), d_x[i] = make(t, rows * n);
            k[i]->layer_norm_f32(y[i].at, x.at, gamma.at, n % 2 ? beta.at : NULL, 1e-5f, rows, n);
            k[i]->layer_norm_backward_f32(d_x[i].at, d_gamma[i].at, n % 2 ? d_beta[i].at : NULL, d_y.at, x.at, gamma.at,
                                          1e-5f, rows, n);
        }
        expect_close(t, "layer norm", y[0].at, y[1].at, rows * n, cancelling_tolerance);
        // Of two nearly equal numbers the deviation is small, and what rounding leaves is divided by it.
        const double tolerance = n < 4 ? 1e-2 : 10 * cancelling_tolerance;
        if (n > 1) expect_close(t, "layer norm, d_x", d_x[0].at, d_x[1].at, rows * n, tolerance); // else 0 but for rounding
        expect_close(t, "layer norm, d_gamma", d_gamma[0].at, d_gamma[1].at, n, tolerance);
        expect_close(t, "layer norm, d_beta", d_beta[0].at, d_beta[1].at, n, tolerance);
        x.at[n - 1] = NAN;
        k[0]->layer_norm_f32(y[0].at, x.at, gamma.at, NULL, 1e-5f, rows, n);
        for (size_t i = 0; i < rows * n; i++)
            if (isnan(y[0].at[i]) != (i < n)) fail(t, "layer norm: NaN in row 0 gives %g in element %zu", y[0].at[i], i);
        for (int i = 0; i < 2; i++)
            drop(t, "layer norm", y[i]), drop(t, "d_x", d_x[i]), drop(t, "d_gamma", d_gamma[i]), drop(t, "d_beta", d_beta[i]);
        drop(t, "x", x), drop(t, "gamma", gamma), drop(t, "beta", beta), drop(t, "d_y", d_y);
    }
}

static void rms_norms(context *t) {
    const sk_kernels *k[2] = {t->kernels, sk_kernels_at(SK_LEVEL_PORTABLE)};
    for (size_t n = 1; n < 400; n += n < 40 ? 1 : 37) {
        const size_t rows = 3;
        buffer x = make(t, rows * n), gamma = make(t, n), d_y = make(t, rows * n);
        buffer y[2], d_x[2], d_gamma[2] = {make(t, n)};
        d_gamma[1] = copy(d_gamma[0]);
        for (int i = 0; i < 2; i++) {
            y[i] = make(t, rows * n), d_x[i] = make(t, rows * n);
            k[i]->rms_norm_f32(y[i].at, x.at, gamma.at, 1e-5f, rows, n);
            k[i]->rms_norm_backward_f32(d_x[i].at, d_gamma[i].at, d_y.at, x.at, gamma.at, 1e-5f, rows, n);
        }
        expect_close(t, "RMS norm", y[0].at, y[1].at, rows * n, 10 * sum_tolerance);
        if (n > 1) expect_close(t, "RMS norm, d_x", d_x[0].at, d_x[1].at, rows * n, 10 * cancelling_tolerance);
        expect_close(t, "RMS norm, d_gamma", d_gamma[0].at, d_gamma[1].at, n, cancelling_tolerance);
        x.at[n - 1] = NAN;
        k[0]->rms_norm_f32(y[0].at, x.at, gamma.at, 1e-5f, rows, n);
        for (size_t i = 0; i < rows * n; i++)
            if (isnan(y[0].at[i]) != (i < n)) fail(t, "RMS norm: NaN in row 0 gives %g in element %zu", y[0].at[i], i);
        for (int i = 0; i < 2; i++) drop(t, "RMS norm", y[i]), drop(t, "d_x", d_x[i]), drop(t, "d_gamma", d_gamma[i]);
        drop(t, "x", x), drop(t, "gamma", gamma), drop(t, "d_y", d_y);
    }
}

static void rotations(context *t) {
    const sk_kernels *k[2] = {t->kernels, sk_kernels_at(SK_LEVEL_PORTABLE)};
    for (size_t half = 0; half < 70; half++) {
        const size_t rows = 3, stride = 2 * half + 3;
        buffer x = make(t, rows * stride), cosines = make(t, half), sines = make(t, half);
        for (int negative = 0; negative < 2; negative++) {
            // In place, and what stands between the rows keeps its value.
            buffer y[2] = {copy(x), copy(x)};
            for (int i = 0; i < 2; i++)
                k[i]->rotate_f32(y[i].at, y[i].at, cosines.at, sines.at, negative, rows, stride, half);
            expect_close(t, "rotation", y[0].at, y[1].at, rows * stride, sum_tolerance);
            drop(t, "rotation", y[0]), drop(t, "rotation", y[1]);
        }
        drop(t, "x", x), drop(t, "cosines", cosines), drop(t, "sines", sines);
    }
}

// Attention ---------------------------------------------------------------------------------------------

// What a query sees, and what its position adds.
typedef struct attention_case {
    const char *name;
    size_t left, right;
    bool bias, terms;
    size_t asking; // rows at the end that are no keys
    bool drops; // leaves probabilities out
} attention_case;

static size_t key_length(size_t length, attention_case options) { return length > options.asking ? length - options.asking : 0; }

static const attention_case attention_cases[] = {
    {"whole texts", SIZE_MAX, SIZE_MAX, false, false, 0, false},
    {"before", SIZE_MAX, 0, false, false, 0, false},
    {"a window", 9, 4, false, false, 0, false},
    {"a large window", 40, 33, true, false, 0, false},
    {"biases", SIZE_MAX, SIZE_MAX, true, false, 0, false},
    {"terms", SIZE_MAX, SIZE_MAX, false, true, 0, false},
    {"all of it", 20, 0, true, true, 0, false},
    {"few keys", SIZE_MAX, SIZE_MAX, false, false, 12, false},
    {"few keys before", SIZE_MAX, 0, true, true, 40, false},
    {"few keys in a window", 9, 4, false, false, 31, false},
    {"dropout", SIZE_MAX, SIZE_MAX, false, false, 0, true},
    {"dropout in a window", 20, 9, true, true, 12, true},
};

static void check_attention(context *t, size_t length, size_t size, sk_precision precision, attention_case options) {
    const bool exact = t->kernels->attention[precision] == t->kernels->attention[SK_PRECISION_FLOAT32_HIGHEST];
    // Only the most exact kernel knows dropout.
    if (options.drops && !exact) return;
    const sk_dropout dropout = {{{0x12345678u, 0x9abcdef0u}, {3, 5, 7}}, 0x60000000u, 1.6f};
    const size_t terms = 7, distances = 2 * length - 1;
    buffer bias = make(t, distances), query_terms = make(t, length * terms), key_terms = make(t, length * terms);
    buffer d_bias[2] = {make(t, distances)}, d_terms[2] = {make(t, 2 * length * terms)};
    // Of one token the slope is a difference of equal numbers, whose error is that of sums near 1: what it is added to
    // must not be smaller.
    for (size_t i = 0; i < distances; i++) d_bias[0].at[i] += 2;
    d_bias[1] = copy(d_bias[0]), d_terms[1] = copy(d_terms[0]);
    int32_t *positions = malloc(distances * sizeof *positions);
    for (size_t i = 0; i < distances; i++) positions[i] = (int32_t)(i * terms / distances);
    const sk_kernels *k[2] = {t->kernels, sk_kernels_at(SK_LEVEL_PORTABLE)};
    const size_t stride = 3 * size + 2;
    buffer qkv = make(t, length * stride), d_out = make(t, length * size);
    buffer out[2], log_sums[2], d_qkv[2] = {make(t, length * stride)};
    d_qkv[1] = copy(d_qkv[0]);
    char what[128];
    snprintf(what, sizeof what, "%s attention of %zu tokens, heads of %zu, %s", precision_names[precision], length, size,
             options.name);
    for (size_t i = 0; i < qkv.count; i++) qkv.at[i] *= 2;
    for (int i = 0; i < 2; i++) {
        const sk_attention_kernel *attention = k[i]->attention[precision];
        out[i] = make(t, length * size), log_sums[i] = make(t, length);
        const size_t scratch_size = attention->scratch_size(length, size);
        void *scratch = room(scratch_size);
        sk_attention forward = {
            .q = qkv.at, .k = qkv.at + size, .v = qkv.at + 2 * size, .q_stride = stride, .k_stride = stride,
            .v_stride = stride, .out = out[i].at, .out_stride = size, .log_sum_exp = log_sums[i].at,
            .scratch = scratch, .length = length, .key_length = key_length(length, options),
            .query_count = length, .head_size = size, .scale = 1.0f / sqrtf((float)size),
            .left = options.left, .right = options.right, .relative_bias = options.bias ? bias.at + length - 1 : NULL,
            .query_terms = options.terms ? query_terms.at : NULL, .key_terms = options.terms ? key_terms.at : NULL,
            .term_stride = terms, .term_positions = options.terms ? positions + length - 1 : NULL,
            .dropout = options.drops ? &dropout : NULL, .dropout_row = 1000};
        attention->attend(&forward);
        float *scratch_backward = malloc(sizeof(float) * (k[i]->attention_backward_scratch(length, size) + 1));
        sk_attention_backward_f32 backward = {
            .forward = forward, .d_out = d_out.at, .d_out_stride = size, .d_q = d_qkv[i].at, .d_k = d_qkv[i].at + size,
            .d_v = d_qkv[i].at + 2 * size, .scratch = scratch_backward,
            .d_relative_bias = options.bias ? d_bias[i].at + length - 1 : NULL,
            .d_query_terms = options.terms ? d_terms[i].at : NULL,
            .d_key_terms = options.terms ? d_terms[i].at + length * terms : NULL};
        k[i]->attention_backward_f32(&backward);
        drop_room(t, what, scratch, scratch_size), free(scratch_backward);
    }
    // The exponential passes on the absolute error of scores, which are larger than the result.
    const double coarse = precision == SK_PRECISION_FLOAT32 ? 16 * split_tolerance : rounded_tolerance;
    for (int i = 0; i < 2; i++)
        for (size_t j = 0; j < length; j++) log_sums[i].at[j] = expf(log_sums[i].at[j]); // whose error is relative
    // A result lies between the values, up to 2, which may cancel; so does its error.
    for (size_t i = 0; !exact && i < length * size; i++)
        if (!(fabs((double)out[0].at[i] - out[1].at[i]) <= 2 * coarse))
            fail(t, "%s: element %zu is %.9g, expected %.9g", what, i, out[0].at[i], out[1].at[i]);
    if (exact) expect_close(t, what, out[0].at, out[1].at, length * size, 10 * sum_tolerance);
    expect_close(t, what, log_sums[0].at, log_sums[1].at, length, exact ? 10 * sum_tolerance : coarse);
    // What stands between the heads is untouched, so the whole of it is compared.
    const double coarse_gradient = exact ? cancelling_tolerance : 10 * coarse;
    expect_close(t, what, d_qkv[0].at, d_qkv[1].at, length * stride, coarse_gradient);
    expect_close(t, what, d_bias[0].at, d_bias[1].at, distances, coarse_gradient);
    expect_close(t, what, d_terms[0].at, d_terms[1].at, 2 * length * terms, coarse_gradient);
    for (int i = 0; i < 2; i++) {
        drop(t, what, out[i]), drop(t, what, log_sums[i]), drop(t, what, d_qkv[i]);
        drop(t, what, d_bias[i]), drop(t, what, d_terms[i]);
    }
    drop(t, what, bias), drop(t, what, query_terms), drop(t, what, key_terms), free(positions);
    drop(t, what, qkv), drop(t, what, d_out);
}

static void attentions(context *t) {
    const size_t lengths[] = {1, 2, 5, 6, 13, 16, 31, 48, 49, 65, 130}, sizes[] = {1, 12, 16, 32, 33, 64};
    for (int precision = 0; precision < SK_PRECISION_COUNT; precision++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
                for (size_t option = 0; option < sizeof attention_cases / sizeof *attention_cases; option++)
                    if (option == 0 || (i + j + option) % 3 == 0)
                        check_attention(t, lengths[i], sizes[j], (sk_precision)precision, attention_cases[option]);
}

// Some of the queries of a text give what they give among all of them, bit for bit.
static void check_chosen_queries(context *t, size_t length, size_t size, sk_precision precision, attention_case options) {
    const sk_attention_kernel *attention = t->kernels->attention[precision];
    if (options.drops && attention != t->kernels->attention[SK_PRECISION_FLOAT32_HIGHEST]) return;
    const sk_dropout dropout = {{{0x12345678u, 0x9abcdef0u}, {3, 5, 7}}, 0x60000000u, 1.6f};
    const size_t terms = 7, distances = 2 * length - 1;
    buffer bias = make(t, distances), query_terms = make(t, length * terms), key_terms = make(t, length * terms);
    buffer qkv = make(t, 3 * length * size), all = make(t, length * size), all_sums = make(t, length);
    int32_t *term_positions = malloc(distances * sizeof *term_positions);
    for (size_t i = 0; i < distances; i++) term_positions[i] = (int32_t)(i * terms / distances);
    const size_t scratch_size = attention->scratch_size(length, size);
    void *scratch = room(scratch_size);
    sk_attention whole = {
        .q = qkv.at, .k = qkv.at + length * size, .v = qkv.at + 2 * length * size, .q_stride = size, .k_stride = size,
        .v_stride = size, .out = all.at, .out_stride = size, .log_sum_exp = all_sums.at, .scratch = scratch,
        .length = length, .key_length = key_length(length, options), .query_count = length, .head_size = size,
        .scale = 0.3f, .left = options.left, .right = options.right,
        .relative_bias = options.bias ? bias.at + length - 1 : NULL,
        .query_terms = options.terms ? query_terms.at : NULL, .key_terms = options.terms ? key_terms.at : NULL,
        .term_stride = terms, .term_positions = options.terms ? term_positions + length - 1 : NULL,
        .dropout = options.drops ? &dropout : NULL, .dropout_row = 1000};
    attention->attend(&whole);
    // The first token, the last, every third, and all from some token on.
    const struct { size_t first, step; } choices[] = {{0, length}, {length - 1, 1}, {1, 3}, {length / 3, 1}};
    uint32_t *positions = malloc(length * sizeof *positions);
    for (size_t choice = 0; choice < sizeof choices / sizeof *choices; choice++) {
        size_t count = 0;
        for (size_t i = choices[choice].first; i < length; i += choices[choice].step) positions[count++] = (uint32_t)i;
        buffer queries = make(t, count * size), own_terms = make(t, count * terms);
        buffer expected = make(t, count * size), expected_sums = make(t, count);
        buffer out = make(t, count * size), sums = make(t, count);
        for (size_t i = 0; i < count; i++) {
            memcpy(queries.at + i * size, qkv.at + positions[i] * size, size * sizeof(float));
            memcpy(own_terms.at + i * terms, query_terms.at + positions[i] * terms, terms * sizeof(float));
            memcpy(expected.at + i * size, all.at + positions[i] * size, size * sizeof(float));
            expected_sums.at[i] = all_sums.at[positions[i]];
        }
        sk_attention some = whole;
        some.q = queries.at, some.out = out.at, some.log_sum_exp = sums.at;
        some.query_terms = options.terms ? own_terms.at : NULL;
        some.query_count = count, some.query_positions = positions;
        attention->attend(&some);
        char what[128];
        snprintf(what, sizeof what, "%s attention of %zu of %zu queries, heads of %zu, %s", precision_names[precision],
                 count, length, size, options.name);
        expect_equal(t, what, out.at, expected.at, count * size);
        expect_equal(t, what, sums.at, expected_sums.at, count);
        drop(t, what, queries), drop(t, what, own_terms), drop(t, what, expected), drop(t, what, expected_sums);
        drop(t, what, out), drop(t, what, sums);
    }
    free(positions), free(term_positions), drop_room(t, "chosen queries", scratch, scratch_size);
    drop(t, "bias", bias), drop(t, "terms", query_terms), drop(t, "terms", key_terms);
    drop(t, "qkv", qkv), drop(t, "out", all), drop(t, "sums", all_sums);
}

static void chosen_queries(context *t) {
    const size_t lengths[] = {1, 6, 16, 49, 130, 270}, sizes[] = {12, 32, 64};
    for (int precision = 0; precision < SK_PRECISION_COUNT; precision++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
                for (size_t option = 0; option < sizeof attention_cases / sizeof *attention_cases; option++)
                    if ((i + j + option) % 2 == 0)
                        check_chosen_queries(t, lengths[i], sizes[j], (sk_precision)precision, attention_cases[option]);
}

// With a window, the portable level against softmax written out: it is what the others are compared to.
static void windows(context *t) {
    const size_t length = 23, size = 5;
    for (size_t option = 0; option < sizeof attention_cases / sizeof *attention_cases; option++) {
        const attention_case options = attention_cases[option];
        if (options.terms) continue;
        buffer qkv = make(t, 3 * length * size), bias = make(t, 2 * length - 1), out = make(t, length * size);
        const float *q = qkv.at, *k = q + length * size, *v = k + length * size;
        const sk_attention_kernel *attention = t->kernels->attention[SK_PRECISION_FLOAT32_HIGHEST];
        const size_t scratch_size = attention->scratch_size(length, size);
        void *scratch = room(scratch_size);
        const sk_attention forward = {
            .q = q, .k = k, .v = v, .q_stride = size, .k_stride = size, .v_stride = size, .out = out.at,
            .out_stride = size, .scratch = scratch, .length = length, .key_length = key_length(length, options),
            .query_count = length, .head_size = size, .scale = 0.7f,
            .left = options.left, .right = options.right, .relative_bias = options.bias ? bias.at + length - 1 : NULL};
        attention->attend(&forward);
        for (size_t i = 0; i < length; i++) {
            double sum = 0, expected[8] = {0};
            for (size_t j = 0; j < key_length(length, options); j++) {
                if (j < i ? i - j > options.left : j - i > options.right) continue;
                double score = 0;
                for (size_t p = 0; p < size; p++) score += (double)q[i * size + p] * k[j * size + p];
                const double e = exp(score * 0.7 + (options.bias ? bias.at[length - 1 + j - i] : 0));
                sum += e;
                for (size_t p = 0; p < size; p++) expected[p] += e * v[j * size + p];
            }
            for (size_t p = 0; p < size; p++)
                if (!(fabs(out.at[i * size + p] - (sum > 0 ? expected[p] / sum : 0)) < 10 * sum_tolerance))
                    fail(t, "%s: query %zu gives %g, not %g / %g", options.name, i, out.at[i * size + p], expected[p], sum);
        }
        drop_room(t, options.name, scratch, scratch_size);
        drop(t, "qkv", qkv), drop(t, "bias", bias), drop(t, "out", out);
    }
}

// Blocks of keys that no query of a block sees are not computed: numbers that are none do not spoil the rest. And
// memory grows with the length, not with its square.
static void reach(context *t) {
    const size_t length = 700, size = 16;
    for (int precision = 0; precision < SK_PRECISION_COUNT; precision++) {
        const sk_attention_kernel *attention = t->kernels->attention[precision];
        buffer qkv = make(t, 3 * length * size), out = make(t, length * size);
        for (size_t p = 0; p < size; p++) qkv.at[2 * length * size + p] = NAN;
        const size_t scratch_size = attention->scratch_size(length, size);
        void *scratch = room(scratch_size);
        const sk_attention forward = {
            .q = qkv.at, .k = qkv.at + length * size, .v = qkv.at + 2 * length * size, .q_stride = size,
            .k_stride = size, .v_stride = size, .out = out.at, .out_stride = size, .scratch = scratch, .length = length,
            .key_length = length, .query_count = length, .head_size = size, .scale = 0.25f, .left = 20, .right = 20};
        attention->attend(&forward);
        for (size_t i = 200; i < length; i++)
            if (!isfinite(out.at[i * size])) fail(t, "%s: query %zu read key 0", precision_names[precision], i);
        if (attention->scratch_size(8192, 64) > 20 * attention->scratch_size(512, 64))
            fail(t, "%s: memory grows faster than texts", precision_names[precision]);
        drop_room(t, "reach", scratch, scratch_size), drop(t, "qkv", qkv), drop(t, "out", out);
    }
}

// Conversions -------------------------------------------------------------------------------------------

static void conversions(context *t) {
    enum { count = 65536 };
    uint16_t *all = malloc(count * sizeof *all);
    float *found = malloc(count * sizeof *found), *expected = malloc(count * sizeof *expected);
    for (int i = 0; i < count; i++) all[i] = (uint16_t)i;
    for (int kind = 0; kind < 2; kind++)
        for (size_t n = kind ? 13 : count; n <= count; n += count) {
            if (kind)
                t->kernels->bf16_to_f32(found, all, count), sk_kernels_at(SK_LEVEL_PORTABLE)->bf16_to_f32(expected, all, count);
            else
                t->kernels->f16_to_f32(found, all, count), sk_kernels_at(SK_LEVEL_PORTABLE)->f16_to_f32(expected, all, count);
            expect_equal(t, kind ? "bf16" : "f16", found, expected, count);
        }
    for (size_t n = 0; n < 40; n++) {
        found[n] = guard;
        t->kernels->f16_to_f32(found, all + 0x3c00, n);
        if (found[n] != guard) fail(t, "f16: wrote behind %zu elements", n);
        t->kernels->bf16_to_f32(found, all + 0x3f80, n);
        if (found[n] != guard) fail(t, "bf16: wrote behind %zu elements", n);
    }
    free(all), free(found), free(expected);
}

static const struct {
    const char *name;
    void (*run)(context *);
} checks[] = {
    {"products of rows have the bits of single ones", skc_row_products},
    {"8-bit products differ by no more than rounding takes", skc_rounding},
    {"products of codes have the bits of decoded ones", skc_code_products},
    {"selections agree", skc_selections},
    {"bytes become the same numbers", skc_bytes},
    {"distances of bits agree", skc_distances},
    {"products agree over odd sizes", products},
    {"8-bit codes reach their ends", largest_codes},
    {"a row's bits do not depend on its neighbours", row_invariance},
    {"NaN and infinity pass through products", product_specials},
    {"activations and their derivatives agree", activations},
    {"activations of few models agree", rare_activations},
    {"element-wise kernels agree", elements},
    {"steps of AdamW agree", adamw},
    {"dropout leaves out the same numbers", dropouts},
    {"sums agree", sums},
    {"softmax agrees", softmaxes},
    {"layer norms agree", layer_norms},
    {"RMS norms agree", rms_norms},
    {"rotations agree", rotations},
    {"attention sees what its window holds", windows},
    {"attention reads what is in reach", reach},
    {"attention agrees, forward and backward", attentions},
    {"a query's bits do not depend on the others", chosen_queries},
    {"all half-precision numbers convert", conversions},
};

size_t skc_count(void) { return sizeof checks / sizeof *checks; }
const char *skc_name(size_t check) { return checks[check].name; }

bool skc_run(size_t check, const sk_kernels *kernels, char *message, size_t capacity) {
    context t = {kernels, message, capacity, check + 1, false};
    checks[check].run(&t);
    return !t.failed;
}

extern const sk_kernels skc_kernels_4, skc_kernels_16;

const sk_kernels *skc_shape(size_t vector_width) {
#if defined(__x86_64__)
    if (!sk_kernels_at(SK_LEVEL_AVX2)) return NULL;
#endif
    return vector_width == 4 ? &skc_kernels_4 : vector_width == 16 ? &skc_kernels_16 : NULL;
}
