// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Rounding to bfloat16, either alone or in parts whose sum has more digits.

// The nearest bfloat16, ties to even, as a float32 number; NaN stays NaN.
SK_INLINE vf vround_bf16(vf x) {
    const vu bits = (vu)x;
    const vu rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
    return (vf)((vu)vselect(x != x, (vf)(bits | 0x400000u), (vf)rounded) & 0xffff0000u);
}

// Numbers rounded to bfloat16, in their order: those of `first`, then those of `second`. A level file may define
// SK_ROUND_BF16(first, second) as an instruction for that, which may also turn denormal numbers into zeros.
SK_INLINE vu bf16_rounded(vf first, vf second) {
#if defined(SK_ROUND_BF16)
    return SK_ROUND_BF16(first, second);
#else
    typedef struct {
        vu16 first, second;
    } halves;
    const halves codes = {__builtin_convertvector((vu)vround_bf16(first) >> 16, vu16),
                          __builtin_convertvector((vu)vround_bf16(second) >> 16, vu16)};
    vu both;
    memcpy(&both, &codes, sizeof both);
    return both;
#endif
}

// Codes of a row, zeros up to `padded` of them.
SK_INLINE void bf16_encode_row(uint16_t *out, const float *a, size_t k, size_t padded) {
    size_t done = 0;
    for (; done + 2 * SK_WIDTH <= k; done += 2 * SK_WIDTH) {
        const vu codes = bf16_rounded(vload(a + done), vload(a + done + SK_WIDTH));
        memcpy(out + done, &codes, sizeof codes);
    }
    for (; done < k; done++) out[done] = sk_round_bf16(a[done]);
    for (; done < padded; done++) out[done] = 0;
}
