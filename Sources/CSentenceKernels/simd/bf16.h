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

// The upper halves of the lanes, which hold all bits of a rounded number.
SK_INLINE void vstore_bf16(uint16_t *out, vf rounded, size_t count) {
    const vu16 halves = __builtin_convertvector((vu)rounded >> 16, vu16);
    memcpy(out, &halves, count * sizeof *out);
}

SK_INLINE void bf16_encode_row(uint16_t *out, const float *a, size_t k) {
    SK_FOR_EACH_VECTOR(k) vstore_bf16(out + i, vround_bf16(SK_LOAD(a)), count);
}
