// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The portable level: plain C, and the specification that the other levels are tested against.

#include "internal.h"

#define SK_PORTABLE_PANEL 8

static float activate(sk_activation activation, float x) {
    switch (activation) {
    case SK_ACTIVATION_IDENTITY: return x;
    case SK_ACTIVATION_RELU: return x < 0.0f ? 0.0f : x;
    case SK_ACTIVATION_GELU: return 0.5f * x * (1.0f + erff(x * 0.70710678118654752440f));
    case SK_ACTIVATION_GELU_TANH:
        return 0.5f * x * (1.0f + tanhf(0.79788456080286535588f * (x + 0.044715f * x * x * x)));
    case SK_ACTIVATION_TANH: return tanhf(x);
    case SK_ACTIVATION_SIGMOID: return 1.0f / (1.0f + expf(-x));
    case SK_ACTIVATION_SILU: return x / (1.0f + expf(-x));
    default: return x;
    }
}

static float slope(sk_activation activation, float x) {
    switch (activation) {
    case SK_ACTIVATION_IDENTITY: return 1.0f;
    case SK_ACTIVATION_RELU: return x > 0.0f ? 1.0f : 0.0f;
    case SK_ACTIVATION_GELU:
        return 0.5f * (1.0f + erff(x * 0.70710678118654752440f)) + x * 0.39894228040143267794f * expf(-0.5f * x * x);
    case SK_ACTIVATION_GELU_TANH: {
        const float t = tanhf(0.79788456080286535588f * (x + 0.044715f * x * x * x));
        return 0.5f * (1.0f + t) +
               0.5f * x * (1.0f - t * t) * 0.79788456080286535588f * (1.0f + 3.0f * 0.044715f * x * x);
    }
    case SK_ACTIVATION_TANH: {
        const float t = tanhf(x);
        return 1.0f - t * t;
    }
    case SK_ACTIVATION_SIGMOID: {
        const float s = 1.0f / (1.0f + expf(-x));
        return s * (1.0f - s);
    }
    case SK_ACTIVATION_SILU: {
        const float s = 1.0f / (1.0f + expf(-x));
        return s * (1.0f + x * (1.0f - s));
    }
    default: return 1.0f;
    }
}

static void activation_f32(sk_activation activation, float *y, const float *x, size_t n) {
    if (activation >= SK_ACTIVATION_FIRST_RARE) return sk_rare_activation_f32(activation, y, x, n);
    for (size_t i = 0; i < n; i++) y[i] = activate(activation, x[i]);
}

static void activation_backward_f32(sk_activation activation, float *d_x, const float *x, const float *d_y,
                                    size_t n) {
    if (activation >= SK_ACTIVATION_FIRST_RARE) return sk_rare_activation_backward_f32(activation, d_x, x, d_y, n);
    for (size_t i = 0; i < n; i++) d_x[i] = d_y[i] * slope(activation, x[i]);
}

static void add_f32(float *y, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

static void axpy_f32(float *y, float alpha, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += alpha * x[i];
}

static void scale_f32(float *y, float alpha, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = alpha * x[i];
}

static void multiply_elements_f32(float *y, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

static void maximum_f32(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (x[i] > y[i] || x[i] != x[i]) y[i] = x[i];
}

static void adamw_f32(float *value, float *mean, float *square, const float *gradient, size_t n,
                      const sk_adamw *step) {
    for (size_t i = 0; i < n; i++) {
        const float g = step->gradient_scale * gradient[i];
        mean[i] += (1.0f - step->beta1) * (g - mean[i]);
        square[i] = step->beta2 * square[i] + (1.0f - step->beta2) * g * g;
        const float root = sqrtf(square[i]) * step->root_correction + step->epsilon;
        value[i] = step->decay * value[i] - step->step_size * (mean[i] / root);
    }
}

static void philox(const sk_random *random, uint32_t block, uint32_t words[4]) {
    words[0] = block;
    for (int i = 0; i < 3; i++) words[i + 1] = random->counter[i];
    uint32_t key0 = random->key[0], key1 = random->key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t first = (uint64_t)words[0] * 0xD2511F53u, second = (uint64_t)words[2] * 0xCD9E8D57u;
        words[0] = (uint32_t)(second >> 32) ^ words[1] ^ key0;
        words[1] = (uint32_t)second;
        words[2] = (uint32_t)(first >> 32) ^ words[3] ^ key1;
        words[3] = (uint32_t)first;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

static void dropout_f32(float *y, const float *x, size_t n, const sk_dropout *dropout, uint32_t group) {
    for (size_t first = 0; first < n; first += 64, group++)
        for (uint32_t block = 0; block < 16; block++) {
            uint32_t words[4];
            philox(&dropout->random, 16 * group + block, words);
            for (size_t word = 0; word < 4; word++) {
                const size_t i = first + 16 * word + block;
                if (i < n) y[i] = words[word] >= dropout->bound ? dropout->scale * x[i] : 0.0f;
            }
        }
}

static float dot_f32(const float *a, const float *b, size_t n) {
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static float squared_distance_f32(const float *a, const float *b, size_t n) {
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static float manhattan_distance_f32(const float *a, const float *b, size_t n) {
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += fabsf(a[i] - b[i]);
    return sum;
}

static float softmax_f32(float *y, const float *x, size_t n) {
    float maximum = x[0];
    for (size_t i = 1; i < n; i++)
        if (x[i] > maximum || x[i] != x[i]) maximum = x[i];
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += y[i] = expf(x[i] - maximum);
    for (size_t i = 0; i < n; i++) y[i] /= sum;
    return maximum + logf(sum);
}

static void normalize(float *h, float *reciprocal_deviation, const float *x, float epsilon, size_t n) {
    float mean = 0.0f, variance = 0.0f;
    for (size_t i = 0; i < n; i++) mean += x[i];
    mean /= (float)n;
    for (size_t i = 0; i < n; i++) variance += (x[i] - mean) * (x[i] - mean);
    *reciprocal_deviation = 1.0f / sqrtf(variance / (float)n + epsilon);
    for (size_t i = 0; i < n; i++) h[i] = (x[i] - mean) * *reciprocal_deviation;
}

static void layer_norm_f32(float *y, const float *x, const float *gamma, const float *beta, float epsilon,
                           size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, y += n) {
        float reciprocal_deviation;
        normalize(y, &reciprocal_deviation, x, epsilon, n);
        for (size_t i = 0; i < n; i++) y[i] = y[i] * gamma[i] + (beta ? beta[i] : 0.0f);
    }
}

static void layer_norm_backward_f32(float *d_x, float *d_gamma, float *d_beta, const float *d_y,
                                    const float *x, const float *gamma, float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, d_x += n, d_y += n) {
        float reciprocal_deviation, mean_g = 0.0f, mean_gh = 0.0f;
        normalize(d_x, &reciprocal_deviation, x, epsilon, n); // d_x holds the normalised row for now
        for (size_t i = 0; i < n; i++) {
            const float g = d_y[i] * gamma[i];
            mean_g += g;
            mean_gh += g * d_x[i];
            d_gamma[i] += d_y[i] * d_x[i];
            if (d_beta) d_beta[i] += d_y[i];
        }
        mean_g /= (float)n;
        mean_gh /= (float)n;
        for (size_t i = 0; i < n; i++)
            d_x[i] = reciprocal_deviation * (d_y[i] * gamma[i] - mean_g - d_x[i] * mean_gh);
    }
}

static float reciprocal_root_mean_square(const float *x, float epsilon, size_t n) {
    float squares = 0.0f;
    for (size_t i = 0; i < n; i++) squares += x[i] * x[i];
    return 1.0f / sqrtf(squares / (float)n + epsilon);
}

static void rms_norm_f32(float *y, const float *x, const float *gamma, float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, y += n) {
        const float r = reciprocal_root_mean_square(x, epsilon, n);
        for (size_t i = 0; i < n; i++) y[i] = x[i] * r * gamma[i];
    }
}

static void rms_norm_backward_f32(float *d_x, float *d_gamma, const float *d_y, const float *x, const float *gamma,
                                  float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, d_x += n, d_y += n) {
        const float r = reciprocal_root_mean_square(x, epsilon, n);
        float mean_gh = 0.0f;
        for (size_t i = 0; i < n; i++) {
            mean_gh += d_y[i] * gamma[i] * (x[i] * r);
            d_gamma[i] += d_y[i] * (x[i] * r);
        }
        mean_gh /= (float)n;
        for (size_t i = 0; i < n; i++) d_x[i] = r * (d_y[i] * gamma[i] - x[i] * r * mean_gh);
    }
}

static void rotate_f32(float *y, const float *x, const float *cosines, const float *sines, bool negative, size_t rows,
                       size_t stride, size_t half) {
    for (size_t row = 0; row < rows; row++, x += stride, y += stride)
        for (size_t i = 0; i < half; i++) {
            const float sine = negative ? -sines[i] : sines[i], a = x[i], b = x[half + i];
            y[i] = a * cosines[i] - b * sine;
            y[half + i] = b * cosines[i] + a * sine;
        }
}

static size_t no_scratch(const sk_gemm *g) { return (void)g, 0; }

// Bias, activation and residual of one element.
static float finish(const sk_gemm *g, float x, size_t i, size_t j) {
    if (g->bias) x += g->bias[j];
    x = activate(g->activation, x);
    return g->residual ? x + g->residual[i * g->residual_stride + j] : x;
}

static float bf16_number(uint16_t bits) {
    const uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

// In float32, or with B in bfloat16: panels are `[k, SK_PORTABLE_PANEL]`.

static size_t panel_size_f32(size_t k) { return k * SK_PORTABLE_PANEL * sizeof(float); }
static size_t panel_size_bf16(size_t k) { return k * SK_PORTABLE_PANEL * sizeof(uint16_t); }

static void pack(float *SK_NULLABLE single, uint16_t *SK_NULLABLE half, const float *b, size_t n, size_t k,
                 size_t column_stride, size_t row_stride) {
    for (size_t first = 0; first < n; first += SK_PORTABLE_PANEL)
        for (size_t p = 0; p < k; p++)
            for (size_t j = first; j < first + SK_PORTABLE_PANEL; j++) {
                const float x = j < n ? b[j * column_stride + p * row_stride] : 0.0f;
                if (single) *single++ = x;
                if (half) *half++ = sk_round_bf16(x);
            }
}

static void pack_f32(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                     size_t row_stride) {
    (void)scratch;
    pack(packed, NULL, b, n, k, column_stride, row_stride);
}

static void pack_bf16(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    (void)scratch;
    pack(NULL, packed, b, n, k, column_stride, row_stride);
}

static void unpack_f32(float *out, const void *packed, size_t column, size_t k) {
    const size_t first = column / SK_PORTABLE_PANEL * SK_PORTABLE_PANEL;
    for (size_t p = 0; p < k; p++)
        out[p] = ((const float *)packed)[first * k + p * SK_PORTABLE_PANEL + column % SK_PORTABLE_PANEL];
}

static void multiply(const sk_gemm *g, bool half) {
    for (size_t panel = g->first_panel; panel < g->last_panel && panel * SK_PORTABLE_PANEL < g->n; panel++) {
        const size_t first = panel * SK_PORTABLE_PANEL, columns = sk_min(g->n - first, SK_PORTABLE_PANEL);
        const size_t start = first * g->k;
        for (size_t i = 0; i < g->m; i++) {
            float *c = g->c + i * g->c_stride + first;
            float sum[SK_PORTABLE_PANEL] = {0};
            for (size_t j = 0; g->accumulate && j < columns; j++) sum[j] = c[j];
            for (size_t p = 0; p < g->k; p++) {
                const float a = g->a[i * g->a_row_stride + p * g->a_column_stride];
                for (size_t j = 0; j < SK_PORTABLE_PANEL; j++) {
                    const size_t at = start + p * SK_PORTABLE_PANEL + j;
                    sum[j] += a * (half ? bf16_number(((const uint16_t *)g->b)[at]) : ((const float *)g->b)[at]);
                }
            }
            for (size_t j = 0; j < columns; j++) c[j] = g->accumulate ? sum[j] : finish(g, sum[j], i, first + j);
        }
    }
}

static void multiply_f32(const sk_gemm *g) { multiply(g, false); }
static void multiply_bf16(const sk_gemm *g) { multiply(g, true); }

// Rotates a row in place: by Hadamard matrices of SK_HADAMARD, and the remainder by those of the powers of two that add
// up to its length.
static void rotate_int8(float *x, size_t k) {
    while (k > 0) {
        size_t size = SK_HADAMARD;
        while (size > k) size /= 2;
        for (size_t distance = 1; distance < size; distance *= 2)
            for (size_t i = 0; i < size; i++) {
                if (i & distance) continue;
                const float low = x[i], high = x[i + distance];
                x[i] = low + high;
                x[i + distance] = low - high;
            }
        for (size_t i = 0; i < size; i++) x[i] *= 1.0f / sqrtf((float)size);
        x += size, k -= size;
    }
}

// In 8 bits, after rows and columns are rotated: columns of B symmetrically, rows of A from their smallest to their
// largest number, including zero; internal.h has the ranges of their codes. A panel consists of the steps and the sums
// of its columns, then codes `[k, SK_PORTABLE_PANEL]`.

typedef struct int8_panel {
    float scale[SK_PORTABLE_PANEL];
    int32_t sum[SK_PORTABLE_PANEL];
    int8_t codes[];
} int8_panel;

static size_t panel_size_int8(size_t k) { return sizeof(int8_panel) + sk_round_up(k * SK_PORTABLE_PANEL, 4); }
static size_t scratch_size_int8(const sk_gemm *g) { return g->m ? g->k * (sizeof(float) + 1) : 0; }

// How the codes of a row or a column are turned back into numbers: scale * (code - zero).
typedef struct int8_scale {
    float scale, zero;
} int8_scale;

// The codes of a rotated column, `stride` bytes apart; infinity or NaN makes its scale NaN.
static int8_scale encode_column(int8_t *codes, size_t stride, const float *rotated, size_t k) {
    float largest = 0.0f, neighbours = 0.0f, poison = 0.0f;
    for (size_t p = 0; p < k; p++) {
        const float pair = p % 2 ? fabsf(rotated[p - 1] + rotated[p]) : 0.0f;
        largest = fabsf(rotated[p]) > largest ? fabsf(rotated[p]) : largest;
        neighbours = pair > neighbours ? pair : neighbours;
        poison += rotated[p] * 0.0f;
    }
    const float scale = sk_int8_column_scale(largest, neighbours);
    const float step = scale > 1e-30f && scale < INFINITY ? 1.0f / scale : 0.0f;
    for (size_t p = 0; p < k; p++) {
        const float x = rotated[p] * step;
        codes[p * stride] = fabsf(x) < SK_INT8_COLUMN + 0.5f ? (int8_t)lrintf(x) : 0;
    }
    return (int8_scale){scale + poison, 0.0f};
}

// The codes of a rotated row; infinity or NaN makes its scale NaN.
static int8_scale encode_row(uint8_t *codes, const float *rotated, size_t k) {
    float low = 0.0f, high = 0.0f, poison = 0.0f;
    for (size_t p = 0; p < k; p++) {
        const float x = rotated[p];
        low = x < low ? x : low;
        high = x > high ? x : high;
        poison += x * 0.0f;
    }
    const float range = high - low;
    const float step = range > 1e-30f && range < INFINITY ? SK_INT8_ROW / range : 0.0f;
    const float zero = rintf(-low * step);
    for (size_t p = 0; p < k; p++) {
        // Rounded once, to the nearest even integer.
        const float code = fmaf(rotated[p], step, 0x1.8p23f + zero) - 0x1.8p23f;
        codes[p] = code >= 0.0f && code <= SK_INT8_ROW ? (uint8_t)code : code > SK_INT8_ROW ? SK_INT8_ROW : 0;
    }
    return (int8_scale){range / SK_INT8_ROW + poison, zero};
}

static void pack_int8(void *packed, const float *b, float *scratch, size_t n, size_t k, size_t column_stride,
                      size_t row_stride) {
    for (size_t column = 0; column < sk_round_up(n, SK_PORTABLE_PANEL); column++) {
        const size_t j = column % SK_PORTABLE_PANEL;
        int8_panel *panel = (int8_panel *)((char *)packed + column / SK_PORTABLE_PANEL * panel_size_int8(k));
        for (size_t p = 0; p < k; p++) scratch[p] = column < n ? b[column * column_stride + p * row_stride] : 0.0f;
        rotate_int8(scratch, k);
        panel->scale[j] = encode_column(panel->codes + j, SK_PORTABLE_PANEL, scratch, k).scale;
        panel->sum[j] = 0;
        for (size_t p = 0; p < k; p++) panel->sum[j] += panel->codes[p * SK_PORTABLE_PANEL + j];
    }
}

static void multiply_int8(const sk_gemm *g) {
    float *rotated = g->scratch;
    uint8_t *codes = (uint8_t *)(rotated + g->k);
    for (size_t i = 0; i < g->m; i++) {
        for (size_t p = 0; p < g->k; p++) rotated[p] = g->a[i * g->a_row_stride + p];
        rotate_int8(rotated, g->k);
        const int8_scale row = encode_row(codes, rotated, g->k);
        for (size_t column = g->first_panel * SK_PORTABLE_PANEL;
             column < sk_min(g->n, g->last_panel * SK_PORTABLE_PANEL); column++) {
            const size_t j = column % SK_PORTABLE_PANEL;
            const int8_panel *panel =
                (const int8_panel *)((const char *)g->b + column / SK_PORTABLE_PANEL * panel_size_int8(g->k));
            int32_t sum = 0;
            for (size_t p = 0; p < g->k; p++) sum += codes[p] * panel->codes[p * SK_PORTABLE_PANEL + j];
            const float value = (float)(sum - (int32_t)row.zero * panel->sum[j]) * (row.scale * panel->scale[j]);
            g->c[i * g->c_stride + column] = finish(g, value, i, column);
        }
    }
}

sk_rounding sk_int8_rounding(const float *x, size_t k, void *scratch) {
    float *rotated = scratch;
    uint8_t *codes = (uint8_t *)(rotated + k);
    memcpy(rotated, x, k * sizeof *x);
    rotate_int8(rotated, k);
    double row = 0, column = 0;
    const int8_scale of_row = encode_row(codes, rotated, k);
    for (size_t p = 0; p < k; p++) {
        const double lost = (double)rotated[p] - (double)of_row.scale * ((double)codes[p] - (double)of_row.zero);
        row += lost * lost;
    }
    const int8_scale of_column = encode_column((int8_t *)codes, 1, rotated, k);
    for (size_t p = 0; p < k; p++) {
        const double lost = (double)rotated[p] - (double)of_column.scale * (double)((int8_t *)codes)[p];
        column += lost * lost;
    }
    return (sk_rounding){(float)sqrt(row), (float)sqrt(column)};
}

static const sk_product product_f32 = {SK_PORTABLE_PANEL, panel_size_f32, pack_f32, no_scratch, multiply_f32,
                                       unpack_f32, true};
static const sk_product product_bf16 = {SK_PORTABLE_PANEL, panel_size_bf16, pack_bf16, no_scratch, multiply_bf16, NULL,
                                        true};
static const sk_product product_int8 = {SK_PORTABLE_PANEL, panel_size_int8, pack_int8, scratch_size_int8,
                                        multiply_int8, NULL, false};

static size_t attention_scratch(size_t length, size_t head_size) {
    (void)head_size;
    return length * sizeof(float);
}

static size_t attention_backward_scratch(size_t length, size_t head_size) {
    (void)head_size;
    return 2 * length;
}

// The scores of query row i with the keys that it sees, in scratch.
static sk_key_range score_row(const sk_attention *t, float *scores, size_t i) {
    const sk_key_range keys = sk_keys_in_reach(t, i, 1, 1);
    for (size_t j = keys.first; j < keys.last; j++)
        scores[j] = dot_f32(t->q + i * t->q_stride, t->k + j * t->k_stride, t->head_size);
    const float scale = sk_place_scores(t, scores, i, keys);
    for (size_t j = keys.first; j < keys.last; j++) scores[j] *= scale;
    return keys;
}

static void attend(const sk_attention *t) {
    float *scores = t->scratch;
    for (size_t i = 0; i < t->query_count; i++) {
        const sk_key_range keys = score_row(t, scores, i);
        const size_t count = keys.last - keys.first;
        const float log_sum_exp = count ? softmax_f32(scores + keys.first, scores + keys.first, count) : INFINITY;
        if (t->log_sum_exp) t->log_sum_exp[i] = log_sum_exp;
        const size_t first = keys.first / 64 * 64;
        if (t->dropout)
            dropout_f32(scores + first, scores + first, keys.last - first, t->dropout, sk_dropout_group(t, i, first));
        float *out = t->out + i * t->out_stride;
        memset(out, 0, t->head_size * sizeof *out);
        for (size_t j = keys.first; j < keys.last; j++) axpy_f32(out, scores[j], t->v + j * t->v_stride, t->head_size);
    }
}

static const sk_attention_kernel attention = {attention_scratch, attend};

static void attention_backward_f32(const sk_attention_backward_f32 *t) {
    const sk_attention *f = &t->forward;
    for (size_t i = 0; i < f->length; i++) {
        const float *d_out = t->d_out + i * t->d_out_stride, *q = f->q + i * f->q_stride;
        float *d_q = t->d_q + i * f->q_stride;
        const float d_sum = dot_f32(d_out, f->out + i * f->out_stride, f->head_size);
        const sk_key_range keys = score_row(f, t->scratch, i);
        memset(d_q, 0, f->head_size * sizeof *d_q);
        // What each probability is multiplied with.
        float *factors = t->scratch + f->length;
        for (size_t j = 0; j < keys.last; j++) factors[j] = 1.0f;
        const size_t first = keys.first / 64 * 64;
        if (f->dropout)
            dropout_f32(factors + first, factors + first, keys.last - first, f->dropout, sk_dropout_group(f, i, first));
        for (size_t j = keys.first; j < keys.last; j++) {
            const float p = expf(t->scratch[j] - f->log_sum_exp[i]);
            const float d_p = dot_f32(d_out, f->v + j * f->v_stride, f->head_size);
            t->scratch[j] = p * (factors[j] * d_p - d_sum);
            const float d_score = t->scratch[j] * f->scale;
            axpy_f32(d_q, d_score, f->k + j * f->k_stride, f->head_size);
            axpy_f32(t->d_k + j * f->k_stride, d_score, q, f->head_size);
            axpy_f32(t->d_v + j * f->v_stride, factors[j] * p, d_out, f->head_size);
        }
        sk_collect_slopes(t, t->scratch, i, keys);
    }
}

static void f16_to_f32(float *y, const uint16_t *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const uint32_t sign = (uint32_t)(x[i] & 0x8000) << 16, exponent = x[i] >> 10 & 0x1f, fraction = x[i] & 0x3ff;
        float value;
        if (exponent == 0x1f) {
            const uint32_t bits = 0x7f800000 | fraction << 13 | (fraction ? 0x400000 : 0);
            memcpy(&value, &bits, sizeof value);
        } else if (exponent) {
            const uint32_t bits = (exponent + 112) << 23 | fraction << 13;
            memcpy(&value, &bits, sizeof value);
        } else {
            value = (float)fraction * 0x1p-24f;
        }
        y[i] = sign ? -value : value;
    }
}

static void bf16_to_f32(float *y, const uint16_t *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = (uint32_t)x[i] << 16;
        memcpy(&y[i], &bits, sizeof bits);
    }
}

static void codes_to_f32(float *y, const uint8_t *x, uint8_t flip, const float *scale, const float *offset, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = fmaf((float)(x[i] ^ flip), scale[i], offset[i]);
}

static void row_products_f32(const sk_row_products *t) {
    for (size_t j = 0; j < t->n; j++)
        for (size_t i = 0; i < t->m; i++) {
            const float *row = t->rows + (t->indices ? t->indices[i] : i) * t->row_stride;
            t->c[j * t->c_stride + i] = dot_f32(row, t->queries + j * t->query_stride, t->k);
        }
}

static void code_products_f32(const sk_code_products *t) {
    for (size_t i = 0; i < t->m; i++) {
        const uint8_t *row = t->rows + (t->indices ? t->indices[i] : i) * t->row_stride;
        t->c[i] = t->squares[i] = 0.0f;
        for (size_t p = 0; p < t->k; p++) {
            const float x = fmaf((float)(row[p] ^ t->flip), t->scale[p], t->offset[p]);
            t->c[i] += x * t->query[p];
            t->squares[i] += x * x;
        }
    }
}

static size_t select_f32(uint32_t *out, const float *x, float least, size_t n) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] >= least) out[found++] = (uint32_t)i;
    return found;
}

static size_t select_above_f32(uint32_t *out, const float *x, float added, const float *floors, float least, size_t n) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] + added >= least || x[i] + added >= floors[i]) out[found++] = (uint32_t)i;
    return found;
}

static void hamming_u8(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *indices, const uint8_t *query,
                       size_t m, size_t k) {
    for (size_t i = 0; i < m; i++) {
        const uint8_t *row = rows + (indices ? indices[i] : i) * row_stride;
        uint32_t distance = 0;
        for (size_t p = 0; p < k; p++)
            for (unsigned bits = row[p] ^ query[p]; bits; bits &= bits - 1) distance++;
        c[i] = 0.0f - (float)distance;
    }
}

const sk_kernels sk_kernels_portable = {
    .level = SK_LEVEL_PORTABLE,
    .name = "portable",
    .products = {&product_f32, &product_f32, &product_bf16, &product_int8},
    .f32 = &product_f32,
    .attention = {&attention, &attention, &attention, &attention},
    .attention_backward_scratch = attention_backward_scratch,
    .attention_backward_f32 = attention_backward_f32,
    .layer_norm_f32 = layer_norm_f32,
    .layer_norm_backward_f32 = layer_norm_backward_f32,
    .rms_norm_f32 = rms_norm_f32,
    .rms_norm_backward_f32 = rms_norm_backward_f32,
    .rotate_f32 = rotate_f32,
    .activation_f32 = activation_f32,
    .activation_backward_f32 = activation_backward_f32,
    .softmax_f32 = softmax_f32,
    .add_f32 = add_f32,
    .axpy_f32 = axpy_f32,
    .scale_f32 = scale_f32,
    .multiply_f32 = multiply_elements_f32,
    .maximum_f32 = maximum_f32,
    .adamw_f32 = adamw_f32,
    .dropout_f32 = dropout_f32,
    .dot_f32 = dot_f32,
    .squared_distance_f32 = squared_distance_f32,
    .manhattan_distance_f32 = manhattan_distance_f32,
    .f16_to_f32 = f16_to_f32,
    .bf16_to_f32 = bf16_to_f32,
    .codes_to_f32 = codes_to_f32,
    .row_products_f32 = row_products_f32,
    .code_products_f32 = code_products_f32,
    .select_f32 = select_f32,
    .select_above_f32 = select_above_f32,
    .hamming_u8 = hamming_u8,
};
