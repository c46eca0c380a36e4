// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Kernels that process rows: element-wise functions, sums, norms, softmax, conversions.

static void activation_f32(sk_activation activation, float *y, const float *x, size_t n) {
    if (activation >= SK_ACTIVATION_FIRST_RARE) return sk_rare_activation_f32(activation, y, x, n);
    SK_FOR_EACH_VECTOR(n) SK_STORE(y, vactivation(activation, SK_LOAD(x)));
}

static void activation_backward_f32(sk_activation activation, float *d_x, const float *x, const float *d_y,
                                    size_t n) {
    if (activation >= SK_ACTIVATION_FIRST_RARE) return sk_rare_activation_backward_f32(activation, d_x, x, d_y, n);
    SK_FOR_EACH_VECTOR(n) SK_STORE(d_x, SK_LOAD(d_y) * vactivation_slope(activation, SK_LOAD(x)));
}

static void add_f32(float *y, const float *a, const float *b, size_t n) {
    SK_FOR_EACH_VECTOR(n) SK_STORE(y, SK_LOAD(a) + SK_LOAD(b));
}

static void axpy_f32(float *y, float alpha, const float *x, size_t n) {
    const vf scale = vset(alpha);
    SK_FOR_EACH_VECTOR(n) SK_STORE(y, vfma(scale, SK_LOAD(x), SK_LOAD(y)));
}

static void scale_f32(float *y, float alpha, const float *x, size_t n) {
    SK_FOR_EACH_VECTOR(n) SK_STORE(y, alpha * SK_LOAD(x));
}

static void multiply_elements_f32(float *y, const float *a, const float *b, size_t n) {
    SK_FOR_EACH_VECTOR(n) SK_STORE(y, SK_LOAD(a) * SK_LOAD(b));
}

static void maximum_f32(float *y, const float *x, size_t n) {
    SK_FOR_EACH_VECTOR(n) {
        const vf a = SK_LOAD(y), b = SK_LOAD(x);
        SK_STORE(y, vselect((b > a) | (b != b), b, a));
    }
}

static float dot_f32(const float *a, const float *b, size_t n) {
    vf sum = {0};
    SK_FOR_EACH_VECTOR(n) sum = vfma(SK_LOAD(a), SK_LOAD(b), sum);
    return vsum(sum);
}

static float squared_distance_f32(const float *a, const float *b, size_t n) {
    vf sum = {0};
    SK_FOR_EACH_VECTOR(n) {
        const vf difference = SK_LOAD(a) - SK_LOAD(b);
        sum = vfma(difference, difference, sum);
    }
    return vsum(sum);
}

static float manhattan_distance_f32(const float *a, const float *b, size_t n) {
    vf sum = {0};
    SK_FOR_EACH_VECTOR(n) sum += vabs(SK_LOAD(a) - SK_LOAD(b));
    return vsum(sum);
}

static float softmax_f32(float *y, const float *x, size_t n) {
    const float maximum = row_maximum(x, n);
    const float sum = row_exponentials(y, x, n, 1.0f, maximum);
    scale_f32(y, 1.0f / sum, y, n);
    return maximum + logf(sum);
}

typedef struct row_statistics {
    float mean;
    float reciprocal_deviation;
} row_statistics;

// Mean and 1 / sqrt(variance + epsilon) of a row, in two passes.
SK_INLINE row_statistics statistics(const float *x, float epsilon, size_t n) {
    vf sum = {0}, squares = {0};
    SK_FOR_EACH_VECTOR(n) sum += SK_LOAD(x);
    const float mean = vsum(sum) / (float)n;
    SK_FOR_EACH_VECTOR(n) {
        vf centred = SK_LOAD(x) - mean;
        if (count < SK_WIDTH)
            for (size_t j = count; j < SK_WIDTH; j++) centred[j] = 0.0f;
        squares = vfma(centred, centred, squares);
    }
    return (row_statistics){mean, 1.0f / sqrtf(vsum(squares) / (float)n + epsilon)};
}

static void layer_norm_f32(float *y, const float *x, const float *gamma, const float *beta, float epsilon,
                           size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, y += n) {
        const row_statistics s = statistics(x, epsilon, n);
        SK_FOR_EACH_VECTOR(n) {
            const vf normal = (SK_LOAD(x) - s.mean) * s.reciprocal_deviation;
            SK_STORE(y, vfma(normal, SK_LOAD(gamma), beta ? SK_LOAD(beta) : vset(0.0f)));
        }
    }
}

// With h = (x - mean) * r and g = d_y * gamma: d_x = r * (g - mean(g) - h * mean(g * h)).
static void layer_norm_backward_f32(float *d_x, float *d_gamma, float *d_beta, const float *d_y,
                                    const float *x, const float *gamma, float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, d_x += n, d_y += n) {
        const row_statistics s = statistics(x, epsilon, n);
        vf sum_g = {0}, sum_gh = {0};
        SK_FOR_EACH_VECTOR(n) {
            const vf upstream = SK_LOAD(d_y), h = (SK_LOAD(x) - s.mean) * s.reciprocal_deviation;
            const vf g = upstream * SK_LOAD(gamma);
            sum_g += g; // lanes after the row are zero in d_y
            sum_gh = vfma(g, h, sum_gh);
            SK_STORE(d_gamma, vfma(upstream, h, SK_LOAD(d_gamma)));
            if (d_beta) SK_STORE(d_beta, SK_LOAD(d_beta) + upstream);
        }
        const float mean_g = vsum(sum_g) / (float)n, mean_gh = vsum(sum_gh) / (float)n;
        SK_FOR_EACH_VECTOR(n) {
            const vf h = (SK_LOAD(x) - s.mean) * s.reciprocal_deviation;
            const vf g = SK_LOAD(d_y) * SK_LOAD(gamma);
            SK_STORE(d_x, s.reciprocal_deviation * (g - mean_g - h * mean_gh));
        }
    }
}

SK_INLINE float reciprocal_root_mean_square(const float *x, float epsilon, size_t n) {
    vf squares = {0};
    SK_FOR_EACH_VECTOR(n) squares = vfma(SK_LOAD(x), SK_LOAD(x), squares);
    return 1.0f / sqrtf(vsum(squares) / (float)n + epsilon);
}

static void rms_norm_f32(float *y, const float *x, const float *gamma, float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, y += n) {
        const float r = reciprocal_root_mean_square(x, epsilon, n);
        SK_FOR_EACH_VECTOR(n) SK_STORE(y, SK_LOAD(x) * r * SK_LOAD(gamma));
    }
}

// With h = x * r and g = d_y * gamma: d_x = r * (g - h * mean(g * h)).
static void rms_norm_backward_f32(float *d_x, float *d_gamma, const float *d_y, const float *x, const float *gamma,
                                  float epsilon, size_t rows, size_t n) {
    for (size_t row = 0; row < rows; row++, x += n, d_x += n, d_y += n) {
        const float r = reciprocal_root_mean_square(x, epsilon, n);
        vf sum_gh = {0};
        SK_FOR_EACH_VECTOR(n) {
            const vf upstream = SK_LOAD(d_y), h = SK_LOAD(x) * r;
            sum_gh = vfma(upstream * SK_LOAD(gamma), h, sum_gh);
            SK_STORE(d_gamma, vfma(upstream, h, SK_LOAD(d_gamma)));
        }
        const float mean_gh = vsum(sum_gh) / (float)n;
        SK_FOR_EACH_VECTOR(n)
            SK_STORE(d_x, r * (SK_LOAD(d_y) * SK_LOAD(gamma) - SK_LOAD(x) * r * mean_gh));
    }
}

static void rotate_f32(float *y, const float *x, const float *cosines, const float *sines, bool negative, size_t rows,
                       size_t stride, size_t half) {
    const vf sign = vset(negative ? -1.0f : 1.0f);
    for (size_t row = 0; row < rows; row++, x += stride, y += stride)
        SK_FOR_EACH_VECTOR(half) {
            const vf cosine = SK_LOAD(cosines), sine = SK_LOAD(sines) * sign;
            const vf a = SK_LOAD(x), b = SK_LOAD(x + half);
            SK_STORE(y, a * cosine - b * sine);
            SK_STORE(y + half, b * cosine + a * sine);
        }
}

static void f16_to_f32(float *y, const uint16_t *x, size_t n) {
    SK_FOR_EACH_VECTOR(n) {
        vu16 bits = {0};
        if (__builtin_expect(count == SK_WIDTH, 1))
            memcpy(&bits, x + i, sizeof bits);
        else
            memcpy(&bits, x + i, count * sizeof *x);
        SK_STORE(y, __builtin_convertvector((vh)bits, vf));
    }
}

static void bf16_to_f32(float *y, const uint16_t *x, size_t n) {
    SK_FOR_EACH_VECTOR(n) {
        vu16 bits = {0};
        if (__builtin_expect(count == SK_WIDTH, 1))
            memcpy(&bits, x + i, sizeof bits);
        else
            memcpy(&bits, x + i, count * sizeof *x);
        SK_STORE(y, (vf)(__builtin_convertvector(bits, vu) << 16));
    }
}
