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
    }
    return x;
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
    }
    return 1.0f;
}

static void activation_f32(sk_activation activation, float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = activate(activation, x[i]);
}

static void activation_backward_f32(sk_activation activation, float *d_x, const float *x, const float *d_y,
                                    size_t n) {
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

static void multiply_f32(float *y, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

static void maximum_f32(float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (x[i] > y[i] || x[i] != x[i]) y[i] = x[i];
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

static void pack_f32(float *packed, const float *b, size_t n, size_t k, size_t column_stride, size_t row_stride) {
    for (size_t first = 0; first < n; first += SK_PORTABLE_PANEL)
        for (size_t p = 0; p < k; p++)
            for (size_t j = first; j < first + SK_PORTABLE_PANEL; j++)
                *packed++ = j < n ? b[j * column_stride + p * row_stride] : 0.0f;
}

static void gemm_f32(const sk_gemm_f32 *g) {
    for (size_t panel = g->first_panel; panel < g->last_panel && panel * SK_PORTABLE_PANEL < g->n; panel++) {
        const float *b = g->b + panel * g->k * SK_PORTABLE_PANEL;
        const size_t first = panel * SK_PORTABLE_PANEL, columns = sk_min(g->n - first, SK_PORTABLE_PANEL);
        for (size_t i = 0; i < g->m; i++) {
            float *c = g->c + i * g->c_stride + first;
            float sum[SK_PORTABLE_PANEL] = {0};
            for (size_t j = 0; g->accumulate && j < columns; j++) sum[j] = c[j];
            for (size_t p = 0; p < g->k; p++) {
                const float a = g->a[i * g->a_row_stride + p * g->a_column_stride];
                for (size_t j = 0; j < SK_PORTABLE_PANEL; j++) sum[j] += a * b[p * SK_PORTABLE_PANEL + j];
            }
            for (size_t j = 0; j < columns; j++) {
                c[j] = sum[j];
                if (g->accumulate) continue;
                if (g->bias) c[j] += g->bias[first + j];
                c[j] = activate(g->activation, c[j]);
                if (g->residual) c[j] += g->residual[i * g->residual_stride + first + j];
            }
        }
    }
}

static size_t attention_scratch(size_t length, size_t head_size) {
    (void)head_size;
    return length;
}

static size_t attention_backward_scratch(size_t length, size_t head_size) {
    (void)head_size;
    return length;
}

// The scores of query row i, in scratch.
static void score_row(const sk_attention_f32 *t, float *scores, size_t i) {
    for (size_t j = 0; j < t->length; j++)
        scores[j] = dot_f32(t->q + i * t->q_stride, t->k + j * t->k_stride, t->head_size) * t->scale;
}

static void attention_f32(const sk_attention_f32 *t) {
    for (size_t i = 0; i < t->length; i++) {
        score_row(t, t->scratch, i);
        const float log_sum_exp = softmax_f32(t->scratch, t->scratch, t->length);
        if (t->log_sum_exp) t->log_sum_exp[i] = log_sum_exp;
        float *out = t->out + i * t->out_stride;
        memset(out, 0, t->head_size * sizeof *out);
        for (size_t j = 0; j < t->length; j++) axpy_f32(out, t->scratch[j], t->v + j * t->v_stride, t->head_size);
    }
}

static void attention_backward_f32(const sk_attention_backward_f32 *t) {
    const sk_attention_f32 *f = &t->forward;
    for (size_t i = 0; i < f->length; i++) {
        memset(t->d_k + i * f->k_stride, 0, f->head_size * sizeof(float));
        memset(t->d_v + i * f->v_stride, 0, f->head_size * sizeof(float));
    }
    for (size_t i = 0; i < f->length; i++) {
        const float *d_out = t->d_out + i * t->d_out_stride, *q = f->q + i * f->q_stride;
        float *d_q = t->d_q + i * f->q_stride;
        const float d_sum = dot_f32(d_out, f->out + i * f->out_stride, f->head_size);
        score_row(f, t->scratch, i);
        memset(d_q, 0, f->head_size * sizeof *d_q);
        for (size_t j = 0; j < f->length; j++) {
            const float p = expf(t->scratch[j] - f->log_sum_exp[i]);
            const float d_p = dot_f32(d_out, f->v + j * f->v_stride, f->head_size);
            const float d_score = p * (d_p - d_sum) * f->scale;
            axpy_f32(d_q, d_score, f->k + j * f->k_stride, f->head_size);
            axpy_f32(t->d_k + j * f->k_stride, d_score, q, f->head_size);
            axpy_f32(t->d_v + j * f->v_stride, p, d_out, f->head_size);
        }
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

const sk_kernels sk_kernels_portable = {
    .level = SK_LEVEL_PORTABLE,
    .name = "portable",
    .panel_width = SK_PORTABLE_PANEL,
    .pack_f32 = pack_f32,
    .gemm_f32 = gemm_f32,
    .attention_scratch = attention_scratch,
    .attention_backward_scratch = attention_backward_scratch,
    .attention_f32 = attention_f32,
    .attention_backward_f32 = attention_backward_f32,
    .layer_norm_f32 = layer_norm_f32,
    .layer_norm_backward_f32 = layer_norm_backward_f32,
    .activation_f32 = activation_f32,
    .activation_backward_f32 = activation_backward_f32,
    .softmax_f32 = softmax_f32,
    .add_f32 = add_f32,
    .axpy_f32 = axpy_f32,
    .scale_f32 = scale_f32,
    .multiply_f32 = multiply_f32,
    .maximum_f32 = maximum_f32,
    .dot_f32 = dot_f32,
    .squared_distance_f32 = squared_distance_f32,
    .manhattan_distance_f32 = manhattan_distance_f32,
    .f16_to_f32 = f16_to_f32,
    .bf16_to_f32 = bf16_to_f32,
};
