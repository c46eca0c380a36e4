// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "internal.h"

const uint32_t sh_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

// FIPS 180-4, 6.2.2, with the schedule in a ring of 16 words. The variables are renamed instead of moving their values.
#define NEXT(i)                                                                                                       \
    w[i] += w[((i) + 9) & 15]                                                                                         \
        + (ROTATE(w[((i) + 1) & 15], 7) ^ ROTATE(w[((i) + 1) & 15], 18) ^ w[((i) + 1) & 15] >> 3)                     \
        + (ROTATE(w[((i) + 14) & 15], 17) ^ ROTATE(w[((i) + 14) & 15], 19) ^ w[((i) + 14) & 15] >> 10);
#define STEP(a, b, c, d, e, f, g, h, i)                                                                               \
    if (round > 0) { NEXT(i) }                                                                                        \
    h += (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + (g ^ (e & (f ^ g))) + sh_sha256_constants[round + (i)]      \
        + w[i];                                                                                                       \
    d += h;                                                                                                           \
    h += (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) | (c & (a | b)));
#define EIGHT(i)                                                                                                      \
    STEP(a, b, c, d, e, f, g, h, i)                                                                                   \
    STEP(h, a, b, c, d, e, f, g, (i) + 1)                                                                             \
    STEP(g, h, a, b, c, d, e, f, (i) + 2)                                                                             \
    STEP(f, g, h, a, b, c, d, e, (i) + 3)                                                                             \
    STEP(e, f, g, h, a, b, c, d, (i) + 4)                                                                             \
    STEP(d, e, f, g, h, a, b, c, (i) + 5)                                                                             \
    STEP(c, d, e, f, g, h, a, b, (i) + 6)                                                                             \
    STEP(b, c, d, e, f, g, h, a, (i) + 7)

void sh_sha256_blocks(uint32_t *state, const uint8_t *blocks, size_t count) {
    for (; count > 0; count--, blocks += SH_BLOCK_SIZE) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++) w[i] = sh_load(blocks + 4 * i);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (int round = 0; round < 64; round += 16) {
            EIGHT(0)
            EIGHT(8)
        }
        const uint32_t sums[8] = {a, b, c, d, e, f, g, h};
        for (int i = 0; i < 8; i++) state[i] += sums[i];
    }
}
