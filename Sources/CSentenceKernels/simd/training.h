// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Kernels that only training needs: steps of optimizers, random numbers.

static void adamw_f32(float *value, float *mean, float *square, const float *gradient, size_t n,
                      const sk_adamw *step) {
    const vf rest1 = vset(1.0f - step->beta1), rest2 = vset(1.0f - step->beta2), epsilon = vset(step->epsilon);
    SK_FOR_EACH_VECTOR(n) {
        const vf g = step->gradient_scale * SK_LOAD(gradient);
        const vf m = vfma(rest1, g - SK_LOAD(mean), SK_LOAD(mean));
        const vf v = vfma(rest2 * g, g, step->beta2 * SK_LOAD(square));
        const vf root = vfma(__builtin_elementwise_sqrt(v), vset(step->root_correction), epsilon);
        SK_STORE(mean, m);
        SK_STORE(square, v);
        SK_STORE(value, step->decay * SK_LOAD(value) - step->step_size * (m / root));
    }
}

// The upper halves of the products of all lanes with one number.
SK_INLINE vu vmultiply_high(vu x, uint32_t factor) {
    typedef uint64_t vu64 __attribute__((vector_size(SK_WIDTH * 4), aligned(4)));
    const uint64_t lower = 0xffffffffu;
    const vu64 even = ((vu64)x & lower) * factor, odd = ((vu64)x >> 32) * factor;
    return (vu)(even >> 32 | (odd & ~lower));
}

// The four words of SK_WIDTH blocks, from `block` on.
SK_INLINE void vphilox(const sk_random *random, uint32_t block, vu words[4]) {
    vu lanes;
    for (uint32_t i = 0; i < SK_WIDTH; i++) lanes[i] = block + i;
    const vu zero = {0};
    words[0] = lanes;
    for (int i = 0; i < 3; i++) words[i + 1] = zero + random->counter[i];
    uint32_t key0 = random->key[0], key1 = random->key[1];
    for (int round = 0; round < 10; round++) {
        const vu first = words[0], second = words[2];
        words[0] = vmultiply_high(second, 0xCD9E8D57u) ^ words[1] ^ key0;
        words[1] = second * 0xCD9E8D57u;
        words[2] = vmultiply_high(first, 0xD2511F53u) ^ words[3] ^ key1;
        words[3] = first * 0xD2511F53u;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

static void dropout_f32(float *y, const float *x, size_t n, const sk_dropout *dropout, uint32_t group) {
    for (size_t first = 0; first < n; first += 64, group++)
        for (size_t lane = 0; lane < 16 && first + lane < n; lane += SK_WIDTH) {
            vu words[4];
            vphilox(&dropout->random, 16 * group + (uint32_t)lane, words);
            for (size_t word = 0; word < 4; word++) {
                const size_t start = first + 16 * word + lane;
                if (start >= n) break;
                const size_t count = sk_min(n - start, SK_WIDTH), i = start;
                const vf kept = (vf)((vi)(words[word] >= dropout->bound) & (vi)(dropout->scale * SK_LOAD(x)));
                SK_STORE(y, kept);
            }
        }
}
