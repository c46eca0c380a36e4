// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// SHA-256 with x86's instructions for it, each of which does two rounds; fast also in builds without optimisation.

#if defined(__x86_64__)

#include "internal.h"

#include <cpuid.h>
#include <immintrin.h>

bool sh_has_sha_instructions(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 19)) return false; // SSE4.1
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
}

__attribute__((target("sse4.1,sha")))
void sh_sha256_blocks_x86(uint32_t *state, const uint8_t *blocks, size_t count) {
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    // The instructions expect the words of the state as ABEF and CDGH, the first one in the highest lane.
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8), cdgh = _mm_blend_epi16(efgh, badc, 0xF0);
    for (; count > 0; count--, blocks += SH_BLOCK_SIZE) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; i++)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), big_endian);
        for (int i = 0; i < 16; i++) {
            __m128i *words = &w[i & 3];
            const __m128i later = w[(i + 3) & 3];
            __m128i sum = _mm_add_epi32(*words, _mm_loadu_si128((const __m128i *)(sh_sha256_constants + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
            // The words four rounds later.
            *words = _mm_add_epi32(
                _mm_sha256msg1_epu32(*words, w[(i + 1) & 3]), _mm_alignr_epi8(later, w[(i + 2) & 3], 4));
            *words = _mm_sha256msg2_epu32(*words, later);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B), dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else
// ISO C does not allow an empty file.
typedef int sh_no_x86;
#endif
