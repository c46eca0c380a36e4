// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Rarely used activations, one element at a time: the same code on every level.

#include "internal.h"

#define SELU_SCALE 1.05070098735548049342f
#define SELU_ALPHA 1.67326324235437728482f
// The mean of RReLU's slopes, 1/8 to 1/3, which PyTorch uses outside of training.
#define RRELU_SLOPE (11.0f / 48.0f)
#define SHRINKAGE 0.5f
#define LAPLACE_MEAN 0.707107f
#define LAPLACE_WIDTH (0.282095f * 1.41421356237309504880f)
#define GELU_LIMIT 10.0f

static float clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }
static float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
static float normal(float x) { return 0.5f * (1.0f + erff(x * 0.70710678118654752440f)); }
// Beyond 20 the identity, as in PyTorch.
static float softplus(float x) { return x > 20.0f ? x : log1pf(expf(x)); }
static float softplus_slope(float x) { return x > 20.0f ? 1.0f : sigmoid(x); }

static float value(sk_activation activation, float x) {
    switch (activation) {
    case SK_ACTIVATION_LEAKY_RELU: return x > 0.0f ? x : 0.01f * x;
    case SK_ACTIVATION_RRELU: return x > 0.0f ? x : RRELU_SLOPE * x;
    case SK_ACTIVATION_RELU6: return clamp(x, 0.0f, 6.0f);
    case SK_ACTIVATION_RELU_SQUARED: return x > 0.0f ? x * x : x <= 0.0f ? 0.0f : x;
    case SK_ACTIVATION_ELU: return x > 0.0f ? x : expm1f(x);
    case SK_ACTIVATION_SELU: return SELU_SCALE * (x > 0.0f ? x : SELU_ALPHA * expm1f(x));
    case SK_ACTIVATION_HARDTANH: return clamp(x, -1.0f, 1.0f);
    case SK_ACTIVATION_HARDSIGMOID: return clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
    case SK_ACTIVATION_HARDSWISH: return x * clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
    case SK_ACTIVATION_HARDSHRINK: return fabsf(x) <= SHRINKAGE ? 0.0f : x;
    case SK_ACTIVATION_SOFTSHRINK: return x > SHRINKAGE ? x - SHRINKAGE : x < -SHRINKAGE ? x + SHRINKAGE : x == x ? 0.0f : x;
    case SK_ACTIVATION_TANHSHRINK: return x - tanhf(x);
    case SK_ACTIVATION_SOFTSIGN: return x / (1.0f + fabsf(x));
    case SK_ACTIVATION_SOFTPLUS: return softplus(x);
    case SK_ACTIVATION_SQRT_SOFTPLUS: return sqrtf(softplus(x));
    case SK_ACTIVATION_LOG_SIGMOID: return (x < 0.0f ? x : 0.0f) - log1pf(expf(-fabsf(x)));
    case SK_ACTIVATION_MISH: return x * tanhf(softplus(x));
    case SK_ACTIVATION_QUICK_GELU: return x * sigmoid(1.702f * x);
    case SK_ACTIVATION_GELU_CLIPPED: return clamp(x * normal(x), -GELU_LIMIT, GELU_LIMIT);
    case SK_ACTIVATION_LAPLACE: return 0.5f * (1.0f + erff((x - LAPLACE_MEAN) / LAPLACE_WIDTH));
    default: return x;
    }
}

static float slope(sk_activation activation, float x) {
    switch (activation) {
    case SK_ACTIVATION_LEAKY_RELU: return x > 0.0f ? 1.0f : 0.01f;
    case SK_ACTIVATION_RRELU: return x > 0.0f ? 1.0f : RRELU_SLOPE;
    case SK_ACTIVATION_RELU6: return x > 0.0f && x < 6.0f ? 1.0f : 0.0f;
    case SK_ACTIVATION_RELU_SQUARED: return x > 0.0f ? 2.0f * x : 0.0f;
    case SK_ACTIVATION_ELU: return x > 0.0f ? 1.0f : expf(x);
    case SK_ACTIVATION_SELU: return SELU_SCALE * (x > 0.0f ? 1.0f : SELU_ALPHA * expf(x));
    case SK_ACTIVATION_HARDTANH: return x > -1.0f && x < 1.0f ? 1.0f : 0.0f;
    case SK_ACTIVATION_HARDSIGMOID: return x > -3.0f && x < 3.0f ? 1.0f / 6.0f : 0.0f;
    case SK_ACTIVATION_HARDSWISH: return x <= -3.0f ? 0.0f : x >= 3.0f ? 1.0f : x / 3.0f + 0.5f;
    case SK_ACTIVATION_HARDSHRINK:
    case SK_ACTIVATION_SOFTSHRINK: return fabsf(x) <= SHRINKAGE ? 0.0f : 1.0f;
    case SK_ACTIVATION_TANHSHRINK: {
        const float t = tanhf(x);
        return t * t;
    }
    case SK_ACTIVATION_SOFTSIGN: {
        const float d = 1.0f + fabsf(x);
        return 1.0f / (d * d);
    }
    case SK_ACTIVATION_SOFTPLUS: return softplus_slope(x);
    case SK_ACTIVATION_SQRT_SOFTPLUS: return 0.5f * softplus_slope(x) / sqrtf(softplus(x));
    case SK_ACTIVATION_LOG_SIGMOID: return sigmoid(-x);
    case SK_ACTIVATION_MISH: {
        const float t = tanhf(softplus(x));
        return t + x * (1.0f - t * t) * softplus_slope(x);
    }
    case SK_ACTIVATION_QUICK_GELU: {
        const float s = sigmoid(1.702f * x);
        return s + 1.702f * x * s * (1.0f - s);
    }
    case SK_ACTIVATION_GELU_CLIPPED:
        return fabsf(x * normal(x)) > GELU_LIMIT ? 0.0f
                                                 : normal(x) + x * 0.39894228040143267794f * expf(-0.5f * x * x);
    case SK_ACTIVATION_LAPLACE: {
        const float z = (x - LAPLACE_MEAN) / LAPLACE_WIDTH;
        return 0.56418958354775628695f / LAPLACE_WIDTH * expf(-z * z);
    }
    default: return 1.0f;
    }
}

void sk_rare_activation_f32(sk_activation activation, float *y, const float *x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = value(activation, x[i]);
}

void sk_rare_activation_backward_f32(sk_activation activation, float *d_x, const float *x, const float *d_y, size_t n) {
    for (size_t i = 0; i < n; i++) d_x[i] = d_y[i] * slope(activation, x[i]);
}
