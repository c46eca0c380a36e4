// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// SIMD kernels with run-time dispatch.
//
// There is one table of function pointers per instruction-set level; the portable level is the specification that all
// others are tested against. No kernel allocates, starts a thread or keeps state. Matrices are row-major float32;
// strides and sizes count elements unless a comment says bytes. Pointers need no alignment beyond that of their type;
// packed matrices and scratch are fastest at 64 bytes. Unless a comment says otherwise, outputs must not overlap
// inputs.

#ifndef CSENTENCEKERNELS_H
#define CSENTENCEKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define SK_NULLABLE _Nullable
#define SK_NONNULL _Nonnull
#else
#define SK_NULLABLE
#define SK_NONNULL
#endif

/// Instruction-set levels, from the slowest to the fastest of each architecture.
typedef enum sk_level {
    SK_LEVEL_PORTABLE = 0,
    SK_LEVEL_NEON = 1,
    /// NEON with dot products of bytes.
    SK_LEVEL_NEON_DOTPROD = 2,
    /// NEON with bfloat16 and the 8-bit matrix instructions.
    SK_LEVEL_NEON_I8MM = 3,
    /// AVX2, FMA and F16C.
    SK_LEVEL_AVX2 = 4,
    /// AVX2 with AVX-VNNI.
    SK_LEVEL_AVX2_VNNI = 5,
    /// AVX-512 F, DQ, BW and VL.
    SK_LEVEL_AVX512 = 6,
    SK_LEVEL_AVX512_VNNI = 7,
    /// AVX-512 with VNNI and BF16.
    SK_LEVEL_AVX512_BF16 = 8,
    /// The same with AMX tiles for bfloat16 and bytes.
    SK_LEVEL_AMX = 9,
} sk_level;
#define SK_LEVEL_COUNT 10

/// How exactly products and attention compute; each level implements each precision in its own way.
typedef enum sk_precision {
    /// Full float32: fused multiply-adds, or three bfloat16 parts of each operand.
    SK_PRECISION_FLOAT32_HIGHEST = 0,
    /// Full float32, or on AMX two bfloat16 parts of each operand: 16 bits of mantissa.
    SK_PRECISION_FLOAT32 = 1,
    /// B is rounded to bfloat16, and A too if there are instructions for it.
    SK_PRECISION_BFLOAT16 = 2,
    /// B is rounded to 8 bits per column, A to 8 bits per row, both in a rotated basis.
    SK_PRECISION_INT8 = 3,
} sk_precision;
#define SK_PRECISION_COUNT 4

/// Element-wise functions. GELU is exact (erf); its tanh approximation is a separate one.
typedef enum sk_activation {
    SK_ACTIVATION_IDENTITY = 0,
    SK_ACTIVATION_RELU = 1,
    SK_ACTIVATION_GELU = 2,
    SK_ACTIVATION_GELU_TANH = 3,
    SK_ACTIVATION_TANH = 4,
    SK_ACTIVATION_SIGMOID = 5,
    SK_ACTIVATION_SILU = 6,
    /// From here on, rarely used functions: plain C on every level, and never part of a product.
    SK_ACTIVATION_FIRST_RARE = 7,
    SK_ACTIVATION_LEAKY_RELU = 7,
    SK_ACTIVATION_RRELU = 8,
    SK_ACTIVATION_RELU6 = 9,
    SK_ACTIVATION_RELU_SQUARED = 10,
    SK_ACTIVATION_ELU = 11,
    SK_ACTIVATION_SELU = 12,
    SK_ACTIVATION_HARDTANH = 13,
    SK_ACTIVATION_HARDSIGMOID = 14,
    SK_ACTIVATION_HARDSWISH = 15,
    SK_ACTIVATION_HARDSHRINK = 16,
    SK_ACTIVATION_SOFTSHRINK = 17,
    SK_ACTIVATION_TANHSHRINK = 18,
    SK_ACTIVATION_SOFTSIGN = 19,
    SK_ACTIVATION_SOFTPLUS = 20,
    SK_ACTIVATION_SQRT_SOFTPLUS = 21,
    SK_ACTIVATION_LOG_SIGMOID = 22,
    SK_ACTIVATION_MISH = 23,
    SK_ACTIVATION_QUICK_GELU = 24,
    SK_ACTIVATION_GELU_CLIPPED = 25,
    SK_ACTIVATION_LAPLACE = 26,
    SK_ACTIVATION_COUNT = 27,
} sk_activation;

/// C = activation(A · B + bias) + residual, or C += A · B.
///
/// The computation for a row does not depend on m or on the range of panels, so its bits do not depend on the other
/// rows. In float32 by multiply-adds, each element of C is one chain over k in ascending order. In bfloat16 and 8 bits,
/// whose results are rounded by the next product, GELU may differ by 8.2e-5.
typedef struct sk_gemm {
    /// A `[m, k]`, with A[i][p] at a[i * a_row_stride + p * a_column_stride]. One of the strides is 1; the column stride
    /// is, unless the product reads columns.
    const float *a;
    size_t a_row_stride;
    size_t a_column_stride;
    /// B `[k, n]`, packed by the same product.
    const void *b;
    /// `[n]`, or null.
    const float *SK_NULLABLE bias;
    /// `[m, n]`, or null; must not overlap c, which is written before the residual is read.
    const float *SK_NULLABLE residual;
    size_t residual_stride;
    /// `[m, n]`.
    float *c;
    size_t c_stride;
    size_t m;
    size_t n;
    size_t k;
    /// The columns first_panel * panel_width ..< min(n, last_panel * panel_width) are computed.
    size_t first_panel;
    size_t last_panel;
    sk_activation activation;
    /// Adds the product to c; bias, residual and activation are then not applied. Only for `f32`.
    bool accumulate;
    /// At least `scratch_size(gemm)` bytes; null where that is 0.
    void *SK_NULLABLE scratch;
} sk_gemm;

/// One way to multiply matrices: how to pack B, and the product with it.
typedef struct sk_product {
    /// The number of columns of B in one packed panel.
    size_t panel_width;
    /// The number of bytes of a panel of k rows, a multiple of 4.
    size_t (*panel_size)(size_t k);
    /// Packs B `[k, n]`, where B[p][j] = b[j * column_stride + p * row_stride], as ceil(n / panel_width) panels.
    ///
    /// Only for 8 bits, scratch is `[k]` and k is at most 65,536.
    void (*pack)(void *packed, const float *b, float *SK_NULLABLE scratch, size_t n, size_t k, size_t column_stride,
                 size_t row_stride);
    /// The number of bytes of scratch that a product needs, by its sizes and strides.
    size_t (*scratch_size)(const sk_gemm *gemm);
    void (*multiply)(const sk_gemm *gemm);
    /// Writes one column of B, `[k]`, exactly as it was packed; null if packing rounds.
    void (*SK_NULLABLE unpack)(float *out, const void *packed, size_t column, size_t k);
    /// Whether A may lie in columns, with any column stride.
    bool reads_columns;
} sk_product;

/// What rounding to 8 bits takes from a vector: the lengths of the differences.
typedef struct sk_rounding {
    /// As a row of A.
    float row;
    /// As a column of B.
    float column;
} sk_rounding;

/// What the product of 8 bits, whose codes are the same on every level, takes from x `[k]`.
///
/// A product differs from the exact one by at most |a's loss| |b| + (|a| + |a's loss|) |b's loss|, and by what rounding
/// to float32 adds. Scratch is 5 * k bytes, aligned as floats are.
sk_rounding sk_int8_rounding(const float *x, size_t k, void *scratch);

/// The size of the blocks of k in a float32 product; for larger k, partial sums are kept in C.
#define SK_GEMM_DEPTH 4096

/// Where random numbers are drawn: Philox4x32-10 of the counter {block, counter} with the key.
///
/// Of 64 neighbouring numbers, number 16 * w + b is word w of block first_block + b.
///
/// Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011, https://doi.org/10.1145/2063384.2063405.
typedef struct sk_random {
    uint32_t key[2];
    uint32_t counter[3];
} sk_random;

/// Which numbers a dropout leaves out: those whose random word is below `bound`; the others are multiplied by `scale`.
typedef struct sk_dropout {
    sk_random random;
    uint32_t bound;
    float scale;
} sk_dropout;

/// softmax((Q · Kᵀ + terms) · scale + bias) · V for one head of one text, without storing the score matrix.
///
/// The query at position i of the text sees those of the keys i - left ... i + right that are among the first
/// key_length; if there are none, its result is zero. Only blocks of keys that a block of queries can see are computed,
/// so the cost is proportional to the window. A query's result has the same bits whichever others are computed with it.
///
/// Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762.
typedef struct sk_attention {
    /// Row i of each is at pointer + i * stride; q is `[query_count, head_size]`, k and v are `[length, head_size]`.
    const float *q;
    const float *k;
    const float *v;
    size_t q_stride;
    size_t k_stride;
    size_t v_stride;
    /// `[query_count, head_size]`.
    float *out;
    size_t out_stride;
    /// The logarithm of each row's sum of exponentials, for the backward pass, or null; infinity for a query that sees
    /// no key; `[query_count]`.
    float *SK_NULLABLE log_sum_exp;
    /// At least `scratch_size(length, head_size)` bytes.
    void *scratch;
    size_t length;
    /// The number of rows, from the first on, that are keys; the others are only queries. At most `length`.
    size_t key_length;
    /// The number of queries; `length` without query_positions, and for the backward pass.
    size_t query_count;
    /// The position in the text of each query, ascending and below `length`, `[query_count]`; or null if query i is
    /// token i.
    const uint32_t *SK_NULLABLE query_positions;
    size_t head_size;
    /// Positive.
    float scale;
    /// How many keys before and after its own a query sees; SIZE_MAX for all.
    size_t left;
    size_t right;
    /// relative_bias[j - i] is for the query at position i and key j: points into the middle of `[2 * length - 1]`; or null.
    const float *SK_NULLABLE relative_bias;
    /// With p = term_positions[j - i], adds query_terms[i * term_stride + p] + key_terms[j * term_stride + p]; query_terms
    /// has a row for each query instead of each position.
    ///
    /// The positions point into the middle of `[2 * length - 1]`; the terms are `[query_count, term_stride]` and
    /// `[length, term_stride]`. Either all of these are null or none.
    ///
    /// He et al., DeBERTa, 2020, https://arxiv.org/abs/2006.03654.
    const float *SK_NULLABLE query_terms;
    const float *SK_NULLABLE key_terms;
    size_t term_stride;
    const int32_t *SK_NULLABLE term_positions;
    /// Leaves probabilities out after the softmax, or null. Those of position i begin at group 256 * (dropout_row + i), so
    /// that a text has at most 16,384 keys. Only the kernel of `SK_PRECISION_FLOAT32_HIGHEST` looks at it.
    const sk_dropout *SK_NULLABLE dropout;
    size_t dropout_row;
} sk_attention;

/// One way to compute attention. Scores and the sums of a softmax are always float32; its exponentials are as exact as the
/// operands of the product that they go into.
typedef struct sk_attention_kernel {
    /// The number of bytes of scratch for one head of one text.
    size_t (*scratch_size)(size_t length, size_t head_size);
    void (*attend)(const sk_attention *attention);
} sk_attention_kernel;

/// Gradients of `sk_attention` with respect to q, k, v and everything that depends on positions.
typedef struct sk_attention_backward_f32 {
    /// The forward pass, with its output and its log_sum_exp; its scratch is not used.
    sk_attention forward;
    /// The gradient of `out`.
    const float *d_out;
    size_t d_out_stride;
    /// Overwritten with the gradient of q; strides are those of q, k and v in `forward`.
    float *d_q;
    /// Added to, since several query heads may share their keys and values.
    float *d_k;
    float *d_v;
    /// Added to, with the same layout as the forward arguments; or null.
    float *SK_NULLABLE d_relative_bias;
    float *SK_NULLABLE d_query_terms;
    float *SK_NULLABLE d_key_terms;
    /// At least `attention_backward_scratch(length, head_size)` floats.
    float *scratch;
} sk_attention_backward_f32;

/// The numbers of one step of AdamW.
///
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, https://arxiv.org/abs/1711.05101.
typedef struct sk_adamw {
    /// 1 - learning rate * weight decay, which the value is multiplied with first.
    float decay;
    /// What the gradient is multiplied with, such as for clipping.
    float gradient_scale;
    float beta1;
    float beta2;
    float epsilon;
    /// learning rate / (1 - beta1^t).
    float step_size;
    /// 1 / sqrt(1 - beta2^t).
    float root_correction;
} sk_adamw;

/// Dot products of rows with queries, both row-major.
///
/// Each has the bits of `dot_f32`, whatever else is computed with it.
typedef struct sk_row_products {
    /// `[m, k]`: row i is at rows + i * row_stride, or with indices at rows + indices[i] * row_stride.
    const float *rows;
    size_t row_stride;
    const uint32_t *SK_NULLABLE indices;
    size_t m;
    /// `[n, k]`.
    const float *queries;
    size_t query_stride;
    size_t n;
    size_t k;
    /// `[n, m]`: the product of query j and row i is written to c[j * c_stride + i].
    float *c;
    size_t c_stride;
} sk_row_products;

/// Dot products of rows of codes with one query, and with themselves.
///
/// Each has the bits of `codes_to_f32` followed by `dot_f32`.
typedef struct sk_code_products {
    /// `[m, k]`, placed as the rows of `sk_row_products`.
    const uint8_t *rows;
    size_t row_stride;
    const uint32_t *SK_NULLABLE indices;
    size_t m;
    /// What the codes stand for, as in `codes_to_f32`; `[k]`.
    uint8_t flip;
    const float *scale;
    const float *offset;
    /// `[k]`.
    const float *query;
    size_t k;
    /// `[m]`: the products with the query, and those of the rows with themselves.
    float *c;
    float *squares;
} sk_code_products;

/// The kernels of one level.
typedef struct sk_kernels {
    sk_level level;
    /// The level in lower case, with hyphens between its parts: "portable", "neon-i8mm", "avx512-vnni", "amx".
    const char *name;

    /// The product of each `sk_precision`.
    const sk_product *SK_NONNULL products[SK_PRECISION_COUNT];
    /// The product by multiply-adds, for any strides of A.
    const sk_product *f32;

    /// The attention of each `sk_precision`.
    const sk_attention_kernel *SK_NONNULL attention[SK_PRECISION_COUNT];
    /// The number of floats of scratch for the gradients of attention.
    size_t (*attention_backward_scratch)(size_t length, size_t head_size);
    void (*attention_backward_f32)(const sk_attention_backward_f32 *attention);

    /// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta for each row, biased variance; y may be x.
    ///
    /// Ba et al., Layer Normalization, 2016, https://arxiv.org/abs/1607.06450.
    void (*layer_norm_f32)(float *y, const float *x, const float *gamma, const float *SK_NULLABLE beta, float epsilon,
                           size_t rows, size_t n);
    /// d_x for each row; adds to d_gamma and d_beta, `[n]`.
    void (*layer_norm_backward_f32)(float *d_x, float *d_gamma, float *SK_NULLABLE d_beta, const float *d_y,
                                    const float *x, const float *gamma, float epsilon, size_t rows, size_t n);

    /// y = x / sqrt(mean of squares + epsilon) * gamma for each row; y may be x.
    ///
    /// Zhang and Sennrich, Root Mean Square Layer Normalization, 2019, https://arxiv.org/abs/1910.07467.
    void (*rms_norm_f32)(float *y, const float *x, const float *gamma, float epsilon, size_t rows, size_t n);
    /// d_x for each row; adds to d_gamma, `[n]`.
    void (*rms_norm_backward_f32)(float *d_x, float *d_gamma, const float *d_y, const float *x, const float *gamma,
                                  float epsilon, size_t rows, size_t n);

    /// Rotates the pairs (x[i], x[half + i]) by the angles with the given cosines and sines, `[half]`, in each of
    /// `rows` rows of `stride` numbers; y may be x. With negative angles this is its own gradient.
    ///
    /// Su et al., RoFormer, 2021, https://arxiv.org/abs/2104.09864.
    void (*rotate_f32)(float *y, const float *x, const float *cosines, const float *sines, bool negative, size_t rows,
                       size_t stride, size_t half);

    /// y = f(x); y may be x.
    void (*activation_f32)(sk_activation activation, float *y, const float *x, size_t n);
    /// d_x = d_y * f'(x); d_x may be d_y.
    void (*activation_backward_f32)(sk_activation activation, float *d_x, const float *x, const float *d_y, size_t n);

    /// y = exp(x) / sum(exp(x)); returns log(sum(exp(x))); y may be x. n is at least 1.
    float (*softmax_f32)(float *y, const float *x, size_t n);

    /// y = a + b; y may be a or b.
    void (*add_f32)(float *y, const float *a, const float *b, size_t n);
    /// y += alpha * x.
    void (*axpy_f32)(float *y, float alpha, const float *x, size_t n);
    /// y = alpha * x; y may be x.
    void (*scale_f32)(float *y, float alpha, const float *x, size_t n);
    /// y = a * b element by element; y may be a or b.
    void (*multiply_f32)(float *y, const float *a, const float *b, size_t n);
    /// y = max(y, x) element by element; NaN takes precedence.
    void (*maximum_f32)(float *y, const float *x, size_t n);

    /// One step of AdamW for n numbers: their values, the means of gradients and of squared gradients, all changed.
    void (*adamw_f32)(float *value, float *mean, float *square, const float *gradient, size_t n, const sk_adamw *step);
    /// y = x without what a dropout leaves out, for the numbers 64 * group ... of its stream; y may be x.
    void (*dropout_f32)(float *y, const float *x, size_t n, const sk_dropout *dropout, uint32_t group);

    /// The sums of a * b, (a - b)² and |a - b|.
    float (*dot_f32)(const float *a, const float *b, size_t n);
    float (*squared_distance_f32)(const float *a, const float *b, size_t n);
    float (*manhattan_distance_f32)(const float *a, const float *b, size_t n);

    /// IEEE half and bfloat16 to float32, exact.
    void (*f16_to_f32)(float *y, const uint16_t *x, size_t n);
    void (*bf16_to_f32)(float *y, const uint16_t *x, size_t n);
    /// y[i] = (x[i] ^ flip) * scale[i] + offset[i], rounded once; with `flip` 0x80, signed bytes begin at 0.
    void (*codes_to_f32)(float *y, const uint8_t *x, uint8_t flip, const float *scale, const float *offset, size_t n);

    void (*row_products_f32)(const sk_row_products *products);
    void (*code_products_f32)(const sk_code_products *products);
    /// Writes the indices of the numbers that are at least `least`, in ascending order; returns how many. NaN is not.
    ///
    /// `out` has room for n.
    size_t (*select_f32)(uint32_t *out, const float *x, float least, size_t n);
    /// The same for the numbers x[i] + added that are at least `least` or floors[i], `[n]`.
    size_t (*select_above_f32)(uint32_t *out, const float *x, float added, const float *floors, float least, size_t n);
    /// c[i] = minus the number of bits in which a query and row i differ; `[m]`.
    ///
    /// Row i has k bytes at rows + i * row_stride, or with indices at rows + indices[i] * row_stride.
    void (*hamming_u8)(float *c, const uint8_t *rows, size_t row_stride, const uint32_t *SK_NULLABLE indices,
                       const uint8_t *query, size_t m, size_t k);
} sk_kernels;

/// The table of a level, or null if the processor, the operating system or this build does not support it.
const sk_kernels *SK_NULLABLE sk_kernels_at(sk_level level);

/// The fastest level that this machine supports, or a lower one set by the environment variable SENTENCE_KERNELS.
/// Decided once per process.
const sk_kernels *sk_kernels_best(void);

/// Tells the processor that this thread is waiting in a loop.
static inline void sk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
