// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What the files of checks share.

#ifndef SUPPORT_H
#define SUPPORT_H

#include "CSentenceKernelChecks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Float32 sums of the same terms in another order, or with fused multiply-adds, differ by a few units in
// the last place of the sum of their absolute values.
static const double sum_tolerance __attribute__((unused)) = 1e-6;
// Vector polynomials against libm: 2 to 3 units in the last place, composed functions a few more.
static const double function_tolerance __attribute__((unused)) = 6e-7;
// Sums whose terms cancel, such as the gradient of a norm, against the size of the largest result.
static const double cancelling_tolerance __attribute__((unused)) = 2e-5;

// Two bfloat16 parts hold 16 bits of each operand, and the product of their low parts is left out.
static const double split_tolerance __attribute__((unused)) = 8e-6;
// Attention with every operand of its products rounded to 8 bits of mantissa.
static const double rounded_tolerance __attribute__((unused)) = 2e-2;

static const float guard __attribute__((unused)) = 12345.678f;

typedef struct context {
    const sk_kernels *kernels;
    char *message;
    size_t capacity;
    uint64_t random;
    bool failed;
} context;

static inline void fail(context *t, const char *format, ...) {
    if (t->failed) return;
    t->failed = true;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(t->message, t->capacity, format, arguments);
    va_end(arguments);
}

// SplitMix64.
static inline uint64_t next(context *t) {
    uint64_t z = t->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline float uniform(context *t) { return (float)(next(t) >> 40) * 0x1p-23f - 1.0f; }

// A buffer of n random numbers at an address aligned to 4 bytes only, a guard behind it.
typedef struct buffer {
    float *memory;
    float *at;
    size_t count;
} buffer;

static inline buffer make(context *t, size_t n) {
    buffer b = {malloc((n + 3) * sizeof(float)), NULL, n};
    b.at = b.memory + 1;
    for (size_t i = 0; i < n; i++) b.at[i] = uniform(t);
    b.at[-1] = b.at[n] = guard;
    return b;
}

static inline buffer copy(buffer other) {
    buffer b = {malloc((other.count + 3) * sizeof(float)), NULL, other.count};
    b.at = b.memory + 1;
    memcpy(b.memory, other.memory, (other.count + 2) * sizeof(float));
    return b;
}

static inline void drop(context *t, const char *what, buffer b) {
    if (b.at[-1] != guard || b.at[b.count] != guard) fail(t, "%s: wrote outside of its output", what);
    free(b.memory);
}

static inline bool same(float a, float b) { return a == b || (a != a && b != b); }

static inline void expect_close(context *t, const char *what, const float *found, const float *expected, size_t n,
                         double tolerance) {
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(expected[i]) && fabsf(expected[i]) > largest) largest = fabsf(expected[i]);
    if (largest < 1e-30) largest = 1e-30;
    for (size_t i = 0; i < n; i++)
        if (!same(found[i], expected[i]) && !(fabs((double)found[i] - expected[i]) <= tolerance * largest))
            return fail(t, "%s: element %zu of %zu is %.9g, expected %.9g", what, i, n, found[i], expected[i]);
}

static inline void expect_equal(context *t, const char *what, const float *found, const float *expected, size_t n) {
    expect_close(t, what, found, expected, n, 0);
}

static inline size_t panel_count(const sk_product *product, size_t n) {
    return (n + product->panel_width - 1) / product->panel_width;
}

void skc_row_products(context *t);
void skc_rounding(context *t);
void skc_code_products(context *t);
void skc_selections(context *t);
void skc_bytes(context *t);
void skc_distances(context *t);

#endif
