// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "CPeak.h"

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CPEAK_STEPS 8
// Enough chains to hide the latency of a multiply-add on two units.
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

CPEAK_LOOP(run_4, 4)
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
CPEAK_LOOP(run_8, 8)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
CPEAK_LOOP(run_16, 16)
#pragma clang attribute pop

// The same with an instruction that multiplies several neighbours in each lane and adds them to it.
#define CPEAK_DOT(NAME, VECTOR, INTEGER, INSTRUCTION)                                                                  \
    static float NAME(long rounds) {                                                                                   \
        VECTOR sums[CHAINS];                                                                                           \
        INTEGER a, b;                                                                                                  \
        memset(sums, 0, sizeof sums);                                                                                  \
        memset(&a, 0, sizeof a);                                                                                       \
        memset(&b, 0, sizeof b);                                                                                       \
        for (long round = 0; round < rounds; round++) {                                                                \
            /* Operands that the compiler cannot see through, so that it keeps every instruction. */                   \
            __asm__ volatile("" : "+v"(a), "+v"(b));                                                                   \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sums[i] = INSTRUCTION(sums[i], a, b);  \
        }                                                                                                              \
        float total = 0.0f;                                                                                            \
        for (int i = 0; i < CHAINS; i++) {                                                                             \
            float first;                                                                                               \
            memcpy(&first, &sums[i], sizeof first);                                                                    \
            total += first;                                                                                            \
        }                                                                                                              \
        return total;                                                                                                  \
    }
#define DOT_BF16(sum, a, b) _mm512_dpbf16_ps(sum, (__m512bh)(a), (__m512bh)(b))

#pragma clang attribute push(__attribute__((target("avx512f,avx512bf16"))), apply_to = function)
CPEAK_DOT(run_dot_bf16, __m512, __m512i, DOT_BF16)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512vnni"))), apply_to = function)
CPEAK_DOT(run_dot_int8_16, __m512i, __m512i, _mm512_dpbusd_epi32)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
CPEAK_DOT(run_dot_int8_8, __m256i, __m256i, _mm256_dpbusd_avx_epi32)
#pragma clang attribute pop

// Four tiles of sums from two tiles of each operand, as in a product, with 8 steps of operands that stay in the L1
// cache: 32 KiB.
#define CPEAK_TILES(NAME, INSTRUCTION)                                                                                 \
    static float NAME(long rounds) {                                                                                   \
        static char operands[CPEAK_STEPS][4][1024] __attribute__((aligned(64)));                                       \
        static float sums[256] __attribute__((aligned(64)));                                                           \
        struct {                                                                                                       \
            uint8_t palette, start_row, reserved[14];                                                                  \
            uint16_t row_bytes[16];                                                                                    \
            uint8_t rows[16];                                                                                          \
        } tiles = {.palette = 1};                                                                                      \
        for (int i = 0; i < 8; i++) tiles.row_bytes[i] = 64, tiles.rows[i] = 16;                                       \
        _tile_loadconfig(&tiles);                                                                                      \
        _tile_zero(0);                                                                                                 \
        _tile_zero(1);                                                                                                 \
        _tile_zero(2);                                                                                                 \
        _tile_zero(3);                                                                                                 \
        for (long round = 0; round < rounds; round++)                                                                  \
            for (int step = 0; step < CPEAK_STEPS; step++) {                                                           \
                _tile_loadd(4, operands[step][0], 64);                                                                 \
                _tile_loadd(5, operands[step][1], 64);                                                                 \
                _tile_loadd(6, operands[step][2], 64);                                                                 \
                _tile_loadd(7, operands[step][3], 64);                                                                 \
                INSTRUCTION(0, 4, 6);                                                                                  \
                INSTRUCTION(1, 4, 7);                                                                                  \
                INSTRUCTION(2, 5, 6);                                                                                  \
                INSTRUCTION(3, 5, 7);                                                                                  \
            }                                                                                                          \
        _tile_stored(0, sums, 64);                                                                                     \
        _tile_release();                                                                                               \
        return sums[0];                                                                                                \
    }

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16,amx-int8"))), apply_to = function)
CPEAK_TILES(run_bf16, _tile_dpbf16ps)
CPEAK_TILES(run_int8, _tile_dpbusd)
#pragma clang attribute pop
#endif

double cpeak_operations(cpeak_unit unit, long rounds) {
    const double step = 2.0 * 32 * 32 * CPEAK_STEPS;
    switch (unit) {
    case CPEAK_FMA_4: return 2.0 * CHAINS * 4 * (double)rounds;
    case CPEAK_FMA_8: return 2.0 * CHAINS * 8 * (double)rounds;
    case CPEAK_FMA_16: return 2.0 * CHAINS * 16 * (double)rounds;
    case CPEAK_DOT_BF16_16: return 4.0 * CHAINS * 16 * (double)rounds;
    case CPEAK_DOT_INT8_8: return 8.0 * CHAINS * 8 * (double)rounds;
    case CPEAK_DOT_INT8_16: return 8.0 * CHAINS * 16 * (double)rounds;
    case CPEAK_AMX_BF16: return step * 32 * (double)rounds;
    case CPEAK_AMX_INT8: return step * 64 * (double)rounds;
    }
    return 0.0;
}

float cpeak_run(cpeak_unit unit, long rounds) {
    switch (unit) {
    case CPEAK_FMA_4: return run_4(rounds);
#if defined(__x86_64__)
    case CPEAK_FMA_8: return run_8(rounds);
    case CPEAK_FMA_16: return run_16(rounds);
    case CPEAK_DOT_BF16_16: return run_dot_bf16(rounds);
    case CPEAK_DOT_INT8_8: return run_dot_int8_8(rounds);
    case CPEAK_DOT_INT8_16: return run_dot_int8_16(rounds);
    case CPEAK_AMX_BF16: return run_bf16(rounds);
    case CPEAK_AMX_INT8: return run_int8(rounds);
#endif
    default: return 0.0f;
    }
}
