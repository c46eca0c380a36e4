// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "CPeak.h"

// As many chains as hide the latency of a multiply-add on two units.
#define CHAINS 12

#define CPEAK_LOOP(NAME, WIDTH)                                                                                        \
    static float NAME(long rounds) {                                                                                   \
        typedef float vector __attribute__((vector_size(WIDTH * 4)));                                                  \
        vector sums[CHAINS], factor = (vector){0} + 0.999f, term = (vector){0} + 1e-3f;                                \
        for (int i = 0; i < CHAINS; i++) sums[i] = (vector){0} + (float)i;                                             \
        for (long round = 0; round < rounds; round++) {                                                                \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)                                        \
                sums[i] = __builtin_elementwise_fma(sums[i], factor, term);                                            \
        }                                                                                                              \
        float total = 0.0f;                                                                                            \
        for (int i = 0; i < CHAINS; i++)                                                                               \
            for (int j = 0; j < WIDTH; j++) total += sums[i][j];                                                       \
        return total;                                                                                                  \
    }

// Levels as in CSentenceKernels: 0 portable, 1 NEON, 2 AVX2, 3 AVX-512.
CPEAK_LOOP(run_4, 4)
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
CPEAK_LOOP(run_8, 8)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
CPEAK_LOOP(run_16, 16)
#pragma clang attribute pop
#endif

static int width(int level) { return level == 3 ? 16 : level == 2 ? 8 : 4; }

double cpeak_operations(int level, long rounds) { return 2.0 * CHAINS * width(level) * (double)rounds; }

float cpeak_run(int level, long rounds) {
#if defined(__x86_64__)
    if (level == 3) return run_16(rounds);
    if (level == 2) return run_8(rounds);
#endif
    return run_4(rounds);
}
