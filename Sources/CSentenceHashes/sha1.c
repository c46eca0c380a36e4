// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include "internal.h"

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))

// FIPS 180-4, 6.1.2, with the schedule in a ring of 16 words. The variables are renamed instead of moving their values.
#define MESSAGE(i)                                                                                                    \
    ((i) < 16 ? w[(i) & 15]                                                                                           \
              : (w[(i) & 15] = ROTATE(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i) & 15], 1)))
#define STEP(a, b, c, d, e, f, constant, i)                                                                           \
    e += ROTATE(a, 5) + (f) + (constant) + MESSAGE(i);                                                                \
    b = ROTATE(b, 30);
#define FIVE(f, constant, i)                                                                                          \
    STEP(a, b, c, d, e, f(b, c, d), constant, i)                                                                      \
    STEP(e, a, b, c, d, f(a, b, c), constant, (i) + 1)                                                                \
    STEP(d, e, a, b, c, f(e, a, b), constant, (i) + 2)                                                                \
    STEP(c, d, e, a, b, f(d, e, a), constant, (i) + 3)                                                                \
    STEP(b, c, d, e, a, f(c, d, e), constant, (i) + 4)
#define TWENTY(f, constant, i)                                                                                        \
    FIVE(f, constant, i) FIVE(f, constant, (i) + 5) FIVE(f, constant, (i) + 10) FIVE(f, constant, (i) + 15)

#define CHOOSE(x, y, z) (z ^ (x & (y ^ z)))
#define PARITY(x, y, z) (x ^ y ^ z)
#define MAJORITY(x, y, z) ((x & y) | (z & (x | y)))

void sh_sha1_blocks(uint32_t *state, const uint8_t *blocks, size_t count) {
    for (; count > 0; count--, blocks += SH_BLOCK_SIZE) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++) w[i] = sh_load(blocks + 4 * i);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        TWENTY(CHOOSE, 0x5a827999, 0)
        TWENTY(PARITY, 0x6ed9eba1, 20)
        TWENTY(MAJORITY, 0x8f1bbcdc, 40)
        TWENTY(PARITY, 0xca62c1d6, 60)
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
