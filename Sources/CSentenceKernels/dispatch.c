// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Which levels this process may use: those that the processor supports and whose registers the operating system saves.

#define _GNU_SOURCE // syscall

#include "internal.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

// The register files that the operating system saves on a context switch (XCR0).
static uint64_t saved_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

// Asks the system for the tile registers, which a process then keeps.
static bool may_use_tiles(void) {
#if defined(__linux__)
    enum { request_permission = 0x1023, tile_data = 18 };
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return false;
#endif
}

static bool has_level(sk_level level) {
    enum { ymm_state = 0x6, zmm_state = 0xe6, tile_state = 0x60000 };
    enum { avx512_vnni = 1 << 11, amx_bf16 = 1 << 22, amx_tile = 1 << 24, amx_int8 = 1 << 25 }; // leaf 7
    enum { avx_vnni = 1 << 4, avx512_bf16 = 1 << 5 }; // leaf 7, subleaf 1
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    const bool saves = c & bit_OSXSAVE;
    const bool fma = (c & bit_FMA) && (c & bit_F16C) && (c & bit_AVX) && (c & bit_POPCNT);
    if (!saves || !fma || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    uint32_t a1 = 0, b1, c1, d1;
    if (a < 1 || !__get_cpuid_count(7, 1, &a1, &b1, &c1, &d1)) a1 = 0;
    const uint64_t saved = saved_registers();
    const uint32_t f_dq_bw_vl = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    const uint32_t tiles = amx_bf16 | amx_tile | amx_int8;
    const bool avx2 = (b & bit_AVX2) && (b & bit_BMI2) && (saved & ymm_state) == ymm_state;
    const bool avx512 = avx2 && (b & f_dq_bw_vl) == f_dq_bw_vl && (saved & zmm_state) == zmm_state;
    const bool vnni = avx512 && (c & avx512_vnni), bf16 = vnni && (a1 & avx512_bf16);
    switch (level) {
    case SK_LEVEL_AVX2: return avx2;
    case SK_LEVEL_AVX2_VNNI: return avx2 && (a1 & avx_vnni);
    case SK_LEVEL_AVX512: return avx512;
    case SK_LEVEL_AVX512_VNNI: return vnni;
    case SK_LEVEL_AVX512_BF16: return bf16;
    case SK_LEVEL_AMX: return bf16 && (d & tiles) == tiles && (saved & tile_state) == tile_state && may_use_tiles();
    default: return false;
    }
}

#elif defined(__aarch64__)
#if defined(__linux__)
#include <sys/auxv.h>

static bool has_level(sk_level level) {
    const unsigned long dot_product = 1ul << 20, i8mm = 1ul << 13, bf16 = 1ul << 14; // AT_HWCAP, AT_HWCAP2 twice
    const bool dotprod = getauxval(AT_HWCAP) & dot_product;
    switch (level) {
    case SK_LEVEL_NEON: return true;
    case SK_LEVEL_NEON_DOTPROD: return dotprod;
    case SK_LEVEL_NEON_I8MM: return dotprod && (getauxval(AT_HWCAP2) & (i8mm | bf16)) == (i8mm | bf16);
    default: return false;
    }
}
#elif defined(__APPLE__)
#include <sys/sysctl.h>

static bool has_feature(const char *name) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname(name, &value, &size, NULL, 0) == 0 && value;
}

static bool has_level(sk_level level) {
    switch (level) {
    case SK_LEVEL_NEON: return true;
    case SK_LEVEL_NEON_DOTPROD: return has_feature("hw.optional.arm.FEAT_DotProd");
    case SK_LEVEL_NEON_I8MM:
        return has_feature("hw.optional.arm.FEAT_I8MM") && has_feature("hw.optional.arm.FEAT_BF16");
    default: return false;
    }
}
#else
static bool has_level(sk_level level) { return level == SK_LEVEL_NEON; }
#endif
#else
static bool has_level(sk_level level) {
    (void)level;
    return false;
}
#endif

// The tables in this build.
static const sk_kernels *const tables[SK_LEVEL_COUNT] = {
    [SK_LEVEL_PORTABLE] = &sk_kernels_portable,
#if defined(__x86_64__)
    [SK_LEVEL_AVX2] = &sk_kernels_avx2,
    [SK_LEVEL_AVX2_VNNI] = &sk_kernels_avx2_vnni,
    [SK_LEVEL_AVX512] = &sk_kernels_avx512,
    [SK_LEVEL_AVX512_VNNI] = &sk_kernels_avx512_vnni,
    [SK_LEVEL_AVX512_BF16] = &sk_kernels_avx512_bf16,
    [SK_LEVEL_AMX] = &sk_kernels_amx,
#elif defined(__aarch64__)
    [SK_LEVEL_NEON] = &sk_kernels_neon,
    [SK_LEVEL_NEON_DOTPROD] = &sk_kernels_neon_dotprod,
    [SK_LEVEL_NEON_I8MM] = &sk_kernels_neon_i8mm,
#endif
};

const sk_kernels *sk_kernels_at(sk_level level) {
    if ((unsigned)level >= SK_LEVEL_COUNT) return NULL;
    return level == SK_LEVEL_PORTABLE || has_level(level) ? tables[level] : NULL;
}

static const sk_kernels *choose(void) {
    const char *forced = getenv("SENTENCE_KERNELS");
    const sk_kernels *best = NULL;
    for (int level = SK_LEVEL_COUNT - 1; level >= SK_LEVEL_PORTABLE; level--) {
        // Only the forced level is checked, so that the system is not asked for tiles that are not needed.
        if (forced && tables[level] && strcmp(forced, tables[level]->name) == 0 && sk_kernels_at((sk_level)level))
            return tables[level];
    }
    for (int level = SK_LEVEL_COUNT - 1; !best; level--) best = sk_kernels_at((sk_level)level);
    return best;
}

const sk_kernels *sk_kernels_best(void) {
    // Threads that race here compute and store the same pointer.
    static const sk_kernels *_Atomic best;
    const sk_kernels *kernels = best;
    if (!kernels) best = kernels = choose();
    return kernels;
}
