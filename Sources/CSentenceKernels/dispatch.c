// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Which levels this process may use: what the processor has and the operating system saves.

#include "internal.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>

// The register files that the operating system saves on a context switch (XCR0).
static uint64_t saved_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static bool has_x86_level(sk_level level) {
    enum { ymm_state = 0x6, zmm_state = 0xe6 };
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    const bool saves = c & bit_OSXSAVE;
    const bool fma = (c & bit_FMA) && (c & bit_F16C) && (c & bit_AVX);
    if (!saves || !fma || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    const uint64_t saved = saved_registers();
    const bool avx2 = (b & bit_AVX2) && (b & bit_BMI2) && (saved & ymm_state) == ymm_state;
    if (level == SK_LEVEL_AVX2) return avx2;
    const uint32_t avx512 = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    return avx2 && (b & avx512) == avx512 && (saved & zmm_state) == zmm_state;
}
#endif

const sk_kernels *sk_kernels_at(sk_level level) {
    switch (level) {
    case SK_LEVEL_PORTABLE: return &sk_kernels_portable;
#if defined(__x86_64__)
    case SK_LEVEL_AVX2: return has_x86_level(level) ? &sk_kernels_avx2 : NULL;
    case SK_LEVEL_AVX512: return has_x86_level(level) ? &sk_kernels_avx512 : NULL;
#elif defined(__aarch64__)
    case SK_LEVEL_NEON: return &sk_kernels_neon;
#endif
    default: return NULL;
    }
}

static const sk_kernels *choose(void) {
    const char *forced = getenv("SENTENCE_KERNELS");
    const sk_kernels *best = NULL;
    for (int level = SK_LEVEL_AVX512; level >= SK_LEVEL_PORTABLE; level--) {
        const sk_kernels *kernels = sk_kernels_at((sk_level)level);
        if (!kernels) continue;
        if (!best) best = kernels;
        if (forced && strcmp(forced, kernels->name) == 0) return kernels;
    }
    return best;
}

const sk_kernels *sk_kernels_best(void) {
    // Threads that race here compute and store the same pointer.
    static const sk_kernels *_Atomic best;
    const sk_kernels *kernels = best;
    if (!kernels) best = kernels = choose();
    return kernels;
}
